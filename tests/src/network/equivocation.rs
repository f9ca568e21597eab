//! A validator that authors two blocks in a slot loses stake, and the chain goes on.

use super::{
    figures::Spread,
    observer::{Event, Observer, Stake},
    processes::Window,
    quartet::{self, FAULTY, NUMBERS, Quartet},
    report::Section,
};
use crate::{Node, Workspace};
use anyhow::{Context, Result, ensure};
use std::{
    fs,
    time::{Duration, Instant},
};

/// What it shows.
pub const TITLE: &str = "A validator of four that authors twice in a slot";
/// How long until its two blocks of a slot are reported, and it is disabled, in finalized blocks: some slots, on a loaded machine.
const REPORT: Duration = Duration::from_secs(240);
/// Time between two looks at the chain.
const PAUSE: Duration = Duration::from_millis(250);
/// Kind of an offence of BABE's: two blocks in a slot.
const TWO_BLOCKS: &[u8] = b"babe:equivocatio";
/// Kind of an offence of GRANDPA's: two votes in a round. Two nodes with the same keys do that too.
const TWO_VOTES: &[u8] = b"grandpa:equivoca";

/// Two nodes author with the keys of one validator out of four, until it is reported and disabled. Then `blocks` more blocks are finalized.
pub async fn play(workspace: &Workspace, blocks: u64, section: &mut Section) -> Result<()> {
    // Given four validators
    let quartet = Quartet::start(&workspace.folder("equivocation")?, None).await?;
    let witness = quartet.node(0)?;
    let observer = Observer::connect(witness).await?;
    let faulty = quartet.stash(FAULTY)?;
    let stakes = honest_stakes(&quartet, &observer).await?;
    let stake = observer.stake(&faulty).await?.total;
    let mut watch = Watch::start(witness, &observer).await?;
    let window = Window::open(quartet.processes())?;

    // When a second node has the keys of one of them
    let twins = Instant::now();
    let mut twin = quartet.add("twin", FAULTY, &[]).await?;
    let two_blocks = |event: &Event| event.name == "Offence" && event.fields.starts_with(TWO_BLOCKS);
    let two_votes = |event: &Event| event.name == "Offence" && event.fields.starts_with(TWO_VOTES);
    let reported = watch
        .until(
            "two blocks of one slot are reported in a finalized block",
            REPORT,
            |watch| watch.find(two_blocks),
        )
        .await?;
    let report_took = twins.elapsed();
    // A report that comes after the end of the offence's era takes stake, and disables nobody: the next one does.
    let disabling = |event: &Event| event.concerns("Session", "ValidatorDisabled", &faulty);
    watch
        .until("the validator is disabled", REPORT, |watch| watch.find(disabling))
        .await?;
    twin.daemon().kill();

    // Then what it will lose is set aside, and taken some eras later
    let unapplied = observer.unapplied(&faulty, reported.height).await?;
    let set_aside: u128 = unapplied.values().sum();
    let spec = quartet::spec();
    let era = Duration::from_millis(spec.slot_millis * spec.epoch_blocks * u64::from(spec.sessions_per_era));
    // The rest of this era, those in between, one more for a loaded machine; twice that.
    let limit = era * (spec.slash_defer_eras + 3) * 2;
    watch
        .until("the slash is applied", limit, |watch| {
            watch.find(|event| event.concerns("Staking", "Slashed", &faulty))
        })
        .await?;
    let slash_took = twins.elapsed();
    let height = watch.height;
    let limit = REPORT + quartet.slot() * u32::try_from(blocks)? * 2;
    watch
        .until("the chain finalizes blocks after the slash", limit, |watch| {
            (watch.height >= height + blocks).then_some(())
        })
        .await?;

    let mut seen = Vec::new();
    for number in NUMBERS.into_iter().filter(|number| *number != FAULTY) {
        seen.extend(doubles(quartet.node(number)?)?);
    }
    section.check(
        "two blocks of one slot were seen",
        !seen.is_empty(),
        seen.first().cloned().unwrap_or_default(),
    );
    let (offences, votes) = (watch.count(two_blocks), watch.count(two_votes));
    let slashes = watch.count(|event| event.concerns("Staking", "SlashReported", &faulty));
    section.check(
        "it is reported on chain",
        offences > 0 && slashes >= offences,
        format!(
            "{offences} times for two blocks, first in block {}, {votes} times for two votes; {slashes} slashes",
            reported.height
        ),
    );
    section.check(
        "it is disabled",
        watch.find(disabling).is_some(),
        format!("{} times", watch.count(disabling)),
    );

    // One of four: (3 · 1 / 4)² of the stake. Reports of two eras take it twice, which is more than there is.
    let share = stake * 9 / 16;
    let lost = stake.saturating_sub(observer.stake(&faulty).await?.total);
    section.check(
        "it loses the share that the rule says, nine sixteenths",
        set_aside >= share && (lost == share || lost == stake),
        format!("{stake} planck before, {set_aside} set aside at the report, {lost} lost"),
    );
    let others = honest_stakes(&quartet, &observer).await?;
    section.check(
        "the others lose nothing",
        others == stakes,
        format!("{} stakes compared", others.len()),
    );
    section.check(
        "finality goes on",
        watch.height >= height + blocks,
        format!(
            "{} blocks finalized after the slash, longest pause {:.1} s",
            watch.height - height,
            watch.pauses().max
        ),
    );

    section.figure(
        "second node to report in a finalized block",
        format!("{:.1} s", report_took.as_secs_f64()),
        report_took.as_secs_f64(),
    );
    section.figure(
        "second node to slash",
        format!(
            "{:.1} s, {} eras of {} s after",
            slash_took.as_secs_f64(),
            spec.slash_defer_eras,
            era.as_secs()
        ),
        slash_took.as_secs_f64(),
    );
    let pauses = watch.pauses();
    section.figure("pauses between finalized heads", pauses.text(1, "s"), pauses.json());
    section.used(&window.close()?);
    Ok(())
}

