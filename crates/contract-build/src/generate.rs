//! Asks a contract for its metadata.
//!
//! ink! puts a function into the native build of a contract that gives the metadata. A small program that is written here, compiled with
//! the contract's native library and run once, prints what that function gives. Linking and calling it needs the word `unsafe` in that
//! program: it is no code of ours that ships, and runs nothing but the contract's own.

use crate::{
    BuildError,
    cargo::Native,
    error::file,
    project::Package,
    toolchain::{output, rustc},
};
use serde_json::{Map, Value};
use std::path::Path;

/// The program. ink! declares the function so in its generated code, without a safe name for it.
const PROGRAM: &str = r#"
extern crate contract as _;
unsafe extern "Rust" { fn __ink_generate_metadata() -> ink::metadata::InkProject; }
fn main() -> Result<(), serde_json::Error> {
    let metadata = unsafe { __ink_generate_metadata() };
    serde_json::to_writer(std::io::stdout(), &metadata)
}
"#;

/// The metadata as ink! gives it.
pub(crate) fn metadata(package: &Package, native: &Native, scratch: &Path) -> Result<Map<String, Value>, BuildError> {
    let source = scratch.join("metadata.rs");
    std::fs::write(&source, PROGRAM).map_err(file("write", &source))?;
    let program = scratch.join(format!("metadata{}", std::env::consts::EXE_SUFFIX));
    let failed = |reason: &str, output: &[u8]| BuildError::Metadata {
        package: package.name.clone(),
        reason: reason.to_owned(),
        output: String::from_utf8_lossy(output).trim().to_owned(),
    };
    let mut complaint = Vec::new();
    let linked = native.serde_json.iter().try_fold(false, |linked, serde_json| {
        if !linked {
            let said = output("rustc", &mut link(package, native, serde_json, &source, &program))?;
            complaint = said.stderr;
            return Ok::<_, BuildError>(said.status.success());
        }
        Ok(linked)
    })?;
    if !linked {
        return Err(failed("the program that asks for it does not link", &complaint));
    }
    let mut run = std::process::Command::new(&program);
    let said = run
        .current_dir(package.folder())
        .output()
        .map_err(file("run", &program))?;
    if !said.status.success() {
        return Err(failed("the contract cannot describe itself", &said.stderr));
    }
    serde_json::from_slice(&said.stdout)
        .map_err(|e| failed(&format!("what it said is not metadata ({e})"), &said.stdout))
}

fn link(package: &Package, native: &Native, serde_json: &Path, source: &Path, program: &Path) -> std::process::Command {
    let mut command = rustc(package.folder());
    command
        .args(["--edition", "2024", "--crate-name", "metadata", "--crate-type", "bin"])
        // ink! collects events in a section of the program, of which nothing may be dropped.
        .args(["-Clink-dead-code", "-Cdebuginfo=0", "-o"])
        .arg(program)
        .arg(source);
    for (name, library) in [
        ("contract", native.library.as_path()),
        ("ink", &native.ink),
        ("serde_json", serde_json),
    ] {
        command.arg("--extern").arg(format!("{name}={}", library.display()));
    }
    for path in &native.search {
        command.args(["-L", path]);
    }
    command
}
