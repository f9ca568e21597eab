//! The host functions that the benchmark's modules import, with the meaning that the pallet gives them.

use super::{Call, Event, Metering, instrument::GAS_FUNCTION};
use anyhow::{Context, Result};
use codec::{Decode, Encode};
use sp_io::hashing::{blake2_128, blake2_256};
use std::fmt;
use wasmtime::{AsContextMut, Caller, Global, Linker, Memory, Val};

/// Gas of a call into the host, besides a unit for each byte that it copies.
pub const GAS_OF_HOST_CALL: u64 = 200;
/// Longest key and longest value of a contract's storage, as in the pallet's configuration.
const MAX_KEY: u32 = 128;
const MAX_VALUE: u32 = 16 * 1024;
/// Most topics of an event.
const MAX_TOPICS: usize = 4;
/// In place of a length: there was nothing.
const NOTHING: u32 = u32::MAX;
/// What `get_storage` answers where there is nothing.
const KEY_NOT_FOUND: u32 = 3;

/// Where a contract's storage is.
pub trait State: 'static {
    /// The value under `key`.
    fn get(&mut self, key: &[u8]) -> Option<Vec<u8>>;

    /// Puts `value` under `key`; the length of what was there.
    fn set(&mut self, key: &[u8], value: &[u8]) -> Option<u32>;
}

/// Why a host function ended the run.
#[derive(Debug)]
pub(super) enum Stop {
    Returned { flags: u32, data: Vec<u8> },
    OutOfGas,
    Refused(&'static str),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Returned { .. } => f.write_str("the contract returned"),
            Self::OutOfGas => f.write_str("the contract's gas is used up"),
            Self::Refused(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Stop {}

/// Where the gas left is kept.
enum Gas {
    Uncounted,
    Here(u64),
    Fuel,
    Global(Global),
}

/// One run of a contract.
pub(super) struct Frame<S> {
    pub(super) state: S,
    pub(super) events: Vec<Event>,
    call: Call,
    memory: Option<Memory>,
    gas: Gas,
}

impl<S> Frame<S> {
    pub(super) fn new(call: Call, metering: Metering, state: S) -> Self {
        let gas = match metering {
            // Until the instance is there and its global is bound.
            Metering::None | Metering::Global | Metering::Inline => Gas::Uncounted,
            Metering::Host => Gas::Here(call.gas),
            Metering::Fuel => Gas::Fuel,
        };
        Self {
            state,
            events: Vec::new(),
            call,
            memory: None,
            gas,
        }
    }

    pub(super) fn bind(&mut self, memory: Option<Memory>, gas: Option<Global>) {
        self.memory = memory;
        if let Some(gas) = gas {
            self.gas = Gas::Global(gas);
        }
    }
}

/// Gas left; nothing if the module's own counter says that it ran out.
pub(super) fn gas_left<S: 'static>(mut store: impl AsContextMut<Data = Frame<S>>) -> Option<u64> {
    let mut context = store.as_context_mut();
    match context.data().gas {
        Gas::Uncounted => Some(context.data().call.gas),
        Gas::Here(left) => Some(left),
        Gas::Fuel => context.get_fuel().ok(),
        Gas::Global(global) => match global.get(&mut context) {
            // What the injected code leaves behind when it stops a run.
            Val::I64(-1) => None,
            Val::I64(left) => Some(left.cast_unsigned()),
            _ => None,
        },
    }
}

/// Takes `amount` of gas, or stops the run.
fn charge<S: 'static>(caller: &mut Caller<'_, Frame<S>>, amount: u64) -> Result<()> {
    if let Gas::Uncounted = caller.data().gas {
        return Ok(());
    }
    let left = gas_left(&mut *caller)
        .and_then(|left| left.checked_sub(amount))
        .ok_or(Stop::OutOfGas)?;
    match &mut caller.data_mut().gas {
        Gas::Uncounted => Ok(()),
        Gas::Here(gas) => {
            *gas = left;
            Ok(())
        }
        Gas::Fuel => caller.set_fuel(left),
        Gas::Global(global) => {
            let global = *global;
            global.set(&mut *caller, Val::I64(left.cast_signed()))
        }
    }
}

/// The contract's memory, and the rest of the run.
fn memory<'a, S: 'static>(caller: &'a mut Caller<'_, Frame<S>>) -> Result<(&'a mut [u8], &'a mut Frame<S>)> {
    let memory = caller.data().memory.context("the instance has no memory yet")?;
    Ok(memory.data_and_store_mut(caller))
}

fn range(at: u32, len: u32) -> Result<std::ops::Range<usize>> {
    let (at, len) = (usize::try_from(at)?, usize::try_from(len)?);
    Ok(at..at.saturating_add(len))
}

fn read(memory: &[u8], at: u32, len: u32) -> Result<&[u8]> {
    Ok(memory
        .get(range(at, len)?)
        .ok_or(Stop::Refused("the contract pointed beyond its memory"))?)
}

fn write(memory: &mut [u8], at: u32, bytes: &[u8]) -> Result<()> {
    let place = memory.get_mut(range(at, u32::try_from(bytes.len())?)?);
    place
        .ok_or(Stop::Refused("the contract pointed beyond its memory"))?
        .copy_from_slice(bytes);
    Ok(())
}

/// Writes `bytes` to `out`, whose size stands at `out_len`; their number takes its place.
fn give(memory: &mut [u8], out: u32, out_len: u32, bytes: &[u8]) -> Result<()> {
    let room = read(memory, out_len, 4)?
        .iter()
        .rev()
        .fold(0, |all, byte| all << 8 | u32::from(*byte));
    let len = u32::try_from(bytes.len())?;
    if room < len {
        return Err(Stop::Refused("the contract's buffer is too small").into());
    }
    write(memory, out, bytes)?;
    write(memory, out_len, &len.to_le_bytes())
}

/// The place in the contract's storage: the key's hash and the key.
fn place(memory: &[u8], key: u32, key_len: u32) -> Result<Vec<u8>> {
    if key_len > MAX_KEY {
        return Err(Stop::Refused("the contract's key is too long").into());
    }
    let key = read(memory, key, key_len)?;
    Ok([&blake2_128(key)[..], key].concat())
}

/// Binds the host functions.
pub(super) fn define<S: State>(linker: &mut Linker<Frame<S>>) -> Result<()> {
    let (module, name) = GAS_FUNCTION;
    linker.func_wrap(module, name, |mut caller: Caller<'_, Frame<S>>, amount: i64| {
        charge(&mut caller, amount.cast_unsigned())
    })?;
    linker.func_wrap(
        "seal0",
        "input",
        |mut caller: Caller<'_, Frame<S>>, out: u32, out_len: u32| {
            let len = caller.data().call.input.len();
            charge(&mut caller, GAS_OF_HOST_CALL.saturating_add(u64::try_from(len)?))?;
            let (memory, frame) = memory(&mut caller)?;
            give(memory, out, out_len, &frame.call.input)
        },
    )?;
    linker.func_wrap(
        "seal0",
        "seal_return",
        |mut caller: Caller<'_, Frame<S>>, flags: u32, data: u32, len: u32| -> Result<()> {
            charge(&mut caller, GAS_OF_HOST_CALL.saturating_add(len.into()))?;
            let (memory, _) = memory(&mut caller)?;
            let data = read(memory, data, len)?.to_vec();
            Err(Stop::Returned { flags, data }.into())
        },
    )?;
    linker.func_wrap(
        "seal0",
        "caller",
        |mut caller: Caller<'_, Frame<S>>, out: u32, out_len: u32| {
            charge(&mut caller, GAS_OF_HOST_CALL)?;
            let (memory, frame) = memory(&mut caller)?;
            give(memory, out, out_len, &frame.call.caller)
        },
    )?;
    linker.func_wrap(
        "seal0",
        "address",
        |mut caller: Caller<'_, Frame<S>>, out: u32, out_len: u32| {
            charge(&mut caller, GAS_OF_HOST_CALL)?;
            let (memory, frame) = memory(&mut caller)?;
            give(memory, out, out_len, &frame.call.address)
        },
    )?;
    linker.func_wrap(
        "seal0",
        "value_transferred",
        |mut caller: Caller<'_, Frame<S>>, out: u32, out_len: u32| {
            charge(&mut caller, GAS_OF_HOST_CALL)?;
            let (memory, frame) = memory(&mut caller)?;
            give(memory, out, out_len, &frame.call.value.encode())
        },
    )?;
    linker.func_wrap(
        "seal0",
        "hash_blake2_256",
        |mut caller: Caller<'_, Frame<S>>, input: u32, len: u32, out: u32| {
            charge(&mut caller, GAS_OF_HOST_CALL.saturating_add(len.into()))?;
            let (memory, _) = memory(&mut caller)?;
            let hash = blake2_256(read(memory, input, len)?);
            write(memory, out, &hash)
        },
    )?;
    linker.func_wrap(
        "seal0",
        "deposit_event",
        |mut caller: Caller<'_, Frame<S>>, topics: u32, topics_len: u32, data: u32, len: u32| -> Result<()> {
            charge(
                &mut caller,
                GAS_OF_HOST_CALL
                    .saturating_add(len.into())
                    .saturating_add(topics_len.into()),
            )?;
            if len > MAX_VALUE {
                return Err(Stop::Refused("the contract's event is too long").into());
            }
            let (memory, frame) = memory(&mut caller)?;
            let topics = match topics_len {
                0 => Vec::new(),
                _ => Vec::<[u8; 32]>::decode(&mut read(memory, topics, topics_len)?)
                    .map_err(|_| Stop::Refused("the contract's topics are no list of hashes"))?,
            };
            if topics.len() > MAX_TOPICS {
                return Err(Stop::Refused("the contract's event has too many topics").into());
            }
            let data = read(memory, data, len)?.to_vec();
            frame.events.push(Event { topics, data });
            Ok(())
        },
    )?;
    storage(linker)
}

