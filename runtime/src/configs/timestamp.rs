//! Timestamp: the time of a block, from which BABE checks the slot.

use crate::{Babe, Runtime, timing::MinimumPeriod};

impl pallet_timestamp::Config for Runtime {
    type Moment = u64;
    type OnTimestampSet = Babe;
    type MinimumPeriod = MinimumPeriod<Runtime>;
    type WeightInfo = crate::weights::pallet_timestamp::WeightInfo<Runtime>;
}
