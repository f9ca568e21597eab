//! The runtime: its version, its pallets, and any storage entry.

use crate::{
    extract::{Path, Query},
    moment::{AtQuery, Moment, hex_hash},
    page, pick,
    problem::Problem,
    source::Wanted,
    state::{Api, Shared, cursor},
    words::{Amount, Data},
};
use axum::{Json, extract::State};
use blocs_chain::{CallError, PalletInfo, value};
use blocs_primitives::Hash;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The chain and its runtime.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RuntimeView {
    /// The block whose runtime is shown.
    at: Moment,
    /// The chain's name.
    chain: String,
    /// Hash of its first block.
    genesis: String,
    /// Name of the runtime.
    spec_name: String,
    /// Its version; grows with every upgrade.
    spec_version: u32,
    /// Version of the transactions' format.
    transaction_version: u32,
    /// Symbol of the token.
    token_symbol: String,
    /// Decimals of the token.
    token_decimals: u8,
    /// Prefix of addresses.
    ss58_prefix: u16,
    /// The least that an account must hold to exist, in planck.
    existential_deposit: Amount,
    /// Milliseconds between blocks when every slot has one.
    slot_millis: u64,
    /// Names of the pallets.
    pallets: Vec<String>,
}

/// The chain's properties and the version of its runtime.
#[utoipa::path(get, path = "/v1/runtime", tag = "runtime", params(AtQuery),
    responses((status = 200, description = "The runtime", body = RuntimeView)))]
pub(crate) async fn runtime(
    State(api): State<Shared>,
    Query(query): Query<AtQuery>,
) -> Result<Json<RuntimeView>, Problem> {
    let point = api.point(query.at.as_deref()).await?;
    let (version, pallets) = futures::try_join!(
        api.source.runtime_call(point.hash(), "Core", "version", vec![]),
        api.source.pallets(point.hash())
    )?;
    let chain = api.chain();
    Ok(Json(RuntimeView {
        at: point.moment(),
        chain: chain.name.clone(),
        genesis: hex_hash(api.source.genesis()),
        spec_name: value::as_text(pick::field(&version, "spec_name")?).unwrap_or_default(),
        spec_version: pick::small(&version, "spec_version")?,
        transaction_version: pick::small(&version, "transaction_version")?,
        token_symbol: chain.token_symbol.clone(),
        token_decimals: chain.token_decimals,
        ss58_prefix: chain.ss58_prefix,
        existential_deposit: Amount(chain.existential_deposit),
        slot_millis: u64::try_from(chain.slot_duration.as_millis()).unwrap_or(u64::MAX),
        pallets: pallets.into_iter().map(|pallet| pallet.name).collect(),
    }))
}

/// A storage entry of a pallet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Entry {
    /// Its name.
    name: String,
    /// How many keys it has: none for a single value.
    keys: usize,
    /// What it is.
    docs: String,
}

/// A pallet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PalletView {
    /// The block whose runtime is shown.
    at: Moment,
    /// Its name.
    name: String,
    /// Its number.
    index: u8,
    /// Its storage: read an entry at `/v1/pallets/{pallet}/{entry}`.
    storage: Vec<Entry>,
    /// Its constants by name, those of the present runtime.
    constants: BTreeMap<String, Data>,
}

/// A pallet: its storage entries and its constants.
#[utoipa::path(get, path = "/v1/pallets/{pallet}", tag = "runtime",
    params(("pallet" = String, Path, description = "Its name, in any case"), AtQuery),
    responses((status = 200, description = "The pallet", body = PalletView)))]
pub(crate) async fn pallet(
    State(api): State<Shared>,
    Path(name): Path<String>,
    Query(query): Query<AtQuery>,
) -> Result<Json<PalletView>, Problem> {
    let point = api.point(query.at.as_deref()).await?;
    let pallet = known(&api, point.hash(), &name).await?;
    let mut constants = BTreeMap::new();
    for constant in &pallet.constants {
        let value = api.source.constant(&pallet.name, constant).await?;
        constants.insert(constant.clone(), api.json(&value));
    }
    let storage = pallet.storage.into_iter().map(|entry| Entry {
        name: entry.name,
        keys: entry.keys,
        docs: entry.docs,
    });
    Ok(Json(PalletView {
        at: point.moment(),
        name: pallet.name,
        index: pallet.index,
        storage: storage.collect(),
        constants,
    }))
}

fn same(a: &str, b: &str) -> bool {
    let plain = |name: &str| name.replace('_', "").to_ascii_lowercase();
    plain(a) == plain(b)
}

async fn known(api: &Api, block: Hash, name: &str) -> Result<PalletInfo, Problem> {
    let pallets = api.source.pallets(block).await?;
    let names: Vec<String> = pallets.iter().map(|pallet| pallet.name.clone()).collect();
    pallets
        .into_iter()
        .find(|pallet| same(&pallet.name, name))
        .ok_or_else(|| {
            Problem::absent(
                "no-pallet",
                format!("there is no pallet {name:?}"),
                format!("there are {}", names.join(", ")),
            )
        })
}

