//! Contracts that we did not write: built from their published source, or taken as another tool has built them; then judged, deployed and run.

mod published;

use self::published::{Crate, INK_4, INK_6, SOURCES};
use super::{Stage, Verdict};
use crate::{BLOC, User, process::run, program::target_dir};
use anyhow::{Context, Result, ensure};
use blocs_contract::{Bundle, check_code};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// Longest time for a build of all of them, on a machine that has not built ink! before.
const BUILD: Duration = Duration::from_secs(480);

const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

/// Text in a JSON object.
fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str> {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.with_context(|| format!("no {pointer} in {value}"))
}

/// Runs `blocs contract` with words that must succeed, and reads the JSON that it prints.
async fn done(user: &User, words: &[&str]) -> Result<Value> {
    let words: Vec<&str> = [&["--json", "contract"][..], words].concat();
    user.run(words).await?.expect(0)?.json()
}

/// A contract on the chain, and the one who made it.
struct Deployed<'a> {
    user: &'a User,
    bundle: String,
    address: String,
}

impl<'a> Deployed<'a> {
    async fn new(user: &'a User, bundle: &Path, args: &[&str]) -> Result<Self> {
        let bundle = bundle.display().to_string();
        let made = done(user, &[&["instantiate", &bundle][..], args].concat()).await?;
        let address = text(&made, "/contract")?.to_owned();
        Ok(Self { user, bundle, address })
    }

    fn words<'w>(&'w self, what: &'w str, words: &[&'w str]) -> Vec<&'w str> {
        [
            &["--json", "contract", what, &self.address][..],
            words,
            &["--bundle", &self.bundle],
        ]
        .concat()
    }

    /// Sends a message, and gives what the command printed.
    async fn call(&self, words: &[&str]) -> Result<Value> {
        self.user.run(self.words("call", words)).await?.expect(0)?.json()
    }

    /// Sends a message and expects the event of this name from it.
    async fn emits(&self, words: &[&str], event: &str) -> Result<Value> {
        let sent = self.call(words).await?;
        let events = sent.pointer("/events").and_then(Value::as_array);
        let found = events.and_then(|events| events.iter().find(|found| found["event"] == event));
        Ok(found.with_context(|| format!("no event {event}: {sent}"))?["fields"].clone())
    }

    /// The contract refuses a message with an error of its own.
    async fn refuses(&self, words: &[&str], error: &Value) -> Result<()> {
        let printed = self.user.run(self.words("call", words)).await?.expect(23)?.json()?;
        ensure!(printed["contract_error"] == *error, "not {error} but {printed}");
        Ok(())
    }

    async fn read(&self, words: &[&str]) -> Result<Value> {
        Ok(self.user.run(self.words("read", words)).await?.expect(0)?.json()?["value"].clone())
    }

    /// What a message answers.
    async fn answers(&self, words: &[&str], wanted: Value) -> Result<()> {
        let found = self.read(words).await?;
        ensure!(found == wanted, "{words:?} answers {found} in place of {wanted}");
        Ok(())
    }
}

/// Runs `blocs contract` with the tool chain and the packages of this machine, as a user's own home folder has neither. Gives whether it ended
/// well, what it printed, and what it said.
async fn cargo(user: &User, words: &[&str]) -> Result<(bool, Value, String)> {
    let words: Vec<&str> = [&["--json", "contract"][..], words].concat();
    let (launch, _) = user.launch(user.url(), words)?;
    let (out, log) = (launch.stdout.clone().unwrap_or_default(), launch.log.clone());
    let home = std::env::home_dir().context("there is no home folder")?;
    let launch = launch.env("HOME", home).env("CARGO_HOME", published::cargo_home()?);
    let status = run(launch, BUILD).await?;
    let printed = fs::read_to_string(out)?;
    let printed = printed.lines().last().map(serde_json::from_str).transpose()?;
    Ok((status.success(), printed.unwrap_or_default(), fs::read_to_string(log)?))
}

/// Checks and builds a contract of the workspace in `folder`; gives its bundle.
async fn build(user: &User, folder: &Path, source: &Crate) -> Result<PathBuf> {
    let target = target_dir()?;
    let target = target.parent().context("the programs lie in no target folder")?;
    // Where our own contracts were built, so that what all contracts need is there.
    let target = target.join("contracts").display().to_string();
    let manifest = folder.join(source.id()).display().to_string();
    let mut words = vec![
        "check",
        "--manifest-path",
        &manifest,
        "--target-dir",
        &target,
        "--locked",
    ];
    if source.name == "psp34-full" {
        words.extend(["--features", "contract,enumerable"]);
    }
    let (_, checked, log) = cargo(user, &words).await?;
    ensure!(
        checked["accepted"] == true,
        "{} is refused: {checked} {log}",
        source.name
    );
    if let Some(first) = words.first_mut() {
        *first = "build";
    }
    let (_, built, log) = cargo(user, &words).await?;
    ensure!(
        built["code_hash"] == checked["code_hash"],
        "{built} is not what was checked: {checked} {log}"
    );
    let bundle = PathBuf::from(text(&built, "/contract")?);
    judge(&bundle)?;
    Ok(bundle)
}

