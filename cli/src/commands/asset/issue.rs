//! `blocs asset create|metadata|mint|burn`

use super::{Asset, Denomination, id_value};
use crate::commands::{
    Context,
    desk::{Desk, Sending},
};
use blocs_chain::{RawCall, Value, value};
use clap::Args;
use serde_json::json;

/// Name, symbol and decimals.
#[derive(Clone, Debug, Args)]
pub(crate) struct Naming {
    /// Its name
    #[arg(long)]
    name: String,
    /// Its symbol
    #[arg(long)]
    symbol: String,
    /// Digits after the point
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(..=30))]
    decimals: u8,
}

impl Naming {
    async fn call(&self, desk: &Desk, id: u32) -> anyhow::Result<RawCall> {
        let fields = vec![
            ("id", id_value(id)),
            ("name", value::bytes(self.name.as_bytes())),
            ("symbol", value::bytes(self.symbol.as_bytes())),
            ("decimals", Value::u128(self.decimals.into())),
        ];
        desk.call("Assets", "set_metadata", fields).await
    }
}

/// Arguments of `asset create`.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// Number that nobody has taken yet
    id: u32,
    #[command(flatten)]
    naming: Naming,
    /// Least amount that an account can hold, in the asset's units
    #[arg(long, value_name = "AMOUNT")]
    min_balance: String,
    /// Who administers it, besides the current account: an address or an account of this machine
    #[arg(long, value_name = "WHO")]
    admin: Option<String>,
    #[command(flatten)]
    sending: Sending,
}

impl CreateArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let admin = match &self.admin {
            Some(admin) => context.resolve(admin)?,
            None => desk.account.clone(),
        };
        let denomination = Denomination {
            symbol: self.naming.symbol.clone(),
            decimals: self.naming.decimals,
        };
        let min_balance = denomination.parse(&self.min_balance)?;
        let fields = vec![
            ("id", id_value(self.id)),
            ("admin", value::account(&admin)),
            ("min_balance", Value::u128(min_balance)),
        ];
        let create = desk.call("Assets", "create", fields).await?;
        let call = desk
            .batch(vec![create, self.naming.call(&desk, self.id).await?])
            .await?;
        let more = json!({ "asset": self.id, "symbol": self.naming.symbol, "min_balance": min_balance.to_string() });
        let text = format!("asset {} ({}) made", self.id, self.naming.symbol);
        desk.send_and_say(context, call, &self.sending, more, &text).await
    }
}

/// Arguments of `asset metadata`.
#[derive(Debug, Args)]
pub(crate) struct MetadataArgs {
    /// Number of the asset
    id: u32,
    #[command(flatten)]
    naming: Naming,
    #[command(flatten)]
    sending: Sending,
}

impl MetadataArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let call = self.naming.call(&desk, self.id).await?;
        let more = json!({ "asset": self.id, "symbol": self.naming.symbol, "decimals": self.naming.decimals });
        let text = format!(
            "asset {} is called {} ({})",
            self.id, self.naming.name, self.naming.symbol
        );
        desk.send_and_say(context, call, &self.sending, more, &text).await
    }
}

/// Arguments of `asset mint`.
#[derive(Debug, Args)]
pub(crate) struct MintArgs {
    /// Number of the asset
    id: u32,
    /// For whom: an address or an account of this machine
    to: String,
    /// How much, in the asset's units
    amount: String,
    #[command(flatten)]
    sending: Sending,
}

impl MintArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let asset = Asset::read(&desk.chain, self.id).await?;
        let (to, amount) = (context.resolve(&self.to)?, asset.denomination.parse(&self.amount)?);
        let fields = vec![
            ("id", id_value(self.id)),
            ("beneficiary", value::account(&to)),
            ("amount", Value::u128(amount)),
        ];
        let call = desk.call("Assets", "mint", fields).await?;
        let to = desk.address(&to);
        let more = json!({ "asset": self.id, "to": to, "amount": amount.to_string() });
        let text = format!("{} made for {to}", asset.denomination.show(amount));
        desk.send_and_say(context, call, &self.sending, more, &text).await
    }
}

/// Arguments of `asset burn`.
#[derive(Debug, Args)]
pub(crate) struct BurnArgs {
    /// Number of the asset
    id: u32,
    /// Whose: an address or an account of this machine. Only the asset's administrator may
    of: String,
    /// How much, in the asset's units
    amount: String,
    #[command(flatten)]
    sending: Sending,
}

impl BurnArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let asset = Asset::read(&desk.chain, self.id).await?;
        let (of, amount) = (context.resolve(&self.of)?, asset.denomination.parse(&self.amount)?);
        let fields = vec![
            ("id", id_value(self.id)),
            ("who", value::account(&of)),
            ("amount", Value::u128(amount)),
        ];
        let call = desk.call("Assets", "burn", fields).await?;
        let of = desk.address(&of);
        let more = json!({ "asset": self.id, "of": of, "amount": amount.to_string() });
        let text = format!("{} of {of} destroyed", asset.denomination.show(amount));
        desk.send_and_say(context, call, &self.sending, more, &text).await
    }
}
