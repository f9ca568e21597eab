//! SIGKILL at random moments: a node always comes back on the chain that it had finalized.

use super::{figures::Spread, observer::Observer, processes::Window, report::Section};
use crate::{Node, NodeOptions, Workspace, process::tail, until};
use anyhow::{Context, Result, ensure};
use blocs_chain::{ChainClient, ConnectOptions, MarketCall, Signer, SubxtChain, WaitFor, connect};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Seek, SeekFrom},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{task::JoinSet, time::timeout};

/// What it shows.
pub const TITLE: &str = "An author and a full node killed with SIGKILL at random moments";
/// How long a node may take until it has finalized something new.
const BACK: Duration = Duration::from_secs(180);
/// Longest life of a node between two kills, beyond the time that it takes to finalize something new.
const LONGEST_LIFE: Duration = Duration::from_secs(3);
/// Latest moment of a kill during the start.
const LATEST_START: Duration = Duration::from_secs(2);
/// One start in so many is killed too, before the node answers.
const KILLED_STARTS: u32 = 4;
/// What the load pays from: the accounts that a development chain endows.
const PAYERS: [&str; 6] = ["//Alice", "//Bob", "//Charlie", "//Dave", "//Eve", "//Ferdie"];
/// How long one transfer may take until the load gives it up.
const TRANSFER: Duration = Duration::from_secs(30);
/// What a log must not say, in lower case.
const ALARMS: [&str; 6] = [
    "corrupt",
    "panicked",
    "checksum",
    "essential task",
    "bad block",
    "inconsistent",
];

/// How often, and from which seed.
#[derive(Clone, Copy, Debug)]
pub struct KillOptions {
    /// Kills of a node that runs.
    pub cycles: u32,
    /// Seed of the moments and victims.
    pub seed: u64,
}

/// Kills an author and a full node, both under a load of transfers, at random moments.
pub async fn play(workspace: &Workspace, options: KillOptions, section: &mut Section) -> Result<()> {
    let KillOptions { cycles, seed } = options;
    let folder = workspace.folder("kills")?;
    let mut author = Victim::new(Node::start(&folder, &NodeOptions::dev()).await?);
    let bootnode = author.node.multiaddr().await?;
    let mut full = Victim::new(Node::start(&folder, &NodeOptions::full("dev", &bootnode)).await?);
    let transfers = Transfers::start(&[&author.node, &full.node]).await?;

    let mut random = StdRng::seed_from_u64(seed);
    let (mut of_full, mut of_starts) = (0u32, 0u32);
    let (mut answers, mut finalizes) = (Vec::new(), Vec::new());
    let window = Window::open([])?;
    for cycle in 0..cycles {
        // The author is the one whose database changes most.
        let of_author = random.gen_ratio(2, 3);
        let life = random.gen_range(Duration::ZERO..LONGEST_LIFE);
        let in_start = random
            .gen_ratio(1, KILLED_STARTS)
            .then(|| random.gen_range(Duration::ZERO..LATEST_START));
        let (victim, name) = if of_author {
            (&mut author, "author")
        } else {
            (&mut full, "full node")
        };
        let what = || format!("kill {} of {cycles}, of the {name}, with seed {seed}", cycle + 1);
        victim.live(life).await.with_context(what)?;
        let Back { answered, finalized } = victim.kill_and_restart(in_start).await.with_context(what)?;
        answers.push(answered.as_secs_f64());
        finalizes.push(finalized.as_secs_f64());
        of_full += u32::from(!of_author);
        of_starts += u32::from(in_start.is_some());
    }
    let transfers = transfers.stop();
    let height = author.node.finalized_height().await?;
    let compared = same_chain(&author, &full)?;
    let offences = Observer::connect(&author.node).await?.offences().await?;

    let back = format!("{cycles} of {cycles} times, every block that was final before has the same hash");
    section.check("it comes back on the chain that it had finalized", true, back);
    section.check(
        "the chain goes on",
        height > 0,
        format!("{height} blocks, {transfers} transfers in them"),
    );
    section.check(
        "both nodes finalized the same",
        true,
        format!("{compared} blocks compared"),
    );
    section.check("no log tells of damage", true, format!("none of {}", ALARMS.join(", ")));
    section.check(
        "nobody is reported for an offence",
        offences == 0,
        format!("{offences} reports"),
    );
    let split = format!(
        "{} of the author, {of_full} of the full node; {of_starts} times once more while it started",
        cycles - of_full
    );
    section.figure("kills", format!("{cycles}: {split}"), cycles);
    section.figure("seed", seed.to_string(), seed);
    for (name, samples) in [
        ("start to first answer", answers),
        ("start to next finalized block", finalizes),
    ] {
        let spread = Spread::of(samples);
        section.figure(name, spread.text(1, "s"), spread.json());
    }
    section.used(&window.close()?);
    Ok(())
}

/// What one node has finalized the other has too, with the same hash. Returns how many blocks both have.
fn same_chain(author: &Victim, full: &Victim) -> Result<usize> {
    let mut compared = 0;
    for (height, hash) in &author.seen {
        if let Some(other) = full.seen.get(height) {
            ensure!(
                other == hash,
                "the author finalized block {height} as {hash}, the full node as {other}"
            );
            compared += 1;
        }
    }
    Ok(compared)
}

/// How long it took to come back.
struct Back {
    answered: Duration,
    finalized: Duration,
}

