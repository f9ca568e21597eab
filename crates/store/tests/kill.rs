//! A program that is killed at any moment keeps every slot that it acknowledged: real processes, a real disk, SIGKILL.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a failed unwrap or cast fails the test"
)]

use blocs_primitives::{AccountId, DealId, Hash, SlotId, SlotIndex};
use blocs_store::{
    BlockEffects, Change, Cursor, FileStore, Identity, QuoteTerms, ShardStore, SlotName, SlotState, StoreConfig,
    sim::Random,
};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

const CONFIG: StoreConfig = StoreConfig {
    capacity: 1 << 40,
    min_free: 0,
};
const FOLDER: &str = "BLOCS_TEST_KILL_FOLDER";

/// Kills per run; `BLOCS_KILL_CYCLES=1000` for the long one.
fn cycles() -> u64 {
    std::env::var("BLOCS_KILL_CYCLES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(25)
}

fn slot(number: u64) -> SlotId {
    let mut deal = [0u8; 32];
    deal[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    deal[8..16].copy_from_slice(&number.to_be_bytes());
    SlotId {
        deal: DealId(deal.into()),
        index: SlotIndex(0),
    }
}

fn content(number: u64) -> Vec<u8> {
    let mut random = Random(number);
    let size = 1 + random.below(if number.is_multiple_of(5) { 3_000_000 } else { 60_000 });
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        bytes.extend(random.number().to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

fn open(folder: &Path) -> FileStore {
    let (store, report) = FileStore::on_disk(folder, CONFIG).unwrap();
    assert_eq!(report.damaged, []);
    store
        .bind(&Identity {
            genesis: Hash::zero(),
            provider: AccountId::new([1; 32]),
        })
        .unwrap();
    store
}

/// Not a test: the program that is killed. It says `stored` or `applied` only after the store said so.
#[test]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let store = open(Path::new(&folder));
    let mut out = std::io::stdout();
    let mut number =
        store.slots().len() as u64 + store.cursor().map_or(0, |cursor| u64::from(cursor.number)) * 1_000_000;
    loop {
        number += 1;
        let bytes = content(number);
        let mut writer = store.begin(slot(number), bytes.len() as u64).unwrap();
        for part in bytes.chunks(70_000) {
            writer.write(part).unwrap();
        }
        let terms = QuoteTerms {
            owner: AccountId::new([2; 32]),
            uploader: AccountId::new([2; 32]),
            rate: 1,
            duration: 1,
            valid_until: u32::MAX,
        };
        writer.commit(terms).unwrap();
        writeln!(out, "\nstored {number}").unwrap();
        if number.is_multiple_of(7) {
            let height = store.cursor().map_or(1, |cursor| cursor.number + 1);
            let changes = vec![Change::Opened {
                slot: slot(number),
                end: height,
            }];
            let cursor = Cursor {
                number: height,
                hash: Hash::zero(),
            };
            store
                .apply(&BlockEffects {
                    cursor,
                    changes,
                    closing_grace: 3,
                })
                .unwrap();
            writeln!(out, "\napplied {number} {height}").unwrap();
        }
    }
}

#[test]
fn a_killed_program_keeps_every_acknowledged_slot_and_block() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random(42);
    let mut stored: BTreeMap<u64, Option<u32>> = BTreeMap::new();
    let mut height = 0;
    for cycle in 0..cycles() {
        let program = std::env::current_exe().unwrap();
        let mut child = Command::new(program)
            .args(["child", "--exact", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = child.stdout.take().unwrap();
        let reader =
            std::thread::spawn(move || BufReader::new(output).lines().map_while(Result::ok).collect::<Vec<_>>());
        // The moment of death is the point of the test: any will do.
        std::thread::sleep(Duration::from_millis(60 + random.below(150) as u64));
        child.kill().unwrap();
        child.wait().unwrap();
        for line in reader.join().unwrap() {
            let words: Vec<&str> = line.split(' ').collect();
            match words[..] {
                ["stored", number] => {
                    stored.insert(number.parse().unwrap(), None);
                }
                ["applied", number, block] => {
                    height = block.parse().unwrap();
                    stored.insert(number.parse().unwrap(), Some(height));
                }
                _ => {}
            }
        }
        let store = open(folder.path());
        assert!(
            store.cursor().map_or(0, |cursor| cursor.number) >= height,
            "cycle {cycle}"
        );
        for (number, live) in &stored {
            let name = SlotName(slot(*number));
            let record = store
                .slot(slot(*number))
                .unwrap_or_else(|| panic!("cycle {cycle}: slot {name} is lost"));
            if let Some(end) = live {
                assert_eq!(record.state, SlotState::Live { end: *end }, "cycle {cycle}: {name}");
            }
            // All bytes of the newest, a look at the others.
            let reader = store.open(slot(*number)).unwrap();
            if cycle + 1 == cycles() || stored.range(number..).count() < 20 {
                let bytes = content(*number);
                assert!(
                    reader.read(0, bytes.len() as u64).unwrap() == bytes,
                    "cycle {cycle}: {name}"
                );
            }
        }
    }
    println!(
        "{} slots and {height} blocks acknowledged over {} kills",
        stored.len(),
        cycles()
    );
    assert!(stored.len() > 10, "there must be something to lose");
}
