//! Settings of the pallets, one file each.

#![warn(missing_docs)]

mod authority_discovery;
mod authorship;
mod babe;
mod balances;
mod election;
mod grandpa;
mod inflation;
mod nomination_pools;
mod offences;
mod preimage;
mod scheduler;
mod session;
mod staking;
mod storage_market;
mod system;
mod timestamp;
mod transaction_payment;
mod treasury;
mod utility;

pub use babe::{GENESIS_EPOCH_CONFIG, MaxAuthorities};
pub use election::{
    BagThresholds, ElectionLimits, MAX_BACKERS, MAX_CANDIDATES, MAX_VALIDATORS, MAX_VOTERS, OnChainElection,
};
pub use inflation::{Inflation, RewardCurve, TreasuryInflation, YEAR_MILLIS};
pub use nomination_pools::{DelegationSlashReward, WideBalance};
pub use scheduler::MaxScheduledWeight;
pub use staking::{BenchmarkSizes, HISTORY_DEPTH, MAX_EXPOSURE_PAGE, MAX_NOMINATIONS};
pub use system::{MAXIMUM_BLOCK_WEIGHT, NORMAL_DISPATCH_RATIO, RuntimeBlockLength, RuntimeBlockWeights};
pub use transaction_payment::{DealWithFees, TransactionByteFee, WeightToFee};
pub use treasury::ToTreasury;

impl crate::timing::Config for crate::Runtime {}
