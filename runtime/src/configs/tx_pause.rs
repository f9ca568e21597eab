//! TxPause: stops single calls, until they are unpaused.

use crate::{
    Runtime, RuntimeCall, RuntimeEvent,
    governance::{EmergencyOrigin, essential::Essential},
};
use frame_support::traits::ConstU32;

impl pallet_tx_pause::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type PauseOrigin = EmergencyOrigin;
    type UnpauseOrigin = EmergencyOrigin;
    type WhitelistedCalls = Essential;
    type MaxNameLen = ConstU32<64>;
    type WeightInfo = pallet_tx_pause::weights::SubstrateWeight<Self>;
}
