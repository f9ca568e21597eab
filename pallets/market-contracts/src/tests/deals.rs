//! What a contract can do.

use crate::{Code, Request, mock::*, v1};
use blocs_primitives::{AccountId, DealId, SlotIndex};
use frame_support::traits::fungible::{Inspect, InspectHold};
use pallet_contracts::{CollectEvents, DebugInfo, Determinism};
use pallet_storage_market::HoldReason;

/// A chain with four providers and a messenger that has 1000 units.
fn with_contract(test: impl FnOnce(AccountId, Vec<AccountId>)) {
    new_chain().execute_with(|| {
        let providers = (1..=4).map(register).collect();
        test(deploy(messenger(), 0, 1000 * UNIT), providers);
    });
}

#[test]
fn a_contract_opens_extends_and_closes_a_deal_that_it_pays() {
    with_contract(|contract, providers| {
        let offer = offer(&contract, 1, &providers, 3, UNIT);
        let id: DealId = ask(&contract, Request::DealIdOf(offer.salt)).ok();
        let opened: DealId = ask(&contract, Request::OpenDeal(offer)).ok();
        assert_eq!(opened, id);
        let deal: v1::DealState = ask(&contract, Request::Deal(id)).ok();
        assert_eq!((&deal.owner, deal.n, deal.start, deal.end), (&contract, 4, 1, 4));
        let reason = HoldReason::Deposit.into();
        assert_eq!(Balances::balance_on_hold(&reason, &contract), deal.deposit);
        assert!(deal.deposit > 0);
        let spent =
            |contract: &AccountId| 1000 * UNIT - (Balances::total_balance(contract) - Balances::minimum_balance());
        // The deposit of the contract's own record lies on its account too, above the thousand.
        assert!(spent(&contract) <= 4 * 3 * UNIT && spent(&contract) > 11 * UNIT);

        // Proved in its first period, and extended in it.
        periods(2, &providers);
        let standing: v1::Standing = ask(&contract, Request::Standing(id)).ok();
        assert_eq!((standing.n, standing.live), (4, 4));
        assert!(standing.proven >= 1, "{standing:?}");
        let before = Balances::total_balance(&contract);
        let () = ask(&contract, Request::ExtendDeal(extension(id, 6))).ok();
        assert_eq!(before - Balances::total_balance(&contract), 4 * 2 * UNIT);
        assert_eq!(ask(&contract, Request::Deal(id)).ok::<v1::DealState>().end, 6);

        ask(&contract, Request::CloseDeal(id)).is(Code::NotEnded);
        periods(5, &providers);
        let before = Balances::total_balance(&contract);
        assert_eq!(ask(&contract, Request::CloseDeal(id)).ok::<u32>(), 4);
        ask(&contract, Request::Deal(id)).is(Code::NoSuchDeal);
        ask(&contract, Request::Standing(id)).is(Code::NoSuchDeal);
        assert_eq!(Balances::balance_on_hold(&reason, &contract), 0);
        assert_eq!(
            Balances::total_balance(&contract),
            before,
            "every period was proved: nothing to refund"
        );
    });
}

#[test]
fn a_slot_counts_the_periods_that_its_provider_has_proved_since_its_start() {
    with_contract(|contract, providers| {
        // One deal before makes the providers' own counts differ from the slot's.
        let _: DealId = ask(&contract, Request::OpenDeal(offer(&contract, 1, &providers, 8, UNIT))).ok();
        periods(2, &providers);
        let offer = offer(&contract, 2, &providers[..2], 5, UNIT);
        let id: DealId = ask(&contract, Request::OpenDeal(offer.clone())).ok();
        let slot = |index| ask(&contract, Request::Slot(id, SlotIndex(index)));
        let first: v1::SlotState = slot(0).ok();
        assert_eq!((first.proven, first.root), (0, offer.slots[0].root));
        slot(2).is(Code::NoSuchSlot);

        // The second provider stops proving after the first of the slot's periods.
        periods(2, &providers);
        let proven = |index| slot(index).ok::<v1::SlotState>().proven;
        let (first, second) = (proven(0), proven(1));
        assert!(first >= 1);
        periods(2, &providers[..1]);
        assert_eq!((proven(0), proven(1)), (first + 2, second));
        assert_eq!(
            ask(&contract, Request::Standing(id)).ok::<v1::Standing>().proven,
            second
        );
    });
}

