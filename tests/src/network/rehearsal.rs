//! The next version of the runtime, built from this checkout: what an upgrade is rehearsed with.
//!
//! It is the present runtime with the feature `rehearsal`: a higher `spec_version`, another layout of the market's state, and the migration
//! to it. It also has `try-runtime`, so that the same WASM can check a state, and the hash of its own metadata, as a release has it.

use crate::{
    Node,
    process::{Launch, run, tail},
    program::checkout,
};
use anyhow::{Context, Result, anyhow, bail, ensure};
use codec::{Decode, Encode};
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use merkleized_metadata::{ExtraInfo, generate_metadata_digest};
use sc_executor::WasmExecutor;
use serde_json::json;
use sp_core::{
    storage::Storage,
    traits::{CallContext, CodeExecutor, RuntimeCode, WrappedRuntimeCode},
};
use sp_io::SubstrateHostFunctions;
use sp_maybe_compressed_blob::{CODE_BLOB_BOMB_LIMIT, compress_weakly};
use sp_state_machine::BasicExternalities;
use sp_version::RuntimeVersion;
use std::{
    borrow::Cow,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
    time::Duration,
};
use tokio::task::spawn_blocking;

/// Features of the build.
const FEATURES: &str = "rehearsal,try-runtime";
/// What the build has in place of the hash of its own metadata, which is known only afterwards: 32 bytes that nothing else is.
const PLACEHOLDER: [u8; 32] = *b"the hash of the metadata is here";
/// How long the build may take: the first one compiles all that the runtime depends on.
const BUILD: Duration = Duration::from_secs(1_500);
/// The metadata from which its hash is made.
const METADATA_VERSION: u32 = 15;
/// `UpgradeCheckSelect::All`: the migrations' own checks, and those of all pallets.
const ALL_CHECKS: u8 = 1;

/// Keeps what it has compiled.
static EXECUTOR: LazyLock<WasmExecutor<SubstrateHostFunctions>> = LazyLock::new(|| WasmExecutor::builder().build());

/// The runtime to upgrade to.
#[derive(Debug)]
pub struct Rehearsal {
    /// The code as it is submitted, compressed.
    pub code: Vec<u8>,
    /// Hash of its metadata, which is in it.
    pub metadata_hash: [u8; 32],
    /// Version that it states.
    pub version: RuntimeVersion,
}

impl Rehearsal {
    /// Builds it, or takes what is built already. Logs lie in `folder`.
    pub async fn build(folder: &Path) -> Result<Self> {
        let plain = read(&build(folder).await?)?;
        spawn_blocking(move || {
            let metadata_hash = metadata_hash(&plain)?;
            let plain = with_metadata_hash(plain, metadata_hash)?;
            let code =
                compress_weakly(&plain, CODE_BLOB_BOMB_LIMIT).context("the runtime is too large to be compressed")?;
            let version = ask(&code, &mut BasicExternalities::new_empty(), "Core_version", &[])?;
            Ok(Self {
                code,
                metadata_hash,
                version,
            })
        })
        .await?
    }

    /// The hash under which it is authorized.
    pub fn hash(&self) -> [u8; 32] {
        sp_crypto_hashing::blake2_256(&self.code)
    }

    /// Migrates a state to this version in memory, if it is of the one before, and lets the migrations and every pallet check it.
    ///
    /// This is what `try-runtime on-runtime-upgrade` does: a state that is broken before, or broken by the migration, fails here.
    pub async fn check(&self, state: Storage) -> Result<()> {
        let code = self.code.clone();
        let checked = spawn_blocking(move || {
            let mut state = BasicExternalities::new(state);
            ask::<(Weight, Weight)>(&code, &mut state, "TryRuntime_on_runtime_upgrade", &[ALL_CHECKS])
        });
        let (used, limit) = checked.await?.context("the checks of the upgrade fail")?;
        ensure!(
            used.0.0 < limit.0.0,
            "the migrations take {used:?}, but a block has only {limit:?}"
        );
        Ok(())
    }
}

/// Time and proof size.
type Weight = (codec::Compact<u64>, codec::Compact<u64>);

