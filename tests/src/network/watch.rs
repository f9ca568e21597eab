//! All nodes of a network watched at once: who saw which block when, and what was final when.

use crate::network::{
    block::{Block, Hash},
    summary::Summary,
};
use anyhow::Result;
use futures::{StreamExt, stream};
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use subxt::rpcs::{RpcClient, client::rpc_params};
use tokio::{task::JoinSet, time};

/// Milliseconds since 1970, as BABE counts.
pub type Millis = u64;

/// Time between two attempts to reach a node that is away.
const RETRY: Duration = Duration::from_millis(300);
/// Time between two looks at how far finality is behind.
const SAMPLE: Duration = Duration::from_secs(1);

/// The time.
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}

/// Follows the heads of all nodes of a network until dropped. A node may go away and come back.
#[derive(Debug)]
pub struct Watch {
    record: Arc<Mutex<Record>>,
    slot: Duration,
    _followers: JoinSet<()>,
}

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) blocks: HashMap<Hash, Seen>,
    pub(super) finalized: BTreeMap<u64, Hash>,
    pub(super) conflicts: Vec<String>,
    pub(super) nodes: Vec<NodeRecord>,
}

/// A block, and when each node had it.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) block: Block,
    pub(super) at: Vec<Option<Millis>>,
}

/// What one node said.
#[derive(Debug, Default)]
pub(super) struct NodeRecord {
    name: String,
    best: Option<Hash>,
    finalized: u64,
    pub(super) finalized_at: BTreeMap<u64, Millis>,
    /// Blocks that were given up for others, and when.
    pub(super) reorgs: Vec<(Millis, u64)>,
    /// Blocks between best and finalized, sampled.
    pub(super) behind: Vec<(Millis, u64)>,
    connected: bool,
}

/// What a node says of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Seen,
    Best,
    Finalized,
}

impl Watch {
    /// Follows nodes, each with a name and the address of its RPC, of a chain with this slot length.
    pub fn follow(nodes: impl IntoIterator<Item = (String, String)>, slot: Duration) -> Self {
        let record = Arc::new(Mutex::new(Record::default()));
        let mut followers = JoinSet::new();
        for (index, (name, url)) in nodes.into_iter().enumerate() {
            lock(&record).nodes.push(NodeRecord {
                name,
                ..NodeRecord::default()
            });
            followers.spawn(follow(index, url, record.clone()));
        }
        followers.spawn(sample(record.clone()));
        Self {
            record,
            slot,
            _followers: followers,
        }
    }

    /// What was seen of blocks whose slot began in a window of time.
    pub fn summary(&self, from: Millis, to: Millis) -> Summary {
        Summary::of(&lock(&self.record), self.slot, from, to)
    }

    /// Greatest finalized height that each node has reported.
    pub fn finalized(&self) -> Vec<(String, u64)> {
        let record = lock(&self.record);
        record
            .nodes
            .iter()
            .map(|node| (node.name.clone(), node.finalized))
            .collect()
    }

    /// Two finalized blocks of one height, if ever two nodes reported such.
    pub fn conflicts(&self) -> Vec<String> {
        lock(&self.record).conflicts.clone()
    }

    /// The best height on each node.
    pub fn best(&self) -> Vec<(String, u64)> {
        let record = lock(&self.record);
        let height = |node: &NodeRecord| {
            node.best
                .and_then(|hash| record.blocks.get(&hash))
                .map_or(0, |seen| seen.block.number)
        };
        record
            .nodes
            .iter()
            .map(|node| (node.name.clone(), height(node)))
            .collect()
    }

    /// Longest time between two reports of finality by one node in a window, its ends included.
    pub fn longest_without_finality(&self, from: Millis, to: Millis) -> Duration {
        let longest = |node: &NodeRecord| {
            let mut times: Vec<_> = node.finalized_at.values().copied().collect();
            times.retain(|at| (from..to).contains(at));
            times.extend([from, to]);
            times.sort_unstable();
            let gaps = times.windows(2).map(|pair| match pair {
                [before, after] => after - before,
                _ => 0,
            });
            gaps.max().unwrap_or_default()
        };
        let record = lock(&self.record);
        Duration::from_millis(record.nodes.iter().map(longest).max().unwrap_or_default())
    }
}

/// A record is whole after each change: it may be read after a panic too.
fn lock(record: &Mutex<Record>) -> MutexGuard<'_, Record> {
    record.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn follow(index: usize, url: String, record: Arc<Mutex<Record>>) {
    loop {
        // An error says that the node is away, which is part of the test.
        listen(index, &url, &record).await.ok();
        if let Some(node) = lock(&record).nodes.get_mut(index) {
            node.connected = false;
        }
        time::sleep(RETRY).await;
    }
}

async fn listen(index: usize, url: &str, record: &Mutex<Record>) -> Result<()> {
    let client = RpcClient::from_insecure_url(url).await?;
    let heads = |said: Said, topic: &'static str| {
        let client = client.clone();
        async move {
            let (subscribe, unsubscribe) = (format!("chain_subscribe{topic}"), format!("chain_unsubscribe{topic}"));
            let heads = client
                .subscribe::<Value>(&subscribe, rpc_params![], &unsubscribe)
                .await?;
            // The end of one is the end of the connection.
            let heads = heads.map(Some).chain(stream::once(async { None }));
            anyhow::Ok(heads.map(move |header| (said, header)).boxed())
        }
    };
    let all = heads(Said::Seen, "AllHeads").await?;
    let best = heads(Said::Best, "NewHeads").await?;
    let finalized = heads(Said::Finalized, "FinalizedHeads").await?;
    let mut heads = stream::select_all([all, best, finalized]);
    while let Some((said, Some(header))) = heads.next().await {
        let block = Block::read(&header?)?;
        lock(record).note(index, said, block, now());
    }
    Ok(())
}

