//! Providers in memory, for tests: they keep slots, sign quotes, and fail or lie on request.

use crate::{Offer, ProviderError, Providers, PutSession, SlotContent, SlotRef};
use async_trait::async_trait;
use blocs_chain::{At, ChainClient, MemoryChain, ProviderRecord, Sr25519Signer};
use blocs_primitives::{
    AccountId, Balance, BlockNumber, ExtensionQuote, Quote, Root, SlotExtension, SlotId, SlotOffer, rate,
};
use parking_lot::Mutex;
use std::{collections::HashMap, ops::Range, sync::Arc};

/// How a provider behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behaviour {
    /// Does its part.
    #[default]
    Good,
    /// Cannot be reached.
    Gone,
    /// Refuses offers.
    Refuses,
    /// Takes so many bytes of a slot and is gone then.
    BreaksAfter(usize),
    /// Gives other bytes than it got.
    Lies,
    /// Signs quotes for something else.
    SignsWrongly,
    /// Signs quotes that are valid for longer than the chain takes.
    SignsForEver,
    /// Never answers a read.
    Hangs,
}

/// Providers that live in this process.
#[derive(Clone)]
pub struct MemoryProviders {
    shared: Arc<Shared>,
}

struct Shared {
    chain: MemoryChain,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    operators: HashMap<AccountId, Sr25519Signer>,
    behaviours: HashMap<AccountId, Behaviour>,
    slots: HashMap<(AccountId, SlotId), Vec<u8>>,
    valid_until: Option<BlockNumber>,
    received: u64,
}

impl MemoryProviders {
    /// None yet. Quotes are for this chain, and valid for one proving period from its newest block.
    pub fn new(chain: MemoryChain) -> Self {
        Self {
            shared: Arc::new(Shared {
                chain,
                state: Mutex::default(),
            }),
        }
    }

    /// Adds a provider that signs with this key.
    pub fn add(&self, account: AccountId, operator: Sr25519Signer) {
        self.shared.state.lock().operators.insert(account, operator);
    }

    /// Lets a provider behave so from now on.
    pub fn set_behaviour(&self, account: &AccountId, behaviour: Behaviour) {
        self.shared.state.lock().behaviours.insert(account.clone(), behaviour);
    }

    /// Quotes signed from now on can be used until this block.
    pub fn set_valid_until(&self, block: BlockNumber) {
        self.shared.state.lock().valid_until = Some(block);
    }

    /// Last block of a quote that is signed now.
    async fn valid_until(&self) -> Result<BlockNumber, ProviderError> {
        let chain = &self.shared.chain;
        let best = chain.block(At::Best).await;
        let best = best.map_err(|error| ProviderError::Refused(error.to_string()))?.number;
        let set = self.shared.state.lock().valid_until;
        Ok(set.unwrap_or_else(|| best.saturating_add(chain.period_length())))
    }

    /// All that providers have on their disks.
    pub fn contents(&self) -> Vec<Vec<u8>> {
        self.shared.state.lock().slots.values().cloned().collect()
    }

    /// Bytes of slots received so far.
    pub fn received(&self) -> u64 {
        self.shared.state.lock().received
    }

    fn behaviour(&self, account: &AccountId) -> Behaviour {
        self.shared
            .state
            .lock()
            .behaviours
            .get(account)
            .copied()
            .unwrap_or_default()
    }
}

struct Session {
    providers: MemoryProviders,
    record: ProviderRecord,
    offer: Offer,
    rate: Balance,
    valid_until: BlockNumber,
}

/// Last block of a quote by a provider that behaves so.
fn last_block(valid_until: BlockNumber, behaviour: Behaviour) -> BlockNumber {
    match behaviour {
        Behaviour::SignsForEver => BlockNumber::MAX,
        _ => valid_until,
    }
}

#[async_trait]
impl Providers for MemoryProviders {
    async fn offer(&self, provider: &ProviderRecord, offer: &Offer) -> Result<Box<dyn PutSession>, ProviderError> {
        match self.behaviour(&provider.account) {
            Behaviour::Gone => return Err(ProviderError::Unreachable("nobody listens".into())),
            Behaviour::Refuses => return Err(ProviderError::Refused("no room".into())),
            _ => {}
        }
        let rate = rate(provider.provider.price, offer.size).unwrap_or(Balance::MAX);
        let valid_until = last_block(self.valid_until().await?, self.behaviour(&provider.account));
        let (providers, record, offer) = (self.clone(), provider.clone(), offer.clone());
        Ok(Box::new(Session {
            providers,
            record,
            offer,
            rate,
            valid_until,
        }))
    }

