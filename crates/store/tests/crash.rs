//! Nothing acknowledged is lost: random work on a disk that loses power, is killed, tears and forgets, over many seeds.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a failed unwrap or cast fails the test"
)]

use blocs_primitives::{AccountId, DealId, Hash, Root, SlotId, SlotIndex, pieces, proof};
use blocs_store::{
    BlockEffects, Change, Cursor, FileStore, Identity, PutError, QuoteTerms, ShardStore, SlotName, SlotRecord,
    SlotState, StoreConfig,
    sim::{Operation, Random, SimDisk},
};
use std::{collections::BTreeMap, io::ErrorKind};

const SEEDS: u64 = 400;
const GRACE: u32 = 3;
const CONFIG: StoreConfig = StoreConfig {
    capacity: 1 << 30,
    min_free: 0,
};

fn identity() -> Identity {
    Identity {
        genesis: Hash::repeat_byte(1),
        provider: AccountId::new([2; 32]),
    }
}

fn content(seed: u64, size: usize) -> Vec<u8> {
    let mut random = Random(seed);
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        bytes.extend(random.number().to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

fn terms(valid_until: u32) -> QuoteTerms {
    QuoteTerms {
        owner: AccountId::new([3; 32]),
        uploader: AccountId::new([3; 32]),
        rate: 1,
        duration: 10,
        valid_until,
    }
}

/// Writes a slot as a stream would bring it.
fn put(store: &FileStore, slot: SlotId, bytes: &[u8], valid_until: u32) -> Result<SlotRecord, PutError> {
    let mut writer = store.begin(slot, bytes.len() as u64)?;
    for part in bytes.chunks(50_000) {
        writer.write(part)?;
    }
    let root = writer.root()?;
    assert_eq!(root, Root(*blake3::hash(bytes).as_bytes()));
    writer.commit(terms(valid_until))
}

/// What must be true of the store, and what may be.
#[derive(Default)]
struct Model {
    /// Acknowledged slots: seed and size of their content, state.
    slots: BTreeMap<SlotId, (u64, usize, SlotState)>,
    /// Slots whose writing failed or was cut off.
    uncertain: BTreeMap<SlotId, (u64, usize)>,
    /// Slots whose quote may have been moved.
    requoted: BTreeMap<SlotId, (u64, usize)>,
    /// Block whose application failed or was cut off.
    pending: Option<BlockEffects>,
    height: u32,
    next: u64,
}

impl Model {
    fn apply(&mut self, effects: &BlockEffects) {
        for change in &effects.changes {
            match change {
                Change::Opened { slot, end } => self.slots.get_mut(slot).unwrap().2 = SlotState::Live { end: *end },
                Change::Closed { slot, block } => {
                    self.slots.get_mut(slot).unwrap().2 = SlotState::Closing { since: *block }
                }
                _ => unreachable!("the test makes no others"),
            }
        }
        let height = effects.cursor.number;
        self.slots.retain(|_, (_, _, state)| match state {
            SlotState::Quoted { valid_until } => *valid_until > height,
            SlotState::Closing { since } => *since + GRACE >= height,
            _ => true,
        });
        self.height = height;
    }

    /// After a restart: settles what was uncertain, then compares everything.
    fn check(&mut self, store: &FileStore, disk: &SimDisk, random: &mut Random, context: &str) {
        let cursor = store.cursor().map_or(0, |cursor| cursor.number);
        if let Some(effects) = self.pending.take()
            && cursor == effects.cursor.number
        {
            self.apply(&effects);
        }
        assert!(cursor <= self.height, "{context}: cursor");
        self.height = cursor;
        for (slot, (seed, size)) in std::mem::take(&mut self.uncertain) {
            if let Some(record) = store.slot(slot).filter(|record| record.state != SlotState::Gone) {
                self.slots.insert(slot, (seed, size, record.state));
            }
        }
        for (slot, (seed, size)) in std::mem::take(&mut self.requoted) {
            let record = store
                .slot(slot)
                .unwrap_or_else(|| panic!("{context}: {} is lost", SlotName(slot)));
            self.slots.insert(slot, (seed, size, record.state));
        }
        for (slot, (seed, size, state)) in &self.slots {
            let name = SlotName(*slot);
            let record = store
                .slot(*slot)
                .unwrap_or_else(|| panic!("{context}: acknowledged slot {name} is lost"));
            assert_eq!(record.state, *state, "{context}: {name}");
            let reader = store.open(*slot).unwrap_or_else(|error| panic!("{context}: {error}"));
            let read = reader
                .read(0, *size as u64)
                .unwrap_or_else(|error| panic!("{context}: {error}"));
            assert!(read == content(*seed, *size), "{context}: {name} has wrong bytes");
            let piece = random.below(pieces(*size as u64) as usize) as u64;
            let proof = reader.prove(piece).unwrap_or_else(|error| panic!("{context}: {error}"));
            proof::verify(&record.root, record.size, piece, &proof).expect("a proof of a good slot is good");
        }
        for (slot, record) in store.slots() {
            let known = self.slots.contains_key(&slot) || record.state == SlotState::Gone;
            assert!(known, "{context}: {} is held and unknown", SlotName(slot));
        }
        for file in disk.files() {
            let base = file.rsplit_once('/').unwrap().1;
            let name = SlotName::parse(base.trim_end_matches(".tree"));
            let held = name.is_some_and(|name| store.slot(name.0).is_some());
            assert!(held, "{context}: {file} was left behind");
        }
    }

    /// One random action; `false` when the store refused.
    fn act(&mut self, store: &FileStore, random: &mut Random) -> bool {
        match random.below(10) {
            0..=4 => {
                self.next += 1;
                let mut deal = [0u8; 32];
                deal[..8].copy_from_slice(&self.next.to_le_bytes());
                let slot = SlotId {
                    deal: DealId(deal.into()),
                    index: SlotIndex(random.below(32) as u16),
                };
                let size = if random.one_in(4) {
                    1 + random.below(300_000)
                } else {
                    1 + random.below(20_000)
                };
                let valid_until = self.height + 1 + random.below(6) as u32;
                match put(store, slot, &content(self.next, size), valid_until) {
                    Ok(_) => {
                        self.slots
                            .insert(slot, (self.next, size, SlotState::Quoted { valid_until }));
                        true
                    }
                    Err(_) => {
                        self.uncertain.insert(slot, (self.next, size));
                        false
                    }
                }
            }
            5..=7 => {
                let mut changes = Vec::new();
                let number = self.height + 1;
                for (slot, (_, _, state)) in &self.slots {
                    match state {
                        SlotState::Quoted { .. } if random.one_in(3) => {
                            changes.push(Change::Opened { slot: *slot, end: 9 });
                        }
                        SlotState::Live { .. } if random.one_in(8) => {
                            changes.push(Change::Closed {
                                slot: *slot,
                                block: number,
                            });
                        }
                        _ => {}
                    }
                }
                let cursor = Cursor {
                    number,
                    hash: Hash::repeat_byte(7),
                };
                let effects = BlockEffects {
                    cursor,
                    changes,
                    closing_grace: GRACE,
                };
                match store.apply(&effects) {
                    Ok(_) => {
                        self.apply(&effects);
                        true
                    }
                    Err(_) => {
                        self.pending = Some(effects);
                        false
                    }
                }
            }
            8 => store.collect().is_ok(),
            _ => {
                let quoted = self
                    .slots
                    .iter()
                    .find(|(_, (_, _, state))| matches!(state, SlotState::Quoted { .. }));
                let Some((slot, (seed, size, _))) = quoted.map(|(slot, held)| (*slot, *held)) else {
                    return true;
                };
                let later = self.height + 8;
                let done = store.requote(slot, later).is_ok();
                if done {
                    self.slots
                        .insert(slot, (seed, size, SlotState::Quoted { valid_until: later }));
                } else {
                    // The slot must be there still; with which end is not known.
                    self.slots.remove(&slot);
                    self.requoted.insert(slot, (seed, size));
                }
                done
            }
        }
    }
}

#[test]
fn nothing_acknowledged_is_lost_when_the_power_fails() {
    let mut acknowledged = 0;
    for seed in 0..SEEDS {
        let mut random = Random(seed.wrapping_mul(0x1234_5678_9abc_def1) ^ 0xb10c5);
        let disk = SimDisk::new();
        let mut model = Model::default();
        for session in 0..4 {
            let context = format!("seed {seed}, session {session}");
            let (store, report) = disk
                .open_store(CONFIG)
                .unwrap_or_else(|error| panic!("{context}: {error}"));
            assert_eq!(report.damaged, [], "{context}");
            store.bind(&identity()).unwrap();
            model.check(&store, &disk, &mut random, &context);
            disk.power_off_after(random.below(150) as u64);
            for _ in 0..30 {
                model.act(&store, &mut random);
                if disk.is_off() {
                    break;
                }
            }
            drop(store);
            disk.power_on(&mut random);
        }
        acknowledged += model.slots.len();
    }
    assert!(
        acknowledged > 100,
        "the test must have had something to lose, it had {acknowledged}"
    );
}

#[test]
fn nothing_acknowledged_is_lost_when_operations_fail_and_the_program_is_killed() {
    for seed in 0..SEEDS {
        let mut random = Random(seed.wrapping_mul(0xfeed_5678_9abc_def1) ^ 0xdead);
        let disk = SimDisk::new();
        let mut model = Model::default();
        for session in 0..4 {
            let context = format!("seed {seed}, session {session}");
            let (store, report) = disk
                .open_store(CONFIG)
                .unwrap_or_else(|error| panic!("{context}: {error}"));
            assert_eq!(report.damaged, [], "{context}");
            store.bind(&identity()).unwrap();
            model.check(&store, &disk, &mut random, &context);
            use Operation::{Append, Commit, Create, Remove, Rename, Sync, SyncDir};
            let kinds = [Create, Append, Sync, Rename, Remove, SyncDir, Commit];
            let error = if random.one_in(2) {
                ErrorKind::Other
            } else {
                ErrorKind::StorageFull
            };
            disk.fail_nth(kinds[random.below(kinds.len())], 1 + random.below(12) as u64, error);
            for _ in 0..20 {
                model.act(&store, &mut random);
                if store.stopped().is_some() {
                    assert!(
                        put(&store, SlotId::default(), b"more", 99).is_err(),
                        "{context}: a stopped store takes nothing"
                    );
                    break;
                }
            }
            drop(store);
            disk.clear_faults();
            // Killed: the system keeps what was written. Or the power fails as well.
            if random.one_in(2) {
                disk.power_on(&mut random);
            }
        }
    }
}
