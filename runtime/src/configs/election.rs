//! The election of validators: on chain, in the block that begins an era's last session, and bounded.
//!
//! Sequential Phragmén runs over a snapshot of the largest voters. Its size is bounded, so that however many nominate, the election
//! takes at most half of a block: `tests/election.rs` holds the bounds against ten times the planned nominators.

use crate::{AccountId, Runtime, Staking, units::EXISTENTIAL_DEPOSIT};
use frame_election_provider_support::{
    SequentialPhragmen, VoteWeight,
    bounds::{ElectionBounds, ElectionBoundsBuilder},
    onchain,
};
use frame_support::{
    parameter_types,
    traits::{ConstBool, ConstU32},
};
use sp_runtime::Perbill;

/// Most validators at a time.
pub const MAX_VALIDATORS: u32 = 100;

/// Most accounts that may stand for election. More would make the election fail, so genesis sets it as staking's limit of validators.
pub const MAX_CANDIDATES: u32 = 300;

/// Voters of an election, candidates' votes for themselves among them: the largest stakes. The plan is 1,000 nominators; with
/// more of them the smallest do not count until they join a pool, which is one voter.
pub const MAX_VOTERS: u32 = 1_500;

/// Bytes of the voters' snapshot: an account, its stake and 16 targets for each.
const MAX_VOTERS_BYTES: u32 = MAX_VOTERS * (32 + 8 + 1 + 32 * super::staking::MAX_NOMINATIONS) + 5;

/// Most voters that can back one validator: all of them.
pub const MAX_BACKERS: u32 = MAX_VOTERS;

/// Bags of the voters' list.
const BAGS: usize = 200;

/// Upper ends of the bags: from the existential deposit on, each 11.3 % above the last, up to the largest stake that can be.
const THRESHOLDS: [VoteWeight; BAGS] = thresholds();

#[allow(
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which fails on both"
)]
const fn thresholds() -> [VoteWeight; BAGS] {
    let mut thresholds = [VoteWeight::MAX; BAGS];
    let mut threshold = EXISTENTIAL_DEPOSIT;
    let mut bag = 0;
    while bag < BAGS - 1 {
        assert!(threshold < VoteWeight::MAX as u128, "a bag beyond the largest stake");
        thresholds[bag] = threshold as VoteWeight;
        threshold = threshold * 1_113 / 1_000;
        bag += 1;
    }
    thresholds
}

parameter_types! {
    /// What the election reads at most.
    pub ElectionLimits: ElectionBounds = ElectionBoundsBuilder::default()
        .voters_count(MAX_VOTERS.into())
        .voters_size(MAX_VOTERS_BYTES.into())
        .targets_count(MAX_CANDIDATES.into())
        .build();
    /// Upper ends of the bags of voters, in votes.
    pub const BagThresholds: &'static [VoteWeight] = &THRESHOLDS;
}

/// The election's parts.
pub struct OnChainElection;

impl onchain::Config for OnChainElection {
    type Sort = ConstBool<true>;
    type System = Runtime;
    type Solver = SequentialPhragmen<AccountId, Perbill>;
    type MaxBackersPerWinner = ConstU32<MAX_BACKERS>;
    type MaxWinnersPerPage = ConstU32<MAX_VALIDATORS>;
    type DataProvider = Staking;
    type WeightInfo = crate::weights::frame_election_provider_support::WeightInfo<Runtime>;
    type Bounds = ElectionLimits;
}
