//! The calls to send.

use super::{
    gas::Gas,
    trial::{Call, CodeSource, Instantiation, hex, option},
};
use blocs_chain::{CallError, RawCall, SubxtChain, Value, value};
use blocs_primitives::{AccountId, Balance};

const PALLET: &str = "Contracts";

/// `Contracts.call`.
pub async fn call(chain: &SubxtChain, call: &Call, gas: Gas, deposit_limit: Balance) -> Result<RawCall, CallError> {
    let fields = vec![
        ("dest", value::account(&call.contract)),
        ("value", Value::u128(call.value)),
        ("gas_limit", gas.to_value()),
        ("storage_deposit_limit", option(Some(Value::u128(deposit_limit)))),
        ("data", hex(&call.data)),
    ];
    chain.call_from_values(PALLET, "call", fields).await
}

/// `Contracts.instantiate_with_code`, or `Contracts.instantiate` of a code that the chain has.
pub async fn instantiate(
    chain: &SubxtChain,
    wanted: &Instantiation,
    gas: Gas,
    deposit_limit: Balance,
) -> Result<RawCall, CallError> {
    let (name, code) = match &wanted.code {
        CodeSource::New(wasm) => ("instantiate_with_code", ("code", hex(wasm))),
        CodeSource::Stored(hash) => ("instantiate", ("code_hash", hex(hash))),
    };
    let fields = vec![
        ("value", Value::u128(wanted.value)),
        ("gas_limit", gas.to_value()),
        ("storage_deposit_limit", option(Some(Value::u128(deposit_limit)))),
        code,
        ("data", hex(&wanted.data)),
        ("salt", hex(&wanted.salt)),
    ];
    chain.call_from_values(PALLET, name, fields).await
}

/// `Contracts.upload_code`.
pub async fn upload_code(chain: &SubxtChain, wasm: &[u8], deposit_limit: Balance) -> Result<RawCall, CallError> {
    let fields = vec![
        ("code", hex(wasm)),
        ("storage_deposit_limit", option(Some(Value::u128(deposit_limit)))),
        ("determinism", Value::unnamed_variant("Enforced", [])),
    ];
    chain.call_from_values(PALLET, "upload_code", fields).await
}

/// `Contracts.remove_code`: only of the account that stored it, and only when no contract uses it.
pub async fn remove_code(chain: &SubxtChain, code_hash: [u8; 32]) -> Result<RawCall, CallError> {
    let fields = vec![("code_hash", hex(&code_hash))];
    chain.call_from_values(PALLET, "remove_code", fields).await
}

/// `Contracts.set_code`: only with the root origin, which a referendum has.
pub async fn set_code(chain: &SubxtChain, contract: &AccountId, code_hash: [u8; 32]) -> Result<RawCall, CallError> {
    let fields = vec![("dest", value::account(contract)), ("code_hash", hex(&code_hash))];
    chain.call_from_values(PALLET, "set_code", fields).await
}
