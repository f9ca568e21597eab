//! An upgrade by referendum, in short: `make network-test` plays it in full.

use super::{Stage, Verdict};
use crate::network::{
    report::Section,
    upgrade::{self, UpgradeOptions},
};
use anyhow::Result;

pub(super) async fn next_runtime_comes_by_referendum_and_everything_goes_on(stage: &Stage) -> Result<Verdict> {
    let options = UpgradeOptions {
        transfers: 1.0,
        periods: 1,
    };
    let mut section = Section::new("upgrade", upgrade::TITLE);
    upgrade::play(stage.workspace(), options, &mut section).await?;
    section.into_result()?;
    Ok(Verdict::Passed)
}
