//! Finding the nonce with which the pool takes a transaction.

use super::{Dispatchable, Sent, Transaction, Watch, name, query_error, reasons};
use crate::{
    QueryError, Signer, SubmitError, TxOptions,
    connection::Failure,
    layout::Bytes32,
    stream::best_blocks,
    subxt_client::{Inner, key},
};
use async_trait::async_trait;
use blocs_primitives::{AccountId, Balance};
use futures::StreamExt;
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use subxt::utils::AccountId32;
use tokio::time::timeout;

/// Attempts to find a nonce that the pool takes, each in another block.
const NONCE_ATTEMPTS: u32 = 6;
/// Slots in which there should be a block; shorter or longer waits are cut to these bounds.
const SLOTS: u32 = 3;
const SHORTEST_WAIT: Duration = Duration::from_secs(3);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Why the pool refused.
pub(super) struct Rejection {
    pub(super) kind: RejectionKind,
    pub(super) reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RejectionKind {
    /// The nonce has been used, or another transaction with it is in the pool.
    Nonce,
    /// The account cannot pay the fee.
    Funds,
    /// It can never be included as it is.
    Invalid,
    /// It was invalid a short while ago, and the node does not look at it again for a time.
    Banned,
    /// Anything else.
    Other,
}

impl Rejection {
    pub(super) fn of(error: &subxt::rpcs::UserError) -> Self {
        let data = error
            .data
            .as_ref()
            .map(|data| data.get().trim_matches('"').to_owned())
            .unwrap_or_default();
        let kind = match error.code {
            1014 => RejectionKind::Nonce,
            1010 if data.contains("outdated") => RejectionKind::Nonce,
            1010 if data.contains("pay some fees") => RejectionKind::Funds,
            1010 if data.contains("Custom error") => RejectionKind::Other,
            1002 | 1010 | 1011 => RejectionKind::Invalid,
            1012 => RejectionKind::Banned,
            _ => RejectionKind::Other,
        };
        let reason = if data.is_empty() {
            error.message.clone()
        } else {
            format!("{}: {data}", error.message)
        };
        let reason = match kind {
            RejectionKind::Invalid => reasons::of_text(&reason).unwrap_or(reason),
            _ => reason,
        };
        Self { kind, reason }
    }
}

/// One lane per account: transactions get their nonces one after the other.
#[derive(Default)]
pub(crate) struct Lanes {
    lanes: Mutex<HashMap<Bytes32, Arc<Lane>>>,
}

#[derive(Default)]
pub(super) struct Lane {
    /// The nonce after the last one handed out.
    next: tokio::sync::Mutex<u32>,
    /// Transactions sent and not yet in a block.
    under_way: AtomicUsize,
}

impl Lanes {
    /// Forgets how far the account's nonces have been handed out: one of them was not used, and the node knows which is the next.
    pub(super) async fn forget(&self, account: &AccountId) {
        *self.lane(account).next.lock().await = 0;
    }

