//! What is checked when the database is opened: that it is whole and of the right chain, that a validator has keys, that the clock is right.

use crate::{
    genesis,
    service::{Backend, Client, Executor},
};
use blocs_primitives::Hash;
use blocs_runtime::{Runtime, opaque::Block};
use sc_client_api::{HeaderBackend as _, StorageProvider};
use sc_service::{ChainType, Configuration};
use sp_core::crypto::{KeyTypeId, key_types};
use sp_keystore::Keystore;
use sp_storage::{Storage, StorageKey};
use std::{
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// A clock before this is certainly wrong: 1 January 2026, in seconds since 1970. No chain of ours is older.
const FIRST_DAY: u64 = 1_767_225_600;

/// How far a block may lie in the future until the clock is called wrong: other clocks are not perfect either.
const TOLERANCE: Duration = Duration::from_secs(3);

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DatabaseError {
    #[error(
        "cannot open the database {path}: it is in use by another program; is this node running already? Stop it, or choose another folder \
         with `--base-path`"
    )]
    InUse { path: PathBuf },
    #[error(
        "cannot open the database {path}: it is damaged ({reason}); check the disk, remove the database with `blocs-node purge-chain` (keys \
         stay), and start again: the node fetches the chain from its peers, soonest with `--sync warp`"
    )]
    Damaged { path: PathBuf, reason: String },
    #[error("cannot open the database {path}: {reason}")]
    Other { path: PathBuf, reason: String },
    #[error(
        "the database {path} holds another chain than `{chain}`: its first block is {found}, that of the specification is {wanted}; start \
         with the specification that the database was made with (`--chain FILE`; the raw file of the network, not one made anew by another \
         version), with another folder (`--base-path`), or remove the database with `blocs-node purge-chain`"
    )]
    OtherChain {
        path: PathBuf,
        chain: String,
        found: Hash,
        wanted: Hash,
    },
}

impl From<DatabaseError> for sc_service::Error {
    fn from(error: DatabaseError) -> Self {
        Self::Application(Box::new(error))
    }
}

/// Says what it means that the database cannot be opened.
pub(crate) fn cannot_open(config: &Configuration, error: &sp_blockchain::Error) -> DatabaseError {
    classify(config.database.path().unwrap_or(&config.data_path).to_owned(), error)
}

/// RocksDB tells its errors apart by their words only.
pub(crate) fn classify(path: PathBuf, error: &sp_blockchain::Error) -> DatabaseError {
    let reason = error.to_string();
    let has = |words: &[&str]| words.iter().any(|word| reason.contains(word));
    if has(&["lock hold", "While lock file"]) {
        DatabaseError::InUse { path }
    } else if has(&[
        "Corruption",
        "corrupt",
        "checksum",
        "No such file",
        "not a database",
        "CURRENT",
        "Invalid db version",
        "Missing",
        "Sst",
    ]) {
        DatabaseError::Damaged { path, reason }
    } else {
        DatabaseError::Other { path, reason }
    }
}

/// The database is empty, or holds the chain that the specification names. A development chain whose runtime was built anew is only warned
/// of: its database goes on with the runtime that it has.
pub(crate) fn right_chain(
    config: &Configuration,
    backend: &Backend,
    storage: &Storage,
    executor: &Executor,
) -> Result<(), sc_service::Error> {
    use sc_client_api::Backend as _;
    let info = backend.blockchain().info();
    if info.genesis_hash == Hash::default() {
        return Ok(());
    }
    let wanted = genesis::hash(storage, executor)?;
    if info.genesis_hash == wanted {
        return Ok(());
    }
    let error = DatabaseError::OtherChain {
        path: config.database.path().unwrap_or(&config.data_path).to_owned(),
        chain: config.chain_spec.id().to_owned(),
        found: info.genesis_hash,
        wanted,
    };
    if config.chain_spec.chain_type() == ChainType::Development {
        log::warn!("{error}. This is a development chain, so the node goes on with the database's own");
        return Ok(());
    }
    Err(error.into())
}

