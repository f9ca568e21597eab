//! What a view of the whole chain needs: blocks as they are, what a runtime consists of, keys as people write them.

use super::{CallError, DecodedExtrinsic, call::Calls, encode::Encoder, names, parse::parse};
use crate::{At, BlockRef, QueryError, SubxtChain, connection::Failure, value::Value};
use blocs_primitives::{BlockNumber, Hash};
use codec::Decode;
use subxt::config::substrate::DigestItem;

/// BABE's mark on what it writes into a header.
const BABE: [u8; 4] = *b"BABE";

/// An entry of a header's digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestLog {
    /// `pre_runtime`, `consensus`, `seal`, `other` or `runtime_environment_updated`.
    pub kind: &'static str,
    /// Who wrote it.
    pub engine: Option<[u8; 4]>,
    /// Its bytes.
    pub data: Vec<u8>,
}

/// A block as it is: its header and the bytes of its extrinsics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawBlock {
    /// Its number and hash.
    pub block: BlockRef,
    /// Hash of the block before.
    pub parent: Hash,
    /// Root of the state behind it.
    pub state_root: Hash,
    /// Root of its extrinsics.
    pub extrinsics_root: Hash,
    /// What consensus wrote into the header.
    pub digest: Vec<DigestLog>,
    /// Its extrinsics, with their lengths in front.
    pub extrinsics: Vec<Vec<u8>>,
}

impl RawBlock {
    /// BABE's claim of a slot: its kind, the author's place among the session's validators, the slot.
    fn claim(&self) -> Option<(u8, u32, u64)> {
        let mut logs = self.digest.iter();
        let claim = logs.find(|log| log.kind == "pre_runtime" && log.engine == Some(BABE))?;
        Decode::decode(&mut claim.data.as_slice()).ok()
    }

    /// The author's place in the list of the session's validators.
    pub fn author_index(&self) -> Option<u32> {
        self.claim().map(|(_, index, _)| index)
    }

    /// The slot in which it was made.
    pub fn slot(&self) -> Option<u64> {
        self.claim().map(|(_, _, slot)| slot)
    }
}

/// A storage entry of a pallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryInfo {
    /// Its name.
    pub name: String,
    /// How many keys it has: none for a single value.
    pub keys: usize,
    /// What it is.
    pub docs: String,
}

/// An error of a pallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorInfo {
    /// Its number.
    pub index: u8,
    /// Its name.
    pub name: String,
    /// What it means.
    pub docs: String,
}

/// A pallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PalletInfo {
    /// Its number.
    pub index: u8,
    /// Its name.
    pub name: String,
    /// Its storage.
    pub storage: Vec<EntryInfo>,
    /// Names of its constants.
    pub constants: Vec<String>,
    /// Its errors.
    pub errors: Vec<ErrorInfo>,
}

fn prose(docs: &[String]) -> String {
    let lines: Vec<&str> = docs.iter().map(|line| line.trim()).collect();
    lines.join("\n").trim().to_owned()
}

fn log(item: DigestItem) -> DigestLog {
    let (kind, engine, data) = match item {
        DigestItem::PreRuntime(engine, data) => ("pre_runtime", Some(engine), data),
        DigestItem::Consensus(engine, data) => ("consensus", Some(engine), data),
        DigestItem::Seal(engine, data) => ("seal", Some(engine), data),
        DigestItem::Other(data) => ("other", None, data),
        DigestItem::RuntimeEnvironmentUpdated => ("runtime_environment_updated", None, Vec::new()),
    };
    DigestLog { kind, engine, data }
}

impl SubxtChain {
    /// Header and extrinsics of a block.
    pub async fn raw_block(&self, block: Hash) -> Result<RawBlock, QueryError> {
        self.inner
            .read("the block", move |live| async move {
                let details = live.methods.chain_get_block(Some(block.0.into())).await?;
                let details = details.ok_or_else(|| Failure::NoState(format!("it does not know {block:?}")))?;
                let header = details.block.header;
                Ok(RawBlock {
                    block: BlockRef {
                        number: BlockNumber::try_from(header.number).map_err(Failure::shape)?,
                        hash: block,
                    },
                    parent: Hash::from(header.parent_hash.0),
                    state_root: Hash::from(header.state_root.0),
                    extrinsics_root: Hash::from(header.extrinsics_root.0),
                    digest: header.digest.logs.into_iter().map(log).collect(),
                    extrinsics: details.block.extrinsics.into_iter().map(|bytes| bytes.0).collect(),
                })
            })
            .await
    }

