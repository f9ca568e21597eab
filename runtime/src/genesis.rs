//! Genesis presets: what the first block of a development network holds.
//!
//! | preset | on the command line | validators | slot | epoch |
//! |---|---|---|---|---|
//! | `development` | `--dev`, `--chain dev` | Alice | 1 s | 100 slots |
//! | `local_testnet` | `--chain local` | Alice, Bob, Charlie, Dave | 3 s | 200 slots |
//!
//! Both endow the well-known accounts Alice to Ferdie, whose keys everybody has. A public network must not be built from them.

#![warn(missing_docs)]

use crate::{
    AccountId, BabeConfig, Balance, BalancesConfig, RuntimeGenesisConfig, SessionConfig, SessionKeys,
    StorageMarketConfig, TimingConfig, configs::GENESIS_EPOCH_CONFIG, units::BLOC,
};
use alloc::{vec, vec::Vec};
use frame_support::build_struct_json_patch;
use pallet_storage_market::Params;
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET, PresetId};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

/// What each well-known account holds.
pub const ENDOWMENT: Balance = 1_000_000 * BLOC;

/// Blocks in a proving period of the presets: short, so that a development network shows a proof within half a minute.
pub const MARKET_PERIOD: u32 = 16;

/// Names of the presets.
pub fn preset_names() -> Vec<PresetId> {
    vec![
        PresetId::from(DEV_RUNTIME_PRESET),
        PresetId::from(LOCAL_TESTNET_RUNTIME_PRESET),
    ]
}

/// The preset named `id` as JSON: a patch of the default genesis configuration.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
    let patch = match id.as_str() {
        DEV_RUNTIME_PRESET => development(),
        LOCAL_TESTNET_RUNTIME_PRESET => local_testnet(),
        _ => return None,
    };
    Some(serde_json::to_vec(&patch).expect("a JSON value can always be written; qed"))
}

/// One validator, a block a second.
fn development() -> serde_json::Value {
    patch(&[(Sr25519Keyring::Alice, Ed25519Keyring::Alice)], 1_000, 100)
}

/// Four validators, a block every three seconds: one may fail without halting finality.
fn local_testnet() -> serde_json::Value {
    let validators = [
        (Sr25519Keyring::Alice, Ed25519Keyring::Alice),
        (Sr25519Keyring::Bob, Ed25519Keyring::Bob),
        (Sr25519Keyring::Charlie, Ed25519Keyring::Charlie),
        (Sr25519Keyring::Dave, Ed25519Keyring::Dave),
    ];
    patch(&validators, 3_000, 200)
}

fn patch(validators: &[(Sr25519Keyring, Ed25519Keyring)], slot_millis: u64, epoch_blocks: u64) -> serde_json::Value {
    build_struct_json_patch!(RuntimeGenesisConfig {
        timing: TimingConfig {
            slot_millis,
            epoch_blocks
        },
        balances: BalancesConfig {
            balances: endowed().into_iter().map(|account| (account, ENDOWMENT)).collect()
        },
        babe: BabeConfig {
            epoch_config: GENESIS_EPOCH_CONFIG
        },
        storage_market: StorageMarketConfig {
            period: MARKET_PERIOD,
            params: market_params()
        },
        session: SessionConfig {
            keys: validators.iter().map(|keys| validator(*keys)).collect()
        },
    })
}

/// The market's defaults, but quick: a provider is faulted after three misses, and a deal may end after one period.
fn market_params() -> Params {
    Params {
        misses_to_fault: 3,
        min_termination: 1,
        cleanup_grace: 1,
        ..Params::default()
    }
}

fn endowed() -> Vec<AccountId> {
    [
        Sr25519Keyring::Alice,
        Sr25519Keyring::Bob,
        Sr25519Keyring::Charlie,
        Sr25519Keyring::Dave,
        Sr25519Keyring::Eve,
        Sr25519Keyring::Ferdie,
    ]
    .into_iter()
    .map(Sr25519Keyring::to_account_id)
    .collect()
}

fn validator((account, finality): (Sr25519Keyring, Ed25519Keyring)) -> (AccountId, AccountId, SessionKeys) {
    let keys = SessionKeys {
        babe: account.public().into(),
        grandpa: finality.public().into(),
    };
    (account.to_account_id(), account.to_account_id(), keys)
}
