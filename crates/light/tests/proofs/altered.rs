//! Altered, incomplete and foreign proofs.

use crate::chain::{Chain, DEAL, TIP};
use blocs_light::{
    Bundle, MAX_FILE_BYTES, MAX_HEADERS, ProofError, Question, Start, StateError, WarpError, WarpProof, prove,
};
use blocs_primitives::Hash;
use codec::Encode;
use sp_core::Bytes;

fn refused(chain: &Chain, alter: impl FnOnce(&mut Bundle)) -> ProofError {
    let mut bundle = chain.bundle(Question::Deal(DEAL));
    alter(&mut bundle);
    bundle.verify(&chain.trust()).unwrap_err()
}

fn warp_refused(chain: &Chain, alter: impl FnOnce(&mut WarpProof)) -> ProofError {
    refused(chain, |bundle| {
        let mut warp = chain.warp();
        alter(&mut warp);
        bundle.warp = Bytes(warp.encode());
    })
}

/// The altered copies of these bytes, each with one byte that differs.
fn flips(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    (0..bytes.len()).flat_map(move |at| {
        [0x01, 0x80].map(|bit| {
            let mut copy = bytes.to_vec();
            copy[at] ^= bit;
            (at, copy)
        })
    })
}

#[test]
fn every_altered_byte_of_every_part_is_refused() {
    let chain = Chain::new();
    let bundle = chain.bundle(Question::Deal(DEAL));
    let trust = chain.trust();
    let refused = |part: &str, at: usize, altered: Bundle| {
        assert!(altered.verify(&trust).is_err(), "byte {at} of {part} may be altered");
    };
    for (at, copy) in flips(&bundle.warp) {
        let altered = Bundle {
            warp: Bytes(copy),
            ..bundle.clone()
        };
        refused("the warp proof", at, altered);
    }
    for index in 0..bundle.headers.len() {
        for (at, copy) in flips(&bundle.headers[index]) {
            let mut altered = bundle.clone();
            altered.headers[index] = Bytes(copy);
            refused("a header", at, altered);
        }
    }
    for index in 0..bundle.state.len() {
        for (at, copy) in flips(&bundle.state[index]) {
            let mut altered = bundle.clone();
            altered.state[index] = Bytes(copy);
            refused("the state", at, altered);
        }
    }
    let Start::Genesis { header, authorities } = &bundle.start else {
        panic!("it begins at the first block");
    };
    for (at, copy) in flips(header) {
        let mut altered = bundle.clone();
        altered.start = Start::Genesis {
            header: Bytes(copy),
            authorities: authorities.clone(),
        };
        refused("the first header", at, altered);
    }
    for index in 0..authorities.len() {
        for (at, copy) in flips(&authorities[index]) {
            let mut authorities = authorities.clone();
            authorities[index] = Bytes(copy);
            let mut altered = bundle.clone();
            altered.start = Start::Genesis {
                header: header.clone(),
                authorities,
            };
            refused("the first authorities", at, altered);
        }
    }
}

#[test]
fn another_chains_proof_is_refused() {
    let chain = Chain::new();
    let mut other = Chain::new();
    other.first.insert(b"x".to_vec(), b"y".to_vec());
    let bundle = chain.bundle(Question::Deal(DEAL));
    let error = bundle
        .verify(&blocs_light::Trust::Genesis(Hash::repeat_byte(1)))
        .unwrap_err();
    assert!(matches!(error, ProofError::WrongGenesis { .. }), "{error}");
    // A later block in place of the first.
    let error = refused(&chain, |bundle| {
        let Start::Genesis { header, .. } = &mut bundle.start else {
            panic!("it begins at the first block");
        };
        *header = Bytes(chain.at(1).encode());
    });
    assert!(matches!(error, ProofError::WrongGenesis { .. }), "{error}");
    // The first authorities of another chain.
    let error = refused(&chain, |bundle| {
        bundle.start = {
            let (_, nodes) = prove(&other.first, &[blocs_light::key("Grandpa", "Authorities")]).unwrap();
            Start::Genesis {
                header: Bytes(chain.at(0).encode()),
                authorities: nodes.into_iter().map(Bytes).collect(),
            }
        }
    });
    assert!(
        matches!(error, ProofError::FirstAuthorities(StateError::NoRoot { .. })),
        "{error}"
    );
}

