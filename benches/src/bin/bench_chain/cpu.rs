//! Who used the cores.

use anyhow::{Context, Result};
use serde::Serialize;
use std::fs;

/// Ticks since the machine started.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    cores: f64,
    all: u64,
    idle: u64,
    nodes: u64,
    own: u64,
}

/// Cores in use, on the average of a while.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Load {
    /// Cores of the machine.
    pub(crate) cores: f64,
    /// Used by the nodes together.
    pub(crate) nodes: f64,
    /// Used by this program.
    pub(crate) generator: f64,
    /// Used by everything else: what disturbed the measurement.
    pub(crate) others: f64,
}

impl Clock {
    /// Reads the counters of the machine, of the processes `nodes`, and of this one.
    pub(crate) fn read(nodes: &[u32]) -> Result<Self> {
        let text = fs::read_to_string("/proc/stat").context("cannot read /proc/stat")?;
        let cores = text
            .lines()
            .filter(|line| line.starts_with("cpu"))
            .count()
            .saturating_sub(1);
        let line = text.lines().next().context("/proc/stat is empty")?;
        // user nice system idle iowait irq softirq steal; guests are in user already.
        let ticks: Vec<u64> = line
            .split_whitespace()
            .skip(1)
            .take(8)
            .filter_map(|word| word.parse().ok())
            .collect();
        let at = |index: usize| ticks.get(index).copied().unwrap_or_default();
        let of = |process: &str| {
            let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
            // The name in parentheses may hold spaces.
            let words: Vec<_> = stat
                .rsplit(") ")
                .next()
                .unwrap_or_default()
                .split_whitespace()
                .collect();
            let word = |index: usize| {
                words
                    .get(index)
                    .and_then(|word| word.parse::<u64>().ok())
                    .unwrap_or_default()
            };
            word(11) + word(12)
        };
        Ok(Self {
            cores: f64::from(u32::try_from(cores)?),
            all: ticks.iter().sum(),
            idle: at(3) + at(4),
            nodes: nodes.iter().map(|id| of(&id.to_string())).sum(),
            own: of("self"),
        })
    }

    /// What was used since `before`.
    pub(crate) fn since(&self, before: &Self) -> Load {
        let all = self.all.saturating_sub(before.all).max(1) as f64;
        let share = |now: u64, then: u64| now.saturating_sub(then) as f64 / all * self.cores;
        let (nodes, generator) = (share(self.nodes, before.nodes), share(self.own, before.own));
        let busy = self.cores - share(self.idle, before.idle);
        Load {
            cores: self.cores,
            nodes,
            generator,
            others: (busy - nodes - generator).max(0.0),
        }
    }
}
