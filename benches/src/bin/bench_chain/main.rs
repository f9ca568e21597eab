//! `blocs-bench-chain`: how many transfers the chain takes, and how soon they are included and final.
//!
//! It starts real nodes on this machine, whose first block endows many accounts, signs their transfers before the clock runs, and submits
//! them over WebSockets from a few connections while another one follows the blocks.

mod chain;
mod cpu;
mod feeder;
mod figures;
mod progress;
mod socket;
mod transfers;
mod watcher;

use crate::{
    chain::{Network, Running},
    feeder::Feed,
    figures::Figures,
    progress::Progress,
    transfers::{Accounts, Transfers},
    watcher::Blocks,
};
use anyhow::{Context, Result, ensure};
use blocs_tests::{Workspace, until};
use clap::Parser;
use std::{
    path::PathBuf,
    process::ExitCode,
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

/// Transfers a second of a light load.
const LIGHT: u32 = 5;

/// How long blocks are followed after the measurement, so that what was included becomes final.
const FINALITY: Duration = Duration::from_secs(40);

/// Measures transfers a second, fill of blocks, and time to inclusion and finality, on chains that it starts on this machine.
#[derive(Debug, Parser)]
#[command(name = "blocs-bench-chain")]
struct Options {
    /// Which runs, of `dev`, `dev-light`, `local`, `local-light`, `plain`, `plain-light`; all by default, the last two only with
    /// `--plain-runtime`.
    #[arg(long, value_delimiter = ',')]
    runs: Vec<String>,
    /// Seconds of the measurement at full load.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Seconds of the measurement at light load.
    #[arg(long, default_value_t = 40)]
    light_seconds: u64,
    /// Seconds under load before the measurement begins.
    #[arg(long, default_value_t = 8)]
    warm_up: u64,
    /// Accounts that send.
    #[arg(long, default_value_t = 10_000)]
    accounts: usize,
    /// Connections.
    #[arg(long, default_value_t = 4)]
    connections: usize,
    /// Calls in flight on each connection.
    #[arg(long, default_value_t = 128)]
    in_flight: usize,
    /// Calls in one message.
    #[arg(long, default_value_t = 16)]
    batch: usize,
    /// Transfers that are kept on their way and in the pool, at most: less than the pool takes.
    #[arg(long, default_value_t = 6_000)]
    room: usize,
    /// Transfers signed for each second of a full load: more than the chain can take.
    #[arg(long, default_value_t = 4_500)]
    most: usize,
    /// Runtime (WASM) with the default weights of polkadot-sdk, for the runs `plain` and `plain-light`.
    #[arg(long, value_name = "FILE")]
    plain_runtime: Option<PathBuf>,
    /// Runtime (WASM) for the other runs, in place of the node's own.
    #[arg(long, value_name = "FILE")]
    runtime: Option<PathBuf>,
    /// Slot time of the other runs, in place of the preset's.
    #[arg(long, value_name = "MS")]
    slot_millis: Option<u64>,
    /// A flag for every node; may be given several times.
    #[arg(long = "node-flag", value_name = "FLAG", allow_hyphen_values = true)]
    node_flags: Vec<String>,
    /// Also write the figures to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Keep the logs of the nodes.
    #[arg(long)]
    keep_logs: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    match measure(&options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the measurement failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(options: &Options) -> Result<()> {
    let mut names: Vec<&str> = options.runs.iter().map(String::as_str).collect();
    if names.is_empty() {
        names.extend(["dev", "dev-light", "local", "local-light"]);
        if options.plain_runtime.is_some() {
            names.extend(["plain", "plain-light"]);
        }
    }
    let accounts = Accounts::derive(options.accounts);
    let ceiling = transfers::verification_ceiling(&accounts)?;
    let workspace = Workspace::new("blocs-bench-chain-")?;
    let mut runs = Vec::new();
    for name in names {
        let result = run(options, name, &accounts, &workspace).await;
        if result.is_err() || options.keep_logs {
            workspace.keep_logs();
        }
        match result.with_context(|| format!("run {name}")) {
            Ok(figures) => {
                eprintln!("{name}: {:.0} transfers a second", figures.per_second);
                runs.push(figures);
            }
            Err(error) => {
                if let Some(logs) = workspace.close()? {
                    eprintln!("logs of all nodes: {}", logs.display());
                }
                return Err(error);
            }
        }
    }
    if let Some(logs) = workspace.close()? {
        eprintln!("logs of all nodes: {}", logs.display());
    }
    figures::print(&runs, ceiling);
    if let Some(path) = &options.json {
        let all = serde_json::json!({ "verifications_per_second_and_core": ceiling, "runs": runs });
        std::fs::write(path, format!("{all:#}\n")).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// The chain of a run.
fn network(options: &Options, name: &str) -> Result<Network> {
    let (chain, _) = name.split_once('-').unwrap_or((name, ""));
    let (preset, validators): (_, &[_]) = match chain {
        "dev" | "plain" => ("dev", &["alice"]),
        "local" => ("local", &["alice", "bob", "charlie", "dave"]),
        _ => anyhow::bail!("no such run: {name}"),
    };
    let plain = chain == "plain";
    if plain {
        ensure!(options.plain_runtime.is_some(), "the run {name} needs --plain-runtime");
    }
    Ok(Network {
        preset,
        validators,
        slot_millis: if plain { Some(6_000) } else { options.slot_millis },
        runtime: if plain {
            &options.plain_runtime
        } else {
            &options.runtime
        }
        .clone(),
        flags: options.node_flags.clone(),
    })
}

async fn run(options: &Options, name: &str, accounts: &Accounts, workspace: &Workspace) -> Result<Figures> {
    let light = name.ends_with("-light");
    let seconds = if light { options.light_seconds } else { options.seconds };
    let length = seconds + options.warm_up;
    let per_second = if light { usize::try_from(LIGHT)? } else { options.most };
    let folder = workspace.folder(name)?;
    let mut running = network(options, name)?.start(&folder, accounts).await?;

    // Some more than are due, so that they last to the end.
    let count = per_second * usize::try_from(length + 5)? + if light { 0 } else { options.room };
    let transfers = Arc::new(Transfers::sign(accounts, count, running.genesis)?);
    let progress = Arc::new(Progress::new(transfers.len(), options.room));
    let blocks = Blocks::default();
    let ports: Vec<u16> = running.nodes.iter().map(blocs_tests::Node::rpc_port).collect();
    let feed = Feed {
        connections: if light { 1 } else { options.connections },
        in_flight: options.in_flight,
        batch: if light { 1 } else { options.batch },
        rate: light.then_some(LIGHT),
    };
    let port = *ports.first().context("a network has at least one validator")?;
    let mut watching = tokio::spawn(watcher::watch(
        port,
        transfers.clone(),
        progress.clone(),
        blocks.clone(),
    ));
    let mut feeding = tokio::spawn({
        let (transfers, progress) = (transfers.clone(), progress.clone());
        async move { feeder::feed(&ports, feed, transfers, progress).await }
    });

    let processes: Vec<u32> = running.nodes.iter_mut().filter_map(|node| node.daemon().id()).collect();
    let measured = async {
        tokio::time::sleep(Duration::from_secs(options.warm_up)).await;
        let (from, before) = (progress.micros(Instant::now()), cpu::Clock::read(&processes)?);
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        let (to, after) = (progress.micros(Instant::now()), cpu::Clock::read(&processes)?);
        Ok::<_, anyhow::Error>(((from, to), after.since(&before)))
    };
    // Feeding ends only by running out of transfers, watching only by an error.
    let (window, load) = tokio::select! {
        measured = measured => measured?,
        ended = &mut feeding => {
            ended.context("submitting failed")??;
            anyhow::bail!("all {count} transfers were submitted before the end: give it more by --most");
        }
        ended = &mut watching => {
            ended.context("following the chain failed")??;
            anyhow::bail!("the node ended its subscriptions");
        }
    };
    feeding.abort();
    settled(&blocks, window.1).await?;
    watching.abort();
    for node in &mut running.nodes {
        node.daemon().check()?;
    }
    let Running { limits, .. } = running;
    let blocks = blocks.lock().unwrap_or_else(PoisonError::into_inner);
    figures::figures(name, limits, &blocks, &progress, window, load)
}

/// Waits until the blocks of the measurement are final.
async fn settled(blocks: &Blocks, to: u64) -> Result<()> {
    until("the measured blocks are final", FINALITY, || async {
        let blocks = blocks.lock().unwrap_or_else(PoisonError::into_inner);
        let numbers = |finalized: bool| {
            let counted = blocks
                .values()
                .filter(|seen| seen.at <= to && (seen.finalized || !finalized));
            counted.map(|seen| seen.number).max()
        };
        Ok((numbers(true) == numbers(false)).then_some(()))
    })
    .await
}
