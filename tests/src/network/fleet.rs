//! Several nodes of one chain.

use crate::{
    Node, NodeOptions, Place,
    network::{processes::Window, report::Section, spec::NetworkSpec, watch::Watch},
    process::{Launch, run, tail},
    program, until,
};
use anyhow::{Context, Result, ensure};
use blocs_chain::{ChainClient, ConnectOptions, connect};
use futures::future::try_join_all;
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// How long it may take to write a chain specification.
const EXPORT: Duration = Duration::from_secs(300);
/// How long all nodes may take until the first blocks are final everywhere.
const START: Duration = Duration::from_secs(240);
/// Height that must be final everywhere before anything is measured.
const WARM: u64 = 3;
/// Nodes that all others are told of; they start one after the other.
const KNOWN: usize = 2;
/// How long nodes may take to agree after everything is over.
const AGREE: Duration = Duration::from_secs(60);
/// What each node gets, so that a dozen fit a small machine.
const MODEST: [&str; 8] = [
    "--db-cache",
    "64",
    "--max-runtime-instances",
    "2",
    "--in-peers",
    "16",
    "--out-peers",
    "6",
];

/// A node to start.
#[derive(Clone, Debug)]
pub struct Berth {
    /// Its name.
    pub name: String,
    /// Its flags: keys, `--validator`.
    pub flags: Vec<String>,
    /// Where it runs.
    pub place: Place,
}

/// Nodes of one chain, and the folder with their data.
#[derive(Debug)]
pub struct Fleet {
    folder: PathBuf,
    chain: String,
    slot: Duration,
    nodes: Vec<(String, Node)>,
}

impl Fleet {
    /// The four validators of the chain `local`, at places when there are some.
    pub async fn local(folder: &Path, places: &[Place]) -> Result<Self> {
        let chain = local_specification(folder).await?;
        let names = ["alice", "bob", "charlie", "dave"];
        let berths = names.iter().enumerate().map(|(number, name)| Berth {
            name: (*name).into(),
            flags: vec![format!("--{name}"), "--validator".into()],
            place: places.get(number).cloned().unwrap_or_default(),
        });
        Self::start(folder, &chain, berths.collect()).await
    }

    /// Validators and full nodes of a network of their own. Its faucet is `//Alice`.
    pub async fn of(folder: &Path, validators: u32, full_nodes: u32) -> Result<Self> {
        let spec = NetworkSpec {
            validators,
            endowed: vec!["//Alice".into()],
            ..NetworkSpec::default()
        };
        Self::of_spec(folder, &spec, full_nodes).await
    }

    /// Validators of a network as described, and full nodes.
    pub async fn of_spec(folder: &Path, spec: &NetworkSpec, full_nodes: u32) -> Result<Self> {
        let network = spec.build(folder).await?;
        let mut berths = Vec::new();
        for (number, keys) in (1..).zip(&network.validators) {
            let name = format!("validator-{number}");
            keys.insert(&Node::base_path(folder, &name), &network.id)?;
            berths.push(Berth {
                name,
                flags: vec!["--validator".into()],
                place: Place::default(),
            });
        }
        berths.extend((1..=full_nodes).map(|number| Berth {
            name: format!("full-{number}"),
            flags: Vec::new(),
            place: Place::default(),
        }));
        Self::start(folder, &network.raw.display().to_string(), berths).await
    }

    /// Starts nodes of a chain, and waits until the first blocks are final on all of them.
    pub async fn start(folder: &Path, chain: &str, berths: Vec<Berth>) -> Result<Self> {
        let mut fleet = Self {
            folder: folder.to_owned(),
            chain: chain.to_owned(),
            slot: Duration::ZERO,
            nodes: Vec::new(),
        };
        let mut berths = berths.into_iter();
        for berth in berths.by_ref().take(KNOWN) {
            let node = fleet.berth(&berth, &[]).await?;
            fleet.nodes.push((berth.name, node));
        }
        let rest: Vec<_> = berths.collect();
        let started = try_join_all(rest.iter().map(|berth| fleet.berth(berth, &[]))).await?;
        fleet
            .nodes
            .extend(rest.into_iter().map(|berth| berth.name).zip(started));
        let chain = connect(&fleet.node(0)?.url(), ConnectOptions::default()).await?;
        fleet.slot = chain.properties().slot_duration;
        fleet.finalizes(WARM, START).await?;
        Ok(fleet)
    }

    /// One more node, which its owner keeps, with flags of its own.
    pub async fn join(&self, name: &str, flags: &[&str]) -> Result<Node> {
        let berth = Berth {
            name: name.into(),
            flags: Vec::new(),
            place: Place::default(),
        };
        self.berth(&berth, flags).await
    }

    async fn berth(&self, berth: &Berth, more: &[&str]) -> Result<Node> {
        let mut flags: Vec<String> = MODEST.iter().chain(more).map(|flag| (*flag).to_owned()).collect();
        flags.extend(berth.flags.iter().cloned());
        for (_, node) in self.nodes.iter().take(KNOWN) {
            flags.extend(["--bootnodes".into(), node.multiaddr().await?]);
        }
        let options = NodeOptions {
            name: berth.name.clone(),
            chain: self.chain.clone(),
            flags,
        };
        Node::start_at(&self.folder, &options, &[], berth.place.clone())
            .await
            .with_context(|| format!("cannot start {}", berth.name))
    }

