//! Sending transactions so that each takes effect at most once.
//!
//! A transaction is signed once. Whatever happens to the connection, only the very same bytes are sent again, and only when
//! they are in no block: their nonce (for a proof: its period) lets them take effect once. It is signed anew when that can take no
//! effect any more: its nonce is used up, or an upgrade of the runtime has made the signature void.

mod blocks;
mod dispatchable;
mod follow;
mod funds;
mod launch;
mod locks;
mod prove;
mod raw;
mod reasons;
mod sign;
mod signed;

pub(crate) use dispatchable::Dispatchable;
pub(crate) use launch::Lanes;
pub use signed::SignedTransaction;

use crate::{
    InclusionReport, QueryError, Signer, SubmitError, TxOptions, WaitFor,
    connection::{Failure, Live},
    subxt_client::Inner,
};
use blocs_primitives::{AccountId, Balance, BlockNumber, Hash};
use follow::{Author, FollowError, Following, OnNode};
use launch::{Rejection, RejectionKind};
use sp_core::crypto::Ss58Codec;
use std::sync::Arc;
use subxt::{
    error::ExtrinsicError,
    rpcs::{client::RpcSubscription, methods::legacy::TransactionStatus},
    utils::H256,
};

/// A checkpoint is at most this many blocks behind the best block, also when finality stalls.
const MAX_CHECKPOINT_AGE: u32 = 32;
/// And at least this many: the pool may look at a block before the best one, whose state does not know of the best one yet.
const MIN_CHECKPOINT_AGE: u32 = 2;
/// How often a call is signed anew after another transaction has taken its place.
const MAX_SUPERSEDED: u32 = 3;

/// The bytes to send, and in which blocks they can be.
pub(crate) struct Transaction {
    bytes: Vec<u8>,
    hash: Hash,
    /// They are in no block up to this one.
    birth: BlockNumber,
    /// They are in no block from this one on.
    death: BlockNumber,
    /// Signer and nonce; `None` for a proof.
    sender: Option<(AccountId, u32)>,
    /// The runtime's version that the signature covers, where it is known.
    spec_version: Option<u32>,
}

impl Transaction {
    fn new(bytes: Vec<u8>, birth: BlockNumber, lifetime: u32, sender: Option<(AccountId, u32)>) -> Self {
        let hash = Hash::from(sp_crypto_hashing::blake2_256(&bytes));
        Self {
            bytes,
            hash,
            birth,
            death: birth.saturating_add(lifetime),
            sender,
            spec_version: None,
        }
    }

    fn for_version(self, spec_version: u32) -> Self {
        Self {
            spec_version: Some(spec_version),
            ..self
        }
    }
}

/// A transaction in the pool, and what the node says about it.
pub(crate) struct Watch {
    live: Arc<Live>,
    statuses: RpcSubscription<TransactionStatus<H256>>,
}

/// What came of sending.
enum Sent<W = Watch> {
    /// The pool took it.
    Watching(W),
    /// The pool has it already.
    Known,
    /// The pool refused it.
    Rejected(Rejection),
    /// No answer: it may have arrived.
    Lost,
}

impl From<ExtrinsicError> for Failure {
    fn from(error: ExtrinsicError) -> Self {
        Self::shape(error)
    }
}

impl Inner {
    pub(crate) async fn submit(
        &self,
        signer: &Signer,
        call: &dyn Dispatchable,
        wait: WaitFor,
    ) -> Result<InclusionReport, SubmitError> {
        let needed = self.check_funds(signer, call).await?;
        self.submit_with(signer, call, &TxOptions::default(), needed, wait)
            .await
    }

    /// Sends a call that was checked; it needs `needed` planck, as far as known.
    async fn submit_with(
        &self,
        signer: &Signer,
        call: &dyn Dispatchable,
        options: &TxOptions,
        needed: Balance,
        wait: WaitFor,
    ) -> Result<InclusionReport, SubmitError> {
        let mut superseded = 0;
        loop {
            let launched = self.launch(signer, call, options, needed).await?;
            let on_node = OnNode {
                inner: self,
                author: Some(Author { signer, call, options }),
            };
            match Following::new(&on_node, launched.transaction, launched.watch, wait)
                .end()
                .await
            {
                Ok(report) => return Ok(report),
                // Another program uses this account too. This transaction can no longer take effect, so the call may go again.
                Err(FollowError::Superseded) if superseded < MAX_SUPERSEDED && options.nonce.is_none() => {
                    superseded += 1;
                }
                Err(error) => {
                    let account = signer.account();
                    if !matches!(error, FollowError::Dispatch { .. }) {
                        self.lanes.forget(&account).await;
                    }
                    return Err(self.submit_error(error, &account, call, needed).await);
                }
            }
        }
    }

