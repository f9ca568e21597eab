//! What the market takes and gives, version 1.

use ink::{
    prelude::vec::Vec,
    primitives::{AccountId, Hash},
};

/// Most slots that a deal may have.
pub const MAX_SLOTS: u32 = 32;
/// Most providers on a page.
pub const MAX_PAGE: u32 = 32;

/// Id of a deal: it follows from its owner and a random salt.
pub type DealId = [u8; 32];
/// Number of a proving period: the block's number divided by the period's length.
pub type Period = u32;
/// Place of a slot in its deal.
pub type SlotIndex = u16;
/// BLAKE3 hash of a slot's bytes.
pub type Root = [u8; 32];

/// The market's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub struct Clock {
    /// The current proving period.
    pub period: Period,
    /// Blocks in a period.
    pub length: u32,
}

/// Whether a provider takes new slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub enum ProviderStatus {
    /// Challenged, takes new slots.
    Active,
    /// Challenged, takes no new slots.
    Draining,
    /// Neither challenged nor paid.
    Faulted,
}

/// How fast a provider's storage answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub enum Tier {
    /// At once.
    Hot,
    /// Within seconds.
    Warm,
    /// Archive.
    Cold,
}

/// A provider and what it offers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub struct ProviderTerms {
    /// Whether it takes new slots.
    pub status: ProviderStatus,
    /// Least price in planck per GiB and proving period.
    pub price: u128,
    /// Bytes that it offers in all.
    pub capacity: u64,
    /// Bytes that it keeps.
    pub used: u64,
    /// Its bond in planck.
    pub bond: u128,
    /// Periods proved since it registered.
    pub proven: u32,
    /// Periods missed in a row.
    pub misses: u32,
    /// Tier of the storage.
    pub tier: Tier,
    /// Zone, as text.
    pub zone: Vec<u8>,
}

/// A deal that has not been closed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub struct DealState {
    /// Who pays and may end it.
    pub owner: AccountId,
    /// BLAKE2-256 hash of the encrypted manifest.
    pub manifest: Hash,
    /// Slots that give the content back.
    pub k: u16,
    /// Slots in all.
    pub n: u16,
    /// First period that is paid.
    pub start: Period,
    /// First period that is no longer paid.
    pub end: Period,
    /// Slots not yet closed.
    pub open_slots: u16,
    /// Deposit for the records in planck, on hold on the owner's account.
    pub deposit: u128,
    /// Due to the owner so far, in planck: paid when the deal closes.
    pub refundable: u128,
}

/// What has become of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub enum SlotStatus {
    /// Kept and challenged.
    Live,
    /// Lost: no longer paid.
    Lost,
    /// Lost, and somebody is rebuilding it.
    Reserved,
}

/// A slot that has not been closed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub struct SlotState {
    /// Who keeps it.
    pub provider: AccountId,
    /// BLAKE3 hash of its bytes.
    pub root: Root,
    /// Its size in bytes.
    pub size: u64,
    /// Pay per period, in planck.
    pub rate: u128,
    /// First period that is paid.
    pub start: Period,
    /// First period that is no longer paid.
    pub end: Period,
    /// Its status.
    pub status: SlotStatus,
    /// Periods of it so far in which its provider answered the random draw over all that it keeps, this slot or others; zero when it is
    /// not live.
    pub proven: u32,
}

/// What holds for all slots of a deal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub struct Standing {
    /// Slots in all.
    pub n: u16,
    /// Slots that are live.
    pub live: u16,
    /// Periods in which the provider of every live slot answered the random draw over all that it keeps; zero when none is live.
    pub proven: u32,
}

/// A deal to open, with a quote for every slot.
#[derive(Clone, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub struct Offer {
    /// Random; makes the deal's id together with the contract's account.
    pub salt: [u8; 32],
    /// BLAKE2-256 hash of the encrypted manifest.
    pub manifest: Hash,
    /// Slots that give the content back.
    pub k: u16,
    /// Proving periods to pay for.
    pub duration: Period,
    /// Encrypted label, at most 512 bytes.
    pub label: Vec<u8>,
    /// The quotes; entry `i` is slot `i`. At most [`MAX_SLOTS`].
    pub slots: Vec<SlotOffer>,
}

impl Offer {
    /// What the whole duration costs, in planck; `None` when that is no number.
    pub fn price(&self) -> Option<u128> {
        let rates = self
            .slots
            .iter()
            .try_fold(0u128, |sum, slot| sum.checked_add(slot.rate))?;
        rates.checked_mul(u128::from(self.duration))
    }
}

/// A provider's quote for a slot of an [`Offer`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub struct SlotOffer {
    /// Account of the provider.
    pub provider: AccountId,
    /// BLAKE3 hash of the slot's bytes.
    pub root: Root,
    /// Size in bytes.
    pub size: u64,
    /// Price in planck per proving period.
    pub rate: u128,
    /// Last block in which the quote can be used.
    pub valid_until: u32,
    /// sr25519 signature of the provider's operator key over the quote.
    pub signature: [u8; 64],
}

/// A deal to extend, with a quote for every slot that is to stay.
#[derive(Clone, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub struct Extension {
    /// The deal.
    pub deal: DealId,
    /// The first period that will no longer be paid: later than the deal's end, or the same for slots that were left out before.
    pub end: Period,
    /// The quotes of live slots, each slot once, in ascending order: at least `k` for a later end, at least one for the same. Live slots
    /// that are not named end when they would have, unless they follow before that.
    pub slots: Vec<SlotExtension>,
}

/// A provider's quote for a slot of an [`Extension`]. The slot keeps its rate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub struct SlotExtension {
    /// The slot.
    pub index: SlotIndex,
    /// Last block in which the quote can be used.
    pub valid_until: u32,
    /// sr25519 signature of the provider's operator key over the quote.
    pub signature: [u8; 64],
}
