//! Rules, proposals, and why the DAO refuses.

use ink::{
    env::{DefaultEnvironment, Environment},
    primitives::AccountId,
};
use parts::InvokeError;

type Balance = <DefaultEnvironment as Environment>::Balance;
type BlockNumber = <DefaultEnvironment as Environment>::BlockNumber;

/// What every message that changes something returns.
pub type Result<T> = core::result::Result<T, Error>;

/// The most blocks that a vote, and the time after it, can last: ten years of blocks of one second.
///
/// Block numbers are `u32`. Rules that lead beyond the last one would let nobody propose anything, nor change them.
pub const MAX_PERIOD: BlockNumber = 10 * 365 * 24 * 60 * 60;

/// How the DAO decides.
#[ink::scale_derive(Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(ink::storage::traits::StorageLayout))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Blocks for which a proposal can be voted on, at least one and at most [`MAX_PERIOD`].
    pub voting_period: BlockNumber,
    /// Blocks after that in which it can be executed, at least one and at most [`MAX_PERIOD`].
    pub execution_window: BlockNumber,
    /// The weight that must have voted, at least one.
    pub quorum: Balance,
    /// The weight that a proposer must have. In a DAO of members at most their average weight, rounded up.
    pub proposal_threshold: Balance,
}

impl Rules {
    /// Fails for rules under which nothing could be decided, or anything by nobody.
    pub(crate) fn ensure_usable(&self) -> Result<()> {
        let usable = |blocks| (1..=MAX_PERIOD).contains(&blocks);
        if !usable(self.voting_period) || !usable(self.execution_window) || self.quorum == 0 {
            return Err(Error::BadRules);
        }
        Ok(())
    }
}

/// With what an account votes.
#[ink::scale_derive(Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(ink::storage::traits::StorageLayout))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// Its weight.
    pub weight: Balance,
    /// It votes on proposals made in this block and later.
    pub since: BlockNumber,
}

/// A proposal.
#[ink::scale_derive(Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(ink::storage::traits::StorageLayout))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Who made it.
    pub proposer: AccountId,
    /// The block in which it was made.
    pub start: BlockNumber,
    /// The last block in which it can be voted on.
    pub end: BlockNumber,
    /// The last block in which it can be executed.
    pub executable_until: BlockNumber,
    /// The weight that must vote.
    pub quorum: Balance,
    /// The weight for it.
    pub yes: Balance,
    /// The weight against it.
    pub no: Balance,
    /// What was done with it.
    pub status: Status,
}

/// What was done with a proposal.
#[ink::scale_derive(Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(ink::storage::traits::StorageLayout))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing yet.
    Open,
    /// Its call was made.
    Executed,
    /// Its proposer took it back.
    Cancelled,
}

/// Where a proposal stands.
#[ink::scale_derive(Encode, Decode, TypeInfo)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It can be voted on.
    Voting,
    /// It can be executed.
    Passed,
    /// Too few voted, or not enough for it.
    Rejected,
    /// It passed, and nobody executed it in time.
    Expired,
    /// Its call was made.
    Executed,
    /// Its proposer took it back.
    Cancelled,
}

impl Proposal {
    /// A proposal made in block `start` under `rules`.
    pub(crate) fn new(proposer: AccountId, start: BlockNumber, rules: &Rules) -> Result<Self> {
        let end = start.checked_add(rules.voting_period).ok_or(Error::Overflow)?;
        let executable_until = end.checked_add(rules.execution_window).ok_or(Error::Overflow)?;
        let quorum = rules.quorum;
        Ok(Self {
            proposer,
            start,
            end,
            executable_until,
            quorum,
            yes: 0,
            no: 0,
            status: Status::Open,
        })
    }

    /// Where it stands in block `now`.
    pub(crate) fn state(&self, now: BlockNumber) -> State {
        match self.status {
            Status::Executed => State::Executed,
            Status::Cancelled => State::Cancelled,
            Status::Open if now <= self.end => State::Voting,
            Status::Open if self.yes <= self.no || self.yes.saturating_add(self.no) < self.quorum => State::Rejected,
            Status::Open if now <= self.executable_until => State::Passed,
            Status::Open => State::Expired,
        }
    }
}

/// Why the DAO refuses.
#[ink::scale_derive(Encode, Decode, TypeInfo)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The caller has too little weight.
    NotEnoughWeight,
    /// There is no such proposal.
    NoSuchProposal,
    /// The proposal stands elsewhere than this needs.
    WrongState(State),
    /// The caller voted on this.
    AlreadyVoted,
    /// The caller gained weight after the proposal was made.
    TooNew,
    /// Only the proposer may do this.
    NotProposer,
    /// Only the DAO itself may do this, by a proposal.
    NotSelf,
    /// The DAO is of the other kind: of members, or of a token.
    WrongKind,
    /// A vote that the caller took part in is open.
    Locked,
    /// The DAO cannot call the token that votes in it, nor lock units itself: the units that it holds are its voters'.
    TokenOfVoters,
    /// The input is too long.
    InputTooLong,
    /// Too many members for the constructor.
    TooManyMembers,
    /// A member without weight, or named twice.
    BadMember,
    /// Periods and quorum must not be zero, periods at most [`MAX_PERIOD`], and the members must be able to reach quorum and
    /// threshold.
    BadRules,
    /// A number is too large.
    Overflow,
    /// The callee refused; nothing was changed.
    Call(InvokeError),
    /// The token refused; nothing was changed.
    Token(InvokeError),
}
