//! Genesis presets: what the first block of a network holds.
//!
//! | preset | on the command line | validators | slot | epoch | era | bonding, slash after | votes |
//! |---|---|---|---|---|---|---|---|
//! | `development` | `--dev`, `--chain dev` | Alice | 1 s | 20 slots | 3 epochs (1 min) | 3, 2 eras | in blocks |
//! | `local_testnet` | `--chain local` | Alice, Bob, Charlie, Dave | 3 s | 20 slots | 3 epochs (3 min) | 3, 2 eras | in blocks |
//! | `testnet` | `--chain FILE.toml` | those of the file | 3 s | 1,200 slots | 24 epochs (a day) | 28, 27 eras | in days |
//!
//! The first two endow the well-known accounts Alice to Ferdie, whose keys everybody has. A public network must not be built from them.
//! `testnet` holds no account and no key: whoever starts a network adds public keys and amounts.

#![warn(missing_docs)]

use crate::{
    AccountId, BabeConfig, Balance, BalancesConfig, NominationPoolsConfig, RuntimeGenesisConfig, SessionConfig,
    SessionKeys, StakingConfig, StorageMarketConfig, TechnicalCollectiveConfig, TimingConfig,
    configs::{GENESIS_EPOCH_CONFIG, MAX_CANDIDATES},
    units::BLOC,
};
use alloc::{vec, vec::Vec};
use frame_support::build_struct_json_patch;
use pallet_staking::StakerStatus;
use pallet_storage_market::Params;
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET, PresetId};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use sp_runtime::Perbill;

/// Name of the preset from which public networks are built.
pub const TESTNET_RUNTIME_PRESET: &str = "testnet";

/// What each well-known account holds.
pub const ENDOWMENT: Balance = 1_000_000 * BLOC;

/// What each validator of the development networks has bonded of it.
pub const VALIDATOR_BOND: Balance = 100_000 * BLOC;

/// The least own stake of a validator: enough that an equivocation hurts.
pub const MIN_VALIDATOR_BOND: Balance = 10_000 * BLOC;

/// The least stake of a nominator. Those who hold less join a pool.
pub const MIN_NOMINATOR_BOND: Balance = 10 * BLOC;

/// The least with which a pool is made: it stays in for as long as the pool lives.
pub const MIN_POOL_BOND: Balance = 100 * BLOC;

/// The least with which an account joins a pool.
pub const MIN_POOL_JOIN: Balance = BLOC;

/// Most pools: each is a voter, and the election reads only so many.
pub const MAX_POOLS: u32 = 500;

/// Most that a pool's operator may take of its rewards.
pub const MAX_POOL_COMMISSION: Perbill = Perbill::from_percent(20);

/// Share of a slash that goes to who reported the offence: the block's author, for reports that nodes send by themselves.
pub const SLASH_REWARD: Perbill = Perbill::from_percent(10);

/// Blocks in a proving period of the presets: short, so that a development network shows a proof within half a minute.
pub const MARKET_PERIOD: u32 = 16;

/// Names of the presets.
pub fn preset_names() -> Vec<PresetId> {
    vec![
        PresetId::from(DEV_RUNTIME_PRESET),
        PresetId::from(LOCAL_TESTNET_RUNTIME_PRESET),
        PresetId::from(TESTNET_RUNTIME_PRESET),
    ]
}

/// The preset named `id` as JSON: a patch of the default genesis configuration.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
    let patch = match id.as_str() {
        DEV_RUNTIME_PRESET => development(),
        LOCAL_TESTNET_RUNTIME_PRESET => local_testnet(),
        TESTNET_RUNTIME_PRESET => testnet(),
        _ => return None,
    };
    Some(serde_json::to_vec(&patch).expect("a JSON value can always be written; qed"))
}

/// One validator, a block a second.
fn development() -> serde_json::Value {
    well_known(&[(Sr25519Keyring::Alice, Ed25519Keyring::Alice)], 1_000, 1)
}

/// Four validators, a block every three seconds: one may fail without halting finality.
fn local_testnet() -> serde_json::Value {
    let validators = [
        (Sr25519Keyring::Alice, Ed25519Keyring::Alice),
        (Sr25519Keyring::Bob, Ed25519Keyring::Bob),
        (Sr25519Keyring::Charlie, Ed25519Keyring::Charlie),
        (Sr25519Keyring::Dave, Ed25519Keyring::Dave),
    ];
    well_known(&validators, 3_000, 3)
}

/// What every public network has in common: the default timing and market, and no account at all.
fn testnet() -> serde_json::Value {
    build_struct_json_patch!(RuntimeGenesisConfig {
        babe: BabeConfig {
            epoch_config: GENESIS_EPOCH_CONFIG
        },
        staking: StakingConfig {
            validator_count: 10,
            minimum_validator_count: 4,
            slash_reward_fraction: SLASH_REWARD,
            min_nominator_bond: MIN_NOMINATOR_BOND,
            min_validator_bond: MIN_VALIDATOR_BOND,
            max_validator_count: Some(MAX_CANDIDATES),
        },
        nomination_pools: NominationPoolsConfig {
            min_join_bond: MIN_POOL_JOIN,
            min_create_bond: MIN_POOL_BOND,
            max_pools: Some(MAX_POOLS),
            global_max_commission: Some(MAX_POOL_COMMISSION),
        },
    })
}

/// A network of well-known keys with short epochs, eras and periods. More validators can be elected than there are at first.
fn well_known(
    validators: &[(Sr25519Keyring, Ed25519Keyring)],
    slot_millis: u64,
    minimum_validator_count: u32,
) -> serde_json::Value {
    build_struct_json_patch!(RuntimeGenesisConfig {
        timing: TimingConfig {
            slot_millis,
            epoch_blocks: 20,
            sessions_per_era: 3,
            bonding_eras: 3,
            slash_defer_eras: 2,
            fast_governance: true
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
        staking: StakingConfig {
            validator_count: 10,
            minimum_validator_count,
            slash_reward_fraction: SLASH_REWARD,
            min_nominator_bond: MIN_NOMINATOR_BOND,
            min_validator_bond: MIN_VALIDATOR_BOND,
            max_validator_count: Some(MAX_CANDIDATES),
            stakers: validators
                .iter()
                .map(|(account, _)| account.to_account_id())
                .map(|stash| (stash.clone(), stash, VALIDATOR_BOND, StakerStatus::Validator))
                .collect(),
        },
        nomination_pools: NominationPoolsConfig {
            min_join_bond: MIN_POOL_JOIN,
            min_create_bond: MIN_POOL_BOND,
            max_pools: Some(MAX_POOLS),
            global_max_commission: Some(MAX_POOL_COMMISSION),
        },
        technical_collective: TechnicalCollectiveConfig {
            members: [Sr25519Keyring::Alice, Sr25519Keyring::Bob, Sr25519Keyring::Charlie]
                .map(Sr25519Keyring::to_account_id)
                .to_vec()
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
        authority_discovery: account.public().into(),
    };
    (account.to_account_id(), account.to_account_id(), keys)
}
