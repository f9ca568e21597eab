//! How busy the machine was: a figure that was measured beside seven other processes says little without it.

use anyhow::{Context, Result};
use std::{fmt, fs};

/// Processor time since the start, in the kernel's ticks.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    busy: u64,
    all: u64,
}

/// Share of the processors that was in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Percent of all processors together.
    pub percent: u64,
    /// Number of processors.
    pub cores: usize,
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CPU {} % of {} cores", self.percent, self.cores)
    }
}

impl Load {
    /// Starts to measure.
    pub fn start() -> Result<Self> {
        Self::parse(&fs::read_to_string("/proc/stat").context("cannot read /proc/stat")?)
    }

    /// What was used since the start.
    pub fn stop(&self) -> Result<Usage> {
        let now = Self::start()?;
        let (busy, all) = (now.busy.saturating_sub(self.busy), now.all.saturating_sub(self.all));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Usage {
            percent: busy * 100 / all.max(1),
            cores,
        })
    }

    /// The first line: `cpu user nice system idle iowait irq softirq steal …`.
    fn parse(text: &str) -> Result<Self> {
        let line = text.lines().next().context("/proc/stat is empty")?;
        let ticks: Vec<u64> = line
            .split_whitespace()
            .skip(1)
            .take(8)
            .filter_map(|word| word.parse().ok())
            .collect();
        let all = ticks.iter().sum();
        let idle: u64 = ticks.iter().skip(3).take(2).sum();
        Ok(Self { busy: all - idle, all })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
    use super::*;

    #[test]
    fn waiting_for_a_disk_is_not_work() {
        let load = Load::parse("cpu  10 1 4 70 5 0 2 8 0 0\ncpu0 1 2 3\n").unwrap();
        assert_eq!((load.busy, load.all), (25, 100));
    }
}
