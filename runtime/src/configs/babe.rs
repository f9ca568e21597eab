//! BABE: who authors a block, and the randomness from which the market draws its challenges.

use crate::{
    Runtime, Session,
    timing::{EpochDuration, SlotDuration},
};
use frame_support::traits::ConstU32;
use sp_consensus_babe::{AllowedSlots, BabeEpochConfiguration};

/// Most validators at a time.
pub type MaxAuthorities = ConstU32<1_000>;

/// How slots are given out from genesis on. Secondary slots must carry a VRF output: plain ones leave the parent's randomness stale, and
/// the storage market would draw the same pieces again.
pub const GENESIS_EPOCH_CONFIG: BabeEpochConfiguration = BabeEpochConfiguration {
    c: (1, 4),
    allowed_slots: AllowedSlots::PrimaryAndSecondaryVRFSlots,
};

impl pallet_babe::Config for Runtime {
    type EpochDuration = EpochDuration<Runtime>;
    type ExpectedBlockTime = SlotDuration<Runtime>;
    // Sessions change the epoch.
    type EpochChangeTrigger = pallet_babe::ExternalTrigger;
    type DisabledValidators = Session;
    // The shipped figures for RocksDB.
    type WeightInfo = ();
    type MaxAuthorities = MaxAuthorities;
    type MaxNominators = ConstU32<0>;
    // There is no stake yet that could be slashed, so equivocations cannot be reported: no proof of key ownership can exist (`Void`), and
    // nobody can call the report for free. Staking brings `historical` sessions, offences and real values for both.
    type KeyOwnerProof = sp_core::Void;
    type EquivocationReportSystem = ();
}
