//! The end of things: lost slots, settled slots, ended deals, claims.

use crate::{
    Challenges, Config, Deals, DealsByOwner, Error, Event, HoldReason, Pallet, ParamsValue, Repairs, Slots, holdings,
    ledger, types::*,
};
use blocs_primitives::{AccountId, Balance, DealId, SlotId};
use frame_support::ensure;
use sp_runtime::{DispatchError, DispatchResult, Perbill};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_declare_lost(who: AccountId, id: SlotId) -> DispatchResult {
        let slot = Self::live_slot(id)?;
        ensure!(slot.provider == who, Error::<T>::NotProvider);
        let mut challenge = Challenges::<T>::get(&who);
        let named = challenge
            .iter()
            .flat_map(|challenge| &challenge.pieces)
            .any(|piece| piece.slot == id);
        ensure!(!named, Error::<T>::Challenged);

        let rate = Self::lose_slot(id, ParamsValue::<T>::get().declared_slash)?;
        if let Some(challenge) = &mut challenge {
            challenge.pay = challenge.pay.checked_sub(rate).ok_or(Error::<T>::Corrupt)?;
            Challenges::<T>::insert(&who, challenge);
        }
        Ok(())
    }

    /// Takes a live slot from its provider for good: settles what is proven, returns the rest to the deal, slashes `share` of the
    /// slot's bond and sets half of that aside for its repair. Returns what the slot added to the provider's current period.
    pub(crate) fn lose_slot(id: SlotId, share: Perbill) -> Result<Balance, DispatchError> {
        let mut slot = Self::live_slot(id)?;
        let account = slot.provider.clone();
        let bond = ParamsValue::<T>::get()
            .bond_for(slot.size)
            .ok_or(Error::<T>::Overflow)?;
        let (rate, slashed) = Self::try_provider(&account, |provider| {
            let rate = Self::rate_in_period(&slot, provider.period);
            Self::release_slot(&account, provider, id, &slot)?;
            Ok((rate, ledger::slash::<T>(&account, provider, share.mul_floor(bond))?))
        })?;
        let bounty = slashed.div_euclid(2);
        ledger::credit_treasury::<T>(slashed.saturating_sub(bounty))?;
        Repairs::<T>::insert(
            id.deal,
            id.index,
            Repair {
                bounty,
                reservation: None,
            },
        );
        slot.status = SlotStatus::Lost;
        Slots::<T>::insert(id.deal, id.index, slot);
        Self::deposit_event(Event::SlotLost {
            deal: id.deal,
            index: id.index,
            provider: account,
            slashed,
        });
        Ok(rate)
    }

    pub(crate) fn do_close_slot(who: &AccountId, id: SlotId) -> DispatchResult {
        let deal = Deals::<T>::get(id.deal).ok_or(Error::<T>::NoSuchDeal)?;
        let slot = Slots::<T>::get(id.deal, id.index).ok_or(Error::<T>::NoSuchSlot)?;
        let bounty = Self::cleanup_bounty(who, &deal, &slot)?;

        let (paid, refunded) = match slot.status {
            SlotStatus::Live => Self::try_provider(&slot.provider, |provider| {
                ensure!(provider.period >= slot.end, Error::<T>::NotEnded);
                Self::release_slot(&slot.provider, provider, id, &slot)
            })?,
            SlotStatus::Lost | SlotStatus::Reserved => {
                ensure!(Self::current_period() >= slot.end, Error::<T>::NotEnded);
                let repair = Repairs::<T>::take(id.deal, id.index).ok_or(Error::<T>::Corrupt)?;
                ledger::credit_treasury::<T>(repair.bounty)?;
                (0, 0)
            }
        };
        Slots::<T>::remove(id.deal, id.index);
        let mut deal = Deals::<T>::get(id.deal).ok_or(Error::<T>::NoSuchDeal)?;
        if bounty > 0 {
            ledger::pay_from_deposit::<T>(&deal.owner, who, bounty)?;
            deal.deposit = deal.deposit.checked_sub(bounty).ok_or(Error::<T>::Corrupt)?;
        }
        deal.open_slots = deal.open_slots.checked_sub(1).ok_or(Error::<T>::Corrupt)?;
        Self::deposit_event(Event::SlotClosed {
            deal: id.deal,
            index: id.index,
            provider: slot.provider,
            paid,
            refunded,
        });
        if deal.open_slots > 0 {
            Deals::<T>::insert(id.deal, deal);
            return Ok(());
        }
        ledger::release::<T>(HoldReason::Deposit, &deal.owner, deal.deposit)?;
        ledger::pay_out_or_keep::<T>(&deal.owner, deal.refundable)?;
        Deals::<T>::remove(id.deal);
        DealsByOwner::<T>::remove(&deal.owner, id.deal);
        Self::deposit_event(Event::DealClosed {
            deal: id.deal,
            owner: deal.owner,
        });
        Ok(())
    }

    /// Settles every slot of a deal; returns how many there were.
    pub(crate) fn do_close_deal(who: &AccountId, deal: DealId) -> Result<u32, DispatchError> {
        ensure!(Deals::<T>::contains_key(deal), Error::<T>::NoSuchDeal);
        let slots = Self::slots_of(&deal);
        for (index, _) in &slots {
            Self::do_close_slot(who, SlotId { deal, index: *index })?;
        }
        Ok(u32::try_from(slots.len()).unwrap_or(u32::MAX))
    }

    pub(crate) fn do_claim(who: AccountId) -> DispatchResult {
        let amount = Self::try_provider(&who, |provider| {
            ensure!(provider.accrued > 0, Error::<T>::NothingToClaim);
            let amount = core::mem::take(&mut provider.accrued);
            ledger::pay_out::<T>(&who, amount)?;
            Ok(amount)
        })?;
        Self::deposit_event(Event::Claimed { provider: who, amount });
        Ok(())
    }

    /// Takes a slot out of its provider's books and credits the deal with what was not proven. Returns price paid and refund.
    fn release_slot(
        account: &AccountId,
        provider: &mut Provider,
        id: SlotId,
        slot: &Slot,
    ) -> Result<(Balance, Balance), DispatchError> {
        let paid = ledger::paid_periods::<T>(account, provider, slot)?;
        let (paid, refunded) = ledger::settle::<T>(slot, paid)?;
        ledger::leave::<T>(account, provider, slot)?;
        holdings::remove::<T>(account, provider, slot.position)?;
        provider.used = provider.used.checked_sub(slot.size).ok_or(Error::<T>::Corrupt)?;
        Deals::<T>::try_mutate(id.deal, |deal| {
            let deal = deal.as_mut().ok_or(Error::<T>::Corrupt)?;
            deal.refundable = deal.refundable.checked_add(refunded).ok_or(Error::<T>::Overflow)?;
            Ok::<_, DispatchError>(())
        })?;
        Ok((paid, refunded))
    }

    /// What `who` earns for closing the slot: nothing for owner and provider, nor while the grace lasts.
    fn cleanup_bounty(who: &AccountId, deal: &Deal, slot: &Slot) -> Result<Balance, Error<T>> {
        let params = ParamsValue::<T>::get();
        let from = slot.end.saturating_add(params.cleanup_grace);
        if *who == deal.owner || *who == slot.provider || Self::current_period() < from {
            return Ok(0);
        }
        let share = deal
            .deposit
            .checked_div(u128::from(deal.open_slots))
            .ok_or(Error::<T>::Corrupt)?;
        Ok(params.cleanup_bounty.mul_floor(share))
    }
}
