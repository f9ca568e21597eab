//! Records of staking, with the fields that programs off chain use.

use super::{PayTo, PayoutPage};
use blocs_primitives::{AccountId, Balance};

/// Parts of a whole: commissions are so many of a thousand million.
const WHOLE: u128 = 1_000_000_000;

/// What the chain asks of those who stake. Amounts are in planck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StakingLimits {
    /// Least bond of a validator.
    pub min_validator_bond: Balance,
    /// Least bond of a nominator.
    pub min_nominator_bond: Balance,
    /// Least commission, in parts of a thousand million.
    pub min_commission: u32,
    /// How many validators are elected.
    pub validator_count: u32,
    /// Eras for which rewards can be paid out.
    pub history_eras: u32,
    /// How many amounts can be unbonding at the same time.
    pub max_unlocking: u32,
    /// What is held while session keys are set.
    pub key_deposit: Balance,
    /// Least amount to join a pool with.
    pub min_pool_join: Balance,
    /// Least amount to make a pool with.
    pub min_pool_create: Balance,
}

/// An amount on its way out of a stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unlocking {
    /// How much, in planck.
    pub amount: Balance,
    /// The era from which on it can be taken out.
    pub era: u32,
}

/// How a validator wants to be nominated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValidatorPrefs {
    /// What it keeps of its nominators' rewards, in parts of a thousand million.
    pub commission: u32,
    /// Whether it takes no new nominators.
    pub blocked: bool,
}

/// A nominator's vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nominations {
    /// For these validators.
    pub targets: Vec<AccountId>,
    /// Given in this era: it counts from the next election on.
    pub era: u32,
}

/// What an account has bonded, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BondedAccount {
    /// Bonded in all, with what is unbonding.
    pub total: Balance,
    /// At stake.
    pub active: Balance,
    /// On its way out, the earliest first.
    pub unlocking: Vec<Unlocking>,
    /// Where rewards go.
    pub pay_to: PayTo,
    /// Its wish to validate.
    pub validator: Option<ValidatorPrefs>,
    /// Its vote.
    pub nominations: Option<Nominations>,
    /// What taking out asks for.
    pub slashing_spans: u32,
}

/// A validator of the present session, or a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidatorRecord {
    /// Its account.
    pub account: AccountId,
    /// Its own stake in this era; when it is not elected: what it has bonded.
    pub own_stake: Balance,
    /// With its nominators' in this era; when it is not elected, nominators do not count.
    pub total_stake: Balance,
    /// Number of nominators behind it in this era.
    pub nominators: u32,
    /// What it asks for, in parts of a thousand million.
    pub commission: u32,
    /// Points that it has earned in this era: each block gives twenty.
    pub era_points: u32,
    /// Blocks that it has made in this session, of those counted.
    pub blocks: u32,
    /// Whether it belongs to the present session.
    pub active: bool,
    /// Whether it belongs to the next session.
    pub next_session: bool,
    /// Whether it stands for election.
    pub candidate: bool,
    /// Whether it must not take part until the era ends, because of an offence.
    pub disabled: bool,
    /// The last era in which it committed an offence that costs it, within the time of unbonding.
    pub slashed_in: Option<u32>,
    /// What it will lose of its own when deferred slashes are applied.
    pub pending_slash: Balance,
    /// Whether it has set session keys.
    pub has_keys: bool,
}

/// What a validator and its nominators earned in an era.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EraReward {
    /// The era.
    pub era: u32,
    /// The validator.
    pub validator: AccountId,
    /// Points that it earned.
    pub points: u32,
    /// What it and its nominators earned together.
    pub total: Balance,
    /// Its commission, in parts of a thousand million.
    pub commission: u32,
    /// Its own stake.
    pub own_stake: Balance,
    /// The stake behind it.
    pub total_stake: Balance,
    /// Pages of nominators, at least one.
    pub pages: u32,
    /// Pages that have been paid out.
    pub paid: Vec<u32>,
}

impl EraReward {
    /// What goes to the validator itself: commission, and its own stake's share of the rest.
    pub fn own(&self) -> Balance {
        let commission = self.commission_amount();
        commission.saturating_add(self.share(self.own_stake))
    }

    /// What goes to a nominator with this stake behind the validator.
    pub fn share(&self, stake: Balance) -> Balance {
        let rest = self.total.saturating_sub(self.commission_amount());
        part(rest, stake, self.total_stake)
    }

    fn commission_amount(&self) -> Balance {
        part(self.total, self.commission.into(), WHOLE)
    }

    /// The pages that are still to be paid out.
    pub fn unpaid(&self) -> Vec<PayoutPage> {
        let open = (0..self.pages).filter(|page| !self.paid.contains(page));
        open.map(|page| PayoutPage {
            validator: self.validator.clone(),
            era: self.era,
            page,
        })
        .collect()
    }
}

/// `amount` times `share` of `whole`, with nine digits, as the chain calculates it.
pub(super) fn part(amount: Balance, share: Balance, whole: Balance) -> Balance {
    let parts = share.saturating_mul(WHOLE) / whole.max(1);
    amount.saturating_mul(parts.min(WHOLE)) / WHOLE
}

/// A nominator's share of an era's reward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NominatorShare {
    /// The era.
    pub era: u32,
    /// The validator that it stood behind.
    pub validator: AccountId,
    /// With so much.
    pub stake: Balance,
    /// What it earned.
    pub amount: Balance,
    /// Whether it has been paid.
    pub paid: bool,
}

/// A nomination pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// `open`, `blocked` or `destroying`.
    pub state: &'static str,
    /// Its members.
    pub members: u32,
    /// What they have put in, as the pool counts it: points.
    pub points: Balance,
    /// What these points are worth.
    pub balance: Balance,
    /// What the pool keeps of rewards, in parts of a thousand million.
    pub commission: u32,
    /// Who chooses its validators.
    pub nominator: Option<AccountId>,
    /// Whose account votes for the pool.
    pub account: AccountId,
    /// The validators that it votes for.
    pub targets: Vec<AccountId>,
}

/// An account's membership of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolMember {
    /// The pool's number.
    pub pool: u32,
    /// Its points at stake.
    pub points: Balance,
    /// What these are worth.
    pub balance: Balance,
    /// Points on their way out.
    pub unlocking: Vec<Unlocking>,
    /// What the pool has earned for it and it has not taken yet.
    pub pending_rewards: Balance,
    /// What taking out asks for.
    pub slashing_spans: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOC: Balance = 1_000_000_000_000;

    fn reward() -> EraReward {
        EraReward {
            era: 7,
            validator: AccountId::new([1; 32]),
            points: 200,
            total: 100 * BLOC,
            commission: 100_000_000,
            own_stake: 25_000 * BLOC,
            total_stake: 100_000 * BLOC,
            pages: 2,
            paid: vec![0],
        }
    }

    #[test]
    fn a_reward_is_divided_without_a_rest() {
        // A tenth is the validator's, and a quarter of the other ninety.
        assert_eq!(reward().own(), 32 * BLOC + BLOC / 2);
        assert_eq!(reward().share(75_000 * BLOC), 67 * BLOC + BLOC / 2);
    }

    #[test]
    fn large_stakes_do_not_overflow() {
        let all = 1_000_000_000_000 * BLOC;
        assert_eq!(part(all, all, all), all);
        assert_eq!(part(all, 0, 0), 0);
    }

    #[test]
    fn only_open_pages_are_unpaid() {
        let open: Vec<u32> = reward().unpaid().into_iter().map(|page| page.page).collect();
        assert_eq!(open, [1]);
    }
}
