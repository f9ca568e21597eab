//! What is done to a module before it is compiled: its stack is bounded, its gas counted, its memory made its own.

use super::{MEMORY_PAGES, Metering, lower::lower};
use anyhow::{Context, Result, anyhow, bail, ensure};
use wasm_instrument::{
    gas_metering::{self, MemoryGrowCost, Rules, host_function, mutable_global},
    inject_stack_limiter,
    parity_wasm::{
        self, builder,
        elements::{BlockType, External, InitExpr, Instruction, Internal, Module},
    },
};

/// The global that holds the gas left, after `Metering::Global` and `Metering::Inline`.
pub(super) const GAS_GLOBAL: &str = "gas_left";
/// The module's memory.
pub(super) const MEMORY: &str = "memory";
/// Module and name of the function that takes gas, after `Metering::Host`.
pub(super) const GAS_FUNCTION: (&str, &str) = ("env", "gas");

/// Values that locals and operands of all frames may have together: 128 KiB of them.
pub const LOGICAL_STACK: u32 = 16 * 1024;

/// Every instruction costs one. No instruction computes with floating point.
struct OneEach;

impl Rules for OneEach {
    fn instruction_cost(&self, instruction: &Instruction) -> Option<u32> {
        (!is_float(instruction)).then_some(1)
    }

    fn memory_grow_cost(&self) -> MemoryGrowCost {
        // At most 16 pages: bounded by the price of the instruction.
        MemoryGrowCost::Free
    }

    fn call_per_local_cost(&self) -> u32 {
        1
    }
}

/// Whether an instruction reads or makes a floating-point number.
#[rustfmt::skip]
fn is_float(instruction: &Instruction) -> bool {
    use Instruction::*;
    matches!(
        instruction,
            F32Load(..) | F64Load(..) | F32Store(..) | F64Store(..) | F32Const(..) | F64Const(..) | F32Eq | F32Ne
            | F32Lt | F32Gt | F32Le | F32Ge | F64Eq | F64Ne | F64Lt | F64Gt | F64Le | F64Ge | F32Abs | F32Neg
            | F32Ceil | F32Floor | F32Trunc | F32Nearest | F32Sqrt | F32Add | F32Sub | F32Mul | F32Div | F32Min
            | F32Max | F32Copysign | F64Abs | F64Neg | F64Ceil | F64Floor | F64Trunc | F64Nearest | F64Sqrt | F64Add
            | F64Sub | F64Mul | F64Div | F64Min | F64Max | F64Copysign | I32TruncSF32 | I32TruncUF32 | I32TruncSF64
            | I32TruncUF64 | I64TruncSF32 | I64TruncUF32 | I64TruncSF64 | I64TruncUF64 | F32ConvertSI32
            | F32ConvertUI32 | F32ConvertSI64 | F32ConvertUI64 | F32DemoteF64 | F64ConvertSI32 | F64ConvertUI32
            | F64ConvertSI64 | F64ConvertUI64 | F64PromoteF32 | I32ReinterpretF32 | I64ReinterpretF64
            | F32ReinterpretI32 | F64ReinterpretI64
    )
}

/// Prepares `code` for an engine that counts gas by `metering`.
///
/// # Errors
///
/// When `code` is not a contract's module: another memory than `env.memory` of at most 16 pages, floating point, or no WebAssembly at all.
pub fn instrument(code: &[u8], metering: Metering) -> Result<Vec<u8>> {
    write(meter(own_memory(read(code)?)?, metering)?)
}

/// Prepares `code` as the chain would store it for both engines, with endless gas, so that the pallet runs it as it is: what the interpreter
/// takes longer when the module counts by itself.
///
/// # Errors
///
/// As [`instrument`].
pub fn instrument_for_pallet(code: &[u8]) -> Result<Vec<u8>> {
    let mut module = meter(read(code)?, Metering::Inline)?;
    let globals = module.global_section_mut().map(|section| section.entries_mut());
    let gas = globals
        .and_then(|globals| globals.last_mut())
        .context("the module has no counter")?;
    *gas.init_expr_mut() = InitExpr::new(vec![Instruction::I64Const(i64::MAX), Instruction::End]);
    let exports = module.export_section_mut().context("the module exports nothing")?;
    exports.entries_mut().retain(|export| export.field() != GAS_GLOBAL);
    write(module)
}

