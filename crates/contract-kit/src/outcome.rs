//! What a call did.

use crate::{AccountId, Balance, Decoded, RuntimeEvent, Weight};
use blocs_contract::{Bundle, ContractEvent};
use codec::{Decode, DecodeAll};
use std::sync::Arc;

/// A contract on the sandbox's chain.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Its account.
    pub address: AccountId,
    /// What it was made from: the names and types of its messages.
    pub bundle: Arc<Bundle>,
}

/// How a contract is called, beside what it is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallOptions {
    /// Tokens that go with the call, in planck.
    pub value: Balance,
    /// The most gas that it may use: by default what a transaction of the chain may use.
    pub gas: Option<Weight>,
    /// The most deposit for storage that the caller pays, in planck: by default what the chain allows callers that name none.
    pub deposit: Option<Balance>,
}

/// How a contract is deployed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeployOptions {
    /// Tokens that it gets, in planck.
    pub value: Balance,
    /// The most gas that code check and constructor may use: by default what a transaction of the chain may use.
    pub gas: Option<Weight>,
    /// The most deposit that the deployer pays, for the code too, in planck.
    pub deposit: Option<Balance>,
    /// Makes the address: by default one that was not used before.
    pub salt: Option<Vec<u8>>,
    /// Take the code that lies on the chain under the bundle's code hash, rather than upload it.
    pub uploaded: bool,
}

/// An event of a contract as the chain has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawEvent {
    /// Who emitted it.
    pub contract: AccountId,
    /// Its topics.
    pub topics: Vec<[u8; 32]>,
    /// Its fields in SCALE.
    pub data: Vec<u8>,
}

/// What a call did, and what it cost.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The answer; of a message that gives a `Result`, what is in its `Ok`.
    pub value: Decoded,
    /// The answer in SCALE, as the contract gave it.
    pub data: Vec<u8>,
    /// The events of this contract and of others that the sandbox knows, in order.
    pub events: Vec<ContractEvent>,
    /// All events of contracts, with who emitted them: also of contracts that the sandbox does not know.
    pub raw_events: Vec<RawEvent>,
    /// All events of the runtime.
    pub runtime_events: Vec<RuntimeEvent>,
    /// Gas used.
    pub gas: Weight,
    /// The least gas limit with which the call goes through.
    pub gas_required: Weight,
    /// Deposit for storage that the caller paid, in planck; less than zero when it got some back.
    pub deposit: i128,
    /// What the contract printed; needs a build of it for debugging.
    pub debug: String,
}

impl Outcome {
    /// The answer as a Rust type: that of the message, with the `Result` that ink! puts around it taken off.
    ///
    /// # Panics
    ///
    /// When the answer is not of this type.
    pub fn decode<T: Decode>(&self) -> T {
        match Result::<T, u8>::decode_all(&mut self.data.as_slice()) {
            Ok(Ok(value)) => value,
            other => panic!(
                "the answer 0x{} is not of the type {}{}",
                self.data.iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
                std::any::type_name::<T>(),
                other.err().map(|error| format!(": {error}")).unwrap_or_default(),
            ),
        }
    }

    /// The first event of this name.
    pub fn event(&self, name: &str) -> Option<&ContractEvent> {
        self.events.iter().find(|event| event.name == name)
    }

    /// The names of the events, in order.
    pub fn event_names(&self) -> Vec<&str> {
        self.events.iter().map(|event| event.name.as_str()).collect()
    }
}