    /// Waits until block `height` is final on all nodes.
    pub async fn finalizes(&self, height: u64, limit: Duration) -> Result<()> {
        for (name, node) in &self.nodes {
            node_finalizes(name, node, height, limit).await?;
        }
        Ok(())
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Length of a slot.
    pub fn slot(&self) -> Duration {
        self.slot
    }

    /// Where everything lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// All nodes with their names.
    pub fn nodes(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.nodes.iter().map(|(name, node)| (name.as_str(), node))
    }

    /// A node.
    pub fn node(&self, number: usize) -> Result<&Node> {
        let entry = self
            .nodes
            .get(number)
            .with_context(|| format!("there is no node {number}"))?;
        Ok(&entry.1)
    }

    /// The same, to kill it or start it again.
    pub fn node_mut(&mut self, number: usize) -> Result<&mut Node> {
        let entry = self
            .nodes
            .get_mut(number)
            .with_context(|| format!("there is no node {number}"))?;
        Ok(&mut entry.1)
    }

    /// SIGKILL for some nodes.
    pub fn kill(&mut self, numbers: &[usize]) -> Result<()> {
        for number in numbers {
            self.node_mut(*number)?.daemon().kill();
        }
        Ok(())
    }

    /// Starts killed nodes again, all at the same time, and waits until they answer.
    pub async fn restart(&mut self, numbers: &[usize]) -> Result<()> {
        let chosen = self
            .nodes
            .iter_mut()
            .enumerate()
            .filter(|(number, _)| numbers.contains(number));
        try_join_all(chosen.map(|(_, (_, node))| node.restart())).await?;
        Ok(())
    }

    /// Watches all nodes.
    pub fn watch(&self) -> Watch {
        self.watch_without(&[])
    }

    /// Watches all nodes but some.
    pub fn watch_without(&self, numbers: &[usize]) -> Watch {
        let others = self.nodes().enumerate().filter(|(number, _)| !numbers.contains(number));
        Watch::follow(others.map(|(_, (name, node))| (name.to_owned(), node.url())), self.slot)
    }

    /// Measures what they use from now on.
    pub fn window(&self) -> Result<Window> {
        self.window_with([])
    }

    /// The same, with further processes and their names.
    pub fn window_with(&self, more: impl IntoIterator<Item = (String, u32)>) -> Result<Window> {
        let own = self
            .nodes()
            .filter_map(|(name, node)| Some((name.to_owned(), node.id()?)));
        let test = ("the test itself".to_owned(), std::process::id());
        Window::open(own.chain(more).chain([test]))
    }

    /// Fails with the end of its log when a node has ended by itself.
    pub fn check(&mut self) -> Result<()> {
        self.nodes.iter_mut().try_for_each(|(_, node)| node.daemon().check())
    }

    /// Adds to a section how many peers each node has.
    pub async fn peers(&self, section: &mut Section) -> Result<()> {
        let mut counts = Vec::new();
        for (name, node) in &self.nodes {
            let health = node.rpc("system_health", json!([])).await?;
            let peers = health.get("peers").and_then(|peers| peers.as_u64()).unwrap_or_default();
            counts.push((name.clone(), peers));
        }
        let text: Vec<_> = counts.iter().map(|(name, peers)| format!("{name} {peers}")).collect();
        let least = counts.iter().map(|(_, peers)| *peers).min().unwrap_or_default();
        section.figure(
            "peers",
            text.join(", "),
            json!(counts.into_iter().collect::<std::collections::BTreeMap<_, _>>()),
        );
        section.check("every node has peers", least > 0, format!("at least {least}"));
        Ok(())
    }

    /// Adds to a section whether all nodes have the same final chain, up to a height that is final on all.
    pub async fn agree(&self, section: &mut Section, height: u64) -> Result<()> {
        self.finalizes(height, AGREE).await?;
        let (first, others) = self.nodes.split_first().context("there are no nodes")?;
        let mut differs = Vec::new();
        for at in 1..=height {
            let expected = first.1.block_hash(at).await?;
            for (name, node) in others {
                let found = node.block_hash(at).await?;
                if found != expected {
                    differs.push(format!(
                        "block {at} is {expected:?} to {}, {found:?} to {name}",
                        first.0
                    ));
                }
            }
        }
        let seen = match differs.first() {
            Some(difference) => difference.clone(),
            None => format!("{} nodes, heights 1 to {height}", self.len()),
        };
        section.check("all nodes have the same final chain", differs.is_empty(), seen);
        Ok(())
    }
}

/// Waits until block `height` is final on a node.
pub async fn node_finalizes(name: &str, node: &Node, height: u64, limit: Duration) -> Result<()> {
    until(&format!("block {height} is final on {name}"), limit, || async {
        Ok((node.finalized_height().await? >= height).then_some(()))
    })
    .await
}

/// The chain `local` as raw JSON: nodes start faster with it.
async fn local_specification(folder: &Path) -> Result<String> {
    let (raw, log) = (folder.join("local.json"), folder.join("export-chain-spec.log"));
    let args = ["export-chain-spec", "--chain", "local", "--raw"];
    let mut launch = Launch::new(&program::binary("blocs-node")?, args, log.clone());
    launch.stdout = Some(raw.clone());
    let status = run(launch, EXPORT).await?;
    ensure!(
        status.success(),
        "export-chain-spec ended with {status}: {}",
        tail(&log)
    );
    Ok(raw.display().to_string())
}
