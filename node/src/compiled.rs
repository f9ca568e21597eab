//! The compiled code of runtimes, kept between starts.
//!
//! Compiling the runtime is most of what a start takes. wasmtime can keep what it has compiled in a folder, found by a hash of the
//! runtime, of the settings, of the processor's features and of its own version. It takes what it finds there as code of this process
//! without another look. So the folder has to be its owner's alone, and each file has a seal here, its hash, which tells a file that the
//! disk has spoiled, or that the last node did not get to the end of, from a good one.
//!
//! | in the folder | what |
//! |---|---|
//! | `code` | wasmtime's; it clears away there whatever it does not know |
//! | `seals` | hash and name of each file of it, as `b2sum --length 256` writes and checks them |
//! | `lock` | held by a node while it starts, so that of several that share the folder one compiles |
//! | `CACHEDIR.TAG` | tells backups, and this node, that everything here can be made again |

#[cfg(test)]
mod tests;

use sp_io::hashing::blake2_256;
use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};

/// Name of the folder, beside the database.
const FOLDER: &str = "compiled-code";
/// Runtimes whose code is kept, the newest: those of the first block and of the best one, and some that came before.
const KEPT: usize = 8;
/// How long to wait for another node that starts with the same folder.
const PATIENCE: Duration = Duration::from_secs(60);
/// Time between two looks at whether it has started.
const INTERVAL: Duration = Duration::from_millis(50);

const CODE: &str = "code";
const SEALS: &str = "seals";
const LOCK: &str = "lock";
const PROBE: &str = "probe";
const TAG: &str = "CACHEDIR.TAG";
/// What marks a folder as one that programs may make again: <https://bford.info/cachedir/>.
const TAG_TEXT: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
                        # Compiled runtimes of a BLOCS node. It makes them again when they are gone.\n";

/// Where the compiled code is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Beside the database.
    Beside,
    /// In this folder.
    In(PathBuf),
    /// Nowhere.
    Nowhere,
}

impl From<OsString> for Place {
    fn from(text: OsString) -> Self {
        if text == "none" {
            Self::Nowhere
        } else {
            Self::In(text.into())
        }
    }
}

impl Place {
    /// The folder, for a node that keeps its database in `chain`.
    pub(crate) fn folder(&self, chain: &Path) -> Option<PathBuf> {
        match self {
            Self::Beside => Some(beside(chain)),
            Self::In(path) => Some(path.clone()),
            Self::Nowhere => None,
        }
    }
}

/// The folder beside the database of a node that keeps that in `chain`.
pub(crate) fn beside(chain: &Path) -> PathBuf {
    chain.join(FOLDER)
}

/// Why a folder is not used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompiledError {
    #[error("{path}: {source}; choose another folder with `--compiled-code PATH`, or none with `--compiled-code none`")]
    Io { path: PathBuf, source: io::Error },
    #[error(
        "{path}: others have access to it (mode {mode:03o}), and the node runs what lies there; take that from them with \
         `chmod 700 {path}`, or choose another folder with `--compiled-code PATH`"
    )]
    Shared { path: PathBuf, mode: u32 },
    #[error(
        "{path}: it belongs to another user, and the node runs what lies there; choose a folder of this user's with \
         `--compiled-code PATH`"
    )]
    OtherUser { path: PathBuf },
    #[error(
        "{path}: it holds something else; name a folder that is empty, or that does not exist yet, with `--compiled-code PATH`"
    )]
    OtherContents { path: PathBuf },
    #[error("{path}: another node has been starting with it for {} s; if it hangs, end it", PATIENCE.as_secs())]
    Busy { path: PathBuf },
}

/// A folder of compiled code that a starting node has for itself.
#[derive(Debug)]
pub(crate) struct Opened {
    compiled: Compiled,
    _lock: File,
}

/// A folder of compiled code that was good to use when the node started.
#[derive(Debug)]
pub(crate) struct Compiled {
    folder: PathBuf,
}

/// Takes the folder for the start. Without one, or when it is not good to use, the node goes on and compiles: the log says why.
pub(crate) fn open(folder: Option<&Path>) -> Option<Opened> {
    let opened = prepare(folder?, PATIENCE);
    opened
        .inspect_err(|error| {
            log::warn!(
                "the runtime is compiled anew at this start, and its code is not kept: cannot use the folder {error}"
            );
        })
        .ok()
}

