//! `blocs runtime …`

mod diff;
mod info;
mod pack;
mod proposed;
mod reference;

use super::Context;
use crate::exit::{Status, error};
use anyhow::Context as _;
use blocs_chain::At;
use blocs_metadata::{RuntimeCode, RuntimeError};
use clap::Subcommand;
use std::path::{Path, PathBuf};

/// What to do with runtimes.
#[derive(Debug, Subcommand)]
pub(crate) enum RuntimeCommand {
    /// Show versions, size and code hash of a WASM file, or of the running chain
    Info(info::InfoArgs),
    /// Show what an upgrade changes, and whether anything is wrong with it
    Diff(diff::DiffArgs),
    /// Compress a runtime's WASM as chains take it; always to the same bytes
    Pack(pack::PackArgs),
    /// Write reference pages of everything that a runtime offers, in Markdown
    Reference(reference::ReferenceArgs),
}

impl RuntimeCommand {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Info(args) => args.run(context).await,
            Self::Diff(args) => args.run(context).await,
            Self::Pack(args) => args.run(context).await,
            Self::Reference(args) => args.run(context).await,
        }
    }
}

/// The runtime in a file, or of the running chain when there is none.
async fn runtime(context: &Context, file: Option<&PathBuf>) -> anyhow::Result<RuntimeCode> {
    match file {
        Some(file) => from_file(file).await,
        None => {
            let chain = context.chain().await?;
            let code = chain.runtime_code(At::Finalized).await?;
            compiled(code).await.context("cannot read the chain's runtime")
        }
    }
}

async fn from_file(file: &Path) -> anyhow::Result<RuntimeCode> {
    let context = || format!("cannot read the runtime {}", file.display());
    let code = tokio::fs::read(file).await.with_context(context)?;
    compiled(code).await.with_context(context)
}

/// Compiling takes seconds, and blocks.
async fn compiled(code: Vec<u8>) -> anyhow::Result<RuntimeCode> {
    let compiled = tokio::task::spawn_blocking(move || RuntimeCode::new(code)).await?;
    compiled.map_err(unusable)
}

/// A file that is no runtime is not what it must be.
fn unusable(failure: RuntimeError) -> anyhow::Error {
    error(Status::Integrity, failure.to_string())
}

/// A hash as it is written everywhere.
fn hex_hash(hash: [u8; 32]) -> String {
    format!("0x{}", hex::encode(hash))
}
