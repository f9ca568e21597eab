//! Extending deals.

use crate::{Challenges, Deals, Error, Event, PeriodLedger, Providers, Repairs, Slots, mock::*, types::*};
use blocs_primitives::{AccountId, Balance, DealId, Period, SlotId, SlotIndex};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};

fn free(number: u8) -> Balance {
    Balances::free_balance(account(number))
}

fn extend(owner: u8, deal: DealId, end: Period) -> DispatchResult {
    Market::extend_deal(RuntimeOrigin::signed(account(owner)), extension(deal, end))
}

fn end_of(deal: DealId, index: u16) -> Period {
    Slots::<Runtime>::get(deal, SlotIndex(index)).unwrap().end
}

fn slot(deal: DealId, index: u16) -> SlotId {
    SlotId {
        deal,
        index: SlotIndex(index),
    }
}

/// Periods until `period` begins, everybody proving.
fn until(period: Period, providers: &[AccountId]) {
    while Market::current_period() < period {
        next_block();
        for provider in providers {
            prove(provider);
        }
    }
}

#[test]
fn an_extension_costs_the_added_periods_at_the_old_rates_and_nothing_else() {
    run(|| {
        let providers = [register(1), register(2)];
        let deal = open(20, 1, &providers, 4, UNIT);
        let (before, owed) = (free(20), crate::Owed::<Runtime>::get());
        let deposit = Deals::<Runtime>::get(deal).unwrap().deposit;
        assert_ok!(extend(20, deal, 15));
        assert_eq!(before - free(20), 2 * 10 * UNIT);
        assert_eq!(crate::Owed::<Runtime>::get() - owed, 2 * 10 * UNIT);
        let record = Deals::<Runtime>::get(deal).unwrap();
        assert_eq!((record.start, record.end, record.deposit), (1, 15, deposit));
        assert_eq!((end_of(deal, 0), end_of(deal, 1)), (15, 15));
        assert_eq!(
            events().pop(),
            Some(Event::DealExtended {
                deal,
                end: 15,
                slots: vec![SlotIndex(0), SlotIndex(1)].try_into().unwrap(),
            })
        );
    });
}

#[test]
fn an_extended_deal_is_challenged_paid_and_closed_over_its_whole_length() {
    run(|| {
        let who = register(1);
        let before = (free(20), treasury());
        let deal = open(20, 1, &[who.clone()], 3, UNIT);
        until(2, &[who.clone()]);
        assert_ok!(extend(20, deal, 8));
        check();
        // Over the old end it is asked and paid as before.
        until(4, &[who.clone()]);
        periods(1, &[who.clone()]);
        assert_eq!(Providers::<Runtime>::get(&who).unwrap().rate, UNIT);
        assert_noop!(
            Market::close_deal(RuntimeOrigin::signed(account(20)), deal),
            Error::<Runtime>::NotEnded
        );
        until(9, &[who.clone()]);
        assert!(Challenges::<Runtime>::get(&who).is_none());
        assert_eq!(Providers::<Runtime>::get(&who).unwrap().proven, 7);
        assert_ok!(Market::close_slot(RuntimeOrigin::signed(who.clone()), slot(deal, 0)));
        assert_eq!(before.0 - free(20), 7 * UNIT);
        let cut = 7 * UNIT * 5 / 100;
        assert_eq!(Providers::<Runtime>::get(&who).unwrap().accrued, 7 * UNIT - cut);
        assert_eq!(treasury() - before.1, cut);
        assert_eq!(PeriodLedger::<Runtime>::iter().count(), 0);
    });
}

#[test]
fn periods_that_were_not_proven_come_back_after_an_extension_too() {
    run(|| {
        let who = register(1);
        let before = free(20);
        let deal = open(20, 1, &[who.clone()], 3, UNIT);
        until(2, &[who.clone()]);
        assert_ok!(extend(20, deal, 6));
        until(4, &[who.clone()]);
        let proven = Providers::<Runtime>::get(&who).unwrap().proven;
        // It is silent from here on.
        until(8, &[]);
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
        assert_eq!(before - free(20), Balance::from(proven) * UNIT);
        assert!(proven < 5);
    });
}

#[test]
fn a_deal_can_be_extended_before_it_begins_in_its_last_period_and_again() {
    run(|| {
        let who = register(1);
        let before = free(20);
        let deal = open(20, 1, &[who.clone()], 2, UNIT);
        assert_ok!(extend(20, deal, 4));
        check();
        until(3, &[who.clone()]);
        // The last block of the last period.
        while System::block_number() % PERIOD != PERIOD - 1 {
            next_block();
            prove(&who);
        }
        assert_eq!(Market::current_period(), 3);
        assert_ok!(extend(20, deal, 6));
        assert_ok!(extend(20, deal, 7));
        until(8, &[who.clone()]);
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
        assert_eq!(before - free(20), 6 * UNIT);
    });
}

