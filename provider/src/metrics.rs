//! What the daemon counts, for Prometheus.

use blocs_store::{ShardStore, SlotState};
use prometheus::{Encoder, IntCounter, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder};

/// All metrics; their names start with `blocs_provider_`.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Registry,
    /// Slots by state.
    pub slots: IntGaugeVec,
    /// Bytes held, reserved, of capacity, free on disk.
    pub bytes: IntGaugeVec,
    /// Uploads by outcome: stored, refused, failed.
    pub uploads: IntCounterVec,
    /// Bytes received and served.
    pub transferred: IntCounterVec,
    /// Proofs by what became of them: submitted, finalized, failed, replaced, withheld.
    pub proofs: IntCounterVec,
    /// Periods by outcome in finalized blocks: proved, missed.
    pub periods: IntCounterVec,
    /// Slots conceded.
    pub conceded: IntCounter,
    /// Slots found damaged, by who found it: start, proof, scrub, read.
    pub damaged: IntCounterVec,
    /// Heights: best, finalized, applied.
    pub heights: IntGaugeVec,
    /// Failed steps of workers.
    pub worker_failures: IntCounterVec,
    /// 1 when something needs a person: store_stopped, all_slots_gone, node_unreachable, faulted, wrong_operator, unknown_deal.
    pub alerts: IntGaugeVec,
}

impl Metrics {
    /// Registers all metrics.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new_custom(Some("blocs_provider".into()), None)?;
        let gauges = |name: &str, help: &str, label: &str| {
            let metric = IntGaugeVec::new(Opts::new(name, help), &[label])?;
            registry.register(Box::new(metric.clone()))?;
            Ok::<_, prometheus::Error>(metric)
        };
        let counters = |name: &str, help: &str, label: &str| {
            let metric = IntCounterVec::new(Opts::new(name, help), &[label])?;
            registry.register(Box::new(metric.clone()))?;
            Ok::<_, prometheus::Error>(metric)
        };
        let conceded = IntCounter::new("slots_conceded_total", "Slots conceded in proofs")?;
        registry.register(Box::new(conceded.clone()))?;
        let metrics = Self {
            slots: gauges("slots", "Slots by state", "state")?,
            bytes: gauges("bytes", "Bytes by kind", "kind")?,
            uploads: counters("uploads_total", "Uploads by outcome", "outcome")?,
            transferred: counters("transferred_bytes_total", "Bytes of slots by direction", "direction")?,
            proofs: counters("proofs_total", "Proofs by outcome", "outcome")?,
            periods: counters("periods_total", "Proving periods by outcome", "outcome")?,
            conceded,
            damaged: counters("slots_damaged_total", "Damaged slots by who found them", "found_by")?,
            heights: gauges("block_height", "Block heights by kind", "kind")?,
            worker_failures: counters("worker_failures_total", "Failed steps of background work", "worker")?,
            alerts: gauges("alert", "1 when something needs a person", "reason")?,
            registry,
        };
        for reason in [
            "store_stopped",
            "all_slots_gone",
            "node_unreachable",
            "faulted",
            "wrong_operator",
            "unknown_deal",
        ] {
            metrics.alerts.with_label_values(&[reason]).set(0);
        }
        for outcome in ["proved", "missed"] {
            metrics.periods.with_label_values(&[outcome]).inc_by(0);
        }
        Ok(metrics)
    }

    /// The metrics as Prometheus reads them, with fresh figures of the store.
    pub fn render(&self, store: &dyn ShardStore) -> String {
        let usage = store.usage();
        let figure = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        for (state, count) in [
            ("quoted", usage.quoted_slots),
            ("live", usage.live_slots),
            ("closing", usage.closing_slots),
        ] {
            self.slots.with_label_values(&[state]).set(figure(count));
        }
        let free = usage.disk_free.unwrap_or(0);
        for (kind, bytes) in [
            ("capacity", usage.capacity),
            ("held", usage.held),
            ("reserved", usage.reserved),
            ("disk_free", free),
        ] {
            self.bytes.with_label_values(&[kind]).set(figure(bytes));
        }
        self.alerts
            .with_label_values(&["store_stopped"])
            .set(store.stopped().is_some().into());
        let mut text = Vec::new();
        let encoded = TextEncoder::new().encode(&self.registry.gather(), &mut text);
        match encoded.map(|()| String::from_utf8(text)) {
            Ok(Ok(text)) => text,
            _ => String::from("# the metrics do not encode\n"),
        }
    }
}

/// A slot's state as one word.
pub fn state_word(state: &SlotState) -> &'static str {
    match state {
        SlotState::Quoted { .. } => "quoted",
        SlotState::Live { .. } => "live",
        SlotState::Closing { .. } => "closing",
        SlotState::Gone => "gone",
    }
}
