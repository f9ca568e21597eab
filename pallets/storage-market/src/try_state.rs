//! Every invariant of the market, checked over the whole state.

use crate::{
    Challenges, Config, Deals, DealsByOwner, HoldReason, Holdings, Owed, Pallet, ParamsValue, PeriodLedger,
    PeriodLength, ProviderInfo, Providers, Repairs, Ring, SlotAt, Slots, Treasury, holdings, ledger, types::*,
};
use alloc::collections::BTreeMap;
use blocs_primitives::{AccountId, Balance, MAX_CHALLENGED_PIECES, Period, PieceChallenge, pieces};
use frame_support::{
    ensure,
    traits::fungible::{Inspect, InspectHold},
};
use sp_runtime::TryRuntimeError;

type Checked = Result<(), TryRuntimeError>;

impl<T: Config> Pallet<T> {
    /// Checks all invariants.
    pub(crate) fn do_try_state() -> Checked {
        Self::the_pool_holds_exactly_what_is_owed()?;
        Self::holdings_are_the_sum_of_the_live_slots()?;
        Self::periods_hold_the_rates_of_the_live_slots()?;
        Self::deals_count_their_slots()?;
        Self::holds_are_the_bonds_and_deposits()?;
        Self::every_provider_sits_in_its_bucket()?;
        Self::challenges_belong_to_providers()?;
        ParamsValue::<T>::get()
            .check()
            .map_err(|broken| TryRuntimeError::Other(broken.rule))
    }

    fn the_pool_holds_exactly_what_is_owed() -> Checked {
        let owed = Owed::<T>::get();
        let balance = T::Currency::balance(&Self::pool());
        ensure!(
            Some(balance) == owed.checked_add(T::Currency::minimum_balance()),
            "the pool is not what is owed"
        );

        let mut sum: Balance = Treasury::<T>::get();
        for provider in Providers::<T>::iter_values() {
            sum = sum
                .saturating_add(provider.accrued)
                .saturating_add(provider.repair_fund);
        }
        for repair in Repairs::<T>::iter_values() {
            sum = sum.saturating_add(repair.bounty);
        }
        for deal in Deals::<T>::iter_values() {
            sum = sum.saturating_add(deal.refundable);
        }
        for slot in Slots::<T>::iter_values().filter(|slot| slot.status == SlotStatus::Live) {
            let provider = Providers::<T>::get(&slot.provider).ok_or("a live slot has no provider")?;
            let paid = ledger::paid_periods::<T>(&slot.provider, &provider, &slot)?;
            sum = sum.saturating_add(ledger::settle::<T>(&slot, paid)?.1);
        }
        ensure!(sum == owed, "the parts do not add up to what is owed");
        Ok(())
    }

