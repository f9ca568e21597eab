//! Assets: tokens other than BLOC, which anyone may create for a deposit.

use crate::{
    AccountId, Balance, Balances, Runtime, RuntimeEvent,
    units::{BLOC, deposit},
};
use frame_support::traits::{AsEnsureOriginWithArg, ConstU32, ConstU128};
use frame_system::{EnsureRoot, EnsureSigned};

impl pallet_assets::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Balance = Balance;
    type AssetId = u32;
    type AssetIdParameter = u32;
    type ReserveData = ();
    type Currency = Balances;
    type CreateOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
    // Root may help out where a creator has lost its key.
    type ForceOrigin = EnsureRoot<AccountId>;
    // Ids are scarce when they are short and memorable.
    type AssetDeposit = ConstU128<{ 10 * BLOC }>;
    type AssetAccountDeposit = ConstU128<{ deposit(1, 16) }>;
    type MetadataDepositBase = ConstU128<{ deposit(1, 68) }>;
    type MetadataDepositPerByte = ConstU128<{ deposit(0, 1) }>;
    type ApprovalDeposit = ConstU128<{ deposit(1, 16) }>;
    type StringLimit = ConstU32<50>;
    // Accounts or approvals that a call of an asset's destruction removes.
    type RemoveItemsLimit = ConstU32<1_000>;
    type Freezer = ();
    type Holder = ();
    type Extra = ();
    type CallbackHandle = ();
    type AssetIdAllocator = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
    type WeightInfo = pallet_assets::weights::SubstrateWeight<Self>;
}
