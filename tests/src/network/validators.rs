//! The life of a validator beside four others: elected, earns, is paid out, chills, and takes its tokens back.

use super::{
    observer::Observer,
    processes::Window,
    quartet::{NUMBERS, Quartet, spec},
    report::Section,
};
use crate::{
    BLOC, Node, User, Workspace,
    process::{Launch, run, tail},
    program::binary,
    until,
};
use anyhow::{Context, Result, ensure};
use blocs_chain::{At, ChainClient, ConnectOptions, MarketCall, Signer, WaitFor, connect};
use serde_json::Value;
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

/// What it shows.
pub const TITLE: &str = "A fifth validator is elected, earns, is paid out, chills and withdraws";
/// What the newcomer has, and what it bonds of it.
const FUNDS: u128 = 30_000 * BLOC;
const BOND: u128 = 20_000 * BLOC;
/// How long something may take that waits for an election, or for tokens to come free: some eras of half a minute.
const ERAS: Duration = Duration::from_secs(300);
/// How long `key rotate` may take.
const ROTATE: Duration = Duration::from_secs(180);
/// Exit code of a command that comes too early.
const TOO_EARLY: Option<i32> = Some(5);

/// Somebody with a node of their own joins four validators by the steps of the guide, and leaves again.
pub async fn play(workspace: &Workspace, section: &mut Section) -> Result<()> {
    // Given four validators, and a fifth node whose owner has tokens
    let folder = workspace.folder("validators")?;
    let quartet = Quartet::start(&folder, None).await?;
    let witness = quartet.node(0)?;
    let observer = Observer::connect(witness).await?;
    let fifth = quartet.join("fifth").await?;
    let user = User::create(&folder.join("user"), &fifth.url()).await?;
    let account = user.account().clone();
    let chain = connect(&witness.url(), ConnectOptions::default()).await?;
    let call = MarketCall::Transfer {
        to: account.clone(),
        amount: FUNDS,
    };
    chain
        .submit(&Signer::from_suri("//Alice")?, call, WaitFor::Finalized)
        .await?;
    let own = connect(&fifth.url(), ConnectOptions::default()).await?;
    until("the fifth node has the tokens", ERAS, || async {
        Ok((own.balance(&account, At::Finalized).await?.free > 0).then_some(()))
    })
    .await?;
    let window = Window::open(quartet.processes())?;

    // When it bonds, stands for election, and registers the keys of its node
    let began = Instant::now();
    let took = |since: Instant| format!("{:.0} s", since.elapsed().as_secs_f64());
    done(&user, &["stake", "bond", "20000", "--rewards", "account"]).await?;
    done(&user, &["stake", "validate", "--commission", "5"]).await?;
    let (keys, proof) = rotate(&folder, &fifth, &account.to_string()).await?;
    done(&user, &["stake", "set-keys", "--keys", &keys, "--proof", &proof]).await?;

    // Then it is elected, and authors
    until("the fifth validator is elected", ERAS, || async {
        Ok(observer.validators().await?.contains(&account).then_some(()))
    })
    .await?;
    section.check("it is elected", true, format!("{} after the first step", took(began)));
    let height = super::clock::authored_by(&observer, witness, &account, ERAS).await?;
    section.check(
        "it authors",
        true,
        format!("block {height}, {} after the first step", took(began)),
    );

    // And its reward comes with a payout
    let owed = until("the fifth validator is owed a reward", ERAS, || async {
        let rows = user
            .run(["--json", "stake", "rewards", "--unpaid"])
            .await?
            .expect(0)?
            .json_lines()?;
        let of_validator = |row: &&Value| row.get("role").and_then(Value::as_str) == Some("validator");
        let amounts = rows.iter().filter(of_validator).map(|row| amount(row, "amount"));
        let owed: u128 = amounts.collect::<Result<Vec<_>>>()?.into_iter().sum();
        Ok((owed > 0).then_some(owed))
    })
    .await?;
    let before = own.balance(&account, At::Finalized).await?.free;
    let paid = done(&user, &["stake", "payout"]).await?;
    let after = own.balance(&account, At::Finalized).await?.free;
    let came = (after + amount(&paid, "fee")?).saturating_sub(before);
    section.check(
        "it earns and is paid out",
        came >= owed,
        format!("{owed} planck owed, {came} came"),
    );

    // When it chills and unbonds, it is left out of the set, and its tokens come free once bonding is over
    let left = Instant::now();
    done(&user, &["stake", "chill"]).await?;
    done(&user, &["stake", "unbond", "all"]).await?;
    until("the fifth validator is out of the set", ERAS, || async {
        Ok((!observer.validators().await?.contains(&account)).then_some(()))
    })
    .await?;
    section.check("it leaves the set", true, format!("{} after it chilled", took(left)));
    let withdrawn = until("what was bonded is free", ERAS, || async {
        let outcome = user.run(["--json", "stake", "withdraw"]).await?;
        match outcome.code {
            TOO_EARLY => Ok(None),
            _ => Ok(Some(amount(&outcome.expect(0)?.json()?, "withdrawn")?)),
        }
    })
    .await?;
    section.check(
        "it takes its tokens back",
        withdrawn == BOND,
        format!("{withdrawn} planck, {} after it chilled", took(left)),
    );

    // And the four went on all the while
    let validators = observer.validators().await?;
    let mut stay = 0;
    for number in NUMBERS {
        stay += usize::from(validators.contains(&quartet.stash(number)?));
    }
    section.check(
        "the four others stay",
        stay == NUMBERS.len(),
        format!("{stay} of {} validate", NUMBERS.len()),
    );
    let spec = spec();
    let era = spec.slot_millis * spec.epoch_blocks * u64::from(spec.sessions_per_era) / 1000;
    section.figure(
        "length of an era",
        format!("{era} s, bonding {} eras", spec.bonding_eras),
        era,
    );
    section.used(&window.close()?);
    Ok(())
}

/// Runs a command that must succeed, and reads the JSON that it prints.
async fn done(user: &User, words: &[&str]) -> Result<Value> {
    user.run([&["--json"][..], words].concat()).await?.expect(0)?.json()
}

/// An amount in what a command has printed, in planck.
fn amount(value: &Value, name: &str) -> Result<u128> {
    let text = value.get(name).and_then(Value::as_str);
    let text = text.with_context(|| format!("no {name} in {value}"))?;
    text.parse().with_context(|| format!("{name} is no amount in {value}"))
}

/// New session keys in a node, and the proof that they are its owner's.
async fn rotate(folder: &Path, node: &Node, owner: &str) -> Result<(String, String)> {
    let (out, log) = (folder.join("rotate.out"), folder.join("rotate.log"));
    let url = node.url();
    let words = ["key", "rotate", "--owner", owner, "--url", &url, "--json"];
    let mut launch = Launch::new(&binary("blocs-node")?, words, log.clone());
    launch.stdout = Some(out.clone());
    let status = run(launch, ROTATE).await?;
    ensure!(status.success(), "key rotate ended with {status}: {}", tail(&log));
    let printed: Value = serde_json::from_str(fs::read_to_string(out)?.trim())?;
    let text = |name: &str| {
        let text = printed.get(name).and_then(Value::as_str);
        text.map(str::to_owned)
            .with_context(|| format!("no {name} in {printed}"))
    };
    Ok((text("keys")?, text("proof")?))
}
