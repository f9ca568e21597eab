//! The functions themselves, and what they cost.

use crate::{
    Code, Config, Function, Request, WeightInfo,
    v1::{Clock, DealState, MAX_PAGE, ProviderTerms, SlotState, SlotStatus, Standing},
};
use alloc::vec::Vec;
use blocs_primitives::{AccountId, DealId, MAX_SLOTS, SlotIndex};
use codec::Encode;
use frame_support::{
    BoundedVec,
    weights::{Weight, constants::WEIGHT_REF_TIME_PER_MICROS},
};
use frame_system::RawOrigin;
use pallet_storage_market::{
    Call, Deals, Pallet, PeriodLedger, PeriodLength, ProviderInfo, Providers, Slots, WeightInfo as _,
    types::{Provider, ProviderStatus, Slot},
};
use sp_runtime::traits::Dispatchable;

/// The market's own weights.
type MarketWeight<T> = <T as pallet_storage_market::Config>::WeightInfo;

/// A result and what it cost to make, without the bytes that are copied.
pub(crate) struct Answer {
    pub(crate) output: Vec<u8>,
    pub(crate) weight: Weight,
}

/// What every call costs besides what it does: finding the function, a storage layer, the call's way through `dispatch`. Estimated and rounded
/// up; what a reading function computes is measured on top.
pub(crate) fn base() -> Weight {
    Weight::from_parts(10 * WEIGHT_REF_TIME_PER_MICROS, 0)
}

/// What a function may cost at most with an argument of this length.
pub(crate) fn worst_case<T: Config, W: WeightInfo>(function: Function, length: u32) -> Weight {
    let slots = function.most_slots(length);
    let own = match function {
        Function::Clock => W::clock(),
        Function::Providers => W::providers(MAX_PAGE),
        Function::Provider => W::provider(),
        Function::Deal => W::deal(),
        Function::Slot => W::slot(),
        Function::Standing => W::standing(slots),
        Function::DealIdOf => W::deal_id_of(),
        Function::OpenDeal => open::<T, W>(slots),
        Function::ExtendDeal => MarketWeight::<T>::extend_deal(slots),
        Function::TerminateDeal => terminate::<T, W>(slots),
        Function::CloseDeal => close::<T, W>(slots),
    };
    base().saturating_add(own)
}

/// Opening, and making the id.
fn open<T: Config, W: WeightInfo>(slots: u32) -> Weight {
    W::deal_id_of().saturating_add(MarketWeight::<T>::open_deal(slots))
}

/// Terminating, and reading the new end.
fn terminate<T: Config, W: WeightInfo>(slots: u32) -> Weight {
    W::deal().saturating_add(MarketWeight::<T>::terminate_deal(slots))
}

/// Closing, and reading how many slots there are.
fn close<T: Config, W: WeightInfo>(slots: u32) -> Weight {
    W::deal().saturating_add(MarketWeight::<T>::close_deal(slots))
}

/// Does what the contract asks for. A refusal may come after a write: the caller runs it in a storage layer.
pub(crate) fn answer<T: Config, W: WeightInfo>(contract: &AccountId, request: Request) -> Result<Answer, Code> {
    let (output, weight) = match request {
        Request::Clock => {
            let now = Clock {
                period: Pallet::<T>::current_period(),
                length: PeriodLength::<T>::get(),
            };
            (now.encode(), W::clock())
        }
        Request::Providers { after, limit } => {
            let page = providers::<T>(after, limit.min(MAX_PAGE));
            let length = u32::try_from(page.len()).unwrap_or(MAX_PAGE);
            (page.encode(), W::providers(length))
        }
        Request::Provider(account) => (terms::<T>(&account)?.encode(), W::provider()),
        Request::Deal(id) => (deal_state::<T>(&id)?.encode(), W::deal()),
        Request::Slot(id, index) => {
            let record = Slots::<T>::get(id, index).ok_or(Code::NoSuchSlot)?;
            (slot_state::<T>(record)?.encode(), W::slot())
        }
        Request::Standing(id) => {
            let (state, slots) = standing_of::<T>(&id)?;
            (state.encode(), W::standing(slots))
        }
        Request::DealIdOf(salt) => (DealId::derive(contract, &salt).encode(), W::deal_id_of()),
        Request::OpenDeal(offer) => {
            let id = DealId::derive(contract, &offer.salt);
            let slots = u32::try_from(offer.slots.len()).unwrap_or(MAX_SLOTS);
            let offer = offer.into();
            dispatch::<T>(contract, Call::open_deal { offer })?;
            (id.encode(), open::<T, W>(slots))
        }
        Request::ExtendDeal(extension) => {
            let slots = u32::try_from(extension.slots.len()).unwrap_or(MAX_SLOTS);
            let extension = extension.into();
            dispatch::<T>(contract, Call::extend_deal { extension })?;
            (Vec::new(), MarketWeight::<T>::extend_deal(slots))
        }
        Request::TerminateDeal(deal) => {
            dispatch::<T>(contract, Call::terminate_deal { deal })?;
            let state = deal_state::<T>(&deal)?;
            (state.end.encode(), terminate::<T, W>(state.open_slots.into()))
        }
        Request::CloseDeal(deal) => {
            let slots = u32::from(deal_state::<T>(&deal)?.open_slots);
            dispatch::<T>(contract, Call::close_deal { deal })?;
            (slots.encode(), close::<T, W>(slots))
        }
    };
    let weight = base().saturating_add(weight);
    Ok(Answer { output, weight })
}

