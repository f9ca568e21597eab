//! What belongs to an account beyond its balance.

use crate::{
    pick,
    problem::Problem,
    source::Wanted,
    state::Api,
    words::{Amount, Data},
};
use blocs_chain::{BlockRef, Decoded, Value, value};
use blocs_primitives::{AccountId, Hash};
use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use utoipa::ToSchema;

/// Requests under way at the same time.
const PARALLEL: usize = 16;

/// A part of a balance that something lays claim to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Claim {
    /// What for: a word of eight letters for a lock, a pallet and its reason for a hold or a freeze.
    reason: Data,
    /// How much, in planck.
    amount: Amount,
}

pub(crate) fn claims(api: &Api, list: Option<&Decoded>) -> Result<Vec<Claim>, Problem> {
    let items = list.map(value::items).unwrap_or_default();
    let claim = |item: &Decoded| {
        let id = pick::field(item, "id")?;
        let reason = match value::variant(id) {
            Some(_) => api.json(id),
            None => value::as_text(id).map_or_else(|| api.json(id), |text| Data::text(text.trim())),
        };
        Ok(Claim {
            reason,
            amount: Amount(pick::amount(item, "amount")?),
        })
    };
    items.into_iter().map(claim).collect()
}

/// An account's balance of a token other than the chain's own.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AssetBalance {
    /// The token's number.
    asset: u32,
    /// Its symbol; null when it has none.
    #[schema(required)]
    symbol: Option<String>,
    /// Its decimals.
    decimals: u32,
    /// How much, in the token's smallest unit.
    balance: Amount,
    /// `Liquid`, `Frozen` or `Blocked`.
    #[schema(example = "Liquid")]
    status: Data,
}

/// Those of the next `limit` assets that the account has some of, and where to go on.
pub(crate) async fn assets(
    api: &Api,
    block: Hash,
    who: &AccountId,
    after: Option<Vec<u8>>,
    limit: u32,
) -> Result<(Vec<AssetBalance>, Option<Vec<u8>>), Problem> {
    let wanted = Wanted {
        pallet: "Assets",
        entry: "Asset",
        prefix: Vec::new(),
        after,
        limit,
    };
    let page = api.page(block, wanted).await?;
    let ids: Vec<u32> = page
        .entries
        .iter()
        .map(|(keys, _)| pick::narrow(pick::number(pick::first(keys, "asset")?, "asset")?, "asset"))
        .collect::<Result<_, _>>()?;
    let found: Vec<Option<AssetBalance>> = stream::iter(ids)
        .map(|id| asset(api, block, who, id))
        .buffered(PARALLEL)
        .try_collect()
        .await?;
    Ok((found.into_iter().flatten().collect(), page.next))
}

async fn asset(api: &Api, block: Hash, who: &AccountId, id: u32) -> Result<Option<AssetBalance>, Problem> {
    let number = || Value::u128(id.into());
    let account = api
        .read(block, "Assets", "Account", vec![number(), value::account(who)])
        .await?;
    let Some(account) = account else { return Ok(None) };
    let metadata = api.read(block, "Assets", "Metadata", vec![number()]).await?;
    let symbol = metadata
        .as_ref()
        .and_then(|metadata| value::as_text(value::field(metadata, "symbol")?));
    Ok(Some(AssetBalance {
        asset: id,
        symbol: symbol.filter(|symbol| !symbol.is_empty()),
        decimals: metadata
            .as_ref()
            .map_or(Ok(0), |metadata| pick::small(metadata, "decimals"))?,
        balance: Amount(pick::amount(&account, "balance")?),
        status: api.json(pick::field(&account, "status")?),
    }))
}

/// Who may act for an account.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct Proxies {
    /// Those who may.
    items: Vec<Proxy>,
    /// What is on hold for them, in planck.
    deposit: Amount,
}

/// Somebody who may act for an account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Proxy {
    /// Who.
    delegate: String,
    /// In what: `Any`, `Governance`, `Staking`, `Market` and others.
    #[schema(example = "Governance")]
    kind: Data,
    /// Blocks between announcing and acting.
    delay: u32,
}

