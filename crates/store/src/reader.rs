//! Reads a slot: groups and the nodes that prove them, checked against the root.

use crate::{ReadError, SlotName, SlotRecord, vfs::ReadFile, vfs::Vfs};
use blocs_primitives::{
    Root, SlotId,
    outboard::{self, Batch, GROUP_BYTES, NODE_BYTES, Node, ProveError, Run, RunError, RunVerifier},
    proof::PieceProof,
};
use std::{io, ops::Range};

pub(crate) use blocs_primitives::outboard::outboard_bytes;

/// Groups read at a time: 1 MiB.
const BATCH_GROUPS: u64 = 64;

/// A slot opened for reading. It goes on reading even when the slot is deleted meanwhile.
pub struct SlotReader {
    slot: SlotId,
    root: Root,
    size: u64,
    content: Box<dyn ReadFile>,
    outboard: Box<dyn ReadFile>,
}

/// A part of a slot with the nodes that prove it, in the order of [`Run`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Which groups.
    pub batch: Batch,
    /// The nodes, one after another.
    pub nodes: Vec<u8>,
    /// The groups' bytes.
    pub content: Vec<u8>,
}

impl SlotReader {
    pub(crate) fn open(vfs: &dyn Vfs, slot: SlotId, record: &SlotRecord) -> Result<Self, ReadError> {
        let name = SlotName(slot);
        let open = |path: &str| vfs.open(path).map_err(|source| failed(slot, source));
        let reader = Self {
            slot,
            root: record.root,
            size: record.size,
            content: open(&name.content())?,
            outboard: open(&name.outboard())?,
        };
        let wanted = [
            (&reader.content, record.size, "content"),
            (&reader.outboard, outboard_bytes(record.size), "outboard"),
        ];
        for (file, wanted, what) in wanted {
            let size = file.size().map_err(|source| failed(slot, source))?;
            if size != wanted {
                return Err(reader.corrupt(format!("its {what}, of {size} instead of {wanted} bytes,")));
            }
        }
        Ok(reader)
    }

    /// Its root.
    pub fn root(&self) -> Root {
        self.root
    }

    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Reads the bytes from `start` to before `end`, checked.
    pub fn read(&self, start: u64, end: u64) -> Result<Vec<u8>, ReadError> {
        let groups = outboard::groups_of(self.size, &(start..end)).ok_or_else(|| self.out_of_range(end))?;
        let from = groups.start * GROUP_BYTES;
        let mut bytes = Vec::new();
        for part in self.run(groups)? {
            bytes.extend_from_slice(&part?.content);
        }
        let (skip, length) = (to_usize(start - from), to_usize(end - start));
        bytes.truncate(skip + length);
        bytes.drain(..skip);
        Ok(bytes)
    }

    /// Reads groups in batches of at most 1 MiB, each with its nodes and checked, to be sent as they are.
    pub fn run(
        &self,
        groups: Range<u64>,
    ) -> Result<impl Iterator<Item = Result<Verified, ReadError>> + Send + '_, ReadError> {
        let end = groups.end.saturating_mul(GROUP_BYTES);
        let run = Run::new(self.size, groups.clone(), BATCH_GROUPS).map_err(|_| self.out_of_range(end))?;
        let mut verifier = RunVerifier::new(&self.root, self.size, groups).map_err(|_| self.out_of_range(end))?;
        Ok(run.map(move |batch| {
            let mut nodes = vec![0; batch.node_bytes()];
            self.read_nodes(&batch.nodes, &mut nodes)?;
            let mut content = vec![0; batch.content_bytes()];
            self.content
                .read_at(&mut content, batch.content.start)
                .map_err(|source| failed(self.slot, source))?;
            verifier.accept(&nodes, &content).map_err(|error| self.wrong(error))?;
            Ok(Verified { batch, nodes, content })
        }))
    }

    /// The proof of a piece: one read of 16 KiB, and one of 64 bytes a level. Checked, so what is returned is valid.
    pub fn prove(&self, piece: u64) -> Result<PieceProof, ReadError> {
        let group = outboard::group_of(piece);
        let range =
            outboard::group_range(self.size, group).ok_or_else(|| self.out_of_range(piece.saturating_mul(1024)))?;
        let mut bytes = vec![0; to_usize(range.end - range.start)];
        self.content
            .read_at(&mut bytes, range.start)
            .map_err(|source| failed(self.slot, source))?;
        let node = |offset| {
            let mut node: Node = [0; NODE_BYTES];
            self.outboard.read_at(&mut node, offset).map(|()| node)
        };
        outboard::prove(&self.root, self.size, piece, &bytes, node).map_err(|error| match error {
            ProveError::Read(source) => failed(self.slot, source),
            ProveError::NoSuchGroup | ProveError::SizeOutOfRange => self.out_of_range(piece.saturating_mul(1024)),
            error => self.corrupt(error.to_string()),
        })
    }

    /// Reads the whole slot and checks it. `pace` is called after every MiB; `false` ends the work early.
    pub fn check(&self, mut pace: impl FnMut(u64) -> bool) -> Result<(), ReadError> {
        for part in self.run(0..outboard::groups(self.size))? {
            let length = part?.content.len();
            if !pace(u64::try_from(length).unwrap_or(u64::MAX)) {
                break;
            }
        }
        Ok(())
    }

    /// Reads nodes at the given offsets; neighbours in one go.
    fn read_nodes(&self, offsets: &[u64], nodes: &mut [u8]) -> Result<(), ReadError> {
        let mut window: Option<(u64, Vec<u8>)> = None;
        for (offset, node) in offsets.iter().zip(nodes.chunks_exact_mut(NODE_BYTES)) {
            let at = |start: u64| offset.checked_sub(start).map(to_usize);
            let cached = window
                .as_ref()
                .and_then(|(start, bytes)| bytes.get(at(*start)?..)?.first_chunk::<NODE_BYTES>());
            if let Some(cached) = cached {
                node.copy_from_slice(cached);
                continue;
            }
            // The nodes of a batch lie before its topmost one: read up to there, a batch's worth.
            let reach = BATCH_GROUPS * 64;
            let start = (offset + 64).saturating_sub(reach);
            let mut bytes = vec![0; to_usize(offset + 64 - start)];
            self.outboard
                .read_at(&mut bytes, start)
                .map_err(|source| failed(self.slot, source))?;
            let last = bytes.len() - NODE_BYTES;
            node.copy_from_slice(&bytes[last..]);
            window = Some((start, bytes));
        }
        Ok(())
    }

    fn wrong(&self, error: RunError) -> ReadError {
        self.corrupt(error.to_string())
    }

    fn corrupt(&self, what: String) -> ReadError {
        ReadError::Corrupt {
            slot: SlotName(self.slot),
            root: self.root,
            what,
        }
    }

    fn out_of_range(&self, asked: u64) -> ReadError {
        ReadError::OutOfRange {
            slot: SlotName(self.slot),
            size: self.size,
            asked,
        }
    }
}

fn failed(slot: SlotId, source: io::Error) -> ReadError {
    let slot = SlotName(slot);
    match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof => ReadError::Missing { slot, source },
        _ => ReadError::Io { slot, source },
    }
}

fn to_usize(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
