//! A DAO and a timelock that call other contracts, and themselves.

use crate::{at, deploy, input, own_error, read, token};
use blocs_contract_kit::{AccountId, BLOC, Contract, Sandbox, address};
use serde_json::{Value, json};

/// Ten blocks to vote, twenty to execute, two votes.
const RULES: &str = "{voting_period: 10, execution_window: 20, quorum: 2, proposal_threshold: 1}";
const NONE: &str = "0x0000000000000000000000000000000000000000000000000000000000000000";

/// Alice, Bob and Charlie with a vote each.
fn dao(sandbox: &mut Sandbox) -> (Contract, [AccountId; 3]) {
    let people = ["alice", "bob", "charlie"].map(|name| sandbox.account(name));
    let members: Vec<String> = people
        .iter()
        .map(|account| format!("({}, 1)", address(account)))
        .collect();
    let members = format!("[{}]", members.join(", "));
    (
        deploy(sandbox, "dao", &people[0], "with_members", &[&members, RULES]),
        people,
    )
}

/// A timelock of five blocks under `proposer`, which anyone executes.
fn timelock(sandbox: &mut Sandbox, by: &AccountId, proposer: &str) -> Contract {
    let proposers = format!("[{proposer}]");
    deploy(sandbox, "timelock", by, "new", &["5", "100", &proposers, "[]", "None"])
}

/// The first of `people` proposes a call, the first two vote for it, and the vote ends.
fn pass(sandbox: &mut Sandbox, dao: &Contract, people: &[AccountId], callee: &str, value: &str, call: &str) -> String {
    let outcome = sandbox
        .call(dao, &people[0], "propose", &[callee, value, call, NONE])
        .unwrap();
    let id = outcome.decode::<Result<u32, ()>>().unwrap().to_string();
    for voter in &people[..2] {
        sandbox.call(dao, voter, "vote", &[&id, "true"]).unwrap();
    }
    sandbox.advance_blocks(11);
    id
}

fn state(sandbox: &mut Sandbox, dao: &Contract, id: &str) -> Value {
    read(sandbox, dao, "state", &[id])
}

#[test]
fn a_dao_mints_through_a_timelock() {
    let mut sandbox = Sandbox::new();
    let (dao, people) = dao(&mut sandbox);
    let [alice, bob, _] = &people;
    let timelock = timelock(&mut sandbox, alice, &at(&dao));
    let gold = token(&mut sandbox, alice, "100", "None");
    sandbox
        .call(&gold, alice, "offer_ownership", &[&at(&timelock)])
        .unwrap();

    let accept = input(&gold, "accept_ownership", &[]);
    let mint = input(&gold, "mint", &[&address(bob), "5"]);
    for call in [&accept, &mint] {
        let queue = input(&timelock, "queue", &[&at(&gold), "0", call, NONE]);
        let id = pass(&mut sandbox, &dao, &people, &at(&timelock), "0", &queue);
        let executed = sandbox.call(&dao, bob, "execute", &[&id]).unwrap();
        assert_eq!(executed.event_names(), ["Executed", "Queued"]);
        let twice = sandbox.call(&dao, bob, "execute", &[&id]);
        assert_eq!(own_error(twice), json!({ "WrongState": "Executed" }));

        let early = sandbox.call(&timelock, bob, "execute", &[&at(&gold), "0", call, NONE]);
        assert_eq!(own_error(early), "TooEarly");
        sandbox.advance_blocks(5);
        sandbox
            .call(&timelock, bob, "execute", &[&at(&gold), "0", call, NONE])
            .unwrap();
        let twice = sandbox.call(&timelock, bob, "execute", &[&at(&gold), "0", call, NONE]);
        assert_eq!(own_error(twice), "AlreadyDone");
    }
    assert_eq!(
        read(&mut sandbox, &gold, "owner", &[]),
        json!({ "Some": at(&timelock) })
    );
    assert_eq!(read(&mut sandbox, &gold, "balance_of", &[&address(bob)]), "5");
    let queued_by_a_member = sandbox.call(&timelock, alice, "queue", &[&at(&gold), "0", &mint, NONE]);
    assert_eq!(own_error(queued_by_a_member), json!({ "Roles": { "MissingRole": 1 } }));
}

