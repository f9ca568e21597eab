//! What goes wrong with contracts, and that each thing has a name of its own.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use blocs_contract_kit::{
    AccountId, BLOC, Bundle, CallOptions, Contract, DeployOptions, Failure, MICRO, Sandbox, address, bundle,
};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, Instruction, MemorySection, MemoryType, Module, TypeSection, ValType,
};

/// A sandbox with a probe, and its owner.
fn probe() -> (Sandbox, Contract, AccountId) {
    let mut sandbox = Sandbox::new();
    let alice = sandbox.account("alice");
    let probe = sandbox.deploy(&bundle("probe"), &alice, "new", &["5"], 0).unwrap();
    (sandbox, probe, alice)
}

/// A module by hand: what differs from the smallest contract.
struct Code {
    body: Vec<Instruction<'static>>,
    data: usize,
    own_memory: bool,
    pages: u64,
    exports: Vec<&'static str>,
    import: Option<(&'static str, &'static str)>,
}

impl Default for Code {
    fn default() -> Self {
        Self {
            body: vec![],
            data: 0,
            own_memory: false,
            pages: 1,
            exports: vec!["call", "deploy"],
            import: None,
        }
    }
}

impl Code {
    /// Its bytes: a function without arguments, exported under each name.
    fn wasm(&self) -> Vec<u8> {
        let memory = MemoryType {
            minimum: self.pages,
            maximum: Some(self.pages),
            memory64: false,
            shared: false,
            page_size_log2: None,
        };
        let mut types = TypeSection::new();
        types.ty().function([], []);
        types.ty().function([ValType::I32; 4], []);
        let mut imports = ImportSection::new();
        if let Some((module, name)) = self.import {
            imports.import(module, name, EntityType::Function(1));
        }
        if !self.own_memory {
            imports.import("env", "memory", EntityType::Memory(memory));
        }
        let mut functions = FunctionSection::new();
        functions.function(0);
        let mut exports = ExportSection::new();
        for name in &self.exports {
            exports.export(name, ExportKind::Func, u32::from(self.import.is_some()));
        }
        let mut body = Function::new([]);
        for instruction in &self.body {
            body.instruction(instruction);
        }
        body.instruction(&Instruction::End);
        let mut code = CodeSection::new();
        code.function(&body);

        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions);
        if self.own_memory {
            let mut memories = MemorySection::new();
            memories.memory(memory);
            module.section(&memories);
        }
        module.section(&exports).section(&code);
        if self.data > 0 {
            let mut data = DataSection::new();
            data.active(0, &ConstExpr::i32_const(0), vec![1; self.data]);
            module.section(&data);
        }
        module.finish()
    }
}

/// Why the chain refuses a code.
fn rejection(code: &Code) -> String {
    let mut sandbox = Sandbox::new();
    let alice = sandbox.account("alice");
    let before = sandbox.balance(&alice);
    let uploaded = sandbox.upload_code(&code.wasm(), &alice).unwrap_err();
    let deployed = sandbox
        .deploy_code(&code.wasm(), &alice, vec![], DeployOptions::default())
        .unwrap_err();
    assert_eq!(uploaded.to_string(), deployed.to_string());
    assert_eq!(sandbox.balance(&alice), before, "what is refused costs no deposit");
    match uploaded {
        Failure::CodeRejected { reason } => reason,
        other => panic!("refused for another reason: {other}"),
    }
}

#[test]
fn the_smallest_contract_is_taken() {
    let mut sandbox = Sandbox::new();
    let alice = sandbox.account("alice");

    let (address, _) = sandbox
        .deploy_code(&Code::default().wasm(), &alice, vec![], DeployOptions::default())
        .unwrap();

    let outcome = sandbox
        .call_raw(&address, &alice, vec![1, 2, 3], CallOptions::default())
        .unwrap();
    assert_eq!(outcome.data, Vec::<u8>::new());
}

