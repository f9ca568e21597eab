//! What several contracts of the library need, each in one place.
//!
//! | part | what | its messages in a contract |
//! |---|---|---|
//! | [`Ownable`] | one owner, handed over in two steps | `owner`, `offered_owner`, `offer_ownership`, `accept_ownership`, `renounce_ownership` |
//! | [`Pausable`] | an emergency stop: the owner and guardians pull it, the owner alone releases it | `is_paused`, `is_guardian`, `pause`, `resume`, `set_guardian` |
//! | [`Roles`] | who may do what, each role with a role that manages it | `has_role`, `role_count`, `role_admin`, `grant_role`, `revoke_role`, `renounce_role`, `set_role_admin` |
//! | [`Upgrade`] | new code in two steps with a delay, a version, a migration that runs once | `propose_upgrade`, `cancel_upgrade`, `apply_upgrade`, `migrate`, … |
//! | [`invoke()`] | any call, with the answer of the callee told apart: reverted, trapped, no contract | |
//!
//! A part is a storage item: put it into the storage of a contract, and let a message of one line call it. A part asks
//! the environment who calls, writes, then emits its event. Its errors are enums of their own, which the contract's
//! error holds as a variant.
//!
//! Each part is behind a feature of its name ([`invoke()`] too), so that the metadata of a contract lists the events of the
//! parts that it holds, and no others.
//!
//! # Storage
//!
//! [`Ownable`] and [`Upgrade`] are packed: they lie in the cell of the struct that holds them. The mappings of
//! [`Pausable`] and [`Roles`] have cells of their own, whose keys follow from the names `Pausable::guardians`,
//! `Roles::members`, `Roles::admins` and `Roles::counts`, the same in every contract. So a contract holds each part at
//! most once, and the layout does not change with the contract around it.

#![cfg_attr(not(feature = "std"), no_std)]
#![warn(missing_docs)]

#[cfg(feature = "invoke")]
mod invoke;
#[cfg(feature = "ownable")]
mod ownable;
#[cfg(feature = "pausable")]
mod pausable;
#[cfg(feature = "roles")]
mod roles;
#[cfg(feature = "upgrade")]
mod upgrade;

#[cfg(feature = "invoke")]
pub use invoke::{invoke, Call, InvokeError, MAX_INPUT};
#[cfg(feature = "ownable")]
pub use ownable::{Ownable, OwnableError, OwnershipOffered, OwnershipTransferred};
#[cfg(feature = "pausable")]
pub use pausable::{GuardianSet, Pausable, PausableError, Paused, Resumed};
#[cfg(feature = "roles")]
pub use roles::{RoleAdminChanged, RoleGranted, RoleId, RoleRevoked, Roles, RolesError, ADMIN};
#[cfg(feature = "upgrade")]
pub use upgrade::{Migrated, PendingUpgrade, Upgrade, UpgradeCancelled, UpgradeError, UpgradeProposed, Upgraded};

#[cfg(any(feature = "ownable", feature = "roles"))]
use ink::{
    env::{DefaultEnvironment, Event},
    primitives::AccountId,
};

#[cfg(any(feature = "ownable", feature = "roles"))]
fn caller() -> AccountId {
    ink::env::caller::<DefaultEnvironment>()
}

#[cfg(any(feature = "ownable", feature = "roles"))]
fn emit(event: impl Event) {
    ink::env::emit_event::<DefaultEnvironment, _>(event);
}
