//! What the node says about a transaction, and what the blocks have of it.

use super::{
    Transaction, Watch,
    follow::{FollowError, Place, Versions, Watched},
};
use crate::{
    At, BlockRef, InclusionReport, QueryError, WaitFor,
    connection::{AtBlock, Failure},
    event_layout::market_event,
    subxt_client::Inner,
};
use blocs_primitives::{Balance, BlockNumber, Hash};
use std::time::Duration;
use subxt::{
    error::DispatchError, events::Phase, ext::scale_decode::DecodeAsType, rpcs::methods::legacy::TransactionStatus,
};
use tokio::time::timeout;

/// Without news for so long, the connection is probed, and the runtime's version compared.
const IDLE: Duration = Duration::from_secs(10);

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
    /// Listens to what the node says about the transaction.
    pub(super) async fn watch(&self, mut watch: Watch, transaction: &Transaction, wait: WaitFor) -> Watched {
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
                // The pool says nothing of a transaction whose signature an upgrade has made void.
                Err(_) if self.connection.is_alive(&watch.live).await && !self.is_void(transaction).await => {}
                Err(_) => return Watched::Lost,
            }
        }
    }

    /// Whether the runtime was upgraded after the transaction was signed for another version.
    pub(super) async fn is_void(&self, transaction: &Transaction) -> bool {
        let Some(signed_for) = transaction.spec_version else {
            return false;
        };
        let present = self.read("the runtime's version", |live| async move {
            Ok(live.at(At::Best).await?.spec_version())
        });
        present.await.is_ok_and(|present| present != signed_for)
    }

    /// Looks for the transaction in the blocks from `searched` + 1 on; finalized blocks are searched once.
    pub(super) async fn locate(&self, versions: &Versions, searched: &mut BlockNumber) -> Result<Place, QueryError> {
        let from = searched.saturating_add(1);
        let death = versions.present.death;
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
                        // What nobody can look into may have it.
                        if number <= finalized {
                            return Err(Failure::NoState(format!("it does not have block {number} any more")));
                        }
                        break;
                    };
                    let mut extrinsics = details.block.extrinsics.iter();
                    if extrinsics.any(|extrinsic| versions.find(&extrinsic.0).is_some()) {
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

    /// What the transaction did in the block; `None` when it is not in it.
    pub(super) async fn report(
        &self,
        versions: &Versions,
        block: Hash,
        finalized: bool,
    ) -> Result<Option<InclusionReport>, FollowError> {
        let found = self
            .read("the block of the transaction", move |live| async move {
                let Some(details) = live.methods.chain_get_block(Some(block.0.into())).await? else {
                    return Ok(None);
                };
                let mut extrinsics = details.block.extrinsics.iter().enumerate();
                let found = extrinsics.find_map(|(index, extrinsic)| Some((index, versions.find(&extrinsic.0)?.hash)));
                let Some((index, extrinsic)) = found else {
                    return Ok(None);
                };
                let number = u32::try_from(details.block.header.number).map_err(Failure::shape)?;
                let index = u32::try_from(index).map_err(Failure::shape)?;
                let outcome = outcome(&live.at(At::Block(block)).await?, index).await?;
                Ok(Some((number, extrinsic, outcome)))
            })
            .await?;
        let Some((number, extrinsic, outcome)) = found else {
            return Ok(None);
        };
        if let Some((pallet, error, docs)) = outcome.failure {
            return Err(FollowError::Dispatch { pallet, error, docs });
        }
        Ok(Some(InclusionReport {
            block: BlockRef { number, hash: block },
            finalized,
            extrinsic,
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
