//! `blocs account export`

use super::Context;
use crate::{
    accounts::{Ask, Password, Terminal, in_file, write_new},
    exit::{Status, error},
};
use anyhow::Context as _;
use blocs_keys::{KeyFile, Unlocked};
use clap::Args;
use serde_json::json;
use std::{io, path::PathBuf};

/// Arguments of `account export`.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Name of the account; the current one when not given
    name: Option<String>,
    /// File to write; standard output when not given
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// File with a password for the exported file; the account's own when not given
    #[arg(long, value_name = "FILE")]
    new_password_file: Option<PathBuf>,
    /// Write the key without encryption
    #[arg(long, conflicts_with = "new_password_file")]
    no_password: bool,
    /// Keep the account's words in the file too, encrypted: for a backup, not for other programs
    #[arg(long)]
    with_words: bool,
    /// Print the account's words in place of a key file
    #[arg(long, conflicts_with_all = ["out", "new_password_file", "no_password", "with_words"])]
    words: bool,
}

impl ExportArgs {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<()> {
        let accounts = context.accounts();
        let name = match &self.name {
            Some(name) => name.clone(),
            None => accounts.current_name(&context.settings)?,
        };
        let (unlocked, own) = accounts.unlock(&name)?;
        if self.words {
            return words(context, &name, &unlocked);
        }
        let password = self.password(&name, own)?;
        let exported = Unlocked {
            secret: unlocked.secret.filter(|_| self.with_words),
            pair: unlocked.pair,
        };
        let password = password.as_ref().map(|password| password.as_str());
        let file = match accounts.key_file(&name)? {
            Some(stored) => stored.reseal(&exported, password)?,
            None => {
                let secret = exported.secret.as_ref().map(|secret| secret.as_str());
                KeyFile::seal(&exported.pair, secret, password, &name)?
            }
        };
        let Some(path) = self.out else {
            context
                .output
                .record(serde_json::from_str(&file.to_json())?, || file.to_json())?;
            return Ok(());
        };
        let shown = path.display().to_string();
        match write_new(&path, &file) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                let message = format!("{shown} exists already: name another file");
                return Err(error(Status::Usage, message));
            }
            written => written.with_context(|| format!("cannot write {shown}"))?,
        }
        let address = exported.pair.account().to_string();
        let value = json!({ "name": name, "address": address, "file": shown, "encrypted": file.is_encrypted() });
        context
            .output
            .record(value, || format!("wrote the key file of {name} ({address}) to {shown}"))?;
        Ok(())
    }

    fn password(&self, name: &str, own: Option<Password>) -> anyhow::Result<Option<Password>> {
        if self.no_password {
            return Ok(None);
        }
        if let Some(path) = &self.new_password_file {
            return in_file(path).map(Some);
        }
        if own.is_some() {
            return Ok(own);
        }
        let asked = if Terminal.is_there() {
            crate::accounts::choose(&Terminal, None, "the exported file")?
        } else {
            None
        };
        if asked.is_none() {
            let message = format!(
                "the account {name} has no password to encrypt the exported file with: name a file with one \
                 (--new-password-file), or say --no-password"
            );
            return Err(error(Status::Usage, message));
        }
        Ok(asked)
    }
}

fn words(context: &Context, name: &str, unlocked: &Unlocked) -> anyhow::Result<()> {
    let Some(secret) = &unlocked.secret else {
        let message = format!(
            "the words of {name} are not on this machine: it was imported from a key file, which holds the key only"
        );
        return Err(error(Status::NotFound, message));
    };
    let question = format!("Show the secret words of {name} on this screen?");
    if !context.output.confirm(&question)? {
        let message = "did not print the words: say --yes when nobody is looking over your shoulder";
        return Err(error(Status::Denied, message));
    }
    let value = json!({ "name": name, "mnemonic": secret.as_str() });
    context.output.record(value, || secret.to_string())?;
    Ok(())
}
