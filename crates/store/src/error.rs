//! One error per operation: what was attempted, why it failed, what to do.

use crate::{SlotName, record::RecordError, record::SlotState, records::RecordsError};
use blocs_primitives::{AccountId, Hash, Root};
use std::io;

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database does not open.
    #[error(
        "cannot open the database of the store: {0}; if another daemon holds it, stop that one; if it is damaged, restore the data folder \
         from a backup: the slots' files are left as they are"
    )]
    Records(#[from] RecordsError),
    /// A record does not read.
    #[error("cannot read {what} from the database of the store: {source}")]
    Record {
        /// Which record.
        what: String,
        /// Why.
        source: RecordError,
    },
    /// A folder or file cannot be used.
    #[error("cannot {attempt} in the data folder: {source}; check that the folder is mounted and writable")]
    Files {
        /// What was tried.
        attempt: String,
        /// Why it failed.
        source: io::Error,
    },
    /// There are slots on disk, and a database that knows nothing.
    #[error(
        "the data folder holds {files} files of slots, but its database is empty: somebody removed or replaced `db`; restore it, or empty \
         `slots` if nothing in it was ever promised"
    )]
    DatabaseMissing {
        /// Files found.
        files: usize,
    },
    /// The store belongs to another chain.
    #[error(
        "this data folder belongs to the chain with genesis {held:?}, the node is on {wanted:?}: use another folder, or the right node"
    )]
    WrongChain {
        /// Genesis in the store.
        held: Hash,
        /// Genesis of the node.
        wanted: Hash,
    },
    /// The store belongs to another provider.
    #[error(
        "this data folder belongs to provider {held}, the configured account is {wanted}: use another folder, or the right account"
    )]
    WrongProvider {
        /// Account in the store.
        held: AccountId,
        /// Account configured.
        wanted: AccountId,
    },
}

/// Why a slot is not stored. Nothing was promised, and what was written is removed.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    /// The store stopped after a failed commit.
    #[error(
        "cannot store slot {slot}: the store stopped after a failed write ({reason}); check the disk and restart the daemon"
    )]
    Stopped {
        /// The slot.
        slot: SlotName,
        /// What failed.
        reason: String,
    },
    /// There is such a slot already.
    #[error("cannot store slot {slot}: it is held already ({state:?})")]
    Exists {
        /// The slot.
        slot: SlotName,
        /// Where it stands.
        state: SlotState,
    },
    /// Another stream is writing that slot.
    #[error("cannot store slot {slot}: it is being written by another stream; try again when that has ended")]
    Busy {
        /// The slot.
        slot: SlotName,
    },
    /// Empty, or larger than the protocol allows.
    #[error("cannot store slot {slot}: {size} bytes is not a size between 1 byte and 16 GiB")]
    BadSize {
        /// The slot.
        slot: SlotName,
        /// The size asked for.
        size: u64,
    },
    /// The configured capacity does not hold it.
    #[error(
        "cannot store slot {slot}: it needs {size} bytes, {left} of the configured capacity are left; raise the capacity or wait"
    )]
    OverCapacity {
        /// The slot.
        slot: SlotName,
        /// Bytes needed.
        size: u64,
        /// Bytes left.
        left: u64,
    },
    /// The disk is full, or would have less free space than it must keep.
    #[error("cannot store slot {slot}: the disk is full ({detail}); free some space or lower the capacity")]
    DiskFull {
        /// The slot.
        slot: SlotName,
        /// Figures, or the system's message.
        detail: String,
    },
    /// More or fewer bytes than offered.
    #[error("cannot store slot {slot}: {got} bytes came, {expected} were offered")]
    WrongLength {
        /// The slot.
        slot: SlotName,
        /// Bytes offered.
        expected: u64,
        /// Bytes that came.
        got: u64,
    },
    /// A file operation failed.
    #[error("cannot store slot {slot}: cannot {attempt}: {source}; check the disk")]
    Files {
        /// The slot.
        slot: SlotName,
        /// What was tried.
        attempt: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// The record could not be written; the store stops.
    #[error(
        "cannot store slot {slot}: cannot write its record: {source}; the store stops, check the disk and restart the daemon"
    )]
    Record {
        /// The slot.
        slot: SlotName,
        /// Why.
        source: RecordsError,
    },
}

/// Why a change of records failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// The store stopped after a failed commit.
    #[error(
        "cannot change the store: it stopped after a failed write ({reason}); check the disk and restart the daemon"
    )]
    Stopped {
        /// What failed.
        reason: String,
    },
    /// The write failed; the store stops.
    #[error("cannot change the store: {0}; it stops, check the disk and restart the daemon")]
    Failed(RecordsError),
    /// The block is not after the cursor.
    #[error("cannot apply block {got}: the store is at block {at} already")]
    Stale {
        /// Block offered.
        got: u32,
        /// Cursor.
        at: u32,
    },
    /// There is no such slot, or it is not in a state for this.
    #[error("cannot change slot {slot}: {reason}")]
    BadState {
        /// The slot.
        slot: SlotName,
        /// Why.
        reason: String,
    },
}

/// Why bytes of a slot cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no such slot.
    #[error("slot {slot} is not held")]
    NotHeld {
        /// The slot.
        slot: SlotName,
    },
    /// A file of the slot is gone or short.
    #[error("slot {slot} is damaged: its file cannot be read: {source}")]
    Missing {
        /// The slot.
        slot: SlotName,
        /// The system's message.
        source: io::Error,
    },
    /// The disk gave an error. The bytes may still be there.
    #[error("cannot read slot {slot}: {source}")]
    Io {
        /// The slot.
        slot: SlotName,
        /// The system's message.
        source: io::Error,
    },
    /// The bytes do not fit the root.
    #[error("slot {slot} is damaged: {what} does not fit its root {root:?}")]
    Corrupt {
        /// The slot.
        slot: SlotName,
        /// Its root.
        root: Root,
        /// Which part.
        what: String,
    },
    /// The caller asked for bytes beyond the end.
    #[error("slot {slot} has {size} bytes, {asked} were asked for")]
    OutOfRange {
        /// The slot.
        slot: SlotName,
        /// Its size.
        size: u64,
        /// End of the range asked for.
        asked: u64,
    },
}

impl ReadError {
    /// Whether the bytes are gone or wrong, as opposed to an error that may pass.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Missing { .. } | Self::Corrupt { .. })
    }
}

/// Whether an error means that the disk is full.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}
