//! What outsiders need to verify the chain's state by themselves (`blocs proof`, `blocs-light`): warp proofs, and the
//! proof of the first authorities, from which every warp proof is verified.
//!
//! | method | parameters | answer |
//! |---|---|---|
//! | `blocs_warpProof` | hash of a finalized block | `{"proof": "0x…", "finished": bool}`: ask again from the proof's last block while it is not finished |
//! | `blocs_firstAuthorities` | none | `{"header": "0x…", "proof": ["0x…"]}`: the first block's header, and nodes of its state |

use crate::service::Backend;
use blocs_light::WarpProof;
use blocs_primitives::Hash;
use blocs_runtime::opaque::Block;
use codec::{DecodeAll as _, Encode as _};
use jsonrpsee::{
    RpcModule,
    core::RegisterMethodError,
    types::{ErrorObjectOwned, error::ErrorCode},
};
use sc_client_api::Backend as _;
use sc_consensus_grandpa::warp_proof::NetworkProvider;
use sc_network_sync::strategy::warp::{EncodedProof, WarpSyncProvider as _};
use serde::Serialize;
use sp_blockchain::HeaderBackend as _;
use sp_core::{Bytes, storage::Storage};
use sp_runtime::traits::Header as _;
use std::{sync::Arc, time::Duration};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

/// Most bytes of fragments in one answer: half as many as nodes send each other, since an answer has two digits for each
/// byte and must fit the largest response of the defaults.
const LARGEST_PROOF: usize = 4 << 20;
/// Warp proofs that are made at the same time, for all connections together: each reads thousands of blocks.
const AT_ONCE: usize = 2;
/// How long a call waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// Error code of a call whose turn did not come.
const BUSY: i32 = -32050;

/// What is stored at `Grandpa.Authorities` in the first block's state, proved. A node does not keep that state, but the
/// chain's specification has it.
pub(crate) struct FirstAuthorities {
    root: Hash,
    proof: Vec<Bytes>,
}

impl FirstAuthorities {
    pub(crate) fn new(genesis: &Storage) -> Result<Self, blocs_light::StateError> {
        let key = blocs_light::key("Grandpa", "Authorities");
        let (root, nodes) = blocs_light::prove(&genesis.top, &[key])?;
        Ok(Self {
            root,
            proof: nodes.into_iter().map(Bytes).collect(),
        })
    }
}

/// Answers for who verifies.
pub(crate) struct Light {
    pub(crate) backend: Arc<Backend>,
    pub(crate) warp: Arc<NetworkProvider<Block, Backend>>,
    pub(crate) first: FirstAuthorities,
}

#[derive(Clone, Serialize)]
struct WarpAnswer {
    proof: Bytes,
    finished: bool,
}

#[derive(Clone, Serialize)]
struct FirstAnswer {
    header: Bytes,
    proof: Vec<Bytes>,
}

type Answer<T> = Result<T, ErrorObjectOwned>;

fn failure(code: i32, message: impl Into<String>) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(code, message, None::<()>)
}

fn internal(message: impl std::fmt::Display) -> ErrorObjectOwned {
    failure(ErrorCode::InternalError.code(), message.to_string())
}

/// The methods.
pub(crate) fn create(light: Arc<Light>) -> Result<RpcModule<Arc<Light>>, RegisterMethodError> {
    let mut module = RpcModule::new(light);
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    module.register_async_method("blocs_warpProof", move |params, light, _| {
        let turns = turns.clone();
        async move {
            let begin: Hash = params.one()?;
            let turn = timeout(PATIENCE, turns.acquire_owned()).await;
            let turn = turn
                .map_err(|_| {
                    failure(
                        BUSY,
                        "this node is busy making other warp proofs: try again in a minute",
                    )
                })?
                .map_err(internal)?;
            let made = spawn_blocking(move || {
                let answer = light.warp_proof(begin);
                drop(turn);
                answer
            });
            made.await.map_err(internal)?
        }
    })?;
    module.register_async_method("blocs_firstAuthorities", |_, light, _| async move {
        spawn_blocking(move || light.first_authorities())
            .await
            .map_err(internal)?
    })?;
    Ok(module)
}

impl Light {
    fn warp_proof(&self, begin: Hash) -> Answer<WarpAnswer> {
        let EncodedProof(bytes) = self.warp.generate(begin).map_err(|error| {
            let message = format!("cannot make a warp proof from block {begin:?}: {error}");
            failure(ErrorCode::InvalidParams.code(), message)
        })?;
        let proof = WarpProof::decode_all(&mut bytes.as_slice()).map_err(internal)?;
        let proof = shorten(proof, LARGEST_PROOF);
        Ok(WarpAnswer {
            finished: proof.is_finished,
            proof: Bytes(proof.encode()),
        })
    }

    fn first_authorities(&self) -> Answer<FirstAnswer> {
        let blockchain = self.backend.blockchain();
        let header = blockchain.header(blockchain.info().genesis_hash).map_err(internal)?;
        let header = header.ok_or_else(|| internal("the first block's header is not in the database"))?;
        if *header.state_root() != self.first.root {
            let why =
                "this node's database was made from another chain specification than the one that it was started with";
            return Err(internal(format!("cannot prove the first authorities: {why}")));
        }
        Ok(FirstAnswer {
            header: Bytes(header.encode()),
            proof: self.first.proof.clone(),
        })
    }
}

/// Leaves out the last fragments until the rest has at most `limit` bytes, but never all of them.
fn shorten(mut proof: WarpProof, limit: usize) -> WarpProof {
    let mut size = 0usize;
    let fits = proof.fragments.iter().take_while(|fragment| {
        size = size.saturating_add(fragment.encoded_size());
        size <= limit
    });
    let kept = fits.count().max(1);
    if kept < proof.fragments.len() {
        proof.fragments.truncate(kept);
        proof.is_finished = false;
    }
    proof
}

#[cfg(test)]
mod tests {
    use super::*;
    use blocs_light::{Fragment, Header, Justification};
    use sp_runtime::Digest;

    fn proof(fragments: u32) -> WarpProof {
        let fragment = |number| {
            let header = Header::new(number, Hash::zero(), Hash::zero(), Hash::zero(), Digest::default());
            let commit = finality(&header);
            Fragment {
                header,
                justification: commit,
            }
        };
        WarpProof {
            fragments: (1..=fragments).map(fragment).collect(),
            is_finished: true,
        }
    }

    fn finality(header: &Header) -> Justification {
        let empty = (
            1u64,
            header.hash(),
            *header.number(),
            Vec::<()>::new(),
            Vec::<()>::new(),
        )
            .encode();
        Justification::decode_all(&mut empty.as_slice()).expect("round, commit, no votes, no headers")
    }

    #[test]
    fn a_long_proof_is_cut_between_two_blocks_and_says_so() {
        let long = proof(10);
        let size = long.fragments[0].encoded_size();

        let whole = shorten(long.clone(), 10 * size);
        let half = shorten(long.clone(), 5 * size + size / 2);
        let least = shorten(long.clone(), 1);

        assert_eq!(whole, long);
        assert_eq!((half.fragments.len(), half.is_finished), (5, false));
        assert_eq!((least.fragments.len(), least.is_finished), (1, false));
        assert_eq!(shorten(proof(0), 1), proof(0));
    }
}
