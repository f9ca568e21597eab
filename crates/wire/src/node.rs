//! The network: a libp2p swarm in a task of its own.

use crate::{Client, PROTOCOL, ServeLimits, Server, ShardService, Timeouts};
use futures::StreamExt;
use libp2p::{
    Multiaddr, PeerId, StreamProtocol, Swarm, SwarmBuilder,
    connection_limits::{self, ConnectionLimits},
    core::transport::ListenerId,
    identify,
    identity::Keypair,
    multiaddr::Protocol,
    noise, ping,
    swarm::{
        NetworkBehaviour, SwarmEvent,
        dial_opts::{DialOpts, PeerCondition},
    },
    tcp, yamux,
};
use std::{
    collections::{HashMap, HashSet},
    io,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};
use tracing::{debug, info};

/// For a listener to get its address.
const LISTEN_LIMIT: Duration = Duration::from_secs(10);

/// A peer and where it may be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its identity, which the connection proves.
    pub id: PeerId,
    /// Addresses, tried at once. IP addresses, over TCP or QUIC (`/udp/…/quic-v1`).
    pub addresses: Vec<Multiaddr>,
}

/// How a node is to be.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// Its identity: an ed25519 key.
    pub keypair: Keypair,
    /// Where to listen; nowhere for a node that only asks.
    pub listen: Vec<Multiaddr>,
    /// Limits of the waits.
    pub timeouts: Timeouts,
    /// Most connections that others may have made.
    pub max_incoming: u32,
    /// Most connections with one peer.
    pub max_per_peer: u32,
    /// How long a connection without streams is kept.
    pub idle: Duration,
}

impl NodeConfig {
    /// The usual limits.
    pub fn new(keypair: Keypair, listen: Vec<Multiaddr>) -> Self {
        Self {
            keypair,
            listen,
            timeouts: Timeouts::default(),
            max_incoming: 512,
            max_per_peer: 8,
            idle: Duration::from_secs(60),
        }
    }
}

/// Why a node cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A transport cannot be set up.
    #[error("cannot set up the network: {0}")]
    Transport(String),
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {reason}; is another program using the port?")]
    Listen {
        /// The address.
        address: Multiaddr,
        /// What the system said.
        reason: String,
    },
    /// The protocol is served already.
    #[error("this node serves {PROTOCOL} already")]
    Serving,
}

/// A node of the network. It runs until [`Node::shutdown`], or until it and its clients are dropped.
pub struct Node {
    id: PeerId,
    control: libp2p_stream::Control,
    dialer: Dialer,
    timeouts: Timeouts,
    addresses: Addresses,
    task: JoinHandle<()>,
}

type Addresses = Arc<Mutex<HashMap<ListenerId, Vec<Multiaddr>>>>;

impl Node {
    /// Starts; returns when every address is listened on.
    pub async fn start(config: NodeConfig) -> Result<Self, StartError> {
        let mut swarm = build(&config)?;
        let control = swarm.behaviour().stream.new_control();
        let addresses = Addresses::default();
        for address in &config.listen {
            let failed = |reason: String| StartError::Listen {
                address: address.clone(),
                reason,
            };
            check_free(address).map_err(|error| failed(error.to_string()))?;
            let listener = swarm
                .listen_on(address.clone())
                .map_err(|error| failed(error.to_string()))?;
            tokio::time::timeout(LISTEN_LIMIT, listening(&mut swarm, listener, &addresses))
                .await
                .map_err(|_| failed("no address within 10 s".into()))?
                .map_err(failed)?;
        }
        let id = *swarm.local_peer_id();
        let (commands, inbox) = mpsc::channel(64);
        let task = tokio::spawn(run(swarm, inbox, addresses.clone()));
        Ok(Self {
            id,
            control,
            dialer: Dialer { commands },
            timeouts: config.timeouts,
            addresses,
            task,
        })
    }

    /// Its identity.
    pub fn peer_id(&self) -> PeerId {
        self.id
    }

