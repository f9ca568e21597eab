//! What the parts of the daemon share.

use crate::{config::Config, metrics::Metrics};
use blocs_chain::{BlockRef, ChainClient, Params, Provider, Signer, Sr25519Signer};
use blocs_primitives::{AccountId, Balance, BlockNumber, Period};
use blocs_store::ShardStore;
use parking_lot::RwLock;
use std::{collections::VecDeque, sync::Arc};
use tokio::sync::watch;

/// Proofs kept in the journal of submissions.
const SUBMISSIONS_KEPT: usize = 256;

/// The daemon's parts, wired together. Clones are cheap.
#[derive(Clone)]
pub struct Shared {
    /// Settings.
    pub config: Arc<Config>,
    /// The chain.
    pub chain: Arc<dyn ChainClient>,
    /// The slots.
    pub store: Arc<dyn ShardStore>,
    /// Signs extrinsics.
    pub account: Signer,
    /// Signs quotes and concessions.
    pub operator: Sr25519Signer,
    /// Figures.
    pub metrics: Metrics,
    /// What is known of the chain.
    pub view: Arc<View>,
}

impl Shared {
    /// Account of the provider.
    pub fn provider(&self) -> AccountId {
        self.account.account()
    }

    /// Sets or clears an alert: a metric that a person must look at.
    pub fn alert(&self, reason: &str, on: bool) {
        self.metrics.alerts.with_label_values(&[reason]).set(on.into());
    }
}

/// The daemon's latest view of the chain, written by its workers.
pub struct View {
    /// Best block; `None` before the first.
    pub best: watch::Sender<Option<BlockRef>>,
    /// Last finalized block whose effects are in the store; `None` before the first.
    pub applied: watch::Sender<Option<BlockRef>>,
    /// Our record on chain at the last finalized block; `None` when we are not registered, or before the first block.
    pub provider: RwLock<Option<Provider>>,
    /// The market's parameters at the last finalized block.
    pub params: RwLock<Option<Params>>,
    /// What became of the proofs that this process made, newest first.
    pub submissions: RwLock<VecDeque<Submission>>,
}

impl Default for View {
    fn default() -> Self {
        Self {
            best: watch::Sender::new(None),
            applied: watch::Sender::new(None),
            provider: RwLock::new(None),
            params: RwLock::new(None),
            submissions: RwLock::new(VecDeque::new()),
        }
    }
}

impl View {
    /// Height of the best block.
    pub fn best_number(&self) -> Option<BlockNumber> {
        self.best.borrow().map(|block| block.number)
    }

    /// Writes a line into the journal of submissions; a line of the same period and state is replaced.
    pub fn note(&self, submission: Submission) {
        let mut lines = self.submissions.write();
        lines.retain(|line| line.period != submission.period);
        lines.push_front(submission);
        lines.truncate(SUBMISSIONS_KEPT);
    }
}

/// A proof that this process made.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Submission {
    /// Its period.
    pub period: Period,
    /// Best block when it was made.
    pub made_at: BlockNumber,
    /// Pieces answered.
    pub pieces: usize,
    /// Slots conceded, by name.
    pub conceded: Vec<String>,
    /// submitted, finalized, failed, replaced, withheld.
    pub state: &'static str,
    /// Why it failed or was withheld.
    pub reason: Option<String>,
}

/// Amount as people read it: BLOC with 12 decimals.
pub fn bloc(amount: Balance) -> String {
    const UNIT: Balance = 1_000_000_000_000;
    let (whole, rest) = (amount / UNIT, amount % UNIT);
    let text = format!("{whole}.{rest:012}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text} BLOC")
}
