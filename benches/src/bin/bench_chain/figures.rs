//! What a run comes to.

use crate::{chain::Limits, cpu::Load, progress::Progress, watcher::Seen};
use anyhow::{Context, Result};
use blocs_runtime::Hash;
use serde::Serialize;
use std::{collections::HashMap, sync::atomic::Ordering};

/// Figures of one run. Blocks are whole ones: a second is the author's clock from the first block to the last.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    pub(crate) name: String,
    pub(crate) slot_seconds: f64,
    pub(crate) seconds: f64,
    pub(crate) blocks: usize,
    /// Slots without a block.
    pub(crate) missed_slots: u64,
    /// Blocks that were the best for a while and are not part of the chain.
    pub(crate) retracted: usize,
    pub(crate) transfers: usize,
    pub(crate) per_second: f64,
    pub(crate) per_block: Spread,
    /// Share of the limit for ordinary transactions that a block's declared weight took.
    pub(crate) weight_fill: Spread,
    /// Share of the limit for ordinary transactions that a block's bytes took.
    pub(crate) length_fill: Spread,
    /// Transfers that the limit on weight lets into a block, by the weight that they took.
    pub(crate) fit_by_weight: f64,
    /// Seconds from submission to a best block.
    pub(crate) to_inclusion: Spread,
    /// Seconds from submission to a finalized block.
    pub(crate) to_finality: Spread,
    pub(crate) pool_full: u64,
    pub(crate) refused: u64,
    pub(crate) load: Load,
}

/// Median, 95th percentile, largest.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Spread {
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) max: f64,
}

impl Spread {
    /// Of sorted values.
    fn of(sorted: &[f64]) -> Self {
        let at = |percent: usize| {
            let index = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
            sorted.get(index).copied().unwrap_or(f64::NAN)
        };
        Self {
            p50: at(50),
            p95: at(95),
            max: at(100),
        }
    }

    fn of_all(values: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = values.collect();
        sorted.sort_by(f64::total_cmp);
        Self::of(&sorted)
    }
}

/// Puts together what was seen between two moments.
pub(crate) fn figures(
    name: &str,
    limits: Limits,
    blocks: &HashMap<Hash, Seen>,
    progress: &Progress,
    (from, to): (u64, u64),
    load: Load,
) -> Result<Figures> {
    let last_final = blocks
        .values()
        .filter(|seen| seen.finalized)
        .map(|seen| seen.number)
        .max();
    let last_final = last_final.context("no block became final while the run lasted")?;
    let mut chain: Vec<&Seen> = blocks
        .values()
        .filter(|seen| seen.finalized && seen.at > from && seen.at <= to)
        .collect();
    chain.sort_by_key(|seen| seen.number);
    let (Some(first), Some(last)) = (chain.first().copied(), chain.last().copied()) else {
        anyhow::bail!("no finalized block in the time of the measurement: give it more --seconds");
    };
    let millis = last.timestamp.saturating_sub(first.timestamp);
    anyhow::ensure!(
        millis > 0,
        "only one finalized block in the time of the measurement: give it more --seconds"
    );
    let seconds = millis as f64 / 1e3;
    // The first block only starts the clock: its transfers belong to the time before.
    let counted = chain.get(1..).unwrap_or_default();
    let transfers: usize = counted.iter().map(|seen| seen.transfers.len()).sum();
    let weight: u64 = counted.iter().map(|seen| seen.weight).sum();
    let share = |part: u64, whole: u64| part as f64 / whole as f64;
    Ok(Figures {
        name: name.into(),
        slot_seconds: limits.slot_millis as f64 / 1e3,
        seconds,
        blocks: counted.len(),
        missed_slots: (millis / limits.slot_millis.max(1)).saturating_sub(u64::try_from(counted.len())?),
        retracted: blocks
            .values()
            .filter(|seen| !seen.finalized && seen.number <= last_final && seen.at > from && seen.at <= to)
            .count(),
        transfers,
        per_second: transfers as f64 / seconds,
        per_block: Spread::of_all(counted.iter().map(|seen| seen.transfers.len() as f64)),
        weight_fill: Spread::of_all(counted.iter().map(|seen| share(seen.weight, limits.weight))),
        length_fill: Spread::of_all(counted.iter().map(|seen| share(seen.length, limits.length))),
        fit_by_weight: limits.weight as f64 * transfers as f64 / weight as f64,
        to_inclusion: Spread::of(&progress.to_inclusion(from, to)),
        to_finality: Spread::of(&progress.to_finality(from, to)),
        pool_full: progress.pool_full.load(Ordering::Relaxed),
        refused: progress.refused.load(Ordering::Relaxed),
        load,
    })
}

/// Prints all runs side by side, with the ceiling of signature verification.
pub(crate) fn print(runs: &[Figures], ceiling: f64) {
    let row = |title: &str, cell: &dyn Fn(&Figures) -> String| {
        print!("{title:<34}");
        for run in runs {
            print!(" {:>20}", cell(run));
        }
        println!();
    };
    let spread = |spread: Spread, factor: f64| format!("{:.1} / {:.1}", spread.p50 * factor, spread.p95 * factor);
    row("", &|run| run.name.clone());
    row("slot, s", &|run| format!("{:.1}", run.slot_seconds));
    row("transfers a second", &|run| format!("{:.0}", run.per_second));
    row("  of one core's verifications, %", &|run| {
        format!("{:.1}", 100.0 * run.per_second / ceiling)
    });
    row("  measured over, s (blocks)", &|run| {
        format!("{:.0} ({})", run.seconds, run.blocks)
    });
    row("transfers a block, p50 / max", &|run| {
        format!("{:.0} / {:.0}", run.per_block.p50, run.per_block.max)
    });
    row("  fit by declared weight", &|run| format!("{:.0}", run.fit_by_weight));
    row("weight used, %, p50 / p95", &|run| spread(run.weight_fill, 100.0));
    row("length used, %, p50 / p95", &|run| spread(run.length_fill, 100.0));
    row("to inclusion, s, p50 / p95", &|run| spread(run.to_inclusion, 1.0));
    row("to finality, s, p50 / p95", &|run| spread(run.to_finality, 1.0));
    row("missed slots, retracted blocks", &|run| {
        format!("{}, {}", run.missed_slots, run.retracted)
    });
    row("pool full, refused", &|run| {
        format!("{}, {}", run.pool_full, run.refused)
    });
    row("cores: nodes + generator (others)", &|run| {
        format!(
            "{:.2} + {:.2} ({:.2})",
            run.load.nodes, run.load.generator, run.load.others
        )
    });
    println!("signatures that one core checks in a second: {ceiling:.0}");
}
