//! Registering, terms, bond, exit.

use crate::{Error, Event, HoldReason, Providers, Ring, mock::*, types::*};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use sp_core::Pair;

fn registration(number: u8, bond: u128) -> Registration {
    Registration {
        operator: operator(&account(number)).public(),
        bond,
        terms: terms(1 << 30, UNIT),
    }
}

#[test]
fn registering_holds_the_bond_and_takes_a_seat() {
    run(|| {
        let who = register(1);
        assert_eq!(Balances::balance_on_hold(&HoldReason::Bond.into(), &who), 1000 * UNIT);
        let provider = Providers::<Runtime>::get(&who).unwrap();
        assert!(Ring::<Runtime>::get(provider.place).contains(&who));
        assert_eq!(events(), vec![Event::ProviderRegistered { provider: who }]);
    });
}

#[test]
fn a_second_registration_and_a_low_bond_are_refused() {
    run(|| {
        let who = register(1);
        assert_noop!(
            Market::register(RuntimeOrigin::signed(who), registration(1, 1000 * UNIT)),
            Error::<Runtime>::AlreadyRegistered
        );
        assert_noop!(
            Market::register(RuntimeOrigin::signed(account(2)), registration(2, 99 * UNIT)),
            Error::<Runtime>::BondTooLow
        );
    });
}

#[test]
fn seats_spread_evenly_and_run_out_with_a_clear_error() {
    run(|| {
        // Eight buckets of four.
        (0..32).for_each(|number| {
            register(number);
        });
        for place in 0..PERIOD {
            assert_eq!(Ring::<Runtime>::get(place).len(), 4);
        }
        assert_noop!(
            Market::register(RuntimeOrigin::signed(account(33)), registration(33, 1000 * UNIT)),
            Error::<Runtime>::RingFull
        );
    });
}

#[test]
fn terms_change_but_not_below_what_is_kept() {
    run(|| {
        let who = register(1);
        open(20, 1, &[who.clone()], 3, UNIT);
        assert_noop!(
            Market::update_terms(RuntimeOrigin::signed(who.clone()), terms(999, 5)),
            Error::<Runtime>::CapacityTooLow
        );
        assert_ok!(Market::update_terms(RuntimeOrigin::signed(who.clone()), terms(1000, 5)));
        let provider = Providers::<Runtime>::get(&who).unwrap();
        assert_eq!((provider.capacity, provider.price), (1000, 5));
        assert_noop!(
            Market::update_terms(RuntimeOrigin::signed(account(2)), terms(1, 1)),
            Error::<Runtime>::NotRegistered
        );
    });
}

#[test]
fn a_draining_provider_takes_no_deals_but_goes_on_earning() {
    run(|| {
        let who = register(1);
        open(20, 1, &[who.clone()], 4, UNIT);
        assert_ok!(Market::announce_exit(RuntimeOrigin::signed(who.clone())));
        assert_noop!(
            Market::announce_exit(RuntimeOrigin::signed(who.clone())),
            Error::<Runtime>::AlreadyExiting
        );
        let owner = account(20);
        let refused = offer(&owner, 2, &[who.clone()], 1, 3, UNIT);
        assert_noop!(
            Market::open_deal(RuntimeOrigin::signed(owner), refused),
            Error::<Runtime>::ProviderUnavailable
        );
        periods(3, &[who.clone()]);
        assert!(Providers::<Runtime>::get(&who).unwrap().accrued > 0);
        assert_ok!(Market::resume(RuntimeOrigin::signed(who.clone())));
        assert_noop!(
            Market::resume(RuntimeOrigin::signed(who)),
            Error::<Runtime>::NotSuspended
        );
    });
}

#[test]
fn leaving_needs_all_slots_closed_and_returns_bond_and_pay() {
    run(|| {
        let who = register(1);
        let before = Balances::free_balance(&who) + 1000 * UNIT;
        let deal = open(20, 1, &[who.clone()], 2, UNIT);
        assert_noop!(
            Market::deregister(RuntimeOrigin::signed(who.clone())),
            Error::<Runtime>::SlotsOpen
        );
        periods(5, &[who.clone()]);
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(who.clone()), deal));
        assert_ok!(Market::deregister(RuntimeOrigin::signed(who.clone())));
        // Two periods at one unit, less the treasury's 5 %.
        assert_eq!(Balances::free_balance(&who), before + 2 * UNIT * 95 / 100);
        assert!(!Providers::<Runtime>::contains_key(&who));
        assert_noop!(
            Market::deregister(RuntimeOrigin::signed(who)),
            Error::<Runtime>::NotRegistered
        );
    });
}

#[test]
fn topping_up_raises_the_bond() {
    run(|| {
        let who = register(1);
        assert_ok!(Market::top_up(RuntimeOrigin::signed(who.clone()), 5 * UNIT));
        assert_eq!(Providers::<Runtime>::get(&who).unwrap().bond, 1005 * UNIT);
        assert_eq!(Balances::balance_on_hold(&HoldReason::Bond.into(), &who), 1005 * UNIT);
    });
}
