//! Following a transaction until it is in a block, or can no longer get into one.

use super::{Sent, Transaction, Watch, launch::RejectionKind};
use crate::{
    At, BlockRef, InclusionReport, QueryError, Unreachable, WaitFor,
    connection::{AtBlock, Backoff, Failure},
    event_layout::market_event,
    subxt_client::Inner,
};
use blocs_primitives::{Balance, BlockNumber, Hash};
use std::time::Duration;
use subxt::{
    error::DispatchError, events::Phase, ext::scale_decode::DecodeAsType, rpcs::methods::legacy::TransactionStatus,
};
use tokio::time::{Instant, timeout};

/// Without news for so long, the connection is probed.
const IDLE: Duration = Duration::from_secs(20);
/// How long an unreachable node is tried after a transaction has been sent.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often the same bytes are offered to a pool that lets go of them.
const MAX_RESENDS: u32 = 5;

/// Why a transaction had no effect.
pub(super) enum FollowError {
    Unreachable(Unreachable),
    Query(QueryError),
    Refused(String),
    Expired,
    /// Another transaction has used its nonce, finally: it can never take effect.
    Superseded,
    Dispatch {
        pallet: String,
        error: String,
        docs: String,
    },
}

impl From<QueryError> for FollowError {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Unreachable(unreachable) => Self::Unreachable(unreachable),
            error => Self::Query(error),
        }
    }
}

/// How far following is.
struct Following {
    watch: Option<Watch>,
    /// Finalized blocks up to this one do not have the transaction.
    searched: BlockNumber,
    /// Why the pool let go of it.
    said: Option<String>,
    resends: u32,
}

/// How watching the pool ended.
enum Watched {
    /// In this block.
    Included { block: Hash, finalized: bool },
    /// The pool let go of it.
    Gone(String),
    /// No news any more.
    Lost,
}

/// What the chain's blocks say.
enum Place {
    Finalized(Hash),
    Best(Hash),
    /// In no block up to the best one; the last finalized height.
    Nowhere(BlockNumber),
}

/// What became of a transaction in its block.
struct Outcome {
    fee: Balance,
    events: Vec<crate::MarketEvent>,
    failure: Option<(String, String, String)>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct FeePaid {
    actual_fee: Balance,
}

impl Inner {
    /// Waits until the transaction is where `wait` asks for, or can no longer get there. A lost connection is waited for.
    pub(super) async fn follow(
        &self,
        transaction: &Transaction,
        watch: Option<Watch>,
        wait: WaitFor,
    ) -> Result<InclusionReport, FollowError> {
        let mut state = Following {
            watch,
            searched: transaction.birth,
            said: None,
            resends: 0,
        };
        let mut backoff = Backoff::new();
        let mut lost_since: Option<Instant> = None;
        loop {
            match self.turn(transaction, &mut state, wait).await {
                Ok(Some(report)) => return Ok(report),
                Ok(None) => lost_since = None,
                Err(FollowError::Unreachable(unreachable)) => {
                    let since = *lost_since.get_or_insert_with(Instant::now);
                    if since.elapsed() >= PATIENCE {
                        return Err(FollowError::Unreachable(unreachable));
                    }
                }
                Err(error) => return Err(error),
            }
            if state.watch.is_none() {
                backoff.pause().await;
            }
        }
    }

