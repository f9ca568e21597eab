//! What the chain would refuse a code for.

use crate::CodeError;
use sp_crypto_hashing::blake2_256;
use wasmparser::{ExternalKind, Import, Parser, Payload, TypeRef, ValType, Validator, WasmFeatures, types::Types};

/// The longest code that the chain takes, in bytes.
pub const MAX_CODE_BYTES: usize = 123 * 1024;
/// The most memory that a contract may ask for, in pages of 64 KiB.
pub const MAX_MEMORY_PAGES: u64 = 16;

/// What every WebAssembly module begins with: the name of the format.
const MAGIC: &[u8] = b"\0asm";
/// The functions that the chain calls.
const ENTRIES: [&str; 2] = ["call", "deploy"];

/// What a code is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeSummary {
    /// Its length in bytes.
    pub bytes: usize,
    /// BLAKE2-256 of it: its name on the chain.
    pub hash: [u8; 32],
    /// The functions of the chain that it uses as `module.name`, sorted.
    pub imports: Vec<String>,
    /// The memory that it may use at most, in pages of 64 KiB.
    pub memory_pages: u64,
}

/// Checks what the chain would refuse, each with its own error. What passes here can still be refused by a chain with other limits: the
/// dry run of an upload has the last word.
pub fn check_code(wasm: &[u8]) -> Result<CodeSummary, CodeError> {
    if !wasm.starts_with(MAGIC) {
        let start = wasm.get(..4).unwrap_or(wasm);
        return Err(CodeError::NotWasm {
            start: if start.is_empty() {
                "nothing".to_owned()
            } else {
                format!("0x{}", hex::encode(start))
            },
        });
    }
    if wasm.len() > MAX_CODE_BYTES {
        return Err(CodeError::TooLarge {
            actual: wasm.len(),
            limit: MAX_CODE_BYTES,
        });
    }
    let types = valid(wasm)?;
    let (mut imports, mut memory, mut entries) = (Vec::new(), None, Vec::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.map_err(|e| broken(&e))? {
            Payload::ImportSection(section) => {
                for import in section {
                    let import = import.map_err(|e| broken(&e))?;
                    match import.ty {
                        TypeRef::Memory(wanted) if (import.module, import.name) == ("env", "memory") => {
                            memory = Some(wanted.maximum.unwrap_or(wanted.initial.max(MAX_MEMORY_PAGES)));
                        }
                        TypeRef::Func(_) if offered(&import) => {
                            imports.push(format!("{}.{}", import.module, import.name))
                        }
                        _ => {
                            return Err(CodeError::Import {
                                module: import.module.to_owned(),
                                name: import.name.to_owned(),
                            });
                        }
                    }
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export.map_err(|e| broken(&e))?;
                    if export.kind != ExternalKind::Func || !ENTRIES.contains(&export.name) {
                        return Err(CodeError::Export {
                            name: export.name.to_owned(),
                        });
                    }
                    if !is_entry(&types, export.index) {
                        return Err(CodeError::EntryType {
                            name: export.name.to_owned(),
                        });
                    }
                    entries.push(export.name);
                }
            }
            _ => {}
        }
    }
    if let Some(name) = ENTRIES.into_iter().find(|name| !entries.contains(name)) {
        return Err(CodeError::EntryMissing { name });
    }
    let memory_pages = memory.ok_or_else(|| CodeError::Memory {
        reason: "the code does not import its memory as env.memory, which the chain gives it".to_owned(),
    })?;
    if memory_pages > MAX_MEMORY_PAGES {
        return Err(CodeError::Memory {
            reason: format!(
                "the code asks for {memory_pages} pages of memory (64 KiB each), the chain gives {MAX_MEMORY_PAGES}"
            ),
        });
    }
    imports.sort_unstable();
    Ok(CodeSummary {
        bytes: wasm.len(),
        hash: blake2_256(wasm),
        imports,
        memory_pages,
    })
}

