//! Storage, constants, runtime APIs and events by their names.

use super::{
    CallError, DecodedEvent,
    decode::{Decoder, bytes_value},
    encode::Encoder,
    names,
};
use crate::{
    At, ChainProperties, InclusionReport, QueryError, SubxtChain,
    connection::{AtBlock, Failure},
    subxt_client::Inner,
    value::{Decoded, Value, as_bytes, as_u128, field, items, variant},
};
use blocs_primitives::Hash;
use scale_value::{Composite, ValueDef, Variant};
use sp_crypto_hashing::{blake2_128, blake2_256, twox_64, twox_128, twox_256};
use subxt::metadata::{Metadata, StorageEntryMetadata, StorageHasher};

/// Entries that are asked for at once.
const PAGE: u32 = 512;

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        Self::shape(error)
    }
}

fn decode(metadata: &Metadata, bytes: &[u8], ty: u32) -> Result<Decoded, Failure> {
    let calls = metadata.outer_enums().call_enum_ty();
    Decoder::new(metadata.types(), calls, bytes.len())
        .whole(bytes, ty)
        .map_err(Failure::Shape)
}

/// The entry of this name, and the start of its keys.
fn entry<'a>(
    metadata: &'a Metadata,
    pallet: &str,
    entry: &str,
) -> Result<(&'a StorageEntryMetadata, Vec<u8>), CallError> {
    let pallet = names::pallet(metadata, pallet)?;
    let what = format!("storage entry of {}", pallet.name());
    let storage = pallet.storage();
    let entries = storage.map(|storage| storage.entries()).unwrap_or_default();
    let found = names::find(&what, entry, entries.iter(), |entry| entry.name())?;
    let prefix = storage.map(|storage| storage.prefix()).unwrap_or_default();
    let mut key = twox_128(prefix.as_bytes()).to_vec();
    key.extend_from_slice(&twox_128(found.name().as_bytes()));
    Ok((found, key))
}

fn hashed(hasher: StorageHasher, key: &[u8]) -> Vec<u8> {
    let concat = |hash: &[u8]| [hash, key].concat();
    match hasher {
        StorageHasher::Blake2_128 => blake2_128(key).to_vec(),
        StorageHasher::Blake2_256 => blake2_256(key).to_vec(),
        StorageHasher::Blake2_128Concat => concat(&blake2_128(key)),
        StorageHasher::Twox128 => twox_128(key).to_vec(),
        StorageHasher::Twox256 => twox_256(key).to_vec(),
        StorageHasher::Twox64Concat => concat(&twox_64(key)),
        StorageHasher::Identity => key.to_vec(),
    }
}

/// The keys inside a storage key after the start; a hash stands for a key that it does not hold.
fn keys_of(metadata: &Metadata, entry: &StorageEntryMetadata, mut rest: &[u8]) -> Result<Vec<Decoded>, Failure> {
    let calls = metadata.outer_enums().call_enum_ty();
    let short = || Failure::shape("a storage key is too short");
    let mut keys = Vec::new();
    for info in entry.keys() {
        let (hash, after) = rest
            .split_at_checked(info.hasher.len_excluding_key())
            .ok_or_else(short)?;
        rest = after;
        keys.push(if info.hasher.ends_with_key() {
            Decoder::new(metadata.types(), calls, rest.len())
                .value(&mut rest, info.key_id)
                .map_err(Failure::Shape)?
        } else {
            bytes_value(hash)
        });
    }
    Ok(keys)
}

/// The storage key of an entry under its first keys, or under all of them.
fn key(
    at: &AtBlock,
    properties: &ChainProperties,
    (pallet, name): (&str, &str),
    keys: &[Value],
    whole: bool,
) -> Result<Vec<u8>, Failure> {
    let metadata = at.metadata_ref();
    let (entry, mut key) = entry(metadata, pallet, name)?;
    let wanted = entry.keys().len();
    if keys.len() > wanted || whole && keys.len() < wanted {
        let given = keys.len();
        return Err(Failure::Shape(format!(
            "{pallet}.{} has {wanted} keys, {given} given",
            entry.name()
        )));
    }
    let encoder = Encoder::new(metadata, properties);
    for (info, value) in entry.keys().zip(keys) {
        let mut encoded = Vec::new();
        encoder
            .value(value, info.key_id, &mut encoded)
            .map_err(|reason| Failure::Shape(format!("a key of {pallet}.{}: {reason}", entry.name())))?;
        key.extend(hashed(info.hasher, &encoded));
    }
    Ok(key)
}

