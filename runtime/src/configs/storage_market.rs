//! The storage market.

use crate::{Balances, Runtime, RuntimeHoldReason, governance::MarketAdminOrigin};
use frame_support::{PalletId, parameter_types, traits::ConstU32};
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
    // Genesis sets the first values, referenda change them.
    type AdminOrigin = MarketAdminOrigin;
    type PalletId = MarketPalletId;
    type TreasuryAccount = super::treasury::TreasuryAccount;
    type BucketSize = ConstU32<32>;
    type WeightInfo = WorstCase<Runtime, crate::weights::pallet_storage_market::WeightInfo<Runtime>>;
}
