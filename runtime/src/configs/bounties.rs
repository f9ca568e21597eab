//! Bounties: work that the treasury pays for when a curator is satisfied.

use crate::{
    AccountId, Balance, Balances, Runtime, RuntimeEvent, Treasury,
    governance::periods::{DAY, Period},
    units::{BLOC, deposit},
};
use frame_support::{
    parameter_types,
    traits::{ConstU32, ConstU128},
};
use pallet_bounties::TransferFungible;
use sp_runtime::Permill;

parameter_types! {
    /// A curator's deposit, as a share of his fee.
    pub const CuratorDepositMultiplier: Permill = Permill::from_percent(50);
    /// Least deposit of a curator.
    pub const CuratorDepositMin: Option<Balance> = Some(10 * BLOC);
    /// Greatest deposit of a curator.
    pub const CuratorDepositMax: Option<Balance> = Some(1_000 * BLOC);
}

impl pallet_bounties::Config for Runtime {
    type BountyDepositBase = ConstU128<{ BLOC }>;
    type BountyDepositPayoutDelay = Period<{ 4 * DAY }, 5>;
    type BountyUpdatePeriod = Period<{ 90 * DAY }, 1_000>;
    type CuratorDepositMultiplier = CuratorDepositMultiplier;
    type CuratorDepositMax = CuratorDepositMax;
    type CuratorDepositMin = CuratorDepositMin;
    type BountyValueMinimum = ConstU128<{ 10 * BLOC }>;
    type DataDepositPerByte = ConstU128<{ deposit(0, 1) }>;
    type RuntimeEvent = RuntimeEvent;
    type MaximumReasonLength = ConstU32<8_192>;
    type WeightInfo = pallet_bounties::weights::SubstrateWeight<Self>;
    type ChildBountyManager = ();
    type OnSlash = Treasury;
    type TransferAllAssets = TransferFungible<AccountId, Balances>;
}
