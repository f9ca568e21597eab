//! `blocs stake pool …`

use super::{
    amounts::{Amount, parse_amount_or_all, percent},
    desk::{Desk, nothing_free, refused, split, unlocking_value, when},
    roles::targets,
};
use crate::{
    commands::Context,
    exit::{Status, error},
    units::{bloc, duration, parse_amount},
};
use anyhow::Context as _;
use blocs_chain::{At, Pool, PoolMember, StakingCall, StakingView};
use blocs_primitives::Balance;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

/// What to do with nomination pools.
#[derive(Debug, Subcommand)]
pub(crate) enum PoolCommand {
    /// Make a pool
    Create(CreateArgs),
    /// Put tokens into a pool
    Join(JoinArgs),
    /// Put more into one's pool, or what it has earned
    BondExtra(ExtraArgs),
    /// Begin to take tokens out of one's pool
    Unbond(UnbondArgs),
    /// Take out what has been unbonding for long enough
    Withdraw,
    /// Take what the pool has earned
    Claim,
    /// Choose the validators of one's own pool
    Nominate(NominateArgs),
    /// List the pools
    Ls,
}

/// Arguments of `stake pool create`.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// What to put in, in BLOC
    #[arg(value_parser = parse_amount)]
    amount: Balance,
    /// Name of the pool
    #[arg(long)]
    name: Option<String>,
    /// A validator to vote for; can be given several times
    #[arg(long, value_name = "VALIDATOR")]
    nominate: Vec<String>,
}

/// Arguments of `stake pool join`.
#[derive(Debug, Args)]
pub(crate) struct JoinArgs {
    /// Number of the pool, see `blocs stake pool ls`
    pool: u32,
    /// How much, in BLOC
    #[arg(value_parser = parse_amount)]
    amount: Balance,
}

/// Arguments of `stake pool bond-extra`.
#[derive(Debug, Args)]
pub(crate) struct ExtraArgs {
    /// How much, in BLOC, or `rewards`
    #[arg(value_parser = parse_extra)]
    amount: Extra,
}

/// Where more comes from.
#[derive(Clone, Copy, Debug)]
enum Extra {
    Amount(Balance),
    Rewards,
}

fn parse_extra(text: &str) -> Result<Extra, String> {
    if text == "rewards" {
        return Ok(Extra::Rewards);
    }
    parse_amount(text).map(Extra::Amount)
}

/// Arguments of `stake pool unbond`.
#[derive(Debug, Args)]
pub(crate) struct UnbondArgs {
    /// How much, in BLOC, or `all`
    #[arg(value_parser = parse_amount_or_all)]
    amount: Amount,
}

/// Arguments of `stake pool nominate`.
#[derive(Debug, Args)]
pub(crate) struct NominateArgs {
    /// Number of the pool
    pool: u32,
    /// Validators, by address or by name on this machine
    #[arg(required = true)]
    validators: Vec<String>,
}

impl PoolCommand {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Create(args) => args.run(context).await,
            Self::Join(args) => args.run(context).await,
            Self::BondExtra(args) => args.run(context).await,
            Self::Unbond(args) => args.run(context).await,
            Self::Withdraw => withdraw(context).await,
            Self::Claim => claim(context).await,
            Self::Nominate(args) => args.run(context).await,
            Self::Ls => list(context).await,
        }
    }
}

impl Desk {
    /// The account's membership; an error when it is in no pool.
    async fn member(&self) -> anyhow::Result<PoolMember> {
        self.chain.pool_member(&self.account, At::Best).await?.ok_or_else(|| {
            refused(format!(
                "{} is in no pool (NominationPools.PoolMemberNotFound): choose one with `blocs stake pool ls`, and join it with `blocs stake \
                 pool join POOL AMOUNT`",
                self.account
            ))
        })
    }