#[test]
fn a_bundle_that_is_not_wasm_is_refused() {
    let (mut sandbox, probe, alice) = probe();
    let code = b"no wasm at all";
    let mut metadata = metadata_of("probe");
    metadata["source"]["wasm"] = hex(code).into();
    metadata["source"]["hash"] = hex(&sp_io::hashing::blake2_256(code)).into();
    let bundle = Bundle::from_json(metadata.to_string().as_bytes()).unwrap();

    let failure = sandbox.deploy(&bundle, &alice, "new", &["1"], 0).unwrap_err();

    assert!(matches!(failure, Failure::CodeRejected { .. }), "{failure}");
    assert!(failure.to_string().contains("not WebAssembly"), "{failure}");
    assert!(sandbox.read(&probe, "number", &[]).is_ok());
}

#[test]
fn a_bundle_with_the_metadata_of_another_contract_is_refused_and_so_are_its_calls() {
    let mut mixed = metadata_of("probe");
    mixed["source"]["wasm"] = metadata_of("flipper")["source"]["wasm"].clone();
    let error = Bundle::from_json(mixed.to_string().as_bytes()).unwrap_err();
    assert!(error.to_string().contains("not the one of this metadata"), "{error}");

    let (mut sandbox, probe, alice) = probe();
    let mistaken = sandbox.register(&bundle("flipper"), &probe.address);
    let failure = sandbox.call(&mistaken, &alice, "flip", &[]).unwrap_err();
    assert!(matches!(failure, Failure::Lang { .. }), "{failure}");
    assert!(
        failure.to_string().contains("is this the metadata of that contract?"),
        "{failure}"
    );
}

#[test]
fn a_message_that_does_not_exist_is_unknown() {
    let (mut sandbox, probe, alice) = probe();

    let failure = sandbox.call(&probe, &alice, "nmuber", &[]).unwrap_err();
    let raw = sandbox
        .call_raw(&probe.address, &alice, vec![0; 4], CallOptions::default())
        .unwrap_err();

    assert!(matches!(failure, Failure::Unknown(_)), "{failure}");
    assert!(failure.to_string().contains("nmuber"), "{failure}");
    assert!(matches!(raw, Failure::Lang { .. }), "{raw}");
}

#[test]
fn an_argument_that_does_not_fit_is_named() {
    let (mut sandbox, probe, alice) = probe();

    for args in [&["many"][..], &[], &["1", "2"], &["none=1"]] {
        let failure = sandbox.call(&probe, &alice, "set", args).unwrap_err();
        assert!(matches!(failure, Failure::Arguments(_)), "{args:?}: {failure}");
    }
}

#[test]
fn a_call_that_never_ends_runs_out_of_gas() {
    let (mut sandbox, probe, alice) = probe();
    let options = CallOptions {
        gas: Some((2_000_000_000, 1_000_000).into()),
        ..Default::default()
    };

    let failure = sandbox
        .call_with(&probe, &alice, "never_ends", &[], options)
        .unwrap_err();

    assert!(matches!(failure, Failure::OutOfGas { .. }), "{failure}");
    assert!(failure.to_string().contains("2000000000"), "{failure}");
    assert!(sandbox.read(&probe, "number", &[]).is_ok());
}

#[test]
fn a_deposit_limit_that_is_too_low_stops_a_call() {
    let (mut sandbox, probe, alice) = probe();
    let options = CallOptions {
        deposit: Some(MICRO),
        ..Default::default()
    };

    let failure = sandbox
        .call_with(&probe, &alice, "store", &["1", "1000"], options)
        .unwrap_err();

    assert!(
        matches!(failure, Failure::DepositLimit { limit: Some(MICRO), .. }),
        "{failure}"
    );
    assert!(sandbox.call(&probe, &alice, "store", &["1", "1000"]).is_ok());
}

#[test]
fn a_deposit_limit_that_is_too_low_stops_a_deployment() {
    let mut sandbox = Sandbox::new();
    let alice = sandbox.account("alice");
    let options = DeployOptions {
        deposit: Some(MICRO),
        ..Default::default()
    };

    let failure = sandbox
        .deploy_with(&bundle("probe"), &alice, "new", &["1"], options)
        .unwrap_err();

    assert!(matches!(failure, Failure::DepositLimit { .. }), "{failure}");
}

