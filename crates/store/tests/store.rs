//! The contract of the store, as its user notices it.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a failed unwrap or cast fails the test"
)]

use blocs_primitives::{AccountId, DealId, Hash, Root, SlotId, SlotIndex, outboard, pieces, proof};
use blocs_store::{
    BlockEffects, Change, CommitError, Cursor, FileStore, Identity, OpenError, ProofOutcome, ProofRecord, PutError,
    QuoteTerms, ReadError, ShardStore, SlotName, SlotRecord, SlotState, StoreConfig,
    records::Records,
    sim::{Damage, Operation, SimDisk},
};
use std::io::ErrorKind;

const CONFIG: StoreConfig = StoreConfig {
    capacity: 10_000_000,
    min_free: 0,
};

fn identity() -> Identity {
    Identity {
        genesis: Hash::repeat_byte(1),
        provider: AccountId::new([2; 32]),
    }
}

fn slot(number: u8) -> SlotId {
    SlotId {
        deal: DealId([number; 32].into()),
        index: SlotIndex(number.into()),
    }
}

fn owner() -> AccountId {
    AccountId::new([3; 32])
}

fn uploader() -> AccountId {
    AccountId::new([4; 32])
}

fn content(size: usize) -> Vec<u8> {
    (0..size).map(|at| ((at * 31) ^ (at >> 8) ^ (at >> 16)) as u8).collect()
}

fn put(store: &FileStore, slot: SlotId, bytes: &[u8]) -> Result<SlotRecord, PutError> {
    let mut writer = store.begin(slot, bytes.len() as u64)?;
    for part in bytes.chunks(10_000) {
        writer.write(part)?;
    }
    writer.commit(QuoteTerms {
        owner: owner(),
        uploader: uploader(),
        rate: 1,
        duration: 10,
        valid_until: 20,
    })
}

fn block(number: u32, changes: Vec<Change>) -> BlockEffects {
    BlockEffects {
        cursor: Cursor {
            number,
            hash: Hash::repeat_byte(9),
        },
        changes,
        closing_grace: 16,
    }
}

fn open(disk: &SimDisk) -> FileStore {
    let (store, _) = disk.open_store(CONFIG).unwrap();
    store.bind(&identity()).unwrap();
    store
}

#[test]
fn every_piece_and_every_range_of_a_slot_can_be_read_and_proved() {
    let store = open(&SimDisk::new());
    for (number, size) in [
        1usize,
        1023,
        1024,
        1025,
        16 * 1024,
        16 * 1024 + 1,
        5 * 16 * 1024,
        3_000_001,
    ]
    .into_iter()
    .enumerate()
    {
        let (slot, bytes) = (slot(number as u8), content(size));
        let record = put(&store, slot, &bytes).unwrap();
        assert_eq!(record.root, Root(*blake3::hash(&bytes).as_bytes()));
        let reader = store.open(slot).unwrap();
        let count = pieces(size as u64);
        for piece in (0..count).step_by(1 + count as usize / 50).chain([count - 1]) {
            proof::verify(&record.root, size as u64, piece, &reader.prove(piece).unwrap()).unwrap();
        }
        for (start, end) in [
            (0, size),
            (size / 3, size),
            (size / 2, size / 2 + 1),
            (0, 1),
            (size - 1, size),
        ] {
            assert_eq!(reader.read(start as u64, end as u64).unwrap(), bytes[start..end]);
        }
        assert!(matches!(
            reader.read(0, size as u64 + 1),
            Err(ReadError::OutOfRange { .. })
        ));
        assert!(matches!(reader.prove(count), Err(ReadError::OutOfRange { .. })));
        let groups = outboard::groups(size as u64);
        let mut verifier = outboard::RunVerifier::new(&record.root, size as u64, 0..groups).unwrap();
        for part in reader.run(0..groups).unwrap() {
            let part = part.unwrap();
            verifier.accept(&part.nodes, &part.content).unwrap();
        }
        assert!(verifier.is_complete());
    }
}

