//! JSON-RPC for administration, on this machine only.

use crate::{
    metrics::state_word,
    service::AddressFinder,
    shared::{Shared, Submission},
};
use blocs_chain::ProviderStatus;
use blocs_primitives::BlockNumber;
use blocs_store::{ProofOutcome, SlotName, SlotState};
use jsonrpsee::{
    core::{RpcResult, async_trait},
    proc_macros::rpc,
};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// The daemon's methods.
#[rpc(server, client, namespace = "provider")]
pub trait Admin {
    /// How the daemon is.
    #[method(name = "status")]
    async fn status(&self) -> RpcResult<Status>;

    /// The slots held, at most `limit`, in order of their names.
    #[method(name = "slots")]
    async fn slots(&self, limit: usize) -> RpcResult<Vec<SlotLine>>;

    /// The last proving periods, newest first, and the proofs that this process made.
    #[method(name = "proofs")]
    async fn proofs(&self, limit: usize) -> RpcResult<Proofs>;

    /// What was earned.
    #[method(name = "earnings")]
    async fn earnings(&self) -> RpcResult<Earnings>;

    /// Stops the daemon.
    #[method(name = "stop")]
    async fn stop(&self) -> RpcResult<()>;
}

/// How the daemon is. Amounts are planck as text, for JSON numbers end at 2^53.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Status {
    /// Version of the program.
    pub version: String,
    /// Account, as an address.
    pub account: String,
    /// libp2p peer id.
    pub peer_id: String,
    /// Multiaddresses of the data port.
    pub addresses: Vec<String>,
    /// The chain's name.
    pub chain: String,
    /// Hash of its first block.
    pub genesis: String,
    /// Best block.
    pub best: Option<BlockNumber>,
    /// Last finalized block applied.
    pub applied: Option<BlockNumber>,
    /// Our record on chain, if any.
    pub registered: Option<Registered>,
    /// Bytes that may be held.
    pub capacity: u64,
    /// Bytes held.
    pub held: u64,
    /// Bytes reserved by uploads under way.
    pub reserved: u64,
    /// Bytes free on the disk.
    pub disk_free: Option<u64>,
    /// Slots quoted.
    pub quoted_slots: u64,
    /// Slots of open deals.
    pub live_slots: u64,
    /// Slots closed and kept a while.
    pub closing_slots: u64,
    /// Why the store refuses changes, if it does.
    pub stopped: Option<String>,
}

/// Our record on chain.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Registered {
    /// active, draining or faulted.
    pub status: String,
    /// Bond.
    pub bond: String,
    /// Capacity in bytes.
    pub capacity: u64,
    /// Bytes used.
    pub used: u64,
    /// Least price per GiB and period.
    pub price: String,
    /// Pay per period.
    pub rate: String,
    /// Earned and not claimed.
    pub accrued: String,
    /// Periods paid.
    pub proven: u32,
    /// Misses in a row.
    pub misses: u32,
    /// Last period rolled.
    pub period: u32,
}

/// A slot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SlotLine {
    /// Deal id and index.
    pub slot: String,
    /// quoted, live, closing, gone.
    pub state: String,
    /// Size in bytes.
    pub size: u64,
    /// BLAKE3 hash.
    pub root: String,
    /// Owner of the deal, as an address.
    pub owner: String,
    /// Pay per period.
    pub rate: String,
    /// Quoted: last block of the quote. Live: first period not paid. Closing: the block that closed it.
    pub until: Option<u32>,
}

/// Proving periods.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Proofs {
    /// As finalized blocks tell.
    pub periods: Vec<PeriodLine>,
    /// As this process made them.
    pub submissions: Vec<SubmissionLine>,
}

/// A proving period.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PeriodLine {
    /// Its number.
    pub period: u32,
    /// Finalized block that says so.
    pub block: BlockNumber,
    /// proved or missed.
    pub outcome: String,
    /// Amount paid or slashed.
    pub amount: String,
    /// Misses in a row.
    pub misses: u32,
}

/// A proof that this process made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SubmissionLine {
    /// Its period.
    pub period: u32,
    /// Best block when it was made.
    pub made_at: BlockNumber,
    /// Pieces answered.
    pub pieces: usize,
    /// Slots conceded.
    pub conceded: Vec<String>,
    /// submitted, finalized, failed, replaced, withheld.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
}

impl From<&Submission> for SubmissionLine {
    fn from(line: &Submission) -> Self {
        Self {
            period: line.period,
            made_at: line.made_at,
            pieces: line.pieces,
            conceded: line.conceded.clone(),
            state: line.state.into(),
            reason: line.reason.clone(),
        }
    }
}

