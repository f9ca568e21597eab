//! Sending calls of any pallet, and trying them out.

use super::{
    Dispatchable,
    blocks::describe,
    funds, name, query_error, reasons,
    sign::{Extensions, lifetime, payment, signed},
};
use crate::{
    At, CallError, DryRun, InclusionReport, RawCall, Signer, SubmitError, SubxtChain, TxOptions, WaitFor,
    connection::{AtBlock, Failure, Live},
    subxt_client::Inner,
    value::{Decoded, as_u128, items},
};
use blocs_primitives::{AccountId, Balance};
use codec::Decode;
use subxt::error::DispatchError;

/// Calls that give tokens away, with the name of the argument that says how many.
const PAYMENTS: [&str; 2] = ["transfer_keep_alive", "transfer_allow_death"];

/// The validity error of a transaction for which the block has no room.
const FULL: &str = "ExhaustsResources";
/// Blocks on which a transaction is tried while they are full.
const ATTEMPTS: u32 = 4;

/// A call together with what it gives away.
pub(super) struct Raw {
    pub(super) call: RawCall,
    pub(super) amount: Balance,
    /// The runtime's `transaction_version` for which the bytes are this call.
    pub(super) transaction_version: u32,
}

impl Dispatchable for Raw {
    fn pallet_and_call(&self) -> (&str, &str) {
        (&self.call.pallet, &self.call.call)
    }

    fn encode(&self, at: &AtBlock) -> Result<Vec<u8>, Failure> {
        if at.transaction_version() != self.transaction_version {
            let reason = "the runtime was upgraded to one that reads calls differently; make the call again";
            return Err(Failure::shape(reason));
        }
        Ok(self.call.bytes.clone())
    }

    fn amount(&self) -> Balance {
        self.amount
    }

    fn may_empty_account(&self) -> bool {
        self.call.pallet != "Balances" || self.call.call != "transfer_keep_alive"
    }
}

/// What a transfer, or a batch of calls, gives away for certain when it takes effect, in planck.
fn given_away(pallet: &str, call: &str, fields: &[(String, Decoded)]) -> Balance {
    match (pallet, fields) {
        ("Balances", fields) if PAYMENTS.contains(&call) => {
            let value = fields.iter().find(|(name, _)| name == "value");
            value.and_then(|(_, value)| as_u128(value)).unwrap_or(0)
        }
        ("Utility", [(_, calls)]) => items(calls)
            .into_iter()
            .filter_map(|call| crate::dynamic::parts(call.clone()).ok())
            .fold(0, |sum: Balance, (pallet, call, fields)| {
                sum.saturating_add(given_away(&pallet, &call, &fields))
            }),
        _ => 0,
    }
}

/// What trying a transaction gave.
struct Tried {
    fee: Balance,
    ref_time: u64,
    outcome: Outcome,
}

enum Outcome {
    Works,
    /// Pallet, error and documentation.
    Fails(String, String, String),
    /// The name of the validity error.
    Invalid(String),
}

impl SubxtChain {
    /// Signs and sends a call; like [`crate::ChainClient::submit`], for any call. It is tried first on the best block, and not sent
    /// when it would fail there.
    pub async fn submit_raw(
        &self,
        signer: &Signer,
        call: RawCall,
        options: TxOptions,
        wait: WaitFor,
    ) -> Result<InclusionReport, SubmitError> {
        let call = self.raw(call).await?;
        self.check_gap(signer, &call, &options).await?;
        let needed = self.check(signer, &call, &options).await?;
        self.inner.submit_with(signer, &call, &options, needed, wait).await
    }

    /// What the call would cost and do on the best block. Nothing is sent.
    pub async fn dry_run(&self, signer: &Signer, call: &RawCall, options: &TxOptions) -> Result<DryRun, SubmitError> {
        let call = self.raw(call.clone()).await?;
        self.check_nonce(signer, &call, options).await?;
        let tried = self.inner.attempt(signer, &call, options).await?;
        let outcome = match tried.outcome {
            Outcome::Works => Ok(()),
            Outcome::Fails(pallet, error, _) if funds::are_missing(&pallet, &error) => {
                let fee = tried.fee.saturating_add(options.tip);
                Err(self.missing(&signer.account(), &call, fee).await.to_string())
            }
            Outcome::Fails(pallet, error, docs) => {
                let fee = tried.fee.saturating_add(options.tip);
                match self.inner.check_funds_of(&signer.account(), &call, fee).await {
                    Err(missing @ SubmitError::InsufficientFunds { .. }) => Err(missing.to_string()),
                    _ => Err(format!(
                        "{pallet}::{error}: {}",
                        reasons::with_advice(&pallet, &error, docs)
                    )),
                }
            }
            Outcome::Invalid(variant) if variant == "Payment" => {
                let fee = tried.fee.saturating_add(options.tip);
                Err(self.missing(&signer.account(), &call, fee).await.to_string())
            }
            Outcome::Invalid(variant) => Err(reasons::of_variant(&variant).unwrap_or(variant)),
        };
        Ok(DryRun {
            fee: tried.fee,
            ref_time: tried.ref_time,
            outcome,
        })
    }

