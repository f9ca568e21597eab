//! `blocs put`

use super::{
    Context,
    quote::WhatArgs,
    quotes::{Part, Quotes, QuotesFile, extend},
    session::Session,
    show_bad, show_deal,
};
use crate::{
    exit::{Status, error},
    progress::{Display, Words},
    units::{bloc, bytes, duration},
};
use blocs_chain::ChainProperties;
use blocs_client::{Opening, PutReport, PutRequest};
use blocs_primitives::SlotOffer;
use clap::Args;
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// What the progress bars say.
const WORDS: Words = Words {
    read: "read",
    placed: "placed",
};

/// Arguments of `put`.
#[derive(Debug, Args)]
pub(crate) struct PutArgs {
    #[command(flatten)]
    what: WhatArgs,
    /// Name to store it under [default: the last part of the first path]
    #[arg(long)]
    name: Option<String>,
    /// Upload for a deal that this account will open, such as a contract: pay nothing, open nothing
    #[arg(long, value_name = "ADDRESS", requires = "quotes")]
    owner: Option<String>,
    /// With --owner: write the providers' quotes to this file, for the owner to open the deal with
    #[arg(long, value_name = "FILE", requires = "owner")]
    quotes: Option<PathBuf>,
}

impl PutArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        if let (Some(owner), Some(file)) = (&self.owner, &self.quotes) {
            return self.collect(context, owner, file).await;
        }
        let session = context.client().await?;
        let request = self.request(&session);
        let started = Instant::now();
        let report = Display::during(context.output, WORDS, |progress| session.client.put(&request, progress)).await?;
        session.remember_chain()?;
        show_bad(context, &report.bad_providers);
        let took = started.elapsed();
        context.output.record(value(&report, took), || text(&report, took))?;
        Ok(())
    }

    fn request(&self, session: &Session) -> PutRequest {
        PutRequest {
            name: self.name.clone(),
            ..self.what.request(session.chain.as_ref())
        }
    }

    /// Uploads for a deal of somebody else's, and writes the quotes for it.
    async fn collect(&self, context: &Context, owner: &str, file: &Path) -> anyhow::Result<()> {
        let owner = context.resolve(owner)?;
        let file = QuotesFile::prepare(context, file)?;
        let session = context.client().await?;
        if owner == session.client.identity().account() {
            let message =
                format!("{owner} is your own account: leave --owner and --quotes out, and the deal is opened at once");
            return Err(error(Status::Usage, message));
        }
        let request = self.request(&session);
        let started = Instant::now();
        let opening = Display::during(context.output, WORDS, |progress| {
            session.client.quotes_for(&owner, &request, progress)
        })
        .await?;
        session.remember_chain()?;
        file.write(&quotes(&opening))?;
        show_bad(context, &opening.bad_providers);
        if let Some(warning) = missing_funds(&opening) {
            context.output.note(warning);
        }
        let (took, chain) = (started.elapsed(), session.chain.properties());
        let mut value = summary(&opening);
        extend(
            &mut value,
            json!({
                "state": "quoted",
                "owner_holds": opening.owner_holds.to_string(),
                "file": file.shown(),
                "seconds": took.as_secs_f64(),
            }),
        );
        context
            .output
            .record(value, || quoted(&opening, chain, &file.shown(), took))?;
        Ok(())
    }
}

fn value(report: &PutReport, took: Duration) -> Value {
    json!({
        "name": report.name,
        "deal": show_deal(report.deal),
        "state": "certified",
        "bytes": report.content_bytes,
        "files": report.files,
        "slot_bytes": report.slot_bytes,
        "providers": report.providers.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "price": report.price.to_string(),
        "fee": report.fee.to_string(),
        "block": report.block,
        "end": report.end,
        "bad_providers": report.bad_providers.iter().map(super::bad_value).collect::<Vec<_>>(),
        "seconds": took.as_secs_f64(),
    })
}

fn text(report: &PutReport, took: Duration) -> String {
    let (size, slot) = (bytes(report.content_bytes), bytes(report.slot_bytes));
    let (price, fee) = (bloc(report.price), bloc(report.fee));
    let seconds = took.as_secs_f64();
    [
        format!(
            "stored     {} ({size}, {} files) in {seconds:.1} s",
            report.name, report.files
        ),
        format!("deal       {}", show_deal(report.deal)),
        format!(
            "certified  in finalized block {}, {} slots of {slot}",
            report.block,
            report.providers.len()
        ),
        format!("costs      {price} until period {}, fee {fee}", report.end),
    ]
    .join("\n")
}

/// What is known of quotes for a deal that its owner has yet to open.
fn summary(opening: &Opening) -> Value {
    json!({
        "name": opening.name,
        "deal": show_deal(opening.deal),
        "owner": opening.owner.to_string(),
        "bytes": opening.content_bytes,
        "files": opening.files,
        "slot_bytes": opening.slot_bytes,
        "providers": opening.offer.slots.iter().map(|slot| slot.provider.to_string()).collect::<Vec<_>>(),
        "periods": opening.offer.duration,
        "price": opening.price.to_string(),
        "deposit": opening.deposit.to_string(),
        "usable_until": opening.usable_until,
        "bad_providers": opening.bad_providers.iter().map(super::bad_value).collect::<Vec<_>>(),
    })
}

