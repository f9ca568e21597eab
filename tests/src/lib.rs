//! End-to-end tests: real nodes, real providers, real files.
//!
//! The harness starts the programs that were built beside the test binary, on free ports and in a temporary folder. What
//! it starts dies with it, however it ends: every child asks the kernel to be killed together with its parent. Logs stay
//! when something failed. [`scenarios`] has one function for each thing that a user would notice.

mod client;
mod cluster;
mod events;
mod file;
mod http;
pub mod network;
mod node;
mod ports;
mod process;
mod program;
mod provider;
pub mod scenarios;
mod wait;
mod workspace;

pub use client::{Outcome, User};
pub use cluster::{BLOC, Cluster, ClusterOptions};
pub use events::EventLog;
pub use file::{random_file, sha256};
pub use http::{Response, get, post};
pub use node::{Node, NodeOptions, Place};
pub use ports::free_port;
pub use process::Daemon;
pub use program::{binary, target_dir};
pub use provider::{Offer, Provider};
pub use wait::until;
pub use workspace::Workspace;
