//! The proof verifier against the plain hash, against the reference implementation of Bao, and against an adversary.

use crate::support::{Slot, border_sizes, content, some_pieces};
use blocs_primitives::{
    MAX_SLOT_BYTES, Root, pieces,
    proof::{MAX_SIBLINGS, PieceProof, ProofError, verify},
};
use proptest::prelude::*;
use std::io::{Cursor, Read};

/// Proof of a piece out of a slice that the reference crate `bao` 0.13.1 extracts: 8 bytes of length, then the parents from
/// the root down, 64 bytes each, then the piece.
fn bao_proof(bytes: &[u8], piece: u64) -> PieceProof {
    let (encoded, _) = bao::encode::encode(bytes);
    let mut slice = Vec::new();
    bao::encode::SliceExtractor::new(Cursor::new(encoded), piece * 1024, 1)
        .read_to_end(&mut slice)
        .unwrap();
    let mut rest = &slice[8..];
    let (mut leaves, mut leaf) = (pieces(u64::try_from(bytes.len()).unwrap()), piece);
    let mut siblings = Vec::new();
    while leaves > 1 {
        let mut left = 1;
        while left * 2 < leaves {
            left *= 2;
        }
        let (parent, below) = rest.split_at(64);
        rest = below;
        if leaf < left {
            siblings.push(parent[32..].try_into().unwrap());
            leaves = left;
        } else {
            siblings.push(parent[..32].try_into().unwrap());
            leaf -= left;
            leaves -= left;
        }
    }
    siblings.reverse();
    PieceProof {
        piece: rest.to_vec(),
        siblings,
    }
}

#[test]
fn proofs_are_those_of_the_reference_implementation() {
    for size in border_sizes().into_iter().filter(|size| *size <= 300_000) {
        let slot = Slot::new(content(size));
        assert_eq!(
            slot.root.0,
            *bao::encode::encode(&slot.bytes).1.as_bytes(),
            "size {size}"
        );
        for piece in some_pieces(pieces(slot.size())) {
            let reference = bao_proof(&slot.bytes, piece);
            assert_eq!(slot.prove(piece).unwrap(), reference, "size {size}, piece {piece}");
            assert_eq!(
                verify(&slot.root, slot.size(), piece, &reference),
                Ok(()),
                "size {size}, piece {piece}"
            );
        }
    }
}

/// (size, piece, root, number of siblings, BLAKE3 of the siblings in order), printed by `bao` 0.13.1 through `bao_proof`.
const VECTORS: &[(usize, u64, &str, usize, &str)] = &[
    (
        1,
        0,
        "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213",
        0,
        "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
    ),
    (
        1024,
        0,
        "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7",
        0,
        "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
    ),
    (
        1025,
        1,
        "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444",
        1,
        "f406e85d614ef160959f72523c36bb61a4a13990e6504aa54fbe36a1dae1db39",
    ),
    (
        16384,
        7,
        "f875d6646de28985646f34ee13be9a576fd515f76b5b0a26bb324735041ddde4",
        4,
        "66c868a35b68b32174d7e1500615b8f5ddcffbaeb4e6b86f760d5532bdc53904",
    ),
    (
        16385,
        16,
        "1dabe216be2578830263b049de1639f39f05a4da616b9b78c7a5e4e41662fd1f",
        1,
        "6f670cce3e27edcd21b1cc63b28d84df30b90f0eb5847c0215fd046b3c977360",
    ),
    (
        100000,
        0,
        "d93c23eedaf165a7e0be908ba86f1a7a520d568d2d13cde787c8580c5c72cc54",
        7,
        "ca64b8e826887efa01577d9b3eaf75adfa8b7570d7123e41701d8784c61a134d",
    ),
    (
        100000,
        97,
        "d93c23eedaf165a7e0be908ba86f1a7a520d568d2d13cde787c8580c5c72cc54",
        3,
        "2b23b8022bec8b04c047c3a968723049bb8273bfdaa30466038d6b9cdae8065f",
    ),
    (
        1048577,
        512,
        "2f053cd7472cf0cd2f9adaf45c1180255b91b9a865404a63671a0ee5f792ed33",
        11,
        "79bd1c4ede041ad2ff659b0fce490b04188225674ca6ed5f3719106394b656e0",
    ),
];

