//! `blocs gov show`

use super::{
    desk::{Assembly, show_hash},
    picture,
};
use crate::{commands::Context, units::bloc};
use blocs_chain::{
    At, ChainClient, DecodedCall,
    governance::{
        Conviction, Deposit, Enactment, Forecast, GovernanceView, Ongoing, Outcome, Referendum, ReferendumState, Share,
        Stage, Track, Vote, Voting,
    },
};
use blocs_primitives::AccountId;
use clap::Args;
use serde_json::{Value, json};

/// Arguments of `gov show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Its number
    #[arg(value_name = "N")]
    index: u32,
}

impl ShowArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let assembly = Assembly::open(context).await?;
        let referendum = assembly.referendum(self.index).await?;
        // Whoever only looks needs no account.
        let viewer = context.account().ok().map(|account| account.signer.account());
        let sheet = Sheet::of(assembly, referendum, viewer).await?;
        context.output.record(sheet.value(), || sheet.text())?;
        Ok(())
    }
}

/// Everything that is told about a referendum.
struct Sheet {
    assembly: Assembly,
    index: u32,
    /// As it is, or as it was before it ended, when the node still knows that.
    ongoing: Option<Ongoing>,
    outcome: Option<Outcome>,
    call: Result<DecodedCall, String>,
    enactment: Option<u32>,
    vote: Option<Vote>,
}

impl Sheet {
    async fn of(assembly: Assembly, referendum: Referendum, viewer: Option<AccountId>) -> anyhow::Result<Self> {
        let index = referendum.index;
        let (ongoing, outcome, at) = match referendum.state {
            ReferendumState::Ongoing(ongoing) => (Some(*ongoing), None, assembly.at),
            ReferendumState::Ended(outcome) => match before(&assembly, index, outcome.block).await {
                Some((ongoing, at)) => (Some(ongoing), Some(outcome), at),
                None => (None, Some(outcome), assembly.at),
            },
        };
        let call = match &ongoing {
            Some(ongoing) => match assembly.chain.proposed_call(&ongoing.proposal, at).await? {
                Some(bytes) => assembly
                    .chain
                    .decode_call(&bytes)
                    .await
                    .map_err(|error| error.to_string()),
                None => Err("its preimage is not on chain: it must be noted before it can take effect".to_owned()),
            },
            None => Err("the node does not know any more what was proposed: ask an archive node".to_owned()),
        };
        let vote = match &viewer {
            Some(account) => own_vote(&assembly, account, index).await?,
            None => None,
        };
        Ok(Self {
            enactment: assembly.chain.enactment(index, assembly.at).await?,
            assembly,
            index,
            ongoing,
            outcome,
            call,
            vote,
        })
    }

    fn track(&self) -> Option<(&Ongoing, &Track)> {
        let ongoing = self.ongoing.as_ref()?;
        Some((ongoing, self.assembly.track_of(ongoing.track).ok()?))
    }

    fn stage(&self) -> Option<Stage> {
        let (ongoing, track) = self.track()?;
        Some(ongoing.stage(track, self.assembly.limits.undeciding_timeout))
    }

