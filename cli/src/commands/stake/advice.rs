//! What to do when the chain refuses a call of staking.

use crate::units::bloc;
use blocs_chain::{EraClock, StakingLimits};

/// The next step for an error of the pallets; `None` when the error's own words have to do.
pub(super) fn advice(pallet: &str, name: &str, limits: &StakingLimits, clock: &EraClock) -> Option<String> {
    let least = || {
        let (validator, nominator) = (bloc(limits.min_validator_bond), bloc(limits.min_nominator_bond));
        format!("the least bond is {validator} for a validator and {nominator} for a nominator")
    };
    let text = match (pallet, name) {
        ("Staking", "InsufficientBond") => format!("{}: add to it with `blocs stake bond-extra`, or `blocs stake chill` before unbonding", least()),
        ("Staking", "NotStash" | "NotController") => {
            "the account has bonded nothing: begin with `blocs stake bond`".to_owned()
        }
        ("Staking", "AlreadyBonded" | "AlreadyPaired") => {
            "add to the stake with `blocs stake bond-extra`; `blocs stake status` shows it".to_owned()
        }
        ("Staking", "NoMoreChunks") => format!(
            "{} amounts are unbonding already: wait until the first is free, take it out with `blocs stake withdraw`, and unbond then",
            limits.max_unlocking
        ),
        ("Staking", "BadTarget") => "one of them is no validator, or takes no new nominators: see `blocs validators`".to_owned(),
        ("Staking", "TooManyTargets") => "nominate fewer validators".to_owned(),
        ("Staking", "CommissionTooLow") => {
            format!("the least commission is {}", super::percent(limits.min_commission))
        }
        ("Staking", "TooManyValidators" | "TooManyNominators") => {
            "the chain takes no more of them: try again later, or join a pool (`blocs stake pool ls`)".to_owned()
        }
        ("Staking", "InvalidEraToReward") => format!(
            "rewards are paid for past eras only, and for the last {}: this is era {}",
            limits.history_eras, clock.active_era
        ),
        ("Staking", "AlreadyClaimed") => "it has been paid: see `blocs stake rewards`".to_owned(),
        ("Staking", "Restricted") => {
            "the account is a member of a pool: leave it first with `blocs stake pool unbond all`, or use another account".to_owned()
        }
        ("Session", "InvalidProof") => {
            "make the proof with `blocs-node key rotate --owner ACCOUNT`, naming the account that signs here".to_owned()
        }
        ("Session", "DuplicatedKey") => {
            "another validator has one of these keys: make new ones with `blocs-node key rotate --owner ACCOUNT`".to_owned()
        }
        ("Session", "NoKeys") => "the account has set no session keys".to_owned(),
        ("NominationPools", "Restricted") => {
            "the account stakes by itself: use another account for the pool".to_owned()
        }
        ("NominationPools", "MinimumBondNotMet") => format!(
            "the least amount to join with is {}, to make a pool {}",
            bloc(limits.min_pool_join),
            bloc(limits.min_pool_create)
        ),
        ("NominationPools", "PoolNotFound" | "NotOpen" | "MaxPoolMembers") => {
            "choose another pool: see `blocs stake pool ls`".to_owned()
        }
        ("NominationPools", "PoolMemberNotFound") => "the account is in no pool: see `blocs stake pool ls`".to_owned(),
        ("NominationPools", "AccountBelongsToOtherPool") => {
            "leave the present pool first: `blocs stake pool unbond all`".to_owned()
        }
        ("NominationPools", "CannotWithdrawAny") => {
            "nothing has been unbonding for long enough: `blocs stake status` says when".to_owned()
        }
        ("NominationPools", "MaxUnbondingLimit") => {
            "too many amounts are unbonding: take out what is free with `blocs stake pool withdraw`".to_owned()
        }
        ("NominationPools", "NotNominator") => "only the pool's nominator chooses its validators".to_owned(),
        _ => return None,
    };
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const BLOC: u128 = 1_000_000_000_000;

    #[test]
    fn common_refusals_come_with_the_next_step() {
        let limits = StakingLimits {
            min_validator_bond: 10_000 * BLOC,
            min_nominator_bond: 10 * BLOC,
            min_commission: 0,
            validator_count: 10,
            history_eras: 84,
            max_unlocking: 32,
            key_deposit: BLOC,
            min_pool_join: BLOC,
            min_pool_create: 100 * BLOC,
        };
        let clock = EraClock {
            active_era: 9,
            planned_era: 9,
            session: 27,
            era_first_session: 27,
            sessions_per_era: 3,
            slots_per_session: 20,
            slots_passed: 0,
            slot: Duration::from_secs(1),
            bonding_eras: 3,
        };
        for (pallet, name, step) in [
            ("Staking", "InsufficientBond", "10000 BLOC for a validator and 10 BLOC"),
            ("Staking", "NoMoreChunks", "stake withdraw"),
            ("Staking", "InvalidEraToReward", "the last 84: this is era 9"),
            ("Session", "InvalidProof", "blocs-node key rotate --owner"),
            (
                "NominationPools",
                "MinimumBondNotMet",
                "1 BLOC, to make a pool 100 BLOC",
            ),
        ] {
            let text = advice(pallet, name, &limits, &clock).unwrap_or_default();
            assert!(text.contains(step), "{pallet}.{name}: {text}");
        }
        assert_eq!(advice("Staking", "BadState", &limits, &clock), None);
    }
}
