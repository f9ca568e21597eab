//! Many kinds of tokens in one contract, as ERC-1155 has them: balances by kind, transfers of many kinds at once, operators.

#![cfg_attr(not(feature = "std"), no_std, no_main)]

/// Many kinds of tokens.
#[ink::contract]
pub mod multi_token {
    use ink::{prelude::vec::Vec, storage::Mapping};

    /// Number of a kind of tokens.
    pub type Kind = u64;

    /// Storage layout: `next` (number of the next kind), `makers` (kind, who mints it), `supplies` (kind), `balances` (account and kind),
    /// `operators` (owner and operator).
    #[ink(storage)]
    #[derive(Default)]
    pub struct MultiToken {
        next: Kind,
        makers: Mapping<Kind, AccountId>,
        supplies: Mapping<Kind, u128>,
        balances: Mapping<(AccountId, Kind), u128>,
        operators: Mapping<(AccountId, AccountId), ()>,
    }

    /// Tokens came into being, moved, or are gone.
    #[ink(event)]
    pub struct Transferred {
        /// Whose they were; `None` when they are new.
        #[ink(topic)]
        from: Option<AccountId>,
        /// Whose they are; `None` when they are gone.
        #[ink(topic)]
        to: Option<AccountId>,
        /// Which kind.
        #[ink(topic)]
        kind: Kind,
        /// How many.
        amount: u128,
    }

    /// An account lets another one move its tokens, or no longer.
    #[ink(event)]
    pub struct OperatorSet {
        /// Whose tokens.
        #[ink(topic)]
        owner: AccountId,
        /// Who may move them.
        #[ink(topic)]
        operator: AccountId,
        /// Whether it may.
        allowed: bool,
    }

