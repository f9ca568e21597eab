//! What an attacker tries, and what it gets.

use crate::{Call, Challenges, Deals, Error, Owed, Providers, Slots, mock::*, prove::ProofRefused, types::*};
use blocs_primitives::{DealId, SlotId, SlotIndex};
use frame_support::{assert_noop, assert_ok, dispatch::GetDispatchInfo, traits::UnfilteredDispatchable};
use sp_runtime::DispatchError;

fn next_challenge(who: &blocs_primitives::AccountId) -> blocs_primitives::Challenge {
    let before = Challenges::<Runtime>::get(who).map(|challenge| challenge.period);
    for _ in 0..3 * PERIOD {
        next_block();
        if let Some(challenge) = Challenges::<Runtime>::get(who).filter(|new| Some(new.period) != before) {
            return challenge;
        }
    }
    panic!("no challenge within three periods");
}

#[test]
fn last_periods_proof_does_not_answer_this_periods_challenge() {
    run(|| {
        let who = register(1);
        for salt in 1..=6 {
            open(20, salt, &[who.clone()], 9, UNIT);
        }
        let first = next_challenge(&who);
        let old = answers(&who, &[]).unwrap();
        assert_ok!(submit(&who, old.clone()));
        let second = next_challenge(&who);
        assert_ne!(first.pieces, second.pieces);
        assert_eq!(submit(&who, old.clone()), Err(ProofRefused::NoChallenge.into()));
        let relabelled = (second.period, old.1, None);
        assert_eq!(submit(&who, relabelled), Err(ProofRefused::WrongPiece.into()));
    });
}

#[test]
fn two_providers_with_the_same_holdings_are_asked_for_different_pieces() {
    run(|| {
        let providers = [register(1), register(2)];
        for salt in 1..=30 {
            open(20, salt, &providers, 9, UNIT);
        }
        let [first, second] = [next_challenge(&providers[0]), next_challenge(&providers[1])];
        let slots = |challenge: &blocs_primitives::Challenge| -> Vec<_> {
            challenge.pieces.iter().map(|piece| piece.slot.deal).collect()
        };
        assert_ne!(slots(&first), slots(&second));
    });
}

#[test]
fn a_quote_cannot_be_used_after_it_expired_nor_on_another_chain() {
    run(|| {
        let who = register(1);
        let owner = account(20);
        let late = offer(&owner, 1, &[who.clone()], 1, 3, UNIT);
        let elsewhere = offer(&owner, 2, &[who], 1, 3, UNIT);
        frame_system::BlockHash::<Runtime>::insert(0, blocs_primitives::Hash::repeat_byte(9));
        assert_noop!(
            Market::open_deal(RuntimeOrigin::signed(owner.clone()), elsewhere),
            Error::<Runtime>::BadQuote
        );
        System::set_block_number(System::block_number() + PERIOD + 1);
        assert_noop!(
            Market::open_deal(RuntimeOrigin::signed(owner), late),
            Error::<Runtime>::QuoteExpired
        );
    });
}

#[test]
fn an_owner_who_is_its_own_provider_loses_the_treasurys_cut() {
    run(|| {
        let who = register(20);
        let before = Balances::free_balance(&who);
        let deal = open(20, 1, &[who.clone()], 3, 100 * UNIT);
        periods(6, &[who.clone()]);
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(who.clone()), deal));
        assert_ok!(Market::claim(RuntimeOrigin::signed(who.clone())));
        assert_eq!(before - Balances::free_balance(&who), 3 * 100 * UNIT * 5 / 100);
    });
}

#[test]
fn losing_a_little_and_proving_the_rest_is_not_possible_for_long() {
    run(|| {
        let who = register(1);
        let deals: Vec<_> = (1..=10).map(|salt| open(20, salt, &[who.clone()], 100, UNIT)).collect();
        let lost = SlotId {
            deal: deals[4],
            index: SlotIndex(0),
        };
        // It proves when the lost slot is not asked for, and stays silent otherwise.
        let mut silent = 0;
        for _ in 0..12 * PERIOD {
            next_block();
            let challenge = Challenges::<Runtime>::get(&who);
            match challenge.map(|challenge| challenge.pieces.iter().any(|piece| piece.slot == lost)) {
                Some(false) => assert!(prove(&who)),
                Some(true) => silent += 1,
                None => {}
            }
            if Providers::<Runtime>::get(&who).unwrap().status == ProviderStatus::Faulted {
                assert!(silent > 0);
                return;
            }
        }
        panic!("the piece that was missed is carried: it must be answered or conceded, or the provider is faulted");
    });
}

#[test]
fn nobody_can_concede_for_a_provider_or_lose_its_slots() {
    run(|| {
        let (who, other) = (register(1), register(2));
        let deal = open(20, 1, &[who.clone()], 9, UNIT);
        let slot = SlotId {
            deal,
            index: SlotIndex(0),
        };
        next_challenge(&who);
        let (period, conceding, _) = answers(&who, &[slot]).unwrap();
        let forged = blocs_primitives::Concession {
            genesis: System::block_hash(0),
            provider: who.clone(),
            period,
            slots: Challenges::<Runtime>::get(&who)
                .unwrap()
                .pieces
                .iter()
                .map(|piece| piece.slot)
                .collect(),
        };
        let signature = sp_core::Pair::sign(&operator(&other), &forged.signing_payload());
        assert_eq!(
            submit(&who, (period, conceding, Some(signature))),
            Err(ProofRefused::WrongConcession.into())
        );
        assert_noop!(
            Market::declare_lost(RuntimeOrigin::signed(other), slot),
            Error::<Runtime>::NotProvider
        );
    });
}

