//! Challenges, proofs, misses, faults, concessions.

use crate::{Challenges, Event, Providers, Repairs, Slots, mock::*, prove::ProofRefused, types::*};
use blocs_primitives::{Answer, SlotId, SlotIndex};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::transaction_validity::TransactionValidityError;

fn slot(deal: blocs_primitives::DealId, index: u16) -> SlotId {
    SlotId {
        deal,
        index: SlotIndex(index),
    }
}

/// Goes on until the provider has a challenge.
fn until_challenged(provider: &blocs_primitives::AccountId) {
    for _ in 0..3 * PERIOD {
        next_block();
        if Challenges::<Runtime>::contains_key(provider) {
            return;
        }
    }
    panic!("no challenge within three periods");
}

fn refused(reason: ProofRefused) -> Result<(), TransactionValidityError> {
    Err(reason.into())
}

#[test]
fn a_proven_period_is_paid_less_the_treasurys_cut() {
    run(|| {
        let who = register(1);
        open(20, 1, &[who.clone()], 3, UNIT);
        until_challenged(&who);
        assert!(prove(&who));
        assert_eq!(Providers::<Runtime>::get(&who).unwrap().accrued, UNIT * 95 / 100);
        assert_eq!(treasury(), UNIT * 5 / 100);
        check();
        assert_ok!(Market::claim(RuntimeOrigin::signed(who.clone())));
        assert_noop!(
            Market::claim(RuntimeOrigin::signed(who)),
            crate::Error::<Runtime>::NothingToClaim
        );
    });
}

#[test]
fn a_proof_fits_once_and_only_the_open_challenge() {
    run(|| {
        let (who, other) = (register(1), register(2));
        open(20, 1, &[who.clone(), other], 3, UNIT);
        until_challenged(&who);
        let proof = answers(&who, &[]).unwrap();
        assert_eq!(submit(&account(9), proof.clone()), refused(ProofRefused::NoChallenge));
        let mut early = proof.clone();
        early.0 += 1;
        assert_eq!(submit(&who, early), refused(ProofRefused::NoChallenge));
        assert_ok!(submit(&who, proof.clone()));
        assert_eq!(submit(&who, proof), refused(ProofRefused::NoChallenge));
    });
}

#[test]
fn a_proof_with_other_bytes_or_too_few_answers_is_refused() {
    run(|| {
        let who = register(1);
        open(20, 1, &[who.clone()], 3, UNIT);
        until_challenged(&who);
        let (period, right, _) = answers(&who, &[]).unwrap();

        let mut altered = right.clone();
        let Some(Answer::Piece(piece)) = altered.last_mut() else {
            panic!("a piece")
        };
        piece.piece[17] ^= 1;
        assert_eq!(submit(&who, (period, altered, None)), refused(ProofRefused::WrongPiece));

        let fewer = right.into_iter().skip(1).collect::<Vec<_>>().try_into().unwrap();
        assert_eq!(submit(&who, (period, fewer, None)), refused(ProofRefused::WrongNumber));
    });
}

#[test]
fn a_concession_needs_the_operators_signature_over_exactly_these_slots() {
    run(|| {
        let who = register(1);
        let deal = open(20, 1, &[who.clone()], 3, UNIT);
        until_challenged(&who);
        let (period, conceding, signature) = answers(&who, &[slot(deal, 0)]).unwrap();
        assert_eq!(
            submit(&who, (period, conceding.clone(), None)),
            refused(ProofRefused::WrongConcession)
        );
        let mut wrong = signature.unwrap();
        wrong.0[5] ^= 1;
        assert_eq!(
            submit(&who, (period, conceding, Some(wrong))),
            refused(ProofRefused::WrongConcession)
        );
        let (period, proving, _) = answers(&who, &[]).unwrap();
        assert_eq!(
            submit(&who, (period, proving, signature)),
            refused(ProofRefused::WrongConcession)
        );
    });
}

