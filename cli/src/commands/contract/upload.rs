//! `blocs contract upload`

use super::{answer, given};
use crate::{
    commands::{
        Context,
        desk::{Desk, Sending},
    },
    units::{bloc, parse_amount},
};
use blocs_chain::At;
use blocs_contract::{Bundle, chain, check_code};
use blocs_primitives::Balance;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Arguments of `contract upload`.
#[derive(Debug, Args)]
pub(crate) struct UploadArgs {
    /// The contract's bundle: a .contract file, or the folder of its build
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// The most deposit for the code, in BLOC [default: what it takes]
    #[arg(long, value_name = "BLOC", value_parser = parse_amount)]
    deposit_limit: Option<Balance>,
    #[command(flatten)]
    sending: Sending,
}

impl UploadArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        // What is wrong with the code is known without a chain.
        let bundle = Bundle::read(&self.bundle)?;
        let code = check_code(bundle.wasm()?)?;
        let desk = Desk::open(context).await?;
        let hash = answer::hex(&code.hash);
        if let Some(stored) = chain::code(&desk.chain, At::Best, code.hash).await? {
            let value = json!({
                "code_hash": hash,
                "stored": false,
                "owner": given::shown(&desk.chain, &stored.owner),
                "deposit": stored.deposit.to_string(),
            });
            let text = || {
                format!(
                    "the chain has the code {hash} already, stored by {}",
                    given::shown(&desk.chain, &stored.owner)
                )
            };
            context.output.record(value, text)?;
            return Ok(());
        }
        let wasm = bundle.wasm()?;
        let deposit = chain::try_upload(&desk.chain, At::Best, &desk.account, wasm, self.deposit_limit).await?;
        context.output.note(format!(
            "{} ({}, {} bytes): a deposit of {}",
            bundle.name(),
            hash,
            code.bytes,
            bloc(deposit)
        ));
        let limit = self.deposit_limit.unwrap_or(deposit);
        let call = chain::upload_code(&desk.chain, wasm, limit).await?;
        let more = json!({
            "contract": bundle.name(),
            "code_hash": hash,
            "stored": true,
            "bytes": code.bytes,
            "deposit": deposit.to_string(),
        });
        let text = format!("{} stored as {hash}, for a deposit of {}", bundle.name(), bloc(deposit));
        desk.send_and_say(context, call, &self.sending, more, &text)
            .await
            .map_err(answer::explain)
    }
}
