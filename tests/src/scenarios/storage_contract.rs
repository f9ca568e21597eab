//! A contract that owns a deal, by the guide's steps: made and funded, its file uploaded by somebody without a token, its deal opened
//! and extended with the quotes that the programs collect, the file fetched, and what the contract refuses.

use super::{Stage, Verdict, loss::comes_back};
use crate::{BLOC, Cluster, User, program::target_dir, random_file, sha256, until};
use anyhow::{Context, Result, ensure};
use blocs_chain::{At, ChainClient};
use blocs_primitives::{AccountId, Balance, DealId};
use serde_json::Value;
use sp_core::crypto::Ss58Codec;
use std::{fs, path::Path};

/// The most that the archive pays per GiB and period, in planck: what the providers ask.
const PRICE: Balance = 1_000_000_000;
const SIZE: u64 = 3 << 20;

/// An archive on a chain of its own, with three providers.
struct Archive {
    cluster: Cluster,
    curator: User,
    bundle: String,
    contract: String,
    account: AccountId,
}

/// Runs a command that must succeed, and reads the JSON that it prints.
async fn done(user: &User, words: &[&str]) -> Result<Value> {
    let words: Vec<&str> = [&["--json"][..], words].concat();
    user.run(words).await?.expect(0)?.json()
}

fn read(file: &Path) -> Result<Value> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(serde_json::from_str(&text)?)
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    value[name].as_str().with_context(|| format!("no {name} in {value}"))
}

impl Archive {
    async fn new(stage: &Stage) -> Result<Self> {
        let cluster = stage.own("storage-contract", 3).await?;
        let curator = cluster.user("curator").await?;
        let target = target_dir()?;
        let target = target.parent().context("the programs lie in no target folder")?;
        let bundle = target.join("contracts/ink/storage-archive/storage-archive.contract");
        ensure!(
            bundle.is_file(),
            "{} is not there; run `make contracts` first",
            bundle.display()
        );
        let bundle = bundle.display().to_string();
        let price = format!("max_price={PRICE}");
        let words = [
            "contract",
            "instantiate",
            &bundle,
            &price,
            "max_ahead=20",
            "least_slots=2",
        ];
        let made = done(&curator, &[&words[..], &["--value", "5"]].concat()).await?;
        let contract = text(&made, "contract")?.to_owned();
        let (account, _) = AccountId::from_ss58check_with_version(&contract).context("the contract's address")?;
        Ok(Self {
            cluster,
            curator,
            bundle,
            contract,
            account,
        })
    }

    /// Calls a message of the contract.
    async fn call(&self, user: &User, message: &str, more: &[&str]) -> Result<Value> {
        let words = ["contract", "call", &self.contract, message, "--bundle", &self.bundle];
        done(user, &[&words[..], more].concat()).await
    }

    /// Calls a message that the contract must refuse for this reason.
    async fn refused(&self, user: &User, message: &str, more: &[&str], why: &str) -> Result<()> {
        let words = ["contract", "call", &self.contract, message, "--bundle", &self.bundle];
        let outcome = user.run([&words[..], more].concat()).await?;
        outcome.expect(23)?.says(&[why])?;
        Ok(())
    }

    /// Quotes for keeping the deal so many periods longer, as an argument. The providers take a deal for open when it is final.
    async fn extension(&self, user: &User, deal: &str, periods: u32) -> Result<String> {
        let file = user.home().join(format!("{periods}-longer.json"));
        let (shown, periods) = (file.display().to_string(), periods.to_string());
        let words = ["--yes", "renew", deal, "--periods", &periods, "--quotes", &shown];
        until(
            "the providers quote a longer time",
            self.cluster.patience(3),
            || async { Ok((user.run(words).await?.code == Some(0)).then_some(())) },
        )
        .await?;
        Ok(text(&read(&file)?, "argument")?.to_owned())
    }
}

