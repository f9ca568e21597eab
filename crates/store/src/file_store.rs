//! [`ShardStore`] over files and a database.

use crate::{
    Applied, BlockEffects, Change, CommitError, Cursor, Identity, OpenError, ProofRecord, PutError, QuoteTerms,
    ReadError, ShardStore, SlotName, SlotReader, SlotRecord, SlotState, SlotWriter, Usage,
    reader::outboard_bytes,
    record::Versioned,
    records::{Records, RocksRecords, Write},
    vfs::{OsVfs, Vfs},
    writer::FileWriter,
};
use blocs_primitives::{AccountId, BlockNumber, MAX_SLOT_BYTES, Period, SlotId};
use parking_lot::{Mutex, RwLock};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    io,
    path::Path,
    sync::{Arc, atomic::AtomicU64},
};

mod recover;

const IDENTITY_KEY: &[u8] = b"identity";
const CURSOR_KEY: &[u8] = b"cursor";
const SLOT_PREFIX: &[u8] = b"slot/";
const PROOF_PREFIX: &[u8] = b"proof/";
/// Lines kept in the journal of proofs.
const PROOFS_KEPT: usize = 4096;

/// Limits of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreConfig {
    /// Bytes of slots that may be held.
    pub capacity: u64,
    /// Bytes that must stay free on the disk.
    pub min_free: u64,
}

/// What was found when a store was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecoveryReport {
    /// Slots held.
    pub slots: usize,
    /// Unfinished files that were removed.
    pub temporaries: usize,
    /// Files without a record that were removed: never promised.
    pub orphans: usize,
    /// Slots whose files are gone or have a wrong size. Their records are kept.
    pub damaged: Vec<(SlotId, String)>,
}

/// [`ShardStore`] over a [`Vfs`] and [`Records`].
pub struct FileStore {
    inner: Arc<Inner>,
}

/// What the store shares with the writers that it hands out.
pub(crate) struct Inner {
    pub(crate) vfs: Arc<dyn Vfs>,
    records: Arc<dyn Records>,
    config: StoreConfig,
    /// One writer to the database at a time: records in memory and on disk change in the same order.
    commit: Mutex<()>,
    state: RwLock<State>,
    /// Folders known to be durable since this start.
    folders: Mutex<HashSet<String>>,
    pub(crate) temporaries: AtomicU64,
}

#[derive(Default)]
struct State {
    identity: Option<Identity>,
    cursor: Option<Cursor>,
    slots: BTreeMap<SlotId, SlotRecord>,
    held: u64,
    writing: HashMap<SlotId, u64>,
    proofs: BTreeMap<Period, ProofRecord>,
    stopped: Option<String>,
}

fn slot_key(slot: &SlotId) -> Vec<u8> {
    let mut key = SLOT_PREFIX.to_vec();
    key.extend_from_slice(slot.deal.0.as_bytes());
    key.extend_from_slice(&slot.index.0.to_be_bytes());
    key
}

fn proof_key(period: Period) -> Vec<u8> {
    let mut key = PROOF_PREFIX.to_vec();
    key.extend_from_slice(&period.to_be_bytes());
    key
}

impl FileStore {
    /// Opens or makes a store in the folder `data`, which must exist.
    pub fn on_disk(data: &Path, config: StoreConfig) -> Result<(Self, RecoveryReport), OpenError> {
        let records = RocksRecords::open(&data.join("db"))?;
        Self::open(Arc::new(OsVfs::new(data)), Arc::new(records), config)
    }

    /// Opens a store over any files and records: reads the records, removes what was never promised, checks the rest by size.
    pub fn open(
        vfs: Arc<dyn Vfs>,
        records: Arc<dyn Records>,
        config: StoreConfig,
    ) -> Result<(Self, RecoveryReport), OpenError> {
        let (state, report) = recover::recover(vfs.as_ref(), records.as_ref())?;
        let inner = Inner {
            vfs,
            records,
            config,
            commit: Mutex::new(()),
            state: RwLock::new(state),
            folders: Mutex::new(HashSet::new()),
            temporaries: AtomicU64::new(0),
        };
        Ok((Self { inner: Arc::new(inner) }, report))
    }
}

impl Inner {
    /// Refuses everything from now on.
    pub(crate) fn stop(&self, reason: String) {
        tracing::error!(%reason, "the store stops");
        self.state.write().stopped.get_or_insert(reason);
    }

    pub(crate) fn stopped(&self) -> Option<String> {
        self.state.read().stopped.clone()
    }

