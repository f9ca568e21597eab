//! Clients that we did not write work with the chain: the examples, run by the commands of the guide for wallets and dApps.

use super::{Stage, Verdict};
use crate::{
    Node, NodeOptions,
    cluster::BLOC,
    free_port,
    process::{Launch, run, tail},
    program::{binary, checkout},
};
use anyhow::{Context, Result, bail, ensure};
use blocs_chain::{At, ChainClient, ConnectOptions, connect};
use blocs_primitives::AccountId;
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

const GUIDE: &str = "docs/guides/wallets-and-dapps.md";
/// The node that the guide's commands name.
const GUIDE_NODE: &str = "127.0.0.1:9944";
/// How the guide starts the example in Rust.
const GUIDE_CARGO: &str = "cargo run --release -p blocs-example-subxt --";
/// Longest time for all commands of one example, on a machine that compiles beside it.
const LIMIT: Duration = Duration::from_secs(240);

/// The development chain of all clients, with a deal that one of them has opened.
pub(super) struct Clients {
    folder: PathBuf,
    node: Node,
    scripts: AtomicU32,
}

impl Clients {
    pub(super) async fn start(stage: &Stage) -> Result<Self> {
        let folder = stage.workspace().folder("clients")?;
        let mut options = NodeOptions::dev();
        let address = format!("/ip4/127.0.0.1/tcp/{}/ws", free_port()?);
        options.flags.extend(["--listen-addr".into(), address]);
        let node = Node::start(&folder, &options).await?;
        let clients = Self {
            folder,
            node,
            scripts: AtomicU32::new(0),
        };
        if missing("polkadot-js")?.is_none() {
            clients
                .bash("cd examples/polkadot-js; node main.mjs ws://127.0.0.1:9944 deal")
                .await?;
        }
        Ok(clients)
    }

    /// Runs a script of bash in the checkout against the chain of the clients, and returns what it printed.
    async fn bash(&self, script: &str) -> Result<String> {
        let (success, out, errors) = self.try_bash(script).await?;
        ensure!(success, "{script:?} failed: {errors}");
        Ok(out)
    }

    /// The same of one that may fail: whether it ended well, its output, and the end of what it said.
    async fn try_bash(&self, script: &str) -> Result<(bool, String, String)> {
        let number = self.scripts.fetch_add(1, Ordering::Relaxed);
        let log = self.folder.join(format!("script-{number}.log"));
        let out = log.with_extension("out");
        let example = binary("blocs-example-subxt")?;
        let programs = example.parent().context("a program without a folder")?;
        let script = script
            .replace(GUIDE_NODE, &format!("127.0.0.1:{}", self.node.rpc_port()))
            .replace(GUIDE_CARGO, "blocs-example-subxt");
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default());
        let script = format!("set -euo pipefail; cd '{}'\n{script}", checkout().display());
        let mut launch = Launch::new(Path::new("bash"), ["-c", &script], log.clone())
            .env("PATH", path)
            .env("RUST_BACKTRACE", "0");
        launch.stdout = Some(out.clone());
        let status = run(launch, LIMIT).await?;
        Ok((status.success(), fs::read_to_string(&out)?, tail(&log)))
    }

    /// Does what the guide says of an example.
    async fn follow_guide(&self, example: &str) -> Result<String> {
        let text = fs::read_to_string(checkout().join(GUIDE))?;
        let first = format!("cd examples/{example}");
        let commands: Vec<&str> = text
            .split("```")
            .skip(1)
            .step_by(2)
            .map(|block| {
                block
                    .trim_start_matches(|letter: char| letter.is_ascii_lowercase())
                    .trim()
            })
            .find(|block| block.lines().next() == Some(first.as_str()))
            .with_context(|| format!("{GUIDE} has no commands that begin with {first}"))?
            .lines()
            // Installed before the tests.
            .filter(|line| !line.starts_with("npm ci"))
            .collect();
        self.bash(&commands.join("\n")).await
    }

    /// A script fails, and says why.
    async fn refused(&self, script: &str, reason: &str) -> Result<()> {
        let (success, out, errors) = self.try_bash(script).await?;
        ensure!(!success, "{script:?} ended well and printed {out}");
        ensure!(
            errors.contains(reason),
            "{script:?} does not say {reason:?} but {errors}"
        );
        Ok(())
    }

    async fn same_block(&self, block: &Value) -> Result<()> {
        let number = block["number"].as_u64().context("a block without a number")?;
        let ours = self.node.block_hash(number).await?;
        ensure!(
            block["hash"].as_str() == ours.as_deref(),
            "the client has {block} where the node has {ours:?}"
        );
        Ok(())
    }
}

