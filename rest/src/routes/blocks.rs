//! Blocks.

use super::extrinsics::{EventView, ExtrinsicView, OneExtrinsic, events, outcomes};
use crate::{
    extract::{Path, Query},
    moment::{BlockId, Moment, Point, hex_hash},
    page::{self, Page, PageQuery},
    pick,
    problem::Problem,
    state::{Api, Shared},
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use blocs_chain::{QueryError, RawBlock};
use blocs_primitives::{BlockNumber, Hash};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Blocks that are read at the same time for a page.
const PARALLEL: usize = 8;

/// An entry of a header's digest.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DigestView {
    /// `pre_runtime`, `consensus`, `seal`, `other` or `runtime_environment_updated`.
    #[schema(example = "pre_runtime")]
    kind: String,
    /// Who wrote it: `BABE`, `FRNK` (GRANDPA) or `BEEF`.
    #[schema(required, example = "BABE")]
    engine: Option<String>,
    /// Its bytes.
    data: String,
}

/// A block with all that is in it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BlockView {
    /// Number and hash, and whether it is finalized.
    at: Moment,
    /// Hash of the block before.
    parent: String,
    /// Root of the state behind it.
    state_root: String,
    /// Root of its extrinsics.
    extrinsics_root: String,
    /// Who made it; null for the first block.
    #[schema(required)]
    author: Option<String>,
    /// The slot in which it was made.
    #[schema(required)]
    slot: Option<u64>,
    /// When, in milliseconds since 1970; null for the first block.
    #[schema(required)]
    time: Option<u64>,
    /// What consensus wrote into the header.
    digest: Vec<DigestView>,
    /// Its extrinsics, in order.
    extrinsics: Vec<ExtrinsicView>,
    /// Its events, in order.
    events: Vec<EventView>,
    #[serde(skip)]
    #[schema(ignore)]
    point: Point,
}

impl BlockView {
    pub(crate) fn point(&self) -> Point {
        self.point
    }
}

/// A block in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BlockSummary {
    /// Its height.
    number: BlockNumber,
    /// Its hash.
    hash: String,
    /// Whether it is finalized.
    finalized: bool,
    /// Hash of the block before.
    parent: String,
    /// Who made it; null for the first block, and when the node has forgotten that block's state.
    #[schema(required)]
    author: Option<String>,
    /// When, in milliseconds since 1970; null as above.
    #[schema(required)]
    time: Option<u64>,
    /// How many extrinsics it has.
    extrinsics: usize,
}

/// A list of what is in a block.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct InBlock {
    /// Most items in the answer: 1 to 100, 20 when not given.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `next` of the answer before.
    after: Option<String>,
}

/// The blocks, newest first.
///
/// They begin with the block that `at` names, and go back to the first one.
#[utoipa::path(get, path = "/v1/blocks", tag = "blocks", params(PageQuery),
    responses((status = 200, description = "A page of blocks", body = Page<BlockSummary>)))]
