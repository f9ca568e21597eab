//! What `upgrade-v1` becomes: the same storage with a cell more, and a message more.

#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![allow(clippy::new_without_default, reason = "a contract without an owner makes no sense")]

/// Counts by a step that can be changed.
#[ink::contract]
pub mod upgrade_v2 {
    use ink::storage::{traits::ManualKey, Lazy};

    /// Storage layout: `count`, `owner` as the first version has them in the root cell; `step` in a cell of its own under `0x57e9`, because what
    /// the first version stored must still be readable.
    #[ink(storage)]
    pub struct UpgradeV2 {
        count: u32,
        owner: AccountId,
        step: Lazy<u32, ManualKey<0x57e9>>,
    }

    /// Why it does nothing.
    #[derive(Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// Only the owner does that.
        NotOwner,
        /// A step of zero would never count.
        NoStep,
    }

    impl UpgradeV2 {
        /// Starts at zero: this version can be deployed too.
        #[ink(constructor)]
        pub fn new() -> Self {
            Self {
                count: 0,
                owner: Self::env().caller(),
                step: Lazy::new(),
            }
        }

        /// Adds the step.
        #[ink(message)]
        pub fn count_up(&mut self) {
            self.count = self.count.saturating_add(self.step());
        }

        /// The number.
        #[ink(message)]
        pub fn count(&self) -> u32 {
            self.count
        }

        /// What is added: one, until it is changed.
        #[ink(message)]
        pub fn step(&self) -> u32 {
            self.step.get().unwrap_or(1)
        }

        /// Changes what is added: for the owner.
        #[ink(message)]
        pub fn set_step(&mut self, step: u32) -> Result<(), Error> {
            if self.env().caller() != self.owner {
                return Err(Error::NotOwner);
            }
            if step == 0 {
                return Err(Error::NoStep);
            }
            self.step.set(&step);
            Ok(())
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[ink::test]
        fn counts_by_one_until_the_step_is_set() {
            let mut contract = UpgradeV2::new();
            contract.count_up();
            contract.set_step(10).unwrap();
            contract.count_up();
            assert_eq!(contract.count(), 11);
            assert_eq!(contract.set_step(0), Err(Error::NoStep));
        }
    }
}
