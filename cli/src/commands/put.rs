//! `blocs put`

use super::{Context, quote::WhatArgs, show_bad, show_deal};
use crate::{
    progress::{Display, Words},
    units::{bloc, bytes},
};
use blocs_client::{PutReport, PutRequest};
use clap::Args;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Arguments of `put`.
#[derive(Debug, Args)]
pub(crate) struct PutArgs {
    #[command(flatten)]
    what: WhatArgs,
    /// Name to store it under [default: the last part of the first path]
    #[arg(long)]
    name: Option<String>,
}

impl PutArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let session = context.client().await?;
        let request = PutRequest {
            name: self.name,
            ..self.what.request(session.chain.as_ref())
        };
        let started = Instant::now();
        let report = Display::during(
            context.output,
            Words {
                read: "read",
                placed: "placed",
            },
            |progress| session.client.put(&request, progress),
        )
        .await?;
        session.remember_chain()?;
        show_bad(context, &report.bad_providers);
        let took = started.elapsed();
        context.output.record(value(&report, took), || text(&report, took))?;
        Ok(())
    }
}

fn value(report: &PutReport, took: Duration) -> Value {
    json!({
        "name": report.name,
        "deal": show_deal(report.deal),
        "state": "certified",
        "bytes": report.content_bytes,
        "files": report.files,
        "slot_bytes": report.slot_bytes,
        "providers": report.providers.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "price": report.price.to_string(),
        "fee": report.fee.to_string(),
        "block": report.block,
        "end": report.end,
        "bad_providers": report.bad_providers.iter().map(super::bad_value).collect::<Vec<_>>(),
        "seconds": took.as_secs_f64(),
    })
}

fn text(report: &PutReport, took: Duration) -> String {
    let (size, slot) = (bytes(report.content_bytes), bytes(report.slot_bytes));
    let (price, fee) = (bloc(report.price), bloc(report.fee));
    let seconds = took.as_secs_f64();
    [
        format!(
            "stored     {} ({size}, {} files) in {seconds:.1} s",
            report.name, report.files
        ),
        format!("deal       {}", show_deal(report.deal)),
        format!(
            "certified  in finalized block {}, {} slots of {slot}",
            report.block,
            report.providers.len()
        ),
        format!("costs      {price} until period {}, fee {fee}", report.end),
    ]
    .join("\n")
}