pub(crate) async fn proxies(api: &Api, block: Hash, who: &AccountId) -> Result<Proxies, Problem> {
    let Some(found) = api.read_of(block, "Proxy", "Proxies", who).await? else {
        return Ok(Proxies::default());
    };
    let items = value::items(pick::nth(&found, 0, "the proxies")?);
    let proxy = |item: &Decoded| {
        Ok(Proxy {
            delegate: api.address(&pick::account(pick::field(item, "delegate")?, "delegate")?),
            kind: api.json(pick::field(item, "proxy_type")?),
            delay: pick::small(item, "delay")?,
        })
    };
    Ok(Proxies {
        items: items.into_iter().map(proxy).collect::<Result<_, Problem>>()?,
        deposit: Amount(pick::number(pick::nth(&found, 1, "the proxies")?, "deposit")?),
    })
}

/// What an account says of itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Identity {
    /// The name that it shows; null when it has none of its own.
    #[schema(required)]
    display: Option<String>,
    /// All that it says, as the chain keeps it.
    info: Data,
    /// Who vouches for it: pairs of a registrar's number and its judgement.
    judgements: Data,
    /// What is on hold for it, in planck.
    deposit: Amount,
    /// The account that it is a part of; null when it stands for itself.
    #[schema(required)]
    part_of: Option<String>,
}

pub(crate) async fn identity(api: &Api, block: Hash, who: &AccountId) -> Result<Option<Identity>, Problem> {
    let (own, parent) = futures::try_join!(
        api.read_of(block, "Identity", "IdentityOf", who),
        api.read_of(block, "Identity", "SuperOf", who)
    )?;
    let (part_of, sub_name) = match &parent {
        Some(pair) => (
            Some(api.address(&pick::account(pick::nth(pair, 0, "the parent")?, "parent")?)),
            text(pick::nth(pair, 1, "the parent")?),
        ),
        None => (None, None),
    };
    let Some(own) = own else {
        return Ok(part_of.map(|part_of| Identity {
            display: sub_name,
            info: Data::default(),
            judgements: Data::empty_list(),
            deposit: Amount(0),
            part_of: Some(part_of),
        }));
    };
    let info = pick::field(&own, "info")?;
    Ok(Some(Identity {
        display: value::field(info, "display").and_then(text).or(sub_name),
        info: api.json(info),
        judgements: api.json(pick::field(&own, "judgements")?),
        deposit: Amount(pick::amount(&own, "deposit")?),
        part_of,
    }))
}

/// Text of the identity pallet's `Data`: a variant `Raw0` to `Raw32` with so many bytes.
fn text(data: &Decoded) -> Option<String> {
    let (name, fields) = value::variant(data)?;
    if !name.starts_with("Raw") {
        return None;
    }
    fields
        .values()
        .next()
        .and_then(value::as_text)
        .filter(|text| !text.is_empty())
}

/// An amount that is released little by little.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct VestingSchedule {
    /// The whole amount, in planck.
    locked: Amount,
    /// Released with each block, in planck.
    per_block: Amount,
    /// The block at which it begins.
    starting_block: u32,
    /// What is still locked at the block shown, in planck, whether or not it was claimed.
    still_locked: Amount,
}

pub(crate) async fn vesting(api: &Api, block: BlockRef, who: &AccountId) -> Result<Vec<VestingSchedule>, Problem> {
    let found = api.read_of(block.hash, "Vesting", "Vesting", who).await?;
    let items = found.as_ref().map(value::items).unwrap_or_default();
    let schedule = |item: &Decoded| {
        let (locked, per_block) = (pick::amount(item, "locked")?, pick::amount(item, "per_block")?);
        let starting_block = pick::small(item, "starting_block")?;
        let passed = u128::from(block.number.saturating_sub(starting_block));
        Ok(VestingSchedule {
            locked: Amount(locked),
            per_block: Amount(per_block),
            starting_block,
            still_locked: Amount(locked.saturating_sub(passed.saturating_mul(per_block))),
        })
    };
    items.into_iter().map(schedule).collect()
}
