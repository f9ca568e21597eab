//! Quotes for a deal that somebody else will open: a contract, which can neither upload nor sign.

use super::Put;
use crate::{BadProvider, Client, EntryState, Progress, PutError, PutRequest};
use blocs_chain::{At, DealOffer};
use blocs_primitives::{AccountId, Balance, BlockNumber, DealId};
use codec::Encode;
use std::sync::Arc;
use tracing::warn;

/// An object that providers keep and have quoted, for a deal that its owner can open. Nothing has been paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Name of the object.
    pub name: String,
    /// The deal to be.
    pub deal: DealId,
    /// Who is to open it: only this account can use the quotes.
    pub owner: AccountId,
    /// The deal's terms, and a quote for every slot.
    pub offer: DealOffer,
    /// Bytes of content.
    pub content_bytes: u64,
    /// Files.
    pub files: usize,
    /// Bytes in each slot.
    pub slot_bytes: u64,
    /// What the providers are paid in all, in planck.
    pub price: Balance,
    /// Deposit for the deal's records, in planck; returned at its end.
    pub deposit: Balance,
    /// What the owner can spend now, in planck.
    pub owner_holds: Balance,
    /// Newest block when the last quote had come.
    pub block: BlockNumber,
    /// Last block in which the quotes can be used.
    pub usable_until: BlockNumber,
    /// Providers that failed or refused on the way.
    pub bad_providers: Vec<BadProvider>,
}

impl Opening {
    /// The SCALE encoding of the argument of `open_deal`.
    pub fn scale(&self) -> Vec<u8> {
        let DealOffer {
            salt,
            manifest,
            k,
            duration,
            label,
            slots,
        } = &self.offer;
        (salt, manifest, k, duration, label, slots).encode()
    }

    /// What the owner must have to open the deal, in planck, besides the fee of the transaction that makes it do so.
    pub fn needed(&self) -> Balance {
        self.price.saturating_add(self.deposit)
    }
}

impl Client {
    pub(crate) async fn do_quotes_for(
        &self,
        owner: &AccountId,
        request: &PutRequest,
        progress: Arc<dyn Progress>,
    ) -> Result<Opening, PutError> {
        if *owner == self.identity.account() {
            let reason = format!("{owner} is your own account: leave the owner out, and the deal is opened at once");
            return Err(PutError::BadRequest { reason });
        }
        let mut put = Put::measure(self, owner.clone(), request, progress).await?;
        put.begin()?;
        let collected = put.collect().await;
        match &collected {
            Ok(_) => {
                // The upload is good without it: deal and words give everything back.
                if let Err(error) = self.catalogue.write(&put.entry(EntryState::Quoted)) {
                    warn!(%error, "cannot note what was uploaded for another account");
                }
            }
            Err(_) => put.forget(),
        }
        collected
    }
}

impl Put<'_> {
    /// Uploads until every slot has a quote, and leaves the opening to the owner.
    async fn collect(&mut self) -> Result<Opening, PutError> {
        let (chain, mut attempts) = (Arc::clone(&self.client.chain), 0);
        // People carry these quotes on: half of the time that any quote has must be left for that.
        self.fill(&mut attempts, chain.period_length() / 2).await?;
        let slots: Vec<_> = self.slots.iter().flatten().map(|placed| placed.offer.clone()).collect();
        let usable_until = slots.iter().map(|slot| slot.valid_until).min().unwrap_or_default();
        let price = self.price(slots.iter().map(|slot| slot.rate));
        let balance = chain.balance(&self.owner, At::Best).await?;
        Ok(Opening {
            name: self.name(),
            deal: self.parcel.deal,
            owner: self.owner.clone(),
            offer: self.deal_offer(slots),
            content_bytes: self.parcel.manifest.content_bytes(),
            files: self.parcel.sources.len(),
            slot_bytes: self.parcel.slot_bytes,
            price,
            deposit: self.deposit(),
            owner_holds: balance.transferable,
            block: chain.block(At::Best).await?.number,
            usable_until,
            bad_providers: std::mem::take(&mut self.bad),
        })
    }
}
