//! The key store: key files, other programs' and of earlier releases; passwords; addresses; signatures.

use super::{Stage, Verdict};
use crate::{
    BLOC, Outcome, User,
    process::{Launch, run, tail},
    program::{checkout, target_dir},
};
use anyhow::{Context, Result, ensure};
use blocs_chain::{At, ChainClient};
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

/// Where no node listens.
const NOWHERE: &str = "ws://127.0.0.1:9";
/// The schemes of accounts.
const SCHEMES: [&str; 3] = ["sr25519", "ed25519", "ecdsa"];
/// What release 0.1 wrote for `bottom drive … walk//old` under the password of every user.
const OLD_FILE: &str = r#"{
  "version": 1,
  "address": "5FNjK7gbT7CpnUkqTbe3DLKQe679CBrHyLvFANmYzUFUjBWF",
  "encrypted": {
    "log_n": 15,
    "salt": "82336bcf205f45d67d729fe1cf1e3bb7b8f3314df54db47230f8fa0c0c53fea3",
    "nonce": "6a87acd727728cca2af6e22e",
    "ciphertext": "56b5186e5d9da1cfdaf94e518830c468aea86877fbfd6e0d56d41c5b6cacbcc50ed140906483f2281646373a21494e299a39540ed127f14ea5ff68c5f0e053f7ff6686f36158f082ba3e7f040231985b6f3b4a828ff728246ea6"
  }
}"#;

/// Somebody without a node.
fn offline(stage: &Stage, name: &str) -> Result<User> {
    User::at(&stage.workspace().folder(name)?, NOWHERE)
}

/// Runs a command that must succeed, and reads the JSON that it prints.
async fn done(user: &User, words: &[&str]) -> Result<Value> {
    let words: Vec<&str> = [&["--json", "--yes"][..], words].concat();
    user.run(words).await?.expect(0)?.json()
}

async fn fails(user: &User, code: i32, words: &[&str]) -> Result<Outcome> {
    user.run(words).await?.expect(code)
}

/// Text in a JSON object.
fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str> {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.with_context(|| format!("no text {pointer} in {value}"))
}

/// Writes a file of the user's, and returns its path.
fn write(user: &User, name: &str, content: &str) -> Result<String> {
    let path = user.home().join(name);
    fs::write(&path, content)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    Ok(path.display().to_string())
}

