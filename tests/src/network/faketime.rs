//! A program whose wall clock is wrong, by libfaketime of Debian's package `faketime`.

use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Where Debian puts it; the first part of the name is the architecture.
const LIBRARIES: &str = "/usr/lib";
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

/// A clock that can be set while programs run. The monotonic clock, by which they wait, stays right, as it does when
/// an administrator sets the time of a machine.
#[derive(Clone, Debug)]
pub struct Clock {
    library: PathBuf,
    file: PathBuf,
}

impl Clock {
    /// A right clock, kept in a file of `folder`; `None` when the library is not installed.
    pub fn new(folder: &Path, name: &str) -> Result<Option<Self>> {
        let Some(library) = library() else { return Ok(None) };
        let clock = Self {
            library,
            file: folder.join(format!("{name}.clock")),
        };
        clock.set(0)?;
        Ok(Some(clock))
    }

    /// Why there is no clock.
    pub const MISSING: &str = "the Debian package faketime is not installed";

    /// Makes the clock run ahead by so many seconds, or behind. Programs see it within a second.
    pub fn set(&self, seconds: i64) -> Result<()> {
        // In one step: a program may read it at any time.
        let new = self.file.with_extension("new");
        fs::write(&new, format!("{seconds:+}\n")).with_context(|| format!("cannot write {}", new.display()))?;
        fs::rename(&new, &self.file).with_context(|| format!("cannot write {}", self.file.display()))
    }

    /// What a program that goes by this clock needs in its environment.
    pub fn environment(&self) -> Vec<(String, String)> {
        let path = |path: &Path| path.display().to_string();
        [
            ("LD_PRELOAD", path(&self.library)),
            ("FAKETIME_TIMESTAMP_FILE", path(&self.file)),
            ("FAKETIME_CACHE_DURATION", "1".into()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
            // Files keep their real times.
            ("NO_FAKE_STAT", "1".into()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }
}

fn library() -> Option<PathBuf> {
    let folders = fs::read_dir(LIBRARIES).ok()?;
    folders
        .flatten()
        .map(|folder| folder.path().join(LIBRARY))
        .find(|path| path.is_file())
}
