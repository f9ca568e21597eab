//! A disk in memory that behaves badly: the fault layer under the store, and its twin for tests.
//!
//! [`SimDisk`] is [`Vfs`] and [`Records`] in one. It keeps apart what a running program sees from what would survive a loss of
//! power, in the least friendly way that POSIX allows: unsynced bytes survive sector by sector at random, unsynced names one by
//! one, unsynced batches as a random prefix. After a failed fsync the bytes count as written but never reach the disk.

use crate::{
    FileStore, OpenError, RecoveryReport, StoreConfig,
    records::{Pair, Records, RecordsError, Write},
    vfs::{Entry, ReadFile, Vfs, WriteFile},
};
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::Arc,
};

/// Bytes that a disk writes as one.
const SECTOR: usize = 512;

/// Operations that can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// [`Vfs::create`] and [`Vfs::create_dir`].
    Create,
    /// [`WriteFile::append`].
    Append,
    /// [`WriteFile::sync`].
    Sync,
    /// [`Vfs::rename`].
    Rename,
    /// [`Vfs::remove`].
    Remove,
    /// [`Vfs::sync_dir`].
    SyncDir,
    /// [`ReadFile::read_at`].
    Read,
    /// [`Records::write`].
    Commit,
}

/// A disk in memory. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct SimDisk {
    state: Arc<Mutex<State>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Folder,
    File(u64),
}

#[derive(Debug, Default)]
struct Inode {
    seen: Vec<u8>,
    durable: Vec<u8>,
    dirty: BTreeSet<usize>,
}

type Pairs = BTreeMap<Vec<u8>, Vec<u8>>;

#[derive(Debug, Default)]
struct State {
    inodes: BTreeMap<u64, Inode>,
    next_inode: u64,
    seen: BTreeMap<String, Node>,
    durable: BTreeMap<String, Node>,
    pairs_seen: Pairs,
    pairs_durable: Pairs,
    unsynced: Vec<Vec<Write>>,
    counts: BTreeMap<Operation, u64>,
    faults: BTreeMap<(Operation, u64), io::ErrorKind>,
    operations: u64,
    power_off_at: Option<u64>,
    capacity: Option<u64>,
}

/// A small generator of random numbers (SplitMix64): the seed alone tells what happened.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, 0 when that is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.number() % bound).unwrap_or(0)
    }

    /// True in one of `n` cases.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

impl SimDisk {
    /// An empty disk.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens a store on this disk.
    pub fn open_store(&self, config: StoreConfig) -> Result<(FileStore, RecoveryReport), OpenError> {
        FileStore::open(Arc::new(self.clone()), Arc::new(self.clone()), config)
    }

    /// Makes the `nth` operation of this kind from now fail; 1 is the next one.
    pub fn fail_nth(&self, operation: Operation, nth: u64, error: io::ErrorKind) {
        let mut state = self.state.lock();
        let at = state.counts.get(&operation).copied().unwrap_or(0) + nth;
        state.faults.insert((operation, at), error);
    }

    /// Forgets faults that have not happened.
    pub fn clear_faults(&self) {
        self.state.lock().faults.clear();
    }

    /// Limits the bytes of all files; `None` lifts the limit.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.state.lock().capacity = bytes;
    }

    /// Cuts the power when so many more operations are done: each later one fails, until [`SimDisk::power_on`].
    pub fn power_off_after(&self, operations: u64) {
        let mut state = self.state.lock();
        state.power_off_at = Some(state.operations + operations);
    }

    /// Whether the power is off.
    pub fn is_off(&self) -> bool {
        self.state.lock().is_off()
    }

    /// Brings the disk back after a loss of power: what was synced, and a random part of what was not.
    pub fn power_on(&self, random: &mut Random) {
        let mut state = self.state.lock();
        state.lose_unsynced(random);
        state.power_off_at = None;
        state.faults.clear();
    }

    /// Names of all files, for tests.
    pub fn files(&self) -> Vec<String> {
        let state = self.state.lock();
        state
            .seen
            .iter()
            .filter(|(_, node)| **node != Node::Folder)
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// Flips one bit of a file, or cuts it to nothing, or removes it, behind the store's back.
    pub fn damage(&self, path: &str, damage: Damage) {
        let mut state = self.state.lock();
        let Some(Node::File(inode)) = state.seen.get(path).copied() else {
            return;
        };
        match damage {
            Damage::FlipBit(bit) => {
                if let Some(file) = state.inodes.get_mut(&inode) {
                    for bytes in [&mut file.seen, &mut file.durable] {
                        if let Some(byte) = bytes.get_mut(bit / 8) {
                            *byte ^= 1 << (bit % 8);
                        }
                    }
                }
            }
            Damage::Truncate(length) => {
                if let Some(file) = state.inodes.get_mut(&inode) {
                    file.seen.truncate(length);
                    file.durable.truncate(length);
                }
            }
            Damage::Remove => {
                state.seen.remove(path);
                state.durable.remove(path);
            }
        }
    }
}

