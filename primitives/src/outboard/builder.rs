//! Makes an outboard while the bytes stream in.

use super::{GROUP_BYTES, NODE_BYTES, Node, outboard_bytes, to_u64};
use crate::Root;
use alloc::vec::Vec;
use blake3::hazmat::{ChainingValue, HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root};

/// Hashes a slot and collects the nodes of its outboard, at close to the speed of plain BLAKE3.
///
/// It holds one group's hash state, one chaining value a level, and the nodes that were not taken yet. A writer that calls
/// [`OutboardBuilder::take_nodes`] now and then and appends the result to a file needs bounded memory for a slot of any size.
#[derive(Clone, Debug)]
pub struct OutboardBuilder {
    /// The group that is being filled. A full one waits here until it is known that more bytes follow, for the last one may be the root.
    group: blake3::Hasher,
    /// Bytes in it.
    filled: u64,
    /// Groups before it.
    complete: u64,
    /// Chaining values of complete subtrees, larger ones first: one for every bit set in `complete`.
    stack: Vec<ChainingValue>,
    nodes: Vec<u8>,
    /// Bytes of nodes that were taken.
    taken: u64,
}

impl Default for OutboardBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl OutboardBuilder {
    /// A builder that has seen nothing.
    pub fn new() -> Self {
        Self {
            group: blake3::Hasher::new(),
            filled: 0,
            complete: 0,
            stack: Vec::new(),
            nodes: Vec::new(),
            taken: 0,
        }
    }

    /// Appends bytes. Fastest with 16 KiB and more at a time.
    pub fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.filled == GROUP_BYTES {
                self.complete_group();
            }
            let room = usize::try_from(GROUP_BYTES - self.filled).unwrap_or(usize::MAX);
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.group.update(now);
            self.filled += to_u64(now.len());
            bytes = later;
        }
    }

    /// Bytes seen so far.
    pub fn size(&self) -> u64 {
        self.complete * GROUP_BYTES + self.filled
    }

    /// Takes the nodes completed since the last call: append them to the outboard's file.
    pub fn take_nodes(&mut self) -> Vec<u8> {
        self.taken += to_u64(self.nodes.len());
        core::mem::take(&mut self.nodes)
    }

    /// Ends the content. The outboard has the nodes that were not taken.
    ///
    /// No slot is empty; without any bytes the root is the BLAKE3 hash of nothing.
    pub fn finish(mut self) -> (Root, Outboard) {
        let size = self.size();
        let root = if self.complete == 0 {
            *self.group.finalize().as_bytes()
        } else {
            let mut right = self.group.finalize_non_root();
            loop {
                let Some(left) = self.stack.pop() else { break right };
                self.append_node(&left, &right);
                if self.stack.is_empty() {
                    break *merge_subtrees_root(&left, &right, Mode::Hash).as_bytes();
                }
                right = merge_subtrees_non_root(&left, &right, Mode::Hash);
            }
        };
        (
            Root(root),
            Outboard {
                size,
                start: self.taken,
                nodes: self.nodes,
            },
        )
    }

    /// Closes the full group and every subtree that it completes. More bytes follow, so none of them is the root.
    fn complete_group(&mut self) {
        let mut cv = self.group.finalize_non_root();
        self.complete += 1;
        let mut count = self.complete;
        while count & 1 == 0 {
            let Some(left) = self.stack.pop() else { break };
            self.append_node(&left, &cv);
            cv = merge_subtrees_non_root(&left, &cv, Mode::Hash);
            count >>= 1;
        }
        self.stack.push(cv);
        // `reset` keeps the old input offset, and `set_input_offset` panics on that.
        self.group = blake3::Hasher::new();
        self.group.set_input_offset(self.complete * GROUP_BYTES);
        self.filled = 0;
    }

    fn append_node(&mut self, left: &ChainingValue, right: &ChainingValue) {
        self.nodes.extend_from_slice(left);
        self.nodes.extend_from_slice(right);
    }
}

/// An outboard in memory, in the layout of the [module](super).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outboard {
    size: u64,
    /// Bytes of nodes that come before `nodes` and are kept elsewhere.
    start: u64,
    nodes: Vec<u8>,
}

impl Outboard {
    /// The outboard of a slot of `size` bytes, read back whole. `None` when `nodes` does not have [`outboard_bytes`] bytes.
    pub fn from_bytes(size: u64, nodes: Vec<u8>) -> Option<Self> {
        (to_u64(nodes.len()) == outboard_bytes(size)).then_some(Self { size, start: 0, nodes })
    }

    /// Size of the slot in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The nodes, as they are stored: all, or those that [`OutboardBuilder::take_nodes`] left.
    pub fn as_bytes(&self) -> &[u8] {
        &self.nodes
    }

    /// The node at a byte offset: the `read` of [`super::prove`]. The error says which offset is not here.
    pub fn node(&self, offset: u64) -> Result<Node, MissingNode> {
        let missing = MissingNode { offset };
        let start = offset
            .checked_sub(self.start)
            .and_then(|start| usize::try_from(start).ok())
            .ok_or(missing)?;
        self.nodes
            .get(start..)
            .and_then(|rest| rest.first_chunk::<NODE_BYTES>())
            .copied()
            .ok_or(missing)
    }
}

/// A node that an [`Outboard`] does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingNode {
    /// Its place in bytes.
    pub offset: u64,
}

impl core::fmt::Display for MissingNode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "the outboard has no node at byte {}", self.offset)
    }
}

impl core::error::Error for MissingNode {}
