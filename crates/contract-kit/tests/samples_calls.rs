//! The samples in contracts/samples on the real runtime: storage, events, contracts that call contracts, code that changes.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use blocs_contract_kit::{
    AccountId, BLOC, Bundle, Contract, EXISTENTIAL_DEPOSIT, Failure, RuntimeCall, Sandbox, address, bundle, json,
};
use serde_json::{Value, json};

fn deploy(name: &str, args: &[&str]) -> (Sandbox, Contract, AccountId) {
    let mut sandbox = Sandbox::new();
    let alice = sandbox.account("alice");
    let contract = sandbox.deploy(&bundle(name), &alice, "new", args, 0).unwrap();
    (sandbox, contract, alice)
}

fn read(sandbox: &mut Sandbox, contract: &Contract, message: &str, args: &[&str]) -> Value {
    json(&sandbox.read(contract, message, args).unwrap())
}

fn hash(bundle: &Bundle) -> String {
    let hex: String = bundle.code_hash().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{hex}")
}

/// The contract's own error.
fn own(failure: Failure) -> Value {
    match failure {
        Failure::Contract(error) => json(&error.value),
        other => panic!("not the contract's own error: {other}"),
    }
}

/// A contract that calls a counter to ten, and that counter.
fn caller() -> (Sandbox, Contract, Contract, AccountId) {
    let (mut sandbox, counter, alice) = deploy("counter", &["10"]);
    let counted = address(&counter.address);
    let caller = sandbox
        .deploy(&bundle("caller"), &alice, "new", &[&counted], 0)
        .unwrap();
    (sandbox, caller, counter, alice)
}

#[test]
fn notes_of_a_mapping_cost_a_deposit_that_comes_back_with_them() {
    let (mut sandbox, notes, alice) = deploy("notes", &[]);
    let (me, text) = (address(&alice), "x".repeat(100));

    let put = sandbox.call(&notes, &alice, "put", &["7", &text]).unwrap();
    assert!(put.deposit > 0);
    assert_eq!(read(&mut sandbox, &notes, "size", &[&me, "7"]), json!({ "Some": 102 }));
    assert_eq!(read(&mut sandbox, &notes, "count", &[&me]), json!(1));
    let shorter = sandbox.call(&notes, &alice, "put", &["7", "milk"]).unwrap();
    assert!(shorter.deposit < 0, "less storage gives some of the deposit back");

    let taken = sandbox.call(&notes, &alice, "take", &["7"]).unwrap();
    assert_eq!(json(&taken.value), json!("milk"));
    let lost = put.deposit + shorter.deposit + taken.deposit;
    assert!(
        (0..=3).contains(&lost),
        "{lost}: refunds are parts of what is held, rounded"
    );
    assert_eq!(
        own(sandbox.call(&notes, &alice, "take", &["7"]).unwrap_err()),
        json!({ "Unknown": 7 })
    );
    let long = "x".repeat(1025);
    let refused = sandbox.call(&notes, &alice, "put", &["7", &long]).unwrap_err();
    assert_eq!(own(refused), json!({ "TooLong": { "length": 1025 } }));
}

#[test]
fn events_are_read_with_and_without_a_signature() {
    let (mut sandbox, journal, alice) = deploy("journal", &[]);
    let me = address(&alice);

    let written = sandbox.call(&journal, &alice, "write", &["first"]).unwrap();
    let event = written.event("Written").unwrap();
    assert_eq!(json(event.field("by").unwrap()), json!(me));
    assert_eq!(json(event.field("text").unwrap()), json!("first"));
    // the signature that the sample gives the event itself
    assert!(written.raw_events[0].topics[0].starts_with(b"journal/written/1"));

    let values = "[(Bytes, -5), (Other(0x6d65746d), 70000)]";
    let measured = sandbox.call(&journal, &alice, "measure", &["None", values]).unwrap();
    let event = measured.event("Measured").unwrap();
    assert_eq!(json(event.field("source").unwrap()), json!("None"));
    assert_eq!(
        json(event.field("values").unwrap()),
        json!([["Bytes", "-5"], [{ "Other": "0x6d65746d" }, "70000"]])
    );

    let beats = sandbox.call(&journal, &alice, "beat", &["3"]).unwrap();
    assert_eq!(beats.raw_events.len(), 3);
    assert!(
        beats.raw_events.iter().all(|event| event.topics.len() == 1),
        "no signature, only the field's topic"
    );
}

