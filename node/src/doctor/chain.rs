//! Whether the database, or the running node, is of the chain that was named.

use super::{Finding, Folders};
use crate::{
    genesis,
    opening::{self, DatabaseError},
    remote::Remote,
    service::Executor,
};
use blocs_primitives::Hash;
use blocs_runtime::opaque::Block;
use jsonrpsee::rpc_params;
use sc_client_api::{Backend as _, HeaderBackend as _};
use sc_service::{ChainSpec, DatabaseSource, PruningMode};
use std::path::Path;

/// What is done about a database of another chain.
const OTHER_CHAIN: &str =
    "name the specification that it was started with (`--chain FILE`), or choose another folder with `--base-path`";

/// Hash of the first block of the chain that was named.
pub(super) fn genesis_of(spec: &dyn ChainSpec) -> Result<(String, Hash), String> {
    let executor = Executor::builder().build();
    let storage = genesis::storage(spec, &executor)?;
    let hash = genesis::hash(&storage, &executor).map_err(|error| error.to_string())?;
    Ok((spec.id().to_owned(), hash))
}

/// Compares with the running node's.
pub(super) async fn of_node(node: &Remote, wanted: &Result<(String, Hash), String>) -> Finding {
    match node.call::<Hash>("chain_getBlockHash", rpc_params![0]).await {
        Ok(found) => compare("the node's chain", found, wanted),
        Err(error) => Finding::warn("chain", error.to_string(), "look at the node's log"),
    }
}

/// Compares with the database of a node that does not run.
pub(super) fn of_database(folders: &Folders, wanted: &Result<(String, Hash), String>) -> Finding {
    let path = folders.chain.join("db/full");
    if !path.join("CURRENT").exists() {
        return Finding::ok("chain", format!("there is no database at {} yet", path.display()));
    }
    match genesis_in(&path) {
        Ok(found) if found == Hash::default() => Finding::ok("chain", "the database is empty"),
        Ok(found) => compare(&format!("the database {}", path.display()), found, wanted),
        Err(error) => match opening::classify(path, &error) {
            error @ DatabaseError::InUse { .. } => Finding::warn(
                "chain",
                error.to_string(),
                "if that is the node, name its JSON-RPC address with `--url`",
            ),
            error => Finding::fail(
                "chain",
                error.to_string(),
                "the keys are elsewhere, and stay when the database is removed",
            ),
        },
    }
}

fn genesis_in(path: &Path) -> sp_blockchain::Result<Hash> {
    let backend = sc_client_db::Backend::<Block>::new(
        sc_client_db::DatabaseSettings {
            trie_cache_maximum_size: None,
            // As it was written: `None` takes what the database says.
            state_pruning: None::<PruningMode>,
            source: DatabaseSource::RocksDb {
                path: path.to_owned(),
                cache_size: 16,
            },
            blocks_pruning: sc_client_db::BlocksPruning::KeepFinalized,
            pruning_filters: Vec::new(),
            metrics_registry: None,
        },
        0,
    )?;
    Ok(backend.blockchain().info().genesis_hash)
}

fn compare(what: &str, found: Hash, wanted: &Result<(String, Hash), String>) -> Finding {
    match wanted {
        Ok((id, hash)) if *hash == found => Finding::ok("chain", format!("{what} is `{id}` ({found:?})")),
        Ok((id, hash)) => Finding::fail(
            "chain",
            format!("{what} is another than `{id}`: its first block is {found:?}, not {hash:?}"),
            OTHER_CHAIN,
        ),
        Err(reason) => Finding::warn(
            "chain",
            format!("cannot build the first block of the chain that was named: {reason}"),
            "name a specification whose genesis is whole",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Status, *};

    #[test]
    fn another_first_block_is_another_chain() {
        let wanted = Ok(("dev".to_owned(), Hash::repeat_byte(1)));

        assert_eq!(
            compare("the node's chain", Hash::repeat_byte(1), &wanted).status,
            Status::Ok
        );
        let finding = compare("the node's chain", Hash::repeat_byte(2), &wanted);
        assert_eq!(finding.status, Status::Fail);
        assert!(finding.message.contains("`dev`"), "{}", finding.message);
    }
}
