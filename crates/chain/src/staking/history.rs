//! What past eras paid, and what they still owe.

use super::{
    EraReward, NominatorShare,
    layout::{ExposurePageLayout, OverviewLayout, PointsLayout, PrefsLayout, STAKING, at_index, in_era, value},
    read::{active_era, constant},
    record::part,
};
use crate::{
    connection::{AtBlock, Failure},
    layout::Bytes32,
    subxt_client::fetch,
};
use blocs_primitives::{AccountId, Balance};
use futures::{StreamExt, TryStreamExt};
use subxt::{dynamic, storage::DynamicAddress};

/// Eras read at the same time.
const PARALLEL_ERAS: usize = 8;

/// The past eras in which a validator earned something, as far as they can be paid out, oldest first.
pub(super) async fn era_rewards(at: &AtBlock, validator: Bytes32) -> Result<Vec<EraReward>, Failure> {
    let active = active_era(at).await?;
    let planned: u32 = fetch(at, value(STAKING, "CurrentEra")).await?.unwrap_or(active);
    let history: u32 = constant(at, STAKING, "HistoryDepth")?;
    let rewards: Vec<Option<EraReward>> = futures::stream::iter(planned.saturating_sub(history)..active)
        .map(|era| era_reward(at, era, validator))
        .buffered(PARALLEL_ERAS)
        .try_collect()
        .await?;
    Ok(rewards.into_iter().flatten().collect())
}

async fn era_reward(at: &AtBlock, era: u32, validator: Bytes32) -> Result<Option<EraReward>, Failure> {
    let minted: Option<Balance> = fetch(at, at_index(STAKING, "ErasValidatorReward", era)).await?;
    let Some(minted) = minted else {
        return Ok(None);
    };
    let overview: Option<OverviewLayout> = fetch(at, in_era("ErasStakersOverview", era, validator)).await?;
    let Some(overview) = overview else {
        return Ok(None);
    };
    let Some(points): Option<PointsLayout> = fetch(at, at_index(STAKING, "ErasRewardPoints", era)).await? else {
        return Ok(None);
    };
    let earned = points.individual.iter().find(|(account, _)| *account == validator);
    let Some((_, earned)) = earned.filter(|(_, earned)| *earned > 0) else {
        return Ok(None);
    };
    let prefs: Option<PrefsLayout> = fetch(at, in_era("ErasValidatorPrefs", era, validator)).await?;
    let paid: Option<Vec<u32>> = fetch(at, in_era("ClaimedRewards", era, validator)).await?;
    Ok(Some(EraReward {
        era,
        validator: AccountId::new(validator),
        points: *earned,
        total: part(minted, Balance::from(*earned), Balance::from(points.total)),
        commission: prefs.map_or(0, |prefs| prefs.commission),
        own_stake: overview.own,
        total_stake: overview.total,
        pages: overview.page_count.max(1),
        paid: paid.unwrap_or_default(),
    }))
}

/// The nominator's shares of these rewards.
pub(super) async fn nominator_shares(
    at: &AtBlock,
    nominator: Bytes32,
    rewards: &[EraReward],
) -> Result<Vec<NominatorShare>, Failure> {
    // Owned ones: closures over references do not prove to be `Send`.
    let rewards = rewards.to_vec();
    let shares: Vec<Option<NominatorShare>> = futures::stream::iter(rewards)
        .map(|reward| nominator_share(at, nominator, reward))
        .buffered(PARALLEL_ERAS)
        .try_collect()
        .await?;
    Ok(shares.into_iter().flatten().collect())
}

async fn nominator_share(
    at: &AtBlock,
    nominator: Bytes32,
    reward: EraReward,
) -> Result<Option<NominatorShare>, Failure> {
    type Key = (u32, Bytes32, u32);
    for page in 0..reward.pages {
        let address: DynamicAddress<Key, ExposurePageLayout> = dynamic::storage(STAKING, "ErasStakersPaged");
        let key = (reward.era, *reward.validator.as_ref(), page);
        let Some(exposure) = fetch(at, (address, key)).await? else {
            continue;
        };
        if let Some(own) = exposure.others.iter().find(|other| other.who == nominator) {
            return Ok(Some(NominatorShare {
                era: reward.era,
                validator: reward.validator.clone(),
                stake: own.value,
                amount: reward.share(own.value),
                paid: reward.paid.contains(&page),
            }));
        }
    }
    Ok(None)
}
