//! `blocs account import`

use super::{
    Context,
    new::{KeyArgs, secret_in},
};
use crate::{
    accounts::{Accounts, Ask, DEFAULT_NAME, Password, Terminal, choose, given, in_file, unlock},
    exit::{Status, error},
};
use anyhow::Context as _;
use blocs_keys::{Batch, KeyFile, KeyFileError, Unlocked};
use clap::Args;
use serde_json::json;
use std::{
    io::{IsTerminal, Read},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Longest name that is taken from a key file.
const MAX_NAME: usize = 40;

/// Arguments of `account import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Name of the account on this machine; "default" for words, the name in the file for key files
    name: Option<String>,
    /// File with the words, a seed (0x…), or either with derivations; the terminal or standard input when not given
    #[arg(long, alias = "suri-file", value_name = "FILE", conflicts_with = "key_file")]
    secret_file: Option<PathBuf>,
    /// Key file (JSON) of polkadot.js or its browser extension, of one account or of all
    #[arg(long, value_name = "FILE", conflicts_with_all = ["scheme", "derive"])]
    key_file: Option<PathBuf>,
    /// File with the key file's own password, when the account is to have another one here
    #[arg(long, value_name = "FILE", requires = "key_file")]
    key_password_file: Option<PathBuf>,
    #[command(flatten)]
    key: KeyArgs,
}

impl ImportArgs {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<()> {
        match &self.key_file {
            Some(path) => self.import_key_file(context, path),
            None => self.import_secret(context),
        }
    }

    fn import_secret(&self, context: &Context) -> anyhow::Result<()> {
        let name = self.name.as_deref().unwrap_or(DEFAULT_NAME);
        let accounts = context.accounts();
        accounts.ensure_free(name)?;
        let text = match &self.secret_file {
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
                Zeroizing::new(text)
            }
            None if std::io::stdin().is_terminal() && Terminal.is_there() => Terminal
                .ask("Words of the account (they are not shown): ")
                .context("cannot ask for the words")?,
            None => {
                let mut text = Zeroizing::new(String::new());
                std::io::stdin()
                    .read_to_string(&mut text)
                    .context("cannot read the words from standard input")?;
                text
            }
        };
        if text.trim_start().starts_with('{') {
            return Err(error(
                Status::Usage,
                "this is a key file and no words: import it with --key-file FILE",
            ));
        }
        let unlocked = self.key.unlocked(&secret_in(&text)?)?;
        let password = self.key.password(context, name)?;
        let account = accounts.store_pair(name, unlocked, password.as_ref().map(|p| p.as_str()))?;
        show(context, &account.name, &account.signer.account().to_string())
    }

    fn import_key_file(&self, context: &Context, path: &Path) -> anyhow::Result<()> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?;
        let accounts = context.accounts();
        if Batch::is_one(&text) {
            return self.import_batch(context, &accounts, &shown, &text);
        }
        let file = KeyFile::parse(&text).with_context(|| format!("cannot import {shown}"))?;
        let name = match &self.name {
            Some(name) => name.clone(),
            None => plain_name(&file.name()).unwrap_or_else(|| DEFAULT_NAME.to_owned()),
        };
        accounts.ensure_free(&name)?;
        let (unlocked, theirs) = if file.is_encrypted() {
            let (unlocked, theirs) = self.open(context, &shown, |password| file.open(Some(password)))?;
            (unlocked, Some(theirs))
        } else {
            (file.open(None)?, None)
        };
        let password = self.password_here(context, &name, theirs)?;
        store(&accounts, &name, &file, &unlocked, password.as_ref())?;
        show(context, &name, &unlocked.pair.account().to_string())
    }

    fn import_batch(&self, context: &Context, accounts: &Accounts, shown: &str, text: &str) -> anyhow::Result<()> {
        if self.name.is_some() {
            let message = format!("{shown} holds several accounts, which have names of their own: leave the name out");
            return Err(error(Status::Usage, message));
        }
        let batch = Batch::parse(text).with_context(|| format!("cannot import {shown}"))?;
        let (files, theirs) = self.open(context, shown, |password| batch.open(Some(password)))?;
        let password = self.password_here(context, "imported", Some(theirs.clone()))?;
        let mut known: Vec<String> = accounts.list()?.into_iter().map(|listed| listed.address).collect();
        for file in files {
            let unlocked = file
                .open(Some(&theirs))
                .with_context(|| format!("cannot import {:?} of {shown}", file.name()))?;
            let address = unlocked.pair.account().to_string();
            if known.contains(&address) {
                context
                    .output
                    .note(format!("{address} is on this machine already: left as it is"));
                continue;
            }
            let name = free_name(accounts, &file.name())?;
            store(accounts, &name, &file, &unlocked, password.as_ref())?;
            show(context, &name, &address)?;
            known.push(address);
        }
        Ok(())
    }

    /// Opens something of another program with the password of its own, or else with ours.
    fn open<T>(
        &self,
        context: &Context,
        shown: &str,
        open: impl Fn(&str) -> Result<T, KeyFileError>,
    ) -> anyhow::Result<(T, Password)> {
        let password = match &self.key_password_file {
            Some(path) => Some(in_file(path)?),
            None => given(&context.settings)?,
        };
        unlock(&Terminal, password, shown, |password| match open(password) {
            Ok(opened) => Ok(Some(opened)),
            Err(KeyFileError::WrongPassword) => Ok(None),
            Err(other) => Err(anyhow::Error::from(other).context(format!("cannot import {shown}"))),
        })
    }

    /// The password to keep an imported key under: ours when one is given beside its own, or else its own.
    fn password_here(
        &self,
        context: &Context,
        name: &str,
        theirs: Option<Password>,
    ) -> anyhow::Result<Option<Password>> {
        if self.key.no_password {
            return Ok(None);
        }
        match theirs {
            None => {
                context
                    .output
                    .note("The key file is not encrypted: whoever has seen it has the key.");
                self.key.password(context, name)
            }
            Some(theirs) if self.key_password_file.is_none() => Ok(Some(theirs)),
            Some(theirs) => {
                let what = format!("the account {name}");
                Ok(choose(&Terminal, given(&context.settings)?, &what)?.or(Some(theirs)))
            }
        }
    }
}

