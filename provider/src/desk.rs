//! Takes slots: decides on an offer, writes the bytes, signs the quote when they are durable. Knows no network.

use crate::{
    policy::{self, Refusal, Request},
    shared::Shared,
};
use blocs_primitives::{AccountId, Balance, BlockNumber, Period, Quote, Root, SlotId};
use blocs_store::{CommitError, PutError, QuoteTerms, SlotName, SlotRecord, SlotState, SlotWriter};
use libp2p::PeerId;
use parking_lot::Mutex;
use sp_core::sr25519;
use std::{collections::HashMap, sync::Arc};
use tracing::info;

/// A slot offered by a peer whose signature was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The slot.
    pub slot: SlotId,
    /// Owner of the deal.
    pub owner: AccountId,
    /// Who signed the offer: the bytes count as this account's until there is a deal.
    pub uploader: AccountId,
    /// Bytes.
    pub size: u64,
    /// Periods asked for.
    pub duration: Period,
}

/// Why a slot is not taken.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// The policy refuses.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The chain has not been seen yet.
    #[error("this provider does not see the chain at the moment: try again soon")]
    NoChain,
    /// The store refuses.
    #[error(transparent)]
    Store(#[from] PutError),
    /// The same slot was promised already, with other bytes or to other terms.
    #[error(
        "slot {slot} is held already, of another uploader, for another owner, size or duration, or in another state: make a new deal id"
    )]
    Taken {
        /// The slot.
        slot: SlotName,
    },
    /// The bytes are not those that the sender meant.
    #[error("slot {slot}: the bytes that came have root {got:?}, the sender says {sent:?}: send them again")]
    WrongRoot {
        /// The slot.
        slot: SlotName,
        /// Root of the bytes that came.
        got: Root,
        /// Root as the sender says.
        sent: Root,
    },
    /// The quote could not be prolonged.
    #[error(transparent)]
    Requote(#[from] CommitError),
}

impl TakeError {
    /// Whether the same offer may be taken a little later.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Refused(refusal) => refusal.is_temporary(),
            Self::Store(PutError::Busy { .. }) | Self::NoChain | Self::WrongRoot { .. } => true,
            _ => false,
        }
    }
}

/// Takes slots, for any number of peers at once. Clones share the books.
#[derive(Clone)]
pub struct Desk {
    shared: Shared,
    /// Slots that peers brought and that have no deal yet, and uploads under way.
    books: Arc<Mutex<HashMap<SlotId, Entry>>>,
}

#[derive(Clone, Debug)]
struct Entry {
    peer: PeerId,
    uploader: AccountId,
    size: u64,
    under_way: bool,
}

/// An upload that was accepted. Dropping it gives it up.
pub struct Upload {
    desk: Desk,
    offer: Offer,
    rate: Balance,
    valid_until: BlockNumber,
    sink: Sink,
}

enum Sink {
    /// A new slot.
    New(Box<dyn SlotWriter>),
    /// The slot is held already: an answer was lost. The bytes are compared, and the quote is given again.
    Again { hasher: Box<blake3::Hasher>, received: u64 },
    /// Committed.
    Done,
}

impl Desk {
    /// An empty desk.
    pub fn new(shared: Shared) -> Self {
        Self {
            shared,
            books: Arc::default(),
        }
    }

    /// Decides on an offer. Blocks on the disk.
    pub fn take(&self, peer: PeerId, offer: Offer) -> Result<Upload, TakeError> {
        let valid_until = self.valid_until().ok_or(TakeError::NoChain)?;
        let held = self.shared.store.slot(offer.slot);
        if let Some(record) = &held
            && !same_quote(record, &offer)
        {
            return Err(TakeError::Taken {
                slot: SlotName(offer.slot),
            });
        }
        let rate = self.admit(peer, &offer, held.as_ref())?;
        let sink = match &held {
            Some(_) => Ok(Sink::Again {
                hasher: Box::default(),
                received: 0,
            }),
            None => self.shared.store.begin(offer.slot, offer.size).map(Sink::New),
        };
        // From here on the entry is removed when the upload is dropped.
        let upload = |sink| Upload {
            desk: self.clone(),
            offer: offer.clone(),
            rate,
            valid_until,
            sink,
        };
        match sink {
            Ok(sink) => Ok(upload(sink)),
            Err(error) => {
                self.leave(&offer.slot);
                Err(error.into())
            }
        }
    }

    /// Applies the policy and, when it takes the offer, books the upload, in one step.
    fn admit(&self, peer: PeerId, offer: &Offer, held: Option<&SlotRecord>) -> Result<Balance, TakeError> {
        let store = &self.shared.store;
        let mut books = self.books.lock();
        books.retain(|slot, entry| {
            entry.under_way
                || store
                    .slot(*slot)
                    .is_some_and(|record| matches!(record.state, SlotState::Quoted { .. }))
        });
        let under_way = || books.iter().filter(|(_, entry)| entry.under_way);
        if under_way().any(|(slot, _)| *slot == offer.slot) {
            return Err(PutError::Busy {
                slot: SlotName(offer.slot),
            }
            .into());
        }
        let of_uploader: u64 = under_way()
            .filter(|(_, entry)| entry.uploader == offer.uploader)
            .map(|(_, entry)| entry.size)
            .sum();
        let of_peer: u64 = books
            .values()
            .filter(|entry| entry.peer == peer)
            .map(|entry| entry.size)
            .sum();
        let uploads = under_way().count();
        let uploads_of_peer = under_way().filter(|(_, entry)| entry.peer == peer).count();
        let usage = store.usage();
        // A slot that is held already takes nothing more.
        let again = held.map_or(0, |record| record.size);
        let provider = self.shared.view.provider.read();
        let params = self.shared.view.params.read();
        let request = Request {
            provider: provider.as_ref(),
            params: params.as_ref(),
            size: offer.size,
            duration: offer.duration,
            pending: usage.quoted.saturating_add(usage.reserved).saturating_sub(again),
            pending_of_uploader: store
                .quoted_bytes(&offer.uploader)
                .saturating_add(of_uploader)
                .saturating_sub(again),
            pending_of_peer: of_peer.saturating_sub(books.get(&offer.slot).map_or(0, |entry| entry.size)),
            uploads,
            uploads_of_peer,
        };
        let rate = policy::decide(&self.shared.config.offer, &request)?;
        drop((provider, params));
        // A quote given before keeps its rate.
        let rate = held.map_or(rate, |record| record.rate);
        let entry = Entry {
            peer,
            uploader: offer.uploader.clone(),
            size: offer.size,
            under_way: true,
        };
        books.insert(offer.slot, entry);
        Ok(rate)
    }

