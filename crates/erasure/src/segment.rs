//! The n shards of one segment, in memory that is used again.

use crate::Coder;
use std::{
    fmt, mem,
    sync::{Arc, Mutex, PoisonError},
};

/// A coded segment: n shards of equal length.
///
/// Its memory goes back to the encoder when it is dropped, so hold it no longer than needed.
pub struct Segment {
    /// The shards one after another; may be longer.
    bytes: Vec<u8>,
    shards: usize,
    shard_bytes: usize,
    pool: Arc<Pool>,
}

impl Segment {
    /// Codes a few bytes: the sealed manifest.
    pub fn code(coder: &Coder, content: &[u8]) -> Self {
        let mut bytes = vec![0; coder.n() * coder.shard_bytes(content.len())];
        bytes[..content.len()].copy_from_slice(content);
        Self::of(coder, bytes, content.len(), &Arc::default())
    }

    /// Codes the `length` bytes at the front of `bytes`, which must have room for the shards.
    pub(crate) fn of(coder: &Coder, mut bytes: Vec<u8>, length: usize, pool: &Arc<Pool>) -> Self {
        let shard_bytes = coder.shard_bytes(length);
        bytes[length..coder.k() * shard_bytes].fill(0);
        coder.encode(&mut bytes[..coder.n() * shard_bytes], shard_bytes);
        Self {
            bytes,
            shards: coder.n(),
            shard_bytes,
            pool: Arc::clone(pool),
        }
    }

    /// Number of shards.
    pub fn shards(&self) -> usize {
        self.shards
    }

    /// Bytes in each shard.
    pub fn shard_bytes(&self) -> usize {
        self.shard_bytes
    }

    /// A shard: what slot `index` gets.
    ///
    /// # Panics
    ///
    /// When there is no such shard.
    pub fn shard(&self, index: usize) -> &[u8] {
        assert!(index < self.shards, "shard {index} of {}", self.shards);
        &self.bytes[index * self.shard_bytes..][..self.shard_bytes]
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        self.pool.give(mem::take(&mut self.bytes));
    }
}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Segment({} shards of {} bytes)", self.shards, self.shard_bytes)
    }
}

/// Buffers that wait to be used again: getting fresh memory from the system costs as much as encrypting it.
#[derive(Default)]
pub(crate) struct Pool {
    /// Bytes in a buffer.
    length: usize,
    /// Most buffers kept.
    most: usize,
    free: Mutex<Vec<Vec<u8>>>,
}

impl Pool {
    pub(crate) fn new(length: usize, most: usize) -> Self {
        Self {
            length,
            most,
            free: Mutex::default(),
        }
    }

    /// A buffer; what it holds is of no meaning.
    pub(crate) fn take(&self) -> Vec<u8> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| vec![0; self.length])
    }

    pub(crate) fn give(&self, buffer: Vec<u8>) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        if buffer.len() == self.length && free.len() < self.most {
            free.push(buffer);
        }
    }
}
