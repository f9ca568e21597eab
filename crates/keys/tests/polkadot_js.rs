//! Key files that `@polkadot/keyring` wrote (`polkadot-js.json`), and what hostile or damaged ones come to.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use blocs_keys::{Batch, KeyFile, KeyFileError, Pair, Scheme, show_address, verify_message};
use serde_json::{Value, json};

fn vectors() -> Value {
    serde_json::from_str(include_str!("polkadot-js.json")).unwrap()
}

fn encrypted() -> Value {
    vectors()["vectors"][0]["file"].clone()
}

fn parse(file: &Value) -> Result<KeyFile, KeyFileError> {
    KeyFile::parse(&file.to_string())
}

#[test]
fn files_of_polkadot_js_open_and_hold_the_key_of_their_secret() {
    let vectors = vectors();
    for vector in vectors["vectors"].as_array().unwrap() {
        let text = |name: &str| vector[name].as_str().unwrap();
        let what = format!("{} {}", text("what"), text("type"));
        let file = parse(&vector["file"]).unwrap();
        let scheme: Scheme = text("type").parse().unwrap();
        let pair = file.open(vector["password"].as_str()).unwrap().pair;
        let expected = Pair::from_suri(scheme, text("suri")).unwrap();
        assert_eq!(pair.public(), expected.public(), "{what}");
        assert_eq!(pair.root_secret(), expected.root_secret(), "{what}");
        assert_eq!(
            format!("0x{}", hex::encode(pair.public().as_bytes())),
            text("publicKey"),
            "{what}"
        );
        assert_eq!(show_address(&pair.account(), 42), text("address"), "{what}");
        assert_eq!(file.account(), Some(pair.account()), "{what}");

        let signature = hex::decode(text("signature").trim_start_matches("0x")).unwrap();
        let signed = verify_message(text("message").as_bytes(), &signature, &pair.account());
        assert_eq!(signed, Some(scheme), "{what}");
        assert!(pair.sign(b"more").verify(b"more", &expected.account()), "{what}");
    }
}

#[test]
fn a_batch_of_the_extension_gives_all_its_accounts() {
    let vectors = vectors();
    let text = vectors["batch"].to_string();
    assert!(Batch::is_one(&text) && !Batch::is_one(&encrypted().to_string()));
    let batch = Batch::parse(&text).unwrap();
    assert_eq!(batch.len(), 4);
    assert_eq!(batch.open(Some("wrong")).unwrap_err(), KeyFileError::WrongPassword);
    let password = vectors["password"].as_str();
    let files = batch.open(password).unwrap();
    let schemes: Vec<_> = files
        .iter()
        .map(|file| file.open(password).unwrap().pair.scheme())
        .collect();
    assert_eq!(
        schemes,
        [Scheme::Sr25519, Scheme::Sr25519, Scheme::Ed25519, Scheme::Ecdsa]
    );
}

#[test]
fn what_we_write_we_read_with_words_name_and_foreign_metadata() {
    for (scheme, secret) in [
        (Scheme::Sr25519, "//Alice/soft//hard///password"),
        (Scheme::Ed25519, "//Alice"),
        (
            Scheme::Ecdsa,
            "0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a",
        ),
    ] {
        let pair = Pair::from_suri(scheme, secret).unwrap();
        for password in [Some("correct horse"), None] {
            let sealed = KeyFile::seal(&pair, Some(secret), password, "mine").unwrap();
            let file = KeyFile::parse(&sealed.to_json()).unwrap();
            assert_eq!(file, sealed);
            assert_eq!(file.is_encrypted(), password.is_some());
            assert_eq!((file.name().as_str(), file.scheme()), ("mine", Some(scheme)));
            assert_eq!(file.public(), Some(pair.public()));
            let opened = file.open(password).unwrap();
            assert_eq!(opened.pair.public(), pair.public());
            assert_eq!(opened.secret.as_ref().map(|secret| secret.as_str()), Some(secret));
            if password.is_some() {
                assert!(
                    !sealed.to_json().contains("password") || secret == "//Alice",
                    "{}",
                    sealed.to_json()
                );
                assert_eq!(file.open(Some("wrong")).unwrap_err(), KeyFileError::WrongPassword);
                assert_eq!(file.open(None).unwrap_err(), KeyFileError::PasswordNeeded);
                assert_eq!(file.open(Some("")).unwrap_err(), KeyFileError::PasswordNeeded);
            }
        }
    }
}

