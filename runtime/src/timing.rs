//! Length of slots, epochs, eras, of bonding, and of votes: written once, at genesis.
//!
//! They live in storage, so that presets of one and the same WASM can run at different speeds (a development chain makes a block a second). They
//! must never change afterwards: BABE derives the slot number from the time and the slot length, so another length would
//! move all slots, and the epochs that are already announced depend on the epoch's length. Eras that are already planned, and tokens
//! that are already on their way out, count in sessions and eras. This pallet has no call and no hook;
//! only a migration could change its values.

#![warn(missing_docs)]

pub use pallet::*;

/// Slot length of a chain whose genesis names none.
pub const DEFAULT_SLOT_MILLIS: u64 = 3_000;
/// Epoch length of a chain whose genesis names none: an hour of default slots.
pub const DEFAULT_EPOCH_BLOCKS: u64 = 1_200;
/// Sessions, which are epochs, in an era of a chain whose genesis names none: a day of default epochs.
pub const DEFAULT_SESSIONS_PER_ERA: u32 = 24;
/// Eras that tokens stay bonded after `unbond`, on a chain whose genesis names none.
pub const DEFAULT_BONDING_ERAS: u32 = 28;
/// Eras between an offence and its slash on a chain whose genesis names none.
pub const DEFAULT_SLASH_DEFER_ERAS: u32 = 27;

/// Longest bonding: nomination pools keep a share of each era until it is over.
pub const MAX_BONDING_ERAS: u32 = 28;
/// Longest era: the roots of its sessions are kept for as long as tokens are bonded.
pub const MAX_SESSIONS_PER_ERA: u32 = 168;

/// The pallet's parts, as FRAME wants them.
#[frame_support::pallet]
pub mod pallet {
    use super::{
        DEFAULT_BONDING_ERAS, DEFAULT_EPOCH_BLOCKS, DEFAULT_SESSIONS_PER_ERA, DEFAULT_SLASH_DEFER_ERAS,
        DEFAULT_SLOT_MILLIS, MAX_BONDING_ERAS, MAX_SESSIONS_PER_ERA,
    };
    use frame_support::{
        pallet_prelude::*,
        traits::{ConstU32, ConstU64},
    };

    /// Length of slots, epochs, eras and of bonding.
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

    /// Sessions in an era.
    #[pallet::storage]
    pub type EraSessions<T> = StorageValue<_, u32, ValueQuery, ConstU32<DEFAULT_SESSIONS_PER_ERA>>;

    /// Eras that tokens stay bonded after `unbond`.
    #[pallet::storage]
    pub type BondingEras<T> = StorageValue<_, u32, ValueQuery, ConstU32<DEFAULT_BONDING_ERAS>>;

    /// Eras between an offence and its slash.
    #[pallet::storage]
    pub type SlashDeferEras<T> = StorageValue<_, u32, ValueQuery, ConstU32<DEFAULT_SLASH_DEFER_ERAS>>;

    /// Whether governance runs in blocks instead of days: for development chains.
    #[pallet::storage]
    pub type FastGovernance<T> = StorageValue<_, bool, ValueQuery>;

    /// What a preset may choose.
    #[pallet::genesis_config]
    pub struct GenesisConfig<T: Config> {
        /// Length of a slot in milliseconds: even, at least 200.
        pub slot_millis: u64,
        /// Length of an epoch in slots: at least 2.
        pub epoch_blocks: u64,
        /// Sessions in an era: 1 to 168.
        pub sessions_per_era: u32,
        /// Eras that tokens stay bonded after `unbond`: 1 to 28.
        pub bonding_eras: u32,
        /// Eras between an offence and its slash: fewer than `bonding_eras`, so that nobody leaves in between.
        pub slash_defer_eras: u32,
        /// Whether governance runs in blocks instead of days: for development chains.
        pub fast_governance: bool,
        #[serde(skip)]
        #[doc(hidden)]
        pub _config: core::marker::PhantomData<T>,
    }

    impl<T: Config> Default for GenesisConfig<T> {
        fn default() -> Self {
            Self {
                slot_millis: DEFAULT_SLOT_MILLIS,
                epoch_blocks: DEFAULT_EPOCH_BLOCKS,
                sessions_per_era: DEFAULT_SESSIONS_PER_ERA,
                bonding_eras: DEFAULT_BONDING_ERAS,
                slash_defer_eras: DEFAULT_SLASH_DEFER_ERAS,
                fast_governance: false,
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
            assert!(
                (1..=MAX_SESSIONS_PER_ERA).contains(&self.sessions_per_era),
                "timing.sessionsPerEra is {}: it must be 1 to {MAX_SESSIONS_PER_ERA}",
                self.sessions_per_era
            );
            assert!(
                (1..=MAX_BONDING_ERAS).contains(&self.bonding_eras),
                "timing.bondingEras is {}: it must be 1 to {MAX_BONDING_ERAS}",
                self.bonding_eras
            );
            assert!(
                self.slash_defer_eras < self.bonding_eras,
                "timing.slashDeferEras is {}: it must be less than timing.bondingEras, which is {}",
                self.slash_defer_eras,
                self.bonding_eras
            );
            SlotMillis::<T>::put(self.slot_millis);
            EpochBlocks::<T>::put(self.epoch_blocks);
            EraSessions::<T>::put(self.sessions_per_era);
            BondingEras::<T>::put(self.bonding_eras);
            SlashDeferEras::<T>::put(self.slash_defer_eras);
            FastGovernance::<T>::put(self.fast_governance);
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

/// Getter of the number of sessions in an era.
pub struct SessionsPerEra<T>(core::marker::PhantomData<T>);

impl<T: Config> frame_support::traits::Get<u32> for SessionsPerEra<T> {
    fn get() -> u32 {
        EraSessions::<T>::get()
    }
}

/// Getter of the eras that tokens stay bonded after `unbond`.
pub struct BondingDuration<T>(core::marker::PhantomData<T>);

impl<T: Config> frame_support::traits::Get<u32> for BondingDuration<T> {
    fn get() -> u32 {
        BondingEras::<T>::get()
    }
}

/// Getter of the eras between an offence and its slash.
pub struct SlashDeferDuration<T>(core::marker::PhantomData<T>);

impl<T: Config> frame_support::traits::Get<u32> for SlashDeferDuration<T> {
    fn get() -> u32 {
        SlashDeferEras::<T>::get()
    }
}

/// Getter of the planned length of an era in milliseconds.
pub struct EraMillis<T>(core::marker::PhantomData<T>);

impl<T: Config> frame_support::traits::Get<u64> for EraMillis<T> {
    fn get() -> u64 {
        SlotMillis::<T>::get()
            .saturating_mul(EpochBlocks::<T>::get())
            .saturating_mul(EraSessions::<T>::get().into())
    }
}

/// Getter of the sessions for which an offence can still cost stake.
pub struct BondingSessions<T>(core::marker::PhantomData<T>);

impl<T: Config> frame_support::traits::Get<u64> for BondingSessions<T> {
    fn get() -> u64 {
        u64::from(BondingEras::<T>::get()).saturating_mul(EraSessions::<T>::get().into())
    }
}

/// Getter of the blocks for which a report of an equivocation stays valid in the pool.
pub struct ReportLongevity<T>(core::marker::PhantomData<T>);

impl<T: Config> frame_support::traits::Get<u64> for ReportLongevity<T> {
    fn get() -> u64 {
        <BondingSessions<T> as frame_support::traits::Get<u64>>::get().saturating_mul(EpochBlocks::<T>::get())
    }
}
