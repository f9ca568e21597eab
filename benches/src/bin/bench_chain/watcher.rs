//! Following the chain: what is in its blocks, and when they were best and final.

use crate::{progress::Progress, socket::Rpc, transfers::Transfers};
use anyhow::{Context, Result};
use blocs_runtime::{Hash, Header};
use codec::Decode;
use frame_support::{
    dispatch::{DispatchClass, PerDispatchClass},
    weights::Weight,
};
use serde::Deserialize;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};
use tokio::sync::mpsc;

/// A block that was the best one at some time.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) number: u32,
    parent: Hash,
    /// The author's clock, in milliseconds.
    pub(crate) timestamp: u64,
    /// When it was seen here, in microseconds since the start.
    pub(crate) at: u64,
    /// Transfers of the generator in it.
    pub(crate) transfers: Vec<usize>,
    /// Bytes of all extrinsics.
    pub(crate) length: u64,
    /// Declared computing time of ordinary transactions, in picoseconds.
    pub(crate) weight: u64,
    /// Whether it is final.
    pub(crate) finalized: bool,
}

/// The blocks seen so far, by hash.
pub(crate) type Blocks = Arc<Mutex<HashMap<Hash, Seen>>>;

#[derive(Deserialize)]
struct SignedBlock {
    block: Body,
}

#[derive(Deserialize)]
struct Body {
    header: Header,
    extrinsics: Vec<String>,
}

struct Event {
    finalized: bool,
    header: Header,
    at: u64,
}

/// Follows the node on this port for ever, or until its connection breaks.
pub(crate) async fn watch(port: u16, transfers: Arc<Transfers>, progress: Arc<Progress>, blocks: Blocks) -> Result<()> {
    let mut heads = Rpc::connect(port).await?;
    heads.call("chain_subscribeNewHeads", "[]").await?;
    let finalized = heads.call("chain_subscribeFinalizedHeads", "[]").await?;
    let (events, mut incoming) = mpsc::unbounded_channel();
    let clock = progress.clone();
    // Moments are taken where notifications arrive: fetching a block takes longer than that.
    let listening = tokio::spawn(async move {
        loop {
            let (subscription, header) = heads.notification().await?;
            let event = Event {
                finalized: subscription == finalized,
                header: serde_json::from_str(&header).context("a head is not a header")?,
                at: clock.micros(Instant::now()),
            };
            if events.send(event).is_err() {
                return Ok::<_, anyhow::Error>(());
            }
        }
    });
    let mut watcher = Watcher {
        rpc: Rpc::connect(port).await?,
        transfers,
        progress,
        blocks,
    };
    while let Some(event) = incoming.recv().await {
        if event.finalized {
            watcher.finalized(event.header.hash(), event.at).await?;
        } else {
            watcher.best(event.header.hash(), event.at).await?;
        }
    }
    listening.await.context("listening for heads failed")?
}

struct Watcher {
    rpc: Rpc,
    transfers: Arc<Transfers>,
    progress: Arc<Progress>,
    blocks: Blocks,
}

impl Watcher {
    /// Takes note of a new best block, and of its parents as far as they are unknown.
    async fn best(&mut self, hash: Hash, at: u64) -> Result<()> {
        let mut hash = hash;
        while self.look(hash, |_| ()).is_none() {
            let seen = self.fetch(hash, at).await?;
            for index in &seen.transfers {
                self.progress.include(*index, at);
            }
            let (parent, last) = (seen.parent, seen.number <= 1 || self.no_blocks());
            self.blocks
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(hash, seen);
            if last {
                break;
            }
            hash = parent;
        }
        Ok(())
    }

    /// Marks a block and its parents as final.
    async fn finalized(&mut self, hash: Hash, at: u64) -> Result<()> {
        // Finality may be told before the block was told to be the best.
        if self.no_blocks() {
            return Ok(());
        }
        self.best(hash, at).await?;
        let mut hash = hash;
        loop {
            let progress = self.progress.clone();
            let parent = self.look(hash, |seen| {
                let news = !std::mem::replace(&mut seen.finalized, true);
                if news {
                    for index in &seen.transfers {
                        progress.finalize(*index, at);
                    }
                }
                news.then_some(seen.parent)
            });
            match parent.flatten() {
                Some(parent) => hash = parent,
                None => return Ok(()),
            }
        }
    }

    fn no_blocks(&self) -> bool {
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn look<T>(&self, hash: Hash, look: impl FnOnce(&mut Seen) -> T) -> Option<T> {
        self.blocks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_mut(&hash)
            .map(look)
    }

    async fn fetch(&mut self, hash: Hash, at: u64) -> Result<Seen> {
        let block: SignedBlock = self.rpc.get("chain_getBlock", &format!(r#"["{hash:?}"]"#)).await?;
        let Body { header, extrinsics } = block.block;
        let timestamp: u64 = self.value(hash, "Timestamp", "Now").await?;
        let weight: PerDispatchClass<Weight> = self.value(hash, "System", "BlockWeight").await?;
        Ok(Seen {
            number: header.number,
            parent: header.parent_hash,
            timestamp,
            at,
            transfers: extrinsics.iter().filter_map(|text| self.transfers.find(text)).collect(),
            length: extrinsics
                .iter()
                .map(|text| u64::try_from(text.len() / 2 - 1).unwrap_or(0))
                .sum(),
            weight: weight.get(DispatchClass::Normal).ref_time(),
            finalized: false,
        })
    }

    /// A plain storage value in the state of a block; the default one where there is none, as in the first block.
    async fn value<T: Decode + Default>(&mut self, hash: Hash, pallet: &str, name: &str) -> Result<T> {
        let key = [pallet, name]
            .map(|part| hex::encode(sp_io::hashing::twox_128(part.as_bytes())))
            .concat();
        let text: Option<String> = self
            .rpc
            .get("state_getStorage", &format!(r#"["0x{key}","{hash:?}"]"#))
            .await
            .with_context(|| format!("cannot read {pallet}.{name} of block {hash:?}"))?;
        let Some(text) = text else { return Ok(T::default()) };
        let bytes = hex::decode(text.trim_start_matches("0x"))?;
        T::decode(&mut &bytes[..]).with_context(|| format!("cannot decode {pallet}.{name} of block {hash:?}"))
    }
}
