//! Does what contracts can do, and what goes wrong with them: for tests of tools. It guards nothing, so never put value into one on a network.

#![cfg_attr(not(feature = "std"), no_std, no_main)]

/// Everything that can happen to a call.
#[ink::contract]
pub mod probe {
    use ink::{
        env::{
            call::{build_call, ExecutionInput, Selector},
            DefaultEnvironment,
        },
        prelude::{string::String, vec, vec::Vec},
        storage::Mapping,
    };

    /// Storage layout: `owner`, `number`, `records`.
    #[ink(storage)]
    pub struct Probe {
        owner: AccountId,
        number: u32,
        records: Mapping<u32, Vec<u8>>,
    }

    /// The number was set.
    #[ink(event)]
    pub struct NumberSet {
        /// Who did it.
        #[ink(topic)]
        pub by: AccountId,
        /// What it was.
        pub old: u32,
        /// What it is.
        pub new: u32,
    }

    /// What the contract refuses.
    #[derive(Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// Only the owner may do it.
        NotOwner,
        /// The number is larger than it may be.
        TooLarge {
            /// What was asked for.
            number: u32,
            /// The most.
            most: u32,
        },
        /// The transfer failed.
        TransferFailed,
        /// The code could not be set.
        NoSuchCode,
    }

    /// Largest number that the contract takes.
    const MOST: u32 = 1_000;

    impl Probe {
        /// Starts with `number`; takes tokens.
        #[ink(constructor, payable)]
        pub fn new(number: u32) -> Self {
            let owner = Self::env().caller();
            Self::env().emit_event(NumberSet {
                by: owner,
                old: 0,
                new: number,
            });
            Self {
                owner,
                number,
                records: Mapping::default(),
            }
        }

        /// Makes no contract, but an error.
        #[ink(constructor)]
        pub fn failing() -> Result<Self, Error> {
            Err(Error::NotOwner)
        }

        /// The number.
        #[ink(message)]
        pub fn number(&self) -> u32 {
            self.number
        }

        /// Sets the number. It is written before it is checked.
        #[ink(message)]
        pub fn set(&mut self, number: u32) -> Result<u32, Error> {
            let old = core::mem::replace(&mut self.number, number);
            self.env().emit_event(NumberSet {
                by: self.env().caller(),
                old,
                new: number,
            });
            if number > MOST {
                return Err(Error::TooLarge { number, most: MOST });
            }
            Ok(old)
        }

        /// Sets the number, for the owner alone.
        #[ink(message)]
        pub fn set_as_owner(&mut self, number: u32) -> Result<u32, Error> {
            if self.env().caller() != self.owner {
                return Err(Error::NotOwner);
            }
            self.set(number)
        }

        /// Block and time.
        #[ink(message)]
        pub fn clock(&self) -> (BlockNumber, Timestamp) {
            (self.env().block_number(), self.env().block_timestamp())
        }

        /// Takes tokens and says how many.
        #[ink(message, payable)]
        pub fn pay(&mut self) -> Balance {
            self.env().transferred_value()
        }

        /// What the contract holds.
        #[ink(message)]
        pub fn holds(&self) -> Balance {
            self.env().balance()
        }

        /// Sends tokens away.
        #[ink(message)]
        pub fn send(&mut self, to: AccountId, amount: Balance) -> Result<(), Error> {
            self.env().transfer(to, amount).map_err(|_| Error::TransferFailed)
        }

        /// Stores `bytes` bytes under a key.
        #[ink(message)]
        pub fn store(&mut self, key: u32, bytes: u32) {
            self.records.insert(key, &vec![7; bytes as usize]);
        }

        /// Clears what is under a key.
        #[ink(message)]
        pub fn clear(&mut self, key: u32) {
            self.records.remove(key);
        }

        /// Greets.
        #[ink(message)]
        pub fn greet(&self, name: String) -> String {
            ink::prelude::format!("hello {name}")
        }

        /// Writes, then panics.
        #[ink(message)]
        pub fn panics(&mut self) {
            self.number = 0;
            panic!("on purpose");
        }

        /// Counts without end.
        #[ink(message)]
        pub fn never_ends(&mut self) {
            loop {
                self.number = self.number.wrapping_add(1);
            }
        }

        /// Calls itself, which the chain refuses unless it is allowed.
        #[ink(message)]
        pub fn call_itself(&mut self, allow: bool) -> u32 {
            let flags = if allow {
                ink::env::CallFlags::ALLOW_REENTRY
            } else {
                ink::env::CallFlags::empty()
            };
            build_call::<DefaultEnvironment>()
                .call(self.env().account_id())
                .call_flags(flags)
                .exec_input(ExecutionInput::new(Selector::new(ink::selector_bytes!("number"))))
                .returns::<u32>()
                .invoke()
        }

        /// Sets the number of another probe.
        #[ink(message)]
        pub fn set_other(&mut self, other: AccountId, number: u32) -> Result<u32, Error> {
            build_call::<DefaultEnvironment>()
                .call(other)
                .exec_input(ExecutionInput::new(Selector::new(ink::selector_bytes!("set"))).push_arg(number))
                .returns::<Result<u32, Error>>()
                .invoke()
        }

        /// Runs another code from now on.
        #[ink(message)]
        pub fn become_code(&mut self, code: Hash) -> Result<(), Error> {
            self.env().set_code_hash(&code).map_err(|_| Error::NoSuchCode)
        }

        /// Ends the contract; what it holds goes to the caller.
        #[ink(message)]
        pub fn end(&mut self) {
            self.env().terminate_contract(self.env().caller());
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[ink::test]
        fn a_number_above_the_most_is_refused() {
            let mut probe = Probe::new(1);
            assert_eq!(probe.set(MOST), Ok(1));
            assert_eq!(
                probe.set(MOST + 1),
                Err(Error::TooLarge {
                    number: MOST + 1,
                    most: MOST
                })
            );
        }
    }
}
