//! `blocs transfer`

use super::Context;
use crate::units::{bloc, parse_amount};
use blocs_chain::{ChainClient, MarketCall, WaitFor};
use blocs_primitives::Balance;
use clap::Args;
use serde_json::json;

/// Arguments of `transfer`.
#[derive(Debug, Args)]
pub(crate) struct TransferArgs {
    /// To whom: an address or an account of this machine
    to: String,
    /// How much, in BLOC: 1.5
    #[arg(value_parser = parse_amount)]
    amount: Balance,
    /// Do not wait until the block is final
    #[arg(long)]
    fast: bool,
}

impl TransferArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let to = context.resolve(&self.to)?;
        let account = context.account()?;
        let chain = context.chain().await?;
        let wait = if self.fast {
            WaitFor::InBlock
        } else {
            WaitFor::Finalized
        };
        let call = MarketCall::Transfer {
            to: to.clone(),
            amount: self.amount,
        };
        let report = chain.submit(&account.signer, call, wait).await?;
        let value = json!({
            "from": account.signer.account().to_string(),
            "to": to.to_string(),
            "amount": self.amount.to_string(),
            "fee": report.fee.to_string(),
            "block": report.block.number,
            "finalized": report.finalized,
        });
        context.output.record(value, || {
            let state = if report.finalized { "finalized in" } else { "in" };
            let (amount, fee) = (bloc(self.amount), bloc(report.fee));
            format!(
                "sent {amount} to {to}: {state} block {}, fee {fee}",
                report.block.number
            )
        })?;
        Ok(())
    }
}
