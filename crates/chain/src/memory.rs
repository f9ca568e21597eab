//! The twin in memory, for tests of programs that use the chain.

mod extend;
mod market;

use crate::{
    AccountBalance, At, BlockRef, BlockStream, ChainClient, ChainProperties, Deal, InclusionReport, MarketCall,
    MarketEvent, Params, ProveCall, ProveError, Provider, ProviderInfo, ProviderPage, ProviderRecord, QueryError,
    Signer, Slot, SubmitError, Unreachable, WaitFor,
};
use async_trait::async_trait;
use blocs_primitives::{AccountId, Balance, BlockNumber, Challenge, DealId, Hash, SlotId, SlotIndex};
use futures::{StreamExt, stream};
use market::{Market, Refusal};
use parking_lot::Mutex;
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// A chain in memory: blocks appear when asked for, or with every transaction; each is final after `finality_lag` more.
///
/// It keeps providers, deals, slots, balances and challenges and applies the calls' checks that a program off chain can
/// run into: signatures of quotes, capacity, funds, proofs. It draws no challenges (tests set them), slashes nobody, takes no
/// fees but [`MemoryChain::FEE`], and keeps no history: a read at an older block sees the newest state.
#[derive(Clone)]
pub struct MemoryChain {
    shared: Arc<Shared>,
}

struct Shared {
    properties: ChainProperties,
    finality_lag: BlockNumber,
    state: Mutex<State>,
    /// Height of the best block.
    height: watch::Sender<BlockNumber>,
}

struct State {
    market: Market,
    /// Hash and events of every block.
    blocks: Vec<(Hash, Vec<MarketEvent>)>,
    reachable: bool,
}

impl MemoryChain {
    /// The fee of every signed call, in planck.
    pub const FEE: Balance = 1_000_000;

    /// A chain with a first block and nothing else. Blocks are final at once.
    pub fn new(period_length: BlockNumber) -> Self {
        Self::with_finality_lag(period_length, 0)
    }

    /// A chain whose blocks are final once `finality_lag` more have followed.
    pub fn with_finality_lag(period_length: BlockNumber, finality_lag: BlockNumber) -> Self {
        let properties = ChainProperties {
            name: "memory".to_owned(),
            token_symbol: "BLOC".to_owned(),
            token_decimals: 12,
            ss58_prefix: 42,
            existential_deposit: 10_000_000_000,
            period_length: period_length.max(1),
            slot_duration: Duration::from_secs(1),
        };
        let state = State {
            market: Market::default(),
            blocks: vec![(block_hash(0), Vec::new())],
            reachable: true,
        };
        let (height, _) = watch::channel(0);
        Self {
            shared: Arc::new(Shared {
                properties,
                finality_lag,
                state: Mutex::new(state),
                height,
            }),
        }
    }

    /// Adds an empty block.
    pub fn produce_block(&self) -> BlockRef {
        self.append(&mut self.shared.state.lock(), Vec::new())
    }

    /// Adds empty blocks up to this height.
    pub fn produce_until(&self, number: BlockNumber) -> BlockRef {
        let mut state = self.shared.state.lock();
        let mut last = self.best(&state);
        while last.number < number {
            last = self.append(&mut state, Vec::new());
        }
        last
    }

    /// Adds a block with these events.
    pub fn produce_block_with(&self, events: Vec<MarketEvent>) -> BlockRef {
        self.append(&mut self.shared.state.lock(), events)
    }

    /// Creates tokens on an account.
    pub fn fund(&self, account: &AccountId, amount: Balance) {
        self.shared.state.lock().market.credit(account, amount);
    }

    /// Opens a challenge, in place of an open one, and adds a block that tells of it.
    pub fn set_challenge(&self, provider: &AccountId, challenge: Challenge) -> BlockRef {
        let mut state = self.shared.state.lock();
        let event = MarketEvent::Challenged {
            provider: provider.clone(),
            period: challenge.period,
        };
        state.market.challenges.insert(provider.clone(), challenge);
        self.append(&mut state, vec![event])
    }

    /// The proofs accepted so far.
    pub fn proofs(&self) -> Vec<ProveCall> {
        self.shared.state.lock().market.proofs.clone()
    }

    /// Lets all reads and calls fail as if the node were gone, or brings it back.
    pub fn set_reachable(&self, reachable: bool) {
        self.shared.state.lock().reachable = reachable;
        self.shared.height.send_modify(|_| {});
    }

    fn append(&self, state: &mut State, events: Vec<MarketEvent>) -> BlockRef {
        let number = self.best(state).number.saturating_add(1);
        let block = BlockRef {
            number,
            hash: block_hash(number),
        };
        state.blocks.push((block.hash, events));
        self.shared.height.send_replace(number);
        block
    }

    fn best(&self, state: &State) -> BlockRef {
        let number = BlockNumber::try_from(state.blocks.len().saturating_sub(1)).unwrap_or(BlockNumber::MAX);
        BlockRef {
            number,
            hash: block_hash(number),
        }
    }

