//! Figures for monitoring, in the text format of Prometheus.

use crate::state::Api;
use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Counters since the start.
#[derive(Default)]
pub(crate) struct Figures {
    /// Answers by the first digit of their status.
    answers: [AtomicU64; 6],
    refused: AtomicU64,
    timeouts: AtomicU64,
    micros: AtomicU64,
    pub(crate) running: AtomicU64,
}

impl Figures {
    pub(crate) fn answered(&self, status: u16, took: Duration) {
        if let Some(counter) = self.answers.get(usize::from(status / 100)) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    pub(crate) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn timed_out(&self) {
        self.timeouts.fetch_add(1, Ordering::Relaxed);
    }
}

/// All of them.
pub(crate) fn render(api: &Api) -> String {
    let figures = &api.figures;
    let value = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let mut text = String::new();
    let mut line = |name: &str, kind: &str, help: &str, samples: &[(String, u64)]| {
        // Writing into a string cannot fail.
        writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}").ok();
        for (labels, sample) in samples {
            writeln!(text, "{name}{labels} {sample}").ok();
        }
    };
    let plain = |counter: &AtomicU64| vec![(String::new(), value(counter))];
    let classes = figures.answers.iter().enumerate().skip(2);
    let answers: Vec<_> = classes
        .map(|(class, counter)| (format!("{{status=\"{class}xx\"}}"), value(counter)))
        .collect();
    line("blocs_rest_answers_total", "counter", "Answers by status.", &answers);
    line(
        "blocs_rest_answer_micros_total",
        "counter",
        "Time that answers took in all, in microseconds.",
        &plain(&figures.micros),
    );
    line(
        "blocs_rest_refused_total",
        "counter",
        "Requests refused because too many were running.",
        &plain(&figures.refused),
    );
    line(
        "blocs_rest_timeouts_total",
        "counter",
        "Requests given up because they took too long.",
        &plain(&figures.timeouts),
    );
    line(
        "blocs_rest_running",
        "gauge",
        "Requests running now.",
        &plain(&figures.running),
    );
    line(
        "blocs_rest_block_cache_hits_total",
        "counter",
        "Blocks answered from memory.",
        &plain(&api.blocks.hits),
    );
    line(
        "blocs_rest_block_cache_misses_total",
        "counter",
        "Blocks read from the node.",
        &plain(&api.blocks.misses),
    );
    let (best, finalized) = api.heads();
    let heights: Vec<_> = [("best", best), ("finalized", finalized)]
        .into_iter()
        .filter_map(|(name, head)| Some((format!("{{head=\"{name}\"}}"), u64::from(head?.number))))
        .collect();
    line(
        "blocs_rest_height",
        "gauge",
        "Heights of the chain's heads as this service sees them.",
        &heights,
    );
    text
}
