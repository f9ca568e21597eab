//! # The storage market for contracts
//!
//! A chain extension of `pallet-contracts` through which a WASM contract reads the storage market and keeps deals of its own: it opens them
//! with quotes that somebody brings, pays them from its balance, extends, terminates and closes them. Bindings for ink! contracts:
//! `contracts/blocs-ink`. Why an extension and not calls of the runtime: `docs/adr/0019-market-for-contracts.md`.
//!
//! The extension has the id [`EXTENSION_ID`]; a function's id is `(version << 8) | n`, see [`Function`]. Arguments and results are SCALE of
//! the types in [`v1`], which are this crate's own: the market may change its records without changing what a contract reads.
//! A new version of a function gets a new id and the old one stays.
//!
//! Rules that every function keeps:
//!
//! - The owner and payer of a deal is the account of the contract that executes. Only that account extends or terminates it.
//! - Weight for the worst case that the input's length allows is charged before anything is read, and what was not needed is given back.
//! - An input longer than its function's longest is not read at all.
//! - A refusal is a status, [`Code`], never a trap. Only running out of gas ends the contract.
//! - A call that fails has changed nothing.
//! - In a read-only call nothing that changes the state is done.
//! - What changes the state is dispatched as the contract's own call of the market: what safe mode or a pause keeps from everybody, it keeps
//!   from contracts too.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

mod code;
mod function;
mod market;
pub mod v1;
mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use code::Code;
pub use function::{Function, Request};
pub use weights::{Formulas, WeightInfo, WorstCase};

use core::marker::PhantomData;
use frame_support::{
    DefaultNoBound,
    dispatch::PostDispatchInfo,
    weights::{Weight, constants::WEIGHT_REF_TIME_PER_NANOS},
};
use pallet_contracts::chain_extension::{
    BufInBufOutState, ChainExtension, Environment, Ext, InitState, RegisteredChainExtension, Result, RetVal,
};
use pallet_storage_market::Call;
use sp_runtime::traits::Dispatchable;

/// The extension's id: the upper half of what a contract passes to `call_chain_extension`.
pub const EXTENSION_ID: u16 = 40;

/// Weight of copying, decoding or encoding one byte, rounded up.
const PER_BYTE: Weight = Weight::from_parts(2 * WEIGHT_REF_TIME_PER_NANOS, 0);

/// The market, as `pallet-contracts` wants it: see the [crate's documentation](crate). `Weights` say what the functions that read cost.
#[derive(DefaultNoBound)]
pub struct MarketExtension<T, Weights = Formulas<T>>(PhantomData<(T, Weights)>);

/// A runtime with contracts and the market. Every runtime that has both is one.
pub trait Config:
    pallet_contracts::Config
    + pallet_storage_market::Config
    + frame_system::Config<RuntimeCall: From<Call<Self>> + Dispatchable<PostInfo = PostDispatchInfo>>
{
}

impl<T> Config for T
where
    T: pallet_contracts::Config + pallet_storage_market::Config,
    <T as frame_system::Config>::RuntimeCall: From<Call<T>> + Dispatchable<PostInfo = PostDispatchInfo>,
{
}

impl<T: Config, Weights: WeightInfo> RegisteredChainExtension<T> for MarketExtension<T, Weights> {
    const ID: u16 = EXTENSION_ID;
}

impl<T: Config, Weights: WeightInfo> ChainExtension<T> for MarketExtension<T, Weights> {
    fn call<E: Ext<T = T>>(&mut self, env: Environment<E, InitState>) -> Result<RetVal> {
        // On a runtime with this extension alone, nothing else has looked at the upper half.
        let known = (env.ext_id() == EXTENSION_ID)
            .then(|| Function::from_id(env.func_id()))
            .flatten();
        let mut env = env.buf_in_buf_out();
        let Some(function) = known else {
            env.charge_weight(market::base())?;
            return Ok(Code::UnknownFunction.into());
        };
        let length = env.in_len();
        if length > function.longest_input() {
            env.charge_weight(market::base())?;
            return Ok(Code::Malformed.into());
        }

        let copied = PER_BYTE.saturating_mul(u64::from(length).saturating_add(function.longest_output().into()));
        let worst = market::worst_case::<T, Weights>(function, length).saturating_add(copied);
        let charged = env.charge_weight(worst)?;
        let (code, actual) = match run::<T, Weights, E>(&mut env, function, length) {
            Ok(actual) => (Code::Success, actual.saturating_add(copied)),
            Err(code) => (code, worst),
        };
        env.adjust_weight(charged, actual.min(worst));
        Ok(code.into())
    }
}

/// Reads the request, does what it asks for and writes the answer: all of it or nothing. Returns the weight of what was done.
fn run<T, Weights, E>(
    env: &mut Environment<'_, '_, E, BufInBufOutState>,
    function: Function,
    length: u32,
) -> core::result::Result<Weight, Code>
where
    T: Config,
    Weights: WeightInfo,
    E: Ext<T = T>,
{
    if function.changes_state() && env.ext().is_read_only() {
        return Err(Code::ReadOnly);
    }
    let input = env.read(length).map_err(|_| Code::Malformed)?;
    let request = Request::decode(function, &input)?;
    let contract = env.ext().address().clone();
    frame_support::storage::with_storage_layer(|| {
        let answer = market::answer::<T, Weights>(&contract, request)?;
        // The weight of the bytes is charged already, so that only the contract's buffer can be the reason of a failure.
        env.write(&answer.output, true, None)
            .map_err(|_| Code::BufferTooSmall)?;
        Ok(answer.weight)
    })
}

/// What a function answers to a contract, as bytes and without the contract: for the benchmarks of a runtime.
#[cfg(feature = "runtime-benchmarks")]
pub fn answer<T: Config>(
    contract: &blocs_primitives::AccountId,
    function: Function,
    input: &[u8],
) -> core::result::Result<alloc::vec::Vec<u8>, Code> {
    let request = Request::decode(function, input)?;
    frame_support::storage::with_storage_layer(|| {
        market::answer::<T, Formulas<T>>(contract, request).map(|answer| answer.output)
    })
}
