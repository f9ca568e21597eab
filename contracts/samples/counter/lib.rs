//! A number that only goes up, to a limit: what `caller` calls.

#![cfg_attr(not(feature = "std"), no_std, no_main)]

pub use self::counter::{CounterRef, Error};

/// Counts to a limit.
#[ink::contract]
pub mod counter {
    /// Storage layout: `count`, `limit`.
    #[ink(storage)]
    pub struct Counter {
        count: u32,
        limit: u32,
    }

    /// Why it does not count on.
    #[derive(Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// The number would pass the limit.
        Limit {
            /// What is left to it.
            left: u32,
        },
    }

    impl Counter {
        /// Counts from zero to `limit`.
        #[ink(constructor)]
        pub fn new(limit: u32) -> Self {
            Self { count: 0, limit }
        }

        /// A limit of zero is refused.
        #[ink(constructor)]
        pub fn checked(limit: u32) -> Result<Self, Error> {
            match limit {
                0 => Err(Error::Limit { left: 0 }),
                limit => Ok(Self::new(limit)),
            }
        }

        /// Adds `by` and gives the new number.
        #[ink(message)]
        pub fn add(&mut self, by: u32) -> Result<u32, Error> {
            let left = self.limit.saturating_sub(self.count);
            if by > left {
                return Err(Error::Limit { left });
            }
            self.count = self.count.saturating_add(by);
            Ok(self.count)
        }

        /// The number.
        #[ink(message)]
        pub fn get(&self) -> u32 {
            self.count
        }

        /// What the contract has been sent, in planck.
        #[ink(message, payable)]
        pub fn pay(&mut self) -> Balance {
            self.env().transferred_value()
        }
    }

    // as somebody's dependency the crate is the reference alone
    #[cfg(all(test, not(feature = "ink-as-dependency")))]
    mod tests {
        use super::*;

        #[ink::test]
        fn counts_to_the_limit_and_not_further() {
            let mut counter = Counter::new(5);
            assert_eq!(counter.add(3), Ok(3));
            assert_eq!(counter.add(3), Err(Error::Limit { left: 2 }));
            assert_eq!(counter.add(2), Ok(5));
            assert_eq!(counter.get(), 5);
            assert!(Counter::checked(0).is_err());
        }
    }
}
