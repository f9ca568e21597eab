//! Weights of `frame_system`. Written by `make weights`: frame-omni-bencher (template of benchmark CLI 64.0.0), 2026-11-21.
//!
//! 20 steps, 10 repeats, AMD EPYC.
//! Load of the machine when it began: 5.28 6.32 6.24.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `frame_system`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> frame_system::WeightInfo for WeightInfo<T> {
    /// The range of component `b` is `[0, 3932160]`.
    fn remark(b: u32) -> Weight {
        // Shortest run: 1_883_000 picoseconds.
        Weight::from_parts(30_308_753, 0)
            // Standard error: 0
            .saturating_add(Weight::from_parts(376, 0).saturating_mul(b.into()))
    }
    /// The range of component `b` is `[0, 3932160]`.
    fn remark_with_event(b: u32) -> Weight {
        // Shortest run: 4_667_000 picoseconds.
        Weight::from_parts(2_914_265, 0)
            // Standard error: 0
            .saturating_add(Weight::from_parts(1_783, 0).saturating_mul(b.into()))
    }
    /// Storage: UNKNOWN KEY `0x3a686561707061676573` (r:0 w:1)
    /// Proof: UNKNOWN KEY `0x3a686561707061676573` (r:0 w:1)
    fn set_heap_pages() -> Weight {
        // Shortest run: 3_485_000 picoseconds.
        Weight::from_parts(3_826_000, 0).saturating_add(T::DbWeight::get().writes(1))
    }
    /// Storage: UNKNOWN KEY `0x3a636f6465` (r:0 w:1)
    /// Proof: UNKNOWN KEY `0x3a636f6465` (r:0 w:1)
    fn set_code() -> Weight {
        // Shortest run: 140_900_430_000 picoseconds.
        Weight::from_parts(167_986_970_000, 0).saturating_add(T::DbWeight::get().writes(1))
    }
    /// Storage: `Skipped::Metadata` (r:0 w:0)
    /// Proof: `Skipped::Metadata` (`max_values`: None, `max_size`: None, mode: `Measured`)
    /// The range of component `i` is `[0, 1000]`.
    fn set_storage(i: u32) -> Weight {
        // Shortest run: 1_933_000 picoseconds.
        Weight::from_parts(0, 0)
            // Standard error: 0
            .saturating_add(Weight::from_parts(902_428, 0).saturating_mul(i.into()))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(i.into())))
    }
    /// Storage: `Skipped::Metadata` (r:0 w:0)
    /// Proof: `Skipped::Metadata` (`max_values`: None, `max_size`: None, mode: `Measured`)
    /// The range of component `i` is `[0, 1000]`.
    fn kill_storage(i: u32) -> Weight {
        // Shortest run: 1_893_000 picoseconds.
        Weight::from_parts(0, 0)
            // Standard error: 0
            .saturating_add(Weight::from_parts(640_808, 0).saturating_mul(i.into()))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(i.into())))
    }
    /// Storage: `Skipped::Metadata` (r:0 w:0)
    /// Proof: `Skipped::Metadata` (`max_values`: None, `max_size`: None, mode: `Measured`)
    /// The range of component `p` is `[0, 1000]`.
    fn kill_prefix(p: u32) -> Weight {
        // Shortest run: 3_686_000 picoseconds.
        Weight::from_parts(0, 0)
            // Standard error: 0
            .saturating_add(Weight::from_parts(1_138_555, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(p.into())))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(p.into())))
    }
    /// Storage: `System::AuthorizedUpgrade` (r:0 w:1)
    /// Proof: `System::AuthorizedUpgrade` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
    fn authorize_upgrade() -> Weight {
        // Shortest run: 14_502_000 picoseconds.
        Weight::from_parts(20_590_000, 0).saturating_add(T::DbWeight::get().writes(1))
    }
    /// Storage: `System::AuthorizedUpgrade` (r:1 w:1)
    /// Proof: `System::AuthorizedUpgrade` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
    /// Storage: UNKNOWN KEY `0x3a636f6465` (r:0 w:1)
    /// Proof: UNKNOWN KEY `0x3a636f6465` (r:0 w:1)
    fn apply_authorized_upgrade() -> Weight {
        // Shortest run: 148_095_453_000 picoseconds.
        Weight::from_parts(177_405_026_000, 0)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(2))
    }
}
