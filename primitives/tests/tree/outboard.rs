//! The outboard: built while streaming, read node by node, and carried with a run of groups.

use crate::support::{Slot, border_sizes, content};
use blocs_primitives::{
    MAX_SLOT_BYTES, Root,
    outboard::{
        Batch, GROUP_BYTES, GroupProof, MissingNode, Outboard, OutboardBuilder, ProveError, Run, RunError, RunVerifier,
        group_range, groups, groups_of, outboard_bytes, prove, prove_group,
    },
    proof::verify,
};
use proptest::prelude::*;
use std::ops::Range;

/// What a sender puts on the wire for a batch.
fn send(slot: &Slot, batch: &Batch) -> (Vec<u8>, Vec<u8>) {
    let nodes = batch
        .nodes
        .iter()
        .flat_map(|offset| slot.outboard.node(*offset).unwrap())
        .collect();
    let (start, end) = (
        usize::try_from(batch.content.start).unwrap(),
        usize::try_from(batch.content.end).unwrap(),
    );
    (nodes, slot.bytes[start..end].to_vec())
}

fn receive(slot: &Slot, run: Range<u64>, batch_groups: u64) -> Result<Vec<u8>, RunError> {
    let mut verifier = RunVerifier::new(&slot.root, slot.size(), run.clone())?;
    let mut received = Vec::new();
    for batch in Run::new(slot.size(), run, batch_groups)? {
        let (nodes, content) = send(slot, &batch);
        assert_eq!(
            (nodes.len(), content.len()),
            (batch.node_bytes(), batch.content_bytes())
        );
        verifier.accept(&nodes, &content)?;
        received.extend(content);
    }
    assert!(verifier.is_complete());
    Ok(received)
}

#[test]
fn is_as_large_as_documented_at_every_border() {
    for size in border_sizes() {
        let slot = Slot::new(content(size));
        let bytes = slot.outboard.as_bytes().to_vec();
        assert_eq!(
            bytes.len(),
            usize::try_from(outboard_bytes(slot.size())).unwrap(),
            "size {size}"
        );
        assert_eq!(Outboard::from_bytes(slot.size(), bytes), Some(slot.outboard));
    }
    assert_eq!(outboard_bytes(MAX_SLOT_BYTES), ((1 << 20) - 1) * 64);
}

#[test]
fn lies_in_post_order() {
    let slot = Slot::new(content(5 * 16_384));
    let cv = |group: u64| group_cv(group * GROUP_BYTES, slot.group(group));
    let (n0, n1) = ([cv(0), cv(1)].concat(), [cv(2), cv(3)].concat());
    let bytes = slot.outboard.as_bytes();
    assert_eq!((&bytes[..64], &bytes[64..128]), (&n0[..], &n1[..]));
    assert_eq!(bytes[64 * 3 + 32..], cv(4));
}

fn group_cv(offset: u64, bytes: &[u8]) -> [u8; 32] {
    use blake3::hazmat::HasherExt;
    blake3::Hasher::new()
        .set_input_offset(offset)
        .update(bytes)
        .finalize_non_root()
}

#[test]
fn groups_are_proved_at_every_border() {
    for size in border_sizes() {
        let slot = Slot::new(content(size));
        let last = groups(slot.size()) - 1;
        for group in [0, last / 2, last] {
            let bytes = slot.group(group);
            let proof = prove_group(&slot.root, slot.size(), group, bytes, |offset| {
                slot.outboard.node(offset)
            })
            .unwrap();
            assert!(
                proof.verify(&slot.root, slot.size(), group, bytes),
                "size {size}, group {group}"
            );
            assert!(!proof.verify(&slot.root, slot.size(), group + 1, bytes));
            assert!(!proof.verify(&slot.root, slot.size(), group, &bytes[1..]));
            for sibling in 0..proof.siblings.len() {
                let mut altered = proof.clone();
                altered.siblings[sibling][sibling] ^= 1;
                assert!(!altered.verify(&slot.root, slot.size(), group, bytes));
            }
        }
    }
}

#[test]
fn a_proof_reads_one_node_a_level() {
    let slot = Slot::new(content(64 * 16_384));
    let mut reads = 0;
    let proof = prove(&slot.root, slot.size(), 700, slot.group(43), |offset| {
        reads += 1;
        slot.outboard.node(offset)
    });
    assert_eq!(verify(&slot.root, slot.size(), 700, &proof.unwrap()), Ok(()));
    assert_eq!(reads, 6);
}