#[test]
fn a_contract_calls_another_and_passes_its_refusal_on() {
    let (mut sandbox, caller, counter, alice) = caller();

    let added = sandbox.call(&caller, &alice, "add", &["4"]).unwrap();
    assert_eq!(json(&added.value), json!(4));
    let refused = sandbox.call(&caller, &alice, "add_twice", &["4"]).unwrap_err();
    assert_eq!(own(refused), json!({ "Counter": { "Limit": { "left": 2 } } }));
    assert_eq!(
        read(&mut sandbox, &counter, "get", &[]),
        json!(4),
        "the first of both is undone, too"
    );
}

#[test]
fn a_contract_asks_whatever_is_at_an_address() {
    let (mut sandbox, caller, counter, alice) = caller();
    let notes = sandbox.deploy(&bundle("notes"), &alice, "new", &[], 0).unwrap();
    let mut ask = |of: &AccountId| sandbox.call(&caller, &alice, "ask", &[&address(of)]);

    assert_eq!(json(&ask(&counter.address).unwrap().value), json!(0));
    assert_eq!(own(ask(&notes.address).unwrap_err()), json!("NotACounter"));
    assert_eq!(
        own(ask(&alice).unwrap_err()),
        json!("Failed"),
        "an account is no contract"
    );
}

#[test]
fn a_called_contract_gets_the_gas_and_the_value_that_it_is_given() {
    let (mut sandbox, caller, counter, alice) = caller();

    let little = sandbox
        .call(&caller, &alice, "add_within", &["1", "1_000", "1_000"])
        .unwrap_err();
    assert_eq!(own(little), json!("Failed"));
    let enough = ["1", "10_000_000_000", "500_000"];
    assert_eq!(
        json(&sandbox.call(&caller, &alice, "add_within", &enough).unwrap().value),
        json!(1)
    );

    let paid = sandbox
        .call_with_value(&caller, &alice, "pay_on", &[], 3 * BLOC)
        .unwrap();
    assert_eq!(json(&paid.value), json!((3 * BLOC).to_string()));
    assert_eq!(sandbox.balance(&counter.address), 3 * BLOC + EXISTENTIAL_DEPOSIT);
    assert_eq!(sandbox.balance(&caller.address), EXISTENTIAL_DEPOSIT);
}

#[test]
fn a_contract_makes_another_from_uploaded_code() {
    let mut sandbox = Sandbox::new();
    let alice = sandbox.account("alice");
    let code = bundle("counter");
    sandbox.upload(&code, &alice).unwrap();
    let code_hash = hash(&code);

    let caller = sandbox
        .deploy(&bundle("caller"), &alice, "with_own", &[&code_hash, "3"], 0)
        .unwrap();
    assert_eq!(
        json(&sandbox.call(&caller, &alice, "add", &["3"]).unwrap().value),
        json!(3)
    );

    let made = sandbox.call(&caller, &alice, "make", &[&code_hash, "100"]).unwrap();
    let made: AccountId = AccountId::new(made.decode::<Result<[u8; 32], ()>>().unwrap());
    assert_eq!(
        json(&sandbox.call(&caller, &alice, "add", &["50"]).unwrap().value),
        json!(50)
    );
    let counter = sandbox.register(&code, &made);
    assert_eq!(read(&mut sandbox, &counter, "get", &[]), json!(50));
    assert_eq!(read(&mut sandbox, &caller, "made", &[]).as_array().unwrap().len(), 2);

    let refused = sandbox.call(&caller, &alice, "make", &[&code_hash, "0"]).unwrap_err();
    assert_eq!(
        own(refused),
        json!({ "Counter": { "Limit": { "left": 0 } } }),
        "its constructor says no"
    );
    let nowhere = format!("0x{}", "11".repeat(32));
    assert_eq!(
        own(sandbox.call(&caller, &alice, "make", &[&nowhere, "1"]).unwrap_err()),
        json!("Failed")
    );
}

