//! The compiled code of the runtime, which a node keeps between starts.

use super::{
    Stage, Verdict,
    operation::{STOP, dev_node, node_command},
};
use crate::{Node, NodeOptions, until};
use anyhow::{Context, Result, ensure};
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// How long the only validator may take to finalize a block, a second each.
const FINAL: Duration = Duration::from_secs(60);

/// How long a node may take to write what it has logged.
const WRITTEN: Duration = Duration::from_secs(10);

pub(super) async fn a_second_start_compiles_nothing_unless_the_disk_spoiled_the_code(stage: &Stage) -> Result<Verdict> {
    // Given a node that keeps what it compiles in a folder of its own
    let folder = stage.workspace().folder("second-start")?;
    let cache = folder.join("cache");
    let mut options = NodeOptions::dev();
    options
        .flags
        .extend(["--compiled-code".into(), cache.display().to_string()]);
    let mut node = Node::start(&folder, &options).await?;
    said(&node, "compiled the runtime, and keeps its code", 1).await?;
    let first = runtimes(&cache)?;
    ensure!(first.len() == 1, "one runtime, but compiled are {first:?}");

    // When it starts again, then it writes no other code
    stop(&mut node).await?;
    node.restart().await?;
    said(&node, "took the compiled runtime", 1).await?;
    ensure!(runtimes(&cache)? == first, "the second start compiled");

    // When a byte of the code has changed on the disk, then it says so, compiles, and makes blocks
    stop(&mut node).await?;
    let path = first.keys().next().context("a runtime")?;
    let mut code = fs::read(path)?;
    let middle = code.len() / 2;
    let byte = code.get_mut(middle).context("the code is empty")?;
    *byte ^= 1;
    fs::write(path, &code)?;
    node.restart().await?;
    said(&node, "is damaged", 1).await?;
    said(&node, "compiled the runtime, and keeps its code", 2).await?;
    makes_blocks(&node).await?;

    // When it was cut short, too
    stop(&mut node).await?;
    let code = fs::read(path)?;
    fs::write(path, code.get(..code.len() / 3).context("a third")?)?;
    node.restart().await?;
    said(&node, "is damaged", 2).await?;
    makes_blocks(&node).await?;
    Ok(Verdict::Passed)
}

pub(super) async fn a_folder_that_others_can_write_is_not_used_for_compiled_code(stage: &Stage) -> Result<Verdict> {
    // Given a folder that everybody can write
    let open = stage.workspace().folder("everybodys-folder")?;
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777))?;

    // When a node is told to keep its code there, then it says what to do, and goes on without
    let (_, node) = dev_node(
        stage,
        "others-folder",
        &["--compiled-code", &open.display().to_string()],
    )
    .await?;
    said(&node, "others have access to it (mode 777)", 1).await?;
    said(&node, "chmod 700", 1).await?;
    ensure!(
        fs::read_dir(&open)?.next().is_none(),
        "it wrote into {}",
        open.display()
    );
    makes_blocks(&node).await?;
    Ok(Verdict::Passed)
}

pub(super) async fn purge_chain_takes_the_compiled_code_and_leaves_the_keys(stage: &Stage) -> Result<Verdict> {
    // Given a node that keeps its code beside its database, as it does unless told otherwise
    let folder = stage.workspace().folder("purge")?.join("outside-of-what-nodes-share");
    fs::create_dir(&folder)?;
    let mut node = Node::start(&folder, &NodeOptions::dev()).await?;
    stop(&mut node).await?;
    let base = Node::base_path(&folder, "alice");
    let chain = base.join("chains/dev");
    ensure!(
        runtimes(&chain.join("compiled-code"))?.len() == 1,
        "no code beside the database"
    );

    // When the chain is purged
    let base = base.display().to_string();
    let words = ["purge-chain", "--chain", "dev", "--base-path", &base, "-y"];
    let purged = node_command(&folder, "purge", &words).await?;

    // Then database and code are gone, and the keys are there
    ensure!(purged.code == Some(0), "purge-chain ended with {:?}", purged.code);
    purged.says(&["compiled-code"])?;
    ensure!(
        !chain.join("db").exists() && !chain.join("compiled-code").exists(),
        "something was left"
    );
    ensure!(chain.join("network/secret_ed25519").exists(), "the network key is gone");
    Ok(Verdict::Passed)
}

async fn stop(node: &mut Node) -> Result<()> {
    let status = node.daemon().stop("TERM", STOP).await?;
    ensure!(status.success(), "the node ended with {status}");
    Ok(())
}

async fn makes_blocks(node: &Node) -> Result<()> {
    let before = node.finalized_height().await?;
    until("another block is final", FINAL, || async {
        Ok((node.finalized_height().await? > before).then_some(()))
    })
    .await
}

/// The log has these words so many times, once the node has written it: it does so a little later.
async fn said(node: &Node, words: &str, times: usize) -> Result<()> {
    let log = node.log();
    until(&format!("the log has `{words}` {times} times"), WRITTEN, || async {
        let found = String::from_utf8_lossy(&fs::read(&log)?).matches(words).count();
        ensure!(found <= times, "`{words}` is {found} times in the log, not {times}");
        Ok((found == times).then_some(()))
    })
    .await
}

/// The files of code below a folder for it, and when they were written.
fn runtimes(cache: &Path) -> Result<BTreeMap<PathBuf, SystemTime>> {
    let mut found = BTreeMap::new();
    for version in fs::read_dir(cache.join("code/modules"))? {
        for entry in fs::read_dir(version?.path())? {
            let path = entry?.path();
            // The others are wasmtime's counters.
            if path.extension().is_none() {
                let written = fs::metadata(&path)?.modified()?;
                found.insert(path, written);
            }
        }
    }
    Ok(found)
}
