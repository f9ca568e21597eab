//! The chain that a specification names, and the chain that a database holds.

use crate::service::Executor;
use blocs_primitives::Hash;
use blocs_runtime::opaque::Block;
use codec::{Decode as _, Encode as _};
use sc_chain_spec::json_patch;
use sc_client_api::backend::StateBackend as _;
use sc_executor::{RuntimeVersion, RuntimeVersionOf};
use sc_service::ChainSpec;
use serde::Deserialize;
use serde_json::Value;
use sp_core::{
    Bytes,
    storage::{Storage, well_known_keys},
    traits::{
        CallContext, CodeExecutor as _, Externalities, FetchRuntimeCode as _, ReadRuntimeVersion as _, RuntimeCode,
        WrappedRuntimeCode,
    },
};
use sp_io::TestExternalities;
use sp_runtime::{
    StateVersion,
    traits::{Block as BlockT, Hash as HashT, Header as HeaderT},
};

type Hashing = <<Block as BlockT>::Header as HeaderT>::Hashing;

/// What a specification says of the genesis. One in raw form has neither code nor configuration, but the state itself.
#[derive(Deserialize)]
struct Described {
    genesis: Genesis,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Genesis {
    runtime_genesis: Option<RuntimeGenesis>,
}

#[derive(Deserialize)]
struct RuntimeGenesis {
    code: Bytes,
    patch: Option<Value>,
    config: Option<Value>,
}

/// The state with which the chain of a specification begins.
///
/// It is what the specification itself builds, but with the node's executor: the specification has one of its own, and so the
/// runtime would be compiled twice.
pub(crate) fn storage(spec: &dyn ChainSpec, executor: &Executor) -> Result<Storage, String> {
    let described: Described = serde_json::from_str(&spec.as_json(false)?)
        .map_err(|error| format!("cannot read the genesis of chain `{}`: {error}", spec.id()))?;
    match described.genesis.runtime_genesis {
        Some(genesis) => genesis.build(executor),
        None => spec.as_storage_builder().build_storage(),
    }
}

impl RuntimeGenesis {
    fn build(self, executor: &Executor) -> Result<Storage, String> {
        let config = match (self.config, self.patch) {
            (Some(config), _) => config,
            (None, patch) => {
                let mut config = default_config(&self.code, executor)?;
                json_patch::merge(&mut config, patch.unwrap_or_default());
                config
            }
        };
        let mut state = TestExternalities::default();
        let config = config.to_string().into_bytes();
        let answer = call(
            executor,
            &self.code,
            &mut state.ext(),
            "GenesisBuilder_build_state",
            &config.encode(),
        )?;
        genesis_result(&answer)?;
        let mut storage = Storage::default();
        for entry in state.as_backend().pairs(Default::default())? {
            let (key, value) = entry?;
            if well_known_keys::is_child_storage_key(&key) {
                return Err("the runtime puts child tries into the genesis, which no chain of ours does".into());
            }
            storage.top.insert(key, value);
        }
        storage.top.insert(well_known_keys::CODE.to_vec(), self.code.0);
        Ok(storage)
    }
}

/// What `build_state` answers.
fn genesis_result(answer: &[u8]) -> Result<(), String> {
    let unreadable = |error| format!("cannot read what the runtime says of its genesis: {error}");
    Result::<(), String>::decode(&mut &*answer).map_err(unreadable)?
}

/// The configuration that a patch changes.
fn default_config(code: &[u8], executor: &Executor) -> Result<Value, String> {
    let mut state = TestExternalities::default();
    let answer = call(
        executor,
        code,
        &mut state.ext(),
        "GenesisBuilder_get_preset",
        &None::<String>.encode(),
    )?;
    let json = Option::<Vec<u8>>::decode(&mut answer.as_slice())
        .map_err(|error| format!("cannot read the runtime's default genesis: {error}"))?
        .ok_or("the runtime has no default genesis")?;
    serde_json::from_slice(&json).map_err(|error| format!("the runtime's default genesis is no JSON: {error}"))
}

fn call(
    executor: &Executor,
    code: &[u8],
    state: &mut dyn Externalities,
    method: &str,
    argument: &[u8],
) -> Result<Vec<u8>, String> {
    let fetcher = WrappedRuntimeCode(code.into());
    // The hash that the client knows the code by, so that it finds it compiled.
    let code = RuntimeCode {
        code_fetcher: &fetcher,
        heap_pages: None,
        hash: Hashing::hash(code).encode(),
    };
    let (answer, _) = executor.call(state, &code, method, argument, CallContext::Offchain);
    answer.map_err(|error| format!("{method}: {error}"))
}

/// Hash of the first block of the chain that begins with this state.
pub(crate) fn hash(storage: &Storage, executor: &Executor) -> sp_blockchain::Result<Hash> {
    let version: StateVersion =
        sc_chain_spec::resolve_state_version_from_wasm::<_, Hashing>(storage, &Written(executor))?;
    let block: Block = sc_chain_spec::construct_genesis_block(state_root(storage, version), version);
    Ok(block.header().hash())
}

/// Root of a state. A raw specification, made of a chain's state, has a child trie for each contract, whose root is a value of the top.
fn state_root(storage: &Storage, version: StateVersion) -> Hash {
    let children = storage.children_default.values().map(|child| {
        let root = Hashing::trie_root(child.data.clone().into_iter().collect(), version);
        (child.child_info.prefixed_storage_key().into_inner(), root.encode())
    });
    let top = storage.top.clone().into_iter();
    Hashing::trie_root(top.chain(children).collect(), version)
}

/// Takes the version of a runtime from what is written in its WASM: the executor by itself compiles the runtime first.
struct Written<'a>(&'a Executor);

