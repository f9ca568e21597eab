//! Who may do what.

use crate::{caller, emit};
use ink::{primitives::AccountId, storage::Mapping};

/// A role. A contract gives numbers to its roles and documents them.
pub type RoleId = u32;

/// The role that manages every role whose manager was not changed, itself among them.
pub const ADMIN: RoleId = 0;

/// Accounts with roles. Each role has a role that manages it: whoever holds that one grants and revokes.
///
/// [`ADMIN`] is never left without a holder: the last one can neither renounce it nor be revoked.
#[ink::storage_item]
#[derive(Debug, Default)]
pub struct Roles {
    members: Mapping<(RoleId, AccountId), ()>,
    admins: Mapping<RoleId, RoleId>,
    counts: Mapping<RoleId, u32>,
}

/// Why [`Roles`] refuses.
#[ink::scale_derive(Encode, Decode, TypeInfo)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RolesError {
    /// The caller does not hold the role that this needs.
    MissingRole(RoleId),
    /// The account does not hold the role.
    NotHeld,
    /// The last holder of role 0 stays.
    LastAdmin,
    /// A role has too many holders.
    TooMany,
}

/// An account got a role.
#[ink::event]
pub struct RoleGranted {
    /// The role.
    #[ink(topic)]
    pub role: RoleId,
    /// The account.
    #[ink(topic)]
    pub account: AccountId,
    /// Who granted it.
    #[ink(topic)]
    pub by: AccountId,
}

/// An account lost a role.
#[ink::event]
pub struct RoleRevoked {
    /// The role.
    #[ink(topic)]
    pub role: RoleId,
    /// The account.
    #[ink(topic)]
    pub account: AccountId,
    /// Who revoked it; the account itself if it renounced.
    #[ink(topic)]
    pub by: AccountId,
}

/// A role is managed by another role.
#[ink::event]
pub struct RoleAdminChanged {
    /// The role.
    #[ink(topic)]
    pub role: RoleId,
    /// The role whose holders grant and revoke it now.
    #[ink(topic)]
    pub admin: RoleId,
}

impl Roles {
    /// `admin` holds [`ADMIN`], nobody holds anything else.
    pub fn new(admin: AccountId) -> Self {
        let mut roles = Self::default();
        roles.members.insert((ADMIN, admin), &());
        roles.counts.insert(ADMIN, &1);
        emit(RoleGranted {
            role: ADMIN,
            account: admin,
            by: caller(),
        });
        roles
    }

    /// Whether `account` holds `role`.
    pub fn has(&self, role: RoleId, account: AccountId) -> bool {
        self.members.contains((role, account))
    }

    /// How many accounts hold `role`.
    pub fn count(&self, role: RoleId) -> u32 {
        self.counts.get(role).unwrap_or_default()
    }

    /// The role whose holders grant and revoke `role`.
    pub fn admin_of(&self, role: RoleId) -> RoleId {
        self.admins.get(role).unwrap_or(ADMIN)
    }

    /// Fails unless the caller holds `role`.
    pub fn ensure(&self, role: RoleId) -> Result<(), RolesError> {
        if self.has(role, caller()) {
            Ok(())
        } else {
            Err(RolesError::MissingRole(role))
        }
    }

    /// Grants without asking who calls: for constructors. Granting again changes nothing.
    pub fn assign(&mut self, role: RoleId, account: AccountId) -> Result<(), RolesError> {
        if self.has(role, account) {
            return Ok(());
        }
        let count = self.count(role).checked_add(1).ok_or(RolesError::TooMany)?;
        self.members.insert((role, account), &());
        self.counts.insert(role, &count);
        emit(RoleGranted {
            role,
            account,
            by: caller(),
        });
        Ok(())
    }

    /// Grants `role` to `account`. Only holders of the role that manages it.
    pub fn grant(&mut self, role: RoleId, account: AccountId) -> Result<(), RolesError> {
        self.ensure(self.admin_of(role))?;
        self.assign(role, account)
    }

    /// Takes `role` from `account`. Only holders of the role that manages it.
    pub fn revoke(&mut self, role: RoleId, account: AccountId) -> Result<(), RolesError> {
        self.ensure(self.admin_of(role))?;
        self.take(role, account)
    }

    /// The caller gives `role` up.
    pub fn renounce(&mut self, role: RoleId) -> Result<(), RolesError> {
        self.take(role, caller())
    }

    /// Holders of `admin` manage `role` from now on. Only holders of the role that manages it now.
    ///
    /// Role 0 manages itself for ever; else it could be locked away.
    pub fn set_admin(&mut self, role: RoleId, admin: RoleId) -> Result<(), RolesError> {
        self.ensure(self.admin_of(role))?;
        if role == ADMIN {
            return Err(RolesError::LastAdmin);
        }
        self.admins.insert(role, &admin);
        emit(RoleAdminChanged { role, admin });
        Ok(())
    }

    fn take(&mut self, role: RoleId, account: AccountId) -> Result<(), RolesError> {
        if !self.has(role, account) {
            return Err(RolesError::NotHeld);
        }
        let count = self.count(role).saturating_sub(1);
        if role == ADMIN && count == 0 {
            return Err(RolesError::LastAdmin);
        }
        self.members.remove((role, account));
        self.counts.insert(role, &count);
        emit(RoleRevoked {
            role,
            account,
            by: caller(),
        });
        Ok(())
    }
}
