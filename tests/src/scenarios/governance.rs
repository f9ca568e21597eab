//! Governance by the guides' steps: voting, delegating, the treasury, the technical collective, and emergencies.

use super::{Stage, Verdict, loss::with_file};
use crate::{BLOC, Cluster, Outcome, User, until};
use anyhow::{Context, Result, ensure};
use blocs_chain::{At, ChainClient};
use blocs_primitives::Balance;
use serde_json::Value;
use std::{fs, path::Path, time::Duration};

/// Longest time for a referendum of a development chain, on a machine that does much else.
const REFERENDUM: Duration = Duration::from_secs(400);
/// What a voter gets: enough to pass a referendum alone well before its time is over.
const VOTER: Balance = 700_000 * BLOC;

/// Runs a command that must succeed, and reads the JSON that it prints.
async fn done(user: &User, words: &[&str]) -> Result<Value> {
    let words: Vec<&str> = [&["--json", "--yes"][..], words].concat();
    user.run(words).await?.expect(0)?.json()
}

/// Text in a JSON object.
fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str> {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.with_context(|| format!("no {pointer} in {value}"))
}

/// An amount in a JSON object, in planck.
fn amount(value: &Value, pointer: &str) -> Result<Balance> {
    text(value, pointer)?
        .parse()
        .with_context(|| format!("{pointer} is no amount in {value}"))
}

fn number(value: &Value, pointer: &str) -> Result<u64> {
    let number = value.pointer(pointer).and_then(Value::as_u64);
    number.with_context(|| format!("no number {pointer} in {value}"))
}

/// A user with so many BLOC.
async fn rich(cluster: &Cluster, name: &str, amount: Balance) -> Result<User> {
    let user = cluster.poor_user(name).await?;
    cluster.fund(user.account(), amount).await?;
    Ok(user)
}

/// One of the well-known accounts of development chains.
async fn known(cluster: &Cluster, name: &str) -> Result<User> {
    let home = cluster.folder().join(format!("known-{name}"));
    let user = User::at(&home, cluster.url())?;
    let secret = home.join("secret.txt");
    fs::write(&secret, format!("//{name}"))?;
    private(&secret)?;
    let secret = secret.display().to_string();
    user.run(["account", "import", name, "--secret-file", &secret])
        .await?
        .expect(0)?;
    Ok(user)
}

fn private(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o600))?)
}

/// Proposes with the decision deposit; the number of the referendum.
async fn propose(user: &User, words: &[&str]) -> Result<String> {
    let made = done(user, &[&["gov"][..], words, &["--deposit"]].concat()).await?;
    Ok(number(&made, "/index")?.to_string())
}

async fn vote(user: &User, index: &str, amount: &str, conviction: &str) -> Result<Value> {
    done(user, &["gov", "vote", index, "aye", amount, "--conviction", conviction]).await
}

/// Waits until the referendum has ended like this; what `gov show` says of it then.
async fn ends(user: &User, index: &str, how: &str) -> Result<Value> {
    until(&format!("referendum {index} is {how}"), REFERENDUM, || async {
        let shown = done(user, &["gov", "show", index]).await?;
        Ok((text(&shown, "/status")? == how).then_some(shown))
    })
    .await
}

/// Waits until the call of an approved referendum has taken effect.
async fn takes_effect(user: &User, index: &str) -> Result<()> {
    ends(user, index, "approved").await?;
    until(&format!("referendum {index} has taken effect"), REFERENDUM, || async {
        let shown = done(user, &["gov", "show", index]).await?;
        Ok(shown["enacted_at"].is_null().then_some(()))
    })
    .await
}

/// The market's parameters.
async fn declared_slash(cluster: &Cluster) -> Result<u128> {
    let params = cluster
        .chain()
        .read(At::Finalized, "StorageMarket", "Params", Vec::new())
        .await?;
    let params = params.context("the market has no parameters")?;
    let share = blocs_chain::value::field(&params, "declared_slash").and_then(blocs_chain::value::as_u128);
    share.context("no declared slash")
}

/// The number of the next block that is final.
async fn finalized(cluster: &Cluster) -> Result<u32> {
    Ok(cluster.chain().block(At::Finalized).await?.number)
}