pub(super) async fn key_files_go_to_polkadot_js_and_come_back(stage: &Stage) -> Result<Verdict> {
    let modules = checkout().join("examples/polkadot-js");
    if !modules.join("node_modules/@polkadot/keyring").is_dir() {
        let message = "@polkadot/keyring is not installed: run `npm ci` in examples/polkadot-js";
        ensure!(std::env::var_os("CI").is_none(), message);
        return Ok(Verdict::Skipped(message.into()));
    }

    // Given an account of each scheme, exported under a password, and a message that it has signed
    let user = offline(stage, "keys-polkadot-js")?;
    let exported = write(&user, "exported.password", "for the extension\n")?;
    let theirs = write(&user, "theirs.password", "of the extension")?;
    let mut accounts = Vec::new();
    for scheme in SCHEMES {
        done(&user, &["account", "new", scheme, "--scheme", scheme]).await?;
        let file = user.home().join(format!("{scheme}.json")).display().to_string();
        let export = [
            "account",
            "export",
            scheme,
            "--out",
            &file,
            "--new-password-file",
            &exported,
        ];
        done(&user, &export).await?;
        ensure!(
            fs::metadata(&file)?.permissions().mode() & 0o777 == 0o600,
            "others can read {file}"
        );
        let signed = done(&user, &["--account", scheme, "account", "sign", "hello, world"]).await?;
        accounts.push(json!({
            "file": file,
            "password": "for the extension",
            "signature": text(&signed, "/signature")?,
            "address": text(&signed, "/address")?,
        }));
    }

    // When polkadot.js opens the files, signs the same message, and writes files of its own
    let input = json!({ "message": "hello, world", "newPassword": "of the extension", "accounts": accounts });
    let input = write(&user, "input.json", &input.to_string())?;
    let (log, out) = (user.home().join("node.log"), user.home().join("node.out"));
    let script = checkout().join("tests/src/keyring.mjs").display().to_string();
    let modules = modules.display().to_string();
    let mut launch = Launch::new(Path::new("node"), [script.as_str(), &modules, &input], log.clone());
    launch.stdout = Some(out.clone());
    let status = run(launch, Duration::from_secs(180)).await?;
    ensure!(status.success(), "the script ended with {status}: {}", tail(&log));
    let seen: Value = serde_json::from_str(&fs::read_to_string(&out)?)?;

    // Then it has found the same accounts, and the signatures of either are good for the other
    let other = offline(stage, "keys-from-polkadot-js")?;
    for (number, (scheme, account)) in SCHEMES.iter().zip(&accounts).enumerate() {
        let seen = &seen["accounts"][number];
        let address = text(account, "/address")?;
        ensure!(
            seen["address"] == address && seen["name"] == *scheme,
            "polkadot.js sees {seen}"
        );
        ensure!(
            seen["isValid"] == true && seen["crypto"] == *scheme,
            "polkadot.js does not take our signature: {seen}"
        );
        ensure!(seen["wrong"] == "refused", "a wrong password opened {scheme}");
        let check = [
            "account",
            "verify",
            text(seen, "/signature")?,
            "hello, world",
            "--by",
            address,
        ];
        let verified = done(&user, &check).await?;
        ensure!(verified["scheme"] == *scheme, "{verified}");

        // And we open its files
        let file = write(&other, &format!("{scheme}.json"), &seen["file"].to_string())?;
        let import = ["account", "import", "--key-file", &file];
        fails(&other, 12, &import).await?.says(&["password"])?;
        let imported = done(&other, &[&import[..], &["--key-password-file", &theirs]].concat()).await?;
        ensure!(
            imported["address"] == address && imported["name"] == *scheme,
            "{imported}"
        );
        let signed = done(&other, &["--account", scheme, "account", "sign", "again"]).await?;
        let check = [
            "account",
            "verify",
            text(&signed, "/signature")?,
            "again",
            "--by",
            address,
        ];
        done(&user, &check).await?;
    }

    // And the export of all accounts at once
    let third = offline(stage, "keys-from-batch")?;
    let file = write(&third, "batch.json", &seen["batch"].to_string())?;
    let import = ["--password-file", &theirs, "account", "import", "--key-file", &file];
    done(&third, &import).await?;
    let listed = third.run(["--json", "account", "ls"]).await?.expect(0)?.json_lines()?;
    ensure!(
        listed.len() == SCHEMES.len(),
        "of three accounts {listed:?} were imported"
    );
    Ok(Verdict::Passed)
}

