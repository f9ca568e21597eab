//! A state in RocksDB, as a node keeps it.

use crate::statistics::Times;
use anyhow::{Context, Result, anyhow};
use kvdb::DBTransaction;
use kvdb_rocksdb::{Database, DatabaseConfig};
use sp_core::{Blake2Hasher, H256, storage::StateVersion};
use sp_crypto_hashing::{blake2_128, blake2_256, twox_128};
use sp_state_machine::{Backend, TrieBackendBuilder, TrieBackendStorage};
use sp_trie::{
    LayoutV1,
    cache::{CacheSize, SharedTrieCache},
    empty_trie_root,
};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// What `sc-client-db` uses.
const COLUMNS: u32 = 13;
const STATE: u32 = 1;
const CACHE_MIB: usize = 1024;
const TRIE_CACHE_BYTES: usize = 1024 * 1024 * 1024;

/// Keys that are written at once while the state is built.
const BUILD_BATCH: u64 = 50_000;

/// Blocks that are written for a figure: enough for percentiles, few enough that the largest take half a minute.
const BLOCKS: u64 = 1_000;
const WRITTEN_KEYS: u64 = 200_000;

/// Reads trie nodes from RocksDB.
struct Nodes<'a>(&'a Database);

impl TrieBackendStorage<Blake2Hasher> for Nodes<'_> {
    fn get(&self, hash: &H256, prefix: (&[u8], Option<u8>)) -> Result<Option<Vec<u8>>, String> {
        if *hash == empty_trie_root::<LayoutV1<Blake2Hasher>>() {
            return Ok(Some(vec![0]));
        }
        let key = sp_trie::prefixed_key::<Blake2Hasher>(hash, prefix);
        self.0.get(STATE, &key).map_err(|error| error.to_string())
    }
}

/// The state, its root, and the cache that a node would keep.
pub(crate) struct Chain {
    folder: PathBuf,
    database: Option<Database>,
    root: H256,
    keys: u64,
    cache: SharedTrieCache<Blake2Hasher>,
    /// Counts draws, so that no two figures use the same keys or values.
    drawn: u64,
}

impl Chain {
    /// Builds a state of `keys` keys in `folder`.
    pub(crate) fn build(folder: &Path, keys: u64) -> Result<Self> {
        let mut chain = Self {
            folder: folder.to_owned(),
            database: Some(open(folder)?),
            root: empty_trie_root::<LayoutV1<Blake2Hasher>>(),
            keys,
            cache: SharedTrieCache::new(CacheSize::new(TRIE_CACHE_BYTES), None),
            drawn: 0,
        };
        let mut first = 0;
        while first < keys {
            let last = keys.min(first + BUILD_BATCH);
            let changes: Vec<_> = (first..last).map(|number| (key(number), value(number, 0))).collect();
            chain.commit(&changes)?;
            first = last;
        }
        // A node's state has grown over months: no compaction of all of it is under way.
        let compacted = chain.database()?.force_compact(STATE);
        compacted.context("cannot compact RocksDB: is the disk full?")?;
        Ok(chain)
    }

    /// Single keys, read after the operating system has forgotten the files (as far as this process may ask for it).
    pub(crate) fn read_from_disk(&mut self, samples: u64) -> Result<Times> {
        // Closing writes what RocksDB still holds in memory.
        drop(self.database.take());
        if std::process::Command::new("sync").status().is_err()
            || std::fs::write("/proc/sys/vm/drop_caches", "3").is_err()
        {
            eprintln!("cannot drop the disk's cache (that takes root): reading with what it holds");
        }
        self.database = Some(open(&self.folder)?);
        self.read(samples, None)
    }

    /// Single keys with RocksDB's own cache only.
    pub(crate) fn read_without_cache(&mut self, samples: u64) -> Result<Times> {
        // Once over another draw, so that RocksDB's index and its upper trie nodes are in memory.
        self.read(samples, None)?;
        self.read(samples, None)
    }

    /// Single keys that the trie cache knows.
    pub(crate) fn read_with_cache(&mut self, samples: u64) -> Result<Times> {
        let cache = self.cache.clone();
        let drawn = self.drawn;
        // In portions: what one block reads must fit into its local cache to reach the shared one.
        self.read(samples, Some(&cache))?;
        self.drawn = drawn;
        self.read(samples, Some(&cache))
    }

