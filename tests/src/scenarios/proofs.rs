//! Proofs of the chain's state: made from a node's answers, verified without it. The commands are those of docs/guides/proofs.md.

use super::{Stage, Verdict};
use crate::{
    Node, NodeOptions, User,
    network::spec::{NetworkSpec, TestNetwork},
    random_file, until,
};
use anyhow::{Context, Result, ensure};
use blocs_chain::{At, ChainClient, ConnectOptions, Signer, StakingCall, StakingView, WaitFor, connect};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// An address at which nobody answers.
const NOWHERE: &str = "ws://127.0.0.1:1";
/// Exit codes.
const USAGE: i32 = 2;
const NO_CHAIN: i32 = 10;
const INTEGRITY: i32 = 24;
/// How long a set of validators may take to change: some eras of twelve seconds, on a machine that does much else.
const ERAS: Duration = Duration::from_secs(240);

fn at<'a>(value: &'a Value, pointer: &str) -> Result<&'a Value> {
    value
        .pointer(pointer)
        .with_context(|| format!("no {pointer} in {value}"))
}

fn number(value: &Value, pointer: &str) -> Result<u64> {
    at(value, pointer)?
        .as_u64()
        .with_context(|| format!("{pointer} is no number in {value}"))
}

fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str> {
    at(value, pointer)?
        .as_str()
        .with_context(|| format!("{pointer} is no text in {value}"))
}

/// Makes a proof, and verifies its file without a node. Both must say the same.
async fn proved(user: &User, genesis: &str, what: &[&str], file: &Path) -> Result<Value> {
    let out = file.display().to_string();
    let made = [&["--json", "proof"], what, &["--genesis", genesis, "--out", &out]].concat();
    let made = user.run(made).await?.expect(0)?.json()?;
    let verify = ["--json", "proof", "verify", &out, "--genesis", genesis];
    let verified = user.run_at(NOWHERE, verify).await?.expect(0)?.json()?;
    ensure!(made == verified, "made and verified differ:\n{made}\n{verified}");
    Ok(verified)
}

/// A copy of a file with a hexadecimal digit changed in the middle of the text at `pointer`.
fn altered(file: &Path, pointer: &str) -> Result<PathBuf> {
    let mut proof: Value = serde_json::from_slice(&fs::read(file)?)?;
    let field = proof.pointer_mut(pointer).with_context(|| format!("no {pointer}"))?;
    let mut bytes = field
        .as_str()
        .with_context(|| format!("{pointer} is no text"))?
        .as_bytes()
        .to_vec();
    let middle = bytes.len() / 2;
    let digit = bytes.get_mut(middle).with_context(|| format!("{pointer} is empty"))?;
    *digit = if *digit == b'0' { b'1' } else { b'0' };
    *field = Value::String(String::from_utf8(bytes)?);
    let copy = file.with_extension("altered.json");
    fs::write(&copy, serde_json::to_vec(&proof)?)?;
    Ok(copy)
}

