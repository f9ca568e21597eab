//! `blocs proxy ls`

use crate::{
    commands::{Context, desk::named_or_own},
    units::bloc,
};
use blocs_chain::{At, ChainClient, Decoded, value};
use clap::Args;
use serde_json::json;

/// Arguments of `proxy ls`.
#[derive(Debug, Args)]
pub(crate) struct LsArgs {
    /// For whom they may act [default: the current account]
    #[arg(value_name = "ACCOUNT")]
    who: Option<String>,
}

impl LsArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let account = named_or_own(context, self.who.as_ref())?;
        let chain = context.chain().await?;
        let properties = chain.properties();
        let keys = vec![value::account(&account)];
        let record = chain.read(At::Best, "Proxy", "Proxies", keys).await?;
        let (list, deposit) = record.as_ref().map(parts).unwrap_or_default();
        if list.is_empty() {
            let account = value::address(&account, properties);
            context.output.note(format!("{account} has no proxies"));
            return Ok(());
        }
        let mut rows = Vec::new();
        for proxy in list {
            let delegate = value::field(proxy, "delegate").and_then(value::as_account);
            let delegate = delegate
                .map(|delegate| value::address(&delegate, properties))
                .unwrap_or_default();
            let kind = value::field(proxy, "proxy_type").and_then(value::variant);
            let kind = kind.map(|(name, _)| name.to_owned()).unwrap_or_default();
            let delay = value::field(proxy, "delay")
                .and_then(value::as_u128)
                .unwrap_or_default();
            let row = json!({
                "delegate": delegate,
                "type": kind,
                "delay": delay.to_string().parse::<u32>().unwrap_or(u32::MAX),
                "deposit_of_all": deposit.to_string(),
            });
            rows.push((row, vec![delegate, kind, format!("{delay} blocks")]));
        }
        context.output.table(&["PROXY", "TYPE", "DELAY"], rows)?;
        if !context.output.json {
            context.output.note(format!("{} held for all of them", bloc(deposit)));
        }
        Ok(())
    }
}

/// The proxies, and what is held for them.
fn parts(record: &Decoded) -> (Vec<&Decoded>, u128) {
    let pair = value::items(record);
    let deposit = pair
        .get(1)
        .and_then(|deposit| value::as_u128(deposit))
        .unwrap_or_default();
    let mut list = pair.first().map(|list| value::items(list)).unwrap_or_default();
    // A bounded list may be wrapped.
    if let [only] = list.as_slice()
        && value::field(only, "delegate").is_none()
    {
        list = value::items(only);
    }
    (list, deposit)
}
