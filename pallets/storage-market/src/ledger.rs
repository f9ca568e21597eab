//! Guardian of the money: the pool, the bonds, and what starts and ends in which period.
//!
//! The pool's account holds its existential deposit and all that the market owes: accrued pay, the treasury's share, bounties, repair funds,
//! refunds, and the unpaid part of every slot. `Owed` is the running total of these. Moving money between them leaves it alone;
//! only the functions here that move tokens change it.

use crate::{Config, Error, HoldReason, Owed, Pallet, PeriodLedger, Treasury, types::*};
use blocs_primitives::{AccountId, Balance, Period};
use frame_support::traits::{
    Get,
    fungible::{Inspect, InspectHold, Mutate, MutateHold},
    tokens::{DepositConsequence, Fortitude, Precision, Preservation, Provenance, Restriction},
};
use sp_runtime::{DispatchError, DispatchResult};

/// Mints the pool's existential deposit. For genesis.
pub(crate) fn endow_pool<T: Config>() -> Result<(), DispatchError> {
    T::Currency::mint_into(&Pallet::<T>::pool(), T::Currency::minimum_balance()).map(|_| ())
}

/// Takes `amount` from an account into the pool.
pub(crate) fn pay_in<T: Config>(from: &AccountId, amount: Balance) -> DispatchResult {
    T::Currency::transfer(from, &Pallet::<T>::pool(), amount, Preservation::Preserve)?;
    add_owed::<T>(amount)
}

/// Pays `amount` out of the pool.
pub(crate) fn pay_out<T: Config>(to: &AccountId, amount: Balance) -> DispatchResult {
    if amount == 0 {
        return Ok(());
    }
    T::Currency::transfer(&Pallet::<T>::pool(), to, amount, Preservation::Preserve)?;
    let owed = Owed::<T>::get().checked_sub(amount).ok_or(Error::<T>::Corrupt)?;
    Owed::<T>::put(owed);
    Ok(())
}

/// Pays `amount` out of the pool to an account that may be gone: what is too little to bring it back goes to the treasury's share.
pub(crate) fn pay_out_or_keep<T: Config>(to: &AccountId, amount: Balance) -> DispatchResult {
    match T::Currency::can_deposit(to, amount, Provenance::Extant) {
        DepositConsequence::Success => pay_out::<T>(to, amount),
        _ => credit_treasury::<T>(amount),
    }
}

/// Holds `amount` of the account's tokens.
pub(crate) fn hold<T: Config>(reason: HoldReason, who: &AccountId, amount: Balance) -> DispatchResult {
    T::Currency::hold(&reason.into(), who, amount)
}

/// Gives back `amount` on hold.
pub(crate) fn release<T: Config>(reason: HoldReason, who: &AccountId, amount: Balance) -> DispatchResult {
    T::Currency::release(&reason.into(), who, amount, Precision::Exact).map(|_| ())
}

/// Moves part of a deposit to whoever cleaned up.
pub(crate) fn pay_from_deposit<T: Config>(from: &AccountId, to: &AccountId, amount: Balance) -> DispatchResult {
    T::Currency::transfer_on_hold(
        &HoldReason::Deposit.into(),
        from,
        to,
        amount,
        Precision::Exact,
        Restriction::Free,
        Fortitude::Polite,
    )
    .map(|_| ())
}

/// Takes up to `amount` from a provider's bond into the pool; returns what was there. Its use is for the caller to book.
pub(crate) fn slash<T: Config>(
    account: &AccountId,
    provider: &mut Provider,
    amount: Balance,
) -> Result<Balance, DispatchError> {
    let amount = amount.min(provider.bond);
    if amount == 0 {
        return Ok(0);
    }
    let reason = HoldReason::Bond.into();
    debug_assert!(
        T::Currency::balance_on_hold(&reason, account) >= provider.bond,
        "the bond is on hold"
    );
    let taken = T::Currency::transfer_on_hold(
        &reason,
        account,
        &Pallet::<T>::pool(),
        amount,
        Precision::BestEffort,
        Restriction::Free,
        Fortitude::Force,
    )?;
    provider.bond = provider.bond.checked_sub(taken).ok_or(Error::<T>::Corrupt)?;
    add_owed::<T>(taken)?;
    Ok(taken)
}

/// Books `amount`, which lies in the pool, for the treasury.
pub(crate) fn credit_treasury<T: Config>(amount: Balance) -> DispatchResult {
    let total = Treasury::<T>::get().checked_add(amount).ok_or(Error::<T>::Overflow)?;
    Treasury::<T>::put(total);
    Ok(())
}

/// Moves what is booked for the treasury to its account. What is too little to make the account waits in the pool for more.
pub(crate) fn collect_treasury<T: Config>() -> DispatchResult {
    let (account, amount) = (T::TreasuryAccount::get(), Treasury::<T>::get());
    if amount > 0 && T::Currency::can_deposit(&account, amount, Provenance::Extant) == DepositConsequence::Success {
        pay_out::<T>(&account, amount)?;
        Treasury::<T>::kill();
    }
    Ok(())
}