    fn holdings_are_the_sum_of_the_live_slots() -> Checked {
        let mut totals: BTreeMap<AccountId, (u64, u64, u32)> = BTreeMap::new();
        for (deal, index, slot) in Slots::<T>::iter().filter(|(_, _, slot)| slot.status == SlotStatus::Live) {
            let (used, total, count) = totals.entry(slot.provider.clone()).or_default();
            *used = used.saturating_add(slot.size);
            *total = total.saturating_add(pieces(slot.size));
            *count = count.saturating_add(1);
            let at = SlotAt::<T>::get(&slot.provider, slot.position).ok_or("a live slot is at no place")?;
            ensure!(
                at.deal == deal && at.index == index,
                "another slot is at a live slot's place"
            );
            ensure!(
                holdings::pieces_at::<T>(&slot.provider, slot.position).ok() == Some(pieces(slot.size)),
                "the sum tree weighs a slot wrongly"
            );
        }
        for ((account, level, index), node) in Holdings::<T>::iter() {
            ensure!(Providers::<T>::contains_key(&account), "a sum tree without a provider");
            ensure!(level < LEVELS, "a sum tree has too many levels");
            let sum = node.0.iter().fold(0u64, |sum, child| sum.saturating_add(*child));
            ensure!(sum > 0, "an empty node of a sum tree was not removed");
            let Some(above) = level.checked_add(1).filter(|above| *above < LEVELS) else {
                continue;
            };
            let (parent, entry) = holdings::place(index, 0);
            let parent = Holdings::<T>::get((&account, above, parent));
            ensure!(parent.0.get(entry) == Some(&sum), "a node is not what its parent says");
        }
        for (account, provider) in Providers::<T>::iter() {
            let expected = totals.remove(&account).unwrap_or_default();
            ensure!(
                (provider.used, provider.pieces, provider.slots) == expected,
                "a provider's totals are wrong"
            );
            for level in 0..LEVELS {
                let nodes = Holdings::<T>::iter_prefix((&account, level));
                let sums = nodes.flat_map(|(_, node)| node.0);
                let total = sums.fold(0u64, |total, sum| total.saturating_add(sum));
                ensure!(total == provider.pieces, "a level of the sum tree has another total");
            }
            let places = SlotAt::<T>::iter_prefix(&account).count();
            ensure!(
                u32::try_from(places) == Ok(provider.slots),
                "a provider has more places than slots"
            );
            ensure!(ProviderInfo::<T>::contains_key(&account), "a provider has no info");
        }
        ensure!(totals.is_empty(), "live slots without a provider");
        for (account, _, _) in SlotAt::<T>::iter() {
            ensure!(Providers::<T>::contains_key(account), "a place without a provider");
        }
        ensure!(
            ProviderInfo::<T>::iter().count() == Providers::<T>::iter().count(),
            "an info without a provider"
        );
        Ok(())
    }

    fn periods_hold_the_rates_of_the_live_slots() -> Checked {
        let mut rates: BTreeMap<AccountId, Balance> = BTreeMap::new();
        let mut entries: BTreeMap<(AccountId, Period), (Balance, Balance, u32)> = BTreeMap::new();
        for slot in Slots::<T>::iter_values().filter(|slot| slot.status == SlotStatus::Live) {
            let provider = Providers::<T>::get(&slot.provider).ok_or("a live slot has no provider")?;
            let rate = rates.entry(slot.provider.clone()).or_default();
            *rate = rate.saturating_add(Self::rate_in_period(&slot, provider.period));
            let pending = |period: Period| if period > provider.period { slot.rate } else { 0 };
            let start = entries.entry((slot.provider.clone(), slot.start)).or_default();
            start.0 = start.0.saturating_add(pending(slot.start));
            start.2 = start.2.saturating_add(1);
            let end = entries.entry((slot.provider.clone(), slot.end)).or_default();
            end.1 = end.1.saturating_add(pending(slot.end));
            end.2 = end.2.saturating_add(1);
        }
        for (account, provider) in Providers::<T>::iter() {
            let rate = rates.get(&account).copied().unwrap_or_default();
            ensure!(provider.rate == rate, "a provider's rate is not the sum of its slots'");
            ensure!(
                provider.period <= Self::current_period(),
                "a provider was rolled into a period to come"
            );
            ensure!(
                provider.repair_fund == 0 || provider.status == ProviderStatus::Faulted,
                "only a faulted provider has a repair fund"
            );
        }
        for (account, period, entry) in PeriodLedger::<T>::iter() {
            let provider = Providers::<T>::get(&account).ok_or("a period without a provider")?;
            let expected = entries
                .remove(&(account, period))
                .ok_or("a period that no slot refers to")?;
            ensure!(
                (entry.starting, entry.ending, entry.references) == expected,
                "a period's sums are wrong"
            );
            ensure!(
                entry.proven_at.is_some() == (period <= provider.period),
                "a period was rolled without a note of what was proven, or noted before it was rolled"
            );
            ensure!(
                entry.proven_at <= Some(provider.proven),
                "more was proven by a period than by now"
            );
        }
        ensure!(entries.is_empty(), "a slot refers to a period that has no entry");
        Ok(())
    }