#[test]
fn fixed_vectors_hold() {
    for (size, piece, root, count, siblings) in VECTORS {
        let slot = Slot::new(content(*size));
        let proof = slot.prove(*piece).unwrap();
        let found = blake3::hash(proof.siblings.as_flattened()).to_hex().to_string();
        assert_eq!(
            (
                blake3::Hash::from_bytes(slot.root.0).to_hex().as_str(),
                proof.siblings.len(),
                found.as_str()
            ),
            (*root, *count, *siblings),
            "size {size}, piece {piece}"
        );
        assert_eq!(verify(&slot.root, slot.size(), *piece, &proof), Ok(()));
    }
}

#[test]
fn every_border_size_is_proved_against_the_plain_hash() {
    for size in border_sizes() {
        let bytes = content(size);
        let root = Root(*blake3::hash(&bytes).as_bytes());
        let slot = Slot::new(bytes);
        assert_eq!(slot.root, root, "size {size}");
        for piece in some_pieces(pieces(slot.size())) {
            let proof = slot.prove(piece).unwrap();
            assert_eq!(
                verify(&root, slot.size(), piece, &proof),
                Ok(()),
                "size {size}, piece {piece}"
            );
        }
    }
}

#[test]
fn every_altered_byte_is_refused() {
    for size in [1, 1023, 1024, 1025, 2048, 2049, 5000, 16_384, 16_385, 40_000, 100_000] {
        let slot = Slot::new(content(size));
        for piece in some_pieces(pieces(slot.size())) {
            let proof = slot.prove(piece).unwrap();
            for place in 0..proof.piece.len() {
                let mut altered = proof.clone();
                altered.piece[place] ^= 1 << (place % 8);
                assert_eq!(
                    verify(&slot.root, slot.size(), piece, &altered),
                    Err(ProofError::WrongRoot)
                );
            }
            for place in 0..proof.siblings.len() * 32 {
                let mut altered = proof.clone();
                altered.siblings[place / 32][place % 32] ^= 1 << (place % 8);
                assert_eq!(
                    verify(&slot.root, slot.size(), piece, &altered),
                    Err(ProofError::WrongRoot)
                );
            }
            for place in 0..32 {
                let mut altered = slot.root;
                altered.0[place] ^= 1 << (place % 8);
                assert_eq!(verify(&altered, slot.size(), piece, &proof), Err(ProofError::WrongRoot));
            }
        }
    }
}

#[test]
fn every_other_piece_is_refused() {
    for size in [1025, 2048, 3000, 4096, 16_385, 40_000, 70_000] {
        // Every piece differs, otherwise one would be as good as another.
        let slot = Slot::new(
            (0..size)
                .map(|at| u8::try_from(at / 1024 % 256).unwrap() ^ u8::try_from(at % 251).unwrap())
                .collect(),
        );
        let count = pieces(slot.size());
        for piece in 0..count {
            let proof = slot.prove(piece).unwrap();
            for other in (0..count + 3)
                .chain([u64::MAX, u64::MAX / 1024, 1 << 54])
                .filter(|other| *other != piece)
            {
                assert!(
                    verify(&slot.root, slot.size(), other, &proof).is_err(),
                    "size {size}: {piece} passed as {other}"
                );
            }
        }
    }
}

#[test]
fn every_other_size_is_refused_by_the_last_piece() {
    for size in [1, 1000, 1024, 1025, 2048, 3072, 4096, 4097, 16_384, 16_385, 33_000] {
        let slot = Slot::new(content(size));
        let last = pieces(slot.size()) - 1;
        let proof = slot.prove(last).unwrap();
        for other in (0..140_000)
            .chain([MAX_SLOT_BYTES, MAX_SLOT_BYTES + 1, u64::MAX])
            .filter(|other| *other != slot.size())
        {
            assert!(
                verify(&slot.root, other, last, &proof).is_err(),
                "size {size} passed as {other}"
            );
        }
    }
}

