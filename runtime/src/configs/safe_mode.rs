//! SafeMode: stops every call that is not essential, for a day at a time.
//!
//! Nobody can buy it with a deposit, and it ends by itself.

use crate::{
    AccountId, Balances, Runtime, RuntimeEvent, RuntimeHoldReason,
    governance::{
        EmergencyOrigin,
        essential::Essential,
        periods::{DAY, Period},
    },
};
use frame_support::traits::ConstU32;
use frame_system::{EnsureRoot, EnsureWithSuccess};

/// How long safe mode lasts, and how much each extension adds.
type Duration = Period<DAY, 100>;

frame_support::parameter_types! {
    /// Neither entering nor extending can be bought, and so there is no deposit to be released.
    pub const NotForSale: Option<u128> = None;
    /// Never.
    pub const NoRelease: Option<u32> = None;
}

impl pallet_safe_mode::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type WhitelistedCalls = Essential;
    type EnterDuration = ConstU32<0>;
    type ExtendDuration = ConstU32<0>;
    type EnterDepositAmount = NotForSale;
    type ExtendDepositAmount = NotForSale;
    type ForceEnterOrigin = EnsureWithSuccess<EmergencyOrigin, AccountId, Duration>;
    type ForceExtendOrigin = EnsureWithSuccess<EmergencyOrigin, AccountId, Duration>;
    type ForceExitOrigin = EmergencyOrigin;
    type ForceDepositOrigin = EnsureRoot<AccountId>;
    type Notify = ();
    type ReleaseDelay = NoRelease;
    type WeightInfo = pallet_safe_mode::weights::SubstrateWeight<Self>;
}
