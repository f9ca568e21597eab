//! From what is trusted to the newest finalized block, one change of authorities after the other.

use crate::{
    FinalityError, Header, Justification, ProofError, WarpError, bundle::decode, finality, verify_justification,
};
use blocs_primitives::{BlockNumber, Hash};
use codec::{Decode, Encode};
use serde::{Deserialize, Serialize};
use sp_consensus_grandpa::{AuthorityId, AuthorityList};
use sp_runtime::traits::Header as _;

/// A finalized block, and the authorities who finalize what comes after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Hash of the chain's first block.
    pub genesis: Hash,
    /// Height of the block.
    pub number: BlockNumber,
    /// Hash of the block.
    pub hash: Hash,
    /// Number of the set of authorities.
    pub set_id: u64,
    /// The authorities with their weights.
    pub authorities: Vec<(AuthorityId, u64)>,
}

/// A finalized block; unless it is a proof's last, it names the next authorities.
///
/// Encoded as `WarpSyncFragment` of sc-consensus-grandpa.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Fragment {
    /// The block.
    pub header: Header,
    /// The votes of the authorities before it.
    pub justification: Justification,
}

/// All changes of authorities from some block on, and the newest finalized block.
///
/// Encoded as `WarpSyncProof` of sc-consensus-grandpa.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct WarpProof {
    /// The steps, in the chain's order.
    pub fragments: Vec<Fragment>,
    /// Whether the last step is the newest finalized block; otherwise more follows.
    pub is_finished: bool,
}

impl WarpProof {
    /// Decodes what a node has answered.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProofError> {
        decode("the warp proof", bytes)
    }
}

/// Where a warp proof leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finalized {
    /// Height of the newest finalized block.
    pub number: BlockNumber,
    /// Its hash.
    pub hash: Hash,
    /// The set of authorities that finalized it; that of the start when there is no fragment.
    pub set_id: u64,
    /// How many authorities that set has.
    pub authorities: usize,
    /// How many changes of authorities lie between the start and that set.
    pub changes: u64,
    /// What the next proof may start from.
    pub checkpoint: Checkpoint,
}

/// Follows the warp proof from what is trusted.
pub fn verify_warp(start: &Checkpoint, proof: &WarpProof) -> Result<Finalized, WarpError> {
    let mut now = Finalized {
        number: start.number,
        hash: start.hash,
        set_id: start.set_id,
        authorities: start.authorities.len(),
        changes: 0,
        checkpoint: start.clone(),
    };
    let count = proof.fragments.len();
    for (index, fragment) in proof.fragments.iter().enumerate() {
        // A node answers with its newest finalized block even if that is the one asked from.
        if fragment.header.hash() == now.hash {
            continue;
        }
        let set_id = now.checkpoint.set_id;
        let last = index.saturating_add(1) == count;
        step(&mut now, fragment, last).map_err(|source| WarpError::Fragment {
            position: index.saturating_add(1),
            count,
            number: *fragment.header.number(),
            set_id,
            source,
        })?;
    }
    if !proof.is_finished {
        return Err(WarpError::Unfinished);
    }
    now.changes = now.set_id.saturating_sub(start.set_id);
    Ok(now)
}

fn step(now: &mut Finalized, fragment: &Fragment, last: bool) -> Result<(), FinalityError> {
    let Fragment { header, justification } = fragment;
    let (number, hash) = (*header.number(), header.hash());
    let commit = &justification.commit;
    if commit.target_hash != hash || commit.target_number != number {
        return Err(FinalityError::OtherBlock {
            number: commit.target_number,
            hash: commit.target_hash,
            header: hash,
        });
    }
    if number <= now.number {
        return Err(FinalityError::NotAbove { previous: now.number });
    }
    let Checkpoint {
        set_id, authorities, ..
    } = &now.checkpoint;
    verify_justification(justification, *set_id, authorities)?;
    let next: Option<AuthorityList> = finality::next_authorities(header)?;
    if next.is_none() && !last {
        return Err(FinalityError::NoChange);
    }
    (now.set_id, now.authorities) = (*set_id, authorities.len());
    (now.number, now.hash) = (number, hash);
    (now.checkpoint.number, now.checkpoint.hash) = (number, hash);
    if let Some(next) = next {
        now.checkpoint.set_id = now.checkpoint.set_id.saturating_add(1);
        now.checkpoint.authorities = next;
    }
    Ok(())
}
