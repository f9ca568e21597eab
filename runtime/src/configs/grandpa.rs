//! GRANDPA: finality.

use super::{babe::MaxAuthorities, election::MAX_BACKERS};
use crate::{
    Historical, Offences, Runtime, RuntimeEvent,
    timing::{BondingSessions, ReportLongevity},
};
use frame_support::traits::ConstU32;

impl pallet_grandpa::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    // The shipped figures for RocksDB.
    type WeightInfo = ();
    type MaxAuthorities = MaxAuthorities;
    type MaxNominators = ConstU32<MAX_BACKERS>;
    // Which session a set belongs to, for as long as stake can be slashed.
    type MaxSetIdSessionEntries = BondingSessions<Runtime>;
    type KeyOwnerProof = sp_session::MembershipProof;
    // Two votes in a round cost stake.
    type EquivocationReportSystem =
        pallet_grandpa::EquivocationReportSystem<Self, Offences, Historical, ReportLongevity<Runtime>>;
}
