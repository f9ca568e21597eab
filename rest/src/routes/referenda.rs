//! Referenda and tracks.

use super::extrinsics::Call;
use crate::{
    extract::{Path, Query},
    moment::{AtQuery, Moment, Point, hex_hash},
    page::{self, Page},
    pick,
    problem::Problem,
    state::{Api, Shared},
    words::Amount,
};
use axum::{Json, extract::State};
use blocs_chain::governance::{
    self, Curve, Enactment, Ending, Forecast, GovernanceLimits, Ongoing, ReferendumState, Share, Stage,
};
use blocs_primitives::{Balance, BlockNumber};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Referenda that are looked at for one page when it is filtered.
const LOOKED_AT: u32 = 200;
/// Requests under way at the same time.
const PARALLEL: usize = 16;

/// A deposit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Deposit {
    /// Who put it down.
    who: String,
    /// How much, in planck.
    amount: Amount,
}

/// The votes, and what they must reach.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TallyView {
    /// Votes for it, weighted by conviction, in planck.
    ayes: Amount,
    /// Votes against it, weighted by conviction, in planck.
    nays: Amount,
    /// Tokens that voted for it or abstained, in planck.
    support: Amount,
    /// All tokens that can vote, in planck.
    electorate: Amount,
    /// Share of ayes among the votes, 0 to 1.
    approval: f64,
    /// Share of the electorate that supports it, 0 to 1.
    support_share: f64,
    /// The approval that is needed at the block shown; null while it is not being decided.
    #[schema(required)]
    approval_needed: Option<f64>,
    /// The support that is needed at the block shown; null while it is not being decided.
    #[schema(required)]
    support_needed: Option<f64>,
}

/// The blocks at which something happens to a referendum. What is null does not happen, or is not known yet.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct Deadlines {
    /// Without a decision deposit it times out here.
    #[schema(required)]
    times_out: Option<BlockNumber>,
    /// Its decision begins here, at the earliest.
    #[schema(required)]
    decision_begins: Option<BlockNumber>,
    /// Its decision ends here.
    #[schema(required)]
    decision_ends: Option<BlockNumber>,
    /// It stands above both curves, and passes here when it stays there.
    #[schema(required)]
    confirmed: Option<BlockNumber>,
    /// If no vote changes, it passes here.
    #[schema(required)]
    would_pass: Option<BlockNumber>,
    /// If no vote changes, its call takes effect here.
    #[schema(required)]
    would_take_effect: Option<BlockNumber>,
    /// If no vote changes, it is rejected here.
    #[schema(required)]
    would_fail: Option<BlockNumber>,
}

/// A referendum in a list. What the chain forgets when a referendum ends is null then.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReferendumSummary {
    /// Its number.
    index: u32,
    /// `awaiting_deposit`, `preparing`, `queued`, `deciding`, `confirming`; ended: `approved`, `rejected`, `cancelled`, `timed_out`,
    /// `killed`.
    #[schema(example = "deciding")]
    status: String,
    /// Number of its track.
    #[schema(required)]
    track: Option<u16>,
    /// Name of its track.
    #[schema(required)]
    track_name: Option<String>,
    /// The origin that its call gets.
    #[schema(required)]
    origin: Option<String>,
    /// The block at which it was submitted.
    #[schema(required)]
    submitted: Option<BlockNumber>,
    /// The block at which it ended.
    #[schema(required)]
    ended: Option<BlockNumber>,
    /// Hash of the proposed call.
    #[schema(required)]
    proposal_hash: Option<String>,
}

/// A referendum with its proposal taken apart.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReferendumView {
    /// The block whose state is shown.
    at: Moment,
    /// What the list shows of it.
    #[serde(flatten)]
    summary: ReferendumSummary,
    /// The proposed call; null when the referendum has ended, and when its preimage is not on chain.
    #[schema(required)]
    proposal: Option<Call>,
    /// Why there is a preimage but no call.
    #[serde(skip_serializing_if = "Option::is_none")]
    undecodable: Option<String>,
    /// When the call shall take effect: `{"at": block}` or `{"after": blocks}`.
    #[schema(required)]
    enactment: Option<EnactmentView>,
    /// The submission deposit; null when it was given back.
    #[schema(required)]
    submission_deposit: Option<Deposit>,
    /// The decision deposit; null when nobody put it down, or when it was given back.
    #[schema(required)]
    decision_deposit: Option<Deposit>,
    /// The votes.
    #[schema(required)]
    tally: Option<TallyView>,
    /// When what happens.
    deadlines: Deadlines,
}

