//! The market's state in memory and what calls do to it.

use super::MemoryChain;
use crate::{
    AccountBalance, Deal, DealOffer, MarketCall, MarketEvent, ProveCall, Provider, ProviderInfo, ProviderStatus,
    Registration, Slot, SlotStatus, Terms,
};
use blocs_primitives::{
    AccountId, Answer, Balance, BlockNumber, Challenge, Concession, DealId, Hash, Period, Quote, SlotId, SlotIndex,
    proof,
};
use sp_core::{Pair, sr25519};
use std::collections::{BTreeMap, BTreeSet};

/// Where in time and on which chain a call runs.
pub(super) struct Context {
    pub(super) genesis: Hash,
    pub(super) block: BlockNumber,
    pub(super) period: Period,
    pub(super) existential_deposit: Balance,
}

/// Why a call is refused.
pub(super) enum Refusal {
    Funds { needed: Balance, held: Balance },
    Error(&'static str),
}

#[derive(Default)]
pub(super) struct Market {
    pub(super) providers: BTreeMap<AccountId, (Provider, ProviderInfo)>,
    pub(super) deals: BTreeMap<DealId, Deal>,
    pub(super) slots: BTreeMap<SlotId, Slot>,
    pub(super) challenges: BTreeMap<AccountId, Challenge>,
    pub(super) proofs: Vec<ProveCall>,
    /// Free and held.
    balances: BTreeMap<AccountId, (Balance, Balance)>,
}

impl Market {
    pub(super) fn credit(&mut self, account: &AccountId, amount: Balance) {
        let (free, _) = self.balances.entry(account.clone()).or_default();
        *free = free.saturating_add(amount);
    }

    pub(super) fn balance(&self, account: &AccountId, existential_deposit: Balance) -> AccountBalance {
        let (free, held) = self.balances.get(account).copied().unwrap_or_default();
        AccountBalance {
            free,
            held,
            transferable: free.saturating_sub(existential_deposit),
        }
    }

    /// Takes `amount` and the fee from the account; `hold` of it stays on the account, held.
    pub(super) fn charge(
        &mut self,
        who: &AccountId,
        amount: Balance,
        hold: Balance,
        context: &Context,
    ) -> Result<(), Refusal> {
        let held = self.balance(who, context.existential_deposit).transferable;
        let needed = amount.saturating_add(MemoryChain::FEE);
        if held < needed {
            return Err(Refusal::Funds { needed, held });
        }
        let (free, on_hold) = self.balances.entry(who.clone()).or_default();
        *free = free.saturating_sub(needed);
        *on_hold = on_hold.saturating_add(hold);
        Ok(())
    }

    pub(super) fn apply(
        &mut self,
        who: &AccountId,
        call: MarketCall,
        context: &Context,
    ) -> Result<Vec<MarketEvent>, Refusal> {
        let provider = who.clone();
        let event = match call {
            MarketCall::Register(registration) => return self.register(who, registration, context),
            MarketCall::OpenDeal(offer) => return self.open_deal(who, offer, context),
            MarketCall::ExtendDeal { extension, .. } => return self.extend_deal(who, extension, context),
            MarketCall::Transfer { to, amount } => {
                self.charge(who, amount, 0, context)?;
                self.credit(&to, amount);
                return Ok(Vec::new());
            }
            MarketCall::UpdateTerms(terms) => {
                self.charge(who, 0, 0, context)?;
                let (record, info) = self.provider_mut(who)?;
                (record.capacity, record.price) = (terms.capacity, terms.price);
                *info = info_of(terms);
                MarketEvent::TermsUpdated { provider }
            }
            MarketCall::TopUp { amount } => {
                self.charge(who, amount, amount, context)?;
                let (record, _) = self.provider_mut(who)?;
                record.bond = record.bond.saturating_add(amount);
                MarketEvent::BondIncreased { provider, amount }
            }
            MarketCall::AnnounceExit => {
                self.charge(who, 0, 0, context)?;
                self.provider_mut(who)?.0.status = ProviderStatus::Draining;
                MarketEvent::ExitAnnounced { provider }
            }
            MarketCall::Resume => {
                self.charge(who, 0, 0, context)?;
                self.provider_mut(who)?.0.status = ProviderStatus::Active;
                MarketEvent::ProviderResumed { provider }
            }
            MarketCall::Deregister => {
                self.charge(who, 0, 0, context)?;
                if self.slots.values().any(|slot| slot.provider == *who) {
                    return Err(Refusal::Error("SlotsOpen"));
                }
                let bond = self.provider_mut(who)?.0.bond;
                self.providers.remove(who);
                self.release(who, bond);
                MarketEvent::ProviderDeregistered { provider }
            }
            MarketCall::Claim => {
                self.charge(who, 0, 0, context)?;
                let amount = std::mem::take(&mut self.provider_mut(who)?.0.accrued);
                self.credit(who, amount);
                MarketEvent::Claimed { provider, amount }
            }
            MarketCall::CloseSlot { slot } => {
                self.charge(who, 0, 0, context)?;
                return self.close(slot.deal, Some(slot.index), context);
            }
            MarketCall::CloseDeal { deal } => {
                self.charge(who, 0, 0, context)?;
                return self.close(deal, None, context);
            }
            MarketCall::TerminateDeal { deal } => {
                self.charge(who, 0, 0, context)?;
                let end = context.period.saturating_add(1);
                let record = self.deals.get_mut(&deal).ok_or(Refusal::Error("NoSuchDeal"))?;
                if record.owner != *who {
                    return Err(Refusal::Error("NotOwner"));
                }
                record.end = record.end.min(end.max(record.start.saturating_add(1)));
                let end = record.end;
                for slot in self
                    .slots
                    .iter_mut()
                    .filter(|(id, _)| id.deal == deal)
                    .map(|(_, slot)| slot)
                {
                    slot.end = slot.end.min(end);
                }
                MarketEvent::DealTerminated { deal, end }
            }
            MarketCall::DeclareLost { slot } => {
                self.charge(who, 0, 0, context)?;
                let record = self.slots.get_mut(&slot).ok_or(Refusal::Error("NoSuchSlot"))?;
                if record.provider != *who {
                    return Err(Refusal::Error("NotProvider"));
                }
                record.status = SlotStatus::Lost;
                MarketEvent::SlotLost {
                    deal: slot.deal,
                    index: slot.index,
                    provider,
                    slashed: 0,
                }
            }
        };
        Ok(vec![event])
    }

