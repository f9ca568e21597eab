//! The chain as the programs off chain see it: a trait, its subxt implementation, and a twin in memory for tests.
//!
//! [`ChainClient`] is the whole view that a provider, a client or a tool has of the chain. [`connect`] gives the
//! implementation over a node's JSON-RPC; [`MemoryChain`] is the twin for tests. Nothing here knows the runtime: names and
//! layouts come from the metadata that the node serves.

mod call;
mod connection;
pub mod dynamic;
mod encode;
mod error;
mod event;
mod event_layout;
pub mod governance;
mod layout;
mod memory;
mod multisig;
mod record;
mod signer;
mod staking;
mod stream;
mod submit;
mod subxt_client;
pub mod value;

pub use call::{DealExtension, DealOffer, InclusionReport, MarketCall, ProveCall, Registration, Terms, Tier, WaitFor};
pub use dynamic::{
    CallError, DecodedCall, DecodedEvent, DecodedExtrinsic, DigestLog, DryRun, EntriesPage, EntryInfo, ErrorInfo,
    PalletInfo, RawBlock, RawCall, TxOptions,
};
pub use error::{ConnectError, ProveError, QueryError, SignerError, SubmitError, Unreachable};
pub use event::MarketEvent;
pub use memory::MemoryChain;
pub use multisig::multisig_account;
pub use record::{
    AccountBalance, At, BlockRef, ChainProperties, Deal, Params, Provider, ProviderInfo, ProviderRecord,
    ProviderStatus, Slot, SlotStatus,
};
pub use signer::{Signer, Sr25519Signer};
pub use staking::{
    BondedAccount, EraClock, EraReward, Nominations, NominatorShare, PayTo, PayoutPage, Pool, PoolMember, SessionKeys,
    StakingCall, StakingLimits, StakingView, Unlocking, ValidatorPrefs, ValidatorRecord,
};
pub use submit::SignedTransaction;
pub use subxt_client::{ConnectOptions, SubxtChain, connect};
pub use value::{Decoded, Value};

use async_trait::async_trait;
use blocs_primitives::{AccountId, Balance, BlockNumber, Challenge, DealId, Hash, SlotId, SlotIndex};
use futures::stream::BoxStream;

/// An endless stream of blocks.
///
/// It reconnects by itself, with a growing pause of at most some seconds, and then goes on where it stopped. Every failed
/// attempt is reported as one `Err` item; the stream does not end with it. A caller that wants to give up stops polling.
pub type BlockStream = BoxStream<'static, Result<BlockRef, Unreachable>>;

/// A page of providers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderPage {
    /// The providers, in the order of the storage map's keys.
    pub providers: Vec<ProviderRecord>,
    /// Pass it as `after` to read on; `None` when this was the last page.
    pub next: Option<AccountId>,
}

/// Everything that a program off chain asks of the chain.
///
/// Contract: reads are at the block that [`At`] names and see exactly that block's state. An absent entry is `Ok(None)`
/// or an empty list, never an error. All methods may be called concurrently. Dropping a future of a read is harmless;
/// dropping the future of [`ChainClient::submit`] or [`ChainClient::submit_prove`] leaves open whether the call was sent.
#[async_trait]
pub trait ChainClient: Send + Sync + 'static {
    /// Hash of the chain's first block.
    fn genesis_hash(&self) -> Hash;

    /// What does not change while the chain lives: token, period length, slot duration, existential deposit.
    fn properties(&self) -> &ChainProperties;

    /// Blocks in a proving period.
    fn period_length(&self) -> BlockNumber {
        self.properties().period_length
    }

    /// Number and hash of the block that `at` names; for [`At::Block`] also a check that the node knows it.
    async fn block(&self, at: At) -> Result<BlockRef, QueryError>;

    /// Hash of the block of this height on the best chain; `None` above the best block.
    async fn block_hash(&self, number: BlockNumber) -> Result<Option<Hash>, QueryError>;

    /// Best blocks as they change: starts with the present one, may skip heights and may go back after a fork.
    fn best_blocks(&self) -> BlockStream;

    /// Finalized blocks: every height once, in order, without gaps, starting with `from`, or with the present finalized block.
    fn finalized_blocks(&self, from: Option<BlockNumber>) -> BlockStream;

    /// The market's governed parameters.
    async fn params(&self, at: At) -> Result<Params, QueryError>;

    /// A provider's ledger record.
    async fn provider(&self, account: &AccountId, at: At) -> Result<Option<Provider>, QueryError>;

    /// Where and what a provider is.
    async fn provider_info(&self, account: &AccountId, at: At) -> Result<Option<ProviderInfo>, QueryError>;

    /// Up to `limit` providers with their info, those after the account `after` in key order.
    async fn providers(&self, after: Option<&AccountId>, limit: u32, at: At) -> Result<ProviderPage, QueryError>;

    /// All providers: pages until the end, every page at the same block.
    async fn all_providers(&self, at: At) -> Result<Vec<ProviderRecord>, QueryError> {
        let at = At::Block(self.block(at).await?.hash);
        let mut all = Vec::new();
        let mut after: Option<AccountId> = None;
        loop {
            let page = self.providers(after.as_ref(), PROVIDERS_PER_PAGE, at).await?;
            all.extend(page.providers);
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(all),
            }
        }
    }

    /// The provider's open challenge. Providers read it at the best block.
    async fn challenge(&self, provider: &AccountId, at: At) -> Result<Option<Challenge>, QueryError>;

    /// A deal.
    async fn deal(&self, deal: DealId, at: At) -> Result<Option<Deal>, QueryError>;

    /// Ids of the deals of an owner.
    async fn deals_by_owner(&self, owner: &AccountId, at: At) -> Result<Vec<DealId>, QueryError>;

    /// A slot.
    async fn slot(&self, slot: SlotId, at: At) -> Result<Option<Slot>, QueryError>;

    /// The unclosed slots of a deal, by index.
    async fn slots(&self, deal: DealId, at: At) -> Result<Vec<(SlotIndex, Slot)>, QueryError>;

    /// Every unclosed slot that the provider holds, whatever its status. Reads the whole table of slots: meant for a rebuild of local state.
    async fn slots_of_provider(&self, provider: &AccountId, at: At) -> Result<Vec<(SlotId, Slot)>, QueryError>;

    /// Balance of an account; zeros when it does not exist.
    async fn balance(&self, account: &AccountId, at: At) -> Result<AccountBalance, QueryError>;

    /// The fee that the chain would take for the call now, without tip.
    async fn estimate_fee(&self, signer: &Signer, call: &MarketCall) -> Result<Balance, SubmitError>;

    /// The market's events in a block, in order.
    async fn market_events(&self, block: Hash) -> Result<Vec<MarketEvent>, QueryError>;

    /// Signs the call, sends it, and waits until it is in a block or in a finalized block. Returns an error when it was
    /// dispatched and failed. Two calls of one account may run at the same time: nonces are handed out in order.
    ///
    /// The transaction is mortal. When the connection is lost after sending, the implementation finds out whether the
    /// transaction was included before it sends anything again, so that the call takes effect at most once.
    async fn submit(&self, signer: &Signer, call: MarketCall, wait: WaitFor) -> Result<InclusionReport, SubmitError>;

    /// Sends a proof as an unsigned transaction and waits until it is in a block or in a finalized block. The fee of the report is zero.
    async fn submit_prove(&self, call: ProveCall, wait: WaitFor) -> Result<InclusionReport, ProveError>;
}

/// Page size of [`ChainClient::all_providers`].
pub const PROVIDERS_PER_PAGE: u32 = 256;