#[test]
fn a_deal_that_is_over_cannot_be_brought_back() {
    run(|| {
        let providers = [register(1), register(2)];
        let deal = open(20, 1, &providers, 2, UNIT);
        until(2, &providers);
        let quotes = extension(deal, 9);
        until(3, &providers);
        assert_noop!(
            Market::extend_deal(RuntimeOrigin::signed(account(20)), quotes),
            Error::<Runtime>::AlreadyEnded
        );
        periods(1, &providers);
        assert_noop!(extend(20, deal, 9), Error::<Runtime>::AlreadyEnded);
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
        let gone = DealExtension {
            deal,
            end: 9,
            slots: Default::default(),
        };
        assert_noop!(
            Market::extend_deal(RuntimeOrigin::signed(account(20)), gone),
            Error::<Runtime>::NoSuchDeal
        );
    });
}

#[test]
fn an_extension_that_breaks_a_rule_is_refused_and_changes_nothing() {
    run(|| {
        let providers = [register(1), register(2), register(3)];
        let owner = account(20);
        let offer = offer(&owner, 1, &providers, 2, 4, UNIT);
        let deal = DealId::derive(&owner, &offer.salt);
        assert_ok!(Market::open_deal(RuntimeOrigin::signed(owner), offer));
        let with = |change: &dyn Fn(&mut DealExtension)| {
            let mut extension = extension(deal, 9);
            change(&mut extension);
            extension
        };
        let cases: Vec<(DealExtension, Error<Runtime>)> = vec![
            (with(&|e| e.deal = DealId::default()), Error::NoSuchDeal),
            (with(&|e| e.end = 5), Error::NotLater),
            (with(&|e| e.end = 500_002), Error::BadDuration),
            (with(&|e| e.slots.truncate(1)), Error::TooFewSlots),
            (with(&|e| e.slots.clear()), Error::TooFewSlots),
            (with(&|e| e.slots[1] = e.slots[0].clone()), Error::DuplicateSlot),
            (with(&|e| e.slots.as_mut().swap(0, 1)), Error::DuplicateSlot),
            (with(&|e| e.slots[2].index = SlotIndex(3)), Error::NoSuchSlot),
            (with(&|e| e.slots[1].valid_until = 0), Error::QuoteExpired),
            (with(&|e| e.slots[1].valid_until += 1), Error::QuoteExpired),
            (with(&|e| e.slots[1].valid_until -= 1), Error::BadQuote),
            (with(&|e| e.end = 10), Error::BadQuote),
            (with(&|e| e.slots[1].signature = e.slots[0].signature), Error::BadQuote),
        ];
        for (extension, error) in cases {
            assert_noop!(
                Market::extend_deal(RuntimeOrigin::signed(account(20)), extension),
                error
            );
        }
        assert_noop!(extend(21, deal, 9), Error::<Runtime>::NotOwner);
        assert_ok!(extend(20, deal, 9));
    });
}

#[test]
fn an_opening_quote_is_no_extension_quote_and_one_of_another_chain_is_none_either() {
    run(|| {
        let who = register(1);
        let deal = open(20, 1, &[who.clone()], 4, UNIT);
        let mut stolen = extension(deal, 9);
        let opening = offer(&account(20), 1, &[who], 1, 4, UNIT);
        stolen.slots[0].signature = opening.slots[0].signature;
        assert_noop!(
            Market::extend_deal(RuntimeOrigin::signed(account(20)), stolen),
            Error::<Runtime>::BadQuote
        );
        let elsewhere = extension(deal, 9);
        frame_system::BlockHash::<Runtime>::insert(0, blocs_primitives::Hash::repeat_byte(9));
        assert_noop!(
            Market::extend_deal(RuntimeOrigin::signed(account(20)), elsewhere),
            Error::<Runtime>::BadQuote
        );
    });
}

#[test]
fn a_quote_extends_once() {
    run(|| {
        let who = register(1);
        let deal = open(20, 1, &[who], 4, UNIT);
        let quotes = extension(deal, 9);
        let origin = || RuntimeOrigin::signed(account(20));
        assert_ok!(Market::extend_deal(origin(), quotes.clone()));
        assert_noop!(
            Market::extend_deal(origin(), quotes.clone()),
            Error::<Runtime>::NotLater
        );
        // Nor does its signature serve for the periods after those.
        let again = DealExtension {
            end: 14,
            ..quotes.clone()
        };
        assert_noop!(Market::extend_deal(origin(), again), Error::<Runtime>::BadQuote);
        // A deal that was ended early since has another end than the quote names.
        assert_ok!(Market::terminate_deal(origin(), deal));
        assert_noop!(Market::extend_deal(origin(), quotes), Error::<Runtime>::BadQuote);
    });
}