    /// An error when the account cannot enter a pool with this amount.
    async fn check_entry(&self, amount: Balance, least: Balance) -> anyhow::Result<()> {
        if let Some(member) = self.chain.pool_member(&self.account, At::Best).await? {
            return Err(refused(format!(
                "the account is in pool {} already (NominationPools.AccountBelongsToOtherPool): add to it with `blocs stake pool bond-extra`",
                member.pool
            )));
        }
        if self.chain.bonded(&self.account, At::Best).await?.is_some() {
            return Err(refused(
                "the account stakes by itself (NominationPools.Restricted): use another account for the pool, or unbond everything first",
            ));
        }
        if amount < least {
            return Err(refused(format!(
                "{} is too little: the least is {} (NominationPools.MinimumBondNotMet)",
                bloc(amount),
                bloc(least)
            )));
        }
        Ok(())
    }
}

impl CreateArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let limits = desk.limits().await?;
        desk.check_entry(self.amount, limits.min_pool_create).await?;
        let targets = targets(context, &desk.chain, &self.nominate).await?;
        let report = desk.send(StakingCall::PoolCreate { amount: self.amount }).await?;
        let pool = desk.member().await?.pool;
        if let Some(name) = self.name.clone() {
            let named = desk.send(StakingCall::PoolName { pool, name }).await;
            named.with_context(|| format!("pool {pool} is made, but it has no name"))?;
        }
        let names: Vec<String> = targets.iter().map(ToString::to_string).collect();
        if !targets.is_empty() {
            let voted = desk.send(StakingCall::PoolNominate { pool, targets }).await;
            voted.with_context(|| format!("pool {pool} is made, but it nominates nobody yet"))?;
        }
        let more = json!({ "pool": pool, "name": self.name, "targets": names });
        desk.say(context, &report, more, &format!("made pool {pool}"))?;
        if self.nominate.is_empty() {
            context.output.note(format!(
                "It earns nothing before it nominates: `blocs stake pool nominate {pool} VALIDATOR`"
            ));
        }
        Ok(())
    }
}

impl JoinArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let pools = desk.chain.pools(At::Best).await?;
        let Some(pool) = pools.iter().find(|pool| pool.id == self.pool) else {
            let message = format!(
                "there is no pool {} (NominationPools.PoolNotFound): see `blocs stake pool ls`",
                self.pool
            );
            return Err(error(Status::NotFound, message));
        };
        if pool.state != "open" {
            return Err(refused(format!(
                "pool {} is {} (NominationPools.NotOpen): choose another one with `blocs stake pool ls`",
                pool.id, pool.state
            )));
        }
        desk.check_entry(self.amount, desk.limits().await?.min_pool_join)
            .await?;
        let call = StakingCall::PoolJoin {
            pool: self.pool,
            amount: self.amount,
        };
        let more = json!({ "pool": self.pool, "added": self.amount.to_string() });
        let text = format!("joined pool {} with {}", self.pool, bloc(self.amount));
        desk.send_and_say(context, call, more, &text).await
    }
}

impl ExtraArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let member = desk.member().await?;
        let (call, amount) = match self.amount {
            Extra::Amount(amount) => (StakingCall::PoolBondExtra { amount }, amount),
            Extra::Rewards => (StakingCall::PoolBondRewards, member.pending_rewards),
        };
        let more = json!({ "pool": member.pool, "added": amount.to_string() });
        let text = format!("added {} to pool {}", bloc(amount), member.pool);
        desk.send_and_say(context, call, more, &text).await
    }
}

