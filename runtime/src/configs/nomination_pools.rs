//! Nomination pools: those who hold too little to nominate do it together. A pool is one voter of the election.

use super::treasury::ToTreasury;
use crate::{
    AccountId, Balance, Balances, DelegatedStaking, Runtime, RuntimeEvent, RuntimeFreezeReason, RuntimeHoldReason,
    Staking, System,
};
use frame_support::{
    PalletId, parameter_types,
    traits::{ConstU8, ConstU32},
};
use frame_system::EnsureRoot;
use pallet_nomination_pools::adapter::DelegateStake;
use sp_core::U256;
use sp_runtime::{FixedU128, Perbill, traits::Convert};

/// Eras for which a pool keeps what leaves it apart: more than the longest bonding.
const MAX_UNBONDING_POOLS: u32 = crate::timing::MAX_BONDING_ERAS + 4;

parameter_types! {
    /// From which the accounts of pools follow.
    pub const PoolsPalletId: PalletId = PalletId(*b"py/nopls");
    /// From which the accounts of delegations follow.
    pub const DelegationPalletId: PalletId = PalletId(*b"py/dlstk");
    /// Share of a slash that goes to whoever applies it to a member: there may be many members, and nobody visits them by itself.
    pub const DelegationSlashReward: Perbill = Perbill::from_percent(1);
}

/// Members' tokens stay in their accounts, on hold for the pool.
impl pallet_delegated_staking::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type PalletId = DelegationPalletId;
    type Currency = Balances;
    type OnSlash = ToTreasury;
    type SlashRewardFraction = DelegationSlashReward;
    type RuntimeHoldReason = RuntimeHoldReason;
    type CoreStaking = Staking;
}

/// Balances as wide integers and back, for the pools' arithmetic.
pub struct WideBalance;

impl Convert<Balance, U256> for WideBalance {
    fn convert(balance: Balance) -> U256 {
        balance.into()
    }
}

impl Convert<U256, Balance> for WideBalance {
    fn convert(wide: U256) -> Balance {
        wide.try_into().unwrap_or(Balance::MAX)
    }
}

impl pallet_nomination_pools::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type RuntimeFreezeReason = RuntimeFreezeReason;
    type RewardCounter = FixedU128;
    type PalletId = PoolsPalletId;
    // A pool that has lost nine tenths takes no new members.
    type MaxPointsToBalance = ConstU8<10>;
    type MaxUnbonding = ConstU32<8>;
    type BalanceToU256 = WideBalance;
    type U256ToBalance = WideBalance;
    type StakeAdapter = DelegateStake<Self, Staking, DelegatedStaking>;
    type MaxUnbondingPools = ConstU32<MAX_UNBONDING_POOLS>;
    type MaxMetadataLen = ConstU32<256>;
    type AdminOrigin = EnsureRoot<AccountId>;
    type BlockNumberProvider = System;
    // Tokens at stake cannot join a pool a second time.
    type Filter = pallet_staking::AllStakers<Runtime>;
    type WeightInfo = pallet_nomination_pools::weights::SubstrateWeight<Runtime>;
}
