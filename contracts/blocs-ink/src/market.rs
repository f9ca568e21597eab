//! The functions.

use crate::{
    Clock, DealId, DealState, Extension, MarketError, Offer, Period, ProviderTerms, SlotIndex, SlotState, Standing,
};
use ink::{prelude::vec::Vec, primitives::AccountId};

/// The storage market: `self.env().extension()` in a contract with [`crate::BlocsEnvironment`].
///
/// Functions that change the state answer [`MarketError::ReadOnly`] in a read-only call. One that fails has changed nothing.
#[ink::chain_extension(extension = 40)]
pub trait Market {
    type ErrorCode = MarketError;

    /// The current proving period and its length.
    #[ink(function = 0x0101)]
    fn clock() -> Clock;

    /// The next at most `limit` providers after `after`, in the order of the chain's state; at most [`crate::MAX_PAGE`]. A page that is
    /// shorter than the smaller of `limit` and [`crate::MAX_PAGE`] is the last.
    #[ink(function = 0x0102)]
    fn providers(after: Option<AccountId>, limit: u32) -> Vec<AccountId>;

    /// A provider and what it offers.
    #[ink(function = 0x0103)]
    fn provider(account: AccountId) -> ProviderTerms;

    /// A deal, anyone's, as long as it is not closed.
    #[ink(function = 0x0104)]
    fn deal(id: DealId) -> DealState;

    /// A slot of a deal, as long as it is not closed.
    #[ink(function = 0x0105)]
    fn slot(deal: DealId, index: SlotIndex) -> SlotState;

    /// How many slots of a deal are live, and in how many periods the providers of all those answered the random draw over all that they
    /// keep.
    #[ink(function = 0x0106)]
    fn standing(deal: DealId) -> Standing;

    /// The id of the deal that this contract opens with a salt: what providers are asked to quote for.
    #[ink(function = 0x0107)]
    fn deal_id(salt: [u8; 32]) -> DealId;

    /// Opens a deal that this contract owns; takes price and deposit from its balance.
    #[ink(function = 0x0108)]
    fn open_deal(offer: Offer) -> DealId;

    /// Extends a deal of this contract, or has slots that were left out of the last extension follow to the same end; takes the price of the
    /// added periods from its balance.
    #[ink(function = 0x0109)]
    fn extend_deal(extension: Extension);

    /// Ends a deal of this contract early; returns the first period that is no longer paid. The price of the later ones comes back at once.
    #[ink(function = 0x010a)]
    fn terminate_deal(id: DealId) -> Period;

    /// Settles all slots of a deal whose time is over, anyone's; returns how many. Deposit and refunds go to the deal's owner.
    #[ink(function = 0x010b)]
    fn close_deal(id: DealId) -> u32;
}