#[test]
fn a_missed_proof_costs_the_period_and_a_small_slash() {
    run(|| {
        let who = register(1);
        open(20, 1, &[who.clone()], 5, UNIT);
        until_challenged(&who);
        let bond = Providers::<Runtime>::get(&who).unwrap().bond;
        periods(1, &[]);
        let provider = Providers::<Runtime>::get(&who).unwrap();
        // 0.5 % of the required bond, which is the minimum of 100 units here.
        assert_eq!(bond - provider.bond, UNIT / 2);
        assert_eq!((provider.misses, provider.proven, provider.accrued), (1, 0, 0));
        assert!(prove(&who));
        assert_eq!(Providers::<Runtime>::get(&who).unwrap().misses, 0);
    });
}

#[test]
fn the_pieces_of_a_first_miss_are_carried_until_they_are_answered() {
    run(|| {
        let who = register(1);
        for salt in 1..20 {
            open(20, salt, &[who.clone()], 9, UNIT);
        }
        until_challenged(&who);
        let first = Challenges::<Runtime>::get(&who).unwrap();
        periods(1, &[]);
        let second = Challenges::<Runtime>::get(&who).unwrap();
        assert_eq!(second.pieces.len(), 16);
        assert_eq!(second.pieces[8..], first.pieces[..]);
        periods(1, &[]);
        let third = Challenges::<Runtime>::get(&who).unwrap();
        assert_eq!(third.pieces[8..], first.pieces[..]);
        assert_ne!(third.pieces[..8], second.pieces[..8]);
        assert!(prove(&who));
        periods(1, &[]);
        assert_eq!(Challenges::<Runtime>::get(&who).unwrap().pieces.len(), 8);
    });
}

#[test]
fn one_lost_slot_of_many_is_conceded_and_the_others_go_on_earning() {
    run(|| {
        let who = register(1);
        let deals: Vec<_> = (1..=5).map(|salt| open(20, salt, &[who.clone()], 20, UNIT)).collect();
        let lost = slot(deals[2], 0);
        for _ in 0..12 * PERIOD {
            next_block();
            let challenged = Challenges::<Runtime>::get(&who);
            if challenged
                .iter()
                .flat_map(|challenge| &challenge.pieces)
                .any(|piece| piece.slot == lost)
            {
                break;
            }
            prove(&who);
        }
        let before = Providers::<Runtime>::get(&who).unwrap();
        assert_ok!(submit(&who, answers(&who, &[lost]).unwrap()));
        let after = Providers::<Runtime>::get(&who).unwrap();
        assert_eq!(after.accrued - before.accrued, 4 * UNIT * 95 / 100);
        assert_eq!((after.slots, after.rate, after.misses), (4, 4 * UNIT, 0));
        assert_eq!(
            Slots::<Runtime>::get(lost.deal, lost.index).unwrap().status,
            SlotStatus::Lost
        );
        assert!(Repairs::<Runtime>::contains_key(lost.deal, lost.index));
        assert!(before.bond > after.bond);
        check();
        let proven = after.proven;
        periods(2, &[who.clone()]);
        assert_eq!(Providers::<Runtime>::get(&who).unwrap().proven, proven + 2);
    });
}

#[test]
fn conceding_a_slot_that_has_ended_costs_nothing() {
    run(|| {
        let who = register(1);
        let short = open(20, 1, &[who.clone()], 1, UNIT);
        open(20, 2, &[who.clone()], 9, UNIT);
        let ended = slot(short, 0);
        for _ in 0..20 * PERIOD {
            next_block();
            let challenge = Challenges::<Runtime>::get(&who);
            let named = challenge
                .iter()
                .flat_map(|challenge| &challenge.pieces)
                .any(|piece| piece.slot == ended);
            if named && Market::close_slot(RuntimeOrigin::signed(account(20)), ended).is_ok() {
                break;
            }
            prove(&who);
        }
        let bond = Providers::<Runtime>::get(&who).unwrap().bond;
        assert_ok!(submit(&who, answers(&who, &[ended]).unwrap()));
        assert_eq!(Providers::<Runtime>::get(&who).unwrap().bond, bond);
    });
}

