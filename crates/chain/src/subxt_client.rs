//! The chain over a node's JSON-RPC.

use crate::{
    AccountBalance, At, BlockRef, BlockStream, ChainClient, ChainProperties, ConnectError, Deal, InclusionReport,
    MarketCall, MarketEvent, Params, ProveCall, ProveError, Provider, ProviderInfo, ProviderPage, ProviderRecord,
    QueryError, Signer, Slot, SubmitError, WaitFor,
    connection::{AtBlock, Backoff, Connection, Failure, Live},
    event_layout::market_event,
    layout::{
        AccountLayout, Bytes32, DealLayout, MARKET, ParamsLayout, ProviderInfoLayout, ProviderLayout, SlotLayout,
    },
    stream,
    submit::Lanes,
};
use async_trait::async_trait;
use blocs_primitives::{AccountId, Balance, BlockNumber, Challenge, DealId, Hash, SlotId, SlotIndex};
use codec::DecodeAll;
use futures::{StreamExt, TryStreamExt};
use std::{future::Future, sync::Arc, time::Duration};
use subxt::{
    dynamic,
    ext::{
        frame_decode::storage::{IntoDecodableValues, IntoEncodableValues},
        scale_decode::DecodeAsType,
    },
    storage::DynamicAddress,
};
use tokio::time::{Instant, timeout};

/// Longest time for one attempt at a read.
const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// How often a state that is not there is looked for again.
const MAX_ABSENT: u32 = 3;
/// Requests under way at the same time when a page is read.
const PARALLEL_READS: usize = 16;

/// How to connect.
#[derive(Clone, Debug)]
pub struct ConnectOptions {
    /// Refuse a chain whose first block has another hash.
    pub expected_genesis: Option<Hash>,
    /// For how long a read keeps trying when the connection is lost, before it gives up with [`Unreachable`](crate::Unreachable).
    pub patience: Duration,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self {
            expected_genesis: None,
            patience: Duration::from_secs(15),
        }
    }
}

/// The chain over a node's WebSocket. Clones share one connection.
#[derive(Clone)]
pub struct SubxtChain {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) connection: Arc<Connection>,
    pub(crate) lanes: Lanes,
    genesis: Hash,
    properties: ChainProperties,
    patience: Duration,
}

/// Connects to the node at `url` (`ws://host:port`), in one attempt, and reads what does not change.
pub async fn connect(url: &str, options: ConnectOptions) -> Result<SubxtChain, ConnectError> {
    let probe = Connection::new(url.to_owned(), None);
    let live = probe.live().await?;
    let first = live
        .methods
        .chain_get_block_hash(Some(0u32.into()))
        .await
        .map_err(|e| probe.unreachable(e))?;
    let genesis = first
        .map(|hash| Hash::from(hash.0))
        .ok_or_else(|| probe.unreachable("it has no first block"))?;
    if let Some(expected) = options.expected_genesis
        && expected != genesis
    {
        return Err(ConnectError::WrongChain {
            expected,
            found: genesis,
        });
    }
    let properties = match properties(&live).await {
        Ok(properties) => properties,
        Err(failure) if probe.is_alive(&live).await => {
            return Err(ConnectError::Incompatible {
                url: url.to_owned(),
                reason: failure.reason().to_owned(),
            });
        }
        Err(failure) => return Err(probe.unreachable(failure.reason()).into()),
    };
    let connection = Arc::new(Connection::with_live(url.to_owned(), genesis, live));
    let inner = Inner {
        connection,
        lanes: Lanes::default(),
        genesis,
        properties,
        patience: options.patience,
    };
    Ok(SubxtChain { inner: Arc::new(inner) })
}