#[test]
fn a_call_that_the_callee_refuses_can_be_tried_again() {
    let mut sandbox = Sandbox::new();
    let (dao, people) = dao(&mut sandbox);
    let [alice, bob, _] = &people;
    let gold = token(&mut sandbox, alice, "100", "None");
    let send = input(&gold, "transfer", &[&address(bob), "30"]);
    let id = pass(&mut sandbox, &dao, &people, &at(&gold), "0", &send);

    assert_eq!(
        own_error(sandbox.call(&dao, bob, "execute", &[&id])),
        json!({ "Call": "Reverted" })
    );
    assert_eq!(
        state(&mut sandbox, &dao, &id),
        json!({ "Some": "Passed" }),
        "it was used up by a failure"
    );
    sandbox.call(&gold, alice, "transfer", &[&at(&dao), "30"]).unwrap();
    sandbox.call(&dao, bob, "execute", &[&id]).unwrap();
    assert_eq!(read(&mut sandbox, &gold, "balance_of", &[&address(bob)]), "30");
    assert_eq!(read(&mut sandbox, &gold, "balance_of", &[&at(&dao)]), "0");
}

#[test]
fn a_call_of_nobody_says_so() {
    let mut sandbox = Sandbox::new();
    let (dao, people) = dao(&mut sandbox);
    let eve = sandbox.account("eve");
    let id = pass(&mut sandbox, &dao, &people, &address(&eve), "0", "0x01020304");
    assert_eq!(
        own_error(sandbox.call(&dao, &people[1], "execute", &[&id])),
        json!({ "Call": "NoContract" })
    );
}

#[test]
fn a_dao_pays_an_account_from_its_treasury() {
    let mut sandbox = Sandbox::new();
    let (dao, people) = dao(&mut sandbox);
    let eve = sandbox.account("eve");
    let id = pass(&mut sandbox, &dao, &people, &address(&eve), "3BLOC", "0x");
    let poor = sandbox.call(&dao, &people[1], "execute", &[&id]);
    assert_eq!(own_error(poor), json!({ "Call": "TransferFailed" }));

    sandbox.transfer(&people[0], &dao.address, 4 * BLOC).unwrap();
    let before = sandbox.balance(&eve);
    sandbox.call(&dao, &people[1], "execute", &[&id]).unwrap();
    assert_eq!(sandbox.balance(&eve), before + 3 * BLOC);
    assert_eq!(sandbox.spendable(&dao.address), BLOC);
}

#[test]
fn a_dao_changes_its_members_and_rules_by_itself_alone() {
    let mut sandbox = Sandbox::new();
    let (dao, people) = dao(&mut sandbox);
    let eve = sandbox.account("eve");
    let own = at(&dao);
    assert_eq!(
        own_error(sandbox.call(&dao, &people[0], "set_member", &[&address(&eve), "9"])),
        "NotSelf"
    );

    let add = input(&dao, "set_member", &[&address(&eve), "9"]);
    let id = pass(&mut sandbox, &dao, &people, &own, "0", &add);
    sandbox.call(&dao, &eve, "execute", &[&id]).unwrap();
    assert_eq!(read(&mut sandbox, &dao, "weight_of", &[&address(&eve)]), "9");
    assert_eq!(read(&mut sandbox, &dao, "total_weight", &[]), "12");

    let rules = "{voting_period: 3, execution_window: 4, quorum: 12, proposal_threshold: 1}";
    let change = input(&dao, "set_rules", &[rules]);
    let id = pass(&mut sandbox, &dao, &people, &own, "0", &change);
    sandbox.call(&dao, &eve, "execute", &[&id]).unwrap();
    assert_eq!(read(&mut sandbox, &dao, "rules", &[])["quorum"], "12");
    assert_eq!(state(&mut sandbox, &dao, &id), json!({ "Some": "Executed" }));
}

#[test]
fn nobody_comes_back_into_a_dao_that_executes() {
    let mut sandbox = Sandbox::new();
    let (dao, people) = dao(&mut sandbox);
    let [alice, bob, _] = &people;
    // Whoever executes the proposal makes the timelock execute the same proposal again, from inside.
    let timelock = timelock(&mut sandbox, alice, &address(alice));
    let again = input(&dao, "execute", &["0"]);
    sandbox
        .call(&timelock, alice, "queue", &[&at(&dao), "0", &again, NONE])
        .unwrap();
    let from_inside = input(&timelock, "execute", &[&at(&dao), "0", &again, NONE]);
    let id = pass(&mut sandbox, &dao, &people, &at(&timelock), "0", &from_inside);
    assert_eq!(id, "0");

    let failed = own_error(sandbox.call(&dao, bob, "execute", &[&id]));
    assert_eq!(
        failed,
        json!({ "Call": "Trapped" }),
        "the chain stops the timelock at the door of the DAO"
    );
    assert_eq!(state(&mut sandbox, &dao, &id), json!({ "Some": "Passed" }));
}

