//! What calls, transactions and blocks cost, measured on one machine by `make weights` (docs/adr/0011).
//!
//! The files below are generated and never edited. Not measured are `NominationPools`, whose benchmarks need `pallet-staking-async`, and
//! the reports of equivocations of BABE and GRANDPA, for which polkadot-sdk gives formulas: both use polkadot-sdk's execution times.

#![allow(missing_docs, unused_imports, reason = "generated")]

pub mod block_weights;
#[cfg(not(feature = "sdk-default-weights"))]
mod extensions;
pub mod extrinsic_weights;
pub mod frame_election_provider_support;
#[cfg(not(feature = "sdk-default-weights"))]
pub mod frame_system;
pub mod frame_system_extensions;
pub mod pallet_bags_list;
#[cfg(not(feature = "sdk-default-weights"))]
pub mod pallet_balances;
pub mod pallet_market_contracts;
pub mod pallet_preimage;
pub mod pallet_scheduler;
pub mod pallet_session;
pub mod pallet_staking;
pub mod pallet_storage_market;
pub mod pallet_timestamp;
pub mod pallet_transaction_payment;
pub mod pallet_utility;
pub mod rocksdb_weights;

#[cfg(feature = "sdk-default-weights")]
mod shipped;

#[cfg(not(feature = "sdk-default-weights"))]
pub use self::{
    block_weights::BlockExecutionWeight, extensions::Extensions, extrinsic_weights::ExtrinsicBaseWeight,
    rocksdb_weights::RocksDbWeight,
};
#[cfg(feature = "sdk-default-weights")]
pub use shipped::{
    BlockExecutionWeight, Extensions, ExtrinsicBaseWeight, RocksDbWeight, frame_system, pallet_balances,
};
