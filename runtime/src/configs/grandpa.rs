//! GRANDPA: finality.

use super::babe::MaxAuthorities;
use crate::{Runtime, RuntimeEvent};
use frame_support::traits::{ConstU32, ConstU64};

impl pallet_grandpa::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    // The shipped figures for RocksDB.
    type WeightInfo = ();
    type MaxAuthorities = MaxAuthorities;
    type MaxNominators = ConstU32<0>;
    // Needed only to report equivocations in earlier sets.
    type MaxSetIdSessionEntries = ConstU64<0>;
    // As for BABE: reports come with staking.
    type KeyOwnerProof = sp_core::Void;
    type EquivocationReportSystem = ();
}
