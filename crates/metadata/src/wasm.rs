//! A runtime's WASM: executed here, on an empty state, as far as it takes to ask it for versions and metadata.

use codec::Decode;
use sc_executor::{RuntimeVersion, WasmExecutor, WasmtimeInstantiationStrategy};
use serde::Serialize;
use sp_core::traits::{CallContext, CodeExecutor, RuntimeCode as Code, WrappedRuntimeCode};
use sp_io::SubstrateHostFunctions;
use sp_maybe_compressed_blob::{CODE_BLOB_BOMB_LIMIT, compress_strongly, decompress};
use sp_state_machine::BasicExternalities;
use std::borrow::Cow;
use subxt_metadata::Metadata;

/// The newest version of the metadata that this crate reads.
const NEWEST: u32 = 16;
/// The oldest.
const OLDEST: u32 = 14;

/// Why a file cannot be read as a runtime.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// It is not WASM, compressed or not.
    #[error(
        "this is no runtime: {0}; take the *.compact.compressed.wasm that the build leaves in target/release/wbuild"
    )]
    NotWasm(String),
    /// It is WASM, but calling it failed.
    #[error("the runtime failed in {method}: {reason}")]
    Failed {
        /// The function that was called.
        method: &'static str,
        /// What the executor said.
        reason: String,
    },
    /// It answered with something else than expected.
    #[error("cannot read what the runtime's {method} returned: {reason}")]
    Unreadable {
        /// The function that was called.
        method: &'static str,
        /// What does not fit.
        reason: String,
    },
    /// It has no metadata of a version that this program reads.
    #[error("the runtime has metadata of the versions {found:?}, this program reads {OLDEST} to {NEWEST}")]
    MetadataVersion {
        /// The versions that it has.
        found: Vec<u32>,
    },
}

/// The versions that a runtime states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Versions {
    /// Name of the chain's rules; an upgrade must keep it.
    pub spec_name: String,
    /// Name of the implementation.
    pub impl_name: String,
    /// Rises with each upgrade.
    pub spec_version: u32,
    /// Rises with a change of the implementation only.
    pub impl_version: u32,
    /// Version of the interface for authoring.
    pub authoring_version: u32,
    /// Rises when the encoding of a call or of the transaction extensions changes.
    pub transaction_version: u32,
    /// Format of the state, and how events are hashed.
    pub system_version: u8,
    /// The runtime APIs: hash of the name, version.
    #[serde(skip)]
    pub apis: Vec<([u8; 8], u32)>,
}

impl From<RuntimeVersion> for Versions {
    fn from(version: RuntimeVersion) -> Self {
        Self {
            spec_name: version.spec_name.into_owned(),
            impl_name: version.impl_name.into_owned(),
            spec_version: version.spec_version,
            impl_version: version.impl_version,
            authoring_version: version.authoring_version,
            transaction_version: version.transaction_version,
            system_version: version.system_version,
            apis: version.apis.to_vec(),
        }
    }
}

/// Hash of a runtime's code as `system.authorizeUpgrade` names it: blake2-256 of the bytes as they are submitted, compressed or not.
pub fn code_hash(code: &[u8]) -> [u8; 32] {
    sp_crypto_hashing::blake2_256(code)
}

/// Compresses a runtime's code as chains take it. What is compressed already is unpacked first: the same code gives the same bytes.
pub fn pack(code: &[u8]) -> Result<Vec<u8>, RuntimeError> {
    let plain = unpacked(code)?;
    compress_strongly(&plain, CODE_BLOB_BOMB_LIMIT)
        .ok_or_else(|| RuntimeError::NotWasm(format!("its {} bytes are more than a chain unpacks", plain.len())))
}

fn unpacked(code: &[u8]) -> Result<Cow<'_, [u8]>, RuntimeError> {
    let plain = decompress(code, CODE_BLOB_BOMB_LIMIT).map_err(|error| RuntimeError::NotWasm(error.to_string()))?;
    if !plain.starts_with(b"\0asm") {
        let count = plain.len();
        return Err(RuntimeError::NotWasm(format!(
            "its {count} bytes do not begin as WASM does"
        )));
    }
    Ok(plain)
}

/// A runtime's code, ready to be asked.
pub struct RuntimeCode {
    code: Vec<u8>,
    plain_size: usize,
    versions: Versions,
    executor: WasmExecutor<SubstrateHostFunctions>,
}

