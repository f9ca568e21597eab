//! Fungible and other tokens.

use crate::{at, deploy, own_error, read, token};
use blocs_contract_kit::{Failure, Sandbox, address, json};
use serde_json::json;

#[test]
fn units_move_with_events_and_are_spent_once() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let gold = token(&mut sandbox, &alice, "1000", "None");
    assert_eq!(
        read(&mut sandbox, &gold, "details", &[]),
        json!({ "Some": { "name": "Gold", "symbol": "GLD", "decimals": 12 } })
    );

    let paid = sandbox
        .call(&gold, &alice, "transfer", &[&address(&bob), "600"])
        .unwrap();
    assert_eq!(paid.event_names(), ["Transfer"]);
    let event = paid.event("Transfer").unwrap();
    assert_eq!(json(event.field("from").unwrap()), json!({ "Some": address(&alice) }));
    assert_eq!(json(event.field("value").unwrap()), json!("600"));

    let again = sandbox.call(&gold, &alice, "transfer", &[&address(&bob), "600"]);
    assert_eq!(own_error(again), "InsufficientBalance");
    assert_eq!(read(&mut sandbox, &gold, "balance_of", &[&address(&alice)]), "400");
    assert_eq!(read(&mut sandbox, &gold, "balance_of", &[&address(&bob)]), "600");
}

#[test]
fn an_allowance_cannot_be_replayed_or_raced() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let gold = token(&mut sandbox, &alice, "1000", "None");
    let (alice_at, bob_at) = (address(&alice), address(&bob));
    sandbox.call(&gold, &alice, "approve", &[&bob_at, "50"]).unwrap();
    assert_eq!(
        own_error(sandbox.call(&gold, &alice, "approve", &[&bob_at, "30"])),
        "AllowanceInUse"
    );

    sandbox
        .call(&gold, &bob, "transfer_from", &[&alice_at, &bob_at, "50"])
        .unwrap();
    let replayed = sandbox.call(&gold, &bob, "transfer_from", &[&alice_at, &bob_at, "50"]);
    assert_eq!(own_error(replayed), "InsufficientAllowance");
    assert_eq!(read(&mut sandbox, &gold, "balance_of", &[&bob_at]), "50");
}

#[test]
fn a_refused_call_leaves_no_half() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let gold = token(&mut sandbox, &alice, "10", "None");
    sandbox.call(&gold, &alice, "approve", &[&address(&bob), "50"]).unwrap();

    let failed = sandbox.call(&gold, &bob, "transfer_from", &[&address(&alice), &address(&bob), "11"]);

    assert_eq!(own_error(failed), "InsufficientBalance");
    let left = read(&mut sandbox, &gold, "allowance", &[&address(&alice), &address(&bob)]);
    assert_eq!(left, "50", "the allowance was taken although nothing moved");
}

#[test]
fn only_the_owner_mints_within_the_cap_and_numbers_do_not_wrap() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let capped = token(&mut sandbox, &alice, "90", "100");
    let mint = sandbox.call(&capped, &bob, "mint", &[&address(&bob), "1"]);
    assert_eq!(own_error(mint), json!({ "Ownable": "NotOwner" }));
    assert_eq!(
        own_error(sandbox.call(&capped, &alice, "mint", &[&address(&bob), "11"])),
        "CapExceeded"
    );
    sandbox.call(&capped, &alice, "mint", &[&address(&bob), "10"]).unwrap();

    let full = token(&mut sandbox, &alice, &u128::MAX.to_string(), "None");
    assert_eq!(
        own_error(sandbox.call(&full, &alice, "mint", &[&address(&bob), "1"])),
        "Overflow"
    );
}