    /// Takes the extrinsics of a block apart, each on its own, by the runtime that the block ran under: its parent's.
    pub async fn decode_extrinsics(
        &self,
        block: &RawBlock,
    ) -> Result<Vec<Result<DecodedExtrinsic, CallError>>, QueryError> {
        let at = if block.block.number == 0 {
            block.block.hash
        } else {
            block.parent
        };
        let metadata = self
            .inner
            .read_at("the metadata", At::Block(at), |at| async move { Ok(at.metadata()) })
            .await?;
        let calls = Calls::new(&metadata, self.inner.properties());
        Ok(block.extrinsics.iter().map(|bytes| calls.extrinsic(bytes)).collect())
    }

    /// What the runtime of a block consists of.
    pub async fn pallets(&self, at: At) -> Result<Vec<PalletInfo>, QueryError> {
        self.inner
            .read_at("the metadata", at, |at| async move {
                let pallets = at.metadata_ref().pallets();
                Ok(pallets
                    .map(|pallet| PalletInfo {
                        index: pallet.error_index(),
                        name: pallet.name().to_owned(),
                        storage: pallet
                            .storage()
                            .map(|storage| storage.entries())
                            .unwrap_or_default()
                            .iter()
                            .map(|entry| EntryInfo {
                                name: entry.name().to_owned(),
                                keys: entry.keys().len(),
                                docs: prose(entry.docs()),
                            })
                            .collect(),
                        constants: pallet.constants().map(|constant| constant.name().to_owned()).collect(),
                        errors: pallet
                            .error_variants()
                            .unwrap_or_default()
                            .iter()
                            .map(|error| ErrorInfo {
                                index: error.index,
                                name: error.name.clone(),
                                docs: prose(&error.docs),
                            })
                            .collect(),
                    })
                    .collect())
            })
            .await
    }

    /// The first keys of a storage entry, written as arguments of calls are: see the module's documentation. Refused when there are
    /// too many, or when one does not fit its type.
    pub async fn storage_keys_from_text(
        &self,
        at: At,
        pallet: &str,
        entry: &str,
        keys: &[String],
    ) -> Result<Vec<Value>, CallError> {
        let metadata = self
            .inner
            .read_at("the metadata", at, |at| async move { Ok(at.metadata()) })
            .await?;
        let pallet = names::pallet(&metadata, pallet)?;
        let what = format!("storage entry of {}", pallet.name());
        let entries = pallet.storage().map(|storage| storage.entries()).unwrap_or_default();
        let entry = names::find(&what, entry, entries.iter(), |entry| entry.name())?;
        let wrong = |place: usize, reason: String| CallError::Key {
            entry: format!("{}.{}", pallet.name(), entry.name()),
            place: place.saturating_add(1),
            reason,
        };
        let encoder = Encoder::new(&metadata, self.inner.properties());
        let mut types = entry.keys();
        let mut values = Vec::with_capacity(keys.len());
        for (place, text) in keys.iter().enumerate() {
            let info = types
                .next()
                .ok_or_else(|| wrong(place, format!("it has only {place} keys")))?;
            let value = parse(text).map_err(|reason| wrong(place, reason))?;
            let mut encoded = Vec::new();
            encoder
                .value(&value, info.key_id, &mut encoded)
                .map_err(|reason| wrong(place, reason))?;
            values.push(value.remove_context());
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Encode;

    #[test]
    fn the_author_stands_in_the_claim_of_the_slot() {
        let claim = (1u8, 3u32, 1_700_000_000u64, [7u8; 32]).encode();
        let block = RawBlock {
            block: BlockRef {
                number: 1,
                hash: Hash::zero(),
            },
            parent: Hash::zero(),
            state_root: Hash::zero(),
            extrinsics_root: Hash::zero(),
            digest: vec![
                log(DigestItem::Other(vec![1])),
                log(DigestItem::PreRuntime(BABE, claim)),
                log(DigestItem::Seal(BABE, vec![2])),
            ],
            extrinsics: Vec::new(),
        };
        assert_eq!((block.author_index(), block.slot()), (Some(3), Some(1_700_000_000)));
        assert_eq!(
            RawBlock {
                digest: Vec::new(),
                ..block
            }
            .author_index(),
            None
        );
    }
}
