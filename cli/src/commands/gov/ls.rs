//! `blocs gov ls`

use super::desk::{Assembly, show_hash};
use crate::{
    commands::Context,
    exit::{Status, error},
    units::bloc,
};
use blocs_chain::governance::{Forecast, GovernanceView, Ongoing, Referendum, ReferendumState, Voting};
use blocs_primitives::AccountId;
use clap::Args;
use serde_json::{Value, json};

/// Arguments of `gov ls`.
#[derive(Debug, Args)]
pub(crate) struct LsArgs {
    /// Those of one track, by name or number
    #[arg(long, value_name = "TRACK")]
    track: Option<String>,
    /// Those that stand so: ongoing, ended, or a status of the list, such as `deciding` or `approved`
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// Those that the account proposed, put a deposit down for, or voted on
    #[arg(long)]
    mine: bool,
}

/// Statuses that `--status` understands.
const STATUSES: [&str; 12] = [
    "ongoing",
    "ended",
    "awaiting deposit",
    "preparing",
    "queued",
    "deciding",
    "confirming",
    "approved",
    "rejected",
    "cancelled",
    "timed out",
    "killed",
];

impl LsArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let wanted = self.status.as_deref().map(status).transpose()?;
        let account = match self.mine {
            true => Some(context.account()?.signer.account()),
            false => None,
        };
        let assembly = Assembly::open(context).await?;
        let track = match &self.track {
            Some(text) => Some(assembly.track(text)?.id),
            None => None,
        };
        let voted = match &account {
            Some(account) => voted(&assembly, account).await?,
            None => Vec::new(),
        };
        let mut rows = Vec::new();
        for referendum in assembly.chain.referenda(assembly.at).await? {
            let row = Row::of(&assembly, &referendum).await?;
            let of_track = track.is_none_or(|track| row.track == Some(track));
            let of_status = wanted.is_none_or(|wanted| row.is(wanted));
            let of_account = account
                .as_ref()
                .is_none_or(|account| voted.contains(&referendum.index) || holds(&referendum, account));
            if of_track && of_status && of_account {
                rows.push((row.value.clone(), row.cells()));
            }
        }
        let headings = [
            "N",
            "STATUS",
            "TRACK",
            "CALL",
            "APPROVAL",
            "SUPPORT",
            "IF NOTHING CHANGES",
        ];
        context.output.table(&headings, rows)?;
        Ok(())
    }
}

/// The status that `text` names.
fn status(text: &str) -> anyhow::Result<&'static str> {
    let plain = text.replace(['-', '_'], " ").to_lowercase();
    STATUSES.into_iter().find(|status| *status == plain).ok_or_else(|| {
        error(
            Status::Usage,
            format!(
                "{text:?} is no status of a referendum: they are {}",
                STATUSES.join(", ")
            ),
        )
    })
}

/// Referenda on which the account votes.
async fn voted(assembly: &Assembly, account: &AccountId) -> anyhow::Result<Vec<u32>> {
    let all = assembly.chain.voting(account, assembly.at).await?;
    let votes = all.into_iter().filter_map(|record| match record.voting {
        Voting::Casting { votes } => Some(votes),
        Voting::Delegating { .. } => None,
    });
    Ok(votes.flatten().map(|(index, _)| index).collect())
}

/// Whether a deposit for the referendum is the account's.
fn holds(referendum: &Referendum, account: &AccountId) -> bool {
    let (submission, decision) = match &referendum.state {
        ReferendumState::Ongoing(ongoing) => (Some(&ongoing.submission_deposit), ongoing.decision_deposit.as_ref()),
        ReferendumState::Ended(outcome) => (outcome.submission_deposit.as_ref(), outcome.decision_deposit.as_ref()),
    };
    submission
        .into_iter()
        .chain(decision)
        .any(|deposit| deposit.who == *account)
}