#[test]
fn a_slot_lives_from_quote_to_deletion() {
    let disk = SimDisk::new();
    let store = open(&disk);
    let bytes = content(50_000);
    put(&store, slot(1), &bytes).unwrap();
    put(&store, slot(2), &bytes).unwrap();
    assert_eq!(store.quoted_bytes(&uploader()), 100_000);
    assert_eq!(
        store.quoted_bytes(&owner()),
        0,
        "it answers for nothing before it owns a deal"
    );

    let applied = store.apply(&block(
        5,
        vec![
            Change::Opened { slot: slot(1), end: 7 },
            Change::Opened { slot: slot(9), end: 7 },
        ],
    ));
    assert_eq!(applied.unwrap().unknown, [slot(9)]);
    assert_eq!(store.slot(slot(1)).unwrap().state, SlotState::Live { end: 7 });
    store
        .apply(&block(6, vec![Change::EndMoved { slot: slot(1), end: 6 }]))
        .unwrap();
    assert_eq!(store.slot(slot(1)).unwrap().state, SlotState::Live { end: 6 });
    // A deal that ends early leaves alone what ends sooner; one that is extended keeps its bytes for longer.
    let moves = vec![
        Change::EndCut { slot: slot(1), end: 9 },
        Change::EndMoved { slot: slot(1), end: 30 },
        Change::EndCut { slot: slot(1), end: 20 },
    ];
    store.apply(&block(7, moves)).unwrap();
    assert_eq!(store.slot(slot(1)).unwrap().state, SlotState::Live { end: 20 });

    // The other quote expires with block 20, not before.
    assert_eq!(store.apply(&block(19, vec![])).unwrap().freed, []);
    assert_eq!(store.apply(&block(20, vec![])).unwrap().freed, [slot(2)]);
    assert!(matches!(store.open(slot(2)), Err(ReadError::NotHeld { .. })));
    assert_eq!(store.collect(), Ok(1));
    assert_eq!(
        (store.slot(slot(2)), disk.files().len(), store.usage().held),
        (None, 2, 50_000)
    );

    store
        .apply(&block(
            30,
            vec![Change::Closed {
                slot: slot(1),
                block: 30,
            }],
        ))
        .unwrap();
    assert_eq!(
        store.open(slot(1)).unwrap().read(0, 50_000).unwrap(),
        bytes,
        "kept for an open challenge"
    );
    assert_eq!(store.apply(&block(46, vec![])).unwrap().freed, []);
    assert_eq!(store.apply(&block(47, vec![])).unwrap().freed, [slot(1)]);
    assert_eq!(store.collect(), Ok(1));
    assert_eq!(disk.files(), [""; 0]);
}

#[test]
fn a_deal_opened_in_the_last_block_of_its_quote_keeps_the_slot() {
    let store = open(&SimDisk::new());
    put(&store, slot(1), b"bytes").unwrap();
    let applied = store
        .apply(&block(20, vec![Change::Opened { slot: slot(1), end: 9 }]))
        .unwrap();
    assert_eq!(applied.freed, []);
    assert_eq!(store.slot(slot(1)).unwrap().state, SlotState::Live { end: 9 });
}

#[test]
fn a_block_is_applied_once_and_in_order() {
    let store = open(&SimDisk::new());
    store.apply(&block(5, vec![])).unwrap();
    assert_eq!(
        store.apply(&block(5, vec![])),
        Err(CommitError::Stale { got: 5, at: 5 })
    );
    assert_eq!(store.cursor().unwrap().number, 5);
}

#[test]
fn a_quote_is_prolonged_and_never_shortened() {
    let store = open(&SimDisk::new());
    put(&store, slot(1), b"bytes").unwrap();
    assert_eq!(
        store.requote(slot(1), 30).unwrap().state,
        SlotState::Quoted { valid_until: 30 }
    );
    assert_eq!(
        store.requote(slot(1), 25).unwrap().state,
        SlotState::Quoted { valid_until: 30 }
    );
    store
        .apply(&block(25, vec![Change::Opened { slot: slot(1), end: 9 }]))
        .unwrap();
    assert!(matches!(store.requote(slot(1), 40), Err(CommitError::BadState { .. })));
}

