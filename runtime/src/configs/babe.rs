//! BABE: who authors a block, and the randomness from which the market draws its challenges.

use super::election::MAX_BACKERS;
use crate::{
    Historical, Offences, Runtime, Session,
    timing::{EpochDuration, ReportLongevity, SlotDuration},
};
use frame_support::traits::ConstU32;
use sp_consensus_babe::{AllowedSlots, BabeEpochConfiguration};

/// Most keys at a time: the current validators and the next ones.
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
    type MaxNominators = ConstU32<MAX_BACKERS>;
    type KeyOwnerProof = sp_session::MembershipProof;
    // Two blocks in a slot cost stake.
    type EquivocationReportSystem =
        pallet_babe::EquivocationReportSystem<Self, Offences, Historical, ReportLongevity<Runtime>>;
}
