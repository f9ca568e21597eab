//! Any call of any pallet, by the guide's steps: made, tried out, signed, sent, taken apart.

use super::{Stage, Verdict};
use crate::{BLOC, Cluster, User, until};
use anyhow::{Context, Result, ensure};
use blocs_chain::{At, ChainClient, Signer, TxOptions, WaitFor, value};
use blocs_primitives::Balance;
use futures::future::try_join_all;
use serde_json::Value;
use std::{path::Path, time::Duration};

/// Bob on this network, and the same key on Polkadot.
const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
const BOB_OF_POLKADOT: &str = "14E5nqKAp3oAJcmzgZhUD2RcptBeUBScxKHgJKU4HPNcKVf3";

/// Calls of one account that are sent side by side, and how many follow each other.
const ROWS: u128 = 3;
const CALLS_IN_A_ROW: u128 = 8;

/// Text in a JSON object.
fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str> {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.with_context(|| format!("no {pointer} in {value}"))
}

/// Runs a command that must succeed, and reads the JSON that it prints.
async fn done(user: &User, words: &[&str]) -> Result<Value> {
    let words: Vec<&str> = [&["--json"][..], words].concat();
    user.run(words).await?.expect(0)?.json()
}

async fn free(cluster: &Cluster, user: &User) -> Result<Balance> {
    Ok(cluster.chain().balance(user.account(), At::Finalized).await?.free)
}

/// Names of the events in what `tx call` printed.
fn events(sent: &Value) -> Vec<String> {
    let all = sent.pointer("/events").and_then(Value::as_array);
    let name = |event: &Value| Some(format!("{}.{}", event["pallet"].as_str()?, event["event"].as_str()?));
    all.into_iter().flatten().filter_map(name).collect()
}

pub(super) async fn a_call_is_made_by_its_name_tried_out_and_sent(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let user = cluster.user("caller").await?;
    let before = free(cluster, &user).await?;

    // Trying it out says the fee and costs nothing
    let call = ["tx", "call", "system.remarkWithEvent", "hello world"];
    let tried = done(&user, &[&call[..], &["--dry-run"]].concat()).await?;
    ensure!(tried["would_succeed"] == true, "it would fail: {tried}");
    let fee: Balance = text(&tried, "/fee")?.parse()?;
    ensure!(fee > 0, "it would be free: {tried}");
    ensure!(free(cluster, &user).await? == before, "the dry run cost something");

    // Sending it does what was said, for that fee
    let sent = done(&user, &call).await?;
    ensure!(
        sent["finalized"] == true && text(&sent, "/call/args/remark")? == "0x68656c6c6f20776f726c64",
        "{sent}"
    );
    ensure!(
        events(&sent).contains(&"System.Remarked".to_owned()),
        "no event of the remark: {sent}"
    );
    ensure!(
        free(cluster, &user).await? == before - fee,
        "another fee than {fee} was taken: {sent}"
    );

    // In two words, with a tip, not waiting for finality
    let tipped = done(
        &user,
        &[
            "tx",
            "call",
            "System",
            "remark",
            "remark=0x00",
            "--tip",
            "0.5",
            "--wait",
            "best",
        ],
    )
    .await?;
    let paid = before - fee - cluster.chain().balance(user.account(), At::Best).await?.free;
    ensure!(
        paid > BLOC / 2,
        "only {paid} was paid in place of a tip of half a BLOC: {tipped}"
    );
    Ok(Verdict::Passed)
}

pub(super) async fn calls_of_one_account_sent_at_the_same_time_all_take_effect(stage: &Stage) -> Result<Verdict> {
    // Given one account, whose nonce goes on with every block
    let cluster = stage.shared().await?;
    let chain = cluster.chain();
    let signer = Signer::from_suri("//Transactions//many")?;
    cluster.fund(&signer.account(), 100 * BLOC).await?;

    // When it sends calls in three rows side by side, each tried out first
    let row = |row: u128| {
        let signer = &signer;
        async move {
            for number in 0..CALLS_IN_A_ROW {
                let text = [format!("row {row}, call {number}")];
                let call = chain.call_from_text("system.remarkWithEvent", &text).await?;
                chain
                    .submit_raw(signer, call, TxOptions::default(), WaitFor::InBlock)
                    .await
                    .with_context(|| text.join(""))?;
            }
            anyhow::Ok(())
        }
    };
    try_join_all((0..ROWS).map(row)).await?;

    // Then each has used one nonce
    let key = vec![value::account(&signer.account())];
    let account = chain.read(At::Best, "System", "Account", key).await?;
    let nonce = account
        .as_ref()
        .and_then(|account| value::as_u128(value::field(account, "nonce")?));
    ensure!(nonce == Some(ROWS * CALLS_IN_A_ROW), "the next nonce is {nonce:?}");
    Ok(Verdict::Passed)
}

