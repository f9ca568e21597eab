//! `blocs renew`

use super::{
    Context, bad_value,
    quotes::{Part, Quotes, QuotesFile, extend},
    show_bad, show_deal, target,
};
use crate::units::{Term, bloc, duration};
use anyhow::Context as _;
use blocs_chain::{At, ChainClient};
use blocs_client::{RenewRequest, Renewal, Target, WireProviders, collect_renewal};
use blocs_primitives::{DealId, Period, SlotExtension};
use clap::{ArgGroup, Args};
use serde_json::{Value, json};
use std::{path::PathBuf, sync::Arc};

/// Arguments of `renew`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("longer").required(true))]
pub(crate) struct RenewArgs {
    /// Name or deal
    #[arg(value_name = "NAME|DEAL", value_parser = target)]
    target: Target,
    /// Proving periods to add
    #[arg(long, value_name = "N", group = "longer", value_parser = clap::value_parser!(u32).range(1..))]
    periods: Option<Period>,
    /// Time to add: 90d, 12h, 2w
    #[arg(long = "for", value_name = "TERM", group = "longer")]
    term: Option<Term>,
    /// Also when some providers do not agree: their slots end when they would have
    #[arg(long)]
    partial: bool,
    /// Say what it would cost, and pay nothing
    #[arg(long)]
    dry_run: bool,
    /// Pay nothing: write the providers' quotes to this file, for the deal's owner to use, such as a contract
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    quotes: Option<PathBuf>,
}

impl RenewArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let Some(file) = &self.quotes else {
            return self.pay(context).await;
        };
        let file = QuotesFile::prepare(context, file)?;
        // Quotes need no account, and are the same whoever asks; a name is one of the account's.
        let (chain, deal): (Arc<dyn ChainClient>, DealId) = match &self.target {
            Target::Deal(deal) => (Arc::new(context.chain().await?), *deal),
            Target::Name(_) => {
                let session = context.client().await?;
                let (_, deal) = session.client.find_deal(&self.target).await?;
                (session.chain, deal)
            }
        };
        let providers = WireProviders::start(chain.genesis_hash())
            .await
            .context("cannot start the network")?;
        let request = self.request(deal, chain.as_ref());
        let renewal = collect_renewal(chain.as_ref(), &providers, &request).await?;
        write(context, chain.as_ref(), &file, &renewal)
    }

    fn request(&self, deal: DealId, chain: &dyn ChainClient) -> RenewRequest {
        let term = self.term.map(|term| term.periods(chain.properties()));
        RenewRequest {
            deal,
            periods: self.periods.or(term).unwrap_or_default(),
            partial: self.partial,
        }
    }

    async fn pay(&self, context: &Context) -> anyhow::Result<()> {
        let session = context.client().await?;
        let (name, deal) = session.client.find_deal(&self.target).await?;
        let request = self.request(deal, session.chain.as_ref());
        let renewal = session.client.renewal(&request).await?;
        let added = session.chain.properties().duration(request.periods);
        let mut value = summary(&renewal);
        let mut lines = Vec::new();
        if self.dry_run {
            let fee = session.client.renewal_fee(&renewal).await?;
            let account = session.client.identity().account();
            let held = session.chain.balance(&account, At::Best).await?.transferable;
            let needed = renewal.price.saturating_add(fee);
            extend(
                &mut value,
                json!({ "name": name, "dry_run": true, "fee": fee.to_string(), "needed": needed.to_string(), "held": held.to_string() }),
            );
            lines.push(format!("would renew  {name} to period {}", renewal.extension.end));
            lines.push(format!("fee          {}", bloc(fee)));
            lines.push(format!("needed       {}, held {}", bloc(needed), bloc(held)));
        } else {
            let report = session.client.renew(&renewal).await?;
            extend(
                &mut value,
                json!({ "name": name, "fee": report.fee.to_string(), "block": report.block }),
            );
            lines.push(format!("renewed      {name} to period {}", renewal.extension.end));
            lines.push(format!(
                "fee          {}, finalized in block {}",
                bloc(report.fee),
                report.block
            ));
        }
        show_bad(context, &renewal.bad_providers);
        context.output.record(value, || {
            let added = duration(added);
            let (kept, live) = (renewal.extension.slots.len(), renewal.live);
            lines.insert(1, format!("deal         {}", show_deal(deal)));
            lines.insert(
                2,
                format!(
                    "slots        {kept} of {live} go on, {} periods, about {added}",
                    request.periods
                ),
            );
            lines.insert(3, format!("price        {}", bloc(renewal.price)));
            lines.join("\n")
        })?;
        Ok(())
    }
}

