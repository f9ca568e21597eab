//! Settings: defaults < file < environment < flags.

use crate::{
    args::Global,
    exit::{Status, error},
};
use anyhow::Context;
use blocs_primitives::Hash;
use serde::Deserialize;
use std::{
    env, fs,
    path::{Path, PathBuf},
    str::FromStr,
};
use zeroize::Zeroizing;

/// The node asked when nothing else is said.
pub(crate) const DEFAULT_URL: &str = "ws://127.0.0.1:9944";

/// The configuration file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    url: Option<String>,
    account: Option<String>,
    data: Option<PathBuf>,
    genesis: Option<String>,
}

/// What holds for this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// WebSocket of the node.
    pub(crate) url: String,
    /// Name of the account to act for; the only or default one when `None`.
    pub(crate) account: Option<String>,
    /// Folder for accounts, catalogue and development chains.
    pub(crate) data: PathBuf,
    /// The chain expected, when the configuration names one.
    pub(crate) genesis: Option<Hash>,
    /// Folder of the development chain when a command names none.
    pub(crate) dev: PathBuf,
    /// File with the password of stored accounts.
    pub(crate) password_file: Option<PathBuf>,
}

impl Settings {
    /// As [`Self::load`], but a configuration file that is not there is no error: `dev down` removes the one of its chain.
    pub(crate) fn load_for_dev(global: &Global) -> anyhow::Result<Self> {
        match &global.config {
            Some(path) if !path.exists() => Self::load(&Global {
                config: None,
                ..global.clone()
            }),
            _ => Self::load(global),
        }
    }

    /// Puts defaults, file and flags (with their environment variables) together.
    pub(crate) fn load(global: &Global) -> anyhow::Result<Self> {
        let file = match &global.config {
            Some(path) => read(path)?,
            None => match config_home().map(|home| home.join("config.toml")) {
                Some(path) if path.exists() => read(&path)?,
                _ => File::default(),
            },
        };
        // Not what the file says: `dev down` must find what `dev up` started also when that chain's configuration is in use.
        let beside = global
            .config
            .as_deref()
            .and_then(Path::parent)
            .filter(|folder| folder.join("dev.json").exists());
        let dev = match beside {
            Some(folder) => folder.to_owned(),
            None => global.data.clone().or_else(data_home).unwrap_or_default().join("dev"),
        };
        let data = match global.data.clone().or(file.data) {
            Some(data) => data,
            None => data_home().ok_or_else(|| {
                error(
                    Status::NoChain,
                    "cannot find a folder for the data: HOME is not set; name one with --data",
                )
            })?,
        };
        let genesis = match global.genesis.as_ref().or(file.genesis.as_ref()) {
            Some(text) => Some(Hash::from_str(text.trim()).map_err(|_| {
                error(
                    Status::Usage,
                    format!("{text:?} is not a genesis hash: write 64 hexadecimal digits after 0x"),
                )
            })?),
            None => None,
        };
        Ok(Self {
            url: global
                .url
                .clone()
                .or(file.url)
                .unwrap_or_else(|| DEFAULT_URL.to_owned()),
            account: global.account.clone().or(file.account),
            data,
            genesis,
            dev,
            password_file: global.password_file.clone(),
        })
    }
}

fn read(path: &Path) -> anyhow::Result<File> {
    let text = fs::read_to_string(path).map_err(|e| {
        let message = format!(
            "cannot read the configuration {}: {e}; name another file with --config",
            path.display()
        );
        error(Status::NoChain, message)
    })?;
    toml::from_str(&text).map_err(|e| {
        let message = format!("cannot use the configuration {}: {}", path.display(), e.message());
        error(
            Status::NoChain,
            format!("{message}; it may hold url, account, data and genesis"),
        )
    })
}

fn xdg(variable: &str, below_home: &str) -> Option<PathBuf> {
    let given = env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    let base = given.or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(below_home)))?;
    Some(base.join("blocs"))
}

fn config_home() -> Option<PathBuf> {
    xdg("XDG_CONFIG_HOME", ".config")
}

fn data_home() -> Option<PathBuf> {
    xdg("XDG_DATA_HOME", ".local/share")
}

/// The secret in a file, without the end of its last line.
pub(crate) fn secret_file(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read the secret in {}", path.display()))?;
    let text = Zeroizing::new(text);
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// A secret from `NAME`, or from the file that `NAME_FILE` names.
pub(crate) fn secret(name: &str) -> anyhow::Result<Option<Zeroizing<String>>> {
    if let Some(path) = env::var_os(format!("{name}_FILE")) {
        let text = secret_file(Path::new(&path)).with_context(|| format!("{name}_FILE names it"))?;
        return Ok(Some(text));
    }
    Ok(env::var(name).ok().map(Zeroizing::new))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    fn global(config: &Path) -> Global {
        Global {
            config: Some(config.to_owned()),
            ..Global::default()
        }
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, "url = \"ws://file:1\"\naccount = \"me\"\ndata = \"/file\"\n").unwrap();
        let from_file = Settings::load(&global(&path)).unwrap();
        assert_eq!(
            (from_file.url.as_str(), from_file.account.as_deref()),
            ("ws://file:1", Some("me"))
        );
        assert_eq!(from_file.data, PathBuf::from("/file"));

        let flags = Global {
            url: Some("ws://flag:2".into()),
            ..global(&path)
        };
        assert_eq!(Settings::load(&flags).unwrap().url, "ws://flag:2");

        fs::write(&path, "").unwrap();
        assert_eq!(Settings::load(&global(&path)).unwrap().url, DEFAULT_URL);
    }

    #[test]
    fn the_example_names_every_setting_and_is_understood() {
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml");
        let settings = Settings::load(&global(&example)).unwrap();
        assert_eq!(settings.url, DEFAULT_URL);
        assert_eq!(settings.account.as_deref(), Some("default"));
        assert!(settings.data.is_absolute() && settings.genesis.is_some());
    }

    #[test]
    fn a_development_chain_is_found_through_its_own_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, "data = \"/elsewhere\"\n").unwrap();
        let flags = Global {
            data: Some("/mine".into()),
            ..global(&path)
        };
        assert_eq!(Settings::load(&flags).unwrap().dev, PathBuf::from("/mine/dev"));
        fs::write(folder.path().join("dev.json"), "{}").unwrap();
        assert_eq!(Settings::load(&flags).unwrap().dev, folder.path());
        let gone = global(&folder.path().join("gone/config.toml"));
        assert!(Settings::load_for_dev(&gone).is_ok());
    }

    #[test]
    fn a_wrong_configuration_says_what_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, "ulr = \"ws://typo\"\n").unwrap();
        let wrong = Settings::load(&global(&path)).unwrap_err();
        assert!(wrong.to_string().contains("ulr"), "{wrong}");
        assert_eq!(Status::of(&wrong), Status::NoChain);
        let missing = Settings::load(&global(&folder.path().join("none.toml"))).unwrap_err();
        assert_eq!(Status::of(&missing), Status::NoChain);
    }
}
