//! Session: the validators and their keys.
//!
//! Staking elects the validators. A validator sets its keys with `session.setKeys`, with a proof that it has the private halves
//! (`author_rotateKeysWithOwner`); at genesis the chain's configuration names them.

use crate::{AccountId, Babe, Balances, Runtime, RuntimeEvent, SessionKeys, Staking, units::BLOC};
use frame_support::traits::ConstU128;
use pallet_session::{disabling::UpToLimitWithReEnablingDisablingStrategy, historical::NoteHistoricalRoot};
use sp_runtime::traits::{ConvertInto, OpaqueKeys};

impl pallet_session::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type ValidatorId = AccountId;
    // Keys may be set before bonding: the deposit is what an account pays for them.
    type ValidatorIdOf = ConvertInto;
    type ShouldEndSession = Babe;
    type NextSessionRotation = Babe;
    type SessionManager = NoteHistoricalRoot<Self, Staking>;
    type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
    type Keys = SessionKeys;
    // Offenders stop working at once, at most a third of the set, the worst first: the others still finalize.
    type DisablingStrategy = UpToLimitWithReEnablingDisablingStrategy;
    type WeightInfo = crate::weights::pallet_session::WeightInfo<Runtime>;
    type Currency = Balances;
    type KeyDeposit = ConstU128<BLOC>;
}

/// Roots of the sets of the last eras: who held which key when, for reports of equivocations.
impl pallet_session::historical::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    // Staking knows the stake behind a validator by era; the account is enough.
    type FullIdentification = ();
    type FullIdentificationOf = pallet_staking::UnitIdentificationOf<Self>;
}
