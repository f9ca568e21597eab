//! From the linker's module to the one that is deployed.

use blocs_contract::MAX_MEMORY_PAGES;
use std::{convert::Infallible, io, process::Command};
use wasm_encoder::{
    EntityType, ExportSection, ImportSection, MemoryType, Module,
    reencode::{self, Reencode},
};
use wasmparser::{CustomSectionReader, Export, ExternalKind, Import, Parser};

/// Binaryen's program.
pub(crate) const OPTIMISER: &str = "wasm-opt";

/// An interpreter of WebAssembly 1.0 with sign extension.
const FEATURES: [&str; 3] = ["--mvp-features", "--enable-mutable-globals", "--enable-sign-ext"];

/// What the chain calls.
const ENTRIES: [&str; 2] = ["call", "deploy"];

/// Why code could not be made small.
#[derive(Debug, thiserror::Error)]
pub enum ShrinkError {
    /// It cannot be read.
    #[error("the linker's module cannot be read: {0}")]
    Read(#[from] reencode::Error<Infallible>),
    /// It is not what the optimiser takes.
    #[error("the optimiser refuses it: {0}; does a dependency use newer WebAssembly, such as SIMD or bulk memory?")]
    Optimise(String),
    /// The optimiser is another program, which works on files.
    #[error("cannot run {OPTIMISER}: {0}; is there space for temporary files?")]
    Run(#[from] io::Error),
}

/// Keeps of the linker's module what the chain calls and what that needs, and optimises it for size. Custom sections go; an imported
/// memory without a maximum gets the chain's. Memory begins as zeroes, so that zeroes need not be stored.
pub fn shrink(module: &[u8]) -> Result<Vec<u8>, ShrinkError> {
    let small = optimise(&entries_only(module, false)?, &["-Oz", "--zero-filled-memory"])?;
    // The optimiser may have added sections of its own.
    Ok(entries_only(&small, false)?)
}

/// What [`shrink`] begins with, without what the chain never reaches: functions are still those of the source, with their names.
pub(crate) fn reached(module: &[u8]) -> Result<Vec<u8>, ShrinkError> {
    optimise(
        &entries_only(module, true)?,
        &["--debuginfo", "--remove-unused-module-elements"],
    )
}

fn entries_only(module: &[u8], names: bool) -> Result<Vec<u8>, reencode::Error<Infallible>> {
    let mut kept = Module::new();
    EntriesOnly { names }.parse_core_module(&mut kept, Parser::new(0), module)?;
    Ok(kept.finish())
}

fn optimise(module: &[u8], passes: &[&str]) -> Result<Vec<u8>, ShrinkError> {
    run("in.wasm", module, &[&FEATURES, passes].concat())
}

/// What the optimiser makes of a file with this name and content.
fn run(name: &str, content: &[u8], flags: &[&str]) -> Result<Vec<u8>, ShrinkError> {
    let folder = tempfile::tempdir()?;
    let (from, to) = (folder.path().join(name), folder.path().join("out.wasm"));
    std::fs::write(&from, content)?;
    let done = Command::new(OPTIMISER)
        .args(flags)
        .arg(&from)
        .arg("-o")
        .arg(&to)
        .output()?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr).trim().to_owned();
        return Err(ShrinkError::Optimise(said));
    }
    Ok(std::fs::read(&to)?)
}

/// Copies a module without its other exports and without its custom sections.
struct EntriesOnly {
    /// Keep the section with the names of functions.
    names: bool,
}

impl Reencode for EntriesOnly {
    type Error = Infallible;

    fn parse_custom_section(
        &mut self,
        module: &mut Module,
        section: CustomSectionReader<'_>,
    ) -> Result<(), reencode::Error<Infallible>> {
        if self.names && section.name() == "name" {
            reencode::utils::parse_custom_section(self, module, section)?;
        }
        Ok(())
    }

    fn parse_export(
        &mut self,
        exports: &mut ExportSection,
        export: Export<'_>,
    ) -> Result<(), reencode::Error<Infallible>> {
        if export.kind == ExternalKind::Func && ENTRIES.contains(&export.name) {
            reencode::utils::parse_export(self, exports, export)?;
        }
        Ok(())
    }

