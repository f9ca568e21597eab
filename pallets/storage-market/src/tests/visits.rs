//! What a visit does with periods: starts and ends, rolls, draws, and what happens between two visits.

use crate::{Challenges, Error, Event, Holdings, PeriodLedger, Providers, Ring, Slots, mock::*, types::*};
use blocs_primitives::{AccountId, Answer, DealId, PieceChallenge, Root, SlotId, SlotIndex};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, dispatch::GetDispatchInfo};
use sp_runtime::traits::DispatchTransaction;
use std::collections::BTreeMap;

fn provider(who: &AccountId) -> Provider {
    Providers::<Runtime>::get(who).unwrap()
}

fn first_slot(deal: DealId) -> SlotId {
    SlotId {
        deal,
        index: SlotIndex(0),
    }
}

/// Goes on until the provider is visited in the current period.
fn until_visited(who: &AccountId) {
    for _ in 0..2 * PERIOD {
        next_block();
        if System::block_number() % PERIOD == provider(who).place {
            return;
        }
    }
    panic!("no visit within two periods");
}

/// Opens a deal of one slot of `size` bytes.
fn open_sized(who: &AccountId, salt: u8, duration: u32, size: u64) -> DealId {
    let owner = account(20);
    let offer = sized_offer(&owner, salt, core::slice::from_ref(who), 1, duration, UNIT, size);
    let id = DealId::derive(&owner, &offer.salt);
    assert_ok!(Market::open_deal(RuntimeOrigin::signed(owner), offer));
    id
}

#[test]
fn a_deal_opened_after_the_visit_neither_pays_nor_is_asked_for_in_that_period() {
    run(|| {
        let who = register(1);
        open(20, 1, &[who.clone()], 9, UNIT);
        until_visited(&who);
        until_visited(&who);
        let before = Challenges::<Runtime>::get(&who).unwrap();
        let late = open(20, 2, &[who.clone()], 9, 7 * UNIT);
        assert_eq!(Challenges::<Runtime>::get(&who).unwrap(), before);
        assert!(prove(&who));
        assert_eq!(provider(&who).accrued, UNIT * 95 / 100);
        let start = Slots::<Runtime>::get(late, SlotIndex(0)).unwrap().start;
        assert_eq!(start, Market::current_period() + 1);
        until_visited(&who);
        assert_eq!(Challenges::<Runtime>::get(&who).unwrap().pay, 8 * UNIT);
    });
}

#[test]
fn nobody_is_asked_or_punished_before_the_first_deal_starts_nor_after_the_last_has_ended() {
    run(|| {
        let who = register(1);
        periods(3, &[]);
        assert_eq!((provider(&who).misses, provider(&who).bond), (0, 1000 * UNIT));
        // Opened just before the visit of the same period: the visit must not ask for it yet.
        while (System::block_number() + 1) % PERIOD != provider(&who).place {
            next_block();
        }
        let deal = open(20, 1, &[who.clone()], 1, UNIT);
        let opened_in = Market::current_period();
        until_visited(&who);
        if Market::current_period() == opened_in {
            assert!(!Challenges::<Runtime>::contains_key(&who));
            until_visited(&who);
        }
        assert_eq!(Challenges::<Runtime>::get(&who).unwrap().period, opened_in + 1);
        assert!(prove(&who));
        // Over, and not closed by anybody: it still counts as held, but nothing is asked.
        periods(4, &[]);
        assert!(!Challenges::<Runtime>::contains_key(&who));
        assert_eq!((provider(&who).misses, provider(&who).slots), (0, 1));
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
    });
}

#[test]
fn a_slot_closes_only_after_its_provider_was_visited_in_the_end_period() {
    run(|| {
        let who = register(1);
        let deal = open(20, 1, &[who.clone()], 2, UNIT);
        let end = Slots::<Runtime>::get(deal, SlotIndex(0)).unwrap().end;
        while provider(&who).period < end {
            assert_noop!(
                Market::close_slot(RuntimeOrigin::signed(who.clone()), first_slot(deal)),
                Error::<Runtime>::NotEnded
            );
            next_block();
            prove(&who);
        }
        assert_ok!(Market::close_slot(RuntimeOrigin::signed(who.clone()), first_slot(deal)));
        let paid = events().into_iter().find_map(|event| match event {
            Event::SlotClosed { paid, refunded, .. } => Some((paid, refunded)),
            _ => None,
        });
        assert_eq!(paid, Some((2 * UNIT, 0)));
        assert_eq!(PeriodLedger::<Runtime>::iter().count(), 0);
    });
}

