//! Proof that a piece belongs to a slot: the piece and its path in the BLAKE3 tree.
//!
//! The tree is the one of the BLAKE3 paper, section 2.1: leaves of 1024 bytes, and under every node a left subtree that is the
//! largest power of two smaller than the whole. [`verify`] takes nothing from the proof on trust: length of the piece and shape
//! of the path follow from the slot's size and the piece's place alone, and are demanded before anything is hashed.

use crate::{MAX_SLOT_BYTES, PIECE_BYTES, Root, pieces};
use alloc::vec::Vec;
use blake3::hazmat::{ChainingValue, HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root};
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

/// Most siblings in a proof: the depth of the tree of a slot of [`MAX_SLOT_BYTES`].
pub const MAX_SIBLINGS: u32 = 24;

/// A piece and the hashes beside its path.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct PieceProof {
    /// The bytes of the piece: 1024, fewer for the last one of a slot.
    pub piece: Vec<u8>,
    /// Chaining values of the sibling subtrees, from the leaf's up to the root's child.
    pub siblings: Vec<[u8; 32]>,
}

/// Why a proof is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum ProofError {
    /// The slot has no such piece.
    NoSuchPiece,
    /// The piece is shorter or longer than it must be at this place.
    WrongPieceLength,
    /// The number of siblings does not fit the place and the size.
    WrongPathLength,
    /// The path does not end in the root.
    WrongRoot,
    /// No slot has this size: it is zero or above [`MAX_SLOT_BYTES`].
    SizeOutOfRange,
}

impl core::fmt::Display for ProofError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::NoSuchPiece => "the slot has no such piece",
            Self::WrongPieceLength => "the piece does not have the length that its place demands",
            Self::WrongPathLength => "the number of siblings does not fit the piece's place",
            Self::WrongRoot => "the path does not end in the slot's root",
            Self::SizeOutOfRange => "no slot has this size",
        })
    }
}

impl core::error::Error for ProofError {}

/// Checks that `proof` is piece `piece` of the slot of `size` bytes whose BLAKE3 hash is `root`.
///
/// Costs one piece and at most [`MAX_SIBLINGS`] parents of hashing. Never panics, whatever the arguments.
pub fn verify(root: &Root, size: u64, piece: u64, proof: &PieceProof) -> Result<(), ProofError> {
    let expected = piece_bytes(size, piece)?;
    if proof.piece.len() != expected {
        return Err(ProofError::WrongPieceLength);
    }
    let path = Path::new(pieces(size), piece);
    if proof.siblings.len() != path.len() {
        return Err(ProofError::WrongPathLength);
    }
    if path.root(
        || chunk_cv(piece, &proof.piece),
        || blake3::hash(&proof.piece),
        &proof.siblings,
    ) == root.0
    {
        Ok(())
    } else {
        Err(ProofError::WrongRoot)
    }
}

/// Bytes that piece `piece` of a slot of `size` bytes has.
pub fn piece_bytes(size: u64, piece: u64) -> Result<usize, ProofError> {
    if size == 0 || size > MAX_SLOT_BYTES {
        return Err(ProofError::SizeOutOfRange);
    }
    if piece >= pieces(size) {
        return Err(ProofError::NoSuchPiece);
    }
    usize::try_from((size - piece * PIECE_BYTES).min(PIECE_BYTES)).map_err(|_| ProofError::SizeOutOfRange)
}

/// The way from a leaf to the root of a tree, as sides: whether the node on the path is its parent's left child.
///
/// Leaves may be pieces, or any larger power of two of them: the upper tree is the same.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path {
    /// Bit `i` is set when the node at height `i` is a right child; heights counted in steps from the leaf.
    rights: u64,
    len: u32,
}

impl Path {
    /// Path of `leaf`, which must be below `leaves`; `leaves` must not be above 2^63.
    pub(crate) fn new(mut leaves: u64, mut leaf: u64) -> Self {
        let mut path = Self { rights: 0, len: 0 };
        while leaves > 1 {
            let left = left_leaves(leaves);
            path.rights <<= 1;
            path.len += 1;
            if leaf < left {
                leaves = left;
            } else {
                path.rights |= 1;
                leaf -= left;
                leaves -= left;
            }
        }
        path
    }

    /// Number of siblings beside the path.
    pub(crate) fn len(&self) -> usize {
        usize::try_from(self.len).unwrap_or(usize::MAX)
    }

    /// Hash of the root above a leaf; `siblings` must have [`Path::len`] entries. A lone leaf is the root itself.
    pub(crate) fn root(
        &self,
        leaf: impl FnOnce() -> ChainingValue,
        lone: impl FnOnce() -> blake3::Hash,
        siblings: &[ChainingValue],
    ) -> [u8; 32] {
        let Some((last, inner)) = siblings.split_last() else {
            return *lone().as_bytes();
        };
        let mut cv = leaf();
        let mut rights = self.rights;
        for sibling in inner {
            let (left, right) = sides(rights, &cv, sibling);
            cv = merge_subtrees_non_root(left, right, Mode::Hash);
            rights >>= 1;
        }
        let (left, right) = sides(rights, &cv, last);
        *merge_subtrees_root(left, right, Mode::Hash).as_bytes()
    }
}

/// Left and right child, given which of them is on the path.
fn sides<'a>(
    rights: u64,
    on_path: &'a ChainingValue,
    sibling: &'a ChainingValue,
) -> (&'a ChainingValue, &'a ChainingValue) {
    if rights & 1 == 0 {
        (on_path, sibling)
    } else {
        (sibling, on_path)
    }
}

/// Leaves in the left subtree of a tree of `leaves`, which must be 2 or more: the largest power of two below it.
pub(crate) fn left_leaves(leaves: u64) -> u64 {
    1 << (u64::BITS - 1 - (leaves - 1).leading_zeros())
}

/// Chaining value of a piece that is not the whole slot; `bytes` must be 1 to 1024.
pub(crate) fn chunk_cv(piece: u64, bytes: &[u8]) -> ChainingValue {
    subtree_cv(piece * PIECE_BYTES, bytes)
}

/// Chaining value of a subtree that is not the whole slot: `bytes` must be neither empty nor more than the subtree that starts at
/// `offset` can hold.
pub(crate) fn subtree_cv(offset: u64, bytes: &[u8]) -> ChainingValue {
    blake3::Hasher::new()
        .set_input_offset(offset)
        .update(bytes)
        .finalize_non_root()
}
