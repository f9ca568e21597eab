//! Files of all sizes go in and come back.

use super::{Stage, Verdict};
use crate::{random_file, sha256};
use anyhow::{Result, ensure};
use blocs_chain::{At, ChainClient};

const MIB: u64 = 1 << 20;

async fn round_trip(stage: &Stage, size: u64) -> Result<Verdict> {
    // Given a file and somebody with funds
    let cluster = stage.shared().await?;
    let user = cluster.user(&format!("round-trip-{size}")).await?;
    let (source, copy) = (user.home().join("source.bin"), user.home().join("copy.bin"));
    random_file(&source, size, size)?;

    // When it is put and got
    user.put(&source, "file", &[]).await?.expect(0)?;
    let deals = cluster.chain().deals_by_owner(user.account(), At::Finalized).await?;
    ensure!(
        deals.len() == 1,
        "put has ended and {} deals of its are in finalized blocks",
        deals.len()
    );
    user.get("file", &copy).await?.expect(0)?;

    // Then it is the same, and the catalogue knows it
    ensure!(
        sha256(&source)? == sha256(&copy)?,
        "the copy of {size} bytes differs from the source"
    );
    let list = user.run(["ls"]).await?.expect(0)?;
    ensure!(list.stdout.contains("file"), "ls does not list it: {}", list.stdout);
    let stat = user.run(["stat", "file"]).await?.expect(0)?;
    ensure!(
        stat.stdout.contains("certified"),
        "stat does not call it certified: {}",
        stat.stdout
    );
    Ok(Verdict::Passed)
}

pub(super) async fn of_0_bytes(stage: &Stage) -> Result<Verdict> {
    round_trip(stage, 0).await
}

pub(super) async fn of_1_byte(stage: &Stage) -> Result<Verdict> {
    round_trip(stage, 1).await
}

pub(super) async fn of_1_kib(stage: &Stage) -> Result<Verdict> {
    round_trip(stage, 1024).await
}

pub(super) async fn of_1_mib_less_one(stage: &Stage) -> Result<Verdict> {
    round_trip(stage, MIB - 1).await
}

pub(super) async fn of_1_mib(stage: &Stage) -> Result<Verdict> {
    round_trip(stage, MIB).await
}

pub(super) async fn of_1_mib_and_one(stage: &Stage) -> Result<Verdict> {
    round_trip(stage, MIB + 1).await
}

pub(super) async fn of_200_mib(stage: &Stage) -> Result<Verdict> {
    round_trip(stage, 200 * MIB).await
}