/// When a call shall take effect.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EnactmentView {
    /// At this block.
    At(BlockNumber),
    /// So many blocks after its approval.
    After(BlockNumber),
}

/// Which referenda.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReferendaQuery {
    /// Most items in the answer: 1 to 100, 20 when not given.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `next` of the answer before.
    after: Option<String>,
    /// The block whose state is read: `finalized` (when not given), `best`, a number or a hash.
    at: Option<String>,
    /// Only those of this status; `ongoing` for all that have not ended.
    status: Option<String>,
    /// Only those on this track: its name or number. The chain forgets the track when a referendum ends.
    track: Option<String>,
}

/// What is read once for all referenda.
struct Rules {
    tracks: Vec<governance::Track>,
    limits: GovernanceLimits,
}

impl Rules {
    async fn read(api: &Api) -> Result<Self, Problem> {
        Ok(Self {
            tracks: api.source.tracks().await?,
            limits: api.source.governance_limits().await?,
        })
    }

    fn track(&self, id: u16) -> Result<&governance::Track, Problem> {
        let found = self.tracks.iter().find(|track| track.id == id);
        found.ok_or_else(|| Problem::shape(format!("the track {id}")))
    }
}

fn ending(kind: Ending) -> &'static str {
    match kind {
        Ending::TimedOut => "timed_out",
        other => other.word(),
    }
}

fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::AwaitingDeposit(_) => "awaiting_deposit",
        other => other.word(),
    }
}

/// All words for where a referendum stands.
const STATUSES: [&str; 11] = [
    "ongoing",
    "awaiting_deposit",
    "preparing",
    "queued",
    "deciding",
    "confirming",
    "approved",
    "rejected",
    "cancelled",
    "timed_out",
    "killed",
];

fn summary(referendum: &governance::Referendum, rules: &Rules) -> Result<ReferendumSummary, Problem> {
    Ok(match &referendum.state {
        ReferendumState::Ongoing(ongoing) => {
            let track = rules.track(ongoing.track)?;
            ReferendumSummary {
                index: referendum.index,
                status: stage(ongoing.stage(track, rules.limits.undeciding_timeout)).to_owned(),
                track: Some(track.id),
                track_name: Some(track.name.clone()),
                origin: Some(ongoing.origin.clone()),
                submitted: Some(ongoing.submitted),
                ended: None,
                proposal_hash: Some(hex_hash(ongoing.proposal.hash())),
            }
        }
        ReferendumState::Ended(outcome) => ReferendumSummary {
            index: referendum.index,
            status: ending(outcome.kind).to_owned(),
            track: None,
            track_name: None,
            origin: None,
            submitted: None,
            ended: Some(outcome.block),
            proposal_hash: None,
        },
    })
}

/// The referenda, newest first.
///
/// A page that is filtered looks at 200 referenda at most: it may be short, or empty, although more follow.
#[utoipa::path(get, path = "/v1/referenda", tag = "governance", params(ReferendaQuery),
    responses((status = 200, description = "A page of referenda", body = Page<ReferendumSummary>)))]