    fn status(&self) -> &'static str {
        match (&self.outcome, self.stage()) {
            (Some(outcome), _) => outcome.kind.word(),
            (None, Some(stage)) => stage.word(),
            (None, None) => "unknown",
        }
    }

    /// Blocks of the decision period that have passed; `None` before it has begun.
    fn elapsed(&self) -> Option<u32> {
        let since = self.ongoing.as_ref()?.deciding?.since;
        let end = self
            .outcome
            .as_ref()
            .map_or(self.assembly.clock.now, |outcome| outcome.block);
        Some(end.saturating_sub(since))
    }

    fn shares(&self, ongoing: &Ongoing) -> (Share, Share) {
        (
            ongoing.tally.approval(),
            ongoing.tally.support_of(self.assembly.electorate),
        )
    }

    fn forecast(&self) -> Option<Forecast> {
        let (ongoing, track) = self.track()?;
        if self.outcome.is_some() {
            return None;
        }
        let Assembly {
            limits,
            clock,
            electorate,
            ..
        } = &self.assembly;
        Some(ongoing.forecast(track, limits.undeciding_timeout, clock.now, *electorate))
    }

    fn value(&self) -> Value {
        let deposit = |deposit: &Deposit| json!({ "who": self.assembly.address(&deposit.who), "amount": deposit.amount.to_string() });
        let mut value = json!({
            "index": self.index,
            "status": self.status(),
            "block": self.assembly.clock.now,
            "call": self.call.as_ref().ok().map(DecodedCall::to_json),
            "enacted_at": self.enactment,
            "vote": self.vote.map(vote_value),
        });
        let mut add = |more: Value| {
            if let (Some(all), Value::Object(more)) = (value.as_object_mut(), more) {
                all.extend(more);
            }
        };
        if let Some((ongoing, track)) = self.track() {
            let (approval, support) = self.shares(ongoing);
            let x = self.elapsed().map_or(Share::ZERO, |elapsed| track.passed(elapsed));
            add(json!({
                "track": track.name,
                "origin": ongoing.origin,
                "hash": show_hash(ongoing.proposal.hash()),
                "submitted": ongoing.submitted,
                "submission_deposit": deposit(&ongoing.submission_deposit),
                "decision_deposit": ongoing.decision_deposit.as_ref().map(deposit),
                "needed_deposit": track.decision_deposit.to_string(),
                "deciding_since": ongoing.deciding.map(|deciding| deciding.since),
                "ayes": ongoing.tally.ayes.to_string(),
                "nays": ongoing.tally.nays.to_string(),
                "support_amount": ongoing.tally.support.to_string(),
                "electorate": self.assembly.electorate.to_string(),
                "approval": approval.parts(),
                "support": support.parts(),
                "needed_approval": track.min_approval.threshold(x).parts(),
                "needed_support": track.min_support.threshold(x).parts(),
                "forecast": self.forecast().map(forecast_value),
            }));
        }
        if let Some(outcome) = &self.outcome {
            add(json!({
                "ended": outcome.block,
                "submission_deposit": outcome.submission_deposit.as_ref().map(deposit),
                "decision_deposit": outcome.decision_deposit.as_ref().map(deposit),
            }));
        }
        value
    }

    fn text(&self) -> String {
        let mut lines = vec![("referendum", format!("{}, {}", self.index, self.status()))];
        if let Some((ongoing, track)) = self.track() {
            lines.push(("track", format!("{} ({})", track.name, track.id)));
            lines.push(("origin", ongoing.origin.clone()));
        }
        lines.extend(self.deposits());
        lines.extend(self.progress());
        let mut text = columns(lines);
        text.push_str("\n\n");
        match &self.call {
            Ok(call) => text.push_str(&call.to_string()),
            Err(reason) => text.push_str(&format!("the call cannot be shown: {reason}")),
        }
        if let Some(ongoing) = &self.ongoing {
            text.push_str(&format!("\nhash {}", show_hash(ongoing.proposal.hash())));
        }
        if let Some((ongoing, track)) = self.track() {
            text.push_str("\n\n");
            text.push_str(&self.tally(ongoing, track));
            if self.outcome.is_none() {
                text.push_str("\n\n");
                text.push_str(&self.locks(ongoing, track));
            }
        }
        text
    }

    fn deposits(&self) -> Vec<(&'static str, String)> {
        let held = |deposit: &Deposit| format!("{} by {}", bloc(deposit.amount), self.assembly.address(&deposit.who));
        let mut lines = Vec::new();
        match (&self.outcome, self.track()) {
            (None, Some((ongoing, track))) => {
                lines.push((
                    "proposed",
                    format!(
                        "in block {}; {} held",
                        ongoing.submitted,
                        held(&ongoing.submission_deposit)
                    ),
                ));
                lines.push((
                    "deposit",
                    match &ongoing.decision_deposit {
                        Some(deposit) => held(deposit),
                        None => format!(
                            "{} are missing: `blocs gov deposit {}`",
                            bloc(track.decision_deposit),
                            self.index
                        ),
                    },
                ));
            }
            (Some(outcome), _) => {
                let both = [&outcome.submission_deposit, &outcome.decision_deposit];
                for deposit in both.into_iter().flatten() {
                    lines.push(("still held", held(deposit)));
                }
                if both.iter().any(|deposit| deposit.is_some()) {
                    lines.push((
                        "",
                        format!("`blocs gov refund {}` gives back what comes back", self.index),
                    ));
                }
            }
            (None, None) => {}
        }
        lines
    }

    fn progress(&self) -> Vec<(&'static str, String)> {
        let clock = &self.assembly.clock;
        let mut lines = Vec::new();
        if let Some(outcome) = &self.outcome {
            lines.push(("ended", format!("{} in block {}", outcome.kind.word(), outcome.block)));
            if let Some(block) = self.enactment {
                lines.push(("takes effect", format!("in {}", clock.show(block))));
            }
            return lines;
        }
        match self.stage() {
            Some(Stage::AwaitingDeposit(block)) => {
                lines.push((
                    "waits",
                    format!("for its decision deposit; times out in {}", clock.show(block)),
                ));
            }
            Some(Stage::Preparing(block)) => lines.push(("decision", format!("begins in {}", clock.show(block)))),
            Some(Stage::Queued) => lines.push(("waits", "until fewer are being decided on its track".to_owned())),
            Some(Stage::Deciding(block)) => lines.push(("decision", format!("ends in {}", clock.show(block)))),
            Some(Stage::Confirming(block)) => lines.push((
                "confirming",
                format!(
                    "stands above both curves; passes in {} if it stays there",
                    clock.show(block)
                ),
            )),
            None => {}
        }
        match self.forecast() {
            Some(Forecast::Passes {
                from,
                approved,
                enacted,
            }) => {
                if from > clock.now {
                    lines.push(("outlook", format!("as it stands, enough in {}", clock.show(from))));
                }
                lines.push(("", format!("approved in {}", clock.show(approved))));
                lines.push(("", format!("takes effect in {}", clock.show(enacted))));
            }
            Some(Forecast::Fails(block)) => {
                lines.push(("outlook", format!("as it stands, rejected in {}", clock.show(block))));
            }
            _ => {}
        }
        if let Some((ongoing, _)) = self.track() {
            let wish = match ongoing.enactment {
                Enactment::At(block) => format!("block {block}, or as soon after as the track allows"),
                Enactment::After(0) => "as soon as the track allows".to_owned(),
                Enactment::After(blocks) => {
                    format!(
                        "{} after approval, or as soon after as the track allows",
                        clock.length(blocks)
                    )
                }
            };
            lines.push(("effect wanted", wish));
        }
        lines
    }

    fn tally(&self, ongoing: &Ongoing, track: &Track) -> String {
        let (approval, support) = self.shares(ongoing);
        let passed = self.elapsed().map(|elapsed| track.passed(elapsed));
        let x = passed.unwrap_or(Share::ZERO);
        let verdict = |curve: &blocs_chain::governance::Curve, share: Share| {
            let needed = curve.threshold(x);
            let word = if share >= needed { "enough" } else { "too little" };
            format!(
                "{share}, {needed} needed {}: {word}",
                if passed.is_some() { "now" } else { "at first" }
            )
        };
        let tally = &ongoing.tally;
        let mut lines = vec![format!(
            "approval {}\n         {} aye, {} nay, weighted by conviction",
            verdict(&track.min_approval, approval),
            bloc(tally.ayes),
            bloc(tally.nays)
        )];
        lines.extend(picture::draw(&track.min_approval, approval, passed));
        lines.push(format!(
            "support  {}\n         {} of {} voted aye or abstained",
            verdict(&track.min_support, support),
            bloc(tally.support),
            bloc(self.assembly.electorate)
        ));
        lines.extend(picture::draw(&track.min_support, support, passed));
        let (begin, end) = match ongoing.deciding {
            Some(deciding) => (
                format!("block {}", deciding.since),
                format!("block {}", deciding.since.saturating_add(track.decision_period)),
            ),
            None => (
                "begin".to_owned(),
                format!("{} later", self.assembly.clock.length(track.decision_period)),
            ),
        };
        let room = 60usize.saturating_sub(begin.chars().count());
        lines.push(format!("         {begin}{end:>room$}"));
        lines.push(format!("         {}", picture::legend()));
        lines.join("\n")
    }

    /// What a vote locks, and until when.
    fn locks(&self, ongoing: &Ongoing, track: &Track) -> String {
        let Assembly {
            clock,
            limits,
            electorate,
            ..
        } = &self.assembly;
        let end = match ongoing.forecast(track, limits.undeciding_timeout, clock.now, *electorate) {
            Forecast::Passes { approved, .. } => Some(approved),
            Forecast::Fails(block) | Forecast::TimesOut(block) => Some(block),
            Forecast::Waits => None,
        };
        let mut lines = Vec::new();
        if let Some(vote) = &self.vote {
            lines.push(format!("Your vote: {}.", show_vote(vote)));
        }
        lines.push(
            "A vote locks its tokens until it is taken back or the referendum ends; those of a winning vote for longer:".to_owned(),
        );
        for number in 0..=6u8 {
            let Some(conviction) = Conviction::new(number) else {
                continue;
            };
            let blocks = limits.vote_locking_period.saturating_mul(conviction.lock_periods());
            let until = match (number, end) {
                (0, _) => "free at the end".to_owned(),
                (_, Some(end)) => format!(
                    "{} after the end: as it stands until {}",
                    clock.length(blocks),
                    clock.show(end.saturating_add(blocks))
                ),
                (_, None) => format!("{} after the end", clock.length(blocks)),
            };
            let weight = conviction.to_string();
            lines.push(format!("  --conviction {number}  counts {weight:<4}  {until}"));
        }
        lines.join("\n")
    }
}