    fn finalized(&self, state: &State) -> BlockRef {
        let number = self.best(state).number.saturating_sub(self.shared.finality_lag);
        BlockRef {
            number,
            hash: block_hash(number),
        }
    }

    fn unreachable(&self) -> Unreachable {
        Unreachable {
            url: "memory:".to_owned(),
            reason: "made unreachable by the test".to_owned(),
        }
    }

    fn read<T>(&self, read: impl FnOnce(&State) -> T) -> Result<T, QueryError> {
        let state = self.shared.state.lock();
        if state.reachable {
            Ok(read(&state))
        } else {
            Err(self.unreachable().into())
        }
    }

    fn stream(&self, finalized: bool, from: Option<BlockNumber>) -> BlockStream {
        let follower = Follower {
            chain: self.clone(),
            heights: self.shared.height.subscribe(),
            finalized,
            next: from,
        };
        stream::unfold(follower, |mut follower| async move {
            let item = follower.step().await;
            Some((item, follower))
        })
        .boxed()
    }
}

struct Follower {
    chain: MemoryChain,
    heights: watch::Receiver<BlockNumber>,
    finalized: bool,
    next: Option<BlockNumber>,
}

impl Follower {
    async fn step(&mut self) -> Result<BlockRef, Unreachable> {
        loop {
            self.heights.borrow_and_update();
            let head = {
                let state = self.chain.shared.state.lock();
                match (state.reachable, self.finalized) {
                    (false, _) => None,
                    (true, true) => Some(self.chain.finalized(&state)),
                    (true, false) => Some(self.chain.best(&state)),
                }
            };
            if let Some(head) = head {
                let next = self.next.unwrap_or(head.number);
                if next <= head.number {
                    let number = if self.finalized { next } else { head.number };
                    self.next = Some(number.saturating_add(1));
                    return Ok(BlockRef {
                        number,
                        hash: block_hash(number),
                    });
                }
            }
            if self.heights.changed().await.is_err() {
                return Err(self.chain.unreachable());
            }
        }
    }
}

fn block_hash(number: BlockNumber) -> Hash {
    Hash::from(sp_crypto_hashing::blake2_256(
        format!("memory block {number}").as_bytes(),
    ))
}

#[async_trait]
impl ChainClient for MemoryChain {
    fn genesis_hash(&self) -> Hash {
        block_hash(0)
    }

    fn properties(&self) -> &ChainProperties {
        &self.shared.properties
    }

    async fn block(&self, at: At) -> Result<BlockRef, QueryError> {
        let block = self.read(|state| match at {
            At::Best => Some(self.best(state)),
            At::Finalized => Some(self.finalized(state)),
            At::Block(hash) => (0u32..)
                .zip(&state.blocks)
                .find_map(|(number, (known, _))| (*known == hash).then_some(BlockRef { number, hash })),
        })?;
        let unknown = || QueryError::NoState {
            what: "the block".to_owned(),
            reason: "no such block".to_owned(),
        };
        block.ok_or_else(unknown)
    }

    async fn block_hash(&self, number: BlockNumber) -> Result<Option<Hash>, QueryError> {
        self.read(|state| (number <= self.best(state).number).then(|| block_hash(number)))
    }

    fn best_blocks(&self) -> BlockStream {
        self.stream(false, None)
    }

    fn finalized_blocks(&self, from: Option<BlockNumber>) -> BlockStream {
        self.stream(true, from)
    }

    async fn params(&self, _at: At) -> Result<Params, QueryError> {
        self.read(|_| Params {
            max_duration: 500_000,
            ..Params::default()
        })
    }

    async fn provider(&self, account: &AccountId, _at: At) -> Result<Option<Provider>, QueryError> {
        self.read(|state| {
            state
                .market
                .providers
                .get(account)
                .map(|(provider, _)| provider.clone())
        })
    }

    async fn provider_info(&self, account: &AccountId, _at: At) -> Result<Option<ProviderInfo>, QueryError> {
        self.read(|state| state.market.providers.get(account).map(|(_, info)| info.clone()))
    }

    async fn providers(&self, after: Option<&AccountId>, limit: u32, _at: At) -> Result<ProviderPage, QueryError> {
        self.read(|state| {
            let limit = usize::try_from(limit.max(1)).unwrap_or(usize::MAX);
            let mut rest = state
                .market
                .providers
                .iter()
                .filter(|(account, _)| after.is_none_or(|after| *account > after));
            let record = |(account, (provider, info)): (&AccountId, &(Provider, ProviderInfo))| ProviderRecord {
                account: account.clone(),
                provider: provider.clone(),
                info: info.clone(),
            };
            let providers: Vec<_> = rest.by_ref().take(limit).map(record).collect();
            let more = rest.next().is_some();
            let next = providers.last().filter(|_| more).map(|last| last.account.clone());
            ProviderPage { providers, next }
        })
    }

