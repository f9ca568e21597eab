//! The files under the store: a trait as small as the store's needs, so that a test can stand in for a failing disk.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::PathBuf,
};

/// A file system below one folder. Paths are relative to it, with `/` between names.
///
/// Nothing is durable until it is synced: bytes by [`WriteFile::sync`], names (created, renamed, removed) by [`Vfs::sync_dir`] of
/// the folder that holds them.
pub trait Vfs: Send + Sync + 'static {
    /// Makes a folder whose parent exists; fine when it is there already.
    fn create_dir(&self, path: &str) -> io::Result<()>;
    /// Makes an empty file; an error when the name is taken.
    fn create(&self, path: &str) -> io::Result<Box<dyn WriteFile>>;
    /// Opens a file for reading.
    fn open(&self, path: &str) -> io::Result<Box<dyn ReadFile>>;
    /// Renames a file, over whatever has that name.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a file; fine when there is none.
    fn remove(&self, path: &str) -> io::Result<()>;
    /// Makes the names in a folder durable.
    fn sync_dir(&self, path: &str) -> io::Result<()>;
    /// The files (with sizes) and folders in a folder; nothing when it is not there.
    fn list(&self, path: &str) -> io::Result<Vec<Entry>>;
    /// Bytes that can still be written.
    fn free_bytes(&self) -> io::Result<u64>;
}

/// What [`Vfs::list`] finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Name in its folder.
    pub name: String,
    /// Size in bytes, `None` for a folder.
    pub size: Option<u64>,
}

/// A file that is being written, from front to back.
pub trait WriteFile: Send {
    /// Appends bytes.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Makes what was appended durable. After an error the bytes must be taken for lost: a second try proves nothing.
    fn sync(&mut self) -> io::Result<()>;
}

/// A file that can be read at any place.
pub trait ReadFile: Send + Sync {
    /// Fills `buffer` from `offset`.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;
    /// Size in bytes.
    fn size(&self) -> io::Result<u64>;
}

/// The operating system's files below a folder.
#[derive(Debug)]
pub struct OsVfs {
    root: PathBuf,
}

impl OsVfs {
    /// Takes `root`, which must exist.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }
}

impl Vfs for OsVfs {
    fn create_dir(&self, path: &str) -> io::Result<()> {
        match fs::create_dir(self.root.join(path)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        }
    }

    fn create(&self, path: &str) -> io::Result<Box<dyn WriteFile>> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.root.join(path))?;
        Ok(Box::new(file))
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn ReadFile>> {
        Ok(Box::new(File::open(self.root.join(path))?))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.root.join(from), self.root.join(to))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        match fs::remove_file(self.root.join(path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn sync_dir(&self, path: &str) -> io::Result<()> {
        File::open(self.root.join(path))?.sync_all()
    }

    fn list(&self, path: &str) -> io::Result<Vec<Entry>> {
        let folder = match fs::read_dir(self.root.join(path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut entries = Vec::new();
        for entry in folder {
            let entry = entry?;
            let metadata = entry.metadata()?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            entries.push(Entry {
                name,
                size: (!metadata.is_dir()).then_some(metadata.len()),
            });
        }
        Ok(entries)
    }

    fn free_bytes(&self) -> io::Result<u64> {
        fs2::available_space(&self.root)
    }
}

impl WriteFile for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}

impl ReadFile for File {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.read_exact_at(buffer, offset)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }
}
