//! Sending proofs: unsigned transactions that the proof itself authorizes.

use super::{
    RejectionKind, Sent, Transaction, checkpoint,
    follow::{FollowError, Following, OnNode},
};
use crate::{
    At, InclusionReport, ProveCall, ProveError, QueryError, WaitFor, encode::prove_payload, subxt_client::Inner,
};
use subxt::{
    SubstrateConfig,
    config::DefaultExtrinsicParamsBuilder,
    utils::{AccountId32, MultiSignature},
};

/// For how long the transaction of a proof is valid, which is a part of its bytes. The proof itself is of use in its period alone.
#[derive(Clone, Copy)]
enum Life {
    /// The same bytes for the same proof.
    Unlimited,
    /// Other bytes with each finalized block. A node does not look again at bytes that were invalid once, for half an hour: longer than a period,
    /// and between an upgrade and the migration in the next block good proofs can be invalid.
    FromNowOn,
}

impl Inner {
    pub(crate) async fn submit_prove(&self, call: ProveCall, wait: WaitFor) -> Result<InclusionReport, ProveError> {
        let period = call.period;
        let query = |source| match source {
            QueryError::Unreachable(source) => ProveError::Unreachable { period, source },
            source => ProveError::Query { period, source },
        };
        let mut transaction = self.encode_proof(&call, Life::Unlimited).await.map_err(query)?;
        let mut sent = self.send(&transaction).await;
        if matches!(&sent, Sent::Rejected(rejection) if rejection.kind == RejectionKind::Banned) {
            transaction = self.encode_proof(&call, Life::FromNowOn).await.map_err(query)?;
            sent = self.send(&transaction).await;
        }
        let watch = match sent {
            Sent::Watching(watch) => Some(watch),
            Sent::Known | Sent::Lost => None,
            Sent::Rejected(rejection) => {
                let reason = explain_proof_code(rejection.reason);
                return Err(ProveError::Refused { period, reason });
            }
        };
        let on_node = OnNode {
            inner: self,
            author: None,
        };
        Following::new(&on_node, transaction, watch, wait)
            .end()
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
    async fn encode_proof(&self, call: &ProveCall, life: Life) -> Result<Transaction, QueryError> {
        let lifetime = self.properties().period_length.saturating_mul(2);
        let payload = &prove_payload(call);
        self.read("what a proof needs", move |live| async move {
            let (birth, hash) = checkpoint(&live, lifetime).await?;
            let at = live.at(At::Best).await?;
            let params = DefaultExtrinsicParamsBuilder::<SubstrateConfig>::new().nonce(0);
            let params = match life {
                Life::Unlimited => params.immortal(),
                Life::FromNowOn => params.mortal_from_unchecked(lifetime.into(), birth.into(), hash),
            };
            let params = params.build();
            let mut general = at.tx().create_v5_signable_offline(payload, params)?;
            // The chain's extensions hold no signature, so that account and signature are written nowhere.
            let bytes = general
                .sign_with_account_and_signature(&AccountId32([0; 32]), &MultiSignature::Sr25519([0; 64]))?
                .into_encoded();
            Ok(Transaction::new(bytes, birth, lifetime, None))
        })
        .await
    }
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
