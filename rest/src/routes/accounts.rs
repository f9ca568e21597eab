//! Accounts.

use super::account_parts::{
    AssetBalance, Claim, Identity, Proxies, VestingSchedule, assets, claims, identity, proxies, vesting,
};
use crate::{
    extract::{Path, Query},
    moment::{AtQuery, Moment},
    page::{self, Page, PageQuery},
    pick,
    problem::Problem,
    source::Wanted,
    state::{Shared, cursor},
    words::Amount,
};
use axum::{Json, extract::State};
use blocs_chain::value;
use futures::future::try_join_all;
use serde::Serialize;
use utoipa::ToSchema;

/// Assets that are looked through for an account's own.
const ASSETS: u32 = 100;

/// An account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Account {
    /// The block whose state is shown.
    at: Moment,
    /// Its address.
    #[schema(example = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")]
    address: String,
    /// Its key.
    public_key: String,
    /// Whether the chain knows it: an account without balance is forgotten.
    exists: bool,
    /// Number of its next transaction.
    nonce: u32,
    /// What is not on hold, in planck.
    free: Amount,
    /// What is on hold: bonds, stakes and deposits.
    reserved: Amount,
    /// What must not be spent of all, on hold or not: locks and freezes overlap, and the largest counts.
    frozen: Amount,
    /// The part of `free` that can be spent while the account goes on to exist.
    spendable: Amount,
    /// Locks, by reason.
    locks: Vec<Claim>,
    /// Holds, by reason.
    holds: Vec<Claim>,
    /// Freezes, by reason.
    freezes: Vec<Claim>,
    /// Balances of tokens other than the chain's own; go on at `/v1/accounts/{address}/assets` when there is a `next`.
    assets: AssetPart,
    /// Who may act for it.
    proxies: Proxies,
    /// What it says of itself, and who vouches for that; null when nothing.
    #[schema(required)]
    identity: Option<Identity>,
    /// What is released to it little by little.
    vesting: Vec<VestingSchedule>,
}

/// The first of an account's assets.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AssetPart {
    /// Those that it has some of.
    items: Vec<AssetBalance>,
    /// Give it as `after` to `/v1/accounts/{address}/assets`; null when nothing follows.
    #[schema(required)]
    next: Option<String>,
}

/// An account: balances with the reasons of what cannot be spent, assets, proxies, identity, vesting.
///
/// An account that the chain does not know is not an error: its balances are zero.
#[utoipa::path(get, path = "/v1/accounts/{address}", tag = "accounts",
    params(("address" = String, Path, description = "An address of this network, or `0x` and 64 hexadecimal digits"), AtQuery),
    responses((status = 200, description = "The account", body = Account)))]
pub(crate) async fn one(
    State(api): State<Shared>,
    Path(address): Path<String>,
    Query(query): Query<AtQuery>,
) -> Result<Json<Account>, Problem> {
    let account = api.account(&address)?;
    let point = api.point(query.at.as_deref()).await?;
    let (block, who) = (point.hash(), &account);
    let api = api.as_ref();
    let (record, locks, holds, freezes, own, acting, identity, vesting) = futures::try_join!(
        api.read_of(block, "System", "Account", who),
        api.read_of(block, "Balances", "Locks", who),
        api.read_of(block, "Balances", "Holds", who),
        api.read_of(block, "Balances", "Freezes", who),
        assets(api, block, who, None, ASSETS),
        proxies(api, block, who),
        identity(api, block, who),
        vesting(api, point.block, who),
    )?;
    let (nonce, free, reserved, frozen) = match &record {
        Some(record) => {
            let data = pick::field(record, "data")?;
            (
                pick::small(record, "nonce")?,
                pick::amount(data, "free")?,
                pick::amount(data, "reserved")?,
                pick::amount(data, "frozen")?,
            )
        }
        None => (0, 0, 0, 0),
    };
    // What is on hold counts against what is frozen.
    let kept = frozen.saturating_sub(reserved).max(api.chain().existential_deposit);
    let (assets, next) = own;
    Ok(Json(Account {
        at: point.moment(),
        address: api.address(who),
        public_key: format!("0x{}", hex::encode::<&[u8]>(who.as_ref())),
        exists: record.is_some(),
        nonce,
        free: Amount(free),
        reserved: Amount(reserved),
        frozen: Amount(frozen),
        spendable: Amount(free.saturating_sub(kept)),
        locks: claims(api, locks.as_ref())?,
        holds: claims(api, holds.as_ref())?,
        freezes: claims(api, freezes.as_ref())?,
        assets: AssetPart {
            items: assets,
            next: cursor(next),
        },
        proxies: acting,
        identity,
        vesting,
    }))
}

/// An account's balances of tokens other than the chain's own.
///
/// The chain keeps them by token, so that a page looks at `limit` tokens and shows those that the account has.
#[utoipa::path(get, path = "/v1/accounts/{address}/assets", tag = "accounts",
    params(("address" = String, Path, description = "An address of this network, or `0x` and 64 hexadecimal digits"), PageQuery),
    responses((status = 200, description = "A page of balances", body = Page<AssetBalance>)))]
pub(crate) async fn assets_of(
    State(api): State<Shared>,
    Path(address): Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<AssetBalance>>, Problem> {
    let account = api.account(&address)?;
    let (limit, after) = (query.limit()?, page::key(query.after.as_deref())?);
    let point = api.point(query.at.as_deref()).await?;
    let (items, next) = assets(&api, point.hash(), &account, after, limit).await?;
    Ok(Json(Page {
        at: point.moment(),
        items,
        next: cursor(next),
    }))
}

/// The deals that an account pays for.
#[utoipa::path(get, path = "/v1/accounts/{address}/deals", tag = "accounts",
    params(("address" = String, Path, description = "An address of this network, or `0x` and 64 hexadecimal digits"), PageQuery),
    responses((status = 200, description = "A page of deals", body = Page<super::market::Deal>)))]
pub(crate) async fn deals_of(
    State(api): State<Shared>,
    Path(address): Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<super::market::Deal>>, Problem> {
    let account = api.account(&address)?;
    let (limit, after) = (query.limit()?, page::key(query.after.as_deref())?);
    let point = api.point(query.at.as_deref()).await?;
    let wanted = Wanted {
        pallet: "StorageMarket",
        entry: "DealsByOwner",
        prefix: vec![value::account(&account)],
        after,
        limit,
    };
    let found = api.page(point.hash(), wanted).await?;
    let api = api.as_ref();
    let deals = found.entries.iter().map(|(keys, _)| async move {
        let id = keys.get(1).and_then(value::as_bytes);
        let id = id.ok_or_else(|| Problem::shape("the id of a deal"))?;
        super::market::read_deal(api, point.hash(), &id).await
    });
    Ok(Json(Page {
        at: point.moment(),
        items: try_join_all(deals).await?.into_iter().flatten().collect(),
        next: cursor(found.next),
    }))
}