async fn sample(record: Arc<Mutex<Record>>) {
    let mut ticks = time::interval(SAMPLE);
    loop {
        ticks.tick().await;
        lock(&record).sample(now());
    }
}

impl Record {
    fn note(&mut self, index: usize, said: Said, block: Block, at: Millis) {
        let nodes = self.nodes.len();
        let seen = self.blocks.entry(block.hash).or_insert_with(|| Seen {
            block,
            at: vec![None; nodes],
        });
        if let Some(first @ None) = seen.at.get_mut(index) {
            *first = Some(at);
        }
        match said {
            Said::Seen => {}
            Said::Best => self.best(index, block, at),
            Said::Finalized => self.finalize(index, block, at),
        }
        if let Some(node) = self.nodes.get_mut(index) {
            node.connected = true;
        }
    }

    fn best(&mut self, index: usize, block: Block, at: Millis) {
        let Some(node) = self.nodes.get(index) else { return };
        let given_up = match node.best {
            Some(before) if before != block.hash => self.given_up(before, block),
            _ => 0,
        };
        let Some(node) = self.nodes.get_mut(index) else { return };
        node.best = Some(block.hash);
        if given_up > 0 {
            node.reorgs.push((at, given_up));
        }
    }

    /// Blocks of the chain that ends with `before` that are not in the one that ends with `block`.
    fn given_up(&self, before: Hash, block: Block) -> u64 {
        let known = |hash: Hash| self.blocks.get(&hash).map(|seen| seen.block);
        let Some(before) = known(before) else { return 0 };
        let (mut old, mut new) = (before, block);
        while old.hash != new.hash {
            // A block that nobody has shown: the node was away in between.
            let step = if old.number > new.number {
                known(old.parent).map(|parent| old = parent)
            } else {
                known(new.parent).map(|parent| new = parent)
            };
            if step.is_none() {
                return 0;
            }
        }
        before.number - old.number
    }

    fn finalize(&mut self, index: usize, block: Block, at: Millis) {
        let Some(node) = self.nodes.get_mut(index) else { return };
        let mut next = Some(block);
        while let Some(block) = next {
            if node.finalized_at.contains_key(&block.number) {
                break;
            }
            node.finalized_at.insert(block.number, at);
            let other = *self.finalized.entry(block.number).or_insert(block.hash);
            if other != block.hash {
                self.conflicts.push(format!(
                    "block {} is 0x{} to {}, 0x{} to another",
                    block.number,
                    hex::encode(block.hash),
                    node.name,
                    hex::encode(other)
                ));
            }
            // Nobody tells of the blocks before the first that was seen.
            next = self.blocks.get(&block.parent).map(|seen| seen.block);
        }
        node.finalized = node.finalized.max(block.number);
    }

    fn sample(&mut self, at: Millis) {
        for node in self.nodes.iter_mut().filter(|node| node.connected) {
            let best = node
                .best
                .and_then(|hash| self.blocks.get(&hash))
                .map(|seen| seen.block.number);
            if let Some(best) = best {
                node.behind.push((at, best.saturating_sub(node.finalized)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(hash: u8, parent: u8, number: u64) -> Block {
        Block {
            hash: [hash; 32],
            parent: [parent; 32],
            number,
            slot: Some(number),
            author: Some(0),
        }
    }

    fn record(nodes: usize) -> Record {
        Record {
            nodes: (0..nodes).map(|_| NodeRecord::default()).collect(),
            ..Record::default()
        }
    }

    #[test]
    fn another_branch_is_a_reorganisation_and_a_longer_chain_is_none() {
        let mut record = record(1);
        for (block, at) in [(block(1, 0, 1), 1), (block(2, 1, 2), 2), (block(3, 2, 3), 3)] {
            record.note(0, Said::Best, block, at);
        }
        assert!(record.nodes[0].reorgs.is_empty());
        record.note(0, Said::Seen, block(12, 1, 2), 4);
        record.note(0, Said::Seen, block(13, 12, 3), 4);
        record.note(0, Said::Best, block(14, 13, 4), 5);
        assert_eq!(record.nodes[0].reorgs, [(5, 2)]);
    }

    #[test]
    fn two_final_blocks_of_one_height_are_a_conflict() {
        let mut record = record(2);
        record.note(0, Said::Seen, block(1, 0, 1), 1);
        record.note(0, Said::Finalized, block(2, 1, 2), 3);
        assert_eq!(record.nodes[0].finalized_at.len(), 2);
        record.note(1, Said::Finalized, block(2, 1, 2), 3);
        assert!(record.conflicts.is_empty());
        record.note(1, Said::Finalized, block(13, 12, 3), 4);
        assert!(record.conflicts.is_empty());
        record.note(0, Said::Finalized, block(3, 2, 3), 4);
        assert_eq!(record.conflicts.len(), 1);
    }
}
