//! Block streams that survive lost connections.

use crate::{
    BlockRef, BlockStream, Unreachable,
    connection::{Backoff, Connection, Live},
};
use blocs_primitives::{BlockNumber, Hash};
use codec::Encode;
use futures::{StreamExt, stream};
use std::{sync::Arc, time::Duration};
use subxt::{config::substrate::SubstrateHeader, rpcs::client::RpcSubscription, utils::H256};
use tokio::time::timeout;

/// Without news for so long, the connection is probed.
const IDLE: Duration = Duration::from_secs(20);

type Header = SubstrateHeader<H256>;

/// Number and hash of a header.
fn block_ref(header: &Header) -> Option<BlockRef> {
    let number = BlockNumber::try_from(header.number).ok()?;
    Some(BlockRef {
        number,
        hash: Hash::from(sp_crypto_hashing::blake2_256(&header.encode())),
    })
}

/// A subscription to headers, with the connection that it runs on.
struct Heads {
    live: Arc<Live>,
    subscription: RpcSubscription<Header>,
}

/// What a stream has to do with the connection: subscribe, wait, and notice a break.
struct Source {
    connection: Arc<Connection>,
    finalized: bool,
    heads: Option<Heads>,
    backoff: Backoff,
    failed: bool,
}

impl Source {
    fn new(connection: Arc<Connection>, finalized: bool) -> Self {
        Self {
            connection,
            finalized,
            heads: None,
            backoff: Backoff::new(),
            failed: false,
        }
    }

    /// Subscribes when there is no subscription; gives the connection.
    async fn live(&mut self) -> Result<Arc<Live>, Unreachable> {
        if let Some(heads) = &self.heads {
            return Ok(heads.live.clone());
        }
        if self.failed {
            self.backoff.pause().await;
        }
        let live = self.connection.live().await.inspect_err(|_| self.failed = true)?;
        let subscription = if self.finalized {
            live.methods.chain_subscribe_finalized_heads().await
        } else {
            live.methods.chain_subscribe_new_heads().await
        };
        match subscription {
            Ok(subscription) => {
                self.heads = Some(Heads {
                    live: live.clone(),
                    subscription,
                });
                Ok(live)
            }
            Err(error) => Err(self.broken(&live, error).await),
        }
    }

    /// Drops the subscription after an error.
    async fn broken(&mut self, live: &Arc<Live>, reason: impl std::fmt::Display) -> Unreachable {
        let unreachable = self.connection.unreachable(reason);
        self.heads = None;
        self.failed = true;
        self.connection.is_alive(live).await;
        unreachable
    }

    /// The next header. `Ok(None)` when the subscription ended or fell silent and must be made anew.
    async fn next(&mut self) -> Result<Option<BlockRef>, Unreachable> {
        let live = self.live().await?;
        let Some(heads) = &mut self.heads else { return Ok(None) };
        match timeout(IDLE, heads.subscription.next()).await {
            Ok(Some(Ok(header))) => {
                self.failed = false;
                self.backoff.reset();
                Ok(block_ref(&header))
            }
            Ok(Some(Err(error))) => Err(self.broken(&live, error).await),
            Ok(None) => {
                self.heads = None;
                if self.connection.is_alive(&live).await {
                    return Ok(None);
                }
                self.failed = true;
                Err(self.connection.unreachable("the connection was closed"))
            }
            Err(_) if self.connection.is_alive(&live).await => Ok(None),
            Err(_) => {
                self.heads = None;
                self.failed = true;
                Err(self.connection.unreachable("the connection fell silent"))
            }
        }
    }
}

/// Best blocks as they change.
pub(crate) fn best_blocks(connection: Arc<Connection>) -> BlockStream {
    stream::unfold(
        (Source::new(connection, false), None),
        |(mut source, last)| async move {
            loop {
                match source.next().await {
                    Ok(Some(block)) if Some(block) != last => return Some((Ok(block), (source, Some(block)))),
                    Ok(_) => {}
                    Err(unreachable) => return Some((Err(unreachable), (source, last))),
                }
            }
        },
    )
    .boxed()
}

/// Every finalized block once, in order.
pub(crate) fn finalized_blocks(connection: Arc<Connection>, from: Option<BlockNumber>) -> BlockStream {
    let follower = Follower {
        source: Source::new(connection, true),
        next: from,
        head: None,
    };
    stream::unfold(follower, |mut follower| async move {
        let item = follower.step().await;
        Some((item, follower))
    })
    .boxed()
}

struct Follower {
    source: Source,
    /// The height to give next.
    next: Option<BlockNumber>,
    /// The newest finalized block seen.
    head: Option<BlockRef>,
}

impl Follower {
    async fn step(&mut self) -> Result<BlockRef, Unreachable> {
        loop {
            match (self.next, self.head) {
                (None, Some(head)) => self.next = Some(head.number),
                (Some(next), Some(head)) if next == head.number => return Ok(self.given(head)),
                (Some(next), Some(head)) if next < head.number => {
                    let live = self.source.live().await?;
                    match live.methods.chain_get_block_hash(Some(next.into())).await {
                        Ok(Some(hash)) => {
                            return Ok(self.given(BlockRef {
                                number: next,
                                hash: Hash::from(hash.0),
                            }));
                        }
                        Ok(None) => {
                            let reason = format!("the node does not have the finalized block {next}");
                            return Err(self.source.broken(&live, reason).await);
                        }
                        Err(error) => return Err(self.source.broken(&live, error).await),
                    }
                }
                _ => {
                    if let Some(block) = self.source.next().await?
                        && self.head.is_none_or(|head| head.number < block.number)
                    {
                        self.head = Some(block);
                    }
                }
            }
        }
    }

    fn given(&mut self, block: BlockRef) -> BlockRef {
        self.next = Some(block.number.saturating_add(1));
        block
    }
}
