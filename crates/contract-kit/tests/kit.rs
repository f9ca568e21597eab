//! What the kit promises to those who test contracts with it.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use blocs_contract_kit::{
    AccountId, BLOC, CallOptions, Contract, DeployOptions, ENDOWMENT, EXISTENTIAL_DEPOSIT, Failure, RuntimeCall,
    RuntimeEvent, Sandbox, address, bundle, json,
    runtime::{Session, System},
};
use serde_json::json;

/// A sandbox with a probe whose number is 5, and its owner.
fn probe() -> (Sandbox, Contract, AccountId) {
    let mut sandbox = Sandbox::new();
    let alice = sandbox.account("alice");
    let probe = sandbox.deploy(&bundle("probe"), &alice, "new", &["5"], 0).unwrap();
    (sandbox, probe, alice)
}

fn number(sandbox: &mut Sandbox, probe: &Contract) -> serde_json::Value {
    json(&sandbox.read(probe, "number", &[]).unwrap())
}

#[test]
fn a_contract_keeps_what_a_call_has_written() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let flipper = sandbox
        .deploy(&bundle("flipper"), &alice, "new", &["false"], 0)
        .unwrap();

    sandbox.call(&flipper, &bob, "flip", &[]).unwrap();
    sandbox.advance_blocks(3);

    assert_eq!(json(&sandbox.read(&flipper, "get", &[]).unwrap()), json!(true));
}

#[test]
fn an_outcome_has_the_answer_the_events_and_the_gas() {
    let (mut sandbox, probe, alice) = probe();

    let outcome = sandbox.call(&probe, &alice, "set", &["number=7"]).unwrap();

    assert_eq!(json(&outcome.value), json!(5));
    assert_eq!(outcome.decode::<Result<u32, u8>>(), Ok(5));
    assert_eq!(outcome.event_names(), ["NumberSet"]);
    let event = outcome.event("NumberSet").unwrap();
    assert_eq!(json(event.field("by").unwrap()), json!(address(&alice)));
    assert_eq!(json(event.field("new").unwrap()), json!(7));
    assert_eq!(outcome.raw_events[0].contract, probe.address);
    assert!(outcome.gas.ref_time() > 0 && outcome.gas.all_lte(outcome.gas_required));
    let fee = sandbox.fee(outcome.gas);
    assert!(fee > 0 && fee < BLOC, "{fee}");
    let called = |event: &RuntimeEvent| matches!(event, RuntimeEvent::Contracts(pallet_contracts::Event::Called { contract, .. }) if *contract == probe.address);
    assert!(outcome.runtime_events.iter().any(called));
    assert!(sandbox.events().iter().any(called), "the block has it too");
}

#[test]
fn a_deployment_has_an_outcome_too() {
    let mut sandbox = Sandbox::new();
    let alice = sandbox.account("alice");
    let options = DeployOptions {
        value: BLOC,
        ..Default::default()
    };

    let (probe, outcome) = sandbox
        .deploy_with(&bundle("probe"), &alice, "new", &["9"], options)
        .unwrap();

    assert_eq!(outcome.event_names(), ["NumberSet"]);
    assert!(outcome.deposit > 0);
    assert_eq!(sandbox.balance(&probe.address), BLOC + EXISTENTIAL_DEPOSIT);
    assert_eq!(sandbox.code_hash(&probe.address), Some(probe.bundle.code_hash()));
}

#[test]
fn an_error_of_the_contract_has_its_name_and_leaves_no_trace() {
    let (mut sandbox, probe, alice) = probe();
    let bob = sandbox.account("bob");
    let before = (sandbox.balance(&alice), sandbox.storage_deposit(&probe.address));

    let failure = sandbox.call(&probe, &alice, "set", &["1001"]).unwrap_err();
    let not_owner = sandbox.call(&probe, &bob, "set_as_owner", &["1"]).unwrap_err();

    assert_eq!(failure.own(), Some("TooLarge"));
    assert_eq!(
        failure.own_json(),
        Some(json!({ "TooLarge": { "number": 1001, "most": 1000 } }))
    );
    assert!(failure.to_string().contains("probe::set"), "{failure}");
    assert_eq!(not_owner.own(), Some("NotOwner"));
    assert_eq!(
        number(&mut sandbox, &probe),
        json!(5),
        "it had been written before the error"
    );
    assert_eq!(
        (sandbox.balance(&alice), sandbox.storage_deposit(&probe.address)),
        before
    );
    let emitted = |event: &RuntimeEvent| {
        matches!(
            event,
            RuntimeEvent::Contracts(pallet_contracts::Event::ContractEmitted { .. })
        )
    };
    assert_eq!(
        sandbox.events().iter().filter(|event| emitted(event)).count(),
        1,
        "only the constructor's event"
    );
}

