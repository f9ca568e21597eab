//! One owner.

use crate::{caller, emit};
use ink::primitives::AccountId;

/// The account that a contract belongs to. It may be a contract: a DAO, a timelock.
///
/// It is handed over in two steps, so that it cannot go to an account that nobody holds.
#[ink::storage_item]
#[derive(Debug)]
pub struct Ownable {
    owner: Option<AccountId>,
    offered: Option<AccountId>,
}

/// Why [`Ownable`] refuses.
#[ink::scale_derive(Encode, Decode, TypeInfo)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnableError {
    /// Only the owner may do this.
    NotOwner,
    /// Ownership was not offered to the caller.
    NotOffered,
}

/// The owner offers the contract to another account, or takes the offer back.
#[ink::event]
pub struct OwnershipOffered {
    /// The owner.
    #[ink(topic)]
    pub owner: AccountId,
    /// Who may accept, none if the offer was taken back.
    #[ink(topic)]
    pub to: Option<AccountId>,
}

/// The contract has another owner.
#[ink::event]
pub struct OwnershipTransferred {
    /// The owner before.
    #[ink(topic)]
    pub from: Option<AccountId>,
    /// The owner now, none if it was renounced.
    #[ink(topic)]
    pub to: Option<AccountId>,
}

impl Ownable {
    /// Belongs to `owner`.
    pub fn new(owner: AccountId) -> Self {
        emit(OwnershipTransferred {
            from: None,
            to: Some(owner),
        });
        Self {
            owner: Some(owner),
            offered: None,
        }
    }

    /// The owner, none after it was renounced.
    pub fn owner(&self) -> Option<AccountId> {
        self.owner
    }

    /// Who may accept ownership.
    pub fn offered(&self) -> Option<AccountId> {
        self.offered
    }

    /// Whether the caller is the owner.
    pub fn is_owner(&self) -> bool {
        self.owner == Some(caller())
    }

    /// Fails unless the owner calls.
    pub fn ensure_owner(&self) -> Result<(), OwnableError> {
        if self.is_owner() {
            Ok(())
        } else {
            Err(OwnableError::NotOwner)
        }
    }

    /// Offers ownership to `to`; none takes an offer back. Only the owner.
    pub fn offer(&mut self, to: Option<AccountId>) -> Result<(), OwnableError> {
        self.ensure_owner()?;
        self.offered = to;
        emit(OwnershipOffered { owner: caller(), to });
        Ok(())
    }

    /// Takes what was offered. Only the account that it was offered to.
    pub fn accept(&mut self) -> Result<(), OwnableError> {
        let to = Some(caller());
        if self.offered != to {
            return Err(OwnableError::NotOffered);
        }
        let from = self.owner;
        self.owner = to;
        self.offered = None;
        emit(OwnershipTransferred { from, to });
        Ok(())
    }

    /// Gives ownership up for ever. Only the owner.
    pub fn renounce(&mut self) -> Result<(), OwnableError> {
        self.ensure_owner()?;
        let from = self.owner;
        self.owner = None;
        self.offered = None;
        emit(OwnershipTransferred { from, to: None });
        Ok(())
    }
}
