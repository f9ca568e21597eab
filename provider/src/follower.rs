//! Follows finalized blocks and brings their effects into the store: one batch per block, together with the cursor.

use crate::{
    blocks::Blocks,
    shared::Shared,
    worker::{Worker, WorkerError, WorkerState},
};
use async_trait::async_trait;
use blocs_chain::{At, BlockRef, MarketEvent, ProviderStatus, QueryError, Slot, SlotStatus};
use blocs_primitives::{AccountId, BlockNumber, DealId, SlotId, SlotIndex};
use blocs_store::{
    BlockEffects, Change, Cursor, ProofOutcome, ProofRecord, ShardStore, SlotName, SlotRecord, SlotState,
};
use std::sync::Arc;
use tracing::{error, info, warn};

/// The worker that follows finalized blocks.
pub struct Follower {
    shared: Shared,
    blocks: Blocks,
    next: Option<BlockRef>,
}

impl Follower {
    /// Starts after the store's cursor. A store without one starts at the present finalized block: nothing was promised before.
    pub async fn start(shared: Shared) -> Result<Self, QueryError> {
        let from = match shared.store.cursor() {
            Some(cursor) => cursor.number.saturating_add(1),
            None => shared.chain.block(At::Finalized).await?.number,
        };
        if let Some(cursor) = shared.store.cursor() {
            shared.view.applied.send_replace(Some(BlockRef {
                number: cursor.number,
                hash: cursor.hash,
            }));
        }
        let blocks = finalized(&shared, from);
        Ok(Self {
            shared,
            blocks,
            next: None,
        })
    }

    async fn apply(&mut self, block: BlockRef) -> Result<(), WorkerError> {
        let chain = &self.shared.chain;
        let (block, changes) = match chain.market_events(block.hash).await {
            Ok(events) => (block, self.changes(block.number, &events)),
            Err(QueryError::NoState { reason, .. }) => {
                let now = chain.block(At::Finalized).await.map_err(WorkerError::new)?;
                warn!(
                    from = block.number, to = now.number, %reason,
                    "the node has pruned blocks that this store has not seen: reading the present state of own slots instead"
                );
                let changes = reconcile(&self.shared, now).await?;
                self.blocks = finalized(&self.shared, now.number.saturating_add(1));
                (now, changes)
            }
            Err(error) => return Err(WorkerError::new(error)),
        };
        let effects = BlockEffects {
            cursor: Cursor {
                number: block.number,
                hash: block.hash,
            },
            changes,
            closing_grace: chain.period_length(),
        };
        let store = Arc::clone(&self.shared.store);
        let applied = blocking(move || {
            let applied = store.apply(&effects)?;
            store.collect()?;
            Ok::<_, blocs_store::CommitError>(applied)
        })
        .await?
        .map_err(WorkerError::new)?;
        for slot in applied.unknown {
            error!(slot = %SlotName(slot), "a deal names us for a slot that is not held: it will be conceded when asked for");
            self.shared.alert("unknown_deal", true);
        }
        for slot in applied.freed {
            info!(slot = %SlotName(slot), "deleted a slot that is no longer needed");
        }
        refresh(&self.shared, block).await?;
        Ok(())
    }

    /// What a block's events mean for the store.
    fn changes(&self, number: BlockNumber, events: &[MarketEvent]) -> Vec<Change> {
        let us = self.shared.provider();
        let held = |slot: &SlotId| self.shared.store.slot(*slot);
        let changes = changes(&us, self.shared.chain.period_length(), number, events, &held, &|deal| {
            slots_of_deal(self.shared.store.as_ref(), deal)
        });
        for change in &changes {
            match change {
                Change::Opened { slot, end } => info!(slot = %SlotName(*slot), end, "a slot is live"),
                Change::Closed { slot, block } => info!(slot = %SlotName(*slot), block, "a slot is closed"),
                Change::EndCut { slot, end } => info!(slot = %SlotName(*slot), end, "a deal ends early"),
                Change::EndMoved { slot, end } => info!(slot = %SlotName(*slot), end, "a slot is kept longer"),
                Change::Period(ProofRecord { period, outcome, .. }) => match outcome {
                    ProofOutcome::Proved { paid } => {
                        info!(period, paid, "a period is proved");
                        self.shared.metrics.periods.with_label_values(&["proved"]).inc();
                    }
                    ProofOutcome::Missed { misses, slashed } => {
                        error!(period, misses, slashed, "a period was missed");
                        self.shared.metrics.periods.with_label_values(&["missed"]).inc();
                    }
                },
            }
        }
        for event in events {
            if let MarketEvent::Faulted { provider, slashed } = event
                && *provider == us
            {
                error!(
                    slashed,
                    "the chain has marked this provider as faulted: its slots are open to repair; see `resume` in the manual"
                );
            }
        }
        changes
    }
}

/// Reads our own record, and tells the other parts that a block is applied.
async fn refresh(shared: &Shared, block: BlockRef) -> Result<(), WorkerError> {
    let account = shared.provider();
    // While catching up the state may be pruned: the present one is as good for this.
    let record = shared
        .chain
        .provider(&account, At::Finalized)
        .await
        .map_err(WorkerError::new)?;
    if let Some(record) = &record {
        let faulted = record.status == ProviderStatus::Faulted;
        shared.alert("faulted", faulted);
        shared.alert("wrong_operator", record.operator != shared.operator.public());
    }
    let params = shared.chain.params(At::Finalized).await.map_err(WorkerError::new)?;
    *shared.view.provider.write() = record;
    *shared.view.params.write() = Some(params);
    let height = i64::from(block.number);
    shared.metrics.heights.with_label_values(&["applied"]).set(height);
    shared.view.applied.send_replace(Some(block));
    Ok(())
}

