//! Contracts through the command line: stored, made, called, read, given other code, removed; and everything that can go wrong.

use super::{Stage, Verdict};
use crate::{BLOC, Cluster, User, program::target_dir};
use anyhow::{Context, Result, ensure};
use blocs_chain::{At, ChainClient};
use blocs_primitives::Balance;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The most that a code may take on the chain, in bytes.
const MAX_CODE: usize = 125_952;

/// The bundle of one of our contracts, as `make contracts` built it.
fn bundle(name: &str) -> Result<PathBuf> {
    let target = target_dir()?;
    let target = target.parent().context("the programs lie in no target folder")?;
    let path = target.join(format!("contracts/ink/{name}/{name}.contract"));
    ensure!(
        path.is_file(),
        "{} is not there; run `make contracts` first",
        path.display()
    );
    Ok(path)
}

/// The bundle of `failures`, with other code in it.
fn with_code(folder: &Path, name: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Result<String> {
    let mut json: Value = serde_json::from_slice(&fs::read(bundle("failures")?)?)?;
    let wasm = hex::decode(text(&json, "/source/wasm")?.trim_start_matches("0x"))?;
    let wasm = change(wasm);
    let hash = sp_crypto_hashing::blake2_256(&wasm);
    json["source"]["wasm"] = json!(format!("0x{}", hex::encode(&wasm)));
    json["source"]["hash"] = json!(format!("0x{}", hex::encode(hash)));
    let path = folder.join(format!("{name}.contract"));
    fs::write(&path, json.to_string())?;
    Ok(path.display().to_string())
}

/// The same contract under a code hash of its own, so that scenarios on one chain do not share a code: a custom section at its end.
fn own_code(user: &User, name: &str) -> Result<String> {
    with_code(user.home(), name, |mut wasm| {
        let length = u8::try_from(name.len()).unwrap_or(u8::MAX);
        wasm.extend([0, length.saturating_add(1), length]);
        wasm.extend(name.bytes());
        wasm
    })
}

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

/// Runs `blocs contract` with words that must fail with this code, saying all of `said`; what it printed.
async fn fails(user: &User, words: &[&str], code: i32, said: &[&str]) -> Result<Value> {
    let words: Vec<&str> = [&["--json", "contract"][..], words].concat();
    let outcome = user.run(words).await?.expect(code)?.says(&[])?;
    let line = outcome.stderr.lines().last().unwrap_or_default();
    let told = serde_json::from_str::<Value>(line).ok();
    let told = told.as_ref().and_then(|told| told["error"].as_str());
    let told = told.unwrap_or(&outcome.stderr);
    for word in said {
        ensure!(told.contains(word), "{} does not say {word:?}: {told}", outcome.command);
    }
    Ok(outcome.json().unwrap_or_default())
}

async fn free(cluster: &Cluster, user: &User) -> Result<Balance> {
    Ok(cluster.chain().balance(user.account(), At::Best).await?.free)
}

pub(super) async fn a_contract_is_stored_made_called_and_read_and_shows_its_events(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let user = cluster.user("contract-author").await?;
    let code = own_code(&user, "author")?;

    // Stored once: its deposit is held, and a second time nothing is sent.
    let stored = done(&user, &["upload", &code]).await?;
    let hash = text(&stored, "/code_hash")?.to_owned();
    let deposit: Balance = text(&stored, "/deposit")?.parse()?;
    ensure!(stored["stored"] == true && deposit > 0, "{stored}");
    ensure!(done(&user, &["upload", &code]).await?["stored"] == false);
    let info = done(&user, &["info", &hash]).await?;
    ensure!(
        info["contracts"] == 0 && text(&info, "/owner")? == user.account().to_string(),
        "{info}"
    );

    // Made, with tokens; the dry run before sends nothing.
    let make = ["instantiate", &code, "limit=50", "--value", "2", "--salt", "first"];
    let before = free(cluster, &user).await?;
    let tried = done(&user, &[&make[..], &["--dry-run"]].concat()).await?;
    ensure!(tried["would_succeed"] == true, "{tried}");
    ensure!(free(cluster, &user).await? == before, "the dry run cost something");
    let made = done(&user, &make).await?;
    let address = text(&made, "/contract")?.to_owned();
    ensure!(text(&made, "/gas/required/ref_time")?.parse::<u64>()? > 0, "{made}");
    let info = done(&user, &["info", &address]).await?;
    ensure!(
        text(&info, "/code_hash")? == hash && info["code"]["contracts"] == 1,
        "{info}"
    );
    ensure!(text(&info, "/balance/free")?.parse::<Balance>()? >= 2 * BLOC, "{info}");

    // Called: what it returned, what it emitted, what is stored.
    let noted = done(&user, &["call", &address, "note", "hello world", "--bundle", &code]).await?;
    ensure!(noted["returned"] == 0 && noted["finalized"] == true, "{noted}");
    let me = user.account().to_string();
    let wanted = json!({ "by": me, "number": 0, "text": "hello world" });
    ensure!(
        noted.pointer("/events/0/event") == Some(&json!("Noted")) && noted.pointer("/events/0/fields") == Some(&wanted),
        "{noted}"
    );
    let set = done(&user, &["call", &address, "set", "count=7", "--bundle", &code]).await?;
    ensure!(set["returned"] == 1, "the count before was one: {set}");

    // Read, without sending and without an account.
    let read = done(&user, &["read", &address, "count", "--bundle", &code]).await?;
    ensure!(read["value"] == 7, "{read}");
    let stranger = User::at(&user.home().join("stranger"), cluster.url())?;
    let read = done(&stranger, &["read", &address, "count", "--bundle", &code]).await?;
    ensure!(read["value"] == 7, "{read}");
    let parcel = format!(
        "{{to: {me}, parts: [(1, true), (2, None)], hash: 0x{}}}",
        "ab".repeat(32)
    );
    let echoed = done(
        &stranger,
        &["read", &address, "echo", &parcel, "1.5BLOC", "--bundle", &code],
    )
    .await?;
    let wanted = json!([
        { "to": me, "parts": [[1, { "Some": true }], [2, "None"]], "hash": format!("0x{}", "ab".repeat(32)) },
        "1500000000000"
    ]);
    ensure!(echoed["value"] == wanted, "{echoed}");
    let paid = ["read", &address, "pay", "--value", "1", "--bundle", &code];
    ensure!(done(&user, &paid).await?["value"] == "1000000000000");

    // Its events are found again, by name and by their bytes.
    let words = [
        "--json", "contract", "events", &address, "--bundle", &code, "--event", "Noted",
    ];
    let events = user.run(words).await?.expect(0)?.json_lines()?;
    ensure!(
        events.len() == 1 && events[0]["fields"]["text"] == "hello world" && events[0]["block"] == noted["block"],
        "{events:?}"
    );
    let raw = user
        .run(["--json", "contract", "events", &address])
        .await?
        .expect(0)?
        .json_lines()?;
    ensure!(raw.len() == 1 && text(&raw[0], "/data")?.starts_with("0x"), "{raw:?}");

    let unknown = ["events", &address, "--bundle", &code, "--event", "Note"];
    fails(&user, &unknown, 2, &["no event \"Note\"", "did you mean Noted?"]).await?;

    // People read the same.
    let shown = user.run(["contract", "info", &address]).await?.expect(0)?.stdout;
    ensure!(
        shown.contains(&hash) && shown.contains("used by 1 contracts"),
        "{shown}"
    );
    let shown = user
        .run(["contract", "read", &address, "count", "--bundle", &code])
        .await?
        .expect(0)?;
    ensure!(shown.stdout.trim() == "7", "{}", shown.stdout);
    Ok(Verdict::Passed)
}

pub(super) async fn what_goes_wrong_in_a_contract_is_told_apart_and_costs_nothing(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let user = cluster.user("contract-breaker").await?;
    let code = own_code(&user, "breaker")?;
    let made = done(&user, &["instantiate", &code, "50"]).await?;
    let address = text(&made, "/contract")?.to_owned();
    let with = |words: &[&'static str]| -> Vec<String> {
        let words = words.iter().map(|word| (*word).to_owned());
        let start = ["call".to_owned(), address.clone()];
        start
            .into_iter()
            .chain(words)
            .chain(["--bundle".to_owned(), code.clone()])
            .collect()
    };
    let before = free(cluster, &user).await?;
    let cases: [(&[&'static str], i32, &[&str]); 16] = [
        // Errors of the contract's own, with what they hold.
        (
            &["set", "51"],
            23,
            &[
                "set: the contract refused with an error of its own",
                "TooLarge",
                "51",
                "nothing was sent",
            ],
        ),
        (
            &["trap"],
            23,
            &[
                "Contracts::ContractTrapped",
                "stopped in the middle",
                "nothing was sent",
            ],
        ),
        (
            &["reenter"],
            23,
            &["Contracts::ReentranceDenied", "already running", "ALLOW_REENTRY"],
        ),
        (&["spin"], 23, &["Contracts::OutOfGas", "must be split"]),
        (
            &["note", "hi", "--gas", "1000000,1000"],
            23,
            &["Contracts::OutOfGas", "higher --gas", "it needs"],
        ),
        (
            &["note", "hi", "--gas", "9_000_000_000_000_000"],
            23,
            &["Contracts::OutOfGas", "one transaction may take", "lower --gas"],
        ),
        (
            &["fill", "20", "--deposit-limit", "0.001"],
            23,
            &[
                "Contracts::StorageDepositLimitExhausted",
                "higher --deposit-limit",
                "it needs a deposit of",
            ],
        ),
        (
            &["pay", "--value", "5000"],
            20,
            &["Contracts::TransferFailed", "balances"],
        ),
        // What the metadata shows to be wrong.
        (&["counts"], 2, &["no message \"counts\"", "did you mean count?"]),
        (&["set"], 2, &["cannot call set: count: it is missing"]),
        (&["set", "green"], 2, &["count", "is no number"]),
        (&["set", "1", "2"], 2, &["too many arguments"]),
        (
            &["set", "coont=1"],
            2,
            &["there is no argument \"coont\"", "did you mean count?"],
        ),
        (
            &["set", "1", "--value", "1"],
            2,
            &["set takes no tokens", "leave --value out"],
        ),
        (&["set", "1", "--gas", "much"], 2, &["is no gas"]),
        (&["set_code", "0x00"], 2, &["32 bytes are needed, 1 given"]),
    ];
    for (words, code, said) in cases {
        let words = with(words);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let printed = fails(&user, &words, code, said).await?;
        if words.contains(&"51") {
            ensure!(
                printed["contract_error"] == json!({ "TooLarge": { "given": 51, "most": 50 } }),
                "{printed}"
            );
        }
    }

    // While it is made.
    fails(
        &user,
        &["instantiate", &code, "--constructor", "unwilling"],
        23,
        &["unwilling: the contract refused", "Unwilling"],
    )
    .await?;
    fails(
        &user,
        &["instantiate", &code, "--constructor", "trapping"],
        23,
        &["Contracts::ContractTrapped"],
    )
    .await?;
    fails(
        &user,
        &["instantiate", &code, "50"],
        23,
        &["Contracts::DuplicateContract", "another --salt"],
    )
    .await?;
    fails(
        &user,
        &["instantiate", &code, "--constructor", "other"],
        2,
        &["no constructor \"other\""],
    )
    .await?;

    // No contract, and the metadata of another one.
    let me = user.account().to_string();
    fails(
        &user,
        &["call", &me, "count", "--bundle", &code],
        4,
        &["there is no contract at"],
    )
    .await?;
    fails(&user, &["info", &me], 4, &["there is no contract at"]).await?;
    let other = bundle("flipper")?.display().to_string();
    fails(
        &user,
        &["call", &address, "flip", "--bundle", &other],
        24,
        &["is the metadata of another contract", "--any-code"],
    )
    .await?;
    fails(
        &user,
        &["read", &address, "get", "--bundle", &other, "--any-code"],
        23,
        &["did not take the call", "no message with this selector"],
    )
    .await?;
    ensure!(
        free(cluster, &user).await? == before,
        "a call that failed cost something"
    );

    // Who cannot pay the deposit is told so.
    let poor = cluster.poor_user("contract-poor").await?;
    cluster.fund(poor.account(), BLOC / 10).await?;
    fails(&poor, &["upload", &own_code(&poor, "poor")?], 20, &["deposit"]).await?;
    Ok(Verdict::Passed)
}

pub(super) async fn bundles_that_the_chain_would_refuse_are_named_before_anything_is_asked(
    stage: &Stage,
) -> Result<Verdict> {
    // No chain is needed for that.
    let folder = stage.workspace().folder("bundles")?;
    let user = User::at(&folder, "ws://127.0.0.1:1")?;
    let header = b"\0asm\x01\0\0\0";
    let made = |name: &str, wasm: Vec<u8>| with_code(&folder, name, |_| wasm);
    let with_section = |id: u8, content: &[u8]| {
        let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
        [&header[..], &[id, length], content].concat()
    };
    let cases: [(&str, Vec<u8>, i32, &[&str]); 7] = [
        (
            "text",
            b"#!/bin/sh\n".to_vec(),
            24,
            &["the code is not WebAssembly", "0x23212f62"],
        ),
        ("empty", Vec::new(), 24, &["the code is not WebAssembly", "nothing"]),
        ("cut", header[..7].to_vec(), 24, &["broken WebAssembly"]),
        // A function that gives a double.
        (
            "floats",
            with_section(1, &[1, 0x60, 0, 1, 0x7c]),
            23,
            &["floating-point numbers", "integers"],
        ),
        // A function that gives two numbers.
        (
            "newer",
            with_section(1, &[1, 0x60, 0, 2, 0x7f, 0x7f]),
            23,
            &["which the chain does not run", "multi-value"],
        ),
        ("nothing", header.to_vec(), 23, &["no function \"call\""]),
        (
            "large",
            [&header[..], &vec![0; MAX_CODE]].concat(),
            23,
            &["too large", "the chain takes 125952"],
        ),
    ];
    for (name, wasm, code, said) in cases {
        let path = made(name, wasm)?;
        fails(&user, &["upload", &path], code, said).await?;
        fails(&user, &["instantiate", &path, "50"], code, said).await?;
    }
    // Files that are no bundles.
    let write = |name: &str, content: &str| -> Result<String> {
        let path = folder.join(name);
        fs::write(&path, content)?;
        Ok(path.display().to_string())
    };
    let path = write("words.contract", "hello")?;
    fails(
        &user,
        &["upload", &path],
        24,
        &["no contract bundle", "not JSON", "blocs contract build"],
    )
    .await?;
    let path = write("other.contract", "{\"name\": \"x\"}")?;
    fails(&user, &["upload", &path], 24, &["no contract bundle", "source"]).await?;
    let missing = folder.join("none.contract").display().to_string();
    fails(&user, &["upload", &missing], 4, &["cannot read the bundle"]).await?;
    let mut json: Value = serde_json::from_slice(&fs::read(bundle("failures")?)?)?;
    json["source"]["hash"] = json!(format!("0x{}", "11".repeat(32)));
    let path = write("swapped.contract", &json.to_string())?;
    fails(
        &user,
        &["upload", &path],
        24,
        &["not the one of this metadata", "build the contract anew"],
    )
    .await?;
    let mut json: Value = serde_json::from_slice(&fs::read(bundle("failures")?)?)?;
    json["version"] = json!(6);
    let path = write("newer.contract", &json.to_string())?;
    fails(&user, &["upload", &path], 24, &["version 6", "ink! 5"]).await?;
    Ok(Verdict::Passed)
}

pub(super) async fn a_contract_gets_other_code_and_its_old_code_is_removed(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let user = cluster.user("contract-upgrader").await?;
    let (old, new) = (own_code(&user, "old")?, own_code(&user, "new")?);
    let made = done(&user, &["instantiate", &old, "50"]).await?;
    let (address, old_hash) = (
        text(&made, "/contract")?.to_owned(),
        text(&made, "/code_hash")?.to_owned(),
    );
    done(&user, &["call", &address, "set", "9", "--bundle", &old]).await?;

    // A code that is in use, or somebody else's, stays.
    fails(
        &user,
        &["remove", &old_hash],
        23,
        &["1 contracts still use it", &address],
    )
    .await?;
    let other = cluster.user("contract-other").await?;
    fails(&other, &["remove", &old], 6, &["only that account may"]).await?;
    // The new code must be there.
    let set = ["set-code", &address, &new, "--bundle", &old];
    fails(&user, &set, 4, &["store it first", "blocs contract upload"]).await?;
    let stored = done(&user, &["upload", &new]).await?;
    let new_hash = text(&stored, "/code_hash")?.to_owned();
    done(&user, &set).await?;
    let info = done(&user, &["info", &address]).await?;
    ensure!(text(&info, "/code_hash")? == new_hash, "{info}");

    // The old bundle is now that of another contract; the new one finds the state as it was.
    fails(
        &user,
        &["read", &address, "count", "--bundle", &old],
        24,
        &["metadata of another contract"],
    )
    .await?;
    for words in [
        &["--bundle", new.as_str()][..],
        &["--bundle", old.as_str(), "--any-code"],
    ] {
        let read = done(&user, &[&["read", &address, "count"][..], words].concat()).await?;
        ensure!(read["value"] == 9, "{read}");
    }

    // Nobody uses the old code any more: its deposit comes back.
    let before = free(cluster, &user).await?;
    let removed = done(&user, &["remove", &old_hash]).await?;
    let deposit: Balance = text(&removed, "/deposit")?.parse()?;
    ensure!(
        deposit > 0 && free(cluster, &user).await? > before,
        "no deposit came back: {removed}"
    );
    fails(&user, &["remove", &old_hash], 4, &["the chain has no code"]).await?;
    fails(&user, &["info", &old_hash], 4, &["the chain has no code"]).await?;

    // A contract without a message for it can be given other code by a referendum only.
    let flipper = bundle("flipper")?.display().to_string();
    let made = done(&user, &["instantiate", &flipper, "true", "--salt", "upgrade"]).await?;
    let plain = text(&made, "/contract")?.to_owned();
    let proposal = done(&user, &["set-code", &plain, &new_hash, "--bundle", &flipper]).await?;
    ensure!(
        proposal["sent"] == false
            && text(&proposal, "/command")?.starts_with("blocs gov propose --track root --encoded 0x"),
        "{proposal}"
    );
    Ok(Verdict::Passed)
}