#[test]
fn sizes_names_and_capacity_are_checked_before_anything_is_written() {
    let disk = SimDisk::new();
    let store = open(&disk);
    assert!(matches!(store.begin(slot(1), 0), Err(PutError::BadSize { .. })));
    assert!(matches!(
        store.begin(slot(1), (16 << 30) + 1),
        Err(PutError::BadSize { .. })
    ));
    assert!(matches!(
        store.begin(slot(1), 10_000_001),
        Err(PutError::OverCapacity { left: 10_000_000, .. })
    ));
    let writer = store.begin(slot(1), 6_000_000).unwrap();
    assert!(matches!(store.begin(slot(1), 1), Err(PutError::Busy { .. })));
    assert!(matches!(
        store.begin(slot(2), 6_000_000),
        Err(PutError::OverCapacity { left: 4_000_000, .. })
    ));
    drop(writer);
    assert_eq!(disk.files(), [""; 0]);
    put(&store, slot(2), &content(6_000_000)).unwrap();
    assert!(matches!(store.begin(slot(2), 1), Err(PutError::Exists { .. })));
}

#[test]
fn a_stream_of_the_wrong_length_leaves_nothing() {
    let disk = SimDisk::new();
    let store = open(&disk);
    let mut writer = store.begin(slot(1), 10).unwrap();
    writer.write(b"12345678").unwrap();
    assert!(matches!(
        writer.root(),
        Err(PutError::WrongLength {
            expected: 10,
            got: 8,
            ..
        })
    ));
    assert!(matches!(
        writer.write(b"123"),
        Err(PutError::WrongLength {
            expected: 10,
            got: 11,
            ..
        })
    ));
    drop(writer);
    assert_eq!(
        (disk.files().len(), store.usage().held, store.usage().reserved),
        (0, 0, 0)
    );
}

#[test]
fn a_full_disk_gives_a_clear_error_and_no_remains_and_recovers_when_freed() {
    let disk = SimDisk::new();
    let store = open(&disk);
    disk.set_capacity(Some(1_000_000));
    let error = put(&store, slot(1), &content(2_000_000)).unwrap_err().to_string();
    assert!(error.contains("disk is full"), "{error}");
    // Somebody else fills the disk after the check.
    disk.set_capacity(None);
    let mut writer = store.begin(slot(1), 2_000_000).unwrap();
    disk.set_capacity(Some(1_500_000));
    let written = content(2_000_000)
        .chunks(100_000)
        .try_for_each(|part| writer.write(part));
    let error = written.and_then(|()| writer.root().map(drop)).unwrap_err();
    assert!(matches!(error, PutError::DiskFull { .. }), "{error}");
    drop(writer);
    assert_eq!(disk.files(), [""; 0]);
    assert_eq!(store.stopped(), None);
    disk.set_capacity(None);
    put(&store, slot(1), &content(2_000_000)).unwrap();
}

#[test]
fn after_a_failed_sync_nothing_is_acknowledged_until_the_next_start() {
    for (operation, nth) in [
        (Operation::Sync, 1),
        (Operation::Sync, 2),
        (Operation::SyncDir, 1),
        (Operation::Commit, 1),
        (Operation::Commit, 2),
    ] {
        let disk = SimDisk::new();
        let store = open(&disk);
        let (first, second) = (
            SlotId {
                deal: slot(1).deal,
                index: SlotIndex(0),
            },
            slot(1),
        );
        put(&store, first, b"before").unwrap();
        disk.fail_nth(operation, nth, ErrorKind::Other);
        let outcomes = [
            put(&store, second, &content(40_000)),
            put(
                &store,
                SlotId {
                    index: SlotIndex(8),
                    ..second
                },
                b"more",
            ),
        ];
        assert!(outcomes.iter().any(Result::is_err), "{operation:?}");
        assert!(store.stopped().is_some(), "{operation:?}");
        assert!(
            matches!(put(&store, slot(3), b"after"), Err(PutError::Stopped { .. })),
            "{operation:?}"
        );
        assert!(
            matches!(store.apply(&block(1, vec![])), Err(CommitError::Stopped { .. })),
            "{operation:?}"
        );
        assert!(
            matches!(store.requote(first, 99), Err(CommitError::Stopped { .. })),
            "{operation:?}"
        );
        assert_eq!(
            store.open(first).unwrap().read(0, 6).unwrap(),
            b"before",
            "reading goes on"
        );
        drop(store);
        let store = open(&disk);
        assert_eq!(store.stopped(), None);
        put(&store, slot(3), b"after").unwrap();
        assert_eq!(store.open(first).unwrap().read(0, 6).unwrap(), b"before");
    }
}

