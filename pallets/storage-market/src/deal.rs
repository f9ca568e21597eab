//! Deals: opening and terminating.

use crate::{
    Config, Deals, DealsByOwner, Error, Event, HoldReason, Pallet, Params, ParamsValue, PeriodLength, Providers, Slots,
    holdings, ledger, types::*,
};
use alloc::{collections::BTreeSet, vec::Vec};
use blocs_primitives::{
    AccountId, Balance, DealId, MAX_SLOT_BYTES, Period, Quote, SlotId, SlotIndex, SlotOffer, pieces, rate,
};
use codec::{Encode, MaxEncodedLen};
use frame_support::{BoundedVec, ensure};
use sp_runtime::{DispatchError, DispatchResult};

/// Records that a slot needs: itself, its place, a node of the sum tree, and the two periods where it starts and ends.
const RECORDS_PER_SLOT: u128 = 5;
/// Records that a deal needs besides its slots: itself and its entry in the owner's list.
const RECORDS_PER_DEAL: u128 = 2;

impl<T: Config> Pallet<T> {
    /// Opens a deal.
    pub(crate) fn do_open_deal(owner: AccountId, offer: DealOffer) -> DispatchResult {
        let params = ParamsValue::<T>::get();
        let id = DealId::derive(&owner, &offer.salt);
        ensure!(!Deals::<T>::contains_key(id), Error::<T>::DealExists);
        let n = u16::try_from(offer.slots.len()).map_err(|_| Error::<T>::BadErasure)?;
        ensure!(offer.k >= 1 && offer.k <= n, Error::<T>::BadErasure);
        ensure!(
            offer.duration >= 1 && offer.duration <= params.max_duration,
            Error::<T>::BadDuration
        );
        let distinct: BTreeSet<_> = offer.slots.iter().map(|slot| &slot.provider).collect();
        ensure!(distinct.len() == offer.slots.len(), Error::<T>::DuplicateProvider);

        let start = Self::current_period().checked_add(1).ok_or(Error::<T>::Overflow)?;
        let end = start.checked_add(offer.duration).ok_or(Error::<T>::Overflow)?;
        let mut escrow: Balance = 0;
        for (index, slot) in (0u16..).map(SlotIndex).zip(&offer.slots) {
            Self::check_offer(&owner, id, index, offer.duration, slot, &params)?;
            escrow = slot
                .rate
                .checked_mul(u128::from(offer.duration))
                .and_then(|price| escrow.checked_add(price))
                .ok_or(Error::<T>::Overflow)?;
        }
        let deposit = deposit(&params, &offer).ok_or(Error::<T>::Overflow)?;

        ledger::hold::<T>(HoldReason::Deposit, &owner, deposit)?;
        ledger::pay_in::<T>(&owner, escrow)?;
        for (index, slot) in (0u16..).map(SlotIndex).zip(&offer.slots) {
            Self::place_slot(SlotId { deal: id, index }, slot, start, end)?;
        }
        let providers: Vec<_> = offer.slots.iter().map(|slot| slot.provider.clone()).collect();
        let providers = BoundedVec::try_from(providers).map_err(|_| Error::<T>::BadErasure)?;
        let deal = Deal {
            owner: owner.clone(),
            manifest: offer.manifest,
            k: offer.k,
            n,
            start,
            end,
            open_slots: n,
            deposit,
            refundable: 0,
            label: offer.label,
        };
        Deals::<T>::insert(id, deal);
        DealsByOwner::<T>::insert(&owner, id, ());
        Self::deposit_event(Event::DealOpened {
            deal: id,
            owner,
            providers,
        });
        Ok(())
    }

    /// Ends a deal at the end of the next period, or when its least duration is over; returns how many slots it has.
    pub(crate) fn do_terminate_deal(who: AccountId, id: DealId) -> Result<u32, DispatchError> {
        let mut deal = Deals::<T>::get(id).ok_or(Error::<T>::NoSuchDeal)?;
        ensure!(deal.owner == who, Error::<T>::NotOwner);
        let least = deal
            .start
            .checked_add(ParamsValue::<T>::get().min_termination)
            .and_then(|period| period.checked_sub(1))
            .ok_or(Error::<T>::Overflow)?;
        let end = Self::current_period()
            .max(least)
            .checked_add(1)
            .ok_or(Error::<T>::Overflow)?;
        ensure!(end < deal.end, Error::<T>::AlreadyEnding);

        let slots = Self::slots_of(&id);
        let mut returned: Balance = 0;
        for (index, mut slot) in slots.clone() {
            // A slot that an extension left out may end sooner.
            if slot.end <= end {
                continue;
            }
            if slot.status == SlotStatus::Live {
                let periods = slot.end.checked_sub(end).ok_or(Error::<T>::Corrupt)?;
                returned = slot
                    .rate
                    .checked_mul(u128::from(periods))
                    .and_then(|rest| returned.checked_add(rest))
                    .ok_or(Error::<T>::Overflow)?;
                ledger::move_end::<T>(&slot.provider, slot.end, end, slot.rate)?;
            }
            slot.end = end;
            Slots::<T>::insert(id, index, slot);
        }
        deal.end = end;
        Deals::<T>::insert(id, deal);
        ledger::pay_out::<T>(&who, returned)?;
        Self::deposit_event(Event::DealTerminated { deal: id, end });
        Ok(u32::try_from(slots.len()).unwrap_or(u32::MAX))
    }

