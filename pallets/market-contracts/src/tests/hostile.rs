//! What a contract cannot do, and what no input can break.

use crate::{Code, EXTENSION_ID, Function, Request, mock::*};
use blocs_primitives::{AccountId, DealId};
use codec::Encode;
use frame_support::weights::Weight;
use proptest::prelude::*;
use std::cell::RefCell;

#[test]
fn a_deal_of_another_contract_is_not_extended_nor_ended() {
    new_chain().execute_with(|| {
        let providers = [register(1), register(2)];
        let owner = deploy(messenger(), 0, 1000 * UNIT);
        let thief = deploy(messenger(), 1, 1000 * UNIT);
        let deal: DealId = ask(&owner, Request::OpenDeal(offer(&owner, 1, &providers, 10, UNIT))).ok();
        let before = state();
        ask(&thief, Request::TerminateDeal(deal)).is(Code::NotOwner);
        ask(&thief, Request::ExtendDeal(extension(deal, 20))).is(Code::NotOwner);
        // Quotes name their owner: nobody else opens a deal with them.
        ask(&thief, Request::OpenDeal(offer(&owner, 2, &providers, 10, UNIT))).is(Code::BadQuote);
        assert_eq!(before, state());
    });
}

#[test]
fn nothing_changes_in_a_read_only_call() {
    new_chain().execute_with(|| {
        let providers = [register(1), register(2)];
        let owner = deploy(messenger(), 0, 1000 * UNIT);
        let window = deploy(window(), 1, 0);
        let deal: DealId = ask(&owner, Request::OpenDeal(offer(&owner, 1, &providers, 10, UNIT))).ok();
        let through = |request: Request| {
            let (function, argument) = request.encode();
            let input = [owner.encode(), message(id(function), 16_384, &argument)].concat();
            call(&window, input, GAS).unwrap()
        };
        let before = state();
        for request in [
            Request::OpenDeal(offer(&owner, 2, &providers, 10, UNIT)),
            Request::ExtendDeal(extension(deal, 20)),
            Request::TerminateDeal(deal),
            Request::CloseDeal(deal),
        ] {
            through(request).is(Code::ReadOnly);
        }
        assert_eq!(before, state());
        // Reading is what such a call is for.
        assert_eq!(through(Request::Deal(deal)).status, 0);
        assert_eq!(through(Request::Standing(deal)).status, 0);
    });
}

#[test]
fn what_is_kept_from_everybody_is_kept_from_contracts() {
    new_chain().execute_with(|| {
        let providers = [register(1), register(2)];
        let contract = deploy(messenger(), 0, 1000 * UNIT);
        let deal: DealId = ask(&contract, Request::OpenDeal(offer(&contract, 1, &providers, 10, UNIT))).ok();
        pause(true);
        let before = state();
        ask(&contract, Request::OpenDeal(offer(&contract, 2, &providers, 10, UNIT))).is(Code::Paused);
        ask(&contract, Request::ExtendDeal(extension(deal, 20))).is(Code::Paused);
        ask(&contract, Request::TerminateDeal(deal)).is(Code::Paused);
        ask(&contract, Request::CloseDeal(deal)).is(Code::Paused);
        assert_eq!(before, state());
        assert_eq!(ask(&contract, Request::Deal(deal)).status, 0, "it may still be read");
        pause(false);
        let _: u32 = ask(&contract, Request::TerminateDeal(deal)).ok();
    });
}

#[test]
fn an_argument_that_is_too_long_too_short_or_another_is_malformed() {
    new_chain().execute_with(|| {
        let contract = deploy(messenger(), 0, UNIT);
        for function in Function::ALL {
            let longest = usize::try_from(function.longest_input()).unwrap();
            send(&contract, id(function), &vec![0; longest + 1]).is(Code::Malformed);
            send(&contract, id(function), &[0xff; 20_000]).is(Code::Malformed);
            if longest > 0 {
                send(&contract, id(function), &[]).is(Code::Malformed);
            }
        }
        let trailing = [(None::<AccountId>, 3u32).encode(), vec![0]].concat();
        send(&contract, id(Function::Providers), &trailing).is(Code::Malformed);
    });
}

#[test]
fn functions_and_versions_that_do_not_exist_are_named_so() {
    new_chain().execute_with(|| {
        let contract = deploy(messenger(), 0, UNIT);
        for wrong in [0, 0x1, 0x100, 0x10c, 0x201, 0xffff] {
            send(&contract, u32::from(EXTENSION_ID) << 16 | wrong, &[]).is(Code::UnknownFunction);
        }
        send(&contract, 41 << 16 | 0x101, &[]).is(Code::UnknownFunction);
    });
}

#[test]
fn a_deal_whose_id_does_not_fit_the_buffer_is_not_opened() {
    new_chain().execute_with(|| {
        let providers = [register(1)];
        let contract = deploy(messenger(), 0, 1000 * UNIT);
        let before = state();
        let (function, argument) = Request::OpenDeal(offer(&contract, 1, &providers, 10, UNIT)).encode();
        let heard = call(&contract, message(id(function), 31, &argument), GAS).unwrap();
        heard.is(Code::BufferTooSmall);
        assert_eq!(before, state());
    });
}

