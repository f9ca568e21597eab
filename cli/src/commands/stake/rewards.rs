//! `blocs stake rewards|payout`

use super::desk::Desk;
use crate::{
    commands::Context,
    exit::{Status, error},
    units::bloc,
};
use blocs_chain::{At, EraReward, PayoutPage, StakingCall, StakingView, SubxtChain};
use blocs_primitives::{AccountId, Balance};
use clap::Args;
use serde_json::{Value, json};

/// Pages in one transaction: each takes a tenth of a block at most.
const PAGES_AT_ONCE: usize = 5;

/// Arguments of `stake rewards`.
#[derive(Debug, Args)]
pub(crate) struct RewardsArgs {
    /// Validator or nominator, by address or by name; the current account when not given
    #[arg(value_name = "ACCOUNT")]
    who: Option<String>,
    /// Only what has not been paid
    #[arg(long)]
    unpaid: bool,
}

/// Arguments of `stake payout`.
#[derive(Debug, Args)]
pub(crate) struct PayoutArgs {
    /// Validator, by address or by name; the current account and those that it or its pool nominates when not given
    validator: Option<String>,
    /// Only this era
    #[arg(long)]
    era: Option<u32>,
}

/// A line of the list of rewards.
struct Line {
    era: u32,
    validator: AccountId,
    role: &'static str,
    stake: Balance,
    amount: Balance,
    paid: bool,
}

impl Line {
    fn of_validator(reward: &EraReward) -> Self {
        Self {
            era: reward.era,
            validator: reward.validator.clone(),
            role: "validator",
            stake: reward.own_stake,
            amount: reward.own(),
            // The first page holds the validator's own share.
            paid: reward.unpaid().is_empty(),
        }
    }

    fn row(&self) -> (Value, Vec<String>) {
        let state = if self.paid { "paid" } else { "unpaid" };
        let value = json!({
            "era": self.era,
            "validator": self.validator.to_string(),
            "role": self.role,
            "stake": self.stake.to_string(),
            "amount": self.amount.to_string(),
            "paid": self.paid,
        });
        let cells = vec![
            self.era.to_string(),
            self.role.to_owned(),
            self.validator.to_string(),
            bloc(self.stake),
            bloc(self.amount),
            state.to_owned(),
        ];
        (value, cells)
    }
}

impl RewardsArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let account = match &self.who {
            Some(text) => context.resolve(text)?,
            None => context.account()?.signer.account(),
        };
        let chain = context.chain().await?;
        let rewards = chain.era_rewards(&account, At::Best).await?;
        let mut lines: Vec<Line> = rewards.iter().map(Line::of_validator).collect();
        for validator in nominated(&chain, &account).await? {
            let rewards = chain.era_rewards(&validator, At::Best).await?;
            let shares = chain.nominator_shares(&account, &rewards, At::Best).await?;
            lines.extend(shares.into_iter().map(|share| Line {
                era: share.era,
                validator: share.validator,
                role: "nominator",
                stake: share.stake,
                amount: share.amount,
                paid: share.paid,
            }));
        }
        lines.retain(|line| !(self.unpaid && line.paid));
        lines.sort_by(|a, b| a.era.cmp(&b.era).then_with(|| a.validator.cmp(&b.validator)));
        if lines.is_empty() {
            context
                .output
                .note("No rewards: they come with the end of an era in which a validator made blocks.");
        } else {
            let headings = ["ERA", "AS", "VALIDATOR", "STAKE", "REWARD", "STATE"];
            context.output.table(&headings, lines.iter().map(Line::row).collect())?;
            let owed = lines.iter().filter(|line| !line.paid);
            let sum = owed.fold(0, |sum: Balance, line| sum.saturating_add(line.amount));
            if sum > 0 {
                context
                    .output
                    .note(format!("{} are unpaid: `blocs stake payout`", bloc(sum)));
            }
        }
        if let Some(member) = chain.pool_member(&account, At::Best).await? {
            context.output.note(format!(
                "Pool {} has earned {} for the account so far: `blocs stake pool claim`",
                member.pool,
                bloc(member.pending_rewards)
            ));
        }
        Ok(())
    }
}

/// The validators that an account nominates now.
async fn nominated(chain: &SubxtChain, account: &AccountId) -> anyhow::Result<Vec<AccountId>> {
    let bonded = chain.bonded(account, At::Best).await?;
    let vote = bonded.and_then(|bonded| bonded.nominations);
    Ok(vote.map(|vote| vote.targets).unwrap_or_default())
}