fn add_owed<T: Config>(amount: Balance) -> DispatchResult {
    let owed = Owed::<T>::get().checked_add(amount).ok_or(Error::<T>::Overflow)?;
    Owed::<T>::put(owed);
    Ok(())
}

/// Enters a slot that starts and ends in later periods than the provider's.
pub(crate) fn enter<T: Config>(account: &AccountId, start: Period, end: Period, rate: Balance) -> DispatchResult {
    PeriodLedger::<T>::try_mutate(account, start, |entry| -> DispatchResult {
        entry.starting = entry.starting.checked_add(rate).ok_or(Error::<T>::Overflow)?;
        entry.references = entry.references.checked_add(1).ok_or(Error::<T>::Overflow)?;
        Ok(())
    })?;
    enter_end::<T>(account, end, rate)
}

/// Moves a slot's end to another period; both are later than the provider's.
pub(crate) fn move_end<T: Config>(account: &AccountId, from: Period, to: Period, rate: Balance) -> DispatchResult {
    take_back::<T>(account, from, |entry| {
        entry.ending.checked_sub(rate).map(|sum| entry.ending = sum)
    })?;
    enter_end::<T>(account, to, rate)
}

/// Takes a slot out, wherever it stands: not begun, running or over. Its rate leaves the provider's.
pub(crate) fn leave<T: Config>(account: &AccountId, provider: &mut Provider, slot: &Slot) -> DispatchResult {
    let begun = slot.start <= provider.period;
    let over = slot.end <= provider.period;
    if begun && !over {
        provider.rate = provider.rate.checked_sub(slot.rate).ok_or(Error::<T>::Corrupt)?;
    }
    take_back::<T>(account, slot.start, |entry| {
        let rate = if begun { 0 } else { slot.rate };
        entry.starting.checked_sub(rate).map(|sum| entry.starting = sum)
    })?;
    take_back::<T>(account, slot.end, |entry| {
        let rate = if over { 0 } else { slot.rate };
        entry.ending.checked_sub(rate).map(|sum| entry.ending = sum)
    })
}

/// Rolls a provider into `period`: notes what it has proved so far and applies what starts and ends.
pub(crate) fn roll<T: Config>(account: &AccountId, provider: &mut Provider, period: Period) -> DispatchResult {
    let mut entry = PeriodLedger::<T>::get(account, period);
    if entry.references > 0 {
        provider.rate = provider
            .rate
            .checked_add(entry.starting)
            .and_then(|rate| rate.checked_sub(entry.ending))
            .ok_or(Error::<T>::Corrupt)?;
        // The sums are in the provider's rate now: what leaves later leaves from there.
        entry.starting = 0;
        entry.ending = 0;
        entry.proven_at = Some(provider.proven);
        PeriodLedger::<T>::insert(account, period, entry);
    }
    provider.period = period;
    Ok(())
}

/// How many of a slot's periods are paid so far.
pub(crate) fn paid_periods<T: Config>(
    account: &AccountId,
    provider: &Provider,
    slot: &Slot,
) -> Result<u32, DispatchError> {
    if provider.period < slot.start {
        return Ok(0);
    }
    let proven_at = |period| {
        PeriodLedger::<T>::get(account, period)
            .proven_at
            .ok_or(Error::<T>::Corrupt)
    };
    let until = if provider.period < slot.end {
        provider.proven
    } else {
        proven_at(slot.end)?
    };
    Ok(until.checked_sub(proven_at(slot.start)?).ok_or(Error::<T>::Corrupt)?)
}

/// What a slot costs for its `paid` periods, and what is left of its escrow.
pub(crate) fn settle<T: Config>(slot: &Slot, paid: u32) -> Result<(Balance, Balance), DispatchError> {
    let periods = slot.end.checked_sub(slot.start).ok_or(Error::<T>::Corrupt)?;
    let unpaid = periods.checked_sub(paid).ok_or(Error::<T>::Corrupt)?;
    let price = |periods: u32| slot.rate.checked_mul(u128::from(periods)).ok_or(Error::<T>::Overflow);
    Ok((price(paid)?, price(unpaid)?))
}

fn enter_end<T: Config>(account: &AccountId, end: Period, rate: Balance) -> DispatchResult {
    PeriodLedger::<T>::try_mutate(account, end, |entry| {
        entry.ending = entry.ending.checked_add(rate).ok_or(Error::<T>::Overflow)?;
        entry.references = entry.references.checked_add(1).ok_or(Error::<T>::Overflow)?;
        Ok(())
    })
}

/// Drops one reference to a period's entry after `change`; the last one removes the entry.
fn take_back<T: Config>(
    account: &AccountId,
    period: Period,
    change: impl FnOnce(&mut PeriodEntry) -> Option<()>,
) -> DispatchResult {
    let mut entry = PeriodLedger::<T>::get(account, period);
    change(&mut entry).ok_or(Error::<T>::Corrupt)?;
    entry.references = entry.references.checked_sub(1).ok_or(Error::<T>::Corrupt)?;
    if entry.references == 0 {
        PeriodLedger::<T>::remove(account, period);
    } else {
        PeriodLedger::<T>::insert(account, period, entry);
    }
    Ok(())
}