    async fn get(
        &self,
        provider: &ProviderRecord,
        slot: &SlotRef,
        range: Range<u64>,
    ) -> Result<Vec<u8>, ProviderError> {
        let behaviour = self.behaviour(&provider.account);
        match behaviour {
            Behaviour::Gone => return Err(ProviderError::Unreachable("nobody listens".into())),
            Behaviour::Hangs => std::future::pending().await,
            _ => {}
        }
        let key = (provider.account.clone(), slot.id);
        let held = self.shared.state.lock().slots.get(&key).cloned();
        let mut bytes = held.ok_or(ProviderError::NotFound)?;
        if let (Behaviour::Lies, Some(first)) = (behaviour, bytes.first_mut()) {
            *first ^= 1;
        }
        if Root(*blake3::hash(&bytes).as_bytes()) != slot.root {
            return Err(ProviderError::Lied("its bytes do not hash to the root".into()));
        }
        let range = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
        let part = range.and_then(|(start, end)| bytes.get(start..end));
        part.map(<[u8]>::to_vec)
            .ok_or_else(|| ProviderError::Refused("no such range".into()))
    }

    async fn has(&self, provider: &ProviderRecord, slot: &SlotRef) -> Result<bool, ProviderError> {
        match self.behaviour(&provider.account) {
            Behaviour::Gone => Err(ProviderError::Unreachable("nobody listens".into())),
            _ => Ok(self
                .shared
                .state
                .lock()
                .slots
                .contains_key(&(provider.account.clone(), slot.id))),
        }
    }

    async fn extend(&self, provider: &ProviderRecord, wanted: &ExtensionQuote) -> Result<SlotExtension, ProviderError> {
        let behaviour = self.behaviour(&provider.account);
        match behaviour {
            Behaviour::Gone => return Err(ProviderError::Unreachable("nobody listens".into())),
            Behaviour::Refuses => return Err(ProviderError::Refused("it is draining".into())),
            _ => {}
        }
        let valid_until = last_block(self.valid_until().await?, behaviour);
        let state = self.shared.state.lock();
        let slot = SlotId {
            deal: wanted.deal,
            index: wanted.index,
        };
        if !state.slots.contains_key(&(provider.account.clone(), slot)) {
            return Err(ProviderError::NotFound);
        }
        let operator = state.operators.get(&provider.account).cloned();
        let operator = operator.ok_or_else(|| ProviderError::Unreachable("no such provider".into()))?;
        let mut quote = ExtensionQuote {
            valid_until,
            ..wanted.clone()
        };
        if behaviour == Behaviour::SignsWrongly {
            quote.to = 0;
        }
        Ok(SlotExtension {
            index: wanted.index,
            valid_until,
            signature: operator.sign(&quote.signing_payload()),
        })
    }
}

#[async_trait]
impl PutSession for Session {
    fn rate(&self) -> Balance {
        self.rate
    }

    fn valid_until(&self) -> BlockNumber {
        self.valid_until
    }

    async fn send(self: Box<Self>, mut content: SlotContent) -> Result<SlotOffer, ProviderError> {
        let behaviour = self.providers.behaviour(&self.record.account);
        let mut bytes = Vec::new();
        while let Some(piece) = content.next().await {
            bytes.extend_from_slice(piece.as_ref());
            self.providers.shared.state.lock().received += u64::try_from(piece.as_ref().len()).unwrap_or(0);
            if matches!(behaviour, Behaviour::BreaksAfter(limit) if bytes.len() > limit) {
                return Err(ProviderError::Unreachable("the connection broke".into()));
            }
        }
        let sent = content.root().ok_or(ProviderError::Stopped)?;
        let root = Root(*blake3::hash(&bytes).as_bytes());
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if root != sent || size != self.offer.size {
            return Err(ProviderError::Refused("the bytes are not those announced".into()));
        }
        let mut quote = Quote {
            genesis: self.providers.shared.chain.genesis_hash(),
            provider: self.record.account.clone(),
            owner: self.offer.owner.clone(),
            deal: self.offer.deal,
            index: self.offer.index,
            root,
            size,
            rate: self.rate,
            duration: self.offer.duration,
            valid_until: self.valid_until,
        };
        if behaviour == Behaviour::SignsWrongly {
            quote.duration = 0;
        }
        let mut state = self.providers.shared.state.lock();
        let operator = state.operators.get(&self.record.account).cloned();
        let operator = operator.ok_or_else(|| ProviderError::Unreachable("no such provider".into()))?;
        let slot = SlotId {
            deal: self.offer.deal,
            index: self.offer.index,
        };
        state.slots.insert((self.record.account.clone(), slot), bytes);
        let (provider, rate, valid_until) = (self.record.account.clone(), self.rate, self.valid_until);
        let signature = operator.sign(&quote.signing_payload());
        Ok(SlotOffer {
            provider,
            root,
            size,
            rate,
            valid_until,
            signature,
        })
    }
}
