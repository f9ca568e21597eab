//! Put: measure, place, upload, open the deal.

mod opening;

pub use opening::Opening;

use crate::{
    BadProvider, Client, Entry, EntryState, Estimate, Offer, Progress, ProviderError, PutError, PutReport, PutRequest,
    PutSession,
    files::Sources,
    placement::{Demands, Placement, accounts, is_able, too_few},
    upload::Parcel,
    validity::{self, MARGIN_BLOCKS},
};
use blocs_chain::{At, DealOffer, MarketCall, Params, ProviderRecord, SubmitError, WaitFor};
use blocs_erasure::{Coder, EncodeOptions, Label};
use blocs_primitives::{
    AccountId, Balance, BlockNumber, DealId, MAX_SLOT_BYTES, Quote, Root, SlotIndex, SlotOffer, rate,
};
use futures::future::join_all;
use rand::{RngCore, rngs::OsRng};
use sp_core::{Pair, sr25519};
use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};
use tracing::{debug, warn};

/// How often a deal is tried when quotes expire or providers go away in the last moment.
const OPENING_ATTEMPTS: u32 = 4;

/// A slot that its provider has on disk.
struct Placed {
    record: ProviderRecord,
    offer: SlotOffer,
}

/// A put under way.
struct Put<'a> {
    client: &'a Client,
    request: &'a PutRequest,
    /// Who is to own the deal.
    owner: AccountId,
    parcel: Parcel,
    salt: [u8; 32],
    /// The encrypted label.
    label: Vec<u8>,
    placement: Placement,
    slots: Vec<Option<Placed>>,
    /// Providers to ask again for the same slot, since their quote has expired.
    again: Vec<Option<ProviderRecord>>,
    bad: Vec<BadProvider>,
    params: Params,
    /// Seconds since 1970.
    created: u64,
}

impl Client {
    pub(crate) async fn do_quote(
        &self,
        request: &PutRequest,
        progress: Arc<dyn Progress>,
    ) -> Result<Estimate, PutError> {
        let put = Put::measure(self, self.identity.account(), request, progress).await?;
        put.estimate(&put.placement.peek(request.code.n())).await
    }

    pub(crate) async fn do_put(
        &self,
        request: &PutRequest,
        progress: Arc<dyn Progress>,
    ) -> Result<PutReport, PutError> {
        let mut put = Put::measure(self, self.identity.account(), request, Arc::clone(&progress)).await?;
        put.begin()?;
        let deal = put.parcel.deal;
        let stored = put.run().await;
        match &stored {
            Ok(_) => {
                let entry = put.entry(EntryState::Stored);
                self.catalogue
                    .write(&entry)
                    .map_err(|source| PutError::Catalogue { deal, source })?;
            }
            // The deal may have been opened although nobody knows: the entry stays, and the next list asks the chain.
            Err(PutError::Submit(SubmitError::Unreachable { .. } | SubmitError::Query { .. })) => {}
            Err(_) => put.forget(),
        }
        stored
    }
}