pub(super) async fn a_voter_changes_a_parameter_of_the_market_and_unlocks_what_the_vote_locked(
    stage: &Stage,
) -> Result<Verdict> {
    // Given somebody with many tokens
    let cluster = stage.own("governance-voter", 0).await?;
    let user = rich(&cluster, "voter", VOTER).await?;
    ensure!(declared_slash(&cluster).await? != 90_000_000, "it is so already");

    // When they look at what it takes, try it out, and propose it
    let tracks = user.run(["gov", "tracks"]).await?.expect(0)?;
    ensure!(tracks.stdout.contains("market_admin"), "{}", tracks.stdout);
    let change = ["gov", "propose", "--track", "market_admin", "--set", "declaredSlash=9%"];
    let tried = user.run([&change[..], &["--dry-run"]].concat()).await?.expect(0)?;
    tried.says(&["declared_slash: ", "-> 9", "10 BLOC", "5 BLOC", "fee"])?;
    let unsure = user.run(change).await?.expect(2)?;
    unsure.says(&["nothing was sent", "--yes"])?;
    let none = user.run(["--json", "gov", "ls"]).await?.expect(0)?;
    ensure!(none.stdout.is_empty(), "something was proposed: {}", none.stdout);
    let made = done(&user, &change).await?;
    let index = number(&made, "/index")?.to_string();

    // Then it is shown, decoded, and waits for its deposit
    let shown = user.run(["gov", "show", &index]).await?.expect(0)?.stdout;
    for word in [
        "awaiting deposit",
        "market_admin (10)",
        "MarketAdmin",
        "StorageMarket.set_parameter",
        "blocs gov deposit",
        "--conviction 6",
        "·",
    ] {
        ensure!(shown.contains(word), "{word:?} is not shown: {shown}");
    }
    done(&user, &["gov", "deposit", &index]).await?;

    // When they vote with conviction, they learn what that locks; the deposit is put down once, and its twenty blocks have begun
    let words = ["gov", "vote", &index, "aye", "600000", "--conviction", "1"];
    let (voted, again) = tokio::try_join!(user.run(words), user.run(["gov", "deposit", &index]))?;
    again.expect(23)?.says(&["HasDeposit"])?;
    voted
        .expect(0)?
        .says(&["600000 BLOC are locked", "until block", "5 blocks"])?;
    let listed = done(&user, &["gov", "ls", "--mine", "--status", "ongoing"]).await?;
    ensure!(
        text(&listed, "/call")? == "StorageMarket.set_parameter" && number(&listed, "/approval")? == 1_000_000_000,
        "{listed}"
    );

    // Then it passes, and the parameter is changed
    let ended = ends(&user, &index, "approved").await?;
    ensure!(
        text(&ended, "/call/call")? == "set_parameter" && amount(&ended, "/ayes")? == 600_000 * BLOC,
        "{ended}"
    );
    until("the parameter is changed", REFERENDUM, || async {
        Ok((declared_slash(&cluster).await? == 90_000_000).then_some(()))
    })
    .await?;

    // And the deposits come back, but the tokens are locked: they can be neither sent nor put down
    let refunded = done(&user, &["gov", "refund", &index]).await?;
    ensure!(amount(&refunded, "/refunded")? == 15 * BLOC, "{refunded}");
    let locked = ["gov", "vote", &index, "aye", "1"];
    user.run(locked).await?.expect(23)?.says(&["NotOngoing", "approved"])?;
    let other = cluster.poor_user("other").await?.account().to_string();
    let spent = user.run(["transfer", &other, "200000"]).await?.expect(20)?;
    spent.says(&["needed", "votes lock 600000 BLOC", "market_admin", "blocs gov unlock"])?;

    // Until they are unlocked
    let freed = until("the vote can be unlocked", REFERENDUM, || async {
        let outcome = user.run(["--json", "gov", "unlock"]).await?;
        match outcome.code {
            Some(5) => Ok(None),
            _ => outcome.expect(0)?.json().map(Some),
        }
    })
    .await?;
    ensure!(
        amount(&freed, "/freed")? == 600_000 * BLOC && amount(&freed, "/locked")? == 0,
        "{freed}"
    );
    user.run(["transfer", &other, "200000"]).await?.expect(0)?;
    user.run(["gov", "unlock"])
        .await?
        .expect(4)?
        .says(&["nothing is locked"])?;
    Ok(Verdict::Passed)
}

