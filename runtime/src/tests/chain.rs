//! A chain run block by block, era by era, by well-known validators.

use super::blocks::{authors_of, next_slot, signed, start_block_by};
use crate::{AccountId, Executive, Runtime, RuntimeCall, RuntimeEvent, Session, SessionKeys, System};
use codec::Encode;
use pallet_staking::ActiveEra;
use sp_core::proof_of_possession::ProofOfPossessionGenerator;
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use sp_runtime::{ApplyExtrinsicResult, DispatchError};

/// More blocks than any test waits for.
const PATIENCE: u32 = 1_000;

/// The era that runs.
pub(super) fn era() -> u32 {
    ActiveEra::<Runtime>::get().unwrap().index
}

/// Opens the next block, by the validator whose turn it is among those that are not `absent`.
pub(super) fn next_block_without(absent: &[Sr25519Keyring]) {
    if System::block_number() > 0 {
        Executive::finalize_block();
    }
    let mut authors = authors_of(next_slot());
    authors.retain(|author| !absent.contains(author));
    let turn = usize::try_from(*next_slot()).unwrap() % authors.len();
    start_block_by(authors[turn]);
}

/// Opens the next block.
pub(super) fn next_block() {
    next_block_without(&[]);
}

/// Opens blocks until `reached`.
pub(super) fn until_without(absent: &[Sr25519Keyring], what: &str, reached: impl Fn() -> bool) {
    for _ in 0..PATIENCE {
        if reached() {
            return;
        }
        next_block_without(absent);
    }
    panic!("{PATIENCE} blocks without {what}");
}

/// Opens blocks until `reached`.
pub(super) fn until(what: &str, reached: impl Fn() -> bool) {
    until_without(&[], what, reached);
}

/// Opens blocks until `index` is the era that runs.
pub(super) fn until_era(index: u32) {
    until(&format!("era {index}"), || era() >= index);
}

/// Puts a transaction of `sender` into the open block.
pub(super) fn send(sender: Sr25519Keyring, call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
    let nonce = System::account_nonce(sender.to_account_id());
    let result: ApplyExtrinsicResult = Executive::apply_extrinsic(signed(sender, nonce, 0, call.into()));
    result.expect("a valid transaction")
}

/// The name of the pallet's error with which a call failed.
pub(super) fn failure(outcome: Result<(), DispatchError>) -> &'static str {
    match outcome.expect_err("the call fails") {
        DispatchError::Module(error) => error.message.expect("errors have names in tests"),
        other => other.into(),
    }
}

/// Session keys of `validator`, and the proof that `owner` has their private halves.
pub(super) fn session_keys(validator: Sr25519Keyring, owner: &AccountId) -> (SessionKeys, Vec<u8>) {
    let finality = Ed25519Keyring::iter()
        .find(|key| key.to_string() == validator.to_string())
        .unwrap();
    let keys = SessionKeys {
        babe: validator.public().into(),
        grandpa: finality.public().into(),
        authority_discovery: validator.public().into(),
    };
    let owner = owner.encode();
    let proof = (
        validator.pair().generate_proof_of_possession(&owner),
        finality.pair().generate_proof_of_possession(&owner),
        validator.pair().generate_proof_of_possession(&owner),
    );
    (keys, proof.encode())
}

/// `session.setKeys` with which `validator` sets its well-known keys.
pub(super) fn set_keys(validator: Sr25519Keyring) -> RuntimeCall {
    let (keys, proof) = session_keys(validator, &validator.to_account_id());
    RuntimeCall::Session(pallet_session::Call::set_keys { keys, proof })
}

/// Whether `account` is among the validators of this session.
pub(super) fn validates(account: Sr25519Keyring) -> bool {
    Session::validators().contains(&account.to_account_id())
}

/// Events of the open block.
pub(super) fn events() -> Vec<RuntimeEvent> {
    System::events().into_iter().map(|record| record.event).collect()
}
