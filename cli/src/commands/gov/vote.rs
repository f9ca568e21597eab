//! `blocs gov vote|remove-vote|delegate|undelegate`

use super::{
    desk::{Desk, Sending, refused},
    funds::Funds,
    show::{show_vote, vote_value},
};
use crate::{
    commands::Context,
    exit::{Status, error},
    units::{bloc, parse_amount},
};
use blocs_chain::{
    Value,
    governance::{Conviction, Forecast, GovernanceView, Ongoing, TrackVoting, Vote, Voting},
    value,
};
use blocs_primitives::Balance;
use clap::{Args, ValueEnum};
use serde_json::json;

/// How to vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Side {
    /// For it
    Aye,
    /// Against it
    Nay,
    /// For neither: counts as support alone
    Abstain,
    /// In parts, given by --aye, --nay and --abstain
    Split,
}

/// Arguments of `gov vote`.
#[derive(Debug, Args)]
pub(crate) struct VoteArgs {
    /// Number of the referendum
    #[arg(value_name = "N")]
    index: u32,
    /// For or against it
    #[arg(value_enum)]
    side: Side,
    /// With how many tokens, in BLOC
    #[arg(value_parser = parse_amount, required_unless_present_any = ["aye", "nay", "abstain"])]
    amount: Option<Balance>,
    /// From 0, which counts a tenth and locks nothing after the end, to 6, which counts sixfold and locks longest
    #[arg(long, value_parser = parse_conviction, default_value = "1", value_name = "0..6")]
    conviction: Conviction,
    /// The part of a split vote that is for it, in BLOC
    #[arg(long, value_parser = parse_amount, value_name = "AMOUNT")]
    aye: Option<Balance>,
    /// The part of a split vote that is against it, in BLOC
    #[arg(long, value_parser = parse_amount, value_name = "AMOUNT")]
    nay: Option<Balance>,
    /// The part of a split vote that is for neither, in BLOC
    #[arg(long, value_parser = parse_amount, value_name = "AMOUNT")]
    abstain: Option<Balance>,
    #[command(flatten)]
    sending: Sending,
}

/// Arguments of `gov remove-vote`.
#[derive(Debug, Args)]
pub(crate) struct RemoveVoteArgs {
    /// Number of the referendum
    #[arg(value_name = "N")]
    index: u32,
    #[command(flatten)]
    sending: Sending,
}

/// Arguments of `gov delegate`.
#[derive(Debug, Args)]
pub(crate) struct DelegateArgs {
    /// To whom: an address or an account of this machine
    to: String,
    /// How many tokens count for the other's votes, in BLOC
    #[arg(value_parser = parse_amount)]
    amount: Balance,
    /// On which track, by name or number; several may be given
    #[arg(long, required = true, value_name = "TRACK")]
    track: Vec<String>,
    /// From 0, which counts a tenth, to 6, which counts sixfold and locks longest
    #[arg(long, value_parser = parse_conviction, default_value = "1", value_name = "0..6")]
    conviction: Conviction,
    #[command(flatten)]
    sending: Sending,
}

/// Arguments of `gov undelegate`.
#[derive(Debug, Args)]
pub(crate) struct UndelegateArgs {
    /// On which track, by name or number; several may be given
    #[arg(long, required = true, value_name = "TRACK")]
    track: Vec<String>,
    #[command(flatten)]
    sending: Sending,
}

fn parse_conviction(text: &str) -> Result<Conviction, String> {
    let number = text.trim().trim_end_matches('x').parse().ok();
    number
        .and_then(Conviction::new)
        .ok_or_else(|| format!("{text:?} is no conviction: write a number from 0 to 6"))
}

