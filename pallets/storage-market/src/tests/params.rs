//! The governed values: their bounds, and what a change does to what exists.

use crate::{
    Challenges, Config, Deals, Error, Event, Parameter, Params, ParamsValue, Providers, WeightInfo, mock::*, types::*,
};
use blocs_primitives::AccountId;
use frame_support::{assert_noop, assert_ok, traits::Hooks};
use sp_runtime::{DispatchError, Perbill};
use std::collections::BTreeSet;

fn set(parameter: Parameter) {
    assert_ok!(Market::set_parameter(RuntimeOrigin::root(), parameter));
}

/// Goes on until the provider has been visited once more; returns what that block's hook weighs.
fn visited(who: &AccountId) -> frame_support::weights::Weight {
    let before = Providers::<Runtime>::get(who).unwrap().period;
    for _ in 0..=PERIOD {
        let next = System::block_number() + 1;
        System::set_block_number(next);
        let weight = Market::on_initialize(next);
        if Providers::<Runtime>::get(who).unwrap().period > before {
            return weight;
        }
    }
    panic!("no visit in a period");
}

/// Goes on until the provider has a challenge.
fn challenged(who: &AccountId) {
    while !Challenges::<Runtime>::contains_key(who) {
        visited(who);
    }
}

fn pieces_asked(who: &AccountId) -> usize {
    Challenges::<Runtime>::get(who).unwrap().pieces.len()
}

#[test]
fn every_bound_holds_from_both_sides_and_a_refusal_names_it_and_changes_nothing() {
    use Parameter::*;

    let one = Perbill::from_parts(1);
    let percent = Perbill::from_percent;
    let normal = params();
    let no_declared = Params {
        declared_slash: Perbill::zero(),
        ..params()
    };
    let long_grace = Params {
        cleanup_grace: 3,
        ..params()
    };
    // Values at which they are set, the last value that is allowed, the first that is not, and the rule.
    let cases: Vec<(&Params, Parameter, Parameter, Error<Runtime>)> = vec![
        (
            &normal,
            PiecesPerChallenge(2),
            PiecesPerChallenge(1),
            Error::PiecesPerChallengeOutOfBounds,
        ),
        (
            &normal,
            PiecesPerChallenge(32),
            PiecesPerChallenge(33),
            Error::PiecesPerChallengeOutOfBounds,
        ),
        (
            &normal,
            MissesToFault(1),
            MissesToFault(0),
            Error::MissesToFaultOutOfBounds,
        ),
        (
            &normal,
            MissesToFault(1000),
            MissesToFault(1001),
            Error::MissesToFaultOutOfBounds,
        ),
        (
            &normal,
            MissSlash(percent(10)),
            MissSlash(percent(10) + one),
            Error::MissSlashOutOfBounds,
        ),
        (
            &no_declared,
            LossSlash(normal.miss_slash),
            LossSlash(normal.miss_slash - one),
            Error::MissSlashOutOfBounds,
        ),
        (
            &normal,
            LossSlash(percent(50)),
            LossSlash(percent(50) + one),
            Error::LossSlashOutOfBounds,
        ),
        (
            &normal,
            LossSlash(normal.declared_slash),
            LossSlash(normal.declared_slash - one),
            Error::DeclaredSlashOutOfBounds,
        ),
        (
            &normal,
            DeclaredSlash(normal.loss_slash),
            DeclaredSlash(normal.loss_slash + one),
            Error::DeclaredSlashOutOfBounds,
        ),
        (
            &normal,
            BondPerGib(1_000_000 * UNIT),
            BondPerGib(1_000_000 * UNIT + 1),
            Error::BondPerGibOutOfBounds,
        ),
        (&normal, MinBond(UNIT), MinBond(UNIT - 1), Error::MinBondOutOfBounds),
        (
            &normal,
            MinBond(1_000_000 * UNIT),
            MinBond(1_000_000 * UNIT + 1),
            Error::MinBondOutOfBounds,
        ),
        (
            &normal,
            TreasuryCut(percent(20)),
            TreasuryCut(percent(20) + one),
            Error::TreasuryCutOutOfBounds,
        ),
        (
            &normal,
            MinTermination(1),
            MinTermination(0),
            Error::MinTerminationOutOfBounds,
        ),
        (
            &normal,
            MinTermination(normal.max_duration),
            MinTermination(normal.max_duration + 1),
            Error::MinTerminationOutOfBounds,
        ),
        (
            &normal,
            MaxDuration(2),
            MaxDuration(1),
            Error::MinTerminationOutOfBounds,
        ),
        (
            &long_grace,
            MaxDuration(3),
            MaxDuration(2),
            Error::CleanupGraceOutOfBounds,
        ),
        (
            &normal,
            MaxDuration(10_000_000),
            MaxDuration(10_000_001),
            Error::MaxDurationOutOfBounds,
        ),
        (
            &normal,
            CleanupGrace(normal.max_duration),
            CleanupGrace(normal.max_duration + 1),
            Error::CleanupGraceOutOfBounds,
        ),
        (
            &normal,
            CleanupBounty(percent(50)),
            CleanupBounty(percent(50) + one),
            Error::CleanupBountyOutOfBounds,
        ),
        (
            &normal,
            DepositPerItem(1_000 * UNIT),
            DepositPerItem(1_000 * UNIT + 1),
            Error::DepositPerItemOutOfBounds,
        ),
        (
            &normal,
            DepositPerByte(UNIT),
            DepositPerByte(UNIT + 1),
            Error::DepositPerByteOutOfBounds,
        ),
    ];
    run(|| {
        let mut named = BTreeSet::new();
        for (base, allowed, refused, error) in cases {
            ParamsValue::<Runtime>::put(base);
            let name = error.as_str();
            named.insert(name);
            let broken = refused.put_into(base.clone()).check().unwrap_err();
            assert_eq!(Error::<Runtime>::from(broken).as_str(), name, "{}", broken.rule);
            let error = DispatchError::from(error);
            assert_noop!(Market::set_parameter(RuntimeOrigin::root(), refused), error);
            assert_noop!(
                Market::set_params(RuntimeOrigin::root(), refused.put_into(base.clone())),
                error
            );

            set(allowed);

            assert_eq!(ParamsValue::<Runtime>::get(), allowed.put_into(base.clone()));
            check();
        }
        assert_eq!(named.len(), 14, "a bound has no case: {named:?}");
    });
}

