//! What is stored is kept longer.

use super::{
    Stage, Verdict,
    loss::{comes_back, with_file},
};
use crate::until;
use anyhow::{Context, Result, ensure};
use blocs_chain::{At, ChainClient, MarketEvent};
use blocs_primitives::{AccountId, Balance, Period, SlotIndex};
use serde_json::Value;
use std::fs;

const MIB: u64 = 1 << 20;

pub(super) async fn a_renewed_file_is_proved_and_read_after_its_first_end_and_settled_at_the_new_one(
    stage: &Stage,
) -> Result<Verdict> {
    // Given a file that is kept for two periods
    let cluster = stage.own("renew", 3).await?;
    let (user, source, deal) = with_file(&cluster, "owner", 2 * MIB, &["--ec", "2+1", "--for", "2p"]).await?;
    let chain = cluster.chain();
    let opened = chain.deal(deal, At::Finalized).await?.context("no such deal")?;
    let slots = chain.slots(deal, At::Finalized).await?;
    let rates: Balance = slots.iter().map(|(_, slot)| slot.rate).sum();

    // When its owner asks what a longer time costs, nothing is paid
    let dry = user
        .run(["--json", "renew", "file", "--periods", "2", "--dry-run"])
        .await?;
    let dry = dry.expect(0)?.json()?;
    ensure!(
        amount(&dry, "price")? == 2 * rates,
        "two periods cost {dry}, the rates are {rates}"
    );

    // And a stranger may collect the quotes for the owner, but not use them
    let stranger = cluster.user("stranger").await?;
    let id = format!("{:?}", deal.0);
    let file = stranger.home().join("quotes.json").display().to_string();
    stranger
        .run(["renew", &id, "--periods", "2", "--quotes", &file])
        .await?
        .expect(0)?;
    let quotes: Value = serde_json::from_str(&fs::read_to_string(&file)?)?;
    let argument = format!("extension={}", quotes["argument"].as_str().context("no argument")?);
    let call = ["tx", "call", "storageMarket.extend_deal", &argument];
    stranger.run(call).await?.expect(23)?.says(&["owner"])?;
    stranger
        .run(["renew", &id, "--periods", "2"])
        .await?
        .expect(6)?
        .says(&["--quotes"])?;

    // When it is renewed
    let renewed = user
        .run(["--json", "renew", "file", "--periods", "2"])
        .await?
        .expect(0)?
        .json()?;
    let end = opened.end + 2;
    ensure!(
        renewed["end"] == end,
        "it was renewed to {renewed} in place of period {end}"
    );
    let stat = user.run(["--json", "stat", "file"]).await?.expect(0)?.json()?;
    ensure!(stat["end"] == end, "stat does not know the new end {end}: {stat}");
    // The quotes collected before are of no use any more.
    user.run(call).await?.expect(23)?;

    // And renewed again without a provider that leaves: it is named, and the others go on when that is asked for
    let leaving = cluster.provider(2).await?.account().clone();
    cluster.provider(2).await?.command("drain").await?;
    let limit = cluster.patience(2);
    until(
        "the leaving provider refuses to keep its slot longer",
        limit,
        || async {
            let outcome = user.run(["renew", "file", "--periods", "1", "--dry-run"]).await?;
            let refused = outcome.code == Some(22) && outcome.stderr.contains("2 of 3");
            Ok(refused.then_some(outcome))
        },
    )
    .await?
    .says(&[leaving.to_string().as_str(), "draining", "--partial"])?;
    user.run(["renew", "file", "--periods", "1", "--partial"])
        .await?
        .expect(0)?;
    let last = end + 1;

    // Then its providers prove after the first end, and the file comes back
    let staying = cluster.provider(0).await?.account().clone();
    let limit = cluster.patience(last - opened.start + 4);
    for account in [&staying, &leaving] {
        let (period, paid) = cluster.proved_since(account, opened.end, limit).await?;
        ensure!(paid > 0, "{account} proved period {period} and was paid nothing");
    }
    comes_back(&user, "file", &source).await?;

    // And each slot is settled at its own end, not sooner, for exactly what was set aside for it
    let length = chain.period_length();
    cluster
        .events()
        .first("the deal is closed", limit, |(_, event)| match event {
            MarketEvent::DealClosed { deal: closed, .. } if *closed == deal => Some(()),
            _ => None,
        })
        .await?;
    let closed = cluster.events().all(|(block, event)| match event {
        MarketEvent::SlotClosed {
            deal: of,
            index,
            provider,
            paid,
            refunded,
        } if *of == deal => Some((block.number / length, *index, provider.clone(), *paid, *refunded)),
        _ => None,
    });
    ensure!(closed.len() == slots.len(), "{} slots were closed", closed.len());
    for (period, index, provider, paid, refunded) in closed {
        let its_end = if provider == leaving { end } else { last };
        settled(&slots, index, &provider, its_end, paid, refunded)?;
        ensure!(period >= its_end, "slot {} was closed in period {period}", index.0);
    }
    Ok(Verdict::Passed)
}

fn settled(
    slots: &[(SlotIndex, blocs_chain::Slot)],
    index: SlotIndex,
    provider: &AccountId,
    end: Period,
    paid: Balance,
    refunded: Balance,
) -> Result<()> {
    let slot = slots.iter().find(|(known, _)| *known == index);
    let (_, slot) = slot.context("a slot was closed that was not opened")?;
    ensure!(slot.provider == *provider, "slot {} has changed hands", index.0);
    let whole = slot.rate * Balance::from(end - slot.start);
    ensure!(
        paid > 0 && paid + refunded == whole,
        "slot {} was settled with {paid} paid and {refunded} returned of {whole}",
        index.0
    );
    Ok(())
}

fn amount(value: &Value, name: &str) -> Result<Balance> {
    let text = value[name]
        .as_str()
        .with_context(|| format!("there is no {name} in {value}"))?;
    Ok(text.parse()?)
}
