//! Everything that can go wrong with a contract, to see how it is told: its own errors, a trap, endless work, too much storage, a call back
//! into itself. Beside that a message for every kind of argument, an event, and an upgrade of its own code.

#![cfg_attr(not(feature = "std"), no_std, no_main)]

/// Fails in the way that it is asked to.
#[ink::contract]
pub mod failures {
    use ink::{
        env::call::{build_call, ExecutionInput, Selector},
        prelude::{string::String, vec, vec::Vec},
        storage::Mapping,
    };

    /// The most that [`Failures::set`] takes.
    pub const MOST: u32 = 100;

    /// Storage layout: `count`, `limit`, `notes` (number of the note, its bytes).
    #[ink(storage)]
    pub struct Failures {
        count: u32,
        limit: u32,
        notes: Mapping<u32, Vec<u8>>,
    }

    /// Why the contract refuses something.
    #[derive(Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Refusal {
        /// A number is too large.
        TooLarge {
            /// What was given.
            given: u32,
            /// What is taken.
            most: u32,
        },
        /// The contract does not want to.
        Unwilling,
    }

    /// Several values at once.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub struct Parcel {
        /// Whom it is for.
        pub to: AccountId,
        /// What it holds.
        pub parts: Vec<(u32, Option<bool>)>,
        /// What it is known by.
        pub hash: Hash,
    }

    /// Somebody noted something.
    #[ink(event)]
    pub struct Noted {
        /// Who.
        #[ink(topic)]
        pub by: AccountId,
        /// The number of the note.
        pub number: u32,
        /// What it says.
        pub text: String,
    }

    impl Failures {
        /// Counts from nothing, and takes numbers up to `limit`.
        #[ink(constructor, payable)]
        pub fn new(limit: u32) -> Self {
            Self {
                count: 0,
                limit,
                notes: Mapping::default(),
            }
        }

        /// Refuses to be made.
        #[ink(constructor)]
        pub fn unwilling() -> Result<Self, Refusal> {
            Err(Refusal::Unwilling)
        }

        /// Traps while it is made.
        #[ink(constructor)]
        pub fn trapping() -> Self {
            panic!("not to be made")
        }

        /// The count.
        #[ink(message)]
        pub fn count(&self) -> u32 {
            self.count
        }

        /// Sets the count, up to the limit.
        #[ink(message)]
        pub fn set(&mut self, count: u32) -> Result<u32, Refusal> {
            if count > self.limit.min(MOST) {
                return Err(Refusal::TooLarge {
                    given: count,
                    most: self.limit.min(MOST),
                });
            }
            let before = self.count;
            self.count = count;
            Ok(before)
        }

        /// Keeps a text, and says so in an event. Its number is given back.
        #[ink(message)]
        pub fn note(&mut self, text: String) -> u32 {
            let number = self.count;
            self.notes.insert(number, &text.clone().into_bytes());
            self.count = number.saturating_add(1);
            self.env().emit_event(Noted {
                by: self.env().caller(),
                number,
                text,
            });
            number
        }

        /// Gives back what it is given.
        #[ink(message)]
        pub fn echo(&self, parcel: Parcel, amount: Balance) -> (Parcel, Balance) {
            (parcel, amount)
        }

        /// Takes tokens.
        #[ink(message, payable)]
        pub fn pay(&mut self) -> Balance {
            self.env().transferred_value()
        }

        /// Traps.
        #[ink(message)]
        pub fn trap(&mut self) {
            panic!("asked to")
        }

        /// Works without end.
        #[ink(message)]
        pub fn spin(&mut self) {
            loop {
                self.count = self.count.wrapping_add(1);
                // The compiler must not see that nothing comes of it.
                self.notes.insert(0, &vec![0]);
            }
        }

        /// Stores so many times a kilobyte.
        #[ink(message)]
        pub fn fill(&mut self, kilobytes: u32) {
            for number in 0..kilobytes {
                self.notes.insert(number, &vec![7; 1024]);
            }
        }

        /// Calls back into itself, which contracts must allow and this one does not.
        #[ink(message)]
        pub fn reenter(&mut self) -> u32 {
            build_call::<ink::env::DefaultEnvironment>()
                .call(self.env().account_id())
                .exec_input(ExecutionInput::new(Selector::new(ink::selector_bytes!("count"))))
                .returns::<u32>()
                .invoke()
        }

        /// Puts other code in the place of its own.
        #[ink(message)]
        pub fn set_code(&mut self, code_hash: Hash) -> Result<(), Refusal> {
            self.env().set_code_hash(&code_hash).map_err(|_| Refusal::Unwilling)
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[ink::test]
        fn a_number_above_the_limit_is_refused_with_both_numbers() {
            let mut failures = Failures::new(10);
            assert_eq!(failures.set(10), Ok(0));
            assert_eq!(failures.set(11), Err(Refusal::TooLarge { given: 11, most: 10 }));
            assert_eq!(failures.count(), 10);
        }

        #[ink::test]
        fn notes_are_counted() {
            let mut failures = Failures::new(10);
            assert_eq!(failures.note("a".into()), 0);
            assert_eq!(failures.note("b".into()), 1);
        }
    }
}
