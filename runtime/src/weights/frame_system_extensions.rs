//! Weights of `frame_system_extensions`. Written by `make weights`: frame-omni-bencher (template of benchmark CLI 64.0.0), 2026-11-21.
//!
//! 20 steps, 10 repeats, AMD EPYC.
//! Load of the machine when it began: 4.97 6.39 6.26.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `frame_system_extensions`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> frame_system::ExtensionsWeightInfo for WeightInfo<T> {
    fn check_genesis() -> Weight {
        // Shortest run: 1_773_000 picoseconds.
        Weight::from_parts(1_953_000, 0)
    }
    fn check_mortality_mortal_transaction() -> Weight {
        // Shortest run: 3_565_000 picoseconds.
        Weight::from_parts(3_966_000, 0)
    }
    fn check_mortality_immortal_transaction() -> Weight {
        // Shortest run: 3_545_000 picoseconds.
        Weight::from_parts(3_876_000, 0)
    }
    fn check_non_zero_sender() -> Weight {
        // Shortest run: 610_000 picoseconds.
        Weight::from_parts(701_000, 0)
    }
    /// Storage: `System::Account` (r:1 w:1)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn check_nonce() -> Weight {
        // Shortest run: 7_080_000 picoseconds.
        Weight::from_parts(7_681_000, 0)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn check_spec_version() -> Weight {
        // Shortest run: 450_000 picoseconds.
        Weight::from_parts(541_000, 0)
    }
    fn check_tx_version() -> Weight {
        // Shortest run: 450_000 picoseconds.
        Weight::from_parts(531_000, 0)
    }
    fn check_weight() -> Weight {
        // Shortest run: 3_465_000 picoseconds.
        Weight::from_parts(3_855_000, 0)
    }
    fn weight_reclaim() -> Weight {
        // Shortest run: 1_963_000 picoseconds.
        Weight::from_parts(2_213_000, 0)
    }
}