#[test]
fn a_trap_is_a_trap() {
    let (mut sandbox, probe, alice) = probe();

    let panicked = sandbox.call(&probe, &alice, "panics", &[]).unwrap_err();
    let trapping = Code {
        body: vec![Instruction::Unreachable],
        ..Default::default()
    };
    let deployed = sandbox
        .deploy_code(&trapping.wasm(), &alice, vec![], DeployOptions::default())
        .unwrap_err();

    assert!(matches!(panicked, Failure::Trapped { .. }), "{panicked}");
    assert!(matches!(deployed, Failure::Trapped { .. }), "{deployed}");
    assert!(sandbox.read(&probe, "number", &[]).is_ok());
}

#[test]
fn a_contract_that_calls_itself_is_denied_unless_it_allows_it() {
    let (mut sandbox, probe, alice) = probe();

    let denied = sandbox.call(&probe, &alice, "call_itself", &["false"]).unwrap_err();
    let allowed = sandbox.call(&probe, &alice, "call_itself", &["true"]).unwrap();

    assert!(matches!(denied, Failure::ReentranceDenied { .. }), "{denied}");
    assert_eq!(allowed.decode::<u32>(), 5);
}

#[test]
fn a_contract_that_is_called_by_one_it_called_is_denied() {
    let (mut sandbox, probe, alice) = probe();

    let failure = sandbox
        .call(&probe, &alice, "set_other", &[&address(&probe.address), "1"])
        .unwrap_err();

    assert!(matches!(failure, Failure::ReentranceDenied { .. }), "{failure}");
}

#[test]
fn a_code_that_is_too_large_is_refused() {
    let mut sandbox = Sandbox::new();
    let alice = sandbox.account("alice");
    let code = Code {
        data: 200 * 1024,
        pages: 8,
        ..Default::default()
    };

    let failure = sandbox.upload_code(&code.wasm(), &alice).unwrap_err();

    assert!(
        matches!(failure, Failure::CodeTooLarge { limit: 125_952, .. }),
        "{failure}"
    );
}

#[test]
fn floating_point_is_refused() {
    let reason = rejection(&Code {
        body: vec![Instruction::F32Const(1.5_f32.into()), Instruction::Drop],
        ..Default::default()
    });

    assert!(reason.contains("floating-point"), "{reason}");
}

#[test]
fn code_that_exports_more_than_its_two_functions_is_refused() {
    let reason = rejection(&Code {
        exports: vec!["call", "deploy", "memcpy"],
        ..Default::default()
    });

    assert!(reason.contains("memcpy"), "{reason}");
}

#[test]
fn code_without_an_entry_point_is_refused() {
    let reason = rejection(&Code {
        exports: vec!["call"],
        ..Default::default()
    });

    assert!(reason.contains("deploy"), "{reason}");
}

#[test]
fn code_that_imports_what_the_chain_has_not_is_refused() {
    for import in [("seal0", "open_file"), ("seal0", "seal_random"), ("wasi", "fd_write")] {
        let reason = rejection(&Code {
            import: Some(import),
            ..Default::default()
        });

        assert!(reason.contains(import.1), "{import:?}: {reason}");
    }
}

#[test]
fn memory_of_its_own_or_too_much_of_it_is_refused() {
    let own = rejection(&Code {
        own_memory: true,
        ..Default::default()
    });
    let large = rejection(&Code {
        pages: 17,
        ..Default::default()
    });

    assert!(own.contains("memory"), "{own}");
    assert!(large.contains("memory"), "{large}");
}

#[test]
fn a_contract_that_does_not_exist_is_not_found() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let nobody = sandbox.register(&bundle("probe"), &bob);

    let failure = sandbox.call(&nobody, &alice, "number", &[]).unwrap_err();

    assert!(matches!(failure, Failure::NotFound { .. }), "{failure}");
}

#[test]
fn who_has_too_little_can_send_no_value() {
    let (mut sandbox, probe, alice) = probe();

    let failure = sandbox
        .call_with_value(&probe, &alice, "pay", &[], 2_000_000 * BLOC)
        .unwrap_err();

    assert!(
        matches!(failure, Failure::TransferFailed { .. } | Failure::DepositFunds { .. }),
        "{failure}"
    );
}

/// The JSON of a built bundle.
fn metadata_of(name: &str) -> serde_json::Value {
    let path = blocs_contract_kit::bundle_path(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{digits}")
}
