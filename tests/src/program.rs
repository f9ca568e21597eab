//! The programs under test.

use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};

/// Folder with the programs: the one in which the running binary lies, or the one above when that is `deps`.
pub fn target_dir() -> Result<PathBuf> {
    let own = std::env::current_exe().context("cannot find the running program's own path")?;
    let folder = own.parent().context("the running program has no folder")?;
    let folder = if folder.ends_with("deps") {
        folder.parent().unwrap_or(folder)
    } else {
        folder
    };
    Ok(folder.to_owned())
}

/// Path of one of our programs.
pub fn binary(name: &str) -> Result<PathBuf> {
    let path = target_dir()?.join(name);
    ensure!(
        path.is_file(),
        "{} is not there; run `make build` first",
        path.display()
    );
    Ok(path)
}

/// The checkout that this was built from.
pub(crate) fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}
