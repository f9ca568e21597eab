//! Samples, medians, ratios.
//!
//! The machine may be busy with other things. So everything is measured in rounds, each of which takes every subject once for some
//! milliseconds: what disturbs a round disturbs all of its subjects. Ratios are taken within a round.

use anyhow::Result;
use serde::Serialize;
use std::time::{Duration, Instant};

/// How long one subject runs in a round, about.
const SLICE: Duration = Duration::from_millis(6);

/// What is measured. What all subjects share is handed in.
pub type Work<'a, C> = Box<dyn FnMut(&mut C) -> Result<()> + 'a>;

/// Something to measure.
pub struct Subject<'a, C> {
    /// What it is called in the results.
    pub name: String,
    /// Does it once.
    pub work: Work<'a, C>,
}

/// How long something takes: microseconds, one figure for each round.
#[derive(Clone, Debug)]
pub struct Samples(pub Vec<f64>);

/// Median and quartiles.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// A quarter of the figures is below this.
    pub low: f64,
    /// Half of them are below this.
    pub median: f64,
    /// A quarter is above this.
    pub high: f64,
}

impl Samples {
    /// Median and quartiles.
    pub fn spread(&self) -> Spread {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |quarter: usize| {
            sorted
                .get(sorted.len().saturating_sub(1) * quarter / 4)
                .copied()
                .unwrap_or(f64::NAN)
        };
        Spread {
            low: at(1),
            median: at(2),
            high: at(3),
        }
    }

    /// The figures of both, round by round, through `combine`.
    pub fn with(&self, other: &Self, combine: impl Fn(f64, f64) -> f64) -> Self {
        Self(
            self.0
                .iter()
                .zip(&other.0)
                .map(|(one, two)| combine(*one, *two))
                .collect(),
        )
    }
}

/// Measures all subjects in `rounds` rounds.
///
/// # Errors
///
/// The first error of any of them.
pub fn measure<C>(shared: &mut C, subjects: &mut [Subject<'_, C>], rounds: usize) -> Result<Vec<Samples>> {
    let mut counts = Vec::new();
    for subject in subjects.iter_mut() {
        // Once for what only a first time costs.
        (subject.work)(shared)?;
        let start = Instant::now();
        let mut tries: u32 = 0;
        while start.elapsed() < SLICE / 2 {
            (subject.work)(shared)?;
            tries += 1;
        }
        counts.push((tries * 2).max(1));
    }
    let mut samples = vec![Samples(Vec::new()); subjects.len()];
    for _ in 0..rounds {
        for ((subject, count), samples) in subjects.iter_mut().zip(&counts).zip(&mut samples) {
            let start = Instant::now();
            for _ in 0..*count {
                (subject.work)(shared)?;
            }
            samples.0.push(start.elapsed().as_secs_f64() * 1e6 / f64::from(*count));
        }
    }
    Ok(samples)
}
