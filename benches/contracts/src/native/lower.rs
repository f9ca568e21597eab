//! Sign extension in terms of shifts.
//!
//! The pallet admits the instructions of this one proposal, and the optimizer uses them; `wasm-instrument` cannot read them as the rest of the
//! workspace builds it.

use anyhow::{Result, anyhow};
use std::convert::Infallible;
use wasm_encoder::{
    CodeSection, Instruction, Module,
    reencode::{Error, Reencode},
};
use wasmparser::{FunctionBody, Parser};

struct Shifts;

impl Reencode for Shifts {
    type Error = Infallible;

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Result<(), Error<Infallible>> {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        let mut reader = body.get_operators_reader()?;
        while !reader.eof() {
            let instruction = self.parse_instruction(&mut reader)?;
            match bits_above(&instruction) {
                Some(Above::Of32(bits)) => {
                    function
                        .instruction(&Instruction::I32Const(bits))
                        .instruction(&Instruction::I32Shl);
                    function
                        .instruction(&Instruction::I32Const(bits))
                        .instruction(&Instruction::I32ShrS);
                }
                Some(Above::Of64(bits)) => {
                    function
                        .instruction(&Instruction::I64Const(bits))
                        .instruction(&Instruction::I64Shl);
                    function
                        .instruction(&Instruction::I64Const(bits))
                        .instruction(&Instruction::I64ShrS);
                }
                None => {
                    function.instruction(&instruction);
                }
            }
        }
        code.function(&function);
        Ok(())
    }
}

/// Bits above the sign that is extended, in an integer of 32 or 64.
enum Above {
    Of32(i32),
    Of64(i64),
}

fn bits_above(instruction: &Instruction<'_>) -> Option<Above> {
    match instruction {
        Instruction::I32Extend8S => Some(Above::Of32(24)),
        Instruction::I32Extend16S => Some(Above::Of32(16)),
        Instruction::I64Extend8S => Some(Above::Of64(56)),
        Instruction::I64Extend16S => Some(Above::Of64(48)),
        Instruction::I64Extend32S => Some(Above::Of64(32)),
        _ => None,
    }
}

/// The same module without instructions of sign extension.
pub(super) fn lower(code: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::new();
    Shifts
        .parse_core_module(&mut module, Parser::new(0), code)
        .map_err(|why| anyhow!("cannot read the contract's module: {why}"))?;
    Ok(module.finish())
}
