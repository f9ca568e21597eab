//! What can be wrong with a bundle, its code, its metadata, and what is made of them.

use std::path::PathBuf;

/// Why a bundle cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The file cannot be read.
    #[error("cannot read the bundle {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It is no JSON, or lacks what every bundle has.
    #[error("this is no contract bundle: {reason}; give the .contract file that `blocs contract build` writes")]
    NotABundle {
        /// What is wrong with it.
        reason: String,
    },
    /// The metadata stands alone.
    #[error(
        "the bundle holds metadata without code: give the .contract file, or put the .wasm with the same name beside the .json"
    )]
    NoCode,
    /// The code is not the one that the metadata was made for.
    #[error(
        "the code is not the one of this metadata: its hash is 0x{actual}, the metadata names 0x{declared}; build the contract anew"
    )]
    OtherCode {
        /// What the metadata names, in hex.
        declared: String,
        /// BLAKE2-256 of the code, in hex.
        actual: String,
    },
    /// The metadata cannot be understood.
    #[error(transparent)]
    Abi(#[from] AbiError),
}

/// Why metadata cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AbiError {
    /// It was not made by ink! 5.
    #[error(
        "this metadata has the version {found}, and only version 5 (ink! 5) is known here; build the contract with ink! 5.1.1"
    )]
    Version {
        /// The version that it names.
        found: String,
    },
    /// It is not what ink! writes.
    #[error("the contract's metadata is broken: {reason}; build the contract anew")]
    Broken {
        /// What is wrong with it.
        reason: String,
    },
    /// There is no such constructor, message or event.
    #[error("the contract has no {what} {name:?}{hint}")]
    Unknown {
        /// What was looked for.
        what: &'static str,
        /// Its name.
        name: String,
        /// What was perhaps meant, as a sentence's end.
        hint: String,
    },
}

/// An argument that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot call {callable}: {argument}: {reason}")]
pub struct ArgumentError {
    /// The constructor or message.
    pub callable: String,
    /// The argument.
    pub argument: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Bytes that are not what the metadata says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot read {what}: {reason}; is this the metadata of that contract?")]
pub struct DecodeError {
    /// What was to be read.
    pub what: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Why the chain would refuse a code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// It does not begin like WebAssembly.
    #[error(
        "the code is not WebAssembly: it begins with {start}, not with 0x0061736d; give the .contract or .wasm file of a build"
    )]
    NotWasm {
        /// Its first bytes, in hex.
        start: String,
    },
    /// It is WebAssembly, but broken.
    #[error("the code is broken WebAssembly: {reason} (at byte {offset}); build the contract anew")]
    Broken {
        /// What is wrong.
        reason: String,
        /// Where.
        offset: usize,
    },
    /// It is larger than the chain takes.
    #[error(
        "the code is too large: {actual} bytes, the chain takes {limit}; build it with `blocs contract build` (it optimises for size), \
         or split the contract in two that call each other"
    )]
    TooLarge {
        /// Its length.
        actual: usize,
        /// The most that the chain takes.
        limit: usize,
    },
    /// It computes with floating-point numbers.
    #[error(
        "the code uses floating-point numbers ({place}), which the chain refuses because they need not give the same everywhere; compute with \
         integers, for example in millionths, and look for f32 and f64 in your dependencies"
    )]
    FloatingPoint {
        /// Where.
        place: String,
    },
    /// It uses an extension of WebAssembly that the chain does not run.
    #[error(
        "the code uses {feature}, which the chain does not run: it takes WebAssembly 1.0 with sign extension and mutable globals; build it \
         with `blocs contract build` (target wasm32v1-none)"
    )]
    Feature {
        /// The extension.
        feature: String,
    },
    /// It exports something other than `call` and `deploy`.
    #[error(
        "the code exports {name:?}: a contract exports only the functions call and deploy; `blocs contract build` strips the rest"
    )]
    Export {
        /// The export.
        name: String,
    },
    /// An entry point is missing.
    #[error(
        "the code has no function {name:?}: a contract exports call and deploy; is it a contract, and was it built as cdylib?"
    )]
    EntryMissing {
        /// The function.
        name: &'static str,
    },
    /// An entry point takes arguments or gives a value.
    #[error(
        "the function {name:?} of the code takes arguments or returns a value, and must do neither; build it with ink! 5.1.1"
    )]
    EntryType {
        /// The function.
        name: String,
    },
    /// It imports what the chain does not offer.
    #[error(
        "the code imports {module}.{name}, which contracts on this chain cannot use; build it for wasm32v1-none with ink! 5.1.1 and without \
         its feature for unstable functions"
    )]
    Import {
        /// The module.
        module: String,
        /// The name.
        name: String,
    },
    /// The memory is missing, its own, or too large.
    #[error("{reason}; build it with `blocs contract build`, and with less memory if you set any")]
    Memory {
        /// What is wrong with it.
        reason: String,
    },
}
