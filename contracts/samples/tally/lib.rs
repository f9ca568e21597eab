//! Code that `front` runs in its own storage. Deployed on its own, it counts for itself.

#![cfg_attr(not(feature = "std"), no_std, no_main)]

/// Counts what each account adds.
#[ink::contract]
pub mod tally {
    use ink::storage::{traits::ManualKey, Mapping};

    /// Storage layout, the same as of `front`: `total` in the root cell, `shares` under the key `0x7a11` (account, what it added).
    #[ink(storage)]
    #[derive(Default)]
    pub struct Tally {
        total: u64,
        shares: Mapping<AccountId, u64, ManualKey<0x7a11>>,
    }

    /// Somebody added something.
    #[ink(event)]
    pub struct Added {
        /// Who called; in `front`'s storage too, it is who called `front`.
        #[ink(topic)]
        by: AccountId,
        /// How much.
        amount: u64,
    }

    impl Tally {
        /// Nothing yet.
        #[ink(constructor)]
        pub fn new() -> Self {
            Self::default()
        }

        /// Adds for the caller; gives the new total.
        #[ink(message)]
        pub fn add(&mut self, amount: u64) -> u64 {
            let by = self.env().caller();
            self.total = self.total.saturating_add(amount);
            let share = self.share(by).saturating_add(amount);
            self.shares.insert(by, &share);
            self.env().emit_event(Added { by, amount });
            self.total
        }

        /// All that was added.
        #[ink(message)]
        pub fn total(&self) -> u64 {
            self.total
        }

        /// What an account added.
        #[ink(message)]
        pub fn share(&self, of: AccountId) -> u64 {
            self.shares.get(of).unwrap_or_default()
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use ink::env::{test, DefaultEnvironment};

        #[ink::test]
        fn adds_for_whoever_calls() {
            let accounts = test::default_accounts::<DefaultEnvironment>();
            let mut tally = Tally::new();
            assert_eq!(tally.add(3), 3);
            test::set_caller::<DefaultEnvironment>(accounts.bob);
            assert_eq!(tally.add(4), 7);
            assert_eq!(tally.share(accounts.alice), 3);
            assert_eq!(tally.share(accounts.bob), 4);
            assert_eq!(tally.total(), 7);
        }
    }
}
