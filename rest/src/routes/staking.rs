//! Staking: eras, validators, nominators, pools.

use crate::{
    extract::{Path, Query},
    moment::{AtQuery, Moment},
    page::{self, Page, PageQuery},
    pick,
    problem::Problem,
    source::Wanted,
    state::{Api, Shared, cursor},
    words::{Amount, Data},
};
use axum::{Json, extract::State};
use blocs_chain::{Decoded, Value, value};
use blocs_primitives::{AccountId, Hash};
use futures::future::try_join_all;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

const STAKING: &str = "Staking";

/// Where the chain is in its eras and sessions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Progress {
    /// The block whose state is shown.
    at: Moment,
    /// The era whose validators are at work; null before the first.
    #[schema(required)]
    active_era: Option<u32>,
    /// When it began, in milliseconds since 1970.
    #[schema(required)]
    era_start: Option<u64>,
    /// The latest era for which validators are elected.
    #[schema(required)]
    planned_era: Option<u32>,
    /// Sessions in an era.
    sessions_per_era: u32,
    /// The session; it lasts as long as an epoch.
    session: u32,
    /// The epoch.
    epoch: u64,
    /// Slots in an epoch.
    slots_per_epoch: u64,
    /// Slots of this epoch that have passed.
    epoch_slot: u64,
    /// Milliseconds in a slot.
    slot_millis: u64,
    /// Eras until what was unbonded can be taken out.
    bonding_eras: u32,
    /// The validators of this session.
    validators: Vec<String>,
    /// How many are elected at most.
    validator_count: u32,
    /// What is at stake in the active era, in planck.
    #[schema(required)]
    total_stake: Option<Amount>,
    /// Least bond of a validator, in planck.
    min_validator_bond: Amount,
    /// Least bond of a nominator, in planck.
    min_nominator_bond: Amount,
}

/// Era, session and epoch, and who validates.
#[utoipa::path(get, path = "/v1/staking/progress", tag = "staking", params(AtQuery),
    responses((status = 200, description = "Where the chain is", body = Progress)))]
pub(crate) async fn progress(
    State(api): State<Shared>,
    Query(query): Query<AtQuery>,
) -> Result<Json<Progress>, Problem> {
    let point = api.point(query.at.as_deref()).await?;
    let (block, api) = (point.hash(), api.as_ref());
    let number = |pallet: &'static str, entry: &'static str| async move {
        Ok::<u64, Problem>(u64::try_from(api.number(block, pallet, entry).await?).unwrap_or(u64::MAX))
    };
    let small = |pallet: &'static str, entry: &'static str| async move {
        pick::narrow(api.number(block, pallet, entry).await?, entry)
    };
    let active = api.read(block, STAKING, "ActiveEra", vec![]).await?;
    let active_era = active.as_ref().map(|era| pick::small(era, "index")).transpose()?;
    let era_start = match &active {
        Some(era) => pick::option(era, "start")?.and_then(value::as_u128),
        None => None,
    };
    let (planned, validators, session, epoch, slots_per_epoch, genesis, slot) = futures::try_join!(
        api.read(block, STAKING, "CurrentEra", vec![]),
        api.read(block, "Session", "Validators", vec![]),
        small("Session", "CurrentIndex"),
        number("Babe", "EpochIndex"),
        number("Timing", "EpochBlocks"),
        number("Babe", "GenesisSlot"),
        number("Babe", "CurrentSlot"),
    )?;
    let (sessions_per_era, slot_millis, bonding_eras, validator_count, least_validator, least_nominator) = futures::try_join!(
        small("Timing", "EraSessions"),
        number("Timing", "SlotMillis"),
        small("Timing", "BondingEras"),
        small(STAKING, "ValidatorCount"),
        api.number(block, STAKING, "MinValidatorBond"),
        api.number(block, STAKING, "MinNominatorBond"),
    )?;
    let total_stake = match active_era {
        Some(era) => {
            api.read(block, STAKING, "ErasTotalStake", vec![Value::u128(era.into())])
                .await?
        }
        None => None,
    };
    let begin = genesis.saturating_add(epoch.saturating_mul(slots_per_epoch));
    Ok(Json(Progress {
        at: point.moment(),
        active_era,
        era_start: era_start.and_then(|start| u64::try_from(start).ok()),
        planned_era: planned
            .map(|era| pick::narrow(pick::number(&era, "era")?, "era"))
            .transpose()?,
        sessions_per_era,
        session,
        epoch,
        slots_per_epoch,
        epoch_slot: slot.saturating_sub(begin),
        slot_millis,
        bonding_eras,
        validators: addresses(api, validators.as_ref())?,
        validator_count,
        total_stake: total_stake
            .map(|stake| pick::number(&stake, "stake").map(Amount))
            .transpose()?,
        min_validator_bond: Amount(least_validator),
        min_nominator_bond: Amount(least_nominator),
    }))
}