pub(super) async fn a_delegation_counts_until_it_is_taken_back(stage: &Stage) -> Result<Verdict> {
    // Given a referendum, and somebody with few tokens who votes
    let cluster = stage.shared().await?;
    let [voter, other] = cluster.users(["gov-voter", "gov-delegator"]).await?;
    let index = remark(&voter).await?;
    vote(&voter, &index, "10", "2").await?;
    let ayes = || async { amount(&done(&voter, &["gov", "show", &index]).await?, "/ayes") };
    ensure!(ayes().await? == 20 * BLOC, "{} ayes", ayes().await?);

    // When somebody else delegates
    let to = voter.account().to_string();
    let words = ["gov", "delegate", &to, "100", "--track", "root", "--conviction", "6"];
    done(&other, &words).await?;

    // Then the voter's vote counts more, and the other cannot vote
    ensure!(ayes().await? == 620 * BLOC, "{} ayes", ayes().await?);
    other
        .run(["gov", "vote", &index, "nay", "1"])
        .await?
        .expect(23)?
        .says(&["AlreadyDelegating", "blocs gov undelegate --track root"])?;
    other.run(words).await?.expect(23)?.says(&["AlreadyDelegating"])?;

    // Until it is taken back, and its lock has passed
    done(&other, &["gov", "undelegate", "--track", "root"]).await?;
    ensure!(ayes().await? == 20 * BLOC, "{} ayes", ayes().await?);
    other
        .run(["gov", "unlock"])
        .await?
        .expect(5)?
        .says(&["100 BLOC stay locked", "block"])?;
    let locks = done(&other, &["gov", "locks"]).await?;
    ensure!(
        text(&locks, "/track")? == "root" && amount(&locks, "/locked")? == 100 * BLOC,
        "{locks}"
    );

    // And a vote can be taken back as well; a new referendum, for the first is not open for ever
    let index = remark(&voter).await?;
    vote(&voter, &index, "10", "2").await?;
    done(&voter, &["gov", "remove-vote", &index]).await?;
    let shown = done(&voter, &["gov", "show", &index]).await?;
    ensure!(amount(&shown, "/ayes")? == 0, "{shown}");
    let split = [
        "gov",
        "vote",
        &index,
        "split",
        "--aye",
        "3",
        "--nay",
        "2",
        "--abstain",
        "1",
    ];
    done(&voter, &split).await?;
    let shown = done(&voter, &["gov", "show", &index]).await?;
    ensure!(
        amount(&shown, "/nays")? == BLOC / 5 && amount(&shown, "/support_amount")? == 4 * BLOC,
        "{shown}"
    );
    Ok(Verdict::Passed)
}

/// A proposal without its decision deposit, which stays open for a hundred blocks, whatever the votes.
async fn remark(user: &User) -> Result<String> {
    let words = ["gov", "propose", "--track", "root", "system.remark", "a remark"];
    Ok(number(&done(user, &words).await?, "/index")?.to_string())
}

pub(super) async fn the_treasury_pays_what_a_spenders_track_approves(stage: &Stage) -> Result<Verdict> {
    // Given a treasury with tokens, and somebody with many
    let cluster = stage.own("governance-treasury", 0).await?;
    let user = rich(&cluster, "spender", VOTER).await?;
    let payee = cluster.poor_user("payee").await?;
    let to = payee.account().to_string();
    let treasury = done(&user, &["gov", "treasury", "show"]).await?;
    done(&user, &["transfer", text(&treasury, "/account")?, "5000"]).await?;

    // When a spend is proposed, the lowest track that may is chosen
    user.run(["gov", "treasury", "spend", "1500", &to, "--track", "small_spender"])
        .await?
        .expect(23)?
        .says(&["InsufficientPermission", "medium_spender"])?;
    let index = propose(&user, &["treasury", "spend", "1500", &to]).await?;
    // At once, for a referendum with its deposit is decided within twenty blocks.
    vote(&user, &index, "600000", "0").await?;
    let shown = done(&user, &["gov", "show", &index]).await?;
    ensure!(text(&shown, "/track")? == "medium_spender", "{shown}");
    takes_effect(&user, &index).await?;

    // Then anybody can have it paid out, once
    let spend = until("the spend is approved", REFERENDUM, || async {
        let shown = done(&user, &["gov", "treasury", "show"]).await?;
        Ok(shown.pointer("/spends/0").cloned())
    })
    .await?;
    ensure!(
        amount(&spend, "/amount")? == 1_500 * BLOC && text(&spend, "/to")? == to,
        "{spend}"
    );
    let id = number(&spend, "/id")?.to_string();
    done(&user, &["gov", "treasury", "payout", &id]).await?;
    let balance = cluster.chain().balance(payee.account(), At::Finalized).await?;
    ensure!(balance.free == 1_500 * BLOC, "the payee has {balance:?}");
    user.run(["gov", "treasury", "payout", &id]).await?.expect(4)?;

    // And bounties are proposed and listed
    let bounty = done(&user, &["gov", "bounty", "propose", "50", "a logo"]).await?;
    let listed = done(&user, &["gov", "bounty", "ls"]).await?;
    ensure!(
        listed["id"] == bounty["id"] && text(&listed, "/description")? == "a logo",
        "{listed}"
    );
    Ok(Verdict::Passed)
}

