//! The compiler that builds a contract: whichever the contract's folder picks.

use crate::{BuildError, shrink::OPTIMISER};
use std::{
    io,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// What contracts are compiled for: WebAssembly 1.0 with mutable globals, and nothing newer.
pub const TARGET: &str = "wasm32v1-none";

/// What a build depends on besides the source.
#[derive(Clone, Debug)]
pub(crate) struct Toolchain {
    /// The compiler's version.
    pub(crate) release: String,
    /// What it runs on.
    pub(crate) host: String,
    /// The optimiser's version.
    pub(crate) optimiser: u32,
    /// Where it lies.
    sysroot: PathBuf,
    /// The commit that the standard library's own paths name.
    commit: String,
}

impl Toolchain {
    /// The compiler of a folder; an error when it cannot build contracts.
    pub(crate) fn of(folder: &Path) -> Result<Self, BuildError> {
        let version = ask(folder, &["--version", "--verbose"])?;
        let sysroot = ask(folder, &["--print", "sysroot"])?;
        let field = |name: &str| {
            version
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                .map(str::to_owned)
                .ok_or_else(|| BuildError::Toolchain {
                    command: "rustc --version --verbose".to_owned(),
                    reason: format!("it does not name its {name}"),
                })
        };
        let toolchain = Self {
            release: field("release")?,
            host: field("host")?,
            optimiser: optimiser()?,
            commit: field("commit-hash")?,
            sysroot: PathBuf::from(sysroot.trim()),
        };
        if !toolchain.sysroot.join("lib/rustlib").join(TARGET).join("lib").is_dir() {
            return Err(BuildError::NoTarget {
                release: toolchain.release,
            });
        }
        Ok(toolchain)
    }

    /// The flags that every crate of a contract's code is compiled with. They are the same for every contract on a machine, so that
    /// dependencies compile once; a machine's own paths are not in them as far as the result shows them.
    pub(crate) fn flags(&self) -> Vec<String> {
        let mut flags = vec![
            "-Clink-arg=-zstack-size=65536".to_owned(),
            "-Clink-arg=--import-memory".to_owned(),
            remap(
                &self.sysroot.join("lib/rustlib/src/rust"),
                &format!("/rustc/{}", self.commit),
            ),
        ];
        if let Some(home) = cargo_home() {
            flags.push(remap(&home, "/cargo"));
        }
        flags
    }
}

/// The version of the program that makes code small.
fn optimiser() -> Result<u32, BuildError> {
    let said = Command::new(OPTIMISER)
        .arg("--version")
        .output()
        .map_err(|_| BuildError::NoOptimiser)?;
    let said = String::from_utf8_lossy(&said.stdout);
    // "wasm-opt version 108", or the same with a commit behind it.
    let version = said.split_whitespace().find_map(|word| word.parse().ok());
    version.ok_or(BuildError::NoOptimiser)
}

/// The compiler's flag that has it write one path for another.
pub(crate) fn remap(from: &Path, to: &str) -> String {
    format!("--remap-path-prefix={}={to}", from.display())
}

/// Where cargo keeps what it has fetched.
fn cargo_home() -> Option<PathBuf> {
    let set = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    set.or_else(|| Some(std::env::home_dir()?.join(".cargo")))
}

/// The compiler, in a folder.
pub(crate) fn rustc(folder: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command.current_dir(folder);
    command
}

/// What a program said; an error only when it could not be run.
pub(crate) fn output(program: &'static str, command: &mut Command) -> Result<Output, BuildError> {
    command.output().map_err(no_program(program))
}

/// A program that could not be run.
pub(crate) fn no_program(program: &'static str) -> impl FnOnce(io::Error) -> BuildError {
    move |source| BuildError::NoProgram { program, source }
}

fn ask(folder: &Path, arguments: &[&str]) -> Result<String, BuildError> {
    let said = output("rustc", rustc(folder).args(arguments))?;
    if !said.status.success() {
        return Err(BuildError::Toolchain {
            command: format!("rustc {}", arguments.join(" ")),
            reason: String::from_utf8_lossy(&said.stderr).trim().to_owned(),
        });
    }
    Ok(String::from_utf8_lossy(&said.stdout).into_owned())
}