#[test]
fn one_value_is_set_and_the_others_stay_and_the_event_tells_both() {
    run(|| {
        let old = ParamsValue::<Runtime>::get();
        set(Parameter::TreasuryCut(Perbill::from_percent(7)));
        set(Parameter::SlashingPaused(true));

        let new = Params {
            treasury_cut: Perbill::from_percent(7),
            slashing_paused: true,
            ..old.clone()
        };
        assert_eq!(ParamsValue::<Runtime>::get(), new);
        let between = Params {
            slashing_paused: false,
            ..new.clone()
        };
        let told = [
            Event::ParamsSet {
                old,
                new: between.clone(),
            },
            Event::ParamsSet { old: between, new },
        ];
        assert_eq!(events(), told);
    });
}

#[test]
fn nobody_else_sets_a_value() {
    run(|| {
        for origin in [RuntimeOrigin::signed(account(1)), RuntimeOrigin::none()] {
            assert_noop!(
                Market::set_params(origin.clone(), Params::default()),
                DispatchError::BadOrigin
            );
            let parameter = Parameter::MissesToFault(5);
            assert_noop!(Market::set_parameter(origin, parameter), DispatchError::BadOrigin);
        }
    });
}

#[test]
fn an_open_challenge_keeps_its_pieces_and_its_pay_when_the_number_changes() {
    run(|| {
        set(Parameter::PiecesPerChallenge(32));
        let who = register(1);
        open(20, 1, &[who.clone()], 9, UNIT);
        challenged(&who);
        assert_eq!(pieces_asked(&who), 32);

        set(Parameter::PiecesPerChallenge(2));
        set(Parameter::MissesToFault(1));
        check();

        assert!(prove(&who), "32 answers are right");
        assert!(Providers::<Runtime>::get(&who).unwrap().accrued > 0);
        visited(&who);
        assert_eq!(pieces_asked(&who), 2);
    });
}