#[test]
fn damage_is_told_apart() {
    let slot = Slot::new(content(100_000));
    let mut damaged = slot.group(2).to_vec();
    damaged[77] ^= 4;
    let node = |offset| slot.outboard.node(offset);
    assert_eq!(
        prove(&slot.root, slot.size(), 40, &damaged, node),
        Err(ProveError::DamagedGroup { group: 2 })
    );
    let one = |offset: u64| {
        let mut bytes = slot.outboard.node(offset)?;
        bytes[5] ^= u8::from(offset == 64 * 2);
        Ok::<_, MissingNode>(bytes)
    };
    assert_eq!(
        prove(&slot.root, slot.size(), 40, slot.group(2), one),
        Err(ProveError::DamagedNode { offset: 64 * 2 })
    );
    assert_eq!(
        prove(&slot.root, slot.size(), 40, &damaged[1..], node),
        Err(ProveError::WrongGroupLength)
    );
    assert_eq!(
        prove(&slot.root, slot.size(), 98, slot.group(2), node),
        Err(ProveError::NoSuchGroup)
    );
    assert_eq!(prove(&slot.root, 0, 0, &[], node), Err(ProveError::SizeOutOfRange));
    let failing = |_| Err::<[u8; 64], _>("disk on fire");
    assert_eq!(
        prove(&slot.root, slot.size(), 40, slot.group(2), failing),
        Err(ProveError::Read("disk on fire"))
    );
}

#[test]
fn a_drained_builder_gives_the_same_nodes() {
    let bytes = content(1_000_000);
    let whole = Slot::new(bytes.clone());
    let mut builder = OutboardBuilder::new();
    let mut nodes = Vec::new();
    for chunk in bytes.chunks(70_001) {
        builder.push(chunk);
        nodes.extend(builder.take_nodes());
    }
    assert_eq!(builder.size(), 1_000_000);
    let (root, rest) = builder.finish();
    assert_eq!(rest.node(0), Err(MissingNode { offset: 0 }));
    assert_eq!(
        rest.node(outboard_bytes(1_000_000) - 64),
        whole.outboard.node(outboard_bytes(1_000_000) - 64)
    );
    nodes.extend(rest.as_bytes());
    assert_eq!((root, &nodes[..]), (whole.root, whole.outboard.as_bytes()));
}

#[test]
fn runs_arrive_whole_at_every_border() {
    for size in border_sizes() {
        let slot = Slot::new(content(size));
        assert_eq!(
            receive(&slot, 0..groups(slot.size()), 16).unwrap(),
            slot.bytes,
            "size {size}"
        );
    }
}

#[test]
fn a_run_costs_each_node_once() {
    let slot = Slot::new(content(100 * 16_384));
    let mut nodes: Vec<u64> = Run::new(slot.size(), 0..100, 16)
        .unwrap()
        .flat_map(|batch| batch.nodes)
        .collect();
    nodes.sort_unstable();
    assert_eq!(nodes, (0..99).map(|node| node * 64).collect::<Vec<_>>());
}

#[test]
fn batches_end_at_multiples() {
    let batches: Vec<_> = Run::new(100 * GROUP_BYTES, 5..50, 16)
        .unwrap()
        .map(|batch| batch.groups)
        .collect();
    assert_eq!(batches, [5..16, 16..32, 32..48, 48..50]);
}

#[test]
fn altered_runs_are_refused() {
    let slot = Slot::new(content(10 * 16_384 + 5));
    let run = 3..9;
    let batch = Run::new(slot.size(), run.clone(), 16).unwrap().next().unwrap();
    let (nodes, content) = send(&slot, &batch);
    let accept = |nodes: &[u8], content: &[u8]| {
        let mut verifier = RunVerifier::new(&slot.root, slot.size(), run.clone()).unwrap();
        let first = verifier.accept(nodes, content);
        if first.is_err() {
            assert!(!verifier.is_complete());
            assert!(verifier.accept(nodes, content).is_err());
        }
        first
    };
    assert_eq!(accept(&nodes, &content), Ok(()));
    for place in 0..nodes.len() {
        let mut altered = nodes.clone();
        altered[place] ^= 1;
        assert!(
            matches!(accept(&altered, &content), Err(RunError::WrongNode { .. })),
            "node byte {place}"
        );
    }
    for place in (0..content.len()).step_by(997) {
        let mut altered = content.clone();
        altered[place] ^= 1;
        let group = 3 + u64::try_from(place).unwrap() / GROUP_BYTES;
        assert_eq!(accept(&nodes, &altered), Err(RunError::WrongGroup { group }));
    }
    assert_eq!(
        accept(&nodes[64..], &content),
        Err(RunError::WrongNode { offset: batch.nodes[0] })
    );
    assert_eq!(
        accept(&nodes, &content[..content.len() - 1]),
        Err(RunError::WrongLength)
    );
    assert_eq!(
        accept(&[&nodes[..], &[0; 64]].concat(), &content),
        Err(RunError::WrongLength)
    );
    assert_eq!(
        accept(&nodes, &[&content[..], &[0; 1]].concat()),
        Err(RunError::WrongLength)
    );
}

