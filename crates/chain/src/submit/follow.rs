//! Following a transaction until it is in a block, or can no longer get into one.

use super::{Dispatchable, Sent, Transaction, Watch, launch::RejectionKind};
use crate::{
    At, InclusionReport, QueryError, Signer, TxOptions, Unreachable, WaitFor, connection::Backoff, subxt_client::Inner,
};
use async_trait::async_trait;
use blocs_primitives::{BlockNumber, Hash};
use std::time::Duration;
use tokio::time::Instant;

/// How long an unreachable node is tried after a transaction has been sent.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often the same bytes are offered to a pool that lets go of them.
const MAX_RESENDS: u32 = 5;

/// Why a transaction had no effect.
#[derive(Debug)]
pub(super) enum FollowError {
    Unreachable(Unreachable),
    Query(QueryError),
    Refused(String),
    Expired,
    /// Another transaction has used its nonce, finally: it can never take effect.
    Superseded,
    Dispatch {
        pallet: String,
        error: String,
        docs: String,
    },
}

impl From<QueryError> for FollowError {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Unreachable(unreachable) => Self::Unreachable(unreachable),
            error => Self::Query(error),
        }
    }
}

/// Bytes that carry out one call once, whichever of them gets into a block: they have the same nonce.
pub(super) struct Versions {
    /// What is sent now.
    pub(super) present: Transaction,
    /// Signed before an upgrade of the runtime, which makes signatures void. A fork without the upgrade may still include them.
    pub(super) void: Vec<Transaction>,
}

impl Versions {
    /// Which of them these bytes are.
    pub(super) fn find(&self, bytes: &[u8]) -> Option<&Transaction> {
        let mut all = std::iter::once(&self.present).chain(&self.void);
        all.find(|transaction| transaction.bytes == bytes)
    }
}

/// How watching the pool ended.
#[derive(Debug)]
pub(super) enum Watched {
    /// In this block.
    Included { block: Hash, finalized: bool },
    /// The pool let go of it.
    Gone(String),
    /// No news any more, or none that can be hoped for.
    Lost,
}

/// What the chain's blocks say.
#[derive(Debug)]
pub(super) enum Place {
    Finalized(Hash),
    Best(Hash),
    /// In no block up to the best one; the last finalized height.
    Nowhere(BlockNumber),
}

/// What following needs of the chain.
#[async_trait]
pub(super) trait Chain: Send + Sync {
    /// What the pool says about a transaction.
    type Watch: Send;

    /// Listens until there is news, or until none can be hoped for: then the signature is void.
    async fn watch(&self, watch: Self::Watch, versions: &Versions, wait: WaitFor) -> Watched;

    /// Looks into the blocks from `searched` + 1 on; finalized blocks are searched once.
    async fn locate(&self, versions: &Versions, searched: &mut BlockNumber) -> Result<Place, QueryError>;

    /// What the transaction did in the block; `None` when it is not in it.
    async fn report(
        &self,
        versions: &Versions,
        block: Hash,
        finalized: bool,
    ) -> Result<Option<InclusionReport>, FollowError>;

    /// The next nonce of the transaction's account in this block's state; `None` for a transaction without an account.
    async fn nonce(&self, transaction: &Transaction, at: At) -> Result<Option<u32>, QueryError>;

    /// Whether the runtime was upgraded since the transaction was signed.
    async fn is_void(&self, transaction: &Transaction) -> bool;

    /// Signs the same call with the same nonce for the present runtime; `None` when the signature is somebody else's.
    async fn sign_anew(&self, transaction: &Transaction) -> Result<Option<Transaction>, QueryError>;

    /// Gives the bytes to the pool, in one attempt.
    async fn send(&self, transaction: &Transaction) -> Sent<Self::Watch>;

    /// Waits until the chain has another best block, or until one is overdue.
    async fn next_block(&self);
}

