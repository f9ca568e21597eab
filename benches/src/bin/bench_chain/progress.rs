//! What is known of every transfer while the clock runs.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};
use tokio::sync::Semaphore;

/// Not yet.
const NEVER: u64 = 0;

/// When each transfer was submitted, included and finalized; shared by those who submit and the one who watches.
pub(crate) struct Progress {
    origin: Instant,
    submitted: Vec<AtomicU64>,
    included: Vec<AtomicU64>,
    finalized: Vec<AtomicU64>,
    /// How many more transfers may be on their way, and in the pool.
    pub(crate) room: Semaphore,
    /// Submissions that the node answered by "the pool is full".
    pub(crate) pool_full: AtomicU64,
    /// Submissions that the node refused for another reason.
    pub(crate) refused: AtomicU64,
}

impl Progress {
    /// For `count` transfers, of which `room` may be on their way at a time.
    pub(crate) fn new(count: usize, room: usize) -> Self {
        let never = || (0..count).map(|_| AtomicU64::new(NEVER)).collect();
        Self {
            origin: Instant::now(),
            submitted: never(),
            included: never(),
            finalized: never(),
            room: Semaphore::new(room),
            pool_full: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        }
    }

    /// Microseconds since the start, never 0.
    pub(crate) fn micros(&self, at: Instant) -> u64 {
        let elapsed = at.saturating_duration_since(self.origin).as_micros();
        u64::try_from(elapsed).unwrap_or(u64::MAX).max(1)
    }

    /// It is sent for the first time, or once more.
    pub(crate) fn submit(&self, index: usize) {
        mark(&self.submitted, index, self.micros(Instant::now()));
    }

    /// It is in a best block. Only the first time counts, and gives room for another.
    pub(crate) fn include(&self, index: usize, at: u64) {
        if mark(&self.included, index, at) {
            self.room.add_permits(1);
        }
    }

    /// It is in a finalized block.
    pub(crate) fn finalize(&self, index: usize, at: u64) {
        mark(&self.finalized, index, at);
    }

    /// Seconds from submission to inclusion of those that were included between two moments, sorted.
    pub(crate) fn to_inclusion(&self, from: u64, to: u64) -> Vec<f64> {
        self.latencies(&self.included, from, to)
    }

    /// Seconds from submission to finality of those that were included between two moments and are final, sorted.
    pub(crate) fn to_finality(&self, from: u64, to: u64) -> Vec<f64> {
        self.latencies(&self.finalized, from, to)
    }

    fn latencies(&self, reached: &[AtomicU64], from: u64, to: u64) -> Vec<f64> {
        let read = |list: &[AtomicU64], index: usize| list.get(index).map_or(NEVER, |at| at.load(Ordering::Relaxed));
        let mut seconds: Vec<f64> = (0..self.submitted.len())
            .filter_map(|index| {
                let included = read(&self.included, index);
                let (start, end) = (read(&self.submitted, index), read(reached, index));
                let counts = included > from && included <= to && start != NEVER && end != NEVER;
                counts.then(|| end.saturating_sub(start) as f64 / 1e6)
            })
            .collect();
        seconds.sort_by(f64::total_cmp);
        seconds
    }
}

/// Writes a moment unless there is one. Returns whether it was written.
fn mark(list: &[AtomicU64], index: usize, at: u64) -> bool {
    list.get(index).is_some_and(|cell| {
        cell.compare_exchange(NEVER, at, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    })
}
