//! Signing and sending apart.

use super::{
    RejectionKind, Sent, Transaction, checkpoint,
    follow::{Following, OnNode},
    name, query_error,
    raw::Raw,
};
use crate::{
    At, CallError, DecodedExtrinsic, InclusionReport, RawCall, Signer, SubmitError, SubxtChain, TxOptions, WaitFor,
    connection::Failure,
    value::{as_account, as_u128, variant},
};
use blocs_primitives::{AccountId, BlockNumber, Hash};

/// A signed transaction that has not been sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTransaction {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Their hash.
    pub hash: Hash,
    /// Its nonce.
    pub nonce: u32,
    /// It can be in no block from this one on.
    pub expires: BlockNumber,
}

impl SubxtChain {
    /// Signs a call without sending it, after the same checks as [`Self::submit_raw`].
    pub async fn sign_raw(
        &self,
        signer: &Signer,
        call: RawCall,
        options: TxOptions,
    ) -> Result<SignedTransaction, SubmitError> {
        let call = self.raw(call).await?;
        self.check(signer, &call, &options).await?;
        let nonce = match options.nonce {
            Some(nonce) => nonce,
            None => self.inner.nonce(&signer.account(), &call).await?,
        };
        let signed = self.inner.sign(signer, &call, nonce, &options).await;
        let transaction = signed.map_err(|e| query_error(&call, e))?;
        Ok(SignedTransaction {
            hash: transaction.hash,
            bytes: transaction.bytes,
            nonce,
            expires: transaction.death,
        })
    }

    /// Sends a transaction that somebody has signed, and waits as [`Self::submit_raw`] does.
    pub async fn send_signed(&self, bytes: Vec<u8>, wait: WaitFor) -> Result<InclusionReport, SubmitError> {
        let what = "the signed transaction";
        let invalid = |reason: String| SubmitError::Invalid {
            call: what.to_owned(),
            reason,
        };
        let extrinsic = self.decode_extrinsic(&bytes).await.map_err(|error| match error {
            CallError::Query(source) => SubmitError::Query {
                call: what.to_owned(),
                source,
            },
            error => invalid(error.to_string()),
        })?;
        let (account, nonce, era) =
            parts(&extrinsic).ok_or_else(|| invalid("it is not signed by an account".into()))?;
        let call = Raw {
            call: RawCall {
                pallet: extrinsic.call.pallet.clone(),
                call: extrinsic.call.call.clone(),
                bytes: Vec::new(),
            },
            amount: 0,
            transaction_version: 0,
        };
        if nonce < self.inner.nonce(&account, &call).await? {
            return Err(SubmitError::Invalid {
                call: name(&call),
                reason: format!(
                    "its nonce is used already, {nonce}: it, or another one in its place, has been sent before"
                ),
            });
        }
        let head = self.inner.read("the best block", move |live| async move {
            let at = live.at(At::Best).await?;
            let best = u32::try_from(at.block_number()).map_err(Failure::shape)?;
            Ok((best, checkpoint(&live, 64).await?.0, at.spec_version()))
        });
        let (best, finalized, spec_version) = head.await.map_err(|e| query_error(&call, e))?;
        let (birth, lifetime) = match era {
            Some((period, phase)) => (born(best, period, phase).min(finalized), period),
            None => (finalized, u32::MAX),
        };
        let mut transaction = Transaction::new(bytes, birth, lifetime, Some((account.clone(), nonce)));
        let watch = match self.inner.send(&transaction).await {
            Sent::Watching(watch) => {
                // The pool has checked the signature.
                transaction = transaction.for_version(spec_version);
                Some(watch)
            }
            Sent::Known | Sent::Lost => None,
            Sent::Rejected(rejection) => {
                return Err(match rejection.kind {
                    RejectionKind::Funds => self.missing(&account, &call, 0).await,
                    RejectionKind::Nonce | RejectionKind::Invalid => SubmitError::Invalid {
                        call: name(&call),
                        reason: rejection.reason,
                    },
                    RejectionKind::Banned | RejectionKind::Other => SubmitError::Refused {
                        call: name(&call),
                        reason: rejection.reason,
                    },
                });
            }
        };
        let on_node = OnNode {
            inner: &self.inner,
            author: None,
        };
        match Following::new(&on_node, transaction, watch, wait).end().await {
            Ok(report) => Ok(report),
            Err(error) => Err(self.inner.submit_error(error, &account, &call, 0).await),
        }
    }
}

/// Signer, nonce, and period and phase of a signed extrinsic; no era for an immortal one.
type SignedParts = (AccountId, u32, Option<(u32, u32)>);

fn parts(extrinsic: &DecodedExtrinsic) -> Option<SignedParts> {
    let account = as_account(extrinsic.signer.as_ref()?)?;
    let extension = |name: &str| {
        let found = extrinsic.extensions.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value)
    };
    let nonce = u32::try_from(as_u128(extension("CheckNonce")?)?).ok()?;
    let era = match variant(extension("CheckMortality")?)? {
        ("Immortal", _) => None,
        (name, fields) => {
            let first: u16 = name.strip_prefix("Mortal")?.parse().ok()?;
            let second = fields.values().next().and_then(as_u128)?;
            let encoded = u32::from(first) + (u32::try_from(second).ok()? << 8);
            let period = 2u32.checked_shl(encoded % 16)?;
            Some((period, (encoded >> 4) * (period >> 12).max(1)))
        }
    };
    Some((account, nonce, era))
}

/// The block from which an era counts, for a transaction that is valid in block `current`.
fn born(current: BlockNumber, period: u32, phase: u32) -> BlockNumber {
    (current.max(phase) - phase) / period * period + phase
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submit::sign::lifetime;
    use subxt::utils::Era;

    #[test]
    fn an_era_begins_where_it_was_signed_until_it_is_over() {
        let Era::Mortal { period, phase } = Era::mortal(64, 1_000) else {
            panic!("it is mortal");
        };
        let (period, phase) = (u32::try_from(period).unwrap_or(0), u32::try_from(phase).unwrap_or(0));
        assert_eq!(born(1_000, period, phase), 1_000);
        assert_eq!(born(1_063, period, phase), 1_000);
        assert_eq!(born(1_064, period, phase), 1_064);
    }

    #[test]
    fn the_life_of_a_transaction_is_one_that_can_be_encoded() {
        let of = |mortal_blocks| {
            lifetime(&TxOptions {
                mortal_blocks,
                ..TxOptions::default()
            })
        };
        assert_eq!([of(0), of(4), of(65), of(u32::MAX)], [4, 4, 128, 65_536]);
    }
}
