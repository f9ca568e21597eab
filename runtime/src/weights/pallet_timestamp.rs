//! Weights of `pallet_timestamp`. Written by `make weights`: frame-omni-bencher (template of benchmark CLI 64.0.0), 2026-11-21.
//!
//! 20 steps, 10 repeats, AMD EPYC.
//! Load of the machine when it began: 4.13 5.85 6.08.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_timestamp`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_timestamp::WeightInfo for WeightInfo<T> {
    /// Storage: `Timestamp::Now` (r:1 w:1)
    /// Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Timing::SlotMillis` (r:1 w:0)
    /// Proof: `Timing::SlotMillis` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    /// Storage: `Babe::CurrentSlot` (r:1 w:0)
    /// Proof: `Babe::CurrentSlot` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    fn set() -> Weight {
        // Shortest run: 8_633_000 picoseconds.
        Weight::from_parts(9_224_000, 0)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn on_finalize() -> Weight {
        // Shortest run: 691_000 picoseconds.
        Weight::from_parts(831_000, 0)
    }
}