    /// Ends an upload that brought nothing.
    fn leave(&self, slot: &SlotId) {
        let mut books = self.books.lock();
        match self.shared.store.slot(*slot) {
            Some(_) => {
                if let Some(entry) = books.get_mut(slot) {
                    entry.under_way = false;
                }
            }
            None => {
                books.remove(slot);
            }
        }
    }

    /// Last block of a quote given now: one proving period ahead of the best block, the most that the chain allows.
    fn valid_until(&self) -> Option<BlockNumber> {
        let best = self.shared.view.best_number()?;
        Some(best.saturating_add(self.shared.chain.period_length()))
    }
}

fn same_quote(record: &SlotRecord, offer: &Offer) -> bool {
    matches!(record.state, SlotState::Quoted { .. })
        && record.owner == offer.owner
        && record.uploader == offer.uploader
        && record.size == offer.size
        && record.duration == offer.duration
}

impl Upload {
    /// Price in planck per period.
    pub fn rate(&self) -> Balance {
        self.rate
    }

    /// Last block of a quote given now; the one signed in the end may be valid longer.
    pub fn valid_until(&self) -> BlockNumber {
        self.valid_until
    }

    /// Appends bytes. Blocks on the disk.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), TakeError> {
        self.desk
            .shared
            .metrics
            .transferred
            .with_label_values(&["received"])
            .inc_by(to_u64(bytes.len()));
        match &mut self.sink {
            Sink::New(writer) => writer.write(bytes)?,
            Sink::Again { hasher, received } => {
                let got = received.saturating_add(to_u64(bytes.len()));
                if got > self.offer.size {
                    let slot = SlotName(self.offer.slot);
                    return Err(PutError::WrongLength {
                        slot,
                        expected: self.offer.size,
                        got,
                    }
                    .into());
                }
                *received = got;
                hasher.update(bytes);
            }
            Sink::Done => {}
        }
        Ok(())
    }

    /// Compares the root, makes the slot durable, and only then signs the quote. Blocks on the disk.
    pub fn finish(mut self, sent: Root) -> Result<(Quote, sr25519::Signature), TakeError> {
        let name = SlotName(self.offer.slot);
        let shared = self.desk.shared.clone();
        // Never before the block that was named to the peer, even when a fork made the chain shorter since.
        let valid_until = self.desk.valid_until().ok_or(TakeError::NoChain)?.max(self.valid_until);
        let record = match std::mem::replace(&mut self.sink, Sink::Done) {
            Sink::New(mut writer) => {
                let got = writer.root()?;
                if got != sent {
                    return Err(TakeError::WrongRoot { slot: name, got, sent });
                }
                let terms = QuoteTerms {
                    owner: self.offer.owner.clone(),
                    uploader: self.offer.uploader.clone(),
                    rate: self.rate,
                    duration: self.offer.duration,
                    valid_until,
                };
                writer.commit(terms)?
            }
            Sink::Again { hasher, received } => {
                let got = Root(*hasher.finalize().as_bytes());
                let held = shared
                    .store
                    .slot(self.offer.slot)
                    .filter(|record| same_quote(record, &self.offer));
                let held = held.ok_or(TakeError::Taken { slot: name })?;
                if received != self.offer.size || got != sent {
                    return Err(TakeError::WrongRoot { slot: name, got, sent });
                }
                if held.root != got {
                    return Err(TakeError::Taken { slot: name });
                }
                shared.store.requote(self.offer.slot, valid_until)?
            }
            Sink::Done => return Err(TakeError::Taken { slot: name }),
        };
        let valid_until = match record.state {
            SlotState::Quoted { valid_until } => valid_until,
            _ => valid_until,
        };
        let quote = Quote {
            genesis: shared.chain.genesis_hash(),
            provider: shared.provider(),
            owner: record.owner,
            deal: self.offer.slot.deal,
            index: self.offer.slot.index,
            root: record.root,
            size: record.size,
            rate: record.rate,
            duration: record.duration,
            valid_until,
        };
        let signature = shared.operator.sign(&quote.signing_payload());
        info!(slot = %name, size = quote.size, valid_until, "stored and quoted a slot");
        Ok((quote, signature))
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        // The writer goes first: only then is the slot's reservation free again.
        self.sink = Sink::Done;
        self.desk.leave(&self.offer.slot);
    }
}

fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[path = "desk_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "uploader_tests.rs"]
mod uploader_tests;
