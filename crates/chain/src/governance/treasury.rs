//! The treasury: what it holds, what it owes, and bounties.

use blocs_primitives::{AccountId, Balance, BlockNumber};

/// The treasury.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Treasury {
    /// Its account.
    pub account: AccountId,
    /// What it can spend, in planck.
    pub spendable: Balance,
    /// Blocks between two fundings of bounties.
    pub spend_period: BlockNumber,
    /// The block of the last funding.
    pub last_spend: BlockNumber,
    /// Blocks within which an approved spend is to be paid out.
    pub payout_period: BlockNumber,
    /// Approved spends that are not settled.
    pub spends: Vec<Spend>,
}

/// An approved spend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spend {
    /// Its number.
    pub index: u32,
    /// How much, in planck.
    pub amount: Balance,
    /// To whom.
    pub to: AccountId,
    /// The block from which on it can be paid out.
    pub valid_from: BlockNumber,
    /// The block at which it lapses.
    pub expires: BlockNumber,
    /// Whether it has been paid, or tried to be.
    pub state: SpendState,
}

/// Whether a spend has been paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpendState {
    /// Nobody has asked for it.
    Pending,
    /// It is under way, or paid.
    Attempted,
    /// It failed and can be asked for again.
    Failed,
}

impl SpendState {
    /// A word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Attempted => "paid",
            Self::Failed => "failed",
        }
    }
}

/// Work that the treasury pays for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounty {
    /// Its number.
    pub index: u32,
    /// What it is for.
    pub description: String,
    /// Who proposed it.
    pub proposer: AccountId,
    /// What it pays in all, in planck.
    pub value: Balance,
    /// The curator's share of that, in planck.
    pub fee: Balance,
    /// Where it stands, in the chain's words: `Proposed`, `Approved`, `Funded`, `CuratorProposed`, `Active`, `PendingPayout`.
    pub status: String,
    /// Its curator.
    pub curator: Option<AccountId>,
    /// To whom it was awarded.
    pub beneficiary: Option<AccountId>,
    /// From which block on an awarded bounty can be claimed.
    pub unlock_at: Option<BlockNumber>,
}
