//! What an operator does with a node: keys, `doctor`, logs, health, the end.

use super::{Stage, Verdict};
use crate::{
    Node, NodeOptions, Workspace, get, ports,
    process::{Launch, run},
    program, until,
};
use anyhow::{Context, Result, bail, ensure};
use codec::Encode;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use subxt::utils::AccountId32;

/// How long a command of the node's program may take.
const COMMAND: Duration = Duration::from_secs(300);

/// How long a node may take until it answers, when it compiles the runtime first beside many others.
pub(super) const START: Duration = Duration::from_secs(300);

/// How long a node may take to stop: it has nothing to wait for but its database.
pub(super) const STOP: Duration = Duration::from_secs(20);

/// Alice, whom every development chain knows.
pub(super) const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

/// What a command printed, and how it ended.
pub(super) struct Output {
    pub(super) code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Output {
    pub(super) fn says(&self, words: &[&str]) -> Result<()> {
        for word in words {
            ensure!(
                self.stdout.contains(word) || self.stderr.contains(word),
                "it does not say `{word}`:\n{}{}",
                self.stdout,
                self.stderr
            );
        }
        Ok(())
    }
}

/// Runs `blocs-node` with these words until it ends.
pub(super) async fn node_command(folder: &Path, name: &str, words: &[&str]) -> Result<Output> {
    let (out, log) = (folder.join(format!("{name}.out")), folder.join(format!("{name}.log")));
    let mut launch = Launch::new(&program::binary("blocs-node")?, words, log.clone());
    launch.stdout = Some(out.clone());
    let status = run(launch, COMMAND).await?;
    Ok(Output {
        code: status.code(),
        stdout: fs::read_to_string(out)?,
        stderr: fs::read_to_string(log)?,
    })
}

/// Starts the only validator of a development chain, with flags of its own.
pub(super) async fn dev_node(stage: &Stage, name: &str, flags: &[&str]) -> Result<(PathBuf, Node)> {
    let folder = stage.workspace().folder(name)?;
    let mut options = NodeOptions::dev();
    options.flags.extend(flags.iter().map(|flag| (*flag).to_owned()));
    let node = Node::start(&folder, &options).await?;
    Ok((folder, node))
}

pub(super) async fn rotated_keys_are_registered_and_doctor_finds_them(stage: &Stage) -> Result<Verdict> {
    // Given a validator, and its secret in a file that everybody can read
    let (folder, node) = dev_node(stage, "key-rotate", &[]).await?;
    let secret = folder.join("secret");
    fs::write(&secret, "//Alice\n")?;
    let path = secret.display().to_string();
    let url = node.url();
    let rotate = ["key", "rotate", "--owner", ALICE, "--url", &url];

    // Then the secret is not used
    let signed = [&rotate[..], &["--sign-with", &path, "--json"]].concat();
    let refused = node_command(&folder, "open-secret", &signed).await?;
    ensure!(refused.code == Some(1), "a secret that others can read was used");
    refused.says(&["chmod 600"])?;

    // When nobody signs, keys, proof and the next command are printed
    let printed = node_command(&folder, "rotate", &rotate).await?;
    ensure!(printed.code == Some(0), "key rotate failed: {}", printed.stderr);
    printed.says(&["blocs stake set-keys --keys 0x", "--proof 0x"])?;

    // When the owner signs, the chain has the keys once the command ends
    private(&secret)?;
    let sent = node_command(&folder, "rotate-and-send", &signed).await?;
    ensure!(sent.code == Some(0), "key rotate --sign-with failed: {}", sent.stderr);
    let answer: Value = serde_json::from_str(&sent.stdout)?;
    let keys = answer.get("keys").and_then(Value::as_str).context("no keys")?;
    let registered = node.rpc("state_getStorage", json!([next_keys_of(ALICE)?])).await?;
    ensure!(
        registered.as_str() == Some(keys),
        "the chain has {registered}, not the keys that were sent: {keys}"
    );

    // And doctor finds them in the node
    let base = folder.join("node-alice").display().to_string();
    let doctor = [
        "doctor",
        "--chain",
        "dev",
        "--base-path",
        &base,
        "--url",
        &url,
        "--owner",
        ALICE,
        "--json",
    ];
    let report = node_command(&folder, "doctor", &doctor).await?;
    ensure!(
        report.code == Some(0),
        "doctor finds fault: {}{}",
        report.stdout,
        report.stderr
    );
    let findings = findings(&report.stdout)?;
    for (check, status, words) in [
        ("session keys", "ok", "has those that"),
        ("chain", "ok", "`dev`"),
        ("sync", "ok", "with its peers"),
        ("finality", "ok", "is final"),
        ("network key", "ok", "private"),
        ("disk writes", "", "synced write"),
    ] {
        ensure!(
            findings.iter().any(|finding| finding.0 == check
                && (status.is_empty() || finding.1 == status)
                && finding.2.contains(words)),
            "doctor does not say of {check}: {status}, {words}:\n{}",
            report.stdout
        );
    }
    Ok(Verdict::Passed)
}

pub(super) async fn doctor_names_what_is_wrong_and_fails(stage: &Stage) -> Result<Verdict> {
    // Given a validator without keys of its own on the chain, and a running node whose port doctor is told to use
    let (folder, node) = dev_node(stage, "doctor", &[]).await?;
    let bob = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
    let (url, base) = (node.url(), folder.join("node-alice").display().to_string());

    // Then an account without registered keys is a failure that says what to do
    let doctor = [
        "doctor",
        "--chain",
        "dev",
        "--base-path",
        &base,
        "--url",
        &url,
        "--owner",
        bob,
    ];
    let report = node_command(&folder, "doctor-bob", &doctor).await?;
    ensure!(report.code == Some(1), "doctor finds no fault: {}", report.stdout);
    report.says(&["has registered none", "blocs-node key rotate --owner"])?;

    // And so is another chain
    let doctor = ["doctor", "--chain", "local", "--base-path", &base, "--url", &url];
    let report = node_command(&folder, "doctor-chain", &doctor).await?;
    ensure!(report.code == Some(1), "doctor finds no fault: {}", report.stdout);
    report.says(&["is another than `local`", "--base-path"])?;

    // And a port that another program has, when no node answers there
    let taken = node.prometheus_port().to_string();
    let free = ports::free_port()?;
    let nowhere = format!("ws://127.0.0.1:{free}");
    let port = ports::free_port()?.to_string();
    let empty = folder.join("empty");
    fs::create_dir(&empty)?;
    let empty = empty.display().to_string();
    let doctor = [
        "doctor",
        "--chain",
        "dev",
        "--base-path",
        &empty,
        "--url",
        &nowhere,
        "--port",
        &port,
        "--prometheus-port",
        &taken,
    ];
    let report = node_command(&folder, "doctor-port", &doctor).await?;
    ensure!(report.code == Some(1), "doctor finds no fault: {}", report.stdout);
    report.says(&["is taken by blocs-node", "--prometheus-port", "cannot reach a node"])?;
    Ok(Verdict::Passed)
}

pub(super) async fn log_as_json_has_an_object_on_each_line(stage: &Stage) -> Result<Verdict> {
    let (_folder, mut node) = dev_node(stage, "json-log", &["--log-format", "json"]).await?;
    until("two blocks are final", Duration::from_secs(180), || async {
        Ok((node.finalized_height().await? >= 2).then_some(()))
    })
    .await?;
    node.daemon().terminate(STOP).await?;

    let log = fs::read_to_string(node.log())?;
    let mut messages = Vec::new();
    for line in log.lines() {
        let object: Value = serde_json::from_str(line).with_context(|| format!("not JSON: {line}"))?;
        for field in ["timestamp", "level", "target", "message"] {
            ensure!(object.get(field).is_some_and(Value::is_string), "no {field} in {line}");
        }
        messages.push(object.get("message").map(Value::to_string).unwrap_or_default());
    }
    ensure!(
        messages.iter().any(|message| message.contains("Imported #1")),
        "the import of block 1 is not in the log"
    );
    ensure!(
        !messages.iter().any(|message| message.contains("\\u001b")),
        "the log has colours in it"
    );
    Ok(Verdict::Passed)
}

pub(super) async fn health_and_metrics_say_that_the_node_works(stage: &Stage) -> Result<Verdict> {
    let (_folder, node) = dev_node(stage, "health", &[]).await?;

    let health = get(node.rpc_port(), "/health").await?;
    ensure!(health.status == 200, "/health answers {}", health.status);
    let state: Value = serde_json::from_str(&health.body)?;
    ensure!(state.get("peers").is_some(), "/health says {}", health.body);
    until("the node is ready", Duration::from_secs(180), || async {
        Ok((get(node.rpc_port(), "/health/readiness").await?.status == 200).then_some(()))
    })
    .await?;

    // Every metric that the guide lists is there once a block is final
    until("our metrics are counted", Duration::from_secs(180), || async {
        let body = get(node.prometheus_port(), "/metrics").await?.body;
        Ok(value(&body, "blocs_market_owed_bloc").is_some().then_some(()))
    })
    .await?;
    let body = get(node.prometheus_port(), "/metrics").await?.body;
    let guide = fs::read_to_string(program::checkout().join("docs/guides/monitoring.md"))?;
    let listed: Vec<&str> = guide
        .lines()
        .filter_map(|line| line.strip_prefix("| `blocs_"))
        .filter_map(|line| line.split('`').next())
        .collect();
    ensure!(listed.len() > 10, "the guide lists {} metrics", listed.len());
    for name in listed {
        ensure!(
            body.contains(&format!("blocs_{name}")),
            "blocs_{name} is in the guide only"
        );
    }
    ensure!(
        value(&body, "blocs_metrics_unreadable_blocks_total") == Some(0.0),
        "the node could not read its own blocks"
    );
    Ok(Verdict::Passed)
}

pub(super) async fn node_stops_at_once_and_well(stage: &Stage) -> Result<Verdict> {
    let (_folder, mut node) = dev_node(stage, "stop", &[]).await?;
    for signal in ["TERM", "INT"] {
        let height = until("a block is final", Duration::from_secs(180), || async {
            let height = node.finalized_height().await?;
            Ok((height > 0).then_some(height))
        })
        .await?;
        let hash = node.block_hash(height).await?;

        let started = Instant::now();
        let status = node.daemon().stop(signal, STOP).await?;
        ensure!(
            status.code() == Some(0),
            "SIG{signal} ended the node with {status} after {:?}",
            started.elapsed()
        );

        // And what was final is there when it starts again
        node.restart().await?;
        ensure!(
            node.block_hash(height).await? == hash,
            "block {height} is another one after SIG{signal}"
        );
    }
    Ok(Verdict::Passed)
}

pub(super) async fn spec_or_database_that_does_not_fit_is_named(stage: &Stage) -> Result<Verdict> {
    // Given the database of a chain, and the specification of another one with the same id
    let folder = stage.workspace().folder("other-chain")?;
    let base = folder.join("base").display().to_string();
    let made = node_command(&folder, "spec", &["export-chain-spec", "--chain", "local"]).await?;
    let spec: Value = serde_json::from_str(&made.stdout)?;
    let (one, other) = (folder.join("one.json"), folder.join("other.json"));
    fs::write(&one, spec.to_string())?;
    let mut changed = spec;
    let period = changed.pointer_mut("/genesis/runtimeGenesis/patch/storageMarket/period");
    *period.context("the specification has no proving period")? = json!(77);
    fs::write(&other, changed.to_string())?;

    let (port, rpc) = (ports::free_port()?.to_string(), ports::free_port()?);
    let rpc_text = rpc.to_string();
    let compiled = Workspace::compiled_code(&folder).context("a folder that is not of the workspace")?;
    let compiled = compiled.display().to_string();
    let words = |spec: &Path| {
        let spec = spec.display().to_string();
        [
            "--chain",
            &spec,
            "--base-path",
            &base,
            "--port",
            &port,
            "--rpc-port",
            &rpc_text,
            "--no-prometheus",
            "--validator",
            "--no-mdns",
            "--compiled-code",
            &compiled,
        ]
        .map(str::to_owned)
    };
    let program = program::binary("blocs-node")?;
    let log = folder.join("first.log");
    let mut daemon = crate::Daemon::start(Launch::new(&program, words(&one), log.clone()))?;
    until("the node answers", START, || {
        let alive = daemon.check();
        async move {
            alive?;
            Ok(get(rpc, "/health").await.ok())
        }
    })
    .await?;
    daemon.terminate(STOP).await?;

    // A validator without keys was told how to get them
    let said = fs::read_to_string(&log)?;
    ensure!(
        said.contains("key rotate --owner"),
        "no warning of missing keys:\n{said}"
    );

    // When it is started with the other specification, it says whose database that is, and what to do
    let start = words(&other);
    let start: Vec<&str> = start.iter().map(String::as_str).collect();
    let refused = node_command(&folder, "second", &start).await?;
    ensure!(refused.code == Some(1), "it runs another chain's database");
    refused.says(&["holds another chain", "--base-path", "purge-chain"])?;

    // And when the database is damaged, too
    damage(&folder.join("base"))?;
    let start = words(&one);
    let start: Vec<&str> = start.iter().map(String::as_str).collect();
    let refused = node_command(&folder, "third", &start).await?;
    ensure!(refused.code == Some(1), "it runs on a damaged database");
    refused.says(&["is damaged", "purge-chain"])?;
    Ok(Verdict::Passed)
}

/// Makes the file that names the database's parts unreadable for RocksDB.
fn damage(base: &Path) -> Result<()> {
    let chains = base.join("chains");
    let chain = fs::read_dir(&chains)?.next().context("no chain in the folder")??.path();
    let database = chain.join("db/full");
    for entry in fs::read_dir(&database)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with("MANIFEST") {
            fs::write(&path, "this is no manifest")?;
            return Ok(());
        }
    }
    bail!("no manifest in {}", database.display())
}

