//! Staking as the programs off chain see it: calls, records, and the trait with the reads.

mod call;
mod clock;
pub(crate) mod encode;
mod history;
mod layout;
mod read;
mod record;
mod session;

pub use call::{PayTo, PayoutPage, SessionKeys, StakingCall};
pub use clock::EraClock;
pub use record::{
    BondedAccount, EraReward, Nominations, NominatorShare, Pool, PoolMember, StakingLimits, Unlocking, ValidatorPrefs,
    ValidatorRecord,
};

use crate::{At, InclusionReport, QueryError, Signer, SubmitError, WaitFor};
use async_trait::async_trait;
use blocs_primitives::{AccountId, BlockNumber};

/// What those who stake ask of the chain.
///
/// Contract: as [`ChainClient`](crate::ChainClient)'s. Reads of several entries see one block's state.
#[async_trait]
pub trait StakingView: Send + Sync {
    /// Signs the call, sends it, and waits, as [`ChainClient::submit`](crate::ChainClient::submit) does. What the
    /// account cannot pay is refused before anything is sent.
    async fn submit_staking(
        &self,
        signer: &Signer,
        call: StakingCall,
        wait: WaitFor,
    ) -> Result<InclusionReport, SubmitError>;

    /// Where the chain is in its sessions and eras.
    async fn era_clock(&self, at: At) -> Result<EraClock, QueryError>;

    /// What the chain asks of those who stake.
    async fn staking_limits(&self, at: At) -> Result<StakingLimits, QueryError>;

    /// What an account has bonded itself, and what for; `None` when it has bonded nothing.
    async fn bonded(&self, account: &AccountId, at: At) -> Result<Option<BondedAccount>, QueryError>;

    /// The session keys that an account has set, for the sessions after the next.
    async fn session_keys(&self, account: &AccountId, at: At) -> Result<Option<SessionKeys>, QueryError>;

    /// The validators of this session and all candidates for the next eras, by stake, the largest first.
    ///
    /// Blocks are counted from the beginning of the session, at most the last `blocks`.
    async fn validator_records(&self, blocks: BlockNumber, at: At) -> Result<Vec<ValidatorRecord>, QueryError>;

    /// What a validator and its nominators earned in the past eras for which the chain can still pay out, oldest first.
    async fn era_rewards(&self, validator: &AccountId, at: At) -> Result<Vec<EraReward>, QueryError>;

    /// The nominator's shares of these rewards.
    async fn nominator_shares(
        &self,
        nominator: &AccountId,
        rewards: &[EraReward],
        at: At,
    ) -> Result<Vec<NominatorShare>, QueryError>;

    /// All nomination pools, by number.
    async fn pools(&self, at: At) -> Result<Vec<Pool>, QueryError>;

    /// An account's membership of a pool.
    async fn pool_member(&self, account: &AccountId, at: At) -> Result<Option<PoolMember>, QueryError>;
}
