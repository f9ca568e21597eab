//! Calls that can be signed and sent.

use crate::{
    DealOffer, MarketCall,
    connection::{AtBlock, Failure},
    encode::payload,
};
use blocs_primitives::Balance;

/// A call of any pallet, as sending needs to know it.
pub(crate) trait Dispatchable: Send + Sync {
    /// Pallet and name of the call.
    fn pallet_and_call(&self) -> (&str, &str);

    /// Its encoding in the runtime of this block.
    fn encode(&self, at: &AtBlock) -> Result<Vec<u8>, Failure>;

    /// What the call takes or holds beside its fee and the deposit of a deal, in planck.
    fn amount(&self) -> Balance;

    /// Whether it may leave less than the existential deposit, or nothing.
    fn may_empty_account(&self) -> bool {
        false
    }

    /// The deal that it opens.
    fn deal(&self) -> Option<&DealOffer> {
        None
    }
}

impl Dispatchable for MarketCall {
    fn pallet_and_call(&self) -> (&str, &str) {
        self.name()
    }

    fn encode(&self, at: &AtBlock) -> Result<Vec<u8>, Failure> {
        Ok(at.tx().call_data(&payload(self))?)
    }

    fn amount(&self) -> Balance {
        match self {
            Self::Transfer { amount, .. } | Self::TopUp { amount } => *amount,
            Self::Register(registration) => registration.bond,
            Self::OpenDeal(offer) => offer.slots.iter().fold(0, |sum: Balance, slot| {
                sum.saturating_add(slot.rate.saturating_mul(offer.duration.into()))
            }),
            Self::ExtendDeal { price, .. } => *price,
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
