//! Calls that can be signed and sent.

use crate::{
    DealOffer, MarketCall,
    encode::{Payload, payload},
};
use blocs_primitives::Balance;

/// A call of any pallet, as sending needs to know it.
pub(crate) trait Dispatchable: Send + Sync {
    /// Pallet and name of the call.
    fn pallet_and_call(&self) -> (&'static str, &'static str);

    /// The call, ready to be encoded by the metadata.
    fn payload(&self) -> Payload;

    /// What the call takes or holds beside its fee and the deposit of a deal, in planck.
    fn amount(&self) -> Balance;

    /// The deal that it opens.
    fn deal(&self) -> Option<&DealOffer> {
        None
    }
}

impl Dispatchable for MarketCall {
    fn pallet_and_call(&self) -> (&'static str, &'static str) {
        self.name()
    }

    fn payload(&self) -> Payload {
        payload(self)
    }

    fn amount(&self) -> Balance {
        match self {
            Self::Transfer { amount, .. } | Self::TopUp { amount } => *amount,
            Self::Register(registration) => registration.bond,
            Self::OpenDeal(offer) => offer.slots.iter().fold(0, |sum: Balance, slot| {
                sum.saturating_add(slot.rate.saturating_mul(offer.duration.into()))
            }),
            Self::UpdateTerms(_)
            | Self::AnnounceExit
            | Self::Resume
            | Self::Deregister
            | Self::CloseSlot { .. }
            | Self::CloseDeal { .. }
            | Self::TerminateDeal { .. }
            | Self::Claim
            | Self::DeclareLost { .. } => 0,
        }
    }

    fn deal(&self) -> Option<&DealOffer> {
        match self {
            Self::OpenDeal(offer) => Some(offer),
            _ => None,
        }
    }
}
