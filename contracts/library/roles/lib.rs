//! A register of roles that other contracts and programs ask: who may do what.
//!
//! A role is a number that its users agree on. Role 0 manages every role, until `set_role_admin` gives one another
//! manager. The last holder of role 0 stays.
//!
//! A contract that needs roles of its own holds [`parts::Roles`] itself; this one is for roles that several share.
//!
//! # Storage (stable)
//!
//! The root cell is empty. Cells of their own: those of [`parts::Roles`].
//!
//! # Events (stable)
//!
//! Those of [`parts::Roles`]: `RoleGranted`, `RoleRevoked`, `RoleAdminChanged`.

#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![warn(missing_docs)]

pub use self::register::{RoleRegister, RoleRegisterRef};

/// The contract.
#[ink::contract]
mod register {
    use parts::{RoleId, Roles, RolesError};

    /// What every message that changes something returns.
    pub type Result<T> = core::result::Result<T, RolesError>;

    /// The register.
    #[ink(storage)]
    pub struct RoleRegister {
        roles: Roles,
    }

    impl RoleRegister {
        /// The caller holds role 0.
        #[ink(constructor)]
        pub fn new() -> Self {
            Self {
                roles: Roles::new(Self::env().caller()),
            }
        }

        /// Whether `account` holds `role`.
        #[ink(message)]
        pub fn has_role(&self, role: RoleId, account: AccountId) -> bool {
            self.roles.has(role, account)
        }

        /// How many accounts hold `role`.
        #[ink(message)]
        pub fn role_count(&self, role: RoleId) -> u32 {
            self.roles.count(role)
        }

        /// The role whose holders grant and revoke `role`.
        #[ink(message)]
        pub fn role_admin(&self, role: RoleId) -> RoleId {
            self.roles.admin_of(role)
        }

        /// Gives `role` to `account`. Only holders of the role that manages it.
        #[ink(message)]
        pub fn grant_role(&mut self, role: RoleId, account: AccountId) -> Result<()> {
            self.roles.grant(role, account)
        }

        /// Takes `role` from `account`. Only holders of the role that manages it.
        #[ink(message)]
        pub fn revoke_role(&mut self, role: RoleId, account: AccountId) -> Result<()> {
            self.roles.revoke(role, account)
        }

        /// The caller gives `role` up.
        #[ink(message)]
        pub fn renounce_role(&mut self, role: RoleId) -> Result<()> {
            self.roles.renounce(role)
        }

        /// Holders of `admin` manage `role` from now on. Only holders of the role that manages it now.
        #[ink(message)]
        pub fn set_role_admin(&mut self, role: RoleId, admin: RoleId) -> Result<()> {
            self.roles.set_admin(role, admin)
        }
    }

    impl Default for RoleRegister {
        fn default() -> Self {
            Self::new()
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use ink::env::{
            test::{default_accounts, recorded_events, set_caller, DefaultAccounts},
            DefaultEnvironment,
        };
        use parts::ADMIN;

        const EDITOR: RoleId = 7;
        const CHIEF: RoleId = 8;

        fn accounts() -> DefaultAccounts<DefaultEnvironment> {
            default_accounts::<DefaultEnvironment>()
        }

        fn by(account: AccountId) {
            set_caller::<DefaultEnvironment>(account);
        }

        #[ink::test]
        fn the_administrator_grants_and_revokes() {
            let mut register = RoleRegister::new();
            register.grant_role(EDITOR, accounts().bob).unwrap();
            register.grant_role(EDITOR, accounts().bob).unwrap();
            assert!(register.has_role(EDITOR, accounts().bob));
            assert_eq!(register.role_count(EDITOR), 1, "granted twice, counted once");
            register.revoke_role(EDITOR, accounts().bob).unwrap();
            assert!(!register.has_role(EDITOR, accounts().bob));
            assert_eq!(register.revoke_role(EDITOR, accounts().bob), Err(RolesError::NotHeld));
            assert_eq!(recorded_events().count(), 3);
        }

        #[ink::test]
        fn a_holder_does_not_pass_its_role_on() {
            let mut register = RoleRegister::new();
            register.grant_role(EDITOR, accounts().bob).unwrap();
            by(accounts().bob);
            let refused = Err(RolesError::MissingRole(ADMIN));
            assert_eq!(register.grant_role(EDITOR, accounts().charlie), refused);
            assert_eq!(register.grant_role(ADMIN, accounts().bob), refused);
            assert_eq!(register.revoke_role(ADMIN, accounts().alice), refused);
            assert_eq!(register.set_role_admin(EDITOR, EDITOR), refused);
            register.renounce_role(EDITOR).unwrap();
            assert_eq!(register.renounce_role(EDITOR), Err(RolesError::NotHeld));
        }

        #[ink::test]
        fn a_role_may_have_another_manager() {
            let mut register = RoleRegister::new();
            register.grant_role(CHIEF, accounts().bob).unwrap();
            register.set_role_admin(EDITOR, CHIEF).unwrap();
            assert_eq!(register.role_admin(EDITOR), CHIEF);
            assert_eq!(
                register.grant_role(EDITOR, accounts().alice),
                Err(RolesError::MissingRole(CHIEF)),
                "role 0 gave the role away"
            );
            by(accounts().bob);
            register.grant_role(EDITOR, accounts().charlie).unwrap();
        }

        #[ink::test]
        fn somebody_always_holds_role_0() {
            let mut register = RoleRegister::new();
            assert_eq!(register.renounce_role(ADMIN), Err(RolesError::LastAdmin));
            assert_eq!(
                register.revoke_role(ADMIN, accounts().alice),
                Err(RolesError::LastAdmin)
            );
            assert_eq!(register.set_role_admin(ADMIN, EDITOR), Err(RolesError::LastAdmin));
            register.grant_role(ADMIN, accounts().bob).unwrap();
            register.renounce_role(ADMIN).unwrap();
            assert_eq!(register.role_count(ADMIN), 1);
        }
    }
}