impl Inner {
    /// As [`SubxtChain::read`].
    pub(crate) async fn stored(
        &self,
        at: At,
        pallet: &str,
        entry_name: &str,
        keys: &[Value],
    ) -> Result<Option<Decoded>, QueryError> {
        self.read(&format!("{pallet}.{entry_name}"), move |live| async move {
            let at = live.at(at).await?;
            let key = key(&at, self.properties(), (pallet, entry_name), keys, true)?;
            let (entry, _) = entry(at.metadata_ref(), pallet, entry_name)?;
            let stored = live.methods.state_get_storage(&key, Some(at.block_hash())).await?;
            stored
                .map(|bytes| decode(at.metadata_ref(), &bytes, entry.value_ty()))
                .transpose()
        })
        .await
    }
}

impl SubxtChain {
    /// A storage entry, `None` when nothing is stored there (also where the runtime would then take a default).
    pub async fn read(
        &self,
        at: At,
        pallet: &str,
        entry_name: &str,
        keys: Vec<Value>,
    ) -> Result<Option<Decoded>, QueryError> {
        self.inner.stored(at, pallet, entry_name, &keys).await
    }

    /// Up to `limit` entries of a storage map whose first keys are `prefix`, with all their keys, in the order of the storage keys.
    pub async fn entries(
        &self,
        at: At,
        pallet: &str,
        entry_name: &str,
        prefix: Vec<Value>,
        limit: u32,
    ) -> Result<Vec<(Vec<Decoded>, Decoded)>, QueryError> {
        let page = self.entries_page(at, pallet, entry_name, prefix, None, limit).await?;
        Ok(page.entries)
    }

    /// As [`Self::entries`], those after the storage key `after`, with the key from which to read on.
    pub async fn entries_page(
        &self,
        at: At,
        pallet: &str,
        entry_name: &str,
        prefix: Vec<Value>,
        after: Option<Vec<u8>>,
        limit: u32,
    ) -> Result<EntriesPage, QueryError> {
        let (prefix, after) = (&prefix, &after);
        self.inner
            .read(&format!("{pallet}.{entry_name}"), move |live| async move {
                let at = live.at(at).await?;
                let hash = Some(at.block_hash());
                let metadata = at.metadata_ref();
                let (entry, start) = entry(metadata, pallet, entry_name)?;
                let first = key(&at, self.inner.properties(), (pallet, entry_name), prefix, false)?;
                let mut page = EntriesPage {
                    entries: Vec::new(),
                    next: after.clone(),
                };
                while let left @ 1.. = limit.saturating_sub(u32::try_from(page.entries.len()).unwrap_or(u32::MAX)) {
                    let asked = left.min(PAGE);
                    let keys = live
                        .methods
                        .state_get_keys_paged(&first, asked, page.next.as_deref(), hash)
                        .await?;
                    let full = u32::try_from(keys.len()).is_ok_and(|found| found >= asked);
                    page.next = keys.last().cloned().filter(|_| full);
                    let found = live
                        .methods
                        .state_query_storage_at(keys.iter().map(Vec::as_slice), hash)
                        .await?;
                    let mut values: std::collections::HashMap<Vec<u8>, Vec<u8>> = found
                        .into_iter()
                        .flat_map(|set| set.changes)
                        .filter_map(|(key, value)| Some((key.0, value?.0)))
                        .collect();
                    for key in keys {
                        let Some(value) = values.remove(&key) else { continue };
                        let rest = key.get(start.len()..).unwrap_or_default();
                        page.entries.push((
                            keys_of(metadata, entry, rest)?,
                            decode(metadata, &value, entry.value_ty())?,
                        ));
                    }
                    if !full {
                        break;
                    }
                }
                Ok(page)
            })
            .await
    }

    /// A constant of a pallet, of the runtime of the best block.
    pub async fn constant(&self, pallet: &str, name: &str) -> Result<Decoded, QueryError> {
        self.inner
            .read_at(&format!("the constant {pallet}.{name}"), At::Best, |at| async move {
                let metadata = at.metadata_ref();
                let pallet = names::pallet(metadata, pallet)?;
                let what = format!("constant of {}", pallet.name());
                let all: Vec<_> = pallet.constants().collect();
                let constant = names::find(&what, name, all.into_iter(), |constant| constant.name())?;
                decode(metadata, constant.value(), constant.ty())
            })
            .await
    }

