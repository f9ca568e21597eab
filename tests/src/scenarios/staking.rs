//! Staking by the guides' steps: validate, nominate, join a pool, and what is said when the bond is too small.

use super::{Stage, Verdict};
use crate::{
    BLOC, Node, NodeOptions, Outcome, User,
    network::spec::{NetworkSpec, TestNetwork},
    process::{Launch, run},
    program::binary,
    until,
};
use anyhow::{Context, Result, ensure};
use blocs_chain::{At, ChainClient, ConnectOptions, MarketCall, Signer, SubxtChain, WaitFor, connect};
use blocs_primitives::{AccountId, Balance};
use serde_json::Value;
use std::{fs, path::PathBuf, time::Duration};

/// Slots of a second in a session, and sessions in an era: short ones, so that a stay of some eras fits into a test.
const SESSION: u64 = 6;
const ERA: u32 = 2;
/// Longest time for something that takes a few eras, on a machine that does much else.
const ERAS: Duration = Duration::from_secs(300);

/// A chain of one validator with short eras.
struct Chain {
    folder: PathBuf,
    network: TestNetwork,
    node: Node,
    chain: SubxtChain,
    faucet: Signer,
}

impl Chain {
    async fn start(stage: &Stage, name: &str) -> Result<Self> {
        let folder = stage.workspace().folder(name)?;
        let spec = NetworkSpec {
            id: name.into(),
            validators: 1,
            slot_millis: 1_000,
            epoch_blocks: SESSION,
            sessions_per_era: ERA,
            bonding_eras: 2,
            slash_defer_eras: 1,
            endowed: vec!["//Alice".into()],
            ..NetworkSpec::default()
        };
        let network = spec.build(&folder).await?;
        let keys = network.validators.first().context("no validator")?;
        keys.insert(&Node::base_path(&folder, "first"), &network.id)?;
        let options = NodeOptions {
            name: "first".into(),
            chain: network.raw.display().to_string(),
            flags: vec!["--validator".into(), "--force-authoring".into()],
        };
        let node = Node::start(&folder, &options).await?;
        let chain = connect(&node.url(), ConnectOptions::default()).await?;
        let faucet = Signer::from_suri("//Alice")?;
        Ok(Self {
            folder,
            network,
            node,
            chain,
            faucet,
        })
    }

    /// Address of the validator of the first era.
    fn validator(&self) -> Result<&str> {
        let first = self.network.validators.first().context("no validator")?;
        Ok(&first.stash.address)
    }

    /// A new user with so many BLOC, who talks to the node at `url`.
    async fn user(&self, name: &str, url: &str, bloc: Balance) -> Result<User> {
        let user = User::create(&self.folder.join(format!("user-{name}")), url).await?;
        let call = MarketCall::Transfer {
            to: user.account().clone(),
            amount: bloc * BLOC,
        };
        let sent = self.chain.submit(&self.faucet, call, WaitFor::Finalized).await;
        sent.context("cannot send tokens of Alice's")?;
        Ok(user)
    }

    async fn free(&self, account: &AccountId) -> Result<Balance> {
        Ok(self.chain.balance(account, At::Finalized).await?.free)
    }
}

/// An amount in a JSON object, in planck.
fn amount(value: &Value, pointer: &str) -> Result<Balance> {
    let text = value.pointer(pointer).and_then(Value::as_str);
    let text = text.with_context(|| format!("no amount {pointer} in {value}"))?;
    text.parse()
        .with_context(|| format!("{pointer} is no amount in {value}"))
}

/// Text in a JSON object.
fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    let text = value.get(name).and_then(Value::as_str);
    text.with_context(|| format!("no {name} in {value}"))
}

/// Runs a command that must succeed, and reads the JSON that it prints.
async fn done(user: &User, words: &[&str]) -> Result<Value> {
    let words: Vec<&str> = [&["--json"][..], words].concat();
    user.run(words).await?.expect(0)?.json()
}

/// What `validators` says of an account.
async fn listed(user: &User, account: &str) -> Result<Option<Value>> {
    let rows = user.run(["--json", "validators"]).await?.expect(0)?.json_lines()?;
    let of_account = |row: &Value| row.get("account").and_then(Value::as_str) == Some(account);
    Ok(rows.into_iter().find(of_account))
}

