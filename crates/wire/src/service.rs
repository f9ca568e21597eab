//! What a node that serves shards must be able to do.

use crate::{Held, PutOffer, Refusal, SignedExtension, SignedQuote, Stat};
use blocs_primitives::{AccountId, Balance, BlockNumber, Hash, Period, Root, SlotId};
use libp2p::PeerId;
use std::ops::Range;

/// Answers the protocol. The provider implements it.
///
/// Every method may block on a disk: it is called on a thread that may. Before [`ShardService::offer`] is called, the offer's
/// signature, chain, provider, age and size have been checked.
pub trait ShardService: Send + Sync + 'static {
    /// Hash of the chain's first block: offers for another chain are refused.
    fn genesis(&self) -> Hash;
    /// Account of the provider: offers to another are refused.
    fn provider(&self) -> AccountId;
    /// Decides on an offer.
    fn offer(&self, peer: PeerId, offer: &PutOffer) -> Result<Accepted, Refusal>;
    /// Opens a slot for reading.
    fn open(&self, peer: PeerId, slot: SlotId) -> Result<Box<dyn SlotSource>, Refusal>;
    /// What is held of a slot.
    fn has(&self, slot: SlotId) -> Option<Held>;
    /// How the provider is.
    fn stat(&self) -> Stat;
    /// Decides whether a slot of an open deal is kept until period `end`, at the rate that it has, and signs the quote. Whoever asks is
    /// not known: the quote names the deal's owner.
    fn extend(&self, peer: PeerId, slot: SlotId, end: Period) -> Result<SignedExtension, Refusal>;
}

/// An offer that was accepted.
pub struct Accepted {
    /// Price in planck per proving period; the quote must have the same.
    pub rate: Balance,
    /// Last block in which the quote will be usable; the quote may be valid longer.
    pub valid_until: BlockNumber,
    /// Takes the bytes.
    pub sink: Box<dyn SlotSink>,
}

/// Takes the bytes of one slot. Dropping it gives the upload up: the peer went away, was too slow, or sent something wrong.
pub trait SlotSink: Send {
    /// Appends bytes; never more in all than were offered.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal>;
    /// Compares the root that the sender names, makes the slot durable, and only then signs the quote.
    fn finish(self: Box<Self>, sent: Root) -> Result<SignedQuote, Refusal>;
}

/// A slot that is being read.
pub trait SlotSource: Send {
    /// BLAKE3 hash of its bytes.
    fn root(&self) -> Root;
    /// Its size in bytes.
    fn size(&self) -> u64;
    /// Reads groups, in batches as [`blocs_primitives::outboard::Run`] gives them, of at most [`crate::MAX_DATA_BYTES`]. `out` takes
    /// each batch's nodes and content; when it returns `false` nobody reads any more, and the method returns.
    fn run(&self, groups: Range<u64>, out: &mut dyn FnMut(Vec<u8>, Vec<u8>) -> bool) -> Result<(), Refusal>;
}