    /// Why nothing moves.
    #[derive(Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// There is no such kind.
        UnknownKind(Kind),
        /// Only who made the kind mints it.
        NotMaker,
        /// The caller is neither the owner nor an operator of the owner.
        NotAllowed,
        /// There are not so many.
        TooFew {
            /// Which kind.
            kind: Kind,
            /// How many there are.
            have: u128,
        },
        /// More than a number can hold.
        TooMany,
    }

    impl MultiToken {
        /// No kinds yet.
        #[ink(constructor)]
        pub fn new() -> Self {
            Self::default()
        }

        /// Makes a kind with so many tokens, which are the caller's; gives its number.
        #[ink(message)]
        pub fn create(&mut self, supply: u128) -> Result<Kind, Error> {
            let (kind, maker) = (self.next, self.env().caller());
            self.next = kind.checked_add(1).ok_or(Error::TooMany)?;
            self.makers.insert(kind, &maker);
            self.mint(kind, maker, supply)?;
            Ok(kind)
        }

        /// More tokens of a kind, for an account: by who made the kind.
        #[ink(message)]
        pub fn mint(&mut self, kind: Kind, to: AccountId, amount: u128) -> Result<(), Error> {
            let maker = self.makers.get(kind).ok_or(Error::UnknownKind(kind))?;
            if maker != self.env().caller() {
                return Err(Error::NotMaker);
            }
            let supply = self.supply(kind).checked_add(amount).ok_or(Error::TooMany)?;
            self.supplies.insert(kind, &supply);
            self.give(to, kind, amount)?;
            self.tell(None, Some(to), kind, amount);
            Ok(())
        }

        /// Fewer tokens of a kind: by their owner or an operator.
        #[ink(message)]
        pub fn burn(&mut self, from: AccountId, kind: Kind, amount: u128) -> Result<(), Error> {
            self.check_caller(from)?;
            self.take(from, kind, amount)?;
            let supply = self.supply(kind).saturating_sub(amount);
            self.supplies.insert(kind, &supply);
            self.tell(Some(from), None, kind, amount);
            Ok(())
        }

        /// Moves tokens of one kind.
        #[ink(message)]
        pub fn transfer(&mut self, from: AccountId, to: AccountId, kind: Kind, amount: u128) -> Result<(), Error> {
            self.transfer_all(from, to, [(kind, amount)].into())
        }

        /// Moves tokens of many kinds: all, or none.
        #[ink(message)]
        pub fn transfer_all(&mut self, from: AccountId, to: AccountId, tokens: Vec<(Kind, u128)>) -> Result<(), Error> {
            self.check_caller(from)?;
            for (kind, amount) in tokens {
                self.take(from, kind, amount)?;
                self.give(to, kind, amount)?;
                self.tell(Some(from), Some(to), kind, amount);
            }
            Ok(())
        }

        /// Lets an account move the caller's tokens of all kinds, or no longer.
        #[ink(message)]
        pub fn set_operator(&mut self, operator: AccountId, allowed: bool) {
            let owner = self.env().caller();
            match allowed {
                true => {
                    self.operators.insert((owner, operator), &());
                }
                false => self.operators.remove((owner, operator)),
            }
            self.env().emit_event(OperatorSet {
                owner,
                operator,
                allowed,
            });
        }

        /// What an account has of a kind.
        #[ink(message)]
        pub fn balance(&self, of: AccountId, kind: Kind) -> u128 {
            self.balances.get((of, kind)).unwrap_or_default()
        }

        /// What accounts have of kinds, in the same order.
        #[ink(message)]
        pub fn balances(&self, of: Vec<(AccountId, Kind)>) -> Vec<u128> {
            of.into_iter().map(|(of, kind)| self.balance(of, kind)).collect()
        }

        /// How many of a kind there are.
        #[ink(message)]
        pub fn supply(&self, kind: Kind) -> u128 {
            self.supplies.get(kind).unwrap_or_default()
        }

        /// Whether an account may move another one's tokens.
        #[ink(message)]
        pub fn is_operator(&self, owner: AccountId, operator: AccountId) -> bool {
            self.operators.contains((owner, operator))
        }

        fn check_caller(&self, owner: AccountId) -> Result<(), Error> {
            let caller = self.env().caller();
            match caller == owner || self.is_operator(owner, caller) {
                true => Ok(()),
                false => Err(Error::NotAllowed),
            }
        }

        fn take(&mut self, from: AccountId, kind: Kind, amount: u128) -> Result<(), Error> {
            let have = self.balance(from, kind);
            match have.checked_sub(amount).ok_or(Error::TooFew { kind, have })? {
                0 => self.balances.remove((from, kind)),
                left => {
                    self.balances.insert((from, kind), &left);
                }
            }
            Ok(())
        }

        fn give(&mut self, to: AccountId, kind: Kind, amount: u128) -> Result<(), Error> {
            if amount > 0 {
                let balance = self.balance(to, kind).checked_add(amount).ok_or(Error::TooMany)?;
                self.balances.insert((to, kind), &balance);
            }
            Ok(())
        }

        fn tell(&self, from: Option<AccountId>, to: Option<AccountId>, kind: Kind, amount: u128) {
            self.env().emit_event(Transferred { from, to, kind, amount });
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

        #[ink::test]
        fn many_kinds_move_at_once() {
            let DefaultAccounts { alice, bob, .. } = accounts();
            let mut tokens = MultiToken::new();
            let (coins, swords) = (tokens.create(100).unwrap(), tokens.create(1).unwrap());
            tokens
                .transfer_all(alice, bob, [(coins, 40), (swords, 1)].into())
                .unwrap();
            assert_eq!(
                tokens.balances([(alice, coins), (bob, coins), (bob, swords)].into()),
                [60, 40, 1]
            );
            assert_eq!(
                tokens.transfer(alice, bob, swords, 1),
                Err(Error::TooFew { kind: swords, have: 0 })
            );
        }

        #[ink::test]
        fn operators_move_and_burn_what_is_not_theirs() {
            let DefaultAccounts { alice, bob, .. } = accounts();
            let mut tokens = MultiToken::new();
            let coins = tokens.create(100).unwrap();
            test::set_caller::<DefaultEnvironment>(bob);
            assert_eq!(tokens.transfer(alice, bob, coins, 1), Err(Error::NotAllowed));
            test::set_caller::<DefaultEnvironment>(alice);
            tokens.set_operator(bob, true);
            test::set_caller::<DefaultEnvironment>(bob);
            tokens.transfer(alice, bob, coins, 1).unwrap();
            tokens.burn(alice, coins, 9).unwrap();
            assert_eq!((tokens.supply(coins), tokens.balance(alice, coins)), (91, 90));
            assert_eq!(tokens.mint(coins, bob, 1), Err(Error::NotMaker));
        }

        #[ink::test]
        fn kinds_that_nobody_made_cannot_be_minted() {
            assert_eq!(MultiToken::new().mint(3, accounts().bob, 1), Err(Error::UnknownKind(3)));
        }

        #[ink::test]
        fn sending_to_oneself_makes_nothing() {
            let alice = accounts().alice;
            let mut tokens = MultiToken::new();
            let coins = tokens.create(100).unwrap();
            tokens.transfer(alice, alice, coins, 70).unwrap();
            assert_eq!(tokens.balance(alice, coins), 100);
        }
    }
}
