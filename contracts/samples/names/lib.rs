//! Names for accounts, as a registry of domains has them: bought for a price, pointed at an address, handed on, given up.

#![cfg_attr(not(feature = "std"), no_std, no_main)]

/// A registry of names.
#[ink::contract]
pub mod names {
    use ink::{
        prelude::{string::String, vec::Vec},
        storage::{Mapping, StorageVec},
    };

    /// Storage layout: `price` and `keeper`, `entries` (name, entry), `names` (all that were ever registered, in order).
    #[ink(storage)]
    pub struct Names {
        price: Balance,
        keeper: AccountId,
        entries: Mapping<String, Entry>,
        names: StorageVec<String>,
    }

    /// What stands under a name.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[cfg_attr(feature = "std", derive(ink::storage::traits::StorageLayout))]
    pub struct Entry {
        /// Whose the name is.
        pub owner: AccountId,
        /// Where it points.
        pub address: AccountId,
        /// What else it says, by keys.
        pub records: Vec<(String, String)>,
    }

    /// A name has an owner.
    #[ink(event)]
    pub struct Registered {
        /// The name.
        #[ink(topic)]
        name: String,
        /// Whose it is.
        #[ink(topic)]
        owner: AccountId,
    }

    /// A name points somewhere else, or says something else.
    #[ink(event)]
    pub struct Changed {
        /// The name.
        #[ink(topic)]
        name: String,
        /// Where it points.
        address: AccountId,
    }

    /// A name is free again.
    #[ink(event)]
    pub struct Released {
        /// The name.
        #[ink(topic)]
        name: String,
    }