#[test]
fn an_error_while_writing_is_reported_and_leaves_nothing() {
    for operation in [Operation::Create, Operation::Append, Operation::Rename] {
        let disk = SimDisk::new();
        let store = open(&disk);
        disk.fail_nth(operation, 2, ErrorKind::Other);
        let error = put(&store, slot(1), &content(3_000_000)).unwrap_err();
        assert!(matches!(error, PutError::Files { .. }), "{operation:?}: {error}");
        assert_eq!(disk.files(), [""; 0], "{operation:?}");
        put(&store, slot(1), &content(3_000_000)).unwrap();
    }
}

#[test]
fn one_flipped_bit_is_never_served_nor_proved() {
    let disk = SimDisk::new();
    let store = open(&disk);
    let bytes = content(200_000);
    put(&store, slot(1), &bytes).unwrap();
    let name = disk.files().into_iter().find(|file| !file.ends_with(".tree")).unwrap();
    for group in 0..outboard::groups(200_000) as usize {
        let bit = (group * 16 * 1024 + 5) * 8 + 3;
        disk.damage(&name, Damage::FlipBit(bit));
        let reader = store.open(slot(1)).unwrap();
        let error = reader.read(0, 200_000).unwrap_err();
        assert!(error.is_damage(), "{error}");
        assert!(reader.check(|_| true).unwrap_err().is_damage());
        assert!(reader.prove(group as u64 * 16).unwrap_err().is_damage());
        let (other, at) = if group == 0 { (16, 20_000) } else { (0, 0) };
        reader.prove(other).expect("a piece of another group is still good");
        assert_eq!(
            reader.read(at, at + 100).unwrap(),
            bytes[at as usize..at as usize + 100]
        );
        disk.damage(&name, Damage::FlipBit(bit));
    }
    let tree = disk.files().into_iter().find(|file| file.ends_with(".tree")).unwrap();
    disk.damage(&tree, Damage::FlipBit(77));
    assert!(store.open(slot(1)).unwrap().check(|_| true).unwrap_err().is_damage());
}

#[test]
fn missing_and_short_files_are_reported_at_the_start_and_the_records_are_kept() {
    let disk = SimDisk::new();
    let store = open(&disk);
    for number in 1..=4 {
        put(&store, slot(number), &content(50_000)).unwrap();
    }
    drop(store);
    let path = |number: u8, tree: &str| format!("slots/{number:02x}/{number:02x}/{}{tree}", SlotName(slot(number)));
    disk.damage(&path(1, ""), Damage::Remove);
    disk.damage(&path(2, ""), Damage::Truncate(10));
    disk.damage(&path(3, ".tree"), Damage::Remove);
    let (store, report) = disk.open_store(CONFIG).unwrap();
    assert_eq!(
        report.damaged.iter().map(|(slot, _)| *slot).collect::<Vec<_>>(),
        [slot(1), slot(2), slot(3)]
    );
    assert_eq!(report.slots, 4);
    for number in 1..=3 {
        assert!(store.open(slot(number)).err().unwrap().is_damage());
    }
    store.open(slot(4)).unwrap().check(|_| true).unwrap();
}

#[test]
fn a_store_refuses_another_chain_another_provider_and_a_lost_database() {
    let disk = SimDisk::new();
    let store = open(&disk);
    put(&store, slot(1), b"bytes").unwrap();
    let other = Identity {
        genesis: Hash::repeat_byte(5),
        ..identity()
    };
    assert!(matches!(store.bind(&other), Err(OpenError::WrongChain { .. })));
    let other = Identity {
        provider: AccountId::new([9; 32]),
        ..identity()
    };
    assert!(matches!(store.bind(&other), Err(OpenError::WrongProvider { .. })));
    drop(store);
    let config = CONFIG;
    let without = FileStore::open(
        std::sync::Arc::new(disk.clone()),
        std::sync::Arc::new(SimDisk::new()),
        config,
    );
    assert!(matches!(without, Err(OpenError::DatabaseMissing { files: 2 })));
    assert_eq!(disk.files().len(), 2, "nothing was removed");
}