/// Warns of a validator that has no session keys, and says how it gets them.
pub(crate) fn session_keys(config: &Configuration, keystore: &dyn Keystore) {
    // Those of a well-known account (`--alice` and so on) are put into the keystore later.
    if !config.role.is_authority() || config.dev_key_seed.is_some() {
        return;
    }
    let missing = missing_keys(keystore);
    if missing.is_empty() {
        return;
    }
    log::warn!(
        "this node is a validator, but its keystore has no {} key: it makes no blocks and casts no votes. Make session keys with `blocs-node \
         key rotate --owner ACCOUNT`, register them with the command that it prints, and keep the node running",
        missing.join(", no ")
    );
}

/// Which session keys are missing, by their names in `SessionKeys`.
fn missing_keys(keystore: &dyn Keystore) -> Vec<&'static str> {
    let sr25519 = |kind: KeyTypeId| keystore.sr25519_public_keys(kind).is_empty();
    [
        ("babe", sr25519(key_types::BABE)),
        ("grandpa", keystore.ed25519_public_keys(key_types::GRANDPA).is_empty()),
        ("authority_discovery", sr25519(key_types::AUTHORITY_DISCOVERY)),
    ]
    .into_iter()
    .filter_map(|(name, missing)| missing.then_some(name))
    .collect()
}

/// Warns of a clock that cannot be right: blocks are made by the clock.
pub(crate) fn clock(client: &Client) {
    let best = client.chain_info().best_hash;
    let key = StorageKey(pallet_timestamp::Now::<Runtime>::hashed_key().to_vec());
    let newest = StorageProvider::<Block, Backend>::storage(client, best, &key)
        .ok()
        .flatten()
        .and_then(|value| codec::Decode::decode(&mut value.0.as_slice()).ok())
        .map_or(Duration::ZERO, Duration::from_millis);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    if let Some(problem) = clock_problem(now, newest) {
        log::warn!("{problem}");
    }
}

/// What is wrong with a clock that shows `now` when the newest block is from `newest`, both since 1970.
fn clock_problem(now: Duration, newest: Duration) -> Option<String> {
    let advice = "set it, and let it follow the network's time (`timedatectl set-ntp true`): with a wrong clock a validator makes blocks \
                  that others refuse";
    if newest > now + TOLERANCE {
        let behind = (newest - now).as_secs();
        return Some(format!(
            "this machine's clock is wrong: the newest block in the database is {behind} s in the future; {advice}"
        ));
    }
    (now < Duration::from_secs(FIRST_DAY)).then(|| {
        format!(
            "this machine's clock is wrong: it shows a time before 2026, which is before any chain of BLOCS; {advice}"
        )
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use sp_keystore::testing::MemoryKeystore;

    #[test]
    fn each_missing_session_key_is_named() {
        let keystore = MemoryKeystore::new();
        assert_eq!(missing_keys(&keystore), ["babe", "grandpa", "authority_discovery"]);

        keystore.sr25519_generate_new(key_types::BABE, None).unwrap();
        keystore.ed25519_generate_new(key_types::GRANDPA, None).unwrap();
        assert_eq!(missing_keys(&keystore), ["authority_discovery"]);
    }

    #[test]
    fn a_database_that_cannot_be_opened_is_in_use_or_damaged() {
        let said =
            |reason: &str| classify("/data/db".into(), &sp_blockchain::Error::Backend(reason.into())).to_string();

        let text = said("IO error: While lock file: /data/db/LOCK: Resource temporarily unavailable");
        assert!(
            text.contains("in use by another program") && text.contains("--base-path"),
            "{text}"
        );
        let text = said("Corruption: checksum mismatch in 000012.sst");
        assert!(text.contains("damaged") && text.contains("purge-chain"), "{text}");
        let text = said("IO error: Permission denied");
        assert!(
            !text.contains("damaged") && text.contains("Permission denied"),
            "{text}"
        );
    }

    #[test]
    fn a_clock_that_is_behind_is_named_with_by_how_much() {
        let now = Duration::from_secs(FIRST_DAY + 1000);

        assert_eq!(clock_problem(now, now), None);
        assert_eq!(clock_problem(now, Duration::ZERO), None);
        assert_eq!(clock_problem(now, now + TOLERANCE), None);
        let problem = clock_problem(now, now + Duration::from_secs(3600)).unwrap();
        assert!(
            problem.contains("3600 s") && problem.contains("timedatectl"),
            "{problem}"
        );
        assert!(clock_problem(Duration::from_secs(5), Duration::ZERO).is_some());
    }
}
