//! Weights of `pallet_storage_market`. Written by `make weights`: frame-omni-bencher (template of benchmark CLI 64.0.0), 2026-11-21.
//!
//! 20 steps, 10 repeats, AMD EPYC.
//! Load of the machine when it began: 2.79 3.48 3.70.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Measured weights of `pallet_storage_market`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_storage_market::WeightInfo for WeightInfo<T> {
    /// Storage: `StorageMarket::Providers` (r:1 w:1)
    /// Proof: `StorageMarket::Providers` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Params` (r:1 w:0)
    /// Proof: `StorageMarket::Params` (`max_values`: Some(1), `max_size`: Some(105), added: 600, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Period` (r:1 w:0)
    /// Proof: `StorageMarket::Period` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::RingCounter` (r:1 w:1)
    /// Proof: `StorageMarket::RingCounter` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Ring` (r:1 w:1)
    /// Proof: `StorageMarket::Ring` (`max_values`: None, `max_size`: Some(1037), added: 3512, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:1 w:1)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::ProviderInfo` (r:0 w:1)
    /// Proof: `StorageMarket::ProviderInfo` (`max_values`: None, `max_size`: Some(669), added: 3144, mode: `MaxEncodedLen`)
    fn register() -> Weight {
        // Shortest run: 65_778_000 picoseconds.
        Weight::from_parts(72_036_000, 0)
            .saturating_add(T::DbWeight::get().reads(7))
            .saturating_add(T::DbWeight::get().writes(6))
    }
    /// Storage: `StorageMarket::Providers` (r:1 w:1)
    /// Proof: `StorageMarket::Providers` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::ProviderInfo` (r:0 w:1)
    /// Proof: `StorageMarket::ProviderInfo` (`max_values`: None, `max_size`: Some(669), added: 3144, mode: `MaxEncodedLen`)
    fn update_terms() -> Weight {
        // Shortest run: 15_333_000 picoseconds.
        Weight::from_parts(18_097_000, 0)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    /// Storage: `StorageMarket::Providers` (r:1 w:1)
    /// Proof: `StorageMarket::Providers` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:1 w:1)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    fn top_up() -> Weight {
        // Shortest run: 55_232_000 picoseconds.
        Weight::from_parts(58_827_000, 0)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    /// Storage: `StorageMarket::Providers` (r:1 w:1)
    /// Proof: `StorageMarket::Providers` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    fn announce_exit() -> Weight {
        // Shortest run: 10_956_000 picoseconds.
        Weight::from_parts(13_881_000, 0)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    /// Storage: `StorageMarket::Providers` (r:1 w:1)
    /// Proof: `StorageMarket::Providers` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Params` (r:1 w:0)
    /// Proof: `StorageMarket::Params` (`max_values`: Some(1), `max_size`: Some(105), added: 600, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Treasury` (r:1 w:1)
    /// Proof: `StorageMarket::Treasury` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    fn resume() -> Weight {
        // Shortest run: 13_290_000 picoseconds.
        Weight::from_parts(16_234_000, 0)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    /// Storage: `StorageMarket::Providers` (r:1 w:1)
    /// Proof: `StorageMarket::Providers` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Owed` (r:1 w:1)
    /// Proof: `StorageMarket::Owed` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Treasury` (r:1 w:1)
    /// Proof: `StorageMarket::Treasury` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Ring` (r:1 w:1)
    /// Proof: `StorageMarket::Ring` (`max_values`: None, `max_size`: Some(1037), added: 3512, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::ProviderInfo` (r:0 w:1)
    /// Proof: `StorageMarket::ProviderInfo` (`max_values`: None, `max_size`: Some(669), added: 3144, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Challenges` (r:0 w:1)
    /// Proof: `StorageMarket::Challenges` (`max_values`: None, `max_size`: Some(5322), added: 7797, mode: `MaxEncodedLen`)
    fn deregister() -> Weight {
        // Shortest run: 102_842_000 picoseconds.
        Weight::from_parts(109_312_000, 0)
            .saturating_add(T::DbWeight::get().reads(7))
            .saturating_add(T::DbWeight::get().writes(9))
    }
    /// Storage: `StorageMarket::Params` (r:1 w:0)
    /// Proof: `StorageMarket::Params` (`max_values`: Some(1), `max_size`: Some(105), added: 600, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Deals` (r:1 w:1)
    /// Proof: `StorageMarket::Deals` (`max_values`: None, `max_size`: Some(672), added: 3147, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Period` (r:1 w:0)
    /// Proof: `StorageMarket::Period` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Providers` (r:32 w:32)
    /// Proof: `StorageMarket::Providers` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Owed` (r:1 w:1)
    /// Proof: `StorageMarket::Owed` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Holdings` (r:128 w:128)
    /// Proof: `StorageMarket::Holdings` (`max_values`: None, `max_size`: Some(581), added: 3056, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::PeriodLedger` (r:64 w:64)
    /// Proof: `StorageMarket::PeriodLedger` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Slots` (r:0 w:32)
    /// Proof: `StorageMarket::Slots` (`max_values`: None, `max_size`: Some(159), added: 2634, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::SlotAt` (r:0 w:32)
    /// Proof: `StorageMarket::SlotAt` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::DealsByOwner` (r:0 w:1)
    /// Proof: `StorageMarket::DealsByOwner` (`max_values`: None, `max_size`: Some(96), added: 2571, mode: `MaxEncodedLen`)
    /// The range of component `n` is `[1, 32]`.
    fn open_deal(n: u32) -> Weight {
        // Shortest run: 229_029_000 picoseconds.
        Weight::from_parts(185_381_666, 0)
            // Standard error: 0
            .saturating_add(Weight::from_parts(102_063_666, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(8))
            .saturating_add(T::DbWeight::get().reads((7_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(6))
            .saturating_add(T::DbWeight::get().writes((9_u64).saturating_mul(n.into())))
    }
    /// Storage: `StorageMarket::Challenges` (r:1 w:0)
    /// Proof: `StorageMarket::Challenges` (`max_values`: None, `max_size`: Some(5322), added: 7797, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Providers` (r:1 w:0)
    /// Proof: `StorageMarket::Providers` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Period` (r:1 w:0)
    /// Proof: `StorageMarket::Period` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// The range of component `p` is `[1, 64]`.
    fn authorize_prove(p: u32) -> Weight {
        // Shortest run: 58_066_000 picoseconds.
        Weight::from_parts(52_483_045, 0)
            // Standard error: 0
            .saturating_add(Weight::from_parts(8_596_136, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(4))
    }
    /// Storage: `StorageMarket::Challenges` (r:1 w:1)
    /// Proof: `StorageMarket::Challenges` (`max_values`: None, `max_size`: Some(5322), added: 7797, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Params` (r:1 w:0)
    /// Proof: `StorageMarket::Params` (`max_values`: Some(1), `max_size`: Some(105), added: 600, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Slots` (r:64 w:64)
    /// Proof: `StorageMarket::Slots` (`max_values`: None, `max_size`: Some(159), added: 2634, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Providers` (r:1 w:1)
    /// Proof: `StorageMarket::Providers` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::PeriodLedger` (r:2 w:2)
    /// Proof: `StorageMarket::PeriodLedger` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Holdings` (r:4 w:4)
    /// Proof: `StorageMarket::Holdings` (`max_values`: None, `max_size`: Some(581), added: 3056, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::SlotAt` (r:34 w:64)
    /// Proof: `StorageMarket::SlotAt` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Deals` (r:64 w:64)
    /// Proof: `StorageMarket::Deals` (`max_values`: None, `max_size`: Some(672), added: 3147, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Owed` (r:1 w:1)
    /// Proof: `StorageMarket::Owed` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Treasury` (r:1 w:1)
    /// Proof: `StorageMarket::Treasury` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Repairs` (r:0 w:64)
    /// Proof: `StorageMarket::Repairs` (`max_values`: None, `max_size`: Some(127), added: 2602, mode: `MaxEncodedLen`)
    /// The range of component `c` is `[0, 64]`.
    fn prove(c: u32) -> Weight {
        // Shortest run: 103_573_000 picoseconds.
        Weight::from_parts(334_505_769, 0)
            // Standard error: 0
            .saturating_add(Weight::from_parts(191_541_307, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(37))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().writes(42))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(c.into())))
    }
    /// Storage: `StorageMarket::Deals` (r:1 w:1)
    /// Proof: `StorageMarket::Deals` (`max_values`: None, `max_size`: Some(672), added: 3147, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Slots` (r:2 w:2)
    /// Proof: `StorageMarket::Slots` (`max_values`: None, `max_size`: Some(159), added: 2634, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Params` (r:1 w:0)
    /// Proof: `StorageMarket::Params` (`max_values`: Some(1), `max_size`: Some(105), added: 600, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Period` (r:1 w:0)
    /// Proof: `StorageMarket::Period` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Providers` (r:1 w:1)
    /// Proof: `StorageMarket::Providers` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::PeriodLedger` (r:2 w:2)
    /// Proof: `StorageMarket::PeriodLedger` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Holdings` (r:4 w:4)
    /// Proof: `StorageMarket::Holdings` (`max_values`: None, `max_size`: Some(581), added: 3056, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::SlotAt` (r:1 w:2)
    /// Proof: `StorageMarket::SlotAt` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:3 w:3)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Owed` (r:1 w:1)
    /// Proof: `StorageMarket::Owed` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::DealsByOwner` (r:0 w:1)
    /// Proof: `StorageMarket::DealsByOwner` (`max_values`: None, `max_size`: Some(96), added: 2571, mode: `MaxEncodedLen`)
    fn close_slot() -> Weight {
        // Shortest run: 316_819_000 picoseconds.
        Weight::from_parts(329_638_000, 0)
            .saturating_add(T::DbWeight::get().reads(18))
            .saturating_add(T::DbWeight::get().writes(18))
    }
    /// Storage: `StorageMarket::Deals` (r:1 w:1)
    /// Proof: `StorageMarket::Deals` (`max_values`: None, `max_size`: Some(672), added: 3147, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Slots` (r:65 w:64)
    /// Proof: `StorageMarket::Slots` (`max_values`: None, `max_size`: Some(159), added: 2634, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Params` (r:1 w:0)
    /// Proof: `StorageMarket::Params` (`max_values`: Some(1), `max_size`: Some(105), added: 600, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Period` (r:1 w:0)
    /// Proof: `StorageMarket::Period` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Providers` (r:32 w:32)
    /// Proof: `StorageMarket::Providers` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::PeriodLedger` (r:64 w:64)
    /// Proof: `StorageMarket::PeriodLedger` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Holdings` (r:128 w:128)
    /// Proof: `StorageMarket::Holdings` (`max_values`: None, `max_size`: Some(581), added: 3056, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::SlotAt` (r:32 w:64)
    /// Proof: `StorageMarket::SlotAt` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:3 w:3)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Owed` (r:1 w:1)
    /// Proof: `StorageMarket::Owed` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::DealsByOwner` (r:0 w:1)
    /// Proof: `StorageMarket::DealsByOwner` (`max_values`: None, `max_size`: Some(96), added: 2571, mode: `MaxEncodedLen`)
    /// The range of component `n` is `[1, 32]`.
    fn close_deal(n: u32) -> Weight {
        // Shortest run: 351_321_000 picoseconds.
        Weight::from_parts(144_469_600, 0)
            // Standard error: 0
            .saturating_add(Weight::from_parts(219_108_400, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(9))
            .saturating_add(T::DbWeight::get().reads((10_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(7))
            .saturating_add(T::DbWeight::get().writes((11_u64).saturating_mul(n.into())))
    }
    /// Storage: `StorageMarket::Deals` (r:1 w:1)
    /// Proof: `StorageMarket::Deals` (`max_values`: None, `max_size`: Some(672), added: 3147, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Params` (r:1 w:0)
    /// Proof: `StorageMarket::Params` (`max_values`: Some(1), `max_size`: Some(105), added: 600, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Period` (r:1 w:0)
    /// Proof: `StorageMarket::Period` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Slots` (r:33 w:32)
    /// Proof: `StorageMarket::Slots` (`max_values`: None, `max_size`: Some(159), added: 2634, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::PeriodLedger` (r:64 w:64)
    /// Proof: `StorageMarket::PeriodLedger` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Owed` (r:1 w:1)
    /// Proof: `StorageMarket::Owed` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// The range of component `n` is `[1, 32]`.
    fn terminate_deal(n: u32) -> Weight {
        // Shortest run: 95_952_000 picoseconds.
        Weight::from_parts(96_898_750, 0)
            // Standard error: 0
            .saturating_add(Weight::from_parts(17_060_250, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(7))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(4))
            .saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(n.into())))
    }
    /// Storage: `StorageMarket::Deals` (r:1 w:1)
    /// Proof: `StorageMarket::Deals` (`max_values`: None, `max_size`: Some(672), added: 3147, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Period` (r:1 w:0)
    /// Proof: `StorageMarket::Period` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Params` (r:1 w:0)
    /// Proof: `StorageMarket::Params` (`max_values`: Some(1), `max_size`: Some(105), added: 600, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Slots` (r:33 w:32)
    /// Proof: `StorageMarket::Slots` (`max_values`: None, `max_size`: Some(159), added: 2634, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Providers` (r:32 w:0)
    /// Proof: `StorageMarket::Providers` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    /// Storage: `System::BlockHash` (r:1 w:0)
    /// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Owed` (r:1 w:1)
    /// Proof: `StorageMarket::Owed` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::PeriodLedger` (r:64 w:64)
    /// Proof: `StorageMarket::PeriodLedger` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// The range of component `n` is `[1, 32]`.
    fn extend_deal(n: u32) -> Weight {
        // Shortest run: 437_027_000 picoseconds.
        Weight::from_parts(405_447_571, 0)
            // Standard error: 0
            .saturating_add(Weight::from_parts(61_289_285, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(40))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(36))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(n.into())))
    }
    /// Storage: `StorageMarket::Providers` (r:1 w:1)
    /// Proof: `StorageMarket::Providers` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Owed` (r:1 w:1)
    /// Proof: `StorageMarket::Owed` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    fn claim() -> Weight {
        // Shortest run: 57_856_000 picoseconds.
        Weight::from_parts(61_601_000, 0)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    /// Storage: `StorageMarket::Slots` (r:2 w:2)
    /// Proof: `StorageMarket::Slots` (`max_values`: None, `max_size`: Some(159), added: 2634, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Challenges` (r:1 w:1)
    /// Proof: `StorageMarket::Challenges` (`max_values`: None, `max_size`: Some(5322), added: 7797, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Params` (r:1 w:0)
    /// Proof: `StorageMarket::Params` (`max_values`: Some(1), `max_size`: Some(105), added: 600, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Providers` (r:1 w:1)
    /// Proof: `StorageMarket::Providers` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::PeriodLedger` (r:2 w:2)
    /// Proof: `StorageMarket::PeriodLedger` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Holdings` (r:4 w:4)
    /// Proof: `StorageMarket::Holdings` (`max_values`: None, `max_size`: Some(581), added: 3056, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::SlotAt` (r:1 w:2)
    /// Proof: `StorageMarket::SlotAt` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Deals` (r:1 w:1)
    /// Proof: `StorageMarket::Deals` (`max_values`: None, `max_size`: Some(672), added: 3147, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Owed` (r:1 w:1)
    /// Proof: `StorageMarket::Owed` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Treasury` (r:1 w:1)
    /// Proof: `StorageMarket::Treasury` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Repairs` (r:0 w:1)
    /// Proof: `StorageMarket::Repairs` (`max_values`: None, `max_size`: Some(127), added: 2602, mode: `MaxEncodedLen`)
    fn declare_lost() -> Weight {
        // Shortest run: 250_420_000 picoseconds.
        Weight::from_parts(267_596_000, 0)
            .saturating_add(T::DbWeight::get().reads(18))
            .saturating_add(T::DbWeight::get().writes(19))
    }
    /// Storage: `StorageMarket::Params` (r:1 w:1)
    /// Proof: `StorageMarket::Params` (`max_values`: Some(1), `max_size`: Some(105), added: 600, mode: `MaxEncodedLen`)
    fn set_params() -> Weight {
        // Shortest run: 7_421_000 picoseconds.
        Weight::from_parts(7_992_000, 0)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    /// Storage: `StorageMarket::Treasury` (r:1 w:1)
    /// Proof: `StorageMarket::Treasury` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Owed` (r:1 w:1)
    /// Proof: `StorageMarket::Owed` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    fn collect_treasury() -> Weight {
        // Shortest run: 44_636_000 picoseconds.
        Weight::from_parts(46_329_000, 0)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    /// Storage: `StorageMarket::Providers` (r:1 w:1)
    /// Proof: `StorageMarket::Providers` (`max_values`: None, `max_size`: Some(205), added: 2680, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Challenges` (r:1 w:1)
    /// Proof: `StorageMarket::Challenges` (`max_values`: None, `max_size`: Some(5322), added: 7797, mode: `MaxEncodedLen`)
    /// Storage: `Balances::Holds` (r:1 w:1)
    /// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(247), added: 2722, mode: `MaxEncodedLen`)
    /// Storage: `System::Account` (r:2 w:2)
    /// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Owed` (r:1 w:1)
    /// Proof: `StorageMarket::Owed` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Treasury` (r:1 w:1)
    /// Proof: `StorageMarket::Treasury` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::PeriodLedger` (r:1 w:0)
    /// Proof: `StorageMarket::PeriodLedger` (`max_values`: None, `max_size`: Some(101), added: 2576, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Holdings` (r:4 w:0)
    /// Proof: `StorageMarket::Holdings` (`max_values`: None, `max_size`: Some(581), added: 3056, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::SlotAt` (r:25 w:0)
    /// Proof: `StorageMarket::SlotAt` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    /// Storage: `StorageMarket::Slots` (r:46 w:0)
    /// Proof: `StorageMarket::Slots` (`max_values`: None, `max_size`: Some(159), added: 2634, mode: `MaxEncodedLen`)
    /// The range of component `k` is `[2, 32]`.
    fn visit(k: u32) -> Weight {
        // Shortest run: 155_541_000 picoseconds.
        Weight::from_parts(128_377_695, 0)
            // Standard error: 0
            .saturating_add(Weight::from_parts(22_077_913, 0).saturating_mul(k.into()))
            .saturating_add(T::DbWeight::get().reads(16))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(k.into())))
            .saturating_add(T::DbWeight::get().writes(7))
    }
}
