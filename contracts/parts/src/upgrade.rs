//! New code for a contract.

use crate::{emit, Ownable, OwnableError};
use ink::{
    env::{DefaultEnvironment, Environment},
    primitives::{AccountId, Hash},
};

type BlockNumber = <DefaultEnvironment as Environment>::BlockNumber;

/// Lets an administrator give the contract new code: proposed, public for `delay` blocks, then applied.
///
/// The administrator is an [`Ownable`], mostly a timelock or a DAO. The storage stays: the new code must read the old
/// layout. Between [`apply`](Self::apply) and [`migrate`](Self::migrate) the contract serves nobody, so that the new code
/// never works on what the old one left. Code whose migration fails can be replaced like any other.
#[ink::storage_item]
#[derive(Debug)]
pub struct Upgrade {
    admin: Ownable,
    delay: BlockNumber,
    version: u32,
    migrated: u32,
    pending: Option<PendingUpgrade>,
}

/// Code that waits for its block.
#[ink::scale_derive(Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(ink::storage::traits::StorageLayout))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingUpgrade {
    /// Hash of the code.
    pub code_hash: Hash,
    /// The first block in which it may be applied.
    pub ready_at: BlockNumber,
}

/// Why [`Upgrade`] refuses.
#[ink::scale_derive(Encode, Decode, TypeInfo)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpgradeError {
    /// Only the administrator may do this.
    NotAdmin,
    /// Nothing is proposed.
    NothingPending,
    /// Something is proposed already: cancel it first.
    AlreadyPending,
    /// The delay is not over.
    TooEarly,
    /// No code with this hash was uploaded.
    NoSuchCode,
    /// The contract was upgraded and waits for its migration.
    NotMigrated,
    /// This version was migrated.
    AlreadyMigrated,
    /// A number is too large.
    Overflow,
}

impl From<OwnableError> for UpgradeError {
    fn from(_: OwnableError) -> Self {
        Self::NotAdmin
    }
}

/// New code was proposed.
#[ink::event]
pub struct UpgradeProposed {
    /// Hash of the code.
    #[ink(topic)]
    pub code_hash: Hash,
    /// The first block in which it may be applied.
    pub ready_at: BlockNumber,
}

/// A proposal was taken back.
#[ink::event]
pub struct UpgradeCancelled {
    /// Hash of the code.
    #[ink(topic)]
    pub code_hash: Hash,
}

/// The contract has new code, from its next call on.
#[ink::event]
pub struct Upgraded {
    /// Hash of the code.
    #[ink(topic)]
    pub code_hash: Hash,
    /// The version that this code is.
    pub version: u32,
}

/// The new code has made the storage its own.
#[ink::event]
pub struct Migrated {
    /// The version that now runs.
    pub version: u32,
}

impl Upgrade {
    /// Version 1, under `admin`, who waits `delay` blocks for each upgrade.
    pub fn new(admin: AccountId, delay: BlockNumber) -> Self {
        Self {
            admin: Ownable::new(admin),
            delay,
            version: 1,
            migrated: 1,
            pending: None,
        }
    }

    /// The administrator.
    pub fn admin(&self) -> &Ownable {
        &self.admin
    }

    /// The administrator, to be handed over.
    pub fn admin_mut(&mut self) -> &mut Ownable {
        &mut self.admin
    }

    /// Blocks between proposal and upgrade.
    pub fn delay(&self) -> BlockNumber {
        self.delay
    }

    /// The version: 1, and one more for each upgrade.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// What is proposed.
    pub fn pending(&self) -> Option<PendingUpgrade> {
        self.pending
    }

    /// Fails while the contract waits for its migration.
    pub fn ensure_migrated(&self) -> Result<(), UpgradeError> {
        if self.migrated == self.version {
            Ok(())
        } else {
            Err(UpgradeError::NotMigrated)
        }
    }

    /// Proposes code that was uploaded. Only the administrator, one proposal at a time.
    pub fn propose(&mut self, code_hash: Hash) -> Result<(), UpgradeError> {
        self.admin.ensure_owner()?;
        if self.pending.is_some() {
            return Err(UpgradeError::AlreadyPending);
        }
        let now = ink::env::block_number::<DefaultEnvironment>();
        let ready_at = now.checked_add(self.delay).ok_or(UpgradeError::Overflow)?;
        self.pending = Some(PendingUpgrade { code_hash, ready_at });
        emit(UpgradeProposed { code_hash, ready_at });
        Ok(())
    }

    /// Takes the proposal back. Only the administrator.
    pub fn cancel(&mut self) -> Result<(), UpgradeError> {
        self.admin.ensure_owner()?;
        let pending = self.pending.take().ok_or(UpgradeError::NothingPending)?;
        emit(UpgradeCancelled {
            code_hash: pending.code_hash,
        });
        Ok(())
    }