pub(super) async fn a_whitelisted_call_passes_on_its_own_track(stage: &Stage) -> Result<Verdict> {
    // Given a call of root's, too long to be held inline, that is proposed on the track of whitelisted calls
    let cluster = stage.own("governance-whitelist", 0).await?;
    let user = rich(&cluster, "proposer", VOTER).await?;
    let (alice, bob) = (known(&cluster, "Alice").await?, known(&cluster, "Bob").await?);
    let key = format!("[(0x{}, 0x2a)]", "77".repeat(150));
    let call = ["--track", "whitelisted_caller", "system.setStorage", &key];
    let words = [&["gov", "propose"][..], &call].concat();
    let tried = user
        .run([&["--yes"][..], &words, &["--deposit", "--dry-run"]].concat())
        .await?
        .expect(0)?;
    let said = tried.stderr.clone();
    let hash = said
        .split_whitespace()
        .map(|word| word.trim_matches(|sign: char| !sign.is_ascii_alphanumeric()))
        .find(|word| word.len() == 66 && word.starts_with("0x"));
    let hash = hash
        .with_context(|| format!("no hash to whitelist in {said}"))?
        .to_owned();
    let made = done(&user, &words).await?;
    ensure!(made["preimage_noted"] == true, "{made}");
    let index = number(&made, "/index")?.to_string();

    // When the technical collective vouches for it
    user.run(["gov", "collective", "propose", "whitelist.whitelistCall", &hash])
        .await?
        .expect(6)?
        .says(&["NotMember"])?;
    let motion = done(
        &alice,
        &["gov", "collective", "propose", "whitelist.whitelistCall", &hash],
    )
    .await?;
    let motion = number(&motion, "/motion")?.to_string();
    done(&alice, &["gov", "collective", "vote", &motion, "aye"]).await?;
    alice
        .run(["gov", "collective", "close", &motion])
        .await?
        .expect(5)?
        .says(&["1 of 2", "TooEarly"])?;
    done(&bob, &["gov", "collective", "vote", &motion, "aye"]).await?;
    let closed = done(&bob, &["gov", "collective", "close", &motion]).await?;
    ensure!(text(&closed, "/outcome")? == "dispatched", "{closed}");

    // Then the referendum does it as root; with its deposit its twenty blocks begin
    done(&user, &["gov", "deposit", &index]).await?;
    vote(&user, &index, "600000", "0").await?;
    takes_effect(&user, &index).await?;
    let key = format!("0x{}", "77".repeat(150));
    until("the call of root's has taken effect", REFERENDUM, || async {
        let node = cluster.node().await;
        let found = node.rpc("state_getStorage", serde_json::json!([key])).await?;
        Ok((found.as_str() == Some("0x2a")).then_some(()))
    })
    .await?;
    Ok(Verdict::Passed)
}

