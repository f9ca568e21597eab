//! What the chain would refuse a code for, one error for each.
#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use blocs_contract::{Bundle, BundleError, CodeError, MAX_CODE_BYTES, check_code};
use sp_crypto_hashing::blake2_256;
use wasm_encoder::{
    CodeSection, CustomSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection,
    Instruction, MemoryType, Module, TypeSection, ValType,
};

/// A contract of which some part is other than it should be.
struct Made {
    imports: Vec<(&'static str, &'static str)>,
    memory: Option<(u64, Option<u64>)>,
    exports: Vec<&'static str>,
    result: Vec<ValType>,
    body: Vec<Instruction<'static>>,
    padding: usize,
}

impl Default for Made {
    fn default() -> Self {
        Self {
            imports: vec![("seal0", "input"), ("seal1", "set_storage"), ("seal0", "seal_return")],
            memory: Some((2, Some(16))),
            exports: vec!["call", "deploy"],
            result: Vec::new(),
            body: Vec::new(),
            padding: 0,
        }
    }
}

impl Made {
    fn wasm(&self) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        types.ty().function([], self.result.clone());
        let mut imports = ImportSection::new();
        for (module, name) in &self.imports {
            imports.import(module, name, EntityType::Function(0));
        }
        if let Some((minimum, maximum)) = self.memory {
            let memory = MemoryType {
                minimum,
                maximum,
                memory64: false,
                shared: false,
                page_size_log2: None,
            };
            imports.import("env", "memory", EntityType::Memory(memory));
        }
        let mut functions = FunctionSection::new();
        functions.function(1);
        let entry = u32::try_from(self.imports.len()).unwrap();
        let mut exports = ExportSection::new();
        for name in &self.exports {
            exports.export(name, ExportKind::Func, entry);
        }
        let mut body = Function::new([]);
        for instruction in &self.body {
            body.instruction(instruction);
        }
        body.instruction(&Instruction::End);
        let mut code = CodeSection::new();
        code.function(&body);
        let mut module = Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&functions)
            .section(&exports)
            .section(&code);
        if self.padding > 0 {
            module.section(&CustomSection {
                name: "padding".into(),
                data: vec![0; self.padding].into(),
            });
        }
        module.finish()
    }

    fn refused(&self) -> CodeError {
        check_code(&self.wasm()).unwrap_err()
    }
}

#[test]
fn a_contract_is_taken_and_summed_up() {
    let wasm = Made::default().wasm();
    let code = check_code(&wasm).unwrap();
    assert_eq!(
        (code.bytes, code.hash, code.memory_pages),
        (wasm.len(), blake2_256(&wasm), 16)
    );
    assert_eq!(code.imports, ["seal0.input", "seal0.seal_return", "seal1.set_storage"]);
    // Sign extension is what compilers emit and the chain runs.
    let extends = Made {
        body: vec![Instruction::I32Const(1), Instruction::I32Extend8S, Instruction::Drop],
        ..Made::default()
    };
    assert!(check_code(&extends.wasm()).is_ok());
}

#[test]
fn what_is_not_webassembly_is_refused() {
    for bytes in [&b""[..], b"\0as", b"#!/bin/sh", b"{\"source\": {}}"] {
        assert!(matches!(check_code(bytes), Err(CodeError::NotWasm { .. })), "{bytes:?}");
    }
    assert!(matches!(check_code(b"\0asm"), Err(CodeError::Broken { .. })));
    let mut cut = Made::default().wasm();
    cut.pop();
    assert!(matches!(check_code(&cut), Err(CodeError::Broken { .. })));
}

#[test]
fn floating_point_is_refused_wherever_it_stands() {
    let computes = Made {
        body: vec![Instruction::F64Const(1.5.into()), Instruction::Drop],
        ..Made::default()
    };
    let gives = Made {
        result: vec![ValType::F32],
        body: vec![Instruction::Unreachable],
        ..Made::default()
    };
    for made in [computes, gives] {
        let failure = made.refused();
        assert!(matches!(failure, CodeError::FloatingPoint { .. }), "{failure}");
        assert!(failure.to_string().contains("f32 and f64"), "{failure}");
    }
}

#[test]
fn newer_webassembly_is_refused_by_its_name() {
    let bulk = Made {
        body: vec![
            Instruction::I32Const(0),
            Instruction::I32Const(0),
            Instruction::I32Const(0),
            Instruction::MemoryFill(0),
        ],
        ..Made::default()
    };
    let failure = bulk.refused();
    assert!(
        matches!(&failure, CodeError::Feature { feature } if feature == "bulk memory"),
        "{failure}"
    );
    let several = Made {
        result: vec![ValType::I32, ValType::I32],
        body: vec![Instruction::I32Const(0), Instruction::I32Const(0)],
        ..Made::default()
    };
    assert!(
        matches!(several.refused(), CodeError::Feature { .. }),
        "{}",
        several.refused()
    );
}

#[test]
fn only_call_and_deploy_are_exported() {
    let exports = |exports: &[&'static str]| {
        Made {
            exports: exports.to_vec(),
            ..Made::default()
        }
        .refused()
    };
    assert_eq!(
        exports(&["call", "deploy", "memset"]),
        CodeError::Export {
            name: "memset".to_owned()
        }
    );
    assert_eq!(exports(&["call"]), CodeError::EntryMissing { name: "deploy" });
    assert_eq!(exports(&["deploy"]), CodeError::EntryMissing { name: "call" });
    let gives = Made {
        result: vec![ValType::I64],
        body: vec![Instruction::I64Const(0)],
        ..Made::default()
    };
    assert!(matches!(gives.refused(), CodeError::EntryType { .. }));
}