impl VoteArgs {
    /// The vote that the words mean.
    fn vote(&self) -> anyhow::Result<Vote> {
        let parts = [self.aye, self.nay, self.abstain];
        let wrong = |message: &str| Err(error(Status::Usage, message));
        match (self.side, self.amount) {
            (Side::Split, Some(_)) => {
                wrong("a split vote has no amount of its own: give its parts with --aye, --nay and --abstain")
            }
            (Side::Split, None) => {
                let [aye, nay, abstain] = parts.map(Option::unwrap_or_default);
                Ok(match self.abstain {
                    Some(_) => Vote::SplitAbstain { aye, nay, abstain },
                    None => Vote::Split { aye, nay },
                })
            }
            _ if parts.iter().any(Option::is_some) => wrong(
                "--aye, --nay and --abstain belong to a split vote: write `blocs gov vote N split --aye 5 --nay 3`",
            ),
            (_, None) => wrong("say with how many tokens: `blocs gov vote N aye 10`"),
            (Side::Abstain, Some(abstain)) => Ok(Vote::SplitAbstain {
                aye: 0,
                nay: 0,
                abstain,
            }),
            (side, Some(amount)) => Ok(Vote::Standard {
                aye: side == Side::Aye,
                conviction: self.conviction,
                amount,
            }),
        }
    }

    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let vote = self.vote()?;
        let desk = Desk::open(context).await?;
        let ongoing = desk.assembly.ongoing(self.index).await?;
        Funds::of(&desk, &desk.account).await?.enough_to_vote(vote.amount())?;
        let record = of_track(&desk, ongoing.track).await?;
        if let Some(Voting::Delegating { to, .. }) = record.map(|record| record.voting) {
            let track = desk.assembly.track_name(ongoing.track);
            return Err(refused(format!(
                "the account delegates its votes on track {track} to {} (ConvictionVoting.AlreadyDelegating): end that first with \
                 `blocs gov undelegate --track {track}`",
                desk.assembly.address(&to)
            )));
        }
        let fields = vec![
            ("poll_index", Value::u128(self.index.into())),
            ("vote", vote.to_value()),
        ];
        let call = desk.call("ConvictionVoting", "vote", fields).await?;
        let (blocks, until) = lock(&desk, &ongoing, &vote)?;
        let words = match (blocks, until) {
            (0, _) => format!(
                "{} are locked until the referendum ends or the vote is taken back",
                bloc(vote.amount())
            ),
            (blocks, Some(until)) => format!(
                "{} are locked until the referendum ends, and {} longer if the vote wins: as it stands until {}",
                bloc(vote.amount()),
                desk.assembly.clock.length(blocks),
                desk.assembly.clock.show(until)
            ),
            (blocks, None) => format!(
                "{} are locked until the referendum ends, and {} longer if the vote wins",
                bloc(vote.amount()),
                desk.assembly.clock.length(blocks)
            ),
        };
        context
            .output
            .note(format!("{words}. `blocs gov unlock` frees them then."));
        let more = json!({
            "index": self.index,
            "vote": vote_value(vote),
            "locked": vote.amount().to_string(),
            "lock_blocks": blocks,
            "locked_until": until,
        });
        let text = format!("voted on referendum {}: {}", self.index, show_vote(&vote));
        desk.send_and_say(context, call, self.sending, more, &text).await
    }
}

/// For how many blocks a winning vote stays locked after the end, and until which block that is as the referendum stands.
fn lock(desk: &Desk, ongoing: &Ongoing, vote: &Vote) -> anyhow::Result<(u32, Option<u32>)> {
    let assembly = &desk.assembly;
    let limits = &assembly.limits;
    let blocks = match vote {
        Vote::Standard { conviction, .. } => limits.vote_locking_period.saturating_mul(conviction.lock_periods()),
        Vote::Split { .. } | Vote::SplitAbstain { .. } => 0,
    };
    let track = assembly.track_of(ongoing.track)?;
    let mut ongoing = ongoing.clone();
    ongoing.tally = ongoing.tally.with(vote);
    let end = match ongoing.forecast(
        track,
        limits.undeciding_timeout,
        assembly.clock.now,
        assembly.electorate,
    ) {
        Forecast::Passes { approved, .. } => Some(approved),
        Forecast::Fails(block) | Forecast::TimesOut(block) => Some(block),
        Forecast::Waits => None,
    };
    Ok((blocks, end.map(|end| end.saturating_add(blocks))))
}

/// What the account does on a track.
async fn of_track(desk: &Desk, track: u16) -> anyhow::Result<Option<TrackVoting>> {
    let all = desk.assembly.chain.voting(&desk.account, desk.assembly.at).await?;
    Ok(all.into_iter().find(|record| record.track == track))
}

impl RemoveVoteArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let all = desk.assembly.chain.voting(&desk.account, desk.assembly.at).await?;
        let track = all.into_iter().find_map(|record| match record.voting {
            Voting::Casting { votes } => votes
                .iter()
                .any(|(index, _)| *index == self.index)
                .then_some(record.track),
            Voting::Delegating { .. } => None,
        });
        let track = track.ok_or_else(|| {
            error(
                Status::NotFound,
                format!(
                    "the account has no vote on referendum {} (ConvictionVoting.NotVoter): `blocs gov locks` lists its votes",
                    self.index
                ),
            )
        })?;
        let fields = vec![
            ("class", Value::u128(track.into())),
            ("index", Value::u128(self.index.into())),
        ];
        let call = desk.call("ConvictionVoting", "remove_vote", fields).await?;
        let more = json!({ "index": self.index, "track": desk.assembly.track_name(track) });
        let text = format!("took back the vote on referendum {}", self.index);
        desk.send_and_say(context, call, self.sending, more, &text).await?;
        context
            .output
            .note("Its tokens stay locked until `blocs gov unlock` frees them.");
        Ok(())
    }
}

