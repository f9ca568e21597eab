//! A proof from a node's answers. Nothing here is trusted: it is verified afterwards.

use crate::exit::{Status, error};
use anyhow::Context as _;
use blocs_chain::SubxtChain;
use blocs_light::{Bundle, Bytes, Header, MAX_HEADERS, Question, Start, Trust, WarpProof};
use blocs_primitives::Hash;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// Most parts of a warp proof that are asked for: each is some megabytes, or the last.
const MAX_PARTS: usize = 64;

#[derive(Deserialize)]
struct FirstAnswer {
    header: Bytes,
    proof: Vec<Bytes>,
}

#[derive(Deserialize)]
struct WarpAnswer {
    proof: Bytes,
    finished: bool,
}

#[derive(Deserialize)]
struct ReadProof {
    proof: Vec<Bytes>,
}

/// Asks the node for all parts of a proof.
pub(super) async fn bundle(
    chain: &SubxtChain,
    question: Question,
    trust: &Trust,
    at: Option<Hash>,
) -> anyhow::Result<Bundle> {
    let (start, begin) = match trust {
        Trust::Genesis(genesis) => {
            let what = "the proof of the first authorities";
            let FirstAnswer { header, proof } = ask(chain, what, "blocs_firstAuthorities", vec![]).await?;
            let authorities = proof;
            (Start::Genesis { header, authorities }, *genesis)
        }
        Trust::Checkpoint(checkpoint) => (Start::Checkpoint { hash: checkpoint.hash }, checkpoint.hash),
    };
    let mut warp = warp_proof(chain, begin).await?;
    let headers = match at {
        Some(hash) => headers(chain, &mut warp, hash).await?,
        None => match warp.fragments.last() {
            Some(fragment) => vec![fragment.header.clone()],
            None => vec![header(chain, begin).await?],
        },
    };
    let target = headers.last().map(Header::hash).unwrap_or(begin);
    let keys: Vec<Bytes> = question.keys().into_iter().map(Bytes).collect();
    let what = "the proof of the state";
    let ReadProof { proof } = ask(chain, what, "state_getReadProof", vec![json!(keys), json!(target)]).await?;
    Ok(Bundle::new(question, start, &warp, &headers, proof))
}

/// All parts of the warp proof from this block on, in one.
async fn warp_proof(chain: &SubxtChain, begin: Hash) -> anyhow::Result<WarpProof> {
    let mut whole = WarpProof {
        fragments: Vec::new(),
        is_finished: true,
    };
    let mut from = begin;
    for _ in 0..MAX_PARTS {
        let answer: WarpAnswer = ask(chain, "the warp proof", "blocs_warpProof", vec![json!(from)]).await?;
        let part = WarpProof::from_bytes(&answer.proof).context("cannot read the warp proof that the node has made")?;
        let last = part.fragments.last().map(|fragment| fragment.header.hash());
        whole.fragments.extend(part.fragments);
        match last {
            _ if answer.finished => return Ok(whole),
            Some(last) if last != from => from = last,
            _ => break,
        }
    }
    let message = "the node's warp proof has no end: ask another node, or start from a newer checkpoint";
    Err(error(Status::Integrity, message))
}

/// Headers from the first finalized block of the warp proof at or above the block `target`, down to it. What follows in
/// the warp proof is left out.
async fn headers(chain: &SubxtChain, warp: &mut WarpProof, target: Hash) -> anyhow::Result<Vec<Header>> {
    let height = header(chain, target).await?.number;
    let mut fragments = warp.fragments.iter();
    let Some(index) = fragments.position(|fragment| fragment.header.number >= height) else {
        let message =
            format!("block {height} is not finalized yet, or finalized before the checkpoint: try again later");
        return Err(error(Status::Retryable, message));
    };
    warp.fragments.truncate(index.saturating_add(1));
    let mut headers: Vec<Header> = warp
        .fragments
        .last()
        .map(|last| last.header.clone())
        .into_iter()
        .collect();
    while let Some(last) = headers.last()
        && last.hash() != target
    {
        if last.number <= height {
            let message = format!(
                "block {target:?} is not on the finalized chain, which has {:?} at its height",
                last.hash()
            );
            return Err(error(Status::NotFound, message));
        }
        if headers.len() >= MAX_HEADERS {
            let message = format!(
                "block {height} lies too far below the next block with a kept justification: a proof holds {MAX_HEADERS} \
                 headers at most; choose a later block"
            );
            return Err(error(Status::NotFound, message));
        }
        let parent = last.parent_hash;
        headers.push(header(chain, parent).await?);
    }
    Ok(headers)
}

async fn header(chain: &SubxtChain, hash: Hash) -> anyhow::Result<Header> {
    let header: Option<Header> = ask(chain, "a header", "chain_getHeader", vec![json!(hash)]).await?;
    header.ok_or_else(|| error(Status::NotFound, format!("the node does not know the block {hash:?}")))
}

async fn ask<T: DeserializeOwned>(
    chain: &SubxtChain,
    what: &str,
    method: &str,
    params: Vec<Value>,
) -> anyhow::Result<T> {
    let answer = chain.rpc(what, method, params).await?;
    serde_json::from_value(answer).with_context(|| format!("cannot understand what the node answers to {method}"))
}
