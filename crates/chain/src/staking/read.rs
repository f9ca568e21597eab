//! The reads of staking over a node's JSON-RPC.

use super::{
    BondedAccount, EraClock, EraReward, Nominations, NominatorShare, Pool, PoolMember, SessionKeys, StakingCall,
    StakingLimits, StakingView, Unlocking, ValidatorPrefs, ValidatorRecord,
    call::Signed,
    history,
    layout::{
        ActiveEraLayout, BABE, KeysLayout, LedgerLayout, MemberLayout, NominationsLayout, POOLS, PayeeLayout,
        PoolLayout, PrefsLayout, SESSION, STAKING, SpansLayout, TIMING, at_index, of, value,
    },
    session,
};
use crate::{
    At, InclusionReport, QueryError, Signer, SubmitError, SubxtChain, WaitFor,
    connection::{AtBlock, Failure},
    layout::Bytes32,
    subxt_client::{fetch, key},
};
use async_trait::async_trait;
use blocs_primitives::{AccountId, Balance, BlockNumber};
use codec::{Decode, Encode};
use std::time::Duration;
use subxt::{dynamic, storage::DynamicAddress};

#[async_trait]
impl StakingView for SubxtChain {
    async fn submit_staking(
        &self,
        signer: &Signer,
        call: StakingCall,
        wait: WaitFor,
    ) -> Result<InclusionReport, SubmitError> {
        let by = signer.account();
        self.inner.submit(signer, &Signed { call, by }, wait).await
    }

    async fn era_clock(&self, at: At) -> Result<EraClock, QueryError> {
        self.inner
            .read_at("the present era", at, |at| async move { era_clock(&at).await })
            .await
    }

    async fn staking_limits(&self, at: At) -> Result<StakingLimits, QueryError> {
        self.inner
            .read_at("the limits of staking", at, |at| async move { limits(&at).await })
            .await
    }

    async fn bonded(&self, account: &AccountId, at: At) -> Result<Option<BondedAccount>, QueryError> {
        let key = key(account);
        self.inner
            .read_at("what the account has bonded", at, move |at| async move {
                bonded(&at, key).await
            })
            .await
    }

    async fn session_keys(&self, account: &AccountId, at: At) -> Result<Option<SessionKeys>, QueryError> {
        let key = key(account);
        self.inner
            .read_at("the account's session keys", at, move |at| async move {
                let keys: Option<KeysLayout> = fetch(&at, of(SESSION, "NextKeys", key)).await?;
                Ok(keys.map(Into::into))
            })
            .await
    }

    async fn validator_records(&self, blocks: BlockNumber, at: At) -> Result<Vec<ValidatorRecord>, QueryError> {
        self.inner
            .read("the validators", move |live| async move {
                session::validator_records(&live, blocks, at).await
            })
            .await
    }

    async fn era_rewards(&self, validator: &AccountId, at: At) -> Result<Vec<EraReward>, QueryError> {
        let key = key(validator);
        self.inner
            .read_at("the rewards of the validator", at, move |at| async move {
                history::era_rewards(&at, key).await
            })
            .await
    }

    async fn nominator_shares(
        &self,
        nominator: &AccountId,
        rewards: &[EraReward],
        at: At,
    ) -> Result<Vec<NominatorShare>, QueryError> {
        let key = key(nominator);
        self.inner
            .read_at("the rewards of the nominator", at, move |at| async move {
                history::nominator_shares(&at, key, rewards).await
            })
            .await
    }

    async fn pools(&self, at: At) -> Result<Vec<Pool>, QueryError> {
        self.inner
            .read_at("the nomination pools", at, |at| async move { pools(&at).await })
            .await
    }

    async fn pool_member(&self, account: &AccountId, at: At) -> Result<Option<PoolMember>, QueryError> {
        let key = key(account);
        self.inner
            .read_at("the membership of a pool", at, move |at| async move {
                pool_member(&at, key).await
            })
            .await
    }
}

