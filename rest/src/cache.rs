//! The finalized blocks that were asked for last: they never change, so they are taken apart once.

use crate::routes::BlockView;
use blocs_primitives::Hash;
use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Blocks that are kept.
const BLOCKS: usize = 256;
/// Encoded bytes of extrinsics and events in all blocks that are kept; taken apart they are some tens of times larger.
const BYTES: usize = 4 << 20;

#[derive(Default)]
struct Kept {
    blocks: HashMap<Hash, (Arc<BlockView>, usize)>,
    order: VecDeque<Hash>,
    bytes: usize,
}

/// A bounded cache; who came first goes first.
#[derive(Default)]
pub(crate) struct BlockCache {
    kept: Mutex<Kept>,
    pub(crate) hits: AtomicU64,
    pub(crate) misses: AtomicU64,
}

impl BlockCache {
    pub(crate) fn get(&self, hash: &Hash) -> Option<Arc<BlockView>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.blocks.get(hash).map(|(block, _)| block.clone())
    }

    /// The same for an answer, counted.
    pub(crate) fn look_up(&self, hash: &Hash) -> Option<Arc<BlockView>> {
        let found = self.get(hash);
        let counter = if found.is_some() { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }

    /// Keeps a finalized block that is `bytes` large.
    pub(crate) fn put(&self, hash: Hash, block: Arc<BlockView>, bytes: usize) {
        if bytes > BYTES {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.blocks.insert(hash, (block, bytes)).is_some() {
            return;
        }
        kept.order.push_back(hash);
        kept.bytes += bytes;
        while kept.order.len() > BLOCKS || kept.bytes > BYTES {
            let Some(oldest) = kept.order.pop_front() else { break };
            if let Some((_, bytes)) = kept.blocks.remove(&oldest) {
                kept.bytes = kept.bytes.saturating_sub(bytes);
            }
        }
    }
}
