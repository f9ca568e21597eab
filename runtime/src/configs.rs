//! Settings of the pallets, one file each.

#![warn(missing_docs)]

mod authorship;
mod babe;
mod balances;
mod grandpa;
mod preimage;
mod scheduler;
mod session;
mod storage_market;
mod system;
mod timestamp;
mod transaction_payment;
mod utility;

pub use babe::{GENESIS_EPOCH_CONFIG, MaxAuthorities};
pub use scheduler::MaxScheduledWeight;
pub use system::{MAXIMUM_BLOCK_WEIGHT, NORMAL_DISPATCH_RATIO, RuntimeBlockLength, RuntimeBlockWeights};
pub use transaction_payment::{DealWithFees, TransactionByteFee, WeightToFee};

impl crate::timing::Config for crate::Runtime {}