/// Waits until the account is owed a reward in this role.
async fn is_owed(user: &User, role: &str) -> Result<Value> {
    until(&format!("the {role} is owed a reward"), ERAS, || async {
        let rows = user.run(["--json", "stake", "rewards", "--unpaid"]).await?.expect(0)?;
        let mut rows = rows.json_lines()?.into_iter();
        let owed = |row: &Value| row.get("role").and_then(Value::as_str) == Some(role);
        Ok(rows.find(|row| owed(row) && amount(row, "/amount").is_ok_and(|amount| amount > 0)))
    })
    .await
}

/// Runs a command again until it succeeds, while it says that it is too early.
async fn when_time_has_come(user: &User, words: &[&str]) -> Result<Value> {
    let what = format!("blocs {} is not too early", words.join(" "));
    until(&what, ERAS, || async {
        let outcome: Outcome = user.run([&["--json"][..], words].concat()).await?;
        match outcome.code {
            Some(5) => Ok(None),
            _ => outcome.expect(0)?.json().map(Some),
        }
    })
    .await
}

/// New session keys in a node, and the proof, as `blocs-node key rotate` prints them.
async fn rotate(chain: &Chain, node: &Node, owner: &AccountId) -> Result<(String, String)> {
    let (out, log) = (chain.folder.join("rotate.out"), chain.folder.join("rotate.log"));
    let (owner, url) = (owner.to_string(), node.url());
    let words = ["key", "rotate", "--owner", &owner, "--url", &url, "--json"];
    let mut launch = Launch::new(&binary("blocs-node")?, words, log.clone());
    launch.stdout = Some(out.clone());
    let status = run(launch, Duration::from_secs(180)).await?;
    ensure!(status.success(), "key rotate failed: {}", fs::read_to_string(log)?);
    let printed: Value = serde_json::from_str(fs::read_to_string(out)?.trim())?;
    Ok((text(&printed, "keys")?.to_owned(), text(&printed, "proof")?.to_owned()))
}

pub(super) async fn a_second_validator_joins_by_the_guides_steps_is_elected_earns_is_paid_out_chills_and_withdraws(
    stage: &Stage,
) -> Result<Verdict> {
    // Given a running chain, a second node that has followed it, and an account with tokens
    let chain = Chain::start(stage, "staking-validator").await?;
    let options = NodeOptions {
        name: "second".into(),
        chain: chain.network.raw.display().to_string(),
        flags: vec![
            "--validator".into(),
            "--bootnodes".into(),
            chain.node.multiaddr().await?,
        ],
    };
    let second = Node::start(&chain.folder, &options).await?;
    let user = chain.user("second", &second.url(), 30_000).await?;
    let account = user.account().to_string();
    // A command has ended when its block is final on the node that it uses: the other node may hear of that later.
    let own = connect(&second.url(), ConnectOptions::default()).await?;
    let free = || async { anyhow::Ok(own.balance(user.account(), At::Finalized).await?.free) };
    until("the second node has the tokens", ERAS, || async {
        let balance = done(&user, &["account", "balance"]).await?;
        Ok((amount(&balance, "/free")? > 0).then_some(()))
    })
    .await?;

    // When it bonds, stands for election and sets the keys that its node made
    done(&user, &["stake", "bond", "20000", "--rewards", "account"]).await?;
    let said = user.run(["stake", "validate", "--commission", "5"]).await?.expect(0)?;
    said.says(&["blocs-node key rotate", "next era"])?;
    let (keys, proof) = rotate(&chain, &second, user.account()).await?;
    done(&user, &["stake", "set-keys", "--keys", &keys, "--proof", &proof]).await?;
    let status = done(&user, &["stake", "status"]).await?;
    ensure!(
        text(&status, "role")? == "validator" && text(&status, "keys")? == keys,
        "{status}"
    );

    // Then it is elected, and makes blocks
    until("the second validator is active and has made blocks", ERAS, || async {
        let Some(row) = listed(&user, &account).await? else {
            return Ok(None);
        };
        let made = row.get("era_points").and_then(Value::as_u64) >= Some(20);
        Ok((text(&row, "status")? == "active" && text(&row, "commission")? == "5%" && made).then_some(()))
    })
    .await?;

    // And the era's end owes it a reward, which a payout brings
    let owed = is_owed(&user, "validator").await?;
    let before = free().await?;
    let paid = done(&user, &["stake", "payout"]).await?;
    let after = free().await?;
    let came = (after + amount(&paid, "/fee")?).saturating_sub(before);
    ensure!(
        came >= amount(&owed, "/amount")?,
        "the reward {owed} did not come: {before} planck before, {after} after: {paid}"
    );

    // When it chills and unbonds, the tokens are not free at once
    done(&user, &["stake", "chill"]).await?;
    done(&user, &["stake", "unbond", "all"]).await?;
    user.run(["stake", "withdraw"])
        .await?
        .expect(5)?
        .says(&["20000 bloc", "era", "in about"])?;

    // Then it is left out of the set
    until("the second validator is out of the set", ERAS, || async {
        Ok(listed(&user, &account).await?.is_none().then_some(()))
    })
    .await?;

    // And once the eras of bonding have passed, everything comes back
    let taken = when_time_has_come(&user, &["stake", "withdraw"]).await?;
    ensure!(amount(&taken, "/withdrawn")? == 20_000 * BLOC, "{taken}");
    done(&user, &["stake", "purge-keys"]).await?;
    let balance = own.balance(user.account(), At::Finalized).await?;
    ensure!(balance.held == 0, "{} planck are still held", balance.held);
    let status = done(&user, &["stake", "status"]).await?;
    ensure!(text(&status, "role")? == "none", "{status}");
    Ok(Verdict::Passed)
}

