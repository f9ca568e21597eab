//! Bundles: `.contract` files, or their parts.

use crate::{Abi, BundleError};
use serde::Deserialize;
use sp_crypto_hashing::blake2_256;
use std::path::{Path, PathBuf};

/// A contract as it was built: metadata and code.
#[derive(Clone, Debug)]
pub struct Bundle {
    name: String,
    version: String,
    wasm: Option<Vec<u8>>,
    code_hash: [u8; 32],
    abi: Abi,
}

/// The part of a bundle that is not the ABI. What is not known is left alone.
#[derive(Deserialize)]
struct Outer {
    source: Source,
    contract: Contract,
}

#[derive(Deserialize)]
struct Source {
    hash: String,
    #[serde(default)]
    wasm: Option<String>,
}

#[derive(Deserialize)]
struct Contract {
    name: String,
    #[serde(default)]
    version: String,
}

fn not_a_bundle(reason: impl Into<String>) -> BundleError {
    BundleError::NotABundle { reason: reason.into() }
}

fn bytes(what: &str, text: &str) -> Result<Vec<u8>, BundleError> {
    hex::decode(text.strip_prefix("0x").unwrap_or(text)).map_err(|e| not_a_bundle(format!("{what} is not hex: {e}")))
}

impl Bundle {
    /// Reads a `.contract` file; or a `.json` and a `.wasm` of the same name beside each other, by either; or the one `.contract` file in a
    /// folder.
    pub fn read(path: &Path) -> Result<Self, BundleError> {
        let path = in_folder(path)?;
        let metadata = match path.extension().and_then(|ending| ending.to_str()) {
            Some("wasm") => path.with_extension("json"),
            _ => path.clone(),
        };
        let mut bundle = Self::from_json(&file(&metadata)?)?;
        if bundle.wasm.is_none() {
            let beside = path.with_extension("wasm");
            if beside.is_file() {
                bundle.set_wasm(file(&beside)?)?;
            }
        }
        Ok(bundle)
    }

    /// Reads the JSON of a bundle, or of metadata alone: then without code.
    pub fn from_json(json: &[u8]) -> Result<Self, BundleError> {
        let json: serde_json::Value =
            serde_json::from_slice(json).map_err(|e| not_a_bundle(format!("it is not JSON ({e})")))?;
        let outer = Outer::deserialize(&json).map_err(|e| not_a_bundle(e.to_string()))?;
        let code_hash: [u8; 32] = bytes("source.hash", &outer.source.hash)?
            .try_into()
            .map_err(|_| not_a_bundle("source.hash is not 32 bytes"))?;
        let mut bundle = Self {
            name: outer.contract.name,
            version: outer.contract.version,
            wasm: None,
            code_hash,
            abi: Abi::from_json(json)?,
        };
        if let Some(wasm) = outer.source.wasm {
            bundle.set_wasm(bytes("source.wasm", &wasm)?)?;
        }
        Ok(bundle)
    }

    fn set_wasm(&mut self, wasm: Vec<u8>) -> Result<(), BundleError> {
        let actual = blake2_256(&wasm);
        if actual != self.code_hash {
            return Err(BundleError::OtherCode {
                declared: hex::encode(self.code_hash),
                actual: hex::encode(actual),
            });
        }
        self.wasm = Some(wasm);
        Ok(())
    }

    /// The contract's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The contract's version; empty when it names none.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The code; an error when only metadata was given.
    pub fn wasm(&self) -> Result<&[u8], BundleError> {
        self.wasm.as_deref().ok_or(BundleError::NoCode)
    }

    /// BLAKE2-256 of the code.
    pub fn code_hash(&self) -> [u8; 32] {
        self.code_hash
    }

    /// What the contract can be asked.
    pub fn abi(&self) -> &Abi {
        &self.abi
    }

    /// The bundle with arguments and values written as on this chain.
    pub fn with_properties(mut self, properties: blocs_chain::ChainProperties) -> Self {
        self.abi = self.abi.with_properties(properties);
        self
    }
}

fn file(path: &Path) -> Result<Vec<u8>, BundleError> {
    std::fs::read(path).map_err(|source| BundleError::Read {
        path: path.to_owned(),
        source,
    })
}

/// The bundle in a folder; any other path as it is.
fn in_folder(path: &Path) -> Result<PathBuf, BundleError> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    let failed = |source| BundleError::Read {
        path: path.to_owned(),
        source,
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?.path();
        if entry.extension().is_some_and(|ending| ending == "contract") {
            found.push(entry);
        }
    }
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(not_a_bundle(format!(
            "the folder {} has no .contract file",
            path.display()
        ))),
        many => Err(not_a_bundle(format!(
            "the folder {} has {} .contract files: name one",
            path.display(),
            many.len()
        ))),
    }
}