pub(super) async fn a_batch_is_shown_with_its_calls_and_takes_effect(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let user = cluster.user("batcher").await?;
    let friend = cluster.poor_user("batcher-friend").await?;
    let to = friend.account().to_string();

    // The encoding names the calls inside it when it is taken apart
    let calls = format!("[balances.transferKeepAlive({to}, 2BLOC), system.remark(\"thanks\")]");
    let made = done(&user, &["tx", "call", "utility.batchAll", &calls, "--export"]).await?;
    let encoded = text(&made, "/encoded")?;
    let shown = user.run(["tx", "decode", encoded]).await?.expect(0)?.stdout;
    for part in [
        "Utility.batch_all",
        "Balances.transfer_keep_alive",
        &to,
        "2 BLOC",
        "System.remark",
        "thanks",
    ] {
        ensure!(shown.contains(part), "{part} is not shown: {shown}");
    }
    ensure!(shown.contains(text(&made, "/hash")?), "another hash: {shown}");

    // And takes effect when it is sent, from its encoding
    let sent = done(&user, &["tx", "call", "--encoded", encoded]).await?;
    ensure!(events(&sent).contains(&"Utility.BatchCompleted".to_owned()), "{sent}");
    ensure!(
        free(cluster, &friend).await? == 2 * BLOC,
        "the friend has another balance"
    );

    // One call that fails makes all fail: known before, and nothing is sent
    let calls = format!("[system.remark(\"a\"), balances.transferKeepAlive({to}, 5_000BLOC)]");
    let before = free(cluster, &user).await?;
    user.run(["tx", "call", "utility.batchAll", &calls])
        .await?
        .expect(20)?
        .says(&["insufficient funds"])?;
    ensure!(
        free(cluster, &user).await? == before,
        "the failing batch cost something"
    );
    Ok(Verdict::Passed)
}

pub(super) async fn a_signed_transaction_is_sent_later_unless_it_has_expired(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let user = cluster.user("signer").await?;
    let sign = |mortal: &'static str| {
        [
            "tx",
            "call",
            "system.remark",
            "later",
            "--sign-only",
            "--mortal",
            mortal,
        ]
    };

    // Signed now, sent by somebody else
    let signed = done(&user, &sign("64")).await?;
    let other = cluster.poor_user("courier").await?;
    let sent = done(&other, &["tx", "send", text(&signed, "/signed")?]).await?;
    ensure!(sent["finalized"] == true && sent["hash"] == signed["hash"], "{sent}");

    // The same bytes a second time
    other
        .run(["tx", "send", text(&signed, "/signed")?])
        .await?
        .expect(1)?
        .says(&["nonce is used already", "nothing was sent"])?;

    // One that was valid for four blocks, after those
    let short = done(&user, &sign("4")).await?;
    let expires = short["expires"]
        .as_u64()
        .context("it does not say until when it is valid")?;
    until("the transaction has expired", Duration::from_secs(180), || async {
        let best = cluster.chain().block(At::Best).await?.number;
        Ok((u64::from(best) > expires + 1).then_some(()))
    })
    .await?;
    other
        .run(["tx", "send", text(&short, "/signed")?])
        .await?
        .expect(1)?
        .says(&["has expired", "nothing was sent"])?;
    Ok(Verdict::Passed)
}

pub(super) async fn mistakes_in_calls_are_named_and_nothing_is_sent(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let user = cluster.user("mistaken").await?;
    let before = free(cluster, &user).await?;
    let cases: [(&[&str], i32, &[&str]); 13] = [
        (&["call", "sistem.remark", "a"], 2, &["did you mean System?"]),
        (&["call", "system.remrk", "a"], 2, &["did you mean", "remark"]),
        (&["call", "system.remark"], 2, &["remark: it is missing"]),
        (&["call", "system.remark", "text=a", "b"], 2, &["too many arguments"]),
        (
            &["call", "balances.transferKeepAlive", BOB_OF_POLKADOT, "1BLOC"],
            2,
            &["prefix is 0 (polkadot)", "42", BOB],
        ),
        (
            &["call", "balances.transferKeepAlive", BOB, "one"],
            2,
            &["\"one\" is no amount"],
        ),
        (&["call", "--encoded", "0x0000"], 2, &["end too early"]),
        (&["call", "--encoded", "0xfffe00"], 2, &["no variant 255"]),
        (&["decode", "0x0000080102ff"], 2, &["1 bytes are left over"]),
        (&["decode", "zz"], 2, &["is not bytes"]),
        (
            &["call", "system.remark", "a", "--nonce", "9"],
            1,
            &["nonce", "nothing was sent"],
        ),
        (
            &["call", "system.setCode", "0x00"],
            23,
            &["another origin", "nothing was sent"],
        ),
        (
            &["call", "system.remark", "a", "--metadata-hash"],
            1,
            &["built without the hash of its metadata", "nothing was sent"],
        ),
    ];
    for (words, code, said) in cases {
        let words = [&["tx"][..], words].concat();
        user.run(words).await?.expect(code)?.says(said)?;
    }
    user.run(["transfer", BOB_OF_POLKADOT, "1"])
        .await?
        .expect(2)?
        .says(&["42"])?;
    ensure!(free(cluster, &user).await? == before, "a mistake cost something");
    Ok(Verdict::Passed)
}