pub(super) async fn a_contract_opens_a_deal_that_anyone_funds_and_extends(stage: &Stage) -> Result<Verdict> {
    let archive = Archive::new(stage).await?;
    let (chain, curator) = (archive.cluster.chain(), &archive.curator);

    // Somebody without a token uploads for the contract, and brings the providers' quotes
    let uploader = archive.cluster.poor_user("uploader").await?;
    let source = uploader.home().join("holiday.tar");
    random_file(&source, SIZE, SIZE)?;
    let file = uploader.home().join("quotes.json");
    let (path, shown) = (source.display().to_string(), file.display().to_string());
    let words = [
        "put",
        &path,
        "--ec",
        "2+1",
        "--for",
        "15p",
        "--owner",
        &archive.contract,
    ];
    let uploaded = done(&uploader, &[&words[..], &["--quotes", &shown]].concat()).await?;
    let quotes = read(&file)?;
    let id = text(&quotes, "deal")?.to_owned();
    ensure!(
        uploaded["deal"] == id.as_str() && uploaded["state"] == "quoted",
        "{uploaded}"
    );

    // The contract says that this is the id of its deal, and the curator opens it at the price that was told
    let salt = text(&quotes["offer"], "salt")?;
    let words = [
        "contract",
        "read",
        &archive.contract,
        "deal_id",
        salt,
        "--bundle",
        &archive.bundle,
    ];
    let offer = text(&quotes, "argument")?;
    let opened = archive.call(curator, "open", &[offer]).await?;
    let event = &opened["events"][0];
    ensure!(
        event["event"] == "Opened" && event["fields"]["price"] == quotes["price"],
        "{opened}, and the quotes say {quotes}"
    );
    let told = done(curator, &words).await?;
    ensure!(told["value"] == id.as_str(), "another id: {told}");
    let deal_id = DealId(id.parse().context("the deal's id")?);
    let deal = chain.deal(deal_id, At::Best).await?.context("no deal was opened")?;
    ensure!(deal.owner == archive.account, "{} owns it", deal.owner);
    ensure!(
        quotes["deposit"] == deal.deposit.to_string().as_str(),
        "the deposit is {}",
        deal.deposit
    );
    let stranger = archive.cluster.user("stranger").await?;
    archive.refused(&stranger, "open", &[offer], "NotCurator").await?;

    // Who uploaded has the file, here by its name and elsewhere by its deal and the words; and removes nothing
    until("the deal is final", archive.cluster.patience(2), || async {
        Ok(chain.deal(deal_id, At::Finalized).await?)
    })
    .await?;
    comes_back(&uploader, "holiday.tar", &source).await?;
    let elsewhere = uploader.moved_to(&archive.cluster.folder().join("elsewhere")).await?;
    let copy = elsewhere.home().join("copy.tar");
    elsewhere.get(&id, &copy).await?.expect(0)?;
    ensure!(sha256(&source)? == sha256(&copy)?, "the copy elsewhere differs");
    let listed = done(&uploader, &["ls"]).await?;
    ensure!(
        listed["state"] == "certified" && listed["owner"] == archive.contract.as_str(),
        "{listed}"
    );
    let removed = uploader.run(["--yes", "rm", "holiday.tar"]).await?;
    removed.expect(6)?.says(&[&archive.contract, "its own rules"])?;

    // Anyone adds money, and has it spent on an extension, within the limits
    let funded = archive.call(&stranger, "fund", &["--value", "1"]).await?;
    ensure!(
        funded["events"][0]["fields"]["amount"] == BLOC.to_string().as_str(),
        "{funded}"
    );
    let far = archive.extension(&stranger, &id, 30).await?;
    archive.refused(&stranger, "extend", &[&far], "TooFar").await?;
    let right = archive.extension(&stranger, &id, 1).await?;
    let (one, two) = (format!("end: {},", deal.end + 1), format!("end: {},", deal.end + 2));
    ensure!(right.contains(&one), "{right}");
    archive
        .refused(&stranger, "extend", &[&right.replace(&one, &two)], "BadQuote")
        .await?;
    let slots = chain.slots(deal_id, At::Best).await?;
    let rates: Balance = slots.iter().map(|(_, slot)| slot.rate).sum();
    let extended = archive.call(&stranger, "extend", &[&right]).await?;
    ensure!(
        extended["events"][0]["fields"]["spent"] == rates.to_string().as_str(),
        "{extended}, the rates are {rates}"
    );
    let longer = chain.deal(deal_id, At::Best).await?.context("the deal is gone")?;
    ensure!(longer.end == deal.end + 1, "it ends in period {}", longer.end);

    // Its providers prove and are paid, as for any deal
    let provider = archive.cluster.provider(0).await?.account().clone();
    let limit = archive.cluster.patience(5);
    let (period, paid) = archive.cluster.proved_since(&provider, deal.start, limit).await?;
    ensure!(paid > 0, "period {period} was proved and paid nothing");

    // Nothing else is paid while it stands, and nobody ends it
    archive.refused(curator, "withdraw", &[], "DealStands").await?;
    archive.refused(&stranger, "close", &[], "NotEnded").await?;
    let end = ["tx", "call", "storageMarket.terminate_deal", &id];
    curator.run(end).await?.expect(23)?.says(&["owner"])?;
    Ok(Verdict::Passed)
}