    fn deals_count_their_slots() -> Checked {
        for (id, deal) in Deals::<T>::iter() {
            let open = Slots::<T>::iter_prefix(id).count();
            ensure!(
                usize::from(deal.open_slots) == open && open > 0,
                "a deal counts other slots than it has"
            );
            ensure!(
                DealsByOwner::<T>::contains_key(&deal.owner, id),
                "a deal is missing in its owner's list"
            );
            let last = Slots::<T>::iter_prefix_values(id).any(|slot| slot.end == deal.end);
            ensure!(
                last || deal.end <= Self::current_period(),
                "a deal runs longer than its slots"
            );
            ensure!(
                1 <= deal.k && deal.k <= deal.n && deal.start < deal.end,
                "a deal's numbers do not fit each other"
            );
        }
        ensure!(
            DealsByOwner::<T>::iter().count() == Deals::<T>::iter().count(),
            "the owners' lists name other deals"
        );
        for (deal, index, slot) in Slots::<T>::iter() {
            // A slot that an extension left out ends before its deal.
            let fits = Deals::<T>::get(deal).is_some_and(|deal| deal.start == slot.start && slot.end <= deal.end);
            ensure!(fits, "a slot has no deal, or other times");
            let lost = slot.status != SlotStatus::Live;
            ensure!(
                Repairs::<T>::contains_key(deal, index) == lost,
                "lost slots and repairs differ"
            );
        }
        for (deal, index, _) in Repairs::<T>::iter() {
            ensure!(Slots::<T>::contains_key(deal, index), "a repair of no slot");
        }
        Ok(())
    }

    fn holds_are_the_bonds_and_deposits() -> Checked {
        for (account, provider) in Providers::<T>::iter() {
            let held = T::Currency::balance_on_hold(&HoldReason::Bond.into(), &account);
            ensure!(held == provider.bond, "a bond is not what is on hold");
        }
        let mut deposits: BTreeMap<AccountId, Balance> = BTreeMap::new();
        for deal in Deals::<T>::iter_values() {
            let sum = deposits.entry(deal.owner).or_default();
            *sum = sum.saturating_add(deal.deposit);
        }
        for (owner, sum) in deposits {
            let held = T::Currency::balance_on_hold(&HoldReason::Deposit.into(), &owner);
            ensure!(held == sum, "an owner's deposits are not what is on hold");
        }
        Ok(())
    }

    fn every_provider_sits_in_its_bucket() -> Checked {
        let mut seats = 0usize;
        for (place, bucket) in Ring::<T>::iter() {
            ensure!(place < PeriodLength::<T>::get(), "a bucket lies outside the ring");
            for account in bucket {
                let provider = Providers::<T>::get(account).ok_or("a seat without a provider")?;
                ensure!(provider.place == place, "a provider sits in another bucket");
                seats = seats.saturating_add(1);
            }
        }
        ensure!(
            seats == Providers::<T>::iter().count(),
            "a provider has no seat, or two"
        );
        Ok(())
    }

    fn challenges_belong_to_providers() -> Checked {
        for (account, challenge) in Challenges::<T>::iter() {
            let provider = Providers::<T>::get(account).ok_or("a challenge without a provider")?;
            ensure!(challenge.period == provider.period, "a challenge of another period");
            ensure!(challenge.pay == provider.rate, "a challenge pays another rate");
            ensure!(
                challenge.drawn <= MAX_CHALLENGED_PIECES / 2,
                "a challenge has too many pieces"
            );
            ensure!(
                provider.status != ProviderStatus::Faulted,
                "a faulted provider is challenged"
            );
            let exist = |piece: &PieceChallenge| piece.piece < pieces(piece.size);
            ensure!(
                challenge.pieces.iter().all(exist),
                "a challenge asks for a piece that does not exist"
            );
        }
        Ok(())
    }
}
