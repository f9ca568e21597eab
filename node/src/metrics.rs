//! Figures of the storage market and of blocks' travel, which the SDK's own metrics lack. `docs/guides/monitoring.md` lists them.
//!
//! They are read straight from the state of imported blocks, with the runtime's own types. The work for a block is bounded: its events,
//! a handful of values, and at most [`KEYS_A_BLOCK`] keys of each map that is counted; a larger map is counted over several blocks.

use crate::service::{Backend, Client};
use blocs_primitives::{Balance, Hash};
use blocs_runtime::{Runtime, RuntimeEvent, opaque::Block, units::BLOC};
use codec::Decode;
use frame_support::storage::{StoragePrefixedMap, storage_prefix};
use frame_system::EventRecord;
use futures::{Stream, StreamExt};
use pallet_storage_market::{Challenges, Deals, Event, Owed, Providers, Repairs, Treasury};
use sc_client_api::{BlockImportNotification, BlockchainEvents, FinalityNotification, StorageProvider};
use sp_consensus::SyncOracle;
use sp_runtime::traits::Header;
use sp_storage::StorageKey;
use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};
use substrate_prometheus_endpoint::{
    Counter, F64, Gauge, Histogram, HistogramOpts, PrometheusError, Registry, U64, register,
};

/// Most keys of a map that are looked at for one block: a few milliseconds' work.
const KEYS_A_BLOCK: usize = 512;

/// The metrics, registered.
struct Metrics {
    providers: Gauge<U64>,
    deals: Gauge<U64>,
    open_challenges: Gauge<U64>,
    lost_slots: Gauge<U64>,
    owed: Gauge<F64>,
    treasury: Gauge<F64>,
    block_proofs: Gauge<U64>,
    block_challenges: Gauge<U64>,
    block_missed: Gauge<U64>,
    proofs: Counter<U64>,
    challenges: Counter<U64>,
    missed: Counter<U64>,
    faults: Counter<U64>,
    slots_lost: Counter<U64>,
    unreadable: Counter<U64>,
    block_age: Histogram,
    newest_block_age: Gauge<F64>,
}

impl Metrics {
    fn register(registry: &Registry) -> Result<Self, PrometheusError> {
        let gauge = |name: &str, help: &str| register(Gauge::<U64>::new(name, help)?, registry);
        let amount = |name: &str, help: &str| register(Gauge::<F64>::new(name, help)?, registry);
        let counter = |name: &str, help: &str| register(Counter::<U64>::new(name, help)?, registry);
        let ages = HistogramOpts::new(
            "blocs_block_import_age_seconds",
            "Age of new best blocks when they were imported, by this machine's clock",
        )
        .buckets(vec![0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 6.0, 12.0]);
        Ok(Self {
            providers: gauge("blocs_market_providers", "Registered providers, at the finalized head")?,
            deals: gauge("blocs_market_deals", "Deals that have not ended, at the finalized head")?,
            open_challenges: gauge(
                "blocs_market_open_challenges",
                "Challenges that wait for an answer, at the finalized head",
            )?,
            lost_slots: gauge(
                "blocs_market_lost_slots",
                "Lost slots that wait for repair, at the finalized head",
            )?,
            owed: amount("blocs_market_owed_bloc", "What the market's pool owes in all, in BLOC")?,
            treasury: amount(
                "blocs_market_treasury_bloc",
                "The treasury's share that is still in the pool, in BLOC",
            )?,
            block_proofs: gauge("blocs_block_proofs", "Proofs accepted in the best block")?,
            block_challenges: gauge("blocs_block_challenges", "Challenges drawn in the best block")?,
            block_missed: gauge("blocs_block_missed", "Challenges found unanswered in the best block")?,
            proofs: counter(
                "blocs_market_proofs_total",
                "Proofs accepted in finalized blocks since the start",
            )?,
            challenges: counter(
                "blocs_market_challenges_total",
                "Challenges drawn in finalized blocks since the start",
            )?,
            missed: counter(
                "blocs_market_missed_total",
                "Challenges found unanswered in finalized blocks since the start",
            )?,
            faults: counter(
                "blocs_market_faulted_total",
                "Providers faulted in finalized blocks since the start",
            )?,
            slots_lost: counter(
                "blocs_market_slots_lost_total",
                "Slots lost in finalized blocks since the start",
            )?,
            unreadable: counter(
                "blocs_metrics_unreadable_blocks_total",
                "Blocks whose state or events this binary could not read; update it when this rises",
            )?,
            block_age: register(Histogram::with_opts(ages)?, registry)?,
            newest_block_age: amount(
                "blocs_best_block_age_seconds",
                "Age of the best block when it was imported; below zero when this clock is behind its author's",
            )?,
        })
    }
}

/// What a block did to the market.
#[derive(Debug, Default, PartialEq, Eq)]
struct Activity {
    proofs: u64,
    challenges: u64,
    missed: u64,
    faults: u64,
    slots_lost: u64,
}

