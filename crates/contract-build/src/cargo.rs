//! The two builds of a contract: its code for the chain, and a native library that knows its metadata.

use crate::{
    BuildError, BuildOptions, TARGET,
    messages::{Artifact, Messages},
    project::{Package, Project},
    toolchain::{Toolchain, no_program, remap},
};
use semver::Version;
use std::{
    io::BufReader,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// How the code is compiled: small, checked, and whatever the contract's own profile says.
const PROFILE: [&str; 9] = [
    "profile.release.opt-level=\"z\"",
    "profile.release.lto=\"fat\"",
    "profile.release.codegen-units=1",
    "profile.release.panic=\"abort\"",
    "profile.release.overflow-checks=true",
    "profile.release.debug=false",
    "profile.release.debug-assertions=false",
    "profile.release.incremental=false",
    // Names go later: until then they say which function uses floating-point numbers.
    "profile.release.strip=\"none\"",
];

/// cargo, in a folder whose tool chain and configuration it takes.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut command = Command::new("cargo");
    command
        .current_dir(folder)
        // The paths of the files that cargo names depend on it.
        .env_remove("CARGO_BUILD_TARGET")
        // Which features a dependency has must not depend on who builds.
        .env_remove("CARGO_RESOLVER_FEATURE_UNIFICATION");
    command
}

/// The code for the chain.
pub(crate) struct Code {
    /// The linker's module.
    pub(crate) module: PathBuf,
    /// The version of ink! in it.
    pub(crate) ink: Version,
}

/// The native library.
pub(crate) struct Native {
    pub(crate) library: PathBuf,
    pub(crate) ink: PathBuf,
    /// One of these fits: compiler plugins may have brought another.
    pub(crate) serde_json: Vec<PathBuf>,
    /// Where the compiler looks for the rest.
    pub(crate) search: Vec<String>,
}

/// Compiles the code. `anew` even if cargo thinks that it is fresh.
pub(crate) fn code(
    project: &Project,
    package: &Package,
    toolchain: &Toolchain,
    options: &BuildOptions,
    anew: bool,
) -> Result<Code, BuildError> {
    let library = package.library().unwrap_or_default();
    if anew {
        // Two workspaces that share a target folder would share this file, too: cargo gives its name no hash.
        let folder = project.target_directory.join(TARGET).join("release/deps");
        let _ = std::fs::remove_file(folder.join(format!("{library}.wasm")));
    }
    let mut command = start(project, package, options);
    command
        .args(["--release", "--target", TARGET, "--crate-type", "cdylib"])
        .args(PROFILE.iter().flat_map(|setting| ["--config", *setting]))
        .env("CARGO_ENCODED_RUSTFLAGS", toolchain.flags().join("\x1f"))
        .env_remove("RUSTFLAGS");
    if !options.features.is_empty() {
        command.args(["--features", &options.features.join(",")]);
    }
    // Only for this crate: the dependencies of all contracts have the same flags, and are built once.
    command.arg("--").arg(remap(&project.workspace_root, "/contract"));
    let what = "for the chain";
    let messages = run(command, package, options, what, true)?;
    let lost = |what: &str| BuildError::Metadata {
        package: package.name.clone(),
        reason: format!("cargo named no {what}"),
        output: String::new(),
    };
    let module = messages.libraries(&library).find_map(|artifact| artifact.file("wasm"));
    let ink = messages.libraries("ink").find_map(Artifact::version);
    let code = Code {
        module: module.ok_or_else(|| lost("code"))?.to_owned(),
        ink: ink.ok_or_else(|| lost("version of ink!"))?,
    };
    package.check_ink(&code.ink)?;
    Ok(code)
}

/// Compiles the native library as `cargo test` would, which then finds its dependencies compiled.
pub(crate) fn native(project: &Project, package: &Package, options: &BuildOptions) -> Result<Native, BuildError> {
    let mut command = start(project, package, options);
    let mut features = options.features.clone();
    features.push("std".to_owned());
    command
        .args(["--crate-type", "rlib", "--features", &features.join(",")])
        // Cargo takes what another copy of the workspace left in the target folder for fresh, unless flags differ.
        .args(["--", &remap(&project.workspace_root, "/contract")]);
    // Its warnings were shown with the code's.
    let messages = run(command, package, options, "natively, for its metadata", false)?;
    let lost = |what: &str| BuildError::Metadata {
        package: package.name.clone(),
        reason: format!("cargo named no {what}"),
        output: String::new(),
    };
    let rlib = |artifact: &Artifact| artifact.file("rlib").map(Path::to_owned);
    let library = package.library().unwrap_or_default();
    // What others depend on comes first.
    let library = messages.libraries(&library).filter_map(rlib).last();
    let ink = messages.libraries("ink").next().ok_or_else(|| lost("ink!"))?;
    let (same, other): (Vec<_>, Vec<_>) = messages
        .libraries("serde_json")
        .partition(|artifact| artifact.same_profile(ink));
    let ink = rlib(ink).ok_or_else(|| lost("library of ink!"))?;
    let dependencies = ink.parent().unwrap_or(Path::new("/")).display();
    let mut search = vec![format!("dependency={dependencies}")];
    search.extend(messages.linked_paths.iter().cloned());
    Ok(Native {
        library: library.ok_or_else(|| lost("library of the contract"))?,
        serde_json: same.into_iter().chain(other).filter_map(rlib).collect(),
        search,
        ink,
    })
}

fn start(project: &Project, package: &Package, options: &BuildOptions) -> Command {
    let mut command = cargo(package.folder());
    command
        .args([
            "rustc",
            "--lib",
            "--no-default-features",
            "--message-format=json",
            "--manifest-path",
        ])
        .arg(&package.manifest_path)
        .arg("--target-dir")
        .arg(&project.target_directory)
        .args(options.network());
    if options.quiet {
        command.arg("--quiet");
    }
    command
}

fn run(
    mut command: Command,
    package: &Package,
    options: &BuildOptions,
    what: &'static str,
    warnings: bool,
) -> Result<Messages, BuildError> {
    let mut cargo = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(no_program("cargo"))?;
    let messages = match cargo.stdout.take() {
        Some(said) => Messages::read(BufReader::new(said), warnings && !options.quiet),
        None => Messages::default(),
    };
    if cargo.wait().map_err(no_program("cargo"))?.success() {
        return Ok(messages);
    }
    Err(BuildError::Compile {
        package: package.name.clone(),
        what,
        hint: if messages.needs_std {
            "; a crate needs an operating system, which contracts do not have: give each dependency `default-features = false`, and begin \
             lib.rs with `#![cfg_attr(not(feature = \"std\"), no_std, no_main)]`"
        } else {
            ""
        },
    })
}
