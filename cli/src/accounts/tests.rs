#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use super::*;

const WORDS: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

fn settings(data: &Path) -> Settings {
    Settings {
        url: String::new(),
        account: None,
        data: data.to_owned(),
        genesis: None,
        dev: PathBuf::new(),
        password_file: None,
    }
}

/// Settings with a password in a file.
fn with_password(data: &Path, password: &str) -> Settings {
    let file = data.join(format!("password-{password}"));
    fs::write(&file, format!("{password}\n")).unwrap();
    Settings {
        password_file: Some(file),
        ..settings(data)
    }
}

#[test]
fn accounts_are_stored_privately_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let accounts = Accounts::new(&settings);
    let none = accounts.current_name(&settings).unwrap_err();
    assert_eq!(Status::of(&none), Status::NoChain);

    let made = accounts.store("me", WORDS, None).unwrap();
    let file = folder.path().join("accounts/me.json");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let opened = accounts.open("me").unwrap();
    assert_eq!(opened.signer.account(), made.signer.account());
    assert_eq!(opened.secret.unwrap().as_str(), WORDS);
    assert_eq!(accounts.current_name(&settings).unwrap(), "me");
    assert!(accounts.store("me", WORDS, None).is_err());
    assert_eq!(Status::of(&accounts.open("you").err().unwrap()), Status::NotFound);
    assert_eq!(Status::of(&accounts.open("../you").err().unwrap()), Status::Usage);

    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(Status::of(&accounts.open("me").err().unwrap()), Status::Denied);
}

#[test]
fn a_password_hides_key_and_words_and_another_one_does_not_open_them() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = Accounts::new(&with_password(folder.path(), "right"));
    accounts.store("me", WORDS, Some("right")).unwrap();
    let text = fs::read_to_string(folder.path().join("accounts/me.json")).unwrap();
    assert!(!text.contains("bottom"), "{text}");
    assert_eq!(accounts.open("me").unwrap().secret.unwrap().as_str(), WORDS);
    let wrong = Accounts::new(&with_password(folder.path(), "wrong"))
        .open("me")
        .err()
        .unwrap();
    assert_eq!(Status::of(&wrong), Status::WrongPassword);
    let listed = accounts.list().unwrap();
    assert!(listed[0].encrypted && !listed[0].legacy);
}

#[test]
fn every_scheme_is_stored_and_listed_with_its_address() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = Accounts::new(&settings(folder.path()));
    for scheme in Scheme::ALL {
        let pair = Pair::from_suri(scheme, "//Alice").unwrap();
        let account = pair.account();
        let unlocked = Unlocked { pair, secret: None };
        accounts.store_pair(scheme.name(), unlocked, None).unwrap();
        assert_eq!(accounts.open(scheme.name()).unwrap().signer.account(), account);
        assert_eq!(accounts.address(scheme.name()).unwrap(), Some(account.to_string()));
    }
    let schemes: Vec<_> = accounts.list().unwrap().iter().map(|listed| listed.scheme).collect();
    assert_eq!(schemes, [Scheme::Ecdsa, Scheme::Ed25519, Scheme::Sr25519]);
}

/// A folder with one file of an earlier release.
fn old_folder(password: Option<&str>) -> (tempfile::TempDir, PathBuf, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("accounts")).unwrap();
    let path = folder.path().join("accounts/me.json");
    let address = Signer::from_suri(WORDS).unwrap().account().to_string();
    fs::write(&path, legacy::write(&address, WORDS, password)).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    (folder, path, address)
}

#[test]
fn an_old_file_becomes_a_key_file_when_it_is_first_opened_and_keeps_its_words() {
    for password in [None, Some("right")] {
        let (folder, path, address) = old_folder(password);
        let accounts = Accounts::new(&with_password(folder.path(), "right"));
        assert_eq!(accounts.address("me").unwrap(), Some(address.clone()));
        assert!(accounts.list().unwrap()[0].legacy);

        let wrong = Accounts::new(&with_password(folder.path(), "wrong")).open("me");
        assert_eq!(wrong.is_ok(), password.is_none());
        let first = accounts.open("me").unwrap();
        let second = accounts.open("me").unwrap();
        for account in [first, second] {
            assert_eq!(account.signer.account().to_string(), address);
            assert_eq!(account.secret.unwrap().as_str(), WORDS);
        }
        let listed = accounts.list().unwrap();
        assert!(!listed[0].legacy, "it is a key file now");
        assert_eq!(listed[0].encrypted, password.is_some());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(
            fs::read_dir(path.parent().unwrap()).unwrap().count(),
            1,
            "nothing is left over"
        );
        assert!(!accounts.migrate("me").unwrap());
    }
}

#[test]
fn a_migration_that_cannot_be_finished_leaves_the_old_file() {
    let (folder, path, _) = old_folder(Some("right"));
    let before = fs::read(&path).unwrap();
    // Something that cannot be removed stands where the new file would be written.
    let obstacle = path.with_file_name(format!(".me.{}.new", std::process::id()));
    fs::create_dir_all(obstacle.join("inside")).unwrap();
    let accounts = Accounts::new(&with_password(folder.path(), "right"));
    assert!(accounts.open("me").is_ok(), "it opens all the same");
    assert!(accounts.migrate("me").is_err());
    assert_eq!(fs::read(&path).unwrap(), before);
    fs::remove_dir_all(&obstacle).unwrap();
    assert!(accounts.migrate("me").unwrap());
    assert_ne!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_key_file_of_another_program_is_an_account() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = Accounts::new(&with_password(folder.path(), "right"));
    let pair = Pair::from_suri(Scheme::Ed25519, "//Alice").unwrap();
    let theirs = KeyFile::seal(&pair, None, Some("right"), "theirs").unwrap();
    accounts.store_file("theirs", &theirs).unwrap();
    let account = accounts.open("theirs").unwrap();
    assert_eq!(account.signer.account(), pair.account());
    assert!(account.secret.is_none());
    let refused = account.identity().err().unwrap().to_string();
    assert!(refused.contains("ed25519") && refused.contains("sr25519"), "{refused}");
}
