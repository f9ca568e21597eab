//! A counter whose code its administrator replaces: what [`parts::Upgrade`] does for a contract.
//!
//! The administrator is an account or a contract: a timelock, a DAO. It proposes code that was uploaded, everyone sees it
//! for `delay` blocks, then the administrator applies it. Address, money and storage stay. The new code is the next
//! version; until its `migrate` was called the contract serves nobody.
//!
//! New code must have `propose_upgrade`, `cancel_upgrade`, `apply_upgrade` and `migrate` (else the contract stays what
//! it is for ever), must begin its storage with the same root cell, and may add cells of its own. The sample is
//! `upgradeable-v2`.
//!
//! # Storage (stable)
//!
//! The root cell: `upgrade` ([`parts::Upgrade`]: `admin`, `delay`, `version`, `migrated`, `pending`), `count`.
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
    use parts::{OwnableError, PendingUpgrade, Upgrade, UpgradeError};

    /// The counter.
    #[ink(storage)]
    pub struct Counter {
        upgrade: Upgrade,
        count: u64,
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
        /// At zero, under `admin`, who waits `delay` blocks for each upgrade.
        #[ink(constructor)]
        pub fn new(admin: AccountId, delay: BlockNumber) -> Self {
            Self {
                upgrade: Upgrade::new(admin, delay),
                count: 0,
            }
        }

        /// Where the counter stands.
        #[ink(message)]
        pub fn count(&self) -> u64 {
            self.count
        }

        /// One more. Anyone.
        #[ink(message)]
        pub fn increment(&mut self) -> Result<u64> {
            self.upgrade.ensure_migrated()?;
            self.count = self.count.checked_add(1).ok_or(Error::Overflow)?;
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

        /// Ends an upgrade to this code: its storage needs no change. Only the administrator, once a version.
        #[ink(message)]
        pub fn migrate(&mut self) -> Result<()> {
            Ok(self.upgrade.migrate()?)
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
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use ink::env::{
            test::{default_accounts, set_caller, DefaultAccounts},
            DefaultEnvironment,
        };

        fn accounts() -> DefaultAccounts<DefaultEnvironment> {
            default_accounts::<DefaultEnvironment>()
        }

        #[ink::test]
        fn anyone_counts_and_nobody_but_the_administrator_upgrades() {
            let mut counter = Counter::new(accounts().bob, 10);
            assert_eq!(counter.increment(), Ok(1));
            let refused = Err(Error::Upgrade(UpgradeError::NotAdmin));
            assert_eq!(counter.propose_upgrade([1; 32].into()), refused);
            assert_eq!(counter.apply_upgrade(), refused);
            assert_eq!(counter.migrate(), refused);
            set_caller::<DefaultEnvironment>(accounts().bob);
            counter.propose_upgrade([1; 32].into()).unwrap();
            assert_eq!(counter.apply_upgrade(), Err(Error::Upgrade(UpgradeError::TooEarly)));
            assert_eq!(counter.pending_upgrade().unwrap().ready_at, 10);
        }

        #[ink::test]
        fn the_count_does_not_wrap() {
            let mut counter = Counter::new(accounts().bob, 10);
            counter.count = u64::MAX;
            assert_eq!(counter.increment(), Err(Error::Overflow));
            assert_eq!(counter.count(), u64::MAX);
        }

        #[ink::test]
        fn a_contract_without_administrator_keeps_its_code() {
            let mut counter = Counter::new(accounts().alice, 0);
            counter.propose_upgrade([1; 32].into()).unwrap();
            counter.renounce_admin().unwrap();
            assert_eq!(counter.apply_upgrade(), Err(Error::Upgrade(UpgradeError::NotAdmin)));
            assert_eq!(counter.admin(), None);
        }
    }
}