pub(super) async fn quotes_for_a_wrong_owner_or_file_are_refused_before_anything_is_sent(
    stage: &Stage,
) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let user = cluster.poor_user("quotes-for").await?;
    let source = user.home().join("source.bin");
    random_file(&source, 1000, 1)?;
    let (path, file) = (source.display().to_string(), user.home().join("quotes.json"));
    let shown = file.display().to_string();
    let own = user.account().to_string();
    // Nobody has this account yet; the second is one of another network.
    let (nobody, elsewhere) = (
        AccountId::new([9; 32]).to_string(),
        "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5",
    );
    let put = |more: &[&str]| {
        let words: Vec<String> = ["put", &path, "--ec", "1+1", "--for", "3p"]
            .iter()
            .chain(more)
            .map(|word| (*word).to_owned())
            .collect();
        user.run(words)
    };
    for (more, code, said) in [
        (&["--owner", &nobody][..], 2, "--quotes"),
        (&["--quotes", &shown], 2, "--owner"),
        (&["--owner", "nonsense", "--quotes", &shown], 4, "neither an address"),
        (&["--owner", elsewhere, "--quotes", &shown], 2, "prefix"),
        (&["--owner", &own, "--quotes", &shown], 2, "leave --owner"),
        (&["--owner", &nobody, "--quotes", "/missing/quotes.json"], 4, "/missing"),
    ] {
        put(more).await?.expect(code)?.says(&[said])?;
        ensure!(!file.exists(), "{} was written after all", file.display());
    }

    // An account that is not there may be one day: that it holds nothing is said
    let outcome = put(&["--owner", &nobody, "--quotes", &shown]).await?.expect(0)?;
    ensure!(
        outcome.stdout.contains("blocs contract call"),
        "it does not say what is next: {}",
        outcome.stdout
    );
    outcome.says(&["holds 0 BLOC", "to open the deal"])?;
    let before = fs::read_to_string(&file)?;
    let outcome = put(&["--owner", &nobody, "--quotes", &shown]).await?;
    outcome.expect(6)?.says(&[&shown, "--yes"])?;
    ensure!(fs::read_to_string(&file)? == before, "the quotes were replaced unasked");
    let listed = done(&user, &["ls"]).await?;
    ensure!(
        listed["state"] == "quoted" && listed["owner"] == nobody.as_str(),
        "{listed}"
    );

    // Again, when that is wanted, with a new salt; and what is not wanted is forgotten for nothing
    put(&["--yes", "--owner", &nobody, "--quotes", &shown])
        .await?
        .expect(0)?;
    ensure!(
        read(&file)?["deal"] != read_text(&before)?["deal"],
        "the salt is the same"
    );
    for _ in 0..2 {
        let removed = user.run(["rm", "source.bin"]).await?.expect(0)?;
        ensure!(removed.stdout.contains("forgot"), "{}", removed.stdout);
    }
    user.run(["rm", "source.bin"]).await?.expect(4)?;
    Ok(Verdict::Passed)
}

fn read_text(text: &str) -> Result<Value> {
    Ok(serde_json::from_str(text)?)
}
