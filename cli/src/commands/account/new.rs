//! `blocs account new`

use super::Context;
use crate::{
    accounts::{DEFAULT_NAME, Password, Terminal, choose, given},
    exit::{Status, error},
};
use blocs_keys::{Pair, Scheme, Unlocked, WordCount, new_mnemonic};
use clap::Args;
use serde_json::json;
use zeroize::Zeroizing;

/// What accounts that are made or imported have in common.
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// How the account signs: sr25519, ed25519 or ecdsa; files can be stored with sr25519 only
    #[arg(long, default_value = "sr25519", value_parser = parse_scheme)]
    pub(super) scheme: Scheme,
    /// Take the key derived at this path in place of the words' own: //storage//0
    #[arg(long, value_name = "PATH")]
    pub(super) derive: Option<String>,
    /// Do not ask for a password: the key file is protected by its permissions only
    #[arg(long)]
    pub(super) no_password: bool,
}

impl KeyArgs {
    /// The key of a secret, and the secret with its derivations.
    pub(super) fn unlocked(&self, secret: &str) -> anyhow::Result<Unlocked> {
        let secret = match &self.derive {
            None => Zeroizing::new(secret.to_owned()),
            Some(path) => {
                Pair::from_suri(self.scheme, secret)?.derive(path)?;
                // A password of the words stays behind the path.
                let (words, password) = secret.split_once("///").map_or((secret, None), |(a, b)| (a, Some(b)));
                let password = password.map(|password| format!("///{password}")).unwrap_or_default();
                Zeroizing::new(format!("{words}{path}{}", Zeroizing::new(password).as_str()))
            }
        };
        let pair = Pair::from_suri(self.scheme, &secret)?;
        let secret = Some(secret);
        Ok(Unlocked { pair, secret })
    }

    /// The password to protect the account with.
    pub(super) fn password(&self, context: &Context, name: &str) -> anyhow::Result<Option<Password>> {
        if self.no_password {
            return Ok(None);
        }
        let what = format!("the account {name}");
        let password = choose(&Terminal, given(&context.settings)?, &what)?;
        if password.is_none() {
            context.output.note(format!(
                "No password protects {what}, only the permissions of its file: whoever reads this disk or a backup of it has the key."
            ));
        }
        Ok(password)
    }
}

/// Arguments of `account new`.
#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// Name of the account on this machine
    #[arg(default_value = DEFAULT_NAME)]
    name: String,
    /// Number of words: 12 or 24
    #[arg(long, default_value = "12", value_parser = word_count)]
    words: WordCount,
    #[command(flatten)]
    key: KeyArgs,
}

impl NewArgs {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<()> {
        let accounts = context.accounts();
        accounts.ensure_free(&self.name)?;
        let words = new_mnemonic(self.words);
        let unlocked = self.key.unlocked(&words)?;
        let secret = unlocked.secret.clone().unwrap_or_default();
        let scheme = self.key.scheme;
        let password = self.key.password(context, &self.name)?;
        let account = accounts.store_pair(&self.name, unlocked, password.as_ref().map(|p| p.as_str()))?;
        let address = account.signer.account().to_string();
        context
            .output
            .note("Write these words down and keep them safe: they alone give back the account and all its files.");
        let value = json!({
            "name": account.name,
            "address": address,
            "scheme": scheme.name(),
            "mnemonic": words.as_str(),
            "derivation": blocs_keys::derivation(&secret),
        });
        context.output.record(value, || {
            let mut text = format!(
                "name      {}\naddress   {address}\nmnemonic  {}",
                account.name,
                words.as_str()
            );
            if let Some(path) = &self.key.derive {
                text.push_str(&format!(
                    "\nderived   {path} (needed to have this account back, with the words)"
                ));
            }
            if scheme != Scheme::default() {
                text.push_str(&format!(
                    "\nscheme    {scheme} (needed to have this account back, with the words)"
                ));
            }
            text
        })?;
        Ok(())
    }
}

fn word_count(text: &str) -> Result<WordCount, String> {
    match text {
        "12" => Ok(WordCount::Twelve),
        "24" => Ok(WordCount::TwentyFour),
        _ => Err("a mnemonic has 12 or 24 words".to_owned()),
    }
}

pub(super) fn parse_scheme(text: &str) -> Result<Scheme, String> {
    text.parse().map_err(|e: blocs_keys::UnknownScheme| e.to_string())
}

/// The secret in a text: words, a seed or a key's path, whatever blanks are between the words.
pub(super) fn secret_in(text: &str) -> anyhow::Result<Zeroizing<String>> {
    let secret = Zeroizing::new(text.split_whitespace().collect::<Vec<_>>().join(" "));
    if secret.is_empty() {
        return Err(error(
            Status::Usage,
            "there are no words: type them, or name a file with --secret-file",
        ));
    }
    Ok(secret)
}
