//! A prototype: contracts compiled by wasmtime for the machine itself, beside the interpreter that the runtime carries.
//!
//! It answers how fast that would be and what it takes to be deterministic ([ADR 18](../../../../docs/adr/0018-native-contract-engine.md)). No node
//! uses it. It takes the modules that the chain stores, and gives them the host functions that the benchmark's modules import.
//!
//! Compiled modules are kept in memory only. wasmtime can write them to disk, but reading them back (`Module::deserialize`) is unsafe: it runs
//! whatever the file holds.

mod cache;
mod host;
mod instrument;
mod lower;

use self::{
    cache::Cache,
    host::{Frame, Stop},
};
pub use self::{
    host::{GAS_OF_HOST_CALL, State},
    instrument::{LOGICAL_STACK, instrument, instrument_for_pallet},
};
use anyhow::{Context, Result, anyhow};
use std::sync::Arc;
use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, InstancePre, Linker, Module, ModuleExport, OptLevel,
    PoolingAllocationConfig, Store, Trap, WasmBacktraceDetails,
};

/// Pages of 64 KiB that a contract may have, as in the pallet's schedule.
pub const MEMORY_PAGES: u32 = 16;

/// Most bytes of the machine's stack. [`LOGICAL_STACK`] must end any recursion before this does, as this depends on the machine.
const NATIVE_STACK: usize = 1 << 20;

/// How a module's gas is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metering {
    /// Not at all: what counting costs is the difference.
    None,
    /// By instrumentation: a function in the module lowers a global before each block of instructions.
    Global,
    /// The same without the function: each block lowers the global itself. The same gas.
    Inline,
    /// By instrumentation: a host function is called before each block of instructions.
    Host,
    /// By wasmtime itself, which weaves its own counter into the machine code. Its rules may change with its version.
    Fuel,
}

/// Which of the two entries of a contract runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The constructors.
    Deploy,
    /// The messages.
    Call,
}

/// What a contract learns about its caller, and what limits it.
#[derive(Clone, Debug)]
pub struct Call {
    /// Which entry runs.
    pub entry: Entry,
    /// Who calls.
    pub caller: [u8; 32],
    /// The contract's own account.
    pub address: [u8; 32],
    /// The balance that came with the call.
    pub value: u128,
    /// Selector and arguments.
    pub input: Vec<u8>,
    /// Instructions, and what host functions charge in that unit.
    pub gas: u64,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// With this answer; nothing, if the contract just came to its end.
    Returned {
        /// The lowest bit says that the contract wants its changes undone.
        flags: u32,
        /// The answer.
        data: Vec<u8>,
    },
    /// The gas was used up.
    OutOfGas,
    /// The contract did what traps, such as `unreachable`, or went beyond its memory or stack.
    Trapped,
    /// A host function refused its arguments.
    Refused(&'static str),
}

/// An event that a contract deposited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Hashes to find it by.
    pub topics: Vec<[u8; 32]>,
    /// Its fields.
    pub data: Vec<u8>,
}

/// What a run leaves behind.
#[derive(Debug)]
pub struct Outcome<S> {
    /// How it ended.
    pub end: End,
    /// Gas used. Zero where it was not counted.
    pub gas: u64,
    /// The events, in their order.
    pub events: Vec<Event>,
    /// The state that the run was given.
    pub state: S,
}

/// A module, compiled and bound to the host functions.
pub struct Compiled<S: 'static> {
    pre: InstancePre<Frame<S>>,
    call: ModuleExport,
    deploy: ModuleExport,
    memory: ModuleExport,
    gas: Option<ModuleExport>,
}

/// Compiles contracts, keeps what it compiled, and runs it over states of type `S`.
pub struct NativeEngine<S: 'static> {
    engine: Engine,
    linker: Linker<Frame<S>>,
    metering: Metering,
    cache: Cache<Compiled<S>>,
}

/// wasmtime, held to what the pallet admits: the first version of WebAssembly and sign extension, nothing that depends on the machine.
fn config(metering: Metering) -> Config {
    let mut slots = PoolingAllocationConfig::new();
    slots
        .total_core_instances(16)
        .total_memories(16)
        .total_tables(16)
        .max_core_instance_size(1 << 16)
        .table_elements(4096)
        .max_memory_size(usize::try_from(MEMORY_PAGES).unwrap_or(usize::MAX) << 16)
        .linear_memory_keep_resident(1 << 18)
        .table_keep_resident(1 << 14);
    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(slots))
        .memory_init_cow(true)
        .max_wasm_stack(NATIVE_STACK)
        .consume_fuel(metering == Metering::Fuel)
        .cranelift_opt_level(OptLevel::Speed)
        .parallel_compilation(false)
        .wasm_backtrace(false)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .generate_address_map(false)
        .wasm_simd(false)
        .wasm_relaxed_simd(false)
        .wasm_threads(false)
        .wasm_bulk_memory(false)
        .wasm_reference_types(false)
        .wasm_function_references(false)
        .wasm_gc(false)
        .wasm_multi_value(false)
        .wasm_multi_memory(false)
        .wasm_memory64(false)
        .wasm_tail_call(false)
        .wasm_extended_const(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false);
    config
}

