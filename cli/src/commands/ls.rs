//! `blocs ls`

use super::{Context, show_deal};
use crate::units::{bytes, duration};
use blocs_chain::At;
use blocs_client::StoredObject;
use clap::Args;
use serde_json::{Value, json};

/// Arguments of `ls`.
#[derive(Debug, Args)]
pub(crate) struct LsArgs {
    /// Only names that begin with this
    prefix: Option<String>,
}

impl LsArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let session = context.client().await?;
        let mut objects = session.client.list().await?;
        if let Some(prefix) = &self.prefix {
            objects.retain(|object| object.name.starts_with(prefix.as_str()));
        }
        if objects.is_empty() {
            context
                .output
                .note("Nothing is stored under this account. Store something with `blocs put FILE`.");
            return Ok(());
        }
        let now = session.chain.block(At::Finalized).await?.number / session.chain.period_length();
        let rows = objects.iter().map(|object| {
            let left = session.chain.properties().duration(object.end.saturating_sub(now));
            let cells = vec![
                object.name.clone(),
                bytes(object.content_bytes),
                object.files.to_string(),
                object.state.to_string(),
                object.code.to_string(),
                duration(left),
                show_deal(object.deal),
            ];
            (value(object), cells)
        });
        context.output.table(
            &["NAME", "SIZE", "FILES", "STATE", "CODE", "LEFT", "DEAL"],
            rows.collect(),
        )?;
        Ok(())
    }
}

/// An object as JSON.
pub(crate) fn value(object: &StoredObject) -> Value {
    json!({
        "name": object.name,
        "deal": show_deal(object.deal),
        "owner": object.owner.to_string(),
        "bytes": object.content_bytes,
        "files": object.files,
        "created": object.created,
        "state": object.state.to_string(),
        "k": object.code.k,
        "m": object.code.m,
        "start": object.start,
        "end": object.end,
    })
}
