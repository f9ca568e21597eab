//! THIS FILE WAS AUTO-GENERATED USING THE SUBSTRATE BENCHMARK CLI VERSION 64.0.0
//! DATE: 2026-11-21 (Y/M/D), load 5.39 6.08 6.10
//!
//! SHORT-NAME: `extrinsic`, LONG-NAME: `ExtrinsicBase`, RUNTIME: `blocs`
//! WARMUPS: `10`, REPEAT: `100`
//! WEIGHT-METRIC: `Median`, WEIGHT-MUL: `1.0`, WEIGHT-ADD: `0`

use frame_support::parameter_types;
use frame_support::weights::{Weight, constants::WEIGHT_REF_TIME_PER_NANOS};

parameter_types! {
    /// Weight of executing a NO-OP extrinsic, for example `System::remark`.
    /// Calculated by multiplying the *Median* with `1.0` and adding `0`.
    ///
    /// Stats nanoseconds:
    ///   Min, Max: 113_348, 150_569
    ///   Average:  117_020
    ///   Median:   115_819
    ///   Std-Dev:  4622.79
    ///
    /// Percentiles nanoseconds:
    ///   99th: 129_871
    ///   95th: 123_094
    ///   75th: 118_538
    pub const ExtrinsicBaseWeight: Weight =
        Weight::from_parts(WEIGHT_REF_TIME_PER_NANOS.saturating_mul(115_819), 0);
}
