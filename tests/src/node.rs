//! A node.

use crate::{
    Workspace, http, ports,
    process::{Daemon, Launch},
    program, until,
};
use anyhow::{Context, Result};
use std::{
    net::Ipv4Addr,
    path::{Path, PathBuf},
    time::Duration,
};

/// How long a node may take until its RPC answers: a second, or a minute on a machine that compiles beside it when it is the first of a
/// run, which compiles the runtime.
const START: Duration = Duration::from_secs(180);

/// Where a node keeps compiled code. All nodes of a run share a folder unless one has the flag already.
const COMPILED_CODE_FLAG: &str = "--compiled-code";

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

/// Where a node runs: on this machine's loopback address unless something else is said.
#[derive(Clone, Debug)]
pub struct Place {
    /// Words before the program, such as `ip netns exec NAME`.
    pub via: Vec<String>,
    /// Address at which other nodes reach it.
    pub network: Ipv4Addr,
    /// Address at which the harness reaches it.
    pub rpc: Ipv4Addr,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            via: Vec::new(),
            network: Ipv4Addr::LOCALHOST,
            rpc: Ipv4Addr::LOCALHOST,
        }
    }
}

/// A running node. Killed when dropped.
#[derive(Debug)]
pub struct Node {
    daemon: Daemon,
    place: Place,
    rpc_port: u16,
    p2p_port: u16,
    prometheus_port: u16,
}

impl Node {
    /// Starts a node with its data in `folder`, and waits until its RPC answers.
    pub async fn start(folder: &Path, options: &NodeOptions) -> Result<Self> {
        Self::start_with(folder, options, &[]).await
    }

    /// The same with additional environment.
    pub async fn start_with(folder: &Path, options: &NodeOptions, env: &[(String, String)]) -> Result<Self> {
        Self::start_at(folder, options, env, Place::default()).await
    }

    /// The same at another place.
    pub async fn start_at(
        folder: &Path,
        options: &NodeOptions,
        env: &[(String, String)],
        place: Place,
    ) -> Result<Self> {
        let (rpc_port, p2p_port, prometheus_port) = (ports::free_port()?, ports::free_port()?, ports::free_port()?);
        let base = Self::base_path(folder, &options.name);
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
        args.extend(["--listen-addr".into(), format!("/ip4/{}/tcp/{p2p_port}", place.network)]);
        args.extend(["--prometheus-port".into(), prometheus_port.to_string()]);
        if !place.rpc.is_loopback() {
            args.push("--unsafe-rpc-external".into());
        }
        if let Some(cache) = Workspace::compiled_code(folder)
            && !options.flags.iter().any(|flag| flag == COMPILED_CODE_FLAG)
        {
            args.extend([COMPILED_CODE_FLAG.into(), cache.display().to_string()]);
        }
        args.extend(options.flags.iter().cloned());
        let log = folder.join(format!("node-{}.log", options.name));
        let mut launch = Launch::new(&program::binary("blocs-node")?, args, log);
        launch.via = place.via.iter().map(Into::into).collect();
        let launch = env.iter().fold(launch, |launch, (name, value)| launch.env(name, value));
        let daemon = Daemon::start(launch)?;
        let mut node = Self {
            daemon,
            place,
            rpc_port,
            p2p_port,
            prometheus_port,
        };
        node.wait_for_rpc().await?;
        Ok(node)
    }

    /// Where a node that is started in `folder` keeps its data.
    pub fn base_path(folder: &Path, name: &str) -> PathBuf {
        folder.join(format!("node-{name}"))
    }

    async fn wait_for_rpc(&mut self) -> Result<()> {
        let (host, port) = (self.place.rpc, self.rpc_port);
        let daemon = &mut self.daemon;
        until("the node's RPC answers", START, || {
            let alive = daemon.check();
            async move {
                alive?;
                Ok(rpc(host, port, "system_health", serde_json::json!([])).await.ok())
            }
        })
        .await?;
        Ok(())
    }

    /// Address of its RPC, as programs take it.
    pub fn url(&self) -> String {
        format!("ws://{}:{}", self.place.rpc, self.rpc_port)
    }

    /// Starts it again after it was killed, and waits until its RPC answers.
    pub async fn restart(&mut self) -> Result<()> {
        self.daemon.restart()?;
        self.wait_for_rpc().await
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
        rpc(self.place.rpc, self.rpc_port, method, params).await
    }

    /// Its address for other nodes.
    pub async fn multiaddr(&self) -> Result<String> {
        let peer = self.rpc("system_localPeerId", serde_json::json!([])).await?;
        let peer = peer.as_str().context("the peer id is not text")?.to_owned();
        Ok(format!("/ip4/{}/tcp/{}/p2p/{peer}", self.place.network, self.p2p_port))
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

    /// Its process id, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.daemon.id()
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
async fn rpc(host: Ipv4Addr, port: u16, method: &str, params: serde_json::Value) -> Result<serde_json::Value> {
    let request = serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let response = http::post_to(host, port, &request.to_string()).await?;
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