fn addresses(api: &Api, list: Option<&Decoded>) -> Result<Vec<String>, Problem> {
    let accounts = pick::accounts(list, "account")?;
    Ok(accounts.iter().map(|account| api.address(account)).collect())
}

/// Somebody who validates, or wants to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Validator {
    /// Its account.
    address: String,
    /// What it keeps of its nominators' rewards, in parts of a thousand million.
    commission: u32,
    /// Whether it takes no new nominators.
    blocked: bool,
    /// Whether it is at work in this session.
    active: bool,
    /// Its own stake in the active era, in planck; null when it was not elected.
    #[schema(required)]
    own_stake: Option<Amount>,
    /// With its nominators', in planck.
    #[schema(required)]
    total_stake: Option<Amount>,
    /// Nominators behind it in the active era.
    nominators: u32,
    /// Points that it earned in the active era.
    era_points: u32,
}

/// What is read once for all validators.
struct EraView {
    era: Option<u32>,
    session: Vec<AccountId>,
    points: BTreeMap<AccountId, u32>,
}

impl EraView {
    async fn read(api: &Api, block: Hash) -> Result<Self, Problem> {
        let (active, session) = futures::try_join!(
            api.read(block, STAKING, "ActiveEra", vec![]),
            api.read(block, "Session", "Validators", vec![])
        )?;
        let era = active.map(|era| pick::small(&era, "index")).transpose()?;
        let points = match era {
            Some(era) => {
                api.read(block, STAKING, "ErasRewardPoints", vec![Value::u128(era.into())])
                    .await?
            }
            None => None,
        };
        Ok(Self {
            era,
            session: pick::accounts(session.as_ref(), "validator")?,
            points: points.as_ref().map_or(Ok(BTreeMap::new()), individual)?,
        })
    }
}

/// The points of each: a list of pairs, wrapped once more when the map is a struct of its own.
fn individual(points: &Decoded) -> Result<BTreeMap<AccountId, u32>, Problem> {
    let list = value::items(pick::field(points, "individual")?);
    let pair = |item: &Decoded| {
        let account = pick::account(pick::nth(item, 0, "the era's points")?, "points")?;
        let points = pick::number(pick::nth(item, 1, "the era's points")?, "points")?;
        Ok((account, pick::narrow(points, "points")?))
    };
    list.into_iter().map(pair).collect()
}

async fn validator(
    api: &Api,
    block: Hash,
    era: &EraView,
    account: &AccountId,
    prefs: &Decoded,
) -> Result<Validator, Problem> {
    let overview = match era.era {
        Some(index) => {
            let keys = vec![Value::u128(index.into()), value::account(account)];
            api.read(block, STAKING, "ErasStakersOverview", keys).await?
        }
        None => None,
    };
    let overview = overview.as_ref();
    let stake = |name: &str| overview.map(|found| pick::amount(found, name).map(Amount)).transpose();
    Ok(Validator {
        address: api.address(account),
        commission: pick::small(prefs, "commission")?,
        blocked: api.json(pick::field(prefs, "blocked")?).0 == true,
        active: era.session.contains(account),
        own_stake: stake("own")?,
        total_stake: stake("total")?,
        nominators: overview.map_or(Ok(0), |found| pick::small(found, "nominator_count"))?,
        era_points: era.points.get(account).copied().unwrap_or_default(),
    })
}

/// All who validate or want to, in no particular order.
#[utoipa::path(get, path = "/v1/staking/validators", tag = "staking", params(PageQuery),
    responses((status = 200, description = "A page of validators", body = Page<Validator>)))]
pub(crate) async fn validators(
    State(api): State<Shared>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Validator>>, Problem> {
    let (limit, after) = (query.limit()?, page::key(query.after.as_deref())?);
    let point = api.point(query.at.as_deref()).await?;
    let wanted = Wanted {
        pallet: STAKING,
        entry: "Validators",
        prefix: Vec::new(),
        after,
        limit,
    };
    let found = api.page(point.hash(), wanted).await?;
    let era = EraView::read(&api, point.hash()).await?;
    let (api, era) = (api.as_ref(), &era);
    let items = found.entries.iter().map(|(keys, data)| async move {
        let account = pick::account(pick::first(keys, "validator")?, "validator")?;
        validator(api, point.hash(), era, &account, data).await
    });
    Ok(Json(Page {
        at: point.moment(),
        items: try_join_all(items).await?,
        next: cursor(found.next),
    }))
}

/// An amount on its way out of a stake.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Unlocking {
    /// How much, in planck.
    amount: Amount,
    /// The era from which on it can be taken out.
    era: u32,
}