    /// Gives the bytes to the pool, in one attempt.
    async fn send(&self, transaction: &Transaction) -> Sent {
        let Ok(live) = self.connection.live().await else {
            return Sent::Lost;
        };
        match live.methods.author_submit_and_watch_extrinsic(&transaction.bytes).await {
            Ok(statuses) => Sent::Watching(Watch { live, statuses }),
            Err(subxt::rpcs::Error::User(error)) if error.code == 1013 => Sent::Known,
            Err(subxt::rpcs::Error::User(error)) => Sent::Rejected(Rejection::of(&error)),
            Err(_) => {
                self.connection.is_alive(&live).await;
                Sent::Lost
            }
        }
    }

    async fn submit_error(
        &self,
        error: FollowError,
        account: &AccountId,
        call: &dyn Dispatchable,
        needed: Balance,
    ) -> SubmitError {
        let name = name(call);
        match error {
            FollowError::Unreachable(source) => SubmitError::Unreachable { call: name, source },
            FollowError::Query(source) => SubmitError::Query { call: name, source },
            FollowError::Refused(reason) => SubmitError::Refused { call: name, reason },
            FollowError::Expired => SubmitError::Expired { call: name },
            FollowError::Superseded => SubmitError::Refused {
                call: name,
                reason: "other transactions of this account take its place again and again".to_owned(),
            },
            FollowError::Dispatch { pallet, error, .. } if funds::are_missing(&pallet, &error) => {
                self.insufficient(account, call, needed).await
            }
            FollowError::Dispatch { pallet, error, docs } => SubmitError::Dispatch {
                call: name,
                docs: reasons::with_advice(&pallet, &error, docs),
                pallet,
                error,
            },
        }
    }
}

/// Number and hash of the block from which the life of a new transaction counts: final when finality keeps up, and recent enough
/// for a life of `lifetime` blocks.
async fn checkpoint(live: &Live, lifetime: u32) -> Result<(BlockNumber, H256), Failure> {
    let number = |header: Option<subxt::config::substrate::SubstrateHeader<H256>>| {
        let header = header.ok_or_else(|| Failure::NoState("it does not know its own head".to_owned()))?;
        u32::try_from(header.number).map_err(Failure::shape)
    };
    let best = number(live.methods.chain_get_header(None).await?)?;
    let finalized_hash = live.methods.chain_get_finalized_head().await?;
    let finalized = number(live.methods.chain_get_header(Some(finalized_hash)).await?)?;
    let oldest = best.saturating_sub(MAX_CHECKPOINT_AGE.min(lifetime / 4));
    let chosen = finalized.min(best.saturating_sub(MIN_CHECKPOINT_AGE)).max(oldest);
    if finalized == chosen {
        return Ok((finalized, finalized_hash));
    }
    let hash = live.methods.chain_get_block_hash(Some(chosen.into())).await?;
    Ok((
        chosen,
        hash.ok_or_else(|| Failure::NoState(format!("it does not know block {chosen}")))?,
    ))
}

/// `Pallet.call`, for messages.
fn name(call: &dyn Dispatchable) -> String {
    let (pallet, call) = call.pallet_and_call();
    format!("{pallet}.{call}")
}

/// `account` as people see it.
fn address(account: &AccountId, prefix: u16) -> String {
    account.to_ss58check_with_version(prefix.into())
}

fn query_error(call: &dyn Dispatchable, error: QueryError) -> SubmitError {
    match error {
        QueryError::Unreachable(source) => SubmitError::Unreachable {
            call: name(call),
            source,
        },
        source => SubmitError::Query {
            call: name(call),
            source,
        },
    }
}
