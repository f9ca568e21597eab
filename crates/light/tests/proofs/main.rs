//! What is proved, and which altered proofs are refused: on a little chain with real keys, votes and tries.
#![allow(clippy::unwrap_used, missing_docs, reason = "a failed unwrap fails the test")]

mod altered;
mod chain;
mod finality;
mod flips;

use blocs_light::{Bundle, Hasher, KeyPart, Question, Record, StorageEntry, Trust};
use blocs_primitives::Hash;
use chain::{Chain, DEAL, OWNER, TIP};
use codec::Encode;
use sp_core::{Bytes, crypto::AccountId32};

#[test]
fn an_account_a_deal_and_a_slot_are_proved_by_the_hash_of_the_first_block_alone() {
    let chain = Chain::new();
    let account = Question::Account(AccountId32::new([42; 32]));

    let proven = chain.bundle(account.clone()).verify(&chain.trust()).unwrap();

    let Record::Account(found) = proven.record else {
        panic!("{:?}", proven.record);
    };
    assert_eq!(
        (found.nonce, found.free, found.reserved, found.frozen),
        (42, 42_000, 5, 3)
    );
    assert_eq!(proven.key, account.key());
    assert_eq!(
        (proven.block.number, proven.block.hash),
        (TIP - 2, chain.at(TIP - 2).hash())
    );
    assert_eq!(
        (proven.finalized.number, proven.finalized.hash),
        (TIP, chain.at(TIP).hash())
    );
    assert_eq!((proven.set_id, proven.authorities, proven.changes), (2, 4, 2));
    assert_eq!(proven.time, Some(1_800_000_000_000));
    assert_eq!(proven.runtime.unwrap().spec_version, 3);

    let proven = chain.bundle(Question::Deal(DEAL)).verify(&chain.trust()).unwrap();
    assert!(matches!(proven.record, Record::Deal(deal) if deal.owner == OWNER && (deal.k, deal.n) == (4, 6)));

    let slot = Question::Slot { deal: DEAL, index: 5 };
    let proven = chain.bundle(slot).verify(&chain.trust()).unwrap();
    assert!(matches!(proven.record, Record::Slot(slot) if slot.provider == AccountId32::new([5; 32])));
}

#[test]
fn what_is_not_there_is_proved_not_to_be_there() {
    let chain = Chain::new();
    for question in [
        Question::Account(AccountId32::new([200; 32])),
        Question::Deal(Hash::repeat_byte(77)),
        Question::Slot { deal: DEAL, index: 6 },
    ] {
        let proven = chain.bundle(question).verify(&chain.trust()).unwrap();
        assert_eq!((proven.record, proven.value), (Record::Absent, None));
    }
}

#[test]
fn any_entry_is_proved_as_bytes() {
    let chain = Chain::new();
    let entry = StorageEntry {
        pallet: "System".into(),
        entry: "Account".into(),
        keys: vec![KeyPart {
            hasher: Hasher::Blake2_128Concat,
            key: Bytes(AccountId32::new([9; 32]).encode()),
        }],
    };
    let question = Question::Storage(entry);
    assert_eq!(question.key(), Question::Account(AccountId32::new([9; 32])).key());

    let proven = chain.bundle(question.clone()).verify(&chain.trust()).unwrap();

    assert_eq!(proven.value.as_ref(), chain.state.get(&question.key()));
    assert!(matches!(proven.record, Record::Raw { .. }));
}

#[test]
fn keys_are_those_of_the_chain() {
    // `System.Account` of Alice, as every explorer shows it.
    let alice = AccountId32::new(
        hex("d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d")
            .try_into()
            .unwrap(),
    );
    assert_eq!(
        Question::Account(alice).key(),
        hex(
            "26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9de1e86a9a8c739864cf3cc5ec2bea59fd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"
        )
    );
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

#[test]
fn a_state_of_an_unknown_runtime_is_shown_as_bytes() {
    for (name, version) in [("blocs", 1_000u32), ("other", 3)] {
        let chain = Chain::with_state(|state| {
            let upgrade = (codec::Compact(version), name.to_owned()).encode();
            state.insert(blocs_light::key("System", "LastRuntimeUpgrade"), upgrade);
        });
        let proven = chain.bundle(Question::Deal(DEAL)).verify(&chain.trust()).unwrap();
        assert!(
            matches!(&proven.record, Record::Raw { why } if why.contains(name)),
            "{:?}",
            proven.record
        );
        assert_eq!((proven.value.is_some(), proven.time), (true, None));
    }
}

#[test]
fn a_value_of_another_layout_is_shown_as_bytes() {
    let chain = Chain::with_state(|state| {
        state.insert(Question::Deal(DEAL).key(), vec![1, 2, 3]);
    });
    let proven = chain.bundle(Question::Deal(DEAL)).verify(&chain.trust()).unwrap();
    assert!(matches!(proven.record, Record::Raw { .. }));
    assert_eq!(proven.value, Some(vec![1, 2, 3]));
}

#[test]
fn a_checkpoint_takes_the_place_of_the_first_block() {
    let chain = Chain::new();
    let mut early = chain.bundle(Question::Deal(DEAL));
    let mut warp = chain.warp();
    warp.fragments.truncate(1);
    early.warp = Bytes(warp.encode());
    early.headers = vec![Bytes(chain.at(4).encode())];
    let checkpoint = early.verify(&chain.trust()).unwrap().checkpoint;
    assert_eq!((checkpoint.number, checkpoint.set_id), (4, 1));
    let text = serde_json::to_string(&checkpoint).unwrap();
    let checkpoint: blocs_light::Checkpoint = serde_json::from_str(&text).unwrap();

    let mut later = chain.bundle(Question::Deal(DEAL));
    let mut warp = chain.warp();
    warp.fragments.remove(0);
    later.warp = Bytes(warp.encode());
    later.start = blocs_light::Start::Checkpoint { hash: checkpoint.hash };
    let proven = later.verify(&Trust::Checkpoint(checkpoint.clone())).unwrap();
    assert_eq!((proven.set_id, proven.changes, proven.genesis), (2, 1, chain.genesis()));

    // The first block alone does not vouch for it, nor another checkpoint.
    later.verify(&chain.trust()).unwrap_err();
    let other = blocs_light::Checkpoint {
        hash: chain.at(5).hash(),
        ..checkpoint
    };
    later.verify(&Trust::Checkpoint(other)).unwrap_err();
}

#[test]
fn a_file_comes_back_as_it_was_written() {
    let chain = Chain::new();
    for question in [
        Question::Account(OWNER),
        Question::Deal(DEAL),
        Question::Slot { deal: DEAL, index: 3 },
    ] {
        let bundle = chain.bundle(question);
        let text = bundle.to_json().unwrap();
        assert_eq!(Bundle::from_json(text.as_bytes()).unwrap(), bundle);
    }
}
