//! TechnicalCollective: a few accounts, named by root, who vouch for urgent calls. They can speed a referendum up and turn safe mode on and off;
//! they cannot decide anything else.

use super::MaxScheduledWeight;
use crate::{
    AccountId, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin,
    governance::{
        TechnicalInstance,
        periods::{DAY, Period},
    },
};
use frame_support::traits::ConstU32;
use frame_system::EnsureRoot;

impl pallet_collective::Config<TechnicalInstance> for Runtime {
    type RuntimeOrigin = RuntimeOrigin;
    type Proposal = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    type MotionDuration = Period<{ 3 * DAY }, 100>;
    type MaxProposals = ConstU32<20>;
    type MaxMembers = ConstU32<20>;
    type DefaultVote = pallet_collective::PrimeDefaultVote;
    type WeightInfo = pallet_collective::weights::SubstrateWeight<Self>;
    type SetMembersOrigin = EnsureRoot<AccountId>;
    type MaxProposalWeight = MaxScheduledWeight;
    type DisapproveOrigin = EnsureRoot<AccountId>;
    type KillOrigin = EnsureRoot<AccountId>;
    type Consideration = ();
}