    /// Ends a reservation.
    pub(crate) fn release(&self, slot: &SlotId) {
        self.state.write().writing.remove(slot);
    }

    /// Makes the slot's folder and those above, and makes them durable, once per start: a folder found on disk may be one that
    /// was made just before a crash and never synced.
    pub(crate) fn ensure_folder(&self, name: &SlotName) -> io::Result<()> {
        let folder = name.folder();
        if self.folders.lock().contains(&folder) {
            return Ok(());
        }
        let mut parent = "";
        for (end, _) in folder.match_indices('/').chain(std::iter::once((folder.len(), ""))) {
            let path = &folder[..end];
            self.vfs.create_dir(path)?;
            self.vfs.sync_dir(parent)?;
            parent = path;
        }
        self.folders.lock().insert(folder);
        Ok(())
    }

    /// Writes the record of a slot whose files are durable.
    pub(crate) fn promise(
        &self,
        slot: SlotId,
        size: u64,
        root: blocs_primitives::Root,
        terms: QuoteTerms,
    ) -> Result<SlotRecord, PutError> {
        let _one = self.commit.lock();
        let name = SlotName(slot);
        if let Some(reason) = self.stopped() {
            return Err(PutError::Stopped { slot: name, reason });
        }
        let record = SlotRecord {
            root,
            size,
            owner: terms.owner,
            uploader: terms.uploader,
            rate: terms.rate,
            duration: terms.duration,
            state: SlotState::Quoted {
                valid_until: terms.valid_until,
            },
        };
        if let Err(source) = self
            .records
            .write(vec![(slot_key(&slot), Some(record.to_bytes()))], true)
        {
            self.stop(source.to_string());
            return Err(PutError::Record { slot: name, source });
        }
        let mut state = self.state.write();
        state.held = state.held.saturating_add(size);
        state.slots.insert(slot, record.clone());
        Ok(record)
    }

    /// Writes a batch; a failure stops the store. The caller holds `commit`.
    fn write(&self, batch: Vec<Write>, sync: bool) -> Result<(), CommitError> {
        if let Some(reason) = self.stopped() {
            return Err(CommitError::Stopped { reason });
        }
        self.records.write(batch, sync).map_err(|error| {
            self.stop(error.to_string());
            CommitError::Failed(error)
        })
    }
}

/// What happens to the slots when blocks up to `effects.cursor` are applied: pure, so that the batch and the state in memory agree.
fn transitions(state: &State, effects: &BlockEffects) -> (BTreeMap<SlotId, SlotRecord>, Applied) {
    let mut changed: BTreeMap<SlotId, SlotRecord> = BTreeMap::new();
    let mut applied = Applied::default();
    let mut set = |slot: &SlotId, next: &dyn Fn(&SlotState) -> Option<SlotState>| -> bool {
        let Some(record) = changed.get(slot).or_else(|| state.slots.get(slot)) else {
            return false;
        };
        if let Some(next) = next(&record.state) {
            let record = SlotRecord {
                state: next,
                ..record.clone()
            };
            changed.insert(*slot, record);
        }
        true
    };
    for change in &effects.changes {
        match change {
            Change::Opened { slot, end } => {
                let known = set(slot, &|now| {
                    matches!(now, SlotState::Quoted { .. } | SlotState::Gone).then_some(SlotState::Live { end: *end })
                });
                if !known {
                    applied.unknown.push(*slot);
                }
            }
            Change::EndMoved { slot, end } => {
                set(slot, &|now| {
                    matches!(now, SlotState::Live { .. }).then_some(SlotState::Live { end: *end })
                });
            }
            Change::EndCut { slot, end } => {
                set(slot, &|now| match now {
                    SlotState::Live { end: before } if before > end => Some(SlotState::Live { end: *end }),
                    _ => None,
                });
            }
            Change::Closed { slot, block } => {
                set(slot, &|now| match now {
                    SlotState::Quoted { .. } | SlotState::Live { .. } => Some(SlotState::Closing { since: *block }),
                    SlotState::Closing { .. } | SlotState::Gone => None,
                });
            }
            Change::Period(_) => {}
        }
    }
    let height = effects.cursor.number;
    for (slot, before) in &state.slots {
        let now = changed.get(slot).unwrap_or(before);
        let over = match now.state {
            SlotState::Quoted { valid_until } => valid_until <= height,
            SlotState::Closing { since } => since.saturating_add(effects.closing_grace) < height,
            SlotState::Live { .. } | SlotState::Gone => false,
        };
        if over {
            let gone = SlotRecord {
                state: SlotState::Gone,
                ..now.clone()
            };
            changed.insert(*slot, gone);
            applied.freed.push(*slot);
        }
    }
    (changed, applied)
}

