//! A store that an earlier version wrote.
#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use blocs_primitives::{AccountId, DealId, Hash, SlotId, SlotIndex};
use blocs_store::{
    BlockEffects, Change, Cursor, FileStore, Identity, QuoteTerms, ShardStore, SlotState, StoreConfig,
    record::{SlotRecord, SlotRecordV1, Versioned},
    records::{Records, RocksRecords},
};
use std::path::Path;

fn slot(number: u8) -> SlotId {
    SlotId {
        deal: DealId([number; 32].into()),
        index: SlotIndex(number.into()),
    }
}

fn account(number: u8) -> AccountId {
    AccountId::new([number; 32])
}

fn open(folder: &Path) -> FileStore {
    let config = StoreConfig {
        capacity: 10_000_000,
        min_free: 0,
    };
    let (store, report) = FileStore::on_disk(folder, config).unwrap();
    assert_eq!((report.orphans, report.damaged), (0, Vec::new()));
    store
        .bind(&Identity {
            genesis: Hash::repeat_byte(1),
            provider: account(2),
        })
        .unwrap();
    store
}

/// Stores a slot that `uploader` brings for a deal of account 3.
fn put(store: &FileStore, slot: SlotId, uploader: u8) {
    let mut writer = store.begin(slot, 1000).unwrap();
    writer.write(&[7; 1000]).unwrap();
    let terms = QuoteTerms {
        owner: account(3),
        uploader: account(uploader),
        rate: 1,
        duration: 10,
        valid_until: 20,
    };
    writer.commit(terms).unwrap();
}

/// Writes every slot's record as version 1 did, and says how many of them are of version 2.
fn rewrite(folder: &Path, back: bool) -> usize {
    let records = RocksRecords::open(&folder.join("db")).unwrap();
    let all = records.scan(b"slot/").unwrap();
    let newest = all.iter().filter(|(_, bytes)| bytes[0] == 2).count();
    if back {
        let old = all.into_iter().map(|(key, bytes)| {
            let record = SlotRecord::from_bytes(&bytes).unwrap();
            let before = SlotRecordV1 {
                root: record.root,
                size: record.size,
                owner: record.owner,
                rate: record.rate,
                duration: record.duration,
                state: record.state,
            };
            assert_eq!(before.to_bytes()[0], 1);
            (key, Some(before.to_bytes()))
        });
        records.write(old.collect(), true).unwrap();
        records.flush().unwrap();
    }
    newest
}

#[test]
fn a_store_of_the_version_before_opens_with_every_slot_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    put(&store, slot(1), 3);
    put(&store, slot(2), 3);
    store.close().unwrap();
    drop(store);
    assert_eq!(rewrite(folder.path(), true), 2);

    // What was there was brought by the deal's owner, and counts so.
    let store = open(folder.path());
    assert_eq!(store.slot(slot(1)).unwrap().uploader, account(3));
    assert_eq!(store.quoted_bytes(&account(3)), 2000);
    assert_eq!(store.open(slot(2)).unwrap().read(0, 1000).unwrap(), [7; 1000]);

    // A record that changes is written anew; the other one stays as it was.
    let effects = BlockEffects {
        cursor: Cursor {
            number: 5,
            hash: Hash::zero(),
        },
        changes: vec![Change::Opened { slot: slot(1), end: 9 }],
        closing_grace: 16,
    };
    store.apply(&effects).unwrap();
    store.close().unwrap();
    drop(store);
    assert_eq!(rewrite(folder.path(), false), 1);
    let store = open(folder.path());
    assert_eq!(store.slot(slot(1)).unwrap().state, SlotState::Live { end: 9 });
    assert_eq!(store.quoted_bytes(&account(3)), 1000);
    store.close().unwrap();
}

#[test]
fn who_brought_what_is_known_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    put(&store, slot(1), 3);
    put(&store, slot(2), 4);
    store.close().unwrap();
    drop(store);
    let store = open(folder.path());
    assert_eq!(
        (store.quoted_bytes(&account(3)), store.quoted_bytes(&account(4))),
        (1000, 1000)
    );
    store.close().unwrap();
}
