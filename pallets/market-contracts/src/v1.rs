//! What contracts pass and get, version 1. These types never change; `contracts/blocs-ink` has the same ones for ink!.

use blocs_primitives::{AccountId, Balance, BlockNumber, DealId, Hash, MAX_SLOTS, Period, Root, SlotIndex};
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{BoundedVec, traits::ConstU32};
use pallet_storage_market::types as market;

/// Most providers on a page.
pub const MAX_PAGE: u32 = 32;
/// Longest label of a deal, in bytes.
pub const MAX_LABEL_BYTES: u32 = 512;
/// Longest name of a zone, in bytes.
pub const MAX_ZONE_BYTES: u32 = 32;

/// A page of providers.
pub type Page = BoundedVec<AccountId, ConstU32<MAX_PAGE>>;

/// The market's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Clock {
    /// The current proving period: the block's number divided by `length`.
    pub period: Period,
    /// Blocks in a period.
    pub length: u32,
}

/// Whether a provider takes new slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub enum ProviderStatus {
    /// Challenged, takes new slots.
    Active,
    /// Challenged, takes no new slots.
    Draining,
    /// Neither challenged nor paid.
    Faulted,
}

/// How fast a provider's storage answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub enum Tier {
    /// At once.
    Hot,
    /// Within seconds.
    Warm,
    /// Archive.
    Cold,
}

/// A provider and what it offers.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct ProviderTerms {
    /// Whether it takes new slots.
    pub status: ProviderStatus,
    /// Least price in planck per GiB and proving period.
    pub price: Balance,
    /// Bytes that it offers in all.
    pub capacity: u64,
    /// Bytes that it keeps.
    pub used: u64,
    /// Its bond in planck.
    pub bond: Balance,
    /// Periods proved since it registered.
    pub proven: u32,
    /// Periods missed in a row.
    pub misses: u32,
    /// Tier of the storage.
    pub tier: Tier,
    /// Zone, as text.
    pub zone: BoundedVec<u8, ConstU32<MAX_ZONE_BYTES>>,
}

/// A deal that has not been closed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
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
    pub deposit: Balance,
    /// Due to the owner so far, in planck: paid when the deal closes.
    pub refundable: Balance,
}

/// What has become of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub enum SlotStatus {
    /// Kept and challenged, unless its provider is faulted: see [`ProviderTerms`].
    Live,
    /// Lost: no longer paid.
    Lost,
    /// Lost, and somebody is rebuilding it.
    Reserved,
}

/// A slot that has not been closed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct SlotState {
    /// Who keeps it.
    pub provider: AccountId,
    /// BLAKE3 hash of its bytes.
    pub root: Root,
    /// Its size in bytes.
    pub size: u64,
    /// Pay per period, in planck.
    pub rate: Balance,
    /// First period that is paid.
    pub start: Period,
    /// First period that is no longer paid.
    pub end: Period,
    /// Its status.
    pub status: SlotStatus,
    /// Periods of it in which its provider has answered the draw over all that it keeps; zero when it is not live.
    pub proven: u32,
}

/// What holds for all slots of a deal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Standing {
    /// Slots in all.
    pub n: u16,
    /// Slots that are live at providers that are not faulted. One that is over counts until it is closed.
    pub live: u16,
    /// Periods that each of these has proved, see [`SlotState`]; zero when there is none.
    pub proven: u32,
}

/// A deal to open, with a quote for every slot.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Offer {
    /// Random; makes the deal's id together with the contract's account.
    pub salt: [u8; 32],
    /// BLAKE2-256 hash of the encrypted manifest.
    pub manifest: Hash,
    /// Slots that give the content back.
    pub k: u16,
    /// Proving periods to pay for.
    pub duration: Period,
    /// Encrypted label.
    pub label: BoundedVec<u8, ConstU32<MAX_LABEL_BYTES>>,
    /// The quotes; entry `i` is slot `i`.
    pub slots: BoundedVec<SlotOffer, ConstU32<MAX_SLOTS>>,
}

/// A provider's quote for a slot of an [`Offer`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
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
    /// sr25519 signature of the provider's operator key over the quote.
    pub signature: [u8; 64],
}

/// A deal to extend, with a quote for every live slot.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct Extension {
    /// The deal.
    pub deal: DealId,
    /// The first period that will no longer be paid.
    pub end: Period,
    /// The quotes.
    pub slots: BoundedVec<SlotExtension, ConstU32<MAX_SLOTS>>,
}

/// A provider's quote for a slot of an [`Extension`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct SlotExtension {
    /// The slot.
    pub index: SlotIndex,
    /// Last block in which the quote can be used.
    pub valid_until: BlockNumber,
    /// sr25519 signature of the provider's operator key over the quote.
    pub signature: [u8; 64],
}

impl From<market::ProviderStatus> for ProviderStatus {
    fn from(status: market::ProviderStatus) -> Self {
        match status {
            market::ProviderStatus::Active => Self::Active,
            market::ProviderStatus::Draining => Self::Draining,
            market::ProviderStatus::Faulted => Self::Faulted,
        }
    }
}

impl From<market::Tier> for Tier {
    fn from(tier: market::Tier) -> Self {
        match tier {
            market::Tier::Hot => Self::Hot,
            market::Tier::Warm => Self::Warm,
            market::Tier::Cold => Self::Cold,
        }
    }
}

impl From<market::SlotStatus> for SlotStatus {
    fn from(status: market::SlotStatus) -> Self {
        match status {
            market::SlotStatus::Live => Self::Live,
            market::SlotStatus::Lost => Self::Lost,
            market::SlotStatus::Reserved => Self::Reserved,
        }
    }
}

impl From<market::Deal> for DealState {
    fn from(deal: market::Deal) -> Self {
        Self {
            owner: deal.owner,
            manifest: deal.manifest,
            k: deal.k,
            n: deal.n,
            start: deal.start,
            end: deal.end,
            open_slots: deal.open_slots,
            deposit: deal.deposit,
            refundable: deal.refundable,
        }
    }
}

impl From<Offer> for market::DealOffer {
    fn from(offer: Offer) -> Self {
        let slots = offer.slots.into_iter().map(Into::into).collect::<alloc::vec::Vec<_>>();
        Self {
            salt: offer.salt,
            manifest: offer.manifest,
            k: offer.k,
            duration: offer.duration,
            label: offer.label,
            slots: BoundedVec::truncate_from(slots),
        }
    }
}

impl From<SlotOffer> for blocs_primitives::SlotOffer {
    fn from(offer: SlotOffer) -> Self {
        Self {
            provider: offer.provider,
            root: offer.root,
            size: offer.size,
            rate: offer.rate,
            valid_until: offer.valid_until,
            signature: offer.signature.into(),
        }
    }
}

impl From<Extension> for market::DealExtension {
    fn from(extension: Extension) -> Self {
        let slots = extension
            .slots
            .into_iter()
            .map(Into::into)
            .collect::<alloc::vec::Vec<_>>();
        Self {
            deal: extension.deal,
            end: extension.end,
            slots: BoundedVec::truncate_from(slots),
        }
    }
}

impl From<SlotExtension> for market::SlotExtension {
    fn from(extension: SlotExtension) -> Self {
        Self {
            index: extension.index,
            valid_until: extension.valid_until,
            signature: extension.signature.into(),
        }
    }
}
