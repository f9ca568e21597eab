//! A token whose units are alike, like ERC-20: mint, burn, allowances, a cap, an emergency stop.
//!
//! The owner mints and resumes; the owner and guardians pause. While the contract is paused nothing moves: no transfer,
//! no mint, no burn. Allowances can still be changed, so that holders can take them back.
//!
//! An allowance is not changed from one amount to another in one step, because the spender could use the old one before
//! the new one arrives: `approve` sets it from or to zero, `increase_allowance` and `decrease_allowance` do the rest.
//!
//! # Storage (stable)
//!
//! The root cell: `ownable`, `pausable.paused`, `total_supply`, `cap`. Cells of their own: `balances`
//! (account → balance, absent for zero), `allowances` ((owner, spender) → amount, absent for zero), `details`, and the
//! guardians of [`parts::Pausable`].
//!
//! # Events (stable)
//!
//! `Transfer`, `Approval`, and those of [`parts::Ownable`] and [`parts::Pausable`].

#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![warn(missing_docs)]

pub use self::token::{Error, FungibleToken, FungibleTokenRef};

/// The contract.
#[ink::contract]
mod token {
    use ink::{
        prelude::string::String,
        storage::{Lazy, Mapping},
    };
    use parts::{Ownable, OwnableError, Pausable, PausableError};

    /// The most bytes that the name or the symbol may have.
    pub const MAX_TEXT: usize = 64;

    /// The token.
    #[ink(storage)]
    pub struct FungibleToken {
        ownable: Ownable,
        pausable: Pausable,
        total_supply: Balance,
        cap: Option<Balance>,
        balances: Mapping<AccountId, Balance>,
        allowances: Mapping<(AccountId, AccountId), Balance>,
        details: Lazy<Details>,
    }

    /// How the token is shown.
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[cfg_attr(feature = "std", derive(ink::storage::traits::StorageLayout))]
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Details {
        /// Its name.
        pub name: String,
        /// Its symbol.
        pub symbol: String,
        /// The digits behind the point of one whole token.
        pub decimals: u8,
    }

    /// Units moved: minted without `from`, burnt without `to`.
    #[ink(event)]
    pub struct Transfer {
        /// Whose they were.
        #[ink(topic)]
        pub from: Option<AccountId>,
        /// Whose they are.
        #[ink(topic)]
        pub to: Option<AccountId>,
        /// How many.
        pub value: Balance,
    }

    /// An allowance changed.
    #[ink(event)]
    pub struct Approval {
        /// Whose units may be spent.
        #[ink(topic)]
        pub owner: AccountId,
        /// Who may spend them.
        #[ink(topic)]
        pub spender: AccountId,
        /// How many from now on.
        pub value: Balance,
    }

