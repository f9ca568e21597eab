//! Vesting: tokens that come free block by block.

use crate::{Balances, Runtime, RuntimeEvent, System, units::BLOC};
use frame_support::{
    parameter_types,
    traits::{ConstU128, WithdrawReasons},
};
use sp_runtime::traits::ConvertInto;

parameter_types! {
    /// What tokens that are still vesting may be used for: fees, and staking, whose holds overlap with locks.
    pub UnvestedFundsAllowedWithdrawReasons: WithdrawReasons =
        WithdrawReasons::except(WithdrawReasons::TRANSFER | WithdrawReasons::RESERVE);
}

impl pallet_vesting::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type BlockNumberToBalance = ConvertInto;
    type MinVestedTransfer = ConstU128<{ BLOC }>;
    type WeightInfo = pallet_vesting::weights::SubstrateWeight<Self>;
    type UnvestedFundsAllowedWithdrawReasons = UnvestedFundsAllowedWithdrawReasons;
    type BlockNumberProvider = System;
    // Schedules of an account: anybody may add one to any account, each call walks them all.
    const MAX_VESTING_SCHEDULES: u32 = 28;
}