    /// Gives the contract the proposed code. Only the administrator, after the delay.
    pub fn apply(&mut self) -> Result<(), UpgradeError> {
        let code_hash = self.take_ready()?;
        ink::env::set_code_hash::<DefaultEnvironment>(&code_hash).map_err(|_| UpgradeError::NoSuchCode)
    }

    /// All of [`apply`](Self::apply) but the host's part, which ink's off-chain environment does not have.
    fn take_ready(&mut self) -> Result<Hash, UpgradeError> {
        self.admin.ensure_owner()?;
        let pending = self.pending.ok_or(UpgradeError::NothingPending)?;
        if ink::env::block_number::<DefaultEnvironment>() < pending.ready_at {
            return Err(UpgradeError::TooEarly);
        }
        let version = self.version.checked_add(1).ok_or(UpgradeError::Overflow)?;
        self.pending = None;
        self.version = version;
        emit(Upgraded {
            code_hash: pending.code_hash,
            version,
        });
        Ok(pending.code_hash)
    }

    /// To be called by the new code's `migrate` before it changes anything. Only the administrator, once a version.
    pub fn migrate(&mut self) -> Result<(), UpgradeError> {
        self.admin.ensure_owner()?;
        if self.migrated == self.version {
            return Err(UpgradeError::AlreadyMigrated);
        }
        self.migrated = self.version;
        emit(Migrated { version: self.version });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ink::env::test::{default_accounts, set_block_number, set_caller, DefaultAccounts};

    fn accounts() -> DefaultAccounts<DefaultEnvironment> {
        default_accounts::<DefaultEnvironment>()
    }

    #[ink::test]
    fn an_upgrade_waits_for_its_delay_and_then_for_its_migration() {
        let mut upgrade = Upgrade::new(accounts().alice, 10);
        upgrade.propose([7; 32].into()).unwrap();
        assert_eq!(upgrade.propose([8; 32].into()), Err(UpgradeError::AlreadyPending));
        assert_eq!(upgrade.take_ready(), Err(UpgradeError::TooEarly));

        set_block_number::<DefaultEnvironment>(10);
        assert_eq!(upgrade.take_ready(), Ok([7; 32].into()));
        assert_eq!(upgrade.version(), 2);
        assert_eq!(upgrade.ensure_migrated(), Err(UpgradeError::NotMigrated));
        assert_eq!(upgrade.take_ready(), Err(UpgradeError::NothingPending), "applied twice");

        upgrade.migrate().unwrap();
        assert_eq!(upgrade.ensure_migrated(), Ok(()));
        assert_eq!(upgrade.migrate(), Err(UpgradeError::AlreadyMigrated));
    }

    #[ink::test]
    fn code_that_cannot_migrate_can_be_replaced() {
        let mut upgrade = Upgrade::new(accounts().alice, 0);
        for code in [7, 8] {
            upgrade.propose([code; 32].into()).unwrap();
            upgrade.take_ready().unwrap();
            assert_eq!(upgrade.ensure_migrated(), Err(UpgradeError::NotMigrated));
        }
        upgrade.migrate().unwrap();
        assert_eq!(upgrade.ensure_migrated(), Ok(()));
        assert_eq!(upgrade.version(), 3);
    }

    #[ink::test]
    fn nobody_but_the_administrator_touches_the_code() {
        let mut upgrade = Upgrade::new(accounts().alice, 0);
        upgrade.propose([7; 32].into()).unwrap();
        set_caller::<DefaultEnvironment>(accounts().bob);
        assert_eq!(upgrade.propose([8; 32].into()), Err(UpgradeError::NotAdmin));
        assert_eq!(upgrade.cancel(), Err(UpgradeError::NotAdmin));
        assert_eq!(upgrade.apply(), Err(UpgradeError::NotAdmin));
        assert_eq!(upgrade.migrate(), Err(UpgradeError::NotAdmin));
    }

    #[ink::test]
    fn a_cancelled_upgrade_is_gone() {
        let mut upgrade = Upgrade::new(accounts().alice, 0);
        upgrade.propose([7; 32].into()).unwrap();
        upgrade.cancel().unwrap();
        assert_eq!(upgrade.take_ready(), Err(UpgradeError::NothingPending));
        assert_eq!(upgrade.cancel(), Err(UpgradeError::NothingPending));
    }

    #[ink::test]
    fn a_delay_that_no_block_reaches_is_refused() {
        let mut upgrade = Upgrade::new(accounts().alice, BlockNumber::MAX);
        set_block_number::<DefaultEnvironment>(1);
        assert_eq!(upgrade.propose([7; 32].into()), Err(UpgradeError::Overflow));
    }
}
