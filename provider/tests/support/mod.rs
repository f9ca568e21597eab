//! A daemon on a machine of its own, a chain in memory, and an owner that brings slots.

#![allow(dead_code, reason = "each test file uses a part of it")]

use blocs_chain::{
    At, ChainClient, DealOffer, MarketCall, MemoryChain, Registration, Sr25519Signer, Terms, Tier, WaitFor,
};
use blocs_primitives::{Challenge, DealId, Hash, PieceChallenge, Quote, SlotId, SlotIndex, SlotOffer};
use blocs_provider::{
    config::{Config, Size},
    daemon::{Daemon, Parts, StartError},
    keys::{self, Keys},
};
use blocs_store::{FileStore, SlotName, SlotState, StoreConfig};
use blocs_wire::{CallError, Keypair, Node, NodeConfig, Peer, PutOffer};
use sp_core::sr25519;
use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tempfile::TempDir;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};

pub(crate) const P: u32 = 16;
pub(crate) const MIB: u64 = 1 << 20;

/// A machine with a data folder, and a chain.
pub(crate) struct Bench {
    pub(crate) folder: TempDir,
    pub(crate) chain: MemoryChain,
    pub(crate) owner: Sr25519Signer,
    pub(crate) config: Config,
}

impl Bench {
    /// A registered provider and a rich owner.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let chain = MemoryChain::new(P);
        let owner = Sr25519Signer::from_suri("//Alice").unwrap();
        let mut config = Config::default();
        config.network.listen = [127, 0, 0, 1].into();
        config.network.port = 0;
        config.network.admin = SocketAddr::from(([127, 0, 0, 1], 0));
        config.network.http = SocketAddr::from(([127, 0, 0, 1], 0));
        config.storage.capacity = Size(50 * MIB);
        config.storage.min_free = Size(0);
        keys::create_missing(folder.path(), &keys::account_file(folder.path())).unwrap();
        let bench = Self {
            folder,
            chain,
            owner,
            config,
        };
        let keys = bench.keys();
        for account in [keys.account.account(), bench.owner.account()] {
            bench.chain.fund(&account, 1 << 70);
        }
        let terms = Terms {
            capacity: 50 * MIB,
            price: 1 << 30,
            zone: "z".into(),
            tier: Tier::Hot,
            peer_id: keys.node.public().to_peer_id().to_bytes(),
            addresses: Vec::new(),
        };
        let registration = Registration {
            operator: keys.operator.public(),
            bond: 1,
            terms,
        };
        bench
            .chain
            .submit(&keys.account, MarketCall::Register(registration), WaitFor::Finalized)
            .await
            .unwrap();
        bench
    }

    pub(crate) fn keys(&self) -> Keys {
        Keys::load(self.folder.path(), &keys::account_file(self.folder.path())).unwrap()
    }

    pub(crate) fn store(&self) -> FileStore {
        let limits = StoreConfig {
            capacity: self.config.storage.capacity.0,
            min_free: 0,
        };
        FileStore::on_disk(self.folder.path(), limits).unwrap().0
    }

    pub(crate) async fn try_start(&self) -> Result<Daemon, StartError> {
        let parts = Parts {
            data: self.folder.path().to_owned(),
            config: self.config.clone(),
            keys: self.keys(),
            chain: Arc::new(self.chain.clone()),
            store: Arc::new(self.store()),
        };
        Daemon::start(parts).await
    }

    pub(crate) async fn start(&self) -> Daemon {
        self.try_start().await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// The id of the deal that the owner makes with this salt; its only slot is slot 0.
    pub(crate) fn slot(&self, salt: u8) -> SlotId {
        SlotId {
            deal: DealId::derive(&self.owner.account(), &[salt; 32]),
            index: SlotIndex(0),
        }
    }

    /// Sends a slot over the network, as a client does.
    pub(crate) async fn try_bring(
        &self,
        daemon: &Daemon,
        salt: u8,
        bytes: &[u8],
    ) -> Result<(Quote, sr25519::Signature), CallError> {
        let slot = self.slot(salt);
        let offer = PutOffer {
            genesis: self.chain.genesis_hash(),
            provider: self.keys().account.account(),
            owner: self.owner.account(),
            uploader: self.owner.account(),
            deal: slot.deal,
            index: slot.index,
            size: bytes.len() as u64,
            duration: 2,
            issued_at: SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs(),
        };
        let offer = offer.sign(|payload| self.owner.sign(payload));
        let (parts, content) = mpsc::channel(4);
        let bytes = bytes.to_vec();
        let sender = tokio::spawn(async move {
            for part in bytes.chunks(100_000) {
                if parts.send(part.to_vec()).await.is_err() {
                    return;
                }
            }
        });
        let node = client_node().await;
        let quoted = node
            .client()
            .put(&peer(daemon), &offer, &self.keys().operator.public(), content)
            .await;
        sender.await.unwrap();
        node.shutdown().await;
        quoted.map(|signed| (signed.quote, signed.signature))
    }

    pub(crate) async fn bring(&self, daemon: &Daemon, salt: u8, bytes: &[u8]) -> (Quote, sr25519::Signature) {
        self.try_bring(daemon, salt, bytes)
            .await
            .unwrap_or_else(|error| panic!("{error}"))
    }

    pub(crate) async fn open_deal(&self, salt: u8, (quote, signature): (Quote, sr25519::Signature)) {
        let Quote {
            provider,
            root,
            size,
            rate,
            valid_until,
            duration,
            ..
        } = quote;
        let slots = vec![SlotOffer {
            provider,
            root,
            size,
            rate,
            valid_until,
            signature,
        }];
        let offer = DealOffer {
            salt: [salt; 32],
            manifest: Hash::zero(),
            k: 1,
            duration,
            label: Vec::new(),
            slots,
        };
        self.chain
            .submit(&self.owner, MarketCall::OpenDeal(offer), WaitFor::Finalized)
            .await
            .unwrap();
    }

    /// Opens a challenge for these slots and pieces.
    pub(crate) async fn challenge(&self, period: u32, pieces: &[(SlotId, u64)]) -> Challenge {
        let mut asked = Vec::new();
        for (id, piece) in pieces {
            let slot = self.chain.slot(*id, At::Best).await.unwrap().unwrap();
            asked.push(PieceChallenge {
                slot: *id,
                root: slot.root,
                size: slot.size,
                piece: *piece,
            });
        }
        let drawn = u32::try_from(asked.len()).unwrap();
        let challenge = Challenge {
            period,
            pay: 1000,
            pieces: asked.try_into().unwrap(),
            drawn,
        };
        self.chain
            .set_challenge(&self.keys().account.account(), challenge.clone());
        challenge
    }
}