fn quotes(opening: &Opening) -> Quotes {
    let offer = &opening.offer;
    let slot = |slot: &SlotOffer| {
        Part::Fields(vec![
            ("provider", Part::Text(slot.provider.to_string())),
            ("root", Part::bytes(&slot.root.0)),
            ("size", Part::number(slot.size)),
            ("rate", Part::Text(slot.rate.to_string())),
            ("valid_until", Part::number(slot.valid_until)),
            ("signature", Part::bytes(&slot.signature.0)),
        ])
    };
    let argument = Part::Fields(vec![
        ("salt", Part::bytes(&offer.salt)),
        ("manifest", Part::bytes(offer.manifest.as_bytes())),
        ("k", Part::number(offer.k)),
        ("duration", Part::number(offer.duration)),
        ("label", Part::bytes(&offer.label)),
        ("slots", Part::List(offer.slots.iter().map(slot).collect())),
    ]);
    Quotes {
        summary: summary(opening),
        name: "offer",
        argument,
        scale: opening.scale(),
    }
}

/// What to say when the owner could not open the deal as things are.
fn missing_funds(opening: &Opening) -> Option<String> {
    let (needed, holds) = (opening.needed(), opening.owner_holds);
    (holds < needed).then(|| {
        format!(
            "{} holds {} and needs {} to open the deal: send it the rest before, or along with the call",
            opening.owner,
            bloc(holds),
            bloc(needed)
        )
    })
}

fn quoted(opening: &Opening, chain: &ChainProperties, file: &str, took: Duration) -> String {
    let Opening { name, owner, offer, .. } = opening;
    let (size, slot) = (bytes(opening.content_bytes), bytes(opening.slot_bytes));
    let blocks = opening.usable_until.saturating_sub(opening.block);
    let left = duration(chain.slot_duration.saturating_mul(blocks));
    let (price, deposit) = (bloc(opening.price), bloc(opening.deposit));
    let (slots, seconds) = (offer.slots.len(), took.as_secs_f64());
    [
        format!("uploaded   {name} ({size}, {} files) in {seconds:.1} s", opening.files),
        format!("deal       {}", show_deal(opening.deal)),
        format!("owner      {owner}: only this account can open it"),
        format!("quotes     of {slots} slots of {slot}, in {file}"),
        format!("costs      {price} for {} periods, and a deposit of {deposit} that comes back", offer.duration),
        format!("usable     until block {}, {blocks} from now, about {left}; afterwards run this again", opening.usable_until),
        format!(
            "next       its owner opens the deal; a contract by its message for that: blocs contract call {owner} open \"$(jq -r .argument {file})\" --bundle …"
        ),
    ]
    .join("\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use blocs_chain::DealOffer;
    use blocs_primitives::{AccountId, DealId, Root};
    use clap::Parser;

    fn opening() -> Opening {
        let slot = SlotOffer {
            provider: AccountId::new([8; 32]),
            root: Root([4; 32]),
            size: 1000,
            rate: 5,
            valid_until: 77,
            signature: [0xAB; 64].into(),
        };
        Opening {
            name: "file".into(),
            deal: DealId([1; 32].into()),
            owner: AccountId::new([9; 32]),
            offer: DealOffer {
                salt: [2; 32],
                manifest: [3; 32].into(),
                k: 1,
                duration: 6,
                label: vec![0xCC],
                slots: vec![slot],
            },
            content_bytes: 900,
            files: 1,
            slot_bytes: 1000,
            price: 30,
            deposit: 12,
            owner_holds: 42,
            block: 70,
            usable_until: 77,
            bad_providers: Vec::new(),
        }
    }

    #[test]
    fn the_file_holds_the_quotes_three_times_over() {
        let value = quotes(&opening()).document();
        let (salt, manifest, root, signature) = ("02".repeat(32), "03".repeat(32), "04".repeat(32), "ab".repeat(64));
        let provider = AccountId::new([8; 32]);
        assert_eq!(value["offer"]["slots"][0]["provider"], provider.to_string());
        assert_eq!(value["offer"]["slots"][0]["size"], 1000);
        let argument = format!(
            "{{salt: 0x{salt}, manifest: 0x{manifest}, k: 1, duration: 6, label: 0xcc, slots: [{{provider: {provider}, root: 0x{root}, \
             size: 1000, rate: 5, valid_until: 77, signature: 0x{signature}}}]}}"
        );
        assert_eq!(value["argument"], argument);
        let account = "08".repeat(32);
        let slot = format!("{account}{root}e803000000000000{:0<32}4d000000{signature}", "05");
        assert_eq!(value["scale"], format!("0x{salt}{manifest}01000600000004cc04{slot}"));
        assert_eq!(
            (value["owner"].as_str(), value["price"].as_str()),
            (Some(AccountId::new([9; 32]).to_string().as_str()), Some("30"))
        );
    }

    #[test]
    fn an_owner_that_holds_too_little_is_named_with_what_is_missing() {
        assert_eq!(missing_funds(&opening()), None);
        let poor = Opening {
            owner_holds: 41,
            ..opening()
        };
        let text = missing_funds(&poor).unwrap();
        for said in ["0.000000000041 BLOC", "0.000000000042 BLOC", &poor.owner.to_string()] {
            assert!(text.contains(said), "{text}");
        }
    }

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        put: PutArgs,
    }

    #[test]
    fn an_owner_and_a_file_for_its_quotes_belong_together() {
        for good in [
            &["x", "file"][..],
            &["x", "file", "--owner", "5F", "--quotes", "q.json"],
        ] {
            assert!(Line::try_parse_from(good).is_ok(), "{good:?}");
        }
        for bad in [
            &["x", "file", "--owner", "5F"][..],
            &["x", "file", "--quotes", "q.json"],
        ] {
            assert!(Line::try_parse_from(bad).is_err(), "{bad:?}");
        }
    }
}
