//! Renew: keep what is stored for longer.
//!
//! The providers of a deal's slots are asked for quotes; the deal's owner sends them to the chain in one transaction. Anyone can collect
//! the quotes: for a deal that a contract owns, they are handed to the contract.

use crate::{
    BadProvider, Client, LookupError, ProviderError, Providers, Target,
    validity::{self, MARGIN_BLOCKS},
};
use blocs_chain::{
    At, ChainClient, DealExtension, MarketCall, ProviderRecord, QueryError, Slot, SlotStatus, SubmitError, WaitFor,
};
use blocs_primitives::{AccountId, Balance, BlockNumber, DealId, ExtensionQuote, Period, SlotExtension, SlotIndex};
use codec::Encode;
use futures::future::join_all;
use sp_core::{Pair, sr25519};

/// What is to be kept longer, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenewRequest {
    /// The deal.
    pub deal: DealId,
    /// Proving periods to add.
    pub periods: Period,
    /// Also when not every provider agrees, as long as those that do can give the content back.
    pub partial: bool,
}

/// A longer time, quoted: nothing has been paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// The deal, its new end, and the quotes.
    pub extension: DealExtension,
    /// Who owns the deal: only this account can use the quotes.
    pub owner: AccountId,
    /// First proving period that is not paid so far.
    pub from: Period,
    /// What the added periods cost, in planck.
    pub price: Balance,
    /// Last block in which the quotes can be used.
    pub usable_until: BlockNumber,
    /// Slots that are kept now.
    pub live: usize,
    /// Providers that do not agree: their slots end when they would have.
    pub bad_providers: Vec<BadProvider>,
}

impl Renewal {
    /// The SCALE encoding of the argument of `extend_deal`.
    pub fn scale(&self) -> Vec<u8> {
        let DealExtension { deal, end, slots } = &self.extension;
        (deal, end, slots).encode()
    }
}

/// A deal that runs longer, in a finalized block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenewReport {
    /// The transaction's fee, in planck.
    pub fee: Balance,
    /// The finalized block with the extension.
    pub block: BlockNumber,
}

/// Why something is not kept longer.
#[derive(Debug, thiserror::Error)]
pub enum RenewError {
    /// The object was not found, or the chain could not be read.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// There is no such deal.
    #[error("there is no deal {0:?}: it has ended and is closed, or is not in a block yet")]
    NoSuchDeal(DealId),
    /// Its time is over.
    #[error(
        "deal {deal:?} ended in period {end}, now is period {now}: fetch the file while it is there and store it anew"
    )]
    Over {
        /// The deal.
        deal: DealId,
        /// When it ended.
        end: Period,
        /// The present period.
        now: Period,
    },
    /// The request makes no sense.
    #[error("cannot renew for {periods} periods: ask for 1 to {most}")]
    BadDuration {
        /// Periods asked for.
        periods: Period,
        /// Most that the chain takes now.
        most: Period,
    },
    /// Somebody else pays.
    #[error(
        "deal {deal:?} belongs to {owner}, not to {account}: only its owner can renew it. Collect the quotes for it with `--quotes FILE`"
    )]
    NotOwner {
        /// The deal.
        deal: DealId,
        /// Its owner.
        owner: AccountId,
        /// The account that would pay.
        account: AccountId,
    },
    /// Not all providers agree, or too few.
    #[error(
        "cannot renew deal {deal:?}: {agreed} of {live} providers keep their slots longer, {needed} are needed{}; {hint}",
        crate::error::describe(bad_providers)
    )]
    TooFewProviders {
        /// The deal.
        deal: DealId,
        /// Providers that agree.
        agreed: usize,
        /// Slots that are kept now.
        live: usize,
        /// Slots that would do.
        needed: usize,
        /// Those that do not, and why.
        bad_providers: Vec<BadProvider>,
        /// What to do.
        hint: &'static str,
    },
    /// The chain could not be read.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The chain did not take the call.
    #[error(transparent)]
    Submit(#[from] SubmitError),
}

