//! A network under load for a while.

use crate::network::{deals::Deals, fleet::Fleet, report::Section, transfers::Transfers, watch::now};
use anyhow::{Context, Result};
use blocs_chain::{ConnectOptions, Signer, connect};
use std::time::{Duration, Instant};
use tokio::time::{interval, sleep};

/// Nodes through which transfers go.
const DOORS: usize = 4;
/// How often it is looked whether all nodes live and finality goes on.
const LOOK: Duration = Duration::from_secs(5);
/// Longest time in which nothing new becomes final on a node.
const STALL: Duration = Duration::from_secs(60);
/// Final blocks with the load of funding before the window opens.
const FINAL: Duration = Duration::from_secs(60);

/// How long, and how much.
#[derive(Clone, Copy, Debug)]
pub struct SoakOptions {
    /// Length of the window.
    pub length: Duration,
    /// Transfers a second.
    pub transfers: f64,
    /// Whether files are put and got too.
    pub deals: bool,
}

/// Runs transfers and storage deals on a fleet, whose faucet is `//Alice`, and measures.
pub async fn play(fleet: &mut Fleet, options: SoakOptions, section: &mut Section) -> Result<()> {
    let faucet = Signer::from_suri("//Alice")?;
    let urls: Vec<String> = fleet.nodes().map(|(_, node)| node.url()).collect();
    let mut chains = Vec::new();
    for url in urls.iter().take(DOORS) {
        chains.push(connect(url, ConnectOptions::default()).await?);
    }
    let bank = chains.first().context("a fleet without nodes")?;
    let deals = match options.deals {
        true => Some(Deals::start(fleet.folder(), &urls, bank, &faucet).await?),
        false => None,
    };
    let transfers = Transfers::start(&chains, &faucet, options.transfers).await?;

    let processes = deals.iter().flat_map(Deals::processes);
    let window = fleet.window_with(processes)?;
    let (watch, from, started) = (fleet.watch(), now(), Instant::now());
    let mut looks = interval(LOOK);
    let mut finalized = (watch.finalized(), Instant::now());
    let mut stalled = None;
    while started.elapsed() < options.length {
        looks.tick().await;
        fleet.check()?;
        let present = watch.finalized();
        if present
            .iter()
            .zip(&finalized.0)
            .all(|((_, after), (_, before))| after > before)
        {
            finalized = (present, Instant::now());
        } else if finalized.1.elapsed() > STALL && stalled.is_none() {
            stalled = Some(format!("{:?} after {:.0} s", present, started.elapsed().as_secs_f64()));
        }
    }
    let to = now();
    let used = window.close()?;
    section.check(
        "finality goes on, on every node",
        stalled.is_none(),
        stalled.unwrap_or_else(|| format!("for {:.0} s", started.elapsed().as_secs_f64())),
    );
    transfers.finish(section).await?;
    if let Some(deals) = deals {
        deals.finish(section).await?;
    }
    // What was made in the window becomes final behind it.
    let last = watch.best().iter().map(|(_, height)| *height).max().unwrap_or_default();
    fleet.finalizes(last, FINAL).await?;
    // The watch hears of it a moment later.
    sleep(Duration::from_secs(1)).await;
    watch.summary(from, to).show(section);
    section.used(&used);
    fleet.peers(section).await?;
    let conflicts = watch.conflicts();
    section.check(
        "no two final blocks of one height",
        conflicts.is_empty(),
        conflicts.first().cloned().unwrap_or("none".into()),
    );
    fleet.agree(section, last).await
}
