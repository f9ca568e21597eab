//! Calls that wait in public before they are made.
//!
//! A proposer (role 1) queues a call. After the delay an executor (role 2; anyone if the settings say `open`) makes it, in
//! the name of the timelock, within the grace period. A canceller (role 3) stops it before. So whoever holds a token, a
//! contract or a DAO under a timelock has the delay to see what comes, and to leave.
//!
//! **Every proposer cancels too, and every canceller can stop every call**, those of other proposers as well, again and again;
//! also the call that would take its role away. So one hostile proposer among several stops the timelock for good, unless an
//! account outside it holds role 0. Name one proposer, a DAO or a multisig; or name an administrator, who gives and takes
//! role 3 as it shall be and only then renounces.
//!
//! The timelock holds role 0 itself: its roles and settings change only by calls that went through it, unless the
//! constructor names an administrator, who should renounce when all is set up. Delay and grace are at most [`MAX_PERIOD`] blocks.
//!
//! The chain keeps a call's hash; the call is in the event `Queued`, and who executes or cancels it brings it again. A
//! call that was made cannot be queued again with the same salt. If the callee refuses, nothing is changed and the call
//! can be tried again until it expires. An empty input pays `value` to an account.
//!
//! # Storage (stable)
//!
//! The root cell is empty, so that a call of the timelock to itself cannot be overwritten. Cells of their own:
//! `settings`, `operations` (hash → `Operation`), and those of [`parts::Roles`].
//!
//! # Events (stable)
//!
//! `Queued`, `Executed`, `Cancelled`, `SettingsChanged`, and those of [`parts::Roles`].

#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![warn(missing_docs)]

pub use self::timelock::{
    Error, Operation, Settings, Timelock, TimelockRef, CANCELLER, EXECUTOR, MAX_PERIOD, PROPOSER,
};

/// The contract.
#[ink::contract]
mod timelock {
    use ink::{
        env::hash::Blake2x256,
        prelude::vec::Vec,
        storage::{Lazy, Mapping},
    };
    use parts::{invoke, Call, InvokeError, RoleId, Roles, RolesError, MAX_INPUT};

    /// The role that queues.
    pub const PROPOSER: RoleId = 1;
    /// The role that executes.
    pub const EXECUTOR: RoleId = 2;
    /// The role that cancels.
    pub const CANCELLER: RoleId = 3;
    /// The most accounts that the constructor gives each role.
    pub const MAX_ACCOUNTS: usize = 16;
    /// The most blocks of the delay, and of the grace period: ten years of blocks of one second.
    ///
    /// Block numbers are `u32`. Settings that lead beyond the last one would let nobody queue anything, nor change them.
    pub const MAX_PERIOD: BlockNumber = 10 * 365 * 24 * 60 * 60;

    /// The timelock.
    #[ink(storage)]
    pub struct Timelock {
        roles: Roles,
        settings: Lazy<Settings>,
        operations: Mapping<Hash, Operation>,
    }

    /// How long calls wait.
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[cfg_attr(feature = "std", derive(ink::storage::traits::StorageLayout))]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Settings {
        /// Blocks between queueing and the first chance to execute, at most [`MAX_PERIOD`].
        pub delay: BlockNumber,
        /// Blocks in which a call can be executed, at least one and at most [`MAX_PERIOD`].
        pub grace: BlockNumber,
        /// Whether anyone may execute.
        pub open: bool,
    }

    /// A call that was queued.
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[cfg_attr(feature = "std", derive(ink::storage::traits::StorageLayout))]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Operation {
        /// It can be executed in the blocks from `ready_at` up to and without `expires_at`.
        Waiting {
            /// The first block.
            ready_at: BlockNumber,
            /// The first block in which it is too late.
            expires_at: BlockNumber,
        },
        /// It was made.
        Done,
    }

