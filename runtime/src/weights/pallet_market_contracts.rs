//! Weights of `pallet_market_contracts`. Written by `make weights`: frame-omni-bencher (template of benchmark CLI 64.0.0), 2026-11-21.
//!
//! 20 steps, 10 repeats, AMD EPYC.
//! Load of the machine when it began: 4.09 4.34 3.98.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_market_contracts`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_market_contracts::WeightInfo for WeightInfo<T> {
    /// Storage: `StorageMarket::Period` (r:1 w:0)
    /// Proof: `StorageMarket::Period` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn clock() -> Weight {
        // Shortest run: 7_031_000 picoseconds.
        Weight::from_parts(9_304_000, 0).saturating_add(T::DbWeight::get().reads(1))
    }
    /// Storage: `StorageMarket::Providers` (r:32 w:0)
    /// Proof: `StorageMarket::Providers` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    /// The range of component `n` is `[1, 32]`.
    fn providers(n: u32) -> Weight {
        // Shortest run: 27_010_000 picoseconds.
        Weight::from_parts(29_388_500, 0)
            // Standard error: 0
            .saturating_add(Weight::from_parts(1_270_166, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
    }
    /// Storage: `StorageMarket::Providers` (r:1 w:0)
    /// Proof: `StorageMarket::Providers` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::ProviderInfo` (r:1 w:0)
    /// Proof: `StorageMarket::ProviderInfo` (`max_values`: None, `max_size`: Some(669), added: 3144, mode: `MaxEncodedLen`)
    fn provider() -> Weight {
        // Shortest run: 11_807_000 picoseconds.
        Weight::from_parts(13_570_000, 0).saturating_add(T::DbWeight::get().reads(2))
    }
    /// Storage: `StorageMarket::Deals` (r:1 w:0)
    /// Proof: `StorageMarket::Deals` (`max_values`: None, `max_size`: Some(672), added: 3147, mode: `MaxEncodedLen`)
    fn deal() -> Weight {
        // Shortest run: 10_075_000 picoseconds.
        Weight::from_parts(13_710_000, 0).saturating_add(T::DbWeight::get().reads(1))
    }
    /// Storage: `StorageMarket::Slots` (r:1 w:0)
    /// Proof: `StorageMarket::Slots` (`max_values`: None, `max_size`: Some(159), added: 2634, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Providers` (r:1 w:0)
    /// Proof: `StorageMarket::Providers` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::PeriodLedger` (r:2 w:0)
    /// Proof: `StorageMarket::PeriodLedger` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    fn slot() -> Weight {
        // Shortest run: 21_642_000 picoseconds.
        Weight::from_parts(25_558_000, 0).saturating_add(T::DbWeight::get().reads(4))
    }
    /// Storage: `StorageMarket::Deals` (r:1 w:0)
    /// Proof: `StorageMarket::Deals` (`max_values`: None, `max_size`: Some(672), added: 3147, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Slots` (r:33 w:0)
    /// Proof: `StorageMarket::Slots` (`max_values`: None, `max_size`: Some(159), added: 2634, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Providers` (r:32 w:0)
    /// Proof: `StorageMarket::Providers` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::PeriodLedger` (r:64 w:0)
    /// Proof: `StorageMarket::PeriodLedger` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// The range of component `n` is `[1, 32]`.
    fn standing(n: u32) -> Weight {
        // Shortest run: 53_098_000 picoseconds.
        Weight::from_parts(38_935_800, 0)
            // Standard error: 0
            .saturating_add(Weight::from_parts(15_272_800, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(n.into())))
    }
    fn deal_id_of() -> Weight {
        // Shortest run: 2_784_000 picoseconds.
        Weight::from_parts(3_155_000, 0)
    }
}
