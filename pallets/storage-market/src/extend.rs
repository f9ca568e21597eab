//! Extending deals: the same slots at the same rates, for longer.

use crate::{Config, Deals, Error, Event, Pallet, ParamsValue, PeriodLength, Providers, Slots, ledger, types::*};
use alloc::{collections::BTreeMap, vec::Vec};
use blocs_primitives::{AccountId, Balance, ExtensionQuote, Period, SlotId, SlotIndex, rate};
use frame_support::{BoundedVec, ensure};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    /// Moves the end of a deal to a later period and takes what the added periods cost from its owner.
    ///
    /// Every slot that is named keeps its rate and brings a quote of its provider. Live slots that are not named end when they would
    /// have, unless they follow to the same end before that; lost ones move along for nothing, so that they can be repaired as long as the
    /// deal runs. What was due to the owner at the deal's close is paid now: a deal that is extended again and again has none.
    pub(crate) fn do_extend_deal(who: AccountId, extension: DealExtension) -> DispatchResult {
        let DealExtension { deal: id, end, slots } = extension;
        let mut deal = Deals::<T>::get(id).ok_or(Error::<T>::NoSuchDeal)?;
        ensure!(deal.owner == who, Error::<T>::NotOwner);
        let now = Self::current_period();
        ensure!(now < deal.end, Error::<T>::AlreadyEnded);
        ensure!(end >= deal.end, Error::<T>::NotLater);
        // As far ahead as a deal that is opened now: a deal may be extended again and again.
        let ahead = end.checked_sub(now).ok_or(Error::<T>::Corrupt)?;
        let farthest = ParamsValue::<T>::get().max_duration.saturating_add(1);
        ensure!(ahead <= farthest, Error::<T>::BadDuration);
        let ascending = slots.iter().zip(slots.iter().skip(1)).all(|(a, b)| a.index < b.index);
        ensure!(ascending, Error::<T>::DuplicateSlot);
        // A later end needs slots enough to give the content back; those that were left out may follow one by one.
        let least = if end > deal.end { deal.k } else { 1 };
        ensure!(slots.len() >= usize::from(least), Error::<T>::TooFewSlots);

        let mut records: BTreeMap<SlotIndex, Slot> = Slots::<T>::iter_prefix(id).collect();
        let mut price: Balance = 0;
        let mut extended: Vec<(SlotIndex, Slot)> = Vec::new();
        for quote in &slots {
            let slot = records.remove(&quote.index).ok_or(Error::<T>::NoSuchSlot)?;
            let slot_id = SlotId {
                deal: id,
                index: quote.index,
            };
            price = Self::check_extension(&who, slot_id, &slot, end, quote)?
                .checked_add(price)
                .ok_or(Error::<T>::Overflow)?;
            extended.push((quote.index, slot));
        }
        let indices: Vec<_> = extended.iter().map(|(index, _)| *index).collect();
        let indices = BoundedVec::try_from(indices).map_err(|_| Error::<T>::Corrupt)?;

        ledger::pay_out::<T>(&who, core::mem::take(&mut deal.refundable))?;
        ledger::pay_in::<T>(&who, price)?;
        for (index, mut slot) in extended {
            ledger::move_end::<T>(&slot.provider, slot.end, end, slot.rate)?;
            slot.end = end;
            Slots::<T>::insert(id, index, slot);
        }
        for (index, mut slot) in records {
            if slot.status != SlotStatus::Live {
                slot.end = end;
                Slots::<T>::insert(id, index, slot);
            }
        }
        deal.end = end;
        Deals::<T>::insert(id, deal);
        Self::deposit_event(Event::DealExtended {
            deal: id,
            end,
            slots: indices,
        });
        Ok(())
    }

    /// Checks one quote: terms first, the signature last because it costs most. Returns what the added periods cost.
    fn check_extension(
        owner: &AccountId,
        id: SlotId,
        slot: &Slot,
        end: Period,
        offer: &SlotExtension,
    ) -> Result<Balance, Error<T>> {
        ensure!(slot.status == SlotStatus::Live, Error::<T>::NotLive);
        ensure!(Self::current_period() < slot.end, Error::<T>::AlreadyEnded);
        ensure!(end > slot.end, Error::<T>::NotLater);
        let now = Self::now();
        let latest = now.saturating_add(PeriodLength::<T>::get());
        ensure!(
            offer.valid_until >= now && offer.valid_until <= latest,
            Error::<T>::QuoteExpired
        );

        let provider = Providers::<T>::get(&slot.provider).ok_or(Error::<T>::Corrupt)?;
        ensure!(
            provider.status == ProviderStatus::Active,
            Error::<T>::ProviderUnavailable
        );
        let least = rate(provider.price, slot.size).ok_or(Error::<T>::Overflow)?;
        ensure!(slot.rate >= least, Error::<T>::BadRate);
        let required = ParamsValue::<T>::get()
            .required_bond(provider.used)
            .ok_or(Error::<T>::Overflow)?;
        ensure!(provider.bond >= required, Error::<T>::BondTooLow);

        let price = |from: Period| {
            let periods = end.checked_sub(from)?;
            slot.rate.checked_mul(u128::from(periods))
        };
        // The whole length is what will be settled one day.
        let (Some(_), Some(added)) = (price(slot.start), price(slot.end)) else {
            return Err(Error::<T>::Overflow);
        };

        let quote = ExtensionQuote {
            genesis: Self::genesis_hash(),
            provider: slot.provider.clone(),
            owner: owner.clone(),
            deal: id.deal,
            index: id.index,
            rate: slot.rate,
            from: slot.end,
            to: end,
            valid_until: offer.valid_until,
        };
        let signed = sp_io::crypto::sr25519_verify(&offer.signature, &quote.signing_payload(), &provider.operator);
        ensure!(signed, Error::<T>::BadQuote);
        Ok(added)
    }
}
