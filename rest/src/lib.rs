//! The chain over REST: blocks, accounts, staking, referenda and deals as JSON, for people who do not speak SCALE.
//!
//! Nothing is written: the service reads from one node. Every answer names the block whose state it shows, every list is read in
//! pages, and every error says what to do next. [`openapi::document`] describes all of it.
//!
//! | where | what |
//! |---|---|
//! | [`source`] | what the service asks of the chain, and its implementation over a node |
//! | [`server`] | the router, its limits, and the way to stop it |
//! | [`problem`] | errors as the caller gets them |
//! | [`moment`] | which block an answer is about |
//! | [`page`] | how lists are read |

pub mod cli;
pub mod moment;
pub mod openapi;
pub mod page;
pub mod problem;
pub mod server;
pub mod source;

mod address;
mod cache;
mod extract;
mod figures;
mod pick;
mod routes;
mod state;
#[cfg(test)]
mod tests;
mod words;

pub use server::{Limits, router, serve};
