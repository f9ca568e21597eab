//! A contract that owns a deal, by the guide's steps: made, funded, its deal opened and extended with quotes, and what it refuses.
//!
//! The provider is a key: what a provider's program would sign is signed here. What providers keep and prove for a contract is tested with
//! the kit (`crates/contract-kit/tests/storage_archive.rs`).

use super::{Stage, Verdict};
use crate::{BLOC, Cluster, User, program::target_dir};
use anyhow::{Context, Result, ensure};
use blocs_chain::{At, ChainClient, value::address};
use blocs_primitives::{AccountId, Balance, DealId, ExtensionQuote, Period, Quote, Root, SlotIndex, rate};
use serde_json::Value;
use sp_core::{Pair, crypto::Ss58Codec, sr25519};

/// What the provider asks per GiB and period, in planck.
const PRICE: Balance = 1_000_000_000;
/// Bytes of the only slot.
const SIZE: u64 = 1 << 20;
const SALT: [u8; 32] = [3; 32];
/// BLAKE3 hash of bytes that nobody asks for within the scenario.
const ROOT: Root = Root([4; 32]);

/// An archive on a chain of its own, and the provider that signs for it.
struct Archive {
    cluster: Cluster,
    curator: User,
    keeper: User,
    operator: sr25519::Pair,
    bundle: String,
    contract: String,
    account: AccountId,
    deal: DealId,
}

/// Runs a command that must succeed, and reads the JSON that it prints.
async fn done(user: &User, words: &[&str]) -> Result<Value> {
    let words: Vec<&str> = [&["--json"][..], words].concat();
    user.run(words).await?.expect(0)?.json()
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}