/// The whole state of a block.
pub async fn state_at(node: &Node, block: &str) -> Result<Storage> {
    let pairs = node.rpc("state_getPairs", json!(["0x", block])).await?;
    let mut state = Storage::default();
    for pair in pairs.as_array().context("no list of pairs")? {
        let [key, value] = [0, 1].map(|at| pair.get(at).and_then(|text| text.as_str()).and_then(bytes));
        let (key, value) = key.zip(value).context("a pair is not of two texts")?;
        state.top.insert(key, value);
    }
    ensure!(!state.top.is_empty(), "block {block} has no state");
    Ok(state)
}

/// Bytes of a hexadecimal text that begins with `0x`.
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    hex::decode(text.strip_prefix("0x")?).ok()
}

async fn build(folder: &Path) -> Result<PathBuf> {
    let (out, log) = (folder.join("runtime-wasm.out"), folder.join("runtime-wasm.log"));
    let mut launch = Launch::new(&checkout().join("scripts/runtime-wasm"), [FEATURES], log.clone());
    launch.stdout = Some(out.clone());
    let launch = launch.env("RUNTIME_METADATA_HASH", hex::encode(PLACEHOLDER));
    let status = run(launch, BUILD).await?;
    ensure!(
        status.success(),
        "scripts/runtime-wasm {FEATURES} ended with {status}; its log ends:\n{}",
        tail(&log)
    );
    let printed = fs::read_to_string(&out).context("cannot read what scripts/runtime-wasm printed")?;
    Ok(PathBuf::from(printed.trim()))
}

/// Puts the hash of the metadata where the build has left room for it: a release is built a second time instead, with the hash.
fn with_metadata_hash(mut code: Vec<u8>, hash: [u8; 32]) -> Result<Vec<u8>> {
    let found: Vec<_> = code
        .windows(PLACEHOLDER.len())
        .enumerate()
        .filter_map(|(at, window)| (window == PLACEHOLDER).then_some(at))
        .collect();
    let [at] = found[..] else {
        bail!(
            "the runtime has the place for the hash of its metadata {} times",
            found.len()
        );
    };
    let place = code.iter_mut().skip(at).take(hash.len());
    place.zip(hash).for_each(|(byte, new)| *byte = new);
    Ok(code)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The hash that offline signers compare, as substrate-wasm-builder computes it for releases (RFC 78).
fn metadata_hash(code: &[u8]) -> Result<[u8; 32]> {
    let mut state = BasicExternalities::new_empty();
    let version: RuntimeVersion = ask(code, &mut state, "Core_version", &[])?;
    let arguments = METADATA_VERSION.encode();
    let opaque: Option<Vec<u8>> = ask(code, &mut state, "Metadata_metadata_at_version", &arguments)?;
    let opaque = opaque.with_context(|| format!("the runtime has no metadata of version {METADATA_VERSION}"))?;
    let metadata = RuntimeMetadataPrefixed::decode(&mut opaque.as_slice())?.1;
    let RuntimeMetadata::V15(content) = &metadata else {
        bail!("the metadata is not of version {METADATA_VERSION}");
    };
    let system = content.pallets.iter().find(|pallet| pallet.name == "System");
    let prefix = system.and_then(|pallet| pallet.constants.iter().find(|constant| constant.name == "SS58Prefix"));
    let prefix = prefix.context("the metadata has no SS58Prefix")?;
    let extra = ExtraInfo {
        spec_version: version.spec_version,
        spec_name: version.spec_name.into_owned(),
        base58_prefix: u16::decode(&mut prefix.value.as_slice())?,
        decimals: 12,
        token_symbol: "BLOC".into(),
    };
    let digest = generate_metadata_digest(&metadata, extra);
    Ok(digest
        .map_err(|error| anyhow!("no digest of the metadata: {error}"))?
        .hash())
}

fn ask<T: Decode>(code: &[u8], state: &mut BasicExternalities, method: &str, arguments: &[u8]) -> Result<T> {
    let fetcher = WrappedRuntimeCode(Cow::Borrowed(code));
    let runtime = RuntimeCode {
        code_fetcher: &fetcher,
        heap_pages: None,
        hash: sp_crypto_hashing::blake2_256(code).to_vec(),
    };
    let (answer, _) = EXECUTOR.call(state, &runtime, method, arguments, CallContext::Offchain);
    let answer = answer.map_err(|error| anyhow!("the runtime failed in {method}: {error}"))?;
    T::decode(&mut answer.as_slice()).with_context(|| format!("cannot read what {method} returned"))
}
