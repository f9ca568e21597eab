//! A market for the unit tests of contracts, off chain.
//!
//! ```
//! # use blocs_ink::test::MockMarket;
//! # ink::env::test::run_test::<blocs_ink::BlocsEnvironment, _>(|_| {
//! let market = MockMarket::register();
//! market.edit(|state| state.clock.period = 7);
//! // Messages of the contract see period 7 from now on.
//! # Ok(())
//! # }).unwrap();
//! ```
//!
//! It keeps deals, checks owners and ends, and moves no money: ink!'s off-chain environment has no accounts but those that a test funds,
//! and an extension cannot take from them. It knows neither providers' signatures nor proofs: a test sets what they would lead to with
//! [`MockMarket::edit`]. The tests of a contract against the real market belong into the kit's (`crates/contract-kit`).

use crate::{Clock, DealId, DealState, Extension, MarketError, Offer, ProviderTerms, SlotState, SlotStatus, Standing};
use codec::{Decode, Encode};
use ink::primitives::AccountId;
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

/// What the mock knows.
#[derive(Clone, Debug)]
pub struct State {
    /// The account that executes: the owner of deals that are opened. The off-chain environment does not tell an extension who calls.
    pub contract: AccountId,
    /// The time.
    pub clock: Clock,
    /// Deals with their slots.
    pub deals: BTreeMap<DealId, (DealState, Vec<SlotState>)>,
    /// Providers.
    pub providers: BTreeMap<AccountId, ProviderTerms>,
    /// What the next call that changes the state answers instead of doing anything.
    pub refuse: Option<MarketError>,
}

/// A handle on the market that the contracts of this thread see.
#[derive(Clone, Debug)]
pub struct MockMarket(Rc<RefCell<State>>);

impl MockMarket {
    /// Makes a market in period 0 of 16 blocks the one of this thread's contracts. Its contract is the account that executes now.
    pub fn register() -> Self {
        let state = State {
            contract: ink::env::test::callee::<crate::BlocsEnvironment>(),
            clock: Clock { period: 0, length: 16 },
            deals: BTreeMap::new(),
            providers: BTreeMap::new(),
            refuse: None,
        };
        let market = Self(Rc::new(RefCell::new(state)));
        ink::env::test::register_chain_extension(market.clone());
        market
    }

    /// Changes what the market knows, and returns what `change` does.
    pub fn edit<Output>(&self, change: impl FnOnce(&mut State) -> Output) -> Output {
        change(&mut self.0.borrow_mut())
    }

    /// Has every live slot of a deal prove `periods` periods more, and the clock go on by as many.
    pub fn prove(&self, deal: DealId, periods: u32) {
        self.edit(|state| {
            state.clock.period += periods;
            if let Some((_, slots)) = state.deals.get_mut(&deal) {
                for slot in slots.iter_mut().filter(|slot| slot.status == SlotStatus::Live) {
                    slot.proven += periods;
                }
            }
        });
    }
}

/// The id that the mock gives a deal. The chain's is a hash of the same two.
pub fn deal_id(owner: AccountId, salt: [u8; 32]) -> DealId {
    let mut id = salt;
    for (byte, with) in id.iter_mut().zip(AsRef::<[u8]>::as_ref(&owner)) {
        *byte ^= with;
    }
    id
}

impl ink::env::test::ChainExtension for MockMarket {
    fn ext_id(&self) -> u16 {
        40
    }

    fn call(&mut self, function: u16, input: &[u8], output: &mut Vec<u8>) -> u32 {
        // The off-chain engine passes the argument's bytes as SCALE of a byte vector; the chain passes them as they are.
        let input = match argument::<Vec<u8>>(input) {
            Ok(input) => input,
            Err(error) => return error.number(),
        };
        match self.0.borrow_mut().answer(function, &input) {
            Ok(result) => {
                output.extend(result);
                0
            }
            Err(error) => error.number(),
        }
    }
}

fn argument<T: Decode>(mut input: &[u8]) -> Result<T, MarketError> {
    T::decode(&mut input).map_err(|_| MarketError::Malformed)
}

impl State {
    fn answer(&mut self, function: u16, input: &[u8]) -> Result<Vec<u8>, MarketError> {
        if function >= 0x0108 {
            if let Some(error) = self.refuse.take() {
                return Err(error);
            }
        }
        Ok(match function {
            0x0101 => self.clock.encode(),
            0x0102 => {
                let (after, limit): (Option<AccountId>, u32) = argument(input)?;
                let later = self
                    .providers
                    .keys()
                    .filter(|account| after.is_none_or(|after| **account > after));
                later
                    .take(limit.min(crate::MAX_PAGE) as usize)
                    .copied()
                    .collect::<Vec<_>>()
                    .encode()
            }
            0x0103 => {
                let account: AccountId = argument(input)?;
                self.providers.get(&account).ok_or(MarketError::NotRegistered)?.encode()
            }
            0x0104 => self.deal(&argument(input)?)?.0.encode(),
            0x0105 => {
                let (deal, index): (DealId, u16) = argument(input)?;
                self.deal(&deal)?
                    .1
                    .get(usize::from(index))
                    .ok_or(MarketError::NoSuchSlot)?
                    .encode()
            }
            0x0106 => self.standing(&argument(input)?)?.encode(),
            0x0107 => deal_id(self.contract, argument(input)?).encode(),
            0x0108 => self.open(argument(input)?)?.encode(),
            0x0109 => self.extend(argument(input)?)?.encode(),
            0x010a => self.terminate(&argument(input)?)?.encode(),
            0x010b => self.close(&argument(input)?)?.encode(),
            _ => return Err(MarketError::UnknownFunction),
        })
    }