impl Archive {
    async fn new(stage: &Stage) -> Result<Self> {
        let cluster = stage.own("storage-contract", 0).await?;
        let (curator, keeper) = (cluster.user("curator").await?, cluster.user("keeper").await?);
        let operator = sr25519::Pair::from_seed(&[9; 32]);
        let registration = format!(
            "registration={{operator: {}, bond: 200BLOC, terms: {{capacity: 1_000_000_000, price: {PRICE}, zone: \"eu\", tier: Hot, \
             peer_id: \"none\", addresses: []}}}}",
            hex(operator.public())
        );
        done(&keeper, &["tx", "call", "storageMarket.register", &registration]).await?;

        let target = target_dir()?;
        let target = target.parent().context("the programs lie in no target folder")?;
        let bundle = target.join("contracts/ink/storage-archive/storage-archive.contract");
        ensure!(
            bundle.is_file(),
            "{} is not there; run `make contracts` first",
            bundle.display()
        );
        let bundle = bundle.display().to_string();
        let made = done(
            &curator,
            &[
                "contract",
                "instantiate",
                &bundle,
                &format!("max_price={PRICE}"),
                "max_ahead=20",
                "least_slots=1",
                "--value",
                "5",
            ],
        )
        .await?;
        let contract = made["contract"].as_str().context("no contract")?.to_owned();
        let (account, _) = AccountId::from_ss58check_with_version(&contract).context("the contract's address")?;
        let deal = DealId::derive(&account, &SALT);
        Ok(Self {
            cluster,
            curator,
            keeper,
            operator,
            bundle,
            contract,
            account,
            deal,
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

    /// The last block of a quote of now.
    async fn valid_until(&self) -> Result<u32> {
        let finalized = self.cluster.node().await.finalized_height().await?;
        Ok(u32::try_from(finalized)? + self.cluster.chain().period_length())
    }

    fn rate(&self) -> Result<Balance> {
        rate(PRICE, SIZE).context("a small price")
    }

    /// An offer of one slot, as an argument.
    async fn offer(&self, duration: Period) -> Result<String> {
        let quote = Quote {
            genesis: self.cluster.chain().genesis_hash(),
            provider: self.keeper.account().clone(),
            owner: self.account.clone(),
            deal: self.deal,
            index: SlotIndex(0),
            root: ROOT,
            size: SIZE,
            rate: self.rate()?,
            duration,
            valid_until: self.valid_until().await?,
        };
        let signature = self.operator.sign(&quote.signing_payload());
        Ok(format!(
            "{{salt: {}, manifest: {}, k: 1, duration: {duration}, label: 0x, slots: [{{provider: {}, root: {}, size: {SIZE}, rate: {}, \
             valid_until: {}, signature: {}}}]}}",
            hex(SALT),
            hex([5; 32]),
            address(self.keeper.account(), self.cluster.chain().properties()),
            hex(ROOT.0),
            quote.rate,
            quote.valid_until,
            hex(signature)
        ))
    }

    /// An extension of the slot, as `blocs renew --quotes` writes it.
    async fn extension(&self, from: Period, to: Period) -> Result<String> {
        let quote = ExtensionQuote {
            genesis: self.cluster.chain().genesis_hash(),
            provider: self.keeper.account().clone(),
            owner: self.account.clone(),
            deal: self.deal,
            index: SlotIndex(0),
            rate: self.rate()?,
            from,
            to,
            valid_until: self.valid_until().await?,
        };
        let signature = self.operator.sign(&quote.signing_payload());
        Ok(format!(
            "{{deal: {}, end: {to}, slots: [{{index: 0, valid_until: {}, signature: {}}}]}}",
            hex(self.deal.0),
            quote.valid_until,
            hex(signature)
        ))
    }
}

pub(super) async fn a_contract_opens_a_deal_that_anyone_funds_and_extends(stage: &Stage) -> Result<Verdict> {
    let archive = Archive::new(stage).await?;
    let chain = archive.cluster.chain();
    let curator = &archive.curator;

    // The contract says for which deal providers are to quote
    let salt = hex(SALT);
    let words = [
        "contract",
        "read",
        &archive.contract,
        "deal_id",
        &salt,
        "--bundle",
        &archive.bundle,
    ];
    let read = done(curator, &words).await?;
    ensure!(read["value"] == hex(archive.deal.0).as_str(), "another id: {read}");

    // Only its curator opens the deal, which is the contract's
    let offer = archive.offer(15).await?;
    let stranger = archive.cluster.user("stranger").await?;
    archive.refused(&stranger, "open", &[&offer], "NotCurator").await?;
    let opened = archive.call(curator, "open", &[&offer]).await?;
    ensure!(opened["events"][0]["event"] == "Opened", "{opened}");
    let deal = chain
        .deal(archive.deal, At::Best)
        .await?
        .context("no deal was opened")?;
    ensure!(deal.owner == archive.account, "{} owns it", deal.owner);

    // Anyone adds money, and has it spent on an extension, within the limits
    let funded = archive.call(&stranger, "fund", &["--value", "1"]).await?;
    ensure!(
        funded["events"][0]["fields"]["amount"] == BLOC.to_string().as_str(),
        "{funded}"
    );
    let far = archive.extension(deal.end, deal.end + 30).await?;
    archive.refused(&stranger, "extend", &[&far], "TooFar").await?;
    let wrong = archive.extension(deal.end + 1, deal.end + 1).await?;
    archive.refused(&stranger, "extend", &[&wrong], "BadQuote").await?;
    let right = archive.extension(deal.end, deal.end + 1).await?;
    let extended = archive.call(&stranger, "extend", &[&right]).await?;
    ensure!(
        extended["events"][0]["fields"]["spent"] == archive.rate()?.to_string().as_str(),
        "{extended}"
    );
    let longer = chain.deal(archive.deal, At::Best).await?.context("the deal is gone")?;
    ensure!(longer.end == deal.end + 1, "it ends in period {}", longer.end);

    // Nothing else is paid while it stands, and nobody ends it
    archive.refused(curator, "withdraw", &[], "DealStands").await?;
    archive.refused(&stranger, "close", &[], "NotEnded").await?;
    let deal = hex(archive.deal.0);
    let end = ["tx", "call", "storageMarket.terminate_deal", &deal];
    curator.run(end).await?.expect(23)?.says(&["owner"])?;
    Ok(Verdict::Passed)
}
