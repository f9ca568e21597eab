//! The calls that are measured.

use crate::{
    modules::{self, ContractModule, selector},
    native::instrument_for_pallet,
};
use anyhow::Result;
use codec::Encode;

/// One call of one contract.
#[derive(Clone, Debug)]
pub struct Case {
    /// What the tables call it.
    pub name: String,
    /// Which contract: an index into [`Cases::modules`]; none for an account that has no contract.
    pub module: Option<usize>,
    /// Selector and arguments.
    pub input: Vec<u8>,
}

/// The contracts, and what is called.
#[derive(Clone, Debug)]
pub struct Cases {
    /// The contracts.
    pub modules: Vec<ContractModule>,
    /// The calls.
    pub calls: Vec<Case>,
}

/// Where nobody has a contract.
pub const NOBODY: &str = "no contract there";
/// A contract without a single instruction.
pub const IDLE: &str = "empty module";
/// The same with [`DEAD_CODE`] bytes that do not run.
pub const IDLE_CODE: &str = "empty module, 64 KiB of other functions";
/// The same with [`DEAD_CODE`] bytes of data.
pub const IDLE_DATA: &str = "empty module, 64 KiB of data";
/// Bytes of code, or data, of the two above.
pub const DEAD_CODE: usize = 64 * 1024;
/// An ink! message without a body.
pub const NOTHING: &str = "ink! message without a body";
/// Compressions in the larger of the compute cases.
pub const BLOCKS: u32 = 1000;
/// Writes in the larger of the storage cases.
pub const WRITES: u32 = 16;

/// Name of the case that hashes `blocks` blocks.
pub fn hash(blocks: u32) -> String {
    format!("SHA-256 compression × {blocks}")
}

/// Name of the case that does so in a module that counts its gas itself.
pub fn counted_hash(blocks: u32) -> String {
    format!("the same × {blocks}, the module counts its gas")
}

/// The module that counts its gas itself.
pub const COUNTING: &str = "bench-compute, instrumented";

/// The contract that has something to read.
pub const FILLED: &str = "bench-writes, filled";

/// Name of the case that writes `count` values.
pub fn write(count: u32) -> String {
    format!("write of 1 KiB × {count}")
}

/// Name of the case that reads `count` values.
pub fn read(count: u32) -> String {
    format!("read of 1 KiB × {count}")
}

/// Turning flipper's bit.
pub const FLIP: &str = "flip";
/// A token's transfer.
pub const TRANSFER: &str = "token transfer";

/// All of them.
///
/// # Errors
///
/// When a contract has not been built.
pub fn all() -> Result<Cases> {
    let mut modules = vec![
        modules::idle(IDLE, 0, 0)?,
        modules::idle(IDLE_CODE, DEAD_CODE, 0)?,
        modules::idle(IDLE_DATA, 0, DEAD_CODE)?,
    ];
    for name in modules::BUILT {
        modules.push(modules::built(name)?);
    }
    let mut counting = modules::built("bench-compute")?;
    counting.name = COUNTING;
    counting.code = instrument_for_pallet(&counting.code)?;
    modules.push(counting);
    let mut filled = modules::built("bench-writes")?;
    filled.name = FILLED;
    filled.fill = Some([selector("write"), (WRITES, 7_u8).encode()].concat());
    modules.push(filled);
    let index = |name: &str| modules.iter().position(|module| module.name == name);
    let case = |name: &str, module: &str, input: Vec<u8>| Case {
        name: name.to_owned(),
        module: index(module),
        input,
    };
    let message = |name: &str, arguments: &[u8]| [&selector(name), arguments].concat();
    let mut calls = vec![
        case(NOBODY, "", Vec::new()),
        case(IDLE, IDLE, Vec::new()),
        case(IDLE_CODE, IDLE_CODE, Vec::new()),
        case(IDLE_DATA, IDLE_DATA, Vec::new()),
        case(NOTHING, "bench-compute", message("nothing", &[])),
        case(FLIP, "flipper", message("flip", &[])),
        case(
            TRANSFER,
            "bench-token",
            message("transfer", &([7_u8; 32], 5_u128).encode()),
        ),
    ];
    for blocks in [1, BLOCKS] {
        calls.push(case(&hash(blocks), "bench-compute", message("hash", &blocks.encode())));
    }
    for blocks in [1, BLOCKS] {
        calls.push(case(&counted_hash(blocks), COUNTING, message("hash", &blocks.encode())));
    }
    for count in [1, WRITES] {
        calls.push(case(
            &write(count),
            "bench-writes",
            message("write", &(count, 7_u8).encode()),
        ));
    }
    for count in [1, WRITES] {
        calls.push(case(&read(count), FILLED, message("read", &count.encode())));
    }
    Ok(Cases { modules, calls })
}
