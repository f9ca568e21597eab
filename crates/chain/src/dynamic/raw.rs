//! What proofs are made of: answers of the node as they are, and storage keys part by part.

use super::{CallError, encode::Encoder, names, parse::parse};
use crate::{At, QueryError, SubxtChain, connection::Failure};
use serde_json::Value as Json;
use subxt::{metadata::StorageHasher, rpcs::client::RpcParams};

/// A storage entry by the names and hashers of its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageKeyParts {
    /// The pallet's name in keys.
    pub pallet: String,
    /// The entry's name in keys.
    pub entry: String,
    /// Hasher, named as in the metadata, and encoding of each key of a map.
    pub keys: Vec<(String, Vec<u8>)>,
}

impl SubxtChain {
    /// Calls a JSON-RPC method of the node's. `what` is what the caller wants to know, for errors.
    pub async fn rpc(&self, what: &str, method: &str, params: Vec<Json>) -> Result<Json, QueryError> {
        let params = &params;
        self.inner
            .read(what, move |live| async move {
                let mut given = RpcParams::new();
                for param in params {
                    given.push(param).map_err(Failure::shape)?;
                }
                Ok(live.rpc.request(method, given).await?)
            })
            .await
    }

    /// The parts of a storage key whose keys are written as arguments of calls are: see the module's documentation. An entry has all
    /// its keys or is refused.
    pub async fn storage_key_parts(
        &self,
        at: At,
        pallet: &str,
        entry: &str,
        keys: &[String],
    ) -> Result<StorageKeyParts, CallError> {
        let metadata = self
            .inner
            .read_at("the metadata", at, |at| async move { Ok(at.metadata()) })
            .await?;
        let pallet = names::pallet(&metadata, pallet)?;
        let what = format!("storage entry of {}", pallet.name());
        let storage = pallet.storage();
        let entries = storage.map(|storage| storage.entries()).unwrap_or_default();
        let entry = names::find(&what, entry, entries.iter(), |entry| entry.name())?;
        let wrong = |place: usize, reason: String| CallError::Key {
            entry: format!("{}.{}", pallet.name(), entry.name()),
            place: place.saturating_add(1),
            reason,
        };
        let wanted = entry.keys().len();
        if keys.len() != wanted {
            let place = keys.len().min(wanted);
            return Err(wrong(place, format!("it has {wanted} keys, {} are given", keys.len())));
        }
        let encoder = Encoder::new(&metadata, self.inner.properties());
        let mut parts = Vec::with_capacity(wanted);
        for (place, (info, text)) in entry.keys().zip(keys).enumerate() {
            let value = parse(text).map_err(|reason| wrong(place, reason))?;
            let mut encoded = Vec::new();
            encoder
                .value(&value, info.key_id, &mut encoded)
                .map_err(|reason| wrong(place, reason))?;
            parts.push((hasher(info.hasher).to_owned(), encoded));
        }
        Ok(StorageKeyParts {
            pallet: storage.map(|storage| storage.prefix()).unwrap_or_default().to_owned(),
            entry: entry.name().to_owned(),
            keys: parts,
        })
    }
}

fn hasher(hasher: StorageHasher) -> &'static str {
    match hasher {
        StorageHasher::Blake2_128 => "Blake2_128",
        StorageHasher::Blake2_256 => "Blake2_256",
        StorageHasher::Blake2_128Concat => "Blake2_128Concat",
        StorageHasher::Twox128 => "Twox128",
        StorageHasher::Twox256 => "Twox256",
        StorageHasher::Twox64Concat => "Twox64Concat",
        StorageHasher::Identity => "Identity",
    }
}