#[test]
fn a_guardian_stops_a_token_and_the_owner_starts_it() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let gold = token(&mut sandbox, &alice, "1000", "None");
    sandbox
        .call(&gold, &alice, "set_guardian", &[&address(&bob), "true"])
        .unwrap();
    let paused = sandbox.call(&gold, &bob, "pause", &[]).unwrap();
    assert_eq!(paused.event_names(), ["Paused"]);

    let transfer = sandbox.call(&gold, &alice, "transfer", &[&address(&bob), "1"]);
    assert_eq!(own_error(transfer), json!({ "Pausable": "Paused" }));
    assert_eq!(
        own_error(sandbox.call(&gold, &bob, "resume", &[])),
        json!({ "Pausable": "NotOwner" })
    );
    sandbox.call(&gold, &alice, "resume", &[]).unwrap();
    sandbox.call(&gold, &alice, "transfer", &[&address(&bob), "1"]).unwrap();
}

#[test]
fn an_emptied_balance_gives_its_deposit_back() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let gold = token(&mut sandbox, &alice, "1000", "None");
    let first = sandbox.call(&gold, &alice, "transfer", &[&address(&bob), "1"]).unwrap();
    assert!(first.deposit > 0, "a new balance needs a deposit");
    let last = sandbox.call(&gold, &bob, "transfer", &[&address(&alice), "1"]).unwrap();
    assert!(
        (first.deposit + last.deposit).abs() <= 1,
        "the chain rounds in its favour, by a planck"
    );
}

#[test]
fn a_token_takes_no_money_by_mistake() {
    let mut sandbox = Sandbox::new();
    let alice = sandbox.account("alice");
    let gold = token(&mut sandbox, &alice, "1000", "None");
    let before = sandbox.balance(&alice);
    let failed = sandbox.call_with_value(&gold, &alice, "burn", &["1"], 1_000_000_000_000);
    assert!(
        matches!(
            failed,
            Err(Failure::Trapped { .. } | Failure::Lang { .. } | Failure::Reverted { .. })
        ),
        "{failed:?}"
    );
    assert_eq!(sandbox.balance(&alice), before);
    assert_eq!(read(&mut sandbox, &gold, "total_supply", &[]), "1000");
}

#[test]
fn one_of_a_kind_moves_with_its_approval_once() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let (alice_at, bob_at) = (address(&alice), address(&bob));
    let stones = deploy(&mut sandbox, "nft", &alice, "new", &["Stones", "STN"]);
    let minted = sandbox
        .call(&stones, &alice, "mint", &[&alice_at, "blocs://stone/0"])
        .unwrap();
    assert_eq!(json(&minted.value), json!("0"));
    assert_eq!(minted.event_names(), ["Transfer"]);

    let stolen = sandbox.call(&stones, &bob, "transfer_from", &[&alice_at, &bob_at, "0"]);
    assert_eq!(own_error(stolen), "NotAllowed");
    sandbox.call(&stones, &alice, "approve", &[&bob_at, "0"]).unwrap();
    sandbox
        .call(&stones, &bob, "transfer_from", &[&alice_at, &alice_at, "0"])
        .unwrap();
    let replayed = sandbox.call(&stones, &bob, "transfer_from", &[&alice_at, &bob_at, "0"]);
    assert_eq!(own_error(replayed), "NotAllowed", "an approval ends with the move");

    assert_eq!(
        read(&mut sandbox, &stones, "token_uri", &["0"]),
        json!({ "Some": "blocs://stone/0" })
    );
    sandbox.call(&stones, &alice, "burn", &["0"]).unwrap();
    assert_eq!(read(&mut sandbox, &stones, "owner_of", &["0"]), "None");
    assert_eq!(own_error(sandbox.call(&stones, &alice, "burn", &["0"])), "NoSuchToken");
}

#[test]
fn a_token_can_belong_to_a_contract() {
    let mut sandbox = Sandbox::new();
    let alice = sandbox.account("alice");
    let gold = token(&mut sandbox, &alice, "1000", "None");
    let stones = deploy(&mut sandbox, "nft", &alice, "new", &["Stones", "STN"]);
    sandbox.call(&gold, &alice, "transfer", &[&at(&stones), "7"]).unwrap();
    assert_eq!(read(&mut sandbox, &gold, "balance_of", &[&at(&stones)]), "7");
}
