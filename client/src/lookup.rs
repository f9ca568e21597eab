//! Finding objects: list, stat, remove, restore.

use crate::{
    Client, CodeParameters, Entry, EntryState, GetError, LookupError, ObjectState, Progress, Removal, RemoveError,
    RestoreReport, SlotHealth, StatReport, StoredObject, Target, fetch::Slots,
};
use blocs_chain::{At, Deal, MarketCall, MarketEvent, ProviderStatus, QueryError, Slot, SlotStatus, WaitFor};
use blocs_erasure::Label;
use blocs_primitives::{AccountId, DealId, Hash, Period, SlotIndex};
use std::{collections::HashMap, sync::Arc};
use tracing::warn;

/// An object on the chain.
pub(crate) struct Found {
    pub(crate) id: DealId,
    pub(crate) deal: Deal,
    pub(crate) label: Label,
}

impl Client {
    /// Finds an object: by the catalogue, and when that does not know it, by reading all labels on the chain.
    pub(crate) async fn find(&self, target: &Target) -> Result<Found, LookupError> {
        match target {
            Target::Deal(id) => {
                let deal = self.chain.deal(*id, At::Finalized).await?;
                let deal = deal.ok_or_else(|| self.not_found(target))?;
                let label = self.label(*id, &deal);
                Ok(Found { id: *id, deal, label })
            }
            Target::Name(name) => {
                let entries = self.catalogue.entries()?;
                for entry in entries.iter().rev().filter(|entry| entry.name == *name) {
                    if let Some(deal) = self.chain.deal(entry.deal, At::Finalized).await? {
                        let label = self.label(entry.deal, &deal);
                        return Ok(Found {
                            id: entry.deal,
                            deal,
                            label,
                        });
                    }
                }
                let mut named: Vec<_> = self.on_chain().await?;
                named.retain(|found| found.label.name == *name);
                named.into_iter().next_back().ok_or_else(|| self.not_found(target))
            }
        }
    }

    fn not_found(&self, target: &Target) -> LookupError {
        LookupError::NotFound {
            target: target.to_string(),
            account: self.identity.account().to_string(),
        }
    }

    /// The deal's label; when it cannot be read, one that says what the chain says.
    fn label(&self, id: DealId, deal: &Deal) -> Label {
        self.identity.open_label(&deal.label, id).unwrap_or_else(|| {
            let name = format!("{:?}", id.0);
            Label {
                name,
                content_bytes: 0,
                files: 0,
                created: 0,
                manifest_bytes: 0,
            }
        })
    }

    /// All deals of the account, and those that others have opened with what it uploaded from this machine; oldest first.
    async fn on_chain(&self) -> Result<Vec<Found>, LookupError> {
        // One block for all reads, so that the list is of one moment.
        let at = At::Block(self.chain.block(At::Finalized).await?.hash);
        let mut found = Vec::new();
        for id in self.chain.deals_by_owner(&self.identity.account(), at).await? {
            if let Some(deal) = self.chain.deal(id, at).await? {
                let label = self.label(id, &deal);
                found.push(Found { id, deal, label });
            }
        }
        // A restore writes entries that cannot be read anew.
        let entries = self.catalogue.entries().unwrap_or_else(|error| {
            warn!(%error, "cannot say which deals of others hold what was uploaded from here");
            Vec::new()
        });
        for entry in entries {
            if entry.owner.is_none() || found.iter().any(|found| found.id == entry.deal) {
                continue;
            }
            if let Some(deal) = self.chain.deal(entry.deal, at).await? {
                let (id, label) = (entry.deal, self.label(entry.deal, &deal));
                found.push(Found { id, deal, label });
            }
        }
        found.sort_by_key(|found| (found.label.created, found.id));
        Ok(found)
    }

    /// The encrypted manifest from the catalogue, when it is the one that the chain names.
    pub(crate) fn known_manifest(&self, id: DealId, deal: &Deal) -> Option<Vec<u8>> {
        let entry = self.catalogue.entry(id).ok().flatten()?;
        let is_right = Hash::from(sp_crypto_hashing::blake2_256(&entry.manifest)) == deal.manifest;
        is_right.then_some(entry.manifest)
    }

