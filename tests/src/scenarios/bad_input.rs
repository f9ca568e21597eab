//! Mistakes: a clear error that says what to do, nothing lost, no panic.

use super::{Stage, Verdict, loss::with_file};
use crate::{
    Node, NodeOptions, User, post,
    process::{Launch, run},
    random_file, until,
};
use anyhow::{Result, ensure};
use blocs_chain::{At, ChainClient};
use std::{path::Path, time::Duration};

const MIB: u64 = 1 << 20;

pub(super) async fn another_chain_is_refused(stage: &Stage) -> Result<Verdict> {
    // Given somebody with a file on one chain, and a node of another chain
    let cluster = stage.shared().await?;
    let (user, source, _) = with_file(cluster, "wrong-chain", 1000, &[]).await?;
    let folder = stage.workspace().folder("another-chain")?;
    let local = NodeOptions {
        name: "local".into(),
        chain: "local".into(),
        flags: vec!["--alice".into(), "--validator".into()],
    };
    let node = Node::start(&folder, &local).await?;

    // When that node is asked, the user learns that it serves another chain, and which one their files are on
    let genesis = format!("{:?}", cluster.chain().genesis_hash());
    let (source, url) = (source.display().to_string(), node.url());
    let copy = user.home().join("copy.bin").display().to_string();
    for args in [
        &["get", "file", "-o", &copy][..],
        &["put", &source, "--name", "other", "--for", "1d"],
        &["--genesis", &genesis, "account", "balance"],
    ] {
        user.run_at(&url, args)
            .await?
            .expect(10)?
            .says(&["another chain", &genesis])?;
    }
    Ok(Verdict::Passed)
}

pub(super) async fn unreachable_node_is_named(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let user = cluster.poor_user("unreachable").await?;
    let url = format!("ws://127.0.0.1:{}", crate::free_port()?);
    for args in [
        &["account", "balance"][..],
        &["provider", "ls"],
        &["put", "/etc/hostname", "--for", "1d"],
    ] {
        let outcome = user.run_at(&url, args).await?;
        outcome.expect(10)?.says(&[&url, "blocs-node"])?;
    }
    Ok(Verdict::Passed)
}

pub(super) async fn unknown_name_is_not_found(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let user = cluster.poor_user("unknown-name").await?;
    let copy = user.home().join("copy.bin");
    user.get("no-such-file", &copy)
        .await?
        .expect(4)?
        .says(&["no-such-file"])?;
    user.run(["stat", "no-such-file"])
        .await?
        .expect(4)?
        .says(&["no-such-file"])?;
    user.run(["--yes", "rm", "no-such-file"])
        .await?
        .expect(4)?
        .says(&["no-such-file"])?;
    ensure!(!copy.exists(), "a get that failed left {} behind", copy.display());
    Ok(Verdict::Passed)
}

pub(super) async fn path_that_cannot_be_read_or_written_is_named(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let (user, source, _) = with_file(cluster, "paths", 1000, &[]).await?;

    // Nobody may write there, not even root; a file in place of a folder; a source that is not there
    for target in [
        "/proc/blocs-copy.bin".to_owned(),
        source.join("copy.bin").display().to_string(),
    ] {
        let outcome = user.run(["get", "file", "-o", &target]).await?;
        ensure!(outcome.code != Some(0), "get to {target} claims success");
        outcome.says(&[&target])?;
    }
    let missing = user.home().join("missing.bin");
    let outcome = user.put(&missing, "missing", &[]).await?;
    ensure!(
        outcome.code != Some(0),
        "put of a file that is not there claims success"
    );
    outcome.says(&["missing.bin"])?;
    Ok(Verdict::Passed)
}