#[test]
fn providers_extend_only_while_they_take_slots_at_this_price_and_with_bond() {
    run(|| {
        let who = register(1);
        let deal = open(20, 1, &[who.clone()], 9, 2 * UNIT);
        let set_price = |price| Market::update_terms(RuntimeOrigin::signed(account(1)), terms(1 << 40, price));

        // A slot of a thousand bytes earns this rate at about two million times the price per GiB.
        assert_ok!(set_price(3_000_000 * UNIT));
        assert_noop!(extend(20, deal, 15), Error::<Runtime>::BadRate);
        assert_ok!(set_price(UNIT));

        assert_ok!(Market::set_params(
            RuntimeOrigin::root(),
            crate::Params {
                min_bond: 2000 * UNIT,
                ..params()
            }
        ));
        assert_noop!(extend(20, deal, 15), Error::<Runtime>::BondTooLow);
        assert_ok!(Market::set_params(RuntimeOrigin::root(), params()));

        assert_ok!(Market::announce_exit(RuntimeOrigin::signed(who.clone())));
        assert_noop!(extend(20, deal, 15), Error::<Runtime>::ProviderUnavailable);
        assert_ok!(Market::resume(RuntimeOrigin::signed(who.clone())));
        assert_ok!(extend(20, deal, 15));

        // It never proves, and is faulted.
        periods(6, &[]);
        assert_eq!(Providers::<Runtime>::get(&who).unwrap().status, ProviderStatus::Faulted);
        assert_noop!(extend(20, deal, 20), Error::<Runtime>::ProviderUnavailable);
    });
}

#[test]
fn an_owner_without_funds_extends_nothing() {
    run(|| {
        let who = register(1);
        let deal = open(20, 1, &[who], 4, UNIT);
        assert!(extend(20, deal, 100_000).is_err());
        assert_eq!((Deals::<Runtime>::get(deal).unwrap().end, end_of(deal, 0)), (5, 5));
    });
}

#[test]
fn a_total_that_no_settlement_could_compute_is_an_overflow() {
    run(|| {
        let who = register(1);
        let rate = u128::MAX / 400_000;
        let deal = open(20, 1, &[who], 4, UNIT);
        Slots::<Runtime>::mutate(deal, SlotIndex(0), |slot| slot.as_mut().unwrap().rate = rate);
        assert_noop!(extend(20, deal, 500_001), Error::<Runtime>::Overflow);
        Slots::<Runtime>::mutate(deal, SlotIndex(0), |slot| slot.as_mut().unwrap().rate = UNIT);
    });
}

#[test]
fn a_deal_ends_no_later_than_a_new_one_could_but_can_be_extended_for_ever() {
    run(|| {
        let who = register(1);
        assert_ok!(Market::set_params(
            RuntimeOrigin::root(),
            crate::Params {
                max_duration: 4,
                ..params()
            }
        ));
        let deal = open(20, 1, &[who.clone()], 4, UNIT);
        assert_noop!(extend(20, deal, 6), Error::<Runtime>::BadDuration);
        for period in 1..12 {
            until(period, &[who.clone()]);
            assert_noop!(extend(20, deal, period + 6), Error::<Runtime>::BadDuration);
            assert_ok!(extend(20, deal, period + 5));
        }
    });
}

#[test]
fn terminating_after_an_extension_returns_what_is_no_longer_needed() {
    run(|| {
        let providers = [register(1), register(2)];
        let before = free(20);
        let deal = open(20, 1, &providers, 4, UNIT);
        assert_ok!(extend(20, deal, 50));
        until(6, &providers);
        let held = free(20);
        assert_ok!(Market::terminate_deal(RuntimeOrigin::signed(account(20)), deal));
        assert_eq!(Deals::<Runtime>::get(deal).unwrap().end, 7);
        assert_eq!(free(20) - held, 2 * 43 * UNIT);
        check();
        until(8, &providers);
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
        assert_eq!(before - free(20), 2 * 6 * UNIT);
    });
}

#[test]
fn lost_slots_and_their_repair_move_along_for_nothing() {
    run(|| {
        let providers = [register(1), register(2)];
        let deal = open(20, 1, &providers, 4, UNIT);
        until(2, &providers);
        let lost = slot(deal, 1);
        while Market::declare_lost(RuntimeOrigin::signed(account(2)), lost).is_err() {
            next_block();
            prove(&providers[1]);
        }
        let repair = Repairs::<Runtime>::get(deal, SlotIndex(1)).unwrap();
        let due = Deals::<Runtime>::get(deal).unwrap().refundable;
        assert!(due > 0);
        let before = free(20);

        // A lost slot has nobody who could quote.
        let mut naming = extension(deal, 9);
        naming.slots.try_push(slot_extension(deal, SlotIndex(1), 9)).unwrap();
        assert_noop!(
            Market::extend_deal(RuntimeOrigin::signed(account(20)), naming),
            Error::<Runtime>::NotLive
        );
        assert_ok!(extend(20, deal, 9));
        // What the lost slot did not cost is paid now, and not at an end that may never come.
        assert_eq!(before + due - free(20), 4 * UNIT);
        assert_eq!(Deals::<Runtime>::get(deal).unwrap().refundable, 0);
        check();
        assert_eq!((end_of(deal, 0), end_of(deal, 1)), (9, 9));
        assert_eq!(Repairs::<Runtime>::get(deal, SlotIndex(1)), Some(repair));
        assert_noop!(
            Market::close_slot(RuntimeOrigin::signed(account(20)), lost),
            Error::<Runtime>::NotEnded
        );
        until(10, &providers);
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
    });
}