    /// Blocks that change `batch` keys each; the time of a key is the block's divided by `batch`.
    pub(crate) fn write(&mut self, batch: u64) -> Result<Times> {
        let blocks = BLOCKS.min(WRITTEN_KEYS.div_ceil(batch));
        let share = u32::try_from(batch)
            .context("a block has too many keys: --batches must fit into 32 bits")?
            .max(1);
        let mut times = Vec::new();
        for _ in 0..blocks {
            let changes: Vec<_> = (0..batch)
                .map(|_| {
                    let number = self.draw();
                    (key(number), value(number, self.drawn))
                })
                .collect();
            times.push(self.commit(&changes)? / share);
        }
        Ok(Times::new(times))
    }

    fn read(&mut self, samples: u64, cache: Option<&SharedTrieCache<Blake2Hasher>>) -> Result<Times> {
        let mut times = Vec::new();
        let numbers: Vec<_> = (0..samples).map(|_| self.draw()).collect();
        let database = self.database()?;
        for block in numbers.chunks(500) {
            let backend = TrieBackendBuilder::<_, Blake2Hasher>::new(Nodes(database), self.root)
                .with_optional_cache(cache.map(SharedTrieCache::local_cache_trusted))
                .build();
            for number in block {
                let key = key(*number);
                let start = Instant::now();
                let found = backend.storage(&key);
                times.push(start.elapsed());
                let found = found.map_err(|error| anyhow!("cannot read key {number}: {error}"))?;
                found.with_context(|| format!("key {number} has gone from the state"))?;
            }
        }
        Ok(Times::new(times))
    }

    /// Computes the new root and commits: what a node does with the changes of a block.
    ///
    /// The keys are read beforehand, as a call does that changes them: reading has its own weight, and leaves the way to the key cached.
    fn commit(&mut self, changes: &[(Vec<u8>, Vec<u8>)]) -> Result<Duration> {
        let database = self.database()?;
        let backend = TrieBackendBuilder::<_, Blake2Hasher>::new(Nodes(database), self.root)
            .with_cache(self.cache.local_cache_trusted())
            .build();
        for (key, _) in changes {
            let found = backend.storage(key);
            found.map_err(|error| anyhow!("cannot read a key before it is written: {error}"))?;
        }
        let start = Instant::now();
        let delta = changes
            .iter()
            .map(|(key, value)| (key.as_slice(), Some(value.as_slice())));
        let (root, mut nodes) = backend.storage_root(delta, StateVersion::V1);
        let mut transaction = DBTransaction::with_capacity(nodes.keys().len());
        for (key, (node, references)) in nodes.drain() {
            if references > 0 {
                transaction.put_vec(STATE, &key, node);
            } else if references < 0 {
                // What pruning does some blocks later.
                transaction.delete(STATE, &key);
            }
        }
        database
            .write(transaction)
            .context("cannot commit to RocksDB: is the disk full?")?;
        let took = start.elapsed();
        drop(backend);
        self.root = root;
        Ok(took)
    }

    fn database(&self) -> Result<&Database> {
        self.database.as_ref().context("the database is closed")
    }

    /// The number of some key, the same sequence in every run.
    fn draw(&mut self) -> u64 {
        self.drawn += 1;
        let [a, b, c, d, e, f, g, h, ..] = blake2_256(&self.drawn.to_le_bytes());
        u64::from_le_bytes([a, b, c, d, e, f, g, h]) % self.keys
    }
}

fn open(folder: &Path) -> Result<Database> {
    let mut config = DatabaseConfig::with_columns(COLUMNS);
    let state = CACHE_MIB * 9 / 10;
    let other = (CACHE_MIB - state) / (COLUMNS as usize - 1);
    config.memory_budget = (0..COLUMNS)
        .map(|column| (column, if column == STATE { state } else { other }))
        .collect::<HashMap<_, _>>();
    Database::open(&config, folder).with_context(|| format!("cannot open RocksDB in {}", folder.display()))
}

/// Keys shaped as those of `StorageMap<Blake2_128Concat, AccountId, …>`, spread over four maps.
fn key(number: u64) -> Vec<u8> {
    let map = number % 4;
    let account = blake2_256(&number.to_le_bytes());
    let mut key = twox_128(b"Pallet").to_vec();
    key.extend(twox_128(&map.to_le_bytes()));
    key.extend(blake2_128(&account));
    key.extend(account);
    key
}

/// 80 bytes (an account) to 200 (a slot of a deal).
fn value(number: u64, version: u64) -> Vec<u8> {
    let seed = blake2_256(&[number.to_le_bytes(), version.to_le_bytes()].concat());
    let length = 80 + 40 * usize::try_from(number % 4).unwrap_or_default();
    seed.into_iter().cycle().take(length).collect()
}