/// What [`SimDisk::damage`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// Flips the bit of this number.
    FlipBit(usize),
    /// Cuts the file to this length.
    Truncate(usize),
    /// Removes the file.
    Remove,
}

impl State {
    fn is_off(&self) -> bool {
        self.power_off_at.is_some_and(|at| self.operations >= at)
    }

    /// Counts an operation; an error when it is to fail.
    fn step(&mut self, operation: Operation) -> io::Result<()> {
        if self.is_off() {
            return Err(io::Error::other("the power is off"));
        }
        self.operations += 1;
        let count = self.counts.entry(operation).or_default();
        *count += 1;
        match self.faults.remove(&(operation, *count)) {
            Some(kind) => Err(kind.into()),
            None => Ok(()),
        }
    }

    fn used(&self) -> u64 {
        let files = self.seen.values().filter_map(|node| match node {
            Node::File(inode) => self.inodes.get(inode),
            Node::Folder => None,
        });
        files
            .map(|file| u64::try_from(file.seen.len()).unwrap_or(u64::MAX))
            .sum()
    }

    fn lose_unsynced(&mut self, random: &mut Random) {
        for file in self.inodes.values_mut() {
            let grown = file.seen.len().saturating_sub(file.durable.len());
            let length = file.durable.len() + random.below(grown + 1);
            file.durable.resize(length, 0);
            for sector in std::mem::take(&mut file.dirty) {
                if random.one_in(2) {
                    file.keep(sector);
                }
            }
            file.seen = file.durable.clone();
        }
        let names: BTreeSet<String> = self.seen.keys().chain(self.durable.keys()).cloned().collect();
        let mut after = BTreeMap::new();
        for name in names {
            let (seen, durable) = (self.seen.get(&name), self.durable.get(&name));
            let chosen = if seen == durable || random.one_in(2) {
                seen
            } else {
                durable
            };
            let parent = name.rsplit_once('/').map_or("", |(parent, _)| parent);
            if let Some(node) = chosen
                && (parent.is_empty() || after.get(parent) == Some(&Node::Folder))
            {
                after.insert(name, *node);
            }
        }
        self.durable = after.clone();
        self.seen = after;
        let kept = random.below(self.unsynced.len() + 1);
        for batch in std::mem::take(&mut self.unsynced).into_iter().take(kept) {
            apply(&mut self.pairs_durable, batch);
        }
        self.pairs_seen = self.pairs_durable.clone();
    }
}

impl Inode {
    /// Brings one sector to the disk, as far as the durable length reaches.
    fn keep(&mut self, sector: usize) {
        let start = sector * SECTOR;
        let end = (start + SECTOR).min(self.seen.len()).min(self.durable.len());
        if start < end {
            self.durable[start..end].copy_from_slice(&self.seen[start..end]);
        }
    }
}

fn apply(pairs: &mut Pairs, batch: Vec<Write>) {
    for (key, value) in batch {
        match value {
            Some(value) => pairs.insert(key, value),
            None => pairs.remove(&key),
        };
    }
}

struct SimFile {
    state: Arc<Mutex<State>>,
    inode: u64,
}

impl Vfs for SimDisk {
    fn create_dir(&self, path: &str) -> io::Result<()> {
        let mut state = self.state.lock();
        state.step(Operation::Create)?;
        if let Some((parent, _)) = path.rsplit_once('/')
            && state.seen.get(parent) != Some(&Node::Folder)
        {
            return Err(io::ErrorKind::NotFound.into());
        }
        state.seen.entry(path.to_owned()).or_insert(Node::Folder);
        Ok(())
    }