#[test]
fn a_constructor_that_fails_leaves_not_even_the_code() {
    let mut sandbox = Sandbox::new();
    let alice = sandbox.account("alice");
    let before = sandbox.balance(&alice);

    let failure = sandbox.deploy(&bundle("probe"), &alice, "failing", &[], 0).unwrap_err();

    assert_eq!(failure.own(), Some("NotOwner"));
    assert_eq!(sandbox.balance(&alice), before);
    let options = DeployOptions {
        uploaded: true,
        ..Default::default()
    };
    let without_code = sandbox
        .deploy_with(&bundle("probe"), &alice, "new", &["1"], options)
        .unwrap_err();
    assert!(matches!(without_code, Failure::NotFound { .. }), "{without_code}");
}

#[test]
fn reading_changes_nothing() {
    let (mut sandbox, probe, alice) = probe();

    let dry = sandbox
        .dry_run(&probe, &alice, "set", &["7"], CallOptions::default())
        .unwrap();

    assert_eq!(dry.event_names(), ["NumberSet"]);
    assert_eq!(number(&mut sandbox, &probe), json!(5));
}

#[test]
fn blocks_and_time_are_those_of_the_chain() {
    let (mut sandbox, probe, _) = probe();
    let clock = |sandbox: &mut Sandbox| json(&sandbox.read(&probe, "clock", &[]).unwrap());
    let (block, now) = (sandbox.block(), sandbox.now());
    assert_eq!(clock(&mut sandbox), json!([block, now.to_string()]));

    sandbox.advance_blocks(10);
    assert_eq!((sandbox.block(), sandbox.now()), (block + 10, now + 10_000));
    assert_eq!(clock(&mut sandbox), json!([block + 10, (now + 10_000).to_string()]));

    let year = 365 * 24 * 60 * 60 * 1_000;
    sandbox.advance_time(year + 999);
    sandbox.advance_blocks(2);
    assert_eq!(sandbox.block(), block + 13);
    assert!(sandbox.now() >= now + year + 11_000);

    sandbox.set_time(now + 2 * year);
    assert_eq!(sandbox.now(), now + 2 * year);
}

#[test]
#[should_panic(expected = "time goes forward only")]
fn time_does_not_go_back() {
    let mut sandbox = Sandbox::new();
    let now = sandbox.now();
    sandbox.set_time(now - 1);
}

#[test]
fn a_chain_goes_on_through_sessions_and_eras() {
    let mut sandbox = Sandbox::new();

    sandbox.advance_blocks(200);

    let session = sandbox.view(Session::current_index);
    assert!(session >= 9, "epochs have 20 blocks: this is session {session}");
}

#[test]
fn a_deposit_is_charged_for_what_is_stored_and_comes_back() {
    let (mut sandbox, probe, alice) = probe();
    let (free, held) = (sandbox.balance(&alice), sandbox.storage_deposit(&probe.address));

    let stored = sandbox.call(&probe, &alice, "store", &["1", "1000"]).unwrap();
    let charged = u128::try_from(stored.deposit).unwrap();
    assert!(charged > 1_000 * blocs_contract_kit::MICRO, "{charged}");
    assert_eq!(sandbox.balance(&alice), free - charged);
    assert_eq!(sandbox.storage_deposit(&probe.address), held + charged);

    let cleared = sandbox.call(&probe, &alice, "clear", &["1"]).unwrap();
    // The pallet takes a share of what is held, and rounds it down.
    let kept = u128::try_from(stored.deposit + cleared.deposit).unwrap();
    assert!(kept <= 1, "{kept} planck stayed");
    assert_eq!(sandbox.balance(&alice), free - kept);
    assert_eq!(sandbox.storage_deposit(&probe.address), held + kept);
}

