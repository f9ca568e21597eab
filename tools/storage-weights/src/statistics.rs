//! Percentiles.

use std::time::Duration;

/// Times of one kind of access, in ascending order.
pub(crate) struct Times(Vec<u64>);

impl Times {
    /// Sorts what was measured.
    pub(crate) fn new(times: Vec<Duration>) -> Self {
        let mut nanos: Vec<u64> = times
            .into_iter()
            .map(|time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
            .collect();
        nanos.sort_unstable();
        Self(nanos)
    }

    /// The time, in nanoseconds, that `percent` of all accesses keep below.
    pub(crate) fn percentile(&self, percent: usize) -> u64 {
        let last = self.0.len().saturating_sub(1);
        self.0.get(last * percent / 100).copied().unwrap_or_default()
    }

    /// The arithmetic mean in nanoseconds.
    pub(crate) fn mean(&self) -> u64 {
        let count = u64::try_from(self.0.len()).unwrap_or(u64::MAX).max(1);
        self.0.iter().sum::<u64>() / count
    }
}