#[test]
fn a_contract_ends_its_deal_early_and_has_the_rest_back_at_once() {
    with_contract(|contract, providers| {
        let id: DealId = ask(&contract, Request::OpenDeal(offer(&contract, 1, &providers, 10, UNIT))).ok();
        let before = Balances::total_balance(&contract);
        let end: u32 = ask(&contract, Request::TerminateDeal(id)).ok();
        assert_eq!(end, 3, "the least duration of two periods");
        assert_eq!(Balances::total_balance(&contract) - before, 4 * 8 * UNIT);
        ask(&contract, Request::TerminateDeal(id)).is(Code::AlreadyEnding);
    });
}

#[test]
fn a_contract_reads_time_and_terms() {
    with_contract(|contract, providers| {
        periods(2, &[]);
        let clock: v1::Clock = ask(&contract, Request::Clock).ok();
        assert_eq!((clock.period, clock.length), (2, PERIOD));
        let terms: v1::ProviderTerms = ask(&contract, Request::Provider(providers[0].clone())).ok();
        assert_eq!((terms.status, terms.price), (v1::ProviderStatus::Active, UNIT));
        assert_eq!((terms.tier, &terms.zone[..]), (v1::Tier::Warm, &b"eu"[..]));
        ask(&contract, Request::Provider(account(9))).is(Code::NotRegistered);
    });
}

#[test]
fn pages_show_every_provider_once() {
    with_contract(|contract, mut providers| {
        let mut seen: Vec<AccountId> = vec![];
        loop {
            let after = seen.last().cloned();
            let page: Vec<AccountId> = ask(&contract, Request::Providers { after, limit: 3 }).ok();
            let last = page.len() < 3;
            seen.extend(page);
            if last {
                break;
            }
        }
        seen.sort();
        providers.sort();
        assert_eq!(seen, providers);
        // A limit above the largest page is the largest page.
        let request = Request::Providers {
            after: None,
            limit: u32::MAX,
        };
        assert_eq!(ask(&contract, request).ok::<Vec<AccountId>>().len(), 4);
    });
}

#[test]
fn a_contract_that_cannot_pay_is_told_so() {
    with_contract(|contract, providers| {
        let before = state();
        ask(
            &contract,
            Request::OpenDeal(offer(&contract, 1, &providers, 10, 100 * UNIT)),
        )
        .is(Code::InsufficientBalance);
        assert_eq!(before, state());
    });
}

#[test]
fn a_contract_that_ends_leaves_its_deal_running_and_the_deposit_on_its_account() {
    with_contract(|contract, providers| {
        let id: DealId = ask(&contract, Request::OpenDeal(offer(&contract, 1, &providers, 3, UNIT))).ok();
        let deal: v1::DealState = ask(&contract, Request::Deal(id)).ok();
        let heir = account(17);
        let before = Balances::total_balance(&heir);
        // It returns nothing: there is no status to read.
        let _ = Contracts::bare_call(
            account(18),
            contract.clone(),
            0,
            GAS,
            None,
            message(END, 0, heir.as_ref()),
            DebugInfo::Skip,
            CollectEvents::Skip,
            Determinism::Enforced,
        )
        .result
        .unwrap();
        assert!(Balances::total_balance(&heir) > before + 900 * UNIT);
        let reason = HoldReason::Deposit.into();
        assert_eq!(Balances::balance_on_hold(&reason, &contract), deal.deposit);
        periods(5, &providers);
        let anyone = RuntimeOrigin::signed(account(16));
        frame_support::assert_ok!(Market::close_deal(anyone, id));
        assert_eq!(Balances::balance_on_hold(&reason, &contract), 0);
        assert!(Balances::balance(&contract) >= deal.deposit, "free, and out of reach");
    });
}
