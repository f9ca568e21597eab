//! Accounts that several hold, accounts that act for others, names, other tokens, tokens over time: by the guide's steps.

use super::{Stage, Verdict};
use crate::{BLOC, Cluster, User, until};
use anyhow::{Context, Result, ensure};
use blocs_chain::{At, ChainClient, value};
use blocs_primitives::{AccountId, Balance};
use serde_json::Value;
use std::{fs, time::Duration};

/// Longest time for a few blocks, on a machine that does much else.
const BLOCKS: Duration = Duration::from_secs(240);

/// Runs a command that must succeed, and reads the JSON that it prints.
async fn done(user: &User, words: &[&str]) -> Result<Value> {
    let words: Vec<&str> = [&["--json"][..], words].concat();
    user.run(words).await?.expect(0)?.json()
}

/// Text in a JSON object.
fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    let text = value.get(name).and_then(Value::as_str);
    text.with_context(|| format!("no {name} in {value}"))
}

async fn free(cluster: &Cluster, account: &AccountId) -> Result<Balance> {
    Ok(cluster.chain().balance(account, At::Finalized).await?.free)
}

pub(super) async fn two_of_three_move_what_they_hold_together(stage: &Stage) -> Result<Verdict> {
    // Given three people, an account that two of them can use, and tokens on it
    let cluster = stage.shared().await?;
    let [ann, ben, cem, dan] = &cluster.users(["ann", "ben", "cem", "dan"]).await?;
    let addresses = [ann, ben, cem].map(|user| user.account().to_string());
    let group: Vec<&str> = ["--threshold", "2"]
        .into_iter()
        .chain(addresses.iter().flat_map(|address| ["--signatory", address.as_str()]))
        .collect();
    let with = |words: &[&'static str], more: &[&str]| -> Vec<String> {
        let all = words
            .iter()
            .copied()
            .chain(group.iter().copied())
            .chain(more.iter().copied());
        all.map(str::to_owned).collect()
    };
    let made = ann
        .run(with(&["--json", "multisig", "address"], &[]))
        .await?
        .expect(0)?
        .json()?;
    let address = text(&made, "account")?.to_owned();
    let account: AccountId = address.parse().map_err(|error| anyhow::anyhow!("{address}: {error}"))?;
    cluster.fund(&account, 50 * BLOC).await?;

    // When one proposes to send some on, nothing moves
    let target = cluster.poor_user("eve").await?;
    let to = target.account().to_string();
    let transfer = ["balances.transferKeepAlive", to.as_str(), "20BLOC"];
    let propose = with(&["--json", "multisig", "propose"], &transfer);
    let tried = ann
        .run(propose.iter().map(String::as_str).chain(["--dry-run"]))
        .await?
        .expect(0)?;
    ensure!(
        tried.json()?.get("would_succeed") == Some(&Value::Bool(true)),
        "{}",
        tried.stdout
    );
    let proposed = ann.run(&propose).await?.expect(0)?.json()?;
    let (hash, encoded) = (text(&proposed, "hash")?, text(&proposed, "encoded")?);
    let waiting = done(ann, &["multisig", "ls", &address]).await?;
    ensure!(
        text(&waiting, "hash")? == hash && text(&waiting, "depositor")? == addresses[0],
        "{waiting}"
    );
    ensure!(
        free(cluster, target.account()).await? == 0,
        "one of two moved the tokens"
    );

    // And a stranger, a second time, and the hash alone do not do
    let approve = |more: &[&str]| with(&["--json", "multisig", "approve"], more);
    dan.run(approve(&[encoded]))
        .await?
        .expect(2)?
        .says(&["not among the signatories"])?;
    ann.run(approve(&[encoded]))
        .await?
        .expect(23)?
        .says(&["has approved"])?;
    ben.run(approve(&["--hash", hash]))
        .await?
        .expect(2)?
        .says(&["last approval", "give the call"])?;

    // Then a second of them moves it
    let approved = ben.run(approve(&[encoded])).await?.expect(0)?.json()?;
    ensure!(approved.get("executed") == Some(&Value::Bool(true)), "{approved}");
    ensure!(
        free(cluster, target.account()).await? == 20 * BLOC,
        "the tokens did not move"
    );
    let nothing = ann.run(["--json", "multisig", "ls", &address]).await?.expect(0)?;
    ensure!(nothing.stdout.is_empty(), "{}", nothing.stdout);

    // And a call that fails in the end is said to have failed, with the reason
    let too_much = ["balances.transferKeepAlive", to.as_str(), "1000BLOC"];
    cem.run(with(&["multisig", "propose"], &too_much)).await?.expect(0)?;
    ben.run(approve(&too_much))
        .await?
        .expect(23)?
        .says(&["failed", "Funds"])?;

    // And who proposed can take it back, with the deposit
    let held = |account: AccountId| async move { cluster.chain().balance(&account, At::Finalized).await };
    let remark = ["system.remark", "0x01"];
    let proposed = ann
        .run(with(&["--json", "multisig", "propose"], &remark))
        .await?
        .expect(0)?
        .json()?;
    ensure!(held(ann.account().clone()).await?.held > 0, "no deposit is held");
    let hash = text(&proposed, "hash")?;
    ben.run(with(&["multisig", "cancel"], &[hash]))
        .await?
        .expect(23)?
        .says(&["only"])?;
    ann.run(with(&["multisig", "cancel"], &[hash])).await?.expect(0)?;
    ensure!(
        held(ann.account().clone()).await?.held == 0,
        "the deposit did not come back"
    );
    Ok(Verdict::Passed)
}