pub(crate) async fn list(
    State(api): State<Shared>,
    Query(query): Query<ReferendaQuery>,
) -> Result<Json<Page<ReferendumSummary>>, Problem> {
    let (limit, after) = (page::limit(query.limit)?, page::number(query.after.as_deref())?);
    if let Some(status) = &query.status
        && !STATUSES.contains(&status.as_str())
    {
        return Err(Problem::bad(
            "bad-status",
            format!("{status:?} is no status of a referendum"),
            format!("give one of {}", STATUSES.join(", ")),
        ));
    }
    let point = api.point(query.at.as_deref()).await?;
    let rules = Rules::read(&api).await?;
    let track = query
        .track
        .as_deref()
        .map(|name| known_track(&rules, name))
        .transpose()?;
    let count = pick::narrow(api.number(point.hash(), "Referenda", "ReferendumCount").await?, "count")?;
    let top = after.map_or(count, |after| after.min(count));
    let fits = |item: &ReferendumSummary| {
        let status = query.status.as_deref();
        track.is_none_or(|track| item.track == Some(track))
            && status.is_none_or(|status| status == item.status || (status == "ongoing" && item.ended.is_none()))
    };
    let (mut items, mut next) = (Vec::new(), top);
    let lowest = top.saturating_sub(LOOKED_AT);
    while next > lowest && items.len() < limit as usize {
        let from = next.saturating_sub(limit).max(lowest);
        let found: Vec<Option<governance::Referendum>> = stream::iter((from..next).rev())
            .map(|index| api.source.referendum(index, point.hash()))
            .buffered(PARALLEL)
            .try_collect()
            .await?;
        for (index, referendum) in (from..next).rev().zip(found) {
            if items.len() == limit as usize {
                break;
            }
            next = index;
            if let Some(referendum) = referendum {
                let item = summary(&referendum, &rules)?;
                if fits(&item) {
                    items.push(item);
                }
            }
        }
    }
    Ok(Json(Page {
        at: point.moment(),
        items,
        next: (next > 0).then(|| next.to_string()),
    }))
}

fn known_track(rules: &Rules, name: &str) -> Result<u16, Problem> {
    let found = governance::Track::find(&rules.tracks, name);
    found.map(|track| track.id).ok_or_else(|| {
        let names: Vec<&str> = rules.tracks.iter().map(|track| track.name.as_str()).collect();
        Problem::bad(
            "bad-track",
            format!("there is no track {name:?}"),
            format!("give one of {}", names.join(", ")),
        )
    })
}

/// A referendum: its proposal taken apart, its votes, what they must reach, and when what happens.
#[utoipa::path(get, path = "/v1/referenda/{index}", tag = "governance",
    params(("index" = u32, Path, description = "Its number"), AtQuery),
    responses((status = 200, description = "The referendum", body = ReferendumView)))]
pub(crate) async fn one(
    State(api): State<Shared>,
    Path(index): Path<u32>,
    Query(query): Query<AtQuery>,
) -> Result<Json<ReferendumView>, Problem> {
    let point = api.point(query.at.as_deref()).await?;
    let referendum = api.source.referendum(index, point.hash()).await?.ok_or_else(|| {
        Problem::absent(
            "no-referendum",
            format!("there is no referendum {index} at block {}", point.block.number),
            "look at /v1/referenda for those that there are, or at the best block with at=best",
        )
    })?;
    let rules = Rules::read(&api).await?;
    let mut view = ReferendumView {
        at: point.moment(),
        summary: summary(&referendum, &rules)?,
        proposal: None,
        undecodable: None,
        enactment: None,
        submission_deposit: None,
        decision_deposit: None,
        tally: None,
        deadlines: Deadlines::default(),
    };
    let deposit = |deposit: &governance::Deposit| Deposit {
        who: api.address(&deposit.who),
        amount: Amount(deposit.amount),
    };
    match &referendum.state {
        ReferendumState::Ended(outcome) => {
            view.submission_deposit = outcome.submission_deposit.as_ref().map(deposit);
            view.decision_deposit = outcome.decision_deposit.as_ref().map(deposit);
        }
        ReferendumState::Ongoing(ongoing) => {
            let electorate = api.source.electorate(point.hash()).await?;
            let track = rules.track(ongoing.track)?;
            view.submission_deposit = Some(deposit(&ongoing.submission_deposit));
            view.decision_deposit = ongoing.decision_deposit.as_ref().map(deposit);
            view.enactment = Some(match ongoing.enactment {
                Enactment::At(block) => EnactmentView::At(block),
                Enactment::After(blocks) => EnactmentView::After(blocks),
            });
            view.tally = Some(tally(ongoing, track, point.block.number, electorate));
            view.deadlines = deadlines(ongoing, track, &rules, point.block.number, electorate);
            (view.proposal, view.undecodable) = proposal(&api, point, ongoing).await?;
        }
    }
    Ok(Json(view))
}