#[test]
fn exit_and_resume_between_two_visits_do_not_wipe_out_misses() {
    run(|| {
        let who = register(1);
        open(20, 1, &[who.clone()], 30, UNIT);
        for _ in 0..6 * PERIOD {
            next_block();
            let _ = Market::announce_exit(RuntimeOrigin::signed(who.clone()));
            if provider(&who).status == ProviderStatus::Draining {
                assert_ok!(Market::resume(RuntimeOrigin::signed(who.clone())));
            }
        }
        assert_eq!(provider(&who).status, ProviderStatus::Faulted);
    });
}

#[test]
fn a_fault_takes_its_share_once_and_the_repair_fund_goes_to_the_treasury_on_return() {
    run(|| {
        let who = register(1);
        open(20, 1, &[who.clone()], 40, UNIT);
        periods(8, &[]);
        let faults = events()
            .iter()
            .filter(|event| matches!(event, Event::Faulted { .. }))
            .count();
        assert_eq!(faults, 1);
        let fund = provider(&who).repair_fund;
        assert_eq!(fund, 10 * UNIT);
        let before = treasury();
        assert_ok!(Market::resume(RuntimeOrigin::signed(who.clone())));
        assert_eq!(treasury(), before + fund);
        assert_eq!(provider(&who).repair_fund, 0);
    });
}

#[test]
fn a_provider_whose_bond_fell_below_half_is_faulted_at_its_next_miss_and_must_top_up() {
    run(|| {
        let who = register(1);
        open(20, 1, &[who.clone()], 40, UNIT);
        let raised = crate::Params {
            min_bond: 2500 * UNIT,
            ..params()
        };
        assert_ok!(Market::set_params(RuntimeOrigin::root(), raised));
        periods(3, &[who.clone()]);
        assert_eq!(provider(&who).status, ProviderStatus::Active);
        periods(1, &[]);
        next_block();
        periods(1, &[]);
        assert_eq!(provider(&who).status, ProviderStatus::Faulted);
        assert_noop!(
            Market::resume(RuntimeOrigin::signed(who.clone())),
            Error::<Runtime>::BondTooLow
        );
        assert_ok!(Market::top_up(RuntimeOrigin::signed(who.clone()), 2500 * UNIT));
        assert_ok!(Market::resume(RuntimeOrigin::signed(who)));
    });
}

#[test]
fn a_slot_lost_before_it_started_is_refunded_whole_and_leaves_no_trace_in_the_periods() {
    run(|| {
        let who = register(1);
        let deal = open(20, 1, &[who.clone()], 5, UNIT);
        assert_ok!(Market::declare_lost(
            RuntimeOrigin::signed(who.clone()),
            first_slot(deal)
        ));
        assert_eq!(PeriodLedger::<Runtime>::iter().count(), 0);
        assert_eq!(Holdings::<Runtime>::iter().count(), 0);
        assert_eq!(crate::Deals::<Runtime>::get(deal).unwrap().refundable, 5 * UNIT);
        // The provider may leave: nothing of the deal is with it any more.
        assert_ok!(Market::deregister(RuntimeOrigin::signed(who)));
        periods(7, &[]);
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
    });
}