/// A line of the list.
struct Row {
    index: u32,
    status: &'static str,
    ongoing: bool,
    track: Option<u16>,
    track_name: String,
    call: String,
    shares: Option<(String, String)>,
    next: String,
    value: Value,
}

impl Row {
    async fn of(assembly: &Assembly, referendum: &Referendum) -> anyhow::Result<Self> {
        let index = referendum.index;
        Ok(match &referendum.state {
            ReferendumState::Ongoing(ongoing) => {
                let track = assembly.track_of(ongoing.track)?;
                let timeout = assembly.limits.undeciding_timeout;
                let status = ongoing.stage(track, timeout).word();
                let call = call_name(assembly, ongoing).await?;
                let approval = ongoing.tally.approval();
                let support = ongoing.tally.support_of(assembly.electorate);
                let forecast = ongoing.forecast(track, timeout, assembly.clock.now, assembly.electorate);
                let value = json!({
                    "index": index,
                    "status": status,
                    "track": track.name,
                    "origin": ongoing.origin,
                    "call": call,
                    "hash": show_hash(ongoing.proposal.hash()),
                    "proposer": assembly.address(&ongoing.submission_deposit.who),
                    "approval": approval.parts(),
                    "support": support.parts(),
                    "ayes": ongoing.tally.ayes.to_string(),
                    "nays": ongoing.tally.nays.to_string(),
                });
                Self {
                    index,
                    status,
                    ongoing: true,
                    track: Some(track.id),
                    track_name: track.name.clone(),
                    call,
                    shares: Some((approval.to_string(), support.to_string())),
                    next: next(assembly, forecast),
                    value,
                }
            }
            ReferendumState::Ended(outcome) => {
                let status = outcome.kind.word();
                let held = [&outcome.submission_deposit, &outcome.decision_deposit];
                let held = held
                    .into_iter()
                    .flatten()
                    .fold(0u128, |sum, deposit| sum.saturating_add(deposit.amount));
                let next = match held {
                    0 => format!("ended in block {}", outcome.block),
                    held => format!("ended in block {}, holds {}", outcome.block, bloc(held)),
                };
                Self {
                    index,
                    status,
                    ongoing: false,
                    track: None,
                    track_name: String::new(),
                    call: String::new(),
                    shares: None,
                    next,
                    value: json!({
                        "index": index,
                        "status": status,
                        "ended": outcome.block,
                        "deposits": held.to_string(),
                    }),
                }
            }
        })
    }

    fn is(&self, wanted: &str) -> bool {
        match wanted {
            "ongoing" => self.ongoing,
            "ended" => !self.ongoing,
            word => self.status == word,
        }
    }

    fn cells(&self) -> Vec<String> {
        let (approval, support) = self.shares.clone().unwrap_or_default();
        vec![
            self.index.to_string(),
            self.status.to_owned(),
            self.track_name.clone(),
            self.call.clone(),
            approval,
            support,
            self.next.clone(),
        ]
    }
}

/// What becomes of it, in a few words.
fn next(assembly: &Assembly, forecast: Forecast) -> String {
    match forecast {
        Forecast::Passes { approved, .. } => format!("passes in {}", assembly.clock.show(approved)),
        Forecast::Fails(block) => format!("fails in {}", assembly.clock.show(block)),
        Forecast::TimesOut(block) => format!("times out in {}", assembly.clock.show(block)),
        Forecast::Waits => "waits for its turn".to_owned(),
    }
}

/// `Pallet.call` of the proposed call, or its hash when it cannot be read.
async fn call_name(assembly: &Assembly, ongoing: &Ongoing) -> anyhow::Result<String> {
    let hash = || show_hash(ongoing.proposal.hash());
    let Some(bytes) = assembly.chain.proposed_call(&ongoing.proposal, assembly.at).await? else {
        return Ok(hash());
    };
    let named = assembly.chain.call_from_bytes(&bytes).await;
    Ok(named.map_or_else(|_| hash(), |call| call.name()))
}