#[test]
fn terminating_at_once_still_pays_the_provider_its_least_periods() {
    run(|| {
        let who = register(1);
        let deal = open(20, 1, &[who.clone()], 90, UNIT);
        assert_ok!(Market::terminate_deal(RuntimeOrigin::signed(account(20)), deal));
        periods(6, &[who.clone()]);
        assert_eq!(Providers::<Runtime>::get(&who).unwrap().accrued, 2 * UNIT * 95 / 100);
    });
}

#[test]
fn a_provider_with_slots_cannot_take_its_bond_away() {
    run(|| {
        let who = register(1);
        open(20, 1, &[who.clone()], 90, UNIT);
        assert_ok!(Market::announce_exit(RuntimeOrigin::signed(who.clone())));
        assert_noop!(
            Market::deregister(RuntimeOrigin::signed(who)),
            Error::<Runtime>::SlotsOpen
        );
    });
}

#[test]
fn a_lost_slot_ends_with_its_deal_and_its_bounty_goes_to_the_treasury() {
    run(|| {
        let (who, other) = (register(1), register(2));
        let deal = open(20, 1, &[who.clone(), other.clone()], 3, UNIT);
        let slot = SlotId {
            deal,
            index: SlotIndex(0),
        };
        assert_ok!(Market::declare_lost(RuntimeOrigin::signed(who.clone()), slot));
        assert_eq!(
            Slots::<Runtime>::get(deal, SlotIndex(0)).unwrap().status,
            SlotStatus::Lost
        );
        assert_noop!(
            Market::close_slot(RuntimeOrigin::signed(who.clone()), slot),
            Error::<Runtime>::NotEnded
        );
        check();
        periods(6, &[who, other]);
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
        assert!(!Deals::<Runtime>::contains_key(deal));
    });
}

#[test]
fn a_faulted_providers_slots_are_not_paid_and_its_owner_gets_the_money_back() {
    run(|| {
        let who = register(1);
        let before = Balances::free_balance(account(20));
        let deal = open(20, 1, &[who], 8, UNIT);
        periods(11, &[]);
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
        assert_eq!(Balances::free_balance(account(20)), before);
    });
}

#[test]
fn the_pool_keeps_its_existential_deposit_when_all_is_paid_out() {
    run(|| {
        let who = register(1);
        assert_ok!(Market::update_terms(
            RuntimeOrigin::signed(who.clone()),
            terms(1 << 40, 0)
        ));
        let deal = open(20, 1, &[who.clone()], 1, 1);
        periods(5, &[who.clone()]);
        // One planck: less than any account may hold, yet nothing gets stuck.
        assert_ok!(Market::close_deal(RuntimeOrigin::signed(account(20)), deal));
        assert_ok!(Market::claim(RuntimeOrigin::signed(who)));
        assert_eq!(Owed::<Runtime>::get(), 0);
    });
}

/// Who may make a call.
enum Who {
    Anyone,
    Root,
    Nobody,
}

#[test]
fn every_call_accepts_its_origin_and_no_other() {
    run(|| {
        let slot = SlotId::default();
        let registration = Registration {
            operator: sp_core::sr25519::Public::from_raw([1; 32]),
            bond: 100 * UNIT,
            terms: terms(1, 1),
        };
        let calls: Vec<(Call<Runtime>, Who)> = vec![
            (Call::register { registration }, Who::Anyone),
            (Call::update_terms { terms: terms(1, 1) }, Who::Anyone),
            (Call::top_up { amount: 1 }, Who::Anyone),
            (Call::announce_exit {}, Who::Anyone),
            (Call::resume {}, Who::Anyone),
            (Call::deregister {}, Who::Anyone),
            (
                Call::open_deal {
                    offer: offer(&account(20), 1, &[], 1, 1, 1),
                },
                Who::Anyone,
            ),
            (
                Call::prove {
                    provider: account(1),
                    period: 0,
                    answers: Default::default(),
                    concession: None,
                },
                Who::Nobody,
            ),
            (Call::close_slot { slot }, Who::Anyone),
            (
                Call::close_deal {
                    deal: DealId::default(),
                },
                Who::Anyone,
            ),
            (
                Call::terminate_deal {
                    deal: DealId::default(),
                },
                Who::Anyone,
            ),
            (Call::claim {}, Who::Anyone),
            (Call::declare_lost { slot }, Who::Anyone),
            (Call::set_params { params: params() }, Who::Root),
        ];
        for (call, who) in calls {
            let refused = |origin: RuntimeOrigin| {
                call.clone()
                    .dispatch_bypass_filter(origin)
                    .is_err_and(|error| error.error == DispatchError::BadOrigin)
            };
            assert!(
                refused(RuntimeOrigin::none()),
                "{call:?} must not run without an origin"
            );
            assert_eq!(
                refused(RuntimeOrigin::signed(account(30))),
                !matches!(who, Who::Anyone),
                "{call:?}"
            );
            assert_eq!(refused(RuntimeOrigin::root()), !matches!(who, Who::Root), "{call:?}");
            assert!(
                call.get_dispatch_info().call_weight.ref_time() > 0,
                "{call:?} costs something"
            );
        }
    });
}
