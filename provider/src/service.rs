//! The data port: answers the shard protocol from the desk and the store.

use crate::{
    desk::{Desk, Offer, TakeError, Upload},
    policy::Refusal as PolicyRefusal,
    renewal::{self, RenewalRefusal},
    shared::Shared,
};
use blocs_chain::ProviderStatus;
use blocs_primitives::{AccountId, Hash, Period, Root, SlotId};
use blocs_store::{PutError, ReadError, SlotName, SlotReader, SlotState};
use blocs_wire::{
    Accepted, Held, Keypair, Multiaddr, Node, NodeConfig, PeerId, PutOffer, Refusal, RefusalCode, ServeLimits, Server,
    ShardService, SignedExtension, SignedQuote, SlotSink, SlotSource, Stat,
};
use std::{
    net::IpAddr,
    ops::Range,
    sync::{Arc, Weak},
    time::Duration,
};
use tracing::{debug, error, info};

/// [`ShardService`] of a provider.
pub struct ProviderService {
    shared: Shared,
    desk: Desk,
}

impl ProviderService {
    /// A service with an empty desk.
    pub fn new(shared: Shared) -> Self {
        Self {
            desk: Desk::new(shared.clone()),
            shared,
        }
    }
}

impl ShardService for ProviderService {
    fn genesis(&self) -> Hash {
        self.shared.chain.genesis_hash()
    }

    fn provider(&self) -> AccountId {
        self.shared.provider()
    }

    fn offer(&self, peer: PeerId, offer: &PutOffer) -> Result<Accepted, Refusal> {
        let slot = offer.slot();
        let terms = Offer {
            slot,
            owner: offer.owner.clone(),
            uploader: offer.uploader.clone(),
            size: offer.size,
            duration: offer.duration,
        };
        match self.desk.take(peer, terms) {
            Ok(upload) => {
                debug!(%peer, slot = %SlotName(slot), size = offer.size, "taking a slot");
                let (rate, valid_until) = (upload.rate(), upload.valid_until());
                let sink = Box::new(Sink {
                    upload,
                    shared: self.shared.clone(),
                    slot,
                });
                Ok(Accepted {
                    rate,
                    valid_until,
                    sink,
                })
            }
            Err(error) => Err(self.shared.refused(slot, &error, "refused")),
        }
    }

    fn open(&self, _peer: PeerId, slot: SlotId) -> Result<Box<dyn SlotSource>, Refusal> {
        match self.shared.store.open(slot) {
            Ok(reader) => Ok(Box::new(Source {
                reader,
                shared: self.shared.clone(),
                slot,
            })),
            Err(error) => Err(self.shared.unreadable(slot, &error)),
        }
    }

    fn has(&self, slot: SlotId) -> Option<Held> {
        let record = self
            .shared
            .store
            .slot(slot)
            .filter(|record| record.state != SlotState::Gone)?;
        Some(Held {
            root: record.root,
            size: record.size,
        })
    }

    fn stat(&self) -> Stat {
        let usage = self.shared.store.usage();
        let provider = self.shared.view.provider.read();
        let provider = provider.as_ref();
        let on_disk = usage.capacity.saturating_sub(usage.held).saturating_sub(usage.reserved);
        let registered = provider.map_or(0, |provider| {
            provider
                .capacity
                .saturating_sub(provider.used)
                .saturating_sub(usage.quoted)
                .saturating_sub(usage.reserved)
        });
        let active = provider.is_some_and(|provider| provider.status == ProviderStatus::Active);
        Stat {
            genesis: self.genesis(),
            provider: self.provider(),
            price: provider.map_or(self.shared.config.offer.price, |provider| provider.price),
            free: on_disk.min(registered),
            held: usage.held,
            accepting: active && self.shared.store.stopped().is_none(),
        }
    }

    fn extend(&self, peer: PeerId, slot: SlotId, end: Period) -> Result<SignedExtension, Refusal> {
        let quoted = renewal::quote(&self.shared, slot, end);
        let (quote, signature) = quoted.map_err(|refusal| {
            info!(%peer, slot = %SlotName(slot), end, %refusal, "a slot is not kept longer");
            let code = match refusal {
                RenewalRefusal::NotHeld(_) => RefusalCode::NotFound,
                RenewalRefusal::Stopped(_) => RefusalCode::Failed,
                _ if refusal.is_temporary() => RefusalCode::Busy,
                _ => RefusalCode::Unwanted,
            };
            Refusal::new(code, refusal.to_string())
        })?;
        // Nobody is promised bytes that have gone from the disk.
        if let Err(error) = self.shared.store.open(slot) {
            return Err(self.shared.unreadable(slot, &error));
        }
        Ok(SignedExtension { quote, signature })
    }
}

impl Shared {
    /// What a peer is told when its slot is not taken; counted.
    fn refused(&self, slot: SlotId, error: &TakeError, outcome: &'static str) -> Refusal {
        info!(slot = %SlotName(slot), %error, "a slot is not taken");
        self.metrics.uploads.with_label_values(&[outcome]).inc();
        let code = match error {
            TakeError::Refused(PolicyRefusal::Busy) | TakeError::NoChain | TakeError::Store(PutError::Busy { .. }) => {
                RefusalCode::Busy
            }
            TakeError::Refused(refusal) if refusal.is_temporary() => RefusalCode::Busy,
            TakeError::Refused(_) | TakeError::Taken { .. } => RefusalCode::Unwanted,
            TakeError::Store(PutError::OverCapacity { .. } | PutError::DiskFull { .. } | PutError::Exists { .. }) => {
                RefusalCode::Unwanted
            }
            TakeError::Store(PutError::WrongLength { .. } | PutError::BadSize { .. }) => RefusalCode::Malformed,
            TakeError::WrongRoot { .. } => RefusalCode::WrongContent,
            TakeError::Store(_) | TakeError::Requote(_) => RefusalCode::Failed,
        };
        Refusal::new(code, error.to_string())
    }

