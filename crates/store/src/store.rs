//! The store as the daemon sees it.

use crate::{CommitError, Cursor, Identity, OpenError, ProofRecord, PutError, ReadError, SlotReader, SlotRecord};
use blocs_primitives::{AccountId, Balance, BlockNumber, Period, Root, SlotId};

/// Keeps slots and their records.
///
/// # Contract
///
/// - **Promise after sync.** When [`SlotWriter::commit`] returns `Ok`, the slot's bytes, its outboard, their names and its record
///   survive the loss of power. Only then may a quote be signed. When it returns an error, nothing was promised and nothing remains.
/// - **Nothing wrong is served.** A [`SlotReader`] checks what it reads against the slot's root, and gives an error instead of wrong bytes.
/// - **A block is applied whole.** [`ShardStore::apply`] writes the effects of a finalized block and the cursor in one batch:
///   after a crash either both are there or neither.
/// - **A failed commit is final.** After a write to the database or an fsync failed, nobody knows what is on disk. The store
///   then refuses every further change; it must be opened again. Reading goes on.
/// - **An acknowledged slot is never dropped** but by its own life: quote expired without a deal, or closed on chain and kept
///   for `closing_grace` blocks more.
///
/// Every method blocks on the disk: call them from a thread that may block.
pub trait ShardStore: Send + Sync + 'static {
    /// Binds the store to a chain and a provider, or checks that it is bound to them.
    fn bind(&self, identity: &Identity) -> Result<(), OpenError>;
    /// The last block applied.
    fn cursor(&self) -> Option<Cursor>;
    /// Starts to write a slot: reserves its bytes until the writer is committed or dropped.
    fn begin(&self, slot: SlotId, size: u64) -> Result<Box<dyn SlotWriter>, PutError>;
    /// Moves the end of a quote that was given already; durable on return. The slot must be quoted still, an earlier end changes nothing.
    fn requote(&self, slot: SlotId, valid_until: BlockNumber) -> Result<SlotRecord, CommitError>;
    /// A slot's record.
    fn slot(&self, slot: SlotId) -> Option<SlotRecord>;
    /// All records, in order of their ids.
    fn slots(&self) -> Vec<(SlotId, SlotRecord)>;
    /// Opens a slot for reading.
    fn open(&self, slot: SlotId) -> Result<SlotReader, ReadError>;
    /// Applies the effects of finalized blocks up to `effects.cursor`, in one batch with it.
    fn apply(&self, effects: &BlockEffects) -> Result<Applied, CommitError>;
    /// Deletes the bytes of slots that are [`crate::SlotState::Gone`], then their records. Returns how many.
    fn collect(&self) -> Result<usize, CommitError>;
    /// Figures.
    fn usage(&self) -> Usage;
    /// Bytes that this account brought and that have no deal yet, whoever is to own it: what a quota per uploader limits.
    fn quoted_bytes(&self, uploader: &AccountId) -> u64;
    /// The last lines of the journal of proofs, newest first.
    fn proofs(&self, limit: usize) -> Vec<ProofRecord>;
    /// Why the store refuses changes, if it does.
    fn stopped(&self) -> Option<String>;
    /// Writes everything out before a clean stop.
    fn close(&self) -> Result<(), CommitError>;
}

/// A slot that is being written. Dropping it removes what was written and frees the reservation.
pub trait SlotWriter: Send {
    /// Appends bytes; an error when more come than were offered.
    fn write(&mut self, bytes: &[u8]) -> Result<(), PutError>;
    /// Ends the content and returns its root; an error when bytes are missing.
    fn root(&mut self) -> Result<Root, PutError>;
    /// Makes the slot durable under its name: content, outboard, folder, record, in this order.
    fn commit(self: Box<Self>, terms: QuoteTerms) -> Result<SlotRecord, PutError>;
}

/// What a quote promises, beside the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteTerms {
    /// Owner of the deal.
    pub owner: AccountId,
    /// Who brought the bytes, and answers for them until there is a deal.
    pub uploader: AccountId,
    /// Price in planck per period.
    pub rate: Balance,
    /// Number of periods.
    pub duration: Period,
    /// Last block in which the quote can be used.
    pub valid_until: BlockNumber,
}

/// The effects of finalized blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockEffects {
    /// The last block; higher than the store's cursor.
    pub cursor: Cursor,
    /// What happened, in order.
    pub changes: Vec<Change>,
    /// Blocks for which a closed slot is kept.
    pub closing_grace: BlockNumber,
}

/// One thing that happened on chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A deal with this slot was opened.
    Opened {
        /// The slot.
        slot: SlotId,
        /// First period that is no longer paid.
        end: Period,
    },
    /// The deal ends early: the slot too, unless it ends before.
    EndCut {
        /// The slot.
        slot: SlotId,
        /// First period that is no longer paid.
        end: Period,
    },
    /// The slot's end was moved.
    EndMoved {
        /// The slot.
        slot: SlotId,
        /// First period that is no longer paid.
        end: Period,
    },
    /// The slot was closed or lost.
    Closed {
        /// The slot.
        slot: SlotId,
        /// The block that did it.
        block: BlockNumber,
    },
    /// A proving period ended.
    Period(ProofRecord),
}

/// What [`ShardStore::apply`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Deals opened for slots that the store does not hold: they cannot be proved.
    pub unknown: Vec<SlotId>,
    /// Slots whose bytes are to be deleted now.
    pub freed: Vec<SlotId>,
}

/// Figures of a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes that may be held.
    pub capacity: u64,
    /// Bytes of all slots held, whatever their state.
    pub held: u64,
    /// Bytes reserved by streams under way.
    pub reserved: u64,
    /// Bytes of slots quoted, without a deal.
    pub quoted: u64,
    /// Slots quoted, without a deal.
    pub quoted_slots: u64,
    /// Slots of open deals.
    pub live_slots: u64,
    /// Slots closed and kept a while.
    pub closing_slots: u64,
    /// Bytes free on the disk, if known.
    pub disk_free: Option<u64>,
}