pub(super) async fn full_disk_leaves_no_half_file(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let (user, source, _) = with_file(cluster, "full-disk", 16 * MIB, &[]).await?;
    let small = user.home().join("small");
    std::fs::create_dir(&small)?;
    if !in_small_disk(&user, &small, "true", &[]).await?.0 {
        let reason = "mounting a small tmpfs in a namespace of its own is not allowed here";
        return Ok(Verdict::Skipped(reason.into()));
    }

    // When the copy does not fit, get fails, says so, and removes what it has written
    let copy = small.join("copy.bin").display().to_string();
    let (_, output) = in_small_disk(&user, &small, "blocs", &["get", "file", "-o", &copy]).await?;
    ensure!(
        !output.contains("exit code 0"),
        "get onto a full disk claims success: {output}"
    );
    ensure!(
        output.to_lowercase().contains("space"),
        "get does not say that there is no space: {output}"
    );
    ensure!(
        output.contains("left behind: none"),
        "get onto a full disk left something: {output}"
    );

    // And the file is still there
    super::loss::comes_back(&user, "file", &source).await?;
    Ok(Verdict::Passed)
}

/// Runs a program while `folder` is a disk of 4 MiB, in a mount namespace that goes with it. Returns whether that is possible, and
/// what it printed, its exit code, and what lies in the folder afterwards.
async fn in_small_disk(user: &User, folder: &Path, program: &str, args: &[&str]) -> Result<(bool, String)> {
    let script = r#"mount -t tmpfs -o size=4m tmpfs "$0" || exit 77
"$@"; echo "exit code $?"
files=$(find "$0" -type f -size +0); echo "left behind: ${files:-none}""#;
    let (inner, _) = user.launch(user.url(), args)?;
    let path = if program == "blocs" {
        inner.program.display().to_string()
    } else {
        program.to_owned()
    };
    let log = folder.with_extension(format!("{program}.log"));
    let folder = folder.display().to_string();
    let mut words = vec!["--mount", "sh", "-c", script, &folder, &path];
    words.extend(args);
    let mut outer = Launch::new(Path::new("unshare"), words, log.clone());
    outer.env = inner.env;
    let status = run(outer, Duration::from_secs(180)).await?;
    Ok((status.success(), std::fs::read_to_string(log)?))
}

pub(super) async fn price_above_the_limit_is_refused_before_anything_is_sent(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let user = cluster.user("stingy").await?;
    let source = user.home().join("source.bin");
    random_file(&source, 4 * MIB, 17)?;
    let before = cluster.chain().balance(user.account(), At::Finalized).await?;

    user.put(&source, "file", &["--max-price", "0.000000000001"])
        .await?
        .expect(21)?
        .says(&["price"])?;

    let after = cluster.chain().balance(user.account(), At::Finalized).await?;
    ensure!(
        before == after,
        "a put that was refused for its price cost something: {before:?}, then {after:?}"
    );
    Ok(Verdict::Passed)
}

pub(super) async fn too_few_providers_are_counted(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let user = cluster.user("many-slots").await?;
    let source = user.home().join("source.bin");
    random_file(&source, MIB, 19)?;
    user.put(&source, "file", &["--ec", "10+4"])
        .await?
        .expect(22)?
        .says(&["14", "provider"])?;
    Ok(Verdict::Passed)
}

pub(super) async fn malformed_rpc_is_answered_with_an_error(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let admin = cluster.provider(0).await?.admin_port();
    let deep = "[".repeat(100_000);
    let requests = [
        "not json",
        "{}",
        r#"{"jsonrpc":"2.0","id":1,"method":"no_such_method","params":[]}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"chain_getBlockHash","params":[{"a":1}]}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"author_submitExtrinsic","params":["0xffff"]}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"state_call","params":["No_such_call","0x00"]}"#,
        deep.as_str(),
    ];
    for port in [cluster.rpc_port(), admin] {
        for request in requests {
            let shown = request.get(..80).unwrap_or(request);
            let answer = post(port, request).await?;
            ensure!(
                answer.status >= 400 || answer.body.contains("\"error\""),
                "port {port} answers {shown} with {}: {}",
                answer.status,
                answer.body
            );
        }
    }

    // And the chain goes on
    let height = cluster.chain().block(At::Finalized).await?.number;
    until("the chain finalizes more blocks", Duration::from_secs(180), || async {
        Ok((cluster.chain().block(At::Finalized).await?.number > height + 1).then_some(()))
    })
    .await?;
    Ok(Verdict::Passed)
}
