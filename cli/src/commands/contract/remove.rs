//! `blocs contract remove`

use super::{answer, given};
use crate::{
    commands::{
        Context,
        desk::{Desk, Sending},
    },
    exit::{Status, error},
    units::bloc,
};
use blocs_chain::At;
use blocs_contract::{Bundle, chain};
use clap::Args;
use serde_json::json;
use std::path::Path;

/// Contracts that are named at most when they still use the code.
const NAMED: usize = 5;

/// Arguments of `contract remove`.
#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// The code: its hash (0x and 64 hexadecimal digits), or its bundle
    #[arg(value_name = "CODE")]
    code: String,
    #[command(flatten)]
    sending: Sending,
}

impl RemoveArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let hash = match given::code_hash(&self.code) {
            Some(hash) => hash,
            None => Bundle::read(Path::new(&self.code))?.code_hash(),
        };
        let desk = Desk::open(context).await?;
        let shown = answer::hex(&hash);
        let stored = chain::code(&desk.chain, At::Best, hash).await?.ok_or_else(|| {
            let message = format!("the chain has no code {shown}: nothing is to be removed");
            error(Status::NotFound, message)
        })?;
        if stored.owner != desk.account {
            let message = format!(
                "cannot remove the code {shown}: {} stored it, and only that account may; name it with --account",
                desk.address(&stored.owner)
            );
            return Err(error(Status::Denied, message));
        }
        if stored.contracts > 0 {
            let users = chain::contracts_with_code(&desk.chain, At::Best, hash).await?;
            let named: Vec<String> = users.iter().take(NAMED).map(|user| desk.address(user)).collect();
            let message = format!(
                "cannot remove the code {shown}: {} contracts still use it ({}{}); it can go when the last of them is gone or has other code",
                stored.contracts,
                named.join(", "),
                if users.len() > NAMED { ", …" } else { "" }
            );
            return Err(error(Status::ExtrinsicFailed, message));
        }
        let call = chain::remove_code(&desk.chain, hash).await?;
        let more = json!({ "code_hash": shown, "deposit": stored.deposit.to_string() });
        let text = format!("{shown} removed, its deposit of {} is free", bloc(stored.deposit));
        desk.send_and_say(context, call, &self.sending, more, &text)
            .await
            .map_err(answer::explain)
    }
}
