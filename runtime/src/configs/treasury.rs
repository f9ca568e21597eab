//! Treasury: where slashes, lost deposits, its share of inflation and the market's cut go, and who spends it.

use crate::{
    AccountId, Balance, Balances, Bounties, Runtime, RuntimeEvent, System, Treasury,
    governance::{
        origins::{Spender, Treasurer},
        periods::{DAY, Period},
    },
};
use frame_support::{
    PalletId, parameter_types,
    traits::{
        ConstU32, EitherOf, EitherOfDiverse,
        tokens::{PayFromAccount, UnityAssetBalanceConversion, imbalance::ResolveTo},
    },
};
use frame_system::{EnsureRoot, EnsureRootWithSuccess};
use sp_runtime::{Permill, traits::IdentityLookup};

parameter_types! {
    /// From which the treasury's account follows.
    pub const TreasuryPalletId: PalletId = PalletId(*b"py/trsry");
    /// The treasury's account.
    pub TreasuryAccount: AccountId = Treasury::account_id();
    /// Share of the pot that is burnt when a spending period ends: nothing.
    pub const NoBurn: Permill = Permill::zero();
    /// Root may spend everything.
    pub const Everything: Balance = Balance::MAX;
}

/// Puts tokens into the treasury's account.
pub type ToTreasury = ResolveTo<TreasuryAccount, Balances>;

impl pallet_treasury::Config for Runtime {
    type Currency = Balances;
    type RejectOrigin = EitherOfDiverse<EnsureRoot<AccountId>, Treasurer>;
    type RuntimeEvent = RuntimeEvent;
    type SpendPeriod = Period<{ 7 * DAY }, 20>;
    type Burn = NoBurn;
    type PalletId = TreasuryPalletId;
    type BurnDestination = ();
    type WeightInfo = pallet_treasury::weights::SubstrateWeight<Self>;
    type SpendFunds = Bounties;
    type MaxApprovals = ConstU32<100>;
    type SpendOrigin = EitherOf<EnsureRootWithSuccess<AccountId, Everything>, Spender>;
    // The native token alone.
    type AssetKind = ();
    type Beneficiary = AccountId;
    type BeneficiaryLookup = IdentityLookup<AccountId>;
    type Paymaster = PayFromAccount<Balances, TreasuryAccount>;
    type BalanceConverter = UnityAssetBalanceConversion;
    // An approved spend is paid out by anyone who asks for it, within this time.
    type PayoutPeriod = Period<{ 30 * DAY }, 1_000>;
    type BlockNumberProvider = System;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = Beneficiaries;
}

/// Makes beneficiaries for benchmarks.
#[cfg(feature = "runtime-benchmarks")]
pub struct Beneficiaries;

#[cfg(feature = "runtime-benchmarks")]
impl pallet_treasury::ArgumentsFactory<(), AccountId> for Beneficiaries {
    fn create_asset_kind(_seed: u32) {}

    fn create_beneficiary(seed: [u8; 32]) -> AccountId {
        AccountId::new(seed)
    }
}
