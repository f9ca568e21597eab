//! Extending deals in memory, by the rules of the pallet.

use super::market::{Context, Market, Refusal};
use crate::{DealExtension, MarketEvent, ProviderStatus, SlotStatus};
use blocs_primitives::{AccountId, Balance, DealId, ExtensionQuote, Period, SlotExtension, SlotId, rate};
use sp_core::{Pair, sr25519};

impl Market {
    pub(super) fn extend_deal(
        &mut self,
        who: &AccountId,
        extension: DealExtension,
        context: &Context,
    ) -> Result<Vec<MarketEvent>, Refusal> {
        let DealExtension { deal: id, end, slots } = extension;
        let deal = self.deals.get(&id).ok_or(Refusal::Error("NoSuchDeal"))?;
        let ascending = slots.windows(2).all(|pair| pair[0].index < pair[1].index);
        let least = if end > deal.end { usize::from(deal.k) } else { 1 };
        let rules = [
            (deal.owner == *who, "NotOwner"),
            (context.period < deal.end, "AlreadyEnded"),
            (end >= deal.end, "NotLater"),
            (ascending, "DuplicateSlot"),
            (slots.len() >= least, "TooFewSlots"),
        ];
        if let Some((_, broken)) = rules.into_iter().find(|(kept, _)| !kept) {
            return Err(Refusal::Error(broken));
        }
        let mut price: Balance = 0;
        for quote in &slots {
            let added = self.check_extension(who, id, end, quote, context)?;
            price = price.saturating_add(added);
        }

        self.charge(who, price, 0, context)?;
        let indices: Vec<_> = slots.iter().map(|quote| quote.index).collect();
        for (slot, record) in self.slots.iter_mut().filter(|(slot, _)| slot.deal == id) {
            if indices.contains(&slot.index) || record.status != SlotStatus::Live {
                record.end = end;
            }
        }
        if let Some(deal) = self.deals.get_mut(&id) {
            deal.end = end;
        }
        Ok(vec![MarketEvent::DealExtended {
            deal: id,
            end,
            slots: indices,
        }])
    }

    /// Checks one quote; returns what the added periods cost.
    fn check_extension(
        &self,
        owner: &AccountId,
        deal: DealId,
        end: Period,
        quote: &SlotExtension,
        context: &Context,
    ) -> Result<Balance, Refusal> {
        let id = SlotId {
            deal,
            index: quote.index,
        };
        let slot = self.slots.get(&id).ok_or(Refusal::Error("NoSuchSlot"))?;
        let provider = self.providers.get(&slot.provider);
        let (provider, _) = provider.ok_or(Refusal::Error("NotRegistered"))?;
        let signed = ExtensionQuote {
            genesis: context.genesis,
            provider: slot.provider.clone(),
            owner: owner.clone(),
            deal,
            index: quote.index,
            rate: slot.rate,
            from: slot.end,
            to: end,
            valid_until: quote.valid_until,
        };
        let authentic = || sr25519::Pair::verify(&quote.signature, signed.signing_payload(), &provider.operator);
        let least = rate(provider.price, slot.size);
        let rules = [
            (slot.status == SlotStatus::Live, "NotLive"),
            (context.period < slot.end, "AlreadyEnded"),
            (end > slot.end, "NotLater"),
            (quote.valid_until >= context.block, "QuoteExpired"),
            (provider.status == ProviderStatus::Active, "ProviderUnavailable"),
            (least.is_some_and(|least| slot.rate >= least), "BadRate"),
            (authentic(), "BadQuote"),
        ];
        if let Some((_, broken)) = rules.into_iter().find(|(kept, _)| !kept) {
            return Err(Refusal::Error(broken));
        }
        Ok(slot.rate.saturating_mul(end.saturating_sub(slot.end).into()))
    }
}
