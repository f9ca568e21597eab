//! A fund that anyone tops up pays for a deal of the storage market.
//!
//! The contract owns the deal: nobody can end it early. A curator brings the quotes that open it; afterwards anyone may bring quotes that
//! extend it, and the fund pays them as long as they keep the limits that were set when the contract was made:
//!
//! - no slot costs more than `max_price` planck per GiB and proving period (an extended slot keeps the rate that it was opened with),
//! - the deal never reaches further than `max_ahead` periods ahead, so that nobody spends the fund on a far future,
//! - an extension to a later end takes along at least `least_slots` slots, so that nobody extends a deal and drops most of its copies.
//!   Slots that it leaves out may follow to the same end, one by one, as long as they run.
//!
//! Only a live slot whose provider signs is extended, and nothing repairs a lost slot yet. With `least_slots` as large as the number of slots,
//! **one lost slot, or one provider that does not sign, ends all extensions**, and the fund can then only wait for the deal's end. Choose
//! fewer, and no fewer than what the content needs to come back (`k`, which the market demands anyway) with some to spare.
//!
//! Money: the whole balance of the contract is the fund, whoever sent it. What the market gives back (unproven periods, deposits) returns to
//! it. As long as a deal stands, nothing but the market is paid from it. When the deal is over and closed, and before the first one is open,
//! the curator may withdraw the rest, or open another deal with it. Donors trust the curator with that much; they get nothing back.
//!
//! # Storage layout (stable)
//!
//! One root value: `curator: AccountId`, `limits: Limits { max_price: u128, max_ahead: u32, least_slots: u16 }`, `deal: Option<[u8; 32]>`.
//!
//! # Events (stable)
//!
//! | event | topics | data |
//! |---|---|---|
//! | `Opened` | `deal` | `end`, `price` |
//! | `Funded` | `from` | `amount` |
//! | `Extended` | `deal`, `by` | `end`, `spent` |
//! | `Closed` | `deal` | |
//! | `Withdrawn` | | `amount` |

#![cfg_attr(not(feature = "std"), no_std, no_main)]

/// See the crate's documentation.
#[ink::contract(env = blocs_ink::BlocsEnvironment)]
pub mod storage_archive {
    use blocs_ink::{Clock, DealId, DealState, Extension, MarketError, Offer, Period, Standing, MAX_SLOTS};

    /// Bytes in the unit of price.
    const GIB: u128 = 1 << 30;

    /// What the fund pays for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[cfg_attr(feature = "std", derive(ink::storage::traits::StorageLayout))]
    pub struct Limits {
        /// Most planck per GiB and proving period, for every slot.
        pub max_price: Balance,
        /// Most periods between now and the deal's end.
        pub max_ahead: Period,
        /// Fewest slots that a deal has, and that an extension to a later end takes along.
        pub least_slots: u16,
    }