pub(super) async fn proxies_do_what_their_type_allows_and_no_more(stage: &Stage) -> Result<Verdict> {
    // Given an account with a proxy for votes and one for the market, and a proposal to vote on
    let cluster = stage.shared().await?;
    let [owner, voter, keeper, slow] = cluster.users(["owner", "voter", "keeper", "slow"]).await?;
    let real = owner.account().to_string();
    let (voter_address, keeper_address) = (voter.account().to_string(), keeper.account().to_string());
    done(&owner, &["proxy", "add", &voter_address, "--type", "governance"]).await?;
    done(&owner, &["proxy", "add", &keeper_address, "--type", "market"]).await?;
    let rows = owner.run(["--json", "proxy", "ls"]).await?.expect(0)?.json_lines()?;
    ensure!(rows.len() == 2, "{rows:?}");
    let calls = owner.home().join("calls.txt");
    fs::write(
        &calls,
        "# two calls, one transaction\nsystem.remark 0x01\nreferenda.submit Origins(SmallSpender) system.remark(0x02) After(10)\n",
    )?;
    done(&owner, &["batch", &calls.display().to_string()]).await?;
    let index = referendum_of(cluster, owner.account()).await?.to_string();

    // Then the first can vote with the owner's tokens, but not send them
    let as_owner = ["proxy", "call", "--as", real.as_str()];
    let vote = [
        "convictionVoting.vote",
        index.as_str(),
        "Standard{vote: 128, balance: 5BLOC}",
    ];
    done(&voter, &[&as_owner[..], &vote[..]].concat()).await?;
    let keys = vec![value::account(owner.account())];
    let votes = cluster
        .chain()
        .entries(At::Finalized, "ConvictionVoting", "VotingFor", keys, 10)
        .await?;
    ensure!(!votes.is_empty(), "the owner has not voted");
    let transfer = ["balances.transferKeepAlive", voter_address.as_str(), "1BLOC"];
    let refused = voter.run([&as_owner[..], &transfer[..]].concat()).await?.expect(23)?;
    refused.says(&["CallFiltered"])?;

    // And the second reaches the market, and nothing else, not by a batch either
    let market = ["storageMarket.topUp", "1BLOC"];
    let reached = keeper.run([&as_owner[..], &market[..]].concat()).await?.expect(23)?;
    reached.says(&["StorageMarket"])?;
    let batch = format!("[balances.transferKeepAlive({keeper_address}, 1BLOC)]");
    let wrong: [&[&str]; 3] = [&vote, &transfer, &["utility.batchAll", &batch]];
    for call in wrong {
        let refused = keeper.run([&as_owner[..], call].concat()).await?.expect(23)?;
        refused.says(&["CallFiltered"])?;
    }

    // And with a delay a call must be announced first
    let slow_address = slow.account().to_string();
    let any = ["--yes", "proxy", "add", &slow_address, "--type", "any", "--delay", "3"];
    done(&owner, &any).await?;
    let transfer = ["balances.transferKeepAlive", slow_address.as_str(), "1BLOC"];
    slow.run([&as_owner[..], &transfer[..]].concat())
        .await?
        .expect(23)?
        .says(&["Unannounced"])?;
    done(
        &slow,
        &[&["proxy", "announce", "--as", &real][..], &transfer[..]].concat(),
    )
    .await?;
    let announced = [&["proxy", "call", "--as", &real, "--announced"][..], &transfer[..]].concat();
    until("the delay is over", BLOCKS, || async {
        let outcome = slow.run(announced.iter()).await?;
        match outcome.code {
            Some(23) => Ok(None),
            _ => outcome.expect(0).map(Some),
        }
    })
    .await?;

    // And who is removed can act no more
    done(&owner, &["proxy", "remove", &voter_address, "--type", "governance"]).await?;
    voter
        .run([&as_owner[..], &vote[..]].concat())
        .await?
        .expect(23)?
        .says(&["NotProxy"])?;
    done(&owner, &["proxy", "remove", "--all"]).await?;
    let none = owner.run(["--json", "proxy", "ls"]).await?.expect(0)?;
    ensure!(none.stdout.is_empty(), "{}", none.stdout);
    Ok(Verdict::Passed)
}