#[test]
fn delegated_code_works_on_the_storage_of_who_calls_it() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let code = bundle("tally");
    sandbox.upload(&code, &alice).unwrap();
    let front = sandbox
        .deploy(&bundle("front"), &alice, "new", &[&hash(&code)], 0)
        .unwrap();

    assert_eq!(
        json(&sandbox.call(&front, &alice, "add", &["3"]).unwrap().value),
        json!("3")
    );
    let added = sandbox.call(&front, &bob, "add", &["4"]).unwrap();
    assert_eq!(json(&added.value), json!("7"));
    assert_eq!(added.raw_events[0].contract, front.address, "the event is the front's");

    assert_eq!(read(&mut sandbox, &front, "total", &[]), json!("7"));
    assert_eq!(read(&mut sandbox, &front, "ask_total", &[]), json!("7"));
    assert_eq!(read(&mut sandbox, &front, "share", &[&address(&bob)]), json!("4"));
}

#[test]
fn delegated_code_stays_as_long_as_it_is_locked() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let (code, other) = (bundle("tally"), bundle("counter"));
    sandbox.upload(&code, &alice).unwrap();
    sandbox.upload(&other, &alice).unwrap();
    let front = sandbox
        .deploy(&bundle("front"), &alice, "new", &[&hash(&code)], 0)
        .unwrap();
    let remove = |sandbox: &mut Sandbox| {
        let code_hash = code.code_hash().into();
        sandbox.dispatch(
            &alice,
            RuntimeCall::Contracts(pallet_contracts::Call::remove_code { code_hash }),
        )
    };

    assert!(remove(&mut sandbox).is_err(), "it is in use");
    let stranger = sandbox.call(&front, &bob, "switch", &[&hash(&other)]).unwrap_err();
    assert_eq!(own(stranger), json!("NotAdmin"));
    sandbox.call(&front, &alice, "switch", &[&hash(&other)]).unwrap();
    remove(&mut sandbox).unwrap();
    assert!(
        matches!(
            sandbox.call(&front, &alice, "ask_total", &[]),
            Err(Failure::Contract(_))
        ),
        "a counter has no total"
    );
}

#[test]
fn an_upgraded_contract_keeps_address_storage_and_funds() {
    let (mut sandbox, first, alice) = deploy("upgrade-v1", &[]);
    let bob = sandbox.account("bob");
    let next = bundle("upgrade-v2");
    sandbox.call(&first, &alice, "count_up", &[]).unwrap();
    sandbox.transfer(&alice, &first.address, BLOC).unwrap();

    let unknown = sandbox.call(&first, &alice, "upgrade", &[&hash(&next)]).unwrap_err();
    assert_eq!(own(unknown), json!("UnknownCode"), "it is not uploaded yet");
    sandbox.upload(&next, &alice).unwrap();
    assert_eq!(
        own(sandbox.call(&first, &bob, "upgrade", &[&hash(&next)]).unwrap_err()),
        json!("NotOwner")
    );
    let upgraded = sandbox.call(&first, &alice, "upgrade", &[&hash(&next)]).unwrap();
    assert_eq!(upgraded.event_names(), ["Upgraded"]);
    assert_eq!(sandbox.code_hash(&first.address), Some(next.code_hash()));

    let second = sandbox.register(&next, &first.address);
    assert_eq!(
        read(&mut sandbox, &second, "count", &[]),
        json!(1),
        "what the first version stored"
    );
    sandbox.call(&second, &alice, "set_step", &["10"]).unwrap();
    sandbox.call(&second, &bob, "count_up", &[]).unwrap();
    assert_eq!(read(&mut sandbox, &second, "count", &[]), json!(11));
    assert_eq!(
        own(sandbox.call(&second, &bob, "set_step", &["1"]).unwrap_err()),
        json!("NotOwner")
    );
    assert_eq!(sandbox.balance(&first.address), BLOC + EXISTENTIAL_DEPOSIT);
}
