//! Votes: how many are needed, and which count.

use crate::chain::{Chain, authorities, change, justify, log, vote};
use blocs_light::{FinalityError, Fragment, Header, WarpError, WarpProof, verify_justification, verify_warp};
use sp_consensus_grandpa::{AuthorityList, ConsensusLog, ScheduledChange};
use sp_runtime::{Digest, traits::Header as _};

const SET: u64 = 3;

fn four() -> AuthorityList {
    authorities(&["A", "B", "C", "D"])
}

/// A block with a child and a grandchild.
fn blocks() -> [Header; 3] {
    let chain = Chain::new();
    [9, 10, 11].map(|number| chain.at(number).clone())
}

fn target(header: &Header) -> (blocs_primitives::Hash, u32) {
    (header.hash(), *header.number())
}

#[test]
fn more_than_two_thirds_are_needed() {
    let [block, ..] = blocks();
    for (names, enough) in [
        (&["A", "B", "C", "D"][..], true),
        (&["A", "B", "C"], true),
        (&["D", "C", "B"], true),
        (&["A", "B"], false),
        (&["A"], false),
        (&[], false),
    ] {
        let result = verify_justification(&justify(&block, SET, names), SET, &four());
        assert_eq!(result.is_ok(), enough, "{names:?}: {result:?}");
    }
    // Two of three are two thirds, not more.
    let three = authorities(&["A", "B", "C"]);
    let result = verify_justification(&justify(&block, SET, &["A", "B"]), SET, &three);
    assert_eq!(result, Err(FinalityError::TooFewVotes));
}

#[test]
fn weight_counts_not_heads() {
    let [block, ..] = blocks();
    let mut list = four();
    list[0].1 = 10;
    let justification = justify(&block, SET, &["B", "C", "D"]);
    assert_eq!(
        verify_justification(&justification, SET, &list),
        Err(FinalityError::TooFewVotes)
    );
    let justification = justify(&block, SET, &["A"]);
    assert_eq!(verify_justification(&justification, SET, &list), Ok(()));
}

#[test]
fn a_repeated_vote_counts_once() {
    let [block, ..] = blocks();
    let justification = justify(&block, SET, &["A", "B", "B"]);
    assert_eq!(
        verify_justification(&justification, SET, &four()),
        Err(FinalityError::TooFewVotes)
    );
    let justification = justify(&block, SET, &["A", "A", "B", "C", "C"]);
    assert_eq!(verify_justification(&justification, SET, &four()), Ok(()));
    let justification = justify(&block, SET, &["A"; 9]);
    let result = verify_justification(&justification, SET, &four());
    assert!(
        matches!(result, Err(FinalityError::TooManyVotes { votes: 9, voters: 4 })),
        "{result:?}"
    );
}

#[test]
fn a_vote_by_somebody_else_is_refused() {
    let [block, ..] = blocks();
    let justification = justify(&block, SET, &["A", "B", "C", "X"]);
    let result = verify_justification(&justification, SET, &four());
    assert!(matches!(result, Err(FinalityError::Stranger { .. })), "{result:?}");
}

#[test]
fn a_signature_for_another_set_round_or_block_is_refused() {
    let [block, child, _] = blocks();
    let good = justify(&block, SET, &["A", "B", "C"]);
    let result = verify_justification(&good, SET + 1, &four());
    assert!(matches!(result, Err(FinalityError::OldSet { .. })), "{result:?}");
    for set_id in [0, SET - 1, SET + 2, u64::MAX] {
        let result = verify_justification(&good, set_id, &four());
        assert!(
            matches!(result, Err(FinalityError::Signature { .. })),
            "{set_id}: {result:?}"
        );
    }
    let mut other = good.clone();
    other.round += 1;
    let result = verify_justification(&other, SET, &four());
    assert!(matches!(result, Err(FinalityError::Signature { .. })), "{result:?}");
    let mut other = good.clone();
    other.commit.precommits[1].precommit.target_hash = child.hash();
    let result = verify_justification(&other, SET, &four());
    assert!(matches!(result, Err(FinalityError::Signature { .. })), "{result:?}");
    let mut other = good.clone();
    other.commit.target_hash = child.hash();
    other.commit.target_number = *child.number();
    assert_eq!(
        verify_justification(&other, SET, &four()),
        Err(FinalityError::TooFewVotes)
    );
}

