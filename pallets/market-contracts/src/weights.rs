//! Weights of the functions that read.
//!
//! A runtime measures them: an extension is no pallet, so the benchmarks are the runtime's (`runtime/src/benchmarks/contracts.rs`). Functions that
//! change the market cost what the market's own calls do. [`Formulas`] are for tests and for a chain that has not measured yet: accesses
//! alone, counted for the worst case.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What the functions that read cost, without the bytes that are copied.
pub trait WeightInfo {
    /// `Clock`.
    fn clock() -> Weight;
    /// `Providers`, a page of `n`.
    fn providers(n: u32) -> Weight;
    /// `Provider`.
    fn provider() -> Weight;
    /// `Deal`.
    fn deal() -> Weight;
    /// `Slot`, of a live slot whose time is over.
    fn slot() -> Weight;
    /// `Standing`, of a deal with `n` such slots.
    fn standing(n: u32) -> Weight;
    /// `DealIdOf`.
    fn deal_id_of() -> Weight;
}

/// Accesses for one slot's status: itself, its provider, and the two periods where it starts and ends.
const READS_PER_SLOT: u64 = 4;

/// Accesses, counted by hand.
pub struct Formulas<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for Formulas<T> {
    fn clock() -> Weight {
        T::DbWeight::get().reads(1)
    }
    fn providers(n: u32) -> Weight {
        // One key more than the page has, to see the end.
        T::DbWeight::get().reads(u64::from(n).saturating_add(1))
    }
    fn provider() -> Weight {
        T::DbWeight::get().reads(2)
    }
    fn deal() -> Weight {
        T::DbWeight::get().reads(1)
    }
    fn slot() -> Weight {
        T::DbWeight::get().reads(READS_PER_SLOT)
    }
    fn standing(n: u32) -> Weight {
        // The deal and the key after its last slot, and each slot with the key that leads to it.
        let slot = T::DbWeight::get().reads(READS_PER_SLOT.saturating_add(1));
        T::DbWeight::get()
            .reads(2)
            .saturating_add(slot.saturating_mul(n.into()))
    }
    fn deal_id_of() -> Weight {
        Weight::zero()
    }
}

/// Measured weights, and the accesses that a benchmark does not count: the search for each key of an iteration, where it counts the key once
/// as found and read.
pub struct WorstCase<T, Measured>(PhantomData<(T, Measured)>);

impl<T: frame_system::Config, Measured: WeightInfo> WeightInfo for WorstCase<T, Measured> {
    fn clock() -> Weight {
        Measured::clock()
    }
    fn providers(n: u32) -> Weight {
        Measured::providers(n).saturating_add(T::DbWeight::get().reads(1))
    }
    fn provider() -> Weight {
        Measured::provider()
    }
    fn deal() -> Weight {
        Measured::deal()
    }
    fn slot() -> Weight {
        Measured::slot()
    }
    fn standing(n: u32) -> Weight {
        Measured::standing(n).saturating_add(T::DbWeight::get().reads(n.into()))
    }
    fn deal_id_of() -> Weight {
        Measured::deal_id_of()
    }
}
