//! `blocs gov treasury …`
//!
//! Spends go through `treasury.spend`: it pays out as soon as somebody asks after the approval, from a date of one's choice. The older
//! `treasury.spend_local` waits for the end of a spending period, and is deprecated.

use super::{
    desk::{Assembly, Desk, Sending, refused},
    propose::{Wishes, propose},
    show::columns,
};
use crate::{
    commands::Context,
    exit::{Status, error},
    units::{bloc, parse_amount},
};
use blocs_chain::{
    Value,
    governance::{GovernanceView, Spend, SpendState},
    value,
};
use blocs_primitives::Balance;
use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

/// One BLOC in planck.
const BLOC: Balance = 1_000_000_000_000;
/// The spenders' tracks, and the most that each may spend at once; the treasurer's has no limit.
const SPENDERS: [(&str, Balance); 3] = [
    ("small_spender", 1_000 * BLOC),
    ("medium_spender", 10_000 * BLOC),
    ("big_spender", 100_000 * BLOC),
];

/// What to do with the treasury.
#[derive(Debug, Subcommand)]
pub(crate) enum TreasuryCommand {
    /// Show what it holds and what it is to pay
    Show,
    /// Propose that it pays somebody
    Spend(SpendArgs),
    /// Pay out an approved spend: anybody may
    Payout(PayoutArgs),
}

/// Arguments of `gov treasury spend`.
#[derive(Debug, Args)]
pub(crate) struct SpendArgs {
    /// How much, in BLOC
    #[arg(value_parser = parse_amount)]
    amount: Balance,
    /// To whom: an address or an account of this machine
    to: String,
    /// The track; the lowest spender's that may spend so much when not given
    #[arg(long, value_name = "TRACK")]
    track: Option<String>,
    /// Pay not before this block
    #[arg(long, value_name = "BLOCK")]
    from: Option<u32>,
    /// Put the decision deposit down as well
    #[arg(long)]
    deposit: bool,
    #[command(flatten)]
    sending: Sending,
}

/// Arguments of `gov treasury payout`.
#[derive(Debug, Args)]
pub(crate) struct PayoutArgs {
    /// Number of the spend
    #[arg(value_name = "ID")]
    index: u32,
    #[command(flatten)]
    sending: Sending,
}

/// The track of the lowest spender that may spend so much.
pub(super) fn track_for(amount: Balance) -> &'static str {
    let found = SPENDERS.into_iter().find(|(_, most)| amount <= *most);
    found.map_or("treasurer", |(track, _)| track)
}

impl TreasuryCommand {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Show => show(context).await,
            Self::Spend(args) => args.run(context).await,
            Self::Payout(args) => args.run(context).await,
        }
    }
}

async fn show(context: &Context) -> anyhow::Result<()> {
    let assembly = Assembly::open(context).await?;
    let treasury = assembly.chain.treasury(assembly.at).await?;
    let bounties = assembly.chain.bounties(assembly.at).await?;
    let next = treasury.last_spend.saturating_add(treasury.spend_period);
    let spend = |spend: &Spend| {
        json!({
            "id": spend.index,
            "amount": spend.amount.to_string(),
            "to": assembly.address(&spend.to),
            "status": spend.state.word(),
            "valid_from": spend.valid_from,
            "expires": spend.expires,
        })
    };
    let value = json!({
        "account": assembly.address(&treasury.account),
        "spendable": treasury.spendable.to_string(),
        "spend_period": treasury.spend_period,
        "next_funding": next,
        "spends": treasury.spends.iter().map(spend).collect::<Vec<Json>>(),
        "bounties": bounties.len(),
    });
    context.output.record(value, || {
        let clock = &assembly.clock;
        let mut lines = vec![
            ("account", assembly.address(&treasury.account)),
            ("spendable", bloc(treasury.spendable)),
            (
                "period",
                format!(
                    "{}; bounties are funded in {}",
                    clock.length(treasury.spend_period),
                    clock.show(next)
                ),
            ),
            ("bounties", format!("{}: `blocs gov bounty ls`", bounties.len())),
        ];
        for spend in &treasury.spends {
            let when = if spend.valid_from > clock.now {
                format!("can be paid out in {}", clock.show(spend.valid_from))
            } else {
                format!(
                    "`blocs gov treasury payout {}`, lapses in {}",
                    spend.index,
                    clock.show(spend.expires)
                )
            };
            lines.push((
                "spend",
                format!(
                    "{}: {} to {}, {}; {when}",
                    spend.index,
                    bloc(spend.amount),
                    assembly.address(&spend.to),
                    spend.state.word()
                ),
            ));
        }
        columns(lines)
    })?;
    Ok(())
}