impl Activity {
    fn of(events: impl IntoIterator<Item = RuntimeEvent>) -> Self {
        events.into_iter().fold(Self::default(), |mut sum, event| {
            if let RuntimeEvent::StorageMarket(event) = event {
                match event {
                    Event::Proved { .. } => sum.proofs += 1,
                    Event::Challenged { .. } => sum.challenges += 1,
                    Event::Missed { .. } => sum.missed += 1,
                    Event::Faulted { .. } => sum.faults += 1,
                    Event::SlotLost { .. } => sum.slots_lost += 1,
                    _ => {}
                }
            }
            sum
        })
    }
}

/// Counts the keys below a prefix, so many at a time. What it counts may change meanwhile: a count over several blocks is near the truth,
/// one within a block is the truth.
struct Tally {
    prefix: StorageKey,
    last: Option<StorageKey>,
    seen: u64,
}

impl Tally {
    fn new(prefix: [u8; 32]) -> Self {
        Self {
            prefix: StorageKey(prefix.to_vec()),
            last: None,
            seen: 0,
        }
    }

    /// Takes the keys after `last`, and gives the total when there are no more.
    fn count<E, K>(
        &mut self,
        keys: impl FnOnce(&StorageKey, Option<&StorageKey>) -> Result<K, E>,
    ) -> Result<Option<u64>, E>
    where
        K: Iterator<Item = StorageKey>,
    {
        let mut looked_at = 0;
        for key in keys(&self.prefix, self.last.as_ref())?.take(KEYS_A_BLOCK) {
            looked_at += 1;
            self.seen += 1;
            self.last = Some(key);
        }
        if looked_at == KEYS_A_BLOCK {
            return Ok(None);
        }
        self.last = None;
        Ok(Some(std::mem::take(&mut self.seen)))
    }
}

/// Keeps the metrics up to date as long as the node runs.
pub(crate) struct Observer {
    client: Arc<Client>,
    metrics: Option<Metrics>,
    tallies: [Tally; 4],
}

enum Seen {
    Imported(BlockImportNotification<Block>),
    Finalized(FinalityNotification<Block>),
}

impl Observer {
    /// Registers the metrics when there is a registry. Without one, only spans come of it.
    pub(crate) fn new(client: Arc<Client>, registry: Option<&Registry>) -> Result<Self, PrometheusError> {
        Ok(Self {
            client,
            metrics: registry.map(Metrics::register).transpose()?,
            tallies: [
                <Providers<Runtime> as StoragePrefixedMap<_>>::final_prefix(),
                <Deals<Runtime> as StoragePrefixedMap<_>>::final_prefix(),
                <Challenges<Runtime> as StoragePrefixedMap<_>>::final_prefix(),
                <Repairs<Runtime> as StoragePrefixedMap<_>>::final_prefix(),
            ]
            .map(Tally::new),
        })
    }

    /// Follows the chain. Blocks of a major sync are passed over: they are old, and there are many.
    pub(crate) async fn run(mut self, sync: impl SyncOracle) {
        let mut blocks = self.blocks();
        while let Some(seen) = blocks.next().await {
            if sync.is_major_syncing() {
                continue;
            }
            match seen {
                Seen::Imported(block) if block.is_new_best => self.imported(&block),
                Seen::Imported(_) => {}
                Seen::Finalized(block) => self.finalized(&block),
            }
        }
    }

    fn blocks(&self) -> impl Stream<Item = Seen> + Unpin + use<> {
        futures::stream::select(
            self.client.import_notification_stream().map(Seen::Imported),
            self.client.finality_notification_stream().map(Seen::Finalized),
        )
    }

    fn imported(&self, block: &BlockImportNotification<Block>) {
        let (age, activity) = (self.age(block.hash), self.activity(block.hash));
        let _span = tracing::info_span!(
            "block imported",
            number = *block.header.number(),
            hash = %block.hash,
            age_seconds = age,
            proofs = activity.as_ref().map(|activity| activity.proofs),
            challenges = activity.as_ref().map(|activity| activity.challenges),
        )
        .entered();
        let Some(metrics) = &self.metrics else { return };
        if let Some(age) = age {
            metrics.newest_block_age.set(age);
            metrics.block_age.observe(age.max(0.0));
        }
        if let Some(activity) = activity {
            metrics.block_proofs.set(activity.proofs);
            metrics.block_challenges.set(activity.challenges);
            metrics.block_missed.set(activity.missed);
        }
    }

    fn finalized(&mut self, block: &FinalityNotification<Block>) {
        let _span = tracing::info_span!(
            "block finalized",
            number = *block.header.number(),
            hash = %block.hash,
            blocks = block.tree_route.len() + 1,
        )
        .entered();
        let Some(metrics) = &self.metrics else { return };
        for hash in block.tree_route.iter().chain([&block.hash]) {
            let Some(activity) = self.activity(*hash) else {
                continue;
            };
            metrics.proofs.inc_by(activity.proofs);
            metrics.challenges.inc_by(activity.challenges);
            metrics.missed.inc_by(activity.missed);
            metrics.faults.inc_by(activity.faults);
            metrics.slots_lost.inc_by(activity.slots_lost);
        }
        let gauges = [
            &metrics.providers,
            &metrics.deals,
            &metrics.open_challenges,
            &metrics.lost_slots,
        ];
        for (tally, gauge) in self.tallies.iter_mut().zip(gauges) {
            let client = &self.client;
            let keys = |prefix: &StorageKey, last: Option<&StorageKey>| {
                StorageProvider::<Block, Backend>::storage_keys(&**client, block.hash, Some(prefix), last)
            };
            match tally.count(keys) {
                Ok(Some(total)) => gauge.set(total),
                Ok(None) => {}
                Err(error) => log::debug!("cannot count a map of block {}: {error}", block.hash),
            }
        }
        for (key, gauge) in [
            (Owed::<Runtime>::hashed_key(), &metrics.owed),
            (Treasury::<Runtime>::hashed_key(), &metrics.treasury),
        ] {
            if let Some(planck) = self.read::<Balance>(block.hash, &key) {
                gauge.set(in_bloc(planck));
            }
        }
    }

