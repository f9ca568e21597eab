//! `blocs proxy call|announce|reject`

use super::ProxyType;
use crate::commands::{
    Context,
    desk::{Desk, Sending, WrittenCall},
};
use blocs_chain::{Value, value};
use blocs_primitives::Hash;
use clap::Args;
use serde_json::json;
use std::str::FromStr;

/// Arguments of `proxy call`.
#[derive(Debug, Args)]
pub(crate) struct CallArgs {
    /// For whom: an address or an account of this machine
    #[arg(long = "as", value_name = "REAL")]
    real: String,
    /// Use the proxy of this type [default: whichever allows the call]
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    kind: Option<ProxyType>,
    /// The call was announced, and its delay is over
    #[arg(long)]
    announced: bool,
    #[command(flatten)]
    call: WrittenCall,
    #[command(flatten)]
    sending: Sending,
}

impl CallArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let real = context.resolve(&self.real)?;
        let inner = desk.written(&self.call).await?;
        let kind = match self.kind {
            Some(kind) => Value::unnamed_variant("Some", [kind.value()]),
            None => Value::unnamed_variant("None", []),
        };
        let mut fields = vec![
            ("real", value::account(&real)),
            ("force_proxy_type", kind),
            ("call", value::call(&inner)),
        ];
        let name = match self.announced {
            true => {
                fields.push(("delegate", value::account(&desk.account)));
                "proxy_announced"
            }
            false => "proxy",
        };
        let call = desk.call("Proxy", name, fields).await?;
        let real = desk.address(&real);
        let more = json!({ "real": real, "call": inner.name() });
        let text = format!("{} sent for {real}", inner.name());
        desk.send_and_say(context, call, &self.sending, more, &text).await
    }
}

/// Arguments of `proxy announce`.
#[derive(Debug, Args)]
pub(crate) struct AnnounceArgs {
    /// For whom: an address or an account of this machine
    #[arg(long = "as", value_name = "REAL")]
    real: String,
    #[command(flatten)]
    call: WrittenCall,
    #[command(flatten)]
    sending: Sending,
}

impl AnnounceArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let real = context.resolve(&self.real)?;
        let inner = desk.written(&self.call).await?;
        let hash = inner.hash();
        let fields = vec![
            ("real", value::account(&real)),
            ("call_hash", value::bytes(hash.as_bytes())),
        ];
        let call = desk.call("Proxy", "announce", fields).await?;
        let real = desk.address(&real);
        let more = json!({ "real": real, "call": inner.name(), "hash": format!("{hash:?}") });
        let text = format!(
            "{} announced for {real} as {hash:?}; when the delay is over: `blocs proxy call --announced`",
            inner.name()
        );
        desk.send_and_say(context, call, &self.sending, more, &text).await
    }
}

/// Arguments of `proxy reject`.
#[derive(Debug, Args)]
pub(crate) struct RejectArgs {
    /// The proxy that has announced it
    delegate: String,
    /// Hash of the announced call
    #[arg(value_parser = parse_hash)]
    hash: Hash,
    #[command(flatten)]
    sending: Sending,
}

impl RejectArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let delegate = context.resolve(&self.delegate)?;
        let hash = self.hash;
        let fields = vec![
            ("delegate", value::account(&delegate)),
            ("call_hash", value::bytes(hash.as_bytes())),
        ];
        let call = desk.call("Proxy", "reject_announcement", fields).await?;
        let delegate = desk.address(&delegate);
        let more = json!({ "delegate": delegate, "hash": format!("{hash:?}") });
        let text = format!("{hash:?} refused: {delegate} cannot send it");
        desk.send_and_say(context, call, &self.sending, more, &text).await
    }
}

fn parse_hash(text: &str) -> Result<Hash, String> {
    Hash::from_str(text).map_err(|_| format!("{text:?} is no hash of a call: it has 64 hexadecimal digits"))
}