#[test]
fn value_goes_with_a_call_and_comes_out_of_a_contract() {
    let (mut sandbox, probe, alice) = probe();
    let bob = sandbox.account("bob");
    assert_eq!(sandbox.balance(&bob), ENDOWMENT);

    let paid = sandbox.call_with_value(&probe, &alice, "pay", &[], 3 * BLOC).unwrap();
    assert_eq!(json(&paid.value), json!((3 * BLOC).to_string()));
    sandbox.transfer(&alice, &probe.address, BLOC).unwrap();
    assert_eq!(
        json(&sandbox.read(&probe, "holds", &[]).unwrap()),
        json!((4 * BLOC).to_string()),
        "a contract does not see the least balance, which it cannot spend"
    );

    let to = address(&bob);
    sandbox.call(&probe, &alice, "send", &[&to, "2000000000000"]).unwrap();
    assert_eq!(sandbox.balance(&bob), ENDOWMENT + 2 * BLOC);
    let failure = sandbox
        .call(&probe, &alice, "send", &[&to, "900000000000000"])
        .unwrap_err();
    assert_eq!(failure.own(), Some("TransferFailed"));
    let refused = sandbox
        .call_with_value(&probe, &alice, "set", &["1"], BLOC)
        .unwrap_err();
    assert!(
        matches!(refused, Failure::Trapped { .. } | Failure::Lang { .. }),
        "a message that is not payable takes nothing: {refused}"
    );
}

#[test]
fn a_branch_is_tried_and_left_again() {
    let (mut sandbox, probe, alice) = probe();
    sandbox.call(&probe, &alice, "set", &["6"]).unwrap();
    let fork = sandbox.snapshot();
    let block = sandbox.block();

    for value in ["7", "8"] {
        sandbox.call(&probe, &alice, "set", &[value]).unwrap();
        sandbox.account("carol");
        sandbox.advance_blocks(5);
        assert_eq!(number(&mut sandbox, &probe).to_string(), value);
        sandbox.restore(&fork);
        assert_eq!(number(&mut sandbox, &probe), json!(6));
        assert_eq!(sandbox.block(), block);
    }

    let carol = sandbox.account("carol");
    assert_eq!(sandbox.balance(&carol), ENDOWMENT, "she is new in this branch, too");
    sandbox.advance_blocks(1);
    assert_eq!(sandbox.block(), block + 1);
}

#[test]
fn a_gas_report_has_a_line_for_each_message() {
    let (mut sandbox, probe, alice) = probe();
    for bytes in ["10", "5000", "100"] {
        sandbox.call(&probe, &alice, "store", &["1", bytes]).unwrap();
    }
    sandbox.call(&probe, &alice, "panics", &[]).unwrap_err();

    let report = sandbox.gas_report();

    let store = report.line("probe", "store").unwrap();
    assert_eq!((store.calls, store.failed), (3, 0));
    assert!(store.ref_time.min < store.ref_time.median && store.ref_time.median < store.ref_time.max);
    assert!(store.deposit > 0);
    let panics = report.line("probe", "panics").unwrap();
    assert_eq!((panics.calls, panics.failed), (0, 1));
    let text = report.to_string();
    println!("{text}");
    assert!(text.contains("probe::store") && text.contains("probe::new"));
    assert_eq!(report.to_json().as_array().unwrap().len(), report.lines().len());
}

#[test]
fn contracts_call_each_other_and_the_events_of_both_are_read() {
    let (mut sandbox, probe, alice) = probe();
    let other = sandbox.deploy(&bundle("probe"), &alice, "new", &["1"], 0).unwrap();
    assert_ne!(other.address, probe.address, "each gets an address of its own");

    let outcome = sandbox
        .call(&probe, &alice, "set_other", &[&address(&other.address), "2"])
        .unwrap();

    assert_eq!(json(&outcome.value), json!(1));
    assert_eq!(outcome.event_names(), ["NumberSet"]);
    let by = outcome.event("NumberSet").unwrap().field("by").unwrap();
    assert_eq!(json(by), json!(address(&probe.address)));
    assert_eq!(number(&mut sandbox, &other), json!(2));
    let failure = sandbox
        .call(&probe, &alice, "set_other", &[&address(&other.address), "5000"])
        .unwrap_err();
    assert_eq!(failure.own(), Some("TooLarge"), "{failure}");
}