    /// Why a message is refused.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// Only the curator may do this.
        NotCurator,
        /// The archive's deal is not closed yet.
        DealStands,
        /// There is no deal yet.
        NoDeal,
        /// The extension is of another deal.
        OtherDeal,
        /// A slot costs more than the limit.
        TooDear,
        /// The deal would end later than the limit.
        TooFar,
        /// Fewer slots than the limit.
        TooFewSlots,
        /// Nothing was sent along.
        NothingSent,
        /// There is nothing to withdraw.
        Empty,
        /// The payment to the curator failed.
        PaymentFailed,
        /// The storage market refused.
        Market(MarketError),
        /// No deal can keep the limits: more slots than a deal may have, or an end before the first period of any deal is over.
        BadLimits,
    }

    /// What a message gives.
    pub type Result<Output> = core::result::Result<Output, Error>;

    impl From<MarketError> for Error {
        fn from(error: MarketError) -> Self {
            Self::Market(error)
        }
    }

    /// A deal is open.
    #[ink(event)]
    pub struct Opened {
        /// Its id.
        #[ink(topic)]
        pub deal: DealId,
        /// The first period that is not paid.
        pub end: Period,
        /// What its whole duration costs, in planck.
        pub price: Balance,
    }

    /// The fund has grown.
    #[ink(event)]
    pub struct Funded {
        /// Who sent it.
        #[ink(topic)]
        pub from: AccountId,
        /// How much, in planck.
        pub amount: Balance,
    }

    /// The deal runs longer.
    #[ink(event)]
    pub struct Extended {
        /// Its id.
        #[ink(topic)]
        pub deal: DealId,
        /// Who brought the quotes.
        #[ink(topic)]
        pub by: AccountId,
        /// The first period that is not paid.
        pub end: Period,
        /// What the fund paid, in planck.
        pub spent: Balance,
    }

    /// The deal is over, and what was left of it is in the fund.
    #[ink(event)]
    pub struct Closed {
        /// Its id.
        #[ink(topic)]
        pub deal: DealId,
    }

    /// The curator has taken the rest.
    #[ink(event)]
    pub struct Withdrawn {
        /// How much, in planck.
        pub amount: Balance,
    }

    /// The archive.
    #[ink(storage)]
    pub struct StorageArchive {
        curator: AccountId,
        limits: Limits,
        deal: Option<DealId>,
    }

    impl StorageArchive {
        /// An archive whose curator is the caller. What is sent along is the fund's first.
        #[ink(constructor, payable)]
        pub fn new(max_price: Balance, max_ahead: Period, least_slots: u16) -> Result<Self> {
            // The shortest deal starts in the next period and ends in the one after.
            if max_ahead < 2 || u32::from(least_slots) > MAX_SLOTS {
                return Err(Error::BadLimits);
            }
            Ok(Self {
                curator: Self::env().caller(),
                limits: Limits {
                    max_price,
                    max_ahead,
                    least_slots,
                },
                deal: None,
            })
        }

        /// The id of the deal that [`Self::open`] opens with a salt: what providers quote for, with this contract as the owner.
        #[ink(message)]
        pub fn deal_id(&self, salt: [u8; 32]) -> Result<DealId> {
            Ok(self.env().extension().deal_id(salt)?)
        }

        /// Opens the deal with the quotes of an offer. For the curator; what is sent along joins the fund, and the fund pays.
        #[ink(message, payable)]
        pub fn open(&mut self, offer: Offer) -> Result<DealId> {
            self.only_curator()?;
            self.no_deal_stands()?;
            if offer.slots.len() < usize::from(self.limits.least_slots) {
                return Err(Error::TooFewSlots);
            }
            let within = |size: u64, rate: Balance| {
                let most = self.limits.max_price.checked_mul(size.into())?.div_ceil(GIB).max(1);
                Some(rate <= most)
            };
            // A limit that is too large for a number is none.
            if !offer
                .slots
                .iter()
                .all(|slot| within(slot.size, slot.rate).unwrap_or(true))
            {
                return Err(Error::TooDear);
            }
            // The deal starts in the next period.
            let start = self.clock()?.period.saturating_add(1);
            let end = start.saturating_add(offer.duration);
            self.check_end(end)?;
            let price = offer.price().ok_or(Error::Market(MarketError::Overflow))?;
            let deal = self.env().extension().open_deal(offer)?;
            self.deal = Some(deal);
            self.env().emit_event(Opened { deal, end, price });
            Ok(deal)
        }

        /// Adds what is sent along to the fund. For anyone.
        #[ink(message, payable)]
        pub fn fund(&mut self) -> Result<()> {
            let amount = self.env().transferred_value();
            if amount == 0 {
                return Err(Error::NothingSent);
            }
            let from = self.env().caller();
            self.env().emit_event(Funded { from, amount });
            Ok(())
        }

        /// Extends the deal with quotes that the caller brings, at the fund's expense. For anyone.
        ///
        /// An extension to the end that the deal has already is for slots that were left out before: they may be few.
        #[ink(message)]
        pub fn extend(&mut self, extension: Extension) -> Result<()> {
            let deal = self.deal.ok_or(Error::NoDeal)?;
            if extension.deal != deal {
                return Err(Error::OtherDeal);
            }
            let end = extension.end;
            let few = extension.slots.len() < usize::from(self.limits.least_slots);
            if few && end != self.env().extension().deal(deal)?.end {
                return Err(Error::TooFewSlots);
            }
            self.check_end(end)?;
            let before = self.env().balance();
            self.env().extension().extend_deal(extension)?;
            let spent = before.saturating_sub(self.env().balance());
            let by = self.env().caller();
            self.env().emit_event(Extended { deal, by, end, spent });
            Ok(())
        }

        /// Closes the deal when its time is over: deposit and refunds come into the fund. For anyone. A call of the market's own
        /// `close_deal` does the same.
        #[ink(message)]
        pub fn close(&mut self) -> Result<()> {
            let deal = self.deal.ok_or(Error::NoDeal)?;
            self.env().extension().close_deal(deal)?;
            self.deal = None;
            self.env().emit_event(Closed { deal });
            Ok(())
        }

        /// Pays the whole fund to the curator. Only when no deal stands.
        #[ink(message)]
        pub fn withdraw(&mut self) -> Result<Balance> {
            self.only_curator()?;
            self.no_deal_stands()?;
            let amount = self.env().balance();
            if amount == 0 {
                return Err(Error::Empty);
            }
            let paid = self.env().transfer(self.curator, amount);
            paid.map_err(|_| Error::PaymentFailed)?;
            self.env().emit_event(Withdrawn { amount });
            Ok(amount)
        }

        /// Who brings the quotes that open deals.
        #[ink(message)]
        pub fn curator(&self) -> AccountId {
            self.curator
        }

        /// What the fund pays for.
        #[ink(message)]
        pub fn limits(&self) -> Limits {
            self.limits
        }

        /// Planck that the fund has now.
        #[ink(message)]
        pub fn balance(&self) -> Balance {
            self.env().balance()
        }

        /// The id of the archive's deal, if it has opened one.
        #[ink(message)]
        pub fn deal(&self) -> Option<DealId> {
            self.deal
        }

        /// The archive's deal and how its slots stand.
        #[ink(message)]
        pub fn standing(&self) -> Result<(DealState, Standing)> {
            let deal = self.deal.ok_or(Error::NoDeal)?;
            let market = self.env().extension();
            Ok((market.deal(deal)?, self.env().extension().standing(deal)?))
        }

        fn clock(&self) -> Result<Clock> {
            Ok(self.env().extension().clock()?)
        }

        fn only_curator(&self) -> Result<()> {
            if self.env().caller() == self.curator {
                Ok(())
            } else {
                Err(Error::NotCurator)
            }
        }

        /// A deal stands until the market has closed it, whoever had it closed.
        fn no_deal_stands(&self) -> Result<()> {
            let Some(deal) = self.deal else {
                return Ok(());
            };
            match self.env().extension().deal(deal) {
                Err(MarketError::NoSuchDeal) => Ok(()),
                Ok(_) => Err(Error::DealStands),
                Err(error) => Err(error.into()),
            }
        }

        fn check_end(&self, end: Period) -> Result<()> {
            let farthest = self.clock()?.period.saturating_add(self.limits.max_ahead);
            if end <= farthest {
                Ok(())
            } else {
                Err(Error::TooFar)
            }
        }
    }
}

#[cfg(test)]
mod tests;
