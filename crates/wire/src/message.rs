//! The messages, and what is signed.

#![allow(
    clippy::cast_possible_truncation,
    reason = "the codec's derive for enums numbers the variants with casts"
)]

use blocs_primitives::{
    AccountId, Balance, BlockNumber, DealId, ExtensionQuote, Hash, Period, Quote, Root, SlotId, SlotIndex,
};
use codec::{Decode, Encode};
use sp_core::{Pair, sr25519};

/// A wish to have a slot kept by a provider, for a deal that its owner can then open.
///
/// The owner may be an account without a key, such as a contract. So who uploads signs, with a key of their own: the provider counts the
/// bytes against the uploader until there is a deal, and nobody can spend the quota of another. For an ordinary put both are one account.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PutOffer {
    /// Hash of the chain's first block.
    pub genesis: Hash,
    /// Account of the provider.
    pub provider: AccountId,
    /// Account that will own the deal: only it can use the quote.
    pub owner: AccountId,
    /// Account that signs the offer, and answers for the bytes until there is a deal.
    pub uploader: AccountId,
    /// The deal to be.
    pub deal: DealId,
    /// The slot.
    pub index: SlotIndex,
    /// Its size in bytes.
    pub size: u64,
    /// Number of proving periods.
    pub duration: Period,
    /// When the offer was signed, in seconds since 1970.
    pub issued_at: u64,
}

impl PutOffer {
    /// The 32 bytes that the uploader signs.
    pub fn signing_payload(&self) -> [u8; 32] {
        sp_crypto_hashing::blake2_256(&(b"blocs/offer/2", self).encode())
    }

    /// The slot offered.
    pub fn slot(&self) -> SlotId {
        SlotId {
            deal: self.deal,
            index: self.index,
        }
    }

    /// The offer with the uploader's signature, made by `sign` over [`PutOffer::signing_payload`].
    pub fn sign(self, sign: impl FnOnce(&[u8; 32]) -> sr25519::Signature) -> SignedOffer {
        let signature = sign(&self.signing_payload());
        SignedOffer { offer: self, signature }
    }
}

/// An offer and its uploader's signature.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SignedOffer {
    /// The offer.
    pub offer: PutOffer,
    /// Signature of the uploader's account over [`PutOffer::signing_payload`].
    pub signature: sr25519::Signature,
}

impl SignedOffer {
    /// Whether the uploader named in the offer signed it.
    pub fn is_authentic(&self) -> bool {
        let uploader: &[u8; 32] = self.offer.uploader.as_ref();
        let key = sr25519::Public::from(*uploader);
        sr25519::Pair::verify(&self.signature, self.offer.signing_payload(), &key)
    }
}

/// A quote and the signature of the provider's operator key over [`Quote::signing_payload`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SignedQuote {
    /// The quote.
    pub quote: Quote,
    /// The signature.
    pub signature: sr25519::Signature,
}

/// A quote for keeping a slot longer, and the signature of the provider's operator key over [`ExtensionQuote::signing_payload`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SignedExtension {
    /// The quote.
    pub quote: ExtensionQuote,
    /// The signature.
    pub signature: sr25519::Signature,
}

/// What a provider holds of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Held {
    /// BLAKE3 hash of its bytes.
    pub root: Root,
    /// Its size in bytes.
    pub size: u64,
}

/// What a provider says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Stat {
    /// Hash of its chain's first block.
    pub genesis: Hash,
    /// Its account.
    pub provider: AccountId,
    /// Price in planck per GiB and period.
    pub price: Balance,
    /// Bytes that it would still take.
    pub free: u64,
    /// Bytes that it holds.
    pub held: u64,
    /// Whether it takes new slots at all.
    pub accepting: bool,
}

/// Why a peer says no.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// The kind.
    pub code: RefusalCode,
    /// For people: what was refused, why, what to do.
    pub message: String,
}

/// Longest message of a refusal, in bytes.
const MAX_REFUSAL_BYTES: usize = 512;

impl Refusal {
    /// A refusal; a message that is too long is cut.
    pub fn new(code: RefusalCode, message: impl Into<String>) -> Self {
        let mut message = message.into();
        let mut end = message.len().min(MAX_REFUSAL_BYTES);
        while !message.is_char_boundary(end) {
            end -= 1;
        }
        message.truncate(end);
        Self { code, message }
    }
}

/// Kinds of refusal. New ones are added at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum RefusalCode {
    /// The request has a version that the peer does not know.
    UnknownVersion,
    /// The request does not decode, is too large, or makes no sense.
    Malformed,
    /// The offer is not signed by its uploader, is for another chain or provider, or is too old.
    Unauthorized,
    /// Too much at once, or not now: try again later.
    Busy,
    /// The provider does not want this slot; another offer may do.
    Unwanted,
    /// The slot is not here.
    NotFound,
    /// The bytes are not those announced.
    WrongContent,
    /// The provider failed: its disk, its database, damaged bytes.
    Failed,
}

impl RefusalCode {
    /// Whether the same request may succeed later.
    pub fn is_temporary(self) -> bool {
        matches!(self, Self::Busy)
    }
}

/// What a client asks. One request a stream.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Request {
    /// To keep a slot.
    Put(SignedOffer),
    /// To read groups of a slot.
    Get {
        /// The slot.
        slot: SlotId,
        /// Its root as the client knows it.
        root: Root,
        /// First group.
        first: u64,
        /// Number of groups.
        count: u64,
    },
    /// Which of these slots the provider has; at most [`crate::MAX_SLOTS_ASKED`].
    Has(Vec<SlotId>),
    /// How the provider is.
    Stat,
    /// To keep a slot of an open deal until a later period. Anyone may ask: only the deal's owner can use the answer.
    Extend {
        /// The slot.
        slot: SlotId,
        /// First period that would no longer be paid.
        end: Period,
    },
}

/// What a provider answers.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Response {
    /// No. Has this shape in every version.
    Refused(Refusal),
    /// The slot can be sent.
    Go {
        /// Price in planck per proving period.
        rate: Balance,
        /// Last block in which the quote will be usable, at least.
        valid_until: BlockNumber,
    },
    /// The slot is on disk.
    Quoted(SignedQuote),
    /// The groups follow.
    Reading {
        /// Size of the slot in bytes.
        size: u64,
    },
    /// What is held of each slot asked for, in order.
    Held(Vec<Option<Held>>),
    /// How the provider is.
    Stat(Stat),
    /// The slot is held, and can be kept longer.
    Extended(SignedExtension),
}
