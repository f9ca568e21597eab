//! Sending transactions so that each takes effect at most once.
//!
//! A transaction is signed once. Whatever happens to the connection, only the very same bytes are sent again, and only when
//! they are in no block: their nonce (for a proof: its period) lets them take effect once.

mod dispatchable;
mod follow;
mod funds;

pub(crate) use dispatchable::Dispatchable;

use crate::{
    At, InclusionReport, ProveCall, ProveError, QueryError, Signer, SubmitError, WaitFor,
    connection::{Failure, Live},
    encode::prove_payload,
    layout::Bytes32,
    subxt_client::{Inner, key},
};
use blocs_primitives::{AccountId, Balance, BlockNumber, Hash};
use follow::FollowError;
use parking_lot::Mutex;
use sp_core::crypto::Ss58Codec;
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use subxt::{
    SubstrateConfig,
    config::DefaultExtrinsicParamsBuilder,
    error::ExtrinsicError,
    rpcs::{client::RpcSubscription, methods::legacy::TransactionStatus},
    utils::{AccountId32, H256, MultiSignature},
};

/// Blocks for which a signed transaction is valid.
const MORTALITY: u32 = 64;
/// A checkpoint is at most this many blocks behind the best block, also when finality stalls.
const MAX_CHECKPOINT_AGE: u32 = 32;
/// Attempts to find a nonce that the pool takes.
const NONCE_ATTEMPTS: u32 = 4;

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
        }
    }
}

/// A transaction in the pool, and what the node says about it.
pub(crate) struct Watch {
    live: Arc<Live>,
    statuses: RpcSubscription<TransactionStatus<H256>>,
}

/// What came of sending.
enum Sent {
    /// The pool took it.
    Watching(Watch),
    /// The pool has it already.
    Known,
    /// The pool refused it.
    Rejected(Rejection),
    /// No answer: it may have arrived.
    Lost,
}

