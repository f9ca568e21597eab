//! Providers: registering, terms, bond, exit.

use crate::{
    Challenges, Config, Error, Event, HoldReason, Pallet, ParamsValue, PeriodLength, ProviderInfo, Providers, Ring,
    RingCounter, ledger, types::*,
};
use blocs_primitives::{AccountId, Balance};
use frame_support::ensure;
use sp_runtime::{DispatchError, DispatchResult};

/// How many buckets are tried for a new provider before it is told to come again.
const PLACEMENT_TRIES: u32 = 16;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_register(who: AccountId, registration: Registration) -> DispatchResult {
        let Registration { operator, bond, terms } = registration;
        ensure!(!Providers::<T>::contains_key(&who), Error::<T>::AlreadyRegistered);
        ensure!(bond >= ParamsValue::<T>::get().min_bond, Error::<T>::BondTooLow);

        let place = Self::take_place(&who)?;
        ledger::hold::<T>(HoldReason::Bond, &who, bond)?;
        let provider = Provider {
            operator,
            bond,
            capacity: terms.capacity,
            used: 0,
            pieces: 0,
            slots: 0,
            price: terms.price,
            status: ProviderStatus::Active,
            rate: 0,
            accrued: 0,
            proven: 0,
            misses: 0,
            place,
            // No slot of it can start before the next period.
            period: Self::current_period(),
            repair_fund: 0,
            #[cfg(feature = "rehearsal")]
            joined: Self::now(),
        };
        Providers::<T>::insert(&who, provider);
        ProviderInfo::<T>::insert(&who, Info::from(terms));
        Self::deposit_event(Event::ProviderRegistered { provider: who });
        Ok(())
    }

    pub(crate) fn do_update_terms(who: AccountId, terms: Terms) -> DispatchResult {
        Self::try_provider(&who, |provider| {
            ensure!(terms.capacity >= provider.used, Error::<T>::CapacityTooLow);
            provider.capacity = terms.capacity;
            provider.price = terms.price;
            Ok(())
        })?;
        ProviderInfo::<T>::insert(&who, Info::from(terms));
        Self::deposit_event(Event::TermsUpdated { provider: who });
        Ok(())
    }

    pub(crate) fn do_top_up(who: AccountId, amount: Balance) -> DispatchResult {
        Self::try_provider(&who, |provider| {
            provider.bond = provider.bond.checked_add(amount).ok_or(Error::<T>::Overflow)?;
            ledger::hold::<T>(HoldReason::Bond, &who, amount)
        })?;
        Self::deposit_event(Event::BondIncreased { provider: who, amount });
        Ok(())
    }

    pub(crate) fn do_announce_exit(who: AccountId) -> DispatchResult {
        Self::try_provider(&who, |provider| {
            ensure!(provider.status == ProviderStatus::Active, Error::<T>::AlreadyExiting);
            provider.status = ProviderStatus::Draining;
            Ok(())
        })?;
        Self::deposit_event(Event::ExitAnnounced { provider: who });
        Ok(())
    }

    pub(crate) fn do_resume(who: AccountId) -> DispatchResult {
        Self::try_provider(&who, |provider| {
            ensure!(provider.status != ProviderStatus::Active, Error::<T>::NotSuspended);
            let required = ParamsValue::<T>::get()
                .required_bond(provider.used)
                .ok_or(Error::<T>::Overflow)?;
            ensure!(provider.bond >= required, Error::<T>::BondTooLow);
            ledger::credit_treasury::<T>(core::mem::take(&mut provider.repair_fund))?;
            // Leaving and coming back between two visits must not wipe out misses: only a fault has paid for them.
            if provider.status == ProviderStatus::Faulted {
                provider.misses = 0;
            }
            provider.status = ProviderStatus::Active;
            Ok(())
        })?;
        Self::deposit_event(Event::ProviderResumed { provider: who });
        Ok(())
    }

    pub(crate) fn do_deregister(who: AccountId) -> DispatchResult {
        let provider = Providers::<T>::get(&who).ok_or(Error::<T>::NotRegistered)?;
        ensure!(provider.slots == 0, Error::<T>::SlotsOpen);

        ledger::release::<T>(HoldReason::Bond, &who, provider.bond)?;
        ledger::pay_out::<T>(&who, provider.accrued)?;
        ledger::credit_treasury::<T>(provider.repair_fund)?;
        Ring::<T>::mutate_exists(provider.place, |bucket| {
            let mut members = bucket.take().unwrap_or_default();
            members.retain(|member| *member != who);
            *bucket = (!members.is_empty()).then_some(members);
        });
        Challenges::<T>::remove(&who);
        Providers::<T>::remove(&who);
        ProviderInfo::<T>::remove(&who);
        Self::deposit_event(Event::ProviderDeregistered { provider: who });
        Ok(())
    }

    /// Changes a provider's record; nothing is written when `change` fails.
    pub(crate) fn try_provider<R>(
        who: &AccountId,
        change: impl FnOnce(&mut Provider) -> Result<R, DispatchError>,
    ) -> Result<R, DispatchError> {
        Providers::<T>::try_mutate(who, |provider| {
            change(provider.as_mut().ok_or(Error::<T>::NotRegistered)?)
        })
    }

    /// Seats `who` on the ring. Places follow each other by a stride that is coprime to the ring's size and near its golden
    /// section, so that neighbours in time are far apart on the ring and every bucket fills evenly; nobody can choose one.
    fn take_place(who: &AccountId) -> Result<u32, Error<T>> {
        let size = PeriodLength::<T>::get();
        let stride = stride(size);
        let counter = RingCounter::<T>::get();
        for attempt in 0..PLACEMENT_TRIES.min(size) {
            let number = u64::from(counter.wrapping_add(attempt));
            let place = number
                .checked_mul(u64::from(stride))
                .and_then(|product| product.checked_rem(u64::from(size)))
                .and_then(|place| u32::try_from(place).ok())
                .ok_or(Error::<T>::Corrupt)?;
            let mut bucket = Ring::<T>::get(place);
            if bucket.try_push(who.clone()).is_ok() {
                Ring::<T>::insert(place, bucket);
                RingCounter::<T>::put(counter.wrapping_add(attempt).wrapping_add(1));
                return Ok(place);
            }
        }
        Err(Error::<T>::RingFull)
    }
}

impl From<Terms> for Info {
    fn from(terms: Terms) -> Self {
        Self {
            zone: terms.zone,
            tier: terms.tier,
            peer_id: terms.peer_id,
            addresses: terms.addresses,
        }
    }
}

/// The first number from the golden section of `size` on that is coprime to it.
fn stride(size: u32) -> u32 {
    let golden = u64::from(size).saturating_mul(618).div_euclid(1000).max(1);
    let golden = u32::try_from(golden).unwrap_or(1);
    (golden..=size).find(|candidate| coprime(*candidate, size)).unwrap_or(1)
}

fn coprime(a: u32, b: u32) -> bool {
    let (mut a, mut b) = (a, b);
    while let Some(rest) = a.checked_rem(b) {
        (a, b) = (b, rest);
    }
    a == 1
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_ring_size_has_a_stride_that_reaches_each_bucket() {
        for size in 1..700u32 {
            let stride = u64::from(super::stride(size));
            let reached: std::collections::BTreeSet<_> = (0..u64::from(size))
                .map(|number| number * stride % u64::from(size))
                .collect();
            assert_eq!(reached.len(), size as usize, "size {size}");
        }
    }
}
