//! Votes, convictions, delegations, and what they lock.

use super::{Outcome, Share};
use crate::value::Value;
use blocs_primitives::{AccountId, Balance, BlockNumber};
use std::fmt;

/// How long a vote that wins is locked, and how much it counts: from 0 to 6.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conviction(u8);

impl Conviction {
    /// A conviction; `None` above 6.
    pub const fn new(number: u8) -> Option<Self> {
        if number > 6 { None } else { Some(Self(number)) }
    }

    /// From 0 to 6.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// For how many locking periods tokens stay locked after the end of a referendum that was won: 0, 1, 2, 4, … 32.
    pub const fn lock_periods(self) -> u32 {
        match self.0 {
            0 => 0,
            number => 1 << (number - 1),
        }
    }

    /// The weight of so many tokens: a tenth of them without conviction, else the conviction's multiple.
    pub fn votes(self, amount: Balance) -> Balance {
        match self.0 {
            0 => amount / 10,
            number => amount.saturating_mul(number.into()),
        }
    }

    /// The chain's name for it.
    pub fn variant(self) -> String {
        match self.0 {
            0 => "None".to_owned(),
            number => format!("Locked{number}x"),
        }
    }

    /// The conviction of this name.
    pub fn of_variant(name: &str) -> Option<Self> {
        (0..=6).map(Self).find(|conviction| conviction.variant() == name)
    }
}

/// `0.1x`, `1x` … `6x`.
impl fmt::Display for Conviction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("0.1x"),
            number => write!(f, "{number}x"),
        }
    }
}

/// A vote; amounts in planck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vote {
    /// Aye or nay with one amount.
    Standard {
        /// Aye or nay.
        aye: bool,
        /// Its conviction.
        conviction: Conviction,
        /// The amount.
        amount: Balance,
    },
    /// Aye and nay without conviction.
    Split {
        /// With aye.
        aye: Balance,
        /// With nay.
        nay: Balance,
    },
    /// Aye, nay and abstain without conviction.
    SplitAbstain {
        /// With aye.
        aye: Balance,
        /// With nay.
        nay: Balance,
        /// With neither: counts for support alone.
        abstain: Balance,
    },
}

impl Vote {
    /// The whole amount, all of which is locked while the vote stands.
    pub fn amount(&self) -> Balance {
        match self {
            Self::Standard { amount, .. } => *amount,
            Self::Split { aye, nay } => aye.saturating_add(*nay),
            Self::SplitAbstain { aye, nay, abstain } => aye.saturating_add(*nay).saturating_add(*abstain),
        }
    }

    /// Until which block the amount stays locked when the referendum ended like this; `None` when it can be free at once.
    ///
    /// Only a vote with conviction for what came out stays locked.
    pub fn locked_until(&self, outcome: &Outcome, locking_period: BlockNumber) -> Option<BlockNumber> {
        let approved = match outcome.kind {
            super::Ending::Approved => true,
            super::Ending::Rejected => false,
            super::Ending::Cancelled | super::Ending::TimedOut | super::Ending::Killed => return None,
        };
        match self {
            Self::Standard { aye, conviction, .. } if *aye == approved && conviction.number() > 0 => Some(
                outcome
                    .block
                    .saturating_add(locking_period.saturating_mul(conviction.lock_periods())),
            ),
            _ => None,
        }
    }

    /// The vote in the chain's shape.
    pub fn to_value(self) -> Value {
        match self {
            Self::Standard {
                aye,
                conviction,
                amount,
            } => {
                let byte = conviction.number() | if aye { 0x80 } else { 0 };
                Value::named_variant(
                    "Standard",
                    [("vote", Value::u128(byte.into())), ("balance", Value::u128(amount))],
                )
            }
            Self::Split { aye, nay } => {
                Value::named_variant("Split", [("aye", Value::u128(aye)), ("nay", Value::u128(nay))])
            }
            Self::SplitAbstain { aye, nay, abstain } => Value::named_variant(
                "SplitAbstain",
                [
                    ("aye", Value::u128(aye)),
                    ("nay", Value::u128(nay)),
                    ("abstain", Value::u128(abstain)),
                ],
            ),
        }
    }
}

/// The votes on a referendum; amounts in planck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Ayes, weighted by conviction.
    pub ayes: Balance,
    /// Nays, weighted by conviction.
    pub nays: Balance,
    /// Tokens that voted aye or abstained, unweighted.
    pub support: Balance,
}

impl Tally {
    /// Share of ayes among the weighted votes; nothing while nobody has voted.
    pub fn approval(&self) -> Share {
        match self.ayes.saturating_add(self.nays) {
            0 => Share::ZERO,
            all => Share::of(self.ayes, all),
        }
    }

    /// The tally with one more vote.
    pub fn with(&self, vote: &Vote) -> Self {
        let split = |aye: Balance, nay: Balance, abstain: Balance| Self {
            ayes: self.ayes.saturating_add(aye / 10),
            nays: self.nays.saturating_add(nay / 10),
            support: self.support.saturating_add(aye).saturating_add(abstain),
        };
        match *vote {
            Vote::Standard {
                aye: true,
                conviction,
                amount,
            } => Self {
                ayes: self.ayes.saturating_add(conviction.votes(amount)),
                support: self.support.saturating_add(amount),
                ..*self
            },
            Vote::Standard { conviction, amount, .. } => Self {
                nays: self.nays.saturating_add(conviction.votes(amount)),
                ..*self
            },
            Vote::Split { aye, nay } => split(aye, nay, 0),
            Vote::SplitAbstain { aye, nay, abstain } => split(aye, nay, abstain),
        }
    }