/// Why the pool refused.
struct Rejection {
    kind: RejectionKind,
    reason: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum RejectionKind {
    /// The nonce has been used, or another transaction with it is in the pool.
    Nonce,
    /// The account cannot pay the fee.
    Funds,
    /// Anything else.
    Other,
}

impl Rejection {
    fn of(error: &subxt::rpcs::UserError) -> Self {
        let data = error
            .data
            .as_ref()
            .map(|data| data.get().trim_matches('"').to_owned())
            .unwrap_or_default();
        let kind = match error.code {
            1014 => RejectionKind::Nonce,
            1010 if data.contains("outdated") => RejectionKind::Nonce,
            1010 if data.contains("pay some fees") => RejectionKind::Funds,
            _ => RejectionKind::Other,
        };
        let reason = if data.is_empty() {
            error.message.clone()
        } else {
            format!("{}: {data}", error.message)
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
struct Lane {
    /// The nonce after the last one handed out.
    next: tokio::sync::Mutex<u32>,
    /// Transactions sent and not yet in a block.
    under_way: AtomicUsize,
}

impl Lanes {
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

impl From<ExtrinsicError> for Failure {
    fn from(error: ExtrinsicError) -> Self {
        Self::shape(error)
    }
}

/// A signed transaction that the pool has, or may have.
struct Launched {
    transaction: Transaction,
    watch: Option<Watch>,
    _under_way: UnderWay,
}

impl Inner {
    pub(crate) async fn submit(
        &self,
        signer: &Signer,
        call: &dyn Dispatchable,
        wait: WaitFor,
    ) -> Result<InclusionReport, SubmitError> {
        let needed = self.check_funds(signer, call).await?;
        let mut superseded = 0;
        loop {
            let launched = self.launch(signer, call, needed).await?;
            match self.follow(&launched.transaction, launched.watch, wait).await {
                Ok(report) => return Ok(report),
                // Another program uses this account too. This transaction can no longer take effect, so the call may go again.
                Err(FollowError::Superseded) if superseded < MAX_SUPERSEDED => superseded += 1,
                Err(error) => return Err(self.submit_error(error, &signer.account(), call, needed).await),
            }
        }
    }

    /// Signs the call with the next nonce and gives it to the pool. Another call of the account waits meanwhile.
    async fn launch(&self, signer: &Signer, call: &dyn Dispatchable, needed: Balance) -> Result<Launched, SubmitError> {
        let account = signer.account();
        let lane = self.lanes.lane(&account);
        let mut next = lane.next.lock().await;
        let mut refused = None;
        for _ in 0..NONCE_ATTEMPTS {
            let told = self.next_nonce(&account).await.map_err(|e| query_error(call, e))?;
            let nonce = if lane.under_way.load(Ordering::SeqCst) > 0 {
                told.max(*next)
            } else {
                told
            };
            let transaction = self.sign(signer, call, nonce).await.map_err(|e| query_error(call, e))?;
            let under_way = UnderWay::new(&lane);
            let watch = match self.send(&transaction).await {
                Sent::Watching(watch) => Some(watch),
                Sent::Known | Sent::Lost => None,
                Sent::Rejected(rejection) if rejection.kind == RejectionKind::Nonce => {
                    *next = 0;
                    refused = Some(rejection.reason);
                    continue;
                }
                Sent::Rejected(rejection) if rejection.kind == RejectionKind::Funds => {
                    return Err(self.insufficient(&account, call, needed).await);
                }
                Sent::Rejected(rejection) => {
                    return Err(SubmitError::Refused {
                        call: name(call),
                        reason: rejection.reason,
                    });
                }
            };
            *next = nonce.saturating_add(1);
            return Ok(Launched {
                transaction,
                watch,
                _under_way: under_way,
            });
        }
        let reason = refused.unwrap_or_else(|| "no nonce fits".to_owned());
        Err(SubmitError::Refused {
            call: name(call),
            reason,
        })
    }

    async fn next_nonce(&self, account: &AccountId) -> Result<u32, QueryError> {
        let account = AccountId32(key(account));
        self.read("the account's nonce", move |live| async move {
            let nonce = live.methods.system_account_next_index(&account).await?;
            u32::try_from(nonce).map_err(Failure::shape)
        })
        .await
    }

    async fn sign(&self, signer: &Signer, call: &dyn Dispatchable, nonce: u32) -> Result<Transaction, QueryError> {
        self.read("what a transaction needs", move |live| async move {
            let checkpoint = checkpoint(&live).await?;
            let at = live.at(At::Best).await?;
            let params = DefaultExtrinsicParamsBuilder::<SubstrateConfig>::new()
                .mortal_from_unchecked(MORTALITY.into(), checkpoint.0.into(), checkpoint.1)
                .nonce(nonce.into())
                .build();
            let bytes = at
                .tx()
                .create_v4_signable_offline(&call.payload(), params)?
                .sign(signer.pair())?
                .into_encoded();
            Ok(Transaction::new(
                bytes,
                checkpoint.0,
                MORTALITY,
                Some((signer.account(), nonce)),
            ))
        })
        .await
    }

    /// The fee of the call, as if it were sent now.
    pub(crate) async fn estimate_fee(&self, signer: &Signer, call: &dyn Dispatchable) -> Result<Balance, SubmitError> {
        let fee = self.read("the fee", move |live| async move {
            let at = live.at(At::Best).await?;
            let params = DefaultExtrinsicParamsBuilder::<SubstrateConfig>::new()
                .mortal_from_unchecked(MORTALITY.into(), at.block_number(), at.block_hash())
                .build();
            let signed = at
                .tx()
                .create_v4_signable_offline(&call.payload(), params)?
                .sign(signer.pair())?;
            Ok(signed.partial_fee_estimate().await?)
        });
        fee.await.map_err(|e| query_error(call, e))
    }

    pub(crate) async fn submit_prove(&self, call: ProveCall, wait: WaitFor) -> Result<InclusionReport, ProveError> {
        let period = call.period;
        let transaction = self.encode_proof(&call).await.map_err(|source| match source {
            QueryError::Unreachable(source) => ProveError::Unreachable { period, source },
            source => ProveError::Query { period, source },
        })?;
        let watch = match self.send(&transaction).await {
            Sent::Watching(watch) => Some(watch),
            Sent::Known | Sent::Lost => None,
            Sent::Rejected(rejection) => {
                let reason = explain_proof_code(rejection.reason);
                return Err(ProveError::Refused { period, reason });
            }
        };
        self.follow(&transaction, watch, wait)
            .await
            .map_err(|error| match error {
                FollowError::Unreachable(source) => ProveError::Unreachable { period, source },
                FollowError::Query(source) => ProveError::Query { period, source },
                FollowError::Refused(reason) => ProveError::Dropped { period, reason },
                FollowError::Expired | FollowError::Superseded => ProveError::Dropped {
                    period,
                    reason: "its period has passed".to_owned(),
                },
                FollowError::Dispatch { pallet, error, docs } => ProveError::Refused {
                    period,
                    reason: format!("{pallet}::{error}: {docs}"),
                },
            })
    }

    /// A general transaction: extensions but no signature. `AuthorizeCall` lets the proof itself authorize it.
    async fn encode_proof(&self, call: &ProveCall) -> Result<Transaction, QueryError> {
        let lifetime = self.properties().period_length.saturating_mul(2);
        let payload = &prove_payload(call);
        self.read("what a proof needs", move |live| async move {
            let birth = checkpoint(&live).await?.0;
            let at = live.at(At::Best).await?;
            let params = DefaultExtrinsicParamsBuilder::<SubstrateConfig>::new()
                .immortal()
                .nonce(0)
                .build();
            let mut general = at.tx().create_v5_signable_offline(payload, params)?;
            // The chain's extensions hold no signature, so that account and signature are written nowhere.
            let bytes = general
                .sign_with_account_and_signature(&AccountId32([0; 32]), &MultiSignature::Sr25519([0; 64]))?
                .into_encoded();
            Ok(Transaction::new(bytes, birth, lifetime, None))
        })
        .await
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
                pallet,
                error,
                docs,
            },
        }
    }
}

/// Number and hash of the block from which a new transaction's life counts: final when finality keeps up.
async fn checkpoint(live: &Live) -> Result<(BlockNumber, H256), Failure> {
    let number = |header: Option<subxt::config::substrate::SubstrateHeader<H256>>| {
        let header = header.ok_or_else(|| Failure::NoState("it does not know its own head".to_owned()))?;
        u32::try_from(header.number).map_err(Failure::shape)
    };
    let best = number(live.methods.chain_get_header(None).await?)?;
    let finalized_hash = live.methods.chain_get_finalized_head().await?;
    let finalized = number(live.methods.chain_get_header(Some(finalized_hash)).await?)?;
    let oldest = best.saturating_sub(MAX_CHECKPOINT_AGE);
    if finalized >= oldest {
        return Ok((finalized, finalized_hash));
    }
    let hash = live.methods.chain_get_block_hash(Some(oldest.into())).await?;
    Ok((
        oldest,
        hash.ok_or_else(|| Failure::NoState(format!("it does not know block {oldest}")))?,
    ))
}

/// The pallet refuses a proof with a number; this adds what it stands for.
fn explain_proof_code(reason: String) -> String {
    let meaning = match reason.rsplit_once("Custom error: ").map(|(_, code)| code) {
        Some("1") => "there is no open challenge for this period",
        Some("2") => "there is not one answer for each piece",
        Some("3") => "an answer does not lead to its slot's root",
        Some("4") => "the operator's signature is not over exactly these concessions",
        _ => return reason,
    };
    format!("{meaning} ({reason})")
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