    fn provider_mut(&mut self, account: &AccountId) -> Result<&mut (Provider, ProviderInfo), Refusal> {
        self.providers.get_mut(account).ok_or(Refusal::Error("NotRegistered"))
    }

    fn release(&mut self, account: &AccountId, amount: Balance) {
        let (free, held) = self.balances.entry(account.clone()).or_default();
        *held = held.saturating_sub(amount);
        *free = free.saturating_add(amount);
    }

    fn register(
        &mut self,
        who: &AccountId,
        registration: Registration,
        context: &Context,
    ) -> Result<Vec<MarketEvent>, Refusal> {
        if self.providers.contains_key(who) {
            return Err(Refusal::Error("AlreadyRegistered"));
        }
        self.charge(who, registration.bond, registration.bond, context)?;
        let record = Provider {
            operator: registration.operator,
            bond: registration.bond,
            capacity: registration.terms.capacity,
            used: 0,
            price: registration.terms.price,
            status: ProviderStatus::Active,
            rate: 0,
            accrued: 0,
            proven: 0,
            misses: 0,
            place: 0,
            period: context.period,
        };
        self.providers
            .insert(who.clone(), (record, info_of(registration.terms)));
        Ok(vec![MarketEvent::ProviderRegistered { provider: who.clone() }])
    }

    fn open_deal(&mut self, who: &AccountId, offer: DealOffer, context: &Context) -> Result<Vec<MarketEvent>, Refusal> {
        let deal = DealId::derive(who, &offer.salt);
        let n = u16::try_from(offer.slots.len()).map_err(|_| Refusal::Error("BadErasure"))?;
        if self.deals.contains_key(&deal) {
            return Err(Refusal::Error("DealExists"));
        }
        if offer.k == 0 || offer.k > n {
            return Err(Refusal::Error("BadErasure"));
        }
        if offer.duration == 0 {
            return Err(Refusal::Error("BadDuration"));
        }
        let mut distinct = BTreeSet::new();
        let mut cost: Balance = 0;
        for (index, slot) in (0u16..).zip(&offer.slots) {
            let quote = Quote {
                genesis: context.genesis,
                provider: slot.provider.clone(),
                owner: who.clone(),
                deal,
                index: SlotIndex(index),
                root: slot.root,
                size: slot.size,
                rate: slot.rate,
                duration: offer.duration,
                valid_until: slot.valid_until,
            };
            let (record, _) = self
                .providers
                .get(&slot.provider)
                .ok_or(Refusal::Error("NotRegistered"))?;
            if !sr25519::Pair::verify(&slot.signature, quote.signing_payload(), &record.operator) {
                return Err(Refusal::Error("BadQuote"));
            }
            if slot.valid_until < context.block {
                return Err(Refusal::Error("QuoteExpired"));
            }
            if record.status != ProviderStatus::Active {
                return Err(Refusal::Error("ProviderUnavailable"));
            }
            if record.used.saturating_add(slot.size) > record.capacity {
                return Err(Refusal::Error("CapacityExceeded"));
            }
            if !distinct.insert(slot.provider.clone()) {
                return Err(Refusal::Error("DuplicateProvider"));
            }
            cost = cost.saturating_add(slot.rate.saturating_mul(offer.duration.into()));
        }
        self.charge(who, cost, 0, context)?;
        let start = context.period.saturating_add(1);
        let end = start.saturating_add(offer.duration);
        let mut providers = Vec::new();
        for (index, slot) in (0u16..).zip(offer.slots) {
            let (record, _) = self.provider_mut(&slot.provider)?;
            record.used = record.used.saturating_add(slot.size);
            record.rate = record.rate.saturating_add(slot.rate);
            providers.push(slot.provider.clone());
            let (provider, root, size, rate) = (slot.provider, slot.root, slot.size, slot.rate);
            let record = Slot {
                provider,
                root,
                size,
                rate,
                start,
                end,
                status: SlotStatus::Live,
            };
            self.slots.insert(
                SlotId {
                    deal,
                    index: SlotIndex(index),
                },
                record,
            );
        }
        let record = Deal {
            owner: who.clone(),
            manifest: offer.manifest,
            k: offer.k,
            n,
            start,
            end,
            open_slots: n,
            deposit: 0,
            refundable: 0,
            label: offer.label,
        };
        self.deals.insert(deal, record);
        Ok(vec![MarketEvent::DealOpened {
            deal,
            owner: who.clone(),
            providers,
        }])
    }