pub(super) async fn safe_mode_stops_transfers_and_neither_blocks_nor_proofs_nor_the_vote_that_lifts_it(
    stage: &Stage,
) -> Result<Verdict> {
    // Given a file on providers, and the technical collective
    let cluster = stage.own("emergency", 3).await?;
    let (owner, _, _) = with_file(&cluster, "owner", 1 << 16, &["--ec", "2+1"]).await?;
    let voter = rich(&cluster, "voter", VOTER).await?;
    let members = [
        known(&cluster, "Alice").await?,
        known(&cluster, "Bob").await?,
        known(&cluster, "Charlie").await?,
    ];
    let to = voter.account().to_string();

    // When it pauses a call, that call alone is refused
    decide(&members, &["pause", "add", "balances.transferKeepAlive"]).await?;
    refused(&owner, &to).await?;
    let paused = done(&owner, &["gov", "pause", "show"]).await?;
    ensure!(text(&paused, "/call")? == "Balances.transfer_keep_alive", "{paused}");
    decide(&members, &["pause", "lift", "balances.transferKeepAlive"]).await?;
    done(&owner, &["transfer", &to, "1"]).await?;

    // When it enters safe mode, transfers are refused
    decide(&members, &["safe-mode", "enter"]).await?;
    let entered = finalized(&cluster).await?;
    let shown = done(&owner, &["gov", "safe-mode", "show"]).await?;
    ensure!(shown["on"] == true, "{shown}");
    refused(&owner, &to).await?;

    // And a referendum can be proposed, voted on, and leave it
    let index = propose(&voter, &["safe-mode", "exit"]).await?;
    vote(&voter, &index, "600000", "0").await?;

    // Meanwhile proofs are accepted and blocks are finalized
    let period = entered / cluster.chain().period_length() + 1;
    for number in 0..3 {
        let account = cluster.provider(number).await?.account().clone();
        cluster.proved_since(&account, period, REFERENDUM).await?;
    }
    takes_effect(&voter, &index).await?;
    let left = until("safe mode is off", REFERENDUM, || async {
        let shown = done(&owner, &["gov", "safe-mode", "show"]).await?;
        Ok(match shown["on"] == false {
            true => Some(finalized(&cluster).await?),
            false => None,
        })
    })
    .await?;
    ensure!(left >= entered + 20, "only blocks {entered} to {left} were finalized");
    done(&owner, &["transfer", &to, "1"]).await?;
    Ok(Verdict::Passed)
}

/// Has all members of the collective decide something.
async fn decide(members: &[User], words: &[&str]) -> Result<()> {
    let proposer = members.first().context("no members")?;
    let motion = done(proposer, &[&["gov"][..], words, &["--collective"]].concat()).await?;
    let motion = number(&motion, "/motion")?.to_string();
    let votes = members
        .iter()
        .map(|member| async { done(member, &["gov", "collective", "vote", &motion, "aye"]).await });
    futures::future::try_join_all(votes).await?;
    let closed = done(proposer, &["gov", "collective", "close", &motion]).await?;
    ensure!(text(&closed, "/outcome")? == "dispatched", "{closed}");
    Ok(())
}

/// A transfer is refused, and the user learns why.
async fn refused(user: &User, to: &str) -> Result<Outcome> {
    let outcome = user.run(["transfer", to, "1"]).await?.expect(23)?;
    outcome.says(&["CallFiltered"])
}

pub(super) async fn bad_proposals_are_refused_before_anything_is_sent(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let user = cluster.user("bad-proposer").await?;
    let before = cluster.chain().balance(user.account(), At::Finalized).await?;
    let propose = |words: &'static [&'static str]| {
        let words: Vec<&str> = [&["--yes", "gov", "propose"][..], words].concat();
        let user = &user;
        async move { user.run(words).await }
    };

    // A track that is not there
    propose(&["--track", "kitchen", "system.remark", "hello"])
        .await?
        .expect(4)?
        .says(&["no track", "kitchen", "market_admin", "blocs gov tracks"])?;
    // Bytes that are no call
    propose(&["--track", "root", "--encoded", "0xffff00"])
        .await?
        .expect(2)?
        .says(&["cannot decode the call"])?;
    propose(&["--track", "root", "--encoded", "0xzz"])
        .await?
        .expect(2)?
        .says(&["hexadecimal"])?;
    // A call that is not there, and no call at all
    propose(&["--track", "root", "system.remrk", "hello"])
        .await?
        .expect(2)?
        .says(&["remrk", "remark"])?;
    propose(&["--track", "root"]).await?.expect(2)?.says(&["no call"])?;
    propose(&["--track", "market_admin", "--set", "mood=1%"])
        .await?
        .expect(2)?
        .says(&["mood", "miss_slash"])?;
    // More than the account holds
    let poor = cluster.poor_user("poor-proposer").await?;
    cluster.fund(poor.account(), 2 * BLOC).await?;
    poor.run(["--yes", "gov", "propose", "--track", "root", "system.remark", "hello"])
        .await?
        .expect(20)?
        .says(&["needed", "held"])?;
    user.run(["gov", "vote", "4000000", "aye", "1"])
        .await?
        .expect(4)?
        .says(&["no referendum"])?;
    user.run(["gov", "vote", "0", "aye", "1", "--conviction", "7"])
        .await?
        .expect(2)?
        .says(&["0 to 6"])?;

    let after = cluster.chain().balance(user.account(), At::Finalized).await?;
    ensure!(before == after, "something was sent: {before:?}, then {after:?}");
    Ok(Verdict::Passed)
}