/// Nobody but the owner may read it.
fn private(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o600))?)
}

/// Check, status and message of each line of `doctor --json`.
fn findings(text: &str) -> Result<Vec<(String, String, String)>> {
    let field = |line: &Value, name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    text.lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).with_context(|| format!("not JSON: {line}"))?;
            Ok((field(&line, "check"), field(&line, "status"), field(&line, "message")))
        })
        .collect()
}

/// Storage key of the session keys that an account has registered.
fn next_keys_of(address: &str) -> Result<String> {
    let account: AccountId32 = address.parse().context("not an address")?;
    let account = account.encode();
    // `Session.NextKeys` is hashed with Twox64Concat.
    let mut key = [
        sp_crypto_hashing::twox_128(b"Session"),
        sp_crypto_hashing::twox_128(b"NextKeys"),
    ]
    .concat();
    key.extend(sp_crypto_hashing::twox_64(&account));
    key.extend(account);
    Ok(format!("0x{}", hex::encode(key)))
}

/// Value of a metric without labels of its own.
fn value(metrics: &str, name: &str) -> Option<f64> {
    metrics
        .lines()
        .find(|line| line.starts_with(name) && line.get(name.len()..).is_some_and(|rest| rest.starts_with([' ', '{'])))
        .and_then(|line| line.rsplit(' ').next())
        .and_then(|value| value.parse().ok())
}