impl<'a> Put<'a> {
    async fn measure(
        client: &'a Client,
        owner: AccountId,
        request: &'a PutRequest,
        progress: Arc<dyn Progress>,
    ) -> Result<Self, PutError> {
        let code = request.code;
        Coder::new(usize::from(code.k), usize::from(code.m))?;
        let options = EncodeOptions {
            compression: request.compression,
            ..EncodeOptions::new(usize::from(code.k), usize::from(code.m))
        };
        let mut salt = [0; 32];
        OsRng.fill_bytes(&mut salt);
        let deal = DealId::derive(&owner, &salt);
        let periods = client.chain.properties().periods(request.duration);
        let (paths, master) = (request.paths.clone(), client.identity.master.clone());

        progress.step("measuring");
        let measured = tokio::task::spawn_blocking(move || {
            let sources = Arc::new(Sources::find(&paths)?);
            Parcel::measure(sources, master, options, deal, periods, progress)
        });
        let parcel = measured
            .await
            .map_err(|error| PutError::Internal(error.to_string()))??;
        if parcel.slot_bytes > MAX_SLOT_BYTES {
            let reason = format!(
                "each slot would have {} bytes of at most {MAX_SLOT_BYTES}; use more data slots (--ec) or put it in parts",
                parcel.slot_bytes
            );
            return Err(PutError::BadRequest { reason });
        }
        let providers = client.chain.all_providers(At::Best).await?;
        let params = client.chain.params(At::Best).await?;
        let demands = Demands {
            slots: code.n(),
            slot_bytes: parcel.slot_bytes,
            zones: request.zones,
            max_price: request.max_price,
        };
        let placement = Placement::new(providers, &demands)?;
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let slots = (0..code.n()).map(|_| None).collect();
        let again = vec![None; code.n()];
        let mut put = Self {
            client,
            request,
            owner,
            parcel,
            salt,
            label: Vec::new(),
            placement,
            slots,
            again,
            bad: Vec::new(),
            params,
            created: since_1970.as_secs(),
        };
        // Whatever cannot be named is found before a byte is sent.
        put.label = put.label().seal(&client.identity.master, &put.parcel.deal.0.0)?;
        Ok(put)
    }

    /// Notes that an upload begins.
    fn begin(&self) -> Result<(), PutError> {
        let n = u64::try_from(self.parcel.n()).unwrap_or(u64::MAX);
        let placed = self.parcel.slot_bytes.saturating_mul(n);
        self.parcel.progress.total(self.parcel.manifest.content_bytes(), placed);
        let deal = self.parcel.deal;
        let noted = self.client.catalogue.write(&self.entry(EntryState::Uploading));
        noted.map_err(|source| PutError::Catalogue { deal, source })
    }

    /// Notes that an upload came to nothing.
    fn forget(&self) {
        if let Err(error) = self.client.catalogue.remove(self.parcel.deal) {
            warn!(%error, "cannot remove the entry of a failed put");
        }
    }

    /// Whether the deal is to be the account's own.
    fn is_own(&self) -> bool {
        self.owner == self.client.identity.account()
    }

    fn name(&self) -> String {
        self.request
            .name
            .clone()
            .unwrap_or_else(|| self.parcel.sources.name.clone())
    }

    fn entry(&self, state: EntryState) -> Entry {
        let label = self.label();
        Entry {
            content_bytes: label.content_bytes,
            files: label.files,
            created: label.created,
            k: self.request.code.k,
            m: self.request.code.m,
            owner: (!self.is_own()).then(|| self.owner.clone()),
            manifest: self.parcel.sealed.to_vec(),
            ..Entry::new(label.name, self.parcel.deal, state)
        }
    }

    fn label(&self) -> Label {
        Label {
            name: self.name(),
            content_bytes: self.parcel.manifest.content_bytes(),
            files: u32::try_from(self.parcel.manifest.objects.len()).unwrap_or(u32::MAX),
            created: self.created,
            manifest_bytes: u32::try_from(self.parcel.sealed.len()).unwrap_or(u32::MAX),
        }
    }

    /// Uploads until every slot has a quote that can be used, and opens the deal.
    async fn run(&mut self) -> Result<PutReport, PutError> {
        // Whatever cannot be paid is found before a byte is sent.
        let chosen = self.placement.peek(self.parcel.n());
        let estimate = self.estimate(&chosen).await?;
        self.ensure_funds(estimate.needed, estimate.held)?;

        let mut attempts = 0;
        loop {
            self.fill(&mut attempts, MARGIN_BLOCKS).await?;
            match self.open().await {
                Err(PutError::Submit(error)) if attempts < OPENING_ATTEMPTS && self.drop_unfit(&error).await? => {
                    debug!(%error, "some quotes are no longer good, asking again");
                }
                opened => return opened,
            }
        }
    }