#[test]
fn a_slot_declared_lost_in_mid_period_leaves_the_open_challenges_pay() {
    run(|| {
        let who = register(1);
        let deals: Vec<_> = (1..=40).map(|salt| open(20, salt, &[who.clone()], 9, UNIT)).collect();
        until_visited(&who);
        until_visited(&who);
        let challenge = Challenges::<Runtime>::get(&who).unwrap();
        let unnamed = deals
            .iter()
            .map(|deal| first_slot(*deal))
            .find(|slot| challenge.pieces.iter().all(|piece| piece.slot != *slot))
            .unwrap();
        assert_ok!(Market::declare_lost(RuntimeOrigin::signed(who.clone()), unnamed));
        check();
        assert_eq!(Challenges::<Runtime>::get(&who).unwrap().pay, 39 * UNIT);
        assert!(prove(&who));
        assert_eq!(provider(&who).accrued, 39 * UNIT * 95 / 100);
        // Its owner gets all five of its periods back, and the others' owners nothing.
        assert_eq!(crate::Deals::<Runtime>::get(unnamed.deal).unwrap().refundable, 9 * UNIT);
    });
}

#[test]
fn a_deal_terminated_before_and_after_the_visit_of_the_period_ends_alike() {
    for visited in [false, true] {
        run(|| {
            // The first place on the ring is visited in the first block of a period, the second in its middle.
            register(1);
            let who = register(2);
            let deal = open(20, 1, &[who.clone()], 50, UNIT);
            periods(5, &[who.clone()]);
            while (provider(&who).period == Market::current_period()) != visited {
                next_block();
                prove(&who);
            }
            let now = Market::current_period();
            assert_ok!(Market::terminate_deal(RuntimeOrigin::signed(account(20)), deal));
            assert_eq!(crate::Deals::<Runtime>::get(deal).unwrap().end, now + 1);
            check();
            periods(3, &[who.clone()]);
            assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
            // Paid for every period from the start to the one in which it was terminated.
            assert_eq!(provider(&who).accrued, u128::from(now) * UNIT * 95 / 100);
        });
    }
}

#[test]
fn a_carried_piece_is_dropped_when_its_slot_has_left() {
    run(|| {
        let who = register(1);
        let short = open(20, 1, &[who.clone()], 1, UNIT);
        open(20, 2, &[who.clone()], 20, UNIT);
        until_visited(&who);
        let named = |slot: SlotId| {
            let challenge = Challenges::<Runtime>::get(&who).unwrap();
            let carried = challenge.pieces[usize::try_from(challenge.drawn).unwrap()..].to_vec();
            carried.iter().filter(|piece| piece.slot == slot).count()
        };
        let asked = Challenges::<Runtime>::get(&who).unwrap().pieces;
        let asked = asked.iter().filter(|piece| piece.slot.deal == short).count();
        assert!(asked > 0, "with this seed the short deal is asked for");
        until_visited(&who);
        assert_eq!(
            named(first_slot(short)),
            asked,
            "carried while it is there, though it is over"
        );
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), short));
        until_visited(&who);
        assert_eq!(named(first_slot(short)), 0);
    });
}

#[test]
fn a_visit_that_failed_is_caught_up_and_no_slot_is_miscounted() {
    run(|| {
        let who = register(1);
        let deals = [1, 2, 3].map(|duration| open(20, u8::try_from(duration).unwrap(), &[who.clone()], duration, UNIT));
        periods(2, &[who.clone()]);
        // As if its visits failed for a while: it is not in its bucket.
        let place = provider(&who).place;
        Ring::<Runtime>::remove(place);
        periods(3, &[]);
        Ring::<Runtime>::insert(place, frame_support::BoundedVec::truncate_from(vec![who.clone()]));
        assert!(provider(&who).period + 2 < Market::current_period());
        periods(5, &[who.clone()]);
        assert_eq!(provider(&who).period, Market::current_period());
        check();
        for deal in deals {
            assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
        }
        assert_eq!(PeriodLedger::<Runtime>::iter().count(), 0);
    });
}

#[test]
fn a_provider_whose_tree_is_damaged_is_not_asked_and_not_punished() {
    new_chain().execute_with(|| {
        let who = register(1);
        open(20, 1, &[who.clone()], 9, UNIT);
        Holdings::<Runtime>::remove((&who, 3u8, 0u32));
        let bond = provider(&who).bond;
        periods(4, &[]);
        assert_eq!(provider(&who).period, Market::current_period());
        assert_eq!((provider(&who).misses, provider(&who).bond), (0, bond));
    });
}

