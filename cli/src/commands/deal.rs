//! `blocs deal …`

use super::{Context, parse_deal, show_deal};
use crate::{
    exit::{Status, error},
    units::{bloc, bytes, duration},
};
use blocs_chain::{At, ChainClient, Deal, Slot, SlotStatus};
use blocs_primitives::{DealId, Period, SlotIndex};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

/// What to do with deals.
#[derive(Debug, Subcommand)]
pub(crate) enum DealCommand {
    /// List the deals of an account
    Ls(LsArgs),
    /// Show one deal and its slots
    Show(ShowArgs),
}

/// Arguments of `deal ls`.
#[derive(Debug, Args)]
pub(crate) struct LsArgs {
    /// Name or address; the current account when not given
    owner: Option<String>,
}

/// Arguments of `deal show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Id of the deal
    deal: String,
}

impl DealCommand {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Ls(args) => list(context, args.owner).await,
            Self::Show(args) => show(context, &args.deal).await,
        }
    }
}

async fn list(context: &Context, owner: Option<String>) -> anyhow::Result<()> {
    let owner = match owner {
        Some(text) => context.resolve(&text)?,
        None => context.account()?.signer.account(),
    };
    let chain = context.chain().await?;
    let block = chain.block(At::Finalized).await?;
    let now = block.number / chain.period_length();
    let mut rows = Vec::new();
    for id in chain.deals_by_owner(&owner, At::Block(block.hash)).await? {
        let Some(deal) = chain.deal(id, At::Block(block.hash)).await? else {
            continue;
        };
        let cells = vec![
            show_deal(id),
            state(&deal, now).to_owned(),
            format!("{} of {}", deal.k, deal.n),
            format!("{}..{}", deal.start, deal.end),
            deal.open_slots.to_string(),
        ];
        rows.push((value(id, &deal, now), cells));
    }
    if rows.is_empty() {
        context.output.note(format!("{owner} has no deals on this chain."));
        return Ok(());
    }
    context
        .output
        .table(&["DEAL", "STATE", "NEEDS", "PERIODS", "OPEN SLOTS"], rows)?;
    Ok(())
}

async fn show(context: &Context, text: &str) -> anyhow::Result<()> {
    let id = parse_deal(text).ok_or_else(|| {
        error(
            Status::Usage,
            format!("{text:?} is not the id of a deal: it has 64 hexadecimal digits (see `blocs deal ls`)"),
        )
    })?;
    let chain = context.chain().await?;
    let block = chain.block(At::Finalized).await?;
    let at = At::Block(block.hash);
    let now = block.number / chain.period_length();
    let Some(deal) = chain.deal(id, at).await? else {
        let message = format!("there is no deal {text} in the finalized state: it has ended, or is not finalized yet");
        return Err(error(Status::NotFound, message));
    };
    let slots = chain.slots(id, at).await?;
    let mut value = value(id, &deal, now);
    if let Value::Object(fields) = &mut value {
        fields.insert("finalized_block".into(), json!(block.number));
        fields.insert(
            "slots".into(),
            slots.iter().map(|(index, slot)| slot_value(*index, slot)).collect(),
        );
    }
    context.output.record(value, || {
        let left = chain.properties().duration(deal.end.saturating_sub(now));
        let mut lines = vec![
            format!("deal      {}", show_deal(id)),
            format!("owner     {}", deal.owner),
            format!(
                "state     {} (seen in finalized block {})",
                state(&deal, now),
                block.number
            ),
            format!("needs     {} of {} slots", deal.k, deal.n),
            format!(
                "periods   {} to {}, now {now}, about {} left",
                deal.start,
                deal.end,
                duration(left)
            ),
            format!("deposit   {}", bloc(deal.deposit)),
            format!("manifest  {:?}", deal.manifest),
        ];
        lines.extend(slots.iter().map(|(index, slot)| {
            let (size, rate, root) = (bytes(slot.size), bloc(slot.rate), hex::encode(slot.root.0));
            format!(
                "slot {:<4} {} {} {size}, {rate} per period, root {root}",
                index.0,
                slot_status(slot.status),
                slot.provider
            )
        }));
        lines.join("\n")
    })?;
    Ok(())
}

fn state(deal: &Deal, now: Period) -> &'static str {
    if now < deal.end { "certified" } else { "expired" }
}

fn value(id: DealId, deal: &Deal, now: Period) -> Value {
    json!({
        "deal": show_deal(id),
        "owner": deal.owner.to_string(),
        "state": state(deal, now),
        "k": deal.k,
        "n": deal.n,
        "start": deal.start,
        "end": deal.end,
        "period": now,
        "open_slots": deal.open_slots,
        "deposit": deal.deposit.to_string(),
        "refundable": deal.refundable.to_string(),
        "manifest": format!("{:?}", deal.manifest),
    })
}

fn slot_value(index: SlotIndex, slot: &Slot) -> Value {
    json!({
        "index": index.0,
        "provider": slot.provider.to_string(),
        "root": hex::encode(slot.root.0),
        "size": slot.size,
        "rate": slot.rate.to_string(),
        "start": slot.start,
        "end": slot.end,
        "status": slot_status(slot.status),
    })
}

pub(crate) fn slot_status(status: SlotStatus) -> &'static str {
    match status {
        SlotStatus::Live => "live",
        SlotStatus::Lost => "lost",
        SlotStatus::Reserved => "reserved",
        SlotStatus::Closed => "closed",
    }
}