impl RuntimeVersionOf for Written<'_> {
    fn runtime_version(
        &self,
        state: &mut dyn Externalities,
        code: &RuntimeCode,
    ) -> sc_executor::error::Result<RuntimeVersion> {
        let code = code.fetch_runtime_code().ok_or("the genesis has no code")?;
        let version = self.0.read_runtime_version(&code, state)?;
        Ok(RuntimeVersion::decode(&mut version.as_slice()).map_err(|error| error.to_string())?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use sp_core::storage::{ChildInfo, StorageChild};

    #[test]
    fn the_first_block_has_what_contracts_keep_in_the_state() {
        let mut storage = Storage::default();
        storage.top.insert(b"key".to_vec(), b"value".to_vec());
        storage.top.insert(well_known_keys::CODE.to_vec(), b"code".to_vec());
        let child = StorageChild {
            data: [(b"kept".to_vec(), b"by a contract".to_vec())].into(),
            child_info: ChildInfo::new_default(b"contract"),
        };
        storage.children_default.insert(b"contract".to_vec(), child);

        let mut state = TestExternalities::new_with_code_and_state(b"code", storage.clone(), StateVersion::V1);

        assert_eq!(state_root(&storage, StateVersion::V1), *state.as_backend().root());
    }

    #[test]
    fn a_chain_begins_as_its_specification_says_however_it_is_written() {
        let executor = Executor::builder().build();
        let plain = blocs_chain_spec::dev().unwrap();

        let built = storage(&plain, &executor).unwrap();

        let wanted = sp_runtime::BuildStorage::build_storage(&plain).unwrap();
        assert!(built.top == wanted.top, "another state than the specification builds");
        let mut raw = plain.clone();
        sc_service::ChainSpec::set_storage(&mut raw, wanted);
        assert!(storage(&raw, &executor).unwrap().top == built.top);
        let version = |reader: &dyn RuntimeVersionOf| {
            let fetcher = WrappedRuntimeCode(built.top[well_known_keys::CODE].as_slice().into());
            let code = RuntimeCode {
                code_fetcher: &fetcher,
                heap_pages: None,
                hash: Vec::new(),
            };
            reader
                .runtime_version(&mut TestExternalities::default().ext(), &code)
                .unwrap()
        };
        assert_eq!(version(&Written(&executor)), version(&executor));
    }
}
