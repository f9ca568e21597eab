//! Which provider gets which slot.

use crate::{PutError, request::BadProvider};
use blocs_chain::{ProviderRecord, ProviderStatus};
use blocs_primitives::{AccountId, Balance};
use rand::{seq::SliceRandom, thread_rng};
use std::collections::{BTreeMap, BTreeSet};

/// What a provider must fulfil.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Demands {
    /// Slots to place.
    pub(crate) slots: usize,
    /// Bytes in each.
    pub(crate) slot_bytes: u64,
    /// Least number of different zones.
    pub(crate) zones: usize,
    /// Most that it may ask, per GiB and period.
    pub(crate) max_price: Option<Balance>,
}

/// Chooses providers: spread over as many zones as there are, then the cheapest, chance among equals; none twice.
#[derive(Debug)]
pub(crate) struct Placement {
    candidates: Vec<ProviderRecord>,
    /// Could not be reached once; asked again when nobody else is left.
    last_resort: Vec<ProviderRecord>,
    /// Those that were given a second chance.
    given_second_chance: BTreeSet<AccountId>,
    /// Slots per zone, of the providers that have one.
    zones: BTreeMap<String, usize>,
}

impl Placement {
    /// The candidates among all providers; an error when they are too few from the start.
    pub(crate) fn new(providers: Vec<ProviderRecord>, demands: &Demands) -> Result<Self, PutError> {
        let mut able: Vec<_> = providers
            .into_iter()
            .filter(|record| is_able(record, demands.slot_bytes))
            .collect();
        let found = able.len();
        if found < demands.slots {
            return Err(too_few(
                demands.slots,
                found,
                "store with fewer slots (--ec), or wait for more providers",
                &[],
            ));
        }
        if let Some(max_price) = demands.max_price {
            let mut prices: Vec<_> = able.iter().map(|record| record.provider.price).collect();
            prices.sort_unstable();
            able.retain(|record| record.provider.price <= max_price);
            if let Some(asked) = prices
                .get(demands.slots - 1)
                .copied()
                .filter(|asked| *asked > max_price)
            {
                return Err(PutError::TooExpensive {
                    needed: demands.slots,
                    max_price,
                    asked,
                });
            }
        }
        let zones: BTreeSet<_> = able.iter().map(|record| record.info.zone.as_str()).collect();
        if zones.len() < demands.zones {
            let hint = "ask for fewer zones (--zones), or raise --max-price";
            return Err(too_few(demands.slots, found, hint, &[]));
        }
        able.shuffle(&mut thread_rng());
        able.sort_by_key(|record| record.provider.price);
        Ok(Self::of(able))
    }

    fn of(candidates: Vec<ProviderRecord>) -> Self {
        Self {
            candidates,
            last_resort: Vec::new(),
            given_second_chance: BTreeSet::new(),
            zones: BTreeMap::new(),
        }
    }

    /// The best candidate left; it is a candidate no more.
    pub(crate) fn take(&mut self) -> Option<ProviderRecord> {
        let crowd = |record: &ProviderRecord| self.zones.get(&record.info.zone).copied().unwrap_or(0);
        // The first of equals, which is the cheapest.
        let best = self
            .candidates
            .iter()
            .enumerate()
            .min_by_key(|(_, record)| crowd(record));
        let record = match best.map(|(place, _)| place) {
            Some(place) => self.candidates.remove(place),
            None => self.last_resort.pop()?,
        };
        *self.zones.entry(record.info.zone.clone()).or_default() += 1;
        Some(record)
    }

    /// The providers that [`Placement::take`] would give next.
    pub(crate) fn peek(&self, count: usize) -> Vec<ProviderRecord> {
        let mut copy = Self {
            zones: self.zones.clone(),
            ..Self::of(self.candidates.clone())
        };
        std::iter::from_fn(|| copy.take()).take(count).collect()
    }

