//! The validators of the session, and the blocks that they made.

use super::{
    ValidatorRecord,
    layout::{
        BABE, KeysLayout, LedgerLayout, OverviewLayout, PointsLayout, PrefsLayout, SESSION, STAKING, UnappliedLayout,
        at_index, in_era, of, value,
    },
    read::active_era,
};
use crate::{
    At,
    connection::{AtBlock, Failure, Live},
    layout::Bytes32,
    subxt_client::fetch,
};
use blocs_primitives::{AccountId, Balance, BlockNumber};
use codec::Decode;
use futures::{StreamExt, TryStreamExt};
use std::collections::{BTreeMap, BTreeSet};
use subxt::{config::substrate::DigestItem, dynamic, storage::DynamicAddress};

/// Requests under way at the same time.
const PARALLEL_READS: usize = 16;
/// BABE's mark on what it writes into a header.
const BABE_ENGINE: [u8; 4] = *b"BABE";

pub(super) async fn validator_records(
    live: &Live,
    blocks: BlockNumber,
    at: At,
) -> Result<Vec<ValidatorRecord>, Failure> {
    let at = live.at(at).await?;
    let era = active_era(&at).await?;
    let list = List::read(live, &at, era, blocks).await?;
    let (list, at) = (&list, &at);
    let mut records: Vec<ValidatorRecord> = futures::stream::iter(list.accounts())
        .map(|account| record(at, era, account, list))
        .buffered(PARALLEL_READS)
        .try_collect()
        .await?;
    records.sort_by(|a, b| {
        let rank = |record: &ValidatorRecord| (record.active, record.total_stake);
        rank(b).cmp(&rank(a)).then_with(|| a.account.cmp(&b.account))
    });
    Ok(records)
}

/// What is read once for all validators.
struct List {
    session: Vec<Bytes32>,
    next: BTreeSet<Bytes32>,
    disabled: BTreeSet<Bytes32>,
    candidates: BTreeMap<Bytes32, u32>,
    points: BTreeMap<Bytes32, u32>,
    blocks: BTreeMap<Bytes32, u32>,
    slashed: BTreeMap<Bytes32, u32>,
    pending: BTreeMap<Bytes32, Balance>,
}

impl List {
    async fn read(live: &Live, at: &AtBlock, era: u32, blocks: BlockNumber) -> Result<Self, Failure> {
        let session: Vec<Bytes32> = fetch(at, value(SESSION, "Validators")).await?.unwrap_or_default();
        let next: Option<Vec<(Bytes32, KeysLayout)>> = fetch(at, value(SESSION, "QueuedKeys")).await?;
        let disabled: Option<Vec<(u32, u32)>> = fetch(at, value(SESSION, "DisabledValidators")).await?;
        let disabled = disabled.unwrap_or_default().into_iter();
        let points: Option<PointsLayout> = fetch(at, at_index(STAKING, "ErasRewardPoints", era)).await?;
        Ok(Self {
            next: next
                .unwrap_or_default()
                .into_iter()
                .map(|(account, _)| account)
                .collect(),
            disabled: disabled
                .filter_map(|(index, _)| session.get(usize::try_from(index).ok()?).copied())
                .collect(),
            candidates: candidates(at).await?,
            points: points
                .map(|points| points.individual.into_iter().collect())
                .unwrap_or_default(),
            blocks: authored(live, at, &session, blocks).await?,
            slashed: slashed(at).await?,
            pending: pending(at).await?,
            session,
        })
    }

    /// Those of the session, and the candidates.
    fn accounts(&self) -> BTreeSet<Bytes32> {
        self.session.iter().chain(self.candidates.keys()).copied().collect()
    }
}

async fn record(at: &AtBlock, era: u32, account: Bytes32, list: &List) -> Result<ValidatorRecord, Failure> {
    let overview: Option<OverviewLayout> = fetch(at, in_era("ErasStakersOverview", era, account)).await?;
    let keys: Option<KeysLayout> = fetch(at, of(SESSION, "NextKeys", account)).await?;
    let (own_stake, total_stake, nominators) = match overview {
        Some(overview) => (overview.own, overview.total, overview.nominator_count),
        None => {
            let ledger: Option<LedgerLayout> = fetch(at, of(STAKING, "Ledger", account)).await?;
            let active = ledger.map_or(0, |ledger| ledger.active);
            (active, active, 0)
        }
    };
    let commission = match list.candidates.get(&account) {
        Some(commission) => *commission,
        None => {
            let prefs: Option<PrefsLayout> = fetch(at, in_era("ErasValidatorPrefs", era, account)).await?;
            prefs.map_or(0, |prefs| prefs.commission)
        }
    };
    let of_account = |map: &BTreeMap<Bytes32, u32>| map.get(&account).copied();
    Ok(ValidatorRecord {
        account: AccountId::new(account),
        own_stake,
        total_stake,
        nominators,
        commission,
        era_points: of_account(&list.points).unwrap_or_default(),
        blocks: of_account(&list.blocks).unwrap_or_default(),
        active: list.session.contains(&account),
        next_session: list.next.contains(&account),
        candidate: list.candidates.contains_key(&account),
        disabled: list.disabled.contains(&account),
        slashed_in: of_account(&list.slashed),
        pending_slash: list.pending.get(&account).copied().unwrap_or_default(),
        has_keys: keys.is_some(),
    })
}