fn storage<S: State>(linker: &mut Linker<Frame<S>>) -> Result<()> {
    linker.func_wrap(
        "seal1",
        "get_storage",
        |mut caller: Caller<'_, Frame<S>>, key: u32, key_len: u32, out: u32, out_len: u32| -> Result<u32> {
            charge(&mut caller, GAS_OF_HOST_CALL)?;
            let (memory, frame) = memory(&mut caller)?;
            let place = place(memory, key, key_len)?;
            let Some(value) = frame.state.get(&place) else {
                return Ok(KEY_NOT_FOUND);
            };
            give(memory, out, out_len, &value)?;
            charge(&mut caller, u64::try_from(value.len())?)?;
            Ok(0)
        },
    )?;
    linker.func_wrap(
        "seal2",
        "set_storage",
        |mut caller: Caller<'_, Frame<S>>, key: u32, key_len: u32, value: u32, len: u32| -> Result<u32> {
            charge(&mut caller, GAS_OF_HOST_CALL.saturating_add(len.into()))?;
            if len > MAX_VALUE {
                return Err(Stop::Refused("the contract's value is too long").into());
            }
            let (memory, frame) = memory(&mut caller)?;
            let place = place(memory, key, key_len)?;
            let old = frame.state.set(&place, read(memory, value, len)?);
            Ok(old.unwrap_or(NOTHING))
        },
    )?;
    Ok(())
}
