//! What has happened on a chain, seen from outside.

use crate::until;
use anyhow::Result;
use blocs_chain::{BlockRef, ChainClient, MarketEvent};
use futures::StreamExt;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::task::JoinHandle;

/// How often, and after what time, the events of a block are asked for again.
const ATTEMPTS: u32 = 20;
const AGAIN: Duration = Duration::from_millis(500);

type Entries = Arc<Mutex<Vec<(BlockRef, MarketEvent)>>>;

/// The market's events in finalized blocks, from the first block on. Reads on until dropped.
#[derive(Debug)]
pub struct EventLog {
    entries: Entries,
    reader: JoinHandle<()>,
}

impl EventLog {
    /// Starts to read.
    pub fn follow(chain: Arc<dyn ChainClient>) -> Self {
        let entries = Entries::default();
        let sink = entries.clone();
        let reader = tokio::spawn(async move {
            let mut blocks = chain.finalized_blocks(Some(1));
            while let Some(block) = blocks.next().await {
                let Ok(block) = block else { continue };
                let Some(events) = events_of(&*chain, &block).await else {
                    continue;
                };
                let mut entries = sink.lock().unwrap_or_else(PoisonError::into_inner);
                entries.extend(events.into_iter().map(|event| (block, event)));
            }
        });
        Self { entries, reader }
    }

    /// All that `pick` makes something of, in order.
    pub fn all<T>(&self, pick: impl FnMut(&(BlockRef, MarketEvent)) -> Option<T>) -> Vec<T> {
        self.entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .filter_map(pick)
            .collect()
    }

    /// Waits for the first that `pick` makes something of.
    pub async fn first<T>(
        &self,
        what: &str,
        limit: Duration,
        mut pick: impl FnMut(&(BlockRef, MarketEvent)) -> Option<T>,
    ) -> Result<T> {
        until(what, limit, || {
            let found = self.all(&mut pick).into_iter().next();
            async move { Ok(found) }
        })
        .await
    }
}

/// The events of a block. A machine that is busy may be late with the answer; an event that is lost would be waited for in vain.
async fn events_of(chain: &dyn ChainClient, block: &BlockRef) -> Option<Vec<MarketEvent>> {
    for _ in 0..ATTEMPTS {
        match chain.market_events(block.hash).await {
            Ok(events) => return Some(events),
            Err(_) => tokio::time::sleep(AGAIN).await,
        }
    }
    None
}

impl Drop for EventLog {
    fn drop(&mut self) {
        self.reader.abort();
    }
}