/// Those who stand for election, with their commission.
async fn candidates(at: &AtBlock) -> Result<BTreeMap<Bytes32, u32>, Failure> {
    let address: DynamicAddress<(Bytes32,), PrefsLayout> = dynamic::storage(STAKING, "Validators");
    let mut entries = at.storage().iter(address, ()).await?;
    let mut found = BTreeMap::new();
    while let Some(entry) = entries.next().await {
        let entry = entry?;
        let (account,) = entry.key()?.decode()?;
        found.insert(account, entry.value().decode()?.commission);
    }
    Ok(found)
}

/// The last era in which each offender committed an offence that costs it.
async fn slashed(at: &AtBlock) -> Result<BTreeMap<Bytes32, u32>, Failure> {
    let address: DynamicAddress<(u32, Bytes32), (u32, Balance)> = dynamic::storage(STAKING, "ValidatorSlashInEra");
    let mut entries = at.storage().iter(address, ()).await?;
    let mut found: BTreeMap<Bytes32, u32> = BTreeMap::new();
    while let Some(entry) = entries.next().await {
        let entry = entry?;
        let (era, account) = entry.key()?.decode()?;
        let (_, amount) = entry.value().decode()?;
        if amount > 0 {
            let last = found.entry(account).or_default();
            *last = era.max(*last);
        }
    }
    Ok(found)
}

/// What each will lose when deferred slashes are applied.
async fn pending(at: &AtBlock) -> Result<BTreeMap<Bytes32, Balance>, Failure> {
    let address: DynamicAddress<(u32,), Vec<UnappliedLayout>> = dynamic::storage(STAKING, "UnappliedSlashes");
    let mut entries = at.storage().iter(address, ()).await?;
    let mut found: BTreeMap<Bytes32, Balance> = BTreeMap::new();
    while let Some(entry) = entries.next().await {
        for slash in entry?.value().decode()? {
            let sum = found.entry(slash.validator).or_default();
            *sum = sum.saturating_add(slash.own);
        }
    }
    Ok(found)
}

/// How many of this session's blocks each has made, of the last `most`.
async fn authored(
    live: &Live,
    at: &AtBlock,
    session: &[Bytes32],
    most: BlockNumber,
) -> Result<BTreeMap<Bytes32, u32>, Failure> {
    let starts: Option<(u32, u32)> = fetch(at, value(BABE, "EpochStart")).await?;
    let last = u32::try_from(at.block_number()).map_err(Failure::shape)?;
    let begin = starts.map_or(1, |(_, begin)| begin).max(1);
    let first = begin.max(last.saturating_add(1).saturating_sub(most));
    let authors: Vec<Option<u32>> = futures::stream::iter(first..=last)
        .map(|number| author(live, number))
        .buffered(PARALLEL_READS)
        .try_collect()
        .await?;
    let mut found: BTreeMap<Bytes32, u32> = BTreeMap::new();
    let named = authors.into_iter().flatten();
    for account in named.filter_map(|index| session.get(usize::try_from(index).ok()?)) {
        let count = found.entry(*account).or_default();
        *count = count.saturating_add(1);
    }
    Ok(found)
}

/// The place in the session's list of whoever made a block.
async fn author(live: &Live, number: BlockNumber) -> Result<Option<u32>, Failure> {
    let hash = live.methods.chain_get_block_hash(Some(number.into())).await?;
    let Some(header) = live.methods.chain_get_header(hash).await? else {
        return Ok(None);
    };
    Ok(header.digest.logs.iter().find_map(|item| match item {
        DigestItem::PreRuntime(engine, data) if *engine == BABE_ENGINE => author_index(data),
        _ => None,
    }))
}

/// Every kind of BABE's claim of a slot begins with the kind and the author's index.
fn author_index(claim: &[u8]) -> Option<u32> {
    u32::decode(&mut claim.get(1..)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_is_read_from_every_kind_of_claim() {
        for kind in 1u8..=3 {
            let claim = [&[kind][..], &7u32.to_le_bytes(), &99u64.to_le_bytes()].concat();
            assert_eq!(author_index(&claim), Some(7));
        }
        assert_eq!(author_index(&[]), None);
        assert_eq!(author_index(&[1, 2]), None);
    }
}
