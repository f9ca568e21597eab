//! Weights of `frame_election_provider_support`. Written by `make weights`: frame-omni-bencher (template of benchmark CLI 64.0.0), 2026-11-21.
//!
//! 5 steps, 2 repeats, AMD EPYC.
//! Load of the machine when it began: 6.47 5.47 5.78.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `frame_election_provider_support`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> frame_election_provider_support::WeightInfo for WeightInfo<T> {
    /// The range of component `v` is `[1000, 2000]`.
    /// The range of component `t` is `[500, 1000]`.
    /// The range of component `d` is `[5, 16]`.
    fn phragmen(v: u32, t: u32, d: u32) -> Weight {
        // Shortest run: 26_451_150_000 picoseconds.
        Weight::from_parts(0, 0)
            // Standard error: 0
            .saturating_add(Weight::from_parts(61_909_582, 0).saturating_mul(v.into()))
            // Standard error: 0
            .saturating_add(Weight::from_parts(8_649_824, 0).saturating_mul(t.into()))
            // Standard error: 0
            .saturating_add(Weight::from_parts(10_046_017_272, 0).saturating_mul(d.into()))
    }
    /// The range of component `v` is `[1000, 2000]`.
    /// The range of component `t` is `[500, 1000]`.
    /// The range of component `d` is `[5, 16]`.
    fn phragmms(v: u32, t: u32, d: u32) -> Weight {
        // Shortest run: 14_559_830_000 picoseconds.
        Weight::from_parts(0, 0)
            // Standard error: 0
            .saturating_add(Weight::from_parts(17_204_638, 0).saturating_mul(v.into()))
            // Standard error: 0
            .saturating_add(Weight::from_parts(49_923_128, 0).saturating_mul(t.into()))
            // Standard error: 0
            .saturating_add(Weight::from_parts(2_680_945_166, 0).saturating_mul(d.into()))
    }
}
