//! Put and get over real connections on this machine.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use blocs_chain::{ChainClient, MarketCall, MemoryChain, Registration, Sr25519Signer, Terms, Tier, WaitFor};
use blocs_client::{
    Catalogue, Client, GetError, GetRequest, Identity, ObjectState, PutRequest, Silent, Target, WireProviders,
    exit_code,
};
use blocs_primitives::{Balance, SlotId, SlotIndex};
use blocs_wire::{Keypair, MemoryService, Node, NodeConfig, Refusal, RefusalCode, ServeLimits, Server};
use rand::{RngCore, SeedableRng, rngs::StdRng};
use sp_core::{Pair, sr25519};
use std::{fs, path::Path, sync::Arc};

/// One BLOC.
const BLOC: Balance = 1_000_000_000_000;

/// A provider that serves on the loopback.
struct Served {
    service: MemoryService,
    signer: Sr25519Signer,
    server: Server,
    node: Node,
}

impl Served {
    async fn start(chain: &MemoryChain, number: usize) -> Self {
        let secret = format!("//Provider//{number}");
        let signer = Sr25519Signer::from_suri(&secret).unwrap();
        let operator = sr25519::Pair::from_string(&secret, None).unwrap();
        // Within a period of every block that the test makes.
        let service = MemoryService::new(chain.genesis_hash(), signer.account(), operator, 77, 20);
        let listen = "/ip4/127.0.0.1/tcp/0".parse().unwrap();
        let config = NodeConfig::new(Keypair::generate_ed25519(), vec![listen]);
        let node = Node::start(config).await.unwrap();
        let server = node.serve(Arc::new(service.clone()), ServeLimits::default()).unwrap();

        chain.fund(&signer.account(), 100 * BLOC);
        let terms = Terms {
            capacity: 1 << 40,
            price: 1,
            zone: String::new(),
            tier: Tier::Hot,
            peer_id: node.peer_id().to_bytes(),
            addresses: node.addresses().iter().map(ToString::to_string).collect(),
        };
        let registration = Registration {
            operator: signer.public(),
            bond: BLOC,
            terms,
        };
        chain
            .submit(&signer, MarketCall::Register(registration), WaitFor::Finalized)
            .await
            .unwrap();
        Self {
            service,
            signer,
            server,
            node,
        }
    }

    /// Is gone, as if killed.
    async fn kill(self) {
        drop(self.server);
        self.node.shutdown().await;
    }
}

/// A client of //Alice that knows nothing but the chain.
async fn client(chain: &MemoryChain, folder: &Path) -> Client {
    let identity = Identity::from_secret("//Alice").unwrap();
    let catalogue = Catalogue::open(folder, chain.genesis_hash(), &identity).unwrap();
    let providers = WireProviders::start(chain.genesis_hash()).await.unwrap();
    Client::new(Arc::new(chain.clone()), Arc::new(providers), identity, catalogue)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_survives_lost_and_lying_providers_and_a_new_machine() {
    let chain = MemoryChain::new(16);
    chain.fund(&Identity::from_secret("//Alice").unwrap().account(), 100 * BLOC);
    let folder = tempfile::tempdir().unwrap();
    let mut served = Vec::new();
    for number in 0..7 {
        served.push(Served::start(&chain, number).await);
    }
    served[0]
        .service
        .refuse(Some(Refusal::new(RefusalCode::Unwanted, "no room")));
    let mut content = vec![0; 50_000_000];
    StdRng::seed_from_u64(1).fill_bytes(&mut content);
    let file = folder.path().join("file");
    fs::write(&file, &content).unwrap();

    let alice = client(&chain, &folder.path().join("one machine")).await;
    let stored = alice.put(&PutRequest::new(vec![file]), Arc::new(Silent)).await.unwrap();
    assert_eq!(stored.providers.len(), 6);
    assert!(!stored.providers.contains(&served[0].signer.account()));
    assert_eq!(alice.list().await.unwrap()[0].state, ObjectState::Certified);
    served[0].service.refuse(None);

    // Another machine, one provider gone, one with a flipped bit in the midst of its slot.
    let holder = |served: &[Served], slot: usize| {
        served
            .iter()
            .position(|served| served.signer.account() == stored.providers[slot])
            .unwrap()
    };
    let gone = served.remove(holder(&served, 0));
    gone.kill().await;
    let slot = SlotId {
        deal: stored.deal,
        index: SlotIndex(2),
    };
    assert!(served[holder(&served, 2)].service.corrupt(slot, 5_000_000));

    let again = client(&chain, &folder.path().join("another machine")).await;
    assert!(again.catalogue().entries().unwrap().is_empty());
    let restored = again.restore(Arc::new(Silent)).await.unwrap();
    assert_eq!((restored.restored.len(), restored.failed.len()), (1, 0));
    let out = folder.path().join("out");
    let request = GetRequest::new(Target::Name("file".into()), out.clone());
    let got = again.get(&request, Arc::new(Silent)).await.unwrap();
    assert!(fs::read(&out).unwrap() == content);
    let mut bad: Vec<_> = got.bad_providers.iter().map(|bad| (bad.index.0, bad.lied)).collect();
    bad.sort_unstable();
    assert_eq!(bad, [(0, false), (2, true)]);

    // One more gone: too few, and what lies there is left alone.
    let gone = served.remove(holder(&served, 5));
    gone.kill().await;
    fs::write(&out, "kept").unwrap();
    let error = again.get(&request, Arc::new(Silent)).await.unwrap_err();
    assert!(
        matches!(
            error,
            GetError::TooFewProviders {
                found: 3,
                needed: 4,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(exit_code(&error), Some(22));
    assert_eq!(fs::read(&out).unwrap(), b"kept");
}
