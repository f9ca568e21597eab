//! Slot and epoch length: written once, at genesis.
//!
//! They live in storage, so that presets of one and the same WASM can run at different speeds (a development chain makes a block a second). They
//! must never change afterwards: BABE derives the slot number from the time and the slot length, so another length would
//! move all slots, and the epochs that are already announced depend on the epoch's length. This pallet has no call and no hook;
//! only a migration could change its values.

#![warn(missing_docs)]

pub use pallet::*;

/// Slot length of a chain whose genesis names none.
pub const DEFAULT_SLOT_MILLIS: u64 = 3_000;
/// Epoch length of a chain whose genesis names none: an hour of default slots.
pub const DEFAULT_EPOCH_BLOCKS: u64 = 1_200;

/// The pallet's parts, as FRAME wants them.
#[frame_support::pallet]
pub mod pallet {
    use super::{DEFAULT_EPOCH_BLOCKS, DEFAULT_SLOT_MILLIS};
    use frame_support::{pallet_prelude::*, traits::ConstU64};

    /// Slot and epoch length.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// Nothing to set: all values come from genesis.
    #[pallet::config]
    pub trait Config: frame_system::Config {}

    /// Length of a slot in milliseconds.
    #[pallet::storage]
    pub type SlotMillis<T> = StorageValue<_, u64, ValueQuery, ConstU64<DEFAULT_SLOT_MILLIS>>;

    /// Length of an epoch in slots.
    #[pallet::storage]
    pub type EpochBlocks<T> = StorageValue<_, u64, ValueQuery, ConstU64<DEFAULT_EPOCH_BLOCKS>>;

    /// What a preset may choose.
    #[pallet::genesis_config]
    pub struct GenesisConfig<T: Config> {
        /// Length of a slot in milliseconds: even, at least 200.
        pub slot_millis: u64,
        /// Length of an epoch in slots: at least 2.
        pub epoch_blocks: u64,
        #[serde(skip)]
        #[doc(hidden)]
        pub _config: core::marker::PhantomData<T>,
    }

    impl<T: Config> Default for GenesisConfig<T> {
        fn default() -> Self {
            Self {
                slot_millis: DEFAULT_SLOT_MILLIS,
                epoch_blocks: DEFAULT_EPOCH_BLOCKS,
                _config: Default::default(),
            }
        }
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            assert!(
                self.slot_millis >= 200 && self.slot_millis.is_multiple_of(2),
                "timing.slotMillis is {}: it must be even and at least 200",
                self.slot_millis
            );
            assert!(
                self.epoch_blocks >= 2,
                "timing.epochBlocks is {}: it must be at least 2",
                self.epoch_blocks
            );
            SlotMillis::<T>::put(self.slot_millis);
            EpochBlocks::<T>::put(self.epoch_blocks);
        }
    }
}

/// Getter of the slot length, which is also the expected time between two blocks.
pub struct SlotDuration<T>(core::marker::PhantomData<T>);

impl<T: Config> frame_support::traits::Get<u64> for SlotDuration<T> {
    fn get() -> u64 {
        SlotMillis::<T>::get()
    }
}

/// Getter of the least time between two blocks: half a slot, since BABE's slot is twice `pallet_timestamp`'s minimum period.
pub struct MinimumPeriod<T>(core::marker::PhantomData<T>);

impl<T: Config> frame_support::traits::Get<u64> for MinimumPeriod<T> {
    fn get() -> u64 {
        SlotMillis::<T>::get() / 2
    }
}

/// Getter of the epoch length in slots.
pub struct EpochDuration<T>(core::marker::PhantomData<T>);

impl<T: Config> frame_support::traits::Get<u64> for EpochDuration<T> {
    fn get() -> u64 {
        EpochBlocks::<T>::get()
    }
}
