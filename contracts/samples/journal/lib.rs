//! Events: one with topics, one that is defined outside the contract with a signature of its own, one without a signature.

#![cfg_attr(not(feature = "std"), no_std, no_main)]

use ink::{prelude::string::String, primitives::AccountId};

/// Something was written. Every contract that emits this event can be followed by the same signature.
#[ink::event(signature_topic = "6a6f75726e616c2f7772697474656e2f31000000000000000000000000000000")]
pub struct Written {
    /// Who wrote.
    #[ink(topic)]
    pub by: AccountId,
    /// Number of the entry.
    #[ink(topic)]
    pub entry: u64,
    /// What was written.
    pub text: String,
}

/// Emits what it is told and stores no more than a number.
#[ink::contract]
pub mod journal {
    use super::Written;
    use ink::prelude::{string::String, vec::Vec};

    /// Storage layout: `entries`.
    #[ink(storage)]
    #[derive(Default)]
    pub struct Journal {
        entries: u64,
    }

    /// A measured value.
    #[ink(event)]
    pub struct Measured {
        /// What was measured; `None` when the source is silent.
        #[ink(topic)]
        source: Option<AccountId>,
        /// Its unit and value, each as often as there are.
        values: Vec<(Unit, i64)>,
    }

    /// An event without a signature: all its topics are its fields'.
    #[ink(event, anonymous)]
    pub struct Beat {
        /// The entries so far.
        #[ink(topic)]
        entries: u64,
    }

    /// What a value is measured in.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Unit {
        /// Bytes.
        Bytes,
        /// Another one, by its name of four letters.
        Other([u8; 4]),
    }

    impl Journal {
        /// An empty journal.
        #[ink(constructor)]
        pub fn new() -> Self {
            Self::default()
        }

        /// Emits [`Written`] and gives the entry's number.
        #[ink(message)]
        pub fn write(&mut self, text: String) -> u64 {
            let entry = self.next();
            let by = self.env().caller();
            self.env().emit_event(Written { by, entry, text });
            entry
        }

        /// Emits [`Measured`].
        #[ink(message)]
        pub fn measure(&mut self, source: Option<AccountId>, values: Vec<(Unit, i64)>) {
            self.next();
            self.env().emit_event(Measured { source, values });
        }

        /// Emits [`Beat`], so many times.
        #[ink(message)]
        pub fn beat(&mut self, times: u32) {
            for _ in 0..times {
                let entries = self.next();
                self.env().emit_event(Beat { entries });
            }
        }

        /// How many events there were.
        #[ink(message)]
        pub fn entries(&self) -> u64 {
            self.entries
        }

        fn next(&mut self) -> u64 {
            self.entries = self.entries.saturating_add(1);
            self.entries
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use ink::env::test::recorded_events;

        #[ink::test]
        fn each_event_has_the_topics_of_its_kind() {
            let mut journal = Journal::new();
            assert_eq!(journal.write("first".into()), 1);
            journal.measure(None, [(Unit::Bytes, -1)].into());
            journal.beat(2);
            let topics: Vec<_> = recorded_events().map(|event| event.topics.len()).collect();
            // signature, account, entry; signature, (an empty option has a topic of zeros); no signature
            assert_eq!(topics, [3, 2, 1, 1]);
            assert_eq!(journal.entries(), 4);
        }
    }
}