async fn properties(live: &Live) -> Result<ChainProperties, Failure> {
    let name = live.methods.system_chain().await?;
    let said = live.methods.system_properties().await?;
    let number = |key: &str| said.get(key).and_then(|value| value.as_u64());
    let at = live.at(At::Best).await?;
    let existential_deposit = at
        .constants()
        .entry(dynamic::constant::<Balance>("Balances", "ExistentialDeposit"))?;
    let period_length = fetch::<u32, _>(&at, plain("Period")).await?;
    let period_length = period_length.filter(|length| *length > 0);
    let configuration = at.runtime_apis().call_raw("BabeApi_configuration", None).await?;
    let slot_ms = <u64 as codec::Decode>::decode(&mut configuration.as_slice()).map_err(Failure::shape)?;
    Ok(ChainProperties {
        name,
        token_symbol: said
            .get("tokenSymbol")
            .and_then(|value| value.as_str())
            .unwrap_or("BLOC")
            .to_owned(),
        token_decimals: number("tokenDecimals").and_then(|n| u8::try_from(n).ok()).unwrap_or(12),
        ss58_prefix: number("ss58Format").and_then(|n| u16::try_from(n).ok()).unwrap_or(42),
        existential_deposit,
        period_length: period_length.ok_or_else(|| Failure::shape("the proving period's length is not set"))?,
        slot_duration: Duration::from_millis(slot_ms),
    })
}

/// A value of the market that is not a map.
fn plain<V: DecodeAsType>(entry: &str) -> (DynamicAddress<(), V>, ()) {
    (dynamic::storage(MARKET, entry), ())
}

/// An entry of one of the market's maps with one key.
fn keyed<V: DecodeAsType>(entry: &str, key: Bytes32) -> (DynamicAddress<(Bytes32,), V>, (Bytes32,)) {
    (dynamic::storage(MARKET, entry), (key,))
}

/// What subxt asks of the keys of an entry.
pub(crate) trait KeyParts: IntoEncodableValues + IntoDecodableValues {}
impl<K: IntoEncodableValues + IntoDecodableValues> KeyParts for K {}

/// The value at an address, or `None`.
pub(crate) async fn fetch<V: DecodeAsType, K: KeyParts>(
    at: &AtBlock,
    (address, keys): (DynamicAddress<K, V>, K),
) -> Result<Option<V>, Failure> {
    match at.storage().try_fetch(address, keys).await? {
        Some(value) => Ok(Some(value.decode()?)),
        None => Ok(None),
    }
}

pub(crate) fn key(account: &AccountId) -> Bytes32 {
    *account.as_ref()
}

impl Inner {
    pub(crate) fn properties(&self) -> &ChainProperties {
        &self.properties
    }

    /// Reads on the present connection; opens another one and reads again while patience lasts when it is lost. A block that was the
    /// best one when its hash was read may have lost to a fork, and its state be gone, a moment later: then it reads once more.
    pub(crate) async fn read<T, F, R>(&self, what: &str, read: F) -> Result<T, QueryError>
    where
        F: Fn(Arc<Live>) -> R + Send + Sync,
        R: Future<Output = Result<T, Failure>> + Send,
        T: Send,
    {
        let deadline = Instant::now() + self.patience;
        let mut backoff = Backoff::new();
        let mut absent = 0;
        loop {
            let unreachable = match self.connection.live().await {
                Ok(live) => match timeout(READ_TIMEOUT, read(live.clone())).await {
                    Ok(Ok(value)) => return Ok(value),
                    Ok(Err(Failure::NoState(_))) if absent < MAX_ABSENT => {
                        absent += 1;
                        backoff.pause().await;
                        continue;
                    }
                    Ok(Err(failure)) if self.connection.is_alive(&live).await => return Err(failure.into_query(what)),
                    Ok(Err(failure)) => self.connection.unreachable(failure.reason()),
                    Err(_) => {
                        self.connection.is_alive(&live).await;
                        self.connection
                            .unreachable(format!("no answer within {} s", READ_TIMEOUT.as_secs()))
                    }
                },
                Err(unreachable) => unreachable,
            };
            if Instant::now() >= deadline {
                return Err(unreachable.into());
            }
            backoff.pause().await;
        }
    }