/// A node that is killed again and again.
struct Victim {
    node: Node,
    /// Every block that it has said to be final, by height.
    seen: BTreeMap<u64, String>,
    /// Bytes of the log that were read.
    read: u64,
}

impl Victim {
    fn new(node: Node) -> Self {
        Self {
            node,
            seen: BTreeMap::new(),
            read: 0,
        }
    }

    /// Height up to which it has finalized, as far as was seen.
    fn height(&self) -> u64 {
        self.seen.last_key_value().map_or(0, |(height, _)| *height)
    }

    /// Lets it run until it finalizes something new, and for `life` more. Writes down what it says to be final.
    async fn live(&mut self, life: Duration) -> Result<()> {
        let height = self.height();
        self.finalizes_above(height).await?;
        let end = Instant::now() + life;
        loop {
            self.look().await?;
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            tokio::time::sleep(left.min(Duration::from_millis(500))).await;
        }
    }

    async fn look(&mut self) -> Result<()> {
        let last = self.node.finalized_height().await?;
        let heights: Vec<_> = (self.height() + 1..=last).collect();
        let hashes = self.hashes(&heights).await?;
        self.seen.extend(heights.into_iter().zip(hashes));
        Ok(())
    }

    async fn hashes(&self, heights: &[u64]) -> Result<Vec<String>> {
        let hashes = self
            .node
            .rpc("chain_getBlockHash", serde_json::json!([heights]))
            .await?;
        let hashes: Vec<Option<String>> = serde_json::from_value(hashes)?;
        ensure!(
            hashes.len() == heights.len(),
            "asked for {} hashes, got {}",
            heights.len(),
            hashes.len()
        );
        let all = hashes.into_iter().zip(heights);
        all.map(|(hash, height)| hash.with_context(|| format!("it has no block {height}")))
            .collect()
    }

    /// SIGKILL, once more while it starts if asked for, then a start that it must survive.
    async fn kill_and_restart(&mut self, in_start: Option<Duration>) -> Result<Back> {
        let height = self.height();
        self.node.daemon().kill();
        if let Some(moment) = in_start {
            self.node.daemon().restart()?;
            tokio::time::sleep(moment).await;
            self.node.daemon().kill();
        }
        let started = Instant::now();
        let log = self.node.log();
        self.node.restart().await.with_context(|| tail(&log))?;
        let answered = started.elapsed();

        let finalized = self.node.finalized_height().await?;
        ensure!(
            finalized >= height,
            "it had finalized {height} blocks, and comes back with {finalized}"
        );
        let heights: Vec<_> = self.seen.keys().copied().collect();
        let hashes = self.hashes(&heights).await?;
        for ((height, before), after) in self.seen.iter().zip(hashes) {
            ensure!(
                *before == after,
                "block {height} was final as {before}, and is now {after}"
            );
        }
        self.finalizes_above(finalized).await?;
        let back = Back {
            answered,
            finalized: started.elapsed(),
        };
        self.read_log()?;
        Ok(back)
    }

    async fn finalizes_above(&mut self, height: u64) -> Result<()> {
        let node = &self.node;
        until(
            &format!("the node finalizes more than {height} blocks"),
            BACK,
            || async { Ok((node.finalized_height().await? > height).then_some(())) },
        )
        .await
        .with_context(|| tail(&self.node.log()))
    }

    /// Fails when the log has an alarm since the last time.
    fn read_log(&mut self) -> Result<()> {
        let text = read_from(&self.node.log(), &mut self.read)?;
        let alarm = text.lines().find(|line| {
            let line = line.to_lowercase();
            ALARMS.iter().any(|alarm| line.contains(alarm))
        });
        match alarm {
            Some(line) => anyhow::bail!("its log has an alarm: {line}"),
            None => Ok(()),
        }
    }
}

/// The end of a file, from where it was read last.
fn read_from(path: &Path, position: &mut u64) -> Result<String> {
    let mut file = fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    file.seek(SeekFrom::Start(*position))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    *position += u64::try_from(bytes.len())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Accounts that send tokens as fast as blocks take them, to nodes that come and go.
struct Transfers {
    included: Arc<AtomicU64>,
    senders: JoinSet<()>,
}

impl Transfers {
    async fn start(nodes: &[&Node]) -> Result<Self> {
        let mut chains = Vec::new();
        for node in nodes {
            chains.push(connect(&node.url(), ConnectOptions::default()).await?);
        }
        let included = Arc::new(AtomicU64::new(0));
        let mut senders = JoinSet::new();
        for (payer, chain) in PAYERS.iter().zip(chains.iter().cycle()) {
            senders.spawn(send(chain.clone(), Signer::from_suri(payer)?, included.clone()));
        }
        Ok(Self { included, senders })
    }

    /// Ends it. Returns how many transfers were seen in a block.
    fn stop(mut self) -> u64 {
        self.senders.abort_all();
        self.included.load(Ordering::Relaxed)
    }
}

/// Sends until aborted. A transfer that fails is nothing to stop for: its node may be dead.
async fn send(chain: SubxtChain, payer: Signer, included: Arc<AtomicU64>) {
    let to = payer.account();
    loop {
        let call = MarketCall::Transfer {
            to: to.clone(),
            amount: 1,
        };
        match timeout(TRANSFER, chain.submit(&payer, call, WaitFor::InBlock)).await {
            Ok(Ok(_)) => {
                included.fetch_add(1, Ordering::Relaxed);
            }
            Ok(Err(_)) | Err(_) => tokio::time::sleep(Duration::from_millis(500)).await,
        }
    }
}
