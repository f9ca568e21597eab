//! ConvictionVoting: votes weighted by tokens and by how long they stay locked, and delegation.

use crate::{
    AccountId, Balances, Referenda, Runtime, RuntimeEvent, System,
    governance::periods::{DAY, Period},
};
use frame_support::traits::{ConstU32, tokens::currency::ActiveIssuanceOf};

impl pallet_conviction_voting::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_conviction_voting::weights::SubstrateWeight<Self>;
    type Currency = Balances;
    type Polls = Referenda;
    type MaxTurnout = ActiveIssuanceOf<Balances, AccountId>;
    // Votes of an account in a track at a time; they are walked when it delegates.
    type MaxVotes = ConstU32<512>;
    // Conviction 1 locks for this long after the end of the referendum, conviction 6 for 32 times as long.
    type VoteLockingPeriod = Period<{ 7 * DAY }, 5>;
    type BlockNumberProvider = System;
    type VotingHooks = ();
}
