//! What a contract may ask for, and how it is decoded.

use crate::{Code, v1};
use blocs_primitives::{AccountId, DealId, MAX_SLOTS, SlotIndex};
use codec::{Decode, DecodeAll, Encode, MaxEncodedLen};

/// Functions of version 1, by id: `(1 << 8) | n`. An id keeps its meaning, argument and result for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Function {
    /// `() -> Clock`: the current proving period.
    Clock = 0x0101,
    /// `(after: Option<AccountId>, limit: u32) -> Vec<AccountId>`: the next providers, in the order of the state, at most
    /// [`v1::MAX_PAGE`]. A page that is shorter than `limit` and than that is the last.
    Providers = 0x0102,
    /// `AccountId -> ProviderTerms`.
    Provider = 0x0103,
    /// `DealId -> DealState`.
    Deal = 0x0104,
    /// `(DealId, SlotIndex) -> SlotState`.
    Slot = 0x0105,
    /// `DealId -> Standing`: what holds for all slots of a deal.
    Standing = 0x0106,
    /// `[u8; 32] -> DealId`: the id of the deal that the calling contract opens with this salt.
    DealIdOf = 0x0107,
    /// `Offer -> DealId`: opens a deal that the calling contract owns and pays.
    OpenDeal = 0x0108,
    /// `Extension -> ()`: extends a deal of the calling contract, which pays.
    ExtendDeal = 0x0109,
    /// `DealId -> Period`: ends a deal of the calling contract early; returns the first period that is no longer paid.
    TerminateDeal = 0x010a,
    /// `DealId -> u32`: settles all slots of a deal whose time is over; returns how many. For anyone's deal.
    CloseDeal = 0x010b,
}

impl Function {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Clock,
        Self::Providers,
        Self::Provider,
        Self::Deal,
        Self::Slot,
        Self::Standing,
        Self::DealIdOf,
        Self::OpenDeal,
        Self::ExtendDeal,
        Self::TerminateDeal,
        Self::CloseDeal,
    ];

    /// The lower half of what a contract passes to `call_chain_extension`.
    pub fn id(self) -> u16 {
        // A fieldless enum of this representation: the cast is the discriminant.
        self as u16
    }

    /// The function of this id.
    pub fn from_id(id: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.id() == id)
    }

    /// Whether it is refused in a read-only call.
    pub fn changes_state(self) -> bool {
        match self {
            Self::OpenDeal | Self::ExtendDeal | Self::TerminateDeal | Self::CloseDeal => true,
            Self::Clock
            | Self::Providers
            | Self::Provider
            | Self::Deal
            | Self::Slot
            | Self::Standing
            | Self::DealIdOf => false,
        }
    }

    /// Bytes of the longest argument: a longer one is malformed and not read.
    pub fn longest_input(self) -> u32 {
        let bytes = match self {
            Self::Clock => 0,
            Self::Providers => <(Option<AccountId>, u32)>::max_encoded_len(),
            Self::Provider => AccountId::max_encoded_len(),
            Self::Slot => <(DealId, SlotIndex)>::max_encoded_len(),
            Self::Deal | Self::Standing | Self::TerminateDeal | Self::CloseDeal => DealId::max_encoded_len(),
            Self::DealIdOf => <[u8; 32]>::max_encoded_len(),
            Self::OpenDeal => v1::Offer::max_encoded_len(),
            Self::ExtendDeal => v1::Extension::max_encoded_len(),
        };
        u32::try_from(bytes).unwrap_or(u32::MAX)
    }

    /// Bytes of the longest result.
    pub fn longest_output(self) -> u32 {
        let bytes = match self {
            Self::Clock => v1::Clock::max_encoded_len(),
            Self::Providers => v1::Page::max_encoded_len(),
            Self::Provider => v1::ProviderTerms::max_encoded_len(),
            Self::Deal => v1::DealState::max_encoded_len(),
            Self::Slot => v1::SlotState::max_encoded_len(),
            Self::Standing => v1::Standing::max_encoded_len(),
            Self::DealIdOf | Self::OpenDeal => DealId::max_encoded_len(),
            Self::ExtendDeal => 0,
            Self::TerminateDeal | Self::CloseDeal => u32::max_encoded_len(),
        };
        u32::try_from(bytes).unwrap_or(u32::MAX)
    }

    /// Most slots that an argument of `length` bytes can name; for functions without slots in their argument, the most of a deal.
    pub(crate) fn most_slots(self, length: u32) -> u32 {
        let each = match self {
            Self::OpenDeal => v1::SlotOffer::max_encoded_len(),
            Self::ExtendDeal => v1::SlotExtension::max_encoded_len(),
            _ => return MAX_SLOTS,
        };
        // Both have a fixed length, which makes it the shortest too.
        let each = u32::try_from(each).unwrap_or(u32::MAX);
        length.checked_div(each).unwrap_or(MAX_SLOTS).min(MAX_SLOTS)
    }
}

