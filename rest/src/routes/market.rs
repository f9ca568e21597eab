//! The storage market: deals, providers, parameters.

use crate::{
    extract::{Path, Query},
    moment::{AtQuery, Moment, Point},
    page::{self, Page, PageQuery},
    pick,
    problem::Problem,
    source::Wanted,
    state::{Api, Shared, cursor},
    words::{Amount, Data},
};
use axum::{Json, extract::State};
use blocs_chain::{Decoded, value};
use blocs_primitives::{AccountId, Hash, MAX_SLOTS};
use futures::future::try_join_all;
use serde::Serialize;
use utoipa::ToSchema;

const MARKET: &str = "StorageMarket";

/// A deal: a file's keep, paid in advance.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Deal {
    /// Its id.
    id: String,
    /// Who pays and may end it.
    owner: String,
    /// BLAKE2-256 hash of the encrypted manifest.
    manifest: String,
    /// Slots that give the content back.
    k: u32,
    /// Slots in all.
    n: u32,
    /// First proving period that is paid.
    start: u32,
    /// First proving period that is no longer paid.
    end: u32,
    /// Slots not yet closed.
    open_slots: u32,
    /// Deposit for the records, in planck.
    deposit: Amount,
    /// Due to the owner so far, in planck.
    refundable: Amount,
    /// Encrypted label.
    label: String,
}

/// One provider's share of a deal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Slot {
    /// Its place in the deal.
    index: u32,
    /// Who keeps it.
    provider: String,
    /// BLAKE3 hash of its bytes.
    root: String,
    /// Its size in bytes.
    size: Amount,
    /// Pay per proving period, in planck.
    rate: Amount,
    /// First proving period that is paid.
    start: u32,
    /// First proving period that is no longer paid.
    end: u32,
    /// `live`, `lost` or `reserved` (lost, and somebody is rebuilding it).
    #[schema(example = "live")]
    status: String,
}

/// A deal with its slots.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DealWithSlots {
    /// The block whose state is shown.
    at: Moment,
    /// The deal.
    deal: Deal,
    /// Its slots that are not closed, by place.
    slots: Vec<Slot>,
}

fn hex_field(data: &Decoded, name: &str) -> Result<String, Problem> {
    pick::hex_of(pick::field(data, name)?).ok_or_else(|| Problem::shape(format!("the bytes of {name}")))
}

fn status(data: &Decoded) -> Result<String, Problem> {
    let status = value::variant(pick::field(data, "status")?);
    let (name, _) = status.ok_or_else(|| Problem::shape("the status"))?;
    Ok(pick::snake(name))
}

fn deal(api: &Api, id: &[u8], data: &Decoded) -> Result<Deal, Problem> {
    Ok(Deal {
        id: format!("0x{}", hex::encode(id)),
        owner: api.address(&pick::account(pick::field(data, "owner")?, "owner")?),
        manifest: hex_field(data, "manifest")?,
        k: pick::small(data, "k")?,
        n: pick::small(data, "n")?,
        start: pick::small(data, "start")?,
        end: pick::small(data, "end")?,
        open_slots: pick::small(data, "open_slots")?,
        deposit: Amount(pick::amount(data, "deposit")?),
        refundable: Amount(pick::amount(data, "refundable")?),
        label: hex_field(data, "label")?,
    })
}

/// The deal of this id.
pub(crate) async fn read_deal(api: &Api, block: Hash, id: &[u8]) -> Result<Option<Deal>, Problem> {
    let found = api.read(block, MARKET, "Deals", vec![value::bytes(id)]).await?;
    found.map(|data| deal(api, id, &data)).transpose()
}

fn slot(api: &Api, index: u32, data: &Decoded) -> Result<Slot, Problem> {
    Ok(Slot {
        index,
        provider: api.address(&pick::account(pick::field(data, "provider")?, "provider")?),
        root: hex_field(data, "root")?,
        size: Amount(pick::amount(data, "size")?),
        rate: Amount(pick::amount(data, "rate")?),
        start: pick::small(data, "start")?,
        end: pick::small(data, "end")?,
        status: status(data)?,
    })
}

/// The deals, in no particular order.
#[utoipa::path(get, path = "/v1/deals", tag = "market", params(PageQuery),
    responses((status = 200, description = "A page of deals", body = Page<Deal>)))]