impl UnbondArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let (member, clock) = (desk.member().await?, desk.clock().await?);
        let amount = self.amount.of(member.balance);
        if amount == 0 || amount > member.balance {
            return Err(refused(format!(
                "cannot unbond {}: {} are at stake in pool {}",
                bloc(amount),
                bloc(member.balance),
                member.pool
            )));
        }
        let points = if amount == member.balance {
            member.points
        } else {
            // Points and tokens differ only after a slash, and then a stake is worth a part of its points.
            let parts = amount.saturating_mul(1_000_000_000) / member.balance.max(1);
            member.points.saturating_mul(parts) / 1_000_000_000
        };
        let era = clock.planned_era.saturating_add(clock.bonding_eras);
        let wait = clock.until_free(era);
        let more =
            json!({ "pool": member.pool, "unbonding": amount.to_string(), "era": era, "seconds": wait.as_secs() });
        let text = format!(
            "{} leave pool {} and can be taken out from era {era} on, in about {}, with `blocs stake pool withdraw`",
            bloc(amount),
            member.pool,
            duration(wait)
        );
        desk.send_and_say(context, StakingCall::PoolUnbond { points }, more, &text)
            .await
    }
}

async fn withdraw(context: &Context) -> anyhow::Result<()> {
    let desk = Desk::open(context).await?;
    let (member, clock) = (desk.member().await?, desk.clock().await?);
    let (free, later) = split(&member.unlocking, &clock);
    if free == 0 {
        return Err(nothing_free(&later, &clock, "blocs stake pool unbond AMOUNT"));
    }
    let call = StakingCall::PoolWithdraw {
        slashing_spans: member.slashing_spans,
    };
    let report = desk.send(call).await?;
    let more =
        json!({ "pool": member.pool, "withdrawn": free.to_string(), "unlocking": unlocking_value(&later, &clock) });
    desk.say(
        context,
        &report,
        more,
        &format!("took {} out of pool {}", bloc(free), member.pool),
    )?;
    for chunk in &later {
        context.output.note(format!("Still leaving: {}", when(chunk, &clock)));
    }
    Ok(())
}

async fn claim(context: &Context) -> anyhow::Result<()> {
    let desk = Desk::open(context).await?;
    let member = desk.member().await?;
    if member.pending_rewards == 0 {
        return Err(error(
            Status::NotFound,
            "the pool has earned nothing to take yet: it earns when the rewards of its validators are paid out, which `blocs stake payout` does",
        ));
    }
    let amount = member.pending_rewards;
    let more = json!({ "pool": member.pool, "claimed": amount.to_string() });
    let text = format!("took {} that pool {} has earned", bloc(amount), member.pool);
    desk.send_and_say(context, StakingCall::PoolClaim, more, &text).await
}

impl NominateArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let targets = targets(context, &desk.chain, &self.validators).await?;
        let names: Vec<String> = targets.iter().map(ToString::to_string).collect();
        let text = format!("pool {} nominates {}", self.pool, names.join(", "));
        let more = json!({ "pool": self.pool, "targets": names });
        let call = StakingCall::PoolNominate {
            pool: self.pool,
            targets,
        };
        desk.send_and_say(context, call, more, &text).await
    }
}

async fn list(context: &Context) -> anyhow::Result<()> {
    let chain = context.chain().await?;
    let pools = chain.pools(At::Finalized).await?;
    if pools.is_empty() {
        context
            .output
            .note("There is no pool yet: make one with `blocs stake pool create AMOUNT --name NAME`.");
        return Ok(());
    }
    let headings = [
        "POOL",
        "NAME",
        "STATE",
        "MEMBERS",
        "AT STAKE",
        "COMMISSION",
        "VALIDATORS",
    ];
    context.output.table(&headings, pools.iter().map(row).collect())?;
    Ok(())
}

fn row(pool: &Pool) -> (Value, Vec<String>) {
    let value = json!({
        "pool": pool.id,
        "name": pool.name,
        "state": pool.state,
        "members": pool.members,
        "balance": pool.balance.to_string(),
        "commission": percent(pool.commission),
        "nominator": pool.nominator.as_ref().map(ToString::to_string),
        "account": pool.account.to_string(),
        "targets": pool.targets.iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    let cells = vec![
        pool.id.to_string(),
        pool.name.clone(),
        pool.state.to_owned(),
        pool.members.to_string(),
        bloc(pool.balance),
        percent(pool.commission),
        pool.targets.len().to_string(),
    ];
    (value, cells)
}
