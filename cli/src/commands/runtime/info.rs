//! `blocs runtime info`

use super::{hex_hash, runtime, unusable};
use crate::{commands::Context, units::bytes};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Arguments of `runtime info`.
#[derive(Debug, Args)]
pub(crate) struct InfoArgs {
    /// A runtime's WASM [default: the runtime of the chain]
    file: Option<PathBuf>,
}

impl InfoArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let runtime = runtime(context, self.file.as_ref()).await?;
        let versions = runtime.versions();
        let metadata = runtime.metadata_versions().map_err(unusable)?;
        let (size, plain) = runtime.sizes();
        let hash = hex_hash(runtime.hash());
        let value = json!({
            "spec_name": versions.spec_name,
            "impl_name": versions.impl_name,
            "spec_version": versions.spec_version,
            "impl_version": versions.impl_version,
            "transaction_version": versions.transaction_version,
            "authoring_version": versions.authoring_version,
            "system_version": versions.system_version,
            "metadata_versions": metadata,
            "code_hash": hash,
            "bytes": size,
            "bytes_unpacked": plain,
            "compressed": size != plain,
        });
        context.output.record(value, || {
            let packed = |count: usize| bytes(u64::try_from(count).unwrap_or(u64::MAX));
            let size = match size == plain {
                true => format!("{}, not compressed", packed(size)),
                false => format!("{}, compressed from {}", packed(size), packed(plain)),
            };
            let metadata: Vec<String> = metadata.iter().map(u32::to_string).collect();
            [
                format!("name                 {} ({})", versions.spec_name, versions.impl_name),
                format!("spec version         {}", versions.spec_version),
                format!("transaction version  {}", versions.transaction_version),
                format!("impl version         {}", versions.impl_version),
                format!("authoring version    {}", versions.authoring_version),
                format!("system version       {}", versions.system_version),
                format!("metadata versions    {}", metadata.join(", ")),
                format!("size                 {size}"),
                format!("code hash            {hash}"),
            ]
            .join("\n")
        })?;
        Ok(())
    }
}