    /// Listens while there is something to listen to, then looks into the blocks; sends the same bytes again when they are nowhere.
    async fn turn(
        &self,
        transaction: &Transaction,
        state: &mut Following,
        wait: WaitFor,
    ) -> Result<Option<InclusionReport>, FollowError> {
        if let Some(watch) = state.watch.take() {
            match self.watch(watch, wait).await {
                Watched::Included { block, finalized } => {
                    if let Some(report) = self.report(transaction, block, finalized).await? {
                        return Ok(Some(report));
                    }
                }
                Watched::Gone(reason) => state.said = Some(reason),
                Watched::Lost => {}
            }
        }
        let finalized = match self.locate(transaction, &mut state.searched).await? {
            Place::Finalized(block) => return self.report(transaction, block, true).await,
            Place::Best(block) if wait == WaitFor::InBlock => return self.report(transaction, block, false).await,
            Place::Best(_) => return Ok(None),
            Place::Nowhere(finalized) => finalized,
        };
        if self.nonce_is_used(transaction, At::Finalized).await? {
            // By this very transaction, perhaps, since the blocks were searched.
            return match self.locate(transaction, &mut state.searched).await? {
                Place::Nowhere(_) => Err(FollowError::Superseded),
                Place::Finalized(_) | Place::Best(_) => Ok(None),
            };
        }
        if finalized >= transaction.death {
            return Err(FollowError::Expired);
        }
        match self.send(transaction).await {
            Sent::Watching(_) if state.resends >= MAX_RESENDS => Err(FollowError::Refused(
                state.said.take().unwrap_or_else(|| "the pool drops it".to_owned()),
            )),
            Sent::Watching(again) => {
                state.resends += 1;
                state.watch = Some(again);
                Ok(None)
            }
            Sent::Known | Sent::Lost => Ok(None),
            // Its nonce is used in a block that is not final yet: by this one or by another, time will tell.
            Sent::Rejected(rejection) if rejection.kind == RejectionKind::Nonce && transaction.sender.is_some() => {
                Ok(None)
            }
            Sent::Rejected(rejection) => match self.locate(transaction, &mut state.searched).await? {
                Place::Nowhere(_) => Err(FollowError::Refused(state.said.take().unwrap_or(rejection.reason))),
                Place::Finalized(_) | Place::Best(_) => Ok(None),
            },
        }
    }

    /// Listens to what the node says about the transaction.
    async fn watch(&self, mut watch: Watch, wait: WaitFor) -> Watched {
        loop {
            match timeout(IDLE, watch.statuses.next()).await {
                Ok(Some(Ok(status))) => match status {
                    TransactionStatus::Future | TransactionStatus::Ready | TransactionStatus::Broadcast(_) => {}
                    TransactionStatus::Retracted(_) => {}
                    TransactionStatus::InBlock(block) if wait == WaitFor::InBlock => {
                        return Watched::Included {
                            block: Hash::from(block.0),
                            finalized: false,
                        };
                    }
                    TransactionStatus::InBlock(_) => {}
                    TransactionStatus::Finalized(block) => {
                        return Watched::Included {
                            block: Hash::from(block.0),
                            finalized: true,
                        };
                    }
                    TransactionStatus::FinalityTimeout(_) => return Watched::Lost,
                    TransactionStatus::Usurped(_) => {
                        return Watched::Gone("another transaction with the same nonce took its place".to_owned());
                    }
                    TransactionStatus::Dropped => {
                        return Watched::Gone("the transaction pool is full and dropped it".to_owned());
                    }
                    TransactionStatus::Invalid => {
                        return Watched::Gone("the pool found it invalid in the newest state".to_owned());
                    }
                },
                Ok(Some(Err(_)) | None) => {
                    self.connection.is_alive(&watch.live).await;
                    return Watched::Lost;
                }
                Err(_) if self.connection.is_alive(&watch.live).await => {}
                Err(_) => return Watched::Lost,
            }
        }
    }

    /// Looks for the transaction in the blocks from `searched` + 1 on; finalized blocks are searched once.
    async fn locate(&self, transaction: &Transaction, searched: &mut BlockNumber) -> Result<Place, QueryError> {
        let from = searched.saturating_add(1);
        let bytes = &transaction.bytes;
        let death = transaction.death;
        let (place, finalized) = self
            .read("the newest blocks", move |live| async move {
                let finalized_hash = live.methods.chain_get_finalized_head().await?;
                let height = |header: Option<subxt::config::substrate::SubstrateHeader<_>>| {
                    header.and_then(|header| u32::try_from(header.number).ok()).unwrap_or(0)
                };
                let finalized = height(live.methods.chain_get_header(Some(finalized_hash)).await?);
                let best = height(live.methods.chain_get_header(None).await?);
                for number in from..=best.min(death) {
                    let Some(hash) = live.methods.chain_get_block_hash(Some(number.into())).await? else {
                        break;
                    };
                    let Some(details) = live.methods.chain_get_block(Some(hash)).await? else {
                        break;
                    };
                    if details.block.extrinsics.iter().any(|extrinsic| extrinsic.0 == *bytes) {
                        let hash = Hash::from(hash.0);
                        let place = if number <= finalized {
                            Place::Finalized(hash)
                        } else {
                            Place::Best(hash)
                        };
                        return Ok((place, finalized));
                    }
                }
                Ok((Place::Nowhere(finalized), finalized))
            })
            .await?;
        if matches!(place, Place::Nowhere(_)) {
            *searched = finalized.max(*searched);
        }
        Ok(place)
    }

