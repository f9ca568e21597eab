//! A purse with an emergency stop: what [`parts::Pausable`] does for a contract that holds money.
//!
//! Everyone keeps their own money in it. The owner and every guardian may stop it; while it is stopped nothing goes in or
//! out. Only the owner starts it again.
//!
//! # Storage (stable)
//!
//! The root cell: `ownable`, `pausable.paused`. Cells of their own: `balances` (account → planck, absent for zero), and
//! the guardians of [`parts::Pausable`].
//!
//! # Events (stable)
//!
//! `Deposited`, `Withdrawn`, and those of [`parts::Ownable`] and [`parts::Pausable`].

#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![warn(missing_docs)]

pub use self::purse::{Error, Purse, PurseRef};

/// The contract.
#[ink::contract]
mod purse {
    use ink::storage::Mapping;
    use parts::{Ownable, OwnableError, Pausable, PausableError};

    /// The purse.
    #[ink(storage)]
    pub struct Purse {
        ownable: Ownable,
        pausable: Pausable,
        balances: Mapping<AccountId, Balance>,
    }

    /// Money came in.
    #[ink(event)]
    pub struct Deposited {
        /// Whose it is.
        #[ink(topic)]
        pub account: AccountId,
        /// How much, in planck.
        pub value: Balance,
    }

    /// Money went out.
    #[ink(event)]
    pub struct Withdrawn {
        /// Whose it was.
        #[ink(topic)]
        pub account: AccountId,
        /// How much, in planck.
        pub value: Balance,
    }

    /// Why the purse refuses.
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Error {
        /// The caller has less in the purse.
        InsufficientBalance,
        /// A number is too large.
        Overflow,
        /// The chain refused the payment: what goes out or what stays is below the existential deposit.
        TransferFailed,
        /// The owner's messages.
        Ownable(OwnableError),
        /// The emergency stop.
        Pausable(PausableError),
    }

    impl From<OwnableError> for Error {
        fn from(error: OwnableError) -> Self {
            Self::Ownable(error)
        }
    }

    impl From<PausableError> for Error {
        fn from(error: PausableError) -> Self {
            Self::Pausable(error)
        }
    }

    /// What every message that changes something returns.
    pub type Result<T> = core::result::Result<T, Error>;

    impl Purse {
        /// An empty purse that the caller owns.
        #[ink(constructor)]
        pub fn new() -> Self {
            Self {
                ownable: Ownable::new(Self::env().caller()),
                pausable: Pausable::default(),
                balances: Mapping::default(),
            }
        }

        /// What `account` has in the purse, in planck.
        #[ink(message)]
        pub fn balance_of(&self, account: AccountId) -> Balance {
            self.balances.get(account).unwrap_or_default()
        }

        /// Puts the value of this call into the purse.
        #[ink(message, payable)]
        pub fn deposit(&mut self) -> Result<()> {
            self.pausable.ensure_running()?;
            let account = self.env().caller();
            let value = self.env().transferred_value();
            let sum = self.balance_of(account).checked_add(value).ok_or(Error::Overflow)?;
            self.balances.insert(account, &sum);
            self.env().emit_event(Deposited { account, value });
            Ok(())
        }

        /// Takes money of the caller out.
        #[ink(message)]
        pub fn withdraw(&mut self, value: Balance) -> Result<()> {
            self.pausable.ensure_running()?;
            let account = self.env().caller();
            let left = self
                .balance_of(account)
                .checked_sub(value)
                .ok_or(Error::InsufficientBalance)?;
            if left == 0 {
                self.balances.remove(account);
            } else {
                self.balances.insert(account, &left);
            }
            self.env().emit_event(Withdrawn { account, value });
            self.env().transfer(account, value).map_err(|_| Error::TransferFailed)
        }

        /// The owner.
        #[ink(message)]
        pub fn owner(&self) -> Option<AccountId> {
            self.ownable.owner()
        }

        /// Who may accept ownership.
        #[ink(message)]
        pub fn offered_owner(&self) -> Option<AccountId> {
            self.ownable.offered()
        }

        /// Offers ownership; none takes the offer back. Only the owner.
        #[ink(message)]
        pub fn offer_ownership(&mut self, to: Option<AccountId>) -> Result<()> {
            Ok(self.ownable.offer(to)?)
        }

        /// Takes the ownership that was offered.
        #[ink(message)]
        pub fn accept_ownership(&mut self) -> Result<()> {
            Ok(self.ownable.accept()?)
        }

        /// Gives ownership up. Only the owner, and not while the purse is stopped: nobody could start it again.
        #[ink(message)]
        pub fn renounce_ownership(&mut self) -> Result<()> {
            self.pausable.ensure_running()?;
            Ok(self.ownable.renounce()?)
        }