/// What an account has bonded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Bond {
    /// In all, in planck.
    total: Amount,
    /// At stake, in planck.
    active: Amount,
    /// On its way out.
    unlocking: Vec<Unlocking>,
    /// Where rewards go: `Staked`, `Stash`, `None`, or `{"Account": address}`.
    rewards_to: Data,
}

async fn bond(api: &Api, block: Hash, account: &AccountId) -> Result<Option<Bond>, Problem> {
    let Some(controller) = api.read_of(block, STAKING, "Bonded", account).await? else {
        return Ok(None);
    };
    let controller = pick::account(&controller, "controller")?;
    let (ledger, payee) = futures::try_join!(
        api.read_of(block, STAKING, "Ledger", &controller),
        api.read_of(block, STAKING, "Payee", account)
    )?;
    let Some(ledger) = ledger else { return Ok(None) };
    let unlocking = value::items(pick::field(&ledger, "unlocking")?);
    let unlocking = unlocking.into_iter().map(|item| {
        Ok(Unlocking {
            amount: Amount(pick::amount(item, "value")?),
            era: pick::small(item, "era")?,
        })
    });
    Ok(Some(Bond {
        total: Amount(pick::amount(&ledger, "total")?),
        active: Amount(pick::amount(&ledger, "active")?),
        unlocking: unlocking.collect::<Result<_, Problem>>()?,
        rewards_to: api.json_or_null(payee.as_ref()),
    }))
}

/// A validator with its bond and keys.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OneValidator {
    /// The block whose state is shown.
    at: Moment,
    /// The validator.
    validator: Validator,
    /// What it has bonded.
    #[schema(required)]
    bond: Option<Bond>,
    /// Whether it must not take part until the era ends, because of an offence.
    disabled: bool,
    /// Its session keys for the sessions after the next, by kind; null when it has set none.
    session_keys: Data,
    /// Pages of nominators of the active era whose rewards are paid, by number.
    claimed_pages: Data,
}

/// A validator.
#[utoipa::path(get, path = "/v1/staking/validators/{address}", tag = "staking",
    params(("address" = String, Path, description = "An address of this network, or `0x` and 64 hexadecimal digits"), AtQuery),
    responses((status = 200, description = "The validator", body = OneValidator)))]
pub(crate) async fn one_validator(
    State(api): State<Shared>,
    Path(address): Path<String>,
    Query(query): Query<AtQuery>,
) -> Result<Json<OneValidator>, Problem> {
    let account = api.account(&address)?;
    let point = api.point(query.at.as_deref()).await?;
    let (block, api) = (point.hash(), api.as_ref());
    let none = || {
        Problem::absent(
            "no-validator",
            format!(
                "{address} neither validates nor wants to, at block {}",
                point.block.number
            ),
            "look at /v1/staking/validators for those that do",
        )
    };
    // The map has a default: whoever is not in it must be told from whoever wants nothing.
    let listed = Wanted {
        pallet: STAKING,
        entry: "Validators",
        prefix: vec![value::account(&account)],
        after: None,
        limit: 1,
    };
    let (listed, era) = futures::try_join!(api.page(block, listed), EraView::read(api, block))?;
    let prefs = match (listed.entries.into_iter().next(), era.era) {
        (Some((_, prefs)), _) => prefs,
        (None, Some(index)) if era.session.contains(&account) => {
            let keys = vec![Value::u128(index.into()), value::account(&account)];
            api.read(block, STAKING, "ErasValidatorPrefs", keys)
                .await?
                .ok_or_else(none)?
        }
        _ => return Err(none()),
    };
    let claimed = async {
        match era.era {
            Some(index) => {
                let keys = vec![Value::u128(index.into()), value::account(&account)];
                api.read(block, STAKING, "ClaimedRewards", keys).await
            }
            None => Ok(None),
        }
    };
    let (validator, bond, keys, disabled, claimed) = futures::try_join!(
        validator(api, block, &era, &account, &prefs),
        bond(api, block, &account),
        api.read_of(block, "Session", "NextKeys", &account),
        api.read(block, "Session", "DisabledValidators", vec![]),
        claimed,
    )?;
    let place = era.session.iter().position(|one| *one == account);
    let disabled = disabled.as_ref().map(value::items).unwrap_or_default();
    let disabled = disabled.iter().any(|item| {
        let index = value::items(item).first().copied().and_then(value::as_u128);
        index.is_some() && index == place.map(|place| place as u128)
    });
    Ok(Json(OneValidator {
        at: point.moment(),
        validator,
        bond,
        disabled,
        session_keys: api.json_or_null(keys.as_ref()),
        claimed_pages: claimed.map_or_else(Data::empty_list, |claimed| api.json(&claimed)),
    }))
}

