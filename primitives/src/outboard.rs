//! The upper part of a slot's BLAKE3 tree, kept beside its bytes, so that a proof reads 16 KiB and a few nodes, not the slot.
//!
//! # Layout
//!
//! The leaves of an outboard are groups of 16 KiB: 16 pieces, hashed anew when they are needed. It holds every node above them:
//! one less than there are groups, 64 bytes each, the left child's chaining value and then the right's. Nodes lie in **post-order**
//! (left subtree, right subtree, node), so a writer only ever appends, the root is last, and the place of a node follows from the
//! slot's size and the groups below it. A slot of at most one group has an empty outboard. There is no header: a file of
//! [`outboard_bytes`] bytes is all.
//!
//! ```text
//! 5 groups:                 n3
//!                 n2              g4        file: n0 n1 n2 n3
//!            n0       n1
//!          g0  g1   g2  g3
//! ```
//!
//! # Use
//!
//! [`OutboardBuilder`] makes it while the bytes stream in. [`prove`] builds the proof of a piece, [`prove_group`] that of a group.
//! [`Run`] and [`RunVerifier`] carry any range of groups with each node only once, about 64 bytes a group.

mod builder;
mod run;

pub use builder::{MissingNode, Outboard, OutboardBuilder};
pub use run::{Batch, Run, RunError, RunVerifier};

use crate::{
    MAX_SLOT_BYTES, PIECE_BYTES, Root, pieces,
    proof::{Path, PieceProof, left_leaves, piece_bytes, subtree_cv},
};
use alloc::vec::Vec;
use blake3::hazmat::{ChainingValue, Mode, merge_subtrees_non_root, merge_subtrees_root};
use codec::{Decode, Encode};
use core::{fmt, ops::Range};

/// Pieces in a group.
pub const GROUP_PIECES: u64 = 16;

/// Bytes in a group: the unit that is read, hashed and sent.
pub const GROUP_BYTES: u64 = GROUP_PIECES * PIECE_BYTES;

/// Bytes in a node of an outboard.
pub const NODE_BYTES: usize = 64;

/// A node of an outboard as it is stored: chaining value of the left child, then of the right one.
pub type Node = [u8; NODE_BYTES];

/// Groups in `size` bytes; the last one may be short.
pub const fn groups(size: u64) -> u64 {
    size.div_ceil(GROUP_BYTES)
}

/// Bytes in the outboard of a slot of `size` bytes.
pub const fn outboard_bytes(size: u64) -> u64 {
    groups(size).saturating_sub(1) * 64
}

/// The group that piece `piece` lies in.
pub const fn group_of(piece: u64) -> u64 {
    piece / GROUP_PIECES
}

/// The bytes of a slot of `size` bytes that are group `group`; `None` when it has no such group.
pub fn group_range(size: u64, group: u64) -> Option<Range<u64>> {
    let start = group.checked_mul(GROUP_BYTES).filter(|start| *start < size)?;
    Some(start..size.min(start.saturating_add(GROUP_BYTES)))
}

/// The groups that hold `bytes` of a slot of `size` bytes; `None` when the range is empty or reaches beyond the slot.
pub fn groups_of(size: u64, bytes: &Range<u64>) -> Option<Range<u64>> {
    (bytes.start < bytes.end && bytes.end <= size).then(|| bytes.start / GROUP_BYTES..groups(bytes.end))
}

/// The hashes beside the path of a group.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct GroupProof {
    /// Chaining values of the sibling subtrees, from the group's up to the root's child.
    pub siblings: Vec<[u8; 32]>,
}

impl GroupProof {
    /// Whether `bytes` are group `group` of the slot of `size` bytes whose BLAKE3 hash is `root`. Never panics.
    pub fn verify(&self, root: &Root, size: u64, group: u64, bytes: &[u8]) -> bool {
        let Some(range) = in_range(size).then(|| group_range(size, group)).flatten() else {
            return false;
        };
        let path = Path::new(groups(size), group);
        has_length(bytes, &range)
            && self.siblings.len() == path.len()
            && path.root(
                || subtree_cv(range.start, bytes),
                || blake3::hash(bytes),
                &self.siblings,
            ) == root.0
    }
}

/// Why a proof cannot be made. `E` is what the reader of the outboard reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProveError<E> {
    /// No slot has this size.
    SizeOutOfRange,
    /// The slot has no such piece or group.
    NoSuchGroup,
    /// The bytes given are not as many as the group has.
    WrongGroupLength,
    /// The group's bytes are not those that were committed to.
    DamagedGroup {
        /// The group.
        group: u64,
    },
    /// A node of the outboard is not the one that belongs there.
    DamagedNode {
        /// Its place in the outboard, in bytes.
        offset: u64,
    },
    /// The outboard could not be read.
    Read(E),
}

impl<E: fmt::Display> fmt::Display for ProveError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SizeOutOfRange => f.write_str("cannot prove: no slot has this size"),
            Self::NoSuchGroup => f.write_str("cannot prove: the slot has no such piece"),
            Self::WrongGroupLength => f.write_str("cannot prove: the bytes read are not a whole group"),
            Self::DamagedGroup { group } => write!(f, "cannot prove: group {group} is damaged"),
            Self::DamagedNode { offset } => write!(f, "cannot prove: the outboard is damaged at byte {offset}"),
            Self::Read(error) => write!(f, "cannot prove: cannot read the outboard: {error}"),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> core::error::Error for ProveError<E> {}

