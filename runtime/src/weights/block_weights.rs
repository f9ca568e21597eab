//! THIS FILE WAS AUTO-GENERATED USING THE SUBSTRATE BENCHMARK CLI VERSION 64.0.0
//! DATE: 2026-11-21 (Y/M/D), load 5.39 6.08 6.10
//!
//! SHORT-NAME: `block`, LONG-NAME: `BlockExecution`, RUNTIME: `blocs`
//! WARMUPS: `10`, REPEAT: `100`
//! WEIGHT-METRIC: `Median`, WEIGHT-MUL: `1.0`, WEIGHT-ADD: `0`

use frame_support::parameter_types;
use frame_support::weights::{Weight, constants::WEIGHT_REF_TIME_PER_NANOS};

parameter_types! {
    /// Weight of executing an empty block.
    /// Calculated by multiplying the *Median* with `1.0` and adding `0`.
    ///
    /// Stats nanoseconds:
    ///   Min, Max: 699_666, 7_453_277
    ///   Average:  1_103_329
    ///   Median:   859_843
    ///   Std-Dev:  1058419.48
    ///
    /// Percentiles nanoseconds:
    ///   99th: 4_855_150
    ///   95th: 3_736_823
    ///   75th: 902_527
    pub const BlockExecutionWeight: Weight =
        Weight::from_parts(WEIGHT_REF_TIME_PER_NANOS.saturating_mul(859_843), 0);
}