/// Removes the folder beside a database that was removed. Returns which one that was.
pub(crate) fn purge(chain: &Path) -> io::Result<Option<PathBuf>> {
    let folder = beside(chain);
    if !folder.join(TAG).exists() {
        return Ok(None);
    }
    fs::remove_dir_all(&folder)?;
    Ok(Some(folder))
}

impl Opened {
    /// Where wasmtime keeps its files.
    pub(crate) fn code(&self) -> PathBuf {
        self.compiled.folder.join(CODE)
    }

    /// Ends the start: what was compiled is good from now on.
    pub(crate) fn finish(self) -> Compiled {
        let folder = self.compiled.folder.display();
        match self.compiled.seal() {
            Ok((0, 0)) => log::warn!("the runtime is compiled anew at the next start: nothing was written in {folder}"),
            Ok((0, _)) => log::info!("took the compiled runtime from {folder}"),
            Ok(_) => log::info!("compiled the runtime, and keeps its code in {folder} for the next start"),
            Err(error) => {
                log::warn!("the runtime is compiled anew at the next start: cannot write in {folder}: {error}")
            }
        }
        self.compiled
    }
}

impl Compiled {
    /// Seals the code of runtimes that came after the start.
    pub(crate) fn close(&self) {
        let sealed = lock(&self.folder, Duration::ZERO)
            .map_err(|error| error.to_string())
            .and_then(|_lock| self.seal().map_err(|error| error.to_string()));
        if let Err(error) = sealed {
            log::debug!("code that was compiled since the start is not kept: {error}");
        }
    }

    /// Adds the seals that are missing. Returns how many those are, and how many there are now.
    fn seal(&self) -> io::Result<(usize, usize)> {
        let mut seals = self.seals();
        let before = seals.len();
        for (name, path) in self.files()? {
            // Counters, and files that are being written, have one.
            if path.extension().is_none() && !seals.contains_key(&name) {
                seals.insert(name, seal_of(&path)?);
            }
        }
        if seals.len() > before {
            self.write_seals(&seals)?;
        }
        Ok((seals.len().saturating_sub(before), seals.len()))
    }

    /// Seals by the names of their files.
    fn seals(&self) -> BTreeMap<String, String> {
        let text = fs::read_to_string(self.folder.join(SEALS)).unwrap_or_default();
        let lines = text.lines().filter_map(|line| line.split_once("  "));
        lines.map(|(seal, name)| (name.to_owned(), seal.to_owned())).collect()
    }

    fn write_seals(&self, seals: &BTreeMap<String, String>) -> io::Result<()> {
        let lines = seals.iter().map(|(name, seal)| format!("{seal}  {name}\n"));
        let new = self.folder.join(format!("{SEALS}.new"));
        fs::write(&new, lines.collect::<String>())?;
        fs::rename(&new, self.folder.join(SEALS))
    }

    /// Whatever lies where wasmtime keeps code, by its path below the folder.
    fn files(&self) -> io::Result<Vec<(String, PathBuf)>> {
        let mut files = Vec::new();
        for version in entries(&self.folder.join(CODE).join("modules"))? {
            for path in entries(&version)? {
                let name = path.strip_prefix(&self.folder).unwrap_or(&path);
                files.push((name.display().to_string(), path));
            }
        }
        Ok(files)
    }

    /// Leaves the newest files with a good seal, and nothing else.
    fn clean(&self, owner: u32) -> io::Result<()> {
        let code = self.folder.join(CODE);
        let modules = code.join("modules");
        for folder in [&code, &modules] {
            // Not what a link leads to.
            if fs::symlink_metadata(folder).is_ok_and(|metadata| !metadata.is_dir()) {
                fs::remove_file(folder)?;
            }
        }
        DirBuilder::new().recursive(true).mode(0o700).create(&modules)?;
        for path in entries(&code)?.into_iter().filter(|path| *path != modules) {
            remove(&path)?;
        }
        for path in entries(&modules)? {
            if !fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir()) {
                remove(&path)?;
            }
        }

