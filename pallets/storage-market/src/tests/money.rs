//! The books against a long random run: after every block every invariant holds, and no token is made or lost.

use crate::{Challenges, Deals, Providers, Slots, mock::*, types::*};
use blocs_primitives::{AccountId, SlotId};
use proptest::prelude::*;

/// One step of a run; numbers pick among what exists.
#[derive(Clone, Copy, Debug)]
enum Step {
    Open(u8, u8, u8),
    Terminate(u8),
    Extend(u8, u8),
    CloseDeal(u8),
    CloseSlot(u8, u8),
    Prove(u8),
    Concede(u8, u8),
    DeclareLost(u8),
    Claim(u8),
    Exit(u8),
    Resume(u8),
    TopUp(u8),
    Block,
}

fn step() -> impl Strategy<Value = Step> {
    let any = any::<u8>;
    prop_oneof![
        3 => (any(), any(), any()).prop_map(|(a, b, c)| Step::Open(a, b, c)),
        1 => any().prop_map(Step::Terminate),
        2 => (any(), any()).prop_map(|(a, b)| Step::Extend(a, b)),
        2 => any().prop_map(Step::CloseDeal),
        2 => (any(), any()).prop_map(|(a, b)| Step::CloseSlot(a, b)),
        9 => any().prop_map(Step::Prove),
        1 => (any(), any()).prop_map(|(a, b)| Step::Concede(a, b)),
        1 => any().prop_map(Step::DeclareLost),
        1 => any().prop_map(Step::Claim),
        1 => any().prop_map(Step::Exit),
        2 => any().prop_map(Step::Resume),
        1 => any().prop_map(Step::TopUp),
        12 => Just(Step::Block),
    ]
}

fn pick<V: Clone>(from: &[V], number: u8) -> Option<V> {
    (!from.is_empty()).then(|| from[usize::from(number) % from.len()].clone())
}

fn live_slots() -> Vec<(SlotId, AccountId)> {
    let live = crate::Slots::<Runtime>::iter().filter(|(_, _, slot)| slot.status == SlotStatus::Live);
    let mut slots: Vec<_> = live
        .map(|(deal, index, slot)| (SlotId { deal, index }, slot.provider))
        .collect();
    slots.sort();
    slots
}

fn deals() -> Vec<(blocs_primitives::DealId, AccountId)> {
    let mut deals: Vec<_> = Deals::<Runtime>::iter().map(|(id, deal)| (id, deal.owner)).collect();
    deals.sort();
    deals
}

/// Takes one step; calls that the market refuses are part of the run.
fn take(step: Step, providers: &[AccountId], salt: &mut u8) {
    let signed = |who: AccountId| RuntimeOrigin::signed(who);
    match step {
        Step::Open(owner, count, duration) => {
            *salt = salt.wrapping_add(1);
            let owner = account(20 + owner % 3);
            let first = usize::from(count) % providers.len();
            let chosen: Vec<_> = providers
                .iter()
                .cycle()
                .skip(first)
                .take(1 + usize::from(count % 4))
                .cloned()
                .collect();
            let offer = offer(
                &owner,
                *salt,
                &chosen,
                1,
                1 + u32::from(duration % 9),
                UNIT / 3 + u128::from(count),
            );
            let _ = Market::open_deal(signed(owner), offer);
        }
        Step::Terminate(number) => {
            if let Some((deal, owner)) = pick(&deals(), number) {
                let _ = Market::terminate_deal(signed(owner), deal);
            }
        }
        Step::Extend(number, periods) => {
            if let Some((deal, owner)) = pick(&deals(), number) {
                let end = Deals::<Runtime>::get(deal).unwrap().end + u32::from(periods % 5);
                let end = end.min(Market::current_period() + 12);
                let mut extension = extension(deal, end);
                if periods > 170 && extension.slots.len() > 1 {
                    extension.slots.remove(0);
                }
                let _ = Market::extend_deal(signed(owner), extension);
            }
        }
        Step::CloseDeal(number) => {
            if let Some((deal, _)) = pick(&deals(), number) {
                let _ = Market::close_deal(signed(account(30)), deal);
            }
        }
        Step::CloseSlot(number, who) => {
            let slots: Vec<_> = Slots::<Runtime>::iter_keys().collect();
            if let Some((deal, index)) = pick(&slots, number) {
                let _ = Market::close_slot(signed(account(who % 32)), SlotId { deal, index });
            }
        }
        Step::Prove(number) => {
            prove(&pick(providers, number).unwrap());
        }
        Step::Concede(number, which) => {
            let who = pick(providers, number).unwrap();
            let named = Challenges::<Runtime>::get(&who).map(|challenge| challenge.pieces.into_inner());
            if let Some(piece) = pick(&named.unwrap_or_default(), which) {
                submit(&who, answers(&who, &[piece.slot]).unwrap()).expect("a signed concession is accepted");
            }
        }
        Step::DeclareLost(number) => {
            if let Some((slot, provider)) = pick(&live_slots(), number) {
                let _ = Market::declare_lost(signed(provider), slot);
            }
        }
        Step::Claim(number) => drop(Market::claim(signed(pick(providers, number).unwrap()))),
        Step::Exit(number) => drop(Market::announce_exit(signed(pick(providers, number).unwrap()))),
        Step::Resume(number) => drop(Market::resume(signed(pick(providers, number).unwrap()))),
        Step::TopUp(number) => drop(Market::top_up(signed(pick(providers, number).unwrap()), UNIT)),
        Step::Block => {
            next_block();
            check();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_calls_breaks_an_invariant_or_changes_the_issuance(steps in prop::collection::vec(step(), 400)) {
        run(|| {
            let issued = Balances::total_issuance();
            let providers: Vec<_> = (1..=5).map(register).collect();
            let mut salt = 0;
            for step in steps {
                take(step, &providers, &mut salt);
            }
            check();
            // Everything can be wound up: all deals end, all providers leave with what is theirs.
            for _ in 0..15 {
                periods(1, &providers);
                for (deal, owner) in deals() {
                    let _ = Market::close_deal(RuntimeOrigin::signed(owner), deal);
                }
            }
            assert_eq!(Deals::<Runtime>::iter().count(), 0);
            for provider in &providers {
                Market::deregister(RuntimeOrigin::signed(provider.clone())).expect("no slots are left");
            }
            assert_eq!(crate::Owed::<Runtime>::get(), crate::Treasury::<Runtime>::get());
            assert_eq!(crate::PeriodLedger::<Runtime>::iter().count(), 0);
            assert_eq!(crate::Holdings::<Runtime>::iter().count(), 0);
            assert_eq!(Providers::<Runtime>::iter().count(), 0);
            assert_eq!(Balances::total_issuance(), issued);
        });
    }
}