#[test]
fn pieces_of_large_slots_are_proved_by_their_paths_and_by_no_others() {
    run(|| {
        let who = register(1);
        for salt in 1..=4 {
            open_sized(&who, salt, 9, 70_000);
        }
        until_visited(&who);
        until_visited(&who);
        let (period, right, _) = answers(&who, &[]).unwrap();
        let challenge = Challenges::<Runtime>::get(&who).unwrap();
        let asked = challenge.pieces[0].clone();
        let other_piece = PieceChallenge {
            piece: (asked.piece + 1) % 68,
            ..asked.clone()
        };
        let other_slot = challenge
            .pieces
            .iter()
            .find(|piece| piece.slot != asked.slot)
            .cloned()
            .unwrap();
        let same_place_elsewhere = PieceChallenge {
            piece: asked.piece,
            ..other_slot
        };
        for wrong in [other_piece, same_place_elsewhere] {
            let mut wrong_answers = right.clone();
            wrong_answers[0] = Answer::Piece(piece_proof(&wrong));
            assert_eq!(
                submit(&who, (period, wrong_answers, None)),
                Err(crate::prove::ProofRefused::WrongPiece.into())
            );
        }
        assert_ok!(submit(&who, (period, right, None)));
    });
}

#[test]
fn a_proof_goes_through_the_transaction_extension_without_fee_or_signer_and_only_while_it_is_right() {
    run(|| {
        let who = register(1);
        open(20, 1, &[who.clone()], 9, UNIT);
        until_visited(&who);
        until_visited(&who);
        let (period, right, _) = answers(&who, &[]).unwrap();
        let call = |answers: &crate::prove::Answers| -> RuntimeCall {
            crate::Call::prove {
                provider: who.clone(),
                period,
                answers: answers.clone(),
                concession: None,
            }
            .into()
        };
        let send = |call: RuntimeCall| {
            let extension = frame_system::AuthorizeCall::<Runtime>::new();
            let (info, length) = (call.get_dispatch_info(), call.encoded_size());
            extension.dispatch_transaction(frame_system::RawOrigin::None.into(), call, &info, length, 0)
        };
        let mut wrong = right.clone();
        wrong[0] = Answer::Conceded;
        assert!(send(call(&wrong)).is_err(), "an invalid proof does not enter a block");

        let info = call(&right).get_dispatch_info();
        assert_eq!(info.class, frame_support::dispatch::DispatchClass::Operational);
        assert_eq!(info.pays_fee, frame_support::dispatch::Pays::No);
        let source = sp_runtime::transaction_validity::TransactionSource::External;
        let (valid, _) = Market::authorize_prove(source, &who, &period, &right, &None).unwrap();
        assert_eq!(valid.provides.len(), 1);
        assert_eq!((valid.longevity, valid.propagate), (u64::from(PERIOD), true));

        assert_ok!(send(call(&right)).unwrap());
        assert_eq!(provider(&who).proven, 1);
        assert!(send(call(&right)).is_err(), "it fits once");
    });
}

#[test]
fn half_of_the_draws_follow_the_bytes_and_half_the_slots() {
    run(|| {
        let who = register(1);
        // Slots of 1, 2 and 5 pieces.
        let sizes: BTreeMap<_, _> = [(1u8, 1u64), (2, 2), (3, 5)]
            .map(|(salt, pieces)| (open_sized(&who, salt, 900, pieces * 1024), pieces))
            .into();
        let paused = crate::Params {
            slashing_paused: true,
            pieces_per_challenge: 32,
            ..params()
        };
        assert_ok!(Market::set_params(RuntimeOrigin::root(), paused));
        let mut by_bytes: BTreeMap<(u64, u64), u32> = BTreeMap::new();
        let mut by_slots: BTreeMap<(u64, u64), u32> = BTreeMap::new();
        for _ in 0..200 {
            until_visited(&who);
            for (number, piece) in Challenges::<Runtime>::get(&who)
                .iter()
                .flat_map(|challenge| challenge.pieces[..32].iter().enumerate())
            {
                let counts = if number % 2 == 0 { &mut by_bytes } else { &mut by_slots };
                *counts.entry((sizes[&piece.slot.deal], piece.piece)).or_default() += 1;
            }
        }
        // Some 3,190 draws of each kind. Bytes: each of the eight pieces 1/8. Slots: each slot 1/3, its pieces alike.
        assert_eq!((by_bytes.len(), by_slots.len()), (8, 8));
        let near = |count: u32, share: f64| (f64::from(count) / 3190.0 - share).abs() < 0.03;
        for ((pieces, piece), count) in by_bytes {
            assert!(near(count, 1.0 / 8.0), "by bytes, {piece} of {pieces}: {count}");
        }
        for ((pieces, piece), count) in by_slots {
            let share = 1.0 / 3.0 / f64::from(u32::try_from(pieces).unwrap());
            assert!(near(count, share), "by slots, {piece} of {pieces}: {count}");
        }
    });
}

