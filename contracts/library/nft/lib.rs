//! Tokens each of which is one of a kind, like ERC-721: owner, approval, operators, transfer, mint, burn, a URI.
//!
//! The contract's owner mints. Ids count from zero and are never used again, not even after a burn. A token is moved by
//! its holder, by the account that the holder approved for it (until it moves), and by the holder's operators.
//!
//! # Storage (stable)
//!
//! The root cell: `ownable`, `next_id`, `supply`. Cells of their own: `holders` (id → holder), `balances` (holder →
//! number, absent for zero), `approvals` (id → account), `operators` ((holder, operator) → ()), `uris` (id → URI),
//! `collection`.
//!
//! # Events (stable)
//!
//! `Transfer`, `Approval`, `OperatorSet`, and those of [`parts::Ownable`].

#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![warn(missing_docs)]

pub use self::nft::{Error, Nft, NftRef};

/// The contract.
#[ink::contract]
mod nft {
    use ink::{
        prelude::string::String,
        storage::{Lazy, Mapping},
    };
    use parts::{Ownable, OwnableError};

    /// The most bytes that the collection's name or symbol may have.
    pub const MAX_TEXT: usize = 64;
    /// The most bytes that a URI may have.
    pub const MAX_URI: usize = 512;

    /// A token's number.
    pub type TokenId = u64;

    /// The collection.
    #[ink(storage)]
    pub struct Nft {
        ownable: Ownable,
        next_id: TokenId,
        supply: u64,
        holders: Mapping<TokenId, AccountId>,
        balances: Mapping<AccountId, u64>,
        approvals: Mapping<TokenId, AccountId>,
        operators: Mapping<(AccountId, AccountId), ()>,
        uris: Mapping<TokenId, String>,
        collection: Lazy<Collection>,
    }

    /// How the collection is shown.
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[cfg_attr(feature = "std", derive(ink::storage::traits::StorageLayout))]
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Collection {
        /// Its name.
        pub name: String,
        /// Its symbol.
        pub symbol: String,
    }

    /// A token moved: minted without `from`, burnt without `to`.
    #[ink(event)]
    pub struct Transfer {
        /// Who held it.
        #[ink(topic)]
        pub from: Option<AccountId>,
        /// Who holds it.
        #[ink(topic)]
        pub to: Option<AccountId>,
        /// The token.
        #[ink(topic)]
        pub id: TokenId,
    }

    /// An account may move a token, or none may any more.
    #[ink(event)]
    pub struct Approval {
        /// Who holds the token.
        #[ink(topic)]
        pub holder: AccountId,
        /// Who may move it.
        #[ink(topic)]
        pub approved: Option<AccountId>,
        /// The token.
        #[ink(topic)]
        pub id: TokenId,
    }

    /// An account may move all tokens of a holder, or may not any more.
    #[ink(event)]
    pub struct OperatorSet {
        /// The holder.
        #[ink(topic)]
        pub holder: AccountId,
        /// The operator.
        #[ink(topic)]
        pub operator: AccountId,
        /// Whether it may.
        pub approved: bool,
    }

    /// Why the collection refuses.
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Error {
        /// There is no such token.
        NoSuchToken,
        /// The caller may not do this with the token.
        NotAllowed,
        /// `from` does not hold the token.
        WrongHolder,
        /// The name, the symbol or the URI is too long.
        TextTooLong,
        /// A number is too large.
        Overflow,
        /// The owner's messages.
        Ownable(OwnableError),
    }

    impl From<OwnableError> for Error {
        fn from(error: OwnableError) -> Self {
            Self::Ownable(error)
        }
    }

    /// What every message that changes something returns.
    pub type Result<T> = core::result::Result<T, Error>;

    impl Nft {
        /// An empty collection that the caller owns.
        #[ink(constructor)]
        pub fn new(name: String, symbol: String) -> Result<Self> {
            if name.len() > MAX_TEXT || symbol.len() > MAX_TEXT {
                return Err(Error::TextTooLong);
            }
            let mut nft = Self {
                ownable: Ownable::new(Self::env().caller()),
                next_id: 0,
                supply: 0,
                holders: Mapping::default(),
                balances: Mapping::default(),
                approvals: Mapping::default(),
                operators: Mapping::default(),
                uris: Mapping::default(),
                collection: Lazy::default(),
            };
            nft.collection.set(&Collection { name, symbol });
            Ok(nft)
        }

        /// Name and symbol.
        #[ink(message)]
        pub fn collection(&self) -> Option<Collection> {
            self.collection.get()
        }

        /// How many tokens exist.
        #[ink(message)]
        pub fn total_supply(&self) -> u64 {
            self.supply
        }

        /// Who holds `id`.
        #[ink(message)]
        pub fn owner_of(&self, id: TokenId) -> Option<AccountId> {
            self.holders.get(id)
        }

        /// How many tokens `holder` holds.
        #[ink(message)]
        pub fn balance_of(&self, holder: AccountId) -> u64 {
            self.balances.get(holder).unwrap_or_default()
        }

        /// Where `id` is described.
        #[ink(message)]
        pub fn token_uri(&self, id: TokenId) -> Option<String> {
            self.uris.get(id)
        }

        /// Who beside the holder and its operators may move `id`.
        #[ink(message)]
        pub fn approved(&self, id: TokenId) -> Option<AccountId> {
            self.approvals.get(id)
        }

        /// Whether `operator` may move all tokens of `holder`.
        #[ink(message)]
        pub fn is_operator(&self, holder: AccountId, operator: AccountId) -> bool {
            self.operators.contains((holder, operator))
        }