    fn close(&mut self, deal: DealId, only: Option<SlotIndex>, context: &Context) -> Result<Vec<MarketEvent>, Refusal> {
        let record = self.deals.get(&deal).ok_or(Refusal::Error("NoSuchDeal"))?;
        let owner = record.owner.clone();
        let chosen = self.slots.iter();
        let chosen = chosen.filter(|(id, _)| id.deal == deal && only.is_none_or(|index| id.index == index));
        if chosen.clone().any(|(_, slot)| context.period < slot.end) {
            return Err(Refusal::Error("NotEnded"));
        }
        let chosen: Vec<SlotId> = chosen.map(|(id, _)| *id).collect();
        let mut events = Vec::new();
        for id in chosen {
            if let Some(slot) = self.slots.remove(&id) {
                if let Some((record, _)) = self.providers.get_mut(&slot.provider) {
                    record.used = record.used.saturating_sub(slot.size);
                    record.rate = record.rate.saturating_sub(slot.rate);
                }
                let (index, provider) = (id.index, slot.provider);
                events.push(MarketEvent::SlotClosed {
                    deal,
                    index,
                    provider,
                    paid: 0,
                    refunded: 0,
                });
            }
        }
        let left = self.slots.keys().filter(|id| id.deal == deal).count();
        if left == 0 {
            self.deals.remove(&deal);
            events.push(MarketEvent::DealClosed { deal, owner });
        } else if let Some(record) = self.deals.get_mut(&deal) {
            record.open_slots = u16::try_from(left).unwrap_or(u16::MAX);
        }
        Ok(events)
    }

    pub(super) fn prove(&mut self, call: ProveCall, genesis: Hash) -> Result<Vec<MarketEvent>, &'static str> {
        let provider = call.provider.clone();
        let challenge = self.challenges.get(&provider).ok_or("no open challenge")?;
        if challenge.period != call.period {
            return Err("another period is open");
        }
        if challenge.pieces.len() != call.answers.len() {
            return Err("wrong number of answers");
        }
        let mut conceded = Vec::new();
        for (asked, answer) in challenge.pieces.iter().zip(&call.answers) {
            match answer {
                Answer::Piece(piece) => {
                    proof::verify(&asked.root, asked.size, asked.piece, piece).map_err(|_| "an answer is wrong")?;
                }
                Answer::Conceded => conceded.push(asked.slot),
            }
        }
        let (period, pay) = (challenge.period, challenge.pay);
        let (record, _) = self.providers.get_mut(&provider).ok_or("not a provider")?;
        if !conceded.is_empty() {
            let concession = Concession {
                genesis,
                provider: provider.clone(),
                period,
                slots: conceded.clone(),
            };
            let signature = call.concession.ok_or("the concession is not signed")?;
            if !sr25519::Pair::verify(&signature, concession.signing_payload(), &record.operator) {
                return Err("the concession's signature is wrong");
            }
        }
        record.accrued = record.accrued.saturating_add(pay);
        record.proven = record.proven.saturating_add(1);
        record.misses = 0;
        let mut events = vec![MarketEvent::Proved {
            provider: provider.clone(),
            period,
            paid: pay,
        }];
        conceded.dedup();
        for id in conceded {
            if let Some(slot) = self.slots.get_mut(&id).filter(|slot| slot.status == SlotStatus::Live) {
                slot.status = SlotStatus::Lost;
                let provider = provider.clone();
                events.push(MarketEvent::SlotLost {
                    deal: id.deal,
                    index: id.index,
                    provider,
                    slashed: 0,
                });
            }
        }
        self.challenges.remove(&provider);
        self.proofs.push(call);
        Ok(events)
    }
}

fn info_of(terms: Terms) -> ProviderInfo {
    ProviderInfo {
        zone: terms.zone,
        tier: terms.tier,
        peer_id: terms.peer_id,
        addresses: terms.addresses,
    }
}
