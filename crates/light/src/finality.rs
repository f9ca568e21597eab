//! Whether a block is final: GRANDPA's justifications and changes of authorities.

use crate::{FinalityError, Header};
use blocs_primitives::{BlockNumber, Hash};
use finality_grandpa::{Chain, Message, validate_commit, voter_set::VoterSet};
use sp_consensus_grandpa::{
    AuthorityId, AuthorityList, ConsensusLog, GRANDPA_ENGINE_ID, GrandpaJustification, ScheduledChange,
    SignatureResult, check_message_signature_with_buffer,
};
use sp_runtime::{generic::OpaqueDigestItemId, traits::Header as _};
use std::collections::{HashMap, HashSet};

/// Votes that make a block final.
pub type Justification = GrandpaJustification<Header>;

/// Checks that the justification makes its target final: votes of more than two thirds of the weight of `authorities`,
/// signed for the set `set_id`, for the target or for blocks that its headers show to be descendants.
///
/// The rules are those of `finality_grandpa::validate_commit`: a repeated vote counts once, and a voter who voted for two
/// blocks counts for both. Stricter than nodes are, a vote by somebody outside the set is refused, not passed over.
pub fn verify_justification(
    justification: &Justification,
    set_id: u64,
    authorities: &AuthorityList,
) -> Result<(), FinalityError> {
    let voters = VoterSet::new(authorities.iter().cloned()).ok_or(FinalityError::BadSet)?;
    let votes = &justification.commit.precommits;
    if votes.len() > voters.len().get().saturating_mul(2) {
        return Err(FinalityError::TooManyVotes {
            votes: votes.len(),
            voters: voters.len().get(),
        });
    }
    // The vote graph is built only from what authorities have signed and whose heights agree with the headers.
    signatures(justification, set_id, &voters)?;
    let ancestry = Ancestry::new(&justification.votes_ancestries);
    connected(justification, &ancestry)?;
    match validate_commit(&justification.commit, &voters, &ancestry) {
        Ok(result) if result.is_valid() => Ok(()),
        _ => Err(FinalityError::TooFewVotes),
    }
}

fn signatures(justification: &Justification, set_id: u64, voters: &VoterSet<AuthorityId>) -> Result<(), FinalityError> {
    let mut buffer = Vec::new();
    for vote in &justification.commit.precommits {
        if !voters.contains(&vote.id) {
            return Err(FinalityError::Stranger { voter: vote.id.clone() });
        }
        let checked = check_message_signature_with_buffer(
            &Message::Precommit(vote.precommit.clone()),
            &vote.id,
            &vote.signature,
            justification.round,
            set_id,
            &mut buffer,
        );
        match checked {
            SignatureResult::Valid => {}
            SignatureResult::Invalid => return Err(FinalityError::Signature { voter: vote.id.clone() }),
            SignatureResult::OutdatedSet => return Err(FinalityError::OldSet { voter: vote.id.clone() }),
        }
    }
    Ok(())
}

/// Every vote leads down to the lowest one, through headers whose heights fall by one, and no header is left over.
fn connected(justification: &Justification, ancestry: &Ancestry) -> Result<(), FinalityError> {
    let votes = &justification.commit.precommits;
    let lowest = votes.iter().min_by_key(|vote| vote.precommit.target_number);
    let base = match lowest {
        Some(vote) => (vote.precommit.target_hash, vote.precommit.target_number),
        None => return Err(FinalityError::TooFewVotes),
    };
    let mut visited = HashSet::new();
    for vote in votes {
        let broken = || FinalityError::Ancestry { voter: vote.id.clone() };
        let (mut hash, mut number) = (vote.precommit.target_hash, vote.precommit.target_number);
        while (hash, number) != base {
            let header = ancestry.0.get(&hash).ok_or_else(broken)?;
            if *header.number() != number || number <= base.1 {
                return Err(broken());
            }
            if !visited.insert(hash) {
                // From here on another vote has walked.
                break;
            }
            (hash, number) = (*header.parent_hash(), number.saturating_sub(1));
        }
    }
    if visited.len() != justification.votes_ancestries.len() {
        return Err(FinalityError::UnusedHeaders);
    }
    Ok(())
}

/// The headers of a justification by their hash.
struct Ancestry<'a>(HashMap<Hash, &'a Header>);

impl<'a> Ancestry<'a> {
    fn new(headers: &'a [Header]) -> Self {
        Self(headers.iter().map(|header| (header.hash(), header)).collect())
    }
}

impl Chain<Hash, BlockNumber> for Ancestry<'_> {
    fn ancestry(&self, base: Hash, block: Hash) -> Result<Vec<Hash>, finality_grandpa::Error> {
        let mut route = Vec::new();
        let mut current = block;
        while current != base {
            let header = self.0.get(&current).ok_or(finality_grandpa::Error::NotDescendent)?;
            current = *header.parent_hash();
            route.push(current);
        }
        // The base itself does not belong to it.
        route.pop();
        Ok(route)
    }
}

/// The authorities that take over after this block, when it names some.
pub(crate) fn next_authorities(header: &Header) -> Result<Option<AuthorityList>, FinalityError> {
    let of_grandpa = OpaqueDigestItemId::Consensus(&GRANDPA_ENGINE_ID);
    let logs = header.digest().logs().iter();
    let mut scheduled: Option<ScheduledChange<BlockNumber>> = None;
    for log in logs.filter_map(|item| item.try_to::<ConsensusLog<BlockNumber>>(of_grandpa)) {
        match log {
            ConsensusLog::ForcedChange(..) => return Err(FinalityError::ForcedChange),
            ConsensusLog::ScheduledChange(change) => {
                // As in GRANDPA, the first one counts.
                scheduled.get_or_insert(change);
            }
            _ => {}
        }
    }
    match scheduled {
        Some(change) if change.delay != 0 => Err(FinalityError::DelayedChange { delay: change.delay }),
        change => Ok(change.map(|change| change.next_authorities)),
    }
}
