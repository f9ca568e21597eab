//! Weights of `pallet_utility`. Written by `make weights`: frame-omni-bencher (template of benchmark CLI 64.0.0), 2026-11-21.
//!
//! 10 steps, 5 repeats, AMD EPYC.
//! Load of the machine when it began: 3.99 5.08 5.73.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_utility`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_utility::WeightInfo for WeightInfo<T> {
    /// The range of component `c` is `[0, 1000]`.
    fn batch(c: u32) -> Weight {
        // Shortest run: 4_026_000 picoseconds.
        Weight::from_parts(0, 0)
            // Standard error: 0
            .saturating_add(Weight::from_parts(3_126_522, 0).saturating_mul(c.into()))
    }
    fn as_derivative() -> Weight {
        // Shortest run: 4_257_000 picoseconds.
        Weight::from_parts(4_667_000, 0)
    }
    /// The range of component `c` is `[0, 1000]`.
    fn batch_all(c: u32) -> Weight {
        // Shortest run: 4_046_000 picoseconds.
        Weight::from_parts(4_256_000, 0)
            // Standard error: 0
            .saturating_add(Weight::from_parts(3_337_353, 0).saturating_mul(c.into()))
    }
    fn dispatch_as() -> Weight {
        // Shortest run: 5_759_000 picoseconds.
        Weight::from_parts(6_429_000, 0)
    }
    /// The range of component `c` is `[0, 1000]`.
    fn force_batch(c: u32) -> Weight {
        // Shortest run: 4_016_000 picoseconds.
        Weight::from_parts(4_216_000, 0)
            // Standard error: 0
            .saturating_add(Weight::from_parts(3_029_072, 0).saturating_mul(c.into()))
    }
    fn dispatch_as_fallible() -> Weight {
        // Shortest run: 5_809_000 picoseconds.
        Weight::from_parts(6_420_000, 0)
    }
    fn if_else() -> Weight {
        // Shortest run: 7_321_000 picoseconds.
        Weight::from_parts(8_022_000, 0)
    }
}
