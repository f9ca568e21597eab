//! `blocs runtime diff`

use super::{from_file, hex_hash, proposed, runtime, unusable};
use crate::{
    commands::Context,
    exit::{Status, error},
};
use blocs_metadata::{Diff, Refusal, RuntimeCode, Severity, diff};
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Arguments of `runtime diff`.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The new runtime's WASM
    new: PathBuf,
    /// The old runtime's WASM [default: the runtime of the chain]
    old: Option<PathBuf>,
    /// Also check that this referendum proposes the new file
    #[arg(long, value_name = "N")]
    referendum: Option<u32>,
}

impl DiffArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let new = from_file(&self.new).await?;
        if let Some(index) = self.referendum {
            self.compare_with_referendum(context, index, &new).await?;
        }
        let old = runtime(context, self.old.as_ref()).await?;
        if old.hash() == new.hash() {
            let hash = hex_hash(new.hash());
            let value = json!({ "code_hash": hash, "same": true });
            let text = || format!("no difference: both are the same code, {hash}");
            return Ok(context.output.record(value, text)?);
        }
        Refusal::check(old.versions(), new.versions())
            .map_err(|refusal| error(Status::ExtrinsicFailed, refusal.to_string()))?;
        let (hash, size) = (hex_hash(new.hash()), new.sizes().0);
        let found = tokio::task::spawn_blocking(move || compare(&old, &new)).await??;
        let mut value = serde_json::to_value(&found)?;
        if let Value::Object(members) = &mut value {
            members.insert("code_hash".into(), json!(hash));
            members.insert("bytes".into(), json!(size));
            members.insert("same".into(), json!(false));
        }
        context
            .output
            .record(value, || format!("code hash                        {hash}\n{found}"))?;
        if found.verdict.iter().any(|finding| finding.severity == Severity::Wrong) {
            return Err(error(
                Status::Integrity,
                "something is wrong with the upgrade: see the verdict",
            ));
        }
        Ok(())
    }

    /// Says whether the referendum is about the file; an error when it is not.
    async fn compare_with_referendum(&self, context: &Context, index: u32, new: &RuntimeCode) -> anyhow::Result<()> {
        let chain = context.chain().await?;
        let proposed = proposed::code_hashes(&chain, index).await?;
        let hash = hex_hash(new.hash());
        if !proposed.contains(&hash) {
            let message = format!(
                "{} is not what referendum {index} proposes: the file's code hash is {hash}, the referendum's {}; \
                 build from the source that the proposal names, with the tool chain that it names (docs/guides/upgrades.md)",
                self.new.display(),
                proposed.join(" and ")
            );
            return Err(error(Status::Integrity, message));
        }
        context
            .output
            .note(format!("referendum {index} proposes this very code: {hash}"));
        Ok(())
    }
}

fn compare(old: &RuntimeCode, new: &RuntimeCode) -> anyhow::Result<Diff> {
    let version = RuntimeCode::common_metadata_version(&[old, new]).map_err(unusable)?;
    let metadata = |runtime: &RuntimeCode| runtime.metadata(version).map_err(unusable);
    let (before, after) = (metadata(old)?, metadata(new)?);
    Ok(diff((old.versions(), &before), (new.versions(), &after)))
}