#[test]
fn a_warp_proof_with_a_step_missing_or_out_of_order_is_refused() {
    let chain = Chain::new();
    for missing in 0..2 {
        let error = warp_refused(&chain, |warp| drop(warp.fragments.remove(missing)));
        assert!(matches!(error, ProofError::Warp(WarpError::Fragment { .. })), "{error}");
    }
    // Without the last, it ends at another block than the headers begin with.
    let error = warp_refused(&chain, |warp| drop(warp.fragments.pop()));
    assert!(matches!(error, ProofError::Header { position: 1, .. }), "{error}");
    let error = warp_refused(&chain, |warp| warp.fragments.swap(0, 1));
    assert!(
        matches!(error, ProofError::Warp(WarpError::Fragment { position: 1, .. })),
        "{error}"
    );
    let error = warp_refused(&chain, |warp| warp.fragments.push(chain.fragment(8)));
    assert!(matches!(error, ProofError::Warp(WarpError::Fragment { .. })), "{error}");
    let error = warp_refused(&chain, |warp| warp.is_finished = false);
    assert_eq!(error, ProofError::Warp(WarpError::Unfinished));
    let error = warp_refused(&chain, |warp| warp.fragments.clear());
    assert!(matches!(error, ProofError::Header { .. }), "{error}");
    let error = refused(&chain, |bundle| bundle.warp.0.push(0));
    assert!(matches!(error, ProofError::Undecodable { .. }), "{error}");
    let error = refused(&chain, |bundle| bundle.warp.0.clear());
    assert!(matches!(error, ProofError::Undecodable { .. }), "{error}");
}

#[test]
fn headers_that_do_not_lead_there_are_refused() {
    let chain = Chain::new();
    let error = refused(&chain, |bundle| drop(bundle.headers.remove(0)));
    assert!(matches!(error, ProofError::Header { position: 1, .. }), "{error}");
    let error = refused(&chain, |bundle| drop(bundle.headers.remove(1)));
    assert!(matches!(error, ProofError::Header { position: 2, .. }), "{error}");
    let error = refused(&chain, |bundle| bundle.headers.clear());
    assert!(matches!(error, ProofError::HeaderCount { count: 0, .. }), "{error}");
    let error = refused(&chain, |bundle| {
        let first = bundle.headers[0].clone();
        bundle.headers = vec![first; MAX_HEADERS + 1];
    });
    assert!(matches!(error, ProofError::HeaderCount { .. }), "{error}");
}

#[test]
fn a_state_with_a_node_missing_is_refused() {
    let chain = Chain::new();
    let nodes = chain.bundle(Question::Deal(DEAL)).state.len();
    assert!(nodes > 3);
    for missing in 0..nodes {
        let error = refused(&chain, |bundle| drop(bundle.state.remove(missing)));
        assert!(
            matches!(error, ProofError::State { number, .. } if number == TIP - 2),
            "{error}"
        );
    }
    let error = refused(&chain, |bundle| bundle.state.clear());
    assert!(
        matches!(
            error,
            ProofError::State {
                source: StateError::NoRoot { .. },
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn the_proof_of_another_value_or_of_another_key_is_refused() {
    let chain = Chain::new();
    let richer = Chain::with_state(|state| {
        state.insert(Question::Deal(DEAL).key(), vec![9; 200]);
    });
    let error = refused(&chain, |bundle| {
        bundle.state = richer.bundle(Question::Deal(DEAL)).state
    });
    assert!(
        matches!(
            error,
            ProofError::State {
                source: StateError::NoRoot { .. },
                ..
            }
        ),
        "{error}"
    );
    let error = refused(&chain, |bundle| {
        bundle.state = chain.bundle(Question::Slot { deal: DEAL, index: 0 }).state;
    });
    assert!(
        matches!(
            error,
            ProofError::State {
                source: StateError::Incomplete { .. },
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn files_that_are_no_proofs_are_named() {
    let chain = Chain::new();
    let text = chain.bundle(Question::Deal(DEAL)).to_json().unwrap();
    let read = |text: &str| Bundle::from_json(text.as_bytes()).unwrap_err();

    assert!(matches!(read(""), ProofError::Format(_)));
    assert!(matches!(read("{}"), ProofError::Format(_)));
    assert!(matches!(read(&text[..text.len() / 2]), ProofError::Format(_)));
    assert!(matches!(
        read(&text.replace("blocs-proof", "other")),
        ProofError::Format(_)
    ));
    let later = text.replace("\"version\": 1", "\"version\": 2");
    assert_eq!(read(&later), ProofError::Version { found: 2, known: 1 });
    assert!(matches!(
        read(&text.replace("\"warp\"", "\"wrap\"")),
        ProofError::Format(_)
    ));
    assert!(matches!(read(&"[".repeat(100_000)), ProofError::Format(_)));
    let long = vec![b' '; MAX_FILE_BYTES + 1];
    assert!(matches!(Bundle::from_json(&long), Err(ProofError::TooLarge { .. })));
}
