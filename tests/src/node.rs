//! A node.

use crate::{
    http, ports,
    process::{Daemon, Launch},
    program, until,
};
use anyhow::{Context, Result};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// How long a node may take until its RPC answers.
const START: Duration = Duration::from_secs(60);

/// How to start a node.
#[derive(Clone, Debug)]
pub struct NodeOptions {
    /// Name, for the log and the network.
    pub name: String,
    /// `dev`, `local`, or the path of a chain specification.
    pub chain: String,
    /// Flags beyond those that every node of the harness gets: `--alice`, `--validator`, `--bootnodes`.
    pub flags: Vec<String>,
}

impl NodeOptions {
    /// The only validator of a development chain.
    pub fn dev() -> Self {
        Self {
            name: "alice".into(),
            chain: "dev".into(),
            flags: strings(&["--alice", "--validator", "--force-authoring"]),
        }
    }

    /// A node without a part in consensus that knows another one.
    pub fn full(chain: &str, other: &str) -> Self {
        Self {
            name: "full".into(),
            chain: chain.into(),
            flags: strings(&["--bootnodes", other]),
        }
    }
}

fn strings(parts: &[&str]) -> Vec<String> {
    parts.iter().map(|part| (*part).to_owned()).collect()
}

/// A running node. Killed when dropped.
#[derive(Debug)]
pub struct Node {
    daemon: Daemon,
    rpc_port: u16,
    p2p_port: u16,
    prometheus_port: u16,
}

impl Node {
    /// Starts a node with its data in `folder`, and waits until its RPC answers.
    pub async fn start(folder: &Path, options: &NodeOptions) -> Result<Self> {
        let (rpc_port, p2p_port, prometheus_port) = (ports::free_port()?, ports::free_port()?, ports::free_port()?);
        let base = folder.join(format!("node-{}", options.name));
        let mut args = strings(&["--no-mdns", "--no-telemetry", "--allow-private-ip"]);
        args.extend([
            "--name".into(),
            options.name.clone(),
            "--chain".into(),
            options.chain.clone(),
        ]);
        args.extend(["--base-path".into(), base.display().to_string()]);
        args.extend([
            "--rpc-port".into(),
            rpc_port.to_string(),
            "--rpc-cors".into(),
            "all".into(),
        ]);
        args.extend(["--listen-addr".into(), format!("/ip4/127.0.0.1/tcp/{p2p_port}")]);
        args.extend(["--prometheus-port".into(), prometheus_port.to_string()]);
        args.extend(options.flags.iter().cloned());
        let log = folder.join(format!("node-{}.log", options.name));
        let daemon = Daemon::start(Launch::new(&program::binary("blocs-node")?, args, log))?;
        let mut node = Self {
            daemon,
            rpc_port,
            p2p_port,
            prometheus_port,
        };
        node.wait_for_rpc().await?;
        Ok(node)
    }

    async fn wait_for_rpc(&mut self) -> Result<()> {
        let port = self.rpc_port;
        let daemon = &mut self.daemon;
        until("the node's RPC answers", START, || {
            let alive = daemon.check();
            async move {
                alive?;
                Ok(rpc(port, "system_health", serde_json::json!([])).await.ok())
            }
        })
        .await?;
        Ok(())
    }

    /// Address of its RPC, as programs take it.
    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.rpc_port)
    }

    /// Port of its RPC.
    pub fn rpc_port(&self) -> u16 {
        self.rpc_port
    }

    /// Port of its metrics.
    pub fn prometheus_port(&self) -> u16 {
        self.prometheus_port
    }

    /// Calls a method of its RPC.
    pub async fn rpc(&self, method: &str, params: serde_json::Value) -> Result<serde_json::Value> {
        rpc(self.rpc_port, method, params).await
    }

    /// Its address for other nodes.
    pub async fn multiaddr(&self) -> Result<String> {
        let peer = self.rpc("system_localPeerId", serde_json::json!([])).await?;
        let peer = peer.as_str().context("the peer id is not text")?.to_owned();
        Ok(format!("/ip4/127.0.0.1/tcp/{}/p2p/{peer}", self.p2p_port))
    }

    /// Height of its finalized head.
    pub async fn finalized_height(&self) -> Result<u64> {
        let hash = self.rpc("chain_getFinalizedHead", serde_json::json!([])).await?;
        let header = self.rpc("chain_getHeader", serde_json::json!([hash])).await?;
        let number = header
            .get("number")
            .and_then(|number| number.as_str())
            .context("a header without a number")?;
        u64::from_str_radix(number.trim_start_matches("0x"), 16).context("a height that is not hexadecimal")
    }

    /// Hash of the block of this height, when it has one.
    pub async fn block_hash(&self, height: u64) -> Result<Option<String>> {
        let hash = self.rpc("chain_getBlockHash", serde_json::json!([height])).await?;
        Ok(hash.as_str().map(str::to_owned))
    }

    /// Its log.
    pub fn log(&self) -> PathBuf {
        self.daemon.log().to_owned()
    }

    /// The process.
    pub fn daemon(&mut self) -> &mut Daemon {
        &mut self.daemon
    }
}

/// Calls a method over HTTP.
async fn rpc(port: u16, method: &str, params: serde_json::Value) -> Result<serde_json::Value> {
    let request = serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let response = http::post(port, &request.to_string()).await?;
    let answer: serde_json::Value = serde_json::from_str(&response.body)
        .with_context(|| format!("{method}: the answer is not JSON: {}", response.body))?;
    if let Some(error) = answer.get("error") {
        anyhow::bail!("{method} failed: {error}");
    }
    answer
        .get("result")
        .cloned()
        .with_context(|| format!("{method}: no result in {answer}"))
}
