//! Chain specifications of BLOCS: `dev`, `local`, and those that a file holds.
//!
//! A specification names a network and describes its genesis. The genesis itself comes from the presets inside the runtime's WASM
//! ([`blocs_runtime::genesis`]), so a specification that was exported, changed and loaded again works without another build.

use blocs_runtime::units::{SS58_PREFIX, TOKEN_DECIMALS, TOKEN_SYMBOL};
use sc_chain_spec::{ChainType, GenericChainSpec, Properties};
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
    NoWasm(&'static str),
    /// Neither the name of a chain nor an existing file.
    #[error(
        "cannot load chain `{0}`: there is no chain of that name and no such file; use `dev`, `local`, or the path of a chain specification \
         (`export-chain-spec` writes one)"
    )]
    Unknown(PathBuf),
    /// The file is there but is no chain specification.
    #[error("cannot load the chain specification {path}: {reason}; write a new one with `export-chain-spec`")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// The chain that `id` names: `dev`, `local`, or else the path of a file. The empty name stands for [`DEFAULT_CHAIN`].
pub fn load(id: &str) -> Result<ChainSpec, ChainSpecError> {
    match id {
        "" => load(DEFAULT_CHAIN),
        "dev" => dev(),
        "local" => local(),
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

fn build(name: &str, id: &'static str, chain_type: ChainType, preset: &str) -> Result<ChainSpec, ChainSpecError> {
    let wasm = blocs_runtime::wasm_binary().ok_or(ChainSpecError::NoWasm(id))?;
    Ok(ChainSpec::builder(wasm, None)
        .with_name(name)
        .with_id(id)
        .with_chain_type(chain_type)
        .with_protocol_id(PROTOCOL_ID)
        .with_properties(properties())
        .with_genesis_config_preset_name(preset)
        .build())
}

/// What wallets and explorers need to show amounts and addresses.
fn properties() -> Properties {
    Properties::from_iter([
        ("tokenSymbol".into(), TOKEN_SYMBOL.into()),
        ("tokenDecimals".into(), TOKEN_DECIMALS.into()),
        ("ss58Format".into(), SS58_PREFIX.into()),
    ])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use sp_runtime::BuildStorage as _;

    /// The specifications need the runtime's WASM, which quick checks leave out.
    fn with_wasm() -> bool {
        let present = blocs_runtime::wasm_binary().is_some();
        if !present {
            eprintln!("skipped: compiled with SKIP_WASM_BUILD");
        }
        present
    }

    #[test]
    fn every_chain_has_a_genesis_with_code_and_names_the_token() {
        if !with_wasm() {
            return;
        }
        for id in ["dev", "local", ""] {
            let spec = load(id).unwrap();

            let storage = spec.build_storage().unwrap();

            assert!(
                storage.top.contains_key(sp_core::storage::well_known_keys::CODE),
                "chain `{id}` has no code"
            );
            assert_eq!(spec.properties()["tokenSymbol"], "BLOC");
            assert_eq!(spec.properties()["tokenDecimals"], 12);
            assert_eq!(spec.properties()["ss58Format"], 42);
            assert_eq!(spec.protocol_id(), Some(PROTOCOL_ID));
            assert!(spec.telemetry_endpoints().is_none());
        }
    }

    #[test]
    fn an_exported_specification_builds_the_same_genesis() {
        if !with_wasm() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        for raw in [false, true] {
            let spec = dev().unwrap();
            let file = folder.path().join(format!("dev-{raw}.json"));
            std::fs::write(&file, spec.as_json(raw).unwrap()).unwrap();

            let loaded = load(file.to_str().unwrap()).unwrap();

            assert_eq!(loaded.build_storage().unwrap().top, spec.build_storage().unwrap().top);
            assert_eq!(loaded.name(), "BLOCS Development");
        }
    }

    #[test]
    fn unknown_names_and_broken_files_say_what_to_do() {
        let error = load("no-such-chain").err().unwrap().to_string();
        assert!(
            error.contains("no-such-chain") && error.contains("`dev`, `local`"),
            "{error}"
        );

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("broken.json");
        std::fs::write(&file, "{").unwrap();
        let error = load(file.to_str().unwrap()).err().unwrap().to_string();
        assert!(
            error.contains("broken.json") && error.contains("export-chain-spec"),
            "{error}"
        );
    }
}
