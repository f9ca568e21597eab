//! How far an operation is: bars on a terminal, a line every 30 seconds elsewhere.

use crate::{output::Output, units::bytes};
use blocs_client::Progress;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::task::JoinHandle;

/// How often a line is written where no bar can be drawn.
const LINE_EVERY: Duration = Duration::from_secs(30);
/// How often a bar moves of its own.
const TICK: Duration = Duration::from_millis(120);

/// What the two bars count.
#[derive(Clone, Copy)]
pub(crate) struct Words {
    /// What is read: `read`, `fetched`.
    pub(crate) read: &'static str,
    /// What is placed: `placed`, `written`.
    pub(crate) placed: &'static str,
}

/// The display of one operation. It disappears when dropped.
pub(crate) struct Display {
    bars: Option<Bars>,
    counts: Arc<Counts>,
    lines: Option<JoinHandle<()>>,
}

struct Bars {
    all: MultiProgress,
    read: ProgressBar,
    placed: ProgressBar,
}

#[derive(Default)]
struct Counts {
    read: AtomicU64,
    read_total: AtomicU64,
    placed: AtomicU64,
    placed_total: AtomicU64,
    step: parking_lot::Mutex<String>,
}

impl Display {
    /// Shows how far `operation` is while it runs. Needs the async runtime.
    pub(crate) async fn during<T, F: Future<Output = T>>(
        output: Output,
        words: Words,
        operation: impl FnOnce(Arc<dyn Progress>) -> F,
    ) -> T {
        let display = Arc::new(Self::start(output, words));
        let outcome = operation(display.clone()).await;
        display.finish();
        outcome
    }

    fn start(output: Output, words: Words) -> Self {
        let counts = Arc::new(Counts::default());
        if output.draws_bars() {
            return Self {
                bars: Some(Bars::new(words)),
                counts,
                lines: None,
            };
        }
        if output.quiet {
            return Self {
                bars: None,
                counts,
                lines: None,
            };
        }
        let shared = counts.clone();
        let lines = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(LINE_EVERY);
            ticks.tick().await;
            loop {
                ticks.tick().await;
                output.note(shared.line(words));
            }
        });
        Self {
            bars: None,
            counts,
            lines: Some(lines),
        }
    }
}

impl Display {
    /// Clears the bars: what they showed is said again by the result.
    fn finish(&self) {
        if let Some(lines) = &self.lines {
            lines.abort();
        }
        if let Some(bars) = &self.bars {
            // A terminal that is gone needs no clearing.
            let _ = bars.all.clear();
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Counts {
    fn line(&self, words: Words) -> String {
        let get = |count: &AtomicU64| bytes(count.load(Ordering::Relaxed));
        let step = self.step.lock().clone();
        let (read, read_total) = (get(&self.read), get(&self.read_total));
        let (placed, placed_total) = (get(&self.placed), get(&self.placed_total));
        format!(
            "{step}: {read} of {read_total} {}, {placed} of {placed_total} {}",
            words.read, words.placed
        )
    }
}

impl Bars {
    fn new(words: Words) -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        let plain = std::env::var_os("NO_COLOR").is_some();
        let bar = |name: &'static str| {
            let template = if plain {
                "{prefix:8} [{bar:32}] {bytes:>10} of {total_bytes:10} {bytes_per_sec:>12} {msg}"
            } else {
                "{prefix:8} [{bar:32.cyan/blue}] {bytes:>10} of {total_bytes:10} {bytes_per_sec:>12} {msg}"
            };
            let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            let bar = all.add(ProgressBar::new(0).with_style(style).with_prefix(name));
            bar.enable_steady_tick(TICK);
            bar
        };
        let (read, placed) = (bar(words.read), bar(words.placed));
        Self { all, read, placed }
    }
}

impl Progress for Display {
    fn total(&self, read: u64, placed: u64) {
        self.counts.read_total.store(read, Ordering::Relaxed);
        self.counts.placed_total.store(placed, Ordering::Relaxed);
        if let Some(bars) = &self.bars {
            bars.read.set_length(read);
            bars.placed.set_length(placed);
        }
    }

    fn read(&self, bytes: u64) {
        self.counts.read.fetch_add(bytes, Ordering::Relaxed);
        if let Some(bars) = &self.bars {
            bars.read.inc(bytes);
        }
    }

    fn placed(&self, bytes: u64) {
        self.counts.placed.fetch_add(bytes, Ordering::Relaxed);
        if let Some(bars) = &self.bars {
            bars.placed.inc(bytes);
        }
    }

    fn step(&self, step: &str) {
        step.clone_into(&mut self.counts.step.lock());
        if let Some(bars) = &self.bars {
            bars.placed.set_message(step.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_line_says_how_far_it_is() {
        let output = Output {
            json: true,
            ..Output::default()
        };
        let words = Words {
            read: "read",
            placed: "placed",
        };
        let display = Display::start(output, words);
        display.step("uploading");
        display.total(2048, 4096);
        display.read(1024);
        display.placed(4096);
        assert_eq!(
            display.counts.line(words),
            "uploading: 1 KiB of 2 KiB read, 4 KiB of 4 KiB placed"
        );
    }
}