        /// Whether the purse is stopped.
        #[ink(message)]
        pub fn is_paused(&self) -> bool {
            self.pausable.is_paused()
        }

        /// Whether `account` may stop the purse without owning it.
        #[ink(message)]
        pub fn is_guardian(&self, account: AccountId) -> bool {
            self.pausable.is_guardian(account)
        }

        /// Stops the purse. Only the owner and guardians, and only as long as there is an owner to start it again.
        #[ink(message)]
        pub fn pause(&mut self) -> Result<()> {
            Ok(self.pausable.pause(&self.ownable)?)
        }

        /// Starts the purse again. Only the owner.
        #[ink(message)]
        pub fn resume(&mut self) -> Result<()> {
            Ok(self.pausable.resume(&self.ownable)?)
        }

        /// Makes `account` a guardian, or ends that. Only the owner.
        #[ink(message)]
        pub fn set_guardian(&mut self, account: AccountId, guardian: bool) -> Result<()> {
            Ok(self.pausable.set_guardian(&self.ownable, account, guardian)?)
        }
    }

    impl Default for Purse {
        fn default() -> Self {
            Self::new()
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use ink::env::{
            test::{
                default_accounts, get_account_balance, set_account_balance, set_callee, set_caller, transfer_in,
                DefaultAccounts,
            },
            DefaultEnvironment,
        };

        fn accounts() -> DefaultAccounts<DefaultEnvironment> {
            default_accounts::<DefaultEnvironment>()
        }

        fn by(account: AccountId) {
            set_caller::<DefaultEnvironment>(account);
        }

        /// Alice owns it, Bob has 500 in it, Charlie guards it; it lives at Frank's account.
        fn purse() -> Purse {
            set_callee::<DefaultEnvironment>(accounts().frank);
            set_account_balance::<DefaultEnvironment>(accounts().frank, 1_000_000);
            set_account_balance::<DefaultEnvironment>(accounts().bob, 1_000_000);
            by(accounts().alice);
            let mut purse = Purse::new();
            purse.set_guardian(accounts().charlie, true).unwrap();
            by(accounts().bob);
            transfer_in::<DefaultEnvironment>(500);
            purse.deposit().unwrap();
            purse
        }

        #[ink::test]
        fn what_was_put_in_comes_out_once() {
            let mut purse = purse();
            purse.withdraw(500).unwrap();
            assert_eq!(get_account_balance::<DefaultEnvironment>(accounts().bob), Ok(1_000_000));
            assert_eq!(purse.withdraw(1), Err(Error::InsufficientBalance), "withdrawn twice");
            by(accounts().alice);
            assert_eq!(
                purse.withdraw(1),
                Err(Error::InsufficientBalance),
                "the owner has no hand in others' money"
            );
        }

        #[ink::test]
        fn a_guardian_stops_everything_and_cannot_undo_it() {
            let mut purse = purse();
            by(accounts().charlie);
            purse.pause().unwrap();
            assert_eq!(purse.pause(), Err(Error::Pausable(PausableError::Paused)));
            assert_eq!(purse.resume(), Err(Error::Pausable(PausableError::NotOwner)));
            by(accounts().bob);
            assert_eq!(purse.withdraw(500), Err(Error::Pausable(PausableError::Paused)));
            assert_eq!(purse.deposit(), Err(Error::Pausable(PausableError::Paused)));
            by(accounts().alice);
            assert_eq!(purse.renounce_ownership(), Err(Error::Pausable(PausableError::Paused)));
            purse.resume().unwrap();
            assert_eq!(purse.resume(), Err(Error::Pausable(PausableError::NotPaused)));
            by(accounts().bob);
            purse.withdraw(500).unwrap();
        }

        #[ink::test]
        fn a_guardian_cannot_stop_for_ever_what_nobody_owns() {
            let mut purse = purse();
            by(accounts().alice);
            purse.renounce_ownership().unwrap();
            by(accounts().charlie);
            assert_eq!(purse.pause(), Err(Error::Pausable(PausableError::NoOwner)));
            by(accounts().bob);
            purse.withdraw(500).unwrap();
        }

        #[ink::test]
        fn strangers_and_former_guardians_stop_nothing() {
            let mut purse = purse();
            assert_eq!(purse.pause(), Err(Error::Pausable(PausableError::NotGuardian)));
            assert_eq!(
                purse.set_guardian(accounts().bob, true),
                Err(Error::Pausable(PausableError::NotOwner))
            );
            by(accounts().alice);
            purse.set_guardian(accounts().charlie, false).unwrap();
            by(accounts().charlie);
            assert_eq!(purse.pause(), Err(Error::Pausable(PausableError::NotGuardian)));
        }
    }
}
