//! Accounts on this machine: one file per account, readable by its owner only.

use crate::{
    exit::{Status, error},
    settings::{Settings, secret},
};
use anyhow::Context;
use blocs_chain::Signer;
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    rand::{SecureRandom, SystemRandom},
};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Name of the account that `account new` makes when none is given.
pub(crate) const DEFAULT_NAME: &str = "default";
/// Environment variable with an account's secret, in place of a stored account.
const SECRET_VARIABLE: &str = "BLOCS_MNEMONIC";
/// Environment variable with the password of stored accounts.
const PASSWORD_VARIABLE: &str = "BLOCS_PASSWORD";
/// scrypt: 2^15 rounds of 8 blocks, 32 MiB of memory.
const LOG_N: u8 = 15;

/// A stored account, version 1.
#[derive(Serialize, Deserialize)]
struct Stored {
    version: u8,
    address: String,
    #[serde(flatten)]
    secret: StoredSecret,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StoredSecret {
    /// The words themselves.
    Plain(String),
    /// Encrypted with a password.
    Encrypted(Encrypted),
}

/// AES-256-GCM under a key that scrypt makes from the password. Bytes in hex.
#[derive(Serialize, Deserialize)]
struct Encrypted {
    log_n: u8,
    salt: String,
    nonce: String,
    ciphertext: String,
}

/// An account that can sign.
pub(crate) struct Account {
    /// Its name on this machine.
    pub(crate) name: String,
    /// Its mnemonic or secret URI.
    pub(crate) secret: Zeroizing<String>,
    /// Its key.
    pub(crate) signer: Signer,
}

/// An account as the list shows it.
pub(crate) struct Listed {
    /// Its name.
    pub(crate) name: String,
    /// Its address.
    pub(crate) address: String,
    /// Whether a password protects it.
    pub(crate) encrypted: bool,
}

/// The folder of accounts.
pub(crate) struct Accounts {
    folder: PathBuf,
}

impl Accounts {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            folder: settings.data.join("accounts"),
        }
    }

    fn file(&self, name: &str) -> anyhow::Result<PathBuf> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.len() > 64 || name.starts_with('.') || !name.chars().all(plain) {
            let message = format!("{name:?} is not a name for an account: use letters, digits, - and _");
            return Err(error(Status::Usage, message));
        }
        Ok(self.folder.join(format!("{name}.json")))
    }

    /// Stores a secret under a name that is not taken; encrypts it when there is a password.
    pub(crate) fn store(&self, name: &str, words: &str, password: Option<&str>) -> anyhow::Result<Account> {
        let path = self.file(name)?;
        let signer = Signer::from_suri(words)?;
        let secret = match password {
            Some(password) => StoredSecret::Encrypted(encrypt(words, password)?),
            None => StoredSecret::Plain(words.to_owned()),
        };
        let stored = Stored {
            version: 1,
            address: signer.account().to_string(),
            secret,
        };
        let text = Zeroizing::new(serde_json::to_string_pretty(&stored)?);
        let context = || format!("cannot write the account {}", path.display());
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)
            .with_context(context)?;
        let mut file = match fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
        {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
                let message = format!(
                    "the account {name} exists already in {}: choose another name",
                    path.display()
                );
                return Err(error(Status::Usage, message));
            }
            Err(e) => return Err(anyhow::Error::from(e).context(context())),
        };
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .with_context(context)?;
        Ok(Account {
            name: name.to_owned(),
            secret: Zeroizing::new(words.to_owned()),
            signer,
        })
    }

    /// All accounts, by name.
    pub(crate) fn list(&self) -> anyhow::Result<Vec<Listed>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => {
                return Err(
                    anyhow::Error::from(e).context(format!("cannot list accounts in {}", self.folder.display()))
                );
            }
        };
        let mut found = Vec::new();
        for entry in entries {
            let path = entry?.path();
            let Some(name) = path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned) else {
                continue;
            };
            if path.extension().is_some_and(|extension| extension == "json") {
                let stored = read(&path)?;
                let encrypted = matches!(stored.secret, StoredSecret::Encrypted(_));
                found.push(Listed {
                    name,
                    address: stored.address,
                    encrypted,
                });
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// The account with this name.
    pub(crate) fn open(&self, name: &str) -> anyhow::Result<Account> {
        let path = self.file(name)?;
        if !path.exists() {
            let message = format!(
                "there is no account {name}: see `blocs account ls`, or make one with `blocs account new {name}`"
            );
            return Err(error(Status::NotFound, message));
        }
        let stored = read(&path)?;
        let secret = match stored.secret {
            StoredSecret::Plain(words) => Zeroizing::new(words),
            StoredSecret::Encrypted(encrypted) => {
                let password = password()?.ok_or_else(|| {
                    let message =
                        format!("the account {name} is protected: put its password into a file and name it in ");
                    error(Status::WrongPassword, format!("{message}{PASSWORD_VARIABLE}_FILE"))
                })?;
                decrypt(&encrypted, &password).ok_or_else(|| {
                    error(
                        Status::WrongPassword,
                        format!("the password does not open the account {name}: try another"),
                    )
                })?
            }
        };
        let signer = Signer::from_suri(&secret)?;
        Ok(Account {
            name: name.to_owned(),
            secret,
            signer,
        })
    }

    /// Address of the account with this name, without its secret.
    pub(crate) fn address(&self, name: &str) -> anyhow::Result<Option<String>> {
        let path = self.file(name)?;
        if path.exists() {
            Ok(Some(read(&path)?.address))
        } else {
            Ok(None)
        }
    }

    /// The account to act for: the secret of the environment, the account that the settings name, the default one, or the only one.
    pub(crate) fn current(&self, settings: &Settings) -> anyhow::Result<Account> {
        if settings.account.is_none()
            && let Some(secret) = secret(SECRET_VARIABLE)?
        {
            let signer = Signer::from_suri(&secret)?;
            return Ok(Account {
                name: "environment".to_owned(),
                secret,
                signer,
            });
        }
        self.open(&self.current_name(settings)?)
    }

    /// Name of the stored account to act for.
    pub(crate) fn current_name(&self, settings: &Settings) -> anyhow::Result<String> {
        if let Some(name) = &settings.account {
            return Ok(name.clone());
        }
        let accounts = self.list()?;
        match accounts.as_slice() {
            [] => Err(error(
                Status::NoChain,
                "there is no account yet: make one with `blocs account new`, or start a chain to try with `blocs dev up`",
            )),
            [only] => Ok(only.name.clone()),
            several if several.iter().any(|account| account.name == DEFAULT_NAME) => Ok(DEFAULT_NAME.to_owned()),
            _ => Err(error(
                Status::Usage,
                "there are several accounts: choose one with --account (see `blocs account ls`)",
            )),
        }
    }
}