/// Calls the market as the contract's account would: what is refused to everybody now is refused to it.
fn dispatch<T: Config>(contract: &AccountId, call: Call<T>) -> Result<(), Code> {
    let call = <T as frame_system::Config>::RuntimeCall::from(call);
    let outcome = call.dispatch(RawOrigin::Signed(contract.clone()).into());
    outcome.map(|_| ()).map_err(|refused| Code::of::<T>(refused.error))
}

fn providers<T: Config>(after: Option<AccountId>, limit: u32) -> Vec<AccountId> {
    let keys = match after {
        Some(account) => Providers::<T>::iter_keys_from(Providers::<T>::hashed_key_for(account)),
        None => Providers::<T>::iter_keys(),
    };
    keys.take(usize::try_from(limit).unwrap_or_default()).collect()
}

fn terms<T: Config>(account: &AccountId) -> Result<ProviderTerms, Code> {
    let provider = Providers::<T>::get(account).ok_or(Code::NotRegistered)?;
    let info = ProviderInfo::<T>::get(account).ok_or(Code::Corrupt)?;
    Ok(ProviderTerms {
        status: provider.status.into(),
        price: provider.price,
        capacity: provider.capacity,
        used: provider.used,
        bond: provider.bond,
        proven: provider.proven,
        misses: provider.misses,
        tier: info.tier.into(),
        zone: BoundedVec::truncate_from(info.zone.into_inner()),
    })
}

fn deal_state<T: Config>(id: &DealId) -> Result<DealState, Code> {
    Deals::<T>::get(id).map(Into::into).ok_or(Code::NoSuchDeal)
}

fn slot_state<T: Config>(slot: Slot) -> Result<SlotState, Code> {
    let status = slot.status.into();
    let proven = match status {
        SlotStatus::Live => proven::<T>(&slot, &Providers::<T>::get(&slot.provider).ok_or(Code::Corrupt)?)?,
        SlotStatus::Lost | SlotStatus::Reserved => 0,
    };
    Ok(SlotState {
        provider: slot.provider,
        root: slot.root,
        size: slot.size,
        rate: slot.rate,
        start: slot.start,
        end: slot.end,
        status,
        proven,
    })
}

/// What holds for a deal's slots, and how many of them were looked at.
fn standing_of<T: Config>(id: &DealId) -> Result<(Standing, u32), Code> {
    let deal = Deals::<T>::get(id).ok_or(Code::NoSuchDeal)?;
    let slots: Vec<(SlotIndex, Slot)> = Pallet::<T>::slots_of(id);
    let mut live: u16 = 0;
    let mut least: Option<u32> = None;
    for (_, slot) in &slots {
        if SlotStatus::from(slot.status) == SlotStatus::Live {
            let provider = Providers::<T>::get(&slot.provider).ok_or(Code::Corrupt)?;
            // Of a faulted provider nothing is challenged any more.
            if provider.status == ProviderStatus::Faulted {
                continue;
            }
            live = live.saturating_add(1);
            let proven = proven::<T>(slot, &provider)?;
            least = Some(least.map_or(proven, |least| least.min(proven)));
        }
    }
    let standing = Standing {
        n: deal.n,
        live,
        proven: least.unwrap_or_default(),
    };
    Ok((standing, u32::try_from(slots.len()).unwrap_or(MAX_SLOTS)))
}

/// Periods of a live slot that its provider has proved: what it had proved by the slot's end, or has proved by now, without what it had
/// proved by the slot's start.
fn proven<T: Config>(slot: &Slot, provider: &Provider) -> Result<u32, Code> {
    if provider.period < slot.start {
        return Ok(0);
    }
    let noted = |period| {
        PeriodLedger::<T>::get(&slot.provider, period)
            .proven_at
            .ok_or(Code::Corrupt)
    };
    let until = if provider.period < slot.end {
        provider.proven
    } else {
        noted(slot.end)?
    };
    until.checked_sub(noted(slot.start)?).ok_or(Code::Corrupt)
}