    /// Uploads until every slot has a quote that can be used for `margin` blocks more; for fewer when they were too few again and again.
    async fn fill(&mut self, attempts: &mut u32, margin: BlockNumber) -> Result<(), PutError> {
        loop {
            while self.slots.iter().any(Option::is_none) {
                self.upload().await?;
            }
            if self.placement.zones() < self.request.zones {
                let (needed, placed) = (self.parcel.n(), self.slots.iter().flatten().count());
                return Err(too_few(
                    needed,
                    placed,
                    "the zones asked for have failed: ask for fewer (--zones)",
                    &self.bad,
                ));
            }
            *attempts = attempts.saturating_add(1);
            let is_last = *attempts >= OPENING_ATTEMPTS;
            let first = self.slots.iter().flatten().map(|placed| placed.offer.valid_until).min();
            if !self.drop_expired(if is_last { MARGIN_BLOCKS } else { margin }).await? {
                return Ok(());
            }
            if is_last {
                let valid_until = first.unwrap_or_default();
                return Err(PutError::QuotesExpired { valid_until });
            }
        }
    }

    /// Finds a provider for every empty slot and sends what the slots hold.
    async fn upload(&mut self) -> Result<(), PutError> {
        self.parcel.progress.step("asking providers");
        let (records, sessions) = self.offer().await?;
        let placed = self.slots.iter().flatten().map(|placed| placed.offer.rate);
        let asked = sessions.iter().flatten().map(|session| session.rate());
        let price = self.price(placed.chain(asked));
        if self.is_own() {
            let balance = self.client.chain.balance(&self.owner, At::Best).await?;
            self.ensure_funds(price.saturating_add(self.deposit()), balance.transferable)?;
        }

        self.parcel.progress.step("uploading");
        let sent = self.parcel.send(sessions).await?;
        let quotes = sent
            .iter()
            .flatten()
            .filter_map(|(quote, _)| Some(quote.as_ref().ok()?.valid_until));
        let taken = validity::latest_taken(self.client.chain.as_ref(), &quotes.collect::<Vec<_>>()).await?;
        for ((index, record), sent) in (0u16..).map(SlotIndex).zip(records).zip(sent) {
            let (Some(record), Some((quote, root))) = (record, sent) else {
                continue;
            };
            let quote = quote.and_then(|offer| self.check(&record, index, root, offer, taken));
            match quote {
                Ok(offer) => self.slots[usize::from(index.0)] = Some(Placed { record, offer }),
                Err(error) => self.blame(&record, index, &error),
            }
        }
        Ok(())
    }

    /// Offers every empty slot, to the next provider when one refuses. Entry `i` is slot `i`.
    #[allow(clippy::type_complexity, reason = "two lists of the same length")]
    async fn offer(&mut self) -> Result<(Vec<Option<ProviderRecord>>, Vec<Option<Box<dyn PutSession>>>), PutError> {
        let n = self.parcel.n();
        let mut records: Vec<Option<ProviderRecord>> = vec![None; n];
        let mut sessions: Vec<Option<Box<dyn PutSession>>> = (0..n).map(|_| None).collect();
        let limit = self
            .request
            .max_price
            .and_then(|price| rate(price, self.parcel.slot_bytes));
        loop {
            let mut asked = Vec::new();
            for (place, index) in (0..n).zip((0u16..).map(SlotIndex)) {
                if self.slots[place].is_some() || sessions[place].is_some() {
                    continue;
                }
                let Some(record) = self.again[place].take().or_else(|| self.placement.take()) else {
                    let placed = self.slots.iter().flatten().count() + sessions.iter().flatten().count();
                    let hint = "wait for more providers, or store with fewer slots (--ec)";
                    return Err(too_few(n, placed, hint, &self.bad));
                };
                asked.push((place, index, record));
            }
            if asked.is_empty() {
                return Ok((records, sessions));
            }
            let offers = asked.iter().map(|(_, index, record)| self.offer_one(record, *index));
            let answers = join_all(offers).await;
            for ((place, index, record), answer) in asked.into_iter().zip(answers) {
                match answer {
                    Ok(session) if limit.is_none_or(|limit| session.rate() <= limit) => {
                        records[place] = Some(record);
                        sessions[place] = Some(session);
                    }
                    Ok(session) => {
                        let reason = format!("it asks {} planck per period, above the limit", session.rate());
                        self.blame(&record, index, &ProviderError::Refused(reason));
                    }
                    Err(error) => self.blame(&record, index, &error),
                }
            }
        }
    }