    async fn challenge(&self, provider: &AccountId, _at: At) -> Result<Option<Challenge>, QueryError> {
        self.read(|state| state.market.challenges.get(provider).cloned())
    }

    async fn deal(&self, deal: DealId, _at: At) -> Result<Option<Deal>, QueryError> {
        self.read(|state| state.market.deals.get(&deal).cloned())
    }

    async fn deals_by_owner(&self, owner: &AccountId, _at: At) -> Result<Vec<DealId>, QueryError> {
        self.read(|state| {
            state
                .market
                .deals
                .iter()
                .filter(|(_, deal)| deal.owner == *owner)
                .map(|(id, _)| *id)
                .collect()
        })
    }

    async fn slot(&self, slot: SlotId, _at: At) -> Result<Option<Slot>, QueryError> {
        self.read(|state| state.market.slots.get(&slot).cloned())
    }

    async fn slots(&self, deal: DealId, _at: At) -> Result<Vec<(SlotIndex, Slot)>, QueryError> {
        self.read(|state| {
            let of_deal = state.market.slots.iter().filter(|(id, _)| id.deal == deal);
            of_deal.map(|(id, slot)| (id.index, slot.clone())).collect()
        })
    }

    async fn slots_of_provider(&self, provider: &AccountId, _at: At) -> Result<Vec<(SlotId, Slot)>, QueryError> {
        self.read(|state| {
            let held = state.market.slots.iter().filter(|(_, slot)| slot.provider == *provider);
            held.map(|(id, slot)| (*id, slot.clone())).collect()
        })
    }

    async fn balance(&self, account: &AccountId, _at: At) -> Result<AccountBalance, QueryError> {
        let existential_deposit = self.shared.properties.existential_deposit;
        self.read(|state| state.market.balance(account, existential_deposit))
    }

    async fn estimate_fee(&self, _signer: &Signer, call: &MarketCall) -> Result<Balance, SubmitError> {
        let reached = self.read(|_| Self::FEE);
        reached.map_err(|_| SubmitError::Unreachable {
            call: call.name().1.to_owned(),
            source: self.unreachable(),
        })
    }

    async fn market_events(&self, block: Hash) -> Result<Vec<MarketEvent>, QueryError> {
        self.read(|state| {
            let found = state.blocks.iter().find(|(hash, _)| *hash == block);
            found.map(|(_, events)| events.clone()).unwrap_or_default()
        })
    }

    async fn submit(&self, signer: &Signer, call: MarketCall, wait: WaitFor) -> Result<InclusionReport, SubmitError> {
        let (pallet, name) = call.name();
        let name = format!("{pallet}.{name}");
        let mut state = self.shared.state.lock();
        if !state.reachable {
            return Err(SubmitError::Unreachable {
                call: name,
                source: self.unreachable(),
            });
        }
        let next = self.best(&state).number.saturating_add(1);
        let context = market::Context {
            genesis: block_hash(0),
            block: next,
            period: next / self.shared.properties.period_length,
            existential_deposit: self.shared.properties.existential_deposit,
        };
        let events = state
            .market
            .apply(&signer.account(), call, &context)
            .map_err(|refusal| match refusal {
                Refusal::Funds { needed, held } => {
                    let account = signer.account().to_string();
                    SubmitError::InsufficientFunds {
                        call: name.clone(),
                        account,
                        needed,
                        held,
                        locked: String::new(),
                    }
                }
                Refusal::Error(error) => SubmitError::Dispatch {
                    call: name.clone(),
                    pallet: pallet.to_owned(),
                    error: error.to_owned(),
                    docs: "refused by the chain in memory".to_owned(),
                },
            })?;
        Ok(self.include(&mut state, events, Self::FEE, wait))
    }

    async fn submit_prove(&self, call: ProveCall, wait: WaitFor) -> Result<InclusionReport, ProveError> {
        let period = call.period;
        let mut state = self.shared.state.lock();
        if !state.reachable {
            return Err(ProveError::Unreachable {
                period,
                source: self.unreachable(),
            });
        }
        let refused = |reason: &str| ProveError::Refused {
            period,
            reason: reason.to_owned(),
        };
        let events = state.market.prove(call, block_hash(0)).map_err(refused)?;
        Ok(self.include(&mut state, events, 0, wait))
    }
}

impl MemoryChain {
    /// Puts events into a new block; when the caller waits for finality, also adds the blocks that make it final.
    fn include(&self, state: &mut State, events: Vec<MarketEvent>, fee: Balance, wait: WaitFor) -> InclusionReport {
        let block = self.append(state, events.clone());
        let finalized = wait == WaitFor::Finalized;
        while finalized && self.finalized(state).number < block.number {
            self.append(state, Vec::new());
        }
        InclusionReport {
            block,
            finalized,
            extrinsic: block.hash,
            fee,
            events,
        }
    }
}

#[cfg(test)]
mod tests;