fn summary(renewal: &Renewal) -> Value {
    json!({
        "deal": show_deal(renewal.extension.deal),
        "from": renewal.from,
        "end": renewal.extension.end,
        "slots": renewal.extension.slots.iter().map(|slot| slot.index.0).collect::<Vec<_>>(),
        "price": renewal.price.to_string(),
        "bad_providers": renewal.bad_providers.iter().map(bad_value).collect::<Vec<_>>(),
    })
}

/// Writes what the deal's owner needs to renew it.
fn write(context: &Context, chain: &dyn ChainClient, file: &QuotesFile, renewal: &Renewal) -> anyhow::Result<()> {
    file.write(&quotes(renewal))?;
    show_bad(context, &renewal.bad_providers);
    let mut value = summary(renewal);
    extend(
        &mut value,
        json!({ "owner": renewal.owner.to_string(), "usable_until": renewal.usable_until, "file": file.shown() }),
    );
    context.output.record(value, || {
        let blocks = chain.period_length();
        [
            format!(
                "quotes       of {} slots, in {}",
                renewal.extension.slots.len(),
                file.shown()
            ),
            format!("deal         {}", show_deal(renewal.extension.deal)),
            format!("owner        {}: only this account can use them", renewal.owner),
            format!(
                "price        {} to period {}",
                bloc(renewal.price),
                renewal.extension.end
            ),
            format!(
                "usable       until block {}, at most {blocks} blocks ahead",
                renewal.usable_until
            ),
        ]
        .join("\n")
    })?;
    Ok(())
}

fn quotes(renewal: &Renewal) -> Quotes {
    let mut summary = summary(renewal);
    extend(
        &mut summary,
        json!({ "owner": renewal.owner.to_string(), "usable_until": renewal.usable_until }),
    );
    let slot = |slot: &SlotExtension| {
        Part::Fields(vec![
            ("index", Part::number(slot.index.0)),
            ("valid_until", Part::number(slot.valid_until)),
            ("signature", Part::bytes(&slot.signature.0)),
        ])
    };
    let argument = Part::Fields(vec![
        ("deal", Part::Text(show_deal(renewal.extension.deal))),
        ("end", Part::number(renewal.extension.end)),
        ("slots", Part::List(renewal.extension.slots.iter().map(slot).collect())),
    ]);
    Quotes {
        summary,
        name: "extension",
        argument,
        scale: renewal.scale(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use blocs_chain::DealExtension;
    use blocs_primitives::{AccountId, SlotIndex};
    use clap::Parser;

    #[test]
    fn the_file_holds_the_quotes_three_times_over() {
        let slot = SlotExtension {
            index: SlotIndex(2),
            valid_until: 77,
            signature: [0xAB; 64].into(),
        };
        let renewal = Renewal {
            extension: DealExtension {
                deal: DealId([1; 32].into()),
                end: 40,
                slots: vec![slot],
            },
            owner: AccountId::new([9; 32]),
            from: 30,
            price: 10,
            usable_until: 77,
            live: 1,
            bad_providers: Vec::new(),
        };
        let value = quotes(&renewal).document();
        assert_eq!(value["extension"]["slots"][0]["index"], 2);
        let (deal, signature) = ("01".repeat(32), "ab".repeat(64));
        let argument =
            format!("{{deal: 0x{deal}, end: 40, slots: [{{index: 2, valid_until: 77, signature: 0x{signature}}}]}}");
        assert_eq!(value["argument"], argument);
        assert_eq!(
            value["scale"],
            format!("0x{deal}28000000{}0200{}000000{signature}", "04", "4d")
        );
    }

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        renew: RenewArgs,
    }

    #[test]
    fn a_length_is_demanded_and_only_one() {
        for good in [&["x", "file", "--periods", "5"][..], &["x", "file", "--for", "90d"]] {
            assert!(Line::try_parse_from(good).is_ok(), "{good:?}");
        }
        for bad in [
            &["x", "file"][..],
            &["x", "file", "--periods", "0"],
            &["x", "file", "--periods", "5", "--for", "90d"],
            &["x", "file", "--periods", "5", "--dry-run", "--quotes", "q"],
        ] {
            assert!(Line::try_parse_from(bad).is_err(), "{bad:?}");
        }
    }
}