pub(super) async fn a_deal_its_slot_and_an_account_are_proved_and_altered_files_are_refused(
    stage: &Stage,
) -> Result<Verdict> {
    // Given a deal
    let cluster = stage.shared().await?;
    let user = cluster.user("proofs").await?;
    let source = user.home().join("source.bin");
    random_file(&source, 100_000, 4)?;
    user.put(&source, "file", &[]).await?.expect(0)?;
    let chain = cluster.chain();
    let deals = chain.deals_by_owner(user.account(), At::Finalized).await?;
    let deal = *deals.first().context("put has ended without a deal")?;
    let (id, owner) = (format!("{:?}", deal.0), user.account().to_string());
    let genesis = format!("{:?}", chain.genesis_hash());
    let file = |name: &str| user.home().join(name);
    let block = |proof: &Value| -> Result<At> { Ok(At::Block(text(proof, "/block/hash")?.parse()?)) };

    // When it is proved, with a slot of it and its owner's account
    let proof = proved(&user, &genesis, &["deal", &id], &file("deal.json")).await?;
    let slot = format!("{id}/0");
    let slot_proof = proved(&user, &genesis, &["slot", &slot], &file("slot.json")).await?;
    let account = proved(&user, &genesis, &["account", &owner], &file("account.json")).await?;

    // Then a machine that cannot reach the chain knows what the chain knows
    let known = chain.deal(deal, block(&proof)?).await?.context("no deal")?;
    ensure!(text(&proof, "/record/owner")? == owner, "{proof}");
    ensure!(
        text(&proof, "/record/manifest")? == format!("{:?}", known.manifest),
        "{proof}"
    );
    ensure!(number(&proof, "/record/n")? == u64::from(known.n), "{proof}");
    let slots = chain.slots(deal, block(&slot_proof)?).await?;
    let (_, known) = slots.first().context("no slot")?;
    ensure!(
        text(&slot_proof, "/record/provider")? == known.provider.to_string(),
        "{slot_proof}"
    );
    ensure!(number(&slot_proof, "/record/size")? == known.size, "{slot_proof}");
    let balance = chain.balance(user.account(), block(&account)?).await?;
    ensure!(text(&account, "/record/free")? == balance.free.to_string(), "{account}");
    ensure!(
        text(&account, "/record/reserved")? == balance.held.to_string(),
        "{account}"
    );
    ensure!(number(&account, "/block/time_ms")? > 1_700_000_000_000, "{account}");

    // And so it does of what is not there, and of any other entry, as bytes
    let none = format!("0x{}", "00".repeat(32));
    let absent = proved(&user, &genesis, &["deal", &none], &file("none.json")).await?;
    ensure!(
        at(&absent, "/record")?.is_null() && at(&absent, "/value")?.is_null(),
        "{absent}"
    );
    let entry = ["storage", "System", "Account", &owner];
    let entry = proved(&user, &genesis, &entry, &file("entry.json")).await?;
    ensure!(text(&entry, "/key")? == text(&account, "/key")?, "{entry}");
    let entry = ["storage", "balances", "totalIssuance"];
    let entry = proved(&user, &genesis, &entry, &file("issuance.json")).await?;
    ensure!(text(&entry, "/value")?.len() == 2 + 2 * 16, "{entry}");

    // And a file in which a digit is changed is refused, wherever it is
    for pointer in [
        "/warp",
        "/headers/0",
        "/state/0",
        "/state/1",
        "/start/genesis/header",
        "/start/genesis/authorities/0",
    ] {
        let copy = altered(&file("deal.json"), pointer)?.display().to_string();
        let words = ["proof", "verify", &copy, "--genesis", &genesis];
        let outcome = user
            .run_at(NOWHERE, words)
            .await?
            .expect(INTEGRITY)?
            .says(&["refused"])?;
        ensure!(outcome.stdout.is_empty(), "{pointer} was altered: {}", outcome.stdout);
    }

    // And so is a whole one for who trusts another chain; who says nothing about that is asked
    let whole = file("deal.json").display().to_string();
    let other = format!("0x{}", "11".repeat(32));
    let outcome = user
        .run_at(NOWHERE, ["proof", "verify", &whole, "--genesis", &other])
        .await?;
    outcome.expect(INTEGRITY)?.says(&["another chain"])?;
    let outcome = user.run_at(NOWHERE, ["proof", "verify", &whole]).await?;
    outcome.expect(USAGE)?.says(&["--genesis"])?;
    user.run(["proof", "slot", &id])
        .await?
        .expect(USAGE)?
        .says(&["deal/index"])?;
    user.run(["proof", "storage", "System", "Acount"])
        .await?
        .expect(USAGE)?
        .says(&["did you mean account"])?;
    Ok(Verdict::Passed)
}

/// A pruned node that runs the keys of the network's validator with this number.
async fn validator(folder: &Path, network: &TestNetwork, number: usize, more: &[String]) -> Result<Node> {
    let name = format!("validator-{number}");
    let keys = network.validators.get(number).context("no such validator")?;
    keys.insert(&Node::base_path(folder, &name), &network.id)?;
    let flags = ["--validator", "--force-authoring", "--state-pruning", "16"];
    let options = NodeOptions {
        name,
        chain: network.raw.display().to_string(),
        flags: flags
            .iter()
            .map(|flag| (*flag).to_owned())
            .chain(more.iter().cloned())
            .collect(),
    };
    Node::start(folder, &options).await
}