#[test]
fn a_record_of_a_newer_program_is_refused() {
    let disk = SimDisk::new();
    let store = open(&disk);
    put(&store, slot(1), b"bytes").unwrap();
    drop(store);
    let (key, mut bytes) = disk.scan(b"slot/").unwrap().remove(0);
    bytes[0] = 200;
    disk.write(vec![(key, Some(bytes))], true).unwrap();
    let error = disk.open_store(CONFIG).err().unwrap().to_string();
    assert!(error.contains("version 200"), "{error}");
}

#[test]
fn on_a_real_disk_slots_cursor_and_journal_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = content(1_234_567);
    let journal = ProofRecord {
        period: 3,
        block: 50,
        outcome: ProofOutcome::Proved { paid: 17 },
    };
    {
        let (store, _) = FileStore::on_disk(folder.path(), CONFIG).unwrap();
        store.bind(&identity()).unwrap();
        assert!(
            FileStore::on_disk(folder.path(), CONFIG).is_err(),
            "the database has one user"
        );
        put(&store, slot(1), &bytes).unwrap();
        put(&store, slot(2), b"quoted").unwrap();
        store
            .apply(&block(
                15,
                vec![Change::Opened { slot: slot(1), end: 7 }, Change::Period(journal)],
            ))
            .unwrap();
        drop(store);
        std::fs::write(folder.path().join("slots/01/01/something.0.tmp"), b"unfinished").unwrap();
    }
    std::fs::write(
        folder.path().join(format!(
            "slots/01/01/{}",
            SlotName(SlotId {
                index: SlotIndex(5),
                ..slot(1)
            })
        )),
        b"x",
    )
    .unwrap();
    let (store, report) = FileStore::on_disk(folder.path(), CONFIG).unwrap_or_else(|error| panic!("{error}"));
    store.bind(&identity()).unwrap();
    assert_eq!(
        (report.slots, report.temporaries, report.orphans, report.damaged.len()),
        (2, 1, 1, 0)
    );
    assert_eq!(store.cursor().unwrap().number, 15);
    assert_eq!(store.slot(slot(1)).unwrap().state, SlotState::Live { end: 7 });
    assert_eq!(store.open(slot(1)).unwrap().read(0, 1_234_567).unwrap(), bytes);
    assert_eq!(store.proofs(10), [journal]);
    store.close().unwrap();
}

/// `make bench-disk` runs it on the disk to be measured: `TMPDIR` names it.
#[test]
#[ignore = "writes 3 GiB to measure the disk and asserts no speed: make bench-disk"]
fn speed_of_streaming_to_disk() {
    let folder = tempfile::tempdir().unwrap();
    let config = StoreConfig {
        capacity: 1 << 40,
        min_free: 0,
    };
    let (store, _) = FileStore::on_disk(folder.path(), config).unwrap();
    store.bind(&identity()).unwrap();
    let block = content(1 << 18);
    let mib = 1024usize;
    for number in 1..=3 {
        let start = std::time::Instant::now();
        let mut writer = store.begin(slot(number), (mib as u64) << 20).unwrap();
        for _ in 0..mib * 4 {
            writer.write(&block).unwrap();
        }
        let received = start.elapsed();
        writer
            .commit(QuoteTerms {
                owner: owner(),
                uploader: uploader(),
                rate: 1,
                duration: 1,
                valid_until: 9,
            })
            .unwrap();
        let stored = start.elapsed();
        store.open(slot(number)).unwrap().check(|_| true).unwrap();
        let read = start.elapsed() - stored;
        let speed = |time: std::time::Duration| mib as f64 / time.as_secs_f64();
        println!(
            "received {:.0} MiB/s, durable {:.0} MiB/s, read and checked {:.0} MiB/s",
            speed(received),
            speed(stored),
            speed(read)
        );
    }
    let start = std::time::Instant::now();
    let raw = std::fs::File::create(folder.path().join("raw")).unwrap();
    let big = content(1 << 20);
    for _ in 0..mib {
        std::io::Write::write_all(&mut &raw, &big).unwrap();
    }
    raw.sync_all().unwrap();
    println!(
        "the disk itself: {:.0} MiB/s",
        mib as f64 / start.elapsed().as_secs_f64()
    );
}
