//! `blocs stat`

use super::{Context, deal::slot_status, ls, show_deal, target};
use crate::units::{bloc, bytes, duration};
use blocs_client::Target;
use clap::Args;
use serde_json::{Value, json};

/// Arguments of `stat`.
#[derive(Debug, Args)]
pub(crate) struct StatArgs {
    /// Name or deal
    #[arg(value_name = "NAME|DEAL", value_parser = target)]
    target: Target,
}

impl StatArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let session = context.client().await?;
        let report = session.client.stat(&self.target).await?;
        let mut value = ls::value(&report.object);
        if let Value::Object(fields) = &mut value {
            let slots = report.slots.iter().map(|slot| {
                json!({
                    "index": slot.index.0,
                    "provider": slot.provider.to_string(),
                    "bytes": slot.size,
                    "status": slot_status(slot.status),
                    "end": slot.end,
                    "provider_healthy": slot.provider_healthy,
                })
            });
            fields.insert("slots".into(), slots.collect());
            fields.insert("period".into(), json!(report.period));
            fields.insert("remaining_seconds".into(), json!(report.remaining.as_secs()));
            fields.insert("rate".into(), json!(report.rate.to_string()));
        }
        context.output.record(value, || {
            let object = &report.object;
            let is_own = object.owner == session.client.identity().account();
            let whose = if is_own { "" } else { ", which pays for it and ends it" };
            let (size, left) = (bytes(object.content_bytes), duration(report.remaining));
            let mut lines = vec![
                format!("name     {}", object.name),
                format!("deal     {}", show_deal(object.deal)),
                format!("owner    {}{whose}", object.owner),
                format!("state    {}", object.state),
                format!("content  {size} in {} files", object.files),
                format!(
                    "code     {}: any {} of {} slots give it back",
                    object.code,
                    object.code.k,
                    object.code.n()
                ),
                format!(
                    "periods  {} to {}, now {}, about {left} left",
                    object.start, object.end, report.period
                ),
                format!("costs    {} per period", bloc(report.rate)),
            ];
            lines.extend(report.slots.iter().map(|slot| {
                let health = if slot.provider_healthy { "healthy" } else { "failing" };
                let (status, size) = (slot_status(slot.status), bytes(slot.size));
                let until = if slot.end < object.end {
                    format!(", only until period {}", slot.end)
                } else {
                    String::new()
                };
                format!(
                    "slot {:<3} {status}, {size}, {} ({health}){until}",
                    slot.index.0, slot.provider
                )
            }));
            lines.join("\n")
        })?;
        Ok(())
    }
}