    /// The call with what it gives away.
    pub(super) async fn raw(&self, call: RawCall) -> Result<Raw, SubmitError> {
        let decoded = self.decode_call(&call.bytes).await.map_err(|error| match error {
            CallError::Query(source) => SubmitError::Query {
                call: call.name(),
                source,
            },
            error => SubmitError::Invalid {
                call: call.name(),
                reason: error.to_string(),
            },
        })?;
        let amount = given_away(&decoded.pallet, &decoded.call, &decoded.fields);
        let version = self.inner.read("the runtime's version", |live| async move {
            Ok(live.at(At::Best).await?.transaction_version())
        });
        let transaction_version = version.await.map_err(|e| {
            let call = call.name();
            SubmitError::Query { call, source: e }
        })?;
        Ok(Raw {
            call,
            amount,
            transaction_version,
        })
    }

    /// A nonce that the best block has used already is refused.
    async fn check_nonce(&self, signer: &Signer, call: &Raw, options: &TxOptions) -> Result<(), SubmitError> {
        let Some(nonce) = options.nonce else { return Ok(()) };
        let next = self.inner.nonce(&signer.account(), call).await?;
        if nonce < next {
            return Err(SubmitError::Invalid {
                call: name(call),
                reason: format!("the nonce {nonce} is used already, the next one is {next}; leave it out"),
            });
        }
        Ok(())
    }

    /// With a nonce beyond the next one it would only wait for others until it expires.
    async fn check_gap(&self, signer: &Signer, call: &Raw, options: &TxOptions) -> Result<(), SubmitError> {
        let Some(nonce) = options.nonce else { return Ok(()) };
        let next = self.inner.next_nonce(&signer.account()).await;
        let next = next.map_err(|e| query_error(call, e))?;
        if nonce > next {
            return Err(SubmitError::Invalid {
                call: name(call),
                reason: format!(
                    "the nonce {nonce} is too high: transactions with the nonces from {next} on are missing; leave it out"
                ),
            });
        }
        Ok(())
    }

    /// What the call needs; an error when it would fail, or when the account cannot pay.
    pub(super) async fn check(&self, signer: &Signer, call: &Raw, options: &TxOptions) -> Result<Balance, SubmitError> {
        let account = signer.account();
        self.check_nonce(signer, call, options).await?;
        let tried = self.inner.attempt(signer, call, options).await?;
        let fee = tried.fee.saturating_add(options.tip);
        match tried.outcome {
            Outcome::Invalid(variant) if variant == "Payment" => Err(self.missing(&account, call, fee).await),
            // Blocks that are full now say nothing about later ones.
            Outcome::Invalid(variant) if variant == FULL => self.inner.check_funds_of(&account, call, fee).await,
            Outcome::Invalid(variant) => Err(SubmitError::Invalid {
                call: name(call),
                reason: reasons::of_variant(&variant).unwrap_or(variant),
            }),
            Outcome::Fails(pallet, error, _) if funds::are_missing(&pallet, &error) => {
                Err(self.missing(&account, call, fee).await)
            }
            Outcome::Fails(pallet, error, docs) => {
                // An amount beyond all balance fails in many ways.
                self.inner.check_funds_of(&account, call, fee).await?;
                Err(SubmitError::Dispatch {
                    call: name(call),
                    docs: format!(
                        "{} (found out by a dry run: nothing was sent)",
                        reasons::with_advice(&pallet, &error, docs)
                    ),
                    pallet,
                    error,
                })
            }
            Outcome::Works => self.inner.check_funds_of(&account, call, fee).await,
        }
    }

    /// The error of an account that cannot pay the call.
    pub(super) async fn missing(&self, account: &AccountId, call: &Raw, fee: Balance) -> SubmitError {
        let needed = fee.saturating_add(call.amount);
        self.inner.insufficient(account, call, needed).await
    }
}

