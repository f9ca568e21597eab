//! The contracts that are measured: those of `contracts/bench` and `contracts/samples/flipper`, and some made here that do nothing, with
//! more or less code that does not run.

use anyhow::{Result, anyhow, bail};
use blocs_contract::Bundle;
use std::path::PathBuf;
use wasm_instrument::parity_wasm::{
    self, builder,
    elements::{Instruction, Instructions},
};

/// A contract's module.
#[derive(Clone, Debug)]
pub struct ContractModule {
    /// What the tables call it.
    pub name: &'static str,
    /// Its code, as the chain stores it.
    pub code: Vec<u8>,
    /// Selector and arguments of its constructor; nothing if it has none to tell apart.
    pub deploy: Vec<u8>,
    /// Selector and arguments of a message that is sent once, before anything is measured.
    pub fill: Option<Vec<u8>>,
}

/// The contracts of the repository that are measured.
pub const BUILT: [&str; 4] = ["flipper", "bench-token", "bench-compute", "bench-writes"];

/// The first four bytes of the hash of a message's name: how ink! tells messages apart.
pub fn selector(message: &str) -> Vec<u8> {
    sp_io::hashing::blake2_256(message.as_bytes())[..4].to_vec()
}

/// One of [`BUILT`].
///
/// # Errors
///
/// When it has not been built, or cannot be read.
pub fn built(name: &'static str) -> Result<ContractModule> {
    let argument = match name {
        "flipper" => vec![0],
        "bench-token" => u128::MAX.to_le_bytes().to_vec(),
        _ => Vec::new(),
    };
    let places = places(name);
    let Some(place) = places.iter().find(|place| place.is_file()) else {
        bail!("cannot find the contract {name} at {places:?}; run `make contracts` first");
    };
    let code = Bundle::read(place)?.wasm()?.to_vec();
    let deploy = [selector("new"), argument].concat();
    Ok(ContractModule {
        name,
        code,
        deploy,
        fill: None,
    })
}

/// Where a bundle may lie: below the target folder, whose path is in the environment or that of this program.
fn places(name: &str) -> Vec<PathBuf> {
    let named = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let own = std::env::current_exe().ok();
    let own = own.iter().flat_map(|own| own.ancestors().skip(1).map(PathBuf::from));
    let place = |target: PathBuf| target.join("contracts/ink").join(name).join(format!("{name}.contract"));
    named.into_iter().chain(own).map(place).collect()
}

/// A contract that does nothing, with `functions` bytes of code that does not run and `data` bytes in its memory.
///
/// # Errors
///
/// When the module cannot be written.
pub fn idle(name: &'static str, functions: usize, data: usize) -> Result<ContractModule> {
    /// Bytes of each function that does not run, about: two for each instruction pair's `i32.const 1`, one for `drop`.
    const BODY: usize = 900;
    let mut module = builder::module();
    for _ in 0..functions / BODY {
        let work = (0..BODY / 3).flat_map(|_| [Instruction::I32Const(1), Instruction::Drop]);
        let body = Instructions::new(work.chain([Instruction::End]).collect());
        module = module
            .function()
            .signature()
            .build()
            .body()
            .with_instructions(body)
            .build()
            .build();
    }
    let entry = |module: builder::ModuleBuilder, name: &str| {
        let mut module = module;
        let function = builder::function().signature().build().build();
        let place = module.push_function(function);
        module.with_export(builder::export().field(name).internal().func(place.body).build())
    };
    let module = entry(module, "call");
    let mut module = entry(module, "deploy");
    module.push_import(
        builder::import()
            .module("env")
            .field("memory")
            .external()
            .memory(2, Some(16))
            .build(),
    );
    let mut module = module.build();
    if data > 0 {
        let segment = parity_wasm::elements::DataSegment::new(
            0,
            Some(parity_wasm::elements::InitExpr::new(vec![
                Instruction::I32Const(0),
                Instruction::End,
            ])),
            vec![1; data],
        );
        let section = parity_wasm::elements::DataSection::with_entries(vec![segment]);
        module
            .insert_section(parity_wasm::elements::Section::Data(section))
            .map_err(|error| anyhow!("cannot give the module {name} its data: {error}"))?;
    }
    let code = parity_wasm::serialize(module).map_err(|error| anyhow!("cannot write the module {name}: {error}"))?;
    Ok(ContractModule {
        name,
        code,
        deploy: Vec::new(),
        fill: None,
    })
}
