//! `blocs restore`

use super::{Context, ls, show_deal};
use crate::{
    exit::{Status, error},
    progress::{Display, Words},
    units::bytes,
};
use clap::Args;
use serde_json::json;

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {}

impl RestoreArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let session = context.client().await?;
        let report = Display::during(
            context.output,
            Words {
                read: "fetched",
                placed: "kept",
            },
            |progress| session.client.restore(progress),
        )
        .await?;
        if !report.restored.is_empty() {
            session.remember_chain()?;
        }
        for object in &report.restored {
            context.output.record(ls::value(object), || {
                format!("{}  {}", object.name, bytes(object.content_bytes))
            })?;
        }
        for (deal, reason) in &report.failed {
            if context.output.json {
                context
                    .output
                    .record(json!({ "deal": show_deal(*deal), "error": reason }), String::new)?;
            }
            context
                .output
                .note(format!("cannot restore deal {}: {reason}", show_deal(*deal)));
        }
        let (restored, failed) = (report.restored.len(), report.failed.len());
        context
            .output
            .note(format!("restored {restored} objects; get them with `blocs get NAME`"));
        if failed > 0 {
            let message = format!(
                "{failed} of {} deals could not be restored: run `blocs restore` again later",
                restored + failed
            );
            return Err(error(Status::Partial, message));
        }
        Ok(())
    }
}
