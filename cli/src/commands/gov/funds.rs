//! What an account can put down, and what its votes keep locked.

use super::desk::{Assembly, Desk};
use crate::{
    commands::Context,
    exit::{Status, error, funds},
    units::bloc,
};
use blocs_chain::{
    ChainClient, SubmitError,
    governance::{GovernanceView, ReferendumState, TrackVoting, Voting},
};
use blocs_primitives::{AccountId, Balance};

/// What an account holds, in planck.
#[derive(Clone, Copy, Debug)]
pub(super) struct Funds {
    free: Balance,
    held: Balance,
    frozen: Balance,
    least: Balance,
}

impl Funds {
    pub(super) async fn of(desk: &Desk, account: &AccountId) -> anyhow::Result<Self> {
        let Assembly { chain, at, .. } = &desk.assembly;
        let balance = chain.balance(account, *at).await?;
        Ok(Self {
            free: balance.free,
            held: balance.held,
            frozen: chain.frozen(account, *at).await?,
            least: chain.properties().existential_deposit,
        })
    }

    /// All tokens, with which one can vote, also those that are locked or held.
    pub(super) fn total(&self) -> Balance {
        self.free.saturating_add(self.held)
    }

    /// What can be put down as a deposit: neither locked nor the least that an account must keep.
    pub(super) fn usable(&self) -> Balance {
        self.free.saturating_sub(self.frozen.max(self.least))
    }

    /// An error that explains itself when `needed` cannot be put down.
    pub(super) async fn enough(&self, desk: &Desk, needed: Balance, what: &str) -> anyhow::Result<()> {
        let usable = self.usable();
        if usable >= needed {
            return Ok(());
        }
        let mut message = format!(
            "cannot {what}: insufficient funds: {} needed, {} held that can be put down",
            bloc(needed),
            bloc(usable)
        );
        if let Some(locks) = explain(&desk.assembly, &desk.account).await? {
            message = format!("{message}. {locks}");
        }
        Err(error(Status::InsufficientFunds, message))
    }

    /// An error that explains itself when one cannot vote with so much.
    pub(super) fn enough_to_vote(&self, amount: Balance) -> anyhow::Result<()> {
        if amount <= self.total() {
            return Ok(());
        }
        Err(error(
            Status::InsufficientFunds,
            format!(
                "cannot vote with {}: insufficient funds: {} held, locked and held ones included \
                 (ConvictionVoting.InsufficientFunds); vote with less",
                bloc(amount),
                bloc(self.total())
            ),
        ))
    }
}

/// What the account's votes keep locked and until when, in words; `None` when that is nothing.
async fn explain(assembly: &Assembly, account: &AccountId) -> anyhow::Result<Option<String>> {
    let mut reasons = Vec::new();
    let mut most = 0;
    for record in assembly.chain.voting(account, assembly.at).await? {
        if record.locked == 0 {
            continue;
        }
        most = most.max(record.locked);
        let why = reason(assembly, &record).await?;
        let track = assembly.track_name(record.track);
        reasons.push(format!("{} on track {track}: {why}", bloc(record.locked)));
    }
    if reasons.is_empty() {
        return Ok(None);
    }
    Ok(Some(format!(
        "Votes lock {} of the account ({}). Locked tokens can vote, but neither be sent nor put down: see `blocs gov locks`, and take out \
         what is free with `blocs gov unlock`",
        bloc(most),
        reasons.join("; ")
    )))
}

/// Why a track's tokens are locked, and until when.
pub(super) async fn reason(assembly: &Assembly, record: &TrackVoting) -> anyhow::Result<String> {
    let mut reasons = Vec::new();
    match &record.voting {
        Voting::Casting { votes } => {
            for (index, vote) in votes {
                let until = match assembly
                    .chain
                    .referendum(*index, assembly.at)
                    .await?
                    .map(|found| found.state)
                {
                    Some(ReferendumState::Ongoing(_)) => "until it ends".to_owned(),
                    Some(ReferendumState::Ended(outcome)) => {
                        let until = vote.locked_until(&outcome, assembly.limits.vote_locking_period);
                        match until.filter(|block| *block > assembly.clock.now) {
                            Some(block) => format!("until {}", assembly.clock.show(block)),
                            None => "free now".to_owned(),
                        }
                    }
                    None => "free now".to_owned(),
                };
                reasons.push(format!("{} voted on referendum {index}, {until}", bloc(vote.amount())));
            }
        }
        Voting::Delegating { to, amount, conviction } => {
            let blocks = assembly
                .limits
                .vote_locking_period
                .saturating_mul(conviction.lock_periods());
            reasons.push(format!(
                "{} delegated to {}, until {} after `blocs gov undelegate`",
                bloc(*amount),
                assembly.address(to),
                assembly.clock.length(blocks)
            ));
        }
    }
    if record.prior > 0 && record.prior_until > assembly.clock.now {
        reasons.push(format!(
            "{} of earlier votes, until {}",
            bloc(record.prior),
            assembly.clock.show(record.prior_until)
        ));
    }
    if reasons.is_empty() {
        reasons.push("free now".to_owned());
    }
    Ok(reasons.join(", "))
}

/// Says what votes keep locked when a command failed since money is missing.
pub(crate) async fn explain_locks(context: &Context, failure: &anyhow::Error) {
    let locked = |cause: &(dyn std::error::Error + 'static)| {
        let dispatch = match cause.downcast_ref() {
            Some(SubmitError::Dispatch { error, .. }) => matches!(error.as_str(), "LiquidityRestrictions" | "Frozen"),
            _ => false,
        };
        dispatch || funds(cause).is_some()
    };
    if !failure.chain().any(locked) {
        return;
    }
    // What cannot be found out now is not what failed.
    if let Ok(Some(text)) = locks(context).await {
        context.output.note(text);
    }
}

async fn locks(context: &Context) -> anyhow::Result<Option<String>> {
    let account = context.account()?.signer.account();
    let assembly = Assembly::open(context).await?;
    if assembly.chain.frozen(&account, assembly.at).await? == 0 {
        return Ok(None);
    }
    explain(&assembly, &account).await
}
