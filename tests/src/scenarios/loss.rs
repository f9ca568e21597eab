//! Providers vanish.

use super::{Stage, Verdict};
use crate::{Cluster, User, random_file, sha256, until};
use anyhow::{Context, Result, ensure};
use blocs_chain::{At, ChainClient};
use blocs_primitives::DealId;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

const MIB: u64 = 1 << 20;

/// A user of `cluster` with a file put; returns the source too.
pub(super) async fn with_file(
    cluster: &Cluster,
    name: &str,
    size: u64,
    more: &[&str],
) -> Result<(User, PathBuf, DealId)> {
    let user = cluster.user(name).await?;
    let source = user.home().join("source.bin");
    random_file(&source, size, size)?;
    user.put(&source, "file", more).await?.expect(0)?;
    let deals = cluster.chain().deals_by_owner(user.account(), At::Finalized).await?;
    let deal = deals
        .first()
        .copied()
        .context("put has ended and no deal is in a finalized block")?;
    Ok((user, source, deal))
}

/// Gets the user's file and compares it.
pub(super) async fn comes_back(user: &User, name: &str, source: &Path) -> Result<crate::Outcome> {
    let copy = user.home().join(format!("copy-of-{name}.bin"));
    let outcome = user.get(name, &copy).await?.expect(0)?;
    ensure!(
        sha256(source)? == sha256(&copy)?,
        "the copy of {name} differs from the source"
    );
    std::fs::remove_file(copy)?;
    Ok(outcome)
}

pub(super) async fn two_of_six_may_vanish_and_the_third_is_named(stage: &Stage) -> Result<Verdict> {
    // Given a file at 4+2 on six providers
    let cluster = stage.own("vanish", 6).await?;
    let (user, source, _) = with_file(&cluster, "owner", 20 * MIB, &["--ec", "4+2"]).await?;

    // When two are killed, it still comes back
    for number in [1, 4] {
        cluster.provider(number).await?.kill();
    }
    comes_back(&user, "file", &source).await?;

    // When a third is killed, the user learns that there are too few
    cluster.provider(0).await?.kill();
    let copy = user.home().join("copy.bin");
    user.get("file", &copy).await?.expect(22)?.says(&["provider"])?;
    ensure!(!copy.exists(), "a get that failed left {} behind", copy.display());

    // And when one of them is back, so is the file
    cluster.provider(4).await?.restart().await?;
    comes_back(&user, "file", &source).await?;
    Ok(Verdict::Passed)
}

pub(super) async fn killed_provider_restarts_with_every_slot_and_goes_on_proving(stage: &Stage) -> Result<Verdict> {
    // Given a provider that proves
    let cluster = stage.own("restart", 3).await?;
    let (user, source, deal) = with_file(&cluster, "owner", 6 * MIB, &["--ec", "2+1"]).await?;
    let start = cluster
        .chain()
        .deal(deal, At::Finalized)
        .await?
        .context("no such deal")?
        .start;
    let account = cluster.provider(0).await?.account().clone();
    let limit = cluster.patience(4);
    let (period, paid) = cluster.proved_since(&account, start, limit).await?;
    ensure!(paid > 0, "period {period} was proved and paid nothing");

    // When it is killed and started again
    let mut provider = cluster.provider(0).await?;
    let before = provider.slot_files()?;
    provider.kill();
    provider.restart().await?;

    // Then it has every slot, proves a later period, and serves
    ensure!(
        provider.slot_files()? == before,
        "the slots on disk have changed over a SIGKILL"
    );
    let now = cluster.current_period().await?;
    cluster.proved_since(&account, now + 1, limit).await?;
    cluster.provider(1).await?.kill();
    comes_back(&user, "file", &source).await?;

    // And a clean stop is one
    provider.stop().await?;
    Ok(Verdict::Passed)
}

pub(super) async fn provider_killed_during_put_costs_nothing_but_time(stage: &Stage) -> Result<Verdict> {
    // Given one provider more than the deal needs
    let cluster = stage.own("killed-during-put", 4).await?;
    let user = cluster.user("owner").await?;
    let source = user.home().join("source.bin");
    random_file(&source, 256 * MIB, 7)?;

    // When one is killed while it receives its slot
    let put = user.put(&source, "file", &["--ec", "2+1"]);
    let kill = async {
        until("a provider receives bytes", Duration::from_secs(180), || async {
            for provider in cluster.providers() {
                let mut provider = provider.lock().await;
                if folder_size(provider.folder())? > 4 * MIB {
                    provider.kill();
                    return Ok(Some(provider.number()));
                }
            }
            Ok(None)
        })
        .await
    };
    let (put, killed) = tokio::join!(put, kill);
    let killed = killed?;

    // Then put succeeds all the same, and the file comes back without it
    put?.expect(0)?;
    comes_back(&user, "file", &source)
        .await
        .with_context(|| format!("provider {killed} was killed"))?;
    Ok(Verdict::Passed)
}

fn folder_size(folder: &Path) -> Result<u64> {
    let mut total = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        // A file may go between listing and looking.
        let Ok(metadata) = entry.metadata() else { continue };
        total += if metadata.is_dir() {
            folder_size(&entry.path()).unwrap_or(0)
        } else {
            metadata.len()
        };
    }
    Ok(total)
}
