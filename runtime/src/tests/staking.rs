//! Staking as validators and nominators live it.

use super::{
    chain::{era, events, failure, next_block, send, session_keys, set_keys, until, until_era, validates},
    state_of,
};
use crate::{
    Balance, Balances, Runtime, RuntimeCall, RuntimeEvent, RuntimeHoldReason, Session, Staking,
    genesis::{MIN_NOMINATOR_BOND, MIN_VALIDATOR_BOND, VALIDATOR_BOND},
    units::BLOC,
};
use frame_support::traits::fungible::{Inspect, InspectHold};
use pallet_staking::{
    Call, ErasRewardPoints, ErasStakersOverview, ErasValidatorReward, Event, RewardDestination, ValidatorPrefs,
};
use serde_json::json;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave};
use sp_runtime::{MultiAddress, Perbill};

fn bond(value: Balance) -> RuntimeCall {
    Call::bond {
        value,
        payee: RewardDestination::Stash,
    }
    .into()
}

fn validate(commission: Perbill) -> RuntimeCall {
    let prefs = ValidatorPrefs {
        commission,
        blocked: false,
    };
    Call::validate { prefs }.into()
}

fn nominate(target: Sr25519Keyring) -> RuntimeCall {
    Call::nominate {
        targets: vec![MultiAddress::Id(target.to_account_id())],
    }
    .into()
}

fn payout(validator: Sr25519Keyring, era: u32) -> RuntimeCall {
    Call::payout_stakers {
        validator_stash: validator.to_account_id(),
        era,
    }
    .into()
}

/// What the open block has paid to `account` so far.
fn rewarded(account: Sr25519Keyring) -> Balance {
    events()
        .into_iter()
        .filter_map(|event| match event {
            RuntimeEvent::Staking(Event::Rewarded { stash, amount, .. }) if stash == account.to_account_id() => {
                Some(amount)
            }
            _ => None,
        })
        .sum()
}

fn at_stake(account: Sr25519Keyring) -> Balance {
    let reason = RuntimeHoldReason::Staking(pallet_staking::HoldReason::Staking);
    Balances::balance_on_hold(&reason, &account.to_account_id())
}

#[test]
fn a_validator_is_elected_earns_is_paid_chills_and_withdraws_with_its_nominator() {
    state_of("development", json!({})).execute_with(|| {
        next_block();
        send(Bob, set_keys(Bob)).unwrap();
        send(Bob, bond(100_000 * BLOC)).unwrap();
        send(Bob, validate(Perbill::from_percent(10))).unwrap();
        send(Charlie, bond(50_000 * BLOC)).unwrap();
        send(Charlie, nominate(Bob)).unwrap();

        // Elected with its nominator's stake behind it.
        until("Bob's election", || validates(Bob));
        let first = era();
        let exposure = ErasStakersOverview::<Runtime>::get(first, Bob.to_account_id()).unwrap();
        assert_eq!((exposure.own, exposure.total), (100_000 * BLOC, 150_000 * BLOC));

        // Earns by the blocks that it authors.
        until_era(first + 1);
        let points = ErasRewardPoints::<Runtime>::get(first);
        let of_bob = points.individual[&Bob.to_account_id()];
        assert!(of_bob > 0 && of_bob < points.total, "{points:?}");
        let reward = ErasValidatorReward::<Runtime>::get(first).unwrap();

        // Anyone may have it paid, from the next block on (one that begins a session is full): a tenth of it is Bob's commission, the rest is shared by stake.
        next_block();
        assert!(Staking::api_pending_rewards(first, Bob.to_account_id()));
        let issued = Balances::total_issuance();
        send(Dave, payout(Bob, first)).unwrap();
        assert!(!Staking::api_pending_rewards(first, Bob.to_account_id()));
        let share = Perbill::from_rational(of_bob, points.total) * reward;
        let commission = share / 10;
        let to_charlie = (share - commission) / 3;
        let close = |paid: Balance, expected: Balance| paid.abs_diff(expected) <= expected / 1_000_000;
        assert!(
            close(rewarded(Charlie), to_charlie),
            "{} of {to_charlie}",
            rewarded(Charlie)
        );
        assert!(
            close(rewarded(Bob), share - to_charlie),
            "{} of {}",
            rewarded(Bob),
            share - to_charlie
        );
        let minted = Balances::total_issuance().abs_diff(issued);
        assert!(
            minted.abs_diff(share) < BLOC,
            "rewards are minted: {minted} for {share}, less a burnt fee"
        );
        assert_eq!(failure(send(Dave, payout(Bob, first))), "AlreadyClaimed");

        // Leaves: the stake comes back when the bonding duration is over, not before.
        send(Bob, Call::chill {}).unwrap();
        send(Bob, Call::unbond { value: 100_000 * BLOC }).unwrap();
        let left = era();
        until("Bob's last session", || !validates(Bob));
        until_era(left + 2);
        next_block();
        send(Bob, Call::withdraw_unbonded { num_slashing_spans: 0 }).unwrap();
        assert_eq!(at_stake(Bob), 100_000 * BLOC, "bonded for three eras");
        until_era(left + 3);
        next_block();
        send(Bob, Call::withdraw_unbonded { num_slashing_spans: 0 }).unwrap();
        assert_eq!(at_stake(Bob), 0);
        send(Bob, pallet_session::Call::purge_keys {}).unwrap();
        let held = Balances::total_balance_on_hold(&Bob.to_account_id());
        assert_eq!(held, 0, "the keys' deposit is back, too");
        assert!(validates(Alice), "the chain goes on");
    });
}