/// A nominator.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Nominator {
    /// The block whose state is shown.
    at: Moment,
    /// Its account.
    address: String,
    /// The validators that it votes for.
    targets: Vec<String>,
    /// The era in which it voted: the vote counts from the next election on.
    submitted_in: u32,
    /// What it has bonded.
    #[schema(required)]
    bond: Option<Bond>,
}

/// A nominator.
#[utoipa::path(get, path = "/v1/staking/nominators/{address}", tag = "staking",
    params(("address" = String, Path, description = "An address of this network, or `0x` and 64 hexadecimal digits"), AtQuery),
    responses((status = 200, description = "The nominator", body = Nominator)))]
pub(crate) async fn one_nominator(
    State(api): State<Shared>,
    Path(address): Path<String>,
    Query(query): Query<AtQuery>,
) -> Result<Json<Nominator>, Problem> {
    let account = api.account(&address)?;
    let point = api.point(query.at.as_deref()).await?;
    let (vote, bond) = futures::try_join!(
        api.read_of(point.hash(), STAKING, "Nominators", &account),
        bond(&api, point.hash(), &account)
    )?;
    let vote = vote.ok_or_else(|| {
        Problem::absent(
            "no-nominator",
            format!("{address} nominates nobody at block {}", point.block.number),
            "members of a pool do not nominate themselves: look at /v1/staking/pools",
        )
    })?;
    Ok(Json(Nominator {
        at: point.moment(),
        address: api.address(&account),
        targets: addresses(&api, Some(pick::field(&vote, "targets")?))?,
        submitted_in: pick::small(&vote, "submitted_in")?,
        bond,
    }))
}

/// A nomination pool.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Pool {
    /// Its number.
    id: u32,
    /// Its name.
    name: String,
    /// `open`, `blocked` or `destroying`.
    #[schema(example = "open")]
    state: String,
    /// Its members.
    members: u32,
    /// What they have put in, in points.
    points: Amount,
    /// Commission and who takes it, as the chain keeps it.
    commission: Data,
    /// Who may do what: `depositor`, `root`, `nominator`, `bouncer`.
    roles: Data,
}

/// The nomination pools, in no particular order.
#[utoipa::path(get, path = "/v1/staking/pools", tag = "staking", params(PageQuery),
    responses((status = 200, description = "A page of pools", body = Page<Pool>)))]
pub(crate) async fn pools(
    State(api): State<Shared>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Pool>>, Problem> {
    let (limit, after) = (query.limit()?, page::key(query.after.as_deref())?);
    let point = api.point(query.at.as_deref()).await?;
    let wanted = Wanted {
        pallet: "NominationPools",
        entry: "BondedPools",
        prefix: Vec::new(),
        after,
        limit,
    };
    let found = api.page(point.hash(), wanted).await?;
    let api = api.as_ref();
    let items = found.entries.iter().map(|(keys, data)| async move {
        let id = pick::narrow(pick::number(pick::first(keys, "pool")?, "pool")?, "pool")?;
        let key = vec![Value::u128(id.into())];
        let name = api.read(point.hash(), "NominationPools", "Metadata", key).await?;
        let state = value::variant(pick::field(data, "state")?);
        Ok::<_, Problem>(Pool {
            id,
            name: name.as_ref().and_then(value::as_text).unwrap_or_default(),
            state: state.map(|(name, _)| pick::snake(name)).unwrap_or_default(),
            members: pick::small(data, "member_counter")?,
            points: Amount(pick::amount(data, "points")?),
            commission: api.json(pick::field(data, "commission")?),
            roles: api.json(pick::field(data, "roles")?),
        })
    });
    Ok(Json(Page {
        at: point.moment(),
        items: try_join_all(items).await?,
        next: cursor(found.next),
    }))
}
