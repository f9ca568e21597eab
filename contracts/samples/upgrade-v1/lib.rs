//! A contract whose owner gives it other code, at the same address and over the same storage. `upgrade-v2` is what it becomes.

#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![allow(clippy::new_without_default, reason = "a contract without an owner makes no sense")]

/// Counts by one.
#[ink::contract]
pub mod upgrade_v1 {
    /// Storage layout: `count`, `owner`. The next version keeps both in front.
    #[ink(storage)]
    pub struct UpgradeV1 {
        count: u32,
        owner: AccountId,
    }

    /// It has other code from the next call on.
    #[ink(event)]
    pub struct Upgraded {
        /// Hash of the code.
        #[ink(topic)]
        code: Hash,
    }

    /// Why it keeps its code.
    #[derive(Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// Only the owner does that.
        NotOwner,
        /// No such code is on the chain.
        UnknownCode,
    }

    impl UpgradeV1 {
        /// Starts at zero; whoever deploys it owns it.
        #[ink(constructor)]
        pub fn new() -> Self {
            Self {
                count: 0,
                owner: Self::env().caller(),
            }
        }

        /// Adds one.
        #[ink(message)]
        pub fn count_up(&mut self) {
            self.count = self.count.saturating_add(1);
        }

        /// The number.
        #[ink(message)]
        pub fn count(&self) -> u32 {
            self.count
        }

        /// Takes other code: for the owner.
        #[ink(message)]
        pub fn upgrade(&mut self, code: Hash) -> Result<(), Error> {
            if self.env().caller() != self.owner {
                return Err(Error::NotOwner);
            }
            self.env().set_code_hash(&code).map_err(|_| Error::UnknownCode)?;
            self.env().emit_event(Upgraded { code });
            Ok(())
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use ink::env::{test, DefaultEnvironment};

        #[ink::test]
        fn only_the_owner_upgrades() {
            let mut contract = UpgradeV1::new();
            contract.count_up();
            assert_eq!(contract.count(), 1);
            test::set_caller::<DefaultEnvironment>(test::default_accounts::<DefaultEnvironment>().bob);
            assert_eq!(contract.upgrade(Hash::default()), Err(Error::NotOwner));
        }
    }
}
