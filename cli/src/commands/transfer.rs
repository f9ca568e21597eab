//! `blocs transfer`

use super::{Context, desk::usage, tx};
use crate::units::{bloc, parse_amount};
use blocs_chain::{TxOptions, Value, WaitFor, value};
use blocs_primitives::Balance;
use clap::Args;
use serde_json::json;

/// Arguments of `transfer`.
#[derive(Debug, Args)]
pub(crate) struct TransferArgs {
    /// To whom: an address or an account of this machine
    to: String,
    /// How much, in BLOC: 1.5
    #[arg(value_parser = parse_amount, required_unless_present = "all")]
    amount: Option<Balance>,
    /// Send all that can be sent; the account ceases to exist, unless --keep-alive is given too
    #[arg(long, conflicts_with = "amount")]
    all: bool,
    /// Leave the account what it needs to exist; without --all this is always so
    #[arg(long)]
    keep_alive: bool,
    /// Say what it would cost and do, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// For the author of the block, in BLOC
    #[arg(long, value_name = "BLOC", value_parser = parse_amount, default_value = "0", hide_default_value = true)]
    tip: Balance,
    /// Do not wait until the block is final
    #[arg(long)]
    fast: bool,
}

impl TransferArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let to = context.resolve(&self.to)?;
        let account = context.account()?;
        let chain = context.chain().await?;
        let dest = ("dest", value::account(&to));
        let call = match self.amount {
            Some(amount) => {
                let fields = vec![dest, ("value", value::amount(amount))];
                chain.call_from_values("Balances", "transfer_keep_alive", fields).await
            }
            None => {
                let fields = vec![dest, ("keep_alive", Value::bool(self.keep_alive))];
                chain.call_from_values("Balances", "transfer_all", fields).await
            }
        };
        let call = call.map_err(usage)?;
        let options = TxOptions {
            tip: self.tip,
            ..TxOptions::default()
        };
        if self.dry_run {
            return tx::try_out(context, &chain, &account.signer, &call, &options).await;
        }
        let wait = if self.fast {
            WaitFor::InBlock
        } else {
            WaitFor::Finalized
        };
        let from = account.signer.account();
        let report = chain.submit_raw(&account.signer, call, options, wait).await?;
        let amount = match self.amount {
            Some(amount) => amount,
            None => chain
                .events_of(&report)
                .await?
                .iter()
                .find(|event| event.pallet == "Balances" && event.event == "Transfer")
                .and_then(|event| value::field(&event.fields, "amount").and_then(value::as_u128))
                .unwrap_or(0),
        };
        let value = json!({
            "from": from.to_string(),
            "to": to.to_string(),
            "amount": amount.to_string(),
            "fee": report.fee.to_string(),
            "block": report.block.number,
            "finalized": report.finalized,
        });
        context.output.record(value, || {
            let state = if report.finalized { "finalized in" } else { "in" };
            let (amount, fee) = (bloc(amount), bloc(report.fee));
            format!(
                "sent {amount} to {to}: {state} block {}, fee {fee}",
                report.block.number
            )
        })?;
        Ok(())
    }
}