    /// Where it listens, with the ports that it got.
    pub fn addresses(&self) -> Vec<Multiaddr> {
        let addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        addresses.values().flatten().cloned().collect()
    }

    /// Itself as others need it to connect.
    pub fn as_peer(&self) -> Peer {
        Peer {
            id: self.id,
            addresses: self.addresses(),
        }
    }

    /// A client over this node's connections.
    pub fn client(&self) -> Client {
        Client::new(self.control.clone(), self.dialer.clone(), self.timeouts)
    }

    /// Answers the shard protocol from `service`, until the server is stopped or dropped.
    pub fn serve(&self, service: Arc<dyn ShardService>, limits: ServeLimits) -> Result<Server, StartError> {
        let incoming = self
            .control
            .clone()
            .accept(StreamProtocol::new(PROTOCOL))
            .map_err(|_| StartError::Serving)?;
        Ok(Server::start(incoming, service, limits, self.timeouts))
    }

    /// Closes all connections and ends. Stop the server first, so that uploads under way can end.
    pub async fn shutdown(self) {
        // A closed inbox means that the task has ended.
        let _ = self.dialer.commands.send(Command::Stop).await;
        if let Err(error) = self.task.await {
            debug!(%error, "network task ended abnormally");
        }
    }
}

/// Asks the swarm for connections.
#[derive(Clone)]
pub(crate) struct Dialer {
    commands: mpsc::Sender<Command>,
}

impl Dialer {
    /// Connects to a peer unless that is done already.
    pub(crate) async fn dial(&self, peer: &Peer) -> Result<(), String> {
        const ENDED: &str = "this node has been shut down";
        let (answer, answered) = oneshot::channel();
        self.commands
            .send(Command::Dial {
                peer: peer.clone(),
                answer,
            })
            .await
            .map_err(|_| ENDED.to_owned())?;
        answered.await.map_err(|_| ENDED.to_owned())?
    }
}

enum Command {
    Dial { peer: Peer, answer: Answer },
    Stop,
}

type Answer = oneshot::Sender<Result<(), String>>;

#[derive(NetworkBehaviour)]
struct Behaviour {
    limits: connection_limits::Behaviour,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
    stream: libp2p_stream::Behaviour,
}

fn build(config: &NodeConfig) -> Result<Swarm<Behaviour>, StartError> {
    let transport = |error: &dyn std::fmt::Display| StartError::Transport(error.to_string());
    let limits = ConnectionLimits::default()
        .with_max_pending_incoming(Some(128))
        .with_max_established_incoming(Some(config.max_incoming))
        .with_max_established_per_peer(Some(config.max_per_peer));
    let swarm = SwarmBuilder::with_existing_identity(config.keypair.clone())
        .with_tokio()
        .with_tcp(
            tcp::Config::default().nodelay(true),
            noise::Config::new,
            yamux::Config::default,
        )
        .map_err(|error| transport(&error))?
        .with_quic()
        .with_behaviour(|keypair| Behaviour {
            limits: connection_limits::Behaviour::new(limits),
            identify: identify::Behaviour::new(identify::Config::new("/blocs/1".into(), keypair.public())),
            ping: ping::Behaviour::default(),
            stream: libp2p_stream::Behaviour::new(),
        })
        .map_err(|error| transport(&error))?
        .with_swarm_config(|swarm| swarm.with_idle_connection_timeout(config.idle))
        .build();
    Ok(swarm)
}

/// Whether a TCP port is free. The transport shares ports, so it would not notice another program, or another node, that uses it.
fn check_free(address: &Multiaddr) -> io::Result<()> {
    let mut parts = address.iter();
    let ip = match parts.next() {
        Some(Protocol::Ip4(ip)) => IpAddr::from(ip),
        Some(Protocol::Ip6(ip)) => IpAddr::from(ip),
        _ => return Ok(()),
    };
    match parts.next() {
        Some(Protocol::Tcp(port)) if port != 0 => std::net::TcpListener::bind((ip, port)).map(drop),
        _ => Ok(()),
    }
}

