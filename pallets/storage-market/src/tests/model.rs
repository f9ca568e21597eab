//! The books against a naive model that counts every period of every slot.
//!
//! The pallet settles a slot from two counters in constant time. The model knows nothing of that: it watches the events, adds one to each
//! slot that a proof pays for, and expects the same money. `BLOCS_MODEL_STEPS` sets the length of a run, 3,000 steps by default.

use crate::{Challenges, Deals, Event, Params, Providers, Slots, mock::*};
use blocs_primitives::{AccountId, Balance, DealId, Period, SlotId, SlotIndex};
use frame_support::assert_ok;
use std::collections::BTreeMap;

/// A small generator (SplitMix64), so that a run is named by its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn small(&mut self, sides: u8) -> u8 {
        u8::try_from(self.roll(sides.into())).unwrap()
    }

    fn pick<V: Clone>(&mut self, from: &[V]) -> Option<V> {
        let sides = u64::try_from(from.len()).unwrap();
        (sides > 0).then(|| from[usize::try_from(self.roll(sides)).unwrap()].clone())
    }
}

/// A slot, as its owner would keep book of it.
struct Kept {
    owner: AccountId,
    provider: AccountId,
    rate: Balance,
    start: Period,
    end: Period,
    proven: u32,
    live: bool,
}

/// What everybody should have, from the events alone.
#[derive(Default)]
struct Model {
    slots: BTreeMap<SlotId, Kept>,
    /// Gains and losses, in planck.
    change: BTreeMap<AccountId, i128>,
    treasury: Balance,
    proofs: u32,
    losses: u32,
    faults: u32,
    terminations: u32,
    extensions: u32,
    closed: u32,
}

impl Model {
    fn add(&mut self, who: &AccountId, amount: Balance, sign: i128) {
        *self.change.entry(who.clone()).or_default() += sign * i128::try_from(amount).unwrap();
    }

    /// Takes what has been slashed from a provider; half of it is kept for repairs, all of which ends with the treasury here.
    fn slash(&mut self, provider: &AccountId, slashed: Balance) {
        self.add(provider, slashed, -1);
        self.treasury += slashed;
    }

    fn watch(&mut self, event: Event<Runtime>) {
        match event {
            Event::DealOpened { deal, owner, providers } => {
                for (index, provider) in (0u16..).map(SlotIndex).zip(providers) {
                    let slot = Slots::<Runtime>::get(deal, index).unwrap();
                    assert_eq!(slot.provider, provider);
                    let kept = Kept {
                        owner: owner.clone(),
                        provider,
                        rate: slot.rate,
                        start: slot.start,
                        end: slot.end,
                        proven: 0,
                        live: true,
                    };
                    self.slots.insert(SlotId { deal, index }, kept);
                }
            }
            Event::Proved { provider, period, paid } => {
                let mut earned = 0;
                for slot in self.slots.values_mut() {
                    if slot.live && slot.provider == provider && (slot.start..slot.end).contains(&period) {
                        slot.proven += 1;
                        earned += slot.rate;
                    }
                }
                let cut = params().treasury_cut.mul_floor(earned);
                assert_eq!(paid, earned - cut, "what a proof of {period} pays");
                self.treasury += cut;
                self.add(&provider, paid, 1);
                self.proofs += 1;
            }
            Event::Missed { provider, slashed, .. } => self.slash(&provider, slashed),
            Event::Faulted { provider, slashed } => {
                self.slash(&provider, slashed);
                self.faults += 1;
            }
            Event::SlotLost {
                deal,
                index,
                provider,
                slashed,
            } => {
                self.slash(&provider, slashed);
                self.slots.get_mut(&SlotId { deal, index }).unwrap().live = false;
                self.losses += 1;
            }
            Event::DealTerminated { deal, end } => {
                for (id, slot) in &mut self.slots {
                    if id.deal == deal {
                        slot.end = slot.end.min(end);
                    }
                }
                self.terminations += 1;
            }
            Event::DealExtended { deal, end, slots } => {
                for index in slots {
                    let slot = self.slots.get_mut(&SlotId { deal, index }).unwrap();
                    assert!(slot.live && slot.end < end);
                    slot.end = end;
                }
                self.extensions += 1;
            }
            Event::SlotClosed {
                deal,
                index,
                paid,
                refunded,
                ..
            } => {
                let slot = self.slots.remove(&SlotId { deal, index }).unwrap();
                let price = slot.rate * Balance::from(slot.proven);
                if slot.live {
                    let whole = slot.rate * Balance::from(slot.end - slot.start);
                    assert_eq!((paid, refunded), (price, whole - price), "{deal:?} {index:?}");
                } else {
                    assert_eq!((paid, refunded), (0, 0), "a lost slot was settled when it was lost");
                }
                let owner = slot.owner;
                self.add(&owner, price, -1);
                self.closed += 1;
            }
            _ => {}
        }
    }

    fn watch_all(&mut self) {
        for event in events() {
            self.watch(event);
        }
        System::reset_events();
    }
}

fn deals() -> Vec<(DealId, AccountId)> {
    let mut deals: Vec<_> = Deals::<Runtime>::iter().map(|(id, deal)| (id, deal.owner)).collect();
    deals.sort();
    deals
}

