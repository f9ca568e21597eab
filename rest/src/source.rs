//! What the service asks of the chain.

use async_trait::async_trait;
use blocs_chain::{
    At, BlockRef, BlockStream, CallError, ChainClient, ChainProperties, Decoded, DecodedCall, DecodedEvent,
    DecodedExtrinsic, EntriesPage, PalletInfo, QueryError, RawBlock, SubxtChain, Value,
    governance::{GovernanceLimits, GovernanceView, Proposal, Referendum, Track},
};
use blocs_primitives::{Balance, BlockNumber, Hash};

/// The chain as the service reads it.
///
/// Contract: reads are at the block given and see exactly its state; an absent entry is `None` or an empty page. `limit` bounds what
/// the node is asked for. Dropping a future is harmless.
#[async_trait]
pub trait Source: Send + Sync + 'static {
    /// Hash of the first block.
    fn genesis(&self) -> Hash;
    /// What does not change while the chain lives.
    fn properties(&self) -> &ChainProperties;
    /// Number and hash of the block that `at` names.
    async fn block(&self, at: At) -> Result<BlockRef, QueryError>;
    /// Hash of the block of this height on the best chain.
    async fn block_hash(&self, number: BlockNumber) -> Result<Option<Hash>, QueryError>;
    /// Best blocks as they change.
    fn best_blocks(&self) -> BlockStream;
    /// Finalized blocks as they come.
    fn finalized_blocks(&self) -> BlockStream;
    /// Header and extrinsics of a block.
    async fn raw_block(&self, block: Hash) -> Result<RawBlock, QueryError>;
    /// The extrinsics of a block, each on its own.
    async fn extrinsics(&self, block: &RawBlock) -> Result<Vec<Result<DecodedExtrinsic, CallError>>, QueryError>;
    /// An extrinsic that is in no block, by the runtime of the best one.
    async fn extrinsic(&self, bytes: &[u8]) -> Result<DecodedExtrinsic, CallError>;
    /// A call, by the metadata of the best block.
    async fn call(&self, bytes: &[u8]) -> Result<DecodedCall, CallError>;
    /// The events of a block.
    async fn events(&self, block: Hash) -> Result<Vec<DecodedEvent>, QueryError>;
    /// A storage entry.
    async fn read(
        &self,
        block: Hash,
        pallet: &str,
        entry: &str,
        keys: Vec<Value>,
    ) -> Result<Option<Decoded>, QueryError>;
    /// A page of a storage map.
    async fn page(&self, block: Hash, wanted: Wanted<'_>) -> Result<EntriesPage, QueryError>;
    /// A constant.
    async fn constant(&self, pallet: &str, name: &str) -> Result<Decoded, QueryError>;
    /// The answer of a runtime API.
    async fn runtime_call(&self, block: Hash, api: &str, method: &str, args: Vec<Value>)
    -> Result<Decoded, QueryError>;
    /// The pallets of the runtime of a block.
    async fn pallets(&self, block: Hash) -> Result<Vec<PalletInfo>, QueryError>;
    /// Keys of a storage entry, from text.
    async fn keys(&self, block: Hash, pallet: &str, entry: &str, keys: &[String]) -> Result<Vec<Value>, CallError>;
    /// The tracks of governance.
    async fn tracks(&self) -> Result<Vec<Track>, QueryError>;
    /// The limits of governance.
    async fn governance_limits(&self) -> Result<GovernanceLimits, QueryError>;
    /// All tokens that can vote.
    async fn electorate(&self, block: Hash) -> Result<Balance, QueryError>;
    /// A referendum.
    async fn referendum(&self, index: u32, block: Hash) -> Result<Option<Referendum>, QueryError>;
    /// The encoded call that is proposed, when it is on chain.
    async fn proposed_call(&self, proposal: &Proposal, block: Hash) -> Result<Option<Vec<u8>>, QueryError>;
}