impl ShardStore for FileStore {
    fn bind(&self, identity: &Identity) -> Result<(), OpenError> {
        let _one = self.inner.commit.lock();
        let held = self.inner.state.read().identity.clone();
        match held {
            Some(held) if held.genesis != identity.genesis => Err(OpenError::WrongChain {
                held: held.genesis,
                wanted: identity.genesis,
            }),
            Some(held) if held.provider != identity.provider => Err(OpenError::WrongProvider {
                held: held.provider,
                wanted: identity.provider.clone(),
            }),
            Some(_) => Ok(()),
            None => {
                self.inner
                    .records
                    .write(vec![(IDENTITY_KEY.to_vec(), Some(identity.to_bytes()))], true)?;
                self.inner.state.write().identity = Some(identity.clone());
                Ok(())
            }
        }
    }

    fn cursor(&self) -> Option<Cursor> {
        self.inner.state.read().cursor
    }

    fn begin(&self, slot: SlotId, size: u64) -> Result<Box<dyn SlotWriter>, PutError> {
        let name = SlotName(slot);
        if size == 0 || size > MAX_SLOT_BYTES {
            return Err(PutError::BadSize { slot: name, size });
        }
        let files = |attempt| {
            move |source| PutError::Files {
                slot: name,
                attempt,
                source,
            }
        };
        let free = self.inner.vfs.free_bytes().map_err(files("ask for the free space"))?;
        {
            let mut state = self.inner.state.write();
            if let Some(reason) = state.stopped.clone() {
                return Err(PutError::Stopped { slot: name, reason });
            }
            if let Some(record) = state.slots.get(&slot) {
                return Err(PutError::Exists {
                    slot: name,
                    state: record.state,
                });
            }
            if state.writing.contains_key(&slot) {
                return Err(PutError::Busy { slot: name });
            }
            let reserved: u64 = state.writing.values().sum();
            let left = self
                .inner
                .config
                .capacity
                .saturating_sub(state.held)
                .saturating_sub(reserved);
            if size > left {
                return Err(PutError::OverCapacity { slot: name, size, left });
            }
            let need = (size + outboard_bytes(size))
                .saturating_add(reserved)
                .saturating_add(self.inner.config.min_free);
            if need > free {
                let detail = format!(
                    "{free} bytes are free, {size} are needed now, {reserved} are promised to other streams, {} must stay free",
                    self.inner.config.min_free
                );
                return Err(PutError::DiskFull { slot: name, detail });
            }
            state.writing.insert(slot, size);
        }
        FileWriter::start(Arc::clone(&self.inner), slot, size).map(|writer| Box::new(writer) as Box<dyn SlotWriter>)
    }

    fn requote(&self, slot: SlotId, valid_until: BlockNumber) -> Result<SlotRecord, CommitError> {
        let _one = self.inner.commit.lock();
        let record = self.slot(slot);
        let Some(
            record @ SlotRecord {
                state: SlotState::Quoted { valid_until: before },
                ..
            },
        ) = record
        else {
            let reason = record.map_or("it is not held".into(), |record| format!("it is {:?}", record.state));
            return Err(CommitError::BadState {
                slot: SlotName(slot),
                reason,
            });
        };
        let record = SlotRecord {
            state: SlotState::Quoted {
                valid_until: before.max(valid_until),
            },
            ..record
        };
        self.inner
            .write(vec![(slot_key(&slot), Some(record.to_bytes()))], true)?;
        self.inner.state.write().slots.insert(slot, record.clone());
        Ok(record)
    }

    fn slot(&self, slot: SlotId) -> Option<SlotRecord> {
        self.inner.state.read().slots.get(&slot).cloned()
    }

    fn slots(&self) -> Vec<(SlotId, SlotRecord)> {
        self.inner
            .state
            .read()
            .slots
            .iter()
            .map(|(slot, record)| (*slot, record.clone()))
            .collect()
    }

    fn open(&self, slot: SlotId) -> Result<SlotReader, ReadError> {
        let record = self.slot(slot).filter(|record| record.state != SlotState::Gone);
        let record = record.ok_or(ReadError::NotHeld { slot: SlotName(slot) })?;
        SlotReader::open(self.inner.vfs.as_ref(), slot, &record)
    }

