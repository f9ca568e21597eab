//! `blocs identity …`

use super::{
    Context,
    desk::{Desk, Sending, named_or_own},
};
use crate::{
    exit::{Status, error},
    units::bloc,
};
use blocs_chain::{At, ChainClient, Decoded, Value, value};
use clap::{Args, Subcommand};
use serde_json::{Map, Value as Json, json};

/// Longest text of a part of an identity, in bytes.
const LONGEST: usize = 32;

/// What to do with identities: what accounts say of themselves.
#[derive(Debug, Subcommand)]
pub(crate) enum IdentityCommand {
    /// Say who the current account is, publicly; replaces what it said before
    Set(SetArgs),
    /// Show what an account says of itself, and who has confirmed it
    Show(ShowArgs),
    /// Take it back; the deposit comes back
    Clear(ClearArgs),
}

impl IdentityCommand {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Set(args) => args.run(context).await,
            Self::Show(args) => args.run(context).await,
            Self::Clear(args) => args.run(context).await,
        }
    }
}

/// Arguments of `identity set`.
#[derive(Debug, Args)]
pub(crate) struct SetArgs {
    /// Name to be shown
    #[arg(long, value_parser = part)]
    display: String,
    /// Legal name
    #[arg(long, value_parser = part)]
    legal: Option<String>,
    /// Address of a web site
    #[arg(long, value_parser = part)]
    web: Option<String>,
    /// Matrix handle
    #[arg(long, value_parser = part)]
    matrix: Option<String>,
    /// E-mail address
    #[arg(long, value_parser = part)]
    email: Option<String>,
    /// Twitter handle
    #[arg(long, value_parser = part)]
    twitter: Option<String>,
    #[command(flatten)]
    sending: Sending,
}

/// A part of an identity: 32 bytes at most.
fn part(text: &str) -> Result<String, String> {
    match text.len() {
        0 => Err("it is empty: leave the flag away".to_owned()),
        1..=LONGEST => Ok(text.to_owned()),
        more => Err(format!("it has {more} bytes, and {LONGEST} are the most")),
    }
}

impl SetArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let info = Value::named_composite([
            ("additional", Value::unnamed_composite([])),
            ("display", data(Some(&self.display))),
            ("legal", data(self.legal.as_deref())),
            ("web", data(self.web.as_deref())),
            ("riot", data(self.matrix.as_deref())),
            ("email", data(self.email.as_deref())),
            ("pgp_fingerprint", Value::unnamed_variant("None", [])),
            ("image", data(None)),
            ("twitter", data(self.twitter.as_deref())),
        ]);
        let call = desk.call("Identity", "set_identity", vec![("info", info)]).await?;
        let more = json!({ "display": self.display });
        let text = format!("{} is known as {:?} now", desk.address(&desk.account), self.display);
        desk.send_and_say(context, call, &self.sending, more, &text).await
    }
}

/// Text as the chain wants it: a variant for each length.
fn data(text: Option<&str>) -> Value {
    match text {
        Some(text) => Value::unnamed_variant(format!("Raw{}", text.len()), [value::bytes(text.as_bytes())]),
        None => Value::unnamed_variant("None", []),
    }
}

/// Text as the chain gives it.
fn text(data: &Decoded) -> Option<String> {
    let (name, fields) = value::variant(data)?;
    let bytes = fields.values().next().and_then(value::as_bytes);
    name.starts_with("Raw")
        .then(|| String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned())
        .filter(|text| !text.is_empty())
}

/// Arguments of `identity show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Whose [default: the current account's]
    #[arg(value_name = "ACCOUNT")]
    who: Option<String>,
}

/// Parts of an identity: the chain's name, ours.
const PARTS: [(&str, &str); 6] = [
    ("display", "display"),
    ("legal", "legal"),
    ("web", "web"),
    ("riot", "matrix"),
    ("email", "email"),
    ("twitter", "twitter"),
];

impl ShowArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let account = named_or_own(context, self.who.as_ref())?;
        let chain = context.chain().await?;
        let address = value::address(&account, chain.properties());
        let keys = vec![value::account(&account)];
        let record = chain.read(At::Best, "Identity", "IdentityOf", keys).await?;
        let Some(record) = record else {
            let message = format!("{address} has no identity: `blocs identity set --display NAME` gives it one");
            return Err(error(Status::NotFound, message));
        };
        let info = value::field(&record, "info");
        let mut shown = Map::new();
        for (name, ours) in PARTS {
            let part = info.and_then(|info| value::field(info, name)).and_then(text);
            if let Some(part) = part {
                shown.insert(ours.to_owned(), Json::String(part));
            }
        }
        let deposit = value::field(&record, "deposit")
            .and_then(value::as_u128)
            .unwrap_or_default();
        let judgements = value::field(&record, "judgements").map(|list| value::to_json(list, chain.properties()));
        let confirmed = judgements.as_ref().and_then(Json::as_array).map_or(0, Vec::len);
        let mut lines = vec![format!("account   {address}")];
        lines.extend(
            shown
                .iter()
                .map(|(name, text)| format!("{name:<9} {}", text.as_str().unwrap_or_default())),
        );
        lines.push(format!("judged by {confirmed} registrars"));
        lines.push(format!("deposit   {}", bloc(deposit)));
        let mut row = json!({ "account": address, "deposit": deposit.to_string(), "judgements": judgements });
        if let Some(members) = row.as_object_mut() {
            members.extend(shown);
        }
        context.output.record(row, || lines.join("\n"))?;
        Ok(())
    }
}

/// Arguments of `identity clear`.
#[derive(Debug, Args)]
pub(crate) struct ClearArgs {
    #[command(flatten)]
    sending: Sending,
}

impl ClearArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let call = desk.call("Identity", "clear_identity", vec![]).await?;
        let text = format!("{} has no identity any more", desk.address(&desk.account));
        desk.send_and_say(context, call, &self.sending, json!({}), &text).await
    }
}