/// Waits until a listener has its first address.
async fn listening(swarm: &mut Swarm<Behaviour>, wanted: ListenerId, addresses: &Addresses) -> Result<(), String> {
    loop {
        let event = swarm.select_next_some().await;
        note_address(&event, addresses);
        match event {
            SwarmEvent::NewListenAddr { listener_id, .. } if listener_id == wanted => return Ok(()),
            SwarmEvent::ListenerClosed {
                listener_id, reason, ..
            } if listener_id == wanted => {
                return Err(reason
                    .err()
                    .map_or_else(|| "it was closed".into(), |error| error.to_string()));
            }
            SwarmEvent::ListenerError { listener_id, error } if listener_id == wanted => return Err(error.to_string()),
            _ => {}
        }
    }
}

/// Runs the swarm until it is told to stop, or nobody is left who could tell.
async fn run(mut swarm: Swarm<Behaviour>, mut inbox: mpsc::Receiver<Command>, addresses: Addresses) {
    let mut waiting: HashMap<PeerId, Vec<Answer>> = HashMap::new();
    // Dials under way, so that one failure among several does not end the wait for the others.
    let mut dialing: HashSet<PeerId> = HashSet::new();
    loop {
        tokio::select! {
            command = inbox.recv() => match command {
                Some(Command::Dial { peer, answer }) => {
                    if swarm.is_connected(&peer.id) {
                        // The caller may have given up.
                        let _ = answer.send(Ok(()));
                        continue;
                    }
                    waiting.entry(peer.id).or_default().push(answer);
                    if dialing.insert(peer.id) {
                        let options = DialOpts::peer_id(peer.id)
                            .condition(PeerCondition::Disconnected)
                            .addresses(peer.addresses)
                            .build();
                        if let Err(error) = swarm.dial(options) {
                            dialing.remove(&peer.id);
                            settle(&mut waiting, peer.id, &Err(error.to_string()));
                        }
                    }
                }
                Some(Command::Stop) | None => break,
            },
            event = swarm.select_next_some() => {
                note_address(&event, &addresses);
                match event {
                    SwarmEvent::ConnectionEstablished { peer_id, .. } => {
                        dialing.remove(&peer_id);
                        settle(&mut waiting, peer_id, &Ok(()));
                    }
                    SwarmEvent::OutgoingConnectionError { peer_id: Some(peer), error, .. } => {
                        dialing.remove(&peer);
                        settle(&mut waiting, peer, &Err(error.to_string()));
                    }
                    SwarmEvent::ConnectionClosed { peer_id, cause, .. } => {
                        debug!(peer = %peer_id, ?cause, "connection closed");
                    }
                    SwarmEvent::IncomingConnectionError { error, .. } => debug!(%error, "incoming connection failed"),
                    _ => {}
                }
            }
        }
    }
}

/// Answers all who wait for a connection to `peer`.
fn settle(waiting: &mut HashMap<PeerId, Vec<Answer>>, peer: PeerId, outcome: &Result<(), String>) {
    for answer in waiting.remove(&peer).into_iter().flatten() {
        // The caller may have given up.
        let _ = answer.send(outcome.clone());
    }
}

fn note_address<E>(event: &SwarmEvent<E>, addresses: &Addresses) {
    let mut addresses = addresses.lock().unwrap_or_else(PoisonError::into_inner);
    match event {
        SwarmEvent::NewListenAddr { listener_id, address } => {
            info!(%address, "listening");
            addresses.entry(*listener_id).or_default().push(address.clone());
        }
        SwarmEvent::ExpiredListenAddr { listener_id, address } => {
            addresses
                .entry(*listener_id)
                .or_default()
                .retain(|known| known != address);
        }
        SwarmEvent::ListenerClosed { listener_id, .. } => {
            addresses.remove(listener_id);
        }
        _ => {}
    }
}
