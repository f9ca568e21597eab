//! `blocs quote`

use super::Context;
use crate::{
    progress::{Display, Words},
    units::{Term, bloc, bytes, duration, parse_amount},
};
use blocs_chain::ChainClient;
use blocs_client::{CodeParameters, Compression, Estimate, PutRequest};
use blocs_primitives::Balance;
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The level of plain `zstd`.
const ZSTD_LEVEL: u8 = 3;

/// What is to be stored, and how; `put` and `quote` share it.
#[derive(Debug, Args)]
pub(crate) struct WhatArgs {
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// For how long: 90d, 12h, 2w, or 20p for 20 proving periods
    #[arg(long = "for", default_value = "90d", value_name = "TERM")]
    term: Term,
    /// Erasure code: data+parity slots
    #[arg(long, default_value = "4+2", value_name = "K+M")]
    ec: CodeParameters,
    /// Least number of different zones
    #[arg(long, default_value_t = 1)]
    zones: usize,
    /// Compression: auto, none, zstd, or zstd:LEVEL
    #[arg(long, default_value = "auto", value_parser = compression)]
    compress: Compression,
    /// Most that a provider may ask, in BLOC per GiB and proving period
    #[arg(long, value_name = "BLOC", value_parser = parse_amount)]
    max_price: Option<Balance>,
}

impl WhatArgs {
    /// The request to the client, without a name.
    pub(crate) fn request(&self, chain: &dyn ChainClient) -> PutRequest {
        let chain = chain.properties();
        PutRequest {
            paths: self.paths.clone(),
            name: None,
            duration: chain.duration(self.term.periods(chain)),
            code: self.ec,
            zones: self.zones,
            compression: self.compress,
            max_price: self.max_price,
        }
    }
}

fn compression(text: &str) -> Result<Compression, String> {
    let wrong = || "choose auto, none, zstd, or zstd:1 to zstd:19".to_owned();
    match text {
        "auto" => Ok(Compression::Auto),
        "none" => Ok(Compression::None),
        "zstd" => Ok(Compression::Zstd(ZSTD_LEVEL)),
        _ => {
            let level: u8 = text
                .strip_prefix("zstd:")
                .and_then(|level| level.parse().ok())
                .ok_or_else(wrong)?;
            (1..=19)
                .contains(&level)
                .then_some(Compression::Zstd(level))
                .ok_or_else(wrong)
        }
    }
}

/// Arguments of `quote`.
#[derive(Debug, Args)]
pub(crate) struct QuoteArgs {
    #[command(flatten)]
    what: WhatArgs,
}

impl QuoteArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let session = context.client().await?;
        let request = self.what.request(session.chain.as_ref());
        let estimate = Display::during(
            context.output,
            Words {
                read: "read",
                placed: "placed",
            },
            |progress| session.client.quote(&request, progress),
        )
        .await?;
        context.output.record(value(&estimate), || {
            let lasts = session.chain.properties().duration(estimate.periods);
            [
                format!(
                    "content   {} in {} files",
                    bytes(estimate.content_bytes),
                    estimate.files
                ),
                format!(
                    "slots     {} of {}",
                    estimate.providers.len(),
                    bytes(estimate.slot_bytes)
                ),
                format!(
                    "term      {} proving periods, about {}",
                    estimate.periods,
                    duration(lasts)
                ),
                format!("price     {}", bloc(estimate.price)),
                format!("deposit   {} (comes back)", bloc(estimate.deposit)),
                format!("fee       {}", bloc(estimate.fee)),
                format!("needed    {}, held {}", bloc(estimate.needed), bloc(estimate.held)),
            ]
            .join("\n")
        })?;
        Ok(())
    }
}

fn value(estimate: &Estimate) -> Value {
    json!({
        "bytes": estimate.content_bytes,
        "files": estimate.files,
        "slot_bytes": estimate.slot_bytes,
        "periods": estimate.periods,
        "price": estimate.price.to_string(),
        "deposit": estimate.deposit.to_string(),
        "fee": estimate.fee.to_string(),
        "needed": estimate.needed.to_string(),
        "held": estimate.held.to_string(),
        "providers": estimate.providers.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