/// The present era; an error while there is none.
pub(super) async fn active_era(at: &AtBlock) -> Result<u32, Failure> {
    let active: Option<ActiveEraLayout> = fetch(at, value(STAKING, "ActiveEra")).await?;
    active
        .map(|era| era.index)
        .ok_or_else(|| Failure::shape("no era has begun"))
}

async fn era_clock(at: &AtBlock) -> Result<EraClock, Failure> {
    let active_era = active_era(at).await?;
    let long = |pallet: &'static str, entry: &'static str| async move {
        Ok::<u64, Failure>(fetch(at, value(pallet, entry)).await?.unwrap_or_default())
    };
    let slots_per_session = long(TIMING, "EpochBlocks").await?;
    let (genesis, epoch) = (long(BABE, "GenesisSlot").await?, long(BABE, "EpochIndex").await?);
    let begin = genesis.saturating_add(epoch.saturating_mul(slots_per_session));
    let session: u32 = fetch(at, value(SESSION, "CurrentIndex")).await?.unwrap_or_default();
    let first: Option<u32> = fetch(at, at_index(STAKING, "ErasStartSessionIndex", active_era)).await?;
    Ok(EraClock {
        active_era,
        planned_era: fetch(at, value(STAKING, "CurrentEra")).await?.unwrap_or(active_era),
        session,
        era_first_session: first.unwrap_or(session),
        sessions_per_era: fetch(at, value(TIMING, "EraSessions")).await?.unwrap_or(1),
        slots_per_session,
        slots_passed: long(BABE, "CurrentSlot").await?.saturating_sub(begin),
        slot: Duration::from_millis(long(TIMING, "SlotMillis").await?),
        bonding_eras: fetch(at, value(TIMING, "BondingEras")).await?.unwrap_or_default(),
    })
}

/// A number among the chain's constants.
pub(super) fn constant<V: subxt::ext::scale_decode::DecodeAsType>(
    at: &AtBlock,
    pallet: &str,
    name: &str,
) -> Result<V, Failure> {
    Ok(at.constants().entry(dynamic::constant::<V>(pallet, name))?)
}

async fn limits(at: &AtBlock) -> Result<StakingLimits, Failure> {
    let amount = |pallet: &'static str, entry: &'static str| async move {
        Ok::<Balance, Failure>(fetch(at, value(pallet, entry)).await?.unwrap_or_default())
    };
    Ok(StakingLimits {
        min_validator_bond: amount(STAKING, "MinValidatorBond").await?,
        min_nominator_bond: amount(STAKING, "MinNominatorBond").await?,
        min_commission: fetch(at, value(STAKING, "MinCommission")).await?.unwrap_or_default(),
        validator_count: fetch(at, value(STAKING, "ValidatorCount")).await?.unwrap_or_default(),
        history_eras: constant(at, STAKING, "HistoryDepth")?,
        max_unlocking: constant(at, STAKING, "MaxUnlockingChunks")?,
        key_deposit: constant(at, SESSION, "KeyDeposit")?,
        min_pool_join: amount(POOLS, "MinJoinBond").await?,
        min_pool_create: amount(POOLS, "MinCreateBond").await?,
    })
}

async fn bonded(at: &AtBlock, account: Bytes32) -> Result<Option<BondedAccount>, Failure> {
    let Some(ledger): Option<LedgerLayout> = fetch(at, of(STAKING, "Ledger", account)).await? else {
        return Ok(None);
    };
    let payee: Option<PayeeLayout> = fetch(at, of(STAKING, "Payee", account)).await?;
    Ok(Some(BondedAccount {
        total: ledger.total,
        active: ledger.active,
        unlocking: ledger.unlocking.into_iter().map(Into::into).collect(),
        pay_to: payee.into(),
        validator: candidate(at, account).await?,
        nominations: nominations(at, account).await?,
        slashing_spans: slashing_spans(at, account).await?,
    }))
}