#[test]
fn votes_for_descendants_count_when_headers_connect_them() {
    let [block, child, grandchild] = blocks();
    let mut justification = justify(&block, SET, &["A"]);
    justification
        .commit
        .precommits
        .push(vote("B", target(&grandchild), 7, SET));
    justification.commit.precommits.push(vote("C", target(&child), 7, SET));

    let result = verify_justification(&justification, SET, &four());
    assert!(matches!(result, Err(FinalityError::Ancestry { .. })), "{result:?}");
    justification.votes_ancestries = vec![grandchild.clone()];
    let result = verify_justification(&justification, SET, &four());
    assert!(matches!(result, Err(FinalityError::Ancestry { .. })), "{result:?}");
    justification.votes_ancestries.push(child.clone());
    assert_eq!(verify_justification(&justification, SET, &four()), Ok(()));

    // What no vote needs does not belong there.
    justification.votes_ancestries.push(block);
    assert_eq!(
        verify_justification(&justification, SET, &four()),
        Err(FinalityError::UnusedHeaders)
    );
}

#[test]
fn a_vote_with_a_wrong_height_is_refused() {
    let [block, child, _] = blocks();
    for height in [0, 9, 11, u32::MAX] {
        let mut justification = justify(&block, SET, &["A", "B"]);
        justification
            .commit
            .precommits
            .push(vote("C", (child.hash(), height), 7, SET));
        justification.votes_ancestries = vec![child.clone()];
        let result = verify_justification(&justification, SET, &four());
        assert!(result.is_err(), "{height}");
    }
}

#[test]
fn a_voter_of_two_blocks_counts_for_both_once() {
    let [block, child, _] = blocks();
    let both = |names: &[&str]| {
        let mut justification = justify(&block, SET, names);
        justification.commit.precommits.push(vote("A", target(&child), 7, SET));
        justification.votes_ancestries = vec![child.clone()];
        verify_justification(&justification, SET, &four())
    };
    assert_eq!(both(&["A", "B", "C"]), Ok(()));
    assert_eq!(both(&["A", "B"]), Err(FinalityError::TooFewVotes));
}

#[test]
fn sets_that_make_no_sense_are_refused() {
    let [block, ..] = blocks();
    let good = justify(&block, SET, &["A", "B", "C"]);
    let mut overflowing = four();
    overflowing[0].1 = u64::MAX;
    let mut weightless = four();
    weightless.iter_mut().for_each(|(_, weight)| *weight = 0);
    for list in [Vec::new(), overflowing, weightless] {
        assert_eq!(verify_justification(&good, SET, &list), Err(FinalityError::BadSet));
    }
}

/// How many sets follow the trusted one when a finalized block has this digest.
fn with_digest(digest: Digest) -> Result<u64, WarpError> {
    let chain = Chain::new();
    let start = chain.bundle(blocs_light::Question::Deal(crate::chain::DEAL));
    let trusted = start.verify(&chain.trust()).unwrap().checkpoint;
    let header = Header::new(20, Default::default(), Default::default(), Default::default(), digest);
    let fragment = Fragment {
        justification: justify(&header, 2, &["E", "F", "G"]),
        header,
    };
    let proof = WarpProof {
        fragments: vec![fragment],
        is_finished: true,
    };
    verify_warp(&trusted, &proof).map(|finalized| finalized.checkpoint.set_id - trusted.set_id)
}

#[test]
fn only_a_scheduled_change_without_delay_passes_the_trust_on() {
    let next = ScheduledChange {
        next_authorities: authorities(&["X"]),
        delay: 0,
    };
    let source = |result| match result {
        Err(WarpError::Fragment { source, .. }) => source,
        other => panic!("{other:?}"),
    };
    assert_eq!(with_digest(Digest { logs: vec![] }), Ok(0));
    assert_eq!(
        with_digest(Digest {
            logs: vec![change(&["X"], 0)]
        }),
        Ok(1)
    );
    let forced = log(ConsensusLog::ForcedChange(1, next));
    let digest = Digest {
        logs: vec![forced.clone()],
    };
    assert_eq!(source(with_digest(digest)), FinalityError::ForcedChange);
    let digest = Digest {
        logs: vec![change(&["X"], 0), forced],
    };
    assert_eq!(source(with_digest(digest)), FinalityError::ForcedChange);
    let digest = Digest {
        logs: vec![change(&["X"], 5)],
    };
    assert_eq!(source(with_digest(digest)), FinalityError::DelayedChange { delay: 5 });
    let paused = log(ConsensusLog::Pause(3));
    assert_eq!(with_digest(Digest { logs: vec![paused] }), Ok(0));
}