    /// Reads in the state of the block that `at` names.
    pub(crate) async fn read_at<T, F, R>(&self, what: &str, at: At, read: F) -> Result<T, QueryError>
    where
        F: Fn(AtBlock) -> R + Send + Sync,
        R: Future<Output = Result<T, Failure>> + Send,
        T: Send,
    {
        let read = &read;
        self.read(what, move |live| async move { read(live.at(at).await?).await })
            .await
    }

    pub(crate) async fn params(&self, at: At) -> Result<Params, QueryError> {
        let params = self.read_at("the market's parameters", at, |at| async move {
            fetch::<ParamsLayout, _>(&at, plain("Params"))
                .await?
                .ok_or_else(|| Failure::shape("the parameters are not set"))
        });
        Ok(params.await?.into())
    }

    pub(crate) async fn account(&self, account: &AccountId, at: At) -> Result<Option<AccountLayout>, QueryError> {
        let key = key(account);
        self.read_at("the account's balance", at, move |at| async move {
            let address: DynamicAddress<(Bytes32,), AccountLayout> = dynamic::storage("System", "Account");
            fetch(&at, (address, (key,))).await
        })
        .await
    }
}

/// Balance in an account record: what is frozen beyond the holds, and the existential deposit, cannot be spent.
pub(crate) fn balance_of(record: Option<AccountLayout>, existential_deposit: Balance) -> AccountBalance {
    let Some(AccountLayout { data, .. }) = record else {
        return AccountBalance::default();
    };
    let kept = data.frozen.saturating_sub(data.reserved).max(existential_deposit);
    AccountBalance {
        free: data.free,
        held: data.reserved,
        transferable: data.free.saturating_sub(kept),
    }
}

#[async_trait]
impl ChainClient for SubxtChain {
    fn genesis_hash(&self) -> Hash {
        self.inner.genesis
    }

    fn properties(&self) -> &ChainProperties {
        &self.inner.properties
    }

    async fn block(&self, at: At) -> Result<BlockRef, QueryError> {
        self.inner
            .read("the block", move |live| async move {
                let hash = match at {
                    At::Best => live.methods.chain_get_block_hash(None).await?,
                    At::Finalized => Some(live.methods.chain_get_finalized_head().await?),
                    At::Block(hash) => Some(hash.0.into()),
                };
                let header = live.methods.chain_get_header(hash).await?;
                match (hash, header) {
                    (Some(hash), Some(header)) => Ok(BlockRef {
                        number: u32::try_from(header.number).map_err(Failure::shape)?,
                        hash: Hash::from(hash.0),
                    }),
                    _ => Err(Failure::NoState(format!("it does not know the block {hash:?}"))),
                }
            })
            .await
    }

    async fn block_hash(&self, number: BlockNumber) -> Result<Option<Hash>, QueryError> {
        self.inner
            .read("the hash of a block", move |live| async move {
                let hash = live.methods.chain_get_block_hash(Some(number.into())).await?;
                Ok(hash.map(|hash| Hash::from(hash.0)))
            })
            .await
    }

    fn best_blocks(&self) -> BlockStream {
        stream::best_blocks(self.inner.connection.clone())
    }

    fn finalized_blocks(&self, from: Option<BlockNumber>) -> BlockStream {
        stream::finalized_blocks(self.inner.connection.clone(), from)
    }

    async fn params(&self, at: At) -> Result<Params, QueryError> {
        self.inner.params(at).await
    }

    async fn provider(&self, account: &AccountId, at: At) -> Result<Option<Provider>, QueryError> {
        let key = key(account);
        let found = self
            .inner
            .read_at("the provider", at, move |at| async move {
                fetch::<ProviderLayout, _>(&at, keyed("Providers", key)).await
            })
            .await?;
        Ok(found.map(Into::into))
    }

