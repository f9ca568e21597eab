//! Measures what one key of the state costs the node's database, and writes it as the runtime's `DbWeight`.
//!
//! A state of realistic size is built in RocksDB with the node's own settings (`sc-client-db`: 13 columns, a cache of 1 GiB, nine tenths
//! of it for the state), by way of the same trie. Then single keys, drawn at random, are read without and with the trie cache, and
//! blocks of several sizes are written: the new root computed, nodes added and removed, the batch committed.

mod chain;
mod report;
mod statistics;

use anyhow::{Context, Result};
use clap::Parser;
use std::path::PathBuf;

/// Measure RocksDB weights of the state trie.
#[derive(Parser)]
#[command(version)]
pub(crate) struct Options {
    /// Keys in the state.
    #[arg(long, default_value_t = 1_000_000)]
    keys: u64,

    /// Keys drawn for each figure of reading.
    #[arg(long, default_value_t = 20_000)]
    samples: u64,

    /// Keys that a block changes, for the figures of writing; the declared weight is that of `--declared-batch`.
    #[arg(long, value_delimiter = ',', default_value = "1,10,100,1000")]
    batches: Vec<u64>,

    /// The size of a block whose cost of a written key is declared.
    #[arg(long, default_value_t = 1_000)]
    declared_batch: u64,

    /// Where to build the state; a folder on the disk that a node would use, removed at the end.
    #[arg(long, default_value = "/var/tmp")]
    on: PathBuf,

    /// The Rust file to write; the figures go to the standard error output as well.
    #[arg(long)]
    output: PathBuf,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let folder = tempfile::Builder::new()
        .prefix("blocs-storage-weights")
        .tempdir_in(&options.on)
        .with_context(|| {
            format!(
                "cannot make a folder in {}; name another with --on",
                options.on.display()
            )
        })?;

    eprintln!("load before: {}", report::load());
    eprintln!("building a state of {} keys", options.keys);
    let mut chain = chain::Chain::build(folder.path(), options.keys)?;

    let reads = vec![
        (
            "no trie cache, the disk's cache dropped",
            chain.read_from_disk(options.samples)?,
        ),
        ("no trie cache", chain.read_without_cache(options.samples)?),
        ("warm trie cache", chain.read_with_cache(options.samples)?),
    ];
    let mut writes = Vec::new();
    for batch in &options.batches {
        writes.push((*batch, chain.write(*batch)?));
    }

    let source = report::source(&options, &reads, &writes)?;
    eprint!("{}", report::table(&reads, &writes));
    eprintln!("load after: {}", report::load());
    std::fs::write(&options.output, source).with_context(|| format!("cannot write {}", options.output.display()))
}