pub(crate) async fn client_node() -> Node {
    Node::start(NodeConfig::new(Keypair::generate_ed25519(), Vec::new()))
        .await
        .unwrap()
}

/// The daemon as its run file names it; over TCP.
pub(crate) fn peer(daemon: &Daemon) -> Peer {
    let run = daemon.run_file();
    assert!(
        run.addresses.iter().any(|address| address.contains("/quic-v1/p2p/")),
        "{:?}",
        run.addresses
    );
    let address = run.addresses.iter().find(|address| address.contains("/tcp/")).unwrap();
    let address = address.split("/p2p/").next().unwrap().parse().unwrap();
    Peer {
        id: run.peer_id.parse().unwrap(),
        addresses: vec![address],
    }
}

pub(crate) fn bytes(seed: u64, size: u64) -> Vec<u8> {
    (0..size)
        .map(|at| u8::try_from((at.wrapping_mul(seed + 3) ^ (at >> 9)) % 256).unwrap())
        .collect()
}

/// Waits until the condition holds.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds().await {
        assert!(Instant::now() < deadline, "timed out waiting until {what}");
        sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) async fn until_state(daemon: &Daemon, slot: SlotId, wanted: impl Fn(Option<SlotState>) -> bool) {
    let state = || daemon.shared().store.slot(slot).map(|record| record.state);
    until(&format!("{} changes from {:?}", SlotName(slot), state()), async || {
        wanted(state())
    })
    .await;
}

pub(crate) fn is_live(state: Option<SlotState>) -> bool {
    matches!(state, Some(SlotState::Live { .. }))
}