    /// Why the token refuses.
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Error {
        /// The account holds fewer units.
        InsufficientBalance,
        /// The caller may spend fewer units of that account.
        InsufficientAllowance,
        /// There is an allowance: set it to zero first, or increase or decrease it.
        AllowanceInUse,
        /// More units than the cap would exist.
        CapExceeded,
        /// A number is too large.
        Overflow,
        /// The name or the symbol is too long.
        TextTooLong,
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

    impl FungibleToken {
        /// The caller owns the contract and gets `supply` units. With a `cap` no more than that ever exist.
        #[ink(constructor)]
        pub fn new(supply: Balance, name: String, symbol: String, decimals: u8, cap: Option<Balance>) -> Result<Self> {
            if name.len() > MAX_TEXT || symbol.len() > MAX_TEXT {
                return Err(Error::TextTooLong);
            }
            let caller = Self::env().caller();
            let mut token = Self {
                ownable: Ownable::new(caller),
                pausable: Pausable::default(),
                total_supply: 0,
                cap,
                balances: Mapping::default(),
                allowances: Mapping::default(),
                details: Lazy::default(),
            };
            token.details.set(&Details { name, symbol, decimals });
            if supply > 0 {
                token.do_mint(caller, supply)?;
            }
            Ok(token)
        }

        /// Name, symbol and decimals.
        #[ink(message)]
        pub fn details(&self) -> Option<Details> {
            self.details.get()
        }

        /// How many units exist.
        #[ink(message)]
        pub fn total_supply(&self) -> Balance {
            self.total_supply
        }

        /// The most units that may exist.
        #[ink(message)]
        pub fn cap(&self) -> Option<Balance> {
            self.cap
        }

        /// The units of `owner`.
        #[ink(message)]
        pub fn balance_of(&self, owner: AccountId) -> Balance {
            self.balances.get(owner).unwrap_or_default()
        }

        /// How many units of `owner` `spender` may still move.
        #[ink(message)]
        pub fn allowance(&self, owner: AccountId, spender: AccountId) -> Balance {
            self.allowances.get((owner, spender)).unwrap_or_default()
        }

        /// Moves units of the caller.
        #[ink(message)]
        pub fn transfer(&mut self, to: AccountId, value: Balance) -> Result<()> {
            self.pausable.ensure_running()?;
            self.do_transfer(self.env().caller(), to, value)
        }

        /// Moves units of `from`, as far as `from` allowed the caller to.
        #[ink(message)]
        pub fn transfer_from(&mut self, from: AccountId, to: AccountId, value: Balance) -> Result<()> {
            self.pausable.ensure_running()?;
            self.spend_allowance(from, value)?;
            self.do_transfer(from, to, value)
        }

        /// Lets `spender` move `value` units of the caller. From one amount to another it goes through zero.
        #[ink(message)]
        pub fn approve(&mut self, spender: AccountId, value: Balance) -> Result<()> {
            let owner = self.env().caller();
            if value > 0 && self.allowance(owner, spender) > 0 {
                return Err(Error::AllowanceInUse);
            }
            self.set_allowance(owner, spender, value);
            Ok(())
        }

        /// Lets `spender` move `by` units more.
        #[ink(message)]
        pub fn increase_allowance(&mut self, spender: AccountId, by: Balance) -> Result<()> {
            let owner = self.env().caller();
            let value = self.allowance(owner, spender).checked_add(by).ok_or(Error::Overflow)?;
            self.set_allowance(owner, spender, value);
            Ok(())
        }

        /// Lets `spender` move `by` units fewer.
        #[ink(message)]
        pub fn decrease_allowance(&mut self, spender: AccountId, by: Balance) -> Result<()> {
            let owner = self.env().caller();
            let value = self
                .allowance(owner, spender)
                .checked_sub(by)
                .ok_or(Error::InsufficientAllowance)?;
            self.set_allowance(owner, spender, value);
            Ok(())
        }

        /// Makes new units. Only the owner, within the cap.
        #[ink(message)]
        pub fn mint(&mut self, to: AccountId, value: Balance) -> Result<()> {
            self.ownable.ensure_owner()?;
            self.pausable.ensure_running()?;
            self.do_mint(to, value)
        }

        /// Destroys units of the caller.
        #[ink(message)]
        pub fn burn(&mut self, value: Balance) -> Result<()> {
            self.pausable.ensure_running()?;
            self.do_burn(self.env().caller(), value)
        }

        /// Destroys units of `from`, as far as `from` allowed the caller to move them.
        #[ink(message)]
        pub fn burn_from(&mut self, from: AccountId, value: Balance) -> Result<()> {
            self.pausable.ensure_running()?;
            self.spend_allowance(from, value)?;
            self.do_burn(from, value)
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

        /// Gives ownership up: nothing is minted or stopped any more. Only the owner, and not while the token is paused: nobody
        /// could start it again.
        #[ink(message)]
        pub fn renounce_ownership(&mut self) -> Result<()> {
            self.pausable.ensure_running()?;
            Ok(self.ownable.renounce()?)
        }

        /// Whether nothing moves.
        #[ink(message)]
        pub fn is_paused(&self) -> bool {
            self.pausable.is_paused()
        }

        /// Whether `account` may pause without owning the contract.
        #[ink(message)]
        pub fn is_guardian(&self, account: AccountId) -> bool {
            self.pausable.is_guardian(account)
        }

        /// Stops everything that moves units. Only the owner and guardians.
        #[ink(message)]
        pub fn pause(&mut self) -> Result<()> {
            Ok(self.pausable.pause(&self.ownable)?)
        }

        /// Lets units move again. Only the owner.
        #[ink(message)]
        pub fn resume(&mut self) -> Result<()> {
            Ok(self.pausable.resume(&self.ownable)?)
        }

        /// Makes `account` a guardian, or ends that. Only the owner.
        #[ink(message)]
        pub fn set_guardian(&mut self, account: AccountId, guardian: bool) -> Result<()> {
            Ok(self.pausable.set_guardian(&self.ownable, account, guardian)?)
        }

        /// The one place that takes from an account and gives to another: read after write, so that an account may pay
        /// itself and gains nothing.
        fn do_transfer(&mut self, from: AccountId, to: AccountId, value: Balance) -> Result<()> {
            let left = self
                .balance_of(from)
                .checked_sub(value)
                .ok_or(Error::InsufficientBalance)?;
            self.set_balance(from, left);
            let sum = self.balance_of(to).checked_add(value).ok_or(Error::Overflow)?;
            self.set_balance(to, sum);
            self.env().emit_event(Transfer {
                from: Some(from),
                to: Some(to),
                value,
            });
            Ok(())
        }

        fn do_mint(&mut self, to: AccountId, value: Balance) -> Result<()> {
            let supply = self.total_supply.checked_add(value).ok_or(Error::Overflow)?;
            if self.cap.is_some_and(|cap| supply > cap) {
                return Err(Error::CapExceeded);
            }
            let sum = self.balance_of(to).checked_add(value).ok_or(Error::Overflow)?;
            self.total_supply = supply;
            self.set_balance(to, sum);
            self.env().emit_event(Transfer {
                from: None,
                to: Some(to),
                value,
            });
            Ok(())
        }

        fn do_burn(&mut self, from: AccountId, value: Balance) -> Result<()> {
            let left = self
                .balance_of(from)
                .checked_sub(value)
                .ok_or(Error::InsufficientBalance)?;
            self.total_supply = self.total_supply.checked_sub(value).ok_or(Error::Overflow)?;
            self.set_balance(from, left);
            self.env().emit_event(Transfer {
                from: Some(from),
                to: None,
                value,
            });
            Ok(())
        }

        fn spend_allowance(&mut self, owner: AccountId, value: Balance) -> Result<()> {
            let spender = self.env().caller();
            let left = self
                .allowance(owner, spender)
                .checked_sub(value)
                .ok_or(Error::InsufficientAllowance)?;
            self.set_allowance(owner, spender, left);
            Ok(())
        }

        /// An entry of zero is none: its deposit goes back.
        fn set_balance(&mut self, owner: AccountId, value: Balance) {
            if value == 0 {
                self.balances.remove(owner);
            } else {
                self.balances.insert(owner, &value);
            }
        }

        fn set_allowance(&mut self, owner: AccountId, spender: AccountId, value: Balance) {
            if value == 0 {
                self.allowances.remove((owner, spender));
            } else {
                self.allowances.insert((owner, spender), &value);
            }
            self.env().emit_event(Approval { owner, spender, value });
        }
    }
}

#[cfg(test)]
mod tests;
