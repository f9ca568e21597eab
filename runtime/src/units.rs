//! The token's units and the prices of what every pallet stores.

#![warn(missing_docs)]

use crate::Balance;

/// Symbol of the token.
pub const TOKEN_SYMBOL: &str = "BLOC";
/// Decimals of the token.
pub const TOKEN_DECIMALS: u8 = 12;
/// Prefix of the chain's SS58 addresses: the generic one of Substrate.
pub const SS58_PREFIX: u16 = 42;

/// One BLOC, in planck.
pub const BLOC: Balance = 1_000_000_000_000;
/// A thousandth of a BLOC.
pub const MILLI: Balance = BLOC / 1_000;
/// A millionth of a BLOC.
pub const MICRO: Balance = MILLI / 1_000;

/// The least an account may hold: 0.01 BLOC. Accounts below it are removed.
pub const EXISTENTIAL_DEPOSIT: Balance = 10 * MILLI;

/// Deposit for `items` entries of together `bytes` bytes in the chain's state, given back when they go.
pub const fn deposit(items: u32, bytes: u32) -> Balance {
    items as Balance * 20 * MILLI + bytes as Balance * 100 * MICRO
}
