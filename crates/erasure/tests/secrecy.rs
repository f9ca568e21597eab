//! Shards tell nothing, and altered shards give errors, never wrong bytes.

#![allow(clippy::cast_possible_truncation, reason = "test data is small")]

mod support;

use blocs_erasure::{DecodeError, EncodeOptions, ManifestError};
use std::collections::HashSet;
use support::{COMPRESSIONS, master, random, small, store};

#[test]
fn the_canary_is_nowhere() {
    let master = master(1);
    let canary = b"the canary sings at 16:05 near the old mill";
    let content = [canary.as_slice(), &random(50_000, 1), canary].concat();
    for compression in COMPRESSIONS {
        let options = EncodeOptions {
            compression,
            ..small(3, 2)
        };
        let stored = store(&master, &options, &[("canary-name-of-file", &content)]);
        for slot in &stored.slots {
            for secret in [&canary[..12], b"canary-name", &content[1000..1012]] {
                assert!(!slot.windows(secret.len()).any(|window| window == secret));
            }
        }
    }
}

#[test]
fn the_same_file_of_two_accounts_and_of_two_deals_shares_nothing() {
    let content = random(200_000, 1);
    let file: &[(&str, &[u8])] = &[("file", &content)];
    let deals = [(1, "mine"), (1, "mine again"), (2, "yours")].map(|(account, _)| {
        let stored = store(&master(account), &small(2, 1), file);
        let chunks = stored
            .decoder(&master(account), &[])
            .expect("all are there")
            .manifest()
            .chunks
            .clone();
        let blocks: HashSet<Vec<u8>> = stored
            .slots
            .iter()
            .flat_map(|slot| slot.chunks_exact(16).map(<[u8]>::to_vec))
            .collect();
        (blocks, chunks)
    });
    let [(mine, my_chunks), (mine_again, _), (yours, your_chunks)] = &deals;
    assert!(mine.is_disjoint(mine_again) && mine.is_disjoint(yours));
    let ids: HashSet<_> = my_chunks.iter().map(|chunk| chunk.id).collect();
    assert!(your_chunks.iter().all(|chunk| !ids.contains(&chunk.id)));
    let lengths = |chunks: &[blocs_erasure::Chunk]| chunks.iter().map(|chunk| chunk.plain).collect::<Vec<_>>();
    assert_ne!(
        lengths(my_chunks),
        lengths(your_chunks),
        "the cuts are the account's own"
    );
}

#[test]
fn another_account_reads_nothing() {
    let stored = store(&master(1), &small(4, 2), &[("file", b"mine")]);
    let error = stored.read_all(&master(2), &[]).expect_err("another key");
    assert!(
        matches!(error, DecodeError::Manifest(ManifestError::WrongKey)),
        "{error}"
    );
    assert!(error.to_string().contains("another account"), "{error}");
}

#[test]
fn an_altered_byte_gives_an_error_or_the_right_bytes() {
    let master = master(1);
    let content = random(3_000, 1);
    let mut stored = store(&master, &small(3, 2), &[("file", &content)]);
    let mut refused = 0;
    for slot in 0..5 {
        for at in (0..stored.slots[slot].len()).step_by(7) {
            stored.slots[slot][at] ^= 0x10;
            for lost in [&[0, 1][..], &[3, 4], &[0, 4]] {
                match stored.read_all(&master, lost) {
                    Ok(read) => assert_eq!(read, [&content[..]]),
                    Err(DecodeError::Altered { .. } | DecodeError::Manifest(_)) => refused += 1,
                    Err(other) => panic!("{other}"),
                }
            }
            stored.slots[slot][at] ^= 0x10;
        }
    }
    assert!(refused > 500, "{refused}");
}

#[test]
fn swapped_and_cut_shards_are_refused() {
    let master = master(1);
    let content = random(3_000, 1);
    let mut stored = store(&master, &small(3, 2), &[("file", &content)]);
    stored.slots.swap(0, 1);
    assert!(stored.read_all(&master, &[]).is_err());
    stored.slots.swap(0, 1);
    let decoder = stored.decoder(&master, &[]).expect("all are there");
    let plan = decoder.plan(0, 0..3_000).expect("in range").remove(0);
    let length = decoder.shard_range(plan.segment).end as usize;
    for bad in [
        vec![],
        vec![Some(vec![0; length - 1]); 5],
        vec![Some(vec![0; length]); 4],
        vec![Some(Vec::new()); 5],
    ] {
        let decoded = decoder.decode(&plan, bad, &mut |_, _| panic!("bytes came out"));
        assert!(matches!(decoded, Err(DecodeError::Shards(_))));
    }
    let zeros = vec![Some(vec![0; length]); 5];
    let decoded = decoder.decode(&plan, zeros, &mut |_, _| panic!("bytes came out"));
    assert!(matches!(decoded, Err(DecodeError::Altered { .. })));
}