/// A transaction that is followed, and how far that is.
pub(super) struct Following<'a, C: Chain> {
    chain: &'a C,
    wait: WaitFor,
    versions: Versions,
    watch: Option<C::Watch>,
    /// Finalized blocks up to this one do not have the transaction.
    searched: BlockNumber,
    /// Why the pool let go of it.
    said: Option<String>,
    resends: u32,
}

impl<'a, C: Chain> Following<'a, C> {
    pub(super) fn new(chain: &'a C, transaction: Transaction, watch: Option<C::Watch>, wait: WaitFor) -> Self {
        Self {
            chain,
            wait,
            watch,
            searched: transaction.birth,
            versions: Versions {
                present: transaction,
                void: Vec::new(),
            },
            said: None,
            resends: 0,
        }
    }

    /// Waits until the transaction is where `wait` asks for, or can no longer get there. A lost connection is waited for.
    pub(super) async fn end(mut self) -> Result<InclusionReport, FollowError> {
        let mut backoff = Backoff::new();
        let mut lost_since: Option<Instant> = None;
        loop {
            match self.turn().await {
                Ok(Some(report)) => return Ok(report),
                Ok(None) => lost_since = None,
                Err(FollowError::Unreachable(unreachable)) => {
                    let since = *lost_since.get_or_insert_with(Instant::now);
                    if since.elapsed() >= PATIENCE {
                        return Err(FollowError::Unreachable(unreachable));
                    }
                }
                Err(error) => return Err(error),
            }
            if self.watch.is_none() {
                backoff.pause().await;
            }
        }
    }

    /// Listens while there is something to listen to, then looks into the blocks; sends the transaction again when it is nowhere.
    async fn turn(&mut self) -> Result<Option<InclusionReport>, FollowError> {
        if let Some(watch) = self.watch.take() {
            match self.chain.watch(watch, &self.versions, self.wait).await {
                Watched::Included { block, finalized } => {
                    if let Some(report) = self.chain.report(&self.versions, block, finalized).await? {
                        return Ok(Some(report));
                    }
                }
                Watched::Gone(reason) => self.said = Some(reason),
                Watched::Lost => {}
            }
        }
        let finalized = match self.locate().await? {
            Place::Finalized(block) => return self.chain.report(&self.versions, block, true).await,
            Place::Best(block) if self.wait == WaitFor::InBlock => {
                return self.chain.report(&self.versions, block, false).await;
            }
            Place::Best(_) => return Ok(None),
            Place::Nowhere(finalized) => finalized,
        };
        if self.next_nonce(At::Finalized).await? > self.nonce() {
            // Used by this very transaction, perhaps, since the blocks were searched.
            return match self.locate().await? {
                Place::Nowhere(_) => Err(FollowError::Superseded),
                Place::Finalized(_) | Place::Best(_) => Ok(None),
            };
        }
        if self.chain.is_void(&self.versions.present).await {
            self.sign_anew().await?;
        }
        if finalized >= self.versions.present.death {
            return Err(FollowError::Expired);
        }
        self.send().await
    }

    /// The pool drops what waits for earlier transactions of its account with every block: its turn comes with theirs. All else it
    /// drops only a few times.
    async fn send(&mut self) -> Result<Option<InclusionReport>, FollowError> {
        let waits = self.next_nonce(At::Best).await? < self.nonce();
        if waits && self.said.is_some() {
            self.chain.next_block().await;
        }
        // Before it is offered: what the pool has taken can get into a block.
        if !waits && self.resends >= MAX_RESENDS {
            let reason = self.said.take().unwrap_or_else(|| "the pool drops it".to_owned());
            return Err(FollowError::Refused(reason));
        }
        match self.chain.send(&self.versions.present).await {
            Sent::Watching(again) => {
                self.resends += u32::from(!waits);
                self.watch = Some(again);
                Ok(None)
            }
            Sent::Known | Sent::Lost => Ok(None),
            // Its nonce is used in a block that is not final yet, or the pool still has it with a void signature: time will tell.
            Sent::Rejected(rejection)
                if rejection.kind == RejectionKind::Nonce && self.versions.present.sender.is_some() =>
            {
                Ok(None)
            }
            // An upgrade has come in between.
            Sent::Rejected(_) if self.chain.is_void(&self.versions.present).await => Ok(None),
            Sent::Rejected(rejection) => match self.locate().await? {
                Place::Nowhere(_) => Err(FollowError::Refused(self.said.take().unwrap_or(rejection.reason))),
                Place::Finalized(_) | Place::Best(_) => Ok(None),
            },
        }
    }

