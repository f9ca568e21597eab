//! The demonstration: a real file goes through a real chain, loses two of its six providers, and comes back.

use anyhow::{Context, Result, ensure};
use blocs_chain::{At, ChainClient, MarketEvent};
use blocs_primitives::{AccountId, Balance, DealId};
use blocs_tests::{BLOC, Cluster, ClusterOptions, User, Workspace, random_file, sha256};
use clap::Parser;
use futures::future::try_join_all;
use std::{
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};
use tokio::signal::unix::{SignalKind, signal};

const MIB: u64 = 1 << 20;

/// Stores a file at 4+2 on a development chain with six providers, kills two of them, and gets the file back.
#[derive(Debug, Parser)]
#[command(name = "blocs-demo")]
struct Options {
    /// Size of the file in MiB, at least 64 unless --bench is given.
    #[arg(long, default_value_t = 128)]
    mib: u64,
    /// Only measure put and get, this many times.
    #[arg(long, value_name = "TIMES", num_args = 0..=1, default_missing_value = "3")]
    bench: Option<u32>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let result = tokio::select! {
        result = play(&options) => result,
        () = interrupted() => {
            eprintln!("interrupted: everything that was started is stopped and removed");
            return ExitCode::from(130);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the demonstration failed: {error:#}");
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

async fn play(options: &Options) -> Result<()> {
    let workspace = Workspace::new("blocs-demo-")?;
    let result = match options.bench {
        Some(times) => bench(&workspace, options.mib, times).await,
        None => show(&workspace, options.mib).await,
    };
    if result.is_err() {
        workspace.keep_logs();
    }
    if let Some(logs) = workspace.close()? {
        eprintln!("logs of all programs: {}", logs.display());
    }
    result
}

/// Prints one step with the time that it took.
fn step(what: &str, since: Instant) {
    println!("{:>7.1} s  {what}", since.elapsed().as_secs_f64());
}

async fn show(workspace: &Workspace, mib: u64) -> Result<()> {
    ensure!(
        mib >= 64,
        "a demonstration wants a real file: --mib must be at least 64"
    );
    let size = mib * MIB;

    let started = Instant::now();
    let cluster = Cluster::start(workspace, ClusterOptions::new("demo", 6)).await?;
    step("a development chain and six providers run", started);

    let user = cluster.user("owner").await?;
    let source = user.home().join("source.bin");
    random_file(&source, size, rand::random())?;
    let digest = sha256(&source)?;
    let before = cluster.chain().balance(user.account(), At::Finalized).await?.free;

    let put = user.put(&source, "demo.bin", &["--ec", "4+2"]).await?.expect(0)?;
    let after = cluster.chain().balance(user.account(), At::Finalized).await?.free;
    step(
        &format!("put {mib} MiB at 4+2 in {:.1} s", put.took.as_secs_f64()),
        started,
    );

    let deal = deal_of(&cluster, &user).await?;
    let record = cluster
        .chain()
        .deal(deal, At::Finalized)
        .await?
        .context("the deal is not in the finalized state")?;
    let (block, finalized) = finalized_in(&cluster, deal).await?;
    step(
        &format!("the deal is in finalized block {block}; the finalized head is block {finalized}"),
        started,
    );
    let slots = cluster.chain().slots(deal, At::Finalized).await?;
    let periods = Balance::from(record.end - record.start);
    let escrow: Balance = slots.iter().map(|(_, slot)| slot.rate * periods).sum();
    let stored: u64 = slots.iter().map(|(_, slot)| slot.size).sum();
    let fee = before
        .saturating_sub(after)
        .saturating_sub(escrow)
        .saturating_sub(record.deposit);

    let mut accounts = Vec::new();
    for provider in cluster.providers() {
        accounts.push(provider.lock().await.account().clone());
    }
    let limit = cluster.patience(4);
    try_join_all(
        accounts
            .iter()
            .map(|account| cluster.proved_since(account, record.start, limit)),
    )
    .await?;
    step("the chain has accepted a proof of each of the six", started);

    let killed = [1usize, 4];
    for number in killed {
        let number = u32::try_from(number).context("a provider's number")?;
        cluster.provider(number).await?.kill();
    }
    step("two providers are killed with SIGKILL", started);

    let copy = user.home().join("copy.bin");
    let get = user.get("demo.bin", &copy).await?.expect(0)?;
    let returned = sha256(&copy)?;
    ensure!(
        digest == returned,
        "the copy differs: SHA-256 {returned} in place of {digest}"
    );
    step(
        &format!("got it back in {:.1} s, SHA-256 {digest}", get.took.as_secs_f64()),
        started,
    );

    println!();
    row("file", &format!("{mib} MiB"));
    row(
        "kept by six providers",
        &format!(
            "{:.1} MiB ({:.2} times)",
            mebibytes(stored),
            stored as f64 / size as f64
        ),
    );
    row("put", &rate(size, put.took));
    row("get, two providers gone", &rate(size, get.took));
    row(
        "escrow",
        &format!(
            "{} for {periods} periods of {} s",
            bloc(escrow),
            cluster.period().as_secs()
        ),
    );
    row("deposit, comes back", &bloc(record.deposit));
    row("fee of open_deal", &bloc(fee));
    println!(
        "\n{:<10} {:<50} {:>7} {:>20}",
        "provider", "account", "proofs", "earned"
    );
    for (number, account) in accounts.iter().enumerate() {
        let (proofs, earned) = earnings(&cluster, account, record.start);
        ensure!(
            proofs > 0 && earned > 0,
            "provider {number} has {proofs} proofs and earned {earned} planck"
        );
        let note = if killed.contains(&number) { " (killed)" } else { "" };
        println!(
            "{number:<10} {:<50} {proofs:>7} {:>20}{note}",
            account.to_string(),
            bloc(earned)
        );
    }
    Ok(())
}

async fn deal_of(cluster: &Cluster, user: &User) -> Result<DealId> {
    let deals = cluster.chain().deals_by_owner(user.account(), At::Finalized).await?;
    deals
        .first()
        .copied()
        .context("put has ended, and no deal of the owner is in a finalized block")
}

/// Height of the finalized block that opened the deal, and of the finalized head.
async fn finalized_in(cluster: &Cluster, deal: DealId) -> Result<(u32, u32)> {
    let opened = |(block, event): &(blocs_chain::BlockRef, MarketEvent)| match event {
        MarketEvent::DealOpened { deal: opened, .. } if *opened == deal => Some(block.number),
        _ => None,
    };
    let block = cluster
        .events()
        .first(
            "the deal is opened in a finalized block",
            Duration::from_secs(30),
            opened,
        )
        .await?;
    Ok((block, cluster.chain().block(At::Finalized).await?.number))
}

/// Proofs of a provider since a period, and what they paid.
fn earnings(cluster: &Cluster, account: &AccountId, from: u32) -> (usize, Balance) {
    let paid = cluster.events().all(|(_, event)| match event {
        MarketEvent::Proved { provider, period, paid } if provider == account && *period >= from => Some(*paid),
        _ => None,
    });
    (paid.len(), paid.iter().sum())
}

async fn bench(workspace: &Workspace, mib: u64, times: u32) -> Result<()> {
    let size = mib * MIB;
    let cluster = Cluster::start(workspace, ClusterOptions::new("bench", 6)).await?;
    let user = cluster.user("owner").await?;
    println!("{:<24} {:>24} {:>24}", format!("{mib} MiB at 4+2"), "put", "get");
    for round in 0..times {
        let (source, copy) = (user.home().join("source.bin"), user.home().join("copy.bin"));
        random_file(&source, size, u64::from(round))?;
        let name = format!("bench-{round}");
        let put = user.put(&source, &name, &["--ec", "4+2"]).await?.expect(0)?;
        let get = user.get(&name, &copy).await?.expect(0)?;
        same(&source, &copy)?;
        println!(
            "{:<24} {:>24} {:>24}",
            format!("round {}", round + 1),
            rate(size, put.took),
            rate(size, get.took)
        );
    }
    println!("put includes waiting until the deal is final, some seconds on this chain");
    Ok(())
}

fn same(source: &Path, copy: &Path) -> Result<()> {
    ensure!(sha256(source)? == sha256(copy)?, "the copy differs");
    std::fs::remove_file(copy)?;
    Ok(())
}

fn row(name: &str, value: &str) {
    println!("{name:<26} {value}");
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / MIB as f64
}

fn rate(bytes: u64, took: Duration) -> String {
    format!(
        "{:.1} s, {:.0} MB/s",
        took.as_secs_f64(),
        bytes as f64 / 1e6 / took.as_secs_f64()
    )
}

/// An amount with its unit.
fn bloc(planck: Balance) -> String {
    format!("{}.{:012} BLOC", planck / BLOC, planck % BLOC)
}
