//! The figures, as a table and as Rust.

use crate::{Options, statistics::Times};
use anyhow::{Context, Result};
use std::fmt::Write as _;

/// Load of this machine over the last 1, 5 and 15 minutes.
pub(crate) fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// Percentiles of everything.
pub(crate) fn table(reads: &[(&str, Times)], writes: &[(u64, Times)]) -> String {
    let mut table = format!(
        "{:<42} {:>9} {:>9} {:>9} {:>9} {:>9}\n",
        "nanoseconds a key", "mean", "p50", "p75", "p95", "p99"
    );
    for (name, times) in reads {
        table.push_str(&row(&format!("read: {name}"), times));
    }
    for (batch, times) in writes {
        table.push_str(&row(&format!("write: blocks of {batch} keys"), times));
    }
    table
}

fn row(name: &str, times: &Times) -> String {
    let [p50, p75, p95, p99] = [50, 75, 95, 99].map(|percent| times.percentile(percent));
    format!("{name:<42} {:>9} {p50:>9} {p75:>9} {p95:>9} {p99:>9}\n", times.mean())
}

/// The runtime's `rocksdb_weights.rs`.
///
/// Declared are the medians of a read that the trie cache does not answer, and of a written key.
pub(crate) fn source(options: &Options, reads: &[(&str, Times)], writes: &[(u64, Times)]) -> Result<String> {
    let (_, read) = reads
        .iter()
        .find(|(name, _)| *name == "no trie cache")
        .context("reads without the trie cache were not measured")?;
    let (_, write) = writes
        .iter()
        .find(|(batch, _)| *batch == options.declared_batch)
        .context("--declared-batch must be one of --batches")?;
    let mut source = String::from(
        "//! What one key of the state costs in RocksDB. Written by `tools/storage-weights` (`make weights`).\n//!\n",
    );
    writeln!(
        source,
        "//! {} keys, {} reads; load of the machine {}.\n//!\n//! ```text",
        options.keys,
        options.samples,
        load()
    )?;
    for line in table(reads, writes).lines() {
        writeln!(source, "//! {}", line.trim_end())?;
    }
    write!(
        source,
        "//! ```

use frame_support::{{
    parameter_types,
    weights::{{RuntimeDbWeight, constants::WEIGHT_REF_TIME_PER_NANOS}},
}};

parameter_types! {{
    /// Reading: the median without the trie cache. Writing: the median in blocks that change {} keys.
    pub const RocksDbWeight: RuntimeDbWeight = RuntimeDbWeight {{
        read: {} * WEIGHT_REF_TIME_PER_NANOS,
        write: {} * WEIGHT_REF_TIME_PER_NANOS,
    }};
}}
",
        options.declared_batch,
        underscored(read.percentile(50)),
        underscored(write.percentile(50)),
    )?;
    Ok(source)
}

/// 1234567 as `1_234_567`.
fn underscored(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}