    fn apply(&self, effects: &BlockEffects) -> Result<Applied, CommitError> {
        let _one = self.inner.commit.lock();
        let (changed, applied) = {
            let state = self.inner.state.read();
            if let Some(at) = state.cursor
                && effects.cursor.number <= at.number
            {
                return Err(CommitError::Stale {
                    got: effects.cursor.number,
                    at: at.number,
                });
            }
            transitions(&state, effects)
        };
        let proofs = effects.changes.iter().filter_map(|change| match change {
            Change::Period(proof) => Some(*proof),
            _ => None,
        });
        let proofs: Vec<ProofRecord> = proofs.collect();
        let mut batch: Vec<Write> = changed
            .iter()
            .map(|(slot, record)| (slot_key(slot), Some(record.to_bytes())))
            .collect();
        batch.extend(
            proofs
                .iter()
                .map(|proof| (proof_key(proof.period), Some(proof.to_bytes()))),
        );
        let mut dropped = Vec::new();
        {
            let state = self.inner.state.read();
            let surplus = (state.proofs.len() + proofs.len()).saturating_sub(PROOFS_KEPT);
            dropped.extend(state.proofs.keys().take(surplus).copied());
        }
        batch.extend(dropped.iter().map(|period| (proof_key(*period), None)));
        // A cursor alone need not be durable at once: after a crash its block is read again, to the same effect.
        let sync = !batch.is_empty();
        batch.push((CURSOR_KEY.to_vec(), Some(effects.cursor.to_bytes())));
        self.inner.write(batch, sync)?;
        let mut state = self.inner.state.write();
        state.cursor = Some(effects.cursor);
        state.slots.extend(changed);
        for period in dropped {
            state.proofs.remove(&period);
        }
        state
            .proofs
            .extend(proofs.into_iter().map(|proof| (proof.period, proof)));
        Ok(applied)
    }

    fn collect(&self) -> Result<usize, CommitError> {
        let gone: Vec<SlotId> = {
            let state = self.inner.state.read();
            state
                .slots
                .iter()
                .filter(|(_, record)| record.state == SlotState::Gone)
                .map(|(slot, _)| *slot)
                .collect()
        };
        let mut count = 0;
        for slot in gone {
            let _one = self.inner.commit.lock();
            // A finalized deal may have called the slot back since.
            let Some(SlotRecord {
                state: SlotState::Gone,
                size,
                ..
            }) = self.slot(slot)
            else {
                continue;
            };
            let name = SlotName(slot);
            let removed = self
                .inner
                .vfs
                .remove(&name.content())
                .and(self.inner.vfs.remove(&name.outboard()));
            if let Err(error) = removed {
                tracing::warn!(slot = %name, %error, "cannot delete a slot that is no longer needed, trying again later");
                continue;
            }
            self.inner.write(vec![(slot_key(&slot), None)], false)?;
            let mut state = self.inner.state.write();
            state.slots.remove(&slot);
            state.held = state.held.saturating_sub(size);
            count += 1;
        }
        Ok(count)
    }

    fn usage(&self) -> Usage {
        let disk_free = self.inner.vfs.free_bytes().ok();
        let state = self.inner.state.read();
        let mut usage = Usage {
            capacity: self.inner.config.capacity,
            held: state.held,
            reserved: state.writing.values().sum(),
            disk_free,
            ..Usage::default()
        };
        for record in state.slots.values() {
            match record.state {
                SlotState::Quoted { .. } => {
                    usage.quoted_slots += 1;
                    usage.quoted = usage.quoted.saturating_add(record.size);
                }
                SlotState::Live { .. } => usage.live_slots += 1,
                SlotState::Closing { .. } => usage.closing_slots += 1,
                SlotState::Gone => {}
            }
        }
        usage
    }

    fn quoted_bytes(&self, uploader: &AccountId) -> u64 {
        let state = self.inner.state.read();
        let quoted = state
            .slots
            .values()
            .filter(|record| record.uploader == *uploader && matches!(record.state, SlotState::Quoted { .. }));
        quoted.map(|record| record.size).sum()
    }

    fn proofs(&self, limit: usize) -> Vec<ProofRecord> {
        self.inner
            .state
            .read()
            .proofs
            .values()
            .rev()
            .take(limit)
            .copied()
            .collect()
    }

    fn stopped(&self) -> Option<String> {
        self.inner.stopped()
    }

    fn close(&self) -> Result<(), CommitError> {
        let _one = self.inner.commit.lock();
        if let Some(reason) = self.stopped() {
            return Err(CommitError::Stopped { reason });
        }
        self.inner.records.flush().map_err(CommitError::Failed)
    }
}
