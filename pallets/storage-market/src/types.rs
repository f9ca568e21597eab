//! The records of the market's state and the arguments of its calls.

pub use blocs_primitives::SlotExtension;
use blocs_primitives::{AccountId, Balance, BlockNumber, DealId, Hash, MAX_SLOTS, Period, Root, SlotOffer};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{BoundedVec, traits::ConstU32};
use scale_info::TypeInfo;
use sp_core::sr25519;

/// Longest label of a deal, in bytes.
pub const MAX_LABEL_BYTES: u32 = 512;

/// Whether a provider is challenged and takes new slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum ProviderStatus {
    /// Challenged, takes new slots.
    Active,
    /// Challenged, takes no new slots.
    Draining,
    /// Missed too often, or its bond is too low: neither challenged nor paid; its slots are open to repair.
    Faulted,
}

/// How fast a provider's storage answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Tier {
    /// At once.
    Hot,
    /// Within seconds.
    Warm,
    /// Archive.
    Cold,
}

/// What a provider offers.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Terms {
    /// Bytes in all.
    pub capacity: u64,
    /// Least price in planck per GiB and proving period.
    pub price: Balance,
    /// Zone: providers of different zones are hoped to fail independently.
    pub zone: BoundedVec<u8, ConstU32<32>>,
    /// Tier of the storage.
    pub tier: Tier,
    /// libp2p peer id.
    pub peer_id: BoundedVec<u8, ConstU32<64>>,
    /// Multiaddresses as text.
    pub addresses: BoundedVec<BoundedVec<u8, ConstU32<128>>, ConstU32<4>>,
}

/// A provider's registration.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Registration {
    /// Key that will sign quotes and concessions.
    pub operator: sr25519::Public,
    /// Bond in planck, held on the account.
    pub bond: Balance,
    /// What it offers.
    pub terms: Terms,
}

/// A provider.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Provider {
    /// Key that signs quotes and concessions.
    pub operator: sr25519::Public,
    /// Bond in planck: what is on hold.
    pub bond: Balance,
    /// Bytes that it offers in all.
    pub capacity: u64,
    /// Bytes of its slots that are neither lost nor closed.
    pub used: u64,
    /// Pieces of those slots: the total of its sum tree.
    pub pieces: u64,
    /// Their number.
    pub slots: u32,
    /// Least price in planck per GiB and proving period.
    pub price: Balance,
    /// Its status.
    pub status: ProviderStatus,
    /// What its slots pay in the period into which it was last rolled, in planck.
    pub rate: Balance,
    /// Earned and not yet claimed, in planck.
    pub accrued: Balance,
    /// Periods proved since it registered.
    pub proven: u32,
    /// Periods missed in a row.
    pub misses: u32,
    /// Its place on the ring.
    pub place: u32,
    /// The period into which it was last rolled.
    pub period: Period,
    /// Set aside for the repair of its slots when it faulted, in planck.
    pub repair_fund: Balance,
    /// The block in which it registered; for those from before version 2, the block of the upgrade.
    #[cfg(feature = "rehearsal")]
    pub joined: BlockNumber,
}

/// What clients need to reach and choose a provider.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Info {
    /// Zone.
    pub zone: BoundedVec<u8, ConstU32<32>>,
    /// Tier of the storage.
    pub tier: Tier,
    /// libp2p peer id.
    pub peer_id: BoundedVec<u8, ConstU32<64>>,
    /// Multiaddresses as text.
    pub addresses: BoundedVec<BoundedVec<u8, ConstU32<128>>, ConstU32<4>>,
}

/// A deal to open. Its id is [`blocs_primitives::DealId::derive`] of the signer and the salt.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct DealOffer {
    /// Random.
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

/// A deal to keep longer. Slots that are not named end when they would have.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct DealExtension {
    /// The deal.
    pub deal: DealId,
    /// First period that will no longer be paid: later than the deal's end so far.
    pub end: Period,
    /// The quotes of at least `k` live slots, each slot once, in ascending order.
    pub slots: BoundedVec<SlotExtension, ConstU32<MAX_SLOTS>>,
}

/// A deal.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Deal {
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
    /// First period that is no longer paid: the end of the slots that end last.
    pub end: Period,
    /// Slots not yet closed.
    pub open_slots: u16,
    /// Deposit for the records, in planck.
    pub deposit: Balance,
    /// Due to the owner so far, in planck: paid when the deal closes.
    pub refundable: Balance,
    /// Encrypted label.
    pub label: BoundedVec<u8, ConstU32<MAX_LABEL_BYTES>>,
}

/// What has become of a slot. A closed slot has no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum SlotStatus {
    /// Kept and challenged.
    Live,
    /// Conceded or declared lost: settled, open to repair.
    Lost,
    /// Lost, and somebody is rebuilding it.
    Reserved,
}

/// One provider's share of a deal.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Slot {
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
    /// Its place in the provider's sum tree, while it is live.
    pub position: u32,
    /// Its status.
    pub status: SlotStatus,
}

/// What begins and ends for a provider in one period. It exists while a slot refers to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct PeriodEntry {
    /// Sum of the rates of the slots that start, in planck.
    pub starting: Balance,
    /// Sum of the rates of the slots that end, in planck.
    pub ending: Balance,
    /// How many periods the provider had proved when it was rolled into this one.
    pub proven_at: Option<u32>,
    /// Slots that start or end here.
    pub references: u32,
}

/// A lost slot that waits for repair.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Repair {
    /// What a repair earns, in planck: set aside from what was taken for the loss.
    pub bounty: Balance,
    /// Who is rebuilding it.
    pub reservation: Option<Reservation>,
}

/// A repair under way.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Reservation {
    /// Who has reserved it.
    pub provider: AccountId,
    /// The last block in which it can be filled.
    pub until: BlockNumber,
    /// What is at stake, in planck.
    pub bond: Balance,
}

/// Fan-out of the sum tree.
pub const FAN_OUT: u32 = 64;
/// Levels of the sum tree: `FAN_OUT^LEVELS` slots, 16.8 million, fit a provider.
pub const LEVELS: u8 = 4;

/// A node of the sum tree: the pieces below each child.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Node(pub [u64; FAN_OUT as usize]);

impl Default for Node {
    fn default() -> Self {
        Self([0; FAN_OUT as usize])
    }
}