#[test]
fn another_password_keeps_what_others_wrote() {
    let mut theirs = encrypted();
    theirs["meta"]["isExternal"] = json!(false);
    theirs["extra"] = json!({ "of": "another program" });
    let file = parse(&theirs).unwrap();
    let opened = file.open(Some("correct horse")).unwrap();
    assert!(opened.secret.is_none(), "a file of polkadot.js has no words");
    let again = file.reseal(&opened, Some("another")).unwrap();
    let read: Value = serde_json::from_str(&again.to_json()).unwrap();
    assert_eq!((&read["meta"], &read["extra"]), (&theirs["meta"], &theirs["extra"]));
    assert_ne!(read["encoded"], theirs["encoded"]);
    assert_eq!(again.open(Some("another")).unwrap().pair.public(), opened.pair.public());
}

#[test]
fn words_that_another_program_left_behind_under_another_salt_are_no_words() {
    let pair = Pair::from_suri(Scheme::Sr25519, "//Alice").unwrap();
    let first = KeyFile::seal(&pair, Some("//Alice"), Some("one"), "alice").unwrap();
    let second = KeyFile::seal(&pair, None, Some("one"), "alice").unwrap();
    let mut mixed: Value = serde_json::from_str(&second.to_json()).unwrap();
    let ours: Value = serde_json::from_str(&first.to_json()).unwrap();
    mixed["meta"]["blocs"] = ours["meta"]["blocs"].clone();
    let file = parse(&mixed).unwrap();
    assert!(file.keeps_secret());
    assert!(file.open(Some("one")).unwrap().secret.is_none());
}

#[test]
fn a_file_that_asks_for_gigabytes_is_refused_before_anything_is_computed() {
    for (n, p, r) in [
        (1u32 << 24, 1u32, 8u32),
        (1 << 17, 1, 1 << 20),
        (1 << 17, 400, 8),
        (1 << 10, 1, 8),
        (0, 0, 0),
    ] {
        let mut file = encrypted();
        let mut block = BASE64.decode(file["encoded"].as_str().unwrap()).unwrap();
        block[32..36].copy_from_slice(&n.to_le_bytes());
        block[36..40].copy_from_slice(&p.to_le_bytes());
        block[40..44].copy_from_slice(&r.to_le_bytes());
        file["encoded"] = BASE64.encode(&block).into();
        let error = parse(&file).unwrap_err();
        assert!(matches!(error, KeyFileError::Encryption { .. }), "{n} {p} {r}: {error}");
    }
}

#[test]
fn what_is_no_key_file_is_told_apart() {
    let with = |pointer: &str, value: Value| {
        let mut file = encrypted();
        *file.pointer_mut(pointer).unwrap() = value;
        parse(&file).unwrap_err()
    };
    assert!(matches!(KeyFile::parse("hello"), Err(KeyFileError::Malformed { .. })));
    assert!(matches!(KeyFile::parse("{}"), Err(KeyFileError::Malformed { .. })));
    assert!(matches!(
        KeyFile::parse(&" ".repeat(1 << 17)),
        Err(KeyFileError::Malformed { .. })
    ));
    assert!(matches!(
        with("/encoding/version", json!("4")),
        KeyFileError::Version { .. }
    ));
    assert!(matches!(
        with("/encoding/content/1", json!("ethereum")),
        KeyFileError::Scheme { .. }
    ));
    assert!(matches!(
        with("/encoding/content/0", json!("raw")),
        KeyFileError::Malformed { .. }
    ));
    assert!(matches!(
        with("/encoding/type/1", json!("rot13")),
        KeyFileError::Encryption { .. }
    ));
    assert!(matches!(
        with("/encoded", json!("AAAA")),
        KeyFileError::Malformed { .. }
    ));
    assert!(matches!(with("/encoded", json!("***")), KeyFileError::Malformed { .. }));
    assert!(matches!(
        with("/address", json!("nobody")),
        KeyFileError::Malformed { .. }
    ));
}

#[test]
fn a_file_with_the_address_of_somebody_else_is_damaged() {
    let mut file = vectors()["vectors"][1]["file"].clone();
    let bob = Pair::from_suri(Scheme::Sr25519, "//Bob").unwrap();
    file["address"] = show_address(&bob.account(), 42).into();
    let error = parse(&file).unwrap().open(None).unwrap_err();
    assert!(matches!(error, KeyFileError::Damaged { .. }), "{error}");
}
