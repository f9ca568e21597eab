//! Refusals that the other files do not meet on their way: every error has a test that meets it.

use crate::{Error, PeriodLedger, Providers, mock::*};
use blocs_primitives::{SlotId, SlotIndex};
use frame_support::{assert_noop, assert_ok};

#[test]
fn a_price_that_no_ledger_could_hold_is_an_overflow() {
    run(|| {
        let who = register(1);
        assert_ok!(Market::update_terms(
            RuntimeOrigin::signed(who.clone()),
            terms(1 << 40, u128::MAX)
        ));
        let owner = account(20);
        let offer = offer(&owner, 1, &[who], 1, 3, u128::MAX);
        assert_noop!(
            Market::open_deal(RuntimeOrigin::signed(owner), offer),
            Error::<Runtime>::Overflow
        );
    });
}

#[test]
fn an_authorized_proof_without_an_open_challenge_changes_nothing() {
    run(|| {
        let who = register(1);
        let authorized = || frame_system::RawOrigin::Authorized.into();
        assert_noop!(
            Market::prove(authorized(), who.clone(), 0, Default::default(), None),
            Error::<Runtime>::NoChallenge
        );
        open(20, 1, &[who.clone()], 3, UNIT);
        periods(2, &[]);
        let (period, answers, _) = answers(&who, &[]).unwrap();
        assert_noop!(
            Market::prove(authorized(), who, period - 1, answers, None),
            Error::<Runtime>::NoChallenge
        );
    });
}

#[test]
fn records_that_disagree_stop_the_call_and_nothing_else() {
    new_chain().execute_with(|| {
        let who = register(1);
        let deal = open(20, 1, &[who.clone()], 2, UNIT);
        periods(4, &[who.clone()]);
        let slot = SlotId {
            deal,
            index: SlotIndex(0),
        };
        PeriodLedger::<Runtime>::remove(&who, 1);
        assert!(Market::do_try_state().is_err(), "the damage is seen");
        assert_noop!(
            Market::close_slot(RuntimeOrigin::signed(account(20)), slot),
            Error::<Runtime>::Corrupt
        );
        // The chain goes on, and so do the provider's periods.
        periods(1, &[]);
        assert_eq!(
            Providers::<Runtime>::get(&who).unwrap().period,
            Market::current_period()
        );
    });
}
