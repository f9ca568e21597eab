//! A service in memory, for tests of everything that talks to providers.

use crate::{
    Accepted, Held, MAX_DATA_BYTES, PutOffer, Refusal, RefusalCode, ShardService, SignedExtension, SignedQuote,
    SlotSink, SlotSource, Stat,
};
use blocs_primitives::{
    AccountId, Balance, BlockNumber, ExtensionQuote, Hash, Period, Quote, Root, SlotId,
    outboard::{GROUP_BYTES, Outboard, OutboardBuilder, Run},
};
use libp2p::PeerId;
use sp_core::{Pair, sr25519};
use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Keeps slots in memory. Clones share them. It can be made to refuse and to lie.
#[derive(Clone)]
pub struct MemoryService {
    genesis: Hash,
    provider: AccountId,
    operator: sr25519::Pair,
    rate: Balance,
    valid_until: BlockNumber,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    slots: HashMap<SlotId, Arc<Stored>>,
    refusal: Option<Refusal>,
}

#[derive(Clone)]
struct Stored {
    owner: AccountId,
    /// First period that is not paid, once there is a deal.
    end: Option<Period>,
    bytes: Vec<u8>,
    root: Root,
    outboard: Outboard,
}

impl MemoryService {
    /// A service that takes everything, for `rate` a period, with quotes valid until `valid_until`.
    pub fn new(
        genesis: Hash,
        provider: AccountId,
        operator: sr25519::Pair,
        rate: Balance,
        valid_until: BlockNumber,
    ) -> Self {
        Self {
            genesis,
            provider,
            operator,
            rate,
            valid_until,
            state: Arc::default(),
        }
    }

    /// Its operator key.
    pub fn operator(&self) -> sr25519::Public {
        self.operator.public()
    }

    /// From now on refuses offers and readings, or no longer.
    pub fn refuse(&self, refusal: Option<Refusal>) {
        self.state().refusal = refusal;
    }

    /// Flips a bit of a slot; it is then served as it is. `false` when there is no such byte.
    pub fn corrupt(&self, slot: SlotId, byte: usize) -> bool {
        let mut state = self.state();
        let Some(stored) = state.slots.get_mut(&slot).map(Arc::make_mut) else {
            return false;
        };
        stored.bytes.get_mut(byte).map(|byte| *byte ^= 1).is_some()
    }

    /// From now on takes the slot's deal for open, until period `end`. `false` when there is no such slot.
    pub fn open_deal(&self, slot: SlotId, end: Period) -> bool {
        let mut state = self.state();
        let stored = state.slots.get_mut(&slot).map(Arc::make_mut);
        stored.map(|stored| stored.end = Some(end)).is_some()
    }

    /// Loses a slot. `false` when there is none.
    pub fn lose(&self, slot: SlotId) -> bool {
        self.state().slots.remove(&slot).is_some()
    }

