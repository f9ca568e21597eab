//! Accounts on this machine: one polkadot.js key file per account, readable by its owner only.

mod legacy;
mod password;

pub(crate) use password::{Ask, Password, Terminal, choose, given, in_file, unlock};

use crate::{
    exit::{Status, error},
    settings::{Settings, secret},
};
use anyhow::Context;
use blocs_chain::Signer;
use blocs_client::Identity;
use blocs_keys::{KeyFile, KeyFileError, Pair, Scheme, Unlocked, parse_address};
use blocs_primitives::AccountId;
use legacy::Legacy;
use std::{
    fs, io,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Name of the account that `account new` makes when none is given.
pub(crate) const DEFAULT_NAME: &str = "default";
/// SS58 prefix of this network's addresses.
pub(crate) const SS58_PREFIX: u16 = 42;
/// Environment variable with an account's secret, in place of a stored account.
const SECRET_VARIABLE: &str = "BLOCS_MNEMONIC";

/// An account that can sign.
pub(crate) struct Account {
    /// Its name on this machine.
    pub(crate) name: String,
    /// Its mnemonic or secret URI; key files of other programs do not have it.
    pub(crate) secret: Option<Zeroizing<String>>,
    /// Its key.
    pub(crate) signer: Signer,
}

impl Account {
    /// Who files are stored and fetched for.
    pub(crate) fn identity(&self) -> anyhow::Result<Identity> {
        let secret = self.secret.as_ref().map(|secret| secret.as_str());
        Ok(Identity::new(&self.signer, secret)?)
    }

    fn of(name: &str, unlocked: Unlocked) -> Self {
        Self {
            name: name.to_owned(),
            secret: unlocked.secret,
            signer: unlocked.pair.into(),
        }
    }
}

/// An account as the list shows it.
pub(crate) struct Listed {
    /// Its name.
    pub(crate) name: String,
    /// Its address.
    pub(crate) address: String,
    /// How it signs.
    pub(crate) scheme: Scheme,
    /// Whether a password protects it.
    pub(crate) encrypted: bool,
    /// Whether it is still in the format of earlier releases.
    pub(crate) legacy: bool,
}

/// An account's file.
enum Stored {
    Key(Box<KeyFile>),
    Legacy(Legacy),
}

impl Stored {
    fn address(&self) -> String {
        match self {
            Self::Key(file) => file.account().map(|account| account.to_string()).unwrap_or_default(),
            Self::Legacy(legacy) => legacy.address.clone(),
        }
    }

    fn is_encrypted(&self) -> bool {
        match self {
            Self::Key(file) => file.is_encrypted(),
            Self::Legacy(legacy) => legacy.is_encrypted(),
        }
    }

    /// `None` when the password is wrong.
    fn open(&self, password: Option<&str>) -> anyhow::Result<Option<Unlocked>> {
        match self {
            Self::Key(file) => match file.open(password) {
                Ok(unlocked) => Ok(Some(unlocked)),
                Err(KeyFileError::WrongPassword | KeyFileError::PasswordNeeded) => Ok(None),
                Err(other) => Err(other.into()),
            },
            Self::Legacy(legacy) => {
                let Some(words) = legacy.open(password) else {
                    return Ok(None);
                };
                let pair = Pair::from_suri(Scheme::Sr25519, &words)?;
                let secret = Some(words);
                Ok(Some(Unlocked { pair, secret }))
            }
        }
    }
}

/// The folder of accounts.
pub(crate) struct Accounts {
    folder: PathBuf,
    settings: Settings,
}

impl Accounts {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            folder: settings.data.join("accounts"),
            settings: settings.clone(),
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

    /// Fails when the name cannot be given to a new account.
    pub(crate) fn ensure_free(&self, name: &str) -> anyhow::Result<()> {
        let path = self.file(name)?;
        if path.exists() {
            return Err(taken(name, &path));
        }
        Ok(())
    }

    /// Stores an sr25519 secret under a name that is not taken; encrypts it when there is a password.
    pub(crate) fn store(&self, name: &str, words: &str, password: Option<&str>) -> anyhow::Result<Account> {
        let unlocked = Unlocked {
            pair: Pair::from_suri(Scheme::Sr25519, words)?,
            secret: Some(Zeroizing::new(words.to_owned())),
        };
        self.store_pair(name, unlocked, password)
    }

    /// Stores a key under a name that is not taken; encrypts it when there is a password.
    pub(crate) fn store_pair(&self, name: &str, unlocked: Unlocked, password: Option<&str>) -> anyhow::Result<Account> {
        self.ensure_free(name)?;
        let secret = unlocked.secret.as_ref().map(|secret| secret.as_str());
        let file = KeyFile::seal(&unlocked.pair, secret, password, name)?;
        self.store_file(name, &file)?;
        Ok(Account::of(name, unlocked))
    }

    /// Stores a key file under a name that is not taken.
    pub(crate) fn store_file(&self, name: &str, file: &KeyFile) -> anyhow::Result<()> {
        let path = self.file(name)?;
        let context = || format!("cannot write the account {}", path.display());
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)
            .with_context(context)?;
        match write_new(&path, file) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Err(taken(name, &path)),
            written => written.with_context(context),
        }
    }

    /// All accounts, by name.
    pub(crate) fn list(&self) -> anyhow::Result<Vec<Listed>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
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
            if !name.starts_with('.') && path.extension().is_some_and(|extension| extension == "json") {
                let stored = read(&path)?;
                let scheme = match &stored {
                    Stored::Key(file) => file.scheme().unwrap_or_default(),
                    Stored::Legacy(_) => Scheme::Sr25519,
                };
                found.push(Listed {
                    name,
                    address: stored.address(),
                    scheme,
                    encrypted: stored.is_encrypted(),
                    legacy: matches!(stored, Stored::Legacy(_)),
                });
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// The account with this name.
    pub(crate) fn open(&self, name: &str) -> anyhow::Result<Account> {
        Ok(Account::of(name, self.unlock(name)?.0))
    }

    /// The account with this name, and the password that opened it.
    pub(crate) fn unlock(&self, name: &str) -> anyhow::Result<(Unlocked, Option<Password>)> {
        let path = self.existing(name)?;
        let stored = read(&path)?;
        let what = format!("the account {name}");
        let (unlocked, password) = if stored.is_encrypted() {
            let given = given(&self.settings)?;
            let open = |password: &str| {
                stored
                    .open(Some(password))
                    .with_context(|| format!("cannot open {what}"))
            };
            let (unlocked, password) = unlock(&Terminal, given, &what, open)?;
            (unlocked, Some(password))
        } else {
            let unlocked = stored.open(None).with_context(|| format!("cannot open {what}"))?;
            let unlocked = unlocked.with_context(|| format!("{what} is damaged: restore it from a backup"))?;
            (unlocked, None)
        };
        if matches!(stored, Stored::Legacy(_)) {
            // The account opens all the same where its folder cannot be written; `account migrate` tells what is wrong.
            let _ = migrate(&path, name, &unlocked, password.as_ref());
        }
        Ok((unlocked, password))
    }

    /// Rewrites the account's file as a key file when it is one of an earlier release; `false` when it is not.
    pub(crate) fn migrate(&self, name: &str) -> anyhow::Result<bool> {
        let path = self.existing(name)?;
        let Stored::Legacy(legacy) = read(&path)? else {
            return Ok(false);
        };
        let (unlocked, password) = self.unlock(name)?;
        if let Stored::Legacy(_) = read(&path)? {
            migrate(&path, name, &unlocked, password.as_ref()).with_context(|| {
                format!(
                    "cannot rewrite the account {name}: the old file stays ({})",
                    legacy.address
                )
            })?;
        }
        Ok(true)
    }

    fn existing(&self, name: &str) -> anyhow::Result<PathBuf> {
        let path = self.file(name)?;
        if path.exists() {
            return Ok(path);
        }
        let message =
            format!("there is no account {name}: see `blocs account ls`, or make one with `blocs account new {name}`");
        Err(error(Status::NotFound, message))
    }

    /// Address of the account with this name, without its secret.
    pub(crate) fn address(&self, name: &str) -> anyhow::Result<Option<String>> {
        let path = self.file(name)?;
        if path.exists() {
            Ok(Some(read(&path)?.address()))
        } else {
            Ok(None)
        }
    }

    /// Key file of the account with this name; `None` when there is none, or one of an earlier release.
    pub(crate) fn key_file(&self, name: &str) -> anyhow::Result<Option<KeyFile>> {
        let path = self.file(name)?;
        if !path.exists() {
            return Ok(None);
        }
        Ok(match read(&path)? {
            Stored::Key(file) => Some(*file),
            Stored::Legacy(_) => None,
        })
    }

    /// The account to act for: the secret of the environment, the account that the settings name, the default one, or the only one.
    pub(crate) fn current(&self, settings: &Settings) -> anyhow::Result<Account> {
        if settings.account.is_none()
            && let Some(secret) = secret(SECRET_VARIABLE)?
        {
            let signer = Signer::from_suri(&secret)?;
            return Ok(Account {
                name: "environment".to_owned(),
                secret: Some(secret),
                signer,
            });
        }
        self.open(&self.current_name(settings)?)
    }

    /// The account to act for, without its secret.
    pub(crate) fn current_id(&self, settings: &Settings) -> anyhow::Result<AccountId> {
        if settings.account.is_none()
            && let Some(secret) = secret(SECRET_VARIABLE)?
        {
            return Ok(Signer::from_suri(&secret)?.account());
        }
        let name = self.current_name(settings)?;
        self.existing(&name)?;
        let address = self.address(&name)?.unwrap_or_default();
        Ok(parse_address(&address, SS58_PREFIX)?)
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

fn taken(name: &str, path: &Path) -> anyhow::Error {
    let path = path.display();
    error(
        Status::Usage,
        format!("the account {name} exists already in {path}: choose another name"),
    )
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
    let not_understood = |reason: String| {
        anyhow::anyhow!(
            "cannot understand the account {}: {reason}; restore it from a backup",
            path.display()
        )
    };
    // Only files of earlier releases have a version beside the address.
    let legacy = serde_json::from_str::<serde_json::Value>(&text).is_ok_and(|value| value.get("version").is_some());
    if !legacy {
        let file = KeyFile::parse(&text).map_err(|e| not_understood(e.to_string()))?;
        return Ok(Stored::Key(Box::new(file)));
    }
    let stored: Legacy = serde_json::from_str(&text).map_err(|e| not_understood(e.to_string()))?;
    if stored.version != 1 {
        let message = format!(
            "the account {} has version {}: use a newer release",
            path.display(),
            stored.version
        );
        return Err(error(Status::Error, message));
    }
    Ok(Stored::Legacy(stored))
}

/// Writes a file that must not be there yet, and puts it on the disk.
pub(crate) fn write_new(path: &Path, file: &KeyFile) -> io::Result<()> {
    let mut out = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    let text = Zeroizing::new(file.to_json());
    out.write_all(text.as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.sync_all())
}

/// Puts a key file in the place of an old file. The old one is there until the new one is on the disk and has been opened.
fn migrate(path: &Path, name: &str, unlocked: &Unlocked, password: Option<&Password>) -> anyhow::Result<()> {
    let password = password.map(|password| password.as_str());
    let secret = unlocked.secret.as_ref().map(|secret| secret.as_str());
    let file = KeyFile::seal(&unlocked.pair, secret, password, name)?;
    let temporary = path.with_file_name(format!(".{name}.{}.new", std::process::id()));
    // What a killed process of the same number left behind.
    match fs::remove_file(&temporary) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e.into()),
        _ => {}
    }
    let replace = || -> anyhow::Result<()> {
        write_new(&temporary, &file)?;
        let again = KeyFile::parse(&Zeroizing::new(fs::read_to_string(&temporary)?))?.open(password)?;
        anyhow::ensure!(
            again.pair.public() == unlocked.pair.public() && again.secret == unlocked.secret,
            "the new file does not read as it was written"
        );
        fs::rename(&temporary, path)?;
        if let Some(folder) = path.parent() {
            fs::File::open(folder)?.sync_all()?;
        }
        Ok(())
    };
    let replaced = replace();
    if replaced.is_err() {
        // The old file is in its place; what is left of the new one is of no use.
        let _ = fs::remove_file(&temporary);
    }
    replaced
}

#[cfg(test)]
mod tests;