    async fn sign_anew(&mut self) -> Result<(), FollowError> {
        let present = &mut self.versions.present;
        let Some(anew) = self.chain.sign_anew(present).await? else {
            let reason =
                "the runtime was upgraded after it was signed, so its signature is void: make and sign it again";
            return Err(FollowError::Refused(reason.to_owned()));
        };
        self.versions.void.push(std::mem::replace(present, anew));
        self.said = None;
        self.resends = 0;
        Ok(())
    }

    async fn locate(&mut self) -> Result<Place, QueryError> {
        self.chain.locate(&self.versions, &mut self.searched).await
    }

    fn nonce(&self) -> u32 {
        self.versions.present.sender.as_ref().map_or(0, |(_, nonce)| *nonce)
    }

    /// The account's; that of the transaction when it has no account.
    async fn next_nonce(&mut self, at: At) -> Result<u32, QueryError> {
        let next = self.chain.nonce(&self.versions.present, at).await?;
        Ok(next.unwrap_or_else(|| self.nonce()))
    }
}

/// Who signed a transaction, and for what.
pub(super) struct Author<'a> {
    pub(super) signer: &'a Signer,
    pub(super) call: &'a dyn Dispatchable,
    pub(super) options: &'a TxOptions,
}

/// A node, and who can sign the transaction anew, if that is us.
pub(super) struct OnNode<'a> {
    pub(super) inner: &'a Inner,
    pub(super) author: Option<Author<'a>>,
}

#[async_trait]
impl Chain for OnNode<'_> {
    type Watch = Watch;

    async fn watch(&self, watch: Watch, versions: &Versions, wait: WaitFor) -> Watched {
        self.inner.watch(watch, &versions.present, wait).await
    }

    async fn locate(&self, versions: &Versions, searched: &mut BlockNumber) -> Result<Place, QueryError> {
        self.inner.locate(versions, searched).await
    }

    async fn report(
        &self,
        versions: &Versions,
        block: Hash,
        finalized: bool,
    ) -> Result<Option<InclusionReport>, FollowError> {
        self.inner.report(versions, block, finalized).await
    }

    async fn nonce(&self, transaction: &Transaction, at: At) -> Result<Option<u32>, QueryError> {
        let Some((account, _)) = &transaction.sender else {
            return Ok(None);
        };
        let record = self.inner.account(account, at).await?;
        Ok(Some(record.map_or(0, |record| record.nonce)))
    }

    async fn is_void(&self, transaction: &Transaction) -> bool {
        self.inner.is_void(transaction).await
    }

    async fn sign_anew(&self, transaction: &Transaction) -> Result<Option<Transaction>, QueryError> {
        match (&self.author, &transaction.sender) {
            (Some(author), Some((_, nonce))) => {
                let signed = self
                    .inner
                    .sign(author.signer, author.call, *nonce, author.options)
                    .await;
                signed.map(Some)
            }
            _ => Ok(None),
        }
    }

    async fn send(&self, transaction: &Transaction) -> Sent {
        self.inner.send(transaction).await
    }

    async fn next_block(&self) {
        self.inner.next_block().await;
    }
}

#[cfg(test)]
#[path = "follow_tests.rs"]
mod tests;
