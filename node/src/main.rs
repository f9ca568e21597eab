//! `blocs-node`: the node of the BLOCS chain.

#![allow(
    clippy::result_large_err,
    reason = "the errors of sc-cli and sc-service are as large as they are"
)]

mod cli;
mod command;
mod compiled;
mod doctor;
mod equivocation;
mod genesis;
mod key_rotate;
mod limits;
mod logging;
mod metrics;
mod opening;
mod preflight;
mod remote;
mod rpc;
mod service;

use std::process::ExitCode;

fn main() -> ExitCode {
    match command::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("blocs-node: {error}");
            ExitCode::FAILURE
        }
    }
}