    async fn offer_one(&self, record: &ProviderRecord, index: SlotIndex) -> Result<Box<dyn PutSession>, ProviderError> {
        let offer = Offer {
            owner: self.owner.clone(),
            uploader: self.client.identity.signer.clone(),
            deal: self.parcel.deal,
            index,
            size: self.parcel.slot_bytes,
            duration: self.parcel.periods,
        };
        self.client.providers.offer(record, &offer).await
    }

    /// Whether a quote is for what was sent, signed, and one that the chain takes: one that is valid until block `taken` at most.
    fn check(
        &self,
        record: &ProviderRecord,
        index: SlotIndex,
        root: Option<Root>,
        offer: SlotOffer,
        taken: BlockNumber,
    ) -> Result<SlotOffer, ProviderError> {
        let quote = Quote {
            genesis: self.client.chain.genesis_hash(),
            provider: record.account.clone(),
            owner: self.owner.clone(),
            deal: self.parcel.deal,
            index,
            root: root.ok_or(ProviderError::Stopped)?,
            size: self.parcel.slot_bytes,
            rate: offer.rate,
            duration: self.parcel.periods,
            valid_until: offer.valid_until,
        };
        let signed = sr25519::Pair::verify(&offer.signature, quote.signing_payload(), &record.provider.operator);
        if offer.provider != quote.provider || offer.root != quote.root || offer.size != quote.size || !signed {
            return Err(ProviderError::Lied(
                "its quote is not for what it was sent, or not signed by its key".into(),
            ));
        }
        validity::check(offer.valid_until, taken)?;
        let limit = self.request.max_price.and_then(|price| rate(price, offer.size));
        if limit.is_some_and(|limit| offer.rate > limit) {
            return Err(ProviderError::Refused("it quoted more than the limit".into()));
        }
        Ok(offer)
    }

    fn blame(&mut self, record: &ProviderRecord, index: SlotIndex, error: &ProviderError) {
        warn!(provider = %record.account, slot = index.0, %error, "a provider did not take a slot");
        match error {
            ProviderError::Unreachable(_) => self.placement.postpone(record),
            _ => self.placement.give_up(record),
        }
        self.bad.retain(|known| known.provider != record.account);
        self.bad.push(BadProvider {
            provider: record.account.clone(),
            index,
            lied: matches!(error, ProviderError::Lied(_)),
            reason: error.to_string(),
        });
    }

    /// Empties slots whose quote cannot be used for `margin` blocks more; their providers will be asked again.
    async fn drop_expired(&mut self, margin: BlockNumber) -> Result<bool, PutError> {
        let best = self.client.chain.block(At::Best).await?.number;
        let least = best.saturating_add(margin);
        Ok(self.drop_where(|placed| placed.offer.valid_until < least, true))
    }

    /// After the chain refused the deal: empties slots whose provider or quote does not do any more.
    async fn drop_unfit(&mut self, error: &SubmitError) -> Result<bool, PutError> {
        let (SubmitError::Dispatch { .. }
        | SubmitError::Refused { .. }
        | SubmitError::Invalid { .. }
        | SubmitError::Expired { .. }) = error
        else {
            return Ok(false);
        };
        let now = self.client.chain.all_providers(At::Best).await?;
        let fit = |placed: &Placed| {
            now.iter()
                .any(|record| record.account == placed.offer.provider && is_able(record, placed.offer.size))
        };
        let gone = self.drop_where(|placed| !fit(placed), false);
        Ok(self.drop_expired(MARGIN_BLOCKS).await? || gone || matches!(error, SubmitError::Expired { .. }))
    }

    fn drop_where(&mut self, unfit: impl Fn(&Placed) -> bool, ask_again: bool) -> bool {
        let mut dropped = false;
        for (slot, again) in self.slots.iter_mut().zip(&mut self.again) {
            let Some(placed) = slot.take_if(|placed| unfit(placed)) else {
                continue;
            };
            dropped = true;
            if ask_again {
                *again = Some(placed.record);
            } else {
                self.placement.give_up(&placed.record);
            }
        }
        dropped
    }