/// Why an example cannot be run on this machine. In CI that is a failure.
pub(super) fn missing(example: &str) -> Result<Option<Verdict>> {
    let folder = checkout().join("examples").join(example);
    if folder.join("node_modules/.package-lock.json").is_file() {
        return Ok(None);
    }
    let reason = format!("the packages of examples/{example} are not installed: run `make test`, or npm ci there");
    if std::env::var_os("CI").is_some() {
        bail!(reason);
    }
    Ok(Some(Verdict::Skipped(reason)))
}

/// The JSON object that a step printed.
fn step(out: &str, name: &str) -> Result<Value> {
    out.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find(|seen| seen["step"] == name)
        .with_context(|| format!("the client printed nothing of its step {name:?}: {out}"))
}

fn count(seen: &Value, what: &str) -> u64 {
    seen[what].as_u64().unwrap_or_default()
}

pub(super) async fn polkadot_js_decodes_everything_transfers_stakes_votes_and_opens_a_deal(
    stage: &Stage,
) -> Result<Verdict> {
    if let Some(skipped) = missing("polkadot-js")? {
        return Ok(skipped);
    }
    let clients = stage.clients().await?;
    let out = clients.follow_guide("polkadot-js").await?;

    let metadata = step(&out, "metadata")?;
    for (what, least) in [
        ("pallets", 30),
        ("calls", 200),
        ("constants", 60),
        ("events", 200),
        ("errors", 250),
    ] {
        ensure!(count(&metadata, what) >= least, "only {metadata} were decoded");
    }
    let transfer = step(&out, "transfer")?;
    ensure!(
        transfer["refused"] == "Token.FundsUnavailable" && count(&transfer, "transfers") == 2,
        "{transfer}"
    );
    let staking = step(&out, "staking")?;
    ensure!(count(&staking, "targets") == 1, "{staking}");
    let multisig = step(&out, "multisig")?;
    ensure!(multisig["done"] == "balances.transferKeepAlive", "{multisig}");
    let vote = step(&out, "vote")?;
    ensure!(
        vote["track"] == "small_spender" && vote["proposed"] == "system.remarkWithEvent",
        "{vote}"
    );
    let deal = step(&out, "deal")?;
    ensure!(deal["refused"] == "storageMarket.BadQuote", "{deal}");
    ensure!(
        deal["slots"][0]["size"] == 19 && deal["slots"][0]["status"] == "Live",
        "{deal}"
    );

    let absent = "cd examples/polkadot-js; node main.mjs ws://127.0.0.1:1 metadata";
    clients.refused(absent, "no node answers at ws://127.0.0.1:1").await?;
    clients
        .refused(
            "cd examples/polkadot-js; node main.mjs ws://127.0.0.1:9944 dance",
            "there is no step dance",
        )
        .await?;
    Ok(Verdict::Passed)
}

pub(super) async fn polkadot_js_reads_the_deal_of_a_file_and_pays(stage: &Stage) -> Result<Verdict> {
    if let Some(skipped) = missing("polkadot-js")? {
        return Ok(skipped);
    }
    // Given a deal that `blocs put` has opened with six providers, and somebody who will get a transfer
    let cluster = stage.shared().await?;
    let (user, _, deal) = super::loss::with_file(cluster, "clients", 5000, &[]).await?;
    let to = cluster.poor_user("clients-to").await?;

    // When the library is asked for the deal, and to transfer
    let (log, out) = (user.home().join("node.log"), user.home().join("node.out"));
    let script = checkout().join("examples/polkadot-js/main.mjs").display().to_string();
    let (deal_hex, to_account) = (format!("0x{}", hex::encode(deal.0)), to.account().to_string());
    let mut seen = Vec::new();
    for words in [["read", deal_hex.as_str()].as_slice(), &["pay", &to_account, "7"]] {
        let args = [[script.as_str(), cluster.url()].as_slice(), words].concat();
        let mut launch = Launch::new(Path::new("node"), args, log.clone());
        launch.stdout = Some(out.clone());
        let status = run(launch, LIMIT).await?;
        ensure!(status.success(), "the script ended with {status}: {}", tail(&log));
        seen.push(fs::read_to_string(&out)?);
    }

    // Then it has seen what the chain says, and the transfer is there
    let seen = step(&seen.concat(), "read")?;
    let chain = cluster.chain();
    let free = chain.balance(user.account(), At::Finalized).await?.free;
    ensure!(
        seen["free"] == free.to_string(),
        "the library reads {} in place of {free}",
        seen["free"]
    );
    let record = chain.deal(deal, At::Finalized).await?.context("no such deal")?;
    ensure!(
        seen["need"] == record.k && seen["of"] == record.n,
        "the library reads {seen}"
    );
    ensure!(
        seen["slots"].as_array().map(Vec::len) == Some(usize::from(record.n)),
        "the library reads {seen}"
    );
    ensure!(
        count(&seen, "providers") >= 6,
        "the library sees {} providers",
        seen["providers"]
    );
    ensure!(seen["token"] == "BLOC", "the library sees the token {}", seen["token"]);
    let received = chain.balance(to.account(), At::Finalized).await?.free;
    ensure!(
        received == 7 * BLOC,
        "the transfer of 7 BLOC arrived as {received} planck"
    );
    Ok(Verdict::Passed)
}