/// The password for stored accounts, when one is given.
pub(crate) fn password() -> anyhow::Result<Option<Zeroizing<String>>> {
    secret(PASSWORD_VARIABLE)
}

fn read(path: &Path) -> anyhow::Result<Stored> {
    let context = || format!("cannot read the account {}", path.display());
    let mode = fs::metadata(path).with_context(context)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let path = path.display();
        let message =
            format!("refusing the account {path}: others can read it (mode {mode:o}); run `chmod 600 {path}`");
        return Err(error(Status::Denied, message));
    }
    let text = Zeroizing::new(fs::read_to_string(path).with_context(context)?);
    let stored: Stored = serde_json::from_str(&text).map_err(|e| {
        anyhow::anyhow!(
            "cannot understand the account {}: {e}; restore it from a backup",
            path.display()
        )
    })?;
    if stored.version != 1 {
        let message = format!(
            "the account {} has version {}: use a newer release",
            path.display(),
            stored.version
        );
        return Err(error(Status::Error, message));
    }
    Ok(stored)
}

fn key(password: &str, salt: &[u8], log_n: u8) -> Option<LessSafeKey> {
    let params = scrypt::Params::new(log_n, 8, 1, 32)
        .ok()
        .filter(|_| (10..=20).contains(&log_n))?;
    let mut bytes = Zeroizing::new([0u8; 32]);
    scrypt::scrypt(password.as_bytes(), salt, &params, bytes.as_mut()).ok()?;
    UnboundKey::new(&AES_256_GCM, bytes.as_ref()).ok().map(LessSafeKey::new)
}

fn encrypt(words: &str, password: &str) -> anyhow::Result<Encrypted> {
    let failed = || anyhow::anyhow!("cannot encrypt the account: the system gives no random numbers");
    let (mut salt, mut nonce) = ([0u8; 32], [0u8; 12]);
    SystemRandom::new().fill(&mut salt).map_err(|_| failed())?;
    SystemRandom::new().fill(&mut nonce).map_err(|_| failed())?;
    let mut text = words.as_bytes().to_vec();
    key(password, &salt, LOG_N)
        .ok_or_else(failed)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)
        .map_err(|_| failed())?;
    Ok(Encrypted {
        log_n: LOG_N,
        salt: hex::encode(salt),
        nonce: hex::encode(nonce),
        ciphertext: hex::encode(text),
    })
}

fn decrypt(encrypted: &Encrypted, password: &str) -> Option<Zeroizing<String>> {
    let salt = hex::decode(&encrypted.salt).ok()?;
    let nonce: [u8; 12] = hex::decode(&encrypted.nonce).ok()?.try_into().ok()?;
    let mut text = Zeroizing::new(hex::decode(&encrypted.ciphertext).ok()?);
    let opened = key(password, &salt, encrypted.log_n)?
        .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)
        .ok()?;
    std::str::from_utf8(opened)
        .ok()
        .map(|words| Zeroizing::new(words.to_owned()))
}

#[cfg(test)]
mod tests {
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
        assert_eq!(accounts.open("me").unwrap().signer.account(), made.signer.account());
        assert_eq!(accounts.current_name(&settings).unwrap(), "me");
        assert!(accounts.store("me", WORDS, None).is_err());
        assert_eq!(Status::of(&accounts.open("you").err().unwrap()), Status::NotFound);
        assert_eq!(Status::of(&accounts.open("../you").err().unwrap()), Status::Usage);

        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(Status::of(&accounts.open("me").err().unwrap()), Status::Denied);
    }

    #[test]
    fn a_password_hides_the_words_and_another_one_does_not_open_them() {
        let encrypted = encrypt(WORDS, "right").unwrap();
        assert_eq!(decrypt(&encrypted, "right").unwrap().as_str(), WORDS);
        assert!(decrypt(&encrypted, "wrong").is_none());
    }
}
