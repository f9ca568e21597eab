//! `blocs stake bond|bond-extra|unbond|withdraw|payee`

use super::{
    amounts::{Amount, parse_amount_or_all},
    desk::{Desk, nothing_free, refused, split, unlocking_value, when},
};
use crate::{
    commands::Context,
    units::{bloc, duration, parse_amount},
};
use blocs_chain::{At, PayTo, StakingCall, StakingView, Unlocking};
use blocs_primitives::Balance;
use clap::Args;
use serde_json::json;

/// Arguments of `stake bond`.
#[derive(Debug, Args)]
pub(crate) struct BondArgs {
    /// How much, in BLOC
    #[arg(value_parser = parse_amount)]
    amount: Balance,
    /// Where rewards go: `stake` adds them to the stake, `account` leaves them free, or an address
    #[arg(long, default_value = "stake", value_name = "WHERE")]
    rewards: String,
}

/// Arguments of `stake bond-extra`.
#[derive(Debug, Args)]
pub(crate) struct BondExtraArgs {
    /// How much more, in BLOC
    #[arg(value_parser = parse_amount)]
    amount: Balance,
}

/// Arguments of `stake unbond`.
#[derive(Debug, Args)]
pub(crate) struct UnbondArgs {
    /// How much, in BLOC, or `all`
    #[arg(value_parser = parse_amount_or_all)]
    amount: Amount,
}

/// Arguments of `stake payee`.
#[derive(Debug, Args)]
pub(crate) struct PayeeArgs {
    /// Where rewards go: `stake` adds them to the stake, `account` leaves them free, or an address
    rewards: String,
}

fn pay_to(context: &Context, text: &str) -> anyhow::Result<PayTo> {
    Ok(match text {
        "stake" => PayTo::Stake,
        "account" => PayTo::Account,
        other => PayTo::Other(context.resolve(other)?),
    })
}

impl BondArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let pay_to = pay_to(context, &self.rewards)?;
        let desk = Desk::open(context).await?;
        let limits = desk.limits().await?;
        if let Some(bonded) = desk.chain.bonded(&desk.account, At::Best).await? {
            let total = bloc(bonded.total);
            return Err(refused(format!(
                "the account has bonded {total} already (Staking.AlreadyBonded): add to it with `blocs stake bond-extra`"
            )));
        }
        if let Some(member) = desk.chain.pool_member(&desk.account, At::Best).await? {
            return Err(refused(format!(
                "the account is a member of pool {} (Staking.Restricted): leave it first with `blocs stake pool unbond all`, or use \
                 another account",
                member.pool
            )));
        }
        if self.amount < limits.min_nominator_bond {
            return Err(refused(format!(
                "{} is too little to stake alone (Staking.InsufficientBond): the least bond is {} for a nominator and {} for a validator; \
                 a pool takes {} or more, see `blocs stake pool ls`",
                bloc(self.amount),
                bloc(limits.min_nominator_bond),
                bloc(limits.min_validator_bond),
                bloc(limits.min_pool_join)
            )));
        }
        let call = StakingCall::Bond {
            amount: self.amount,
            pay_to,
        };
        let text = format!("bonded {}", bloc(self.amount));
        let more = json!({ "bonded": self.amount.to_string() });
        desk.send_and_say(context, call, more, &text).await?;
        if self.amount < limits.min_validator_bond {
            context.output.note(format!(
                "That is enough to nominate. A validator needs {} at least.",
                bloc(limits.min_validator_bond)
            ));
        }
        Ok(())
    }
}

impl BondExtraArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let before = desk.bonded().await?;
        let report = desk.send(StakingCall::BondExtra { amount: self.amount }).await?;
        let total = before.active.saturating_add(self.amount);
        let more = json!({ "added": self.amount.to_string(), "active": total.to_string() });
        let text = format!("added {}, {} at stake", bloc(self.amount), bloc(total));
        Ok(desk.say(context, &report, more, &text)?)
    }
}

impl UnbondArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let (bonded, limits, clock) = (desk.bonded().await?, desk.limits().await?, desk.clock().await?);
        let amount = self.amount.of(bonded.active);
        if amount == 0 || amount > bonded.active {
            return Err(refused(format!(
                "cannot unbond {}: {} are at stake, the rest is unbonding already; see `blocs stake status`",
                bloc(amount),
                bloc(bonded.active)
            )));
        }
        let left = bonded.active.saturating_sub(amount);
        let (role, least) = match (&bonded.validator, &bonded.nominations) {
            (Some(_), _) => ("validator", limits.min_validator_bond),
            (None, Some(_)) => ("nominator", limits.min_nominator_bond),
            (None, None) => ("account", 0),
        };
        if left < least {
            return Err(refused(format!(
                "cannot unbond {}: {} would stay at stake, and the least bond of a {role} is {} (Staking.InsufficientBond): unbond less, \
                 or stop first with `blocs stake chill`",
                bloc(amount),
                bloc(left),
                bloc(least)
            )));
        }
        let report = desk.send(StakingCall::Unbond { amount }).await?;
        let chunk = Unlocking {
            amount,
            era: clock.planned_era.saturating_add(clock.bonding_eras),
        };
        let more = json!({
            "unbonding": amount.to_string(),
            "era": chunk.era,
            "seconds": clock.until_free(chunk.era).as_secs(),
        });
        let wait = duration(clock.until_free(chunk.era));
        let text = format!(
            "{} unbond and can be taken out from era {} on, in about {wait}, with `blocs stake withdraw`",
            bloc(amount),
            chunk.era
        );
        Ok(desk.say(context, &report, more, &text)?)
    }
}

/// `stake withdraw`
pub(super) async fn withdraw(context: &Context) -> anyhow::Result<()> {
    let desk = Desk::open(context).await?;
    let (bonded, clock) = (desk.bonded().await?, desk.clock().await?);
    let (free, later) = split(&bonded.unlocking, &clock);
    if free == 0 {
        return Err(nothing_free(&later, &clock, "blocs stake unbond AMOUNT"));
    }
    let call = StakingCall::Withdraw {
        slashing_spans: bonded.slashing_spans,
    };
    let report = desk.send(call).await?;
    let more = json!({ "withdrawn": free.to_string(), "unlocking": unlocking_value(&later, &clock) });
    desk.say(context, &report, more, &format!("took out {}", bloc(free)))?;
    for chunk in &later {
        context.output.note(format!("Still unbonding: {}", when(chunk, &clock)));
    }
    Ok(())
}

impl PayeeArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let pay_to = pay_to(context, &self.rewards)?;
        let desk = Desk::open(context).await?;
        desk.bonded().await?;
        let more = json!({ "rewards": self.rewards });
        let text = format!("rewards go to: {}", self.rewards);
        desk.send_and_say(context, StakingCall::SetPayTo { pay_to }, more, &text)
            .await
    }
}
