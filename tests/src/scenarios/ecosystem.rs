//! The ecosystem's own library works with the chain.

use super::{Stage, Verdict};
use crate::{
    cluster::BLOC,
    process::{Launch, run, tail},
    program::checkout,
};
use anyhow::{Context, Result, ensure};
use blocs_chain::{At, ChainClient};
use std::{path::Path, time::Duration};

pub(super) async fn library_that_we_did_not_write_reads_and_transfers(stage: &Stage) -> Result<Verdict> {
    let folder = checkout().join("tests/js");
    if !folder.join("node_modules/@polkadot/api").is_dir() {
        ensure!(
            std::env::var_os("CI").is_none(),
            "@polkadot/api is not installed: run `make test`, or npm ci in tests/js"
        );
        return Ok(Verdict::Skipped(
            "@polkadot/api is not installed: run `npm ci` in tests/js".into(),
        ));
    }

    // Given a deal, and somebody who will get a transfer
    let cluster = stage.shared().await?;
    let (user, _, deal) = super::loss::with_file(cluster, "ecosystem", 5000, &[]).await?;
    let to = cluster.poor_user("ecosystem-to").await?;

    // When the library is asked for metadata, balances and the market's storage, and to transfer
    let (log, out) = (user.home().join("node.log"), user.home().join("node.out"));
    let script = folder.join("ecosystem.mjs").display().to_string();
    let (owner, to_account) = (user.account().to_string(), to.account().to_string());
    let deal_hex = format!("0x{}", hex::encode(deal.0));
    let args = [script.as_str(), cluster.url(), &owner, &deal_hex, &to_account];
    let mut launch = Launch::new(Path::new("node"), args, log.clone());
    launch.stdout = Some(out.clone());
    let status = run(launch, Duration::from_secs(90)).await?;
    ensure!(status.success(), "the script ended with {status}: {}", tail(&log));

    // Then it has seen what the chain says, and the transfer is there
    let seen: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&out)?).context("the script printed no JSON")?;
    let chain = cluster.chain();
    let free = chain.balance(user.account(), At::Finalized).await?.free;
    ensure!(
        seen["ownerFree"] == free.to_string(),
        "the library reads {} in place of {free}",
        seen["ownerFree"]
    );
    let record = chain.deal(deal, At::Finalized).await?.context("no such deal")?;
    ensure!(
        seen["deal"]["k"] == record.k && seen["deal"]["n"] == record.n,
        "the library reads {}",
        seen["deal"]
    );
    ensure!(
        seen["providers"].as_u64() >= Some(6),
        "the library sees {} providers",
        seen["providers"]
    );
    ensure!(
        seen["tokenSymbol"] == "BLOC",
        "the library sees the token {}",
        seen["tokenSymbol"]
    );
    let received = chain.balance(to.account(), At::Finalized).await?.free;
    ensure!(
        received == 7 * BLOC,
        "the transfer of 7 BLOC arrived as {received} planck"
    );
    Ok(Verdict::Passed)
}