#[test]
fn code_is_uploaded_once_and_made_into_contracts_later() {
    let mut sandbox = Sandbox::new();
    let alice = sandbox.account("alice");
    let flipper = bundle("flipper");

    assert_eq!(sandbox.upload(&flipper, &alice).unwrap(), flipper.code_hash());

    let options = || DeployOptions {
        uploaded: true,
        salt: Some(vec![1]),
        ..Default::default()
    };
    sandbox
        .deploy_with(&flipper, &alice, "new", &["true"], options())
        .unwrap();
    let twice = sandbox
        .deploy_with(&flipper, &alice, "new", &["true"], options())
        .unwrap_err();
    assert!(matches!(twice, Failure::Duplicate { .. }), "{twice}");
}

#[test]
fn a_contract_changes_its_code_by_itself_and_by_root() {
    let (mut sandbox, probe, alice) = probe();
    let flipper = bundle("flipper");
    let hash = format!("0x{}", hex(&flipper.code_hash()));
    let missing = sandbox.call(&probe, &alice, "become_code", &[&hash]).unwrap_err();
    assert_eq!(missing.own(), Some("NoSuchCode"));
    sandbox.upload(&flipper, &alice).unwrap();

    sandbox.call(&probe, &alice, "become_code", &[&hash]).unwrap();
    assert_eq!(sandbox.code_hash(&probe.address), Some(flipper.code_hash()));
    let stranger = sandbox.call(&probe, &alice, "number", &[]).unwrap_err();
    assert!(matches!(stranger, Failure::Lang { .. }), "{stranger}");

    let again = sandbox.set_code(&probe, &bundle("probe")).unwrap();
    assert_eq!(number(&mut sandbox, &again), json!(5));
}

#[test]
fn a_contract_that_has_ended_is_not_found() {
    let (mut sandbox, probe, alice) = probe();
    sandbox.transfer(&alice, &probe.address, 10 * BLOC).unwrap();

    sandbox.call(&probe, &alice, "end", &[]).unwrap();

    let gone = sandbox.call(&probe, &alice, "number", &[]).unwrap_err();
    assert!(matches!(gone, Failure::NotFound { .. }), "{gone}");
    assert_eq!(sandbox.code_hash(&probe.address), None);
}

#[test]
fn calls_of_the_runtime_have_their_own_errors() {
    let (mut sandbox, _, alice) = probe();
    let close = pallet_storage_market::Call::close_deal {
        deal: Default::default(),
    };

    let failure = sandbox.dispatch(&alice, RuntimeCall::StorageMarket(close)).unwrap_err();

    assert_eq!(failure.runtime(), Some("StorageMarket::NoSuchDeal"));
    assert!(failure.to_string().contains("StorageMarket::close_deal"), "{failure}");
}

#[test]
fn what_a_test_does_to_the_chain_itself_is_no_event_of_the_next_call() {
    let (mut sandbox, probe, alice) = probe();
    let before = sandbox.events().len();

    let account = alice.clone();
    sandbox.execute(|| System::deposit_event(frame_system::Event::NewAccount { account }));

    assert_eq!(sandbox.events().len(), before + 1);
    let outcome = sandbox.call(&probe, &alice, "set", &["7"]).unwrap();
    let foreign = |event: &RuntimeEvent| matches!(event, RuntimeEvent::System(frame_system::Event::NewAccount { .. }));
    assert!(!outcome.runtime_events.iter().any(foreign));
}

#[test]
fn the_same_test_gives_the_same_figures() {
    let run = || {
        let (mut sandbox, probe, alice) = probe();
        let outcome = sandbox.call(&probe, &alice, "store", &["1", "77"]).unwrap();
        (probe.address, outcome.gas, outcome.deposit, sandbox.now())
    };

    assert_eq!(run(), run());
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
