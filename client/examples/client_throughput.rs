//! Puts a file to providers that throw the bytes away, or, with `loopback`, to providers in this process over real connections, and gets
//! it back: to see the client's speed and memory.
//!
//! `cargo run --release -p blocs-client --example client_throughput -- 4+2 FILE [loopback]`

use async_trait::async_trait;
use blocs_chain::{
    ChainClient, MarketCall, MemoryChain, ProviderRecord, Registration, Sr25519Signer, Terms, Tier, WaitFor,
};
use blocs_client::{
    Catalogue, Client, CodeParameters, GetRequest, Identity, Offer, ProviderError, Providers, PutRequest, PutSession,
    Silent, SlotContent, SlotRef, WireProviders,
};
use blocs_primitives::{Balance, BlockNumber, ExtensionQuote, Hash, Quote, SlotExtension, SlotOffer};
use blocs_wire::{Keypair, MemoryService, Node, NodeConfig, ServeLimits, Server};
use sp_core::{Pair, sr25519};
use std::{env, error::Error, fs, ops::Range, sync::Arc, time::Instant};

/// Blocks of a proving period: more than there are providers, each of which makes a block.
const PERIOD: BlockNumber = 100;
/// Last block of all quotes: within a period of every block.
const VALID_UNTIL: BlockNumber = 100;

/// Signs for whatever it gets, and keeps nothing.
struct Discarding {
    genesis: Hash,
    operator: Sr25519Signer,
}

struct Session {
    quote: Quote,
    operator: Sr25519Signer,
}

#[async_trait]
impl Providers for Discarding {
    async fn offer(&self, provider: &ProviderRecord, offer: &Offer) -> Result<Box<dyn PutSession>, ProviderError> {
        let quote = Quote {
            genesis: self.genesis,
            provider: provider.account.clone(),
            owner: offer.owner.clone(),
            deal: offer.deal,
            index: offer.index,
            root: Default::default(),
            size: offer.size,
            rate: 1_000,
            duration: offer.duration,
            valid_until: VALID_UNTIL,
        };
        let operator = self.operator.clone();
        Ok(Box::new(Session { quote, operator }))
    }

    async fn get(&self, _: &ProviderRecord, _: &SlotRef, _: Range<u64>) -> Result<Vec<u8>, ProviderError> {
        Err(ProviderError::NotFound)
    }

    async fn has(&self, _: &ProviderRecord, _: &SlotRef) -> Result<bool, ProviderError> {
        Ok(false)
    }

    async fn extend(&self, _: &ProviderRecord, _: &ExtensionQuote) -> Result<SlotExtension, ProviderError> {
        Err(ProviderError::NotFound)
    }
}

#[async_trait]
impl PutSession for Session {
    fn rate(&self) -> Balance {
        self.quote.rate
    }

    fn valid_until(&self) -> BlockNumber {
        self.quote.valid_until
    }

    async fn send(mut self: Box<Self>, mut content: SlotContent) -> Result<SlotOffer, ProviderError> {
        while content.next().await.is_some() {}
        self.quote.root = content.root().ok_or(ProviderError::Stopped)?;
        Ok(SlotOffer {
            provider: self.quote.provider.clone(),
            root: self.quote.root,
            size: self.quote.size,
            rate: self.quote.rate,
            valid_until: self.quote.valid_until,
            signature: self.operator.sign(&self.quote.signing_payload()),
        })
    }
}

/// Registers a provider; with `loopback` also starts one.
async fn provider(
    chain: &MemoryChain,
    number: usize,
    operator: &Sr25519Signer,
    loopback: bool,
) -> Result<Option<(Node, Server)>, Box<dyn Error>> {
    let secret = format!("//Provider//{number}");
    let signer = Sr25519Signer::from_suri(&secret)?;
    chain.fund(&signer.account(), Balance::from(u64::MAX));
    let mut terms = Terms {
        capacity: u64::MAX,
        price: 1,
        zone: String::new(),
        tier: Tier::Hot,
        peer_id: Vec::new(),
        addresses: Vec::new(),
    };
    let (mut served, mut public) = (None, operator.public());
    if loopback {
        let pair = sr25519::Pair::from_string(&secret, None)?;
        public = pair.public();
        let service = MemoryService::new(chain.genesis_hash(), signer.account(), pair, 77, VALID_UNTIL);
        let config = NodeConfig::new(Keypair::generate_ed25519(), vec!["/ip4/127.0.0.1/tcp/0".parse()?]);
        let node = Node::start(config).await?;
        terms.peer_id = node.peer_id().to_bytes();
        terms.addresses = node.addresses().iter().map(ToString::to_string).collect();
        let server = node.serve(Arc::new(service), ServeLimits::default())?;
        served = Some((node, server));
    }
    let registration = Registration {
        operator: public,
        bond: 0,
        terms,
    };
    chain
        .submit(&signer, MarketCall::Register(registration), WaitFor::Finalized)
        .await?;
    Ok(served)
}

/// Most memory that the process has used, as the system counts it.
fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or("unknown").trim().to_owned()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (Some(code), Some(file)) = (arguments.first(), arguments.get(1)) else {
        return Err("usage: client_throughput K+M FILE [loopback]".into());
    };
    let code: CodeParameters = code.parse()?;
    let loopback = arguments.get(2).is_some_and(|mode| mode == "loopback");
    let chain = MemoryChain::new(PERIOD);
    let operator = Sr25519Signer::from_suri("//Operator")?;
    let mut served = Vec::new();
    for number in 0..code.n() {
        served.push(provider(&chain, number, &operator, loopback).await?);
    }
    let identity = Identity::from_secret("//Alice")?;
    chain.fund(&identity.account(), Balance::MAX / 2);
    let folder = env::temp_dir().join(format!("blocs-throughput-{}", std::process::id()));
    let catalogue = Catalogue::open(&folder, chain.genesis_hash(), &identity)?;
    let genesis = chain.genesis_hash();
    let providers: Arc<dyn Providers> = match loopback {
        true => Arc::new(WireProviders::start(genesis).await?),
        false => Arc::new(Discarding { genesis, operator }),
    };
    let client = Client::new(Arc::new(chain), providers, identity, catalogue);

    let megabytes = fs::metadata(file)?.len().div_ceil(1_000_000);
    let rate = |start: Instant| u128::from(megabytes) * 1000 / start.elapsed().as_millis().max(1);
    let request = PutRequest {
        code,
        ..PutRequest::new(vec![file.into()])
    };
    let start = Instant::now();
    client.quote(&request, Arc::new(Silent)).await?;
    println!("measure {megabytes} MB: {} MB/s, peak {}", rate(start), peak_memory());
    let start = Instant::now();
    let stored = client.put(&request, Arc::new(Silent)).await?;
    println!("put {code}: {} MB/s, peak {}", rate(start), peak_memory());
    if loopback {
        let start = Instant::now();
        let request = GetRequest::new(stored.deal.into(), folder.join("back"));
        client.get(&request, Arc::new(Silent)).await?;
        println!("get {code}: {} MB/s, peak {}", rate(start), peak_memory());
    }
    fs::remove_dir_all(folder)?;
    Ok(())
}