pub(super) async fn accounts_work_without_a_node(stage: &Stage) -> Result<Verdict> {
    let user = offline(stage, "keys-offline")?;

    // New ones, derived ones, and the same from their words
    let made = done(
        &user,
        &["account", "new", "long", "--words", "24", "--derive", "//storage//1"],
    )
    .await?;
    let (words, address) = (text(&made, "/mnemonic")?, text(&made, "/address")?);
    ensure!(
        words.split(' ').count() == 24,
        "24 words were asked for, these came: {words}"
    );
    let secret = write(&user, "words", &format!("{words}\n"))?;
    let again = [
        "account",
        "import",
        "again",
        "--suri-file",
        &secret,
        "--derive",
        "//storage//1",
    ];
    let again = done(&user, &again).await?;
    ensure!(again["address"] == address, "the words give another account: {again}");
    fails(&user, 2, &["account", "new", "long"])
        .await?
        .says(&["exists already"])?;
    let kept = done(&user, &["account", "export", "long", "--words"]).await?;
    ensure!(kept["mnemonic"] == format!("{words}//storage//1"), "{kept}");

    // What is known of them
    let shown = done(&user, &["account", "inspect", "long"]).await?;
    ensure!(
        shown["address"] == address && shown["derivation"] == "//storage//1" && shown["scheme"] == "sr25519",
        "{shown}"
    );
    let alice = done(&user, &["account", "inspect", "//Alice", "--prefix", "137"]).await?;
    let known = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    ensure!(alice["address"] == known, "{alice}");
    let polkadot = text(&alice, "/addresses/0")?.to_owned();
    ensure!(
        polkadot.starts_with('1') && alice["addresses"]["137"].is_string(),
        "{alice}"
    );
    for what in [polkadot.as_str(), text(&alice, "/public_key")?] {
        let same = done(&user, &["account", "inspect", what]).await?;
        ensure!(same["account_id"] == alice["account_id"], "{same}");
    }
    fails(&user, 4, &["account", "inspect", "nobody"])
        .await?
        .says(&["account ls"])?;

    // An address of another network is refused, and both networks are named
    let refused = fails(&user, 2, &["transfer", &polkadot, "1"]).await?;
    refused.says(&["prefix 0", "prefix 42", known])?;

    // Signatures of text, bytes and files
    let file = write(&user, "message", "hello")?;
    for message in [&["hello"][..], &["--hex", "0x68656c6c6f"], &["--file", &file]] {
        let sign = [&["--account", "long", "account", "sign"][..], message].concat();
        let signed = done(&user, &sign).await?;
        for asked in ["hello", "<Bytes>hello</Bytes>"] {
            let check = ["account", "verify", text(&signed, "/signature")?, asked, "--by", "long"];
            done(&user, &check).await?;
        }
        let other = [
            "account",
            "verify",
            text(&signed, "/multi_signature")?,
            "hullo",
            "--by",
            "long",
        ];
        fails(&user, 24, &other).await?.says(&["has not signed"])?;
    }
    fails(&user, 6, &["--account", "long", "account", "sign", "--raw", "hello"])
        .await?
        .says(&["transaction"])?;

    // Wrong passwords, no passwords, and a file that asks for too much
    let wrong = write(&user, "wrong", "wrong")?;
    let sign = [
        "--password-file",
        &wrong,
        "--account",
        "long",
        "account",
        "sign",
        "hello",
    ];
    fails(&user, 12, &sign).await?.says(&["password", "long"])?;
    let bare = user.home().join("bare.json").display().to_string();
    done(&user, &["account", "export", "long", "--no-password", "--out", &bare]).await?;
    let import = ["account", "import", "bare", "--key-file", &bare];
    user.run(import).await?.expect(0)?.says(&["not encrypted"])?;
    let listed = user.run(["--json", "account", "ls"]).await?.expect(0)?.json_lines()?;
    ensure!(
        listed.iter().all(|row| row["encrypted"] == true),
        "an import lost its protection: {listed:?}"
    );
    let hostile = json!({
        "address": known,
        // 32 bytes of salt, then N = 2^30, p = 1, r = 8.
        "encoded": format!("0x{}{}{}{}{}", "00".repeat(32), "00000040", "01000000", "08000000", "00".repeat(200)),
        "encoding": { "content": ["pkcs8", "sr25519"], "type": ["scrypt", "xsalsa20-poly1305"], "version": "3" },
        "meta": {},
    });
    let hostile = write(&user, "hostile.json", &hostile.to_string())?;
    let import = ["account", "import", "hostile", "--key-file", &hostile];
    fails(&user, 2, &import).await?.says(&["scrypt", "refusing"])?;
    Ok(Verdict::Passed)
}

