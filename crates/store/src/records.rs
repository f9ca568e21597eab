//! The database under the store: keys, values, atomic batches.

use std::path::Path;

/// A change to one key: `None` removes it.
pub type Write = (Vec<u8>, Option<Vec<u8>>);

/// A key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// An ordered map of bytes on disk. A batch is applied whole or not at all.
pub trait Records: Send + Sync + 'static {
    /// Applies a batch. With `sync` it is durable on return, and so is every batch before it. After an error nobody knows whether
    /// it was applied: the caller must stop.
    fn write(&self, batch: Vec<Write>, sync: bool) -> Result<(), RecordsError>;
    /// All pairs whose key starts with `prefix`, in order of the keys.
    fn scan(&self, prefix: &[u8]) -> Result<Vec<Pair>, RecordsError>;
    /// Writes everything out before a clean stop.
    fn flush(&self) -> Result<(), RecordsError>;
}

/// What the database reports.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RecordsError(pub String);

/// [`Records`] in RocksDB.
pub struct RocksRecords {
    db: rocksdb::DB,
}

impl RocksRecords {
    /// Opens or makes the database in `folder`.
    ///
    /// Its log is read strictly: an unfinished last write is dropped (it was never acknowledged), any other damage is an error,
    /// for silently skipping records would turn promised slots into orphans.
    pub fn open(folder: &Path) -> Result<Self, RecordsError> {
        let mut options = rocksdb::Options::default();
        options.create_if_missing(true);
        options.set_wal_recovery_mode(rocksdb::DBRecoveryMode::TolerateCorruptedTailRecords);
        options.set_paranoid_checks(true);
        options.set_keep_log_file_num(3);
        options.set_max_open_files(256);
        options.set_write_buffer_size(16 << 20);
        let db = rocksdb::DB::open(&options, folder).map_err(|error| RecordsError(error.to_string()))?;
        Ok(Self { db })
    }
}

impl Records for RocksRecords {
    fn write(&self, batch: Vec<Write>, sync: bool) -> Result<(), RecordsError> {
        let mut writes = rocksdb::WriteBatch::default();
        for (key, value) in batch {
            match value {
                Some(value) => writes.put(key, value),
                None => writes.delete(key),
            }
        }
        let mut options = rocksdb::WriteOptions::default();
        options.set_sync(sync);
        self.db
            .write_opt(writes, &options)
            .map_err(|error| RecordsError(error.to_string()))
    }

    fn scan(&self, prefix: &[u8]) -> Result<Vec<Pair>, RecordsError> {
        let mut found = Vec::new();
        let mode = rocksdb::IteratorMode::From(prefix, rocksdb::Direction::Forward);
        for pair in self.db.iterator(mode) {
            let (key, value) = pair.map_err(|error| RecordsError(error.to_string()))?;
            if !key.starts_with(prefix) {
                break;
            }
            found.push((key.into_vec(), value.into_vec()));
        }
        Ok(found)
    }

    fn flush(&self) -> Result<(), RecordsError> {
        self.db
            .flush_wal(true)
            .map_err(|error| RecordsError(error.to_string()))?;
        self.db.flush().map_err(|error| RecordsError(error.to_string()))
    }
}
