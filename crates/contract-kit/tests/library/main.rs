//! The library of contracts (`contracts/library`) on the real runtime: what its own tests cannot show, because ink!'s off-chain environment
//! has no calls between contracts, no new code and no deposits. One program for all, since each links the whole runtime.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod access;
mod costs;
mod governance;
mod interface;
mod rewards;
mod tokens;

use blocs_contract_kit::{AccountId, Contract, Failure, Outcome, Sandbox, address, bundle, json};
use serde_json::Value;

/// The contracts of the library. The two that use the storage market are tested in files of their own; only their interfaces are held here.
const LIBRARY: [&str; 11] = [
    "fungible-token",
    "nft",
    "roles",
    "pausable",
    "upgradeable",
    "upgradeable-v2",
    "rewards",
    "dao",
    "timelock",
    "storage-archive",
    "storage-escrow",
];

/// A contract of the library, deployed by `by`.
fn deploy(sandbox: &mut Sandbox, name: &str, by: &AccountId, constructor: &str, args: &[&str]) -> Contract {
    sandbox.deploy(&bundle(name), by, constructor, args, 0).unwrap()
}

/// A token whose only holder and owner is `by`.
fn token(sandbox: &mut Sandbox, by: &AccountId, supply: &str, cap: &str) -> Contract {
    deploy(
        sandbox,
        "fungible-token",
        by,
        "new",
        &[supply, "Gold", "GLD", "12", cap],
    )
}

/// What a message answers, as JSON.
fn read(sandbox: &mut Sandbox, contract: &Contract, message: &str, args: &[&str]) -> Value {
    json(&sandbox.read(contract, message, args).unwrap())
}

/// The contract's own error, as JSON.
fn own_error(result: Result<Outcome, Failure>) -> Value {
    match result {
        Err(failure) => failure
            .own_json()
            .unwrap_or_else(|| panic!("not the contract's own error: {failure}")),
        Ok(outcome) => panic!("it went through, with {:?}", outcome.event_names()),
    }
}

/// Selector and arguments of a message, as an argument of a contract that makes the call.
fn input(contract: &Contract, message: &str, args: &[&str]) -> String {
    let abi = contract.bundle.abi();
    let bytes = abi.encode(abi.message(message).unwrap(), args).unwrap();
    bytes
        .iter()
        .fold("0x".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

/// An address as an argument.
fn at(contract: &Contract) -> String {
    address(&contract.address)
}
