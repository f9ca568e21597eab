//! Calls, storage, constants, runtime APIs and events by the names that the metadata gives them.
//!
//! # How arguments are written
//!
//! An argument is a value, in the order of the call's arguments, or `name=value`. Names of pallets, calls, arguments and
//! variants may be written in any case, with or without underscores. What a word means follows from the type that the
//! metadata asks for:
//!
//! | for | write |
//! |---|---|
//! | a number | `5`, `1_000`, `-3`, `0x1f` |
//! | an amount (128 bits) | planck as a number, or `10BLOC`, `0.5BLOC` with the chain's symbol |
//! | a share (`Perbill`, …) | parts as a number, or `12.5%` |
//! | an account | its address with the chain's prefix, or `0x` and 64 hex digits |
//! | bytes | `0x…`, `"text"`; as an argument of its own also any other text |
//! | text | `"text"`; as an argument of its own also any text without quotes |
//! | a struct | `{name: value, …}` |
//! | a list, a tuple, a set | `[value, …]`, `(value, …)` |
//! | a map | `[(key, value), …]` |
//! | a variant | `Name`, `Name(value, …)`, `Name{name: value, …}` |
//! | an option | `None`, or the value itself, or `Some(value)` |
//! | a call | `pallet.call(value, name: value, …)` |

mod arguments;
mod call;
mod code;
mod decode;
mod encode;
mod explore;
mod failure;
mod names;
mod parse;
mod raw;
mod show;
mod state;
mod word;

pub use arguments::{ArgumentFault, TypeCodec};
pub(crate) use call::parts;
pub use explore::{DigestLog, EntryInfo, ErrorInfo, PalletInfo, RawBlock};
pub use names::{hint as name_hint, same as same_name};
pub use raw::StorageKeyParts;
pub(crate) use show::{amount, text};
pub use state::EntriesPage;

use crate::{
    At, ChainProperties, QueryError, SubxtChain,
    connection::Failure,
    value::{Decoded, Value, call_json, to_json},
};
use blocs_primitives::{Balance, Hash};
use call::Calls;
use subxt::metadata::ArcMetadata;

/// A call in the chain's encoding: pallet index, call index, arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawCall {
    /// Name of the pallet.
    pub pallet: String,
    /// Name of the call.
    pub call: String,
    /// Its encoding.
    pub bytes: Vec<u8>,
}

impl RawCall {
    /// BLAKE2-256 hash of the encoding: the hash of its preimage, and the one that a multisig approves.
    pub fn hash(&self) -> Hash {
        Hash::from(sp_crypto_hashing::blake2_256(&self.bytes))
    }

    /// `Pallet.call`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.pallet, self.call)
    }
}

/// How a transaction is made.
#[derive(Clone, Debug)]
pub struct TxOptions {
    /// For the author of the block, in planck.
    pub tip: Balance,
    /// Blocks for which it is valid: a power of two from 4 to 65,536, others are rounded up.
    pub mortal_blocks: u32,
    /// Its nonce; the account's next one when not given.
    pub nonce: Option<u32>,
    /// Whether the signature covers the hash of the metadata, so that an offline signer can check what it shows.
    pub metadata_hash: bool,
}

impl Default for TxOptions {
    fn default() -> Self {
        Self {
            tip: 0,
            mortal_blocks: 64,
            nonce: None,
            metadata_hash: false,
        }
    }
}

/// What a call would do if it were sent now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DryRun {
    /// Its fee in planck, without tip.
    pub fee: Balance,
    /// Time that it may take in a block, in picoseconds.
    pub ref_time: u64,
    /// Whether it would succeed, and why not.
    pub outcome: Result<(), String>,
}

/// An event by its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedEvent {
    /// Index in the block of the extrinsic that caused it; `None` for the block's own.
    pub extrinsic: Option<u32>,
    /// Name of the pallet.
    pub pallet: String,
    /// Name of the event.
    pub event: String,
    /// Its fields.
    pub fields: Decoded,
    /// The topics under which it can be searched; those of contracts say which event of the contract it is.
    pub topics: Vec<Hash>,
}

/// A call taken apart. [`std::fmt::Display`] draws it as an indented tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedCall {
    /// Name of the pallet.
    pub pallet: String,
    /// Name of the call.
    pub call: String,
    /// Its arguments by name.
    pub fields: Vec<(String, Decoded)>,
    /// Hash of its encoding.
    pub hash: Hash,
    properties: ChainProperties,
}

impl DecodedCall {
    /// `{"pallet", "call", "args": {…}}` with the values as [`to_json`] writes them.
    pub fn to_json(&self) -> serde_json::Value {
        call_json(&self.pallet, &self.call, &self.fields, &self.properties)
    }
}

