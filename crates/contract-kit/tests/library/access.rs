//! Roles, the emergency stop, and new code.

use crate::{at, deploy, own_error, read};
use blocs_contract_kit::{BLOC, Sandbox, address, bundle};
use serde_json::json;

#[test]
fn a_register_of_roles_answers_and_keeps_an_administrator() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let roles = deploy(&mut sandbox, "roles", &alice, "new", &[]);
    let granted = sandbox
        .call(&roles, &alice, "grant_role", &["7", &address(&bob)])
        .unwrap();
    assert_eq!(granted.event_names(), ["RoleGranted"]);
    assert_eq!(read(&mut sandbox, &roles, "has_role", &["7", &address(&bob)]), true);

    let passed_on = sandbox.call(&roles, &bob, "grant_role", &["7", &address(&alice)]);
    assert_eq!(own_error(passed_on), json!({ "MissingRole": 0 }));
    assert_eq!(
        own_error(sandbox.call(&roles, &alice, "renounce_role", &["0"])),
        "LastAdmin"
    );
    let revoked = sandbox
        .call(&roles, &alice, "revoke_role", &["7", &address(&bob)])
        .unwrap();
    assert_eq!(revoked.event_names(), ["RoleRevoked"]);
    assert_eq!(read(&mut sandbox, &roles, "has_role", &["7", &address(&bob)]), false);
}

#[test]
fn a_stopped_purse_lets_no_money_out_and_none_in() {
    let mut sandbox = Sandbox::new();
    let (alice, bob, charlie) = (
        sandbox.account("alice"),
        sandbox.account("bob"),
        sandbox.account("charlie"),
    );
    let purse = deploy(&mut sandbox, "pausable", &alice, "new", &[]);
    sandbox
        .call(&purse, &alice, "set_guardian", &[&address(&charlie), "true"])
        .unwrap();
    sandbox.call_with_value(&purse, &bob, "deposit", &[], 5 * BLOC).unwrap();
    sandbox.call(&purse, &charlie, "pause", &[]).unwrap();

    let stopped = json!({ "Pausable": "Paused" });
    assert_eq!(own_error(sandbox.call(&purse, &bob, "withdraw", &["5BLOC"])), stopped);
    let before = sandbox.balance(&bob);
    assert_eq!(
        own_error(sandbox.call_with_value(&purse, &bob, "deposit", &[], BLOC)),
        stopped
    );
    assert_eq!(sandbox.balance(&bob), before, "a refused deposit stays with its owner");
    assert_eq!(
        own_error(sandbox.call(&purse, &charlie, "resume", &[])),
        json!({ "Pausable": "NotOwner" })
    );

    sandbox.call(&purse, &alice, "resume", &[]).unwrap();
    let outcome = sandbox.call(&purse, &bob, "withdraw", &["5BLOC"]).unwrap();
    let refund = u128::try_from(-outcome.deposit).unwrap();
    assert_eq!(sandbox.balance(&bob), before + 5 * BLOC + refund);
    assert_eq!(
        own_error(sandbox.call(&purse, &bob, "withdraw", &["1"])),
        "InsufficientBalance"
    );
}

