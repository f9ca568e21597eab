//! A new node joins: block by block, and by warp sync.

use crate::{
    Node,
    network::{fleet::Fleet, report::Section},
    until,
};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::{
    fs,
    time::{Duration, Instant},
};

/// How long a new node may take to the head.
const HEAD: Duration = Duration::from_secs(300);
/// How long it may take to fetch the history behind the state that it jumped to.
const HISTORY: Duration = Duration::from_secs(300);
/// Blocks behind the others' best block that still count as the head: one may be on its way.
const NEAR: u64 = 1;
/// What the log says of a jump: first the proof of finality, then the state.
const WARPED: [&str; 2] = ["Warp sync is complete", "State sync is complete"];

/// One new node by full sync, then another one by warp sync.
pub async fn play(fleet: &Fleet, section: &mut Section) -> Result<()> {
    let window = fleet.window()?;
    full(fleet, section).await?;
    warp(fleet, section).await?;
    section.used(&window.close()?);
    Ok(())
}

async fn full(fleet: &Fleet, section: &mut Section) -> Result<()> {
    let started = Instant::now();
    let node = fleet.join("full-sync", &["--sync", "full"]).await?;
    let answered = started.elapsed();
    let first = moves(&node, "the first block is imported").await?;
    let height = reaches_head(fleet, &node).await?;
    let (total, import) = (started.elapsed(), first.elapsed());
    let speed = height as f64 / import.as_secs_f64().max(0.001);
    section.figure(
        "full sync",
        format!(
            "{height} blocks: at the head {:.1} s after its start ({:.1} s until it answered), {:.1} s and {speed:.0} blocks a second from the first import",
            total.as_secs_f64(),
            answered.as_secs_f64(),
            import.as_secs_f64()
        ),
        json!({ "blocks": height, "secondsToHead": total.as_secs_f64(), "importSeconds": import.as_secs_f64(), "blocksPerSecond": speed }),
    );
    finalizes_with(fleet, &node, "full-sync").await?;
    same(fleet, &node, "full sync", section).await
}

async fn warp(fleet: &Fleet, section: &mut Section) -> Result<()> {
    let started = Instant::now();
    let node = fleet.join("warp-sync", &["--sync", "warp"]).await?;
    let answered = started.elapsed();
    let height = reaches_head(fleet, &node).await?;
    let total = started.elapsed();
    let log = node.log();
    let said = |words: &'static str| {
        let text = fs::read_to_string(&log).unwrap_or_default();
        text.lines().find(|line| line.contains(words)).map(str::to_owned)
    };
    let lines: Vec<_> = WARPED.iter().filter_map(|words| said(words)).collect();
    section.check(
        "warp sync is one",
        lines.len() == WARPED.len(),
        if lines.is_empty() {
            "the log says nothing of it".into()
        } else {
            lines.join("\n")
        },
    );
    section.figure(
        "warp sync",
        format!(
            "at the head, height {height}, {:.1} s after its start ({:.1} s until it answered): {:.0} blocks a second",
            total.as_secs_f64(),
            answered.as_secs_f64(),
            height as f64 / total.as_secs_f64()
        ),
        json!({ "height": height, "secondsToHead": total.as_secs_f64(), "blocksPerSecond": height as f64 / total.as_secs_f64() }),
    );
    finalizes_with(fleet, &node, "warp-sync").await?;
    // The blocks before the jump come later.
    until("the first block is there after a warp sync", HISTORY, || async {
        let Some(hash) = node.block_hash(1).await? else {
            return Ok(None);
        };
        let block = node.rpc("chain_getBlock", json!([hash])).await?;
        Ok((!block.is_null()).then_some(()))
    })
    .await?;
    section.figure(
        "history after warp sync",
        format!("complete {:.1} s after its start", started.elapsed().as_secs_f64()),
        json!(started.elapsed().as_secs_f64()),
    );
    same(fleet, &node, "warp sync", section).await
}

/// Waits until a node has more than its first block.
async fn moves(node: &Node, what: &str) -> Result<Instant> {
    until(what, HEAD, || async { Ok((best(node).await? > 0).then(Instant::now)) }).await
}

/// Waits until a node has what the others have, and says that it does not sync any more. Returns the height.
async fn reaches_head(fleet: &Fleet, node: &Node) -> Result<u64> {
    let other = fleet.node(0)?;
    until("the new node is at the head", HEAD, || async {
        let (own, head) = (best(node).await?, best(other).await?);
        let health = node.rpc("system_health", json!([])).await?;
        let syncs = health.get("isSyncing").and_then(Value::as_bool).unwrap_or(true);
        Ok((own > 0 && own + NEAR >= head && !syncs).then_some(own))
    })
    .await
}

async fn best(node: &Node) -> Result<u64> {
    let state = node.rpc("system_syncState", json!([])).await?;
    state
        .get("currentBlock")
        .and_then(Value::as_u64)
        .context("a sync state without the current block")
}

async fn finalizes_with(fleet: &Fleet, node: &Node, name: &str) -> Result<()> {
    let height = fleet.node(0)?.finalized_height().await? + 1;
    crate::network::fleet::node_finalizes(name, node, height, HEAD).await
}

/// Adds to the section whether a node's final block is that of the others.
async fn same(fleet: &Fleet, node: &Node, what: &str, section: &mut Section) -> Result<()> {
    let height = node.finalized_height().await?;
    let own = node.block_hash(height).await?;
    let expected = fleet.node(0)?.block_hash(height).await?;
    section.check(
        &format!("after a {what}, the final chain is that of the others"),
        own.is_some() && own == expected,
        format!("height {height}, {}", own.unwrap_or_default()),
    );
    Ok(())
}