#[test]
fn what_a_visit_reads_does_not_grow_with_the_number_of_slots() {
    let nodes_read = |slots: u32| {
        let mut chain = new_chain();
        let who = chain.execute_with(|| {
            let who = register(1);
            let mut record = provider(&who);
            record.rate = 1;
            for number in 0..slots {
                let id = SlotId {
                    deal: DealId(sp_core::H256(sp_io::hashing::blake2_256(&number.to_le_bytes()))),
                    index: SlotIndex(0),
                };
                let position = crate::holdings::insert::<Runtime>(&who, &mut record, id, 8).unwrap();
                let slot = Slot {
                    provider: who.clone(),
                    root: Root::default(),
                    size: 8192,
                    rate: 1,
                    start: 0,
                    end: 1000,
                    position,
                    status: SlotStatus::Live,
                };
                Slots::<Runtime>::insert(id.deal, id.index, slot);
            }
            Providers::<Runtime>::insert(&who, record);
            who
        });
        chain.commit_all().unwrap();
        let seed = Some(blocs_primitives::Hash::repeat_byte(1));
        let (visited, proof) = chain.execute_and_prove(|| Market::visit(&who, 1, seed, &params()));
        assert_ok!(visited);
        chain.execute_with(|| assert_eq!(Challenges::<Runtime>::get(&who).unwrap().pieces.len(), 8));
        proof.into_iter_nodes().count()
    };
    let (few, many) = (nodes_read(100), nodes_read(20_000));
    println!("{few} trie nodes for 100 slots, {many} for 20,000");
    // Eight draws meet other slots each, and the trie itself is one or two levels deeper: that is all.
    assert!(many < 3 * few, "{few} trie nodes for 100 slots, {many} for 20,000");
}

#[test]
fn a_quote_outlives_no_deal_so_it_cannot_open_a_second_one() {
    run(|| {
        let who = register(1);
        let owner = account(20);
        let offer = offer(&owner, 1, &[who.clone()], 1, 1, UNIT);
        let id = DealId::derive(&owner, &offer.salt);
        assert_ok!(Market::open_deal(RuntimeOrigin::signed(owner.clone()), offer.clone()));
        while Market::close_deal(RuntimeOrigin::signed(owner.clone()), id).is_err() {
            next_block();
            prove(&who);
        }
        assert_noop!(
            Market::open_deal(RuntimeOrigin::signed(owner), offer),
            Error::<Runtime>::QuoteExpired
        );
    });
}

#[test]
fn a_refund_that_is_too_little_for_an_owner_who_is_gone_does_not_block_the_close() {
    run(|| {
        let free = crate::Params {
            deposit_per_item: 0,
            deposit_per_byte: 0,
            ..params()
        };
        assert_ok!(Market::set_params(RuntimeOrigin::root(), free));
        let who = register(1);
        let deal = open(20, 1, &[who.clone()], 2, 1_000_000);
        let heir = account(30);
        assert_ok!(Balances::transfer_all(RuntimeOrigin::signed(account(20)), heir, false));
        assert_eq!(Balances::free_balance(account(20)), 0);
        // Never proven: two million planck are due to nobody.
        periods(5, &[]);
        let before = treasury();
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(who), deal));
        assert_eq!(treasury(), before + 2_000_000);
    });
}
