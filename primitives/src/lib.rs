//! Types and proofs that the chain, the provider and the client share.
//!
//! This crate knows neither FRAME nor any network: it compiles into the runtime's WASM and into every program off chain,
//! so both sides hash, sign and verify the very same bytes.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod challenge;
mod id;
pub mod outboard;
pub mod proof;
mod quote;

pub use challenge::{Answer, Challenge, Concession, MAX_CHALLENGED_PIECES, PieceChallenge};
pub use id::{AccountId, Balance, BlockNumber, DealId, Hash, Period, Root, SlotId, SlotIndex};
pub use quote::{ExtensionQuote, Quote, SlotExtension, SlotOffer};

/// Bytes in a piece, the unit that is sampled, proved and weighted: one BLAKE3 chunk.
pub const PIECE_BYTES: u64 = 1024;

/// Largest slot: 16 GiB. It bounds a proof at 24 siblings.
pub const MAX_SLOT_BYTES: u64 = 16 << 30;

/// Most slots that a deal may have.
pub const MAX_SLOTS: u32 = 32;

/// Bytes in the unit of price: prices are quoted per GiB and proving period.
pub const GIB: u64 = 1 << 30;

/// Pieces in `size_bytes` bytes; the last one may be short.
pub const fn pieces(size_bytes: u64) -> u64 {
    size_bytes.div_ceil(PIECE_BYTES)
}

/// What a slot of `size_bytes` earns in one proving period at `price` per GiB and period: rounded up, and never zero.
///
/// Returns `None` when the product does not fit a [`Balance`].
pub fn rate(price: Balance, size_bytes: u64) -> Option<Balance> {
    let total = price.checked_mul(u128::from(size_bytes))?;
    Some(total.div_ceil(u128::from(GIB)).max(1))
}
