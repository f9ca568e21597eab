//! An emergency stop.

use crate::{caller, emit, Ownable, OwnableError};
use ink::{primitives::AccountId, storage::Mapping};

/// An emergency stop: quick to pull, slow to release.
///
/// The owner and every guardian may pause, so that whoever sees the damage first can stop it. Only the owner resumes: a
/// guardian whose key was stolen can stop the contract, but not start it again. So nobody stops a contract without an owner, and
/// a contract that holds this part refuses to be renounced while it is paused: it would stay so for ever.
#[ink::storage_item]
#[derive(Debug, Default)]
pub struct Pausable {
    paused: bool,
    guardians: Mapping<AccountId, ()>,
}

/// Why [`Pausable`] refuses.
#[ink::scale_derive(Encode, Decode, TypeInfo)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PausableError {
    /// The contract is paused.
    Paused,
    /// The contract is not paused.
    NotPaused,
    /// Only the owner or a guardian may do this.
    NotGuardian,
    /// Only the owner may do this.
    NotOwner,
    /// There is no owner who could start the contract again.
    NoOwner,
}

impl From<OwnableError> for PausableError {
    fn from(_: OwnableError) -> Self {
        Self::NotOwner
    }
}

/// The contract was stopped.
#[ink::event]
pub struct Paused {
    /// Who stopped it.
    #[ink(topic)]
    pub by: AccountId,
}

/// The contract runs again.
#[ink::event]
pub struct Resumed {
    /// The owner, who started it.
    #[ink(topic)]
    pub by: AccountId,
}

/// An account became a guardian, or is none any more.
#[ink::event]
pub struct GuardianSet {
    /// The account.
    #[ink(topic)]
    pub account: AccountId,
    /// Whether it is a guardian now.
    pub guardian: bool,
}

impl Pausable {
    /// Whether the contract is paused.
    pub fn is_paused(&self) -> bool {
        self.paused
    }

    /// Whether `account` may pause; the owner may without being a guardian.
    pub fn is_guardian(&self, account: AccountId) -> bool {
        self.guardians.contains(account)
    }

    /// Fails while the contract is paused.
    pub fn ensure_running(&self) -> Result<(), PausableError> {
        if self.paused {
            Err(PausableError::Paused)
        } else {
            Ok(())
        }
    }

    /// Stops the contract. Only the owner and guardians, and only as long as there is an owner to start it again.
    pub fn pause(&mut self, ownable: &Ownable) -> Result<(), PausableError> {
        let by = caller();
        if !ownable.is_owner() && !self.is_guardian(by) {
            return Err(PausableError::NotGuardian);
        }
        if ownable.owner().is_none() {
            return Err(PausableError::NoOwner);
        }
        self.ensure_running()?;
        self.paused = true;
        emit(Paused { by });
        Ok(())
    }

    /// Starts the contract again. Only the owner.
    pub fn resume(&mut self, ownable: &Ownable) -> Result<(), PausableError> {
        ownable.ensure_owner()?;
        if !self.paused {
            return Err(PausableError::NotPaused);
        }
        self.paused = false;
        emit(Resumed { by: caller() });
        Ok(())
    }

    /// Makes `account` a guardian, or ends that. Only the owner.
    pub fn set_guardian(&mut self, ownable: &Ownable, account: AccountId, guardian: bool) -> Result<(), PausableError> {
        ownable.ensure_owner()?;
        if guardian {
            self.guardians.insert(account, &());
        } else {
            self.guardians.remove(account);
        }
        emit(GuardianSet { account, guardian });
        Ok(())
    }
}