    pub(crate) async fn do_list(&self) -> Result<Vec<StoredObject>, LookupError> {
        let found = self.on_chain().await?;
        let period = self.period().await?;
        let mut faulted = HashMap::new();
        let mut objects = Vec::new();
        for found in &found {
            let slots = self.chain.slots(found.id, At::Finalized).await?;
            let slots = self.health(slots, &mut faulted).await?;
            objects.push(describe(found, &slots, period));
        }
        // Puts under way, broken off before their deal was opened, or whose deal somebody else has not opened yet.
        for entry in self.catalogue.entries()? {
            if found.iter().any(|found| found.id == entry.deal) {
                self.note_stored(entry);
                continue;
            }
            let state = match entry.state {
                EntryState::Uploading => ObjectState::Uploading,
                EntryState::Quoted => ObjectState::Quoted,
                EntryState::Stored => continue,
            };
            objects.push(StoredObject {
                name: entry.name,
                deal: entry.deal,
                owner: entry.owner.unwrap_or_else(|| self.identity.account()),
                content_bytes: entry.content_bytes,
                files: entry.files,
                created: entry.created,
                state,
                code: CodeParameters { k: entry.k, m: entry.m },
                start: 0,
                end: 0,
            });
        }
        Ok(objects)
    }

    /// The deal of an entry has been seen on the chain: once it is closed, the entry is no longer one under way.
    fn note_stored(&self, entry: Entry) {
        if entry.state == EntryState::Stored {
            return;
        }
        let state = EntryState::Stored;
        if let Err(error) = self.catalogue.write(&Entry { state, ..entry }) {
            warn!(%error, "cannot note that a deal is open");
        }
    }

    pub(crate) async fn do_stat(&self, target: &Target) -> Result<StatReport, LookupError> {
        let found = self.find(target).await?;
        let period = self.period().await?;
        let slots = self.chain.slots(found.id, At::Finalized).await?;
        let rate = slots
            .iter()
            .filter(|(_, slot)| slot.status == SlotStatus::Live)
            .map(|(_, slot)| slot.rate)
            .sum();
        let slots = self.health(slots, &mut HashMap::new()).await?;
        let remaining = self.chain.properties().duration(found.deal.end.saturating_sub(period));
        let object = describe(&found, &slots, period);
        Ok(StatReport {
            object,
            slots,
            period,
            remaining,
            rate,
        })
    }

    async fn period(&self) -> Result<Period, QueryError> {
        Ok(self.chain.block(At::Finalized).await?.number / self.chain.period_length().max(1))
    }

    /// Slots with what the chain says of their providers, each of which is asked for once.
    async fn health(
        &self,
        slots: Vec<(SlotIndex, Slot)>,
        healthy: &mut HashMap<AccountId, bool>,
    ) -> Result<Vec<SlotHealth>, LookupError> {
        let mut all = Vec::new();
        for (index, slot) in slots {
            let provider_healthy = match healthy.get(&slot.provider) {
                Some(known) => *known,
                None => {
                    let provider = self.chain.provider(&slot.provider, At::Finalized).await?;
                    let is_healthy = provider.is_some_and(|provider| provider.status != ProviderStatus::Faulted);
                    healthy.insert(slot.provider.clone(), is_healthy);
                    is_healthy
                }
            };
            let Slot {
                provider,
                size,
                status,
                end,
                ..
            } = slot;
            all.push(SlotHealth {
                index,
                provider,
                size,
                status,
                end,
                provider_healthy,
            });
        }
        Ok(all)
    }

    pub(crate) async fn do_remove(&self, target: &Target) -> Result<Removal, RemoveError> {
        let found = match self.find(target).await {
            Ok(found) => found,
            // A put that was broken off: there is nothing to end, only an entry to forget.
            Err(LookupError::NotFound { .. }) if self.unfinished(target)?.is_some() => {
                let entry = self.unfinished(target)?.ok_or_else(|| self.not_found(target))?;
                self.catalogue.remove(entry.deal).map_err(LookupError::from)?;
                return Ok(Removal {
                    name: entry.name,
                    deal: entry.deal,
                    end: 0,
                    fee: 0,
                });
            }
            Err(error) => return Err(error.into()),
        };
        if found.deal.owner != self.identity.account() {
            return Err(RemoveError::NotOwner {
                name: found.label.name,
                deal: found.id,
                owner: found.deal.owner,
            });
        }
        let call = MarketCall::TerminateDeal { deal: found.id };
        let report = self
            .chain
            .submit(&self.identity.signer, call, WaitFor::Finalized)
            .await?;
        let end = report.events.iter().find_map(|event| match event {
            MarketEvent::DealTerminated { deal, end } if *deal == found.id => Some(*end),
            _ => None,
        });
        if let Err(error) = self.catalogue.remove(found.id) {
            warn!(%error, "cannot remove the catalogue's entry of a removed object");
        }
        let end = end.unwrap_or(found.deal.end);
        Ok(Removal {
            name: found.label.name,
            deal: found.id,
            end,
            fee: report.fee,
        })
    }

