//! Multisig: calls that so many of a group must approve.

use crate::{Balances, Runtime, RuntimeCall, RuntimeEvent, System, units::deposit};
use frame_support::traits::{ConstU32, ConstU128};

impl pallet_multisig::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type Currency = Balances;
    // One entry: 88 bytes, and 32 for each approval that may come.
    type DepositBase = ConstU128<{ deposit(1, 88) }>;
    type DepositFactor = ConstU128<{ deposit(0, 32) }>;
    type MaxSignatories = ConstU32<100>;
    type WeightInfo = pallet_multisig::weights::SubstrateWeight<Self>;
    type BlockNumberProvider = System;
}
