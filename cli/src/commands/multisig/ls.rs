//! `blocs multisig ls`

use super::Waiting;
use crate::{commands::Context, units::bloc};
use blocs_chain::{At, ChainClient, value};
use clap::Args;
use serde_json::json;

/// Calls that are listed at most.
const MOST: u32 = 1_000;

/// Arguments of `multisig ls`.
#[derive(Debug, Args)]
pub(crate) struct LsArgs {
    /// The multisig's address
    multisig: String,
}

impl LsArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let multisig = context.resolve(&self.multisig)?;
        let chain = context.chain().await?;
        let address = |account: &_| value::address(account, chain.properties());
        let prefix = vec![value::account(&multisig)];
        let entries = chain.entries(At::Best, "Multisig", "Multisigs", prefix, MOST).await?;
        let mut rows = Vec::new();
        for (keys, record) in &entries {
            let hash = keys.get(1).and_then(value::as_bytes).unwrap_or_default();
            let hash = format!("0x{}", hex::encode(hash));
            let Some(waiting) = Waiting::decode(record) else {
                continue;
            };
            let approvals: Vec<String> = waiting.approvals.iter().map(address).collect();
            let depositor = waiting.depositor.as_ref().map(address);
            let row = json!({
                "hash": hash,
                "block": waiting.height,
                "index": waiting.index,
                "approvals": approvals,
                "depositor": depositor,
                "deposit": waiting.deposit.to_string(),
            });
            let cells = vec![
                hash,
                waiting.height.to_string(),
                approvals.len().to_string(),
                depositor.unwrap_or_default(),
                bloc(waiting.deposit),
            ];
            rows.push((row, cells));
        }
        if rows.is_empty() {
            context
                .output
                .note(format!("nothing waits for approvals of {}", address(&multisig)));
            return Ok(());
        }
        let headings = ["HASH", "SINCE BLOCK", "APPROVALS", "PROPOSED BY", "DEPOSIT"];
        context.output.table(&headings, rows)?;
        Ok(())
    }
}
