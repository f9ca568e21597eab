//! A chain with providers.

use crate::{EventLog, Node, NodeOptions, Provider, User, Workspace, provider::Offer, until};
use anyhow::{Context, Result, anyhow};
use blocs_chain::{At, ChainClient, ConnectOptions, MarketCall, ProviderStatus, Signer, SubxtChain, WaitFor, connect};
use blocs_primitives::{AccountId, Balance};
use futures::future::try_join_all;
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::{Mutex, MutexGuard};

/// One BLOC in planck.
pub const BLOC: Balance = 1_000_000_000_000;
/// Who pays for everybody on a development chain: an account that no command and no example uses, for two programs that send from one account
/// take each other's nonces.
const FAUCET: &str = "//Dave";
/// What each provider gets before it registers: more than the bond for its capacity.
const PROVIDER_FUNDS: Balance = 20_000 * BLOC;

/// How to build a cluster.
#[derive(Clone, Debug)]
pub struct ClusterOptions {
    /// Name of its folder.
    pub name: String,
    /// Number of providers.
    pub providers: u32,
    /// What each offers.
    pub offer: Offer,
}

impl ClusterOptions {
    /// So many providers with much room.
    pub fn new(name: &str, providers: u32) -> Self {
        Self {
            name: name.into(),
            providers,
            offer: Offer::default(),
        }
    }
}

/// A development chain of its own, with registered, running providers.
pub struct Cluster {
    folder: PathBuf,
    node: Mutex<Node>,
    url: String,
    rpc_port: u16,
    chain: SubxtChain,
    faucet: Signer,
    events: EventLog,
    providers: Vec<Mutex<Provider>>,
}

impl Cluster {
    /// Starts everything, and waits until every provider is active on chain and ready.
    pub async fn start(workspace: &Workspace, options: ClusterOptions) -> Result<Self> {
        let folder = workspace.folder(&options.name)?;
        let node = Node::start(&folder, &NodeOptions::dev()).await?;
        let url = node.url();
        let chain = connect(&url, ConnectOptions::default()).await?;
        let faucet = Signer::from_suri(FAUCET)?;
        let events = EventLog::follow(Arc::new(chain.clone()));
        let rpc_port = node.rpc_port();
        let mut cluster = Self {
            folder,
            node: Mutex::new(node),
            url,
            rpc_port,
            chain,
            faucet,
            events,
            providers: Vec::new(),
        };
        let numbers = 0..options.providers;
        cluster.providers = try_join_all(numbers.map(|number| cluster.add_provider(number, &options.offer)))
            .await
            .context("cannot start the providers")?
            .into_iter()
            .map(Mutex::new)
            .collect();
        cluster.all_active(options.providers).await?;
        Ok(cluster)
    }

    /// A provider beyond those of the options; its owner keeps it.
    pub async fn add_provider(&self, number: u32, offer: &Offer) -> Result<Provider> {
        let account = Provider::signer(number)?.account();
        let ((), mut provider) = tokio::try_join!(
            self.fund(&account, PROVIDER_FUNDS),
            Provider::create(&self.folder, number, &self.url, offer),
        )?;
        provider.register_and_run().await?;
        Ok(provider)
    }

    async fn all_active(&self, expected: u32) -> Result<()> {
        until(
            "every provider is active in a finalized block",
            Duration::from_secs(180),
            || async {
                let all = self.chain.all_providers(At::Finalized).await?;
                let active = all
                    .iter()
                    .filter(|record| record.provider.status == ProviderStatus::Active)
                    .count();
                Ok((active >= expected as usize).then_some(()))
            },
        )
        .await
    }

    /// Sends tokens of the faucet's, and waits until they are there for good.
    pub async fn fund(&self, to: &AccountId, amount: Balance) -> Result<()> {
        let call = MarketCall::Transfer { to: to.clone(), amount };
        self.chain
            .submit(&self.faucet, call, WaitFor::Finalized)
            .await
            .context("cannot send tokens of the faucet's")?;
        Ok(())
    }

    /// A new user with tokens.
    pub async fn user(&self, name: &str) -> Result<User> {
        let user = self.poor_user(name).await?;
        self.fund(user.account(), 1_000 * BLOC).await?;
        Ok(user)
    }

    /// A new user without tokens.
    pub async fn poor_user(&self, name: &str) -> Result<User> {
        User::create(&self.folder.join(format!("user-{name}")), &self.url).await
    }

    /// Address of the node's RPC.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Port of the node's RPC.
    pub fn rpc_port(&self) -> u16 {
        self.rpc_port
    }

    /// The chain.
    pub fn chain(&self) -> &SubxtChain {
        &self.chain
    }

    /// Its events.
    pub fn events(&self) -> &EventLog {
        &self.events
    }

    /// Folder of everything that belongs to it.
    pub fn folder(&self) -> &PathBuf {
        &self.folder
    }

    /// How long to wait for something that takes so many proving periods: some times that, for a machine that is busy makes fewer blocks.
    pub fn patience(&self, periods: u32) -> Duration {
        Duration::from_secs(60) + self.period() * periods * 3
    }

    /// A new user with tokens for each of these names, all made at the same time.
    pub async fn users<const N: usize>(&self, names: [&str; N]) -> Result<[User; N]> {
        let users = try_join_all(names.map(|name| self.user(name))).await?;
        <[User; N]>::try_from(users).map_err(|users| anyhow!("{} users were made in place of {N}", users.len()))
    }

    /// A proving period on this chain.
    pub fn period(&self) -> Duration {
        self.chain.properties().duration(1)
    }

    /// The node.
    pub async fn node(&self) -> MutexGuard<'_, Node> {
        self.node.lock().await
    }

    /// The providers.
    pub fn providers(&self) -> &[Mutex<Provider>] {
        &self.providers
    }

    /// Provider `number`.
    pub async fn provider(&self, number: u32) -> Result<MutexGuard<'_, Provider>> {
        let provider = self
            .providers
            .get(number as usize)
            .context("there is no such provider")?;
        Ok(provider.lock().await)
    }

    /// Waits until provider `account` has proved a period not before `from`, in a finalized block.
    pub async fn proved_since(&self, account: &AccountId, from: u32, limit: Duration) -> Result<(u32, Balance)> {
        let what = format!("provider {account} has proved period {from} or a later one");
        self.events
            .first(&what, limit, |(_, event)| match event {
                blocs_chain::MarketEvent::Proved { provider, period, paid }
                    if provider == account && *period >= from =>
                {
                    Some((*period, *paid))
                }
                _ => None,
            })
            .await
    }

    /// The proving period that the finalized block lies in.
    pub async fn current_period(&self) -> Result<u32> {
        let block = self.chain.block(At::Finalized).await?;
        Ok(block.number / self.chain.period_length())
    }
}