    fn lane(&self, account: &AccountId) -> Arc<Lane> {
        self.lanes.lock().entry(key(account)).or_default().clone()
    }
}

/// Counts a transaction as under way until dropped.
struct UnderWay(Arc<Lane>);

impl UnderWay {
    fn new(lane: &Arc<Lane>) -> Self {
        lane.under_way.fetch_add(1, Ordering::SeqCst);
        Self(lane.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A signed transaction that the pool has, or may have.
pub(super) struct Launched {
    pub(super) transaction: Transaction,
    pub(super) watch: Option<Watch>,
    /// Kept until it is known what became of it.
    _under_way: UnderWay,
}

/// Why no nonce was found.
enum NotPlaced {
    /// The chain could not be asked.
    Query(QueryError),
    /// The pool refused.
    Rejected(Rejection),
}

/// What placing a transaction needs of the chain.
#[async_trait]
trait Pool: Send + Sync {
    /// The account's next nonce as the node counts it.
    async fn next_nonce(&self) -> Result<u32, QueryError>;

    /// Signs with this nonce and sends.
    async fn offer(&self, nonce: u32) -> Result<(Transaction, Sent), QueryError>;

    /// Waits until the chain has another best block, or until one is overdue.
    async fn next_block(&self);
}

/// Sends with the next nonce. Another call of the account waits meanwhile. After a fork, or beside another program with the
/// same key, the node's count can be behind its own pool until the next block.
async fn place(pool: &dyn Pool, lane: &Arc<Lane>) -> Result<Launched, NotPlaced> {
    let mut next = lane.next.lock().await;
    let mut attempts = 0;
    loop {
        let told = pool.next_nonce().await.map_err(NotPlaced::Query)?;
        let nonce = if lane.under_way.load(Ordering::SeqCst) > 0 {
            told.max(*next)
        } else {
            told
        };
        let under_way = UnderWay::new(lane);
        let (transaction, sent) = pool.offer(nonce).await.map_err(NotPlaced::Query)?;
        let watch = match sent {
            Sent::Watching(watch) => Some(watch),
            Sent::Known | Sent::Lost => None,
            Sent::Rejected(rejection) if rejection.kind == RejectionKind::Nonce && attempts + 1 < NONCE_ATTEMPTS => {
                drop(under_way);
                *next = 0;
                attempts += 1;
                pool.next_block().await;
                continue;
            }
            Sent::Rejected(rejection) => return Err(NotPlaced::Rejected(rejection)),
        };
        *next = nonce.saturating_add(1);
        return Ok(Launched {
            transaction,
            watch,
            _under_way: under_way,
        });
    }
}

/// One call on its way to the node's pool.
struct Launch<'a> {
    inner: &'a Inner,
    signer: &'a Signer,
    call: &'a dyn Dispatchable,
    options: &'a TxOptions,
}

#[async_trait]
impl Pool for Launch<'_> {
    async fn next_nonce(&self) -> Result<u32, QueryError> {
        self.inner.next_nonce(&self.signer.account()).await
    }

    async fn offer(&self, nonce: u32) -> Result<(Transaction, Sent), QueryError> {
        loop {
            let transaction = self.inner.sign(self.signer, self.call, nonce, self.options).await?;
            let sent = self.inner.send(&transaction).await;
            match sent {
                // An upgrade came in between.
                Sent::Rejected(rejection)
                    if rejection.kind == RejectionKind::Invalid && self.inner.is_void(&transaction).await => {}
                sent => return Ok((transaction, sent)),
            }
        }
    }

    async fn next_block(&self) {
        self.inner.next_block().await;
    }
}

impl Inner {
    /// Waits until the chain has another best block, or until one is overdue.
    pub(super) async fn next_block(&self) {
        let slots = self.properties().slot_duration.saturating_mul(SLOTS);
        // The first is the present one.
        let mut blocks = best_blocks(self.connection.clone()).skip(1);
        // An overdue block, or a lost connection, shows at the next attempt.
        let _ = timeout(slots.clamp(SHORTEST_WAIT, LONGEST_WAIT), blocks.next()).await;
    }

    /// Signs the call and gives it to the pool, with the account's next nonce, or with that of the options.
    pub(super) async fn launch(
        &self,
        signer: &Signer,
        call: &dyn Dispatchable,
        options: &TxOptions,
        needed: Balance,
    ) -> Result<Launched, SubmitError> {
        let account = signer.account();
        let lane = self.lanes.lane(&account);
        let launch = Launch {
            inner: self,
            signer,
            call,
            options,
        };
        let placed = match options.nonce {
            None => place(&launch, &lane).await,
            Some(nonce) => place_at(&launch, &lane, nonce).await,
        };
        match placed {
            Ok(launched) => Ok(launched),
            Err(NotPlaced::Query(error)) => Err(query_error(call, error)),
            Err(NotPlaced::Rejected(rejection)) => Err(match rejection.kind {
                RejectionKind::Funds => self.insufficient(&account, call, needed).await,
                RejectionKind::Invalid => SubmitError::Invalid {
                    call: name(call),
                    reason: rejection.reason,
                },
                RejectionKind::Nonce if options.nonce.is_some() => SubmitError::Invalid {
                    call: name(call),
                    reason: format!(
                        "its nonce is used already, or a transaction with it waits that pays as much ({}); leave the nonce \
                         out, or give a higher tip",
                        rejection.reason
                    ),
                },
                RejectionKind::Nonce | RejectionKind::Banned | RejectionKind::Other => SubmitError::Refused {
                    call: name(call),
                    reason: rejection.reason,
                },
            }),
        }
    }