    async fn provider_info(&self, account: &AccountId, at: At) -> Result<Option<ProviderInfo>, QueryError> {
        let key = key(account);
        let found = self
            .inner
            .read_at("the provider's addresses", at, move |at| async move {
                fetch::<ProviderInfoLayout, _>(&at, keyed("ProviderInfo", key)).await
            })
            .await?;
        Ok(found.map(Into::into))
    }

    async fn providers(&self, after: Option<&AccountId>, limit: u32, at: At) -> Result<ProviderPage, QueryError> {
        let after = after.map(key);
        let limit = limit.clamp(1, 1000);
        self.inner
            .read("the list of providers", move |live| async move {
                let at = live.at(at).await?;
                let address: DynamicAddress<(Bytes32,), ProviderLayout> = dynamic::storage(MARKET, "Providers");
                let entry = at.storage().entry(address)?;
                let start = after.map(|account| entry.fetch_key((account,))).transpose()?;
                let prefix = entry.key_prefix();
                let keys = live
                    .methods
                    .state_get_keys_paged(&prefix, limit, start.as_deref(), Some(at.block_hash()))
                    .await?;
                let full = u32::try_from(keys.len()).is_ok_and(|count| count >= limit);
                let at = &at;
                let providers: Vec<ProviderRecord> = futures::stream::iter(keys)
                    .map(|key| async move { provider_record(at, &key).await })
                    .buffered(PARALLEL_READS)
                    .try_collect()
                    .await?;
                let next = if full {
                    providers.last().map(|last| last.account.clone())
                } else {
                    None
                };
                Ok(ProviderPage { providers, next })
            })
            .await
    }

    async fn challenge(&self, provider: &AccountId, at: At) -> Result<Option<Challenge>, QueryError> {
        let key = key(provider);
        self.inner
            .read_at("the challenge", at, move |at| async move {
                let address: DynamicAddress<(Bytes32,)> = dynamic::storage(MARKET, "Challenges");
                match at.storage().try_fetch(address, (key,)).await? {
                    Some(value) => Ok(Some(Challenge::decode_all(&mut value.bytes()).map_err(Failure::shape)?)),
                    None => Ok(None),
                }
            })
            .await
    }

    async fn deal(&self, deal: DealId, at: At) -> Result<Option<Deal>, QueryError> {
        let key = deal.0.0;
        let found = self
            .inner
            .read_at("the deal", at, move |at| async move {
                fetch::<DealLayout, _>(&at, keyed("Deals", key)).await
            })
            .await?;
        Ok(found.map(Into::into))
    }

    async fn deals_by_owner(&self, owner: &AccountId, at: At) -> Result<Vec<DealId>, QueryError> {
        let owner = key(owner);
        self.inner
            .read_at("the deals of the account", at, move |at| async move {
                let address: DynamicAddress<(Bytes32, Bytes32), ()> = dynamic::storage(MARKET, "DealsByOwner");
                let mut entries = at.storage().iter(address, (owner,)).await?;
                let mut deals = Vec::new();
                while let Some(entry) = entries.next().await {
                    let (_, deal) = entry?.key()?.decode()?;
                    deals.push(DealId(Hash::from(deal)));
                }
                Ok(deals)
            })
            .await
    }

    async fn slot(&self, slot: SlotId, at: At) -> Result<Option<Slot>, QueryError> {
        let keys = (slot.deal.0.0, slot.index.0);
        let found = self
            .inner
            .read_at("the slot", at, move |at| async move {
                let address: DynamicAddress<(Bytes32, u16), SlotLayout> = dynamic::storage(MARKET, "Slots");
                fetch(&at, (address, keys)).await
            })
            .await?;
        Ok(found.map(Into::into))
    }