        /// Lets `to` move `id` once; none takes that back. Only the holder and its operators.
        #[ink(message)]
        pub fn approve(&mut self, to: Option<AccountId>, id: TokenId) -> Result<()> {
            let holder = self.holder(id)?;
            let caller = self.env().caller();
            if caller != holder && !self.is_operator(holder, caller) {
                return Err(Error::NotAllowed);
            }
            match to {
                Some(to) => {
                    self.approvals.insert(id, &to);
                }
                None => self.approvals.remove(id),
            }
            self.env().emit_event(Approval {
                holder,
                approved: to,
                id,
            });
            Ok(())
        }

        /// Lets `operator` move all tokens of the caller, or takes that back.
        #[ink(message)]
        pub fn set_operator(&mut self, operator: AccountId, approved: bool) -> Result<()> {
            let holder = self.env().caller();
            if approved {
                self.operators.insert((holder, operator), &());
            } else {
                self.operators.remove((holder, operator));
            }
            self.env().emit_event(OperatorSet {
                holder,
                operator,
                approved,
            });
            Ok(())
        }

        /// Moves a token of the caller.
        #[ink(message)]
        pub fn transfer(&mut self, to: AccountId, id: TokenId) -> Result<()> {
            self.do_transfer(self.env().caller(), to, id)
        }

        /// Moves a token of `from`. Only the holder, its operators, and the account approved for this token.
        #[ink(message)]
        pub fn transfer_from(&mut self, from: AccountId, to: AccountId, id: TokenId) -> Result<()> {
            self.do_transfer(from, to, id)
        }

        /// Makes a token and says its id. Only the contract's owner.
        #[ink(message)]
        pub fn mint(&mut self, to: AccountId, uri: String) -> Result<TokenId> {
            self.ownable.ensure_owner()?;
            if uri.len() > MAX_URI {
                return Err(Error::TextTooLong);
            }
            let id = self.next_id;
            self.next_id = id.checked_add(1).ok_or(Error::Overflow)?;
            self.supply = self.supply.checked_add(1).ok_or(Error::Overflow)?;
            self.holders.insert(id, &to);
            self.uris.insert(id, &uri);
            self.add(to)?;
            self.env().emit_event(Transfer {
                from: None,
                to: Some(to),
                id,
            });
            Ok(id)
        }

        /// Destroys a token. Only the holder, its operators, and the account approved for it.
        #[ink(message)]
        pub fn burn(&mut self, id: TokenId) -> Result<()> {
            let holder = self.holder(id)?;
            self.ensure_may_move(holder, id)?;
            self.supply = self.supply.checked_sub(1).ok_or(Error::Overflow)?;
            self.holders.remove(id);
            self.approvals.remove(id);
            self.uris.remove(id);
            self.sub(holder)?;
            self.env().emit_event(Transfer {
                from: Some(holder),
                to: None,
                id,
            });
            Ok(())
        }

        /// The contract's owner.
        #[ink(message)]
        pub fn owner(&self) -> Option<AccountId> {
            self.ownable.owner()
        }

        /// Who may accept ownership of the contract.
        #[ink(message)]
        pub fn offered_owner(&self) -> Option<AccountId> {
            self.ownable.offered()
        }

        /// Offers ownership of the contract; none takes the offer back. Only the owner.
        #[ink(message)]
        pub fn offer_ownership(&mut self, to: Option<AccountId>) -> Result<()> {
            Ok(self.ownable.offer(to)?)
        }

        /// Takes the ownership that was offered.
        #[ink(message)]
        pub fn accept_ownership(&mut self) -> Result<()> {
            Ok(self.ownable.accept()?)
        }

        /// Gives ownership up: nothing is minted any more. Only the owner.
        #[ink(message)]
        pub fn renounce_ownership(&mut self) -> Result<()> {
            Ok(self.ownable.renounce()?)
        }

        fn holder(&self, id: TokenId) -> Result<AccountId> {
            self.holders.get(id).ok_or(Error::NoSuchToken)
        }

        fn ensure_may_move(&self, holder: AccountId, id: TokenId) -> Result<()> {
            let caller = self.env().caller();
            let may = caller == holder || self.approved(id) == Some(caller) || self.is_operator(holder, caller);
            if may {
                Ok(())
            } else {
                Err(Error::NotAllowed)
            }
        }

        /// The approval ends with the move: the new holder starts without.
        fn do_transfer(&mut self, from: AccountId, to: AccountId, id: TokenId) -> Result<()> {
            let holder = self.holder(id)?;
            self.ensure_may_move(holder, id)?;
            if holder != from {
                return Err(Error::WrongHolder);
            }
            self.approvals.remove(id);
            self.holders.insert(id, &to);
            self.sub(from)?;
            self.add(to)?;
            self.env().emit_event(Transfer {
                from: Some(from),
                to: Some(to),
                id,
            });
            Ok(())
        }

        fn add(&mut self, holder: AccountId) -> Result<()> {
            let count = self.balance_of(holder).checked_add(1).ok_or(Error::Overflow)?;
            self.balances.insert(holder, &count);
            Ok(())
        }

        fn sub(&mut self, holder: AccountId) -> Result<()> {
            let count = self.balance_of(holder).checked_sub(1).ok_or(Error::Overflow)?;
            if count == 0 {
                self.balances.remove(holder);
            } else {
                self.balances.insert(holder, &count);
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests;
