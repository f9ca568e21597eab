//! What the database holds. Every record starts with its version.

#![allow(
    clippy::cast_possible_truncation,
    reason = "the derived Encode casts the index of a variant"
)]

use blocs_primitives::{AccountId, Balance, BlockNumber, Hash, Period, Root};
use codec::{Decode, DecodeAll, Encode};

/// A record that knows its version and how to be made from the version before it.
///
/// The first byte on disk is the version. A record of an older version is decoded as what it was and migrated step by step; one
/// of a version that this program does not know is refused, never guessed at.
pub trait Versioned: Encode + Decode {
    /// Version that this type writes.
    const VERSION: u8;
    /// The type of version `VERSION - 1`; `Self` for the first.
    type Previous: Versioned;

    /// Makes a record from its predecessor. Never called for the first version.
    fn migrate(previous: Self::Previous) -> Self;

    /// The record as it is written.
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![Self::VERSION];
        self.encode_to(&mut bytes);
        bytes
    }

    /// Reads a record of this or an older version.
    fn from_bytes(bytes: &[u8]) -> Result<Self, RecordError> {
        let (version, body) = bytes.split_first().ok_or(RecordError::Empty)?;
        Self::from_body(*version, body, Self::VERSION)
    }

    /// Step of [`Versioned::from_bytes`]: reads the body of a record of `version`. `newest` is for the message only.
    fn from_body(version: u8, body: &[u8], newest: u8) -> Result<Self, RecordError> {
        if version == Self::VERSION {
            return Self::decode_all(&mut &body[..]).map_err(|_| RecordError::Malformed { version });
        }
        if version > Self::VERSION || Self::Previous::VERSION >= Self::VERSION {
            return Err(RecordError::UnknownVersion { version, newest });
        }
        Self::Previous::from_body(version, body, newest).map(Self::migrate)
    }
}

/// Why a record cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// There is not even a version.
    #[error("the record is empty")]
    Empty,
    /// Written by a newer program, or by one too old.
    #[error("the record has version {version}, this program knows up to {newest}: use the program that wrote it")]
    UnknownVersion {
        /// Version found.
        version: u8,
        /// Newest version known.
        newest: u8,
    },
    /// The bytes do not decode.
    #[error("the record of version {version} does not decode: the database is damaged")]
    Malformed {
        /// Version found.
        version: u8,
    },
}

/// Whose store this is. A store never changes its chain or its provider.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Identity {
    /// Hash of the chain's first block.
    pub genesis: Hash,
    /// Account of the provider.
    pub provider: AccountId,
}

impl Versioned for Identity {
    const VERSION: u8 = 1;
    type Previous = Self;
    fn migrate(previous: Self) -> Self {
        previous
    }
}

/// The last finalized block whose effects are in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Cursor {
    /// Its height.
    pub number: BlockNumber,
    /// Its hash.
    pub hash: Hash,
}

impl Versioned for Cursor {
    const VERSION: u8 = 1;
    type Previous = Self;
    fn migrate(previous: Self) -> Self {
        previous
    }
}

/// Where a slot stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum SlotState {
    /// On disk and promised; no deal yet. Dropped once block `valid_until` is finalized without one.
    Quoted {
        /// Last block in which the quote can be used.
        valid_until: BlockNumber,
    },
    /// Part of a deal: must be kept and proved.
    Live {
        /// First period that is no longer paid.
        end: Period,
    },
    /// Closed or lost on chain; kept a while, for an open challenge may still name it.
    Closing {
        /// Finalized block that closed it.
        since: BlockNumber,
    },
    /// No longer needed: its bytes are deleted next, then the record.
    Gone,
}

/// A slot that was promised.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SlotRecord {
    /// BLAKE3 hash of the bytes.
    pub root: Root,
    /// Size in bytes.
    pub size: u64,
    /// Owner of the deal.
    pub owner: AccountId,
    /// Who brought the bytes, and answers for them until there is a deal.
    pub uploader: AccountId,
    /// What it earns per period, in planck.
    pub rate: Balance,
    /// Number of periods quoted.
    pub duration: Period,
    /// Where it stands.
    pub state: SlotState,
}

impl Versioned for SlotRecord {
    const VERSION: u8 = 2;
    type Previous = SlotRecordV1;
    fn migrate(previous: SlotRecordV1) -> Self {
        let SlotRecordV1 {
            root,
            size,
            owner,
            rate,
            duration,
            state,
        } = previous;
        // Only owners could upload.
        let uploader = owner.clone();
        Self {
            root,
            size,
            owner,
            uploader,
            rate,
            duration,
            state,
        }
    }
}

/// [`SlotRecord`] as it was when only the owner of a deal could upload for it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SlotRecordV1 {
    /// BLAKE3 hash of the bytes.
    pub root: Root,
    /// Size in bytes.
    pub size: u64,
    /// Owner of the deal.
    pub owner: AccountId,
    /// What it earns per period, in planck.
    pub rate: Balance,
    /// Number of periods quoted.
    pub duration: Period,
    /// Where it stands.
    pub state: SlotState,
}

impl Versioned for SlotRecordV1 {
    const VERSION: u8 = 1;
    type Previous = Self;
    fn migrate(previous: Self) -> Self {
        previous
    }
}

/// How a proving period ended for the provider, as finalized blocks tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum ProofOutcome {
    /// Paid.
    Proved {
        /// Amount accrued, in planck.
        paid: Balance,
    },
    /// Nothing was proved in time.
    Missed {
        /// Misses in a row.
        misses: u32,
        /// Taken from the bond, in planck.
        slashed: Balance,
    },
}

/// One line of the journal of proofs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ProofRecord {
    /// The proving period.
    pub period: Period,
    /// Finalized block that says so.
    pub block: BlockNumber,
    /// How it ended.
    pub outcome: ProofOutcome,
}

impl Versioned for ProofRecord {
    const VERSION: u8 = 1;
    type Previous = Self;
    fn migrate(previous: Self) -> Self {
        previous
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