#[test]
fn after_too_many_misses_a_provider_is_faulted_and_can_come_back() {
    run(|| {
        let who = register(1);
        open(20, 1, &[who.clone()], 30, UNIT);
        until_challenged(&who);
        periods(3, &[]);
        let provider = Providers::<Runtime>::get(&who).unwrap();
        assert_eq!(provider.status, ProviderStatus::Faulted);
        // Three misses at 0.5 % and the fault at 20 % of 100 units, half of the latter kept for repairs.
        assert_eq!(provider.bond, 1000 * UNIT - 3 * UNIT / 2 - 20 * UNIT);
        assert_eq!(provider.repair_fund, 10 * UNIT);
        check();
        periods(2, &[]);
        assert_eq!(Providers::<Runtime>::get(&who).unwrap().bond, provider.bond);
        assert_ok!(Market::resume(RuntimeOrigin::signed(who.clone())));
        periods(2, &[who.clone()]);
        assert!(Providers::<Runtime>::get(&who).unwrap().accrued > 0);
    });
}

#[test]
fn nobody_is_drawn_or_punished_without_randomness() {
    run(|| {
        let who = register(1);
        open(20, 1, &[who.clone()], 30, UNIT);
        set_randomness(false);
        periods(4, &[]);
        assert!(!Challenges::<Runtime>::contains_key(&who));
        assert_eq!(Providers::<Runtime>::get(&who).unwrap().misses, 0);
    });
}

#[test]
fn while_slashing_is_paused_a_miss_is_only_unpaid() {
    run(|| {
        let who = register(1);
        open(20, 1, &[who.clone()], 30, UNIT);
        let paused = crate::Params {
            slashing_paused: true,
            ..params()
        };
        assert_ok!(Market::set_params(RuntimeOrigin::root(), paused));
        periods(5, &[]);
        let provider = Providers::<Runtime>::get(&who).unwrap();
        assert_eq!((provider.bond, provider.misses, provider.accrued), (1000 * UNIT, 0, 0));
    });
}

#[test]
fn declaring_a_loss_costs_half_but_not_once_a_challenge_names_it() {
    run(|| {
        let who = register(1);
        let deal = open(20, 1, &[who.clone()], 9, UNIT);
        until_challenged(&who);
        assert_noop!(
            Market::declare_lost(RuntimeOrigin::signed(who.clone()), slot(deal, 0)),
            crate::Error::<Runtime>::Challenged
        );
        assert!(prove(&who));
        assert_noop!(
            Market::declare_lost(RuntimeOrigin::signed(account(20)), slot(deal, 0)),
            crate::Error::<Runtime>::NotProvider
        );
        assert_ok!(Market::declare_lost(RuntimeOrigin::signed(who.clone()), slot(deal, 0)));
        let bond_of_slot = params().bond_for(1000).unwrap();
        assert!(matches!(
            events().last(),
            Some(Event::SlotLost { slashed, .. }) if *slashed == bond_of_slot / 10
        ));
        assert_noop!(
            Market::declare_lost(RuntimeOrigin::signed(who), slot(deal, 0)),
            crate::Error::<Runtime>::NotLive
        );
    });
}

#[test]
fn a_huge_slot_does_not_shield_small_ones() {
    run(|| {
        let who = register(1);
        open(20, 1, &[who.clone()], 200, UNIT);
        // A slot of 16 GiB whose bytes nobody needs for this test: only the draw is watched.
        let owner = account(20);
        let mut huge = offer(&owner, 2, &[who.clone()], 1, 200, 20 * UNIT);
        huge.slots[0].size = 16 << 30;
        huge.slots[0] = quote(&owner, huge.salt, 0, 200, huge.slots[0].clone());
        assert_ok!(Market::open_deal(RuntimeOrigin::signed(owner), huge));
        assert_ok!(Market::set_params(
            RuntimeOrigin::root(),
            crate::Params {
                slashing_paused: true,
                ..params()
            }
        ));
        let mut small = 0;
        for _ in 0..40 {
            periods(1, &[]);
            let challenge = Challenges::<Runtime>::get(&who).unwrap();
            small += challenge.pieces[..8].iter().filter(|piece| piece.size == 1000).count();
        }
        // Half of the draws go by slot, half of these to the small one: 80 of 320 expected.
        assert!((50..110).contains(&small), "{small} of 320 draws met the small slot");
    });
}