    /// Checks one quote: terms first, the signature last because it costs most.
    fn check_offer(
        owner: &AccountId,
        deal: DealId,
        index: SlotIndex,
        duration: Period,
        offer: &SlotOffer,
        params: &Params,
    ) -> DispatchResult {
        ensure!(offer.size >= 1 && offer.size <= MAX_SLOT_BYTES, Error::<T>::BadSize);
        let now = Self::now();
        let latest = now.saturating_add(PeriodLength::<T>::get());
        ensure!(
            offer.valid_until >= now && offer.valid_until <= latest,
            Error::<T>::QuoteExpired
        );

        let provider = Providers::<T>::get(&offer.provider).ok_or(Error::<T>::NotRegistered)?;
        ensure!(
            provider.status == ProviderStatus::Active,
            Error::<T>::ProviderUnavailable
        );
        let least = rate(provider.price, offer.size).ok_or(Error::<T>::Overflow)?;
        ensure!(offer.rate >= least, Error::<T>::BadRate);
        let used = provider.used.checked_add(offer.size).ok_or(Error::<T>::Overflow)?;
        ensure!(used <= provider.capacity, Error::<T>::CapacityExceeded);
        let required = params.required_bond(used).ok_or(Error::<T>::Overflow)?;
        ensure!(provider.bond >= required, Error::<T>::BondTooLow);

        let quote = Quote {
            genesis: Self::genesis_hash(),
            provider: offer.provider.clone(),
            owner: owner.clone(),
            deal,
            index,
            root: offer.root,
            size: offer.size,
            rate: offer.rate,
            duration,
            valid_until: offer.valid_until,
        };
        let signed = sp_io::crypto::sr25519_verify(&offer.signature, &quote.signing_payload(), &provider.operator);
        ensure!(signed, Error::<T>::BadQuote);
        Ok(())
    }

    /// Enters a checked slot into its provider's holdings and periods.
    fn place_slot(id: SlotId, offer: &SlotOffer, start: Period, end: Period) -> DispatchResult {
        let position = Self::try_provider(&offer.provider, |provider| {
            provider.used = provider.used.checked_add(offer.size).ok_or(Error::<T>::Overflow)?;
            Ok(holdings::insert::<T>(
                &offer.provider,
                provider,
                id,
                pieces(offer.size),
            )?)
        })?;
        ledger::enter::<T>(&offer.provider, start, end, offer.rate)?;
        let slot = Slot {
            provider: offer.provider.clone(),
            root: offer.root,
            size: offer.size,
            rate: offer.rate,
            start,
            end,
            position,
            status: SlotStatus::Live,
        };
        Slots::<T>::insert(id.deal, id.index, slot);
        Ok(())
    }
}

/// The deposit for a deal's records, in planck.
fn deposit(params: &Params, offer: &DealOffer) -> Option<Balance> {
    let slots = u128::try_from(offer.slots.len()).ok()?;
    let items = slots.checked_mul(RECORDS_PER_SLOT)?.checked_add(RECORDS_PER_DEAL)?;
    let slot_bytes = u128::try_from(Slot::max_encoded_len().checked_add(PeriodEntry::max_encoded_len())?).ok()?;
    let deal_bytes = u128::try_from(Deal::max_encoded_len())
        .ok()?
        .checked_sub(u128::from(MAX_LABEL_BYTES))?;
    let label_bytes = u128::try_from(offer.label.encoded_size()).ok()?;
    let bytes = slots
        .checked_mul(slot_bytes)?
        .checked_add(deal_bytes)?
        .checked_add(label_bytes)?;
    let for_items = params.deposit_per_item.checked_mul(items)?;
    for_items.checked_add(params.deposit_per_byte.checked_mul(bytes)?)
}