pub(super) async fn a_nominator_shares_the_rewards(stage: &Stage) -> Result<Verdict> {
    // Given somebody with tokens
    let chain = Chain::start(stage, "staking-nominator").await?;
    let user = chain.user("nominator", &chain.node.url(), 2_000).await?;

    // When they bond and nominate the validator
    done(&user, &["stake", "bond", "900"]).await?;
    done(&user, &["stake", "bond-extra", "100"]).await?;
    done(&user, &["stake", "nominate", chain.validator()?]).await?;

    // Then an era owes them a share, which anybody's payout brings, and which is at stake at once
    let owed = is_owed(&user, "nominator").await?;
    ensure!(amount(&owed, "/stake")? == 1_000 * BLOC, "{owed}");
    done(&user, &["stake", "payout", chain.validator()?]).await?;
    let status = done(&user, &["stake", "status"]).await?;
    let active = amount(&status, "/bonded/active")?;
    ensure!(
        active >= 1_000 * BLOC + amount(&owed, "/amount")?,
        "the reward {owed} is not at stake: {status}"
    );
    let row = listed(&user, chain.validator()?)
        .await?
        .context("the validator is not listed")?;
    ensure!(row.get("nominators").and_then(Value::as_u64) == Some(1), "{row}");

    // And they may want later rewards free
    done(&user, &["stake", "payee", "account"]).await?;
    let status = done(&user, &["stake", "status"]).await?;
    let rewards = status.pointer("/bonded/rewards").and_then(Value::as_str);
    ensure!(rewards == Some("account"), "{status}");

    // And a nominator cannot keep less than the least at stake, but may stop and leave
    let part = user.run(["stake", "unbond", "995"]).await?.expect(23)?;
    part.says(&["InsufficientBond", "10 bloc", "blocs stake chill"])?;
    done(&user, &["stake", "chill"]).await?;
    done(&user, &["stake", "unbond", "995"]).await?;
    Ok(Verdict::Passed)
}