/// What the chain would say of a bundle, without a chain.
fn judge(path: &Path) -> Result<Bundle> {
    let bundle = Bundle::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let code = check_code(bundle.wasm()?).with_context(|| format!("the chain would refuse {}", path.display()))?;
    ensure!(
        code.hash == bundle.code_hash(),
        "{} declares another hash",
        path.display()
    );
    Ok(bundle)
}

pub(super) async fn published_contracts_are_built_from_their_source_and_run(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let folder = stage.workspace().folder("foreign-sources")?;
    published::sources(&folder).await?;
    let names = ["foreign-token", "foreign-nft", "foreign-oracle", "foreign-claims"];
    let [a, b, c, d] = &cluster.users(names).await?;
    refuse_source_of_ink_4(a, &stage.workspace().folder("foreign-older")?).await?;
    // While one is built, the one before is run.
    let [token, collection, oracle, claims] = &SOURCES;
    tokio::try_join!(
        async { use_claims(d, &build(d, &folder, claims).await?).await },
        async { use_token(a, &build(a, &folder, token).await?, b).await },
        async { use_collection(b, &build(b, &folder, collection).await?, a).await },
        async { use_oracle(c, &build(c, &folder, oracle).await?).await },
    )?;
    Ok(Verdict::Passed)
}

/// The source of a contract of ink! 4 as it is: what to change is said.
async fn refuse_source_of_ink_4(user: &User, folder: &Path) -> Result<()> {
    let [_, source, ..] = &SOURCES;
    let manifest = source.unpack(folder).await?.display().to_string();
    let (accepted, _, said) = cargo(user, &["check", "--manifest-path", &manifest]).await?;
    ensure!(!accepted && said.contains("needs ink! 4.3"), "{said}");
    Ok(())
}

async fn use_token(user: &User, bundle: &Path, other: &User) -> Result<()> {
    let (me, other) = (user.account().to_string(), other.account().to_string());
    let token = Deployed::new(
        user,
        bundle,
        &["supply=1_000", "name=Gold", "symbol=None", "decimals=2"],
    )
    .await?;
    token.answers(&["token_name"], json!({ "Some": "Gold" })).await?;
    let moved = token.emits(&["transfer", &other, "300", "0x"], "Transfer").await?;
    ensure!(
        moved["value"] == "300" && moved["to"] == json!({ "Some": other }),
        "{moved}"
    );
    token.answers(&["balance_of", &me], json!("700")).await?;
    token.answers(&["balance_of", &other], json!("300")).await?;
    token
        .refuses(&["transfer", &other, "701", "0x"], &json!("InsufficientBalance"))
        .await?;
    token
        .refuses(
            &["transfer_from", &other, &me, "1", "0x"],
            &json!("InsufficientAllowance"),
        )
        .await
}

async fn use_collection(user: &User, bundle: &Path, other: &User) -> Result<()> {
    let (me, other) = (user.account().to_string(), other.account().to_string());
    let collection = Deployed::new(user, bundle, &[]).await?;
    collection.answers(&["total_supply"], json!("0")).await?;
    let approved = collection
        .emits(&["approve", &other, "None", "true"], "Approval")
        .await?;
    ensure!(
        approved["approved"] == true && approved["owner"] == json!(me),
        "{approved}"
    );
    collection
        .answers(&["allowance", &me, &other, "None"], json!(true))
        .await?;
    collection
        .refuses(&["transfer", &other, "U8(1)", "0x"], &json!("TokenNotExists"))
        .await
}

async fn use_oracle(user: &User, bundle: &Path) -> Result<()> {
    let oracle = Deployed::new(user, bundle, &[]).await?;
    oracle
        .call(&["set_random_value", "0x0102", "0x03", "0x04", "0x05"])
        .await?;
    oracle.answers(&["get_last_round"], json!("0x0102")).await?;
    let round = oracle.read(&["get_round", "0x0102"]).await?;
    let wanted = json!({ "randomness": "0x03", "signature": "0x04", "previous_signature": "0x05" });
    ensure!(round == json!({ "Some": wanted }), "{round}");
    // Its author unwraps what is not there: a trap, which the chain survives.
    let unknown = oracle.words("read", &["get_random_value_for_round", "0xff"]);
    user.run(unknown).await?.expect(23)?.says(&["ContractTrapped"])?;
    Ok(())
}

async fn use_claims(user: &User, bundle: &Path) -> Result<()> {
    let claims = Deployed::new(user, bundle, &[]).await?;
    let witness = format!("[{{address: witness, host: 0x{}}}]", "00".repeat(32));
    claims.emits(&["add_epoch", &witness, "0"], "EpochAdded").await?;
    claims.answers(&["get_current_epoch"], json!("1")).await?;
    let info = "{provider: http, parameters: none, context: test}";
    let signed = |identifier: &str| {
        format!("{{claim: {{identifier: 0x{identifier}, owner: me, epoch: 1, timestamp_s: 1}}, bytes: []}}")
    };
    let wrong = signed("00");
    claims
        .refuses(&["verify_proof", info, &wrong], &json!("HashMismatch"))
        .await?;
    let right = signed(&hex::encode(Sha256::digest(b"http\nnone\ntest")));
    let verified = claims.emits(&["verify_proof", info, &right], "ProofVerified").await?;
    ensure!(verified["epoch_id"] == "1", "{verified}");
    Ok(())
}

