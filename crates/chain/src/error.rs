//! Errors, one enum per operation.

use blocs_primitives::{Balance, Hash};

/// The node cannot be reached, or the connection broke and could not be mended in time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot reach the node at {url}: {reason}; is blocs-node running? Start it, or name another node with --url")]
pub struct Unreachable {
    /// The node's address.
    pub url: String,
    /// What the connection said.
    pub reason: String,
}

/// Why [`crate::connect`] failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// No connection.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// Another chain answers there.
    #[error(
        "the node serves another chain: expected genesis {expected:?}, found {found:?}; name a node of the right chain \
         with --url, or use the configuration that belongs to that chain"
    )]
    WrongChain {
        /// The genesis hash asked for.
        expected: Hash,
        /// The node's.
        found: Hash,
    },
    /// The chain has no storage market, or one of another shape.
    #[error(
        "the chain at {url} is not one that this program knows: {reason}; use programs and node of the same release"
    )]
    Incompatible {
        /// The node's address.
        url: String,
        /// What is missing.
        reason: String,
    },
}

/// Why a read failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// No connection.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// The node does not know the block, or has pruned its state.
    #[error(
        "cannot read {what}: the node does not have that block's state: {reason}; use an archive node or a later block"
    )]
    NoState {
        /// What was read.
        what: String,
        /// What the node said.
        reason: String,
    },
    /// The node answers, but with an error.
    #[error("cannot read {what}: the node answered with an error: {reason}; look at the node's log")]
    Node {
        /// What was read.
        what: String,
        /// What the node said.
        reason: String,
    },
    /// The state has another shape than this program expects.
    #[error("cannot understand {what} as the chain stores it: {reason}; use programs and node of the same release")]
    Incompatible {
        /// What was read.
        what: String,
        /// What did not fit.
        reason: String,
    },
}

/// Why a signed call had no effect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// No connection. When the transaction had been sent already, it was not found in any block by the time of giving up.
    #[error("cannot submit {call}: {source}")]
    Unreachable {
        /// The call.
        call: String,
        /// The cause.
        source: Unreachable,
    },
    /// The account cannot pay fee, deposit, bond or amount.
    #[error(
        "cannot submit {call}: insufficient funds: {needed} planck needed, {held} held{locked}; send tokens to {account} first"
    )]
    InsufficientFunds {
        /// The call.
        call: String,
        /// The account, as an address.
        account: String,
        /// What the call needs in all, in planck, as far as known.
        needed: Balance,
        /// What the account can spend, in planck.
        held: Balance,
        /// What it has beside that and why it cannot spend it, as the end of a sentence; empty when there is nothing.
        locked: String,
    },
    /// The chain can never take the transaction as it is, or would run it in vain.
    #[error("cannot submit {call}: {reason}; nothing was sent")]
    Invalid {
        /// The call.
        call: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The chain ran the call and it failed; only the fee was taken.
    #[error("{call} failed: {pallet}::{error}: {docs}")]
    Dispatch {
        /// The call.
        call: String,
        /// The pallet that refused.
        pallet: String,
        /// The name of its error.
        error: String,
        /// The error's documentation.
        docs: String,
    },
    /// The transaction pool did not take the transaction, or threw it out.
    #[error("the node refused {call}: {reason}; nothing was charged. Try again")]
    Refused {
        /// The call.
        call: String,
        /// What the node said.
        reason: String,
    },
    /// The transaction did not get into a block before it expired.
    #[error("{call} was not included in a block in time and has expired; nothing was charged. Try again")]
    Expired {
        /// The call.
        call: String,
    },
    /// The state that the call needs cannot be read.
    #[error("cannot submit {call}: {source}")]
    Query {
        /// The call.
        call: String,
        /// The cause.
        source: QueryError,
    },
}

/// Why a proof was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError {
    /// No connection.
    #[error("cannot submit the proof of period {period}: {source}")]
    Unreachable {
        /// The period.
        period: u32,
        /// The cause.
        source: Unreachable,
    },
    /// The chain finds the proof invalid, out of date, or already given.
    #[error("the chain refused the proof of period {period}: {reason}")]
    Refused {
        /// The period.
        period: u32,
        /// What the node said.
        reason: String,
    },
    /// The proof left the pool without being included: read the challenge again and rebuild the proof.
    #[error("the proof of period {period} was not included: {reason}")]
    Dropped {
        /// The period.
        period: u32,
        /// What the node said.
        reason: String,
    },
    /// The state that the proof needs cannot be read.
    #[error("cannot submit the proof of period {period}: {source}")]
    Query {
        /// The period.
        period: u32,
        /// The cause.
        source: QueryError,
    },
}

/// Why a key could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// The text is neither a mnemonic nor a secret URI. The text itself is not repeated.
    #[error(
        "cannot read the secret: {reason}; give 12 to 24 words, a seed in hex, or a development key such as //Alice"
    )]
    Invalid {
        /// What is wrong.
        reason: String,
    },
}
