//! Settings of the pallets, one file each.

#![warn(missing_docs)]

mod assets;
mod authority_discovery;
mod authorship;
mod babe;
mod balances;
mod bounties;
mod contracts;
mod conviction_voting;
mod election;
mod grandpa;
mod identity;
mod inflation;
mod multisig;
mod nomination_pools;
mod offences;
mod preimage;
mod proxy;
mod referenda;
mod safe_mode;
mod scheduler;
mod session;
mod staking;
mod storage_market;
mod system;
mod technical_collective;
mod timestamp;
mod transaction_payment;
mod treasury;
mod tx_pause;
mod utility;
mod vesting;
mod whitelist;

pub use babe::{GENESIS_EPOCH_CONFIG, MaxAuthorities};
pub use contracts::{CallsOfContracts, MAX_CODE_BYTES};
pub use election::{
    BagThresholds, ElectionLimits, MAX_BACKERS, MAX_CANDIDATES, MAX_VALIDATORS, MAX_VOTERS, OnChainElection,
};
pub use inflation::{Inflation, RewardCurve, TreasuryInflation, YEAR_MILLIS};
pub use nomination_pools::{DelegationSlashReward, WideBalance};
pub use proxy::ProxyType;
pub use scheduler::MaxScheduledWeight;
pub use staking::{BenchmarkSizes, HISTORY_DEPTH, MAX_EXPOSURE_PAGE, MAX_NOMINATIONS};
pub use system::{MAXIMUM_BLOCK_WEIGHT, NORMAL_DISPATCH_RATIO, RuntimeBlockLength, RuntimeBlockWeights};
pub use transaction_payment::{DealWithFees, TransactionByteFee, WeightToFee};
pub use treasury::{ToTreasury, TreasuryAccount};

impl crate::timing::Config for crate::Runtime {}

impl crate::governance::origins::Config for crate::Runtime {}
