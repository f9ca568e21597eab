//! The files of a put, and reading them.

use crate::{Progress, PutError};
use blocs_erasure::{
    ContentKey, EncodeError, EncodeOptions, Encoder, FileInfo, MAX_PATH_BYTES, Manifest, MasterKey, Segment,
    is_safe_path,
};
use std::{
    collections::BTreeSet,
    fs::{self, File, Metadata},
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// A file to store.
#[derive(Clone, Debug)]
pub(crate) struct SourceFile {
    path: PathBuf,
    info: FileInfo,
}

/// The files of a put, in the order in which they are stored.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    files: Vec<SourceFile>,
    /// Name of the first path.
    pub(crate) name: String,
}

impl Sources {
    /// Finds all files below the paths. Links inside folders are not followed.
    pub(crate) fn find(paths: &[PathBuf]) -> Result<Self, PutError> {
        let Some(first) = paths.first() else {
            return Err(PutError::BadRequest {
                reason: "name a file or a folder".to_owned(),
            });
        };
        let mut files = Vec::new();
        for path in paths {
            let metadata = fs::metadata(path).map_err(|source| read_error(path, source))?;
            walk(path, &last_part(path)?, &metadata, &mut files)?;
        }
        let mut stored = BTreeSet::new();
        for file in &files {
            if !stored.insert(&file.info.path) {
                let reason = format!("two files would be stored as {}; put them separately", file.info.path);
                return Err(PutError::BadRequest { reason });
            }
            if !is_safe_path(&file.info.path) {
                let path = file.path.display();
                let reason = format!("the path {path} has over {MAX_PATH_BYTES} bytes or a backslash; rename it");
                return Err(PutError::BadRequest { reason });
            }
        }
        if files.is_empty() {
            return Err(PutError::BadRequest {
                reason: format!("there are no files in {}", first.display()),
            });
        }
        Ok(Self {
            name: last_part(first)?,
            files,
        })
    }

    /// Number of files.
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    /// Reads and encodes all files. Blocks; not for an executor's thread.
    pub(crate) fn encode(
        &self,
        master: &MasterKey,
        key: &ContentKey,
        options: &EncodeOptions,
        progress: &dyn Progress,
        sink: impl FnMut(Segment) -> io::Result<()>,
    ) -> Result<Manifest, EncodeError> {
        let mut encoder = Encoder::new(master, key, options, sink)?;
        for file in &self.files {
            let opened = File::open(&file.path).map_err(|source| EncodeError::Read {
                path: file.path.display().to_string(),
                source,
            })?;
            encoder.add(file.info.clone(), &mut Counted { file: opened, progress })?;
        }
        encoder.finish()
    }
}

/// Tells of every read.
struct Counted<'a> {
    file: File,
    progress: &'a dyn Progress,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.progress.read(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(read)
    }
}

fn walk(path: &Path, stored: &str, metadata: &Metadata, files: &mut Vec<SourceFile>) -> Result<(), PutError> {
    if metadata.is_file() {
        let info = FileInfo {
            path: stored.to_owned(),
            modified: metadata.mtime(),
            mode: metadata.mode() & 0o7777,
        };
        files.push(SourceFile {
            path: path.to_owned(),
            info,
        });
        return Ok(());
    }
    if !metadata.is_dir() {
        return Ok(());
    }
    let failed = |source| read_error(path, source);
    let mut entries = fs::read_dir(path)
        .map_err(failed)?
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let metadata = entry.metadata().map_err(|source| read_error(&path, source))?;
        walk(&path, &format!("{stored}/{}", last_part(&path)?), &metadata, files)?;
    }
    Ok(())
}

/// The last part of a path as text; of `.` and `..`, that of the folder that they mean.
fn last_part(path: &Path) -> Result<String, PutError> {
    let resolved = if path.file_name().is_some() {
        Ok(path.to_owned())
    } else {
        path.canonicalize()
    };
    let resolved = resolved.map_err(|source| read_error(path, source))?;
    let part = resolved.file_name().and_then(|name| name.to_str());
    part.map(str::to_owned).ok_or_else(|| PutError::BadRequest {
        reason: format!(
            "{} has no name in UTF-8; rename it or put what is in it",
            path.display()
        ),
    })
}

fn read_error(path: &Path, source: io::Error) -> PutError {
    PutError::Read {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn folders_are_walked_in_order_without_links() {
        let root = tempfile::tempdir().expect("a folder");
        let top = root.path().join("top");
        fs::create_dir_all(top.join("b")).expect("made");
        for (file, bytes) in [("z", "1"), ("a", "22"), ("b/c", "333")] {
            fs::write(top.join(file), bytes).expect("written");
        }
        symlink("/etc/passwd", top.join("link")).expect("linked");
        let found = Sources::find(std::slice::from_ref(&top)).expect("readable");
        let stored: Vec<_> = found.files.iter().map(|file| file.info.path.as_str()).collect();
        assert_eq!(
            (stored, found.name.as_str()),
            (vec!["top/a", "top/b/c", "top/z"], "top")
        );

        let twice = Sources::find(&[top.join("a"), top.join("a")]);
        assert!(matches!(twice, Err(PutError::BadRequest { .. })));
        assert!(matches!(Sources::find(&[top.join("none")]), Err(PutError::Read { .. })));
        assert!(matches!(Sources::find(&[]), Err(PutError::BadRequest { .. })));
    }
}
