//! Keeps slots longer: decides whether a slot of an open deal may go on at the rate that it has, and signs the quote.
//!
//! The quote binds nobody before the deal's owner has used it on the chain. Until then the slot ends, is closed and is deleted as was
//! agreed; afterwards [`crate::follower`] sees the new end in a finalized block.

use crate::{admin::status_word, policy::required_bond, shared::Shared};
use blocs_chain::{Params, Provider, ProviderStatus};
use blocs_primitives::{Balance, ExtensionQuote, Period, SlotId, rate};
use blocs_store::{SlotName, SlotRecord, SlotState};
use sp_core::sr25519;
use tracing::info;

/// A slot that shall be kept longer, and all that the decision needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// Our record on chain, if we are registered.
    pub provider: Option<&'a Provider>,
    /// The market's parameters, if known.
    pub params: Option<&'a Params>,
    /// What is kept of the slot.
    pub record: &'a SlotRecord,
    /// The present period.
    pub now: Period,
    /// First period that would no longer be paid.
    pub end: Period,
    /// Most periods for which slots are taken.
    pub max_duration: Period,
}

/// Why a slot is not kept longer. The message goes to the peer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenewalRefusal {
    /// The chain has not been seen yet.
    #[error("this provider does not see the chain at the moment: try again soon")]
    NoChain,
    /// No such slot.
    #[error("slot {0} is not kept here: see `blocs deal show` for who keeps it")]
    NotHeld(SlotName),
    /// The bytes are here, the deal is not.
    #[error("slot {0} has no deal in a finalized block yet: try again soon")]
    NotOpen(SlotName),
    /// Its time is over.
    #[error("the slot ended in period {end}, now is period {now}: store the file anew")]
    Over {
        /// When it ended.
        end: Period,
        /// The present period.
        now: Period,
    },
    /// The new end is not later.
    #[error("the slot ends in period {end} as it is: ask for a later end")]
    NotLater {
        /// When it ends.
        end: Period,
    },
    /// Not registered on chain, as far as the last finalized block tells.
    #[error("this provider is not registered on the chain")]
    NotRegistered,
    /// Draining or faulted.
    #[error("this provider keeps no slot longer than was agreed: it is {0}")]
    NotActive(&'static str),
    /// The price has risen.
    #[error("the slot earns {rate} planck per period and this provider asks {asked} now: store the file anew")]
    TooCheap {
        /// What the slot earns per period, in planck.
        rate: Balance,
        /// What it would cost now.
        asked: Balance,
    },
    /// Too far ahead.
    #[error("the new end is {ahead} periods away, this provider looks {most} ahead at most: ask for an earlier end")]
    TooLong {
        /// Periods from the next one to the new end.
        ahead: Period,
        /// Most periods.
        most: Period,
    },
    /// The bond does not cover what is held.
    #[error("this provider's bond does not cover what it keeps: it has to be raised first")]
    BondTooLow,
    /// The store has stopped.
    #[error("this provider's storage has stopped: {0}")]
    Stopped(String),
}

impl RenewalRefusal {
    /// Whether the same wish may be granted a little later.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::NoChain | Self::NotOpen(_))
    }
}

/// Decides; returns the slot's present end.
///
/// # Errors
///
/// The first reason against it.
pub fn decide(slot: SlotId, wish: &Wish<'_>) -> Result<Period, RenewalRefusal> {
    let Wish { record, now, end, .. } = *wish;
    let from = match record.state {
        SlotState::Live { end } => end,
        SlotState::Quoted { .. } => return Err(RenewalRefusal::NotOpen(SlotName(slot))),
        SlotState::Closing { .. } | SlotState::Gone => return Err(RenewalRefusal::NotHeld(SlotName(slot))),
    };
    if from <= now {
        return Err(RenewalRefusal::Over { end: from, now });
    }
    if end <= from {
        return Err(RenewalRefusal::NotLater { end: from });
    }
    let ahead = end.saturating_sub(now).saturating_sub(1);
    if ahead > wish.max_duration {
        return Err(RenewalRefusal::TooLong {
            ahead,
            most: wish.max_duration,
        });
    }
    let provider = wish.provider.ok_or(RenewalRefusal::NotRegistered)?;
    if provider.status != ProviderStatus::Active {
        return Err(RenewalRefusal::NotActive(status_word(provider.status)));
    }
    let asked = rate(provider.price, record.size).unwrap_or(Balance::MAX);
    if asked > record.rate {
        return Err(RenewalRefusal::TooCheap {
            rate: record.rate,
            asked,
        });
    }
    let covered = |params| provider.bond >= required_bond(params, provider.used);
    if !wish.params.is_none_or(covered) {
        return Err(RenewalRefusal::BondTooLow);
    }
    Ok(from)
}

/// Signs a quote for keeping a slot until `end`. Blocks on the disk.
///
/// # Errors
///
/// The first reason against it.
pub fn quote(
    shared: &Shared,
    slot: SlotId,
    end: Period,
) -> Result<(ExtensionQuote, sr25519::Signature), RenewalRefusal> {
    let best = shared.view.best_number().ok_or(RenewalRefusal::NoChain)?;
    let period_length = shared.chain.period_length();
    if let Some(reason) = shared.store.stopped() {
        return Err(RenewalRefusal::Stopped(reason));
    }
    let record = shared.store.slot(slot).ok_or(RenewalRefusal::NotHeld(SlotName(slot)))?;
    let (provider, params) = (shared.view.provider.read(), shared.view.params.read());
    let wish = Wish {
        provider: provider.as_ref(),
        params: params.as_ref(),
        record: &record,
        now: best / period_length.max(1),
        end,
        max_duration: shared.config.offer.max_duration,
    };
    let from = decide(slot, &wish)?;
    let quote = ExtensionQuote {
        genesis: shared.chain.genesis_hash(),
        provider: shared.provider(),
        owner: record.owner.clone(),
        deal: slot.deal,
        index: slot.index,
        rate: record.rate,
        from,
        to: end,
        // The most that the chain allows.
        valid_until: best.saturating_add(period_length),
    };
    let signature = shared.operator.sign(&quote.signing_payload());
    info!(slot = %SlotName(slot), from, to = end, "quoted a longer time");
    Ok((quote, signature))
}

#[cfg(test)]
#[path = "renewal_tests.rs"]
mod tests;
