//! Referenda: who may propose, who may stop a referendum, and what it costs.

use crate::{
    AccountId, Balance, Balances, Preimage, Runtime, RuntimeCall, RuntimeEvent, Scheduler, System, Treasury,
    governance::{
        origins::{ReferendumCanceller, ReferendumKiller},
        periods::{DAY, Period},
        tracks::Tracks,
    },
    units::BLOC,
};
use frame_support::traits::{AsEnsureOriginWithArg, ConstU32, ConstU128, EitherOfDiverse};
use frame_system::{EnsureRoot, EnsureSigned};
use pallet_conviction_voting::TallyOf;

impl pallet_referenda::Config for Runtime {
    type RuntimeCall = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_referenda::weights::SubstrateWeight<Self>;
    type Scheduler = Scheduler;
    type Currency = Balances;
    type SubmitOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
    type CancelOrigin = EitherOfDiverse<EnsureRoot<AccountId>, ReferendumCanceller>;
    type KillOrigin = EitherOfDiverse<EnsureRoot<AccountId>, ReferendumKiller>;
    // Deposits of killed referenda.
    type Slash = Treasury;
    type Votes = Balance;
    type Tally = TallyOf<Runtime>;
    type SubmissionDeposit = ConstU128<{ 10 * BLOC }>;
    type MaxQueued = ConstU32<100>;
    // What nobody puts the decision deposit down for.
    type UndecidingTimeout = Period<{ 14 * DAY }, 100>;
    type AlarmInterval = ConstU32<1>;
    type Tracks = Tracks;
    type Preimages = Preimage;
    type BlockNumberProvider = System;
}