    /// A provider that was taken has not got a slot after all.
    pub(crate) fn give_up(&mut self, record: &ProviderRecord) {
        if let Some(count) = self.zones.get_mut(&record.info.zone) {
            *count = count.saturating_sub(1);
        }
    }

    /// As [`Placement::give_up`], for a provider that could not be reached: it may be asked once more in the end.
    pub(crate) fn postpone(&mut self, record: &ProviderRecord) {
        self.give_up(record);
        if self.given_second_chance.insert(record.account.clone()) {
            self.last_resort.push(record.clone());
        }
    }

    /// Zones that have a slot.
    pub(crate) fn zones(&self) -> usize {
        self.zones.values().filter(|count| **count > 0).count()
    }
}

/// Whether a provider takes slots of this size.
pub(crate) fn is_able(record: &ProviderRecord, slot_bytes: u64) -> bool {
    let provider = &record.provider;
    provider.status == ProviderStatus::Active && provider.capacity.saturating_sub(provider.used) >= slot_bytes
}

pub(crate) fn too_few(needed: usize, found: usize, hint: &'static str, bad: &[BadProvider]) -> PutError {
    PutError::TooFewProviders {
        needed,
        found,
        hint,
        bad_providers: bad.to_vec(),
    }
}

/// Accounts of these providers.
pub(crate) fn accounts(records: &[ProviderRecord]) -> Vec<AccountId> {
    records.iter().map(|record| record.account.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use blocs_chain::{Provider, ProviderInfo};

    fn record(number: u8, zone: &str, price: Balance) -> ProviderRecord {
        let provider = Provider {
            operator: sp_core::sr25519::Public::from_raw([number; 32]),
            bond: 0,
            capacity: 1000,
            used: 0,
            price,
            status: ProviderStatus::Active,
            rate: 0,
            accrued: 0,
            proven: 0,
            misses: 0,
            place: 0,
            period: 0,
        };
        let info = ProviderInfo {
            zone: zone.into(),
            ..ProviderInfo::default()
        };
        ProviderRecord {
            account: AccountId::new([number; 32]),
            provider,
            info,
        }
    }

    fn demands(slots: usize) -> Demands {
        Demands {
            slots,
            slot_bytes: 600,
            zones: 1,
            max_price: None,
        }
    }

    #[test]
    fn zones_come_first_then_price() {
        let all = vec![
            record(1, "a", 1),
            record(2, "a", 2),
            record(3, "b", 9),
            record(4, "a", 3),
            record(5, "b", 8),
        ];
        let mut placement = Placement::new(all, &demands(4)).expect("enough");
        let mut taken = Vec::new();
        while let Some(record) = placement.take() {
            let bytes: &[u8; 32] = record.account.as_ref();
            taken.push(bytes[0]);
        }
        assert_eq!(taken, [1, 5, 2, 3, 4]);
        assert_eq!(placement.zones(), 2);
    }

    #[test]
    fn full_draining_and_dear_providers_get_nothing() {
        let mut full = record(1, "a", 1);
        full.provider.used = 401;
        let mut draining = record(2, "a", 1);
        draining.provider.status = ProviderStatus::Draining;
        let all = vec![full, draining, record(3, "a", 7), record(4, "b", 5)];
        let enough = Placement::new(all.clone(), &demands(2));
        assert!(enough.is_ok());
        let error = Placement::new(all.clone(), &demands(3)).expect_err("two are able");
        assert!(
            matches!(
                error,
                PutError::TooFewProviders {
                    needed: 3,
                    found: 2,
                    ..
                }
            ),
            "{error}"
        );
        let cheap = Demands {
            max_price: Some(6),
            ..demands(2)
        };
        let error = Placement::new(all.clone(), &cheap).expect_err("one is cheap enough");
        assert!(matches!(error, PutError::TooExpensive { asked: 7, .. }), "{error}");
        let spread = Demands { zones: 3, ..demands(2) };
        assert!(matches!(
            Placement::new(all, &spread),
            Err(PutError::TooFewProviders { .. })
        ));
    }
}
