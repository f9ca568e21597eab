//! Values of a block's state, proved by nodes of its trie.

use crate::StateError;
use blocs_primitives::Hash;
use sp_runtime::traits::BlakeTwo256;
use sp_trie::{
    EMPTY_PREFIX, HashDBT as _, LayoutV1, MemoryDB, Recorder, StorageProof, Trie as _, TrieDBBuilder, TrieDBMutBuilder,
    TrieMut as _, read_trie_value,
};
use std::collections::BTreeSet;

/// How this chain's state lies in its trie: values above 32 bytes apart from their nodes.
type Layout = LayoutV1<BlakeTwo256>;

/// Reads `keys` of the state with this root from the nodes of a storage proof. An absent value is proved too.
pub fn read(
    root: Hash,
    nodes: impl IntoIterator<Item = Vec<u8>>,
    keys: &[Vec<u8>],
) -> Result<Vec<Option<Vec<u8>>>, StateError> {
    let trie: MemoryDB<BlakeTwo256> = StorageProof::new(nodes).into_memory_db();
    if !trie.contains(&root, EMPTY_PREFIX) {
        return Err(StateError::NoRoot { root });
    }
    let value = |key: &Vec<u8>| {
        read_trie_value::<Layout, _>(&trie, &root, key, None, None).map_err(|error| StateError::Incomplete {
            key: key.clone(),
            reason: error.to_string(),
        })
    };
    keys.iter().map(value).collect()
}

/// The root of a state.
pub fn root<'a>(state: impl IntoIterator<Item = (&'a Vec<u8>, &'a Vec<u8>)>) -> Result<Hash, StateError> {
    Ok(build(state)?.1)
}

/// The root of a state, and the nodes that prove what it holds at `keys`.
pub fn prove<'a>(
    state: impl IntoIterator<Item = (&'a Vec<u8>, &'a Vec<u8>)>,
    keys: &[Vec<u8>],
) -> Result<(Hash, Vec<Vec<u8>>), StateError> {
    let (trie, root) = build(state)?;
    let mut recorder = Recorder::<Layout>::new();
    {
        let reader = TrieDBBuilder::<Layout>::new(&trie, &root)
            .with_recorder(&mut recorder)
            .build();
        for key in keys {
            reader.get(key).map_err(|error| StateError::Incomplete {
                key: key.clone(),
                reason: error.to_string(),
            })?;
        }
    }
    let nodes: BTreeSet<Vec<u8>> = recorder.drain().into_iter().map(|node| node.data).collect();
    Ok((root, nodes.into_iter().collect()))
}

fn build<'a>(
    state: impl IntoIterator<Item = (&'a Vec<u8>, &'a Vec<u8>)>,
) -> Result<(MemoryDB<BlakeTwo256>, Hash), StateError> {
    let mut trie = MemoryDB::<BlakeTwo256>::default();
    let mut root = Hash::default();
    {
        let mut writer = TrieDBMutBuilder::<Layout>::new(&mut trie, &mut root).build();
        for (key, value) in state {
            writer.insert(key, value).map_err(|error| StateError::Incomplete {
                key: key.clone(),
                reason: error.to_string(),
            })?;
        }
    }
    Ok((trie, root))
}
