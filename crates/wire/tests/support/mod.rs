//! A service in memory behind a real connection, and what a client sends it.

#![allow(dead_code, reason = "each test file uses a part of it")]

use blocs_primitives::{AccountId, DealId, Hash, Root, SlotId, SlotIndex};
use blocs_wire::{
    CallError, Client, Keypair, MemoryService, Node, NodeConfig, Peer, PutOffer, ServeLimits, Server, ShardService,
    SignedOffer, Timeouts,
};
use sp_core::{Pair, sr25519};
use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

pub(crate) const TCP: &str = "/ip4/127.0.0.1/tcp/0";
pub(crate) const QUIC: &str = "/ip4/127.0.0.1/udp/0/quic-v1";

pub(crate) fn genesis() -> Hash {
    Hash::repeat_byte(7)
}

pub(crate) fn provider() -> AccountId {
    AccountId::new([9; 32])
}

pub(crate) fn owner() -> sr25519::Pair {
    sr25519::Pair::from_seed(&[1; 32])
}

pub(crate) fn short() -> Timeouts {
    Timeouts {
        connect: Duration::from_secs(5),
        answer: Duration::from_millis(500),
        chunk: Duration::from_millis(500),
        quote: Duration::from_millis(500),
    }
}

pub(crate) fn slot(index: u16) -> SlotId {
    SlotId {
        deal: DealId(Hash::repeat_byte(3)),
        index: SlotIndex(index),
    }
}

pub(crate) fn content(size: usize) -> Vec<u8> {
    (0..size)
        .map(|at| u8::try_from((at ^ (at >> 8) ^ (at >> 16)) & 255).unwrap())
        .collect()
}

pub(crate) fn root_of(bytes: &[u8]) -> Root {
    Root(*blake3::hash(bytes).as_bytes())
}

pub(crate) fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap()
}

pub(crate) fn unsigned(index: u16, size: usize) -> PutOffer {
    PutOffer {
        genesis: genesis(),
        provider: provider(),
        owner: AccountId::new(owner().public().0),
        uploader: AccountId::new(owner().public().0),
        deal: slot(index).deal,
        index: SlotIndex(index),
        size: to_u64(size),
        duration: 30,
        issued_at: SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs(),
    }
}

pub(crate) fn offer(index: u16, size: usize) -> SignedOffer {
    unsigned(index, size).sign(|payload| owner().sign(payload))
}

pub(crate) fn service() -> MemoryService {
    MemoryService::new(genesis(), provider(), sr25519::Pair::from_seed(&[2; 32]), 1000, 60)
}

pub(crate) async fn node(listen: &[&str], timeouts: Timeouts) -> Node {
    let listen = listen.iter().map(|address| address.parse().unwrap()).collect();
    let mut config = NodeConfig::new(Keypair::generate_ed25519(), listen);
    config.timeouts = timeouts;
    Node::start(config).await.unwrap()
}

/// A provider's node and a client's, connected by nothing yet.
pub(crate) struct Pairing {
    pub(crate) serving: Node,
    pub(crate) server: Server,
    pub(crate) asking: Node,
    pub(crate) client: Client,
    pub(crate) peer: Peer,
}

pub(crate) async fn pairing(service: impl ShardService, address: &str, timeouts: Timeouts) -> Pairing {
    let serving = node(&[address], timeouts).await;
    let server = serving.serve(Arc::new(service), ServeLimits::default()).unwrap();
    let asking = node(&[], timeouts).await;
    let (client, peer) = (asking.client(), serving.as_peer());
    Pairing {
        serving,
        server,
        asking,
        client,
        peer,
    }
}

/// Puts a slot through [`Client::put`], in pieces of odd length.
pub(crate) async fn put(
    client: &Client,
    peer: &Peer,
    service: &MemoryService,
    index: u16,
    bytes: &[u8],
) -> Result<(), CallError> {
    let (sender, receiver) = tokio::sync::mpsc::channel(2);
    let parts: Vec<Vec<u8>> = bytes.chunks(300_001).map(<[u8]>::to_vec).collect();
    tokio::spawn(async move {
        for part in parts {
            if sender.send(part).await.is_err() {
                break;
            }
        }
    });
    let signed = client
        .put(peer, &offer(index, bytes.len()), &service.operator(), receiver)
        .await?;
    assert_eq!(
        (signed.quote.root, signed.quote.size, signed.quote.rate),
        (root_of(bytes), to_u64(bytes.len()), 1000)
    );
    Ok(())
}

pub(crate) async fn get(
    client: &Client,
    peer: &Peer,
    index: u16,
    bytes: &[u8],
    range: std::ops::Range<u64>,
) -> Result<Vec<u8>, CallError> {
    client
        .get(peer, slot(index), &root_of(bytes), to_u64(bytes.len()), range)
        .await?
        .collect()
        .await
}

/// A message as it travels, with its version in front.
pub(crate) fn frame(body: &[u8]) -> Vec<u8> {
    [&u32::try_from(body.len()).unwrap().to_le_bytes(), body].concat()
}