impl<S: State> NativeEngine<S> {
    /// An engine with an empty cache.
    ///
    /// # Errors
    ///
    /// When wasmtime refuses the configuration on this machine.
    pub fn new(metering: Metering) -> Result<Self> {
        let engine = Engine::new(&config(metering)).context("cannot set up wasmtime for contracts")?;
        let mut linker = Linker::new(&engine);
        host::define(&mut linker).context("cannot define the contracts' host functions")?;
        let cache = Cache::new(&engine);
        Ok(Self {
            engine,
            linker,
            metering,
            cache,
        })
    }

    /// The compiled form of `code`, from the cache if it is there.
    ///
    /// # Errors
    ///
    /// When `code` is not a module that may run here.
    pub fn compiled(&self, code_hash: [u8; 32], code: &[u8]) -> Result<Arc<Compiled<S>>> {
        self.cache
            .get_or_insert(code_hash, || self.compile(&instrument(code, self.metering)?))
    }

    /// Compiles a module that [`instrument()`] prepared for this engine's way of counting.
    ///
    /// # Errors
    ///
    /// When the module uses what is not admitted, or imports what there is not.
    pub fn compile(&self, prepared: &[u8]) -> Result<Compiled<S>> {
        let module = Module::new(&self.engine, prepared).context("cannot compile the contract")?;
        let export = |name: &str| {
            let index = module.get_export_index(name);
            index.ok_or_else(|| anyhow!("cannot use the contract: it does not export `{name}`"))
        };
        let gas = match self.metering {
            Metering::Global | Metering::Inline => Some(export(instrument::GAS_GLOBAL)?),
            Metering::None | Metering::Host | Metering::Fuel => None,
        };
        Ok(Compiled {
            call: export("call")?,
            deploy: export("deploy")?,
            memory: export(instrument::MEMORY)?,
            gas,
            pre: self
                .linker
                .instantiate_pre(&module)
                .context("cannot bind the contract to its host functions")?,
        })
    }

    /// Runs a contract in a fresh instance.
    ///
    /// # Errors
    ///
    /// When no instance can be made. What the contract itself does wrong is an [`End`].
    pub fn run(&self, compiled: &Compiled<S>, call: Call, state: S) -> Result<Outcome<S>> {
        let (entry, limit) = (call.entry, call.gas);
        let mut store = Store::new(&self.engine, Frame::new(call, self.metering, state));
        if self.metering == Metering::Fuel {
            store.set_fuel(limit).context("cannot limit the contract's gas")?;
        }
        let instance = compiled
            .pre
            .instantiate(&mut store)
            .context("cannot make an instance of the contract")?;
        let memory = instance
            .get_module_export(&mut store, &compiled.memory)
            .and_then(|export| export.into_memory());
        let gas = compiled
            .gas
            .and_then(|gas| instance.get_module_export(&mut store, &gas)?.into_global());
        if let Some(gas) = gas {
            gas.set(&mut store, wasmtime::Val::I64(limit.cast_signed()))
                .context("cannot limit the contract's gas")?;
        }
        store.data_mut().bind(memory, gas);
        let entry = match entry {
            Entry::Call => &compiled.call,
            Entry::Deploy => &compiled.deploy,
        };
        let function = instance
            .get_module_export(&mut store, entry)
            .and_then(|export| export.into_func());
        let function = function
            .context("cannot find the contract's entry")?
            .typed::<(), ()>(&store)?;

        let ended = function.call(&mut store, ());
        let left = host::gas_left(&mut store);
        let end = match ended {
            Ok(()) => End::Returned {
                flags: 0,
                data: Vec::new(),
            },
            Err(error) => match (error.downcast_ref::<Trap>(), left) {
                (Some(Trap::OutOfFuel), _) | (Some(_), None) => End::OutOfGas,
                (Some(_), Some(_)) => End::Trapped,
                (None, _) => match error.downcast::<Stop>()? {
                    Stop::Returned { flags, data } => End::Returned { flags, data },
                    Stop::OutOfGas => End::OutOfGas,
                    Stop::Refused(why) => End::Refused(why),
                },
            },
        };
        let used = match end {
            End::OutOfGas => limit,
            _ => limit.saturating_sub(left.unwrap_or_default()),
        };
        let frame = store.into_data();
        Ok(Outcome {
            end,
            gas: used,
            events: frame.events,
            state: frame.state,
        })
    }
}
