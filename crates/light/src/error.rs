//! What can be wrong with a proof, by the step that found it.

use blocs_primitives::{BlockNumber, Hash};
use sp_consensus_grandpa::AuthorityId;

/// Why a proof is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The file is larger than any proof.
    #[error("the proof has {size} bytes; at most {limit} are read")]
    TooLarge {
        /// Its size.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// The file is something else, or damaged.
    #[error("this is no proof in the format blocs-proof: {0}")]
    Format(String),
    /// The file is of another version.
    #[error("the proof is in version {found} of the format; this program reads version {known}")]
    Version {
        /// The file's version.
        found: u32,
        /// The one that is known.
        known: u32,
    },
    /// A part cannot be decoded.
    #[error("{part} cannot be decoded: {reason}")]
    Undecodable {
        /// Which part.
        part: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The proof begins with another chain's first block, or an altered one.
    #[error(
        "the proof begins with the block {found:?}, but you trust the first block {trusted:?}: it is altered, or of another chain"
    )]
    WrongGenesis {
        /// Hash of the header in the proof.
        found: Hash,
        /// The trusted hash.
        trusted: Hash,
    },
    /// The proof begins elsewhere than the trust does.
    #[error("the proof begins {found}, but your trust begins {trusted}: make the proof again from there")]
    WrongStart {
        /// Where it begins.
        found: String,
        /// What is trusted.
        trusted: String,
    },
    /// The first authorities are not proved by the first block's state.
    #[error("the first authorities are not proved: {0}")]
    FirstAuthorities(StateError),
    /// The chain of finality is broken.
    #[error(transparent)]
    Warp(#[from] WarpError),
    /// The headers do not lead from the finalized block to the proved one.
    #[error(
        "header {position} of {count} has the hash {found:?} in place of {expected:?}: the headers do not lead from the finalized block to the proved one"
    )]
    Header {
        /// Position in the list, from 1.
        position: usize,
        /// Length of the list.
        count: usize,
        /// Its hash.
        found: Hash,
        /// The hash that it must have.
        expected: Hash,
    },
    /// The headers are missing, or too many.
    #[error("the proof has {count} headers; at least one and at most {limit} are needed")]
    HeaderCount {
        /// How many there are.
        count: usize,
        /// The limit.
        limit: usize,
    },
    /// The state does not hold the value.
    #[error("the state of block {number} is not proved: {source}")]
    State {
        /// The block's height.
        number: BlockNumber,
        /// What is wrong.
        source: StateError,
    },
}

/// Why a storage proof is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// The node with the state's root is not there.
    #[error("no node of the proof has the hash of the state's root, {root:?}")]
    NoRoot {
        /// The root.
        root: Hash,
    },
    /// A node on the way to the key is missing or altered.
    #[error("the way to the key 0x{key} is incomplete: a node is missing or altered ({reason})", key = hex(key))]
    Incomplete {
        /// The key.
        key: Vec<u8>,
        /// What the trie says.
        reason: String,
    },
    /// A value that must be there is not.
    #[error("there is nothing at the key 0x{key}", key = hex(key))]
    Absent {
        /// The key.
        key: Vec<u8>,
    },
    /// The value has another shape than it must have.
    #[error("the value at the key 0x{key} cannot be decoded: {reason}", key = hex(key))]
    Shape {
        /// The key.
        key: Vec<u8>,
        /// What is wrong with it.
        reason: String,
    },
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Which fragment of a warp proof is refused, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WarpError {
    /// A fragment is refused.
    #[error("step {position} of {count} of the warp proof, block {number}, authority set {set_id}: {source}")]
    Fragment {
        /// Its position, from 1.
        position: usize,
        /// How many there are.
        count: usize,
        /// Height of its block.
        number: BlockNumber,
        /// The set of authorities that must have finalized it.
        set_id: u64,
        /// What is wrong.
        source: FinalityError,
    },
    /// The proof says itself that it goes on.
    #[error("the warp proof is not finished: a part is missing")]
    Unfinished,
}

/// Why a block is not taken for final.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FinalityError {
    /// The justification is another block's.
    #[error("the justification is for block {number} {hash:?}, not for the header's {header:?}")]
    OtherBlock {
        /// Height that it justifies.
        number: BlockNumber,
        /// Hash that it justifies.
        hash: Hash,
        /// Hash of the header.
        header: Hash,
    },
    /// The block is not above the one before.
    #[error("it is not above block {previous}, which was final before")]
    NotAbove {
        /// Height of the block before.
        previous: BlockNumber,
    },
    /// The set of authorities is empty, or its weights overflow.
    #[error("the set of authorities is empty or its weights make no sense")]
    BadSet,
    /// More votes than two for each authority.
    #[error("there are {votes} votes, more than two for each of {voters} authorities")]
    TooManyVotes {
        /// Votes in the justification.
        votes: usize,
        /// Authorities in the set.
        voters: usize,
    },
    /// A vote by somebody else.
    #[error("{voter:?} has voted, who is not in the set")]
    Stranger {
        /// Who voted.
        voter: AuthorityId,
    },
    /// A signature does not fit the vote, the round and the set.
    #[error("the signature of {voter:?} is wrong")]
    Signature {
        /// Who is said to have signed.
        voter: AuthorityId,
    },
    /// A signature from before the present set.
    #[error("{voter:?} has signed for the set before")]
    OldSet {
        /// Who signed.
        voter: AuthorityId,
    },
    /// The headers of the justification do not connect the votes.
    #[error("the vote of {voter:?} is for a block that the justification's headers do not connect with the others")]
    Ancestry {
        /// Whose vote.
        voter: AuthorityId,
    },
    /// The justification has headers that no vote needs.
    #[error("the justification has headers that no vote needs")]
    UnusedHeaders,
    /// More than a third of the weight is missing.
    #[error("the votes do not finalize it: more than two thirds of the authorities' weight are needed")]
    TooFewVotes,
    /// The block does not name the next authorities although others follow.
    #[error("it does not name the next authorities, but it is not the last step")]
    NoChange,
    /// A change that took place without the old authorities' votes.
    #[error("it forces a change of authorities, which the authorities before have not agreed to: trust cannot pass it")]
    ForcedChange,
    /// A change that takes effect later.
    #[error("its change of authorities is delayed by {delay} blocks, which this chain never does")]
    DelayedChange {
        /// The delay in blocks.
        delay: BlockNumber,
    },
}