fn read(code: &[u8]) -> Result<Module> {
    parity_wasm::deserialize_buffer(&lower(code)?).map_err(|why| anyhow!("cannot read the contract's module: {why}"))
}

fn write(module: Module) -> Result<Vec<u8>> {
    parity_wasm::serialize(module).map_err(|why| anyhow!("cannot write the instrumented module: {why}"))
}

/// Bounds the stack, then counts gas: what the bound costs is counted, and calls of the gas function are not bounded one by one.
fn meter(module: Module, metering: Metering) -> Result<Module> {
    let module = inject_stack_limiter(module, LOGICAL_STACK)
        .map_err(|why| anyhow!("cannot bound the contract's stack: {why}"))?;
    let in_global = mutable_global::Injector::new(GAS_GLOBAL);
    let metered = match metering {
        Metering::None | Metering::Fuel => Ok(module),
        Metering::Global => gas_metering::inject(module, in_global, &OneEach),
        Metering::Inline => gas_metering::inject(module, in_global, &OneEach).map(inline),
        Metering::Host => {
            let (module_name, name) = GAS_FUNCTION;
            gas_metering::inject(module, host_function::Injector::new(module_name, name), &OneEach)
        }
    };
    metered.map_err(|_| anyhow!("cannot count the contract's gas: it computes with floating point"))
}

/// Puts the function that takes gas, which `wasm-instrument` adds as the last one, where it is called: cranelift inlines nothing by itself.
fn inline(mut module: Module) -> Module {
    let function = u32::try_from(module.functions_space()).map_or(u32::MAX, |functions| functions.saturating_sub(1));
    let global = u32::try_from(module.globals_space()).map_or(u32::MAX, |globals| globals.saturating_sub(1));
    let bodies = module.code_section_mut().map(|section| section.bodies_mut());
    for body in bodies.into_iter().flatten() {
        let instructions = body.code_mut().elements_mut();
        let mut inlined = Vec::with_capacity(instructions.len() * 2);
        for instruction in instructions.drain(..) {
            match (inlined.last(), &instruction) {
                (Some(Instruction::I64Const(amount)), Instruction::Call(called)) if *called == function => {
                    let amount = *amount;
                    inlined.pop();
                    inlined.extend(charge(global, amount));
                }
                _ => inlined.push(instruction),
            }
        }
        *instructions = inlined;
    }
    module
}

/// Takes `amount` from the global, or leaves in it what says that it ran out.
fn charge(global: u32, amount: i64) -> [Instruction; 12] {
    [
        Instruction::GetGlobal(global),
        Instruction::I64Const(amount),
        Instruction::I64LtU,
        Instruction::If(BlockType::NoResult),
        Instruction::I64Const(-1),
        Instruction::SetGlobal(global),
        Instruction::Unreachable,
        Instruction::End,
        Instruction::GetGlobal(global),
        Instruction::I64Const(amount),
        Instruction::I64Sub,
        Instruction::SetGlobal(global),
    ]
}

/// Turns the imported memory into one that the module makes and exports: only those are taken from wasmtime's pool.
fn own_memory(mut module: Module) -> Result<Module> {
    let imports = module
        .import_section_mut()
        .context("cannot use the contract: it imports nothing, not even its memory")?;
    let mut limits = None;
    imports.entries_mut().retain(|import| match import.external() {
        External::Memory(memory) => {
            limits = Some((import.module() == "env" && import.field() == "memory", *memory.limits()));
            false
        }
        External::Function(_) | External::Table(_) | External::Global(_) => true,
    });
    let Some((true, limits)) = limits else {
        bail!("cannot use the contract: it does not import its memory as `env.memory`");
    };
    let maximum = limits.maximum().unwrap_or(MEMORY_PAGES);
    ensure!(
        limits.initial() <= maximum && maximum <= MEMORY_PAGES,
        "cannot use the contract: it wants {maximum} pages of memory, at most {MEMORY_PAGES} are allowed"
    );
    let module = builder::from_module(module)
        .memory()
        .with_min(limits.initial())
        .with_max(Some(maximum))
        .build()
        .with_export(
            builder::export()
                .field(MEMORY)
                .with_internal(Internal::Memory(0))
                .build(),
        );
    Ok(module.build())
}