    /// Share of `electorate`, all tokens that can vote, that voted aye or abstained.
    pub fn support_of(&self, electorate: Balance) -> Share {
        Share::of(self.support, electorate)
    }
}

/// Voting power that others have delegated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delegations {
    /// Weighted by conviction, in planck.
    pub votes: Balance,
    /// Unweighted, in planck.
    pub capital: Balance,
}

/// How an account votes on a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Voting {
    /// Itself.
    Casting {
        /// Its votes by referendum.
        votes: Vec<(u32, Vote)>,
    },
    /// Through another account.
    Delegating {
        /// The other account.
        to: AccountId,
        /// With how many tokens, in planck.
        amount: Balance,
        /// With which conviction.
        conviction: Conviction,
    },
}

/// What an account does on a track, and what that locks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackVoting {
    /// The track.
    pub track: u16,
    /// How it votes.
    pub voting: Voting,
    /// What others have delegated to it.
    pub delegations: Delegations,
    /// What stays locked of votes and delegations that were taken back, in planck.
    pub prior: Balance,
    /// Until which block that is.
    pub prior_until: BlockNumber,
    /// What the chain holds locked for this track until somebody asks it to unlock, in planck.
    pub locked: Balance,
}

impl TrackVoting {
    /// What must stay locked at block `now`, when votes on the referenda `removed` are taken out first.
    pub fn needed(&self, now: BlockNumber, removed: &[u32]) -> Balance {
        let standing = match &self.voting {
            Voting::Casting { votes } => votes
                .iter()
                .filter(|(index, _)| !removed.contains(index))
                .map(|(_, vote)| vote.amount())
                .max()
                .unwrap_or(0),
            Voting::Delegating { amount, .. } => *amount,
        };
        if now >= self.prior_until {
            standing
        } else {
            standing.max(self.prior)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Ending, *};

    fn ended(kind: Ending) -> Outcome {
        Outcome {
            kind,
            block: 100,
            submission_deposit: None,
            decision_deposit: None,
        }
    }

    #[test]
    fn convictions_weigh_and_lock_as_the_pallet_says() {
        let all: Vec<(Balance, u32)> = (0..=6)
            .filter_map(Conviction::new)
            .map(|conviction| (conviction.votes(100), conviction.lock_periods()))
            .collect();
        assert_eq!(
            all,
            [(10, 0), (100, 1), (200, 2), (300, 4), (400, 8), (500, 16), (600, 32)]
        );
        assert_eq!(Conviction::new(7), None);
        assert_eq!(Conviction::of_variant("Locked3x"), Conviction::new(3));
        assert_eq!(Conviction::of_variant("None"), Conviction::new(0));
    }

    #[test]
    fn only_winners_with_conviction_stay_locked() {
        let vote = |aye, number| Vote::Standard {
            aye,
            conviction: Conviction(number),
            amount: 5,
        };
        let until = |vote: Vote, kind| vote.locked_until(&ended(kind), 10);
        assert_eq!(until(vote(true, 3), Ending::Approved), Some(140));
        assert_eq!(until(vote(true, 3), Ending::Rejected), None);
        assert_eq!(until(vote(false, 1), Ending::Rejected), Some(110));
        assert_eq!(until(vote(true, 0), Ending::Approved), None);
        assert_eq!(until(vote(true, 6), Ending::Cancelled), None);
        assert_eq!(until(Vote::Split { aye: 1, nay: 2 }, Ending::Approved), None);
    }

    #[test]
    fn the_largest_vote_and_not_their_sum_is_locked() {
        let vote = |amount| Vote::Split { aye: amount, nay: 0 };
        let record = TrackVoting {
            track: 0,
            voting: Voting::Casting {
                votes: vec![(1, vote(5)), (2, vote(9))],
            },
            delegations: Delegations::default(),
            prior: 7,
            prior_until: 50,
            locked: 9,
        };
        assert_eq!(record.needed(10, &[]), 9);
        assert_eq!(record.needed(10, &[2]), 7);
        assert_eq!(record.needed(50, &[2]), 5);
        assert_eq!(record.needed(50, &[1, 2]), 0);
    }

    #[test]
    fn nobody_approves_what_nobody_voted_on() {
        assert_eq!(Tally::default().approval(), Share::ZERO);
        let tally = Tally {
            ayes: 3,
            nays: 1,
            support: 10,
        };
        assert_eq!(tally.approval(), Share::from_percent(75));
        assert_eq!(tally.support_of(1_000), Share::from_percent(1));
        let more = tally.with(&Vote::SplitAbstain {
            aye: 20,
            nay: 10,
            abstain: 5,
        });
        assert_eq!((more.ayes, more.nays, more.support), (5, 2, 35));
        let against = Vote::Standard {
            aye: false,
            conviction: Conviction(2),
            amount: 4,
        };
        let more = tally.with(&against);
        assert_eq!((more.ayes, more.nays, more.support), (3, 9, 10));
    }
}
