//! Governance as the programs off chain see it: tracks and their curves, referenda, votes and locks, the treasury, the technical collective,
//! and what is stopped.
//!
//! [`Curve`] and what is computed from it is pure. The records are read through the chain's metadata by [`GovernanceView`].

mod collective;
mod curve;
mod decode;
mod read;
mod referendum;
mod track;
mod treasury;
mod vote;

pub use collective::{Collective, Motion, Stopped};
pub use curve::{Curve, Share};
pub use referendum::{
    Deciding, Deposit, Enactment, Ending, Forecast, Ongoing, Outcome, Proposal, Referendum, ReferendumState, Stage,
};
pub use track::Track;
pub use treasury::{Bounty, Spend, SpendState, Treasury};
pub use vote::{Conviction, Delegations, Tally, TrackVoting, Vote, Voting};

use crate::{At, QueryError};
use async_trait::async_trait;
use blocs_primitives::{AccountId, Balance, BlockNumber, Hash};

/// What governance asks and takes, whatever the track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GovernanceLimits {
    /// Deposit for a proposal, in planck.
    pub submission_deposit: Balance,
    /// Blocks within which the decision deposit must be put down.
    pub undeciding_timeout: BlockNumber,
    /// Blocks for which conviction 1 locks a vote after the end of its referendum.
    pub vote_locking_period: BlockNumber,
}

/// A preimage on chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreimageStatus {
    /// Its hash.
    pub hash: Hash,
    /// Its length, when it is stored.
    pub len: Option<u32>,
    /// Who put a deposit down for it.
    pub depositor: Option<AccountId>,
    /// How many pending calls need it.
    pub requests: u32,
}

/// What voters, proposers and the treasury's users ask of the chain.
///
/// Contract: as [`ChainClient`](crate::ChainClient)'s. Records that are read together see one block's state.
#[async_trait]
pub trait GovernanceView: Send + Sync {
    /// All tracks, by number.
    async fn tracks(&self) -> Result<Vec<Track>, QueryError>;

    /// Deposits, time limits and the locking period.
    async fn governance_limits(&self) -> Result<GovernanceLimits, QueryError>;

    /// Tokens that can vote, in planck: all but those that are inactive.
    async fn electorate(&self, at: At) -> Result<Balance, QueryError>;

    /// All referenda, by number.
    async fn referenda(&self, at: At) -> Result<Vec<Referendum>, QueryError>;

    /// A referendum; `None` when there is none of this number.
    async fn referendum(&self, index: u32, at: At) -> Result<Option<Referendum>, QueryError>;

    /// The block at which the call of an approved referendum takes effect; `None` when it has, or is not approved.
    async fn enactment(&self, index: u32, at: At) -> Result<Option<BlockNumber>, QueryError>;

    /// The call of a proposal; `None` when its preimage is not there.
    async fn proposed_call(&self, proposal: &Proposal, at: At) -> Result<Option<Vec<u8>>, QueryError>;

    /// What is known of a preimage; `None` when it is neither stored nor needed.
    async fn preimage(&self, hash: Hash, at: At) -> Result<Option<PreimageStatus>, QueryError>;

    /// What an account does on each track, by track: its votes, delegations and locks.
    async fn voting(&self, account: &AccountId, at: At) -> Result<Vec<TrackVoting>, QueryError>;

    /// What of an account's free tokens is locked, for whatever reason, in planck.
    async fn frozen(&self, account: &AccountId, at: At) -> Result<Balance, QueryError>;

    /// The treasury.
    async fn treasury(&self, at: At) -> Result<Treasury, QueryError>;

    /// All bounties, by number.
    async fn bounties(&self, at: At) -> Result<Vec<Bounty>, QueryError>;

    /// The technical collective and its motions.
    async fn collective(&self, at: At) -> Result<Collective, QueryError>;

    /// Whether safe mode is on, and which calls are paused.
    async fn stopped(&self, at: At) -> Result<Stopped, QueryError>;
}