    async fn slots(&self, deal: DealId, at: At) -> Result<Vec<(SlotIndex, Slot)>, QueryError> {
        let key = deal.0.0;
        let mut slots = self
            .inner
            .read_at("the slots of the deal", at, move |at| async move {
                let address: DynamicAddress<(Bytes32, u16), SlotLayout> = dynamic::storage(MARKET, "Slots");
                let mut entries = at.storage().iter(address, (key,)).await?;
                let mut slots: Vec<(SlotIndex, Slot)> = Vec::new();
                while let Some(entry) = entries.next().await {
                    let entry = entry?;
                    let (_, index) = entry.key()?.decode()?;
                    slots.push((SlotIndex(index), entry.value().decode()?.into()));
                }
                Ok(slots)
            })
            .await?;
        slots.sort_by_key(|(index, _)| *index);
        Ok(slots)
    }

    async fn slots_of_provider(&self, provider: &AccountId, at: At) -> Result<Vec<(SlotId, Slot)>, QueryError> {
        let holder = &provider.clone();
        self.inner
            .read_at("the slots of the provider", at, move |at| async move {
                let address: DynamicAddress<(Bytes32, u16), SlotLayout> = dynamic::storage(MARKET, "Slots");
                let mut entries = at.storage().iter(address, ()).await?;
                let mut slots = Vec::new();
                while let Some(entry) = entries.next().await {
                    let entry = entry?;
                    let slot: Slot = entry.value().decode()?.into();
                    if slot.provider == *holder {
                        let (deal, index) = entry.key()?.decode()?;
                        slots.push((
                            SlotId {
                                deal: DealId(Hash::from(deal)),
                                index: SlotIndex(index),
                            },
                            slot,
                        ));
                    }
                }
                Ok(slots)
            })
            .await
    }

    async fn balance(&self, account: &AccountId, at: At) -> Result<AccountBalance, QueryError> {
        let record = self.inner.account(account, at).await?;
        Ok(balance_of(record, self.inner.properties.existential_deposit))
    }

    async fn estimate_fee(&self, signer: &Signer, call: &MarketCall) -> Result<Balance, SubmitError> {
        self.inner.estimate_fee(signer, call).await
    }

    async fn market_events(&self, block: Hash) -> Result<Vec<MarketEvent>, QueryError> {
        self.inner
            .read_at("the block's events", At::Block(block), |at| async move {
                let events = at.events().fetch().await?;
                let mut found = Vec::new();
                for event in events.iter() {
                    found.extend(market_event(&event?)?);
                }
                Ok(found)
            })
            .await
    }

    async fn submit(&self, signer: &Signer, call: MarketCall, wait: WaitFor) -> Result<InclusionReport, SubmitError> {
        self.inner.submit(signer, &call, wait).await
    }

    async fn submit_prove(&self, call: ProveCall, wait: WaitFor) -> Result<InclusionReport, ProveError> {
        self.inner.submit_prove(call, wait).await
    }
}

/// The provider whose entry in `Providers` has this key.
async fn provider_record(at: &AtBlock, storage_key: &[u8]) -> Result<ProviderRecord, Failure> {
    let account: Bytes32 = storage_key
        .last_chunk::<32>()
        .copied()
        .ok_or_else(|| Failure::shape("a key of Providers is shorter than an account"))?;
    let provider: ProviderLayout = fetch(at, keyed("Providers", account))
        .await?
        .ok_or_else(|| Failure::shape("a listed provider has no record"))?;
    let info: Option<ProviderInfoLayout> = fetch(at, keyed("ProviderInfo", account)).await?;
    Ok(ProviderRecord {
        account: AccountId::new(account),
        provider: provider.into(),
        info: info.map(Into::into).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_node_that_is_not_there_is_named() {
        let error = connect("ws://127.0.0.1:1", ConnectOptions::default())
            .await
            .err()
            .expect("nobody listens there");
        let text = error.to_string();
        assert!(
            text.contains("ws://127.0.0.1:1") && text.contains("is blocs-node running"),
            "{text}"
        );
        let error = connect("not an address", ConnectOptions::default())
            .await
            .err()
            .expect("no address");
        assert!(matches!(error, ConnectError::Unreachable(_)), "{error}");
    }
}