    fn create(&self, path: &str) -> io::Result<Box<dyn WriteFile>> {
        let mut state = self.state.lock();
        state.step(Operation::Create)?;
        if state.seen.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let inode = state.next_inode;
        state.next_inode += 1;
        state.inodes.insert(inode, Inode::default());
        state.seen.insert(path.to_owned(), Node::File(inode));
        Ok(Box::new(SimFile {
            state: Arc::clone(&self.state),
            inode,
        }))
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn ReadFile>> {
        match self.state.lock().seen.get(path) {
            Some(Node::File(inode)) => Ok(Box::new(SimFile {
                state: Arc::clone(&self.state),
                inode: *inode,
            })),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state.lock();
        state.step(Operation::Rename)?;
        let node = state.seen.remove(from).ok_or(io::ErrorKind::NotFound)?;
        state.seen.insert(to.to_owned(), node);
        Ok(())
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let mut state = self.state.lock();
        state.step(Operation::Remove)?;
        state.seen.remove(path);
        Ok(())
    }

    fn sync_dir(&self, path: &str) -> io::Result<()> {
        let mut state = self.state.lock();
        state.step(Operation::SyncDir)?;
        let here = |name: &String| name.rsplit_once('/').map_or("", |(parent, _)| parent) == path;
        let entries: Vec<_> = state
            .seen
            .iter()
            .filter(|(name, _)| here(name))
            .map(|(n, e)| (n.clone(), *e))
            .collect();
        state.durable.retain(|name, _| !here(name));
        state.durable.extend(entries);
        Ok(())
    }

    fn list(&self, path: &str) -> io::Result<Vec<Entry>> {
        let state = self.state.lock();
        let mut found = Vec::new();
        for (full, node) in &state.seen {
            let (parent, name) = full.rsplit_once('/').unwrap_or(("", full));
            if parent == path {
                let size = match node {
                    Node::Folder => None,
                    Node::File(inode) => state
                        .inodes
                        .get(inode)
                        .map(|file| u64::try_from(file.seen.len()).unwrap_or(u64::MAX)),
                };
                found.push(Entry {
                    name: name.to_owned(),
                    size,
                });
            }
        }
        Ok(found)
    }

    fn free_bytes(&self) -> io::Result<u64> {
        let state = self.state.lock();
        Ok(state
            .capacity
            .map_or(1 << 50, |capacity| capacity.saturating_sub(state.used())))
    }
}

impl WriteFile for SimFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state.lock();
        state.step(Operation::Append)?;
        let room = state.capacity.map(|capacity| capacity.saturating_sub(state.used()));
        let fits = room.map_or(bytes.len(), |room| {
            usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len())
        });
        let file = state.inodes.get_mut(&self.inode).ok_or(io::ErrorKind::NotFound)?;
        let first = file.seen.len() / SECTOR;
        file.seen.extend_from_slice(&bytes[..fits]);
        let last = file.seen.len().div_ceil(SECTOR);
        file.dirty.extend(first..last);
        if fits < bytes.len() {
            Err(io::ErrorKind::StorageFull.into())
        } else {
            Ok(())
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut state = self.state.lock();
        let outcome = state.step(Operation::Sync);
        if state.is_off() && outcome.is_err() {
            return outcome;
        }
        let file = state.inodes.get_mut(&self.inode).ok_or(io::ErrorKind::NotFound)?;
        let dirty = std::mem::take(&mut file.dirty);
        outcome?;
        let length = file.seen.len();
        file.durable.resize(length, 0);
        for sector in dirty {
            file.keep(sector);
        }
        Ok(())
    }
}

impl ReadFile for SimFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let mut state = self.state.lock();
        state.step(Operation::Read)?;
        let file = state.inodes.get(&self.inode).ok_or(io::ErrorKind::NotFound)?;
        let start = usize::try_from(offset).map_err(|_| io::ErrorKind::UnexpectedEof)?;
        let end = start.checked_add(buffer.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(file.seen.get(start..end).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn size(&self) -> io::Result<u64> {
        let state = self.state.lock();
        let file = state.inodes.get(&self.inode).ok_or(io::ErrorKind::NotFound)?;
        Ok(u64::try_from(file.seen.len()).unwrap_or(u64::MAX))
    }
}

impl Records for SimDisk {
    fn write(&self, batch: Vec<Write>, sync: bool) -> Result<(), RecordsError> {
        let mut state = self.state.lock();
        if let Err(error) = state.step(Operation::Commit) {
            // Nobody knows whether a failed batch was written: every other one was.
            let count = state.counts.get(&Operation::Commit).copied().unwrap_or(0);
            if !state.is_off() && count % 2 == 0 {
                apply(&mut state.pairs_seen, batch.clone());
                state.unsynced.push(batch);
            }
            return Err(RecordsError(error.to_string()));
        }
        apply(&mut state.pairs_seen, batch.clone());
        state.unsynced.push(batch);
        if sync {
            for batch in std::mem::take(&mut state.unsynced) {
                apply(&mut state.pairs_durable, batch);
            }
        }
        Ok(())
    }

    fn scan(&self, prefix: &[u8]) -> Result<Vec<Pair>, RecordsError> {
        let state = self.state.lock();
        let from = state.pairs_seen.range(prefix.to_vec()..);
        Ok(from
            .take_while(|(key, _)| key.starts_with(prefix))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect())
    }

    fn flush(&self) -> Result<(), RecordsError> {
        self.write(Vec::new(), true)
    }
}