pub(super) async fn accounts_of_an_earlier_release_become_key_files(stage: &Stage) -> Result<Verdict> {
    // Given two copies of a file of release 0.1
    let user = offline(stage, "keys-old")?;
    let folder = user.home().join("data/blocs/accounts");
    fs::create_dir_all(&folder)?;
    for name in ["used", "left"] {
        let path = folder.join(format!("{name}.json"));
        fs::write(&path, OLD_FILE)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    }
    let format = async |name: &str| -> Result<String> {
        let listed = user.run(["--json", "account", "ls"]).await?.expect(0)?.json_lines()?;
        let row = listed
            .iter()
            .find(|row| row["name"] == name)
            .context("the account is not listed")?;
        ensure!(
            row["address"] == "5FNjK7gbT7CpnUkqTbe3DLKQe679CBrHyLvFANmYzUFUjBWF" && row["encrypted"] == true,
            "{row}"
        );
        Ok(text(row, "/format")?.to_owned())
    };
    ensure!(format("used").await? == "blocs");

    // When one is used and the other is migrated
    done(&user, &["--account", "used", "account", "sign", "hello"]).await?;
    ensure!(format("used").await? == "polkadot-js" && format("left").await? == "blocs");
    let wrong = write(&user, "wrong", "wrong")?;
    fails(&user, 12, &["--password-file", &wrong, "account", "migrate"])
        .await?
        .says(&["stays"])?;
    ensure!(format("left").await? == "blocs");
    done(&user, &["account", "migrate"]).await?;

    // Then both are key files, and the words are still there
    for name in ["used", "left"] {
        ensure!(format(name).await? == "polkadot-js");
        let words = done(&user, &["account", "export", name, "--words"]).await?;
        let expected = "bottom drive obey lake curtain smoke basket hold race lonely fit walk//old";
        ensure!(words["mnemonic"] == expected, "{words}");
    }
    ensure!(
        fs::read_dir(&folder)?.count() == 2,
        "the migration left something behind"
    );
    Ok(Verdict::Passed)
}

pub(super) async fn password_is_asked_for_on_a_terminal(stage: &Stage) -> Result<Verdict> {
    if !["/usr/bin/script", "/bin/script"]
        .iter()
        .any(|path| Path::new(path).exists())
    {
        return Ok(Verdict::Skipped(
            "script(1) of util-linux, which makes a terminal, is not installed".into(),
        ));
    }
    let user = offline(stage, "keys-terminal")?;
    let folder = user.home().display().to_string();
    let program = target_dir()?.join("blocs").display().to_string();
    // Types an answer when its question is shown and the terminal, which is script's, has stopped showing what is typed.
    let typed = r#"
        set -u
        cd "$FOLDER"
        asked() {
            for _ in $(seq 2400); do
                if [ "$(grep -o "$1" "$log" 2>/dev/null | wc -l)" -ge "$2" ] &&
                    stty -F "$(cat "$log.tty")" -a | grep -q -- ' -echo '; then return; fi
                sleep 0.05
            done
            exit 9
        }
        session() { script -qefc "tty > $log.tty; $*" "$log" >/dev/null; }
        log=new
        { asked "New password" 1; echo secret; asked "same again" 1; echo typo
          asked "New password" 2; echo secret; asked "same again" 2; echo secret; } |
            session "$BLOCS account new typed" || exit 1
        log=wrong
        for n in 1 2 3; do asked "Password of" $n; echo wrong; done |
            session "$BLOCS --account typed account sign hello"
        [ $? = 12 ] || exit 2
        log=right
        { asked "Password of" 1; echo wrong; asked "Password of" 2; echo secret; } |
            session "$BLOCS --account typed account sign hello" || exit 3
    "#;
    let log = user.home().join("typed.log");
    let (mut launch, _) = user.launch(NOWHERE, ["-c", typed])?;
    launch.program = "bash".into();
    launch.log = log.clone();
    launch.env.retain(|(name, _)| name != "BLOCS_PASSWORD");
    let launch = launch.env("FOLDER", &folder).env("BLOCS", &program);
    let status = run(launch, Duration::from_secs(300)).await?;
    ensure!(status.success(), "step {status} at the terminal: {}", tail(&log));
    for log in ["new", "wrong", "right"] {
        let shown = fs::read_to_string(user.home().join(log))?;
        ensure!(!shown.contains("secret"), "the password is shown in {log}: {shown}");
    }
    let listed = user.run(["--json", "account", "ls"]).await?.expect(0)?.json()?;
    ensure!(listed["encrypted"] == true, "{listed}");
    Ok(Verdict::Passed)
}

