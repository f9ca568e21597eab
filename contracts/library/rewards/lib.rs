//! A ledger of rewards and penalties that can always pay.
//!
//! Anyone funds the pool. Operators (role 1) book rewards and penalties by account; accounts claim their rewards. A
//! reward is booked only if the free part of the pool covers it, and from then on that part is reserved: **whatever can be
//! claimed is there**. A penalty first takes back rewards that were not claimed, which become free again; what is left of
//! it is a debt, which later rewards pay off before they reach the account.
//!
//! Each operator numbers its bookings from zero, and a booking with another number than the next is refused: a program
//! that does not know whether its last booking arrived repeats it without harm.
//!
//! Role 0 appoints operators and takes free money out, never reserved one.
//!
//! # Storage (stable)
//!
//! The root cell: `free`, `reserved`, both in planck. Cells of their own: `accounts` (account → `Ledger`, absent when
//! both numbers are zero), `sequences` (operator → next number), and those of [`parts::Roles`].
//!
//! # Events (stable)
//!
//! `Funded`, `Rewarded`, `Penalised`, `Claimed`, `Withdrawn`, and those of [`parts::Roles`].

#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![warn(missing_docs)]

pub use self::rewards::{Error, Ledger, Pool, Rewards, RewardsRef, OPERATOR};

/// The contract.
#[ink::contract]
mod rewards {
    use ink::storage::Mapping;
    use parts::{RoleId, Roles, RolesError, ADMIN};

    /// The role that books.
    pub const OPERATOR: RoleId = 1;

    /// The ledger.
    #[ink(storage)]
    pub struct Rewards {
        free: Balance,
        reserved: Balance,
        accounts: Mapping<AccountId, Ledger>,
        sequences: Mapping<AccountId, u64>,
        roles: Roles,
    }

    /// What an account has coming.
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[cfg_attr(feature = "std", derive(ink::storage::traits::StorageLayout))]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Ledger {
        /// What it can claim, in planck.
        pub claimable: Balance,
        /// What later rewards pay off first, in planck. One of the two is zero.
        pub debt: Balance,
    }

    /// The money of the contract.
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Pool {
        /// For new rewards, in planck.
        pub free: Balance,
        /// For rewards that were booked and not claimed, in planck.
        pub reserved: Balance,
    }

    /// Money came into the pool.
    #[ink(event)]
    pub struct Funded {
        /// Who paid; none for money that had come without a message.
        #[ink(topic)]
        pub by: Option<AccountId>,
        /// How much, in planck.
        pub value: Balance,
    }

    /// A reward was booked.
    #[ink(event)]
    pub struct Rewarded {
        /// Whose.
        #[ink(topic)]
        pub account: AccountId,
        /// Who booked it.
        #[ink(topic)]
        pub by: AccountId,
        /// How much, in planck.
        pub value: Balance,
        /// How much of it paid off a debt, in planck.
        pub paid_off: Balance,
    }

    /// A penalty was booked.
    #[ink(event)]
    pub struct Penalised {
        /// Whose.
        #[ink(topic)]
        pub account: AccountId,
        /// Who booked it.
        #[ink(topic)]
        pub by: AccountId,
        /// How much, in planck.
        pub value: Balance,
        /// How much of it could not be taken and is owed, in planck.
        pub owed: Balance,
    }

    /// An account took its rewards.
    #[ink(event)]
    pub struct Claimed {
        /// Who.
        #[ink(topic)]
        pub account: AccountId,
        /// How much, in planck.
        pub value: Balance,
    }

    /// Free money left the pool.
    #[ink(event)]
    pub struct Withdrawn {
        /// Who got it.
        #[ink(topic)]
        pub to: AccountId,
        /// How much, in planck.
        pub value: Balance,
    }

    /// Why the ledger refuses.
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Error {
        /// Less is free in the pool: fund it first.
        PoolTooSmall,
        /// The caller has nothing to claim.
        NothingToClaim,
        /// The operator's next booking has this number: the one sent was booked already, or one before it is missing.
        WrongSequence(u64),
        /// A number is too large.
        Overflow,
        /// The chain refused the payment: what goes out is below the existential deposit of a new account.
        TransferFailed,
        /// Roles.
        Roles(RolesError),
    }

    impl From<RolesError> for Error {
        fn from(error: RolesError) -> Self {
            Self::Roles(error)
        }
    }

    /// What every message that changes something returns.
    pub type Result<T> = core::result::Result<T, Error>;

    impl Rewards {
        /// The caller holds role 0, `operator` role 1; the value of the call is the pool.
        #[ink(constructor, payable)]
        pub fn new(operator: AccountId) -> Result<Self> {
            let mut rewards = Self {
                free: Self::env().transferred_value(),
                reserved: 0,
                accounts: Mapping::default(),
                sequences: Mapping::default(),
                roles: Roles::new(Self::env().caller()),
            };
            rewards.roles.assign(OPERATOR, operator)?;
            Ok(rewards)
        }

        /// What is free and what is reserved.
        #[ink(message)]
        pub fn pool(&self) -> Pool {
            Pool {
                free: self.free,
                reserved: self.reserved,
            }
        }

        /// What `account` has coming.
        #[ink(message)]
        pub fn ledger_of(&self, account: AccountId) -> Ledger {
            self.accounts.get(account).unwrap_or_default()
        }

        /// The number of the operator's next booking.
        #[ink(message)]
        pub fn next_sequence(&self, operator: AccountId) -> u64 {
            self.sequences.get(operator).unwrap_or_default()
        }

