//! Measures put and get over loopback: `cargo run --release -p blocs-wire --example wire_throughput [MIB] [STREAMS]`.
//!
//! Client and provider run in this one process, and share its cores.

use blocs_primitives::{AccountId, DealId, Hash, Root, SlotId, SlotIndex};
use blocs_wire::{Keypair, MemoryService, Node, NodeConfig, PutOffer, ServeLimits};
use sp_core::{Pair, sr25519};
use std::{
    error::Error,
    sync::Arc,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u32>());
    let mib = numbers.next().transpose()?.unwrap_or(256);
    let streams = u16::try_from(numbers.next().transpose()?.unwrap_or(4))?;
    for address in ["/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/udp/0/quic-v1"] {
        for streams in [1, streams] {
            measure(address, mib, streams).await?;
        }
    }
    Ok(())
}

async fn measure(address: &str, mib: u32, streams: u16) -> Result<(), Box<dyn Error>> {
    let operator = sr25519::Pair::from_seed(&[2; 32]);
    let owner = sr25519::Pair::from_seed(&[1; 32]);
    let (genesis, provider) = (Hash::zero(), AccountId::new([9; 32]));
    let service = MemoryService::new(genesis, provider.clone(), operator.clone(), 1, 1);
    let serving = Node::start(NodeConfig::new(Keypair::generate_ed25519(), vec![address.parse()?])).await?;
    let _server = serving.serve(Arc::new(service), ServeLimits::default())?;
    let asking = Node::start(NodeConfig::new(Keypair::generate_ed25519(), vec![])).await?;
    let (client, peer) = (asking.client(), serving.as_peer());

    let part = vec![7; 1 << 20];
    let mut hasher = blake3::Hasher::new();
    for _ in 0..mib {
        hasher.update(&part);
    }
    let root = Root(*hasher.finalize().as_bytes());
    let size = u64::from(mib) << 20;
    let issued_at = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let slot = |index| SlotId {
        deal: DealId::default(),
        index: SlotIndex(index),
    };

    let start = Instant::now();
    let puts = (0..streams).map(|index| {
        let offer = PutOffer {
            genesis,
            provider: provider.clone(),
            owner: AccountId::new(owner.public().0),
            uploader: AccountId::new(owner.public().0),
            deal: slot(index).deal,
            index: SlotIndex(index),
            size,
            duration: 1,
            issued_at,
        };
        let offer = offer.sign(|payload| owner.sign(payload));
        let (client, peer, part, operator) = (client.clone(), peer.clone(), part.clone(), operator.public());
        tokio::spawn(async move {
            let mut session = client.offer(&peer, &offer).await?;
            for _ in 0..mib {
                session.write(&part).await?;
            }
            session.finish(root, &operator).await
        })
    });
    for put in futures::future::join_all(puts).await {
        put??;
    }
    let put = start.elapsed().as_secs_f64();

    let start = Instant::now();
    let gets = (0..streams).map(|index| {
        let (client, peer) = (client.clone(), peer.clone());
        tokio::spawn(async move {
            let mut stream = client.get(&peer, slot(index), &root, size, 0..size).await?;
            while stream.next().await?.is_some() {}
            Ok::<_, blocs_wire::CallError>(())
        })
    });
    for get in futures::future::join_all(gets).await {
        get??;
    }
    let get = start.elapsed().as_secs_f64();
    let megabytes = f64::from(mib) * 1.048_576 * f64::from(streams);
    println!(
        "{address}: {streams} streams: put {:.0} MB/s, get {:.0} MB/s",
        megabytes / put,
        megabytes / get
    );
    Ok(())
}