    /// What a peer is told when a slot cannot be read. Damage is counted: the prover and the scrubber look into it.
    fn unreadable(&self, slot: SlotId, error: &ReadError) -> Refusal {
        if error.is_damage() {
            error!(slot = %SlotName(slot), %error, "a reader found a damaged slot");
            self.metrics.damaged.with_label_values(&["read"]).inc();
        }
        let code = match error {
            ReadError::NotHeld { .. } => RefusalCode::NotFound,
            ReadError::OutOfRange { .. } => RefusalCode::Malformed,
            _ => RefusalCode::Failed,
        };
        Refusal::new(code, error.to_string())
    }
}

struct Sink {
    upload: Upload,
    shared: Shared,
    slot: SlotId,
}

impl SlotSink for Sink {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.upload
            .write(bytes)
            .map_err(|error| self.shared.refused(self.slot, &error, "failed"))
    }

    fn finish(self: Box<Self>, sent: Root) -> Result<SignedQuote, Refusal> {
        let Self { upload, shared, slot } = *self;
        let (quote, signature) = upload
            .finish(sent)
            .map_err(|error| shared.refused(slot, &error, "failed"))?;
        shared.metrics.uploads.with_label_values(&["stored"]).inc();
        Ok(SignedQuote { quote, signature })
    }
}

struct Source {
    reader: SlotReader,
    shared: Shared,
    slot: SlotId,
}

impl SlotSource for Source {
    fn root(&self) -> Root {
        self.reader.root()
    }

    fn size(&self) -> u64 {
        self.reader.size()
    }

    fn run(&self, groups: Range<u64>, out: &mut dyn FnMut(Vec<u8>, Vec<u8>) -> bool) -> Result<(), Refusal> {
        let unreadable = |error: ReadError| self.shared.unreadable(self.slot, &error);
        let served = self.shared.metrics.transferred.with_label_values(&["served"]);
        for part in self.reader.run(groups).map_err(unreadable)? {
            let part = part.map_err(unreadable)?;
            served.inc_by(u64::try_from(part.content.len()).unwrap_or(u64::MAX));
            if !out(part.nodes, part.content) {
                break;
            }
        }
        Ok(())
    }
}

/// Why the data port cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the data port {port} on {address}: {source}")]
pub struct ListenError {
    /// Address.
    pub address: IpAddr,
    /// Port.
    pub port: u16,
    /// Why.
    pub source: blocs_wire::StartError,
}

/// The open data port.
pub struct Listening {
    node: Arc<Node>,
    server: Option<Server>,
}

impl Listening {
    /// Listens on TCP and QUIC and serves.
    pub async fn start(shared: Shared, keypair: Keypair) -> Result<Self, ListenError> {
        let (address, port) = (shared.config.network.listen, shared.config.network.port);
        let failed = |source| ListenError { address, port, source };
        let base = Multiaddr::from(address);
        let listen = [format!("/tcp/{port}"), format!("/udp/{port}/quic-v1")].map(|suffix| {
            // Made of a port number, so it parses; without it the listener says what is wrong.
            suffix
                .parse::<Multiaddr>()
                .map_or_else(|_| base.clone(), |suffix| base.iter().chain(suffix.iter()).collect())
        });
        let node = Node::start(NodeConfig::new(keypair, listen.into()))
            .await
            .map_err(failed)?;
        let service = Arc::new(ProviderService::new(shared));
        let server = node.serve(service, ServeLimits::default()).map_err(failed)?;
        Ok(Self {
            node: Arc::new(node),
            server: Some(server),
        })
    }

    /// Where peers find us: known addresses, each with the peer id. More may become known later.
    pub fn addresses(&self) -> Vec<String> {
        addresses(&self.node)
    }

    /// [`Listening::addresses`] for others; nothing once this is stopped.
    pub fn finder(&self) -> AddressFinder {
        AddressFinder(Arc::downgrade(&self.node))
    }

    /// Takes no new streams, lets those under way end within `grace`, closes the connections.
    pub async fn stop(mut self, grace: Duration) {
        if let Some(server) = self.server.take() {
            server.stop(grace).await;
        }
        if let Some(node) = Arc::into_inner(self.node) {
            node.shutdown().await;
        }
    }
}

/// Tells the addresses of the data port.
#[derive(Clone)]
pub struct AddressFinder(Weak<Node>);

impl AddressFinder {
    /// The addresses now.
    pub fn addresses(&self) -> Vec<String> {
        self.0.upgrade().map_or_else(Vec::new, |node| addresses(&node))
    }
}

fn addresses(node: &Node) -> Vec<String> {
    let id = node.peer_id();
    let mut found: Vec<String> = node
        .addresses()
        .iter()
        .map(|address| format!("{address}/p2p/{id}"))
        .collect();
    // TCP first: it passes more firewalls.
    found.sort_by_key(|address| (address.contains("/quic"), address.clone()));
    found
}
