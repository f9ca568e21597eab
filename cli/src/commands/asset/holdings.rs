//! `blocs asset transfer|balance`

use super::{Asset, id_value};
use crate::commands::{
    Context,
    desk::{Desk, Sending, named_or_own},
};
use blocs_chain::{At, ChainClient, Value, value};
use clap::Args;
use serde_json::json;

/// Arguments of `asset transfer`.
#[derive(Debug, Args)]
pub(crate) struct TransferArgs {
    /// Number of the asset
    id: u32,
    /// To whom: an address or an account of this machine
    to: String,
    /// How much, in the asset's units
    amount: String,
    #[command(flatten)]
    sending: Sending,
}

impl TransferArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let asset = Asset::read(&desk.chain, self.id).await?;
        let (to, amount) = (context.resolve(&self.to)?, asset.denomination.parse(&self.amount)?);
        let fields = vec![
            ("id", id_value(self.id)),
            ("target", value::account(&to)),
            ("amount", Value::u128(amount)),
        ];
        let call = desk.call("Assets", "transfer", fields).await?;
        let to = desk.address(&to);
        let more = json!({ "asset": self.id, "to": to, "amount": amount.to_string() });
        let text = format!("sent {} to {to}", asset.denomination.show(amount));
        desk.send_and_say(context, call, &self.sending, more, &text).await
    }
}

/// Arguments of `asset balance`.
#[derive(Debug, Args)]
pub(crate) struct BalanceArgs {
    /// Number of the asset
    id: u32,
    /// Whose [default: the current account's]
    #[arg(value_name = "ACCOUNT")]
    who: Option<String>,
}

impl BalanceArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let account = named_or_own(context, self.who.as_ref())?;
        let chain = context.chain().await?;
        let asset = Asset::read(&chain, self.id).await?;
        let keys = vec![id_value(self.id), value::account(&account)];
        let record = chain.read(At::Best, "Assets", "Account", keys).await?;
        let field = |name: &str| record.as_ref().and_then(|record| value::field(record, name));
        let amount = field("balance").and_then(value::as_u128).unwrap_or_default();
        let status = field("status")
            .and_then(value::variant)
            .map(|(name, _)| name.to_lowercase());
        let frozen = status.as_deref().is_some_and(|status| status != "liquid");
        let row = json!({
            "asset": self.id,
            "account": value::address(&account, chain.properties()),
            "balance": amount.to_string(),
            "symbol": asset.denomination.symbol,
            "decimals": asset.denomination.decimals,
            "frozen": frozen,
        });
        context.output.record(row, || {
            let note = if frozen { ", frozen" } else { "" };
            format!("{}{note}", asset.denomination.show(amount))
        })?;
        Ok(())
    }
}