/// A decoded argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// [`Function::Clock`].
    Clock,
    /// [`Function::Providers`].
    Providers {
        /// The last one of the page before.
        after: Option<AccountId>,
        /// How many at most.
        limit: u32,
    },
    /// [`Function::Provider`].
    Provider(AccountId),
    /// [`Function::Deal`].
    Deal(DealId),
    /// [`Function::Slot`].
    Slot(DealId, SlotIndex),
    /// [`Function::Standing`].
    Standing(DealId),
    /// [`Function::DealIdOf`].
    DealIdOf([u8; 32]),
    /// [`Function::OpenDeal`].
    OpenDeal(v1::Offer),
    /// [`Function::ExtendDeal`].
    ExtendDeal(v1::Extension),
    /// [`Function::TerminateDeal`].
    TerminateDeal(DealId),
    /// [`Function::CloseDeal`].
    CloseDeal(DealId),
}

impl Request {
    /// Decodes a function's argument: all of `input`, neither less nor more.
    pub fn decode(function: Function, input: &[u8]) -> Result<Self, Code> {
        if u32::try_from(input.len()).map_or(true, |length| length > function.longest_input()) {
            return Err(Code::Malformed);
        }
        Ok(match function {
            Function::Clock => {
                all::<()>(input)?;
                Self::Clock
            }
            Function::Providers => {
                let (after, limit) = all(input)?;
                Self::Providers { after, limit }
            }
            Function::Provider => Self::Provider(all(input)?),
            Function::Deal => Self::Deal(all(input)?),
            Function::Slot => {
                let (deal, index) = all(input)?;
                Self::Slot(deal, index)
            }
            Function::Standing => Self::Standing(all(input)?),
            Function::DealIdOf => Self::DealIdOf(all(input)?),
            Function::OpenDeal => Self::OpenDeal(all(input)?),
            Function::ExtendDeal => Self::ExtendDeal(all(input)?),
            Function::TerminateDeal => Self::TerminateDeal(all(input)?),
            Function::CloseDeal => Self::CloseDeal(all(input)?),
        })
    }

    /// The function and its argument, as a contract passes them.
    pub fn encode(&self) -> (Function, alloc::vec::Vec<u8>) {
        match self {
            Self::Clock => (Function::Clock, ().encode()),
            Self::Providers { after, limit } => (Function::Providers, (after, limit).encode()),
            Self::Provider(account) => (Function::Provider, account.encode()),
            Self::Deal(deal) => (Function::Deal, deal.encode()),
            Self::Slot(deal, index) => (Function::Slot, (deal, index).encode()),
            Self::Standing(deal) => (Function::Standing, deal.encode()),
            Self::DealIdOf(salt) => (Function::DealIdOf, salt.encode()),
            Self::OpenDeal(offer) => (Function::OpenDeal, offer.encode()),
            Self::ExtendDeal(extension) => (Function::ExtendDeal, extension.encode()),
            Self::TerminateDeal(deal) => (Function::TerminateDeal, deal.encode()),
            Self::CloseDeal(deal) => (Function::CloseDeal, deal.encode()),
        }
    }
}

fn all<Argument: Decode>(mut input: &[u8]) -> Result<Argument, Code> {
    Argument::decode_all(&mut input).map_err(|_| Code::Malformed)
}
