//! Writes of 1 KiB: what storage costs.

#![cfg_attr(not(feature = "std"), no_std, no_main)]

/// Writes and reads of values of 1 KiB.
#[ink::contract]
pub mod bench_writes {
    use ink::env;

    /// Storage layout: values of 1,024 bytes under the SCALE encoding of `(b"value", number)`.
    #[ink(storage)]
    pub struct BenchWrites {}

    impl BenchWrites {
        /// Nothing to set up.
        #[ink(constructor)]
        #[allow(clippy::new_without_default, reason = "a constructor of a contract")]
        pub fn new() -> Self {
            Self {}
        }

        /// Writes `count` values, each of 1 KiB filled with `byte`.
        #[ink(message)]
        pub fn write(&mut self, count: u32, byte: u8) {
            for number in 0..count {
                env::set_contract_storage(&(*b"value", number), &[byte; 1024]);
            }
        }

        /// The sum of the first bytes of `count` values.
        #[ink(message)]
        pub fn read(&self, count: u32) -> u32 {
            let value = |number: u32| {
                env::get_contract_storage::<_, [u8; 1024]>(&(*b"value", number))
                    .ok()
                    .flatten()
            };
            let first = |number| value(number).map_or(0, |value| u32::from(value[0]));
            (0..count).map(first).fold(0, u32::wrapping_add)
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[ink::test]
        fn what_is_written_is_read() {
            let mut contract = BenchWrites::new();
            contract.write(3, 7);
            assert_eq!(contract.read(4), 21);
        }
    }
}
