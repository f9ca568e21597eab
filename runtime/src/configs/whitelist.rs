//! Whitelist: root calls that the technical collective vouches for, so that a referendum can be short.

use crate::{
    AccountId, Preimage, Runtime, RuntimeCall, RuntimeEvent, System,
    governance::{
        RootOrTechnical,
        origins::WhitelistedCaller,
        periods::{DAY, Period},
    },
};
use frame_support::traits::EitherOfDiverse;
use frame_system::EnsureRoot;

impl pallet_whitelist::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type WhitelistOrigin = RootOrTechnical<2, 3>;
    type DispatchWhitelistedOrigin = EitherOfDiverse<EnsureRoot<AccountId>, WhitelistedCaller>;
    type Preimages = Preimage;
    // How long a call that was approved before it was whitelisted waits for that.
    type DeferredDispatchExpiration = Period<{ 28 * DAY }, 200>;
    type BlockNumberProvider = System;
    type WeightInfo = pallet_whitelist::weights::SubstrateWeight<Self>;
}