pub(super) async fn trust_passes_from_validators_to_their_successors_and_needs_no_node(
    stage: &Stage,
) -> Result<Verdict> {
    // Given a chain of two validators, whose pruned nodes have forgotten its first state soon
    let folder = stage.workspace().folder("proofs-sets")?;
    let spec = NetworkSpec {
        id: "proofs-sets".into(),
        validators: 2,
        slot_millis: 1_000,
        epoch_blocks: 6,
        sessions_per_era: 2,
        bonding_eras: 2,
        slash_defer_eras: 1,
        endowed: vec!["//Alice".into()],
        ..NetworkSpec::default()
    };
    let network = spec.build(&folder).await?;
    let mut first = validator(&folder, &network, 0, &[]).await?;
    let peer = ["--bootnodes".to_owned(), first.multiaddr().await?];
    let mut second = validator(&folder, &network, 1, &peer).await?;
    let chain = connect(&first.url(), ConnectOptions::default()).await?;
    let genesis = format!("{:?}", chain.genesis_hash());
    let user = User::create(&folder.join("user"), &first.url()).await?;
    let alice = Signer::from_suri("//Alice")?.account().to_string();
    let file = |name: &str| folder.join(name);
    let path = |name: &str| file(name).display().to_string();
    until("the two have finalized a block", ERAS, || async {
        Ok((first.finalized_height().await? > 0).then_some(()))
    })
    .await?;

    // When somebody has a proof, with a checkpoint from it, and then one of the validators leaves
    let early = path("early.json");
    let words = ["--json", "proof", "account", &alice, "--genesis", &genesis];
    let words = [&words[..], &["--save-checkpoint", &early]].concat();
    let before = user.run(words).await?.expect(0)?.json()?;
    ensure!(number(&before, "/finalized/authorities")? == 2, "{before}");
    let leaving = Signer::from_suri(&network.validators.get(1).context("no second validator")?.stash.suri)?;
    chain
        .submit_staking(&leaving, StakingCall::Chill, WaitFor::Finalized)
        .await?;

    // Then a later proof from the first block passes the change
    let after = until("one validator finalizes alone", ERAS, || async {
        let proof = proved(&user, &genesis, &["account", &alice], &file("late.json")).await?;
        Ok((number(&proof, "/finalized/authorities")? == 1).then_some(proof))
    })
    .await?;
    ensure!(
        number(&after, "/finalized/set_changes")? > number(&before, "/finalized/set_changes")?,
        "{after}"
    );
    ensure!(
        number(&after, "/finalized/set_id")? == number(&after, "/finalized/set_changes")?,
        "{after}"
    );

    // And the checkpoint saves it a part of the way
    let late = path("from-checkpoint.json");
    let words = [
        "--json",
        "proof",
        "account",
        &alice,
        "--checkpoint",
        &early,
        "--out",
        &late,
    ];
    let shorter = user.run(words).await?.expect(0)?.json()?;
    let passed = number(&shorter, "/finalized/set_id")? - number(&shorter, "/finalized/set_changes")?;
    ensure!(passed >= number(&before, "/finalized/set_id")?, "{before} {shorter}");
    let words = ["--json", "proof", "verify", &late, "--checkpoint", &early];
    ensure!(
        user.run_at(NOWHERE, words).await?.expect(0)?.json()? == shorter,
        "{shorter}"
    );
    let outcome = user
        .run_at(NOWHERE, ["proof", "verify", &late, "--genesis", &genesis])
        .await?;
    outcome.expect(USAGE)?.says(&["--checkpoint"])?;

    // And an earlier block, that the finalized one descends from, can be proved too
    // The nodes keep the state of few blocks, so it must be a recent one.
    let height = first.finalized_height().await?.saturating_sub(3);
    let hash = first.block_hash(height).await?.context("no such block")?;
    let words = ["account", &alice, "--at", &hash];
    let earlier = proved(&user, &genesis, &words, &file("earlier.json")).await?;
    ensure!(
        text(&earlier, "/block/hash")? == hash && number(&earlier, "/block/number")? == height,
        "{earlier}"
    );
    ensure!(number(&earlier, "/finalized/number")? >= height, "{earlier}");

    // And when the nodes are gone, the proofs still hold
    for node in [&mut second, &mut first] {
        node.daemon().terminate(Duration::from_secs(60)).await?;
    }
    for name in ["late.json", "earlier.json"] {
        let words = ["proof", "verify", &path(name), "--genesis", &genesis];
        let said = user.run(words).await?.expect(0)?;
        ensure!(
            said.stdout.contains(&alice) && said.stdout.contains("BLOC"),
            "{}",
            said.stdout
        );
    }
    user.run(["proof", "account", &alice, "--genesis", &genesis])
        .await?
        .expect(NO_CHAIN)?;
    Ok(Verdict::Passed)
}
