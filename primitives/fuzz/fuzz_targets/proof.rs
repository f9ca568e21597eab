//! Verifiers must not panic on anything, must not accept anything false, and must accept everything true.

#![no_main]

use arbitrary::Arbitrary;
use blocs_primitives::{
    Root,
    outboard::{GroupProof, OutboardBuilder, RunVerifier, group_of, group_range, prove},
    pieces,
    proof::{PieceProof, verify},
};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input {
    root: [u8; 32],
    size: u64,
    place: u64,
    piece: Vec<u8>,
    siblings: Vec<[u8; 32]>,
    nodes: Vec<u8>,
    content: Vec<u8>,
}

fuzz_target!(|input: Input| {
    let Input {
        root,
        size,
        place,
        piece,
        siblings,
        nodes,
        content,
    } = input;
    let junk = PieceProof { piece, siblings };
    let root = Root(root);
    let accepted = verify(&root, size, place, &junk);
    // Only a slot of one piece can be hit without finding a collision.
    assert!(accepted.is_err() || blake3::hash(&junk.piece) == root.0);
    let group = GroupProof {
        siblings: junk.siblings.clone(),
    };
    assert!(!group.verify(&root, size, place, &content) || blake3::hash(&content) == root.0);
    if let Ok(mut verifier) = RunVerifier::new(&root, size, place..place.saturating_add(4)) {
        let _ = verifier.accept(&nodes, &content);
    }

    // What is true is accepted, and nothing beside it.
    if content.is_empty() {
        return;
    }
    let mut builder = OutboardBuilder::new();
    builder.push(&content);
    let (root, outboard) = builder.finish();
    assert_eq!(blake3::hash(&content), root.0);
    let size = content.len() as u64;
    let place = place % pieces(size);
    let range = group_range(size, group_of(place)).expect("the group exists");
    let bytes = &content[range.start as usize..range.end as usize];
    let proof = prove(&root, size, place, bytes, |offset| outboard.node(offset)).expect("the slot is whole");
    assert_eq!(verify(&root, size, place, &proof), Ok(()));
    if junk != proof {
        assert!(verify(&root, size, place, &junk).is_err());
    }
});