#[test]
fn new_code_waits_is_applied_and_migrates_what_was_stored() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let second = bundle("upgradeable-v2");
    let counter = deploy(&mut sandbox, "upgradeable", &alice, "new", &[&address(&alice), "10"]);
    sandbox.call(&counter, &bob, "increment", &[]).unwrap();
    sandbox.call(&counter, &bob, "increment", &[]).unwrap();
    let hash = format!("0x{}", hex(&sandbox.upload(&second, &alice).unwrap()));

    let stranger = sandbox.call(&counter, &bob, "propose_upgrade", &[&hash]);
    assert_eq!(own_error(stranger), json!({ "Upgrade": "NotAdmin" }));
    let proposed = sandbox.call(&counter, &alice, "propose_upgrade", &[&hash]).unwrap();
    assert_eq!(proposed.event_names(), ["UpgradeProposed"]);
    assert_eq!(
        own_error(sandbox.call(&counter, &alice, "apply_upgrade", &[])),
        json!({ "Upgrade": "TooEarly" })
    );
    sandbox.advance_blocks(10);
    let applied = sandbox.call(&counter, &alice, "apply_upgrade", &[]).unwrap();
    assert_eq!(applied.event_names(), ["Upgraded"]);
    assert_eq!(sandbox.code_hash(&counter.address), Some(second.code_hash()));

    let upgraded = sandbox.register(&second, &counter.address);
    let waiting = sandbox.call(&upgraded, &bob, "increment", &[]);
    assert_eq!(
        own_error(waiting),
        json!({ "Upgrade": "NotMigrated" }),
        "it counted with a step that is not there"
    );
    assert_eq!(
        own_error(sandbox.call(&upgraded, &bob, "migrate", &["5"])),
        json!({ "Upgrade": "NotAdmin" })
    );
    sandbox.call(&upgraded, &alice, "migrate", &["5"]).unwrap();
    assert_eq!(
        own_error(sandbox.call(&upgraded, &alice, "migrate", &["9"])),
        json!({ "Upgrade": "AlreadyMigrated" })
    );
    sandbox.call(&upgraded, &bob, "increment", &[]).unwrap();
    assert_eq!(
        read(&mut sandbox, &upgraded, "count", &[]),
        "7",
        "2 of the first version, a step of 5"
    );
    assert_eq!(read(&mut sandbox, &upgraded, "version", &[]), 2);
}

#[test]
fn code_that_nobody_uploaded_changes_nothing() {
    let mut sandbox = Sandbox::new();
    let alice = sandbox.account("alice");
    let counter = deploy(&mut sandbox, "upgradeable", &alice, "new", &[&address(&alice), "0"]);
    let unknown = format!("0x{}", "77".repeat(32));
    sandbox.call(&counter, &alice, "propose_upgrade", &[&unknown]).unwrap();
    assert_eq!(
        own_error(sandbox.call(&counter, &alice, "apply_upgrade", &[])),
        json!({ "Upgrade": "NoSuchCode" })
    );
    assert_eq!(read(&mut sandbox, &counter, "version", &[]), 1);
    sandbox.call(&counter, &alice, "increment", &[]).unwrap();
    let cancelled = sandbox.call(&counter, &alice, "cancel_upgrade", &[]).unwrap();
    assert_eq!(cancelled.event_names(), ["UpgradeCancelled"]);
}

#[test]
fn a_timelock_administers_an_upgrade() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let proposers = format!("[{}]", address(&alice));
    let timelock = deploy(
        &mut sandbox,
        "timelock",
        &alice,
        "new",
        &["20", "100", &proposers, "[]", "None"],
    );
    let counter = deploy(&mut sandbox, "upgradeable", &alice, "new", &[&at(&timelock), "0"]);
    let second = bundle("upgradeable-v2");
    let hash = format!("0x{}", hex(&sandbox.upload(&second, &bob).unwrap()));

    let v2 = sandbox.register(&second, &counter.address);
    let calls = [
        crate::input(&counter, "propose_upgrade", &[&hash]),
        crate::input(&counter, "apply_upgrade", &[]),
        crate::input(&v2, "migrate", &["3"]),
    ];
    let salt = format!("0x{}", "00".repeat(32));
    for call in &calls {
        sandbox
            .call(&timelock, &alice, "queue", &[&at(&counter), "0", call, &salt])
            .unwrap();
    }
    let early = sandbox.call(&timelock, &bob, "execute", &[&at(&counter), "0", &calls[0], &salt]);
    assert_eq!(own_error(early), "TooEarly");
    sandbox.advance_blocks(20);
    let wrong_order = sandbox.call(&timelock, &bob, "execute", &[&at(&counter), "0", &calls[1], &salt]);
    assert_eq!(own_error(wrong_order), json!({ "Call": "Reverted" }));
    for call in &calls {
        sandbox
            .call(&timelock, &bob, "execute", &[&at(&counter), "0", call, &salt])
            .unwrap();
    }
    sandbox.call(&v2, &bob, "increment", &[]).unwrap();
    assert_eq!(read(&mut sandbox, &v2, "count", &[]), "3");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