async fn honest_stakes(quartet: &Quartet, observer: &Observer) -> Result<Vec<Stake>> {
    let mut stakes = Vec::new();
    for number in NUMBERS.into_iter().filter(|number| *number != FAULTY) {
        stakes.push(observer.stake(&quartet.stash(number)?).await?);
    }
    Ok(stakes)
}

/// Lines of a node's log that tell of two blocks in a slot.
fn doubles(node: &Node) -> Result<Vec<String>> {
    let log = fs::read_to_string(node.log()).context("cannot read the node's log")?;
    let lines = log.lines().filter(|line| line.contains("authored two blocks in slot"));
    Ok(lines.map(|line| line.trim().to_owned()).collect())
}

/// Reads the events of every finalized block.
struct Watch<'a> {
    node: &'a Node,
    observer: &'a Observer,
    height: u64,
    events: Vec<Event>,
    changed: Instant,
    pauses: Vec<Duration>,
}

impl<'a> Watch<'a> {
    async fn start(node: &'a Node, observer: &'a Observer) -> Result<Self> {
        Ok(Self {
            node,
            observer,
            height: node.finalized_height().await?,
            events: Vec::new(),
            changed: Instant::now(),
            pauses: Vec::new(),
        })
    }

    async fn look(&mut self) -> Result<()> {
        let last = self.node.finalized_height().await?;
        if last > self.height {
            self.pauses.push(self.changed.elapsed());
            self.changed = Instant::now();
        }
        while self.height < last {
            self.events.extend(self.observer.events(self.height + 1).await?);
            self.height += 1;
        }
        Ok(())
    }

    /// Reads on until `pick` makes something of what was seen.
    async fn until<T>(&mut self, what: &str, limit: Duration, pick: impl Fn(&Self) -> Option<T>) -> Result<T> {
        let deadline = Instant::now() + limit;
        loop {
            self.look().await?;
            if let Some(value) = pick(self) {
                return Ok(value);
            }
            ensure!(
                Instant::now() < deadline,
                "waited {} s in vain until {what}",
                limit.as_secs()
            );
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn find(&self, wanted: impl Fn(&Event) -> bool) -> Option<Event> {
        self.events.iter().find(|event| wanted(event)).cloned()
    }

    fn count(&self, wanted: impl Fn(&Event) -> bool) -> usize {
        self.events.iter().filter(|event| wanted(event)).count()
    }

    fn pauses(&self) -> Spread {
        Spread::of(self.pauses.iter().map(Duration::as_secs_f64))
    }
}
