//! A buyer locks a price; a seller is paid when the content is stored and proved.
//!
//! The buyer makes the contract with the price and says which content is meant: the hash of its manifest and the roots of all its slots,
//! in order. The seller brings quotes for exactly these slots and the money for them; the contract opens the deal and owns it, so that
//! nobody can end it early. Once all slots are live and each has proved `proven` periods on the chain, the deal *stands*, and anyone may
//! have the price paid to the seller.
//!
//! After the deadline the buyer takes the price back if the deal does not stand **at that moment**. That it stood before helps no seller
//! whose deal has lost a slot since, or is over and was closed. `close` here pays the seller first when the deal stands; the market's own `close_deal` and
//! `close_slot`, which anyone may call once the deal is over, do not. So a seller has the price paid as soon as the deal stands.
//!
//! Money: the price is the buyer's or the seller's, as above, and nothing else is ever paid from it. All else in the contract is the
//! seller's: what was sent along for the deal, and what the market gives back when it ends (unproven periods, the deposit). The seller
//! collects it. The deal goes on whatever becomes of the price. A seller whose deal loses a slot before it stands may deliver again.
//!
//! The deadline is at least `proven + 2` proving periods away when the contract is made: a deal starts in the next period, and its last
//! proof comes in the period after. A delivery that comes too late for that is refused, so that no seller pays for a deal in vain.
//!
//! The chain does not look into a manifest: the roots are what it checks. The buyer takes them from the manifest that it has read.
//!
//! **What is proved**: periods in which a slot's *provider* answered the random draw over all that it keeps. A provider that keeps much is
//! seldom asked for this slot, and who keeps the slots is the seller's choice. So the escrow does not protect a buyer from a seller who runs
//! the providers himself: they prove with their other content, until the draw hits a slot that is not there. Many proven periods make that
//! dearer; whoever does not trust a seller that far names the providers in an agreement of another kind.
//!
//! # Storage layout (stable)
//!
//! One root value: `buyer: AccountId`, `price: u128`, `terms: Terms { seller: AccountId, manifest: Hash, k: u16, roots: Vec<[u8; 32]>,
//! duration: u32, proven: u32, deadline: u32 }`, `deal: Option<[u8; 32]>`, `state: State` (`Locked` 0, `Paid` 1, `Refunded` 2).
//!
//! # Events (stable)
//!
//! | event | topics | data |
//! |---|---|---|
//! | `Locked` | `buyer`, `seller` | `price`, `deadline` |
//! | `Delivered` | `deal` | `end` |
//! | `Paid` | `seller` | `price` |
//! | `Refunded` | `buyer` | `price` |
//! | `Collected` | `seller` | `amount` |

#![cfg_attr(not(feature = "std"), no_std, no_main)]

/// See the crate's documentation.
#[ink::contract(env = blocs_ink::BlocsEnvironment)]
pub mod storage_escrow {
    use blocs_ink::{DealId, MarketError, Offer, Period, Root, Standing, MAX_SLOTS};
    use ink::prelude::vec::Vec;

    /// What buyer and seller agree on.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[cfg_attr(feature = "std", derive(ink::storage::traits::StorageLayout))]
    pub struct Terms {
        /// Who delivers and is paid.
        pub seller: AccountId,
        /// BLAKE2-256 hash of the encrypted manifest.
        pub manifest: Hash,
        /// Slots that give the content back.
        pub k: u16,
        /// BLAKE3 hashes of all slots, in order.
        pub roots: Vec<Root>,
        /// Fewest proving periods that the deal is opened for.
        pub duration: Period,
        /// Periods in which every slot's provider must have answered the random draw over all that it keeps; less than `duration`, so that
        /// the deal still stands when they have.
        pub proven: Period,
        /// The last block in which the price is only the seller's to earn; at least `proven + 2` periods away.
        pub deadline: BlockNumber,
    }

    /// What has become of the price.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[cfg_attr(feature = "std", derive(ink::storage::traits::StorageLayout))]
    pub enum State {
        /// It is locked.
        Locked,
        /// The seller has it.
        Paid,
        /// The buyer has it back.
        Refunded,
    }

