//! Some of the validators are killed and come back.

use crate::{
    network::{
        fleet::{Fleet, node_finalizes},
        report::Section,
        watch::now,
    },
    until,
};
use anyhow::{Context, Result};
use serde_json::json;
use std::time::{Duration, Instant};

/// How long the others may take to go on.
const GO_ON: Duration = Duration::from_secs(120);
/// How long those that come back may take until they have what the others have.
const CATCH_UP: Duration = Duration::from_secs(120);
/// Blocks whose votes may have been cast before the kill.
const UNDER_WAY: u64 = 2;

/// Kills validators of a fleet, waits until the others have finalized `blocks` more blocks, and starts the killed ones again.
pub async fn play(fleet: &mut Fleet, victims: &[usize], blocks: u64, section: &mut Section) -> Result<()> {
    let watch = fleet.watch_without(victims);
    let window = fleet.window()?;
    let before = height_of_all(fleet, &[]).await?;

    // When they are killed
    let (killed, started) = (now(), Instant::now());
    fleet.kill(victims)?;

    // Then the others go on finalizing
    let target = before + UNDER_WAY + blocks;
    let mut slowest = Duration::ZERO;
    for (number, (name, node)) in fleet.nodes().enumerate() {
        if !victims.contains(&number) {
            node_finalizes(name, node, target, GO_ON)
                .await
                .with_context(|| format!("{} validators are gone", victims.len()))?;
            slowest = started.elapsed();
        }
    }
    section.check(
        "finality goes on without them",
        true,
        format!(
            "from height {before} to {target} in {:.1} s on every node that is left",
            slowest.as_secs_f64()
        ),
    );

    // And they catch up when they are back
    let back = Instant::now();
    fleet.restart(victims).await?;
    let answered = back.elapsed();
    let target = height_of_all(fleet, victims).await?;
    for victim in victims {
        node_finalizes("the one that came back", fleet.node(*victim)?, target, CATCH_UP).await?;
    }
    let caught_up = back.elapsed();
    section.check(
        "they catch up",
        true,
        format!(
            "at height {target}, {:.1} s after their start, of which {:.1} s until they answered",
            caught_up.as_secs_f64(),
            answered.as_secs_f64()
        ),
    );
    section.figure(
        "time to catch up",
        format!("{:.1} s", caught_up.as_secs_f64()),
        json!(caught_up.as_secs_f64()),
    );

    // And all of them vote: a block that was made now is final everywhere
    let best = watch.best().iter().map(|(_, height)| *height).max().unwrap_or_default();
    fleet.finalizes(best, GO_ON).await?;
    let longest = watch.longest_without_finality(killed, now());
    section.figure(
        "longest time between two steps of finality",
        format!(
            "{:.1} s, on the nodes that were not killed, from the kill until all were back",
            longest.as_secs_f64()
        ),
        json!(longest.as_secs_f64()),
    );
    watch.summary(killed, now()).show(section);
    section.used(&window.close()?);
    let conflicts = watch.conflicts();
    section.check(
        "no two final blocks of one height",
        conflicts.is_empty(),
        conflicts.first().cloned().unwrap_or("none".into()),
    );
    fleet.agree(section, best).await
}

/// Greatest height that is final on one of the nodes, without some of them.
async fn height_of_all(fleet: &Fleet, without: &[usize]) -> Result<u64> {
    let mut height = 0;
    for (number, (name, node)) in fleet.nodes().enumerate() {
        if !without.contains(&number) {
            let what = format!("{name} answers");
            let finalized = until(&what, CATCH_UP, || async { Ok(node.finalized_height().await.ok()) }).await?;
            height = height.max(finalized);
        }
    }
    Ok(height)
}
