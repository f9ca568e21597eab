//! How far an operation is.

/// Is told how far an operation is. Calls come from several threads and must return at once.
pub trait Progress: Send + Sync {
    /// How many bytes will be read and placed in all, once known. A get reads shards and places files.
    fn total(&self, read: u64, placed: u64) {
        let _ = (read, placed);
    }

    /// So many more bytes have been read.
    fn read(&self, bytes: u64) {
        let _ = bytes;
    }

    /// So many more bytes have been placed with providers (put) or on disk (get).
    fn placed(&self, bytes: u64) {
        let _ = bytes;
    }

    /// The operation enters another step: measuring, uploading, opening the deal, fetching.
    fn step(&self, step: &str) {
        let _ = step;
    }
}

/// Says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {}