#[test]
fn ranges_outside_the_slot_are_refused() {
    assert_eq!(groups_of(100, &(0..100)), Some(0..1));
    assert_eq!(groups_of(40_000, &(16_384..32_769)), Some(1..3));
    assert_eq!((groups_of(100, &(5..5)), groups_of(100, &(0..101))), (None, None));
    assert_eq!(
        (group_range(100, 0), group_range(100, 1), group_range(100, u64::MAX)),
        (Some(0..100), None, None)
    );
    let backwards = std::ops::Range { start: 5, end: 2 };
    for run in [0..0, 0..4, 3..4, backwards] {
        assert_eq!(Run::new(40_000, run.clone(), 16).err(), Some(RunError::NoSuchGroups));
        assert_eq!(
            RunVerifier::new(&Root([0; 32]), 40_000, run).err(),
            Some(RunError::NoSuchGroups)
        );
    }
    for size in [0, MAX_SLOT_BYTES + 1, u64::MAX] {
        assert_eq!(Run::new(size, 0..1, 16).err(), Some(RunError::SizeOutOfRange));
    }
}

proptest! {
    #[test]
    fn any_way_of_pushing_gives_the_plain_hash(
        bytes in prop::collection::vec(any::<u8>(), 0..120_000),
        cuts in prop::collection::vec(prop_oneof![0..200usize, 900..1200usize, 10_000..40_000usize], 1..40),
    ) {
        let mut builder = OutboardBuilder::new();
        let mut rest = &bytes[..];
        for cut in cuts {
            let (now, later) = rest.split_at(cut.min(rest.len()));
            builder.push(now);
            rest = later;
        }
        builder.push(rest);
        let (root, outboard) = builder.finish();
        prop_assert_eq!(root.0, *blake3::hash(&bytes).as_bytes());
        let whole = Slot::new(bytes);
        prop_assert_eq!(outboard, whole.outboard);
    }

    #[test]
    fn any_range_arrives(size in 1..500_000usize, start in any::<prop::sample::Index>(), length in 1..40u64, batch in 1..20u64) {
        let slot = Slot::new(content(size));
        let count = groups(slot.size());
        let start = u64::try_from(start.index(usize::try_from(count).unwrap())).unwrap();
        let run = start..(start + length).min(count);
        let bytes = usize::try_from(run.start * GROUP_BYTES).unwrap()..size.min(usize::try_from(run.end * GROUP_BYTES).unwrap());
        prop_assert_eq!(&receive(&slot, run, batch).unwrap()[..], &slot.bytes[bytes]);
    }

    #[test]
    fn junk_never_panics(
        root in any::<[u8; 32]>(),
        size in prop_oneof![any::<u64>(), 0..200_000u64, MAX_SLOT_BYTES - 5000..=MAX_SLOT_BYTES + 5000],
        group in prop_oneof![any::<u64>(), 0..20u64],
        bytes in prop::collection::vec(any::<u8>(), 0..40_000),
        nodes in prop::collection::vec(any::<u8>(), 0..500),
        siblings in prop::collection::vec(any::<[u8; 32]>(), 0..30),
    ) {
        let proof = GroupProof { siblings };
        prop_assert!(!proof.verify(&Root(root), size, group, &bytes));
        let junk = |_| Ok::<_, ()>([3; 64]);
        prop_assert!(prove(&Root(root), size, group, &bytes, junk).is_err());
        prop_assert!(prove_group(&Root(root), size, group, &bytes, junk).is_err());
        for run in [group..group.saturating_add(3), 0..groups(size), 0..u64::MAX] {
            if let Ok(mut verifier) = RunVerifier::new(&Root(root), size, run) {
                prop_assert!(bytes.is_empty() || verifier.accept(&nodes, &bytes).is_err());
                prop_assert!(!verifier.is_complete());
            }
        }
    }
}
