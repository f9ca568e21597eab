//! Closes own slots whose deals have ended, and claims what was earned.

use crate::{
    shared::{Shared, bloc},
    worker::{Worker, WorkerError, WorkerState},
};
use async_trait::async_trait;
use blocs_chain::{BlockRef, MarketCall, SubmitError, WaitFor};
use blocs_primitives::{BlockNumber, Period, SlotId};
use blocs_store::{SlotName, SlotState};
use futures::future::join_all;
use std::collections::HashMap;
use tokio::sync::watch;
use tracing::{debug, info, warn};

/// Calls sent at the same time.
const AT_ONCE: usize = 16;
/// Blocks after which a call whose effect is not final is tried again.
const RETRY_AFTER: BlockNumber = 50;

/// The worker that closes and claims.
pub struct Closer {
    shared: Shared,
    applied: watch::Receiver<Option<BlockRef>>,
    tried: HashMap<SlotId, BlockNumber>,
    claimed: Option<BlockNumber>,
}

impl Closer {
    /// Works after every applied block.
    pub fn new(shared: Shared) -> Self {
        let applied = shared.view.applied.subscribe();
        Self {
            shared,
            applied,
            tried: HashMap::new(),
            claimed: None,
        }
    }

    /// Live slots that the chain would close now.
    fn ended(&mut self, height: BlockNumber) -> Vec<SlotId> {
        let Some(place) = self.shared.view.provider.read().as_ref().map(|provider| provider.place) else {
            return Vec::new();
        };
        let period = rolled(height, place, self.shared.chain.period_length());
        self.tried.retain(|_, at| at.saturating_add(RETRY_AFTER) > height);
        let slots = self.shared.store.slots().into_iter();
        let ended = slots.filter(|(slot, record)| {
            matches!(record.state, SlotState::Live { end } if end <= period) && !self.tried.contains_key(slot)
        });
        ended.map(|(slot, _)| slot).take(AT_ONCE).collect()
    }

    async fn close(&self, slot: SlotId) -> Result<(), SubmitError> {
        let report = self
            .shared
            .chain
            .submit(&self.shared.account, MarketCall::CloseSlot { slot }, WaitFor::InBlock)
            .await?;
        info!(slot = %SlotName(slot), block = report.block.number, "closed an ended slot");
        Ok(())
    }

    async fn claim(&mut self, height: BlockNumber) -> Result<(), WorkerError> {
        let accrued = self
            .shared
            .view
            .provider
            .read()
            .as_ref()
            .map_or(0, |provider| provider.accrued);
        let lately = self.claimed.is_some_and(|at| at.saturating_add(RETRY_AFTER) > height);
        if accrued == 0 || accrued < self.shared.config.proofs.claim_above || lately {
            return Ok(());
        }
        self.claimed = Some(height);
        let call = MarketCall::Claim;
        let report = self
            .shared
            .chain
            .submit(&self.shared.account, call, WaitFor::InBlock)
            .await
            .map_err(WorkerError::new)?;
        info!(amount = %bloc(accrued), block = report.block.number, "claimed earnings");
        Ok(())
    }
}

/// The last period into which a provider with this ring place has been rolled at this height: it is visited once a period.
fn rolled(height: BlockNumber, place: u32, period_length: BlockNumber) -> Period {
    let length = period_length.max(1);
    let period = height / length;
    if height % length >= place {
        period
    } else {
        period.saturating_sub(1)
    }
}

#[async_trait]
impl Worker for Closer {
    fn name(&self) -> &'static str {
        "closer"
    }

    async fn work(&mut self) -> Result<WorkerState, WorkerError> {
        let Some(height) = self.applied.borrow_and_update().map(|block| block.number) else {
            return Ok(WorkerState::Idle);
        };
        let ended = self.ended(height);
        let more = ended.len() == AT_ONCE;
        self.tried.extend(ended.iter().map(|slot| (*slot, height)));
        let results = join_all(ended.iter().map(|slot| self.close(*slot))).await;
        for (slot, result) in ended.into_iter().zip(results) {
            match result {
                Ok(()) => {}
                // Somebody else closed it, or it ended otherwise: the follower will see.
                Err(SubmitError::Dispatch { error, .. }) => {
                    debug!(slot = %SlotName(slot), error, "the chain does not close a slot")
                }
                Err(error) => warn!(slot = %SlotName(slot), %error, "cannot close an ended slot, trying again later"),
            }
        }
        self.claim(height).await?;
        Ok(if more { WorkerState::Busy } else { WorkerState::Idle })
    }

    async fn wait_for_work(&mut self) {
        // The sender lives in the shared view, which this worker holds.
        let _changed = self.applied.changed().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_enters_a_period_at_its_place_on_the_ring() {
        assert_eq!(
            [
                rolled(47, 3, 16),
                rolled(48, 3, 16),
                rolled(50, 3, 16),
                rolled(51, 3, 16)
            ],
            [2, 2, 2, 3]
        );
        assert_eq!((rolled(2, 3, 16), rolled(16, 0, 16)), (0, 1));
    }
}
