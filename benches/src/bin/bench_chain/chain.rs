//! The chains under load: specification, nodes, limits.

use crate::{socket::Rpc, transfers::Accounts};
use anyhow::{Context, Result, ensure};
use blocs_runtime::Hash;
use blocs_tests::{Node, NodeOptions, binary};
use codec::Decode;
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use frame_support::dispatch::DispatchClass;
use frame_system::limits::{BlockLength, BlockWeights};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What each account holds at genesis: 1,000 BLOC of 10^12, enough for every fee of a run.
const ENDOWMENT: u64 = 1_000_000_000_000_000;

/// Which chain to run.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    /// Preset that it is made from.
    pub(crate) preset: &'static str,
    /// Well-known accounts whose nodes author.
    pub(crate) validators: &'static [&'static str],
    /// Another slot time than the preset's.
    pub(crate) slot_millis: Option<u64>,
    /// Another runtime than the one that the node carries.
    pub(crate) runtime: Option<PathBuf>,
    /// Flags for every node.
    pub(crate) flags: Vec<String>,
}

/// Limits of the chain's own runtime for ordinary transactions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Computing time of a block, in picoseconds.
    pub(crate) weight: u64,
    /// Length of a block's extrinsics, in bytes.
    pub(crate) length: u64,
    /// Slot time.
    pub(crate) slot_millis: u64,
}

/// A running network. Its nodes end with it.
pub(crate) struct Running {
    pub(crate) nodes: Vec<Node>,
    pub(crate) genesis: Hash,
    pub(crate) limits: Limits,
}

impl Network {
    /// Writes the specification into `folder`, starts the nodes, and waits until the first of them sees all others.
    pub(crate) async fn start(&self, folder: &Path, accounts: &Accounts) -> Result<Running> {
        let spec = folder.join("chain.json");
        fs::write(&spec, self.specification(accounts)?)
            .with_context(|| format!("cannot write the chain specification {}", spec.display()))?;
        let mut nodes = Vec::<Node>::new();
        for name in self.validators {
            let mut flags = vec![format!("--{name}"), "--validator".into(), "--force-authoring".into()];
            // The node's limit on calls protects it from one connection; here a few of them bring all the load.
            flags.extend(["--rpc-rate-limit".into(), u32::MAX.to_string()]);
            if let Some(first) = nodes.first() {
                flags.extend(["--bootnodes".into(), first.multiaddr().await?]);
            }
            flags.extend(self.flags.iter().cloned());
            let options = NodeOptions {
                name: (*name).into(),
                chain: spec.display().to_string(),
                flags,
            };
            nodes.push(Node::start(folder, &options).await?);
        }
        let port = nodes
            .first()
            .context("a network has at least one validator")?
            .rpc_port();
        let mut rpc = Rpc::connect(port).await?;
        let genesis: Hash = rpc.get("chain_getBlockHash", "[0]").await?;
        let limits = limits(&mut rpc).await?;
        let others = self.validators.len() - 1;
        let first = nodes.first().context("a network has at least one validator")?;
        blocs_tests::until(
            "all validators know each other",
            std::time::Duration::from_secs(60),
            || async {
                let health = first.rpc("system_health", json!([])).await?;
                let peers = health.get("peers").and_then(Value::as_u64).unwrap_or_default();
                Ok((usize::try_from(peers)? >= others).then_some(()))
            },
        )
        .await?;
        Ok(Running { nodes, genesis, limits })
    }

    /// The preset's specification with all accounts endowed, so that no transaction is needed for that.
    fn specification(&self, accounts: &Accounts) -> Result<String> {
        let output = Command::new(binary("blocs-node")?)
            .args(["export-chain-spec", "--chain", self.preset])
            .output()
            .context("cannot run blocs-node export-chain-spec")?;
        ensure!(
            output.status.success(),
            "blocs-node export-chain-spec failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let mut spec: Value = serde_json::from_slice(&output.stdout).context("the chain specification is not JSON")?;
        let genesis = spec
            .pointer_mut("/genesis/runtimeGenesis")
            .context("the chain specification has no /genesis/runtimeGenesis")?;
        if let Some(path) = &self.runtime {
            let code = fs::read(path).with_context(|| format!("cannot read the runtime {}", path.display()))?;
            set(genesis, "/code", json!(format!("0x{}", hex::encode(code))))?;
        }
        if let Some(millis) = self.slot_millis {
            set(genesis, "/patch/timing/slotMillis", json!(millis))?;
        }
        let balances = genesis
            .pointer_mut("/patch/balances/balances")
            .and_then(Value::as_array_mut)
            .context("the preset has no balances")?;
        balances.extend(accounts.addresses().map(|address| json!([address, ENDOWMENT])));
        Ok(spec.to_string())
    }
}

fn set(spec: &mut Value, pointer: &str, value: Value) -> Result<()> {
    *spec
        .pointer_mut(pointer)
        .with_context(|| format!("the chain specification has no {pointer}"))? = value;
    Ok(())
}

/// Reads the limits out of the runtime's metadata: it may not be the runtime that this program was built with.
async fn limits(rpc: &mut Rpc) -> Result<Limits> {
    let text: String = rpc.get("state_getMetadata", "[]").await?;
    let bytes = hex::decode(text.trim_start_matches("0x"))?;
    let prefixed = RuntimeMetadataPrefixed::decode(&mut &bytes[..]).context("cannot decode the metadata")?;
    let RuntimeMetadata::V14(metadata) = prefixed.1 else {
        anyhow::bail!("the node's metadata is not of version 14");
    };
    let constant = |pallet: &str, name: &str| {
        let pallet = metadata.pallets.iter().find(|candidate| candidate.name == pallet)?;
        let constant = pallet.constants.iter().find(|candidate| candidate.name == name)?;
        Some(constant.value.clone())
    };
    let weights = constant("System", "BlockWeights").context("the metadata has no block weights")?;
    let lengths = constant("System", "BlockLength").context("the metadata has no block length")?;
    let slot = constant("Babe", "ExpectedBlockTime").context("the metadata has no slot time")?;
    let weights = BlockWeights::decode(&mut &weights[..]).context("cannot decode the block weights")?;
    let lengths = BlockLength::decode(&mut &lengths[..]).context("cannot decode the block length")?;
    Ok(Limits {
        weight: weights
            .get(DispatchClass::Normal)
            .max_total
            .unwrap_or(weights.max_block)
            .ref_time(),
        length: u64::from(*lengths.max.get(DispatchClass::Normal)),
        slot_millis: u64::decode(&mut &slot[..]).context("cannot decode the slot time")?,
    })
}
