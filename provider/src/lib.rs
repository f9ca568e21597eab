//! The provider daemon: keeps slots, proves them, earns.
//!
//! [`daemon::Daemon`] wires the parts together; each part knows the chain through [`blocs_chain::ChainClient`] and the disk through
//! [`blocs_store::ShardStore`]. Long-running work implements [`worker::Worker`]: [`follower`] brings finalized blocks into the
//! store, [`prover`] answers challenges at the best block, [`closer`] settles ended slots and claims, [`scrub`] re-reads slots.
//! [`service`] takes offers from the network as [`policy`] decides, and quotes for a longer time as [`renewal`] does.

pub mod admin;
pub mod blocks;
pub mod cli;
pub mod closer;
pub mod config;
pub mod daemon;
pub mod desk;
pub mod follower;
pub mod http;
pub mod keys;
pub mod metrics;
pub mod policy;
pub mod prover;
pub mod renewal;
pub mod run_file;
pub mod scrub;
pub mod service;
pub mod shared;
pub mod worker;
