//! Chain specifications of BLOCS: `dev`, `local`, and those that a file holds.
//!
//! A specification names a network and describes its genesis, from the presets that the runtime has ([`blocs_runtime::genesis`]). The
//! genesis itself is built by the runtime's WASM, so a specification that was exported, changed and loaded again works without another
//! build.
//!
//! A network of one's own begins as a TOML file of public keys and amounts ([`from_toml`]), from which `export-chain-spec --raw` makes
//! the JSON file that all its nodes load. The same file and the same program give the same bytes, on every machine.

mod amount;
mod key;
mod network;
#[cfg(test)]
mod tests;

pub use key::{well_known_key, well_known_keys};
pub use network::NetworkError;

use blocs_runtime::units::{SS58_PREFIX, TOKEN_DECIMALS, TOKEN_SYMBOL};
use network::Network;
use sc_chain_spec::{ChainSpecBuilder, ChainType, GenericChainSpec, NoExtension, Properties};
use std::path::{Path, PathBuf};

/// A chain specification of BLOCS: no extensions, and the host functions of every Substrate node.
pub type ChainSpec = GenericChainSpec;

/// Name of the network's protocols on the wire.
pub const PROTOCOL_ID: &str = "blocs";

/// The chain that a node joins when none is named. There is no public network yet.
pub const DEFAULT_CHAIN: &str = "local";

/// Why there is no chain specification.
#[derive(Debug, thiserror::Error)]
pub enum ChainSpecError {
    /// The binary carries no runtime.
    #[error(
        "cannot build the specification of chain `{0}`: this binary was compiled without the runtime's WASM; compile it again without \
         SKIP_WASM_BUILD"
    )]
    NoWasm(PathBuf),
    /// Neither the name of a chain nor an existing file.
    #[error(
        "cannot load chain `{0}`: there is no chain of that name and no such file; use `dev`, `local`, or the path of a chain specification \
         (`export-chain-spec` writes one)"
    )]
    Unknown(PathBuf),
    /// The public test network, which has not been started.
    #[error(
        "cannot load chain `testnet`: no public test network has been started yet, so there is nothing to join. To start one, describe it in a \
         TOML file of public keys and amounts (chain-spec/testnet.example.toml shows all keys, docs/guides/networks.md the steps), make \
         its specification with `blocs-node export-chain-spec --chain testnet.toml --raw --output testnet.json`, and run every node with \
         `--chain testnet.json`"
    )]
    NoTestnet,
    /// The file cannot be read.
    #[error("cannot read the chain specification {path}: {reason}; check the path and its permissions")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// The TOML file does not describe a network.
    #[error("cannot build a chain specification from {path}: {reason}")]
    Network {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: Box<NetworkError>,
    },
    /// The file is there but is no chain specification.
    #[error("cannot load the chain specification {path}: {reason}; write a new one with `export-chain-spec`")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// The chain that `id` names: `dev`, `local`, or else the path of a file, JSON or `.toml`. The empty name stands for [`DEFAULT_CHAIN`].
pub fn load(id: &str) -> Result<ChainSpec, ChainSpecError> {
    match id {
        "" => load(DEFAULT_CHAIN),
        "dev" => dev(),
        "local" => local(),
        "testnet" => Err(ChainSpecError::NoTestnet),
        path if Path::new(path).extension().is_some_and(|extension| extension == "toml") => from_toml(Path::new(path)),
        path => from_file(Path::new(path)),
    }
}

/// One validator (Alice), a block a second.
pub fn dev() -> Result<ChainSpec, ChainSpecError> {
    build("BLOCS Development", "dev", ChainType::Development, "development")
}

/// Four validators (Alice to Dave) on one machine or in one local network, a block every three seconds.
pub fn local() -> Result<ChainSpec, ChainSpecError> {
    build("BLOCS Local", "local", ChainType::Local, "local_testnet")
}

/// The chain specification in a JSON file, plain or raw.
pub fn from_file(path: &Path) -> Result<ChainSpec, ChainSpecError> {
    if !path.exists() {
        return Err(ChainSpecError::Unknown(path.to_owned()));
    }
    ChainSpec::from_json_file(path.to_owned()).map_err(|reason| ChainSpecError::Invalid {
        path: path.to_owned(),
        reason,
    })
}

/// The network that a TOML file describes, with the runtime of this program.
///
/// Another build of the runtime makes another genesis of the same file: a network's nodes share the JSON file that was exported once.
pub fn from_toml(path: &Path) -> Result<ChainSpec, ChainSpecError> {
    if !path.exists() {
        return Err(ChainSpecError::Unknown(path.to_owned()));
    }
    let text = std::fs::read_to_string(path).map_err(|reason| ChainSpecError::Unreadable {
        path: path.to_owned(),
        reason,
    })?;
    let network = Network::parse(&text).map_err(|reason| ChainSpecError::Network {
        path: path.to_owned(),
        reason: Box::new(reason),
    })?;
    Ok(network.into_spec(code(path)?))
}

fn build(name: &str, id: &str, chain_type: ChainType, preset: &str) -> Result<ChainSpec, ChainSpecError> {
    Ok(builder(code(Path::new(id))?, name, id, chain_type, preset).build())
}

/// The runtime, for the chain `id`.
fn code(id: &Path) -> Result<&'static [u8], ChainSpecError> {
    blocs_runtime::wasm_binary().ok_or_else(|| ChainSpecError::NoWasm(id.to_owned()))
}

/// What all chains of ours have in common. Telemetry is not among it: a node reports to nobody unless its operator says so.
fn builder(code: &[u8], name: &str, id: &str, chain_type: ChainType, preset: &str) -> ChainSpecBuilder<NoExtension> {
    ChainSpec::builder(code, None)
        .with_name(name)
        .with_id(id)
        .with_chain_type(chain_type)
        .with_protocol_id(PROTOCOL_ID)
        .with_properties(properties())
        .with_genesis_config_patch(self::preset(preset))
}

/// A preset of the runtime. The one that this program was compiled with has the same as its WASM, which would have to be compiled first.
fn preset(name: &str) -> serde_json::Value {
    let json = blocs_runtime::genesis::preset(&name.to_owned()).expect("the runtime has every preset named here; qed");
    serde_json::from_slice(&json).expect("a preset is JSON; qed")
}

/// What wallets and explorers need to show amounts and addresses.
fn properties() -> Properties {
    Properties::from_iter([
        ("tokenSymbol".into(), TOKEN_SYMBOL.into()),
        ("tokenDecimals".into(), TOKEN_DECIMALS.into()),
        ("ss58Format".into(), SS58_PREFIX.into()),
    ])
}