/// Asks every provider of a deal's slots for a quote for the longer time. Needs no account.
///
/// # Errors
///
/// Among others, when a provider does not agree: each is named with its reason.
pub async fn collect_renewal(
    chain: &dyn ChainClient,
    providers: &dyn Providers,
    request: &RenewRequest,
) -> Result<Renewal, RenewError> {
    let RenewRequest { deal: id, periods, .. } = *request;
    let block = chain.block(At::Best).await?;
    let at = At::Block(block.hash);
    let deal = chain.deal(id, at).await?.ok_or(RenewError::NoSuchDeal(id))?;
    let now = block.number / chain.period_length().max(1);
    if now >= deal.end {
        return Err(RenewError::Over {
            deal: id,
            end: deal.end,
            now,
        });
    }
    let farthest = now
        .saturating_add(1)
        .saturating_add(chain.params(at).await?.max_duration);
    let most = farthest.saturating_sub(deal.end);
    if periods == 0 || periods > most {
        return Err(RenewError::BadDuration { periods, most });
    }
    let end = deal.end.saturating_add(periods);

    let mut slots = chain.slots(id, at).await?;
    slots.retain(|(_, slot)| slot.status == SlotStatus::Live && slot.end > now);
    slots.sort_by_key(|(index, _)| *index);
    let asked = slots.iter().map(|(index, slot)| {
        let wanted = ExtensionQuote {
            genesis: chain.genesis_hash(),
            provider: slot.provider.clone(),
            owner: deal.owner.clone(),
            deal: id,
            index: *index,
            rate: slot.rate,
            from: slot.end,
            to: end,
            valid_until: block.number.saturating_add(MARGIN_BLOCKS),
        };
        ask(chain, providers, at, wanted)
    });
    let answers = join_all(asked).await;
    let quoted = answers.iter().flatten().flatten().map(|quote| quote.valid_until);
    let taken = validity::latest_taken(chain, &quoted.collect::<Vec<_>>()).await?;

    let (mut price, mut usable_until): (Balance, BlockNumber) = (0, BlockNumber::MAX);
    let (mut quotes, mut bad_providers) = (Vec::new(), Vec::new());
    for ((index, slot), answer) in slots.iter().zip(answers) {
        let usable = |quote: SlotExtension| {
            validity::check(quote.valid_until, taken)?;
            Ok(quote)
        };
        match answer?.and_then(usable) {
            Ok(quote) => {
                price = price.saturating_add(added(slot, end));
                usable_until = usable_until.min(quote.valid_until);
                quotes.push(quote);
            }
            Err(error) => bad_providers.push(blame(*index, slot, &error)),
        }
    }
    let k = usize::from(deal.k);
    let (agreed, live) = (quotes.len(), slots.len());
    let needed = if request.partial { k } else { live.max(k) };
    if agreed < needed {
        let hint = if agreed >= k {
            "--partial renews it without them, with less to spare from the present end on"
        } else {
            "too few are left to give it back: fetch it and store it anew while it is there"
        };
        return Err(RenewError::TooFewProviders {
            deal: id,
            agreed,
            live,
            needed,
            bad_providers,
            hint,
        });
    }
    Ok(Renewal {
        extension: DealExtension {
            deal: id,
            end,
            slots: quotes,
        },
        owner: deal.owner,
        from: deal.end,
        price,
        usable_until,
        live,
        bad_providers,
    })
}

/// Asks one provider. The outer error is the chain's, the inner one the provider's.
async fn ask(
    chain: &dyn ChainClient,
    providers: &dyn Providers,
    at: At,
    wanted: ExtensionQuote,
) -> Result<Result<SlotExtension, ProviderError>, QueryError> {
    let account = wanted.provider.clone();
    let provider = chain.provider(&account, at).await?;
    let info = chain.provider_info(&account, at).await?;
    let (Some(provider), Some(info)) = (provider, info) else {
        let reason = "the chain has no record of it".to_owned();
        return Ok(Err(ProviderError::Unreachable(reason)));
    };
    let record = ProviderRecord {
        account,
        provider,
        info,
    };
    let quote = match providers.extend(&record, &wanted).await {
        Ok(quote) => quote,
        Err(error) => return Ok(Err(error)),
    };
    let index = wanted.index;
    let payload = ExtensionQuote {
        valid_until: quote.valid_until,
        ..wanted
    }
    .signing_payload();
    let signed = sr25519::Pair::verify(&quote.signature, payload, &record.provider.operator);
    if quote.index == index && signed {
        return Ok(Ok(quote));
    }
    let reason = "its quote is not for what was asked, or not signed by its key".to_owned();
    Ok(Err(ProviderError::Lied(reason)))
}

fn added(slot: &Slot, end: Period) -> Balance {
    let periods = end.saturating_sub(slot.end);
    slot.rate.saturating_mul(periods.into())
}

fn blame(index: SlotIndex, slot: &Slot, error: &ProviderError) -> BadProvider {
    BadProvider {
        provider: slot.provider.clone(),
        index,
        lied: matches!(error, ProviderError::Lied(_)),
        reason: error.to_string(),
    }
}

impl Client {
    /// The deal of an object, and the object's name.
    pub(crate) async fn do_find_deal(&self, target: &Target) -> Result<(String, DealId), LookupError> {
        let found = self.find(target).await?;
        Ok((found.label.name, found.id))
    }

    pub(crate) async fn do_renewal(&self, request: &RenewRequest) -> Result<Renewal, RenewError> {
        let renewal = collect_renewal(self.chain.as_ref(), self.providers.as_ref(), request).await?;
        let account = self.identity.account();
        if renewal.owner == account {
            return Ok(renewal);
        }
        Err(RenewError::NotOwner {
            deal: request.deal,
            owner: renewal.owner,
            account,
        })
    }

    pub(crate) async fn do_renew(&self, renewal: &Renewal) -> Result<RenewReport, RenewError> {
        let call = call(renewal);
        let report = self
            .chain
            .submit(&self.identity.signer, call, WaitFor::Finalized)
            .await?;
        Ok(RenewReport {
            fee: report.fee,
            block: report.block.number,
        })
    }

    pub(crate) async fn do_renewal_fee(&self, renewal: &Renewal) -> Result<Balance, RenewError> {
        let fee = self.chain.estimate_fee(&self.identity.signer, &call(renewal)).await?;
        Ok(fee)
    }
}

fn call(renewal: &Renewal) -> MarketCall {
    MarketCall::ExtendDeal {
        extension: renewal.extension.clone(),
        price: renewal.price,
    }
}