pub(crate) async fn deals(
    State(api): State<Shared>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Deal>>, Problem> {
    let (point, found) = map_page(&api, &query, "Deals").await?;
    let items = found.entries.iter().map(|(keys, data)| {
        let id = value::as_bytes(pick::first(keys, "deal")?).ok_or_else(|| Problem::shape("the id of a deal"))?;
        deal(&api, &id, data)
    });
    Ok(Json(Page {
        at: point.moment(),
        items: items.collect::<Result<_, _>>()?,
        next: cursor(found.next),
    }))
}

async fn map_page(
    api: &Api,
    query: &PageQuery,
    entry: &'static str,
) -> Result<(Point, blocs_chain::EntriesPage), Problem> {
    let (limit, after) = (query.limit()?, page::key(query.after.as_deref())?);
    let point = api.point(query.at.as_deref()).await?;
    let wanted = Wanted {
        pallet: MARKET,
        entry,
        prefix: Vec::new(),
        after,
        limit,
    };
    let found = api.page(point.hash(), wanted).await?;
    Ok((point, found))
}

/// A deal with its slots.
#[utoipa::path(get, path = "/v1/deals/{id}", tag = "market",
    params(("id" = String, Path, description = "`0x` and 64 hexadecimal digits"), AtQuery),
    responses((status = 200, description = "The deal", body = DealWithSlots)))]
pub(crate) async fn one_deal(
    State(api): State<Shared>,
    Path(id): Path<String>,
    Query(query): Query<AtQuery>,
) -> Result<Json<DealWithSlots>, Problem> {
    let digits = id.strip_prefix("0x").unwrap_or(&id);
    let bytes: Option<[u8; 32]> = hex::decode(digits).ok().and_then(|bytes| bytes.try_into().ok());
    let bytes = bytes.ok_or_else(|| {
        Problem::bad(
            "bad-deal",
            format!("{id:?} is no id of a deal"),
            "give `0x` and 64 hexadecimal digits, as `blocs stat` and /v1/deals show them",
        )
    })?;
    let point = api.point(query.at.as_deref()).await?;
    let wanted = Wanted {
        pallet: MARKET,
        entry: "Slots",
        prefix: vec![value::bytes(&bytes)],
        after: None,
        limit: MAX_SLOTS,
    };
    let api = api.as_ref();
    let (deal, found) = futures::try_join!(read_deal(api, point.hash(), &bytes), api.page(point.hash(), wanted))?;
    let deal = deal.ok_or_else(|| {
        Problem::absent(
            "no-deal",
            format!("there is no deal {id} at block {}", point.block.number),
            "deals go when their last slot is closed: ask for an earlier block with `at`",
        )
    })?;
    let mut slots = Vec::with_capacity(found.entries.len());
    for (keys, data) in &found.entries {
        let index = keys.get(1).ok_or_else(|| Problem::shape("the key of a slot"))?;
        let index = pick::narrow(pick::number(index, "slot")?, "slot")?;
        slots.push(slot(api, index, data)?);
    }
    slots.sort_by_key(|slot| slot.index);
    Ok(Json(DealWithSlots {
        at: point.moment(),
        deal,
        slots,
    }))
}

/// A provider of storage.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Provider {
    /// Its account.
    address: String,
    /// Key that signs quotes and concessions.
    operator: String,
    /// `active`, `draining` (takes no new slots) or `faulted` (neither challenged nor paid).
    #[schema(example = "active")]
    status: String,
    /// Bond on hold, in planck.
    bond: Amount,
    /// Bytes that it offers in all.
    capacity: Amount,
    /// Bytes of its slots.
    used: Amount,
    /// Number of its slots.
    slots: u32,
    /// Least price per GiB and proving period, in planck.
    price: Amount,
    /// What its slots pay per proving period, in planck.
    rate: Amount,
    /// Earned and not yet claimed, in planck.
    accrued: Amount,
    /// Proving periods that it proved.
    proven: u32,
    /// Proving periods that it missed in a row.
    misses: u32,
    /// Zone: providers of different zones are hoped to fail independently.
    zone: String,
    /// `hot`, `warm` or `cold`.
    #[schema(example = "hot")]
    tier: String,
    /// libp2p peer id.
    #[schema(required)]
    peer_id: Option<String>,
    /// Multiaddresses.
    addresses: Vec<String>,
}

/// A provider at a block.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OneProvider {
    /// The block whose state is shown.
    at: Moment,
    /// The provider.
    provider: Provider,
}

