//! Reads all slots again, slowly, and tells when one is damaged.

use crate::{
    follower::blocking,
    shared::Shared,
    worker::{Worker, WorkerError, WorkerState},
};
use async_trait::async_trait;
use blocs_primitives::SlotId;
use blocs_store::{SlotName, SlotState};
use std::{sync::Arc, time::Duration};
use tracing::{debug, error, info};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Pause after a slot, at most: small slots are spread over the cycle as well.
const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);

/// The worker that scrubs. It reads at the speed that gets through all slots once a cycle.
pub struct Scrubber {
    shared: Shared,
    cycle: Duration,
    /// The slot checked last.
    last: Option<SlotId>,
}

impl Scrubber {
    /// A scrubber, unless it is switched off.
    pub fn new(shared: Shared) -> Option<Self> {
        let days = shared.config.proofs.scrub_days;
        (days > 0).then(|| Self {
            shared,
            cycle: DAY * days,
            last: None,
        })
    }
}

#[async_trait]
impl Worker for Scrubber {
    fn name(&self) -> &'static str {
        "scrubber"
    }

    async fn work(&mut self) -> Result<WorkerState, WorkerError> {
        let slots: Vec<_> = self
            .shared
            .store
            .slots()
            .into_iter()
            .filter(|(_, record)| record.state != SlotState::Gone)
            .collect();
        let total: u64 = slots.iter().map(|(_, record)| record.size).sum();
        let next = slots.iter().find(|(slot, _)| self.last.is_none_or(|last| *slot > last));
        let Some((slot, record)) = next.cloned() else {
            if self.last.take().is_some() {
                info!(slots = slots.len(), "a scrub cycle is complete");
            }
            return Ok(WorkerState::Throttled(LONGEST_PAUSE));
        };
        self.last = Some(slot);
        let store = Arc::clone(&self.shared.store);
        let checked = blocking(move || store.open(slot).and_then(|reader| reader.check(|_| true))).await?;
        match checked {
            Ok(()) => debug!(slot = %SlotName(slot), "scrubbed a slot"),
            // It may have been deleted meanwhile.
            Err(_)
                if self
                    .shared
                    .store
                    .slot(slot)
                    .is_none_or(|record| record.state == SlotState::Gone) => {}
            Err(damage) => {
                error!(slot = %SlotName(slot), error = %damage, "the scrub found a damaged slot");
                self.shared.metrics.damaged.with_label_values(&["scrub"]).inc();
            }
        }
        let share =
            |part: u64| u32::try_from(u128::from(part) * 1_000_000 / u128::from(total.max(1))).unwrap_or(1_000_000);
        let pause = self.cycle / 1_000_000 * share(record.size);
        Ok(WorkerState::Throttled(
            pause.clamp(Duration::from_millis(10), LONGEST_PAUSE),
        ))
    }

    async fn wait_for_work(&mut self) {
        std::future::pending().await
    }
}