/// One random call, block or proof. Calls that the market refuses are part of the run.
fn step(dice: &mut Dice, providers: &[AccountId], salt: &mut u8) {
    let provider = dice.pick(providers).unwrap();
    let signed = RuntimeOrigin::signed(provider.clone());
    match dice.roll(44) {
        0..=3 => {
            *salt = salt.wrapping_add(1);
            let owner = account(20 + dice.small(3));
            let count = 1 + usize::from(dice.small(4));
            let first = usize::from(dice.small(5));
            let chosen: Vec<_> = providers.iter().cycle().skip(first).take(count).cloned().collect();
            let duration = 1 + u32::from(dice.small(9));
            let rate = UNIT / 3 + u128::from(dice.small(200));
            let size = 1 + dice.roll(3000);
            let offer = sized_offer(&owner, *salt, &chosen, 1, duration, rate, size);
            let _ = Market::open_deal(RuntimeOrigin::signed(owner), offer);
        }
        4 => {
            if let Some((deal, owner)) = dice.pick(&deals()) {
                let _ = Market::terminate_deal(RuntimeOrigin::signed(owner), deal);
            }
        }
        5 | 6 => {
            if let Some((deal, owner)) = dice.pick(&deals()) {
                let _ = Market::close_deal(RuntimeOrigin::signed(owner), deal);
            }
        }
        7 => {
            let mut slots: Vec<_> = Slots::<Runtime>::iter().collect();
            slots.sort_by_key(|(deal, index, _)| (*deal, *index));
            if let Some((deal, index, slot)) = dice.pick(&slots) {
                let id = SlotId { deal, index };
                let _ = Market::close_slot(RuntimeOrigin::signed(slot.provider.clone()), id);
                if dice.roll(4) == 0 {
                    let _ = Market::declare_lost(RuntimeOrigin::signed(slot.provider), id);
                }
            }
        }
        8..=19 => drop(prove(&provider)),
        20 => {
            let named = Challenges::<Runtime>::get(&provider).map(|challenge| challenge.pieces.into_inner());
            if let Some(piece) = dice.pick(&named.unwrap_or_default()) {
                submit(&provider, answers(&provider, &[piece.slot]).unwrap()).unwrap();
            }
        }
        21 => drop(Market::claim(signed)),
        22 => drop(Market::announce_exit(signed)),
        23 | 24 => drop(Market::resume(signed)),
        25 => drop(Market::top_up(signed, UNIT)),
        26 => drop(Market::deregister(signed)),
        27 => {
            if !Providers::<Runtime>::contains_key(&provider) {
                let first: &[u8] = provider.as_ref();
                register(first[0]);
            }
        }
        28 => set_randomness(dice.roll(4) != 0),
        29 => {
            let changed = Params {
                slashing_paused: dice.roll(4) == 0,
                pieces_per_challenge: 2 + u32::from(dice.small(31)),
                misses_to_fault: 1 + u32::from(dice.small(4)),
                ..params()
            };
            assert_ok!(Market::set_params(RuntimeOrigin::root(), changed));
        }
        30..=33 => {
            if let Some((deal, owner)) = dice.pick(&deals()) {
                let end = Deals::<Runtime>::get(deal).unwrap().end + u32::from(dice.small(5));
                let end = end.min(Market::current_period() + 12);
                let mut extension = extension(deal, end);
                // Now and then a provider does not take part.
                if dice.roll(3) == 0 && extension.slots.len() > 1 {
                    extension.slots.remove(usize::from(dice.small(2)));
                }
                let _ = Market::extend_deal(RuntimeOrigin::signed(owner), extension);
            }
        }
        _ => {
            next_block();
            check();
        }
    }
}

fn run_model(seed: u64, steps: u32) {
    run(|| {
        println!("seed {seed}, {steps} steps");
        let issued = Balances::total_issuance();
        let funds: BTreeMap<_, _> = (0..40u8)
            .map(|number| (account(number), Balances::free_balance(account(number))))
            .collect();
        let mut dice = Dice(seed);
        let mut model = Model::default();
        let providers: Vec<_> = (1..=5).map(register).collect();
        let mut salt = 0;
        for _ in 0..steps {
            step(&mut dice, &providers, &mut salt);
            model.watch_all();
        }
        // All deals end, and all providers leave with what is theirs.
        set_randomness(true);
        for _ in 0..15 * PERIOD {
            next_block();
            model.watch_all();
            for (deal, owner) in deals() {
                let _ = Market::close_deal(RuntimeOrigin::signed(owner), deal);
                model.watch_all();
            }
        }
        for provider in &providers {
            let _ = Market::deregister(RuntimeOrigin::signed(provider.clone()));
        }
        model.watch_all();

        assert!(model.slots.is_empty());
        assert_eq!(Providers::<Runtime>::iter().count(), 0);
        assert_eq!(crate::Owed::<Runtime>::get(), crate::Treasury::<Runtime>::get());
        assert_eq!(treasury(), model.treasury);
        for (who, before) in funds {
            let change = model.change.get(&who).copied().unwrap_or_default();
            let expected = i128::try_from(before).unwrap() + change;
            assert_eq!(
                i128::try_from(Balances::free_balance(&who)).unwrap(),
                expected,
                "{who:?}"
            );
        }
        assert_eq!(Balances::total_issuance(), issued);
        // A run in which nothing happens proves nothing.
        let Model {
            proofs,
            losses,
            faults,
            terminations,
            extensions,
            closed,
            ..
        } = model;
        println!(
            "{proofs} proofs, {losses} losses, {faults} faults, {terminations} terminations, {extensions} extensions, {closed} slots closed"
        );
        assert!(proofs > 20 && losses > 0 && faults > 0 && terminations > 0 && extensions > 0 && closed > 20);
    });
}

fn steps() -> u32 {
    std::env::var("BLOCS_MODEL_STEPS").map_or(3_000, |steps| steps.parse().unwrap())
}

#[test]
fn every_planck_goes_where_a_naive_count_of_proven_periods_says() {
    for seed in 1..=4 {
        run_model(seed, steps());
    }
}