    fn unfinished(&self, target: &Target) -> Result<Option<Entry>, LookupError> {
        let entries = self.catalogue.entries()?;
        Ok(entries.into_iter().rev().find(|entry| match target {
            Target::Deal(id) => entry.deal == *id,
            Target::Name(name) => entry.name == *name,
        }))
    }

    pub(crate) async fn do_restore(&self, progress: Arc<dyn Progress>) -> Result<RestoreReport, LookupError> {
        progress.step("reading the chain");
        let mut report = RestoreReport {
            restored: Vec::new(),
            failed: Vec::new(),
        };
        let period = self.period().await?;
        for found in self.on_chain().await? {
            match self.restore_one(&found, period).await {
                Ok(object) => report.restored.push(object),
                Err(GetError::Lookup(error)) => return Err(error),
                Err(error) => report.failed.push((found.id, error.to_string())),
            }
        }
        Ok(report)
    }

    async fn restore_one(&self, found: &Found, period: Period) -> Result<StoredObject, GetError> {
        let sealed = match self.known_manifest(found.id, &found.deal) {
            Some(sealed) => sealed,
            None => {
                let slots = Slots::find(self, found.id, &found.deal, found.label.name.clone()).await?;
                let sealed = slots.sealed_manifest(&found.deal, &found.label).await?;
                slots.open_manifest(&sealed, found.id)?;
                sealed
            }
        };
        let code = code_of(&found.deal);
        let entry = Entry {
            content_bytes: found.label.content_bytes,
            files: found.label.files,
            created: found.label.created,
            k: code.k,
            m: code.m,
            owner: (found.deal.owner != self.identity.account()).then(|| found.deal.owner.clone()),
            manifest: sealed,
            ..Entry::new(found.label.name.clone(), found.id, EntryState::Stored)
        };
        self.catalogue.write(&entry).map_err(LookupError::from)?;
        let slots = self
            .chain
            .slots(found.id, At::Finalized)
            .await
            .map_err(LookupError::from)?;
        let slots = self.health(slots, &mut HashMap::new()).await?;
        Ok(describe(found, &slots, period))
    }
}

fn code_of(deal: &Deal) -> CodeParameters {
    CodeParameters {
        k: deal.k,
        m: deal.n.saturating_sub(deal.k),
    }
}

fn describe(found: &Found, slots: &[SlotHealth], period: Period) -> StoredObject {
    let Found { id, deal, label } = found;
    StoredObject {
        name: label.name.clone(),
        deal: *id,
        owner: deal.owner.clone(),
        content_bytes: label.content_bytes,
        files: label.files,
        created: label.created,
        state: state(deal, slots, period),
        code: code_of(deal),
        start: deal.start,
        end: deal.end,
    }
}

fn state(deal: &Deal, slots: &[SlotHealth], period: Period) -> ObjectState {
    if period >= deal.end {
        return ObjectState::Expired;
    }
    if slots.iter().any(|slot| slot.status == SlotStatus::Reserved) {
        return ObjectState::Repairing;
    }
    let good = slots
        .iter()
        .filter(|slot| slot.status == SlotStatus::Live && slot.provider_healthy && slot.end > period)
        .count();
    if good < usize::from(deal.n) {
        return ObjectState::Degraded;
    }
    let (left, all) = (deal.end.saturating_sub(period), deal.end.saturating_sub(deal.start));
    if left.saturating_mul(10) <= all {
        ObjectState::Expiring
    } else {
        ObjectState::Certified
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_follow_from_the_chain() {
        let deal = Deal {
            owner: AccountId::new([1; 32]),
            manifest: Hash::zero(),
            k: 1,
            n: 2,
            start: 10,
            end: 30,
            open_slots: 2,
            deposit: 0,
            refundable: 0,
            label: Vec::new(),
        };
        let slot = |status, provider_healthy| SlotHealth {
            index: SlotIndex(0),
            provider: AccountId::new([2; 32]),
            size: 1,
            status,
            end: 30,
            provider_healthy,
        };
        let good = || slot(SlotStatus::Live, true);
        let short = SlotHealth { end: 20, ..good() };
        for (other, period, expected) in [
            (good(), 10, ObjectState::Certified),
            (good(), 28, ObjectState::Expiring),
            (good(), 30, ObjectState::Expired),
            (short.clone(), 19, ObjectState::Certified),
            (short, 20, ObjectState::Degraded),
            (slot(SlotStatus::Lost, true), 10, ObjectState::Degraded),
            (slot(SlotStatus::Live, false), 28, ObjectState::Degraded),
            (slot(SlotStatus::Reserved, true), 10, ObjectState::Repairing),
            (slot(SlotStatus::Lost, false), 31, ObjectState::Expired),
        ] {
            assert_eq!(state(&deal, &[good(), other], period), expected, "period {period}");
        }
    }
}
