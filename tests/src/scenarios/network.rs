//! Short forms of the network test: `make network-test` has the long ones.

use super::{Stage, Verdict};
use crate::network::{fleet::Fleet, outage, partition, report::Section, transfers::Transfers};
use anyhow::Result;
use blocs_chain::{ConnectOptions, Signer, connect};
use std::time::Duration;

/// The one that is killed.
const DAVE: usize = 3;
/// Blocks that must become final without it.
const WITHOUT: u64 = 2;
/// How long two and two hear nothing of each other.
const CUT: Duration = Duration::from_secs(18);

pub(super) async fn four_validators_finalize_transfers_while_one_is_killed_and_comes_back(
    stage: &Stage,
) -> Result<Verdict> {
    let folder = stage.workspace().folder("four-validators")?;
    let mut fleet = Fleet::local(&folder, &[]).await?;
    let mut chains = Vec::new();
    for (_, node) in fleet.nodes().take(DAVE) {
        chains.push(connect(&node.url(), ConnectOptions::default()).await?);
    }
    let transfers = Transfers::start(&chains, &Signer::from_suri("//Alice")?, 2.0).await?;
    let mut section = Section::new("restart", "");
    outage::play(&mut fleet, &[DAVE], WITHOUT, &mut section).await?;
    transfers.finish(&mut section).await?;
    section.into_result()?;
    Ok(Verdict::Passed)
}

pub(super) async fn four_validators_cut_in_two_finalize_nothing_until_they_meet_again(
    stage: &Stage,
) -> Result<Verdict> {
    let mut section = Section::new("partition", "");
    partition::play(stage.workspace(), CUT, &mut section).await?;
    if let Some(reason) = section.reason() {
        return Ok(Verdict::Skipped(reason.to_owned()));
    }
    section.into_result()?;
    Ok(Verdict::Passed)
}