impl SpendArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let to = context.resolve(&self.to)?;
        let desk = Desk::open(context).await?;
        let assembly = &desk.assembly;
        let treasury = assembly.chain.treasury(assembly.at).await?;
        if self.amount == 0 {
            return Err(error(Status::Usage, "a spend pays something: give an amount"));
        }
        if treasury.spendable < self.amount {
            context.output.note(format!(
                "The treasury can spend {} now: the payout has to wait until it holds {}.",
                bloc(treasury.spendable),
                bloc(self.amount)
            ));
        }
        let name = self.track.as_deref().unwrap_or_else(|| track_for(self.amount));
        let track = assembly.track(name)?.clone();
        if let Some((_, most)) = SPENDERS
            .into_iter()
            .find(|(name, most)| *name == track.name && self.amount > *most)
        {
            return Err(refused(format!(
                "track {} may spend {} at once, not {} (Treasury.InsufficientPermission): use {}",
                track.name,
                bloc(most),
                bloc(self.amount),
                track_for(self.amount)
            )));
        }
        let nothing = Value::unnamed_composite(Vec::<Value>::new());
        let from = match self.from {
            Some(block) => Value::unnamed_variant("Some", [Value::u128(block.into())]),
            None => Value::unnamed_variant("None", Vec::<Value>::new()),
        };
        let fields = vec![
            ("asset_kind", nothing),
            ("amount", value::amount(self.amount)),
            ("beneficiary", value::account(&to)),
            ("valid_from", from),
        ];
        let call = desk.call("Treasury", "spend", fields).await?;
        let wishes = Wishes {
            after: None,
            at: None,
            deposit: self.deposit,
        };
        propose(context, &desk, &track, call, wishes, self.sending).await
    }
}

impl PayoutArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let assembly = &desk.assembly;
        let treasury = assembly.chain.treasury(assembly.at).await?;
        let spend = treasury.spends.iter().find(|spend| spend.index == self.index);
        let spend = spend.ok_or_else(|| {
            error(
                Status::NotFound,
                format!(
                    "there is no spend {} to pay out: `blocs gov treasury show` lists them",
                    self.index
                ),
            )
        })?;
        let clock = &assembly.clock;
        if spend.valid_from > clock.now {
            return Err(error(
                Status::Retryable,
                format!(
                    "spend {} can be paid out in {} (Treasury.EarlyPayout)",
                    self.index,
                    clock.show(spend.valid_from)
                ),
            ));
        }
        let index = || vec![("index", Value::u128(self.index.into()))];
        let mut calls = Vec::new();
        if spend.state != SpendState::Attempted {
            calls.push(desk.call("Treasury", "payout", index()).await?);
        }
        // Settles it: a payment in the native token is done at once.
        calls.push(desk.call("Treasury", "check_status", index()).await?);
        let call = desk.batch(calls).await?;
        let (amount, to) = (spend.amount, assembly.address(&spend.to));
        let more = json!({ "id": self.index, "amount": amount.to_string(), "to": to });
        let text = format!("paid out spend {}: {} to {to}", self.index, bloc(amount));
        desk.send_and_say(context, call, self.sending, more, &text).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_spender_that_may_is_chosen() {
        for (amount, track) in [
            (1, "small_spender"),
            (1_000, "small_spender"),
            (1_001, "medium_spender"),
            (100_000, "big_spender"),
            (100_001, "treasurer"),
        ] {
            assert_eq!(track_for(amount * BLOC), track, "{amount}");
        }
    }
}
