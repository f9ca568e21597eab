//! What a node withstands on its JSON-RPC: floods, unsafe calls from outside, web pages of others.

use super::{
    Stage, Verdict,
    operation::{ALICE, START, dev_node, node_command},
};
use crate::{Node, NodeOptions, Place, Workspace, get, http, ports, process::Launch, program, until};
use anyhow::{Context, Result, ensure};
use codec::Decode;
use serde_json::{Value, json};
use std::{
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    time::Duration,
};
use subxt::rpcs::{RpcClient, client::rpc_params};

/// Slots over which the chain is watched, before and during a flood.
const SPAN: u64 = 30;

pub(super) async fn flood_of_calls_costs_the_chain_no_blocks(stage: &Stage) -> Result<Verdict> {
    // Given a node with a small limit, so that ten times of it can be sent from here without using up the machine
    const CALLS_A_MINUTE: u32 = 600;
    const CONNECTIONS: usize = 10;
    let limit = CALLS_A_MINUTE.to_string();
    let (_folder, node) = dev_node(stage, "flood", &["--rpc-rate-limit", &limit]).await?;
    until("the chain has begun", Duration::from_secs(180), || async {
        Ok((node.finalized_height().await? >= 3).then_some(()))
    })
    .await?;
    let before = slots_and_blocks(&node).await?;

    // When each of ten connections sends ten times what it may
    let flood = (0..CONNECTIONS).map(|_| flood(node.url(), 10 * CALLS_A_MINUTE));
    let flood = tokio::spawn(futures::future::try_join_all(flood));
    let during = slots_and_blocks(&node).await?;
    ensure!(!flood.is_finished(), "the flood ended: {:?}", flood.await);
    flood.abort();

    // Then as many slots have their block as before, within a tenth
    let share = |(slots, blocks): (u64, u64)| blocks * 100 / slots.max(1);
    ensure!(
        share(during) + 10 >= share(before),
        "{} of 100 slots had a block before the flood, {} during it",
        share(before),
        share(during)
    );

    // And the node says how many it held back
    let metrics = get(node.prometheus_port(), "/metrics").await?.body;
    let held_back = metrics
        .lines()
        .any(|line| line.starts_with("substrate_rpc_calls_finished") && line.contains("is_rate_limited=\"true\""));
    ensure!(
        held_back,
        "no call was held back:\n{}",
        lines_with(&metrics, "rpc_calls")
    );
    Ok(Verdict::Passed)
}

pub(super) async fn unsafe_call_from_outside_is_refused(stage: &Stage) -> Result<Verdict> {
    let Some(address) = outward_address() else {
        return Ok(Verdict::Skipped(
            "this machine has no address but the loopback one".into(),
        ));
    };
    let folder = stage.workspace().folder("outside")?;
    let place = Place {
        rpc: address,
        ..Place::default()
    };
    let node = Node::start_at(&folder, &NodeOptions::dev(), &[], place).await?;

    // What is safe is answered, what is not is refused
    ensure!(
        node.rpc("system_chain", json!([])).await?.is_string(),
        "a safe call failed"
    );
    for (method, params) in [
        ("author_rotateKeysWithOwner", json!(["0x00"])),
        ("author_rotateKeys", json!([])),
        ("author_hasSessionKeys", json!(["0x00"])),
        ("system_addReservedPeer", json!(["/ip4/10.0.0.1/tcp/1"])),
        ("system_addLogFilter", json!(["trace"])),
    ] {
        let refusal = node
            .rpc(method, params)
            .await
            .err()
            .with_context(|| format!("{method} was answered"))?;
        ensure!(refusal.to_string().contains("unsafe"), "{method}: {refusal}");
    }

    // And `key rotate` says where to run it
    let url = node.url();
    let refused = node_command(&folder, "rotate", &["key", "rotate", "--owner", ALICE, "--url", &url]).await?;
    ensure!(refused.code == Some(1), "keys were rotated from outside");
    refused.says(&["its own machine only"])?;
    Ok(Verdict::Passed)
}