/// What was earned.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Earnings {
    /// Earned and not claimed.
    pub accrued: String,
    /// Pay per period.
    pub rate: String,
    /// Paid in the periods of the journal.
    pub paid: String,
    /// Periods proved in the journal.
    pub proved: usize,
    /// Periods missed in the journal.
    pub missed: usize,
    /// Slashed in the periods of the journal.
    pub slashed: String,
}

/// The server's side.
pub struct AdminServerImpl {
    /// The daemon.
    pub shared: Shared,
    /// libp2p peer id.
    pub peer_id: String,
    /// Where the data port is.
    pub addresses: AddressFinder,
    /// Set to true to stop the daemon.
    pub stop: watch::Sender<bool>,
}

/// One word for a status.
pub fn status_word(status: ProviderStatus) -> &'static str {
    match status {
        ProviderStatus::Active => "active",
        ProviderStatus::Draining => "draining",
        ProviderStatus::Faulted => "faulted",
    }
}

#[async_trait]
impl AdminServer for AdminServerImpl {
    async fn status(&self) -> RpcResult<Status> {
        let shared = &self.shared;
        let usage = shared.store.usage();
        let registered = shared.view.provider.read().as_ref().map(|provider| Registered {
            status: status_word(provider.status).into(),
            bond: provider.bond.to_string(),
            capacity: provider.capacity,
            used: provider.used,
            price: provider.price.to_string(),
            rate: provider.rate.to_string(),
            accrued: provider.accrued.to_string(),
            proven: provider.proven,
            misses: provider.misses,
            period: provider.period,
        });
        Ok(Status {
            version: env!("CARGO_PKG_VERSION").into(),
            account: shared.provider().to_string(),
            peer_id: self.peer_id.clone(),
            addresses: self.addresses.addresses(),
            chain: shared.chain.properties().name.clone(),
            genesis: format!("{:?}", shared.chain.genesis_hash()),
            best: shared.view.best_number(),
            applied: shared.view.applied.borrow().map(|block| block.number),
            registered,
            capacity: usage.capacity,
            held: usage.held,
            reserved: usage.reserved,
            disk_free: usage.disk_free,
            quoted_slots: usage.quoted_slots,
            live_slots: usage.live_slots,
            closing_slots: usage.closing_slots,
            stopped: shared.store.stopped(),
        })
    }

    async fn slots(&self, limit: usize) -> RpcResult<Vec<SlotLine>> {
        let slots = self.shared.store.slots().into_iter().take(limit);
        let line = |(slot, record): (_, blocs_store::SlotRecord)| SlotLine {
            slot: SlotName(slot).to_string(),
            state: state_word(&record.state).into(),
            size: record.size,
            root: hex::encode(record.root.0),
            owner: record.owner.to_string(),
            rate: record.rate.to_string(),
            until: match record.state {
                SlotState::Quoted { valid_until } => Some(valid_until),
                SlotState::Live { end } => Some(end),
                SlotState::Closing { since } => Some(since),
                SlotState::Gone => None,
            },
        };
        Ok(slots.map(line).collect())
    }

    async fn proofs(&self, limit: usize) -> RpcResult<Proofs> {
        let periods = self.shared.store.proofs(limit).into_iter().map(|line| {
            let (outcome, amount, misses) = match line.outcome {
                ProofOutcome::Proved { paid } => ("proved", paid, 0),
                ProofOutcome::Missed { misses, slashed } => ("missed", slashed, misses),
            };
            PeriodLine {
                period: line.period,
                block: line.block,
                outcome: outcome.into(),
                amount: amount.to_string(),
                misses,
            }
        });
        let periods = periods.collect();
        let submissions = self
            .shared
            .view
            .submissions
            .read()
            .iter()
            .take(limit)
            .map(SubmissionLine::from)
            .collect();
        Ok(Proofs { periods, submissions })
    }

    async fn earnings(&self) -> RpcResult<Earnings> {
        let (accrued, rate) = self
            .shared
            .view
            .provider
            .read()
            .as_ref()
            .map_or((0, 0), |provider| (provider.accrued, provider.rate));
        let (mut paid_sum, mut slashed_sum, mut proved, mut missed) = (0u128, 0u128, 0, 0);
        for line in self.shared.store.proofs(usize::MAX) {
            match line.outcome {
                ProofOutcome::Proved { paid } => {
                    paid_sum = paid_sum.saturating_add(paid);
                    proved += 1;
                }
                ProofOutcome::Missed { slashed, .. } => {
                    slashed_sum = slashed_sum.saturating_add(slashed);
                    missed += 1;
                }
            }
        }
        Ok(Earnings {
            accrued: accrued.to_string(),
            rate: rate.to_string(),
            paid: paid_sum.to_string(),
            proved,
            missed,
            slashed: slashed_sum.to_string(),
        })
    }

    async fn stop(&self) -> RpcResult<()> {
        self.stop.send_replace(true);
        Ok(())
    }
}