/// The account, and the validators that it or its pool nominates.
async fn concerned(chain: &SubxtChain, account: &AccountId) -> anyhow::Result<Vec<AccountId>> {
    let mut validators = vec![account.clone()];
    validators.extend(nominated(chain, account).await?);
    if let Some(member) = chain.pool_member(account, At::Best).await? {
        let pools = chain.pools(At::Best).await?;
        let pool = pools.into_iter().find(|pool| pool.id == member.pool);
        validators.extend(pool.map(|pool| pool.targets).unwrap_or_default());
    }
    validators.dedup();
    Ok(validators)
}

impl PayoutArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let validators = match &self.validator {
            Some(text) => vec![context.resolve(text)?],
            None => concerned(&desk.chain, &desk.account).await?,
        };
        self.check_era(&desk).await?;
        let mut owed: Vec<EraReward> = Vec::new();
        for validator in &validators {
            let rewards = desk.chain.era_rewards(validator, At::Best).await?;
            owed.extend(
                rewards
                    .into_iter()
                    .filter(|reward| self.era.is_none_or(|era| era == reward.era) && !reward.unpaid().is_empty()),
            );
        }
        if owed.is_empty() {
            let message = "nothing is unpaid: rewards come with the end of an era in which the validator made blocks; see `blocs stake rewards`";
            return Err(error(Status::NotFound, message));
        }
        let pages: Vec<PayoutPage> = owed.iter().flat_map(EraReward::unpaid).collect();
        let mut fee: Balance = 0;
        let mut block = 0;
        for batch in pages.chunks(PAGES_AT_ONCE) {
            let call = StakingCall::Payout { pages: batch.to_vec() };
            let report = desk.send(call).await?;
            fee = fee.saturating_add(report.fee);
            block = report.block.number;
        }
        self.say(context, &desk, &validators, &owed, (pages.len(), fee, block))
            .await
    }

    async fn check_era(&self, desk: &Desk) -> anyhow::Result<()> {
        let (Some(era), clock) = (self.era, desk.clock().await?) else {
            return Ok(());
        };
        let limits = desk.limits().await?;
        let oldest = clock.planned_era.saturating_sub(limits.history_eras);
        if era < oldest || era >= clock.active_era {
            let last = clock.active_era.saturating_sub(1);
            return Err(super::desk::refused(format!(
                "era {era} cannot be paid out (Staking.InvalidEraToReward): eras {oldest} to {last} can"
            )));
        }
        Ok(())
    }

    /// Says what was paid, by what the chain says now.
    async fn say(
        &self,
        context: &Context,
        desk: &Desk,
        validators: &[AccountId],
        owed: &[EraReward],
        (pages, fee, block): (usize, Balance, u32),
    ) -> anyhow::Result<()> {
        let mut still = Vec::new();
        for validator in validators {
            still.extend(desk.chain.era_rewards(validator, At::Best).await?);
        }
        let is_paid = |reward: &&EraReward| {
            let same = still
                .iter()
                .find(|now| now.era == reward.era && now.validator == reward.validator);
            same.is_none_or(|now| now.unpaid().is_empty())
        };
        let paid: Vec<&EraReward> = owed.iter().filter(is_paid).collect();
        let total = paid
            .iter()
            .fold(0, |sum: Balance, reward| sum.saturating_add(reward.total));
        let mut eras: Vec<u32> = paid.iter().map(|reward| reward.era).collect();
        eras.sort_unstable();
        eras.dedup();
        let value = json!({
            "validators": validators.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "eras": eras,
            "pages": pages,
            "paid": total.to_string(),
            "fee": fee.to_string(),
            "block": block,
        });
        context.output.record(value, || {
            let eras: Vec<String> = eras.iter().map(ToString::to_string).collect();
            format!(
                "paid out {} of eras {}: finalized in block {block}, fee {}",
                bloc(total),
                eras.join(", "),
                bloc(fee)
            )
        })?;
        if paid.len() < owed.len() {
            let message = format!(
                "{} of {} rewards are still unpaid: run this again",
                owed.len() - paid.len(),
                owed.len()
            );
            return Err(error(Status::Partial, message));
        }
        Ok(())
    }
}