pub(super) async fn page_of_another_host_gets_no_answer(stage: &Stage) -> Result<Verdict> {
    // Given a node with the origins that it has by default; the harness's own `--rpc-cors all` is overridden
    let folder = stage.workspace().folder("origins")?;
    let (rpc, p2p, prometheus) = (ports::free_port()?, ports::free_port()?, ports::free_port()?);
    let (rpc_text, prometheus) = (rpc.to_string(), prometheus.to_string());
    let listen = format!("/ip4/127.0.0.1/tcp/{p2p}");
    let compiled = Workspace::compiled_code(&folder).context("a folder that is not of the workspace")?;
    let compiled = compiled.display().to_string();
    let words = [
        "--dev",
        "--rpc-port",
        &rpc_text,
        "--listen-addr",
        &listen,
        "--prometheus-port",
        &prometheus,
        "--compiled-code",
        &compiled,
    ];
    let launch = Launch::new(&program::binary("blocs-node")?, words, folder.join("node.log"));
    let mut daemon = crate::Daemon::start(launch)?;
    until("the node answers", START, || {
        let alive = daemon.check();
        async move {
            alive?;
            Ok(get(rpc, "/health").await.ok())
        }
    })
    .await?;

    // A name that somebody points at 127.0.0.1 is not this node's name
    let request = format!("GET /health HTTP/1.0\r\nHost: evil.example:{rpc}\r\nConnection: close\r\n\r\n");
    let answer = http::request(Ipv4Addr::LOCALHOST, rpc, &request).await?;
    ensure!(
        answer.status == 403,
        "another host's page is answered with {}",
        answer.status
    );
    Ok(Verdict::Passed)
}

/// Slots that passed and blocks that were made while [`SPAN`] slots went by, from the chain's own records.
async fn slots_and_blocks(node: &Node) -> Result<(u64, u64)> {
    let first = slot_and_height(node).await?;
    let last = until("enough slots have passed", Duration::from_secs(10 * SPAN), || async {
        let now = slot_and_height(node).await?;
        Ok((now.0 >= first.0 + SPAN).then_some(now))
    })
    .await?;
    Ok((last.0 - first.0, last.1 - first.1))
}

async fn slot_and_height(node: &Node) -> Result<(u64, u64)> {
    let hash = node.rpc("chain_getBlockHash", json!([])).await?;
    let header = node.rpc("chain_getHeader", json!([hash])).await?;
    let number = header.get("number").and_then(Value::as_str).context("no number")?;
    let key = [
        sp_crypto_hashing::twox_128(b"Babe"),
        sp_crypto_hashing::twox_128(b"CurrentSlot"),
    ]
    .concat();
    let slot = node
        .rpc("state_getStorage", json!([format!("0x{}", hex::encode(key)), hash]))
        .await?;
    let slot = hex::decode(slot.as_str().context("no slot")?.trim_start_matches("0x"))?;
    Ok((
        u64::decode(&mut slot.as_slice())?,
        u64::from_str_radix(number.trim_start_matches("0x"), 16)?,
    ))
}

/// Sends so many calls a minute over one connection, without waiting for their answers, until dropped.
async fn flood(url: String, calls_a_minute: u32) -> Result<()> {
    const TICK: Duration = Duration::from_millis(100);
    let client = RpcClient::from_insecure_url(&url).await?;
    let mut ticks = tokio::time::interval(TICK);
    let mut calls = tokio::task::JoinSet::new();
    loop {
        ticks.tick().await;
        for _ in 0..calls_a_minute / 600 {
            let client = client.clone();
            calls.spawn(async move {
                // Late or refused: that is the limit's work.
                client.request::<Value>("system_health", rpc_params![]).await.ok();
            });
        }
        while calls.try_join_next().is_some() {}
    }
}

/// The address that this machine shows to others. Nothing is sent.
fn outward_address() -> Option<Ipv4Addr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    match socket.local_addr().ok()? {
        SocketAddr::V4(address) if !address.ip().is_loopback() && !address.ip().is_unspecified() => Some(*address.ip()),
        _ => None,
    }
}

fn lines_with(text: &str, word: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| line.contains(word)).collect();
    lines.join("\n")
}
