//! The clock, and how a running node gets on: peers, sync, finality.

use super::Finding;
use crate::remote::{Remote, RemoteError};
use blocs_primitives::Hash;
use blocs_runtime::{Header, Runtime};
use jsonrpsee::rpc_params;
use serde::Deserialize;
use std::{
    process::{Command, Stdio},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// How far the newest block may be ahead of this clock: other clocks, and the way here, are not perfect either.
const TOLERANCE: Duration = Duration::from_secs(3);

/// When the newest block is older than this, either the chain has stopped, or this clock is ahead.
const OLD: Duration = Duration::from_secs(60);

/// Blocks between the best and the finalized one that call for a look, and that call for action.
const LAG: (u32, u32) = (20, 100);

/// Blocks that a node may be behind its peers without being behind.
const NEAR: u32 = 5;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Health {
    peers: usize,
    is_syncing: bool,
    should_have_peers: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SyncState {
    current_block: u32,
    highest_block: u32,
}

/// Whether the system says that its clock follows the network's time.
pub(super) fn synchronized() -> Finding {
    let asked = Command::new("timedatectl")
        .args(["show", "--property=NTPSynchronized", "--value"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let answer = asked.ok().filter(|output| output.status.success());
    match answer
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .as_deref()
    {
        Some("yes") => Finding::ok("clock", "follows the network's time"),
        Some(_) => Finding::warn(
            "clock",
            "does not follow the network's time, says `timedatectl`",
            "`timedatectl set-ntp true`, or install chrony: blocks are made by the clock",
        ),
        None => Finding::ok(
            "clock",
            "cannot be asked here whether it follows the network's time (no `timedatectl`)",
        ),
    }
}

/// Asks the node.
pub(super) async fn check(node: &Remote) -> Vec<Finding> {
    match ask(node).await {
        Ok(findings) => findings,
        Err(error) => vec![Finding::fail("sync", error.to_string(), "look at the node's log")],
    }
}

async fn ask(node: &Remote) -> Result<Vec<Finding>, RemoteError> {
    let health: Health = node.call("system_health", rpc_params![]).await?;
    let state: SyncState = node.call("system_syncState", rpc_params![]).await?;
    let best: Header = node.call("chain_getHeader", rpc_params![]).await?;
    let head: Hash = node.call("chain_getFinalizedHead", rpc_params![]).await?;
    let finalized: Header = node.call("chain_getHeader", rpc_params![head]).await?;
    let stated: Option<u64> = node
        .storage(&pallet_timestamp::Now::<Runtime>::hashed_key(), None)
        .await?;
    let mut findings = Vec::new();
    if let Some(stated) = stated.filter(|stated| *stated > 0) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        findings.push(clock(now, Duration::from_millis(stated), health.is_syncing));
    }
    findings.push(peers(&health));
    findings.push(sync(&health, &state));
    findings.push(finality(best.number, finalized.number));
    Ok(findings)
}

fn clock(now: Duration, newest: Duration, is_syncing: bool) -> Finding {
    let set = "set the clock, and let it follow the network's time (`timedatectl set-ntp true`)";
    if newest > now + TOLERANCE {
        let behind = (newest - now).as_secs();
        return Finding::fail("clock", format!("is {behind} s behind the newest block"), set);
    }
    let age = now.saturating_sub(newest).as_secs();
    if age > OLD.as_secs() && !is_syncing {
        return Finding::warn(
            "clock",
            format!(
                "the newest block is {age} s old: the chain has stopped, the node has no peers, or this clock is ahead"
            ),
            format!("compare with `date -u` elsewhere; if it is ahead, {set}"),
        );
    }
    Finding::ok("clock", format!("the newest block is {age} s old"))
}

fn peers(health: &Health) -> Finding {
    match health.peers {
        0 if health.should_have_peers => Finding::fail(
            "peers",
            "none",
            "open the network port (30333, TCP) in the firewall, and name a node that is reachable with `--bootnodes`",
        ),
        count => Finding::ok("peers", count.to_string()),
    }
}

fn sync(health: &Health, state: &SyncState) -> Finding {
    let missing = state.highest_block.saturating_sub(state.current_block);
    if health.is_syncing || missing > NEAR {
        return Finding::warn(
            "sync",
            format!("at block {}, {missing} behind its peers", state.current_block),
            "wait; a validator that is behind earns nothing meanwhile. `--sync warp` is faster on an empty database",
        );
    }
    Finding::ok("sync", format!("at block {}, with its peers", state.current_block))
}

fn finality(best: u32, finalized: u32) -> Finding {
    let lag = best.saturating_sub(finalized);
    let message = format!("block {finalized} is final, {lag} behind the best");
    let next = "more than two thirds of the validators must be online and reach each other; see the metric \
                `substrate_finality_grandpa_round`, and the peers of this node";
    match lag {
        lag if lag > LAG.1 => Finding::fail("finality", message, next),
        lag if lag > LAG.0 => Finding::warn("finality", message, next),
        _ => Finding::ok("finality", message),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Status, *};

    #[test]
    fn a_clock_behind_fails_and_one_ahead_is_suspected() {
        let now = Duration::from_secs(1_800_000_000);
        let status = |newest, is_syncing| clock(now, newest, is_syncing).status;

        assert_eq!(status(now, false), Status::Ok);
        assert_eq!(status(now + TOLERANCE, false), Status::Ok);
        assert_eq!(status(now + Duration::from_secs(60), false), Status::Fail);
        assert_eq!(status(now - Duration::from_secs(600), false), Status::Warn);
        assert_eq!(status(now - Duration::from_secs(600), true), Status::Ok);
        assert!(
            clock(now, now + Duration::from_secs(60), false)
                .message
                .contains("60 s behind")
        );
    }

    #[test]
    fn peers_sync_and_finality_are_judged() {
        let health = |peers, is_syncing, should_have_peers| Health {
            peers,
            is_syncing,
            should_have_peers,
        };
        let state = |current_block, highest_block| SyncState {
            current_block,
            highest_block,
        };

        assert_eq!(peers(&health(0, false, true)).status, Status::Fail);
        assert_eq!(peers(&health(0, false, false)).status, Status::Ok);
        assert_eq!(sync(&health(3, false, true), &state(10, 12)).status, Status::Ok);
        assert_eq!(sync(&health(3, false, true), &state(10, 100)).status, Status::Warn);
        assert_eq!(sync(&health(3, true, true), &state(10, 10)).status, Status::Warn);
        assert_eq!(finality(100, 97).status, Status::Ok);
        assert_eq!(finality(100, 79).status, Status::Warn);
        assert_eq!(finality(200, 99).status, Status::Fail);
    }
}
