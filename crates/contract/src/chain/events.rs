//! Events that contracts emitted.

use crate::{Abi, ContractEvent, DecodeError};
use blocs_chain::{DecodedEvent, QueryError, SubxtChain, value};
use blocs_primitives::{AccountId, Hash};

/// An event as a contract emitted it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emitted {
    /// The contract.
    pub contract: AccountId,
    /// The transaction's place in its block; `None` outside of transactions.
    pub extrinsic: Option<u32>,
    /// Its topics.
    pub topics: Vec<[u8; 32]>,
    /// Its data.
    pub data: Vec<u8>,
}

impl Emitted {
    /// The event by the metadata of its contract.
    pub fn decode(&self, abi: &Abi) -> Result<ContractEvent, DecodeError> {
        abi.decode_event(&self.topics, &self.data)
    }
}

/// What contracts emitted, among events of the chain.
pub fn emitted(events: &[DecodedEvent]) -> Vec<Emitted> {
    let of_contracts = events
        .iter()
        .filter(|event| event.pallet == "Contracts" && event.event == "ContractEmitted");
    of_contracts
        .filter_map(|event| {
            Some(Emitted {
                contract: value::field(&event.fields, "contract").and_then(value::as_account)?,
                extrinsic: event.extrinsic,
                topics: event.topics.iter().map(|topic| topic.0).collect(),
                data: value::field(&event.fields, "data").and_then(value::as_bytes)?,
            })
        })
        .collect()
}

/// What contracts emitted in a block.
pub async fn emitted_in(chain: &SubxtChain, block: Hash) -> Result<Vec<Emitted>, QueryError> {
    Ok(emitted(&chain.events(block).await?))
}
