//! Preimage: large calls, stored once and named by their hash.

use crate::{AccountId, Balance, Balances, Runtime, RuntimeEvent, RuntimeHoldReason, units::deposit};
use frame_support::{
    parameter_types,
    traits::{LinearStoragePrice, fungible::HoldConsideration},
};
use frame_system::EnsureRoot;

parameter_types! {
    /// Deposit for a preimage, whatever its size.
    pub const BaseDeposit: Balance = deposit(2, 64);
    /// Deposit for each byte of it.
    pub const ByteDeposit: Balance = deposit(0, 1);
    /// Why it is held.
    pub const PreimageHoldReason: RuntimeHoldReason =
        RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
}

impl pallet_preimage::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = crate::weights::pallet_preimage::WeightInfo<Runtime>;
    type Currency = Balances;
    type ManagerOrigin = EnsureRoot<AccountId>;
    type Consideration = HoldConsideration<
        AccountId,
        Balances,
        PreimageHoldReason,
        LinearStoragePrice<BaseDeposit, ByteDeposit, Balance>,
    >;
}
