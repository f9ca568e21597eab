//! The chain that a specification names, and the chain that a database holds.

use blocs_primitives::Hash;
use blocs_runtime::opaque::Block;
use sc_executor::RuntimeVersionOf;
use sp_core::storage::Storage;
use sp_runtime::{
    StateVersion,
    traits::{Block as BlockT, Hash as HashT, Header as HeaderT},
};

type Hashing = <<Block as BlockT>::Header as HeaderT>::Hashing;

/// Hash of the first block of the chain that begins with this state.
pub(crate) fn hash(storage: &Storage, executor: &impl RuntimeVersionOf) -> sp_blockchain::Result<Hash> {
    let version: StateVersion = sc_chain_spec::resolve_state_version_from_wasm::<_, Hashing>(storage, executor)?;
    // No pallet of ours keeps child tries, so the top is all there is.
    let state_root = Hashing::trie_root(storage.top.clone().into_iter().collect(), version);
    let block: Block = sc_chain_spec::construct_genesis_block(state_root, version);
    Ok(block.header().hash())
}
