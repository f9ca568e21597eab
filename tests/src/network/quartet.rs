//! Four validators with short epochs and eras, for faults that the others must bear.

use super::{
    faketime::Clock,
    spec::{NetworkSpec, TestNetwork, ValidatorKeys},
};
use crate::{Node, NodeOptions, until};
use anyhow::{Context, Result};
use blocs_primitives::AccountId;
use futures::future::try_join_all;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// The validator with the fault: the last of the four.
pub const FAULTY: u32 = 3;
/// All four.
pub const NUMBERS: [u32; 4] = [0, 1, 2, FAULTY];
/// How long all four may take until they finalize the first blocks.
const START: Duration = Duration::from_secs(240);
/// Eras that last less than half a minute, and a slash that waits for one of them.
pub fn spec() -> NetworkSpec {
    NetworkSpec {
        id: "quartet".into(),
        slot_millis: 2_000,
        epoch_blocks: 6,
        sessions_per_era: 2,
        bonding_eras: 2,
        slash_defer_eras: 1,
        endowed: vec!["//Alice".into()],
        ..NetworkSpec::default()
    }
}

/// Four validators, each connected to the first.
pub struct Quartet {
    folder: PathBuf,
    network: TestNetwork,
    slot: Duration,
    nodes: Vec<Node>,
}

impl Quartet {
    /// Starts them, and waits until each has finalized something. The faulty one goes by `clock` when there is one.
    pub async fn start(folder: &Path, clock: Option<&Clock>) -> Result<Self> {
        let spec = spec();
        let mut quartet = Self {
            folder: folder.to_owned(),
            network: spec.build(folder).await?,
            slot: Duration::from_millis(spec.slot_millis),
            nodes: Vec::new(),
        };
        let env = |number: u32| clock.filter(|_| number == FAULTY).map(Clock::environment);
        let (first, others) = NUMBERS.split_at(1);
        for numbers in [first, others] {
            let start = |number: &u32| {
                let (number, env) = (*number, env(*number).unwrap_or_default());
                let quartet = &quartet;
                async move { quartet.add(&format!("validator-{number}"), number, &env).await }
            };
            let nodes = try_join_all(numbers.iter().map(start)).await?;
            quartet.nodes.extend(nodes);
        }
        for node in &quartet.nodes {
            until("all four validators finalize blocks", START, || async {
                Ok((node.finalized_height().await? >= 2).then_some(()))
            })
            .await?;
        }
        Ok(quartet)
    }

    /// One more node with the session keys of a validator.
    pub async fn add(&self, name: &str, number: u32, env: &[(String, String)]) -> Result<Node> {
        let base = Node::base_path(&self.folder, name);
        self.keys(number)?.insert(&base, &self.network.id)?;
        self.launch(name, env).await
    }

    /// One more node, ready to validate, without keys.
    pub async fn join(&self, name: &str) -> Result<Node> {
        self.launch(name, &[]).await
    }

    async fn launch(&self, name: &str, env: &[(String, String)]) -> Result<Node> {
        let mut flags = vec!["--validator".into()];
        for node in &self.nodes {
            flags.extend(["--bootnodes".into(), node.multiaddr().await?]);
        }
        let options = NodeOptions {
            name: name.into(),
            chain: self.network.raw.display().to_string(),
            flags,
        };
        Node::start_with(&self.folder, &options, env).await
    }

    /// Node of a validator.
    pub fn node(&self, number: u32) -> Result<&Node> {
        self.nodes
            .get(usize::try_from(number)?)
            .context("there are four validators")
    }

    /// The same, to kill it.
    pub fn node_mut(&mut self, number: u32) -> Result<&mut Node> {
        self.nodes
            .get_mut(usize::try_from(number)?)
            .context("there are four validators")
    }

    /// Names and processes of all.
    pub fn processes(&self) -> Vec<(String, u32)> {
        let named = self.nodes.iter().enumerate();
        named
            .filter_map(|(number, node)| Some((format!("validator-{number}"), node.id()?)))
            .collect()
    }

    /// Account with a validator's stake.
    pub fn stash(&self, number: u32) -> Result<AccountId> {
        Ok(AccountId::new(self.keys(number)?.stash.public))
    }

    /// Length of a slot.
    pub fn slot(&self) -> Duration {
        self.slot
    }

    fn keys(&self, number: u32) -> Result<&ValidatorKeys> {
        let keys = self.network.validators.get(usize::try_from(number)?);
        keys.context("there are four validators")
    }
}