/// Which page of which map.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The pallet.
    pub pallet: &'a str,
    /// The map.
    pub entry: &'a str,
    /// The first keys.
    pub prefix: Vec<Value>,
    /// Begin behind this key of the storage.
    pub after: Option<Vec<u8>>,
    /// Most entries.
    pub limit: u32,
}

#[async_trait]
impl Source for SubxtChain {
    fn genesis(&self) -> Hash {
        self.genesis_hash()
    }

    fn properties(&self) -> &ChainProperties {
        ChainClient::properties(self)
    }

    async fn block(&self, at: At) -> Result<BlockRef, QueryError> {
        ChainClient::block(self, at).await
    }

    async fn block_hash(&self, number: BlockNumber) -> Result<Option<Hash>, QueryError> {
        ChainClient::block_hash(self, number).await
    }

    fn best_blocks(&self) -> BlockStream {
        ChainClient::best_blocks(self)
    }

    fn finalized_blocks(&self) -> BlockStream {
        ChainClient::finalized_blocks(self, None)
    }

    async fn raw_block(&self, block: Hash) -> Result<RawBlock, QueryError> {
        SubxtChain::raw_block(self, block).await
    }

    async fn extrinsics(&self, block: &RawBlock) -> Result<Vec<Result<DecodedExtrinsic, CallError>>, QueryError> {
        self.decode_extrinsics(block).await
    }

    async fn extrinsic(&self, bytes: &[u8]) -> Result<DecodedExtrinsic, CallError> {
        self.decode_extrinsic(bytes).await
    }

    async fn call(&self, bytes: &[u8]) -> Result<DecodedCall, CallError> {
        self.decode_call(bytes).await
    }

    async fn events(&self, block: Hash) -> Result<Vec<DecodedEvent>, QueryError> {
        SubxtChain::events(self, block).await
    }

    async fn read(
        &self,
        block: Hash,
        pallet: &str,
        entry: &str,
        keys: Vec<Value>,
    ) -> Result<Option<Decoded>, QueryError> {
        SubxtChain::read(self, At::Block(block), pallet, entry, keys).await
    }

    async fn page(&self, block: Hash, wanted: Wanted<'_>) -> Result<EntriesPage, QueryError> {
        let Wanted {
            pallet,
            entry,
            prefix,
            after,
            limit,
        } = wanted;
        self.entries_page(At::Block(block), pallet, entry, prefix, after, limit)
            .await
    }

    async fn constant(&self, pallet: &str, name: &str) -> Result<Decoded, QueryError> {
        SubxtChain::constant(self, pallet, name).await
    }

    async fn runtime_call(
        &self,
        block: Hash,
        api: &str,
        method: &str,
        args: Vec<Value>,
    ) -> Result<Decoded, QueryError> {
        SubxtChain::runtime_call(self, At::Block(block), api, method, args).await
    }

    async fn pallets(&self, block: Hash) -> Result<Vec<PalletInfo>, QueryError> {
        SubxtChain::pallets(self, At::Block(block)).await
    }

    async fn keys(&self, block: Hash, pallet: &str, entry: &str, keys: &[String]) -> Result<Vec<Value>, CallError> {
        self.storage_keys_from_text(At::Block(block), pallet, entry, keys).await
    }

    async fn tracks(&self) -> Result<Vec<Track>, QueryError> {
        GovernanceView::tracks(self).await
    }

    async fn governance_limits(&self) -> Result<GovernanceLimits, QueryError> {
        GovernanceView::governance_limits(self).await
    }

    async fn electorate(&self, block: Hash) -> Result<Balance, QueryError> {
        GovernanceView::electorate(self, At::Block(block)).await
    }

    async fn referendum(&self, index: u32, block: Hash) -> Result<Option<Referendum>, QueryError> {
        GovernanceView::referendum(self, index, At::Block(block)).await
    }

    async fn proposed_call(&self, proposal: &Proposal, block: Hash) -> Result<Option<Vec<u8>>, QueryError> {
        GovernanceView::proposed_call(self, proposal, At::Block(block)).await
    }
}
