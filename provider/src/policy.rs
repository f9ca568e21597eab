//! Which offers are taken, and at what rate: pure decisions.

use crate::{admin::status_word, config::OfferConfig};
use blocs_chain::{Params, Provider, ProviderStatus};
use blocs_primitives::{Balance, GIB, Period, rate};

/// An offer, and all that the decision needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Our record on chain, if we are registered.
    pub provider: Option<&'a Provider>,
    /// The market's parameters, if known.
    pub params: Option<&'a Params>,
    /// Bytes of the slot.
    pub size: u64,
    /// Periods asked for.
    pub duration: Period,
    /// Bytes stored or under way that are not part of a deal: of everybody.
    pub pending: u64,
    /// The same of who uploads.
    pub pending_of_uploader: u64,
    /// The same of this peer.
    pub pending_of_peer: u64,
    /// Uploads under way.
    pub uploads: usize,
    /// Uploads under way from this peer.
    pub uploads_of_peer: usize,
}

/// Why an offer is refused. The message goes to the peer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not registered on chain, as far as the last finalized block tells.
    #[error("this provider is not registered on the chain")]
    NotRegistered,
    /// Draining or faulted.
    #[error("this provider takes no new slots: it is {0}")]
    NotActive(&'static str),
    /// Below the smallest size.
    #[error("the slot has {size} bytes, this provider takes {least} and more")]
    TooSmall {
        /// Bytes offered.
        size: u64,
        /// Smallest size taken.
        least: u64,
    },
    /// Above the largest size.
    #[error("the slot has {size} bytes, this provider takes {most} at most")]
    TooLarge {
        /// Bytes offered.
        size: u64,
        /// Largest size taken.
        most: u64,
    },
    /// Too many periods, or none.
    #[error("the deal lasts {duration} periods, this provider takes 1 to {most}")]
    BadDuration {
        /// Periods offered.
        duration: Period,
        /// Longest taken.
        most: Period,
    },
    /// The capacity on chain is used up.
    #[error("the slot has {size} bytes, {left} of the registered capacity are left")]
    Full {
        /// Bytes offered.
        size: u64,
        /// Bytes left.
        left: u64,
    },
    /// The bond does not cover more bytes.
    #[error("this provider's bond does not cover {size} more bytes")]
    BondTooLow {
        /// Bytes offered.
        size: u64,
    },
    /// Who uploads has too much without a deal.
    #[error(
        "this uploader has {pending} bytes here without a deal, the limit is {limit}: open the deals, or let the quotes expire"
    )]
    UploaderQuota {
        /// Bytes pending.
        pending: u64,
        /// Limit.
        limit: u64,
    },
    /// The peer has too much without a deal.
    #[error(
        "this peer has {pending} bytes here without a deal, the limit is {limit}: open the deals, or let the quotes expire"
    )]
    PeerQuota {
        /// Bytes pending.
        pending: u64,
        /// Limit.
        limit: u64,
    },
    /// Too many uploads at once.
    #[error("too many uploads at the same time: try again soon")]
    Busy,
}

impl Refusal {
    /// Whether the same offer may be taken a little later.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Busy => true,
            Self::UploaderQuota { pending, .. } | Self::PeerQuota { pending, .. } => *pending > 0,
            _ => false,
        }
    }
}

/// Decides on an offer: the rate per period, or the reason to refuse.
pub fn decide(config: &OfferConfig, request: &Request<'_>) -> Result<Balance, Refusal> {
    let provider = request.provider.ok_or(Refusal::NotRegistered)?;
    if provider.status != ProviderStatus::Active {
        return Err(Refusal::NotActive(status_word(provider.status)));
    }
    let Request { size, duration, .. } = *request;
    if size < config.min_slot.0 {
        return Err(Refusal::TooSmall {
            size,
            least: config.min_slot.0,
        });
    }
    if size > config.max_slot.0 {
        return Err(Refusal::TooLarge {
            size,
            most: config.max_slot.0,
        });
    }
    if duration == 0 || duration > config.max_duration {
        return Err(Refusal::BadDuration {
            duration,
            most: config.max_duration,
        });
    }
    let used = provider.used.saturating_add(request.pending);
    let left = provider.capacity.saturating_sub(used);
    if size > left {
        return Err(Refusal::Full { size, left });
    }
    if let Some(params) = request.params
        && provider.bond < required_bond(params, used.saturating_add(size))
    {
        return Err(Refusal::BondTooLow { size });
    }
    if request.uploads >= config.uploads || request.uploads_of_peer >= config.uploads_per_peer {
        return Err(Refusal::Busy);
    }
    let over = |pending: u64, limit: u64| pending.saturating_add(size) > limit;
    if over(request.pending_of_uploader, config.per_uploader.0) {
        return Err(Refusal::UploaderQuota {
            pending: request.pending_of_uploader,
            limit: config.per_uploader.0,
        });
    }
    if over(request.pending_of_peer, config.per_peer.0) {
        return Err(Refusal::PeerQuota {
            pending: request.pending_of_peer,
            limit: config.per_peer.0,
        });
    }
    rate(provider.price, size).ok_or(Refusal::TooLarge {
        size,
        most: config.max_slot.0,
    })
}

/// Bond that the chain requires for so many bytes, and at least.
pub fn required_bond(params: &Params, bytes: u64) -> Balance {
    let by_size = params.bond_per_gib.saturating_mul(bytes.into()).div_ceil(GIB.into());
    by_size.max(params.min_bond)
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
