//! `blocs contract info`

use super::{answer, given};
use crate::{
    commands::Context,
    exit::{Status, error},
    units::{bloc, bytes},
};
use blocs_chain::{At, ChainClient, SubxtChain};
use blocs_contract::chain::{self, CodeInfo};
use clap::Args;
use serde_json::{Value as Json, json};

/// Arguments of `contract info`.
#[derive(Debug, Args)]
pub(crate) struct InfoArgs {
    /// A contract's address, or a code's hash (0x and 64 hexadecimal digits)
    #[arg(value_name = "ADDRESS|CODE")]
    what: String,
}

impl InfoArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let chain = context.chain().await?;
        match given::code_hash(&self.what) {
            Some(hash) => code(context, &chain, hash).await,
            None => contract(context, &chain, &self.what).await,
        }
    }
}

async fn contract(context: &Context, chain: &SubxtChain, what: &str) -> anyhow::Result<()> {
    let address = context.resolve(what)?;
    let info = given::contract_at(chain, &address).await?;
    let balance = chain.balance(&address, At::Best).await?;
    let stored = chain::code(chain, At::Best, info.code_hash).await?;
    let shown = given::shown(chain, &address);
    let hash = answer::hex(&info.code_hash);
    let record = json!({
        "contract": shown,
        "code_hash": hash,
        "items": info.items,
        "bytes": info.bytes,
        "deposit": info.deposit.to_string(),
        "balance": { "free": balance.free.to_string(), "held": balance.held.to_string() },
        "code": stored.as_ref().map(|stored| code_json(chain, stored)),
    });
    context.output.record(record, || {
        let mut lines = vec![
            format!("contract  {shown}"),
            format!("balance   {}, {} held", bloc(balance.free), bloc(balance.held)),
            format!("stores    {} entries, {}", info.items, bytes(info.bytes.into())),
            format!("deposit   {}", bloc(info.deposit)),
            format!("code      {hash}"),
        ];
        lines.extend(stored.iter().flat_map(|stored| code_lines(chain, stored)));
        lines.join("\n")
    })?;
    Ok(())
}

async fn code(context: &Context, chain: &SubxtChain, hash: [u8; 32]) -> anyhow::Result<()> {
    let shown = answer::hex(&hash);
    let stored = chain::code(chain, At::Best, hash).await?.ok_or_else(|| {
        let message = format!("the chain has no code {shown}: `blocs contract upload` stores one");
        error(Status::NotFound, message)
    })?;
    let mut record = code_json(chain, &stored);
    if let Some(all) = record.as_object_mut() {
        all.insert("code_hash".to_owned(), Json::String(shown.clone()));
    }
    context.output.record(record, || {
        let mut lines = vec![format!("code      {shown}")];
        lines.extend(code_lines(chain, &stored));
        lines.join("\n")
    })?;
    Ok(())
}

fn code_json(chain: &SubxtChain, code: &CodeInfo) -> Json {
    json!({
        "owner": given::shown(chain, &code.owner),
        "deposit": code.deposit.to_string(),
        "contracts": code.contracts,
        "bytes": code.bytes,
    })
}

fn code_lines(chain: &SubxtChain, code: &CodeInfo) -> [String; 3] {
    [
        format!(
            "  size      {}, used by {} contracts",
            bytes(code.bytes.into()),
            code.contracts
        ),
        format!("  owner     {}", given::shown(chain, &code.owner)),
        format!("  deposit   {}", bloc(code.deposit)),
    ]
}