    fn parse_import(
        &mut self,
        imports: &mut ImportSection,
        import: Import<'_>,
    ) -> Result<(), reencode::Error<Infallible>> {
        let kept = match self.entity_type(import.ty)? {
            EntityType::Memory(memory) if memory.maximum.is_none() => EntityType::Memory(MemoryType {
                maximum: Some(MAX_MEMORY_PAGES.max(memory.minimum)),
                ..memory
            }),
            other => other,
        };
        imports.import(import.module, import.name, kept);
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use blocs_contract::{CodeError, check_code};

    /// The module that a text describes, in binary.
    pub(crate) fn module(text: &str) -> Vec<u8> {
        run("in.wat", text.as_bytes(), &["--all-features", "--debuginfo"]).unwrap()
    }

    const CONTRACT: &str = r#"(module
        (import "env" "memory" (memory 2))
        (import "seal0" "caller" (func $caller (param i32 i32)))
        (import "seal0" "random" (func $random (param i32 i32)))
        (global $end i32 (i32.const 65536))
        (func $used
            (call $caller (i32.const 0) (i32.const 4))
            (i32.store (i32.const 8) (i32.load (i32.const 0))))
        (func $unused (call $random (i32.const 0) (i32.const 4)))
        (func $call (call $used))
        (func $deploy (call $used) (call $used))
        (export "call" (func $call))
        (export "deploy" (func $deploy))
        (export "memcpy" (func $unused))
        (export "__data_end" (global $end)))"#;

    #[test]
    fn only_what_the_chain_calls_and_its_needs_remain() {
        let before = module(CONTRACT);
        assert!(matches!(
            check_code(&before),
            Err(CodeError::Import { .. } | CodeError::Export { .. })
        ));
        let small = shrink(&before).unwrap();
        let summary = check_code(&small).unwrap();
        assert!(small.len() < before.len());
        assert_eq!(summary.imports, ["seal0.caller"]);
        assert_eq!(summary.memory_pages, MAX_MEMORY_PAGES);
        assert_eq!(summary.bytes, small.len());
    }

    #[test]
    fn shrinking_again_changes_nothing() {
        let small = shrink(&module(CONTRACT)).unwrap();
        assert_eq!(shrink(&small).unwrap(), small);
    }

    #[test]
    fn names_and_other_sections_go() {
        let small = shrink(&module(CONTRACT)).unwrap();
        for payload in Parser::new(0).parse_all(&small) {
            assert!(!matches!(payload.unwrap(), wasmparser::Payload::CustomSection(_)));
        }
    }

    #[test]
    fn a_memory_beyond_the_limit_is_not_cut_silently() {
        let small = shrink(&module(&CONTRACT.replace("(memory 2)", "(memory 17)"))).unwrap();
        assert!(matches!(check_code(&small), Err(CodeError::Memory { reason }) if reason.contains("17")));
    }

    #[test]
    fn a_missing_entry_is_found() {
        let small = shrink(&module(&CONTRACT.replace("\"deploy\"", "\"constructor\""))).unwrap();
        assert_eq!(check_code(&small), Err(CodeError::EntryMissing { name: "deploy" }));
    }

    #[test]
    fn an_unknown_host_function_that_is_used_is_found() {
        let text = CONTRACT.replace("(func $call (call $used))", "(func $call (call $unused))");
        let small = shrink(&module(&text)).unwrap();
        assert!(matches!(check_code(&small), Err(CodeError::Import { name, .. }) if name == "random"));
    }

    #[test]
    fn what_is_not_a_module_is_refused() {
        assert!(matches!(shrink(b"#!/bin/sh"), Err(ShrinkError::Read(_))));
        assert!(matches!(shrink(b""), Err(ShrinkError::Read(_))));
        let whole = module(CONTRACT);
        assert!(shrink(whole.get(..whole.len() / 2).unwrap()).is_err());
    }

    #[test]
    fn newer_webassembly_is_refused() {
        let text = CONTRACT.replace(
            "(func $call (call $used))",
            "(func $call (memory.fill (i32.const 0) (i32.const 0) (i32.const 4)))",
        );
        assert!(matches!(shrink(&module(&text)), Err(ShrinkError::Optimise(_))));
    }
}
