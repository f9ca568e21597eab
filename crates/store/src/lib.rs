//! Where a provider keeps slots: flat files that are synced before they are promised, and their records in a database.
//!
//! [`ShardStore`] is the seam: its doc is the contract that the daemon relies on. [`FileStore`] fulfils it over two small
//! layers, [`vfs::Vfs`] (files) and [`records::Records`] (the database). [`FileStore::on_disk`] puts it on a real disk and RocksDB;
//! [`sim::SimDisk`] is the same store in memory, on a disk that loses and tears what was not synced and fails on request.
//!
//! ```text
//! <data>/slots/ab/cd/<deal>-<index>        content of a slot; abcd are the first two bytes of the deal id
//! <data>/slots/ab/cd/<deal>-<index>.tree   its outboard: the BLAKE3 tree over groups of 16 KiB
//! <data>/slots/ab/cd/*.<n>.tmp             not finished, never promised: dropped on start
//! <data>/db/                               records, chain cursor, journal of proofs (RocksDB)
//! ```

mod error;
mod file_store;
mod name;
mod reader;
pub mod record;
pub mod records;
pub mod sim;
mod store;
pub mod vfs;
mod writer;

pub use error::{CommitError, OpenError, PutError, ReadError};
pub use file_store::{FileStore, RecoveryReport, StoreConfig};
pub use name::SlotName;
pub use reader::{SlotReader, Verified};
pub use record::{Cursor, Identity, ProofOutcome, ProofRecord, SlotRecord, SlotState};
pub use store::{Applied, BlockEffects, Change, QuoteTerms, ShardStore, SlotWriter, Usage};
