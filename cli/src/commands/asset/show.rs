//! `blocs asset show|ls`

use super::{Asset, id_value};
use crate::{commands::Context, units::bloc};
use blocs_chain::{At, ChainClient, SubxtChain, value};
use blocs_primitives::AccountId;
use clap::Args;
use serde_json::{Value as Json, json};

/// Assets that are listed at most.
const MOST: u32 = 10_000;

/// Arguments of `asset show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Number of the asset
    id: u32,
}

impl ShowArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let chain = context.chain().await?;
        let asset = Asset::read(&chain, self.id).await?;
        context.output.record(row(&asset, &chain), || {
            let who = |account: &Option<AccountId>| show(account, &chain).unwrap_or_default();
            let units = |amount| asset.denomination.show(amount);
            [
                format!("asset     {} {} ({})", asset.id, asset.name, asset.status),
                format!("decimals  {}", asset.denomination.decimals),
                format!("supply    {} in {} accounts", units(asset.supply), asset.accounts),
                format!("least     {}", units(asset.min_balance)),
                format!("owner     {}", who(&asset.owner)),
                format!("issuer    {}", who(&asset.issuer)),
                format!("admin     {}", who(&asset.admin)),
                format!("deposit   {}", bloc(asset.deposit)),
            ]
            .join("\n")
        })?;
        Ok(())
    }
}

/// Lists all assets.
pub(super) async fn ls(context: &Context) -> anyhow::Result<()> {
    let chain = context.chain().await?;
    let at = At::Block(chain.block(At::Best).await?.hash);
    let mut assets = Vec::new();
    for (keys, details) in chain.entries(at, "Assets", "Asset", vec![], MOST).await? {
        let id = keys
            .first()
            .and_then(value::as_u128)
            .and_then(|id| u32::try_from(id).ok());
        let Some(id) = id else { continue };
        let metadata = chain.read(at, "Assets", "Metadata", vec![id_value(id)]).await?;
        assets.push(Asset::decode(id, &details, metadata.as_ref()));
    }
    assets.sort_by_key(|asset| asset.id);
    if assets.is_empty() {
        context
            .output
            .note("there are no assets yet: `blocs asset create` makes one");
        return Ok(());
    }
    let rows = assets
        .iter()
        .map(|asset| {
            let cells = vec![
                asset.id.to_string(),
                asset.name.clone(),
                asset.denomination.show(asset.supply),
                asset.accounts.to_string(),
                show(&asset.owner, &chain).unwrap_or_default(),
            ];
            (row(asset, &chain), cells)
        })
        .collect();
    context
        .output
        .table(&["ID", "NAME", "SUPPLY", "ACCOUNTS", "OWNER"], rows)?;
    Ok(())
}

fn show(account: &Option<AccountId>, chain: &SubxtChain) -> Option<String> {
    account
        .as_ref()
        .map(|account| value::address(account, chain.properties()))
}

fn row(asset: &Asset, chain: &SubxtChain) -> Json {
    json!({
        "asset": asset.id,
        "name": asset.name,
        "symbol": asset.denomination.symbol,
        "decimals": asset.denomination.decimals,
        "status": asset.status,
        "supply": asset.supply.to_string(),
        "min_balance": asset.min_balance.to_string(),
        "accounts": asset.accounts.to_string(),
        "owner": show(&asset.owner, chain),
        "issuer": show(&asset.issuer, chain),
        "admin": show(&asset.admin, chain),
        "deposit": asset.deposit.to_string(),
    })
}
