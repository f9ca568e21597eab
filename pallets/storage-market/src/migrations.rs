//! Steps from one layout of the state to the next.
//!
//! A step is an [`UncheckedOnRuntimeUpgrade`] that rewrites the stored records, wrapped into a [`VersionedMigration`], which runs it once:
//! when the state's version is the one that it starts from. The runtime names the steps in `SingleBlockMigrations`; they run before the
//! first block of the new runtime. All of a step runs in that block: what it rewrites must be bounded. Providers are, by the seats on the
//! ring; deals and slots are not, and need a migration over many blocks.
//!
//! There has been no step yet. This one belongs to the feature `rehearsal`, with which the test of an upgrade by referendum builds the
//! next version of the runtime. The first real one takes its place, and keeps its shape.

use crate::{Config, Pallet, Providers, types::Provider};
use core::marker::PhantomData;
use frame_support::{
    migrations::VersionedMigration,
    traits::{Get, UncheckedOnRuntimeUpgrade},
    weights::Weight,
};
#[cfg(feature = "try-runtime")]
use {
    alloc::{collections::BTreeMap, vec::Vec},
    blocs_primitives::AccountId,
    codec::{Decode, Encode},
    frame_support::ensure,
    sp_runtime::TryRuntimeError,
};

/// From version 1 to version 2: providers get [`Provider::joined`].
pub type FromVersion1<T> =
    VersionedMigration<1, 2, NoteWhenProvidersJoined<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// Writes the block of the upgrade into the record of every provider.
pub struct NoteWhenProvidersJoined<T>(PhantomData<T>);

impl<T: Config> UncheckedOnRuntimeUpgrade for NoteWhenProvidersJoined<T> {
    fn on_runtime_upgrade() -> Weight {
        let now = Pallet::<T>::now();
        let mut rewritten: u64 = 0;
        Providers::<T>::translate_values(|old: version_1::Provider| {
            rewritten = rewritten.saturating_add(1);
            Some(old.joined(now))
        });
        T::DbWeight::get().reads_writes(rewritten.saturating_add(1), rewritten)
    }

    #[cfg(feature = "try-runtime")]
    fn pre_upgrade() -> Result<Vec<u8>, TryRuntimeError> {
        let providers: BTreeMap<_, _> = version_1::Providers::<T>::iter().collect();
        ensure!(
            providers.len() == version_1::Providers::<T>::iter_keys().count(),
            "a provider's record is not of version 1"
        );
        Ok(providers.encode())
    }

    #[cfg(feature = "try-runtime")]
    fn post_upgrade(before: Vec<u8>) -> Result<(), TryRuntimeError> {
        let before: BTreeMap<AccountId, version_1::Provider> =
            Decode::decode(&mut before.as_slice()).map_err(|_| "the notes of before the upgrade are unreadable")?;
        let now = Pallet::<T>::now();
        let expected: BTreeMap<_, _> = before.into_iter().map(|(who, old)| (who, old.joined(now))).collect();
        let providers: BTreeMap<_, _> = Providers::<T>::iter().collect();
        ensure!(
            providers == expected,
            "a provider is not what it was, with its block added"
        );
        Ok(())
    }
}

/// Records as version 1 had them.
mod version_1 {
    use crate::types::ProviderStatus;
    use blocs_primitives::{Balance, BlockNumber, Period};
    use sp_core::sr25519;

    #[cfg(feature = "try-runtime")]
    #[frame_support::storage_alias]
    pub(super) type Providers<T: crate::Config> =
        StorageMap<crate::Pallet<T>, frame_support::Blake2_128Concat, blocs_primitives::AccountId, Provider>;

    #[derive(codec::Encode, codec::Decode)]
    pub(super) struct Provider {
        operator: sr25519::Public,
        bond: Balance,
        capacity: u64,
        used: u64,
        pieces: u64,
        slots: u32,
        price: Balance,
        status: ProviderStatus,
        rate: Balance,
        accrued: Balance,
        proven: u32,
        misses: u32,
        place: u32,
        period: Period,
        repair_fund: Balance,
    }

    impl Provider {
        pub(super) fn joined(self, joined: BlockNumber) -> super::Provider {
            super::Provider {
                operator: self.operator,
                bond: self.bond,
                capacity: self.capacity,
                used: self.used,
                pieces: self.pieces,
                slots: self.slots,
                price: self.price,
                status: self.status,
                rate: self.rate,
                accrued: self.accrued,
                proven: self.proven,
                misses: self.misses,
                place: self.place,
                period: self.period,
                repair_fund: self.repair_fund,
                joined,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use crate::mock::*;
    use frame_support::{
        storage::unhashed,
        traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion},
    };

    /// The last four bytes of a provider's record are what version 2 has added.
    fn back_to_version_1() {
        for who in Providers::<Runtime>::iter_keys().collect::<Vec<_>>() {
            let key = Providers::<Runtime>::hashed_key_for(who);
            let mut record = unhashed::get_raw(&key).unwrap();
            record.truncate(record.len() - 4);
            unhashed::put_raw(&key, &record);
        }
        StorageVersion::new(1).put::<Market>();
    }

    fn upgrade() {
        #[cfg(feature = "try-runtime")]
        FromVersion1::<Runtime>::try_on_runtime_upgrade(true).unwrap();
        #[cfg(not(feature = "try-runtime"))]
        FromVersion1::<Runtime>::on_runtime_upgrade();
    }

    #[test]
    fn the_next_layout_keeps_every_provider_and_its_deals_and_is_made_once() {
        run(|| {
            let providers: Vec<_> = (1..=3).map(register).collect();
            open(20, 1, &providers, 9, UNIT);
            periods(3, &providers);
            let before: Vec<_> = Providers::<Runtime>::iter().collect();
            back_to_version_1();
            let upgraded_at = System::block_number();

            upgrade();

            assert_eq!(Market::on_chain_storage_version(), 2);
            check();
            for (who, before) in before {
                let expected = Provider {
                    joined: upgraded_at,
                    ..before
                };
                assert_eq!(Providers::<Runtime>::get(who).unwrap(), expected);
            }
            periods(2, &providers);
            let late = register(4);
            assert_eq!(
                Providers::<Runtime>::get(&late).unwrap().joined,
                upgraded_at + 2 * PERIOD
            );
            // The migration may stay in the runtime for as long as it likes.
            upgrade();
            assert_eq!(
                Providers::<Runtime>::get(&late).unwrap().joined,
                upgraded_at + 2 * PERIOD
            );
            periods(1, &providers);
            assert!(Providers::<Runtime>::iter_values().all(|provider| provider.misses == 0));
        });
    }
}
