//! `blocs-provider init`

use super::{Failure, Options};
use crate::{config::Config, keys};
use anyhow::Context as _;
use clap::Args;
use serde_json::json;
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

/// Options of `init`.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Write the configuration anew even if there is one. Keys are never overwritten.
    #[arg(long)]
    force: bool,
}

const EXAMPLE: &str = include_str!("../../config.example.toml");

impl Init {
    pub(super) fn run(&self, options: &Options) -> anyhow::Result<()> {
        let data = options.data()?;
        let overrides = options.overrides()?;
        // Settings are checked before anything is written.
        let mut config = Config::load(None, std::iter::empty(), &overrides)?;
        fs::create_dir_all(&data).with_context(|| format!("cannot make the data folder {}", data.display()))?;
        fs::set_permissions(&data, fs::Permissions::from_mode(0o700))
            .with_context(|| format!("cannot protect the data folder {}", data.display()))?;
        let file = options.config_file()?;
        if file.exists() && !self.force {
            let hint = format!(
                "{} exists: use it as it is, or pass --force to write it anew",
                file.display()
            );
            if !overrides.is_empty() {
                return Err(Failure::new(1, hint).into());
            }
            config = Config::load(Some(&file), std::iter::empty(), &overrides)?;
        } else {
            write(&file, &render(&overrides)?)?;
        }
        let suri_file = config.suri_file(&data);
        let phrase = keys::create_missing(&data, &suri_file)?;
        let made = phrase.is_some();
        let keys = keys::Keys::load(&data, &suri_file)?;
        let (account, peer_id) = (
            keys.account.account().to_string(),
            keys.node.public().to_peer_id().to_string(),
        );
        if made {
            eprintln!(
                "a new account was made; its mnemonic is in {}: keep a copy, without it the bond is lost",
                suri_file.display()
            );
        }
        let text = format!(
            "data folder    {}\nconfiguration  {}\naccount        {account}\npeer id        {peer_id}\n\
             next: send tokens to the account, then `blocs-provider run` and `blocs-provider register`\n",
            data.display(),
            file.display(),
        );
        let value = json!({
            "data": data, "config": file, "account": account, "account_created": made, "peer_id": peer_id,
            "operator": format!("0x{}", hex::encode(keys.operator.public())),
        });
        options.print(&value, &text)
    }
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(file, text).with_context(|| format!("cannot write the configuration {}", file.display()))
}

/// The example file with the given settings in the place of the defaults.
fn render(overrides: &[crate::config::Override]) -> anyhow::Result<String> {
    let mut section = String::new();
    let mut lines = Vec::new();
    for line in EXAMPLE.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.to_owned();
        }
        let key = line.split_once(" = ").map(|(key, _)| key);
        let given = overrides
            .iter()
            .rev()
            .find(|(in_section, name, _)| *in_section == section && Some(name.as_str()) == key);
        lines.push(match given {
            Some((_, key, text)) => format!("{key} = {}", crate::config::toml_value(key, text)),
            None => line.to_owned(),
        });
    }
    let text = lines.join("\n") + "\n";
    let _parses: toml::Table = text
        .parse()
        .context("the configuration made from the flags does not parse")?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    #[test]
    fn flags_of_init_end_up_in_the_file_and_the_comments_stay() {
        let overrides = [
            ("offer", "price", "5"),
            ("network", "external", "/ip4/1.2.3.4/tcp/9,/dns/a/tcp/9"),
            ("offer", "zone", "7"),
        ];
        let overrides = overrides.map(|(section, key, text)| (section.into(), key.into(), text.into()));
        let text = render(&overrides).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), &text).unwrap();
        let config = Config::load(Some(file.path()), std::iter::empty(), &[]).unwrap();
        assert_eq!(
            (
                config.offer.price,
                config.offer.zone.as_str(),
                config.network.external.len()
            ),
            (5, "7", 2)
        );
        assert!(text.contains("# Least price"));
    }
}
