//! The market's events.

use blocs_primitives::{AccountId, Balance, DealId, Period, SlotIndex};

/// An event of the pallet `StorageMarket`. Amounts are in planck.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the fields are named as in the pallet, whose events document them"
)]
pub enum MarketEvent {
    /// A provider has registered.
    ProviderRegistered { provider: AccountId },
    /// A provider has changed its terms.
    TermsUpdated { provider: AccountId },
    /// A provider has raised its bond.
    BondIncreased { provider: AccountId, amount: Balance },
    /// A provider takes no new slots.
    ExitAnnounced { provider: AccountId },
    /// A provider takes new slots again.
    ProviderResumed { provider: AccountId },
    /// A provider has left.
    ProviderDeregistered { provider: AccountId },
    /// A deal is open; slot `i` is with `providers[i]`.
    DealOpened {
        deal: DealId,
        owner: AccountId,
        providers: Vec<AccountId>,
    },
    /// A provider has a new challenge.
    Challenged { provider: AccountId, period: Period },
    /// A provider has proved a period.
    Proved {
        provider: AccountId,
        period: Period,
        paid: Balance,
    },
    /// A provider has missed a period, `misses` in a row now.
    Missed {
        provider: AccountId,
        period: Period,
        misses: u32,
        slashed: Balance,
    },
    /// A provider is faulted.
    Faulted { provider: AccountId, slashed: Balance },
    /// A slot is lost.
    SlotLost {
        deal: DealId,
        index: SlotIndex,
        provider: AccountId,
        slashed: Balance,
    },
    /// A slot is settled.
    SlotClosed {
        deal: DealId,
        index: SlotIndex,
        provider: AccountId,
        paid: Balance,
        refunded: Balance,
    },
    /// A deal has ended with its last slot.
    DealClosed { deal: DealId, owner: AccountId },
    /// A deal ends early, in period `end`.
    DealTerminated { deal: DealId, end: Period },
    /// A deal runs longer, to period `end`, with the slots named; the others end when they would have.
    DealExtended {
        deal: DealId,
        end: Period,
        slots: Vec<SlotIndex>,
    },
    /// A provider has been paid out.
    Claimed { provider: AccountId, amount: Balance },
    /// The parameters have changed.
    ParamsSet,
}

impl MarketEvent {
    /// The provider that the event concerns, when it is one.
    pub fn provider(&self) -> Option<&AccountId> {
        match self {
            Self::ProviderRegistered { provider }
            | Self::TermsUpdated { provider }
            | Self::BondIncreased { provider, .. }
            | Self::ExitAnnounced { provider }
            | Self::ProviderResumed { provider }
            | Self::ProviderDeregistered { provider }
            | Self::Challenged { provider, .. }
            | Self::Proved { provider, .. }
            | Self::Missed { provider, .. }
            | Self::Faulted { provider, .. }
            | Self::SlotLost { provider, .. }
            | Self::SlotClosed { provider, .. }
            | Self::Claimed { provider, .. } => Some(provider),
            Self::DealOpened { .. }
            | Self::DealClosed { .. }
            | Self::DealTerminated { .. }
            | Self::DealExtended { .. }
            | Self::ParamsSet => None,
        }
    }
}