impl DelegateArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let to = context.resolve(&self.to)?;
        let desk = Desk::open(context).await?;
        Funds::of(&desk, &desk.account).await?.enough_to_vote(self.amount)?;
        let assembly = &desk.assembly;
        let records = assembly.chain.voting(&desk.account, assembly.at).await?;
        let mut calls = Vec::new();
        let mut names = Vec::new();
        for text in &self.track {
            let track = assembly.track(text)?;
            match records
                .iter()
                .find(|record| record.track == track.id)
                .map(|record| &record.voting)
            {
                Some(Voting::Casting { votes }) if !votes.is_empty() => {
                    let votes: Vec<String> = votes.iter().map(|(index, _)| index.to_string()).collect();
                    return Err(refused(format!(
                        "the account votes on track {} itself, on referenda {} (ConvictionVoting.AlreadyVoting): take these votes back \
                         first with `blocs gov remove-vote N`, or `blocs gov unlock` for those that have ended",
                        track.name,
                        votes.join(", ")
                    )));
                }
                Some(Voting::Delegating { to, .. }) => {
                    return Err(refused(format!(
                        "the account delegates on track {} to {} already (ConvictionVoting.AlreadyDelegating): end that first with \
                         `blocs gov undelegate --track {}`",
                        track.name,
                        assembly.address(to),
                        track.name
                    )));
                }
                _ => {}
            }
            let conviction = Value::unnamed_variant(self.conviction.variant(), Vec::<Value>::new());
            let fields = vec![
                ("class", Value::u128(track.id.into())),
                ("to", value::account(&to)),
                ("conviction", conviction),
                ("balance", value::amount(self.amount)),
            ];
            calls.push(desk.call("ConvictionVoting", "delegate", fields).await?);
            names.push(track.name.clone());
        }
        let periods = self.conviction.lock_periods();
        let blocks = assembly.limits.vote_locking_period.saturating_mul(periods);
        context.output.note(format!(
            "{} are locked until the delegation ends, and {} longer.",
            bloc(self.amount),
            assembly.clock.length(blocks)
        ));
        let call = desk.batch(calls).await?;
        let more = json!({
            "to": assembly.address(&to),
            "amount": self.amount.to_string(),
            "conviction": self.conviction.number(),
            "tracks": names,
            "lock_blocks": blocks,
        });
        let text = format!(
            "delegated {} to {}, counting {}, on {}",
            bloc(self.amount),
            assembly.address(&to),
            self.conviction,
            names.join(", ")
        );
        desk.send_and_say(context, call, self.sending, more, &text).await
    }
}

impl UndelegateArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let assembly = &desk.assembly;
        let mut calls = Vec::new();
        let mut until = assembly.clock.now;
        let mut names = Vec::new();
        for text in &self.track {
            let track = assembly.track(text)?;
            let Some(Voting::Delegating { conviction, .. }) =
                of_track(&desk, track.id).await?.map(|record| record.voting)
            else {
                return Err(error(
                    Status::NotFound,
                    format!(
                        "the account delegates nothing on track {} (ConvictionVoting.NotDelegating): `blocs gov locks` says where it does",
                        track.name
                    ),
                ));
            };
            let blocks = assembly
                .limits
                .vote_locking_period
                .saturating_mul(conviction.lock_periods());
            until = until.max(assembly.clock.now.saturating_add(blocks));
            let fields = vec![("class", Value::u128(track.id.into()))];
            calls.push(desk.call("ConvictionVoting", "undelegate", fields).await?);
            names.push(track.name.clone());
        }
        let call = desk.batch(calls).await?;
        let more = json!({ "tracks": names, "locked_until": until });
        let text = format!("ended the delegation on {}", names.join(", "));
        desk.send_and_say(context, call, self.sending, more, &text).await?;
        context.output.note(format!(
            "The tokens stay locked until {} or a little later; `blocs gov unlock` frees them then.",
            assembly.clock.show(until)
        ));
        Ok(())
    }
}
