//! Opening, terminating and closing deals.

use crate::{Deals, DealsByOwner, Error, HoldReason, Providers, Slots, mock::*, types::*};
use blocs_primitives::{DealId, SlotId, SlotIndex};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};

fn deposit_of(owner: u8) -> u128 {
    Balances::balance_on_hold(&HoldReason::Deposit.into(), &account(owner))
}

#[test]
fn opening_escrows_the_whole_price_and_holds_a_deposit() {
    run(|| {
        let providers = [register(1), register(2), register(3)];
        let before = Balances::free_balance(account(20));
        let deal = open(20, 1, &providers, 4, UNIT);
        assert_eq!(
            before - Balances::free_balance(account(20)),
            3 * 4 * UNIT + deposit_of(20)
        );
        assert_eq!(deposit_of(20), Deals::<Runtime>::get(deal).unwrap().deposit);
        assert!(DealsByOwner::<Runtime>::contains_key(account(20), deal));
        for (index, provider) in (0u16..).zip(&providers) {
            assert_eq!(
                &Slots::<Runtime>::get(deal, SlotIndex(index)).unwrap().provider,
                provider
            );
            assert_eq!(Providers::<Runtime>::get(provider).unwrap().used, 1000);
        }
    });
}

#[test]
fn an_offer_that_breaks_a_rule_is_refused_and_changes_nothing() {
    run(|| {
        let providers = [register(1), register(2)];
        let owner = account(20);
        let origin = || RuntimeOrigin::signed(account(20));
        let good = || offer(&owner, 1, &providers, 1, 4, UNIT);
        let with = |change: &dyn Fn(&mut DealOffer)| {
            let mut offer = good();
            change(&mut offer);
            offer
        };
        let cases: Vec<(DealOffer, Error<Runtime>)> = vec![
            (with(&|offer| offer.k = 0), Error::BadErasure),
            (with(&|offer| offer.k = 3), Error::BadErasure),
            (with(&|offer| offer.duration = 0), Error::BadDuration),
            (with(&|offer| offer.duration = 500_001), Error::BadDuration),
            (
                with(&|offer| offer.slots[1].provider = account(1)),
                Error::DuplicateProvider,
            ),
            (
                with(&|offer| offer.slots[1].provider = account(9)),
                Error::NotRegistered,
            ),
            (with(&|offer| offer.slots[1].size = 0), Error::BadSize),
            (with(&|offer| offer.slots[1].size = (16 << 30) + 1), Error::BadSize),
            (with(&|offer| offer.slots[1].rate = 0), Error::BadRate),
            (with(&|offer| offer.slots[1].valid_until = 0), Error::QuoteExpired),
            (with(&|offer| offer.slots[1].valid_until += 1), Error::QuoteExpired),
            (with(&|offer| offer.slots[1].rate += 1), Error::BadQuote),
            (with(&|offer| offer.slots[1].root.0[0] ^= 1), Error::BadQuote),
            (with(&|offer| offer.duration = 5), Error::BadQuote),
            (with(&|offer| offer.salt[0] ^= 1), Error::BadQuote),
            (with(&|offer| offer.slots.as_mut().swap(0, 1)), Error::BadQuote),
        ];
        for (offer, error) in cases {
            assert_noop!(Market::open_deal(origin(), offer), error);
        }
        // Somebody else cannot use the quotes.
        assert_noop!(
            Market::open_deal(RuntimeOrigin::signed(account(21)), good()),
            Error::<Runtime>::BadQuote
        );
        assert_ok!(Market::open_deal(origin(), good()));
        assert_noop!(Market::open_deal(origin(), good()), Error::<Runtime>::DealExists);
    });
}

#[test]
fn capacity_and_bond_limit_what_a_provider_takes() {
    run(|| {
        let who = register(1);
        assert_ok!(Market::update_terms(
            RuntimeOrigin::signed(who.clone()),
            terms(1500, UNIT)
        ));
        open(20, 1, &[who.clone()], 4, UNIT);
        let second = offer(&account(20), 2, &[who.clone()], 1, 4, UNIT);
        assert_noop!(
            Market::open_deal(RuntimeOrigin::signed(account(20)), second),
            Error::<Runtime>::CapacityExceeded
        );
        assert_ok!(Market::update_terms(
            RuntimeOrigin::signed(who.clone()),
            terms(1 << 30, UNIT)
        ));
        assert_ok!(Market::set_params(
            RuntimeOrigin::root(),
            crate::Params {
                min_bond: 2000 * UNIT,
                ..params()
            }
        ));
        let third = offer(&account(20), 3, &[who], 1, 4, UNIT);
        assert_noop!(
            Market::open_deal(RuntimeOrigin::signed(account(20)), third),
            Error::<Runtime>::BondTooLow
        );
    });
}

