//! A network that a TOML file describes: public keys and amounts, no secrets.
//!
//! `testnet.example.toml` beside this crate explains every key. The file is read strictly: what it does not know, it refuses. The
//! genesis is the runtime's preset [`PRESET`] with the values of the file on top.

mod check;
mod genesis;
#[cfg(test)]
mod tests;

use crate::{ChainSpec, amount::Amount, key::PublicKey};
use sc_chain_spec::ChainType;
use sc_network::config::MultiaddrWithPeerId;
use serde::{Deserialize, Deserializer, de};

/// Name of the runtime's preset that networks of a file are built on: production timing, and no account at all.
pub(crate) const PRESET: &str = "testnet";

/// Why a file does not describe a network.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// It is no TOML, or it has keys or values that do not belong there.
    #[error("{0}\nchain-spec/testnet.example.toml explains every key")]
    Syntax(#[from] toml::de::Error),
    /// Values that cannot go together, or would make a network that does not run.
    #[error("{key}: {problem}; {remedy}")]
    Value {
        /// The key, and the entry that it belongs to.
        key: String,
        /// What is wrong with it.
        problem: String,
        /// What to do.
        remedy: String,
    },
}

/// A network, as the file gives it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Network {
    name: String,
    id: String,
    chain_type: Kind,
    #[serde(default)]
    boot_nodes: Vec<BootNode>,
    #[serde(default)]
    technical_collective: Vec<PublicKey>,
    #[serde(default)]
    timing: Timing,
    #[serde(default)]
    market: Market,
    staking: Staking,
    #[serde(default)]
    pools: Pools,
    accounts: Vec<Account>,
    validators: Vec<Validator>,
    #[serde(default)]
    nominators: Vec<Nominator>,
}

/// What the network is for.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
enum Kind {
    /// One developer's.
    Development,
    /// One machine's, or one local network's.
    Local,
    /// Everybody's: keys that everybody knows have no place in it.
    Live,
}

/// Lengths, each the preset's when not given. They never change after genesis. With `fast_governance` votes take blocks instead of days.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Timing {
    slot_millis: Option<u64>,
    epoch_blocks: Option<u64>,
    sessions_per_era: Option<u32>,
    bonding_eras: Option<u32>,
    slash_defer_eras: Option<u32>,
    fast_governance: Option<bool>,
}

/// The storage market, each value the runtime's default when not given.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Market {
    period: Option<u32>,
    pieces_per_challenge: Option<u32>,
    misses_to_fault: Option<u32>,
    min_termination: Option<u32>,
    cleanup_grace: Option<u32>,
    bond_per_gib: Option<Amount>,
    min_bond: Option<Amount>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Staking {
    validator_count: u32,
    minimum_validator_count: u32,
    min_validator_bond: Amount,
    min_nominator_bond: Amount,
}

/// Nomination pools, each value the preset's when not given.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pools {
    min_join_bond: Option<Amount>,
    min_create_bond: Option<Amount>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    address: PublicKey,
    balance: Amount,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Validator {
    stash: PublicKey,
    bond: Amount,
    babe: PublicKey,
    grandpa: PublicKey,
    authority_discovery: PublicKey,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nominator {
    stash: PublicKey,
    bond: Amount,
    targets: Vec<PublicKey>,
}

/// The address of a node that newcomers ask first.
#[derive(Clone, Debug)]
struct BootNode(MultiaddrWithPeerId);

impl<'de> Deserialize<'de> for BootNode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let address = text.parse().map_err(|reason| {
            de::Error::custom(format!(
                "`{text}` is no address of a boot node: {reason}; it looks like /dns/boot.example.org/tcp/30333/p2p/12D3Koo…, \
                 and `blocs-node key inspect-node-key` shows the peer id"
            ))
        })?;
        Ok(Self(address))
    }
}

impl Network {
    /// Reads the text of a file and checks it.
    pub(crate) fn parse(text: &str) -> Result<Self, NetworkError> {
        let network: Self = toml::from_str(text)?;
        network.check()?;
        Ok(network)
    }

    /// Its chain specification, with the genesis that `code` builds.
    pub(crate) fn into_spec(self, code: &[u8]) -> ChainSpec {
        let chain_type = match self.chain_type {
            Kind::Development => ChainType::Development,
            Kind::Local => ChainType::Local,
            Kind::Live => ChainType::Live,
        };
        let patch = self.patch();
        let boot_nodes = self.boot_nodes.into_iter().map(|node| node.0).collect();
        crate::builder(code, &self.name, &self.id, chain_type, PRESET)
            .with_boot_nodes(boot_nodes)
            .with_genesis_config_patch(patch)
            .build()
    }
}