#[test]
fn too_small_a_bond_is_refused_with_the_pallets_error() {
    state_of("development", json!({})).execute_with(|| {
        next_block();
        send(Bob, bond(MIN_VALIDATOR_BOND - 1)).unwrap();
        assert_eq!(failure(send(Bob, validate(Perbill::zero()))), "InsufficientBond");
        send(Charlie, bond(MIN_NOMINATOR_BOND - 1)).unwrap();
        assert_eq!(failure(send(Charlie, nominate(Alice))), "InsufficientBond");

        send(Bob, Call::bond_extra { max_additional: 1 }).unwrap();
        send(Bob, validate(Perbill::zero())).unwrap();
        // What must stay cannot be taken out while validating.
        assert_eq!(failure(send(Bob, Call::unbond { value: BLOC })), "InsufficientBond");
    });
}

#[test]
fn session_keys_need_a_proof_that_their_owner_has_them() {
    state_of("development", json!({})).execute_with(|| {
        next_block();
        let (keys, stolen) = session_keys(Charlie, &Charlie.to_account_id());

        for proof in [vec![], stolen] {
            let call = pallet_session::Call::set_keys {
                keys: keys.clone(),
                proof,
            };
            assert_eq!(failure(send(Bob, call)), "InvalidProof");
        }

        send(Bob, set_keys(Bob)).unwrap();
        let deposit = RuntimeHoldReason::Session(pallet_session::HoldReason::Keys);
        assert_eq!(Balances::balance_on_hold(&deposit, &Bob.to_account_id()), BLOC);
        // Keys of others cannot be taken over.
        assert!(Session::load_keys(&Bob.to_account_id()).is_some());
    });
}

#[test]
fn every_era_mints_what_the_curve_says_and_the_treasury_gets_its_share() {
    use crate::configs::{RewardCurve, TreasuryInflation, YEAR_MILLIS};

    state_of("development", json!({})).execute_with(|| {
        next_block();
        until_era(2);
        let (issued, pot) = (
            Balances::total_issuance(),
            Balances::balance(&crate::Treasury::account_id()),
        );

        until_era(3);

        let (stakers, treasury) = events()
            .into_iter()
            .find_map(|event| match event {
                RuntimeEvent::Staking(Event::EraPaid {
                    validator_payout,
                    remainder,
                    ..
                }) => Some((validator_payout, remainder)),
                _ => None,
            })
            .expect("the era is paid in its last block");
        // An era of the development chain is a minute; it is counted from its first block's time to its last one's.
        let of_year = |amount: Balance| amount * 59_000 / Balance::from(YEAR_MILLIS);
        let curve = RewardCurve::get().calculate_for_fraction_times_denominator(VALIDATOR_BOND, issued);
        let close = |minted: Balance, expected: Balance| minted.abs_diff(expected) <= expected / 10_000;
        assert!(close(stakers, of_year(curve)), "{stakers} of {}", of_year(curve));
        assert!(
            close(treasury, of_year(TreasuryInflation::get() * issued)),
            "{treasury}"
        );
        assert_eq!(Balances::balance(&crate::Treasury::account_id()) - pot, treasury);
        assert_eq!(ErasValidatorReward::<Runtime>::get(2), Some(stakers));
    });
}

#[test]
fn an_era_in_which_the_chain_stood_still_pays_for_two_at_most() {
    use crate::configs::Inflation;
    use sp_staking::EraPayout;

    state_of("testnet", json!({})).execute_with(|| {
        const DAY: u64 = 24 * 3_600 * 1_000;
        let pay = |millis| Inflation::era_payout(500_000 * BLOC, 1_000_000 * BLOC, millis);

        assert_eq!(pay(30 * DAY), pay(2 * DAY));
        assert!(pay(2 * DAY).0 > pay(DAY).0);
        assert_eq!(pay(0), (0, 0));
    });
}

#[test]
fn the_staking_api_answers_wallets() {
    state_of("development", json!({})).execute_with(|| {
        next_block();
        assert_eq!(Staking::api_nominations_quota(BLOC), 16);
        assert_eq!(Staking::api_eras_stakers_page_count(0, Alice.to_account_id()), 1);
    });
}