#[test]
fn an_owner_without_funds_is_refused_before_anything_is_written() {
    run(|| {
        let who = register(1);
        let dear = offer(&account(20), 1, &[who], 1, 4, 5_000 * UNIT);
        assert!(Market::open_deal(RuntimeOrigin::signed(account(20)), dear).is_err());
    });
}

#[test]
fn a_deal_that_was_kept_costs_its_price_and_returns_the_deposit_exactly() {
    run(|| {
        let providers = [register(1), register(2)];
        let before = Balances::free_balance(account(20));
        let deal = open(20, 1, &providers, 3, UNIT);
        let id = SlotId {
            deal,
            index: SlotIndex(0),
        };
        assert_noop!(
            Market::close_slot(RuntimeOrigin::signed(account(20)), id),
            Error::<Runtime>::NotEnded
        );
        periods(6, &providers);
        assert_ok!(Market::close_slot(RuntimeOrigin::signed(account(1)), id));
        assert_noop!(
            Market::close_slot(RuntimeOrigin::signed(account(1)), id),
            Error::<Runtime>::NoSuchSlot
        );
        check();
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
        assert_eq!(before - Balances::free_balance(account(20)), 2 * 3 * UNIT);
        assert_eq!(deposit_of(20), 0);
        assert!(!Deals::<Runtime>::contains_key(deal));
        assert_noop!(
            Market::close_deal(RuntimeOrigin::signed(account(20)), deal),
            Error::<Runtime>::NoSuchDeal
        );
    });
}

#[test]
fn unproven_periods_are_not_paid_for() {
    run(|| {
        let providers = [register(1), register(2)];
        let before = Balances::free_balance(account(20));
        let deal = open(20, 1, &providers, 2, UNIT);
        // The second one never proves.
        periods(5, &providers[..1]);
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
        assert_eq!(before - Balances::free_balance(account(20)), 2 * UNIT);
    });
}

#[test]
fn terminating_returns_the_rest_at_once_and_pays_the_least_duration() {
    run(|| {
        let who = register(1);
        let before = Balances::free_balance(account(20));
        let deal = open(20, 1, &[who.clone()], 50, UNIT);
        assert_noop!(
            Market::terminate_deal(RuntimeOrigin::signed(account(21)), deal),
            Error::<Runtime>::NotOwner
        );
        assert_ok!(Market::terminate_deal(RuntimeOrigin::signed(account(20)), deal));
        // It starts in period 1 and runs two periods at least.
        assert_eq!(Deals::<Runtime>::get(deal).unwrap().end, 3);
        assert_eq!(before - Balances::free_balance(account(20)), 2 * UNIT + deposit_of(20));
        check();
        assert_noop!(
            Market::terminate_deal(RuntimeOrigin::signed(account(20)), deal),
            Error::<Runtime>::AlreadyEnding
        );
        periods(5, &[who.clone()]);
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
        assert_eq!(before - Balances::free_balance(account(20)), 2 * UNIT);
        assert_noop!(
            Market::terminate_deal(RuntimeOrigin::signed(account(20)), DealId::default()),
            Error::<Runtime>::NoSuchDeal
        );
    });
}

#[test]
fn only_after_the_grace_does_a_stranger_earn_by_cleaning_up() {
    run(|| {
        let who = register(1);
        let deal = open(20, 1, &[who.clone()], 1, UNIT);
        let deposit = deposit_of(20);
        let stranger = Balances::free_balance(account(30));
        periods(7, &[who.clone()]);
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(30)), deal));
        assert_eq!(Balances::free_balance(account(30)) - stranger, deposit / 10);

        let deal = open(20, 2, &[who.clone()], 1, UNIT);
        while Market::close_deal(RuntimeOrigin::signed(account(30)), deal).is_err() {
            next_block();
            prove(&who);
        }
        assert_eq!(Balances::free_balance(account(30)) - stranger, deposit / 10);
    });
}