/// What the chain's interpreter takes.
fn features() -> WasmFeatures {
    WasmFeatures::MVP
        .union(WasmFeatures::SIGN_EXTENSION)
        .difference(WasmFeatures::FLOATS)
}

/// The module as the chain's interpreter would check it.
fn valid(wasm: &[u8]) -> Result<Types, CodeError> {
    let failure = match Validator::new_with_features(features()).validate_all(wasm) {
        Ok(types) => return Ok(types),
        Err(failure) => failure,
    };
    let said = failure.message();
    if said.contains("floating-point") {
        return Err(CodeError::FloatingPoint {
            place: format!("at byte {} of it", failure.offset()),
        });
    }
    // Is it a good module of a newer WebAssembly?
    if Validator::new_with_features(WasmFeatures::all())
        .validate_all(wasm)
        .is_err()
    {
        return Err(broken(&failure));
    }
    Err(CodeError::Feature {
        feature: said
            .strip_suffix(" support is not enabled")
            .map_or_else(|| format!("a newer extension of WebAssembly ({said})"), str::to_owned),
    })
}

fn broken(failure: &wasmparser::BinaryReaderError) -> CodeError {
    CodeError::Broken {
        reason: failure.message().to_owned(),
        offset: failure.offset(),
    }
}

/// Whether the function takes nothing and gives nothing; the chain still takes the old form that gives a number.
fn is_entry(types: &Types, function: u32) -> bool {
    let types = types.as_ref();
    let entry = types[types.core_function_at(function)].unwrap_func();
    entry.params().is_empty() && matches!(entry.results(), [] | [ValType::I32])
}

/// Whether the chain offers a function under this name to contracts. Those that it calls unstable or deprecated it does not.
fn offered(import: &Import<'_>) -> bool {
    let name = import.name;
    let plain = name.strip_prefix("seal_").unwrap_or(name);
    let known: &[&str] = match import.module {
        "seal0" => &SEAL0,
        "seal1" => &SEAL1,
        "seal2" => &SEAL2,
        _ => return false,
    };
    // Newer functions have no name with the prefix, and one has no name without.
    match (import.module, plain, plain == name) {
        ("seal0", "return", plain) => !plain,
        ("seal0", new, plain) if UNPREFIXED.contains(&new) => plain,
        ("seal2", new, plain) if new != "set_storage" => plain && known.contains(&new),
        _ => known.contains(&plain),
    }
}

const SEAL0: [&str; 43] = [
    "address",
    "balance",
    "block_number",
    "call",
    "call_chain_extension",
    "call_runtime",
    "caller",
    "caller_is_origin",
    "caller_is_root",
    "clear_storage",
    "code_hash",
    "contains_storage",
    "debug_message",
    "delegate_call",
    "deposit_event",
    "ecdsa_recover",
    "ecdsa_to_eth_address",
    "gas_left",
    "get_storage",
    "hash_blake2_128",
    "hash_blake2_256",
    "hash_keccak_256",
    "hash_sha2_256",
    "input",
    "instantiate",
    "instantiation_nonce",
    "is_contract",
    "lock_delegate_dependency",
    "minimum_balance",
    "now",
    "own_code_hash",
    "return",
    "set_code_hash",
    "set_storage",
    "sr25519_verify",
    "take_storage",
    "terminate",
    "transfer",
    "unlock_delegate_dependency",
    "value_transferred",
    "weight_to_fee",
    "xcm_execute",
    "xcm_send",
];

const SEAL1: [&str; 7] = [
    "call",
    "clear_storage",
    "contains_storage",
    "get_storage",
    "instantiate",
    "set_storage",
    "terminate",
];

const SEAL2: [&str; 3] = ["call", "instantiate", "set_storage"];

/// Functions of `seal0` without a second name that begins with `seal_`.
const UNPREFIXED: [&str; 8] = [
    "call_runtime",
    "caller_is_root",
    "instantiation_nonce",
    "lock_delegate_dependency",
    "sr25519_verify",
    "unlock_delegate_dependency",
    "xcm_execute",
    "xcm_send",
];