    async fn nonce_is_used(&self, transaction: &Transaction, at: At) -> Result<bool, FollowError> {
        let Some((account, nonce)) = &transaction.sender else {
            return Ok(false);
        };
        let record = self.account(account, at).await?;
        Ok(record.is_some_and(|record| record.nonce > *nonce))
    }

    /// What the transaction did in the block; `None` when it is not in it.
    async fn report(
        &self,
        transaction: &Transaction,
        block: Hash,
        finalized: bool,
    ) -> Result<Option<InclusionReport>, FollowError> {
        let bytes = &transaction.bytes;
        let found = self
            .read("the block of the transaction", move |live| async move {
                let Some(details) = live.methods.chain_get_block(Some(block.0.into())).await? else {
                    return Ok(None);
                };
                let Some(index) = details
                    .block
                    .extrinsics
                    .iter()
                    .position(|extrinsic| extrinsic.0 == *bytes)
                else {
                    return Ok(None);
                };
                let number = u32::try_from(details.block.header.number).map_err(Failure::shape)?;
                let index = u32::try_from(index).map_err(Failure::shape)?;
                Ok(Some((number, outcome(&live.at(At::Block(block)).await?, index).await?)))
            })
            .await?;
        let Some((number, outcome)) = found else {
            return Ok(None);
        };
        if let Some((pallet, error, docs)) = outcome.failure {
            return Err(FollowError::Dispatch { pallet, error, docs });
        }
        Ok(Some(InclusionReport {
            block: BlockRef { number, hash: block },
            finalized,
            extrinsic: transaction.hash,
            fee: outcome.fee,
            events: outcome.events,
        }))
    }
}

/// What extrinsic number `index` of the block did.
async fn outcome(at: &AtBlock, index: u32) -> Result<Outcome, Failure> {
    let events = at.events().fetch().await?;
    let mut outcome = Outcome {
        fee: 0,
        events: Vec::new(),
        failure: None,
    };
    for event in events.iter() {
        let event = event?;
        if event.phase() != Phase::ApplyExtrinsic(index) {
            continue;
        }
        match (event.pallet_name(), event.event_name()) {
            ("System", "ExtrinsicFailed") => {
                let error = DispatchError::decode_from(event.field_bytes(), at.metadata()).map_err(Failure::shape)?;
                outcome.failure = Some(describe(&error));
            }
            ("TransactionPayment", "TransactionFeePaid") => {
                outcome.fee = event.decode_fields_unchecked_as::<FeePaid>()?.actual_fee;
            }
            _ => outcome.events.extend(market_event(&event)?),
        }
    }
    Ok(outcome)
}

/// Pallet, name and documentation of an error.
pub(super) fn describe(error: &DispatchError) -> (String, String, String) {
    match error {
        DispatchError::Module(module) => match module.details() {
            Ok(details) => {
                let docs = details
                    .variant
                    .docs
                    .iter()
                    .map(|line| line.trim())
                    .collect::<Vec<_>>()
                    .join(" ");
                (details.pallet.name().to_owned(), details.variant.name.clone(), docs)
            }
            Err(unknown) => ("Module".to_owned(), "Unknown".to_owned(), unknown.to_string()),
        },
        DispatchError::Token(token) => ("Token".to_owned(), format!("{token:?}"), token.to_string()),
        DispatchError::Arithmetic(arithmetic) => (
            "Arithmetic".to_owned(),
            format!("{arithmetic:?}"),
            arithmetic.to_string(),
        ),
        other => ("System".to_owned(), format!("{other:?}"), other.to_string()),
    }
}
