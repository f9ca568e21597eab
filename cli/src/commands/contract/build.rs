//! `blocs contract build`

use crate::{
    commands::Context,
    exit::{Status, error},
    units::bytes,
};
use blocs_contract_build::{BuildError, BuildOptions, Built, build_all};
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Arguments of `contract build`.
#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    project: ProjectArgs,
}

impl BuildArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (options, output) = (self.project.options(context), context.output);
        let built = blocking(move || {
            let mut printed = Ok(());
            let built = build_all(&options, |built| {
                if printed.is_ok() {
                    printed = output.record(value(built), || text(built));
                }
            });
            built.map(|_| printed)
        });
        Ok(built.await??)
    }
}

/// Which contracts, for all commands about source.
#[derive(Debug, Args)]
pub(super) struct ProjectArgs {
    /// The contract's Cargo.toml, or its folder
    #[arg(long, value_name = "PATH", default_value = ".")]
    manifest_path: PathBuf,
    /// A contract of the workspace, by name; may be repeated
    #[arg(short, long = "package", value_name = "NAME", conflicts_with = "all")]
    packages: Vec<String>,
    /// Every contract of the workspace
    #[arg(long)]
    all: bool,
    /// Features of the contract to switch on
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    features: Vec<String>,
    /// Where cargo builds; the bundle comes into ink/NAME in it [default: as cargo]
    #[arg(long, value_name = "DIR")]
    target_dir: Option<PathBuf>,
    /// Take no dependencies from the network
    #[arg(long)]
    offline: bool,
    /// Fail when Cargo.lock would have to change
    #[arg(long)]
    locked: bool,
}

impl ProjectArgs {
    pub(super) fn options(self, context: &Context) -> BuildOptions {
        BuildOptions {
            manifest: self.manifest_path,
            target: self.target_dir,
            all: self.all,
            packages: self.packages,
            features: self.features,
            offline: self.offline,
            locked: self.locked,
            quiet: context.output.quiet,
        }
    }
}

/// Runs what waits for cargo, and gives its errors their codes.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BuildError> + Send + 'static,
) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work).await?.map_err(|failure| {
        let status = match &failure {
            BuildError::NoManifest { .. } | BuildError::NoPackage { .. } => Status::NotFound,
            BuildError::Workspace { .. } => Status::Usage,
            BuildError::Refused { .. } | BuildError::Shrink { .. } => Status::Integrity,
            _ => Status::Error,
        };
        error(status, failure.to_string())
    })
}

/// A number of bytes, for people.
pub(super) fn size(count: usize) -> String {
    bytes(u64::try_from(count).unwrap_or(u64::MAX))
}

/// A bundle as JSON.
pub(super) fn value(built: &Built) -> Value {
    json!({
        "name": built.name,
        "contract": built.contract,
        "metadata": built.metadata,
        "wasm": built.wasm,
        "code_hash": format!("0x{}", hex::encode(built.code_hash)),
        "linked_bytes": built.linked_bytes,
        "bytes": built.code.bytes,
        "fresh": built.fresh,
    })
}

/// A bundle in words.
pub(super) fn text(built: &Built) -> String {
    format!(
        "{}: {}, {} before optimising{}\n  code hash 0x{}\n  {}",
        built.name,
        size(built.code.bytes),
        size(built.linked_bytes),
        if built.fresh { " (unchanged)" } else { "" },
        hex::encode(built.code_hash),
        built.contract.display(),
    )
}
