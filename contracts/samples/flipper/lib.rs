//! One bit of state: the smallest contract.

#![cfg_attr(not(feature = "std"), no_std, no_main)]

/// A bit that anyone may turn.
#[ink::contract]
pub mod flipper {
    /// Storage layout: `value`.
    #[ink(storage)]
    pub struct Flipper {
        value: bool,
    }

    impl Flipper {
        /// Starts with `value`.
        #[ink(constructor)]
        pub fn new(value: bool) -> Self {
            Self { value }
        }

        /// Turns the bit.
        #[ink(message)]
        pub fn flip(&mut self) {
            self.value = !self.value;
        }

        /// The bit.
        #[ink(message)]
        pub fn get(&self) -> bool {
            self.value
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[ink::test]
        fn flips() {
            let mut flipper = Flipper::new(false);
            flipper.flip();
            assert!(flipper.get());
        }
    }
}
