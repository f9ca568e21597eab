//! What all requests share.

use crate::{
    cache::BlockCache,
    figures::Figures,
    page, pick,
    problem::Problem,
    source::{Source, Wanted},
    words::Data,
};
use blocs_chain::{At, BlockRef, BlockStream, ChainProperties, Decoded, EntriesPage, Value, value};
use blocs_primitives::{AccountId, Hash};
use futures::StreamExt;
use std::sync::Arc;
use tokio::sync::watch;

/// The service's view of the chain, and what it remembers.
pub(crate) struct Api {
    pub(crate) source: Arc<dyn Source>,
    pub(crate) blocks: BlockCache,
    pub(crate) figures: Figures,
    best: watch::Sender<Option<BlockRef>>,
    finalized: watch::Sender<Option<BlockRef>>,
}

/// As handlers get it.
pub(crate) type Shared = Arc<Api>;

impl Api {
    pub(crate) fn new(source: Arc<dyn Source>) -> Self {
        Self {
            source,
            blocks: BlockCache::default(),
            figures: Figures::default(),
            best: watch::Sender::new(None),
            finalized: watch::Sender::new(None),
        }
    }

    pub(crate) fn chain(&self) -> &ChainProperties {
        self.source.properties()
    }

    /// Follows the chain's heads until `stop` ends, so that a request need not ask for them.
    pub(crate) async fn follow(self: Arc<Self>) {
        tokio::join!(
            follow(self.source.best_blocks(), &self.best),
            follow(self.source.finalized_blocks(), &self.finalized)
        );
    }

    /// The heads as last seen, best and finalized; `None` while the node cannot be reached.
    pub(crate) fn heads(&self) -> (Option<BlockRef>, Option<BlockRef>) {
        (*self.best.borrow(), *self.finalized.borrow())
    }

    pub(crate) async fn best(&self) -> Result<BlockRef, Problem> {
        match self.heads().0 {
            Some(block) => Ok(block),
            None => Ok(self.source.block(At::Best).await?),
        }
    }

    pub(crate) async fn finalized(&self) -> Result<BlockRef, Problem> {
        match self.heads().1 {
            Some(block) => Ok(block),
            None => Ok(self.source.block(At::Finalized).await?),
        }
    }

    /// The canonical JSON of decoded data.
    pub(crate) fn json(&self, data: &Decoded) -> Data {
        Data(value::to_json(data, self.chain()))
    }

    /// The same of something that may not be there: null then.
    pub(crate) fn json_or_null(&self, data: Option<&Decoded>) -> Data {
        data.map_or_else(Data::default, |data| self.json(data))
    }

    /// An account as an address.
    pub(crate) fn address(&self, account: &AccountId) -> String {
        crate::address::show(account, self.chain())
    }

    /// The account of an address.
    pub(crate) fn account(&self, text: &str) -> Result<AccountId, Problem> {
        crate::address::parse(text, self.chain())
    }

    pub(crate) async fn read(
        &self,
        block: Hash,
        pallet: &str,
        entry: &str,
        keys: Vec<Value>,
    ) -> Result<Option<Decoded>, Problem> {
        Ok(self.source.read(block, pallet, entry, keys).await?)
    }

    /// An entry that belongs to an account.
    pub(crate) async fn read_of(
        &self,
        block: Hash,
        pallet: &str,
        entry: &str,
        account: &AccountId,
    ) -> Result<Option<Decoded>, Problem> {
        self.read(block, pallet, entry, vec![value::account(account)]).await
    }

    /// A value that is a number; zero when it is not set.
    pub(crate) async fn number(&self, block: Hash, pallet: &str, entry: &str) -> Result<u128, Problem> {
        match self.read(block, pallet, entry, vec![]).await? {
            Some(found) => pick::number(&found, entry),
            None => Ok(0),
        }
    }

    pub(crate) async fn page(&self, block: Hash, wanted: Wanted<'_>) -> Result<EntriesPage, Problem> {
        if let Some(after) = &wanted.after {
            let start = [wanted.pallet, wanted.entry].map(|name| sp_crypto_hashing::twox_128(name.as_bytes()));
            if !after.starts_with(&start.concat()) {
                return Err(page::cursor(&format!("0x{}", hex::encode(after))));
            }
        }
        Ok(self.source.page(block, wanted).await?)
    }
}

async fn follow(mut blocks: BlockStream, head: &watch::Sender<Option<BlockRef>>) {
    while let Some(next) = blocks.next().await {
        head.send_replace(next.ok());
    }
}

/// A cursor of the chain's storage, as answers write it.
pub(crate) fn cursor(next: Option<Vec<u8>>) -> Option<String> {
    next.map(|key| format!("0x{}", hex::encode(key)))
}