/// An account's wish to validate. The map answers with a default for those who have none, so that presence is asked for.
async fn candidate(at: &AtBlock, account: Bytes32) -> Result<Option<ValidatorPrefs>, Failure> {
    let address: DynamicAddress<(Bytes32,), PrefsLayout> = dynamic::storage(STAKING, "Validators");
    let entry = at.storage().entry(address)?;
    let present = at.storage().fetch_raw(entry.fetch_key((account,))?).await;
    match present {
        Ok(_) => {
            let prefs: Option<PrefsLayout> = fetch(at, of(STAKING, "Validators", account)).await?;
            Ok(prefs.map(Into::into))
        }
        Err(subxt::error::StorageError::NoValueFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn nominations(at: &AtBlock, account: Bytes32) -> Result<Option<Nominations>, Failure> {
    let found: Option<NominationsLayout> = fetch(at, of(STAKING, "Nominators", account)).await?;
    Ok(found.map(Into::into))
}

/// How many spans of slashes are remembered for an account.
async fn slashing_spans(at: &AtBlock, account: Bytes32) -> Result<u32, Failure> {
    let spans: Option<SpansLayout> = fetch(at, of(STAKING, "SlashingSpans", account)).await?;
    let count = spans.map_or(0, |spans| spans.prior.len().saturating_add(1));
    u32::try_from(count).map_err(Failure::shape)
}

/// Asks the runtime something and decodes the answer.
async fn ask<T: Decode>(at: &AtBlock, function: &str, arguments: &[u8]) -> Result<T, Failure> {
    let answer = at.runtime_apis().call_raw(function, Some(arguments)).await?;
    T::decode(&mut answer.as_slice()).map_err(Failure::shape)
}

async fn pools(at: &AtBlock) -> Result<Vec<Pool>, Failure> {
    let address: DynamicAddress<(u32,), PoolLayout> = dynamic::storage(POOLS, "BondedPools");
    let mut entries = at.storage().iter(address, ()).await?;
    let mut pools = Vec::new();
    while let Some(entry) = entries.next().await {
        let entry = entry?;
        let (id,) = entry.key()?.decode()?;
        let pool = entry.value().decode()?;
        let (account, _): (Bytes32, Bytes32) = ask(at, "NominationPoolsApi_pool_accounts", &id.encode()).await?;
        let name: Option<Vec<u8>> = fetch(at, at_index(POOLS, "Metadata", id)).await?;
        pools.push(Pool {
            id,
            name: String::from_utf8_lossy(&name.unwrap_or_default()).into_owned(),
            state: pool.state.word(),
            members: pool.member_counter,
            points: pool.points,
            balance: points_to_balance(at, id, pool.points).await?,
            commission: pool.commission.current.map_or(0, |(commission, _)| commission),
            nominator: pool.roles.nominator.map(AccountId::new),
            account: AccountId::new(account),
            targets: nominations(at, account)
                .await?
                .map(|vote| vote.targets)
                .unwrap_or_default(),
        });
    }
    pools.sort_by_key(|pool| pool.id);
    Ok(pools)
}

async fn points_to_balance(at: &AtBlock, pool: u32, points: Balance) -> Result<Balance, Failure> {
    ask(at, "NominationPoolsApi_points_to_balance", &(pool, points).encode()).await
}

async fn pool_member(at: &AtBlock, account: Bytes32) -> Result<Option<PoolMember>, Failure> {
    let Some(member): Option<MemberLayout> = fetch(at, of(POOLS, "PoolMembers", account)).await? else {
        return Ok(None);
    };
    let pool = member.pool_id;
    let (stash, _): (Bytes32, Bytes32) = ask(at, "NominationPoolsApi_pool_accounts", &pool.encode()).await?;
    let unlocking = member.unbonding_eras.into_iter();
    Ok(Some(PoolMember {
        pool,
        points: member.points,
        balance: points_to_balance(at, pool, member.points).await?,
        unlocking: unlocking.map(|(era, amount)| Unlocking { amount, era }).collect(),
        pending_rewards: ask(at, "NominationPoolsApi_pending_rewards", &account).await?,
        slashing_spans: slashing_spans(at, stash).await?,
    }))
}
