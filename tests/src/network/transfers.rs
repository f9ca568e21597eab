//! A steady load of transfers.

use crate::{
    BLOC,
    network::{figures::Spread, report::Section},
};
use anyhow::{Context, Result};
use blocs_chain::{ChainClient, MarketCall, Signer, SubxtChain, WaitFor};
use blocs_primitives::Balance;
use futures::future::try_join_all;
use serde_json::json;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    sync::{Semaphore, oneshot},
    task::{JoinHandle, JoinSet},
    time,
};

/// Accounts that pay.
const PAYERS: usize = 20;
/// What each gets.
const FUNDS: Balance = 200 * BLOC;
/// What each transfer moves.
const AMOUNT: Balance = BLOC / 10;
/// Transfers that are under way at the same time; beyond, they wait for others.
const UNDER_WAY: usize = 200;
/// Letters that tell kinds of failures apart; what comes later names blocks and accounts.
const KIND: usize = 90;
/// How long transfers that are under way at the end may still take.
const LAST: Duration = Duration::from_secs(60);

/// Transfers at a steady rate, from several accounts, through several nodes, until [`Transfers::finish`].
#[derive(Debug)]
pub struct Transfers {
    stop: oneshot::Sender<()>,
    driver: JoinHandle<()>,
    record: Arc<Mutex<Record>>,
    started: Instant,
}

#[derive(Debug, Default)]
struct Record {
    sent: usize,
    /// Seconds until each was in a block.
    included: Vec<f64>,
    failures: Vec<String>,
}

impl Record {
    /// The failures with how often each came, those of other blocks and accounts being one.
    fn kinds(&self) -> Vec<String> {
        let mut kinds = BTreeMap::<String, (usize, &str)>::new();
        for failure in &self.failures {
            let kind: String = failure
                .chars()
                .filter(|letter| !letter.is_ascii_digit())
                .take(KIND)
                .collect();
            kinds.entry(kind).or_insert((0, failure)).0 += 1;
        }
        kinds
            .into_values()
            .map(|(count, failure)| format!("{count} times: {failure}"))
            .collect()
    }
}

impl Transfers {
    /// Funds the accounts from `faucet`, which takes until that is final, and begins.
    pub async fn start(chains: &[SubxtChain], faucet: &Signer, per_second: f64) -> Result<Self> {
        let bank = chains.first().context("transfers need a node")?;
        let payers: Vec<Signer> = (0..PAYERS)
            .map(|number| Signer::from_suri(&format!("//Load//{number}")))
            .collect::<Result<_, _>>()?;
        let fund = |payer: &Signer| {
            let call = MarketCall::Transfer {
                to: payer.account(),
                amount: FUNDS,
            };
            async move { bank.submit(faucet, call, WaitFor::Finalized).await }
        };
        try_join_all(payers.iter().map(fund))
            .await
            .context("cannot fund the accounts of the load")?;

        let record = Arc::new(Mutex::new(Record::default()));
        let (stop, stopped) = oneshot::channel();
        let driver = tokio::spawn(drive(chains.to_vec(), payers, per_second, record.clone(), stopped));
        Ok(Self {
            stop,
            driver,
            record,
            started: Instant::now(),
        })
    }

    /// Sends no more, and reports how it went.
    pub async fn finish(self, section: &mut Section) -> Result<()> {
        let seconds = self.started.elapsed().as_secs_f64();
        self.stop.send(()).ok();
        self.driver.await.context("the load of transfers broke down")?;
        let record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        let (sent, included, failed) = (record.sent, record.included.len(), record.failures.len());
        let inclusion = Spread::of(record.included.iter().copied());
        section.figure(
            "transfers",
            format!(
                "{included} of {sent} in blocks, {:.1} a second; {failed} failed",
                sent as f64 / seconds
            ),
            json!({ "sent": sent, "included": included, "failed": failed, "perSecond": sent as f64 / seconds }),
        );
        section.figure(
            "time to inclusion",
            inclusion.text(1, "s from signing until it is in a block"),
            inclusion.json(),
        );
        let seen = match record.kinds() {
            kinds if kinds.is_empty() => format!("{included} transfers"),
            kinds => kinds.join("; "),
        };
        section.check("every transfer takes effect", included == sent && sent > 0, seen);
        Ok(())
    }
}

async fn drive(
    chains: Vec<SubxtChain>,
    payers: Vec<Signer>,
    per_second: f64,
    record: Arc<Mutex<Record>>,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut ticks = time::interval(Duration::from_secs_f64(1.0 / per_second));
    ticks.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    let room = Arc::new(Semaphore::new(UNDER_WAY));
    let mut under_way = JoinSet::new();
    // Each account always goes through the same node, which knows its next nonce.
    let receivers = payers.iter().cycle().skip(1).map(Signer::account);
    let lanes = payers.iter().zip(receivers).zip(chains.iter().cycle());
    let mut lanes = lanes.cycle();
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = &mut stopped => break,
        }
        let (Some(((payer, to), chain)), Ok(place)) = (lanes.next(), room.clone().acquire_owned().await) else {
            break;
        };
        let (payer, chain, record) = (payer.clone(), chain.clone(), record.clone());
        under_way.spawn(async move {
            let started = Instant::now();
            lock(&record).sent += 1;
            let call = MarketCall::Transfer { to, amount: AMOUNT };
            match chain.submit(&payer, call, WaitFor::InBlock).await {
                Ok(_) => lock(&record).included.push(started.elapsed().as_secs_f64()),
                Err(error) => lock(&record).failures.push(format!("{error:#}")),
            }
            drop(place);
        });
        // Those that have ended need not be kept.
        while under_way.try_join_next().is_some() {}
    }
    let rest = async { while under_way.join_next().await.is_some() {} };
    time::timeout(LAST, rest).await.ok();
}

fn lock(record: &Mutex<Record>) -> std::sync::MutexGuard<'_, Record> {
    record.lock().unwrap_or_else(PoisonError::into_inner)
}