pub(super) async fn papi_is_typed_by_our_metadata_and_transfers(stage: &Stage) -> Result<Verdict> {
    if let Some(skipped) = missing("papi")? {
        return Ok(skipped);
    }
    let clients = stage.clients().await?;
    // Its second command is the compiler, which ends badly too when it takes one of the mistakes of src/types.ts.
    let out = clients.follow_guide("papi").await?;
    let market = step(&out, "market")?;
    ensure!(market["params"]["min_bond"].is_string(), "{market}");
    let listed = |what: &str| market[what].as_array().map_or(0, Vec::len);
    ensure!(listed("providers") >= 1 && listed("deals") >= 1, "{market}");
    ensure!(market["deals"][0]["bytes"][0] == "19", "{market}");
    let transfer = step(&out, "transfer")?;
    ensure!(transfer["amount"] == (4 * BLOC).to_string(), "{transfer}");
    clients
        .same_block(&serde_json::json!({ "number": transfer["block"], "hash": transfer["hash"] }))
        .await?;
    let remark = step(&out, "remark")?;
    let last = remark["steps"].as_array().and_then(|steps| steps.last());
    ensure!(last.is_some_and(|last| last == "finalized"), "{remark}");

    for script in ["codegen.mjs", "dist/main.js"] {
        let script = format!("cd examples/papi; node {script} ws://127.0.0.1:1");
        clients.refused(&script, "no node answers at").await?;
    }
    Ok(Verdict::Passed)
}

pub(super) async fn subxt_transfers_and_watches_the_market(stage: &Stage) -> Result<Verdict> {
    let clients = stage.clients().await?;
    let out = clients.follow_guide("subxt").await?;
    ensure!(out.contains("transferred 5000000000000 planck"), "{out}");
    ensure!(out.matches("\nfinalized ").count() == 3, "{out}");
    if missing("polkadot-js")?.is_none() {
        ensure!(
            out.contains("\nprovider 5") && out.contains("  slot 0: 19 bytes at 5"),
            "{out}"
        );
    }
    clients
        .refused(
            "blocs-example-subxt ws://127.0.0.1:1",
            "no node answers at ws://127.0.0.1:1",
        )
        .await?;
    Ok(Verdict::Passed)
}

pub(super) async fn light_client_syncs_follows_finality_and_sends_a_transfer(stage: &Stage) -> Result<Verdict> {
    if let Some(skipped) = missing("smoldot")? {
        return Ok(skipped);
    }
    let clients = stage.clients().await?;
    let out = clients.follow_guide("smoldot").await?;
    clients.same_block(&step(&out, "synced")?).await?;
    let followed = step(&out, "followed")?;
    let blocks = followed["blocks"].as_array().context("no blocks were followed")?;
    ensure!(blocks.len() == 3, "{followed}");
    for block in blocks {
        clients.same_block(block).await?;
    }
    let transferred = step(&out, "transferred")?;
    clients
        .same_block(&serde_json::json!({ "number": transferred["block"], "hash": transferred["hash"] }))
        .await?;
    let to = transferred["to"].as_str().context("no receiver")?;
    let to: AccountId = to
        .parse()
        .map_err(|error| anyhow::anyhow!("{to} is no account: {error}"))?;
    let chain = connect(&clients.node.url(), ConnectOptions::default()).await?;
    let received = chain.balance(&to, At::Finalized).await?.free;
    ensure!(received == 3 * BLOC, "{received} planck arrived in place of 3 BLOC");

    // What it is told when it is started wrongly, or nobody answers.
    let light = |args: &str| format!("cd examples/smoldot; PATIENCE_SECONDS=4 node main.mjs {args}");
    let peer = "p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
    let cases = [
        (
            format!("spec.json /ip4/127.0.0.1/tcp/1/ws/{peer}"),
            "no finalized block in 4 s",
        ),
        (format!("spec.json /ip4/127.0.0.1/tcp/1/{peer}"), "dials WebSocket only"),
        (
            format!("package.json /ip4/127.0.0.1/tcp/1/ws/{peer}"),
            "is not a raw chain specification",
        ),
        (
            format!("nothing.json /ip4/127.0.0.1/tcp/1/ws/{peer}"),
            "cannot read nothing.json",
        ),
        (String::new(), "usage: "),
    ];
    for (args, reason) in cases {
        clients.refused(&light(&args), reason).await?;
    }
    Ok(Verdict::Passed)
}