#[test]
fn pieces_carried_from_before_a_change_are_weighed_and_can_be_proved() {
    run(|| {
        set(Parameter::PiecesPerChallenge(32));
        let who = register(1);
        open(20, 1, &[who.clone()], 9, UNIT);
        challenged(&who);

        set(Parameter::PiecesPerChallenge(2));
        let weight = visited(&who);

        assert_eq!(pieces_asked(&who), 34, "two new ones, and those that were missed");
        let least = <Runtime as Config>::WeightInfo::visit(32);
        assert!(weight.all_gte(least), "{weight:?} is less than {least:?}");
        // And the other way round: the largest challenge that there can be.
        set(Parameter::PiecesPerChallenge(32));
        visited(&who);
        assert_eq!(pieces_asked(&who), 64);
        assert!(prove(&who));
    });
}

#[test]
fn open_deals_keep_their_deposit_their_end_and_their_price() {
    run(|| {
        let who = register(1);
        let owner = || Balances::free_balance(account(20));
        let before = owner();
        let deal = open(20, 1, &[who.clone()], 4, UNIT);
        let end = Deals::<Runtime>::get(deal).unwrap().end;

        set(Parameter::DepositPerItem(100 * UNIT));
        set(Parameter::DepositPerByte(0));
        set(Parameter::CleanupBounty(Perbill::from_percent(50)));
        set(Parameter::MinTermination(3));
        set(Parameter::MaxDuration(3));
        check();

        assert_noop!(
            Market::open_deal(
                RuntimeOrigin::signed(account(21)),
                offer(&account(21), 2, &[who.clone()], 1, 4, UNIT)
            ),
            Error::<Runtime>::BadDuration
        );
        periods(6, &[who.clone()]);
        assert_eq!(Deals::<Runtime>::get(deal).unwrap().end, end);
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
        assert_eq!(before - owner(), 4 * UNIT, "the price, and the whole deposit is back");
    });
}

#[test]
fn a_least_duration_raised_above_a_deals_own_lets_it_run_to_its_end() {
    run(|| {
        let who = register(1);
        let deal = open(20, 1, &[who.clone()], 4, UNIT);

        set(Parameter::MinTermination(1000));

        assert_noop!(
            Market::terminate_deal(RuntimeOrigin::signed(account(20)), deal),
            Error::<Runtime>::AlreadyEnding
        );
        periods(6, &[who]);
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
    });
}

#[test]
fn the_cut_is_the_one_of_the_proof_and_the_owner_pays_the_same() {
    run(|| {
        let who = register(1);
        open(20, 1, &[who.clone()], 4, UNIT);
        challenged(&who);

        set(Parameter::TreasuryCut(Perbill::from_percent(20)));
        assert!(prove(&who));

        assert_eq!(Providers::<Runtime>::get(&who).unwrap().accrued, UNIT * 80 / 100);
        assert_eq!(treasury(), UNIT * 20 / 100);
    });
}

#[test]
fn a_larger_bond_faults_nobody_who_proves_and_takes_no_more_than_there_is() {
    run(|| {
        let who = register(1);
        open(20, 1, &[who.clone()], 20, UNIT);
        set(Parameter::MinBond(1_000_000 * UNIT));
        periods(4, &[who.clone()]);
        assert_eq!(Providers::<Runtime>::get(&who).unwrap().status, ProviderStatus::Active);

        periods(2, &[]);

        let faulted = Providers::<Runtime>::get(&who).unwrap();
        assert_eq!((faulted.status, faulted.bond), (ProviderStatus::Faulted, 0));
    });
}

#[test]
fn the_treasurys_share_reaches_its_account_once_in_a_period() {
    run(|| {
        let on_account = || Balances::free_balance(TreasuryAccount::get());
        let booked = crate::Treasury::<Runtime>::get;
        let who = register(1);
        // Nine shares of an eighth of an existential deposit each.
        open(20, 1, &[who.clone()], 9, UNIT / 40);
        let share = UNIT / 40 * 5 / 100;

        periods(3, &[who.clone()]);
        assert!(booked() > 0);
        assert_eq!(on_account(), 0, "too little to make the account");

        periods(9, &[who.clone()]);
        assert_eq!((on_account(), booked()), (9 * share, 0));
        let provider = Providers::<Runtime>::get(&who).unwrap();
        assert_eq!(crate::Owed::<Runtime>::get(), provider.accrued);
    });
}