impl Inner {
    /// The account's nonce in the best block.
    pub(super) async fn nonce(&self, account: &AccountId, call: &Raw) -> Result<u32, SubmitError> {
        let record = self.account(account, At::Best).await;
        let record = record.map_err(|e| query_error(call, e))?;
        Ok(record.map_or(0, |record| record.nonce))
    }

    /// Runs the transaction on the best block's state, in the node, and forgets what it did. In a full block, such as one with an
    /// election, nothing finds room: then on a later one.
    async fn attempt(&self, signer: &Signer, call: &Raw, options: &TxOptions) -> Result<Tried, SubmitError> {
        let mut attempts = 1;
        loop {
            let tried = self.attempt_once(signer, call, options).await?;
            match &tried.outcome {
                Outcome::Invalid(variant) if variant == FULL && attempts < ATTEMPTS => {
                    attempts += 1;
                    self.next_block().await;
                }
                _ => return Ok(tried),
            }
        }
    }

    async fn attempt_once(&self, signer: &Signer, call: &Raw, options: &TxOptions) -> Result<Tried, SubmitError> {
        let account = &signer.account();
        let tried = self.read("what the call would do", move |live| async move {
            let at = live.at(At::Best).await?;
            // Of the very block that it is tried on: a nonce read a moment before may be used in it.
            let nonce = next_nonce(&live, &at, account).await?;
            let header = live.methods.chain_get_header(Some(at.block_hash())).await?;
            let header = header.ok_or_else(|| Failure::NoState("it does not know its own head".to_owned()))?;
            let number = u32::try_from(header.number).map_err(Failure::shape)?;
            let extensions = Extensions {
                nonce,
                tip: options.tip,
                lifetime: lifetime(options),
                // The state knows the hashes of the blocks before its own.
                birth: (number.saturating_sub(1), header.parent_hash),
                metadata_hash: match options.metadata_hash {
                    true => Some(self.metadata_hash(&live, &at).await?),
                    false => None,
                },
            };
            let bytes = signed(&at, signer, &call.encode(&at)?, &extensions)?;
            let (ref_time, fee) = payment(&live, &at, &bytes).await?;
            if number == 0 {
                // The state of the first block knows no hash at all, and so no mortality.
                let outcome = Outcome::Works;
                return Ok(Tried { fee, ref_time, outcome });
            }
            let answer = live
                .methods
                .state_call("BlockBuilder_apply_extrinsic", Some(&bytes), Some(at.block_hash()))
                .await?;
            Ok(Tried {
                fee,
                ref_time,
                outcome: outcome(&answer, &at)?,
            })
        });
        tried.await.map_err(|e| query_error(call, e))
    }
}

/// The nonce of the account's next transaction in the state of a block.
async fn next_nonce(live: &Live, at: &AtBlock, account: &AccountId) -> Result<u32, Failure> {
    let answer = live
        .methods
        .state_call(
            "AccountNonceApi_account_nonce",
            Some(account.as_ref()),
            Some(at.block_hash()),
        )
        .await?;
    u32::decode(&mut answer.as_slice()).map_err(Failure::shape)
}

/// Reads an `ApplyExtrinsicResult`.
fn outcome(answer: &[u8], at: &AtBlock) -> Result<Outcome, Failure> {
    match answer {
        [0, 0] => Ok(Outcome::Works),
        [0, 1, error @ ..] => {
            let error = DispatchError::decode_from(error, at.metadata()).map_err(Failure::shape)?;
            let (pallet, error, docs) = describe(&error);
            Ok(Outcome::Fails(pallet, error, docs))
        }
        [1, validity @ ..] => Ok(Outcome::Invalid(match validity {
            [0, 0, ..] => "Call".to_owned(),
            [0, 1, ..] => "Payment".to_owned(),
            [0, 2, ..] => "Future".to_owned(),
            [0, 3, ..] => "Stale".to_owned(),
            [0, 4, ..] => "BadProof".to_owned(),
            [0, 5, ..] => "AncientBirthBlock".to_owned(),
            [0, 6, ..] => FULL.to_owned(),
            [0, 7, code, ..] => format!("the runtime refuses it with the number {code}"),
            [0, 10, ..] => "BadSigner".to_owned(),
            [1, 0, ..] => "CannotLookup".to_owned(),
            other => format!("the runtime refuses it with 0x{}", hex::encode(other)),
        })),
        other => Err(Failure::Shape(format!(
            "the runtime's answer 0x{} is none that is known",
            hex::encode(other)
        ))),
    }
}
