//! Temporary folders.

use anyhow::{Context, Result};
use std::{
    fs::{self, DirBuilder},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
};
use tempfile::TempDir;

/// Name of the folder in which the nodes of a run share what they compile.
const COMPILED_CODE: &str = "compiled-code";

/// A temporary folder for everything that a run makes. It goes when dropped; after [`Workspace::keep_logs`], the logs stay.
#[derive(Debug)]
pub struct Workspace {
    folder: TempDir,
    keep: AtomicBool,
    counter: AtomicU32,
}

impl Workspace {
    /// A new one in the system's folder for such things.
    pub fn new(prefix: &str) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix(prefix)
            .tempdir()
            .context("cannot make a temporary folder")?;
        // The nodes use no folder that others have access to.
        DirBuilder::new()
            .mode(0o700)
            .create(folder.path().join(COMPILED_CODE))
            .context("cannot make the folder for compiled runtimes")?;
        Ok(Self {
            folder,
            keep: AtomicBool::new(false),
            counter: AtomicU32::new(0),
        })
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A new folder in it.
    pub fn folder(&self, name: &str) -> Result<PathBuf> {
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        let path = self.path().join(format!("{number:03}-{name}"));
        fs::create_dir_all(&path).with_context(|| format!("cannot create {}", path.display()))?;
        Ok(path)
    }

    /// Where nodes that are started in `folder` share what they compile, when it is one that [`Self::folder`] made.
    pub(crate) fn compiled_code(folder: &Path) -> Option<PathBuf> {
        let cache = folder.parent()?.join(COMPILED_CODE);
        cache.is_dir().then_some(cache)
    }

    /// Leaves the logs in place at the end.
    pub fn keep_logs(&self) {
        self.keep.store(true, Ordering::Relaxed);
    }

    /// Removes the folder, or everything but the logs when they are to be kept. Returns where they are.
    pub fn close(mut self) -> Result<Option<PathBuf>> {
        if !self.keep.load(Ordering::Relaxed) {
            self.folder.close().context("cannot remove the temporary folder")?;
            return Ok(None);
        }
        self.folder.disable_cleanup(true);
        remove_all_but_logs(self.folder.path())?;
        Ok(Some(self.folder.path().to_owned()))
    }
}

fn remove_all_but_logs(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            remove_all_but_logs(&path)?;
            // Stays when it is not empty.
            fs::remove_dir(&path).ok();
        } else if path
            .extension()
            .is_none_or(|extension| extension != "log" && extension != "out")
        {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}
