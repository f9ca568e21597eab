//! `blocs-provider claim | drain | resume`: one signed call each.

use super::{Failure, NOT_FOUND, Options, account, connect};
use crate::shared::bloc;
use blocs_chain::{At, ChainClient, InclusionReport, MarketCall, MarketEvent, Provider, WaitFor};
use serde_json::json;

/// Pays out what was earned.
pub(super) async fn claim(options: &Options) -> anyhow::Result<()> {
    let (provider, report) = submit(options, MarketCall::Claim, |provider| {
        (provider.accrued == 0).then(|| "nothing to claim: no earnings are accrued yet".to_owned())
    })
    .await?;
    let paid = report.events.iter().find_map(|event| match event {
        MarketEvent::Claimed { amount, .. } => Some(*amount),
        _ => None,
    });
    let paid = paid.unwrap_or(provider.accrued);
    let text = format!("claimed {} in block {}\n", bloc(paid), report.block.number);
    options.print(
        &json!({ "claimed": paid.to_string(), "block": report.block.number }),
        &text,
    )
}

/// Takes no new slots from now on.
pub(super) async fn drain(options: &Options) -> anyhow::Result<()> {
    let (provider, report) = submit(options, MarketCall::AnnounceExit, |_| None).await?;
    let text = format!(
        "draining since block {}: no new slots are taken; {} bytes are still to be kept and proved\n",
        report.block.number, provider.used
    );
    options.print(
        &json!({ "draining": true, "block": report.block.number, "used": provider.used }),
        &text,
    )
}

/// Takes new slots again.
pub(super) async fn resume(options: &Options) -> anyhow::Result<()> {
    let (_, report) = submit(options, MarketCall::Resume, |_| None).await?;
    let text = format!("active again since block {}\n", report.block.number);
    options.print(&json!({ "active": true, "block": report.block.number }), &text)
}

/// Checks that the account is a provider and nothing speaks against the call, then makes it and waits until it is final.
async fn submit(
    options: &Options,
    call: MarketCall,
    against: impl Fn(&Provider) -> Option<String>,
) -> anyhow::Result<(Provider, InclusionReport)> {
    let (data, config) = options.load()?;
    let signer = account(&data, &config)?;
    let chain = connect(&config).await?;
    let Some(provider) = chain.provider(&signer.account(), At::Finalized).await? else {
        let text = format!(
            "{} is not registered as a provider: run `blocs-provider register`",
            signer.account()
        );
        return Err(Failure::new(NOT_FOUND, text).into());
    };
    if let Some(reason) = against(&provider) {
        return Err(Failure::new(NOT_FOUND, reason).into());
    }
    let report = chain.submit(&signer, call, WaitFor::Finalized).await?;
    Ok((provider, report))
}
