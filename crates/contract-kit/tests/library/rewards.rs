//! Rewards and penalties, with real money.

use crate::{at, own_error, read};
use blocs_contract_kit::{AccountId, BLOC, Contract, Sandbox, address, bundle};
use serde_json::json;

/// Alice administers, Bob operates, 10 BLOC in the pool; Charlie works.
fn rewards() -> (Sandbox, Contract, [AccountId; 3]) {
    let mut sandbox = Sandbox::new();
    let people = ["alice", "bob", "charlie"].map(|name| sandbox.account(name));
    let operator = address(&people[1]);
    let rewards = sandbox
        .deploy(&bundle("rewards"), &people[0], "new", &[&operator], 10 * BLOC)
        .unwrap();
    (sandbox, rewards, people)
}

/// What the ledger says that it has is what its account can pay.
fn assert_solvent(sandbox: &mut Sandbox, rewards: &Contract) {
    let pool = read(sandbox, rewards, "pool", &[]);
    let number = |name: &str| pool[name].as_str().unwrap().parse::<u128>().unwrap();
    assert_eq!(
        sandbox.spendable(&rewards.address),
        number("free") + number("reserved"),
        "{pool}"
    );
}

#[test]
fn what_was_booked_is_paid_once_to_the_last_planck() {
    let (mut sandbox, rewards, [_, bob, charlie]) = rewards();
    assert_solvent(&mut sandbox, &rewards);
    sandbox
        .call(&rewards, &bob, "reward", &[&address(&charlie), "10BLOC", "0"])
        .unwrap();
    let more = sandbox.call(&rewards, &bob, "reward", &[&address(&charlie), "1", "1"]);
    assert_eq!(own_error(more), "PoolTooSmall");

    let before = sandbox.balance(&charlie);
    let claimed = sandbox.call(&rewards, &charlie, "claim", &[]).unwrap();
    let refund = u128::try_from(-claimed.deposit).unwrap();
    assert_eq!(claimed.event_names(), ["Claimed"]);
    assert_eq!(sandbox.balance(&charlie), before + 10 * BLOC + refund);
    assert_eq!(
        own_error(sandbox.call(&rewards, &charlie, "claim", &[])),
        "NothingToClaim"
    );
    assert_solvent(&mut sandbox, &rewards);
}

#[test]
fn a_penalty_is_taken_from_rewards_and_the_rest_is_owed() {
    let (mut sandbox, rewards, [alice, bob, charlie]) = rewards();
    let to = address(&charlie);
    sandbox.call(&rewards, &bob, "reward", &[&to, "2BLOC", "0"]).unwrap();
    sandbox.call(&rewards, &bob, "penalise", &[&to, "5BLOC", "1"]).unwrap();
    assert_eq!(
        own_error(sandbox.call(&rewards, &charlie, "claim", &[])),
        "NothingToClaim"
    );
    sandbox.call(&rewards, &bob, "reward", &[&to, "4BLOC", "2"]).unwrap();
    let ledger = read(&mut sandbox, &rewards, "ledger_of", &[&to]);
    assert_eq!(ledger, json!({ "claimable": BLOC.to_string(), "debt": "0" }));
    assert_solvent(&mut sandbox, &rewards);

    let greedy = sandbox.call(&rewards, &alice, "withdraw", &[&address(&alice), "9.5BLOC"]);
    assert_eq!(own_error(greedy), "PoolTooSmall", "the reserved part is Charlie's");
    sandbox
        .call(&rewards, &alice, "withdraw", &[&address(&alice), "9BLOC"])
        .unwrap();
    sandbox.call(&rewards, &charlie, "claim", &[]).unwrap();
    assert_solvent(&mut sandbox, &rewards);
}

#[test]
fn a_repeated_booking_changes_nothing() {
    let (mut sandbox, rewards, [_, bob, charlie]) = rewards();
    sandbox
        .call(&rewards, &bob, "reward", &[&address(&charlie), "1BLOC", "0"])
        .unwrap();
    let again = sandbox.call(&rewards, &bob, "reward", &[&address(&charlie), "1BLOC", "0"]);
    assert_eq!(own_error(again), json!({ "WrongSequence": "1" }));
    assert_eq!(read(&mut sandbox, &rewards, "next_sequence", &[&address(&bob)]), "1");
    let stranger = sandbox.call(&rewards, &charlie, "reward", &[&address(&charlie), "1BLOC", "0"]);
    assert_eq!(own_error(stranger), json!({ "Roles": { "MissingRole": 1 } }));
}

#[test]
fn money_that_was_simply_sent_is_recognised_once() {
    let (mut sandbox, rewards, [alice, bob, _]) = rewards();
    sandbox.transfer(&alice, &rewards.address, 3 * BLOC).unwrap();
    sandbox.call_with_value(&rewards, &bob, "fund", &[], BLOC).unwrap();
    let found = sandbox.call(&rewards, &bob, "recognise", &[]).unwrap();
    assert_eq!(found.decode::<Result<u128, ()>>(), Ok(3 * BLOC));
    assert_eq!(
        sandbox
            .call(&rewards, &bob, "recognise", &[])
            .unwrap()
            .decode::<Result<u128, ()>>(),
        Ok(0)
    );
    assert_eq!(
        read(&mut sandbox, &rewards, "pool", &[])["free"],
        (14 * BLOC).to_string()
    );
    assert_solvent(&mut sandbox, &rewards);
}

#[test]
fn a_contract_can_be_rewarded_but_only_claims_itself() {
    let (mut sandbox, rewards, [_, bob, charlie]) = rewards();
    sandbox
        .call(&rewards, &bob, "reward", &[&at(&rewards), "1BLOC", "0"])
        .unwrap();
    assert_eq!(
        own_error(sandbox.call(&rewards, &charlie, "claim", &[])),
        "NothingToClaim"
    );
    assert_solvent(&mut sandbox, &rewards);
}
