//! What a network did in a window of time.

use crate::network::{
    figures::{Spread, percent},
    report::Section,
    watch::{Millis, Record},
};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// What a network did in a window of time, by the blocks whose slot began in it.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Slots of the window, from the first to the last with a final block.
    pub slots: usize,
    /// Final blocks.
    pub blocks: usize,
    /// Slots without a final block.
    pub missed: usize,
    /// Slots in which nobody made a block that any node saw.
    pub empty: usize,
    /// Heights with more than one block.
    pub forks: usize,
    /// Changes of a node's best block to another branch, on all nodes together.
    pub reorgs: usize,
    /// Most blocks that a node gave up at once.
    pub deepest: u64,
    /// Blocks between best and finalized, sampled each second on each node.
    pub finality_blocks: Spread,
    /// Seconds from the begin of a block's slot until a node said that it is final, for each block and node.
    pub finality_seconds: Spread,
    /// Seconds from the begin of a block's slot until the first node had it.
    pub authoring: Spread,
    /// Seconds from when the first node had a block until each other node had it.
    pub propagation: Spread,
    /// Final blocks by the author's place among the authorities.
    pub authors: BTreeMap<u32, usize>,
    /// Heights of the first and the last of the blocks.
    pub heights: Option<(u64, u64)>,
}

impl Summary {
    pub(super) fn of(record: &Record, slot: Duration, from: Millis, to: Millis) -> Self {
        let slot = Millis::try_from(slot.as_millis()).unwrap_or(Millis::MAX).max(1);
        let window = |at: &Millis| (from..to).contains(at);
        let begin = |number: u64| number.saturating_mul(slot);
        let seconds = |late: Millis, early: Millis| late.saturating_sub(early) as f64 / 1000.0;

        let mut by_height: BTreeMap<u64, usize> = BTreeMap::new();
        let mut any = BTreeSet::new();
        let (mut authoring, mut propagation) = (Vec::new(), Vec::new());
        for seen in record.blocks.values() {
            let Some(number) = seen.block.slot.filter(|number| window(&begin(*number))) else {
                continue;
            };
            *by_height.entry(seen.block.number).or_default() += 1;
            any.insert(number);
            let mut times: Vec<Millis> = seen.at.iter().flatten().copied().collect();
            times.sort_unstable();
            if let Some((first, others)) = times.split_first() {
                authoring.push(seconds(*first, begin(number)));
                propagation.extend(others.iter().map(|at| seconds(*at, *first)));
            }
        }

        let mut slots = BTreeSet::new();
        let mut authors = BTreeMap::new();
        let mut heights = None;
        let mut finality = Vec::new();
        for (height, hash) in &record.finalized {
            let Some(block) = record.blocks.get(hash).map(|seen| seen.block) else {
                continue;
            };
            let Some(number) = block.slot.filter(|number| window(&begin(*number))) else {
                continue;
            };
            slots.insert(number);
            if let Some(author) = block.author {
                *authors.entry(author).or_default() += 1;
            }
            heights = Some((heights.map_or(*height, |(first, _)| first), *height));
            let at = record.nodes.iter().filter_map(|node| node.finalized_at.get(height));
            finality.extend(at.map(|at| seconds(*at, begin(number))));
        }
        let span = match (slots.first(), slots.last()) {
            (Some(first), Some(last)) => usize::try_from(last - first + 1).unwrap_or(usize::MAX),
            _ => 0,
        };
        let covered = match (slots.first(), slots.last()) {
            (Some(first), Some(last)) => any.range(first..=last).count(),
            _ => 0,
        };
        let reorgs = || {
            record
                .nodes
                .iter()
                .flat_map(|node| &node.reorgs)
                .filter(|(at, _)| window(at))
        };
        let behind = record
            .nodes
            .iter()
            .flat_map(|node| &node.behind)
            .filter(|(at, _)| window(at));
        Self {
            slots: span,
            blocks: slots.len(),
            missed: span.saturating_sub(slots.len()),
            empty: span.saturating_sub(covered),
            forks: by_height.values().filter(|count| **count > 1).count(),
            reorgs: reorgs().count(),
            deepest: reorgs().map(|(_, depth)| *depth).max().unwrap_or_default(),
            finality_blocks: Spread::of(behind.map(|(_, blocks)| *blocks as f64)),
            finality_seconds: Spread::of(finality),
            authoring: Spread::of(authoring),
            propagation: Spread::of(propagation),
            authors,
            heights,
        }
    }

    /// Writes it into a section.
    pub fn show(&self, section: &mut Section) {
        let Self {
            slots,
            blocks,
            missed,
            empty,
            ..
        } = self;
        let heights = self
            .heights
            .map_or("none".into(), |(first, last)| format!("heights {first} to {last}"));
        section.figure("final blocks", format!("{blocks} in {slots} slots, {heights}"), *blocks);
        section.figure(
            "missed slots",
            format!(
                "{missed} of {slots} slots ({:.1} %) without a final block, {empty} without any block",
                percent(*missed, *slots)
            ),
            json!({ "slots": slots, "withoutFinalBlock": missed, "withoutBlock": empty }),
        );
        section.figure(
            "forks",
            format!(
                "{} heights with more than one block ({:.1} %)",
                self.forks,
                percent(self.forks, *blocks)
            ),
            self.forks,
        );
        section.figure(
            "reorganisations",
            format!(
                "{} on all nodes together, the deepest of {} blocks",
                self.reorgs, self.deepest
            ),
            json!({ "count": self.reorgs, "deepest": self.deepest }),
        );
        section.figure(
            "finality lag in blocks",
            self.finality_blocks
                .text(0, "blocks between best and final, each second on each node"),
            self.finality_blocks.json(),
        );
        section.figure(
            "finality lag in seconds",
            self.finality_seconds
                .text(1, "s from a block's slot until it is final, on each node"),
            self.finality_seconds.json(),
        );
        section.figure(
            "authoring",
            self.authoring
                .text(2, "s from the begin of the slot until the first node has the block"),
            self.authoring.json(),
        );
        section.figure(
            "propagation",
            self.propagation.text(3, "s from the first node to each other"),
            self.propagation.json(),
        );
        let authors: Vec<_> = self
            .authors
            .iter()
            .map(|(author, blocks)| format!("{author}: {blocks}"))
            .collect();
        section.figure("final blocks by author", authors.join(", "), json!(self.authors));
    }
}
