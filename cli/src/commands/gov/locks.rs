//! `blocs gov locks|unlock`

use super::{
    desk::{Assembly, Desk, Sending},
    funds::reason,
    show::{show_vote, vote_value},
};
use crate::{
    commands::Context,
    exit::{Status, error},
    units::bloc,
};
use blocs_chain::{
    RawCall, Value,
    governance::{GovernanceView, ReferendumState, TrackVoting, Voting},
    value,
};
use blocs_primitives::{AccountId, Balance, BlockNumber};
use clap::Args;
use serde_json::{Value as Json, json};

/// Arguments of `gov locks`.
#[derive(Debug, Args)]
pub(crate) struct LocksArgs {
    /// By address or by name; the current account when not given
    #[arg(value_name = "ACCOUNT")]
    who: Option<String>,
}

/// Arguments of `gov unlock`.
#[derive(Debug, Args)]
pub(crate) struct UnlockArgs {
    /// On one track, by name or number; on all of them when not given
    #[arg(long, value_name = "TRACK")]
    track: Option<String>,
    #[command(flatten)]
    sending: Sending,
}

/// What can be unlocked on a track.
struct Plan {
    record: TrackVoting,
    /// Referenda whose votes can be taken out without locking anything longer.
    removable: Vec<u32>,
    /// What stays locked.
    stays: Balance,
    /// The next block at which more can be unlocked, when it is known.
    next: Option<BlockNumber>,
}

impl Plan {
    async fn of(assembly: &Assembly, record: TrackVoting) -> anyhow::Result<Self> {
        let now = assembly.clock.now;
        let (mut removable, mut next) = (Vec::new(), Vec::new());
        if let Voting::Casting { votes } = &record.voting {
            for (index, vote) in votes {
                match assembly
                    .chain
                    .referendum(*index, assembly.at)
                    .await?
                    .map(|found| found.state)
                {
                    Some(ReferendumState::Ongoing(_)) => {}
                    Some(ReferendumState::Ended(outcome)) => {
                        match vote.locked_until(&outcome, assembly.limits.vote_locking_period) {
                            Some(until) if until > now => next.push(until),
                            _ => removable.push(*index),
                        }
                    }
                    None => removable.push(*index),
                }
            }
        }
        if record.prior > 0 && record.prior_until > now {
            next.push(record.prior_until);
        }
        Ok(Self {
            stays: record.needed(now, &removable),
            next: next.into_iter().min(),
            record,
            removable,
        })
    }

    fn frees(&self) -> bool {
        !self.removable.is_empty() || self.record.locked > self.stays
    }

    async fn calls(&self, desk: &Desk) -> anyhow::Result<Vec<RawCall>> {
        let track = || Value::u128(self.record.track.into());
        let mut calls = Vec::new();
        for index in &self.removable {
            let fields = vec![("class", track()), ("index", Value::u128((*index).into()))];
            calls.push(desk.call("ConvictionVoting", "remove_vote", fields).await?);
        }
        let fields = vec![("class", track()), ("target", value::account(&desk.account))];
        calls.push(desk.call("ConvictionVoting", "unlock", fields).await?);
        Ok(calls)
    }
}

async fn plans(assembly: &Assembly, account: &AccountId) -> anyhow::Result<Vec<Plan>> {
    let mut plans = Vec::new();
    for record in assembly.chain.voting(account, assembly.at).await? {
        plans.push(Plan::of(assembly, record).await?);
    }
    Ok(plans)
}

impl LocksArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let account = match &self.who {
            Some(text) => context.resolve(text)?,
            None => context.account()?.signer.account(),
        };
        let assembly = Assembly::open(context).await?;
        let mut rows = Vec::new();
        for plan in plans(&assembly, &account).await? {
            let name = assembly.track_name(plan.record.track);
            let what = match &plan.record.voting {
                Voting::Casting { votes } => votes
                    .iter()
                    .map(|(index, vote)| format!("{index}: {}", show_vote(vote)))
                    .collect::<Vec<_>>()
                    .join("; "),
                Voting::Delegating { to, amount, conviction } => {
                    format!(
                        "{} delegated to {}, counting {conviction}",
                        bloc(*amount),
                        assembly.address(to)
                    )
                }
            };
            let why = reason(&assembly, &plan.record).await?;
            let frees = plan.record.locked.saturating_sub(plan.stays);
            let cells = vec![name.clone(), bloc(plan.record.locked), bloc(frees), what, why.clone()];
            rows.push((value_of(&assembly, &plan, &name, &why), cells));
        }
        let headings = ["TRACK", "LOCKED", "CAN BE FREED", "VOTES", "UNTIL WHEN"];
        context.output.table(&headings, rows)?;
        Ok(())
    }
}

fn value_of(assembly: &Assembly, plan: &Plan, track: &str, why: &str) -> Json {
    let record = &plan.record;
    let voting = match &record.voting {
        Voting::Casting { votes } => {
            let votes: Vec<Json> = votes
                .iter()
                .map(|(index, vote)| json!({ "referendum": index, "vote": vote_value(*vote) }))
                .collect();
            json!({ "votes": votes })
        }
        Voting::Delegating { to, amount, conviction } => json!({
            "delegated_to": assembly.address(to),
            "amount": amount.to_string(),
            "conviction": conviction.number(),
        }),
    };
    json!({
        "track": track,
        "locked": record.locked.to_string(),
        "can_be_freed": record.locked.saturating_sub(plan.stays).to_string(),
        "voting": voting,
        "delegated_votes": record.delegations.votes.to_string(),
        "why": why,
        "more_at": plan.next,
    })
}

impl UnlockArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let track = match &self.track {
            Some(text) => Some(desk.assembly.track(text)?.id),
            None => None,
        };
        let all = plans(&desk.assembly, &desk.account).await?;
        let chosen = |plan: &&Plan| track.is_none_or(|track| plan.record.track == track) && plan.frees();
        let mut calls = Vec::new();
        for plan in all.iter().filter(chosen) {
            calls.extend(plan.calls(&desk).await?);
        }
        // Locks of several tracks lie over one another: the largest counts.
        let before = all.iter().map(|plan| plan.record.locked).max().unwrap_or(0);
        let after = all
            .iter()
            .map(|plan| if chosen(&plan) { plan.stays } else { plan.record.locked })
            .max()
            .unwrap_or(0);
        let next = all.iter().filter_map(|plan| plan.next).min();
        if calls.is_empty() {
            return Err(match (before, next) {
                (0, _) => error(Status::NotFound, "nothing is locked by votes of this account"),
                (locked, Some(block)) => error(
                    Status::Retryable,
                    format!(
                        "nothing can be unlocked yet: {} stay locked until {}; `blocs gov locks` says why",
                        bloc(locked),
                        desk.assembly.clock.show(block)
                    ),
                ),
                (locked, None) => error(
                    Status::Retryable,
                    format!(
                        "nothing can be unlocked yet: {} stay locked while votes and delegations stand; `blocs gov locks` lists them",
                        bloc(locked)
                    ),
                ),
            });
        }
        let call = desk.batch(calls).await?;
        let freed = before.saturating_sub(after);
        let more = json!({ "freed": freed.to_string(), "locked": after.to_string(), "more_at": next });
        let text = format!("unlocked {}, {} stay locked", bloc(freed), bloc(after));
        desk.send_and_say(context, call, self.sending, more, &text).await
    }
}
