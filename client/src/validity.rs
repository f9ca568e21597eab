//! How long a provider's quote can be used.
//!
//! The chain takes a quote that is valid for one proving period from its newest block, and refuses the whole transaction for one that is
//! valid for longer, and with it the quotes of all other providers. Honest providers sign for exactly a period from the newest block that
//! they know, and some of their nodes are a few blocks ahead of this one.

use crate::ProviderError;
use blocs_chain::{At, ChainClient, QueryError};
use blocs_primitives::BlockNumber;
use futures::StreamExt;
use tokio::time::timeout;

/// Blocks that a quote must still be usable when it is sent to the chain.
pub(crate) const MARGIN_BLOCKS: BlockNumber = 3;

/// For how many slots this node may take to see what others have seen.
const PATIENCE_SLOTS: u32 = 10;

/// Until which block a quote may be valid for the chain to take it now. Waits until that covers all of `quotes`, which hold the last block
/// of each, but neither for ever nor for one that no node's lead explains.
///
/// # Errors
///
/// When the chain cannot be read.
pub(crate) async fn latest_taken(chain: &dyn ChainClient, quotes: &[BlockNumber]) -> Result<BlockNumber, QueryError> {
    let period = chain.period_length();
    let taken = chain.block(At::Best).await?.number.saturating_add(period);
    let credible = taken.saturating_add(period);
    let wanted = quotes.iter().copied().filter(|last| *last <= credible).max();
    let Some(wanted) = wanted.filter(|wanted| *wanted > taken) else {
        return Ok(taken);
    };
    let reached = async {
        let mut blocks = chain.best_blocks();
        while let Some(block) = blocks.next().await {
            if block.is_ok_and(|block| block.number.saturating_add(period) >= wanted) {
                break;
            }
        }
    };
    let patience = chain.properties().slot_duration.saturating_mul(PATIENCE_SLOTS);
    // Whether it was reached is read from the chain.
    let _ = timeout(patience, reached).await;
    Ok(chain.block(At::Best).await?.number.saturating_add(period))
}

/// Refuses a quote that is valid beyond what the chain takes.
pub(crate) fn check(valid_until: BlockNumber, taken: BlockNumber) -> Result<(), ProviderError> {
    if valid_until <= taken {
        return Ok(());
    }
    let reason = format!("its quote is valid until block {valid_until}, and the chain takes none beyond {taken} now");
    Err(ProviderError::Lied(reason))
}
