//! What goes into the next segment, before it is encrypted.

use crate::seal::ChunkId;
use std::{
    io::{self, ErrorKind, Read},
    ops::Range,
};

/// Content read and not yet in a segment. Bytes before `cut` are in chunks, or in chunks that were stored before.
pub(crate) struct Batch {
    bytes: Vec<u8>,
    filled: usize,
    cut: usize,
    /// The chunks to store: id and place in `bytes`.
    pub(crate) chunks: Vec<(ChunkId, Range<usize>)>,
}

impl Batch {
    /// An empty batch in this buffer.
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            filled: 0,
            cut: 0,
            chunks: Vec::new(),
        }
    }

    /// Reads until the buffer is full or the content ends; tells whether it has ended.
    pub(crate) fn fill(&mut self, content: &mut dyn Read) -> io::Result<bool> {
        while self.filled < self.bytes.len() {
            match content.read(&mut self.bytes[self.filled..]) {
                Ok(0) => return Ok(true),
                Ok(length) => self.filled += length,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// What is read and not yet cut.
    pub(crate) fn uncut(&self) -> &[u8] {
        &self.bytes[self.cut..self.filled]
    }

    /// Bytes that the buffer still takes, counting those not yet cut.
    pub(crate) fn room(&self) -> usize {
        self.bytes.len() - self.cut
    }

    /// Cuts off a chunk; with an id it will be stored.
    pub(crate) fn advance(&mut self, length: usize, id: Option<ChunkId>) {
        let range = self.cut..self.cut + length;
        self.cut = range.end;
        self.chunks.extend(id.map(|id| (id, range)));
    }

    /// Moves what is not yet cut into a new batch, which gets `buffer`.
    pub(crate) fn split(&mut self, mut buffer: Vec<u8>) -> Self {
        let rest = self.uncut();
        buffer[..rest.len()].copy_from_slice(rest);
        let filled = rest.len();
        self.filled = self.cut;
        Self {
            filled,
            ..Self::new(buffer)
        }
    }

    /// Moves what is not yet cut to the front; only for a batch without chunks.
    pub(crate) fn rewind(&mut self) {
        self.bytes.copy_within(self.cut..self.filled, 0);
        self.filled -= self.cut;
        self.cut = 0;
    }

    /// Bytes of a chunk.
    pub(crate) fn chunk(&self, range: &Range<usize>) -> &[u8] {
        &self.bytes[range.clone()]
    }

    /// The buffer, to be used again.
    pub(crate) fn into_buffer(self) -> Vec<u8> {
        self.bytes
    }
}