    /// The answer of a method of a runtime API.
    pub async fn runtime_call(&self, at: At, api: &str, method: &str, args: Vec<Value>) -> Result<Decoded, QueryError> {
        let args = &args;
        self.inner
            .read(&format!("the answer of {api}.{method}"), move |live| async move {
                let at = live.at(at).await?;
                let metadata = at.metadata_ref();
                let all: Vec<_> = metadata.runtime_api_traits().collect();
                let api = names::find("runtime API", api, all.into_iter(), |api| api.name())?;
                let what = format!("method of {}", api.name());
                let all: Vec<_> = api.methods().collect();
                let method = names::find(&what, method, all.into_iter(), |method| method.name())?;
                let wanted = method.inputs().len();
                if args.len() != wanted {
                    let given = args.len();
                    return Err(Failure::Shape(format!(
                        "{}.{} takes {wanted} arguments, {given} given",
                        api.name(),
                        method.name()
                    )));
                }
                let encoder = Encoder::new(metadata, self.inner.properties());
                let mut params = Vec::new();
                for (input, value) in method.inputs().zip(args) {
                    encoder
                        .value(value, input.id, &mut params)
                        .map_err(|reason| Failure::Shape(format!("{}: {reason}", input.name)))?;
                }
                let function = format!("{}_{}", api.name(), method.name());
                let answer = live
                    .methods
                    .state_call(&function, Some(&params), Some(at.block_hash()))
                    .await?;
                decode(metadata, &answer, method.output_ty())
            })
            .await
    }

    /// All events of a block, in order.
    pub async fn events(&self, block: Hash) -> Result<Vec<DecodedEvent>, QueryError> {
        let records = self.read(At::Block(block), "System", "Events", Vec::new()).await?;
        let Some(records) = records else { return Ok(Vec::new()) };
        let events: Option<Vec<DecodedEvent>> = items(&records).into_iter().map(event).collect();
        events.ok_or_else(|| QueryError::Incompatible {
            what: "the block's events".to_owned(),
            reason: "an event has no pallet or no phase".to_owned(),
        })
    }

    /// The events of a transaction that took effect, in order.
    pub async fn events_of(&self, report: &InclusionReport) -> Result<Vec<DecodedEvent>, QueryError> {
        let block = report.block.hash;
        let wanted = report.extrinsic;
        let index = self
            .inner
            .read("the block of the transaction", move |live| async move {
                let details = live.methods.chain_get_block(Some(block.0.into())).await?;
                let extrinsics = details.map(|details| details.block.extrinsics).unwrap_or_default();
                Ok(extrinsics
                    .iter()
                    .position(|extrinsic| Hash::from(blake2_256(&extrinsic.0)) == wanted))
            })
            .await?;
        let index = index.and_then(|index| u32::try_from(index).ok());
        let mut events = self.events(block).await?;
        events.retain(|event| index.is_some() && event.extrinsic == index);
        Ok(events)
    }
}

/// A page of a storage map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntriesPage {
    /// The entries with their keys.
    pub entries: Vec<(Vec<Decoded>, Decoded)>,
    /// Pass it as `after` to read on; `None` when this was the last page.
    pub next: Option<Vec<u8>>,
}

fn hash(value: &Decoded) -> Option<Hash> {
    let bytes: [u8; 32] = as_bytes(value)?.try_into().ok()?;
    Some(Hash::from(bytes))
}

/// An event record.
fn event(record: &Decoded) -> Option<DecodedEvent> {
    let extrinsic = match variant(field(record, "phase")?)? {
        ("ApplyExtrinsic", fields) => Some(u32::try_from(as_u128(fields.values().next()?)?).ok()?),
        _ => None,
    };
    let (pallet, inner) = variant(field(record, "event")?)?;
    let inner = inner.values().next()?;
    let ValueDef::Variant(Variant { name, values }) = &inner.value else {
        return None;
    };
    let values = match values {
        Composite::Named(fields) => Composite::Named(fields.clone()),
        Composite::Unnamed(fields) => Composite::Unnamed(fields.clone()),
    };
    Some(DecodedEvent {
        extrinsic,
        pallet: pallet.to_owned(),
        event: name.clone(),
        fields: Decoded {
            value: ValueDef::Composite(values),
            context: inner.context,
        },
        topics: field(record, "topics")
            .map(items)
            .unwrap_or_default()
            .into_iter()
            .filter_map(hash)
            .collect(),
    })
}
