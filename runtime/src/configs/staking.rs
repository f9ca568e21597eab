//! Staking: who validates, what it earns, and what it loses.
//!
//! `pallet-staking` says that `pallet-staking-async` replaces it; that one is made for Polkadot's Asset Hub, which elects for another
//! chain. Ours elects for itself.

use super::{
    election::{MAX_VALIDATORS, OnChainElection},
    inflation::Inflation,
    treasury::ToTreasury,
};
use crate::{
    AccountId, Balance, Balances, DelegatedStaking, NominationPools, Runtime, RuntimeEvent, RuntimeHoldReason, Session,
    Staking, Timestamp, VoterList,
    timing::{BondingDuration, SessionsPerEra, SlashDeferDuration},
};
use frame_election_provider_support::onchain::OnChainExecution;
use frame_support::traits::ConstU32;
use frame_system::EnsureRoot;
use sp_staking::currency_to_vote::U128CurrencyToVote;

/// Most validators that a nominator may name.
pub const MAX_NOMINATIONS: u32 = 16;

/// Eras for which rewards can still be paid out; older ones are lost.
pub const HISTORY_DEPTH: u32 = 84;

/// Nominators that one `payout_stakers` pays: it takes a tenth of a block at most.
pub const MAX_EXPOSURE_PAGE: u32 = 128;

/// Sizes for benchmarks.
pub struct BenchmarkSizes;

impl pallet_staking::BenchmarkingConfig for BenchmarkSizes {
    type MaxValidators = ConstU32<MAX_VALIDATORS>;
    type MaxNominators = ConstU32<1_000>;
}

impl pallet_staking::Config for Runtime {
    type OldCurrency = Balances;
    type Currency = Balances;
    type CurrencyBalance = Balance;
    type CurrencyToVote = U128CurrencyToVote;
    type RuntimeHoldReason = RuntimeHoldReason;
    type RuntimeEvent = RuntimeEvent;
    type UnixTime = Timestamp;
    type ElectionProvider = OnChainExecution<OnChainElection>;
    type GenesisElectionProvider = OnChainExecution<OnChainElection>;
    type NominationsQuota = pallet_staking::FixedNominationsQuota<MAX_NOMINATIONS>;
    type HistoryDepth = ConstU32<HISTORY_DEPTH>;
    type EraPayout = Inflation;
    type RewardRemainder = ToTreasury;
    type Slash = ToTreasury;
    // Rewards are minted.
    type Reward = ();
    type SessionsPerEra = SessionsPerEra<Runtime>;
    type BondingDuration = BondingDuration<Runtime>;
    // Shorter than bonding, so that nobody leaves with what is to be slashed: checked at genesis.
    type SlashDeferDuration = SlashDeferDuration<Runtime>;
    // Cancels a deferred slash: a referendum of root.
    type AdminOrigin = EnsureRoot<AccountId>;
    type SessionInterface = Self;
    type NextNewSession = Session;
    type MaxExposurePageSize = ConstU32<MAX_EXPOSURE_PAGE>;
    type MaxValidatorSet = ConstU32<MAX_VALIDATORS>;
    type VoterList = VoterList;
    type TargetList = pallet_staking::UseValidatorsMap<Self>;
    // One for every era of the longest bonding, and some to spare.
    type MaxUnlockingChunks = ConstU32<32>;
    // There are no controllers to deprecate: stashes have always been their own.
    type MaxControllersInDeprecationBatch = ConstU32<1>;
    type EventListeners = (NominationPools, DelegatedStaking);
    // Tokens in a pool cannot be staked a second time.
    type Filter = pallet_nomination_pools::AllPoolMembers<Runtime>;
    type BenchmarkingConfig = BenchmarkSizes;
    type WeightInfo = crate::weights::pallet_staking::WeightInfo<Runtime>;
}

/// Voters by stake, in bags: the election reads the largest first.
impl pallet_bags_list::Config<pallet_bags_list::Instance1> for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type ScoreProvider = Staking;
    type BagThresholds = super::election::BagThresholds;
    // Rewards and slashes move stakes between bags: one voter a block is put right, each of 10,000 about three times a day.
    type MaxAutoRebagPerBlock = ConstU32<1>;
    type Score = frame_election_provider_support::VoteWeight;
    type WeightInfo = crate::weights::pallet_bags_list::WeightInfo<Runtime>;
}
