//! Four validators, cut into two and two.

use crate::{
    Workspace,
    network::{fleet::Fleet, namespaces::Split, report::Section, watch::now},
};
use anyhow::Result;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Slots without a new final block after which finality stands still: votes that were cast before the cut may still be counted until then.
const SETTLE: u32 = 3;
/// Slots in which it must have come to stand still.
const STILL: u32 = 20;
/// How long finality may take to come back.
const HEALED: Duration = Duration::from_secs(60);
/// How long the test waits for it, to report it also when it takes too long.
const PATIENCE: Duration = Duration::from_secs(180);

/// What it shows.
pub const TITLE: &str = "Four validators, cut into two and two";

/// Cuts the network for so long, and heals it. Skipped where that is not possible.
pub async fn play(workspace: &Workspace, cut: Duration, section: &mut Section) -> Result<()> {
    // Given four validators, each in a network of its own
    let split = match Split::new(4) {
        Ok(split) => split,
        Err(error) => {
            section.skip(format!("a network cannot be cut in two here: {error:#}"));
            return Ok(());
        }
    };
    let folder = workspace.folder("partition")?;
    let fleet = Fleet::local(&folder, &split.places()).await?;
    let (watch, window) = (fleet.watch(), fleet.window()?);

    // When the line between two and two breaks
    split.cut()?;
    let cut_at = now();
    // What was under way may arrive on one side.
    let settled = stands_still(&fleet).await?;
    let bests = watch.best();
    sleep(cut.saturating_sub(fleet.slot() * SETTLE)).await;
    let stopped = heights(&fleet).await?;
    let later = watch.best();

    // Then nothing becomes final on either side, while both go on making blocks
    section.check(
        "finality stops on both sides",
        settled == stopped,
        format!("final heights {settled:?}, and {stopped:?} at the end of the cut"),
    );
    let grown: Vec<u64> = bests
        .iter()
        .zip(&later)
        .map(|((_, before), (_, after))| after - before)
        .collect();
    section.figure("cut", format!("{:.0} s", cut.as_secs_f64()), json!(cut.as_secs_f64()));
    section.figure("blocks made meanwhile", format!("{grown:?} on each node"), json!(grown));

    // When the line is there again, then finality is back within a minute
    let before = stopped.iter().max().copied().unwrap_or_default();
    let made = later.iter().map(|(_, height)| *height).max().unwrap_or_default();
    split.heal()?;
    let healed = Instant::now();
    fleet.finalizes(before + 1, PATIENCE).await?;
    let first = healed.elapsed();
    fleet.finalizes(made + 1, PATIENCE).await?;
    let caught_up = healed.elapsed();
    section.check(
        "finality is back within a minute",
        first <= HEALED,
        format!(
            "block {} is final on all after {:.1} s",
            before + 1,
            first.as_secs_f64()
        ),
    );
    section.figure(
        "first block final on all nodes",
        format!("{:.1} s after the line was back", first.as_secs_f64()),
        json!(first.as_secs_f64()),
    );
    section.figure(
        "a block made after the cut final on all nodes",
        format!("{:.1} s after the line was back", caught_up.as_secs_f64()),
        json!(caught_up.as_secs_f64()),
    );
    watch.summary(cut_at, now()).show(section);
    section.used(&window.close()?);
    let conflicts = watch.conflicts();
    section.check(
        "no two final blocks of one height",
        conflicts.is_empty(),
        conflicts.first().cloned().unwrap_or("none".into()),
    );
    fleet.agree(section, made + 1).await
}

/// The final heights, once they have not changed for some slots, or when they never stop.
async fn stands_still(fleet: &Fleet) -> Result<Vec<u64>> {
    let (mut before, mut still) = (heights(fleet).await?, 0);
    for _ in 0..STILL {
        sleep(fleet.slot()).await;
        let now = heights(fleet).await?;
        still = if now == before { still + 1 } else { 0 };
        before = now;
        if still >= SETTLE {
            break;
        }
    }
    Ok(before)
}

async fn heights(fleet: &Fleet) -> Result<Vec<u64>> {
    let mut all = Vec::new();
    for (_, node) in fleet.nodes() {
        all.push(node.finalized_height().await?);
    }
    Ok(all)
}