    fn deal(&self, id: &DealId) -> Result<&(DealState, Vec<SlotState>), MarketError> {
        self.deals.get(id).ok_or(MarketError::NoSuchDeal)
    }

    fn own_deal(&mut self, id: &DealId) -> Result<&mut (DealState, Vec<SlotState>), MarketError> {
        let contract = self.contract;
        let deal = self.deals.get_mut(id).ok_or(MarketError::NoSuchDeal)?;
        if deal.0.owner == contract {
            Ok(deal)
        } else {
            Err(MarketError::NotOwner)
        }
    }

    fn standing(&self, id: &DealId) -> Result<Standing, MarketError> {
        let (deal, slots) = self.deal(id)?;
        let live: Vec<_> = slots.iter().filter(|slot| slot.status == SlotStatus::Live).collect();
        Ok(Standing {
            n: deal.n,
            live: live.len() as u16,
            proven: live.iter().map(|slot| slot.proven).min().unwrap_or(0),
        })
    }

    fn open(&mut self, offer: Offer) -> Result<DealId, MarketError> {
        let id = deal_id(self.contract, offer.salt);
        if self.deals.contains_key(&id) {
            return Err(MarketError::DealExists);
        }
        let n = offer.slots.len() as u16;
        if offer.k == 0 || offer.k > n {
            return Err(MarketError::BadErasure);
        }
        if offer.duration == 0 {
            return Err(MarketError::BadDuration);
        }
        let start = self.clock.period + 1;
        let end = start + offer.duration;
        let slots = offer.slots.into_iter().map(|slot| SlotState {
            provider: slot.provider,
            root: slot.root,
            size: slot.size,
            rate: slot.rate,
            start,
            end,
            status: SlotStatus::Live,
            proven: 0,
        });
        let deal = DealState {
            owner: self.contract,
            manifest: offer.manifest,
            k: offer.k,
            n,
            start,
            end,
            open_slots: n,
            deposit: 0,
            refundable: 0,
        };
        self.deals.insert(id, (deal, slots.collect()));
        Ok(id)
    }

    fn extend(&mut self, extension: Extension) -> Result<(), MarketError> {
        let period = self.clock.period;
        let (deal, slots) = self.own_deal(&extension.deal)?;
        if period >= deal.end {
            return Err(MarketError::AlreadyEnded);
        }
        if extension.end < deal.end {
            return Err(MarketError::NotLater);
        }
        if !extension.slots.windows(2).all(|two| two[0].index < two[1].index) {
            return Err(MarketError::DuplicateSlot);
        }
        let least = if extension.end > deal.end { deal.k } else { 1 };
        if extension.slots.len() < usize::from(least) {
            return Err(MarketError::TooFewSlots);
        }
        for quote in &extension.slots {
            let slot = slots.get(usize::from(quote.index)).ok_or(MarketError::NoSuchSlot)?;
            if slot.status != SlotStatus::Live {
                return Err(MarketError::NotLive);
            }
            if period >= slot.end {
                return Err(MarketError::AlreadyEnded);
            }
            if extension.end <= slot.end {
                return Err(MarketError::NotLater);
            }
        }
        for (index, slot) in slots.iter_mut().enumerate() {
            let named = extension.slots.iter().any(|quote| usize::from(quote.index) == index);
            if named || slot.status != SlotStatus::Live {
                slot.end = extension.end;
            }
        }
        deal.end = extension.end;
        Ok(())
    }

    fn terminate(&mut self, id: &DealId) -> Result<u32, MarketError> {
        let end = self.clock.period + 1;
        let (deal, slots) = self.own_deal(id)?;
        if end >= deal.end {
            return Err(MarketError::AlreadyEnding);
        }
        deal.end = end;
        slots.iter_mut().for_each(|slot| slot.end = end);
        Ok(end)
    }

    fn close(&mut self, id: &DealId) -> Result<u32, MarketError> {
        let period = self.clock.period;
        let (deal, slots) = self.deal(id)?;
        if period < deal.end {
            return Err(MarketError::NotEnded);
        }
        let count = slots.len() as u32;
        self.deals.remove(id);
        Ok(count)
    }
}
