//! What the client needs of the providers.

use async_trait::async_trait;
use blocs_chain::{ProviderRecord, Sr25519Signer};
use blocs_erasure::Segment;
use blocs_primitives::{
    AccountId, Balance, BlockNumber, DealId, ExtensionQuote, Period, Root, SlotExtension, SlotId, SlotIndex, SlotOffer,
};
use std::{fmt, ops::Range, sync::Arc};
use tokio::sync::mpsc;

/// A slot offered to a provider.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Account that will own the deal.
    pub owner: AccountId,
    /// Key of who uploads; it signs the offer.
    pub uploader: Sr25519Signer,
    /// The deal to be.
    pub deal: DealId,
    /// The slot.
    pub index: SlotIndex,
    /// Its size in bytes.
    pub size: u64,
    /// Proving periods.
    pub duration: Period,
}

/// A slot as the chain names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotRef {
    /// The slot.
    pub id: SlotId,
    /// BLAKE3 hash of its bytes.
    pub root: Root,
    /// Its size in bytes.
    pub size: u64,
}

/// Why a provider did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// No connection, or it broke, or there was no answer in time.
    #[error("cannot reach the provider: {0}")]
    Unreachable(String),
    /// It said no.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// It does not have the slot.
    #[error("the provider does not have the slot")]
    NotFound,
    /// What it sent is not what it must be: bytes that do not hash to the root, a quote for something else.
    #[error("the provider sent something wrong: {0}")]
    Lied(String),
    /// The client itself gave up, for example because a file could not be read.
    #[error("stopped by the client")]
    Stopped,
}

/// The providers, as the client sees them.
///
/// Contract: every wait has a time limit, so that each method returns. Methods may be called concurrently. Dropping a future aborts what it
/// does. [`Providers::get`] returns exactly the bytes asked for, verified against the slot's root, or an error.
#[async_trait]
pub trait Providers: Send + Sync + 'static {
    /// Offers a slot. The provider has room and names its price when this returns; nothing has been sent yet.
    async fn offer(&self, provider: &ProviderRecord, offer: &Offer) -> Result<Box<dyn PutSession>, ProviderError>;

    /// Reads a range of a slot.
    async fn get(&self, provider: &ProviderRecord, slot: &SlotRef, range: Range<u64>)
    -> Result<Vec<u8>, ProviderError>;

    /// Whether the provider says that it has the slot.
    async fn has(&self, provider: &ProviderRecord, slot: &SlotRef) -> Result<bool, ProviderError>;

    /// Asks for the quote `wanted`, to keep a slot longer. What comes back is signed by the provider's key and usable until
    /// `valid_until` of the quote wanted, or longer.
    async fn extend(&self, provider: &ProviderRecord, wanted: &ExtensionQuote) -> Result<SlotExtension, ProviderError>;
}

/// An accepted offer.
#[async_trait]
pub trait PutSession: Send {
    /// Price in planck per proving period.
    fn rate(&self) -> Balance;

    /// Last block in which the quote will be usable.
    fn valid_until(&self) -> BlockNumber;

    /// Sends the slot. Returns the provider's signed quote once it has the bytes on disk.
    async fn send(self: Box<Self>, content: SlotContent) -> Result<SlotOffer, ProviderError>;
}

/// The bytes of one slot, as they become ready.
#[derive(Debug)]
pub struct SlotContent {
    pieces: mpsc::Receiver<SlotPart>,
    root: Option<Root>,
}

/// What comes through the channel.
#[derive(Debug)]
pub(crate) enum SlotPart {
    Piece(Piece),
    End(Root),
}

impl SlotContent {
    pub(crate) fn channel() -> (mpsc::Sender<SlotPart>, Self) {
        // One piece waits while the one before is sent; segments bound the memory.
        let (sender, pieces) = mpsc::channel(1);
        (sender, Self { pieces, root: None })
    }

    /// The next bytes; `None` at the end, or when the client gives up. A caller drops each piece before it asks for the next.
    pub async fn next(&mut self) -> Option<Piece> {
        match self.pieces.recv().await? {
            SlotPart::Piece(piece) => Some(piece),
            SlotPart::End(root) => {
                self.root = Some(root);
                None
            }
        }
    }

    /// The hash of all bytes, after the end; `None` when the client has given up.
    pub fn root(&self) -> Option<Root> {
        self.root
    }
}

/// Some bytes of a slot: its shard of one segment.
#[derive(Clone)]
pub struct Piece {
    segment: Arc<Segment>,
    index: usize,
}

impl Piece {
    pub(crate) fn new(segment: Arc<Segment>, index: usize) -> Self {
        Self { segment, index }
    }
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        self.segment.shard(self.index)
    }
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Piece({} bytes)", self.as_ref().len())
    }
}
