//! A steady load of storage deals: files that are put and come back.

use crate::{
    BLOC, Offer, Provider, User,
    network::{figures::Spread, report::Section},
    random_file, sha256,
};
use anyhow::{Context, Result, ensure};
use blocs_chain::{ChainClient, MarketCall, Signer, SubxtChain, WaitFor};
use blocs_primitives::{AccountId, Balance};
use futures::future::try_join_all;
use serde_json::json;
use std::{path::Path, time::Duration};
use tokio::{sync::oneshot, task::JoinHandle, time};

/// Providers, and how files are cut for them.
const PROVIDERS: u32 = 3;
const CODE: &str = "2+1";
/// What each provider gets: more than the bond for its capacity.
const PROVIDER_FUNDS: Balance = 20_000 * BLOC;
const USER_FUNDS: Balance = 5_000 * BLOC;
/// Size of each file.
const SIZE: u64 = 1 << 20;
/// Time between the begin of two deals.
const EVERY: Duration = Duration::from_secs(45);

/// Providers and a user who puts files and gets them back, until [`Deals::finish`].
#[derive(Debug)]
pub struct Deals {
    stop: oneshot::Sender<()>,
    driver: JoinHandle<Result<Record>>,
    providers: Vec<Provider>,
}

#[derive(Debug, Default)]
struct Record {
    put: Vec<f64>,
    get: Vec<f64>,
}

impl Deals {
    /// Starts providers at nodes, with tokens of `faucet`, and begins.
    pub async fn start(folder: &Path, urls: &[String], chain: &SubxtChain, faucet: &Signer) -> Result<Self> {
        let url = |number: usize| urls.get(number % urls.len().max(1)).context("deals need a node");
        let user = User::create(&folder.join("user-owner"), url(0)?).await?;
        let mut funds = vec![(user.account().clone(), USER_FUNDS)];
        for number in 0..PROVIDERS {
            funds.push((Provider::signer(number)?.account(), PROVIDER_FUNDS));
        }
        try_join_all(funds.into_iter().map(|(to, amount)| fund(chain, faucet, to, amount))).await?;
        let offer = Offer::default();
        let mut providers = Vec::new();
        for number in 0..PROVIDERS {
            let mut provider = Provider::create(folder, number, url(number as usize)?, &offer).await?;
            provider.register_and_run().await?;
            providers.push(provider);
        }
        let (stop, stopped) = oneshot::channel();
        let driver = tokio::spawn(drive(user, stopped));
        Ok(Self {
            stop,
            driver,
            providers,
        })
    }

    /// Processes of the providers, with names.
    pub fn processes(&self) -> Vec<(String, u32)> {
        let id = |provider: &Provider| Some((format!("provider-{}", provider.number()), provider.id()?));
        self.providers.iter().filter_map(id).collect()
    }

    /// Makes no more deals, and reports how it went. The providers stop.
    pub async fn finish(self, section: &mut Section) -> Result<()> {
        self.stop.send(()).ok();
        let result = self.driver.await.context("the load of storage deals broke down")?;
        let (record, seen) = match result {
            Ok(record) => {
                let seen = format!(
                    "{} files of {} MiB at {CODE}, each the same byte for byte",
                    record.get.len(),
                    SIZE >> 20
                );
                (Some(record), seen)
            }
            Err(error) => (None, format!("{error:#}")),
        };
        section.check(
            "every file that was put comes back",
            record.as_ref().is_some_and(|record| !record.get.is_empty()),
            seen,
        );
        if let Some(record) = record {
            let (put, get) = (Spread::of(record.put), Spread::of(record.get));
            section.figure(
                "storage deals",
                format!("{} files put and got", get.count),
                json!(get.count),
            );
            section.figure("put, until the deal is final", put.text(1, "s"), put.json());
            section.figure("get", get.text(1, "s"), get.json());
        }
        Ok(())
    }
}

/// Sends tokens of the faucet's to an account of the market.
pub(super) async fn fund(chain: &SubxtChain, faucet: &Signer, to: AccountId, amount: Balance) -> Result<()> {
    let call = MarketCall::Transfer { to, amount };
    let sent = chain.submit(faucet, call, WaitFor::Finalized).await;
    sent.context("cannot fund the accounts of the storage deals")?;
    Ok(())
}

async fn drive(user: User, mut stopped: oneshot::Receiver<()>) -> Result<Record> {
    let mut record = Record::default();
    let mut ticks = time::interval(EVERY);
    ticks.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    for number in 0u64.. {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = &mut stopped => break,
        }
        let (source, copy) = (user.home().join("source.bin"), user.home().join("copy.bin"));
        random_file(&source, SIZE, number)?;
        let name = format!("file-{number}");
        let put = user
            .put(&source, &name, &["--ec", CODE, "--for", "1h"])
            .await?
            .expect(0)?;
        let get = user.get(&name, &copy).await?.expect(0)?;
        ensure!(sha256(&source)? == sha256(&copy)?, "{name} came back with other bytes");
        std::fs::remove_file(&copy)?;
        record.put.push(put.took.as_secs_f64());
        record.get.push(get.took.as_secs_f64());
    }
    Ok(record)
}