pub(crate) async fn list(
    State(api): State<Shared>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<BlockSummary>>, Problem> {
    let limit = query.limit()?;
    let after = page::number(query.after.as_deref())?;
    let point = api.point(query.at.as_deref()).await?;
    let top = match after {
        Some(0) => None,
        Some(number) => Some((number - 1).min(point.block.number)),
        None => Some(point.block.number),
    };
    let bottom = top.map(|top| top.saturating_sub(limit - 1));
    let numbers: Vec<BlockNumber> = match (bottom, top) {
        (Some(bottom), Some(top)) => (bottom..=top).rev().collect(),
        _ => Vec::new(),
    };
    let api = &api;
    let items = stream::iter(numbers)
        .map(|number| summary(api, point, number))
        .buffered(PARALLEL)
        .try_collect()
        .await?;
    Ok(Json(Page {
        at: point.moment(),
        items,
        next: bottom.filter(|bottom| *bottom > 0).map(|bottom| bottom.to_string()),
    }))
}

async fn summary(api: &Api, top: Point, number: BlockNumber) -> Result<BlockSummary, Problem> {
    let point = if number == top.block.number {
        top
    } else {
        let point = api.find(BlockId::Number(number)).await?;
        Point {
            finalized: point.finalized || top.finalized,
            ..point
        }
    };
    if let Some(block) = api.blocks.get(&point.hash()) {
        return Ok(BlockSummary {
            number,
            hash: block.at.hash.clone(),
            finalized: true,
            parent: block.parent.clone(),
            author: block.author.clone(),
            time: block.time,
            extrinsics: block.extrinsics.len(),
        });
    }
    let raw = api.source.raw_block(point.hash()).await?;
    let (author, time) = match futures::try_join!(author(api, &raw), time(api, point.hash())) {
        Ok(found) => found,
        Err(QueryError::NoState { .. }) => (None, None),
        Err(other) => return Err(other.into()),
    };
    Ok(BlockSummary {
        number,
        hash: hex_hash(point.hash()),
        finalized: point.finalized,
        parent: hex_hash(raw.parent),
        author,
        time,
        extrinsics: raw.extrinsics.len(),
    })
}

/// Who made the block: its place in the list of the session's validators stands in the header.
async fn author(api: &Api, raw: &RawBlock) -> Result<Option<String>, QueryError> {
    let Some(index) = raw.author_index().and_then(|index| usize::try_from(index).ok()) else {
        return Ok(None);
    };
    let validators = api.source.read(raw.block.hash, "Session", "Validators", vec![]).await?;
    let accounts = pick::accounts(validators.as_ref(), "validator").unwrap_or_default();
    Ok(accounts.get(index).map(|account| api.address(account)))
}

async fn time(api: &Api, block: Hash) -> Result<Option<u64>, QueryError> {
    let now = api.source.read(block, "Timestamp", "Now", vec![]).await?;
    let now = now.as_ref().and_then(blocs_chain::value::as_u128);
    Ok(now.and_then(|now| u64::try_from(now).ok()).filter(|now| *now > 0))
}

/// The whole block, from memory when it was asked for before.
async fn whole(api: &Api, id: &str) -> Result<Arc<BlockView>, Problem> {
    let point = api.find(BlockId::parse(id)?).await?;
    if let Some(block) = api.blocks.look_up(&point.hash()) {
        return Ok(block);
    }
    let hash = point.hash();
    let raw = api.source.raw_block(hash).await?;
    let (author, time, happened, decoded) = futures::try_join!(
        author(api, &raw),
        time(api, hash),
        api.source.events(hash),
        api.source.extrinsics(&raw)
    )?;
    let mut extrinsics: Vec<ExtrinsicView> = (0..)
        .zip(raw.extrinsics.iter().zip(decoded))
        .map(|(index, (bytes, decoded))| ExtrinsicView::of(api, index, bytes, decoded))
        .collect();
    outcomes(api, hash, &mut extrinsics, &happened).await?;
    let block = Arc::new(BlockView {
        at: point.moment(),
        parent: hex_hash(raw.parent),
        state_root: hex_hash(raw.state_root),
        extrinsics_root: hex_hash(raw.extrinsics_root),
        author,
        slot: raw.slot(),
        time,
        digest: digest(&raw),
        extrinsics,
        events: events(api, &happened),
        point,
    });
    if point.finalized {
        // An event takes about this much in its encoding.
        let bytes = raw.extrinsics.iter().map(Vec::len).sum::<usize>() + happened.len() * 64;
        api.blocks.put(hash, block.clone(), bytes);
    }
    Ok(block)
}

fn digest(raw: &RawBlock) -> Vec<DigestView> {
    let logs = raw.digest.iter();
    logs.map(|log| DigestView {
        kind: log.kind.to_owned(),
        engine: log.engine.map(|engine| String::from_utf8_lossy(&engine).into_owned()),
        data: format!("0x{}", hex::encode(&log.data)),
    })
    .collect()
}

/// What never changes may be kept: a finalized block that was named by its hash.
fn cached<T: Serialize>(id: &str, asked: &HeaderMap, block: &BlockView, body: &T) -> Response {
    let mut headers = HeaderMap::new();
    let lasting = block.at.finalized && id.starts_with("0x");
    let lives = if lasting {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(lives));
    if block.at.finalized
        && let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", block.at.hash))
    {
        let matches = |said: &HeaderValue| {
            let mut tags = said.to_str().unwrap_or_default().split(',').map(str::trim);
            tags.any(|one| one == "*" || one.trim_start_matches("W/").as_bytes() == tag.as_bytes())
        };
        let known = asked.get_all(header::IF_NONE_MATCH).iter().any(matches);
        headers.insert(header::ETAG, tag);
        if known {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
    }
    (headers, Json(body)).into_response()
}

/// A block: header, extrinsics and events.
///
/// Answers about finalized blocks carry an `ETag`; those that name the block by its hash may be kept for ever.
#[utoipa::path(get, path = "/v1/blocks/{id}", tag = "blocks",
    params(("id" = String, Path, description = "A number, a hash, `head` (the best block) or `finalized`")),
    responses((status = 200, description = "The block", body = BlockView), (status = 304, description = "As it was")))]
