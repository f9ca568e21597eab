//! A provider's signed promise to keep a slot.

use crate::{AccountId, Balance, BlockNumber, DealId, Hash, Period, Root, SlotIndex};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::sr25519;

/// Everything that a provider signs when it has a slot's bytes on disk. Only the named owner can use it, on this chain,
/// for this slot, until it expires.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Quote {
    /// Hash of the chain's first block.
    pub genesis: Hash,
    /// Account of the provider.
    pub provider: AccountId,
    /// Account that may open the deal.
    pub owner: AccountId,
    /// The deal.
    pub deal: DealId,
    /// The slot.
    pub index: SlotIndex,
    /// BLAKE3 hash of its bytes.
    pub root: Root,
    /// Its size in bytes.
    pub size: u64,
    /// Price in planck per proving period, at least 1.
    pub rate: Balance,
    /// Number of proving periods.
    pub duration: Period,
    /// Last block in which the quote can be used.
    pub valid_until: BlockNumber,
}

impl Quote {
    /// The 32 bytes that the operator key signs.
    pub fn signing_payload(&self) -> [u8; 32] {
        sp_crypto_hashing::blake2_256(&(b"blocs/quote/1", self).encode())
    }
}

/// Everything that a provider signs to keep a slot longer than was agreed, at the rate that it has. The chain looks up what it does
/// not carry: whose slot it is, its owner, its rate and its end. Once used it is worthless as long as the slot's end is another.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ExtensionQuote {
    /// Hash of the chain's first block.
    pub genesis: Hash,
    /// Account of the provider.
    pub provider: AccountId,
    /// Account that owns the deal.
    pub owner: AccountId,
    /// The deal.
    pub deal: DealId,
    /// The slot.
    pub index: SlotIndex,
    /// Price in planck per proving period: the slot's.
    pub rate: Balance,
    /// First period that is not paid so far.
    pub from: Period,
    /// First period that will no longer be paid.
    pub to: Period,
    /// Last block in which the quote can be used.
    pub valid_until: BlockNumber,
}

impl ExtensionQuote {
    /// The 32 bytes that the operator key signs.
    pub fn signing_payload(&self) -> [u8; 32] {
        sp_crypto_hashing::blake2_256(&(b"blocs/extension/1", self).encode())
    }
}

/// The part of an [`ExtensionQuote`] that travels in `extend_deal`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct SlotExtension {
    /// The slot.
    pub index: SlotIndex,
    /// Last block in which the quote can be used.
    pub valid_until: BlockNumber,
    /// Signature of the provider's operator key over [`ExtensionQuote::signing_payload`].
    pub signature: sr25519::Signature,
}

/// The part of a [`Quote`] that travels in `open_deal`; genesis, owner, deal, index and duration follow from the call.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct SlotOffer {
    /// Account of the provider.
    pub provider: AccountId,
    /// BLAKE3 hash of the slot's bytes.
    pub root: Root,
    /// Size in bytes.
    pub size: u64,
    /// Price in planck per proving period.
    pub rate: Balance,
    /// Last block in which the quote can be used.
    pub valid_until: BlockNumber,
    /// Signature of the provider's operator key over [`Quote::signing_payload`].
    pub signature: sr25519::Signature,
}
