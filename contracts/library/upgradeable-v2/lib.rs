//! The second version of the contract `upgradeable`: the sample of an upgrade. It counts in steps.
//!
//! # Storage (stable)
//!
//! The root cell is that of version 1: `upgrade`, `count`. New is the cell `step`, which `migrate` fills.
//!
//! # Events (stable)
//!
//! `Counted`, and those of [`parts::Upgrade`] and [`parts::Ownable`].

#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![warn(missing_docs)]

pub use self::counter::{Counter, CounterRef, Error};

/// The contract.
#[ink::contract]
mod counter {
    use ink::storage::Lazy;
    use parts::{OwnableError, PendingUpgrade, Upgrade, UpgradeError};

    /// The counter.
    #[ink(storage)]
    pub struct Counter {
        upgrade: Upgrade,
        count: u64,
        step: Lazy<u64>,
    }

    /// The counter went on.
    #[ink(event)]
    pub struct Counted {
        /// Where it stands.
        pub count: u64,
    }

    /// Why the counter refuses.
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Error {
        /// The counter is at its end.
        Overflow,
        /// The administrator's messages.
        Ownable(OwnableError),
        /// The upgrade.
        Upgrade(UpgradeError),
        /// The counter would stand still.
        NoStep,
    }

    impl From<OwnableError> for Error {
        fn from(error: OwnableError) -> Self {
            Self::Ownable(error)
        }
    }

    impl From<UpgradeError> for Error {
        fn from(error: UpgradeError) -> Self {
            Self::Upgrade(error)
        }
    }

    /// What every message that changes something returns.
    pub type Result<T> = core::result::Result<T, Error>;

    impl Counter {
        /// At zero, counting by `step`, under `admin`, who waits `delay` blocks for each upgrade.
        #[ink(constructor)]
        pub fn new(admin: AccountId, delay: BlockNumber, step: u64) -> Result<Self> {
            let mut counter = Self {
                upgrade: Upgrade::new(admin, delay),
                count: 0,
                step: Lazy::default(),
            };
            counter.set_step(step)?;
            Ok(counter)
        }

        /// Ends the upgrade from version 1: from now on the counter goes on by `step`. Only the administrator, once.
        #[ink(message)]
        pub fn migrate(&mut self, step: u64) -> Result<()> {
            self.upgrade.migrate()?;
            self.set_step(step)
        }

        /// Where the counter stands.
        #[ink(message)]
        pub fn count(&self) -> u64 {
            self.count
        }

        /// By how much it goes on.
        #[ink(message)]
        pub fn step(&self) -> u64 {
            self.step.get_or_default()
        }

        /// One step more. Anyone.
        #[ink(message)]
        pub fn increment(&mut self) -> Result<u64> {
            self.upgrade.ensure_migrated()?;
            self.count = self.count.checked_add(self.step()).ok_or(Error::Overflow)?;
            self.env().emit_event(Counted { count: self.count });
            Ok(self.count)
        }

        /// The version of the code.
        #[ink(message)]
        pub fn version(&self) -> u32 {
            self.upgrade.version()
        }

        /// Blocks between proposal and upgrade.
        #[ink(message)]
        pub fn upgrade_delay(&self) -> BlockNumber {
            self.upgrade.delay()
        }

        /// The code that is proposed, and the first block in which it may be applied.
        #[ink(message)]
        pub fn pending_upgrade(&self) -> Option<PendingUpgrade> {
            self.upgrade.pending()
        }

        /// Proposes code that was uploaded. Only the administrator.
        #[ink(message)]
        pub fn propose_upgrade(&mut self, code_hash: Hash) -> Result<()> {
            Ok(self.upgrade.propose(code_hash)?)
        }

        /// Takes the proposal back. Only the administrator.
        #[ink(message)]
        pub fn cancel_upgrade(&mut self) -> Result<()> {
            Ok(self.upgrade.cancel()?)
        }

        /// Gives the contract the proposed code, from its next call on. Only the administrator, after the delay.
        #[ink(message)]
        pub fn apply_upgrade(&mut self) -> Result<()> {
            Ok(self.upgrade.apply()?)
        }

        /// The administrator.
        #[ink(message)]
        pub fn admin(&self) -> Option<AccountId> {
            self.upgrade.admin().owner()
        }

        /// Offers the administration; none takes the offer back. Only the administrator.
        #[ink(message)]
        pub fn offer_admin(&mut self, to: Option<AccountId>) -> Result<()> {
            Ok(self.upgrade.admin_mut().offer(to)?)
        }

        /// Takes the administration that was offered.
        #[ink(message)]
        pub fn accept_admin(&mut self) -> Result<()> {
            Ok(self.upgrade.admin_mut().accept()?)
        }

        /// Gives the administration up: the code stays as it is for ever. Only the administrator, with no upgrade open.
        #[ink(message)]
        pub fn renounce_admin(&mut self) -> Result<()> {
            self.upgrade.ensure_migrated()?;
            Ok(self.upgrade.admin_mut().renounce()?)
        }

        fn set_step(&mut self, step: u64) -> Result<()> {
            if step == 0 {
                return Err(Error::NoStep);
            }
            self.step.set(&step);
            Ok(())
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[ink::test]
        fn it_counts_in_steps() {
            let mut counter = Counter::new([1; 32].into(), 10, 5).unwrap();
            assert_eq!(counter.increment(), Ok(5));
            assert_eq!(counter.increment(), Ok(10));
            assert_eq!(counter.migrate(1), Err(Error::Upgrade(UpgradeError::AlreadyMigrated)));
            assert_eq!(Counter::new([1; 32].into(), 10, 0).err(), Some(Error::NoStep));
        }
    }
}
