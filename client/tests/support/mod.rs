//! A chain and providers in memory, a folder, and a client of //Alice.

#![allow(dead_code, reason = "each test file uses a part of it")]

use blocs_chain::{At, ChainClient, MarketCall, MemoryChain, Registration, Sr25519Signer, Terms, Tier, WaitFor};
use blocs_client::{Catalogue, Client, Identity, PutRequest, memory::MemoryProviders};
use blocs_primitives::{AccountId, Balance};
use rand::{RngCore, SeedableRng, rngs::StdRng};
use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tempfile::TempDir;

/// One BLOC.
pub(crate) const BLOC: Balance = 1_000_000_000_000;

pub(crate) struct World {
    pub(crate) chain: MemoryChain,
    pub(crate) providers: MemoryProviders,
    pub(crate) accounts: Vec<AccountId>,
    pub(crate) client: Client,
    signers: Vec<Sr25519Signer>,
    folder: TempDir,
    catalogues: AtomicU64,
}

impl World {
    /// So many providers, in three zones, for 1000 planck and more per GiB and period.
    pub(crate) async fn new(count: usize) -> Self {
        let chain = MemoryChain::new(16);
        let providers = MemoryProviders::new(chain.clone());
        let mut signers = Vec::new();
        for number in 0..count {
            let signer = Sr25519Signer::from_suri(&format!("//Provider//{number}")).unwrap();
            chain.fund(&signer.account(), 100 * BLOC);
            let terms = Terms {
                capacity: 1 << 40,
                price: 1_000_000 + number as Balance,
                zone: format!("zone {}", number % 3),
                tier: Tier::Hot,
                peer_id: Vec::new(),
                addresses: Vec::new(),
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
            providers.add(signer.account(), signer.clone());
            signers.push(signer);
        }
        let folder = tempfile::tempdir().unwrap();
        let identity = Identity::from_secret("//Alice").unwrap();
        chain.fund(&identity.account(), 100 * BLOC);
        let catalogue = Catalogue::open(&folder.path().join("catalogue"), chain.genesis_hash(), &identity).unwrap();
        let client = Client::new(
            Arc::new(chain.clone()),
            Arc::new(providers.clone()),
            identity,
            catalogue,
        );
        let accounts = signers.iter().map(|signer| signer.account()).collect();
        Self {
            chain,
            providers,
            accounts,
            client,
            signers,
            folder,
            catalogues: AtomicU64::new(0),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of random bytes.
    pub(crate) fn file(&self, name: &str, bytes: usize) -> Vec<u8> {
        let mut content = vec![0; bytes];
        StdRng::seed_from_u64(bytes as u64).fill_bytes(&mut content);
        fs::write(self.path(name), &content).unwrap();
        content
    }

    pub(crate) fn request(&self, name: &str) -> PutRequest {
        PutRequest::new(vec![self.path(name)])
    }

    /// What Alice can spend.
    pub(crate) async fn held(&self) -> Balance {
        self.chain
            .balance(&self.client.identity().account(), At::Best)
            .await
            .unwrap()
            .transferable
    }

    pub(crate) fn signer_of(&self, account: &AccountId) -> Sr25519Signer {
        self.signers
            .iter()
            .find(|signer| signer.account() == *account)
            .unwrap()
            .clone()
    }

    /// A client on a machine that knows nothing yet.
    pub(crate) fn client_with_new_catalogue(&self, secret: &str) -> Client {
        let identity = Identity::from_secret(secret).unwrap();
        let number = self.catalogues.fetch_add(1, Ordering::Relaxed);
        let root = self.path(&format!("new catalogue {number}"));
        let catalogue = Catalogue::open(&root, self.chain.genesis_hash(), &identity).unwrap();
        Client::new(
            Arc::new(self.chain.clone()),
            Arc::new(self.providers.clone()),
            identity,
            catalogue,
        )
    }
}