/// The referendum as it was in the block before it ended, and that block, when the node still knows it.
async fn before(assembly: &Assembly, index: u32, end: u32) -> Option<(Ongoing, At)> {
    let hash = assembly.chain.block_hash(end.checked_sub(1)?).await.ok()??;
    let at = At::Block(hash);
    match assembly.chain.referendum(index, at).await.ok()??.state {
        ReferendumState::Ongoing(ongoing) => Some((*ongoing, at)),
        ReferendumState::Ended(_) => None,
    }
}

/// The account's own vote on a referendum.
async fn own_vote(assembly: &Assembly, account: &AccountId, index: u32) -> anyhow::Result<Option<Vote>> {
    let all = assembly.chain.voting(account, assembly.at).await?;
    let votes = all.into_iter().filter_map(|record| match record.voting {
        Voting::Casting { votes } => Some(votes),
        Voting::Delegating { .. } => None,
    });
    Ok(votes
        .flatten()
        .find(|(number, _)| *number == index)
        .map(|(_, vote)| vote))
}

/// A vote in words.
pub(super) fn show_vote(vote: &Vote) -> String {
    match vote {
        Vote::Standard {
            aye,
            conviction,
            amount,
        } => {
            let word = if *aye { "aye" } else { "nay" };
            format!("{word} with {}, counting {conviction}", bloc(*amount))
        }
        Vote::Split { aye, nay } => format!("{} aye and {} nay, counting 0.1x", bloc(*aye), bloc(*nay)),
        Vote::SplitAbstain { aye, nay, abstain } => format!(
            "{} aye, {} nay and {} abstaining, counting 0.1x",
            bloc(*aye),
            bloc(*nay),
            bloc(*abstain)
        ),
    }
}

