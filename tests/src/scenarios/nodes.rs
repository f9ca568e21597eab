//! Nodes among themselves.

use super::{Stage, Verdict};
use crate::{Node, NodeOptions, until};
use anyhow::{Context, Result, ensure};
use std::time::Duration;

/// Height up to which both must agree.
const HEIGHT: u64 = 8;

pub(super) async fn validator_and_full_node_agree_and_finalize(stage: &Stage) -> Result<Verdict> {
    // Given a validator, and a full node that knows its address
    let folder = stage.workspace().folder("two-nodes")?;
    let validator = Node::start(&folder, &NodeOptions::dev()).await?;
    let full = Node::start(&folder, &NodeOptions::full("dev", &validator.multiaddr().await?)).await?;

    // Then both finalize
    for (name, node) in [("validator", &validator), ("full node", &full)] {
        until(
            &format!("the {name} has finalized block {HEIGHT}"),
            Duration::from_secs(240),
            || async { Ok((node.finalized_height().await? >= HEIGHT).then_some(())) },
        )
        .await?;
    }

    // And they agree on every block up to there
    for height in 0..=HEIGHT {
        let one = validator
            .block_hash(height)
            .await?
            .context("the validator lacks a finalized block")?;
        let other = full
            .block_hash(height)
            .await?
            .context("the full node lacks a finalized block")?;
        ensure!(
            one == other,
            "block {height} is {one} to the validator and {other} to the full node"
        );
    }
    let health = full.rpc("system_health", serde_json::json!([])).await?;
    ensure!(
        health.get("peers").and_then(|peers| peers.as_u64()) >= Some(1),
        "the full node has no peer: {health}"
    );
    let metrics = crate::get(validator.prometheus_port(), "/metrics").await?;
    ensure!(
        metrics.body.contains("block_height"),
        "the validator's metrics lack its height"
    );
    Ok(Verdict::Passed)
}