/// Compares own slots with the chain's present state, when the events in between cannot be read.
async fn reconcile(shared: &Shared, now: BlockRef) -> Result<Vec<Change>, WorkerError> {
    let us = shared.provider();
    let mut changes = Vec::new();
    for (id, record) in shared.store.slots() {
        let slot = shared
            .chain
            .slot(id, At::Block(now.hash))
            .await
            .map_err(WorkerError::new)?;
        changes.extend(compare(&us, id, &record, slot.as_ref(), now.number));
    }
    Ok(changes)
}

fn finalized(shared: &Shared, from: BlockNumber) -> Blocks {
    Blocks::new(shared.clone(), shared.chain.finalized_blocks(Some(from)), "finalized")
}

/// Runs something that blocks on the disk.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, WorkerError> {
    tokio::task::spawn_blocking(work).await.map_err(WorkerError::new)
}

fn slots_of_deal(store: &dyn ShardStore, deal: DealId) -> Vec<SlotId> {
    let slots = store.slots().into_iter().map(|(slot, _)| slot);
    slots.filter(|slot| slot.deal == deal).collect()
}

/// What a block's events mean for provider `us`.
fn changes(
    us: &AccountId,
    period_length: BlockNumber,
    number: BlockNumber,
    events: &[MarketEvent],
    held: &dyn Fn(&SlotId) -> Option<SlotRecord>,
    of_deal: &dyn Fn(DealId) -> Vec<SlotId>,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for event in events {
        match event {
            MarketEvent::DealOpened { deal, providers, .. } => {
                for (index, _) in providers.iter().enumerate().filter(|(_, provider)| *provider == us) {
                    let Ok(index) = u16::try_from(index) else { continue };
                    let slot = SlotId {
                        deal: *deal,
                        index: SlotIndex(index),
                    };
                    // The pallet starts a deal in the next period and ends it `duration` periods later.
                    let start = number / period_length.max(1) + 1;
                    let end = start.saturating_add(held(&slot).map_or(0, |record| record.duration));
                    changes.push(Change::Opened { slot, end });
                }
            }
            MarketEvent::DealTerminated { deal, end } => {
                changes.extend(
                    of_deal(*deal)
                        .into_iter()
                        .map(|slot| Change::EndCut { slot, end: *end }),
                );
            }
            MarketEvent::DealExtended { deal, end, slots } => {
                changes.extend(
                    of_deal(*deal)
                        .into_iter()
                        .filter(|slot| slots.contains(&slot.index))
                        .map(|slot| Change::EndMoved { slot, end: *end }),
                );
            }
            MarketEvent::SlotClosed {
                deal, index, provider, ..
            }
            | MarketEvent::SlotLost {
                deal, index, provider, ..
            } if provider == us => {
                changes.push(Change::Closed {
                    slot: SlotId {
                        deal: *deal,
                        index: *index,
                    },
                    block: number,
                });
            }
            MarketEvent::Proved { provider, period, paid } if provider == us => {
                let outcome = ProofOutcome::Proved { paid: *paid };
                changes.push(Change::Period(ProofRecord {
                    period: *period,
                    block: number,
                    outcome,
                }));
            }
            MarketEvent::Missed {
                provider,
                period,
                misses,
                slashed,
            } if provider == us => {
                let outcome = ProofOutcome::Missed {
                    misses: *misses,
                    slashed: *slashed,
                };
                changes.push(Change::Period(ProofRecord {
                    period: *period,
                    block: number,
                    outcome,
                }));
            }
            _ => {}
        }
    }
    changes
}

/// What the chain's present state means for one slot.
fn compare(
    us: &AccountId,
    id: SlotId,
    record: &SlotRecord,
    slot: Option<&Slot>,
    number: BlockNumber,
) -> Option<Change> {
    let ours = slot.filter(|slot| slot.provider == *us && slot.root == record.root && slot.status == SlotStatus::Live);
    match (&record.state, ours) {
        (SlotState::Quoted { .. } | SlotState::Gone, Some(slot)) => Some(Change::Opened {
            slot: id,
            end: slot.end,
        }),
        (SlotState::Live { end }, Some(slot)) if *end != slot.end => Some(Change::EndMoved {
            slot: id,
            end: slot.end,
        }),
        (SlotState::Live { .. }, None) => Some(Change::Closed {
            slot: id,
            block: number,
        }),
        _ => None,
    }
}

#[async_trait]
impl Worker for Follower {
    fn name(&self) -> &'static str {
        "follower"
    }

    async fn work(&mut self) -> Result<WorkerState, WorkerError> {
        let Some(block) = self.next else {
            return Ok(WorkerState::Idle);
        };
        self.shared
            .metrics
            .heights
            .with_label_values(&["finalized"])
            .set(block.number.into());
        let seen = self
            .shared
            .store
            .cursor()
            .is_some_and(|cursor| cursor.number >= block.number);
        if !seen {
            self.apply(block).await?;
        }
        self.next = None;
        Ok(WorkerState::Idle)
    }

    async fn wait_for_work(&mut self) {
        self.next = Some(self.blocks.next().await);
    }
}

#[cfg(test)]
#[path = "follower_tests.rs"]
mod tests;
