//! Builds contracts: from an ink! 5 crate to a `.contract` bundle, with stable Rust and nothing but `cargo`.
//!
//! [`build`] compiles the crate for WebAssembly, keeps only what the chain calls ([`shrink()`]), checks what the chain would refuse, asks
//! the contract natively for its metadata, and writes three files into `<target folder>/ink/<name>/`:
//!
//! | file | what |
//! |---|---|
//! | `<name>.contract` | metadata and code in one: what is deployed |
//! | `<name>.json` | metadata alone |
//! | `<name>.wasm` | code alone |
//!
//! The same source, lock file and tool chain give the same bytes, in whatever folder: docs/adr/0017-contract-build.md.

mod builder;
mod bundle;
mod cargo;
mod error;
mod floats;
mod generate;
mod messages;
mod new;
mod project;
mod run_tests;
mod shrink;
mod staging;
mod stamp;
mod toolchain;

pub use builder::{BuildOptions, Built, Checked, build, build_all, check};
pub use error::{BuildError, NewError};
pub use new::{NewOptions, Template, new_project};
pub use run_tests::{BUNDLE_VARIABLE, TestOptions, test};
pub use shrink::{ShrinkError, shrink};
pub use toolchain::TARGET;

/// The version of ink! that new projects get, and that everything here is tested with.
pub const INK_VERSION: &str = "5.1.1";
