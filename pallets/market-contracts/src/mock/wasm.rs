//! The two contracts of the tests, put together by hand: a compiler for contracts would be a dependency as large as all others.

use wasm_encoder::{
    BlockType, CodeSection, EntityType, ExportKind, ExportSection, Function as Body, FunctionSection, ImportSection,
    MemArg, MemoryType, Module, TypeSection, ValType,
};

/// In place of an id: the messenger ends.
pub(crate) const END: u32 = u32::MAX;

/// A contract that calls the extension with what it gets and returns status and output.
///
/// Its input is the extension's and function's id, the length of the output buffer, and the argument. With [`END`] in place of the id it
/// terminates itself and leaves what it has to the account that is the argument.
pub(crate) fn messenger() -> Vec<u8> {
    const INPUT_LENGTH: i32 = 0;
    const INPUT: i32 = 8;
    const OUTPUT_LENGTH: i32 = 40_000;
    const STATUS: i32 = OUTPUT_LENGTH + 4;
    const OUTPUT: i32 = STATUS + 4;
    let mut body = Body::new([]);
    body.instructions()
        .i32_const(INPUT_LENGTH)
        .i32_const(32_768)
        .i32_store(WORD)
        .i32_const(INPUT)
        .i32_const(INPUT_LENGTH)
        .call(HOST_INPUT)
        .i32_const(INPUT)
        .i32_load(WORD)
        .i32_const(-1)
        .i32_eq()
        .if_(BlockType::Empty)
        .i32_const(INPUT + 8)
        .call(HOST_LAST)
        .end()
        // The length of the output buffer is the second word.
        .i32_const(OUTPUT_LENGTH)
        .i32_const(INPUT + 4)
        .i32_load(WORD)
        .i32_store(WORD)
        .i32_const(STATUS)
        .i32_const(INPUT)
        .i32_load(WORD)
        .i32_const(INPUT + 8)
        .i32_const(INPUT_LENGTH)
        .i32_load(WORD)
        .i32_const(8)
        .i32_sub()
        .i32_const(OUTPUT)
        .i32_const(OUTPUT_LENGTH)
        .call(HOST_OTHER)
        .i32_store(WORD)
        .i32_const(0)
        .i32_const(STATUS)
        .i32_const(OUTPUT_LENGTH)
        .i32_load(WORD)
        .i32_const(4)
        .i32_add()
        .call(HOST_RETURN)
        .end();
    module(&[EXTENSION, TERMINATE], &body)
}

/// A contract that calls another one, read-only, and returns what that returns. Its input is the other's account and its input.
pub(crate) fn window() -> Vec<u8> {
    const INPUT_LENGTH: i32 = 0;
    const INPUT: i32 = 8;
    const OUTPUT_LENGTH: i32 = 40_000;
    const OUTPUT: i32 = OUTPUT_LENGTH + 4;
    /// Sixteen bytes that stay zero.
    const NO_VALUE: i32 = 100_000;
    const READ_ONLY: i32 = 0b1_0000;
    let mut body = Body::new([]);
    body.instructions()
        .i32_const(INPUT_LENGTH)
        .i32_const(32_768)
        .i32_store(WORD)
        .i32_const(INPUT)
        .i32_const(INPUT_LENGTH)
        .call(HOST_INPUT)
        .i32_const(OUTPUT_LENGTH)
        .i32_const(20_000)
        .i32_store(WORD)
        .i32_const(READ_ONLY)
        .i32_const(INPUT)
        .i64_const(0)
        .i32_const(NO_VALUE)
        .i32_const(INPUT + 32)
        .i32_const(INPUT_LENGTH)
        .i32_load(WORD)
        .i32_const(32)
        .i32_sub()
        .i32_const(OUTPUT)
        .i32_const(OUTPUT_LENGTH)
        .call(HOST_OTHER)
        .drop()
        .i32_const(0)
        .i32_const(OUTPUT)
        .i32_const(OUTPUT_LENGTH)
        .i32_load(WORD)
        .call(HOST_RETURN)
        .end();
    module(&[CALL], &body)
}

const HOST_INPUT: u32 = 0;
const HOST_RETURN: u32 = 1;
const HOST_OTHER: u32 = 2;
const HOST_LAST: u32 = 3;

/// Module, name, parameters and results of a host function.
type Host<'a> = (&'a str, &'a str, &'a [ValType], &'a [ValType]);
const WORDS: &[ValType] = &[ValType::I32; 5];
const EXTENSION: Host<'_> = ("seal0", "seal_call_chain_extension", WORDS, &[ValType::I32]);
const TERMINATE: Host<'_> = ("seal1", "seal_terminate", &[ValType::I32], &[]);
const CALL: Host<'_> = (
    "seal1",
    "seal_call",
    &[
        ValType::I32,
        ValType::I32,
        ValType::I64,
        ValType::I32,
        ValType::I32,
        ValType::I32,
        ValType::I32,
        ValType::I32,
    ],
    &[ValType::I32],
);
const WORD: MemArg = MemArg {
    offset: 0,
    align: 2,
    memory_index: 0,
};

/// A contract with an empty constructor, this body, and these host functions besides those for input and return.
fn module(hosts: &[Host<'_>], call: &Body) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    types.ty().function([ValType::I32; 2], []);
    types.ty().function([ValType::I32; 3], []);
    let mut imports = ImportSection::new();
    imports.import("seal0", "seal_input", EntityType::Function(1)).import(
        "seal0",
        "seal_return",
        EntityType::Function(2),
    );
    let mut next = 2;
    for (namespace, name, parameters, results) in hosts {
        next += 1;
        types.ty().function(parameters.iter().copied(), results.iter().copied());
        imports.import(namespace, name, EntityType::Function(next));
    }
    let memory = MemoryType {
        minimum: 2,
        maximum: Some(2),
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    imports.import("env", "memory", memory);
    let mut functions = FunctionSection::new();
    functions.function(0).function(0);
    let mut exports = ExportSection::new();
    exports
        .export("deploy", ExportKind::Func, next)
        .export("call", ExportKind::Func, next + 1);
    let mut deploy = Body::new([]);
    deploy.instructions().end();
    let mut code = CodeSection::new();
    code.function(&deploy).function(call);
    let mut module = Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&exports)
        .section(&code);
    module.finish()
}
