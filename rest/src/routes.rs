//! The handlers, by what they show.

pub(crate) mod account_parts;
pub(crate) mod accounts;
pub(crate) mod blocks;
pub(crate) mod extrinsics;
pub(crate) mod health;
pub(crate) mod market;
pub(crate) mod referenda;
pub(crate) mod runtime;
pub(crate) mod staking;
pub(crate) mod transactions;

pub(crate) use blocks::BlockView;
