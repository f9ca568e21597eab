//! A stream of blocks that outlasts the node.

use crate::shared::Shared;
use blocs_chain::{BlockRef, BlockStream};
use futures::StreamExt;
use tracing::{debug, error, info, warn};

/// Blocks from the chain. While the node cannot be reached, an alert is on, and it is said once.
pub struct Blocks {
    shared: Shared,
    stream: BlockStream,
    what: &'static str,
    away: bool,
}

impl Blocks {
    /// Wraps a stream; `what` is for the log.
    pub fn new(shared: Shared, stream: BlockStream, what: &'static str) -> Self {
        Self {
            shared,
            stream,
            what,
            away: false,
        }
    }

    /// The next block. Nothing is lost when the wait is cancelled.
    pub async fn next(&mut self) -> BlockRef {
        loop {
            match self.stream.next().await {
                Some(Ok(block)) => {
                    if std::mem::take(&mut self.away) {
                        info!(blocks = self.what, number = block.number, "the node is back");
                        self.shared.alert("node_unreachable", false);
                    }
                    return block;
                }
                Some(Err(error)) if self.away => debug!(blocks = self.what, %error, "the node is still away"),
                Some(Err(error)) => {
                    warn!(blocks = self.what, %error, "waiting for the node");
                    self.away = true;
                    self.shared.alert("node_unreachable", true);
                }
                None => {
                    error!(blocks = self.what, "the stream of blocks has ended: restart the daemon");
                    self.shared.alert("node_unreachable", true);
                    std::future::pending::<()>().await;
                }
            }
        }
    }
}
