//! Texts of each account, in a mapping: writing, reading, looking for, measuring, taking out.

#![cfg_attr(not(feature = "std"), no_std, no_main)]

/// Every account keeps texts under numbers of its own.
#[ink::contract]
pub mod notes {
    use ink::{prelude::string::String, storage::Mapping};

    /// The longest text, in bytes.
    pub const MAX_LENGTH: usize = 1024;

    /// Storage layout: `notes` (account and number, text), `counts` (account, texts that it has).
    #[ink(storage)]
    #[derive(Default)]
    pub struct Notes {
        notes: Mapping<(AccountId, u32), String>,
        counts: Mapping<AccountId, u32>,
    }

    /// Why a note is not kept.
    #[derive(Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// The text is longer than [`MAX_LENGTH`].
        TooLong {
            /// Bytes of the text.
            length: u32,
        },
        /// The caller has no note of this number.
        Unknown(u32),
    }

    impl Notes {
        /// No notes yet.
        #[ink(constructor)]
        pub fn new() -> Self {
            Self::default()
        }

        /// Keeps a text of the caller under a number; gives how many bytes of storage it replaced.
        #[ink(message)]
        pub fn put(&mut self, number: u32, text: String) -> Result<Option<u32>, Error> {
            if text.len() > MAX_LENGTH {
                return Err(Error::TooLong {
                    length: u32::try_from(text.len()).unwrap_or(u32::MAX),
                });
            }
            let caller = self.env().caller();
            let replaced = self.notes.insert((caller, number), &text);
            if replaced.is_none() {
                let count = self.count(caller).saturating_add(1);
                self.counts.insert(caller, &count);
            }
            Ok(replaced)
        }

        /// Takes a text of the caller out.
        #[ink(message)]
        pub fn take(&mut self, number: u32) -> Result<String, Error> {
            let caller = self.env().caller();
            let text = self.notes.take((caller, number)).ok_or(Error::Unknown(number))?;
            match self.count(caller).saturating_sub(1) {
                0 => self.counts.remove(caller),
                count => {
                    self.counts.insert(caller, &count);
                }
            }
            Ok(text)
        }

        /// The text of an account under a number.
        #[ink(message)]
        pub fn get(&self, of: AccountId, number: u32) -> Option<String> {
            self.notes.get((of, number))
        }

        /// Whether an account has a text under a number.
        #[ink(message)]
        pub fn has(&self, of: AccountId, number: u32) -> bool {
            self.notes.contains((of, number))
        }

        /// Bytes of storage that a text takes.
        #[ink(message)]
        pub fn size(&self, of: AccountId, number: u32) -> Option<u32> {
            self.notes.size((of, number))
        }

        /// How many texts an account has.
        #[ink(message)]
        pub fn count(&self, of: AccountId) -> u32 {
            self.counts.get(of).unwrap_or_default()
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use ink::env::{test, DefaultEnvironment};

        #[ink::test]
        fn a_note_is_kept_replaced_and_taken_out() {
            let alice = test::default_accounts::<DefaultEnvironment>().alice;
            let mut notes = Notes::new();
            assert_eq!(notes.put(7, "milk".into()), Ok(None));
            assert_eq!(notes.put(7, "bread".into()), Ok(Some(5)));
            assert_eq!(notes.count(alice), 1);
            assert_eq!(notes.size(alice, 7), Some(6));
            assert_eq!(notes.take(7), Ok("bread".into()));
            assert_eq!(notes.take(7), Err(Error::Unknown(7)));
            assert!(!notes.has(alice, 7));
            assert_eq!(notes.count(alice), 0);
        }

        #[ink::test]
        fn notes_of_accounts_do_not_mix() {
            let accounts = test::default_accounts::<DefaultEnvironment>();
            let mut notes = Notes::new();
            notes.put(1, "of alice".into()).unwrap();
            test::set_caller::<DefaultEnvironment>(accounts.bob);
            notes.put(1, "of bob".into()).unwrap();
            assert_eq!(notes.get(accounts.alice, 1), Some("of alice".into()));
            assert_eq!(notes.get(accounts.bob, 1), Some("of bob".into()));
        }

        #[ink::test]
        fn a_text_that_is_too_long_is_refused() {
            let text = "x".repeat(MAX_LENGTH + 1);
            assert_eq!(Notes::new().put(0, text), Err(Error::TooLong { length: 1025 }));
        }
    }
}
