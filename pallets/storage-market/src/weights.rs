//! Weights of the calls and of a visit.
//!
//! A runtime measures them with `benchmarking.rs`. [`Formulas`] are for tests and for a chain that has not measured yet: storage accesses
//! counted for the worst case, at the costs that the runtime gives for its database, plus rounded-up times for hashing and signatures
//! (sr25519 verification 60 us, one level of a BLAKE3 path 1 us and a piece 5 us in compiled WASM).

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{Weight, constants::WEIGHT_REF_TIME_PER_MICROS},
};

/// What the pallet's calls and hook cost.
pub trait WeightInfo {
    /// `register`.
    fn register() -> Weight;
    /// `update_terms`.
    fn update_terms() -> Weight;
    /// `top_up`.
    fn top_up() -> Weight;
    /// `announce_exit`.
    fn announce_exit() -> Weight;
    /// `resume`.
    fn resume() -> Weight;
    /// `deregister`.
    fn deregister() -> Weight;
    /// `open_deal` with `n` slots.
    fn open_deal(n: u32) -> Weight;
    /// Checking a proof of `pieces` pieces.
    fn authorize_prove(pieces: u32) -> Weight;
    /// Booking a proof that concedes `conceded` slots.
    fn prove(conceded: u32) -> Weight;
    /// `close_slot`, when it is the last of its deal.
    fn close_slot() -> Weight;
    /// `close_deal` with `n` slots.
    fn close_deal(n: u32) -> Weight;
    /// `terminate_deal` with `n` slots.
    fn terminate_deal(n: u32) -> Weight;
    /// `extend_deal` with `n` slots, the others of the largest deal being lost.
    fn extend_deal(n: u32) -> Weight;
    /// `claim`.
    fn claim() -> Weight;
    /// `declare_lost`.
    fn declare_lost() -> Weight;
    /// `set_params` and `set_parameter`.
    fn set_params() -> Weight;
    /// Moving the treasury's share out of the pool.
    fn collect_treasury() -> Weight;
    /// A visit that settles a miss and a fault, and draws `pieces` pieces with as many carried.
    fn visit(pieces: u32) -> Weight;
}

/// Length of an argument as a weight component.
pub(crate) fn count<Item, Bound>(items: &frame_support::BoundedVec<Item, Bound>) -> u32 {
    u32::try_from(items.len()).unwrap_or(u32::MAX)
}

/// Formulas over the runtime's database weights.
pub struct Formulas<T>(PhantomData<T>);

impl<T: frame_system::Config> Formulas<T> {
    fn access(reads: u64, writes: u64, micros: u64) -> Weight {
        T::DbWeight::get()
            .reads_writes(reads, writes)
            .saturating_add(Weight::from_parts(micros.saturating_mul(WEIGHT_REF_TIME_PER_MICROS), 0))
    }

    /// Entering or leaving the books: slot, provider, two periods, four nodes of the tree twice (a move), places, deal.
    fn slot() -> Weight {
        Self::access(16, 15, 20)
    }
}

impl<T: frame_system::Config> WeightInfo for Formulas<T> {
    fn register() -> Weight {
        Self::access(22, 6, 40)
    }
    fn update_terms() -> Weight {
        Self::access(1, 2, 20)
    }
    fn top_up() -> Weight {
        Self::access(3, 3, 30)
    }
    fn announce_exit() -> Weight {
        Self::access(1, 1, 20)
    }
    fn resume() -> Weight {
        Self::access(3, 2, 20)
    }
    fn deregister() -> Weight {
        Self::access(8, 9, 60)
    }
    fn open_deal(n: u32) -> Weight {
        // A signature and a rate check, then the entry, for each slot.
        let slot = Self::slot().saturating_add(Self::access(1, 0, 70));
        Self::access(10, 8, 100).saturating_add(slot.saturating_mul(n.into()))
    }
    fn authorize_prove(pieces: u32) -> Weight {
        Self::access(3, 0, 70).saturating_add(Self::access(0, 0, 30).saturating_mul(pieces.into()))
    }
    fn prove(conceded: u32) -> Weight {
        let lost = Self::slot().saturating_add(Self::access(5, 6, 60));
        Self::access(4, 3, 20).saturating_add(lost.saturating_mul(conceded.into()))
    }
    fn close_slot() -> Weight {
        Self::slot().saturating_add(Self::access(12, 12, 80))
    }
    fn close_deal(n: u32) -> Weight {
        Self::access(1, 0, 20).saturating_add(Self::close_slot().saturating_mul(n.into()))
    }
    fn terminate_deal(n: u32) -> Weight {
        Self::access(8, 6, 40).saturating_add(Self::access(3, 3, 10).saturating_mul(n.into()))
    }
    fn extend_deal(n: u32) -> Weight {
        // Every slot of the deal is read, and the lost ones are written; a signature for each that is extended.
        let others = Self::access(1, 1, 5).saturating_mul(blocs_primitives::MAX_SLOTS.into());
        let slot = Self::access(4, 3, 80);
        Self::access(10, 5, 60)
            .saturating_add(others)
            .saturating_add(slot.saturating_mul(n.into()))
    }
    fn claim() -> Weight {
        Self::access(4, 4, 40)
    }
    fn declare_lost() -> Weight {
        Self::slot().saturating_add(Self::access(7, 8, 60))
    }
    fn set_params() -> Weight {
        Self::access(1, 1, 10)
    }
    fn collect_treasury() -> Weight {
        Self::access(4, 4, 40)
    }
    fn visit(pieces: u32) -> Weight {
        // A drawn piece reads four nodes, a place and a slot, or a place and twice a slot; a carried one its slot.
        let drawn = Self::access(7, 0, 10);
        // Provider, challenge, two periods; two slashes with hold, two accounts, pool, total and treasury.
        Self::access(14, 12, 80).saturating_add(drawn.saturating_mul(pieces.into()))
    }
}