    /// Why a message is refused.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// The terms can never be met, or the price is zero.
        BadTerms,
        /// Only the buyer may do this.
        NotBuyer,
        /// Only the seller may do this.
        NotSeller,
        /// The price is paid or refunded already.
        Settled,
        /// The offer is not what was agreed on: another manifest, other slots, or too short.
        OtherContent,
        /// The delivered deal stands with all slots: there is nothing to deliver again.
        DeliveredAlready,
        /// What was sent along does not pay for the deal: the price is not there for it.
        SentTooLittle,
        /// Nothing has been delivered, or not all slots are live and proved for long enough.
        NotStanding,
        /// The deal stands: the price is the seller's.
        Standing,
        /// The deadline is not over.
        TooEarly,
        /// There is nothing to collect.
        Empty,
        /// A payment failed.
        PaymentFailed,
        /// The storage market refused.
        Market(MarketError),
        /// A deal that is opened now cannot be proved for long enough before the deadline.
        TooLate,
    }

    /// What a message gives.
    pub type Result<Output> = core::result::Result<Output, Error>;

    impl From<MarketError> for Error {
        fn from(error: MarketError) -> Self {
            Self::Market(error)
        }
    }

    /// The price is locked.
    #[ink(event)]
    pub struct Locked {
        /// Who locked it.
        #[ink(topic)]
        pub buyer: AccountId,
        /// Who can earn it.
        #[ink(topic)]
        pub seller: AccountId,
        /// In planck.
        pub price: Balance,
        /// The last block in which only the seller can have it.
        pub deadline: BlockNumber,
    }

    /// A deal with the agreed content is open.
    #[ink(event)]
    pub struct Delivered {
        /// Its id.
        #[ink(topic)]
        pub deal: DealId,
        /// The first period that is not paid.
        pub end: Period,
    }

    /// The seller has the price.
    #[ink(event)]
    pub struct Paid {
        /// Who has it.
        #[ink(topic)]
        pub seller: AccountId,
        /// In planck.
        pub price: Balance,
    }

    /// The buyer has the price back.
    #[ink(event)]
    pub struct Refunded {
        /// Who has it.
        #[ink(topic)]
        pub buyer: AccountId,
        /// In planck.
        pub price: Balance,
    }

    /// The seller has taken what is not the price.
    #[ink(event)]
    pub struct Collected {
        /// Who has it.
        #[ink(topic)]
        pub seller: AccountId,
        /// In planck.
        pub amount: Balance,
    }

    /// The escrow.
    #[ink(storage)]
    pub struct StorageEscrow {
        buyer: AccountId,
        price: Balance,
        terms: Terms,
        deal: Option<DealId>,
        state: State,
    }

    impl StorageEscrow {
        /// Locks what is sent along. The buyer is the caller.
        #[ink(constructor, payable)]
        pub fn new(terms: Terms) -> Result<Self> {
            let price = Self::env().transferred_value();
            let slots = terms.roots.len();
            let sound = price > 0
                && terms.k >= 1
                && usize::from(terms.k) <= slots
                && u32::try_from(slots).is_ok_and(|slots| slots <= MAX_SLOTS)
                && terms.proven >= 1
                && terms.proven < terms.duration
                && Self::in_time(&terms)?;
            if !sound {
                return Err(Error::BadTerms);
            }
            let buyer = Self::env().caller();
            Self::env().emit_event(Locked {
                buyer,
                seller: terms.seller,
                price,
                deadline: terms.deadline,
            });
            Ok(Self {
                buyer,
                price,
                terms,
                deal: None,
                state: State::Locked,
            })
        }

        /// The id of the deal that [`Self::deliver`] opens with a salt: what providers quote for, with this contract as the owner.
        #[ink(message)]
        pub fn deal_id(&self, salt: [u8; 32]) -> Result<DealId> {
            Ok(self.env().extension().deal_id(salt)?)
        }

        /// Opens the deal with the agreed content, paid by what is sent along. For the seller, as long as the deal can be proved for long
        /// enough before the deadline.
        #[ink(message, payable)]
        pub fn deliver(&mut self, offer: Offer) -> Result<DealId> {
            if self.env().caller() != self.terms.seller {
                return Err(Error::NotSeller);
            }
            self.only_locked()?;
            if !Self::in_time(&self.terms)? {
                return Err(Error::TooLate);
            }
            if let Some(deal) = self.deal {
                match self.env().extension().standing(deal) {
                    Ok(Standing { n, live, .. }) if live == n => return Err(Error::DeliveredAlready),
                    Ok(_) | Err(MarketError::NoSuchDeal) => (),
                    Err(error) => return Err(error.into()),
                }
            }
            let terms = &self.terms;
            let agreed = offer.manifest == terms.manifest
                && offer.k == terms.k
                && offer.duration >= terms.duration
                && offer.slots.iter().map(|slot| &slot.root).eq(&terms.roots);
            if !agreed {
                return Err(Error::OtherContent);
            }
            let deal = self.env().extension().open_deal(offer)?;
            // An error takes the opened deal back with it.
            if self.env().balance() < self.price {
                return Err(Error::SentTooLittle);
            }
            let end = self.env().extension().deal(deal)?.end;
            self.deal = Some(deal);
            self.env().emit_event(Delivered { deal, end });
            Ok(deal)
        }

        /// Pays the seller, if the deal stands. For anyone.
        #[ink(message)]
        pub fn release(&mut self) -> Result<()> {
            self.only_locked()?;
            if !self.stands()? {
                return Err(Error::NotStanding);
            }
            self.pay_price()
        }

        /// Pays the buyer back, if the deadline is over and the deal does not stand now. For the buyer.
        #[ink(message)]
        pub fn refund(&mut self) -> Result<()> {
            if self.env().caller() != self.buyer {
                return Err(Error::NotBuyer);
            }
            self.only_locked()?;
            if self.env().block_number() <= self.terms.deadline {
                return Err(Error::TooEarly);
            }
            if self.stands()? {
                return Err(Error::Standing);
            }
            self.state = State::Refunded;
            let (buyer, price) = (self.buyer, self.price);
            self.pay(buyer, price)?;
            self.env().emit_event(Refunded { buyer, price });
            Ok(())
        }

        /// Pays the seller all that is not the price. For the seller.
        #[ink(message)]
        pub fn collect(&mut self) -> Result<Balance> {
            let seller = self.terms.seller;
            if self.env().caller() != seller {
                return Err(Error::NotSeller);
            }
            let locked = match self.state {
                State::Locked => self.price,
                State::Paid | State::Refunded => 0,
            };
            let amount = self.env().balance().saturating_sub(locked);
            if amount == 0 {
                return Err(Error::Empty);
            }
            self.pay(seller, amount)?;
            self.env().emit_event(Collected { seller, amount });
            Ok(amount)
        }

        /// Closes the delivered deal when its time is over, so that its deposit and refunds can be collected. For anyone. If the deal stands,
        /// the seller is paid like by [`Self::release`]: a closed deal does not stand any more. The market's own `close_deal` pays nobody.
        #[ink(message)]
        pub fn close(&mut self) -> Result<u32> {
            let deal = self.deal.ok_or(Error::NotStanding)?;
            let due = self.state == State::Locked && self.stands()?;
            let slots = self.env().extension().close_deal(deal)?;
            if due {
                self.pay_price()?;
            }
            Ok(slots)
        }

        /// Whether all slots of the delivered deal are live and proved for long enough, now.
        #[ink(message)]
        pub fn stands(&self) -> Result<bool> {
            let Some(deal) = self.deal else {
                return Ok(false);
            };
            match self.env().extension().standing(deal) {
                Ok(Standing { n, live, proven }) => Ok(live == n && proven >= self.terms.proven),
                Err(MarketError::NoSuchDeal) => Ok(false),
                Err(error) => Err(error.into()),
            }
        }

        /// What was agreed on.
        #[ink(message)]
        pub fn terms(&self) -> Terms {
            self.terms.clone()
        }

        /// Who locked the price.
        #[ink(message)]
        pub fn buyer(&self) -> AccountId {
            self.buyer
        }

        /// The price in planck, and what has become of it.
        #[ink(message)]
        pub fn price(&self) -> (Balance, State) {
            (self.price, self.state)
        }

        /// The delivered deal.
        #[ink(message)]
        pub fn deal(&self) -> Option<DealId> {
            self.deal
        }

        /// Whether a deal that is opened now can be proved for long enough by the deadline: it starts in the next period, and what was drawn
        /// in one period may be proved in the next.
        fn in_time(terms: &Terms) -> Result<bool> {
            let length = Self::env().extension().clock()?.length;
            let earliest = terms
                .proven
                .checked_add(2)
                .and_then(|periods| periods.checked_mul(length))
                .and_then(|blocks| blocks.checked_add(Self::env().block_number()));
            Ok(earliest.is_some_and(|earliest| earliest <= terms.deadline))
        }

        /// Pays the price to the seller.
        fn pay_price(&mut self) -> Result<()> {
            self.state = State::Paid;
            let (seller, price) = (self.terms.seller, self.price);
            self.pay(seller, price)?;
            self.env().emit_event(Paid { seller, price });
            Ok(())
        }

        fn only_locked(&self) -> Result<()> {
            if self.state == State::Locked {
                Ok(())
            } else {
                Err(Error::Settled)
            }
        }

        fn pay(&self, to: AccountId, amount: Balance) -> Result<()> {
            self.env().transfer(to, amount).map_err(|_| Error::PaymentFailed)
        }
    }
}

#[cfg(test)]
mod tests;