impl RuntimeCode {
    /// Takes the bytes of a WASM file, or of a chain's `:code`, compresses nothing and changes nothing. Compiles the code: a few seconds.
    pub fn new(code: Vec<u8>) -> Result<Self, RuntimeError> {
        let plain_size = unpacked(&code)?.len();
        let executor = WasmExecutor::<SubstrateHostFunctions>::builder()
            .with_execution_method(sc_executor::WasmExecutionMethod::Compiled {
                instantiation_strategy: WasmtimeInstantiationStrategy::RecreateInstanceCopyOnWrite,
            })
            .with_max_runtime_instances(1)
            .with_runtime_cache_size(1)
            // A runtime may be made for newer nodes than the executor in this program. Only a call of what is missing fails.
            .with_allow_missing_host_functions(true)
            .build();
        let mut runtime = Self {
            code,
            plain_size,
            versions: RuntimeVersion::default().into(),
            executor,
        };
        runtime.versions = runtime.ask::<RuntimeVersion>("Core_version", &[])?.into();
        Ok(runtime)
    }

    /// What `system.authorizeUpgrade` and `system.applyAuthorizedUpgrade` call the code's hash.
    pub fn hash(&self) -> [u8; 32] {
        code_hash(&self.code)
    }

    /// Bytes of the code as it is given, and unpacked; equal when it is not compressed.
    pub fn sizes(&self) -> (usize, usize) {
        (self.code.len(), self.plain_size)
    }

    /// The versions that it states.
    pub fn versions(&self) -> &Versions {
        &self.versions
    }

    /// The versions of the metadata that it can give, oldest first.
    pub fn metadata_versions(&self) -> Result<Vec<u32>, RuntimeError> {
        let mut versions: Vec<u32> = self.ask("Metadata_metadata_versions", &[])?;
        versions.retain(|version| *version < 1_000);
        versions.sort_unstable();
        Ok(versions)
    }

    /// The newest version of the metadata that all of `runtimes` have and this crate reads.
    pub fn common_metadata_version(runtimes: &[&Self]) -> Result<u32, RuntimeError> {
        let mut common: Vec<u32> = (OLDEST..=NEWEST).collect();
        let mut found = Vec::new();
        for runtime in runtimes {
            found = runtime.metadata_versions()?;
            common.retain(|version| found.contains(version));
        }
        common.pop().ok_or(RuntimeError::MetadataVersion { found })
    }

    /// The metadata. Constants have the values that they have on an empty state.
    pub fn metadata(&self, version: u32) -> Result<Metadata, RuntimeError> {
        const METHOD: &str = "Metadata_metadata_at_version";
        let bytes: Option<Vec<u8>> = self.ask(METHOD, &version.to_le_bytes())?;
        let bytes = bytes.ok_or(RuntimeError::MetadataVersion { found: Vec::new() })?;
        Metadata::decode_from(&bytes).map_err(|error| RuntimeError::Unreadable {
            method: METHOD,
            reason: error.to_string(),
        })
    }

    fn ask<T: Decode>(&self, method: &'static str, arguments: &[u8]) -> Result<T, RuntimeError> {
        let fetcher = WrappedRuntimeCode(Cow::Borrowed(&self.code));
        let code = Code {
            code_fetcher: &fetcher,
            heap_pages: None,
            hash: self.hash().to_vec(),
        };
        let mut state = BasicExternalities::new_empty();
        let (answer, _) = self
            .executor
            .call(&mut state, &code, method, arguments, CallContext::Offchain);
        let answer = answer.map_err(|error| RuntimeError::Failed {
            method,
            reason: error.to_string(),
        })?;
        T::decode(&mut answer.as_slice()).map_err(|error| RuntimeError::Unreadable {
            method,
            reason: error.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_code_is_the_same_however_it_came() {
        let code = [b"\0asm".as_slice(), &[7; 10_000]].concat();
        let packed = pack(&code).expect("it begins as WASM does");
        assert!(packed.len() < code.len());
        assert_eq!(pack(&packed).expect("it was packed"), packed);
        assert!(pack(b"hello").is_err());
    }

    #[test]
    fn what_is_no_runtime_is_refused_with_the_file_to_take() {
        for wrong in [
            &b""[..],
            b"hello",
            &[0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x05, 1, 2, 3],
        ] {
            let Err(error) = RuntimeCode::new(wrong.to_vec()) else {
                panic!("{wrong:?} was taken for a runtime");
            };
            assert!(error.to_string().contains("compact.compressed.wasm"), "{error}");
        }
    }
}