    /// What this block did, or `None` when its state is gone or from another runtime.
    fn activity(&self, hash: Hash) -> Option<Activity> {
        let events = self.read::<Vec<EventRecord<RuntimeEvent, Hash>>>(hash, &storage_prefix(b"System", b"Events"));
        if let (None, Some(metrics)) = (&events, &self.metrics) {
            metrics.unreadable.inc();
        }
        Some(Activity::of(events?.into_iter().map(|record| record.event)))
    }

    /// Seconds between the time that the block states and this machine's.
    fn age(&self, hash: Hash) -> Option<f64> {
        let stated: u64 = self.read(hash, &pallet_timestamp::Now::<Runtime>::hashed_key())?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        Some(now.as_secs_f64() - std::time::Duration::from_millis(stated).as_secs_f64())
    }

    fn read<T: Decode>(&self, hash: Hash, key: &[u8]) -> Option<T> {
        let value =
            StorageProvider::<Block, Backend>::storage(&*self.client, hash, &StorageKey(key.to_vec())).ok()??;
        T::decode(&mut value.0.as_slice()).ok()
    }
}

/// An amount for people: whole tokens to a precision that a graph can show.
fn in_bloc(planck: Balance) -> f64 {
    let milli = u64::try_from(planck / (BLOC / 1000)).unwrap_or(u64::MAX);
    std::time::Duration::from_millis(milli).as_secs_f64()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use std::convert::Infallible;

    fn keys(total: usize) -> Vec<StorageKey> {
        (0..total)
            .map(|number| StorageKey(number.to_be_bytes().to_vec()))
            .collect()
    }

    /// Counts until there is a total; gives it and the number of steps.
    fn walk(tally: &mut Tally, all: &[StorageKey]) -> (u64, usize) {
        for step in 1..100 {
            let after = |_: &StorageKey, last: Option<&StorageKey>| {
                let from = last.map_or(0, |last| all.partition_point(|key| key <= last));
                Ok::<_, Infallible>(all[from..].iter().cloned())
            };
            if let Some(total) = tally.count(after).unwrap() {
                return (total, step);
            }
        }
        panic!("no total in a hundred steps");
    }

    #[test]
    fn a_large_map_is_counted_over_several_blocks() {
        let mut tally = Tally::new([7; 32]);

        assert_eq!(walk(&mut tally, &keys(0)), (0, 1));
        assert_eq!(walk(&mut tally, &keys(3)), (3, 1));
        assert_eq!(walk(&mut tally, &keys(KEYS_A_BLOCK)), (KEYS_A_BLOCK as u64, 2));
        assert_eq!(
            walk(&mut tally, &keys(2 * KEYS_A_BLOCK + 1)),
            (2 * KEYS_A_BLOCK as u64 + 1, 3)
        );
        assert_eq!(walk(&mut tally, &keys(3)), (3, 1), "a walk leaves something behind");
    }

    #[test]
    fn only_the_market_s_events_are_counted() {
        let provider = blocs_primitives::AccountId::new([1; 32]);
        let events = [
            RuntimeEvent::StorageMarket(Event::Challenged {
                provider: provider.clone(),
                period: 3,
            }),
            RuntimeEvent::StorageMarket(Event::Missed {
                provider: provider.clone(),
                period: 2,
                misses: 1,
                slashed: 5,
            }),
            RuntimeEvent::StorageMarket(Event::Claimed { provider, amount: 7 }),
            RuntimeEvent::System(frame_system::Event::CodeUpdated { hash: Hash::zero() }),
        ];

        let activity = Activity::of(events);

        let expected = Activity {
            challenges: 1,
            missed: 1,
            ..Activity::default()
        };
        assert_eq!(activity, expected);
    }

    #[test]
    fn amounts_keep_a_thousandth_of_a_token() {
        assert_eq!(in_bloc(0), 0.0);
        assert_eq!(in_bloc(1_500 * BLOC + BLOC / 1000), 1500.001);
    }

    #[test]
    fn the_metrics_have_names_of_their_own() {
        let registry = Registry::new();
        Metrics::register(&registry).unwrap();

        for family in registry.gather() {
            assert!(family.get_name().starts_with("blocs_"), "{}", family.get_name());
        }
        assert!(Metrics::register(&registry).is_err(), "registered twice");
    }
}
