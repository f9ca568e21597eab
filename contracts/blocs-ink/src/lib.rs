//! The storage market of BLOCS for ink! contracts.
//!
//! A contract with [`BlocsEnvironment`] reads the market and keeps deals of its own through [`Market`]. The owner and payer of every deal
//! that it opens is the contract's account: price and deposit are taken from its balance, refunds come back to it.
//!
//! ```
//! #[ink::contract(env = blocs_ink::BlocsEnvironment)]
//! mod watcher {
//!     use blocs_ink::{DealId, MarketError};
//!
//!     /// Knows whether a deal still has all of its slots.
//!     #[ink(storage)]
//!     pub struct Watcher {
//!         deal: DealId,
//!     }
//!
//!     impl Watcher {
//!         /// Watches a deal, anyone's.
//!         #[ink(constructor)]
//!         pub fn new(deal: DealId) -> Self {
//!             Self { deal }
//!         }
//!
//!         /// Whether every slot is kept and proved.
//!         #[ink(message)]
//!         pub fn is_whole(&self) -> Result<bool, MarketError> {
//!             let standing = self.env().extension().standing(self.deal)?;
//!             Ok(standing.live == standing.n)
//!         }
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! Add to the contract's `Cargo.toml`, beside `ink`:
//!
//! ```toml
//! blocs-ink = { path = "…/contracts/blocs-ink", default-features = false }
//!
//! [features]
//! std = ["ink/std", "blocs-ink/std"]
//! ```
//!
//! Off chain, in the tests of a contract, there is no market: [`test::MockMarket`] stands in for it.
//!
//! The types have the same SCALE bytes as version 1 of the runtime's extension (`pallets/market-contracts`), which never changes them.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

mod error;
mod market;
#[cfg(feature = "std")]
pub mod test;
mod types;

pub use error::MarketError;
pub use market::Market;
pub use types::{
    Clock, DealId, DealState, Extension, Offer, Period, ProviderStatus, ProviderTerms, Root, SlotExtension, SlotIndex,
    SlotOffer, SlotState, SlotStatus, Standing, Tier, MAX_PAGE, MAX_SLOTS,
};

use ink::env::{DefaultEnvironment, Environment};

/// The types of the BLOCS chain, those of ink!'s default environment, and its storage market.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "std", derive(scale_info::TypeInfo))]
pub enum BlocsEnvironment {}

impl Environment for BlocsEnvironment {
    const MAX_EVENT_TOPICS: usize = DefaultEnvironment::MAX_EVENT_TOPICS;

    type AccountId = <DefaultEnvironment as Environment>::AccountId;
    type Balance = <DefaultEnvironment as Environment>::Balance;
    type Hash = <DefaultEnvironment as Environment>::Hash;
    type Timestamp = <DefaultEnvironment as Environment>::Timestamp;
    type BlockNumber = <DefaultEnvironment as Environment>::BlockNumber;

    type ChainExtension = Market;
}