#[test]
fn weight_is_charged_before_the_work_and_given_back_after_it() {
    new_chain().execute_with(|| {
        let providers: Vec<_> = (1..=2).map(register).collect();
        let contract = deploy(messenger(), 0, 1000 * UNIT);
        let offer = offer(&contract, 1, &providers, 10, UNIT);
        let before = state();
        let two =
            <pallet_storage_market::weights::Formulas<Runtime> as pallet_storage_market::WeightInfo>::open_deal(2);
        let (function, argument) = Request::OpenDeal(offer).encode();
        let input = message(id(function), 16_384, &argument);
        // Less than two slots take: out of gas, and nothing has happened.
        let little = Weight::from_parts(two.ref_time() - 1, u64::MAX);
        assert!(call(&contract, input.clone(), little).is_err());
        assert_eq!(before, state());
        let heard = call(&contract, input, GAS).unwrap();
        let deal: DealId = heard.ok();
        let around = Weight::from_parts(two.ref_time() / 4, 0);
        assert!(heard.gas.ref_time() >= two.ref_time());
        assert!(heard.gas.ref_time() <= two.saturating_add(around).ref_time());

        // Terminating is charged for 32 slots, and 30 of them are given back.
        let market =
            <pallet_storage_market::weights::Formulas<Runtime> as pallet_storage_market::WeightInfo>::terminate_deal;
        let heard = ask(&contract, Request::TerminateDeal(deal));
        let _: u32 = heard.ok();
        assert!(heard.gas.ref_time() < market(8).ref_time());
        let (function, argument) = Request::TerminateDeal(deal).encode();
        let enough_for_eight = market(8);
        let refused = call(&contract, message(id(function), 64, &argument), enough_for_eight);
        assert!(refused.is_err(), "the worst case does not fit");
    });
}

fn functions() -> impl Strategy<Value = u32> {
    prop_oneof![
        8 => proptest::sample::select(Function::ALL.to_vec()).prop_map(id),
        1 => any::<u32>(),
        1 => any::<u16>().prop_map(|id| u32::from(EXTENSION_ID) << 16 | u32::from(id)),
    ]
}

/// A chain with a deal of a contract.
fn with_deal() -> (RefCell<sp_io::TestExternalities>, AccountId, DealId) {
    let mut chain = new_chain();
    let (contract, deal) = chain.execute_with(|| {
        let providers = [register(1), register(2)];
        let contract = deploy(messenger(), 0, 1000 * UNIT);
        let deal: DealId = ask(&contract, Request::OpenDeal(offer(&contract, 1, &providers, 10, UNIT))).ok();
        (contract, deal)
    });
    (RefCell::new(chain), contract, deal)
}

#[test]
fn no_bytes_trap_a_contract_or_change_the_state() {
    let (chain, contract, _) = with_deal();
    let bytes = proptest::collection::vec(any::<u8>(), 0..6000);
    proptest!(|(function in functions(), argument in bytes, buffer in 0u32..4000)| {
        chain.borrow_mut().execute_with(|| {
            let before = state();
            let heard = call(&contract, message(function, buffer, &argument), GAS);
            let heard = heard.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
            prop_assert!(Code::ALL.iter().any(|code| code.number() == heard.status));
            prop_assert!(before == state());
            Ok(())
        })?;
    });
}

#[test]
fn right_arguments_with_a_wrong_byte_change_nothing_unless_they_are_right_again() {
    let (chain, contract, deal) = with_deal();
    let requests = chain.borrow_mut().execute_with(|| {
        let providers = [account(1), account(2)];
        [
            Request::OpenDeal(offer(&contract, 2, &providers, 10, UNIT)),
            Request::ExtendDeal(extension(deal, 20)),
            Request::TerminateDeal(deal),
            Request::CloseDeal(deal),
        ]
    });
    let at = any::<proptest::sample::Index>();
    proptest!(|(request in proptest::sample::select(requests.to_vec()), at in at, flip in 1u8..)| {
        let (function, mut argument) = request.encode();
        argument[at.index(request.encode().1.len())] ^= flip;
        chain.borrow_mut().execute_with(|| {
            // All of it in a layer that is thrown away, so that each case begins with the same chain.
            let (status, changed) = frame_support::storage::transactional::with_transaction(|| {
                let before = state();
                let heard = send(&contract, id(function), &argument);
                let outcome = (heard.status, before != state());
                frame_support::storage::TransactionOutcome::Rollback(Ok::<_, sp_runtime::DispatchError>(outcome))
            })
            .unwrap();
            prop_assert_eq!(changed, status == 0);
            Ok(())
        })?;
    });
}

proptest! {
    #[test]
    fn what_is_decoded_is_encoded_to_the_same_bytes(
        function in proptest::sample::select(Function::ALL.to_vec()),
        argument in proptest::collection::vec(any::<u8>(), 0..6000),
    ) {
        if let Ok(request) = Request::decode(function, &argument) {
            let (same, bytes) = request.encode();
            prop_assert_eq!(same, function);
            prop_assert_eq!(bytes, argument);
        }
    }
}