    /// A call waits.
    #[ink(event)]
    pub struct Queued {
        /// Hash of the call and its salt.
        #[ink(topic)]
        pub id: Hash,
        /// Who is called.
        #[ink(topic)]
        pub callee: AccountId,
        /// What goes with it, in planck.
        pub value: Balance,
        /// Selector and arguments.
        pub input: Vec<u8>,
        /// What tells it from the same call at another time.
        pub salt: Hash,
        /// The first block in which it can be executed.
        pub ready_at: BlockNumber,
        /// The first block in which it is too late.
        pub expires_at: BlockNumber,
    }

    /// A call was made.
    #[ink(event)]
    pub struct Executed {
        /// Hash of the call and its salt.
        #[ink(topic)]
        pub id: Hash,
        /// Who executed it.
        #[ink(topic)]
        pub by: AccountId,
    }

    /// A call will not be made.
    #[ink(event)]
    pub struct Cancelled {
        /// Hash of the call and its salt.
        #[ink(topic)]
        pub id: Hash,
        /// Who cancelled it.
        #[ink(topic)]
        pub by: AccountId,
    }

    /// Calls queued from now on wait otherwise.
    #[ink(event)]
    pub struct SettingsChanged {
        /// The settings now.
        pub settings: Settings,
    }

    /// Why the timelock refuses.
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Error {
        /// The call was not queued, or was cancelled.
        NotQueued,
        /// The call was queued or made already: take another salt.
        AlreadyQueued,
        /// The call was made already.
        AlreadyDone,
        /// The delay is not over.
        TooEarly,
        /// The grace period is over: cancel it and queue it again.
        Expired,
        /// The input is too long.
        InputTooLong,
        /// Too many accounts for the constructor.
        TooManyAccounts,
        /// The grace period must have a block.
        NoGrace,
        /// Only the timelock itself may do this, by a call that was queued.
        NotSelf,
        /// A number is too large.
        Overflow,
        /// The callee refused; nothing was changed.
        Call(InvokeError),
        /// Roles.
        Roles(RolesError),
        /// Delay or grace period are longer than [`MAX_PERIOD`].
        TooLong,
    }

    impl From<RolesError> for Error {
        fn from(error: RolesError) -> Self {
            Self::Roles(error)
        }
    }

    /// What every message that changes something returns.
    pub type Result<T> = core::result::Result<T, Error>;

    impl Timelock {
        /// Proposers also cancel. Without executors anyone executes. `admin` holds role 0 beside the timelock itself.
        #[ink(constructor)]
        pub fn new(
            delay: BlockNumber,
            grace: BlockNumber,
            proposers: Vec<AccountId>,
            executors: Vec<AccountId>,
            admin: Option<AccountId>,
        ) -> Result<Self> {
            if proposers.len() > MAX_ACCOUNTS || executors.len() > MAX_ACCOUNTS {
                return Err(Error::TooManyAccounts);
            }
            let mut timelock = Self {
                roles: Roles::new(Self::env().account_id()),
                settings: Lazy::default(),
                operations: Mapping::default(),
            };
            timelock.do_set_settings(Settings {
                delay,
                grace,
                open: executors.is_empty(),
            })?;
            for account in proposers {
                timelock.roles.assign(PROPOSER, account)?;
                timelock.roles.assign(CANCELLER, account)?;
            }
            for account in executors {
                timelock.roles.assign(EXECUTOR, account)?;
            }
            if let Some(admin) = admin {
                timelock.roles.assign(parts::ADMIN, admin)?;
            }
            Ok(timelock)
        }

        /// How long calls wait.
        #[ink(message)]
        pub fn settings(&self) -> Settings {
            self.settings.get_or_default()
        }

        /// The call `id`, none if it was never queued or was cancelled.
        #[ink(message)]
        pub fn operation(&self, id: Hash) -> Option<Operation> {
            self.operations.get(id)
        }

        /// The id of a call.
        #[ink(message)]
        pub fn operation_id(&self, callee: AccountId, value: Balance, input: Vec<u8>, salt: Hash) -> Hash {
            id_of(&Call { callee, value, input }, &salt)
        }