pub(super) async fn tokens_that_votes_lock_are_named_when_they_are_missing(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let user = cluster.user("voter-who-pays").await?;

    // Given 900 of 1,000 BLOC that vote with another account
    done(
        &user,
        &[
            "tx",
            "call",
            "convictionVoting.delegate",
            "0",
            BOB,
            "Locked1x",
            "900BLOC",
        ],
    )
    .await?;

    // Then 500 cannot be sent, and it is said why and what to do
    let before = free(cluster, &user).await?;
    for words in [
        &["transfer", BOB, "500"][..],
        &["tx", "call", "balances.transferKeepAlive", BOB, "500BLOC"],
    ] {
        user.run(words)
            .await?
            .expect(20)?
            .says(&["500", "900 BLOC locked by votes", "blocs gov unlock"])?;
    }
    ensure!(
        free(cluster, &user).await? == before,
        "the failing transfer cost something"
    );

    // And 50 can
    done(&user, &["transfer", BOB, "50"]).await?;
    Ok(Verdict::Passed)
}

pub(super) async fn an_account_is_emptied_only_when_asked(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let user = cluster.user("leaver").await?;
    let friend = cluster.poor_user("leaver-friend").await?;
    let to = friend.account().to_string();

    // Not with an amount that leaves too little
    user.run(["transfer", &to, "1000"])
        .await?
        .expect(20)?
        .says(&["insufficient funds"])?;

    // Trying out changes nothing
    let before = free(cluster, &user).await?;
    ensure!(before == 1_000 * BLOC, "the account has {before}");
    let tried = done(&user, &["transfer", &to, "--all", "--dry-run"]).await?;
    ensure!(tried["would_succeed"] == true, "{tried}");
    ensure!(
        free(cluster, &user).await? == before,
        "the dry run cost something of {before}"
    );

    // With --all, nothing remains and the friend has it
    let sent = done(&user, &["transfer", &to, "--all"]).await?;
    let amount: Balance = text(&sent, "/amount")?.parse()?;
    ensure!(free(cluster, &user).await? == 0, "something is left: {sent}");
    ensure!(free(cluster, &friend).await? == amount && amount > 999 * BLOC, "{sent}");
    Ok(Verdict::Passed)
}

pub(super) async fn everything_in_the_newest_blocks_can_be_taken_apart(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let chain = cluster.chain();
    let best = chain.block(At::Best).await?.number;
    let mut seen = 0;
    for number in best.saturating_sub(30).max(1)..=best {
        let block = chain.block_hash(number).await?.context("the node forgot a block")?;
        for extrinsic in chain.block_extrinsics(block).await? {
            ensure!(extrinsic.call.to_json().is_object(), "{}", extrinsic.call);
            seen += 1;
        }
        seen += chain.events(block).await?.len();
    }
    ensure!(seen > 30, "only {seen} things in thirty blocks");
    // Storage, constants and runtime APIs too.
    let accounts = chain.entries(At::Finalized, "system", "account", Vec::new(), 5).await?;
    ensure!(!accounts.is_empty(), "there are no accounts");
    ensure!(
        blocs_chain::value::as_account(&accounts[0].0[0]).is_some(),
        "the key of an account is none"
    );
    chain.constant("balances", "existential_deposit").await?;
    chain.runtime_call(At::Best, "Core", "version", Vec::new()).await?;
    let missing = chain.read(At::Best, "system", "acount", Vec::new()).await;
    let said = missing.err().context("there is such an entry")?.to_string();
    ensure!(said.contains("did you mean Account?"), "{said}");
    Ok(Verdict::Passed)
}

pub(super) async fn commands_of_the_transactions_guide_work(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let user = cluster.user("reader").await?;
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guides/transactions.md");
    let guide = std::fs::read_to_string(&guide).with_context(|| format!("cannot read {}", guide.display()))?;
    let mut run = 0;
    let mut signed = String::new();
    for line in guide.lines().filter_map(|line| line.strip_prefix("blocs ")) {
        let line = line.replace("SIGNED", &signed);
        let words = shell_words(&line);
        let outcome = user.run(&words).await?.expect(0)?;
        if words.iter().any(|word| word == "--sign-only") {
            signed = outcome.stdout.trim().to_owned();
        }
        run += 1;
    }
    ensure!(run >= 8, "only {run} commands were found in the guide");
    Ok(Verdict::Passed)
}

/// Words as a shell takes them: single quotes keep blanks.
fn shell_words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in line.trim().chars() {
        match letter {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            other => {
                if let Some(word) = words.last_mut() {
                    word.push(other);
                }
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
