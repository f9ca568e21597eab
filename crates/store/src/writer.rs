//! Writes a slot: bytes and hash tree side by side, synced, renamed, recorded.

use crate::{
    PutError, QuoteTerms, SlotName, SlotRecord, SlotWriter, error::is_full, file_store::Inner, vfs::WriteFile,
};
use blocs_primitives::{Root, SlotId, outboard::OutboardBuilder};
use std::{
    io,
    sync::{Arc, atomic::Ordering},
};

/// Bytes written at a time.
const WRITE_BYTES: usize = 1 << 20;
/// Bytes of nodes written at a time.
const NODES_BYTES: usize = 64 << 10;

/// [`SlotWriter`] of a [`crate::FileStore`].
pub(crate) struct FileWriter {
    store: Arc<Inner>,
    slot: SlotId,
    size: u64,
    written: u64,
    tree: OutboardBuilder,
    root: Option<Root>,
    content: Part,
    outboard: Part,
    /// Whether the names that were made still have to be removed when this is dropped.
    unfinished: bool,
}

/// One of the two files.
struct Part {
    temporary: String,
    path: String,
    file: Box<dyn WriteFile>,
    buffer: Vec<u8>,
}

impl Part {
    fn append(&mut self, bytes: &[u8], at_a_time: usize) -> io::Result<()> {
        if self.buffer.is_empty() && bytes.len() >= at_a_time {
            return self.file.append(bytes);
        }
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= at_a_time {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.buffer.is_empty() {
            self.file.append(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }
}

impl FileWriter {
    /// Makes the two files under temporary names. The slot is reserved already; an error ends the reservation.
    pub(crate) fn start(store: Arc<Inner>, slot: SlotId, size: u64) -> Result<Self, PutError> {
        let name = SlotName(slot);
        let number = store.temporaries.fetch_add(1, Ordering::Relaxed);
        let part = |path: String| -> io::Result<Part> {
            let temporary = format!("{path}.{number}.tmp");
            let file = store.vfs.create(&temporary)?;
            Ok(Part {
                temporary,
                path,
                file,
                buffer: Vec::new(),
            })
        };
        let made = store.ensure_folder(&name).and_then(|()| {
            let content = part(name.content())?;
            let outboard = part(name.outboard()).inspect_err(|_| remove(&store, &content.temporary))?;
            Ok((content, outboard))
        });
        match made {
            Ok((content, outboard)) => Ok(Self {
                store: Arc::clone(&store),
                slot,
                size,
                written: 0,
                tree: OutboardBuilder::new(),
                root: None,
                content,
                outboard,
                unfinished: true,
            }),
            Err(error) => {
                store.release(&slot);
                Err(failed(name, "make its files", error))
            }
        }
    }

    fn failed(&self, attempt: &'static str, error: io::Error) -> PutError {
        failed(SlotName(self.slot), attempt, error)
    }

    /// Syncs files and folder and gives them their names.
    fn make_durable(&mut self) -> Result<(), PutError> {
        // After a failed fsync the kernel may drop what it could not write and report success the next time. A full disk apart,
        // that is a failing one: nothing may be promised any more.
        for (part, attempt) in [
            (&mut self.content, "sync its content"),
            (&mut self.outboard, "sync its outboard"),
        ] {
            if let Err(error) = part.file.sync() {
                if !is_full(&error) {
                    self.store.stop(format!("cannot {attempt}: {error}"));
                }
                return Err(failed(SlotName(self.slot), attempt, error));
            }
        }
        for part in [&self.content, &self.outboard] {
            let renamed = self.store.vfs.rename(&part.temporary, &part.path);
            renamed.map_err(|error| self.failed("give its files their names", error))?;
        }
        self.store.vfs.sync_dir(&SlotName(self.slot).folder()).map_err(|error| {
            self.store.stop(format!("cannot sync a folder: {error}"));
            self.failed("sync its folder", error)
        })
    }
}

impl SlotWriter for FileWriter {
    fn write(&mut self, bytes: &[u8]) -> Result<(), PutError> {
        let more = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let got = self.written.saturating_add(more);
        if got > self.size || self.root.is_some() {
            return Err(PutError::WrongLength {
                slot: SlotName(self.slot),
                expected: self.size,
                got,
            });
        }
        self.tree.push(bytes);
        self.written = got;
        self.content
            .append(bytes, WRITE_BYTES)
            .map_err(|error| self.failed("write its content", error))?;
        let nodes = self.tree.take_nodes();
        self.outboard
            .append(&nodes, NODES_BYTES)
            .map_err(|error| self.failed("write its outboard", error))
    }

    fn root(&mut self) -> Result<Root, PutError> {
        if let Some(root) = self.root {
            return Ok(root);
        }
        if self.written != self.size {
            return Err(PutError::WrongLength {
                slot: SlotName(self.slot),
                expected: self.size,
                got: self.written,
            });
        }
        let (root, last) = std::mem::take(&mut self.tree).finish();
        self.content
            .flush()
            .map_err(|error| self.failed("write its content", error))?;
        self.outboard
            .append(last.as_bytes(), NODES_BYTES)
            .and_then(|()| self.outboard.flush())
            .map_err(|error| self.failed("write its outboard", error))?;
        self.root = Some(root);
        Ok(root)
    }

    fn commit(mut self: Box<Self>, terms: QuoteTerms) -> Result<SlotRecord, PutError> {
        let root = self.root()?;
        if let Some(reason) = self.store.stopped() {
            return Err(PutError::Stopped {
                slot: SlotName(self.slot),
                reason,
            });
        }
        self.make_durable()?;
        // From here on the record may exist even when writing it reports an error: the files stay, and the next start decides.
        self.unfinished = false;
        self.store.promise(self.slot, self.size, root, terms)
    }
}

impl Drop for FileWriter {
    fn drop(&mut self) {
        if self.unfinished {
            for part in [&self.content, &self.outboard] {
                remove(&self.store, &part.temporary);
                remove(&self.store, &part.path);
            }
        }
        self.store.release(&self.slot);
    }
}

/// Removes a file that was never promised. When that fails, the next start does it.
fn remove(store: &Inner, path: &str) {
    if let Err(error) = store.vfs.remove(path) {
        tracing::warn!(path, %error, "cannot remove an unfinished file, the next start will");
    }
}

fn failed(slot: SlotName, attempt: &'static str, source: io::Error) -> PutError {
    if is_full(&source) {
        PutError::DiskFull {
            slot,
            detail: format!("cannot {attempt}: {source}"),
        }
    } else {
        PutError::Files { slot, attempt, source }
    }
}
