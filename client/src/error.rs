//! Errors, one enum per operation.

use crate::{CatalogueError, request::BadProvider};
use blocs_chain::{QueryError, SubmitError};
use blocs_erasure::{CoderError, EncodeError, LabelError, ManifestError};
use blocs_primitives::{AccountId, Balance, BlockNumber, DealId};
use std::{io, path::PathBuf};

/// Why nothing was stored, or why it is not known to be.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    /// A file or folder cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What is asked for makes no sense.
    #[error("cannot store this: {reason}")]
    BadRequest {
        /// What is wrong and what would be right.
        reason: String,
    },
    /// No such erasure code, or not on this machine.
    #[error(transparent)]
    Code(#[from] CoderError),
    /// Encoding failed.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The manifest cannot be made.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The label cannot be made.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// A file was written to between the two readings.
    #[error(
        "the files changed while they were being stored; nothing was charged. Try again when nobody writes to them"
    )]
    SourceChanged,
    /// The account cannot pay.
    #[error("cannot store this: {needed} planck needed, {held} held; send tokens to {account}, or store for less time")]
    InsufficientFunds {
        /// What price, deposit and fee come to, in planck.
        needed: Balance,
        /// What the account can spend, in planck.
        held: Balance,
        /// The account, as an address.
        account: String,
    },
    /// There are enough providers, but not at this price.
    #[error(
        "no {needed} providers keep slots for at most {max_price} planck per GiB and period; the price would be {asked}: raise --max-price"
    )]
    TooExpensive {
        /// Slots to place.
        needed: usize,
        /// The limit given, per GiB and period.
        max_price: Balance,
        /// The least limit that would do.
        asked: Balance,
    },
    /// Not enough providers, or not in enough zones.
    #[error(
        "cannot place {needed} slots: {found} of the providers on the chain could take one{}; {hint}",
        describe(bad_providers)
    )]
    TooFewProviders {
        /// Slots to place.
        needed: usize,
        /// Slots placed, or providers that fit.
        found: usize,
        /// What to do.
        hint: &'static str,
        /// Those that failed or refused.
        bad_providers: Vec<BadProvider>,
    },
    /// Uploading takes longer than quotes are good for.
    #[error(
        "the providers' quotes ran out at block {valid_until} before all of them had their slots; try again, or store less at a time"
    )]
    QuotesExpired {
        /// Last block of the first that ran out.
        valid_until: BlockNumber,
    },
    /// The chain could not be read.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The deal could not be opened.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// The deal is final, but the catalogue could not be written.
    #[error("the deal {deal:?} is final, but {source}; `blocs restore` puts it into the catalogue")]
    Catalogue {
        /// The deal.
        deal: DealId,
        /// What went wrong.
        source: CatalogueError,
    },
    /// A thread of the program broke down.
    #[error("the program failed inside: {0}; please report this")]
    Internal(String),
}

/// Why nothing was fetched.
#[derive(Debug, thiserror::Error)]
pub enum GetError {
    /// The object was not found, or the chain could not be read.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// What is asked for makes no sense.
    #[error("cannot fetch this: {reason}")]
    BadRequest {
        /// What is wrong and what would be right.
        reason: String,
    },
    /// Fewer providers than needed answer.
    #[error(
        "cannot fetch {what}: {found} of the {needed} slots needed can be read{}; try again later",
        describe(bad_providers)
    )]
    TooFewProviders {
        /// What was fetched.
        what: String,
        /// Slots that could be read.
        found: usize,
        /// Slots needed.
        needed: usize,
        /// Those that failed or lied.
        bad_providers: Vec<BadProvider>,
    },
    /// The bytes are those on the chain, but not what was stored.
    #[error("{what} is damaged: {reason}; the file was not written")]
    Integrity {
        /// What was fetched.
        what: String,
        /// How that shows.
        reason: String,
    },
    /// The key does not fit.
    #[error("cannot decrypt {what}: {reason}")]
    Key {
        /// What was fetched.
        what: String,
        /// Why.
        reason: String,
    },
    /// A file cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A thread of the program broke down.
    #[error("the program failed inside: {0}; please report this")]
    Internal(String),
}

/// Why an object could not be looked up.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// The account has no such object.
    #[error("there is no object {target} of account {account}: see `blocs ls`; `blocs restore` reads the chain anew")]
    NotFound {
        /// What was looked for.
        target: String,
        /// The account, as an address.
        account: String,
    },
    /// The chain could not be read.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The catalogue could not be read or written.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
}

/// Why an object could not be removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// The object was not found, or the chain could not be read.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// Somebody else pays for it.
    #[error(
        "cannot remove {name}: deal {deal:?} belongs to {owner}, and only its owner, by its own rules when it is a contract, ends it"
    )]
    NotOwner {
        /// Name of the object.
        name: String,
        /// The deal.
        deal: DealId,
        /// Its owner.
        owner: AccountId,
    },
    /// The chain did not take the call.
    #[error(transparent)]
    Submit(#[from] SubmitError),
}

/// `"; 5F…: reason"` for the first few.
pub(crate) fn describe(bad: &[BadProvider]) -> String {
    let mut text = String::new();
    for provider in bad.iter().take(3) {
        text.push_str(&format!(
            "; {} (slot {}): {}",
            provider.provider, provider.index.0, provider.reason
        ));
    }
    if bad.len() > 3 {
        text.push_str(&format!("; and {} more", bad.len() - 3));
    }
    text
}