pub(super) async fn accounts_of_every_scheme_pay_and_are_paid(stage: &Stage) -> Result<Verdict> {
    // Given an ed25519 and an ecdsa account with tokens
    let cluster = stage.shared().await?;
    let user = cluster.poor_user("schemes").await?;
    for scheme in ["ed25519", "ecdsa"] {
        let made = done(&user, &["account", "new", scheme, "--scheme", scheme]).await?;
        done(&user, &["account", "fund", scheme]).await?;

        // When they pay, the tokens arrive
        let before = cluster.chain().balance(user.account(), At::Best).await?.free;
        let to = user.account().to_string();
        let paid = done(&user, &["--account", scheme, "transfer", &to, "2"]).await?;
        ensure!(paid["from"] == made["address"] && paid["finalized"] == true, "{paid}");
        let after = cluster.chain().balance(user.account(), At::Finalized).await?.free;
        ensure!(
            after == before + 2 * BLOC,
            "2 BLOC of {scheme} arrived as {before}, then {after}"
        );
    }

    // And a put, which providers would refuse, says what to do
    let source = write(&user, "source", "hello")?;
    let put = ["--account", "ed25519", "put", &source, "--for", "1d"];
    fails(&user, 2, &put).await?.says(&["ed25519", "sr25519"])?;
    Ok(Verdict::Passed)
}

pub(super) async fn balance_names_what_holds_the_rest(stage: &Stage) -> Result<Verdict> {
    // Given somebody who has stored a file, and so has deposits
    let cluster = stage.shared().await?;
    let (user, _, _) = super::loss::with_file(cluster, "balance", 5000, &[]).await?;

    // Then the balance names them, and the parts add up
    let shown = done(&user, &["account", "balance"]).await?;
    let amount = |value: &Value| value.as_str().and_then(|text| text.parse::<u128>().ok());
    let holds = shown["holds"].as_array().context("no holds")?;
    let sum: u128 = holds.iter().filter_map(|hold| amount(&hold["amount"])).sum();
    ensure!(sum > 0 && Some(sum) == amount(&shown["held"]), "{shown}");
    ensure!(
        holds
            .iter()
            .any(|hold| hold["reason"].to_string().contains("StorageMarket.Deposit")),
        "{shown}"
    );
    ensure!(amount(&shown["transferable"]) <= amount(&shown["free"]), "{shown}");
    let text = user.run(["account", "balance"]).await?.expect(0)?.stdout;
    ensure!(
        text.contains("StorageMarket.Deposit") && text.contains("transferable"),
        "{text}"
    );
    Ok(Verdict::Passed)
}

pub(super) async fn commands_of_the_accounts_guide_work(stage: &Stage) -> Result<Verdict> {
    // Given the guide's commands, in their order
    let guide = fs::read_to_string(checkout().join("docs/guides/accounts.md"))?;
    let mut script = String::from("set -euxo pipefail\ncd \"$HOME\"\n");
    let mut code = false;
    for line in guide.lines() {
        match line {
            "```sh" => code = true,
            "```" => code = false,
            _ if code => {
                script.push_str(line);
                script.push('\n');
            }
            _ => {}
        }
    }
    ensure!(
        script.matches("blocs ").count() > 10,
        "the guide has hardly any commands"
    );

    // When somebody types them on a development chain, every one succeeds
    let cluster = stage.shared().await?;
    let folder = cluster.folder().join("user-guide-accounts");
    let user = User::at(&folder, cluster.url())?;
    let log = folder.join("guide.log");
    let (mut launch, _) = user.launch(cluster.url(), ["-c", &script])?;
    launch.program = "bash".into();
    launch.stdout = None;
    launch.log = log.clone();
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", target_dir()?.display());
    let status = run(launch.env("PATH", path), Duration::from_secs(300)).await?;
    ensure!(status.success(), "a command of the guide failed: {}", tail(&log));
    Ok(Verdict::Passed)
}
