//! A token in its smallest form: what an everyday call costs.

#![cfg_attr(not(feature = "std"), no_std, no_main)]

/// Balances and transfers, with an event each. For measuring; `contracts/library` has a token to use.
#[ink::contract]
pub mod bench_token {
    use ink::storage::Mapping;

    /// Storage layout: `balances` by account.
    #[ink(storage)]
    pub struct BenchToken {
        balances: Mapping<AccountId, Balance>,
    }

    /// `value` went from `from` to `to`.
    #[ink(event)]
    pub struct Transfer {
        /// Whose it was.
        #[ink(topic)]
        pub from: AccountId,
        /// Whose it is.
        #[ink(topic)]
        pub to: AccountId,
        /// How much.
        pub value: Balance,
    }

    /// The caller has less than this.
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[derive(Debug, PartialEq, Eq)]
    pub struct TooLittle;

    impl BenchToken {
        /// The caller has all of the `supply`.
        #[ink(constructor)]
        pub fn new(supply: Balance) -> Self {
            let mut balances = Mapping::default();
            balances.insert(Self::env().caller(), &supply);
            Self { balances }
        }

        /// What `owner` has.
        #[ink(message)]
        pub fn balance_of(&self, owner: AccountId) -> Balance {
            self.balances.get(owner).unwrap_or_default()
        }

        /// Moves `value` from the caller to `to`.
        #[ink(message)]
        pub fn transfer(&mut self, to: AccountId, value: Balance) -> Result<(), TooLittle> {
            let from = self.env().caller();
            let rest = self.balance_of(from).checked_sub(value).ok_or(TooLittle)?;
            self.balances.insert(from, &rest);
            let new = self.balance_of(to).saturating_add(value);
            self.balances.insert(to, &new);
            self.env().emit_event(Transfer { from, to, value });
            Ok(())
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[ink::test]
        fn a_transfer_moves_what_there_is() {
            let accounts = ink::env::test::default_accounts::<Environment>();
            let mut token = BenchToken::new(10);
            assert_eq!(token.transfer(accounts.bob, 4), Ok(()));
            assert_eq!(token.balance_of(accounts.alice), 6);
            assert_eq!(token.balance_of(accounts.bob), 4);
            assert_eq!(token.transfer(accounts.bob, 7), Err(TooLittle));
        }
    }
}