pub(super) async fn bundles_of_another_build_tool_are_judged_deployed_and_run(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let folder = stage.workspace().folder("foreign-bundles")?;
    let bundles = published::bundles(&folder).await?;
    let mut judged = 0;
    for entry in fs::read_dir(&bundles)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "contract") {
            judge(&path)?;
            judged += 1;
        }
    }
    ensure!(judged == 20, "{judged} bundles in place of 20");

    let names = ["foreign-wrapped", "foreign-prices", "foreign-roles", "foreign-lending"];
    let [a, b, c, d] = &cluster.users(names).await?;
    tokio::try_join!(
        use_wrapped(a, &bundles),
        use_prices(b, &bundles),
        use_roles(c, &bundles),
        use_lending(d, &bundles),
    )?;
    refuse_other_versions(a, &folder).await?;
    Ok(Verdict::Passed)
}

/// Tokens of the chain go in, and come out again.
async fn use_wrapped(user: &User, bundles: &Path) -> Result<()> {
    let me = user.account().to_string();
    let wrapped = Deployed::new(user, &bundles.join("wazero.contract"), &[]).await?;
    wrapped.emits(&["deposit", "--value", "3"], "Transfer").await?;
    wrapped
        .answers(&["balance_of", &me], json!((3 * BLOC).to_string()))
        .await?;
    wrapped
        .refuses(&["withdraw", &(4 * BLOC).to_string()], &json!("InsufficientBalance"))
        .await?;
    wrapped.emits(&["withdraw", &BLOC.to_string()], "Transfer").await?;
    wrapped.answers(&["total_supply"], json!((2 * BLOC).to_string())).await
}

/// A mapping and its event; then the owner has the contract change its own code.
async fn use_prices(user: &User, bundles: &Path) -> Result<()> {
    let next = bundles.join("price_feed_provider.contract");
    let prices = Deployed::new(user, &bundles.join("dia_oracle.contract"), &[]).await?;
    prices
        .emits(&["set_price", "BLOC/USD", "42"], "TokenPriceChanged")
        .await?;
    let latest = prices.read(&["get_latest_price", "BLOC/USD"]).await?;
    ensure!(latest.pointer("/Some/1") == Some(&json!("42")), "{latest}");
    prices.answers(&["get_latest_price", "BLOC/EUR"], json!("None")).await?;

    let stored = done(user, &["upload", &next.display().to_string()]).await?;
    let hash = text(&stored, "/code_hash")?;
    prices.call(&["set_code", hash]).await?;
    let info = done(user, &["info", &prices.address]).await?;
    ensure!(text(&info, "/code_hash")? == hash, "{info}");
    Ok(())
}

/// A token with roles: who deploys it may give roles, and nobody mints without one.
async fn use_roles(user: &User, bundles: &Path) -> Result<()> {
    let me = user.account().to_string();
    let token = Deployed::new(
        user,
        &bundles.join("stable_token.contract"),
        &["name=Stable", "symbol=STB", "decimal=6"],
    )
    .await?;
    token.answers(&["token_decimals"], json!(6)).await?;
    token.answers(&["has_role", "0", &me], json!(true)).await?;
    token.emits(&["grant_role", "7", &me], "RoleGranted").await?;
    token.answers(&["has_role", "7", &me], json!(true)).await?;
    token
        .refuses(&["grant_role", "7", &me], &json!("RoleRedundant"))
        .await?;
    token
        .refuses(&["transfer", BOB, "1", "0x"], &json!("InsufficientBalance"))
        .await
}

/// One of the largest contracts that the chain takes, and another one that calls it.
async fn use_lending(user: &User, bundles: &Path) -> Result<()> {
    let me = user.account().to_string();
    let pool = Deployed::new(user, &bundles.join("lending_pool.contract"), &[&me]).await?;
    pool.answers(&["view_registered_assets"], json!([])).await?;
    let viewer = Deployed::new(user, &bundles.join("balance_viewer.contract"), &[&pool.address]).await?;
    viewer.answers(&["view_reserve_datas", "None"], json!([])).await
}

/// What ink! 4 and ink! 6 have made is refused, with the reason.
async fn refuse_other_versions(user: &User, folder: &Path) -> Result<()> {
    let older = INK_4.unpack(folder).await?.join("artifacts");
    check_code(&fs::read(older.join("wrapped_azero.wasm"))?).context("the code of ink! 4 is good for the chain")?;
    let newer = INK_6.unpack(folder).await?.join("tests/files");
    for (bundle, said) in [
        (older.join("wrapped_azero.contract"), "only version 5"),
        (newer.join("testing.contract"), "only version 5"),
    ] {
        let bundle = bundle.display().to_string();
        user.run(["contract", "upload", &bundle])
            .await?
            .expect(24)?
            .says(&[said])?;
    }
    Ok(())
}