#[test]
fn locked_units_vote_once_and_come_back() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let gold = token(&mut sandbox, &alice, "100", "None");
    let dao = deploy(&mut sandbox, "dao", &alice, "with_token", &[&at(&gold), RULES]);
    assert_eq!(
        own_error(sandbox.call(&dao, &alice, "lock", &["60"])),
        json!({ "Token": "Reverted" })
    );
    assert_eq!(
        read(&mut sandbox, &dao, "weight_of", &[&address(&alice)]),
        "0",
        "weight without units"
    );

    sandbox.call(&gold, &alice, "approve", &[&at(&dao), "60"]).unwrap();
    sandbox.call(&dao, &alice, "lock", &["60"]).unwrap();
    assert_eq!(read(&mut sandbox, &gold, "balance_of", &[&at(&dao)]), "60");
    let theft = input(&gold, "transfer", &[&address(&alice), "60"]);
    assert_eq!(
        own_error(sandbox.call(&dao, &alice, "propose", &[&at(&gold), "0", &theft, NONE])),
        "TokenOfVoters"
    );

    // Units vote on proposals of later blocks.
    sandbox
        .call(&dao, &alice, "propose", &[&address(&bob), "0", "0x", NONE])
        .unwrap();
    assert_eq!(own_error(sandbox.call(&dao, &alice, "vote", &["0", "true"])), "TooNew");
    sandbox.advance_blocks(1);
    sandbox
        .call(&dao, &alice, "propose", &[&address(&bob), "0", "0x", NONE])
        .unwrap();
    sandbox.call(&dao, &alice, "vote", &["1", "true"]).unwrap();
    assert_eq!(
        own_error(sandbox.call(&dao, &alice, "vote", &["1", "true"])),
        "AlreadyVoted"
    );
    assert_eq!(own_error(sandbox.call(&dao, &alice, "unlock", &["60"])), "Locked");
    sandbox.advance_blocks(11);
    sandbox.call(&dao, &alice, "unlock", &["60"]).unwrap();
    assert_eq!(
        own_error(sandbox.call(&dao, &alice, "unlock", &["60"])),
        "NotEnoughWeight"
    );
    assert_eq!(read(&mut sandbox, &gold, "balance_of", &[&address(&alice)]), "100");
    assert_eq!(state(&mut sandbox, &dao, "1"), json!({ "Some": "Passed" }));
}

#[test]
fn a_dao_does_not_lock_the_units_of_its_voters() {
    let mut sandbox = Sandbox::new();
    let alice = sandbox.account("alice");
    let gold = token(&mut sandbox, &alice, "100", "None");
    let dao = deploy(&mut sandbox, "dao", &alice, "with_token", &[&at(&gold), RULES]);
    sandbox.call(&gold, &alice, "approve", &[&at(&dao), "60"]).unwrap();
    sandbox.call(&dao, &alice, "lock", &["60"]).unwrap();
    sandbox.advance_blocks(1);
    let lock = input(&dao, "lock", &["60"]);
    sandbox
        .call(&dao, &alice, "propose", &[&at(&dao), "0", &lock, NONE])
        .unwrap();
    sandbox.call(&dao, &alice, "vote", &["0", "true"]).unwrap();
    sandbox.advance_blocks(11);
    assert_eq!(
        own_error(sandbox.call(&dao, &alice, "execute", &["0"])),
        json!({ "Call": "Reverted" })
    );
    assert_eq!(read(&mut sandbox, &dao, "total_weight", &[]), "60");
}

#[test]
fn a_timelock_changes_itself_after_its_own_delay() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let timelock = timelock(&mut sandbox, &alice, &address(&alice));
    let own = at(&timelock);
    let settings = "{delay: 50, grace: 10, open: false}";
    assert_eq!(
        own_error(sandbox.call(&timelock, &alice, "set_settings", &[settings])),
        "NotSelf"
    );

    let change = input(&timelock, "set_settings", &[settings]);
    let grant = input(&timelock, "grant_role", &["2", &address(&bob)]);
    for call in [&grant, &change] {
        sandbox
            .call(&timelock, &alice, "queue", &[&own, "0", call, NONE])
            .unwrap();
    }
    sandbox.advance_blocks(5);
    for call in [&grant, &change] {
        sandbox
            .call(&timelock, &bob, "execute", &[&own, "0", call, NONE])
            .unwrap();
    }
    assert_eq!(read(&mut sandbox, &timelock, "settings", &[])["delay"], 50);
    assert_eq!(read(&mut sandbox, &timelock, "has_role", &["2", &address(&bob)]), true);
    let closed = sandbox.call(&timelock, &alice, "execute", &[&own, "0", "0x", NONE]);
    assert_eq!(own_error(closed), json!({ "Roles": { "MissingRole": 2 } }));
}
