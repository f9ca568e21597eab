//! System: block limits, addresses, versions.

use crate::{
    AccountId, Balance, Block, Hash, Nonce, PalletInfo, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, RuntimeTask,
    SafeMode, TxPause, VERSION,
    units::SS58_PREFIX,
    weights::{BlockExecutionWeight, ExtrinsicBaseWeight, RocksDbWeight},
};
use frame_support::{
    derive_impl,
    dispatch::DispatchClass,
    parameter_types,
    traits::{ConstU16, ConstU32, InsideBoth},
    weights::{Weight, constants::WEIGHT_REF_TIME_PER_MILLIS},
};
use frame_system::limits::{BlockLength, BlockWeights};
use sp_runtime::{Perbill, traits::AccountIdLookup};
use sp_version::RuntimeVersion;

/// Computing time of a block: 2 s by declared weight, which took the machine of docs/adr/0011 about 1.2 s. Proposer and importer both fit
/// into a default slot of 3 s that way. There is no limit on the size of a proof of execution, which only a parachain has to fear.
pub const MAXIMUM_BLOCK_WEIGHT: Weight = Weight::from_parts(2_000 * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX);

/// Share of a block that ordinary transactions may take. The rest is left to operational ones, `prove` among them.
pub const NORMAL_DISPATCH_RATIO: Perbill = Perbill::from_percent(75);

/// Bytes that the extrinsics of a block may take.
const MAXIMUM_BLOCK_BYTES: u32 = 5 * 1024 * 1024;

/// Share of a block that hooks are expected to take on the average.
const AVERAGE_INITIALIZATION: Perbill = Perbill::from_percent(10);

parameter_types! {
    /// Version of the runtime.
    pub const Version: RuntimeVersion = VERSION;

    /// Computing limits of a block, per class of extrinsics.
    pub RuntimeBlockWeights: BlockWeights = BlockWeights::builder()
        .base_block(BlockExecutionWeight::get())
        .for_class(DispatchClass::all(), |weights| weights.base_extrinsic = ExtrinsicBaseWeight::get())
        .for_class(DispatchClass::Normal, |weights| {
            weights.max_total = Some(NORMAL_DISPATCH_RATIO * MAXIMUM_BLOCK_WEIGHT);
        })
        .for_class(DispatchClass::Operational, |weights| {
            weights.max_total = Some(MAXIMUM_BLOCK_WEIGHT);
            weights.reserved = Some(MAXIMUM_BLOCK_WEIGHT - NORMAL_DISPATCH_RATIO * MAXIMUM_BLOCK_WEIGHT);
        })
        .avg_block_initialization(AVERAGE_INITIALIZATION)
        .build_or_panic();

    /// Size limits of a block, per class of extrinsics.
    pub RuntimeBlockLength: BlockLength = BlockLength::builder()
        .max_length(MAXIMUM_BLOCK_BYTES)
        .modify_max_length_for_class(DispatchClass::Normal, |length| *length = NORMAL_DISPATCH_RATIO * MAXIMUM_BLOCK_BYTES)
        .build();
}

/// What runs before the first block of this version: nothing yet, but in a rehearsal of an upgrade.
#[cfg(not(feature = "rehearsal"))]
type Migrations = ();
/// What runs before the first block of this version.
#[cfg(feature = "rehearsal")]
type Migrations = pallet_storage_market::migrations::FromVersion1<Runtime>;

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
    type Block = Block;
    type BlockWeights = RuntimeBlockWeights;
    type BlockLength = RuntimeBlockLength;
    // An emergency stops all but the essential calls, or single ones.
    type BaseCallFilter = InsideBoth<SafeMode, TxPause>;
    type AccountId = AccountId;
    type AccountData = pallet_balances::AccountData<Balance>;
    type Lookup = AccountIdLookup<AccountId, ()>;
    type Nonce = Nonce;
    type Hash = Hash;
    // How far back a mortal transaction may name a block: over three hours of default slots.
    type BlockHashCount = ConstU32<4096>;
    type DbWeight = RocksDbWeight;
    type Version = Version;
    type SS58Prefix = ConstU16<SS58_PREFIX>;
    type MaxConsumers = ConstU32<16>;
    type SystemWeightInfo = crate::weights::frame_system::WeightInfo<Runtime>;
    type ExtensionsWeightInfo = crate::weights::Extensions;
    type SingleBlockMigrations = Migrations;
}