pub(super) async fn a_pool_member_joins_and_claims(stage: &Stage) -> Result<Verdict> {
    // Given a pool that nominates the validator
    let chain = Chain::start(stage, "staking-pool").await?;
    let maker = chain.user("maker", &chain.node.url(), 1_000).await?;
    let member = chain.user("member", &chain.node.url(), 100).await?;
    let create = [
        "stake",
        "pool",
        "create",
        "200",
        "--name",
        "Small",
        "--nominate",
        chain.validator()?,
    ];
    let made = done(&maker, &create).await?;
    let pool = made
        .get("pool")
        .and_then(Value::as_u64)
        .context("no number of the pool")?
        .to_string();

    // When somebody joins with less than a nominator needs
    member
        .run(["stake", "bond", "5"])
        .await?
        .expect(23)?
        .says(&["InsufficientBond", "pool"])?;
    done(&member, &["stake", "pool", "join", &pool, "5"]).await?;
    let listed = member.run(["--json", "stake", "pool", "ls"]).await?.expect(0)?.json()?;
    ensure!(
        text(&listed, "name")? == "Small" && amount(&listed, "/balance")? == 205 * BLOC,
        "{listed}"
    );

    // Then the pool earns for the member, once the validator's rewards are paid out
    until("the pool has earned for the member", ERAS, || async {
        let outcome = maker.run(["stake", "payout"]).await?;
        if outcome.code != Some(4) {
            outcome.expect(0)?;
        }
        let status = done(&member, &["stake", "status"]).await?;
        Ok((amount(&status, "/pool/pending_rewards")? > 0).then_some(()))
    })
    .await?;
    let before = chain.free(member.account()).await?;
    let claimed = done(&member, &["stake", "pool", "claim"]).await?;
    let after = chain.free(member.account()).await?;
    let came = (after + amount(&claimed, "/fee")?).saturating_sub(before);
    ensure!(came > 0, "{claimed} brought nothing: {before} planck, then {after}");

    // And the member puts in more, and leaves again
    done(&member, &["stake", "pool", "bond-extra", "2"]).await?;
    done(&member, &["stake", "pool", "unbond", "all"]).await?;
    member
        .run(["stake", "pool", "withdraw"])
        .await?
        .expect(5)?
        .says(&["era"])?;
    let taken = when_time_has_come(&member, &["stake", "pool", "withdraw"]).await?;
    ensure!(amount(&taken, "/withdrawn")? == 7 * BLOC, "{taken}");
    Ok(Verdict::Passed)
}

pub(super) async fn too_little_bond_is_named(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let user = cluster.user("small-staker").await?;
    let own = user.account().to_string();
    let refused = |outcome: Outcome, words: &'static [&'static str]| outcome.expect(23)?.says(words);

    // Before anything is bonded
    refused(
        user.run(["stake", "unbond", "1"]).await?,
        &["NotStash", "blocs stake bond"],
    )?;
    refused(
        user.run(["stake", "bond", "5"]).await?,
        &[
            "InsufficientBond",
            "10 bloc for a nominator",
            "10000 bloc for a validator",
            "pool",
        ],
    )?;
    user.run(["stake", "bond", "2000"])
        .await?
        .expect(20)?
        .says(&["needed", "held"])?;
    refused(
        user.run(["stake", "pool", "bond-extra", "5"]).await?,
        &["PoolMemberNotFound"],
    )?;
    user.run(["stake", "pool", "join", "99", "5"])
        .await?
        .expect(4)?
        .says(&["pool 99"])?;
    user.run(["stake", "validate", "--commission", "101"])
        .await?
        .expect(2)?
        .says(&["percent"])?;
    ensure!(
        cluster.chain().balance(user.account(), At::Finalized).await?.held == 0,
        "something was bonded"
    );

    // With too little for what is wanted
    user.run(["stake", "bond", "100"]).await?.expect(0)?;
    refused(
        user.run(["stake", "bond", "100"]).await?,
        &["AlreadyBonded", "blocs stake bond-extra"],
    )?;
    refused(
        user.run(["stake", "validate", "--commission", "5"]).await?,
        &["InsufficientBond", "10000 bloc", "blocs stake bond-extra 9900"],
    )?;
    refused(
        user.run(["stake", "nominate", &own]).await?,
        &["BadTarget", "blocs validators"],
    )?;
    user.run(["stake", "withdraw"])
        .await?
        .expect(4)?
        .says(&["blocs stake unbond"])?;
    user.run(["stake", "chill"])
        .await?
        .expect(4)?
        .says(&["nothing to stop"])?;

    // And the chain's own refusal comes with the next step
    let keys = format!("0x{}", "07".repeat(96));
    let wrong = ["stake", "set-keys", "--keys", &keys, "--proof", "0x00"];
    refused(
        user.run(wrong).await?,
        &["InvalidProof", "blocs-node key rotate --owner"],
    )?;
    user.run(["stake", "set-keys", "--keys", "0x07", "--proof", "0x00"])
        .await?
        .expect(2)?
        .says(&["32 bytes"])?;
    Ok(Verdict::Passed)
}