/// Builds the proof of a piece from the bytes of the group it lies in ([`group_of`], [`group_range`]) and the outboard.
///
/// `read` gets a byte offset into the outboard and returns the [`NODE_BYTES`] there; it is called once a level, from the root down,
/// 20 times for the largest slot. All that is read is checked against `root`, so a proof that is returned is valid, and an
/// error tells whether bytes or outboard are damaged.
pub fn prove<E>(
    root: &Root,
    size: u64,
    piece: u64,
    group_bytes: &[u8],
    read: impl FnMut(u64) -> Result<Node, E>,
) -> Result<PieceProof, ProveError<E>> {
    if !in_range(size) {
        return Err(ProveError::SizeOutOfRange);
    }
    piece_bytes(size, piece).map_err(|_| ProveError::NoSuchGroup)?;
    let above = prove_group(root, size, group_of(piece), group_bytes, read)?;

    let group_start = group_of(piece) * GROUP_BYTES;
    let (mut bytes, mut offset) = (group_bytes, group_start);
    let mut siblings = Vec::new();
    loop {
        let held = pieces(to_u64(bytes.len()));
        if held <= 1 {
            break;
        }
        let left_bytes = left_leaves(held) * PIECE_BYTES;
        let Some((left, right)) = usize::try_from(left_bytes)
            .ok()
            .and_then(|at| bytes.split_at_checked(at))
        else {
            return Err(ProveError::WrongGroupLength);
        };
        if piece * PIECE_BYTES < offset + left_bytes {
            siblings.push(subtree_cv(offset + left_bytes, right));
            bytes = left;
        } else {
            siblings.push(subtree_cv(offset, left));
            bytes = right;
            offset += left_bytes;
        }
    }
    siblings.reverse();
    siblings.extend(above.siblings);
    Ok(PieceProof {
        piece: bytes.to_vec(),
        siblings,
    })
}

/// Builds the proof of a group from its bytes and the outboard, which `read` reads as for [`prove`].
pub fn prove_group<E>(
    root: &Root,
    size: u64,
    group: u64,
    bytes: &[u8],
    mut read: impl FnMut(u64) -> Result<Node, E>,
) -> Result<GroupProof, ProveError<E>> {
    if !in_range(size) {
        return Err(ProveError::SizeOutOfRange);
    }
    let range = group_range(size, group).ok_or(ProveError::NoSuchGroup)?;
    if !has_length(bytes, &range) {
        return Err(ProveError::WrongGroupLength);
    }
    let mut siblings = Vec::new();
    let mut subtree = Subtree::whole(size);
    let mut expected = Expected::Root(root.0);
    while let Some((left, right)) = subtree.children() {
        let offset = subtree.node_offset();
        let node = read(offset).map_err(ProveError::Read)?;
        let (left_cv, right_cv) = expected.open(&node).ok_or(ProveError::DamagedNode { offset })?;
        if group < right.first {
            siblings.push(right_cv);
            expected = Expected::Inner(left_cv);
            subtree = left;
        } else {
            siblings.push(left_cv);
            expected = Expected::Inner(right_cv);
            subtree = right;
        }
    }
    if !expected.is_group(range.start, bytes) {
        return Err(ProveError::DamagedGroup { group });
    }
    siblings.reverse();
    Ok(GroupProof { siblings })
}

/// A subtree of the outboard: which groups it covers, and where its nodes lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Subtree {
    /// First group.
    first: u64,
    /// Number of groups, at least 1.
    groups: u64,
    /// Place of its first node, counted in nodes.
    base: u64,
}

impl Subtree {
    /// The whole tree of a slot.
    fn whole(size: u64) -> Self {
        Self {
            first: 0,
            groups: groups(size).max(1),
            base: 0,
        }
    }

    /// Place of its topmost node in the outboard, in bytes; only for subtrees of two groups and more.
    fn node_offset(&self) -> u64 {
        (self.base + self.groups.saturating_sub(2)) * 64
    }

    /// Its two halves; `None` for a single group.
    fn children(&self) -> Option<(Self, Self)> {
        if self.groups < 2 {
            return None;
        }
        let left = left_leaves(self.groups);
        Some((
            Self { groups: left, ..*self },
            Self {
                first: self.first + left,
                groups: self.groups - left,
                base: self.base + left - 1,
            },
        ))
    }

    /// The groups it covers.
    fn covers(&self) -> Range<u64> {
        self.first..self.first + self.groups
    }
}

/// What a subtree must hash to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// It is the whole slot, and this is its hash.
    Root([u8; 32]),
    /// This is its chaining value.
    Inner(ChainingValue),
}

impl Expected {
    /// The two children's chaining values, if `node` is what is expected.
    fn open(&self, node: &Node) -> Option<(ChainingValue, ChainingValue)> {
        let (mut left, mut right) = ([0; 32], [0; 32]);
        let (low, high) = node.split_at(32);
        left.copy_from_slice(low);
        right.copy_from_slice(high);
        let fits = match self {
            Self::Root(root) => merge_subtrees_root(&left, &right, Mode::Hash).as_bytes() == root,
            Self::Inner(cv) => merge_subtrees_non_root(&left, &right, Mode::Hash) == *cv,
        };
        fits.then_some((left, right))
    }

    /// Whether the group at `offset`, of the right length, is what is expected.
    fn is_group(&self, offset: u64, bytes: &[u8]) -> bool {
        match self {
            Self::Root(root) => blake3::hash(bytes).as_bytes() == root,
            Self::Inner(cv) => subtree_cv(offset, bytes) == *cv,
        }
    }
}

fn in_range(size: u64) -> bool {
    (1..=MAX_SLOT_BYTES).contains(&size)
}

fn has_length(bytes: &[u8], range: &Range<u64>) -> bool {
    to_u64(bytes.len()) == range.end - range.start
}

fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
