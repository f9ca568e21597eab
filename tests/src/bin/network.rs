//! The network test: real nodes, under load and under faults.

use anyhow::{Result, ensure};
use blocs_tests::{
    Workspace,
    network::{
        kills::KillOptions,
        namespaces,
        report::Report,
        run::{Part, Run, RunOptions, parts},
    },
};
use clap::Parser;
use std::{path::PathBuf, process::ExitCode, time::Duration};
use tokio::signal::unix::{SignalKind, signal};

/// Runs networks of real nodes on this machine, under load and under faults, and writes down what they did.
#[derive(Debug, Parser)]
#[command(name = "blocs-network-test")]
struct Options {
    /// Play only this part; may be given several times. All parts are played unless some are named.
    #[arg(long, value_name = "PART")]
    only: Vec<String>,
    /// Length of the soak in minutes.
    #[arg(long, value_name = "N", default_value_t = 15.0)]
    minutes: f64,
    /// Transfers a second during the soak.
    #[arg(long, value_name = "N", default_value_t = 5.0)]
    transfers: f64,
    /// How often a node is killed with SIGKILL.
    #[arg(long, value_name = "N", default_value_t = 200)]
    kills: u32,
    /// Seed of the moments at which it is killed, to play a run again; another one each time unless given.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Folder for the report, `network-test.md` and `network-test.json`.
    #[arg(long, value_name = "FOLDER", default_value = "network-test-report")]
    report: PathBuf,
    /// Show the parts and end.
    #[arg(long)]
    list: bool,
    /// Keep the logs of all programs also when everything went well.
    #[arg(long)]
    keep_logs: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    if options.list {
        for part in parts() {
            println!("{:<18} {}", part.name, part.title);
        }
        return ExitCode::SUCCESS;
    }
    let result = tokio::select! {
        result = play(&options) => result,
        () = interrupted() => {
            namespaces::remove_own();
            eprintln!("interrupted: everything that was started is stopped and removed");
            return ExitCode::from(130);
        }
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the network test cannot run: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn interrupted() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

async fn play(options: &Options) -> Result<bool> {
    let parts = chosen(&options.only)?;
    ensure!(
        options.minutes > 0.0 && options.transfers > 0.0,
        "--minutes and --transfers must be above 0"
    );
    let workspace = Workspace::new("blocs-network-")?;
    if options.keep_logs {
        workspace.keep_logs();
    }
    let mut report = Report::new(&options.report)?;
    let run_options = RunOptions {
        soak: Duration::from_secs_f64(options.minutes * 60.0),
        transfers: options.transfers,
        kills: KillOptions {
            cycles: options.kills,
            seed: options.seed.unwrap_or_else(rand::random),
        },
    };
    let mut run = Run::new(workspace, run_options);
    run.play(&parts, &mut report).await?;
    if let Some(logs) = run.close().close()? {
        eprintln!("logs of all programs: {}", logs.display());
    }
    println!("\n{}", report.markdown());
    println!("report: {}", report.folder().display());
    Ok(report.holds())
}

/// The parts that were named, or all.
fn chosen(only: &[String]) -> Result<Vec<Part>> {
    let names: Vec<_> = parts().iter().map(|part| part.name).collect();
    for name in only {
        ensure!(
            names.contains(&name.as_str()),
            "there is no part {name}; the parts are {}",
            names.join(", ")
        );
    }
    let wanted = |part: &Part| only.is_empty() || only.iter().any(|name| name == part.name);
    Ok(parts().into_iter().filter(wanted).collect())
}
