//! Settings: defaults < file < environment < flags.

use crate::keys;
use blocs_chain::Tier;
use blocs_primitives::{Balance, Period};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

/// All settings of the daemon. `config.example.toml` describes each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The node and the account.
    pub chain: ChainConfig,
    /// The disk.
    pub storage: StorageConfig,
    /// What is taken, and for how much.
    pub offer: OfferConfig,
    /// Ports.
    pub network: NetworkConfig,
    /// Proofs, earnings, scrubbing.
    pub proofs: ProofConfig,
}

/// The node and the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChainConfig {
    /// JSON-RPC of the node.
    pub url: String,
    /// File with the account's secret; empty for the one in the data folder.
    pub suri_file: PathBuf,
}

/// The disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StorageConfig {
    /// Bytes of slots to keep.
    pub capacity: Size,
    /// Bytes that must stay free on the disk.
    pub min_free: Size,
}

/// What is taken, and for how much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OfferConfig {
    /// Least price in planck per GiB and proving period.
    #[serde(serialize_with = "show_planck", deserialize_with = "planck")]
    pub price: Balance,
    /// Bond in planck; 0 for what the chain requires for the capacity.
    #[serde(serialize_with = "show_planck", deserialize_with = "planck")]
    pub bond: Balance,
    /// Zone.
    pub zone: String,
    /// Tier.
    pub tier: Tier,
    /// Smallest slot taken.
    pub min_slot: Size,
    /// Largest slot taken.
    pub max_slot: Size,
    /// Longest deal taken, in proving periods.
    pub max_duration: Period,
    /// Bytes that one peer may have uploaded without a deal.
    pub per_peer: Size,
    /// Bytes that one account may have uploaded without a deal, whoever is to own it.
    #[serde(alias = "per_owner")]
    pub per_uploader: Size,
    /// Uploads at the same time.
    pub uploads: usize,
    /// Uploads at the same time from one peer.
    pub uploads_per_peer: usize,
}

/// Ports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkConfig {
    /// Address for data.
    pub listen: IpAddr,
    /// Port for data, TCP and UDP; 0 for a free one.
    pub port: u16,
    /// Multiaddresses to publish; empty for those found.
    pub external: Vec<String>,
    /// Address of the administration RPC.
    pub admin: SocketAddr,
    /// Address of metrics and health.
    pub http: SocketAddr,
}

/// Proofs, earnings, scrubbing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProofConfig {
    /// Whether damaged slots are conceded.
    pub concede: bool,
    /// Claim above this amount in planck.
    #[serde(serialize_with = "show_planck", deserialize_with = "planck")]
    pub claim_above: Balance,
    /// Days in which all slots are read once; 0 for never.
    pub scrub_days: u32,
}

const GIB: u64 = 1 << 30;

impl Default for ChainConfig {
    fn default() -> Self {
        Self {
            url: "ws://127.0.0.1:9944".into(),
            suri_file: PathBuf::new(),
        }
    }
}

impl Default for StorageConfig {
    fn default() -> Self {
        Self {
            capacity: Size(100 * GIB),
            min_free: Size(GIB),
        }
    }
}

impl Default for OfferConfig {
    fn default() -> Self {
        Self {
            price: 1_000_000,
            bond: 0,
            zone: "default".into(),
            tier: Tier::Hot,
            min_slot: Size(1),
            max_slot: Size(16 * GIB),
            max_duration: 1_000_000,
            per_peer: Size(64 * GIB),
            per_uploader: Size(64 * GIB),
            uploads: 64,
            uploads_per_peer: 16,
        }
    }
}

impl Default for NetworkConfig {
    fn default() -> Self {
        Self {
            listen: IpAddr::from([0, 0, 0, 0]),
            port: 9700,
            external: Vec::new(),
            admin: SocketAddr::from(([127, 0, 0, 1], 9701)),
            http: SocketAddr::from(([127, 0, 0, 1], 9702)),
        }
    }
}

impl Default for ProofConfig {
    fn default() -> Self {
        Self {
            concede: true,
            claim_above: 1_000_000_000_000,
            scrub_days: 30,
        }
    }
}

/// A number of bytes: an integer, or text such as "1.5 TiB" (`KiB`, `MiB`, `GiB`, `TiB` by 1024; `kB`, `MB`, `GB`, `TB` by 1000).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Size(pub u64);

impl std::str::FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let end = text
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let factor: u64 = match unit.trim() {
            "" | "B" => 1,
            "kB" | "KB" => 1000,
            "MB" => 1000 * 1000,
            "GB" => 1000 * 1000 * 1000,
            "TB" => 1000 * 1000 * 1000 * 1000,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => GIB,
            "TiB" => 1 << 40,
            other => {
                return Err(format!(
                    "unknown unit {other:?} in size {text:?}: use KiB, MiB, GiB or TiB"
                ));
            }
        };
        let bad = || format!("size {text:?} is not a number of bytes such as \"500 GiB\"");
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let mut bytes = whole
            .parse::<u64>()
            .map_err(|_| bad())?
            .checked_mul(factor)
            .ok_or_else(bad)?;
        if !fraction.is_empty() {
            let digits = u32::try_from(fraction.len()).map_err(|_| bad())?;
            let scale = 10u64.checked_pow(digits).ok_or_else(bad)?;
            let part = u128::from(fraction.parse::<u64>().map_err(|_| bad())?) * u128::from(factor) / u128::from(scale);
            bytes = bytes
                .checked_add(u64::try_from(part).map_err(|_| bad())?)
                .ok_or_else(bad)?;
        }
        Ok(Self(bytes))
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Bytes(u64),
            Text(String),
        }
        match Either::deserialize(deserializer)? {
            Either::Bytes(bytes) => Ok(Self(bytes)),
            Either::Text(text) => text.parse().map_err(serde::de::Error::custom),
        }
    }
}

