//! `blocs provider …`

use super::Context;
use crate::{
    exit::{Status, error},
    units::{bloc, bytes},
};
use blocs_chain::{At, ChainClient, ProviderRecord, ProviderStatus, Tier};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

/// What to do with providers.
#[derive(Debug, Subcommand)]
pub(crate) enum ProviderCommand {
    /// List the registered providers
    Ls,
    /// Show one provider in detail
    Show(ShowArgs),
}

/// Arguments of `provider show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Address of the provider
    #[arg(value_name = "ACCOUNT")]
    provider: String,
}

impl ProviderCommand {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Ls => list(context).await,
            Self::Show(args) => show(context, &args.provider).await,
        }
    }
}

async fn list(context: &Context) -> anyhow::Result<()> {
    let chain = context.chain().await?;
    let providers = chain.all_providers(At::Finalized).await?;
    if providers.is_empty() {
        context.output.note("No provider is registered on this chain yet.");
    }
    let rows = providers
        .iter()
        .map(|record| {
            let provider = &record.provider;
            let cells = vec![
                record.account.to_string(),
                status(provider.status).to_owned(),
                record.info.zone.clone(),
                tier(record.info.tier).to_owned(),
                bytes(provider.used),
                bytes(provider.capacity),
                bloc(provider.price),
                provider.proven.to_string(),
                provider.misses.to_string(),
            ];
            (value(record), cells)
        })
        .collect();
    let headings = [
        "ACCOUNT",
        "STATUS",
        "ZONE",
        "TIER",
        "USED",
        "CAPACITY",
        "PRICE/GiB·PERIOD",
        "PROVEN",
        "MISSES",
    ];
    if !providers.is_empty() {
        context.output.table(&headings, rows)?;
    }
    Ok(())
}

async fn show(context: &Context, account: &str) -> anyhow::Result<()> {
    let account = context.resolve(account)?;
    let chain = context.chain().await?;
    let at = At::Block(chain.block(At::Finalized).await?.hash);
    let Some(provider) = chain.provider(&account, at).await? else {
        let message = format!("{account} is not a provider of this chain: see `blocs provider ls`");
        return Err(error(Status::NotFound, message));
    };
    let info = chain.provider_info(&account, at).await?.unwrap_or_default();
    let record = ProviderRecord {
        account,
        provider,
        info,
    };
    context.output.record(value(&record), || {
        let ProviderRecord {
            account,
            provider,
            info,
        } = &record;
        let lines = [
            ("account", account.to_string()),
            ("status", status(provider.status).to_owned()),
            ("zone", info.zone.clone()),
            ("tier", tier(info.tier).to_owned()),
            ("addresses", info.addresses.join(", ")),
            ("bond", bloc(provider.bond)),
            ("price", format!("{} per GiB and period", bloc(provider.price))),
            (
                "used",
                format!("{} of {}", bytes(provider.used), bytes(provider.capacity)),
            ),
            ("earns", format!("{} per period", bloc(provider.rate))),
            ("accrued", bloc(provider.accrued)),
            (
                "proven",
                format!("{} periods, {} missed in a row", provider.proven, provider.misses),
            ),
        ];
        lines.map(|(name, text)| format!("{name:<10} {text}")).join("\n")
    })?;
    Ok(())
}

fn value(record: &ProviderRecord) -> Value {
    let ProviderRecord {
        account,
        provider,
        info,
    } = record;
    json!({
        "account": account.to_string(),
        "operator": format!("0x{}", hex::encode(provider.operator.0)),
        "status": status(provider.status),
        "zone": info.zone,
        "tier": tier(info.tier),
        "peer_id": hex::encode(&info.peer_id),
        "addresses": info.addresses,
        "bond": provider.bond.to_string(),
        "price": provider.price.to_string(),
        "used": provider.used,
        "capacity": provider.capacity,
        "rate": provider.rate.to_string(),
        "accrued": provider.accrued.to_string(),
        "proven": provider.proven,
        "misses": provider.misses,
    })
}

fn status(status: ProviderStatus) -> &'static str {
    match status {
        ProviderStatus::Active => "active",
        ProviderStatus::Draining => "draining",
        ProviderStatus::Faulted => "faulted",
    }
}

fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Hot => "hot",
        Tier::Warm => "warm",
        Tier::Cold => "cold",
    }
}