/// Keeps an imported key file: metadata stays, name and password are ours.
fn store(
    accounts: &Accounts,
    name: &str,
    file: &KeyFile,
    unlocked: &Unlocked,
    password: Option<&Password>,
) -> anyhow::Result<()> {
    let mut kept = file.reseal(unlocked, password.map(|password| password.as_str()))?;
    kept.set_name(name);
    accounts.store_file(name, &kept)
}

/// A name for a file made of what another program calls the account; `None` when nothing is left of it.
fn plain_name(name: &str) -> Option<String> {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let name: String = name.chars().take(MAX_NAME).map(plain).collect();
    let name = name.trim_matches('-');
    (!name.is_empty()).then(|| name.to_owned())
}

/// A name that no account has yet.
fn free_name(accounts: &Accounts, wanted: &str) -> anyhow::Result<String> {
    let wanted = plain_name(wanted).unwrap_or_else(|| "imported".to_owned());
    let mut name = wanted.clone();
    let mut number = 2;
    while accounts.address(&name)?.is_some() {
        name = format!("{wanted}-{number}");
        number += 1;
    }
    Ok(name)
}

fn show(context: &Context, name: &str, address: &str) -> anyhow::Result<()> {
    let value = json!({ "name": name, "address": address });
    context
        .output
        .record(value, || format!("name     {name}\naddress  {address}"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_programs_become_names_of_files() {
        assert_eq!(plain_name("My Account #1").as_deref(), Some("my-account--1"));
        assert_eq!(plain_name("../../etc/passwd").as_deref(), Some("etc-passwd"));
        assert_eq!(plain_name("帳戶"), None);
        assert_eq!(plain_name(""), None);
    }
}