#[test]
fn only_what_the_chain_offers_is_imported() {
    let importing = |module, name| Made {
        imports: vec![(module, name)],
        ..Made::default()
    };
    for (module, name) in [
        ("env", "printf"),
        ("seal0", "printf"),
        ("seal0", "return"),
        ("seal0", "random"),
        ("seal0", "reentrance_count"),
        ("seal1", "gas_left"),
        ("seal2", "seal_call"),
        ("wasi_snapshot_preview1", "fd_write"),
    ] {
        let failure = importing(module, name).refused();
        assert!(
            matches!(&failure, CodeError::Import { name: found, .. } if found == name),
            "{module}.{name}: {failure}"
        );
    }
    for (module, name) in [
        ("seal0", "call_chain_extension"),
        ("seal0", "seal_caller"),
        ("seal0", "caller_is_root"),
        ("seal2", "call"),
        ("seal2", "set_storage"),
    ] {
        assert!(check_code(&importing(module, name).wasm()).is_ok(), "{module}.{name}");
    }
}

#[test]
fn memory_is_imported_and_small() {
    let memory = |memory| Made {
        memory,
        ..Made::default()
    };
    assert!(memory(None).refused().to_string().contains("env.memory"));
    let failure = memory(Some((2, Some(17)))).refused().to_string();
    assert!(
        failure.contains("17 pages") && failure.contains("gives 16"),
        "{failure}"
    );
    assert!(matches!(memory(Some((17, None))).refused(), CodeError::Memory { .. }));
    assert_eq!(check_code(&memory(Some((2, None))).wasm()).unwrap().memory_pages, 16);
}

#[test]
fn a_code_that_is_too_large_says_how_large_it_may_be() {
    let large = Made {
        padding: MAX_CODE_BYTES,
        ..Made::default()
    };
    let failure = large.refused();
    assert!(matches!(failure, CodeError::TooLarge { .. }));
    assert!(failure.to_string().contains("125952"), "{failure}");
}

fn bundle(wasm: &[u8], hash: [u8; 32]) -> Result<Bundle, BundleError> {
    let mut json: serde_json::Value = serde_json::from_str(include_str!("data/failures.json")).unwrap();
    json["source"] = serde_json::json!({
        "hash": format!("0x{}", hex::encode(hash)),
        "language": "ink! 5.1.1",
        "compiler": "rustc 1.95.0",
        "wasm": format!("0x{}", hex::encode(wasm)),
    });
    json["contract"] = serde_json::json!({ "name": "failures", "version": "0.1.0", "authors": [] });
    Bundle::from_json(json.to_string().as_bytes())
}

#[test]
fn a_bundle_holds_the_code_that_its_metadata_names() {
    let wasm = Made::default().wasm();
    let good = bundle(&wasm, blake2_256(&wasm)).unwrap();
    assert_eq!(
        (good.name(), good.version(), good.wasm().unwrap()),
        ("failures", "0.1.0", &wasm[..])
    );
    assert_eq!(good.code_hash(), blake2_256(&wasm));
    let failure = bundle(&wasm, [1; 32]).unwrap_err();
    assert!(matches!(failure, BundleError::OtherCode { .. }), "{failure}");
    // That its code is no WebAssembly shows when the code is looked at.
    let text = bundle(b"hello", blake2_256(b"hello")).unwrap();
    assert!(matches!(
        check_code(text.wasm().unwrap()),
        Err(CodeError::NotWasm { .. })
    ));
    // Metadata alone has no source, and so names no code.
    let bare = Bundle::from_json(include_bytes!("data/failures.json"));
    assert!(matches!(bare, Err(BundleError::NotABundle { .. })));
}

#[test]
fn a_bundle_is_read_whole_in_parts_or_from_its_folder() {
    let folder = std::env::temp_dir().join(format!("blocs-bundle-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let wasm = Made::default().wasm();
    let mut json: serde_json::Value = serde_json::from_str(include_str!("data/failures.json")).unwrap();
    json["source"] = serde_json::json!({ "hash": format!("0x{}", hex::encode(blake2_256(&wasm))) });
    json["contract"] = serde_json::json!({ "name": "failures" });
    let metadata = folder.join("failures.json");
    std::fs::write(&metadata, json.to_string()).unwrap();
    assert!(matches!(
        Bundle::read(&metadata).unwrap().wasm(),
        Err(BundleError::NoCode)
    ));
    std::fs::write(folder.join("failures.wasm"), &wasm).unwrap();
    assert_eq!(Bundle::read(&metadata).unwrap().wasm().unwrap(), wasm);
    assert_eq!(
        Bundle::read(&folder.join("failures.wasm")).unwrap().wasm().unwrap(),
        wasm
    );
    std::fs::write(folder.join("failures.wasm"), b"other").unwrap();
    assert!(matches!(Bundle::read(&metadata), Err(BundleError::OtherCode { .. })));
    assert!(Bundle::read(&folder).is_err());
    json["source"]["wasm"] = serde_json::json!(format!("0x{}", hex::encode(&wasm)));
    std::fs::write(folder.join("failures.contract"), json.to_string()).unwrap();
    assert_eq!(Bundle::read(&folder).unwrap().wasm().unwrap(), wasm);
    let missing = Bundle::read(&folder.join("none.contract")).unwrap_err();
    assert!(matches!(missing, BundleError::Read { .. }), "{missing}");
    std::fs::remove_dir_all(&folder).unwrap();
}