impl DecodedEvent {
    /// `{"extrinsic", "pallet", "event", "fields": {…}}` with the values as [`to_json`] writes them.
    pub fn to_json(&self, properties: &ChainProperties) -> serde_json::Value {
        serde_json::json!({
            "extrinsic": self.extrinsic,
            "pallet": self.pallet,
            "event": self.event,
            "fields": to_json(&self.fields, properties),
        })
    }

    /// `Pallet.Event` and its fields, as an indented tree.
    pub fn text(&self, properties: &ChainProperties) -> String {
        show::event(self, properties)
    }
}

/// A whole extrinsic taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedExtrinsic {
    /// BLAKE2-256 hash of its bytes.
    pub hash: Hash,
    /// Who signed it; `None` for an inherent and for a general transaction.
    pub signer: Option<Decoded>,
    /// The signature.
    pub signature: Option<Decoded>,
    /// The values of its transaction extensions by name: nonce, tip, mortality.
    pub extensions: Vec<(String, Decoded)>,
    /// The call.
    pub call: DecodedCall,
}

/// Why a call could not be made, or not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The metadata has no such name.
    #[error("there is no {what} {name:?}{hint}")]
    Unknown {
        /// What the name should be of.
        what: String,
        /// The name.
        name: String,
        /// What was perhaps meant, as a sentence's end.
        hint: String,
    },
    /// An argument does not fit.
    #[error("cannot make the call {call}: {argument}: {reason}")]
    Argument {
        /// The call.
        call: String,
        /// The argument.
        argument: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A key of a storage entry does not fit.
    #[error("key {place} of {entry}: {reason}")]
    Key {
        /// The entry.
        entry: String,
        /// Which key, from 1.
        place: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The bytes are no call of this chain's.
    #[error("cannot decode the call: {reason}; is it a call of this chain's, of its present runtime, and whole?")]
    Undecodable {
        /// What is wrong with them.
        reason: String,
    },
    /// The metadata cannot be read.
    #[error(transparent)]
    Query(#[from] QueryError),
}

impl SubxtChain {
    pub(crate) async fn metadata(&self) -> Result<ArcMetadata, QueryError> {
        self.inner
            .read_at("the metadata", At::Best, |at| async move { Ok(at.metadata()) })
            .await
    }

    /// The call at `path` with arguments as people write them: see the module's documentation.
    /// `storageMarket.setParams`, `StorageMarket.set_params` and `storage_market.set_params` name the same call.
    pub async fn call_from_text(&self, path: &str, args: &[String]) -> Result<RawCall, CallError> {
        Calls::new(&*self.metadata().await?, self.inner.properties()).written(path, args)
    }

    /// The call of these names with arguments by name. Strings are understood as in [`Self::call_from_text`].
    pub async fn call_from_values(
        &self,
        pallet: &str,
        call: &str,
        fields: Vec<(&str, Value)>,
    ) -> Result<RawCall, CallError> {
        Calls::new(&*self.metadata().await?, self.inner.properties()).built(pallet, call, fields)
    }

    /// A call that is encoded already; refused when it does not decode wholly.
    pub async fn call_from_bytes(&self, bytes: &[u8]) -> Result<RawCall, CallError> {
        Calls::new(&*self.metadata().await?, self.inner.properties()).encoded(bytes)
    }

    /// Takes a call apart, with the calls inside it.
    pub async fn decode_call(&self, bytes: &[u8]) -> Result<DecodedCall, CallError> {
        Calls::new(&*self.metadata().await?, self.inner.properties()).decode(bytes)
    }

    /// Takes a whole extrinsic apart, of the runtime of the best block.
    pub async fn decode_extrinsic(&self, bytes: &[u8]) -> Result<DecodedExtrinsic, CallError> {
        Calls::new(&*self.metadata().await?, self.inner.properties()).extrinsic(bytes)
    }

    /// Takes the extrinsics of a block apart, by the runtime that the block ran under.
    pub async fn block_extrinsics(&self, block: Hash) -> Result<Vec<DecodedExtrinsic>, CallError> {
        let (metadata, extrinsics) = self
            .inner
            .read("the block's extrinsics", move |live| async move {
                let details = live.methods.chain_get_block(Some(block.0.into())).await?;
                let details = details.ok_or_else(|| Failure::NoState(format!("it does not know {block:?}")))?;
                // The block ran under the runtime of its parent's state.
                let parent = Hash::from(details.block.header.parent_hash.0);
                let at = if details.block.header.number == 0 {
                    block
                } else {
                    parent
                };
                let extrinsics: Vec<Vec<u8>> = details.block.extrinsics.into_iter().map(|bytes| bytes.0).collect();
                Ok((live.at(At::Block(at)).await?.metadata(), extrinsics))
            })
            .await?;
        let calls = Calls::new(&metadata, self.inner.properties());
        extrinsics.iter().map(|bytes| calls.extrinsic(bytes)).collect()
    }
}

#[cfg(test)]
mod tests;