        /// Adds the value of this call to the pool. Anyone.
        #[ink(message, payable)]
        pub fn fund(&mut self) -> Result<()> {
            let value = self.env().transferred_value();
            self.free = self.free.checked_add(value).ok_or(Error::Overflow)?;
            self.env().emit_event(Funded {
                by: Some(self.env().caller()),
                value,
            });
            Ok(())
        }

        /// Adds to the pool what was paid to the contract's account without a message. Anyone. Says how much it was.
        #[ink(message)]
        pub fn recognise(&mut self) -> Result<Balance> {
            let known = self.free.checked_add(self.reserved).ok_or(Error::Overflow)?;
            let value = self.env().balance().saturating_sub(known);
            self.free = self.free.checked_add(value).ok_or(Error::Overflow)?;
            self.env().emit_event(Funded { by: None, value });
            Ok(value)
        }

        /// Books a reward. Only operators, with the number of their next booking.
        #[ink(message)]
        pub fn reward(&mut self, account: AccountId, value: Balance, sequence: u64) -> Result<()> {
            self.begin_booking(sequence)?;
            let mut ledger = self.ledger_of(account);
            let paid_off = ledger.debt.min(value);
            let credit = value.checked_sub(paid_off).ok_or(Error::Overflow)?;
            ledger.debt = ledger.debt.checked_sub(paid_off).ok_or(Error::Overflow)?;
            ledger.claimable = ledger.claimable.checked_add(credit).ok_or(Error::Overflow)?;
            self.free = self.free.checked_sub(credit).ok_or(Error::PoolTooSmall)?;
            self.reserved = self.reserved.checked_add(credit).ok_or(Error::Overflow)?;
            self.set_ledger(account, ledger);
            self.env().emit_event(Rewarded {
                account,
                by: self.env().caller(),
                value,
                paid_off,
            });
            Ok(())
        }

        /// Books a penalty. Only operators, with the number of their next booking.
        #[ink(message)]
        pub fn penalise(&mut self, account: AccountId, value: Balance, sequence: u64) -> Result<()> {
            self.begin_booking(sequence)?;
            let mut ledger = self.ledger_of(account);
            let taken = ledger.claimable.min(value);
            let owed = value.checked_sub(taken).ok_or(Error::Overflow)?;
            ledger.claimable = ledger.claimable.checked_sub(taken).ok_or(Error::Overflow)?;
            ledger.debt = ledger.debt.checked_add(owed).ok_or(Error::Overflow)?;
            self.reserved = self.reserved.checked_sub(taken).ok_or(Error::Overflow)?;
            self.free = self.free.checked_add(taken).ok_or(Error::Overflow)?;
            self.set_ledger(account, ledger);
            self.env().emit_event(Penalised {
                account,
                by: self.env().caller(),
                value,
                owed,
            });
            Ok(())
        }

        /// Pays the caller all its rewards. Says how much it was.
        #[ink(message)]
        pub fn claim(&mut self) -> Result<Balance> {
            let account = self.env().caller();
            let mut ledger = self.ledger_of(account);
            let value = core::mem::take(&mut ledger.claimable);
            if value == 0 {
                return Err(Error::NothingToClaim);
            }
            self.reserved = self.reserved.checked_sub(value).ok_or(Error::Overflow)?;
            self.set_ledger(account, ledger);
            self.env().emit_event(Claimed { account, value });
            self.env().transfer(account, value).map_err(|_| Error::TransferFailed)?;
            Ok(value)
        }

        /// Takes free money out. Only role 0.
        #[ink(message)]
        pub fn withdraw(&mut self, to: AccountId, value: Balance) -> Result<()> {
            self.roles.ensure(ADMIN)?;
            self.free = self.free.checked_sub(value).ok_or(Error::PoolTooSmall)?;
            self.env().emit_event(Withdrawn { to, value });
            self.env().transfer(to, value).map_err(|_| Error::TransferFailed)
        }

        /// Whether `account` holds `role`.
        #[ink(message)]
        pub fn has_role(&self, role: RoleId, account: AccountId) -> bool {
            self.roles.has(role, account)
        }

        /// Gives `role` to `account`. Only role 0.
        #[ink(message)]
        pub fn grant_role(&mut self, role: RoleId, account: AccountId) -> Result<()> {
            Ok(self.roles.grant(role, account)?)
        }

        /// Takes `role` from `account`. Only role 0.
        #[ink(message)]
        pub fn revoke_role(&mut self, role: RoleId, account: AccountId) -> Result<()> {
            Ok(self.roles.revoke(role, account)?)
        }

        /// The caller gives `role` up.
        #[ink(message)]
        pub fn renounce_role(&mut self, role: RoleId) -> Result<()> {
            Ok(self.roles.renounce(role)?)
        }

        /// Only operators, each booking once and in order.
        fn begin_booking(&mut self, sequence: u64) -> Result<()> {
            self.roles.ensure(OPERATOR)?;
            let operator = self.env().caller();
            let expected = self.next_sequence(operator);
            if sequence != expected {
                return Err(Error::WrongSequence(expected));
            }
            self.sequences
                .insert(operator, &expected.checked_add(1).ok_or(Error::Overflow)?);
            Ok(())
        }

        fn set_ledger(&mut self, account: AccountId, ledger: Ledger) {
            if ledger == Ledger::default() {
                self.accounts.remove(account);
            } else {
                self.accounts.insert(account, &ledger);
            }
        }
    }
}

#[cfg(test)]
mod tests;
