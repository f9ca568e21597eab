//! A hash, nothing, a trap: what the interpreter costs.

#![cfg_attr(not(feature = "std"), no_std, no_main)]

mod sha256;

/// Computing without storage.
#[ink::contract]
pub mod bench_compute {
    use crate::sha256;

    /// Nothing is stored.
    #[ink(storage)]
    pub struct BenchCompute {}

    impl BenchCompute {
        /// Nothing to set up.
        #[ink(constructor)]
        #[allow(clippy::new_without_default, reason = "a constructor of a contract")]
        pub fn new() -> Self {
            Self {}
        }

        /// `blocks` compressions of SHA-256, and the state that they end in.
        #[ink(message)]
        pub fn hash(&self, blocks: u32) -> [u8; 32] {
            sha256::chain(blocks)
        }

        /// Nothing: what a call costs before the contract does anything.
        #[ink(message)]
        pub fn nothing(&self) {}

        /// Traps.
        #[ink(message)]
        pub fn trap(&self) {
            panic!("asked to trap")
        }

        /// Never ends; only gas stops it.
        #[ink(message)]
        pub fn spin(&self) {
            let mut state = sha256::START;
            loop {
                sha256::compress(&mut state, &[0; 16]);
                if state == [0; 8] {
                    return;
                }
            }
        }

        /// Calls itself `depth` times, each with a frame of its own.
        #[ink(message)]
        pub fn recurse(&self, depth: u32) -> u32 {
            descend(depth)
        }
    }

    #[inline(never)]
    fn descend(depth: u32) -> u32 {
        match depth.checked_sub(1) {
            // Of the result, so that this is no loop.
            Some(rest) => descend(rest).rotate_left(1) ^ depth,
            None => 1,
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[ink::test]
        fn compression_is_that_of_sha_256() {
            let mut state = sha256::START;
            let mut empty = [0; 16];
            empty[0] = 0x8000_0000;
            sha256::compress(&mut state, &empty);
            let of_nothing = [
                0xe3b0_c442,
                0x98fc_1c14,
                0x9afb_f4c8,
                0x996f_b924,
                0x27ae_41e4,
                0x649b_934c,
                0xa495_991b,
                0x7852_b855,
            ];
            assert_eq!(state, of_nothing);
        }

        #[ink::test]
        fn every_block_changes_the_state() {
            let contract = BenchCompute::new();
            assert_ne!(contract.hash(1), contract.hash(2));
        }
    }
}