/// An entry of a storage map.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MapEntry {
    /// All its keys.
    keys: Vec<Data>,
    /// What is stored under them.
    value: Data,
}

/// What is stored: one value, or a page of a map.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Stored {
    /// The block whose state is shown.
    at: Moment,
    /// The pallet.
    pallet: String,
    /// The entry.
    entry: String,
    /// The keys that were given.
    keys: Vec<Data>,
    /// With all keys given: what is stored, null when nothing is (the runtime may take a default then).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Data, required = false)]
    value: Option<Data>,
    /// With fewer keys: those entries that begin with them.
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Vec<MapEntry>>,
    /// Give it as `after` to read on; null when nothing follows, and with all keys given.
    #[schema(required)]
    next: Option<String>,
}

/// What the query says: `key` may stand there several times.
#[derive(Default)]
struct StorageQuery {
    keys: Vec<String>,
    limit: Option<u32>,
    after: Option<String>,
    at: Option<String>,
}

impl StorageQuery {
    fn read(pairs: Vec<(String, String)>) -> Result<Self, Problem> {
        let mut query = Self::default();
        for (name, text) in pairs {
            match name.as_str() {
                "key" => query.keys.push(text),
                "after" => query.after = Some(text),
                "at" => query.at = Some(text),
                "limit" => {
                    let limit = text.parse().map_err(|_| {
                        Problem::bad("limit", format!("{text:?} is no number"), "give a limit from 1 to 100")
                    })?;
                    query.limit = Some(limit);
                }
                other => {
                    return Err(Problem::bad(
                        "query",
                        format!("there is no parameter {other:?} here"),
                        "give `key` for each key, `limit`, `after` and `at`",
                    ));
                }
            }
        }
        Ok(query)
    }
}

/// Any storage entry, decoded.
///
/// With as many `key`s as the entry has, its value; with fewer, a page of those entries that begin with them. Keys are written as
/// arguments of calls are: an address, a number, `0x` and hexadecimal digits, `(value, value)`.
#[utoipa::path(get, path = "/v1/pallets/{pallet}/{entry}", tag = "runtime",
    params(("pallet" = String, Path, description = "Name of the pallet, in any case"),
        ("entry" = String, Path, description = "Name of its storage entry, in any case"),
        ("key" = Option<Vec<String>>, Query, description = "A key; once for each", style = Form, explode),
        ("limit" = Option<u32>, Query, description = "Most items in the answer: 1 to 100, 20 when not given", minimum = 1, maximum = 100),
        ("after" = Option<String>, Query, description = "`next` of the answer before"),
        ("at" = Option<String>, Query, description = "The block whose state is read: `finalized` (when not given), `best`, a number or a hash")),
    responses((status = 200, description = "What is stored", body = Stored)))]
pub(crate) async fn storage(
    State(api): State<Shared>,
    Path((pallet, entry)): Path<(String, String)>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<Stored>, Problem> {
    let query = StorageQuery::read(pairs)?;
    let (limit, after) = (page::limit(query.limit)?, page::key(query.after.as_deref())?);
    let point = api.point(query.at.as_deref()).await?;
    let pallet = known(&api, point.hash(), &pallet).await?;
    let info = pallet
        .storage
        .iter()
        .find(|known| same(&known.name, &entry))
        .ok_or_else(|| {
            let names: Vec<&str> = pallet.storage.iter().map(|entry| entry.name.as_str()).collect();
            Problem::absent(
                "no-entry",
                format!("{} has no storage entry {entry:?}", pallet.name),
                format!("it has {}", names.join(", ")),
            )
        })?;
    if query.keys.len() > info.keys {
        return Err(Problem::bad(
            "keys",
            format!(
                "{} keys were given, and {}.{} has {}",
                query.keys.len(),
                pallet.name,
                info.name,
                info.keys
            ),
            "leave the last ones out",
        ));
    }
    let keys = api
        .source
        .keys(point.hash(), &pallet.name, &info.name, &query.keys)
        .await
        .map_err(|error| match error {
            CallError::Query(error) => error.into(),
            other => Problem::bad("keys", other.to_string(), "write keys as docs/guides/rest.md shows"),
        })?;
    let mut stored = Stored {
        at: point.moment(),
        pallet: pallet.name.clone(),
        entry: info.name.clone(),
        keys: query.keys.iter().cloned().map(Data::text).collect(),
        value: None,
        items: None,
        next: None,
    };
    if keys.len() == info.keys {
        let value = api.read(point.hash(), &pallet.name, &info.name, keys).await?;
        stored.value = Some(api.json_or_null(value.as_ref()));
        return Ok(Json(stored));
    }
    let wanted = Wanted {
        pallet: &pallet.name,
        entry: &info.name,
        prefix: keys,
        after,
        limit,
    };
    let found = api.page(point.hash(), wanted).await?;
    let items = found.entries.iter().map(|(keys, data)| MapEntry {
        keys: keys.iter().map(|key| api.json(key)).collect(),
        value: api.json(data),
    });
    stored.items = Some(items.collect());
    stored.next = cursor(found.next);
    Ok(Json(stored))
}