    pub(super) async fn next_nonce(&self, account: &AccountId) -> Result<u32, QueryError> {
        let account = AccountId32(key(account));
        self.read("the account's nonce", move |live| async move {
            let nonce = live.methods.system_account_next_index(&account).await?;
            u32::try_from(nonce).map_err(Failure::shape)
        })
        .await
    }
}

/// Sends with exactly this nonce, once.
async fn place_at(pool: &dyn Pool, lane: &Arc<Lane>, nonce: u32) -> Result<Launched, NotPlaced> {
    let _turn = lane.next.lock().await;
    let under_way = UnderWay::new(lane);
    let (transaction, sent) = pool.offer(nonce).await.map_err(NotPlaced::Query)?;
    let watch = match sent {
        Sent::Watching(watch) => Some(watch),
        Sent::Known | Sent::Lost => None,
        Sent::Rejected(rejection) => return Err(NotPlaced::Rejected(rejection)),
    };
    Ok(Launched {
        transaction,
        watch,
        _under_way: under_way,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    /// A node that counts on from `counted`, while its pool has transactions up to before `taken` until `blocks` blocks have passed.
    struct ForkedNode {
        counted: u32,
        taken: u32,
        blocks: AtomicUsize,
        offers: Mutex<Vec<u32>>,
    }

    impl ForkedNode {
        fn new(counted: u32, taken: u32, blocks: usize) -> Self {
            Self {
                counted,
                taken,
                blocks: AtomicUsize::new(blocks),
                offers: Mutex::default(),
            }
        }

        fn behind(&self) -> bool {
            self.blocks.load(Ordering::SeqCst) > 0
        }
    }

    #[async_trait]
    impl Pool for ForkedNode {
        async fn next_nonce(&self) -> Result<u32, QueryError> {
            Ok(if self.behind() { self.counted } else { self.taken })
        }

        async fn offer(&self, nonce: u32) -> Result<(Transaction, Sent), QueryError> {
            self.offers.lock().push(nonce);
            let sent = if nonce < self.taken {
                Sent::Rejected(Rejection {
                    kind: RejectionKind::Nonce,
                    reason: "Priority is too low".to_owned(),
                })
            } else {
                Sent::Known
            };
            Ok((Transaction::new(vec![0], 0, 64, None), sent))
        }

        async fn next_block(&self) {
            self.blocks.fetch_sub(1, Ordering::SeqCst);
        }
    }

    #[tokio::test]
    async fn a_nonce_that_the_pool_has_after_a_fork_is_found_with_the_next_blocks() {
        let node = ForkedNode::new(7, 9, 3);
        let lane = Arc::new(Lane::default());
        let launched = place(&node, &lane).await;
        assert!(launched.is_ok(), "the call goes out once the node has counted anew");
        assert_eq!(*node.offers.lock(), [7, 7, 7, 9]);
        assert_eq!(*lane.next.lock().await, 10);
        assert_eq!(lane.under_way.load(Ordering::SeqCst), 1);
        drop(launched);
        assert_eq!(lane.under_way.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn a_pool_that_never_gives_way_is_an_error() {
        let node = ForkedNode::new(7, 9, usize::MAX);
        let lane = Arc::new(Lane::default());
        match place(&node, &lane).await {
            Err(NotPlaced::Rejected(rejection)) => assert_eq!(rejection.reason, "Priority is too low"),
            _ => panic!("the pool refuses each time"),
        }
        assert_eq!(lane.under_way.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn a_nonce_that_was_not_used_is_the_next_calls() {
        let account = AccountId::new([1; 32]);
        let lanes = Lanes::default();
        let node = ForkedNode::new(3, 3, 0);
        let unused = place(&node, &lanes.lane(&account)).await;
        let waiting = place(&node, &lanes.lane(&account)).await;
        drop(unused);
        lanes.forget(&account).await;
        let next = place(&node, &lanes.lane(&account)).await;
        assert!(waiting.is_ok() && next.is_ok());
        assert_eq!(*node.offers.lock(), [3, 4, 3]);
    }

    #[tokio::test]
    async fn calls_of_one_account_count_on_while_others_are_under_way() {
        let node = ForkedNode::new(3, 3, 0);
        let lane = Arc::new(Lane::default());
        let first = place(&node, &lane).await;
        let second = place(&node, &lane).await;
        assert!(first.is_ok() && second.is_ok());
        assert_eq!(*node.offers.lock(), [3, 4]);
    }
}
