//! Faults of nodes and clocks, in short: `make network-test` plays them in full.

use super::{Stage, Verdict};
use crate::network::{
    clock, equivocation,
    kills::{self, KillOptions},
    report::Section,
};
use anyhow::Result;

/// What a part of the network test says, as a scenario.
fn verdict(section: Section) -> Result<Verdict> {
    if let Some(reason) = section.reason() {
        return Ok(Verdict::Skipped(reason.to_owned()));
    }
    section.into_result()?;
    Ok(Verdict::Passed)
}

pub(super) async fn killed_node_comes_back_on_the_chain_that_it_had_finalized(stage: &Stage) -> Result<Verdict> {
    let options = KillOptions {
        cycles: 10,
        seed: rand::random(),
    };
    let mut section = Section::new("kills", kills::TITLE);
    kills::play(stage.workspace(), options, &mut section).await?;
    verdict(section)
}

pub(super) async fn validator_that_authors_twice_is_slashed_and_the_chain_lives(stage: &Stage) -> Result<Verdict> {
    let mut section = Section::new("equivocation", equivocation::TITLE);
    equivocation::play(stage.workspace(), 3, &mut section).await?;
    verdict(section)
}

pub(super) async fn provider_whose_clock_jumps_goes_on_proving(stage: &Stage) -> Result<Verdict> {
    let mut section = Section::new("clock-provider", clock::PROVIDER_TITLE);
    clock::provider(stage.workspace(), 1, &mut section).await?;
    verdict(section)
}

pub(super) async fn validator_whose_clock_jumps_costs_nobody_anything(stage: &Stage) -> Result<Verdict> {
    let mut section = Section::new("clock-validator", clock::VALIDATOR_TITLE);
    clock::validator(stage.workspace(), 10, false, &mut section).await?;
    verdict(section)
}