/// A vote as JSON.
pub(super) fn vote_value(vote: Vote) -> Value {
    match vote {
        Vote::Standard {
            aye,
            conviction,
            amount,
        } => json!({
            "vote": if aye { "aye" } else { "nay" },
            "conviction": conviction.number(),
            "amount": amount.to_string(),
        }),
        Vote::Split { aye, nay } => json!({ "vote": "split", "aye": aye.to_string(), "nay": nay.to_string() }),
        Vote::SplitAbstain { aye, nay, abstain } => json!({
            "vote": "abstain",
            "aye": aye.to_string(),
            "nay": nay.to_string(),
            "abstain": abstain.to_string(),
        }),
    }
}

fn forecast_value(forecast: Forecast) -> Value {
    match forecast {
        Forecast::Passes {
            from,
            approved,
            enacted,
        } => json!({ "passes": true, "from": from, "approved": approved, "enacted": enacted }),
        Forecast::Fails(block) => json!({ "passes": false, "rejected": block }),
        Forecast::TimesOut(block) => json!({ "passes": false, "timed_out": block }),
        Forecast::Waits => json!({ "passes": null }),
    }
}

/// Names and texts in two columns.
pub(super) fn columns(lines: Vec<(&'static str, String)>) -> String {
    let lines: Vec<String> = lines
        .into_iter()
        .map(|(name, text)| format!("{name:<13} {text}").trim_end().to_owned())
        .collect();
    lines.join("\n")
}
