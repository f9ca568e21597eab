//! The market's events by the names that the metadata gives their fields.

#![allow(unused_imports, reason = "the derive's own import looks unused inside a macro")]

use crate::{
    MarketEvent,
    connection::Failure,
    layout::{Bytes32, MARKET},
};
use blocs_primitives::{AccountId, Balance, DealId, Hash, Period, SlotIndex};
use subxt::{SubstrateConfig, events::Event, ext::scale_decode::DecodeAsType};

/// Declares a struct with the fields of an event.
macro_rules! event_layout {
    ($name:ident { $($field:ident: $kind:ty),* }) => {
        #[derive(DecodeAsType)]
        #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
        struct $name { $($field: $kind),* }
    };
}

event_layout!(OfProvider { provider: Bytes32 });
event_layout!(OfProviderAmount {
    provider: Bytes32,
    amount: Balance
});
event_layout!(OfProviderPeriod {
    provider: Bytes32,
    period: Period
});
event_layout!(OfDealOpened { deal: Bytes32, owner: Bytes32, providers: Vec<Bytes32> });
event_layout!(OfProved {
    provider: Bytes32,
    period: Period,
    paid: Balance
});
event_layout!(OfMissed {
    provider: Bytes32,
    period: Period,
    misses: u32,
    slashed: Balance
});
event_layout!(OfFaulted {
    provider: Bytes32,
    slashed: Balance
});
event_layout!(OfSlotLost {
    deal: Bytes32,
    index: u16,
    provider: Bytes32,
    slashed: Balance
});
event_layout!(OfSlotClosed {
    deal: Bytes32,
    index: u16,
    provider: Bytes32,
    paid: Balance,
    refunded: Balance
});
event_layout!(OfDealClosed {
    deal: Bytes32,
    owner: Bytes32
});
event_layout!(OfDealTerminated {
    deal: Bytes32,
    end: Period
});
event_layout!(OfDealExtended { deal: Bytes32, end: Period, slots: Vec<u16> });

/// The market's event in `event`; `None` for another pallet's, and for an event that this release does not know.
pub(crate) fn market_event(event: &Event<'_, SubstrateConfig>) -> Result<Option<MarketEvent>, Failure> {
    if event.pallet_name() != MARKET {
        return Ok(None);
    }
    let account = AccountId::new;
    let deal_id = |bytes: Bytes32| DealId(Hash::from(bytes));
    let decoded = match event.event_name() {
        "ProviderRegistered" => {
            let e: OfProvider = event.decode_fields_unchecked_as()?;
            MarketEvent::ProviderRegistered {
                provider: account(e.provider),
            }
        }
        "TermsUpdated" => {
            let e: OfProvider = event.decode_fields_unchecked_as()?;
            MarketEvent::TermsUpdated {
                provider: account(e.provider),
            }
        }
        "BondIncreased" => {
            let e: OfProviderAmount = event.decode_fields_unchecked_as()?;
            MarketEvent::BondIncreased {
                provider: account(e.provider),
                amount: e.amount,
            }
        }
        "ExitAnnounced" => {
            let e: OfProvider = event.decode_fields_unchecked_as()?;
            MarketEvent::ExitAnnounced {
                provider: account(e.provider),
            }
        }
        "ProviderResumed" => {
            let e: OfProvider = event.decode_fields_unchecked_as()?;
            MarketEvent::ProviderResumed {
                provider: account(e.provider),
            }
        }
        "ProviderDeregistered" => {
            let e: OfProvider = event.decode_fields_unchecked_as()?;
            MarketEvent::ProviderDeregistered {
                provider: account(e.provider),
            }
        }
        "DealOpened" => {
            let e: OfDealOpened = event.decode_fields_unchecked_as()?;
            let providers = e.providers.into_iter().map(account).collect();
            MarketEvent::DealOpened {
                deal: deal_id(e.deal),
                owner: account(e.owner),
                providers,
            }
        }
        "Challenged" => {
            let e: OfProviderPeriod = event.decode_fields_unchecked_as()?;
            MarketEvent::Challenged {
                provider: account(e.provider),
                period: e.period,
            }
        }
        "Proved" => {
            let e: OfProved = event.decode_fields_unchecked_as()?;
            MarketEvent::Proved {
                provider: account(e.provider),
                period: e.period,
                paid: e.paid,
            }
        }
        "Missed" => {
            let e: OfMissed = event.decode_fields_unchecked_as()?;
            let provider = account(e.provider);
            MarketEvent::Missed {
                provider,
                period: e.period,
                misses: e.misses,
                slashed: e.slashed,
            }
        }
        "Faulted" => {
            let e: OfFaulted = event.decode_fields_unchecked_as()?;
            MarketEvent::Faulted {
                provider: account(e.provider),
                slashed: e.slashed,
            }
        }
        "SlotLost" => {
            let e: OfSlotLost = event.decode_fields_unchecked_as()?;
            let (deal, index, provider) = (deal_id(e.deal), SlotIndex(e.index), account(e.provider));
            MarketEvent::SlotLost {
                deal,
                index,
                provider,
                slashed: e.slashed,
            }
        }
        "SlotClosed" => {
            let e: OfSlotClosed = event.decode_fields_unchecked_as()?;
            let (deal, index, provider) = (deal_id(e.deal), SlotIndex(e.index), account(e.provider));
            MarketEvent::SlotClosed {
                deal,
                index,
                provider,
                paid: e.paid,
                refunded: e.refunded,
            }
        }
        "DealClosed" => {
            let e: OfDealClosed = event.decode_fields_unchecked_as()?;
            MarketEvent::DealClosed {
                deal: deal_id(e.deal),
                owner: account(e.owner),
            }
        }
        "DealTerminated" => {
            let e: OfDealTerminated = event.decode_fields_unchecked_as()?;
            MarketEvent::DealTerminated {
                deal: deal_id(e.deal),
                end: e.end,
            }
        }
        "DealExtended" => {
            let e: OfDealExtended = event.decode_fields_unchecked_as()?;
            MarketEvent::DealExtended {
                deal: deal_id(e.deal),
                end: e.end,
                slots: e.slots.into_iter().map(SlotIndex).collect(),
            }
        }
        "Claimed" => {
            let e: OfProviderAmount = event.decode_fields_unchecked_as()?;
            MarketEvent::Claimed {
                provider: account(e.provider),
                amount: e.amount,
            }
        }
        "ParamsSet" => MarketEvent::ParamsSet,
        _ => return Ok(None),
    };
    Ok(Some(decoded))
}