    async fn open(&mut self) -> Result<PutReport, PutError> {
        self.parcel.progress.step("opening the deal");
        let offers: Vec<_> = self.slots.iter().flatten().map(|placed| placed.offer.clone()).collect();
        let price = self.price(offers.iter().map(|offer| offer.rate));
        let providers = offers.iter().map(|offer| offer.provider.clone()).collect();
        let call = MarketCall::OpenDeal(self.deal_offer(offers));
        if let Err(error) = self.client.catalogue.write(&self.entry(EntryState::Quoted)) {
            warn!(%error, "cannot note that the deal is being opened");
        }
        let submitted = self
            .client
            .chain
            .submit(&self.client.identity.signer, call, WaitFor::Finalized)
            .await;
        let report = submitted.map_err(|error| match error {
            SubmitError::InsufficientFunds {
                needed, held, account, ..
            } => PutError::InsufficientFunds { needed, held, account },
            other => other.into(),
        })?;
        // The deal is open and paid, whether or not the chain can be asked for more.
        let opened = At::Block(report.block.hash);
        let deal = self.client.chain.deal(self.parcel.deal, opened).await.ok().flatten();
        let periods_from_now = report.block.number / self.client.chain.period_length() + 1 + self.parcel.periods;
        Ok(PutReport {
            name: self.name(),
            deal: self.parcel.deal,
            content_bytes: self.parcel.manifest.content_bytes(),
            files: self.parcel.sources.len(),
            slot_bytes: self.parcel.slot_bytes,
            providers,
            price,
            fee: report.fee,
            block: report.block.number,
            end: deal.map_or(periods_from_now, |deal| deal.end),
            bad_providers: std::mem::take(&mut self.bad),
        })
    }

    fn deal_offer(&self, slots: Vec<SlotOffer>) -> DealOffer {
        DealOffer {
            salt: self.salt,
            manifest: sp_crypto_hashing::blake2_256(&self.parcel.sealed).into(),
            k: self.request.code.k,
            duration: self.parcel.periods,
            label: self.label.clone(),
            slots,
        }
    }

    fn price(&self, rates: impl Iterator<Item = Balance>) -> Balance {
        rates.fold(0, |sum, rate| {
            sum.saturating_add(rate.saturating_mul(self.parcel.periods.into()))
        })
    }

    fn deposit(&self) -> Balance {
        let slots = u16::try_from(self.parcel.n()).unwrap_or(u16::MAX);
        self.params.deal_deposit(slots, self.label.len())
    }

    /// What the deal costs with these providers, at the prices that the chain tells.
    async fn estimate(&self, providers: &[ProviderRecord]) -> Result<Estimate, PutError> {
        let size = self.parcel.slot_bytes;
        let price = self.price(providers.iter().filter_map(|record| rate(record.provider.price, size)));
        let offers = providers.iter().map(|record| SlotOffer {
            provider: record.account.clone(),
            root: Root::default(),
            size,
            rate: Balance::MAX,
            valid_until: 0,
            signature: sr25519::Signature::from_raw([0; 64]),
        });
        let call = MarketCall::OpenDeal(self.deal_offer(offers.collect()));
        let fee = self
            .client
            .chain
            .estimate_fee(&self.client.identity.signer, &call)
            .await?;
        let balance = self
            .client
            .chain
            .balance(&self.client.identity.account(), At::Best)
            .await?;
        let deposit = self.deposit();
        Ok(Estimate {
            content_bytes: self.parcel.manifest.content_bytes(),
            files: self.parcel.sources.len(),
            slot_bytes: size,
            periods: self.parcel.periods,
            price,
            deposit,
            fee,
            needed: price.saturating_add(deposit).saturating_add(fee),
            held: balance.transferable,
            providers: accounts(providers),
        })
    }

    fn ensure_funds(&self, needed: Balance, held: Balance) -> Result<(), PutError> {
        if needed <= held {
            return Ok(());
        }
        let account = self.client.identity.account().to_string();
        Err(PutError::InsufficientFunds { needed, held, account })
    }
}