async fn proposal(api: &Api, point: Point, ongoing: &Ongoing) -> Result<(Option<Call>, Option<String>), Problem> {
    let Some(bytes) = api.source.proposed_call(&ongoing.proposal, point.hash()).await? else {
        return Ok((None, None));
    };
    match api.source.call(&bytes).await {
        Ok(call) => Ok((Some(Call::of(api, &call)), None)),
        Err(blocs_chain::CallError::Query(error)) => Err(error.into()),
        Err(other) => Ok((None, Some(other.to_string()))),
    }
}

fn tally(ongoing: &Ongoing, track: &governance::Track, now: BlockNumber, electorate: Balance) -> TallyView {
    let tally = &ongoing.tally;
    let passed = ongoing
        .deciding
        .map(|deciding| track.passed(now.saturating_sub(deciding.since)));
    TallyView {
        ayes: Amount(tally.ayes),
        nays: Amount(tally.nays),
        support: Amount(tally.support),
        electorate: Amount(electorate),
        approval: tally.approval().ratio(),
        support_share: tally.support_of(electorate).ratio(),
        approval_needed: passed.map(|passed| track.min_approval.threshold(passed).ratio()),
        support_needed: passed.map(|passed| track.min_support.threshold(passed).ratio()),
    }
}

fn deadlines(
    ongoing: &Ongoing,
    track: &governance::Track,
    rules: &Rules,
    now: BlockNumber,
    electorate: Balance,
) -> Deadlines {
    let timeout = rules.limits.undeciding_timeout;
    let mut all = Deadlines {
        decision_ends: ongoing
            .deciding
            .map(|deciding| deciding.since.saturating_add(track.decision_period)),
        ..Deadlines::default()
    };
    match ongoing.stage(track, timeout) {
        Stage::AwaitingDeposit(block) => all.times_out = Some(block),
        Stage::Preparing(block) => all.decision_begins = Some(block),
        Stage::Confirming(block) => all.confirmed = Some(block),
        Stage::Queued | Stage::Deciding(_) => {}
    }
    match ongoing.forecast(track, timeout, now, electorate) {
        Forecast::Passes { approved, enacted, .. } => {
            all.would_pass = Some(approved);
            all.would_take_effect = Some(enacted);
        }
        Forecast::Fails(block) => all.would_fail = Some(block),
        Forecast::TimesOut(_) | Forecast::Waits => {}
    }
    all
}

/// A track: one power, and what a referendum must reach to use it. Times are in blocks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TrackView {
    /// Its number.
    id: u16,
    /// Its name.
    #[schema(example = "market_admin")]
    name: String,
    /// Most referenda that are decided at the same time.
    max_deciding: u32,
    /// What must be put down before a decision begins, in planck.
    decision_deposit: Amount,
    /// Between submission and decision, at least.
    prepare_period: BlockNumber,
    /// How long a decision may take.
    decision_period: BlockNumber,
    /// For how long a referendum must stand above both curves.
    confirm_period: BlockNumber,
    /// Between approval and effect, at least.
    min_enactment_period: BlockNumber,
    /// The approval needed, 0 to 1, when 0, 10, 20 … 100 percent of the decision period have passed.
    approval_curve: Vec<f64>,
    /// The support needed, likewise.
    support_curve: Vec<f64>,
}

/// All tracks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Tracks {
    /// The tracks, by number.
    items: Vec<TrackView>,
}

/// The tracks of governance.
#[utoipa::path(get, path = "/v1/tracks", tag = "governance",
    responses((status = 200, description = "The tracks of the present runtime", body = Tracks)))]
pub(crate) async fn tracks(State(api): State<Shared>) -> Result<Json<Tracks>, Problem> {
    let points = |curve: &Curve| {
        (0..=10)
            .map(|tenth| curve.threshold(Share::from_percent(tenth * 10)).ratio())
            .collect()
    };
    let tracks = api.source.tracks().await?;
    let items = tracks.into_iter().map(|track| TrackView {
        id: track.id,
        name: track.name,
        max_deciding: track.max_deciding,
        decision_deposit: Amount(track.decision_deposit),
        prepare_period: track.prepare_period,
        decision_period: track.decision_period,
        confirm_period: track.confirm_period,
        min_enactment_period: track.min_enactment_period,
        approval_curve: points(&track.min_approval),
        support_curve: points(&track.min_support),
    });
    Ok(Json(Tracks { items: items.collect() }))
}