    /// The bytes of a slot.
    pub fn bytes(&self, slot: SlotId) -> Option<Vec<u8>> {
        self.state().slots.get(&slot).map(|stored| stored.bytes.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ShardService for MemoryService {
    fn genesis(&self) -> Hash {
        self.genesis
    }

    fn provider(&self) -> AccountId {
        self.provider.clone()
    }

    fn offer(&self, _: PeerId, offer: &PutOffer) -> Result<Accepted, Refusal> {
        if let Some(refusal) = self.state().refusal.clone() {
            return Err(refusal);
        }
        let sink = MemorySink {
            service: self.clone(),
            offer: offer.clone(),
            bytes: Vec::new(),
            builder: OutboardBuilder::new(),
        };
        Ok(Accepted {
            rate: self.rate,
            valid_until: self.valid_until,
            sink: Box::new(sink),
        })
    }

    fn open(&self, _: PeerId, slot: SlotId) -> Result<Box<dyn SlotSource>, Refusal> {
        let state = self.state();
        if let Some(refusal) = state.refusal.clone() {
            return Err(refusal);
        }
        let stored = state.slots.get(&slot).cloned();
        let stored = stored.ok_or_else(|| Refusal::new(RefusalCode::NotFound, "the slot is not here"))?;
        Ok(Box::new(MemorySource(stored)))
    }

    fn has(&self, slot: SlotId) -> Option<Held> {
        self.state().slots.get(&slot).map(|stored| Held {
            root: stored.root,
            size: stored.outboard.size(),
        })
    }

    fn stat(&self) -> Stat {
        let held = self.state().slots.values().map(|stored| stored.outboard.size()).sum();
        let (genesis, provider) = (self.genesis, self.provider.clone());
        Stat {
            genesis,
            provider,
            price: self.rate,
            free: u64::MAX - held,
            held,
            accepting: true,
        }
    }

    fn extend(&self, _: PeerId, slot: SlotId, end: Period) -> Result<SignedExtension, Refusal> {
        let state = self.state();
        if let Some(refusal) = state.refusal.clone() {
            return Err(refusal);
        }
        let stored = state.slots.get(&slot).and_then(|stored| Some((stored, stored.end?)));
        let (stored, from) =
            stored.ok_or_else(|| Refusal::new(RefusalCode::NotFound, "there is no such slot of an open deal here"))?;
        let quote = ExtensionQuote {
            genesis: self.genesis,
            provider: self.provider.clone(),
            owner: stored.owner.clone(),
            deal: slot.deal,
            index: slot.index,
            rate: self.rate,
            from,
            to: end,
            valid_until: self.valid_until,
        };
        let signature = self.operator.sign(&quote.signing_payload());
        Ok(SignedExtension { quote, signature })
    }
}

struct MemorySink {
    service: MemoryService,
    offer: PutOffer,
    bytes: Vec<u8>,
    builder: OutboardBuilder,
}

impl SlotSink for MemorySink {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        // A test may start to refuse while bytes stream in.
        if let Some(refusal) = self.service.state().refusal.clone() {
            return Err(refusal);
        }
        self.builder.push(bytes);
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn finish(self: Box<Self>, sent: Root) -> Result<SignedQuote, Refusal> {
        let Self {
            service,
            offer,
            bytes,
            builder,
        } = *self;
        let (root, outboard) = builder.finish();
        if root != sent {
            return Err(Refusal::new(
                RefusalCode::WrongContent,
                "the bytes that came have another root: send them again",
            ));
        }
        let quote = Quote {
            genesis: service.genesis,
            provider: service.provider.clone(),
            owner: offer.owner.clone(),
            deal: offer.deal,
            index: offer.index,
            root,
            size: outboard.size(),
            rate: service.rate,
            duration: offer.duration,
            valid_until: service.valid_until,
        };
        let signature = service.operator.sign(&quote.signing_payload());
        let slot = offer.slot();
        let stored = Stored {
            owner: offer.owner,
            end: None,
            bytes,
            root,
            outboard,
        };
        service.state().slots.insert(slot, Arc::new(stored));
        Ok(SignedQuote { quote, signature })
    }
}

struct MemorySource(Arc<Stored>);

impl SlotSource for MemorySource {
    fn root(&self) -> Root {
        self.0.root
    }

    fn size(&self) -> u64 {
        self.0.outboard.size()
    }

    fn run(&self, groups: Range<u64>, out: &mut dyn FnMut(Vec<u8>, Vec<u8>) -> bool) -> Result<(), Refusal> {
        let failed = |message: String| Refusal::new(RefusalCode::Failed, message);
        let batch_groups = u64::try_from(MAX_DATA_BYTES).unwrap_or(u64::MAX) / GROUP_BYTES;
        for batch in Run::new(self.size(), groups, batch_groups).map_err(|error| failed(error.to_string()))? {
            let mut nodes = Vec::with_capacity(batch.node_bytes());
            for offset in &batch.nodes {
                nodes.extend(
                    self.0
                        .outboard
                        .node(*offset)
                        .map_err(|error| failed(error.to_string()))?,
                );
            }
            let start = usize::try_from(batch.content.start).unwrap_or(usize::MAX);
            let content = self
                .0
                .bytes
                .get(start..)
                .and_then(|rest| rest.get(..batch.content_bytes()));
            let content = content.ok_or_else(|| failed("the slot is shorter than it should be".into()))?;
            if !out(nodes, content.to_vec()) {
                break;
            }
        }
        Ok(())
    }
}
