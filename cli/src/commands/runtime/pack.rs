//! `blocs runtime pack`

use super::{hex_hash, unusable};
use crate::{commands::Context, units::bytes};
use anyhow::Context as _;
use blocs_metadata::{code_hash, pack};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Arguments of `runtime pack`.
#[derive(Debug, Args)]
pub(crate) struct PackArgs {
    /// A runtime's WASM
    file: PathBuf,
    /// File to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl PackArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let name = self.file.display();
        let code = tokio::fs::read(&self.file).await;
        let code = code.with_context(|| format!("cannot read the runtime {name}"))?;
        let packed = tokio::task::spawn_blocking(move || pack(&code)).await?;
        let packed = packed
            .map_err(unusable)
            .with_context(|| format!("cannot pack the runtime {name}"))?;
        let written = tokio::fs::write(&self.out, &packed).await;
        written.with_context(|| format!("cannot write {}", self.out.display()))?;
        let hash = hex_hash(code_hash(&packed));
        let value = json!({ "code_hash": hash, "bytes": packed.len() });
        context.output.record(value, || {
            let size = bytes(u64::try_from(packed.len()).unwrap_or(u64::MAX));
            format!("{}: {size}, code hash {hash}", self.out.display())
        })?;
        Ok(())
    }
}
