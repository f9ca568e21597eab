//! Session: the validators and their keys.
//!
//! The set of validators is the one that genesis names and stays so; staking will choose it by becoming the `SessionManager`.
//! A validator may already change its keys (`session.setKeys`).

use crate::{AccountId, Babe, Balances, Runtime, RuntimeEvent, SessionKeys, units::BLOC};
use frame_support::traits::ConstU128;
use sp_runtime::traits::{ConvertInto, OpaqueKeys};

impl pallet_session::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type ValidatorId = AccountId;
    type ValidatorIdOf = ConvertInto;
    type ShouldEndSession = Babe;
    type NextSessionRotation = Babe;
    // Keeps the validators that it has.
    type SessionManager = ();
    type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
    type Keys = SessionKeys;
    // Disables offenders; there are none before offences can be reported.
    type DisablingStrategy = pallet_session::disabling::UpToLimitWithReEnablingDisablingStrategy;
    type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
    type Currency = Balances;
    type KeyDeposit = ConstU128<BLOC>;
}