/// Measured weights, and the accesses that a benchmark's small chain does not show.
///
/// There, a provider's few slots share their nodes of the sum tree, and the first place that is tried on the ring is free. Counted on top
/// is what a large provider adds: three nodes below the root for each slot that is drawn or leaves the books, three more for the last slot,
/// which moves into its place, and that slot's own records.
pub struct WorstCase<T, Measured>(PhantomData<(T, Measured)>);

impl<T: frame_system::Config, Measured> WorstCase<T, Measured> {
    /// Places on the ring that may be tried in vain.
    fn crowded_ring() -> Weight {
        T::DbWeight::get().reads(15)
    }

    /// The last slot's nodes; its records are measured.
    fn moved_slot() -> Weight {
        T::DbWeight::get().reads_writes(3, 3)
    }

    /// Both paths through the tree, and the moved slot's records.
    fn conceded_slot() -> Weight {
        T::DbWeight::get().reads_writes(8, 8)
    }

    /// Nodes, place and slot.
    fn drawn_piece() -> Weight {
        T::DbWeight::get().reads(5)
    }

    /// The accounts of a second slash, and the second period of a provider that was not visited in time.
    fn late_visit() -> Weight {
        T::DbWeight::get().reads_writes(5, 5)
    }
}

impl<T: frame_system::Config, Measured: WeightInfo> WeightInfo for WorstCase<T, Measured> {
    fn register() -> Weight {
        Measured::register().saturating_add(Self::crowded_ring())
    }
    fn update_terms() -> Weight {
        Measured::update_terms()
    }
    fn top_up() -> Weight {
        Measured::top_up()
    }
    fn announce_exit() -> Weight {
        Measured::announce_exit()
    }
    fn resume() -> Weight {
        Measured::resume()
    }
    fn deregister() -> Weight {
        Measured::deregister()
    }
    fn open_deal(n: u32) -> Weight {
        Measured::open_deal(n)
    }
    fn authorize_prove(pieces: u32) -> Weight {
        Measured::authorize_prove(pieces)
    }
    fn prove(conceded: u32) -> Weight {
        Measured::prove(conceded).saturating_add(Self::conceded_slot().saturating_mul(conceded.into()))
    }
    fn close_slot() -> Weight {
        Measured::close_slot().saturating_add(Self::moved_slot())
    }
    fn close_deal(n: u32) -> Weight {
        Measured::close_deal(n).saturating_add(Self::moved_slot().saturating_mul(n.into()))
    }
    fn terminate_deal(n: u32) -> Weight {
        Measured::terminate_deal(n)
    }
    fn extend_deal(n: u32) -> Weight {
        Measured::extend_deal(n)
    }
    fn claim() -> Weight {
        Measured::claim()
    }
    fn declare_lost() -> Weight {
        Measured::declare_lost().saturating_add(Self::moved_slot())
    }
    fn set_params() -> Weight {
        Measured::set_params()
    }
    fn collect_treasury() -> Weight {
        Measured::collect_treasury()
    }
    fn visit(pieces: u32) -> Weight {
        Measured::visit(pieces)
            .saturating_add(Self::late_visit())
            .saturating_add(Self::drawn_piece().saturating_mul(pieces.into()))
    }
}