#[test]
fn a_provider_that_does_not_go_on_ends_when_it_had_agreed_and_the_others_stay() {
    run(|| {
        let providers = [register(1), register(2), register(3)];
        let before = free(20);
        let deal = open(20, 1, &providers, 4, UNIT);
        assert_ok!(Market::announce_exit(RuntimeOrigin::signed(account(2))));
        assert_noop!(extend(20, deal, 9), Error::<Runtime>::ProviderUnavailable);
        let mut without = extension(deal, 9);
        without.slots.remove(1);
        let held = free(20);
        assert_ok!(Market::extend_deal(RuntimeOrigin::signed(account(20)), without));
        assert_eq!(held - free(20), 2 * 4 * UNIT);
        assert_eq!([end_of(deal, 0), end_of(deal, 1), end_of(deal, 2)], [9, 5, 9]);
        check();

        // It settles its slot and leaves while the deal runs.
        until(6, &providers);
        assert_ok!(Market::close_slot(RuntimeOrigin::signed(account(2)), slot(deal, 1)));
        assert_ok!(Market::deregister(RuntimeOrigin::signed(account(2))));
        check();
        assert_ok!(extend(20, deal, 20));
        assert_ok!(Market::terminate_deal(RuntimeOrigin::signed(account(20)), deal));
        until(8, &[providers[0].clone(), providers[2].clone()]);
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
        assert_eq!(before - free(20), (4 + 6 + 6) * UNIT);
    });
}

#[test]
fn a_slot_that_was_left_out_may_follow_to_the_same_end() {
    run(|| {
        let providers = [register(1), register(2), register(3)];
        let deal = open(20, 2, &providers, 4, UNIT);
        let naming = |kept: &[u16]| {
            let mut naming = extension(deal, 9);
            naming.slots.retain(|slot| kept.contains(&slot.index.0));
            Market::extend_deal(RuntimeOrigin::signed(account(20)), naming)
        };
        assert_ok!(naming(&[0, 1]));
        let before = free(20);
        // One of those that have this end already cannot be paid twice.
        assert_noop!(naming(&[1, 2]), Error::<Runtime>::NotLater);
        assert_noop!(naming(&[]), Error::<Runtime>::TooFewSlots);
        assert_ok!(naming(&[2]));
        assert_eq!(before - free(20), 4 * UNIT);
        assert_eq!([end_of(deal, 0), end_of(deal, 1), end_of(deal, 2)], [9, 9, 9]);
        check();
        until(11, &providers);
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
    });
}

#[test]
fn terminating_leaves_a_slot_alone_that_ends_sooner() {
    run(|| {
        let providers = [register(1), register(2)];
        let before = free(20);
        let deal = open(20, 1, &providers, 4, UNIT);
        let mut without = extension(deal, 30);
        without.slots.remove(1);
        assert_ok!(Market::extend_deal(RuntimeOrigin::signed(account(20)), without));
        until(8, &providers);
        // The second slot is over, and nobody has closed it.
        assert_noop!(extend(20, deal, 40), Error::<Runtime>::AlreadyEnded);
        assert_ok!(Market::terminate_deal(RuntimeOrigin::signed(account(20)), deal));
        assert_eq!([end_of(deal, 0), end_of(deal, 1)], [9, 5]);
        check();
        until(10, &providers);
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
        assert_eq!(before - free(20), (8 + 4) * UNIT);
    });
}

#[test]
fn an_open_challenge_keeps_its_pay_when_the_deal_is_extended() {
    run(|| {
        let who = register(1);
        let deal = open(20, 1, &[who.clone()], 4, UNIT);
        while Challenges::<Runtime>::get(&who).is_none() {
            next_block();
        }
        let open_challenge = Challenges::<Runtime>::get(&who);
        assert_ok!(extend(20, deal, 9));
        assert_eq!(Challenges::<Runtime>::get(&who), open_challenge);
        assert!(prove(&who));
        assert_eq!(Providers::<Runtime>::get(&who).unwrap().proven, 1);
    });
}