        /// Queues a call and says its id. Only role 1.
        #[ink(message)]
        pub fn queue(&mut self, callee: AccountId, value: Balance, input: Vec<u8>, salt: Hash) -> Result<Hash> {
            self.roles.ensure(PROPOSER)?;
            if input.len() > MAX_INPUT {
                return Err(Error::InputTooLong);
            }
            let call = Call { callee, value, input };
            let id = id_of(&call, &salt);
            if self.operations.contains(id) {
                return Err(Error::AlreadyQueued);
            }
            let Settings { delay, grace, .. } = self.settings();
            let ready_at = self.env().block_number().checked_add(delay).ok_or(Error::Overflow)?;
            let expires_at = ready_at.checked_add(grace).ok_or(Error::Overflow)?;
            self.operations.insert(id, &Operation::Waiting { ready_at, expires_at });
            self.env().emit_event(Queued {
                id,
                callee,
                value,
                input: call.input,
                salt,
                ready_at,
                expires_at,
            });
            Ok(id)
        }

        /// Makes a call that has waited. Only role 2, or anyone if the settings say so.
        #[ink(message)]
        pub fn execute(&mut self, callee: AccountId, value: Balance, input: Vec<u8>, salt: Hash) -> Result<()> {
            let call = Call { callee, value, input };
            self.take_ready(&call, &salt)?;
            invoke(&call).map_err(Error::Call)
        }

        /// Stops a call that waits or has expired. Only role 3.
        #[ink(message)]
        pub fn cancel(&mut self, id: Hash) -> Result<()> {
            self.roles.ensure(CANCELLER)?;
            match self.operations.get(id).ok_or(Error::NotQueued)? {
                Operation::Done => Err(Error::AlreadyDone),
                Operation::Waiting { .. } => {
                    self.operations.remove(id);
                    self.env().emit_event(Cancelled {
                        id,
                        by: self.env().caller(),
                    });
                    Ok(())
                }
            }
        }

        /// Changes how long calls wait that are queued from now on. Only the timelock itself.
        #[ink(message)]
        pub fn set_settings(&mut self, settings: Settings) -> Result<()> {
            if self.env().caller() != self.env().account_id() {
                return Err(Error::NotSelf);
            }
            self.do_set_settings(settings)
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

        /// All of `execute` but the call: marks it as made before it is made.
        pub(crate) fn take_ready(&mut self, call: &Call, salt: &Hash) -> Result<()> {
            if !self.settings().open {
                self.roles.ensure(EXECUTOR)?;
            }
            let id = id_of(call, salt);
            let (ready_at, expires_at) = match self.operations.get(id).ok_or(Error::NotQueued)? {
                Operation::Done => return Err(Error::AlreadyDone),
                Operation::Waiting { ready_at, expires_at } => (ready_at, expires_at),
            };
            let now = self.env().block_number();
            if now < ready_at {
                return Err(Error::TooEarly);
            }
            if now >= expires_at {
                return Err(Error::Expired);
            }
            self.operations.insert(id, &Operation::Done);
            self.env().emit_event(Executed {
                id,
                by: self.env().caller(),
            });
            Ok(())
        }

        fn do_set_settings(&mut self, settings: Settings) -> Result<()> {
            if settings.grace == 0 {
                return Err(Error::NoGrace);
            }
            if settings.delay > MAX_PERIOD || settings.grace > MAX_PERIOD {
                return Err(Error::TooLong);
            }
            self.settings.set(&settings);
            self.env().emit_event(SettingsChanged { settings });
            Ok(())
        }
    }

    fn id_of(call: &Call, salt: &Hash) -> Hash {
        let mut id = [0; 32];
        ink::env::hash_encoded::<Blake2x256, _>(&(call, salt), &mut id);
        id.into()
    }
}

#[cfg(test)]
mod tests;