        let mut seals = self.seals();
        let mut good = Vec::new();
        for (name, path) in self.files()? {
            match seals.get(&name) {
                Some(seal) if is_good(&path, owner, seal) => {
                    let written = fs::metadata(&path).and_then(|metadata| metadata.modified());
                    good.push((written.unwrap_or(SystemTime::UNIX_EPOCH), name));
                    continue;
                }
                Some(_) => log::warn!(
                    "the compiled code {} is damaged, and the runtime is compiled anew; check the disk if that happens again",
                    path.display()
                ),
                // Counters of wasmtime's, and what a node that was killed had not sealed.
                None => {}
            }
            remove(&path)?;
        }
        good.sort();
        for (_, name) in good.iter().rev().skip(KEPT) {
            remove(&self.folder.join(name))?;
        }
        let good: Vec<_> = good.into_iter().rev().take(KEPT).map(|(_, name)| name).collect();
        let before = seals.len();
        seals.retain(|name, _| good.contains(name));
        if seals.len() < before {
            self.write_seals(&seals)
        } else {
            Ok(())
        }
    }
}

/// Makes the folder when there is none, or looks whether nobody but this user has access to it, and waits until no other node starts
/// with it.
fn prepare(folder: &Path, patience: Duration) -> Result<Opened, CompiledError> {
    let failed = |source| CompiledError::Io {
        path: folder.to_owned(),
        source,
    };
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(failed(error)),
        _ => {}
    }
    let folder = fs::canonicalize(folder).map_err(failed)?;
    let metadata = fs::metadata(&folder).map_err(failed)?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(CompiledError::Shared { path: folder, mode });
    }
    let contents = entries(&folder).map_err(failed)?;
    // Looked for afterwards: another node that makes the folder at this moment puts it there first.
    let is_new = !folder.join(TAG).exists();
    let strange = |path: &PathBuf| !path.ends_with(LOCK) && !path.ends_with(PROBE);
    if is_new && contents.iter().any(strange) {
        return Err(CompiledError::OtherContents { path: folder });
    }
    let lock = lock(&folder, patience)?;
    // What this process makes belongs to its user, however that is told.
    let probe = folder.join(PROBE);
    remove(&probe).map_err(failed)?;
    let file = OpenOptions::new().write(true).create_new(true).open(&probe);
    let user = file.and_then(|file| file.metadata()).map_err(failed)?.uid();
    remove(&probe).map_err(failed)?;
    if user != metadata.uid() {
        return Err(CompiledError::OtherUser { path: folder });
    }
    if is_new {
        fs::write(folder.join(TAG), TAG_TEXT).map_err(failed)?;
    }
    let compiled = Compiled { folder };
    compiled.clean(user).map_err(failed)?;
    Ok(Opened { compiled, _lock: lock })
}

/// The folder's lock, which goes with the file that is returned.
fn lock(folder: &Path, patience: Duration) -> Result<File, CompiledError> {
    let failed = |source| CompiledError::Io {
        path: folder.to_owned(),
        source,
    };
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(LOCK));
    let lock = lock.map_err(failed)?;
    let deadline = Instant::now() + patience;
    let mut told = patience.is_zero();
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
            Err(TryLockError::WouldBlock) if Instant::now() >= deadline => {
                return Err(CompiledError::Busy {
                    path: folder.to_owned(),
                });
            }
            Err(TryLockError::WouldBlock) => {
                if !std::mem::replace(&mut told, true) {
                    log::info!("waiting for another node that starts with {}", folder.display());
                }
                std::thread::sleep(INTERVAL);
            }
        }
    }
}

fn seal_of(path: &Path) -> io::Result<String> {
    Ok(hex::encode(blake2_256(&fs::read(path)?)))
}

/// Whether this is a file of the owner's that is still as it was sealed.
fn is_good(path: &Path, owner: u32, seal: &str) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.uid() == owner)
        && seal_of(path).is_ok_and(|found| found == seal)
}

/// What is in a folder; nothing when it does not exist.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Removes a file, a link, or a folder with what is in it. Another node that runs may have been faster.
fn remove(path: &Path) -> io::Result<()> {
    let is_folder = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir());
    let removed = if is_folder {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