async fn provider(api: &Api, block: Hash, account: &AccountId, data: &Decoded) -> Result<Provider, Problem> {
    let info = api.read_of(block, MARKET, "ProviderInfo", account).await?;
    let info = info.as_ref();
    let text = |name: &str| info.and_then(|info| value::as_text(value::field(info, name)?));
    let tier = info.and_then(|info| value::variant(value::field(info, "tier")?));
    let addresses = info.and_then(|info| value::field(info, "addresses")).map(value::items);
    Ok(Provider {
        address: api.address(account),
        operator: hex_field(data, "operator")?,
        status: status(data)?,
        bond: Amount(pick::amount(data, "bond")?),
        capacity: Amount(pick::amount(data, "capacity")?),
        used: Amount(pick::amount(data, "used")?),
        slots: pick::small(data, "slots")?,
        price: Amount(pick::amount(data, "price")?),
        rate: Amount(pick::amount(data, "rate")?),
        accrued: Amount(pick::amount(data, "accrued")?),
        proven: pick::small(data, "proven")?,
        misses: pick::small(data, "misses")?,
        zone: text("zone").unwrap_or_default(),
        tier: tier.map(|(name, _)| pick::snake(name)).unwrap_or_default(),
        peer_id: info.and_then(|info| pick::hex_of(value::field(info, "peer_id")?)),
        addresses: addresses
            .unwrap_or_default()
            .into_iter()
            .filter_map(value::as_text)
            .collect(),
    })
}

/// The providers, in no particular order.
#[utoipa::path(get, path = "/v1/providers", tag = "market", params(PageQuery),
    responses((status = 200, description = "A page of providers", body = Page<Provider>)))]
pub(crate) async fn providers(
    State(api): State<Shared>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Provider>>, Problem> {
    let (point, found) = map_page(&api, &query, "Providers").await?;
    let api = api.as_ref();
    let items = found.entries.iter().map(|(keys, data)| async move {
        let account = pick::account(pick::first(keys, "provider")?, "provider")?;
        provider(api, point.hash(), &account, data).await
    });
    Ok(Json(Page {
        at: point.moment(),
        items: try_join_all(items).await?,
        next: cursor(found.next),
    }))
}

/// A provider.
#[utoipa::path(get, path = "/v1/providers/{address}", tag = "market",
    params(("address" = String, Path, description = "An address of this network, or `0x` and 64 hexadecimal digits"), AtQuery),
    responses((status = 200, description = "The provider", body = OneProvider)))]
pub(crate) async fn one_provider(
    State(api): State<Shared>,
    Path(address): Path<String>,
    Query(query): Query<AtQuery>,
) -> Result<Json<OneProvider>, Problem> {
    let account = api.account(&address)?;
    let point = api.point(query.at.as_deref()).await?;
    let data = api.read_of(point.hash(), MARKET, "Providers", &account).await?;
    let data = data.ok_or_else(|| {
        Problem::absent(
            "no-provider",
            format!("{address} is no provider at block {}", point.block.number),
            "look at /v1/providers for those that there are",
        )
    })?;
    Ok(Json(OneProvider {
        at: point.moment(),
        provider: provider(&api, point.hash(), &account, &data).await?,
    }))
}

/// The market as a whole.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Market {
    /// The block whose state is shown.
    at: Moment,
    /// The governed parameters by name.
    params: Data,
    /// Blocks in a proving period.
    period_length: u32,
    /// The proving period that the block lies in.
    period: u32,
    /// Providers that ever registered.
    registered: Amount,
    /// All that the market's pool owes to owners, providers and the treasury, in planck.
    owed: Amount,
    /// The treasury's share of it, moved to its account once in a period, in planck.
    treasury_share: Amount,
    /// The treasury's account.
    treasury: String,
    /// What the treasury has free, in planck.
    treasury_free: Amount,
}

/// The market's parameters, what its pool owes, and the treasury.
#[utoipa::path(get, path = "/v1/market", tag = "market", params(AtQuery),
    responses((status = 200, description = "The market", body = Market)))]
pub(crate) async fn market(State(api): State<Shared>, Query(query): Query<AtQuery>) -> Result<Json<Market>, Problem> {
    let point = api.point(query.at.as_deref()).await?;
    let (block, api) = (point.hash(), api.as_ref());
    let (params, length, registered, owed, share, treasury) = futures::try_join!(
        api.read(block, MARKET, "Params", vec![]),
        api.number(block, MARKET, "Period"),
        api.number(block, MARKET, "RingCounter"),
        api.number(block, MARKET, "Owed"),
        api.number(block, MARKET, "Treasury"),
        async { Ok(api.source.constant("Treasury", "pot_account").await?) },
    )?;
    let treasury = pick::account(&treasury, "treasury")?;
    let record = api.read_of(block, "System", "Account", &treasury).await?;
    let free = match &record {
        Some(record) => pick::amount(pick::field(record, "data")?, "free")?,
        None => 0,
    };
    let period_length = pick::narrow(length, "Period")?;
    Ok(Json(Market {
        at: point.moment(),
        params: api.json_or_null(params.as_ref()),
        period_length,
        period: point.block.number.checked_div(period_length).unwrap_or_default(),
        registered: Amount(registered),
        owed: Amount(owed),
        treasury_share: Amount(share),
        treasury: api.address(&treasury),
        treasury_free: Amount(free),
    }))
}
