//! What can go wrong, and what to do then.

use crate::{INK_VERSION, ShrinkError, TARGET};
use blocs_contract::CodeError;
use std::{io, path::PathBuf};

/// Why a contract could not be built, checked or tested.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A program is missing.
    #[error(
        "cannot run `{program}`: {source}; install Rust (https://rustup.rs), and see that `{program}` is in the PATH"
    )]
    NoProgram {
        /// Its name.
        program: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// The compiler cannot make code for the chain.
    #[error(
        "Rust {release} has no target {TARGET}, which contracts are compiled for: run `rustup target add {TARGET}` in the contract's folder"
    )]
    NoTarget {
        /// The compiler's version.
        release: String,
    },
    /// The optimiser is not there.
    #[error(
        "there is no program wasm-opt, which makes contracts small enough for the chain: install binaryen (`apt install binaryen`, `brew install \
         binaryen`)"
    )]
    NoOptimiser,
    /// The compiler is older than the target.
    #[error("cannot read what `{command}` says: {reason}; is it Rust 1.85 or newer?")]
    Toolchain {
        /// What was run.
        command: String,
        /// What is wrong with the answer.
        reason: String,
    },
    /// There is no project.
    #[error(
        "there is no Cargo.toml at {path}: name the contract's with --manifest-path, or make one with `blocs contract new NAME`"
    )]
    NoManifest {
        /// Where one was looked for.
        path: PathBuf,
    },
    /// Cargo cannot read the project.
    #[error("cargo cannot read {manifest}:\n{output}")]
    Project {
        /// Its Cargo.toml.
        manifest: PathBuf,
        /// What cargo said.
        output: String,
    },
    /// No package of that name.
    #[error("there is no package {name:?} in the workspace; its contracts are: {known}")]
    NoPackage {
        /// The name.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// A workspace without a package of its own holds none, or several.
    #[error(
        "{manifest} is a workspace, not a contract: name one with --package, or build all with --all; its contracts are: {known}"
    )]
    Workspace {
        /// Its Cargo.toml.
        manifest: PathBuf,
        /// Those that there are.
        known: String,
    },
    /// The crate does not use ink!.
    #[error(
        "{package} is not an ink! contract: its Cargo.toml has no dependency `ink`; `blocs contract new NAME` makes a contract with all \
         that it needs"
    )]
    NotInk {
        /// The package.
        package: String,
    },
    /// The crate uses another ink!.
    #[error(
        "{package} needs ink! {found}, and this chain runs contracts of ink! 5: set `ink = {{ version = \"={INK_VERSION}\", \
         default-features = false }}` in its Cargo.toml (ink! 4 contracts need few changes; ink! 6 is for another virtual machine)"
    )]
    OtherInk {
        /// The package.
        package: String,
        /// The version that it asks for.
        found: String,
    },
    /// There is nothing to compile.
    #[error("{package} has no library: a contract is one; add `[lib] path = \"lib.rs\"` to its Cargo.toml")]
    NoLibrary {
        /// The package.
        package: String,
    },
    /// The native build, which gives the metadata, is impossible.
    #[error(
        "{package} has no feature `std`, which its metadata is made with: add `[features]` with `default = [\"std\"]` and \
         `std = [\"ink/std\"]` to its Cargo.toml"
    )]
    NoStd {
        /// The package.
        package: String,
    },
    /// The compiler refused it.
    #[error("cannot compile {package} {what}: see the errors above{hint}")]
    Compile {
        /// The package.
        package: String,
        /// For what.
        what: &'static str,
        /// What the reason may be.
        hint: &'static str,
    },
    /// The code could not be made small.
    #[error("cannot shrink the code of {package}: {source}")]
    Shrink {
        /// The package.
        package: String,
        /// Why not.
        source: ShrinkError,
    },
    /// The chain would refuse the code.
    #[error("the chain would refuse {package}: {source}{places}")]
    Refused {
        /// The package.
        package: String,
        /// What for.
        source: CodeError,
        /// The functions that it is in, as a sentence's end.
        places: String,
    },
    /// The contract did not give its metadata.
    #[error(
        "cannot get the metadata of {package}: {reason}; is there one `#[ink::contract]` in it, outside of every `#[cfg]`?\n{output}"
    )]
    Metadata {
        /// The package.
        package: String,
        /// Which step failed.
        reason: String,
        /// What it said.
        output: String,
    },
    /// The bundle cannot be described.
    #[error("cannot describe {package}: {reason}; correct it in its Cargo.toml")]
    Description {
        /// The package.
        package: String,
        /// What is wrong.
        reason: String,
    },
    /// The contract's own tests failed.
    #[error("the tests of {package} failed: see above")]
    Tests {
        /// The package.
        package: String,
    },
    /// A file could not be read or written.
    #[error("cannot {what} {path}: {source}")]
    File {
        /// What was attempted.
        what: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// A file that could not be read or written.
pub(crate) fn file(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> BuildError {
    let path = path.into();
    move |source| BuildError::File { what, path, source }
}

/// Why no project could be made.
#[derive(Debug, thiserror::Error)]
pub enum NewError {
    /// The name is no name for a crate.
    #[error("{name:?} is no name for a contract: {reason}; take small letters, digits and _, for example `token_sale`")]
    Name {
        /// The name.
        name: String,
        /// Why not.
        reason: String,
    },
    /// There is something already.
    #[error("{path} exists already: take another name, or remove it first")]
    Exists {
        /// Where.
        path: PathBuf,
    },
    /// The crate that the template uses is not there.
    #[error("there is no contracts/blocs-ink in {path}: name the folder of a checkout of BLOCS with --blocs")]
    NoBlocs {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A file could not be written.
    #[error("cannot write {path}: {source}")]
    File {
        /// On which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}