    /// Why a name stays as it is.
    #[derive(Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// A name has 3 to 32 small letters, digits and hyphens, and no hyphen at either end.
        BadName,
        /// It has an owner.
        Taken,
        /// Nobody has it.
        Free,
        /// Only its owner does that.
        NotOwner,
        /// It costs this much, in planck.
        Price(Balance),
        /// More than 8 records, or one that is longer than 256 bytes.
        TooMuch,
        /// This much could not be sent, in planck.
        NotSent(Balance),
    }

    impl Names {
        /// A registry that takes this price for a name, for whoever deploys it.
        #[ink(constructor)]
        pub fn new(price: Balance) -> Self {
            Self {
                price,
                keeper: Self::env().caller(),
                entries: Mapping::default(),
                names: StorageVec::new(),
            }
        }

        /// Buys a free name; it points to its owner at first.
        #[ink(message, payable)]
        pub fn register(&mut self, name: String) -> Result<(), Error> {
            check(&name)?;
            if self.env().transferred_value() != self.price {
                return Err(Error::Price(self.price));
            }
            if self.entries.contains(&name) {
                return Err(Error::Taken);
            }
            let owner = self.env().caller();
            let entry = Entry {
                owner,
                address: owner,
                records: Vec::new(),
            };
            self.entries.insert(&name, &entry);
            self.names.push(&name);
            self.env().emit_event(Registered { name, owner });
            Ok(())
        }

        /// Points a name at an address.
        #[ink(message)]
        pub fn point(&mut self, name: String, address: AccountId) -> Result<(), Error> {
            self.change(name, |entry| {
                entry.address = address;
                Ok(())
            })
        }

        /// Writes a record, or with an empty text removes it.
        #[ink(message)]
        pub fn write(&mut self, name: String, key: String, text: String) -> Result<(), Error> {
            self.change(name, |entry| {
                entry.records.retain(|(known, _)| *known != key);
                if text.is_empty() {
                    return Ok(());
                }
                if entry.records.len() >= 8 || key.len().saturating_add(text.len()) > 256 {
                    return Err(Error::TooMuch);
                }
                entry.records.push((key, text));
                Ok(())
            })
        }

        /// Hands a name on.
        #[ink(message)]
        pub fn hand_on(&mut self, name: String, to: AccountId) -> Result<(), Error> {
            self.change(name, |entry| {
                entry.owner = to;
                Ok(())
            })
        }

        /// Gives a name up; its storage is freed.
        #[ink(message)]
        pub fn release(&mut self, name: String) -> Result<(), Error> {
            self.owned(&name)?;
            self.entries.remove(&name);
            self.env().emit_event(Released { name });
            Ok(())
        }

        /// Takes what names have brought: for who keeps the registry. Gives how much.
        #[ink(message)]
        pub fn collect(&mut self) -> Result<Balance, Error> {
            if self.env().caller() != self.keeper {
                return Err(Error::NotOwner);
            }
            // on the chain, what keeps the contract itself alive is not counted
            let brought = self.env().balance();
            let sent = self.env().transfer(self.keeper, brought);
            sent.map(|()| brought).map_err(|_| Error::NotSent(brought))
        }

        /// Where a name points.
        #[ink(message)]
        pub fn look_up(&self, name: String) -> Option<AccountId> {
            self.entries.get(name).map(|entry| entry.address)
        }

        /// Everything about a name.
        #[ink(message)]
        pub fn entry(&self, name: String) -> Option<Entry> {
            self.entries.get(name)
        }

        /// How many names were ever registered.
        #[ink(message)]
        pub fn count(&self) -> u32 {
            self.names.len()
        }

        /// The names of this account among `most` that were registered from number `from` on.
        #[ink(message)]
        pub fn names_of(&self, owner: AccountId, from: u32, most: u32) -> Vec<String> {
            let end = from.saturating_add(most).min(self.names.len());
            let names = (from..end).filter_map(|number| self.names.get(number));
            names
                .filter(|name| self.entries.get(name).is_some_and(|entry| entry.owner == owner))
                .collect()
        }

        fn owned(&self, name: &String) -> Result<Entry, Error> {
            let entry = self.entries.get(name).ok_or(Error::Free)?;
            match entry.owner == self.env().caller() {
                true => Ok(entry),
                false => Err(Error::NotOwner),
            }
        }

        fn change(&mut self, name: String, change: impl FnOnce(&mut Entry) -> Result<(), Error>) -> Result<(), Error> {
            let mut entry = self.owned(&name)?;
            change(&mut entry)?;
            self.entries.insert(&name, &entry);
            let address = entry.address;
            self.env().emit_event(Changed { name, address });
            Ok(())
        }
    }

    fn check(name: &str) -> Result<(), Error> {
        let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let hyphen = name.starts_with('-') || name.ends_with('-');
        match (3..=32).contains(&name.len()) && name.bytes().all(known) && !hyphen {
            true => Ok(()),
            false => Err(Error::BadName),
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use ink::env::{
            test::{self, DefaultAccounts},
            DefaultEnvironment,
        };

        fn accounts() -> DefaultAccounts<DefaultEnvironment> {
            test::default_accounts::<DefaultEnvironment>()
        }

        fn with_name(name: &str) -> Names {
            let mut names = Names::new(10);
            test::set_value_transferred::<DefaultEnvironment>(10);
            names.register(name.into()).unwrap();
            names
        }

        #[ink::test]
        fn a_name_is_bought_pointed_and_handed_on() {
            let DefaultAccounts { alice, bob, eve, .. } = accounts();
            let mut names = with_name("depot");
            assert_eq!(names.look_up("depot".into()), Some(alice));
            names.point("depot".into(), eve).unwrap();
            names.hand_on("depot".into(), bob).unwrap();
            assert_eq!(names.point("depot".into(), alice), Err(Error::NotOwner));
            assert_eq!(names.look_up("depot".into()), Some(eve));
            assert_eq!(names.names_of(bob, 0, 10), ["depot"]);
            assert!(names.names_of(alice, 0, 10).is_empty());
        }

        #[ink::test]
        fn a_name_costs_its_price_and_is_sold_once() {
            let mut names = with_name("depot");
            assert_eq!(names.register("depot".into()), Err(Error::Taken));
            test::set_value_transferred::<DefaultEnvironment>(9);
            assert_eq!(names.register("store".into()), Err(Error::Price(10)));
            names.release("depot".into()).unwrap();
            assert_eq!(names.look_up("depot".into()), None);
            assert_eq!(names.release("depot".into()), Err(Error::Free));
        }

        #[ink::test]
        fn records_are_written_replaced_removed_and_limited() {
            let mut names = with_name("depot");
            for number in 0..8 {
                names.write("depot".into(), number.to_string(), "x".into()).unwrap();
            }
            assert_eq!(names.write("depot".into(), "8".into(), "x".into()), Err(Error::TooMuch));
            names.write("depot".into(), "7".into(), "y".into()).unwrap();
            names.write("depot".into(), "6".into(), String::new()).unwrap();
            let records = names.entry("depot".into()).unwrap().records;
            assert_eq!(records.len(), 7);
            assert_eq!(records.last().unwrap(), &("7".into(), "y".into()));
        }

        #[ink::test]
        fn names_that_look_wrong_are_refused() {
            let mut names = Names::new(0);
            for name in ["ab", "-abc", "abc-", "Abc", "a b", "a_b", &"a".repeat(33)] {
                assert_eq!(names.register(name.into()), Err(Error::BadName), "{name}");
            }
        }
    }
}
