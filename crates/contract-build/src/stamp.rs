//! What a bundle was made from, so that it is not made again.

use serde::{Deserialize, Serialize};
use sp_crypto_hashing::blake2_256;
use std::path::Path;

/// Its own changes, too, must make bundles anew.
const FORMAT: u32 = 1;

/// Written beside a bundle.
#[derive(Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Stamp {
    format: u32,
    /// The contract's Cargo.toml: other contracts may have the same name.
    pub(crate) manifest: String,
    /// The description in it, the tool chain, and the version of ink!.
    origin: String,
    /// The linker's module.
    module: String,
    /// The native library.
    native: String,
    /// The files that were written.
    written: Vec<String>,
}

/// What a bundle is made from.
pub(crate) struct Inputs<'a> {
    pub(crate) manifest: &'a Path,
    pub(crate) origin: String,
    pub(crate) module: &'a [u8],
    pub(crate) native: &'a [u8],
}

impl Stamp {
    /// For these inputs and what was made from them.
    pub(crate) fn new(inputs: &Inputs<'_>, written: &[&[u8]]) -> Self {
        Self {
            format: FORMAT,
            manifest: inputs.manifest.display().to_string(),
            origin: inputs.origin.clone(),
            module: hash(inputs.module),
            native: hash(inputs.native),
            written: written.iter().map(|file| hash(file)).collect(),
        }
    }

    /// The stamp in a file; none when there is none, or one of another form.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(path).ok()?).ok()
    }
}

fn hash(bytes: &[u8]) -> String {
    hex::encode(blake2_256(bytes))
}
