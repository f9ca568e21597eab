//! Contracts that others have published, fetched from the registries where they lie. Nothing of them is kept here but their checksums.

use crate::{
    process::{Launch, run, tail},
    program::checkout,
};
use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256, Sha512};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// Longest time for a download, on a slow line.
const LIMIT: Duration = Duration::from_secs(120);
/// The version of ink! that the sources are built with, whatever their manifest says.
const INK: &str = "5.1.1";
/// The versions and checksums of all their dependencies: what cargo makes of contracts/Cargo.lock in a workspace of [`SOURCES`].
const LOCK: &str = "tests/foreign-contracts/Cargo.lock";

/// A package of crates.io.
pub(super) struct Crate {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    /// SHA-256 of its archive, as the registry's index has it.
    pub(super) sha256: &'static str,
}

/// Contracts whose source is published. The first asks for ink! 5 itself, the others for ink! 4: only that line of their manifest is changed.
pub(super) const SOURCES: [Crate; 4] = [
    // An ERC-20 like token, PSP22.
    Crate {
        name: "psp22",
        version: "2.0.0",
        sha256: "33e29f81c2ec85166db233a13df0418307e44035cfe6af6caa8ea75aa88ce25a",
    },
    // An ERC-721 like token, PSP34.
    Crate {
        name: "psp34-full",
        version: "0.2.1",
        sha256: "834131c1ecf6c9ffae31caba4e06addcb6b388dda0b1f55ec54b2c215f6ec5e0",
    },
    // A mapping that an oracle writes.
    Crate {
        name: "randomoracle",
        version: "4.0.3",
        sha256: "b2f5eb1e36c65c0b4258dcfd83dcfbcc044dc30581951a90a584a2ac8292eabe",
    },
    // Claims that witnesses have signed: SHA-256, Keccak and ECDSA inside the contract, events, nested types.
    Crate {
        name: "reclaim-ink",
        version: "0.1.2",
        sha256: "3b67f4bdd12b89c1146ec6c3bb4a5631fd655e951542404cab0ed0b4e0b6e632",
    },
];

/// Has a bundle of cargo-contract with ink! 4 in it.
pub(super) const INK_4: Crate = Crate {
    name: "wrapped-azero",
    version: "1.0.0",
    sha256: "cb0b7c41606ed0ee160c24dc07a1600c6f43cd52ed3e50218ad01e677d24a28c",
};

/// Has a bundle of cargo-contract with ink! 6 in it, for another machine than WASM.
pub(super) const INK_6: Crate = Crate {
    name: "pop-contracts",
    version: "0.14.0",
    sha256: "ed0d1c07fc19c445f30b125166588e3a696305ff5a3f7bb59f7169ef54cf41eb",
};

/// The package of npm with the bundles of a lending protocol: built by cargo-contract with ink! 5.0.
const BUNDLES: &str = "@abaxfinance/contract-helpers@0.0.124";
const BUNDLES_SHA512: &str = "ba8cc9fa580711a0b35eaba5042960fe62a38d38a471853b33c622a5db87cff6db54d24890796e30f8101e4944df9176f35e6a03476291b39baec16cfe5cfcee";

impl Crate {
    /// Its name and version, as its folder is called.
    pub(super) fn id(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    /// Unpacks it below `folder`, downloading it when cargo has not done that before; gives its own folder.
    pub(super) async fn unpack(&self, folder: &Path) -> Result<PathBuf> {
        let id = self.id();
        let archive = match archive(&id)? {
            Some(archive) => archive,
            None => {
                let wanted = format!("{}@{}", self.name, self.version);
                program(folder, "cargo", &["info", "--quiet", &wanted]).await?;
                archive(&id)?.with_context(|| format!("cargo has downloaded {id}, but not into its cache"))?
            }
        };
        verify::<Sha256>(&archive, self.sha256)?;
        program(folder, "tar", &["xzf", &archive.display().to_string()]).await?;
        Ok(folder.join(id))
    }
}

/// A workspace of all [`SOURCES`] in `folder`.
pub(super) async fn sources(folder: &Path) -> Result<()> {
    let mut members = Vec::new();
    for source in &SOURCES {
        let own = source.unpack(folder).await?;
        let manifest = fs::read_to_string(own.join("Cargo.toml.orig"))?;
        fs::write(own.join("Cargo.toml"), ported(&manifest))?;
        members.push(format!("{:?}", source.id()));
    }
    let members = members.join(", ");
    fs::write(
        folder.join("Cargo.toml"),
        format!("[workspace]\nresolver = \"2\"\nmembers = [{members}]\n"),
    )?;
    fs::copy(checkout().join(LOCK), folder.join("Cargo.lock")).with_context(|| format!("cannot copy {LOCK}"))?;
    Ok(())
}

/// A manifest with the version of ink! that is built with, and without what only its own tests need.
fn ported(manifest: &str) -> String {
    let mut tests = false;
    let lines = manifest.lines().filter_map(|line| {
        if line.starts_with('[') {
            tests = line == "[dev-dependencies]";
        }
        let other = line
            .strip_prefix("ink = { version = \"")
            .and_then(|rest| rest.split_once('"'));
        match other {
            _ if tests => None,
            Some((_, rest)) => Some(format!("ink = {{ version = \"={INK}\"{rest}\n")),
            None => Some(format!("{line}\n")),
        }
    });
    lines.collect()
}

/// The bundles of the package of npm; gives their folder.
pub(super) async fn bundles(folder: &Path) -> Result<PathBuf> {
    program(folder, "npm", &["pack", "--silent", BUNDLES]).await?;
    let archive = folder.join("abaxfinance-contract-helpers-0.0.124.tgz");
    verify::<Sha512>(&archive, BUNDLES_SHA512)?;
    program(folder, "tar", &["xzf", &archive.display().to_string()]).await?;
    Ok(folder.join("package/src/typechain/artifacts"))
}

/// Where cargo keeps what it has: as the environment says, or in the home folder.
pub(super) fn cargo_home() -> Result<PathBuf> {
    match std::env::var_os("CARGO_HOME") {
        Some(home) => Ok(home.into()),
        None => Ok(std::env::home_dir().context("there is no home folder")?.join(".cargo")),
    }
}

/// The archive of a package in cargo's cache.
fn archive(id: &str) -> Result<Option<PathBuf>> {
    let cache = cargo_home()?.join("registry/cache");
    let Ok(registries) = fs::read_dir(&cache) else {
        return Ok(None);
    };
    for registry in registries {
        let path = registry?.path().join(format!("{id}.crate"));
        if path.is_file() {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// Fails when a file is not what it was when the checksum was written down.
fn verify<D: Digest>(path: &Path, checksum: &str) -> Result<()> {
    let found = hex::encode(D::digest(&fs::read(path)?));
    ensure!(
        found == checksum,
        "{} is not what it was: its checksum is {found} in place of {checksum}",
        path.display()
    );
    Ok(())
}

/// Runs a program in a folder.
async fn program(folder: &Path, name: &str, words: &[&str]) -> Result<()> {
    let log = folder.join(format!("{name}.log"));
    let place = folder.display().to_string();
    let words = [&["-c", "cd \"$0\" && exec \"$@\"", &place, name], words].concat();
    let status = run(Launch::new(Path::new("sh"), words, log.clone()), LIMIT).await?;
    if !status.success() {
        bail!("{name} failed: {}", tail(&log));
    }
    Ok(())
}