#[test]
fn another_shape_of_the_path_is_refused() {
    let slot = Slot::new(content(100_000));
    for piece in [0, 20, 96, 97] {
        let proof = slot.prove(piece).unwrap();
        for place in 0..proof.siblings.len() {
            let mut shorter = proof.clone();
            let taken = shorter.siblings.remove(place);
            assert_eq!(
                verify(&slot.root, slot.size(), piece, &shorter),
                Err(ProofError::WrongPathLength)
            );
            let mut longer = proof.clone();
            longer.siblings.insert(place, taken);
            assert_eq!(
                verify(&slot.root, slot.size(), piece, &longer),
                Err(ProofError::WrongPathLength)
            );
        }
        if proof.siblings.len() > 1 {
            let mut swapped = proof.clone();
            swapped.siblings.swap(0, 1);
            assert_eq!(
                verify(&slot.root, slot.size(), piece, &swapped),
                Err(ProofError::WrongRoot)
            );
        }
        let mut longer = proof.clone();
        longer.piece.push(0);
        assert_eq!(
            verify(&slot.root, slot.size(), piece, &longer),
            Err(ProofError::WrongPieceLength)
        );
        let mut shorter = proof.clone();
        shorter.piece.pop();
        assert_eq!(
            verify(&slot.root, slot.size(), piece, &shorter),
            Err(ProofError::WrongPieceLength)
        );
    }
}

#[test]
fn an_inner_node_does_not_pass_as_a_piece() {
    // 64 bytes, the two children of the root, must not be taken for a slot of 64 bytes.
    let slot = Slot::new(content(2048));
    let cv = |piece: u64| slot.prove(piece).unwrap().siblings[0];
    let node = [cv(1), cv(0)].concat();
    let proof = PieceProof {
        piece: node,
        siblings: vec![],
    };
    assert_eq!(verify(&slot.root, 64, 0, &proof), Err(ProofError::WrongRoot));
}

#[test]
fn sizes_that_no_slot_has_are_refused() {
    let proof = PieceProof {
        piece: vec![],
        siblings: vec![],
    };
    let root = Root(*blake3::hash(b"").as_bytes());
    for size in [0, MAX_SLOT_BYTES + 1, u64::MAX] {
        assert_eq!(verify(&root, size, 0, &proof), Err(ProofError::SizeOutOfRange));
    }
}

#[test]
fn the_largest_slot_has_the_longest_path() {
    let wanted = usize::try_from(MAX_SIBLINGS).unwrap();
    for length in 0..40 {
        let proof = PieceProof {
            piece: vec![7; 1024],
            siblings: vec![[7; 32]; length],
        };
        let wrong = if length == wanted {
            ProofError::WrongRoot
        } else {
            ProofError::WrongPathLength
        };
        assert_eq!(verify(&Root([1; 32]), MAX_SLOT_BYTES, 3, &proof), Err(wrong));
    }
}

proptest! {
    #[test]
    fn proves_any_piece_of_any_content(
        bytes in prop::collection::vec(any::<u8>(), 1..80_000),
        place in any::<prop::sample::Index>(),
    ) {
        let root = Root(*blake3::hash(&bytes).as_bytes());
        let slot = Slot::new(bytes);
        let piece = u64::try_from(place.index(usize::try_from(pieces(slot.size())).unwrap())).unwrap();
        let proof = slot.prove(piece).unwrap();
        prop_assert_eq!(verify(&root, slot.size(), piece, &proof), Ok(()));
    }

    #[test]
    fn junk_is_refused_and_never_panics(
        root in any::<[u8; 32]>(),
        size in prop_oneof![any::<u64>(), 0..200_000u64, MAX_SLOT_BYTES - 5000..=MAX_SLOT_BYTES + 5000],
        piece in prop_oneof![any::<u64>(), 0..250u64],
        length in prop_oneof![Just(1024), 0..2000usize],
        siblings in prop::collection::vec(any::<[u8; 32]>(), 0..70),
    ) {
        let proof = PieceProof { piece: vec![1; length], siblings };
        prop_assert!(verify(&Root(root), size, piece, &proof).is_err());
        // The same with the shape that the place demands, so that the hashing is reached too.
        let length = size.saturating_sub(piece.saturating_mul(1024)).min(1024);
        for count in 0..30 {
            let shaped = PieceProof { piece: vec![1; usize::try_from(length).unwrap()], siblings: vec![[2; 32]; count] };
            prop_assert!(verify(&Root(root), size, piece, &shaped).is_err());
        }
    }
}
