//! What the chain asks of a provider in a proving period, and the answer.

#![allow(
    clippy::cast_possible_truncation,
    reason = "the codec's derive for enums numbers the variants with casts"
)]

use crate::{AccountId, Balance, Hash, Period, Root, SlotId, proof::PieceProof};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::{ConstU32, bounded::BoundedVec};

/// Most pieces in one challenge: the pieces drawn and those carried over from a missed period.
pub const MAX_CHALLENGED_PIECES: u32 = 64;

/// One piece of one slot. It holds all that is needed to check the answer, so that checking reads no other state.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct PieceChallenge {
    /// The slot.
    pub slot: SlotId,
    /// BLAKE3 hash of its bytes.
    pub root: Root,
    /// Its size in bytes.
    pub size: u64,
    /// The piece, counted from 0.
    pub piece: u64,
}

/// The open challenge of a provider.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Challenge {
    /// The proving period that it pays for.
    pub period: Period,
    /// What the period pays, in planck, before the treasury's cut.
    pub pay: Balance,
    /// The pieces asked for: first those drawn for this period, then those carried.
    pub pieces: BoundedVec<PieceChallenge, ConstU32<MAX_CHALLENGED_PIECES>>,
    /// How many of `pieces` were drawn for this period; the others are carried from the first miss of a run.
    pub drawn: u32,
}

/// Answer to one [`PieceChallenge`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Answer {
    /// The piece and its hash path.
    Piece(PieceProof),
    /// The provider admits that the slot is gone. The operator signs a [`Concession`] that names it.
    Conceded,
}

/// What the operator key signs to concede slots in a proof.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Concession {
    /// Hash of the chain's first block.
    pub genesis: Hash,
    /// Account of the provider.
    pub provider: AccountId,
    /// The period of the challenge.
    pub period: Period,
    /// The slots conceded: those of the pieces answered with [`Answer::Conceded`], in order, repeated when asked twice.
    pub slots: Vec<SlotId>,
}

impl Concession {
    /// The 32 bytes that the operator key signs.
    pub fn signing_payload(&self) -> [u8; 32] {
        sp_crypto_hashing::blake2_256(&(b"blocs/concede/1", self).encode())
    }
}