/// An amount in planck: an integer, or text for amounts beyond 63 bits.
fn planck<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Balance, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u64),
        Text(String),
    }
    match Either::deserialize(deserializer)? {
        Either::Number(amount) => Ok(amount.into()),
        Either::Text(text) => text
            .trim()
            .parse()
            .map_err(|_| serde::de::Error::custom(format!("{text:?} is not an amount in planck"))),
    }
}

/// As a number where TOML has one so large, otherwise as text.
fn show_planck<S: Serializer>(amount: &Balance, serializer: S) -> Result<S::Ok, S::Error> {
    match i64::try_from(*amount) {
        Ok(number) => serializer.serialize_i64(number),
        Err(_) => serializer.serialize_str(&amount.to_string()),
    }
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error(
        "cannot read the configuration {path}: {source}; run `blocs-provider init`, or name another file with --config"
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A setting is unknown, of the wrong kind, or out of bounds.
    #[error("cannot use the settings from {origin}: {reason}; see config.example.toml")]
    Bad {
        /// File, environment variable or flag.
        origin: String,
        /// What is wrong.
        reason: String,
    },
}

/// A setting given in the environment or by a flag: section, key, text.
pub type Override = (String, String, String);

const SECTIONS: [&str; 5] = ["chain", "storage", "offer", "network", "proofs"];
/// What the environment variables start with.
const ENV_PREFIX: &str = "BLOCS_PROVIDER_";

impl Config {
    /// Reads the file (when there is one), then the environment's variables, then the flags.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
        flags: &[Override],
    ) -> Result<Self, ConfigError> {
        let mut table = toml::Table::new();
        if let Some(path) = file {
            let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
                path: path.to_owned(),
                source,
            })?;
            let bad = |reason: String| ConfigError::Bad {
                origin: path.display().to_string(),
                reason,
            };
            table = text.parse().map_err(|error: toml::de::Error| bad(error.to_string()))?;
            // Read alone first, so that an error names the file.
            Self::from_table(table.clone()).map_err(bad)?;
        }
        for (name, text) in environment {
            let Some(rest) = name.strip_prefix(ENV_PREFIX) else {
                continue;
            };
            let rest = rest.to_lowercase();
            let Some((section, key)) = rest.split_once('_').filter(|(section, _)| SECTIONS.contains(section)) else {
                continue;
            };
            set(&mut table, section, key, &text);
            Self::from_table(table.clone()).map_err(|reason| ConfigError::Bad {
                origin: name.clone(),
                reason,
            })?;
        }
        for (section, key, text) in flags {
            set(&mut table, section, key, text);
            Self::from_table(table.clone()).map_err(|reason| ConfigError::Bad {
                origin: format!("flag for {section}.{key}"),
                reason,
            })?;
        }
        Self::from_table(table).map_err(|reason| ConfigError::Bad {
            origin: "the defaults".into(),
            reason,
        })
    }

    fn from_table(table: toml::Table) -> Result<Self, String> {
        let config: Self = table
            .try_into()
            .map_err(|error: toml::de::Error| error.message().to_owned())?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        let offer = &self.offer;
        if offer.min_slot > offer.max_slot || offer.min_slot.0 == 0 {
            return Err("offer.min_slot must be at least 1 and at most offer.max_slot".into());
        }
        if offer.max_slot.0 > blocs_primitives::MAX_SLOT_BYTES {
            return Err("offer.max_slot must be at most 16 GiB".into());
        }
        if offer.zone.len() > 32 {
            return Err("offer.zone must have at most 32 bytes".into());
        }
        if self.network.external.len() > 4 {
            return Err("network.external may have at most 4 addresses".into());
        }
        if offer.uploads == 0 || offer.uploads_per_peer == 0 {
            return Err("offer.uploads and offer.uploads_per_peer must be at least 1".into());
        }
        Ok(())
    }

    /// File with the account's secret.
    pub fn suri_file(&self, data: &Path) -> PathBuf {
        if self.chain.suri_file.as_os_str().is_empty() {
            keys::account_file(data)
        } else {
            self.chain.suri_file.clone()
        }
    }
}

/// Text as what it looks like: a number, a truth value, a list, or text.
pub(crate) fn toml_value(key: &str, text: &str) -> toml::Value {
    let value = match text.parse::<i64>() {
        Ok(number) => toml::Value::Integer(number),
        Err(_) => match text {
            "true" => toml::Value::Boolean(true),
            "false" => toml::Value::Boolean(false),
            _ if key == "external" => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                toml::Value::Array(parts.map(|part| toml::Value::String(part.to_owned())).collect())
            }
            _ => toml::Value::String(text.to_owned()),
        },
    };
    // A zone may look like a number.
    if key == "zone" {
        toml::Value::String(text.to_owned())
    } else {
        value
    }
}

fn set(table: &mut toml::Table, section: &str, key: &str, text: &str) {
    let value = toml_value(key, text);
    let section = table
        .entry(section)
        .or_insert_with(|| toml::Value::Table(toml::Table::new()));
    if let toml::Value::Table(section) = section {
        section.insert(key.to_owned(), value);
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
