//! The client of one run.

use super::Context;
use crate::exit::{Status, error};
use anyhow::Context as _;
use blocs_chain::{ChainClient, ConnectOptions, connect};
use blocs_client::{Catalogue, Client, WireProviders};
use blocs_primitives::Hash;
use std::{fs, io, path::PathBuf, str::FromStr, sync::Arc};

/// File with the hash of the first block of the chain that the account's files are on.
const CHAIN_FILE: &str = "chain";

/// Chain and client for the current account.
pub(crate) struct Session {
    pub(crate) chain: Arc<dyn ChainClient>,
    pub(crate) client: Client,
    chain_file: PathBuf,
}

impl Session {
    pub(super) async fn open(context: &Context) -> anyhow::Result<Self> {
        let settings = &context.settings;
        let account = context.account()?;
        let identity = account.identity()?;
        let chain_file = settings.data.join(CHAIN_FILE);
        let remembered = match fs::read_to_string(&chain_file) {
            Ok(text) => Some(Hash::from_str(text.trim()).map_err(|_| {
                let message = format!("cannot understand {}: remove it", chain_file.display());
                error(Status::NoChain, message)
            })?),
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            Err(e) => return Err(e).with_context(|| format!("cannot read {}", chain_file.display())),
        };
        let expected_genesis = settings.genesis.or(remembered);
        let options = ConnectOptions {
            expected_genesis,
            ..ConnectOptions::default()
        };
        let chain: Arc<dyn ChainClient> = Arc::new(connect(&settings.url, options).await?);
        let catalogue = Catalogue::open(&settings.data.join("catalogue"), chain.genesis_hash(), &identity)?;
        let network = WireProviders::start(chain.genesis_hash())
            .await
            .context("cannot start the network")?;
        let providers = Arc::new(network);
        let client = Client::new(chain.clone(), providers, identity, catalogue);
        Ok(Self {
            chain,
            client,
            chain_file,
        })
    }

    /// Remembers the chain once files are on it, so that another chain is told apart from lost files.
    pub(crate) fn remember_chain(&self) -> anyhow::Result<()> {
        if self.chain_file.exists() {
            return Ok(());
        }
        let text = format!("{:?}\n", self.chain.genesis_hash());
        fs::write(&self.chain_file, text).with_context(|| format!("cannot write {}", self.chain_file.display()))
    }
}
