//! Names of things: deals, slots, roots, periods.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Account on the chain.
pub type AccountId = sp_core::crypto::AccountId32;
/// Amount in planck: 10^12 planck are one BLOC.
pub type Balance = u128;
/// Height of a block.
pub type BlockNumber = u32;
/// BLAKE2-256 hash, as the chain uses it for blocks and manifests.
pub type Hash = sp_core::H256;
/// Number of a proving period, counted from genesis: block number divided by the period's length.
pub type Period = u32;

/// A deal: one owner, `n` slots, any `k` of which give the content back.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct DealId(pub sp_core::H256);

impl DealId {
    /// The id follows from the owner and a random salt, so that nobody can take it first and the owner needs no counter.
    pub fn derive(owner: &AccountId, salt: &[u8; 32]) -> Self {
        Self(sp_crypto_hashing::blake2_256(&(b"blocs/deal/1", owner, salt).encode()).into())
    }
}

/// Place of a slot in its deal, below [`crate::MAX_SLOTS`]. Slots below `k` hold data, the others parity.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct SlotIndex(pub u16);

/// One provider's share of a deal.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct SlotId {
    /// The deal.
    pub deal: DealId,
    /// Its slot.
    pub index: SlotIndex,
}

/// BLAKE3 hash of a slot's bytes: what `b3sum` prints.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct Root(pub [u8; 32]);
