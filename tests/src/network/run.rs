//! The full network test: its parts, one after the other.

use crate::{
    Workspace,
    network::{
        clock, equivocation,
        fleet::Fleet,
        kills::{self, KillOptions},
        machine::Load,
        outage, partition,
        report::{Report, Section},
        soak::{self, SoakOptions},
        sync,
        upgrade::{self, UpgradeOptions},
        validators,
    },
};
use anyhow::{Context, Result};
use futures::future::BoxFuture;
use std::time::{Duration, Instant};

/// Size of the large network.
const VALIDATORS: u32 = 10;
const FULL_NODES: u32 = 2;
/// How long four validators stay cut in two.
const CUT: Duration = Duration::from_secs(60);
/// Blocks that must become final while one of four, and three of ten, are gone.
const WITHOUT_ONE: u64 = 8;
const WITHOUT_THREE: u64 = 10;
/// Blocks that must become final after a slash, and while the clock of one of four is wrong.
const AFTER_SLASH: u64 = 10;
const WRONG_CLOCK: u64 = 30;
/// Periods that a provider proves with each wrong clock.
const WRONG_PERIODS: u32 = 3;
/// Load before and after an upgrade.
const UPGRADE: UpgradeOptions = UpgradeOptions {
    transfers: 5.0,
    periods: 3,
};
/// Time over which it is measured what else the machine does.
const QUIET: Duration = Duration::from_secs(5);

/// How to run.
#[derive(Clone, Copy, Debug)]
pub struct RunOptions {
    /// Length of the soak.
    pub soak: Duration,
    /// Transfers a second during the soak.
    pub transfers: f64,
    /// Kills of a node that runs.
    pub kills: KillOptions,
}

/// A part of the test.
pub struct Part {
    /// Its name, for `--only`.
    pub name: &'static str,
    /// What it shows.
    pub title: &'static str,
    /// Whether it plays on the large network, which stays for the next part.
    shared: bool,
    play: for<'a> fn(&'a mut Run, &'a mut Section) -> BoxFuture<'a, Result<()>>,
}

/// What the parts share.
pub struct Run {
    workspace: Workspace,
    options: RunOptions,
    large: Option<Fleet>,
}

/// All parts, in the order in which they play.
pub fn parts() -> Vec<Part> {
    vec![
        Part {
            name: "soak",
            title: "Ten validators and two full nodes under transfers and storage deals",
            shared: true,
            play: |run, section| Box::pin(run.soak(section)),
        },
        Part {
            name: "outage",
            title: "Three of ten validators killed and started again",
            shared: true,
            play: |run, section| Box::pin(run.outage(section)),
        },
        Part {
            name: "sync",
            title: "A new node by full sync, another by warp sync",
            shared: true,
            play: |run, section| Box::pin(run.sync(section)),
        },
        Part {
            name: "restart",
            title: "One of four validators killed and started again",
            shared: false,
            play: |run, section| Box::pin(run.restart(section)),
        },
        Part {
            name: "partition",
            title: partition::TITLE,
            shared: false,
            play: |run, section| Box::pin(run.partition(section)),
        },
        Part {
            name: "equivocation",
            title: equivocation::TITLE,
            shared: false,
            play: |run, section| Box::pin(equivocation::play(&run.workspace, AFTER_SLASH, section)),
        },
        Part {
            name: "validators",
            title: validators::TITLE,
            shared: false,
            play: |run, section| Box::pin(validators::play(&run.workspace, section)),
        },
        Part {
            name: "upgrade",
            title: upgrade::TITLE,
            shared: false,
            play: |run, section| Box::pin(upgrade::play(&run.workspace, UPGRADE, section)),
        },
        Part {
            name: "clock-provider",
            title: clock::PROVIDER_TITLE,
            shared: false,
            play: |run, section| Box::pin(clock::provider(&run.workspace, WRONG_PERIODS, section)),
        },
        Part {
            name: "clock-validator",
            title: clock::VALIDATOR_TITLE,
            shared: false,
            play: |run, section| Box::pin(clock::validator(&run.workspace, WRONG_CLOCK, true, section)),
        },
        Part {
            name: "kills",
            title: kills::TITLE,
            shared: false,
            play: |run, section| Box::pin(kills::play(&run.workspace, run.options.kills, section)),
        },
    ]
}

impl Run {
    /// Everything lies in `workspace`.
    pub fn new(workspace: Workspace, options: RunOptions) -> Self {
        Self {
            workspace,
            options,
            large: None,
        }
    }

    /// Plays parts and reports each; one that fails does not keep the others from playing.
    pub async fn play(&mut self, parts: &[Part], report: &mut Report) -> Result<()> {
        let quiet = Load::start()?;
        tokio::time::sleep(QUIET).await;
        report.add_note(format!("Before the test, the machine's use was: {}.", quiet.stop()?));
        for part in parts {
            println!("{}: begins", part.name);
            if !part.shared {
                self.large = None;
            }
            let started = Instant::now();
            let mut section = Section::new(part.name, part.title);
            if let Err(error) = (part.play)(self, &mut section).await {
                section.check("it plays to its end", false, format!("{error:#}"));
            }
            section.took(started.elapsed());
            println!("\n{}", section.markdown());
            report.add(section)?;
        }
        self.large = None;
        if !report.holds() {
            self.workspace.keep_logs();
        }
        Ok(())
    }

    /// Ends, and gives the folder back.
    pub fn close(self) -> Workspace {
        self.workspace
    }

    async fn large(&mut self) -> Result<&mut Fleet> {
        if self.large.is_none() {
            let folder = self.workspace.folder("large")?;
            let fleet = Fleet::of(&folder, VALIDATORS, FULL_NODES).await;
            self.large = Some(fleet.context("the large network did not start")?);
        }
        self.large.as_mut().context("the large network is there")
    }

    async fn soak(&mut self, section: &mut Section) -> Result<()> {
        let options = SoakOptions {
            length: self.options.soak,
            transfers: self.options.transfers,
            deals: true,
        };
        soak::play(self.large().await?, options, section).await
    }

    async fn outage(&mut self, section: &mut Section) -> Result<()> {
        // The last three: the first are the ones that others are told of.
        outage::play(self.large().await?, &[7, 8, 9], WITHOUT_THREE, section).await
    }

    async fn sync(&mut self, section: &mut Section) -> Result<()> {
        sync::play(self.large().await?, section).await
    }

    async fn restart(&mut self, section: &mut Section) -> Result<()> {
        let mut fleet = Fleet::local(&self.workspace.folder("restart")?, &[]).await?;
        outage::play(&mut fleet, &[3], WITHOUT_ONE, section).await
    }

    async fn partition(&mut self, section: &mut Section) -> Result<()> {
        partition::play(&self.workspace, CUT, section).await
    }
}
