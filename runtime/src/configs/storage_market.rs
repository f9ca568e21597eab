//! The storage market.

use crate::{AccountId, Balances, Runtime, RuntimeHoldReason};
use frame_support::{PalletId, parameter_types, traits::ConstU32};
use frame_system::EnsureRoot;
use pallet_storage_market::weights::WorstCase;

parameter_types! {
    /// From which the pool's account follows.
    pub const MarketPalletId: PalletId = PalletId(*b"blc/mrkt");
}

impl pallet_storage_market::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    // The VRF output of the parent block: fixed before the block that draws from it, known to nobody but its author beforehand.
    type Randomness = pallet_babe::ParentBlockRandomness<Runtime>;
    // Nobody before governance; genesis sets the first values.
    type AdminOrigin = EnsureRoot<AccountId>;
    type PalletId = MarketPalletId;
    type BucketSize = ConstU32<32>;
    type WeightInfo = WorstCase<Runtime, crate::weights::pallet_storage_market::WeightInfo<Runtime>>;
}