/// The referendum that an account has proposed.
pub(super) async fn referendum_of(cluster: &Cluster, account: &AccountId) -> Result<u128> {
    let entries = cluster
        .chain()
        .entries(At::Finalized, "Referenda", "ReferendumInfoFor", vec![], 1_000)
        .await?;
    let is_of = |info: &blocs_chain::Decoded| {
        let (_, fields) = value::variant(info)?;
        let deposit = value::field(fields.values().next()?, "submission_deposit")?;
        value::field(deposit, "who").and_then(value::as_account)
    };
    let found = entries.iter().find(|(_, info)| is_of(info).as_ref() == Some(account));
    let index = found.and_then(|(keys, _)| keys.first()).and_then(value::as_u128);
    index.context("the referendum is not there")
}

pub(super) async fn other_tokens_are_made_sent_and_burnt(stage: &Stage) -> Result<Verdict> {
    // Given an asset with three decimals
    let cluster = stage.shared().await?;
    let [smith, buyer] = cluster.users(["smith", "buyer"]).await?;
    let (own, to) = (smith.account().to_string(), buyer.account().to_string());
    let create = [
        "asset",
        "create",
        "7",
        "--name",
        "Gold",
        "--symbol",
        "GOLD",
        "--decimals",
        "3",
        "--min-balance",
        "0.001",
    ];
    done(&smith, &create).await?;
    smith.run(create).await?.expect(23)?.says(&["InUse"])?;

    // When some is made, sent and burnt
    done(&smith, &["asset", "mint", "7", &own, "100"]).await?;
    done(&smith, &["asset", "transfer", "7", &to, "30.5"]).await?;
    done(&smith, &["asset", "burn", "7", &to, "0.5"]).await?;

    // Then each holds what is left
    let held = |user: User| async move { user.run(["asset", "balance", "7"]).await?.expect(0) };
    let shown = buyer.run(["asset", "show", "7"]).await?.expect(0)?;
    ensure!(shown.stdout.contains("99.5 GOLD in 2 accounts"), "{}", shown.stdout);
    let listed = buyer.run(["asset", "ls"]).await?.expect(0)?;
    ensure!(listed.stdout.contains("Gold"), "{}", listed.stdout);
    buyer
        .run(["asset", "mint", "7", &to, "1"])
        .await?
        .expect(23)?
        .says(&["NoPermission"])?;
    buyer
        .run(["asset", "transfer", "7", &own, "0.0001"])
        .await?
        .expect(2)?
        .says(&["3 decimals"])?;
    buyer
        .run(["asset", "transfer", "7", &own, "31"])
        .await?
        .expect(23)?
        .says(&["BalanceLow"])?;
    buyer
        .run(["asset", "balance", "8"])
        .await?
        .expect(4)?
        .says(&["no asset 8"])?;
    ensure!(held(smith).await?.stdout.trim() == "69.5 GOLD");
    ensure!(held(buyer).await?.stdout.trim() == "30 GOLD");
    Ok(Verdict::Passed)
}

pub(super) async fn names_are_shown_and_tokens_become_free_over_time(stage: &Stage) -> Result<Verdict> {
    // Given an account that says who it is
    let cluster = stage.shared().await?;
    let (giver, heir) = (cluster.user("giver").await?, cluster.poor_user("heir").await?);
    let (from, to) = (giver.account().to_string(), heir.account().to_string());
    heir.run(["identity", "show", &from])
        .await?
        .expect(4)?
        .says(&["no identity"])?;
    done(
        &giver,
        &[
            "identity",
            "set",
            "--display",
            "Ada Example",
            "--web",
            "https://example.org",
        ],
    )
    .await?;
    let shown = done(&heir, &["identity", "show", &from]).await?;
    ensure!(
        text(&shown, "display")? == "Ada Example" && text(&shown, "web")? == "https://example.org",
        "{shown}"
    );
    done(&giver, &["identity", "clear"]).await?;
    heir.run(["identity", "show", &from]).await?.expect(4)?;

    // When it sends tokens that become free over twenty blocks
    let sent = done(&giver, &["vesting", "create", &to, "20", "--blocks", "20"]).await?;
    let row = done(&heir, &["vesting", "show"]).await?;
    ensure!(row.get("end") == sent.get("end"), "{row} {sent}");

    // Then they cannot be sent on at once, and can when the time is over
    heir.run(["transfer", &from, "19.5", "--fast"])
        .await?
        .expect(20)
        .or_else(|_| {
            let end = sent.get("end").and_then(Value::as_u64);
            anyhow::bail!("locked tokens were sent, or refused for another reason; all are free at {end:?}")
        })?;
    until("all tokens are free", BLOCKS, || async {
        let claimed = done(&giver, &["vesting", "claim", "--for", &to]).await?;
        Ok((text(&claimed, "locked")? == "0").then_some(()))
    })
    .await?;
    done(&heir, &["transfer", &from, "19.5"]).await?;
    Ok(Verdict::Passed)
}