pub(crate) async fn one(
    State(api): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let block = whole(&api, &id).await?;
    Ok(cached(&id, &headers, &block, block.as_ref()))
}

/// A block's extrinsics.
#[utoipa::path(get, path = "/v1/blocks/{id}/extrinsics", tag = "blocks",
    params(("id" = String, Path, description = "A number, a hash, `head` (the best block) or `finalized`"), InBlock),
    responses((status = 200, description = "A page of extrinsics", body = Page<ExtrinsicView>),
        (status = 304, description = "As it was")))]
pub(crate) async fn extrinsics(
    State(api): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(query): Query<InBlock>,
) -> Result<Response, Problem> {
    let block = whole(&api, &id).await?;
    Ok(cached(&id, &headers, &block, &part(&block, &block.extrinsics, &query)?))
}

/// One extrinsic of a block, with what it caused.
#[utoipa::path(get, path = "/v1/blocks/{id}/extrinsics/{index}", tag = "blocks",
    params(("id" = String, Path, description = "A number, a hash, `head` (the best block) or `finalized`"),
        ("index" = u32, Path, description = "Its place in the block")),
    responses((status = 200, description = "The extrinsic", body = OneExtrinsic),
        (status = 304, description = "As it was")))]
pub(crate) async fn extrinsic_of(
    State(api): State<Shared>,
    headers: HeaderMap,
    Path((id, index)): Path<(String, u32)>,
) -> Result<Response, Problem> {
    let block = whole(&api, &id).await?;
    let found = usize::try_from(index)
        .ok()
        .and_then(|index| block.extrinsics.get(index));
    let extrinsic = found.ok_or_else(|| {
        Problem::absent(
            "no-extrinsic",
            format!(
                "block {} has {} extrinsics, none at {index}",
                block.at.number,
                block.extrinsics.len()
            ),
            format!("look at /v1/blocks/{id}/extrinsics for those that there are; the first is 0"),
        )
    })?;
    let caused = extrinsic
        .event_places()
        .iter()
        .filter_map(|place| block.events.get(usize::try_from(*place).ok()?).cloned());
    let answer = OneExtrinsic {
        at: block.at.clone(),
        extrinsic: extrinsic.clone(),
        events: caused.collect(),
    };
    Ok(cached(&id, &headers, &block, &answer))
}

/// A block's events.
#[utoipa::path(get, path = "/v1/blocks/{id}/events", tag = "blocks",
    params(("id" = String, Path, description = "A number, a hash, `head` (the best block) or `finalized`"), InBlock),
    responses((status = 200, description = "A page of events", body = Page<EventView>),
        (status = 304, description = "As it was")))]
pub(crate) async fn events_of(
    State(api): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(query): Query<InBlock>,
) -> Result<Response, Problem> {
    let block = whole(&api, &id).await?;
    Ok(cached(&id, &headers, &block, &part(&block, &block.events, &query)?))
}

/// A part of what is in a block; the cursor is the place of the last item.
fn part<T: Clone + ToSchema>(block: &BlockView, all: &[T], query: &InBlock) -> Result<Page<T>, Problem> {
    let limit = usize::try_from(page::limit(query.limit)?).unwrap_or(usize::MAX);
    let after = page::number(query.after.as_deref())?;
    let skip = after.map_or(0, |after| {
        usize::try_from(after).unwrap_or(usize::MAX).saturating_add(1)
    });
    let items: Vec<T> = all.iter().skip(skip).take(limit).cloned().collect();
    let end = skip.saturating_add(items.len());
    Ok(Page {
        at: block.at.clone(),
        next: (end < all.len() && !items.is_empty()).then(|| (end - 1).to_string()),
        items,
    })
}
