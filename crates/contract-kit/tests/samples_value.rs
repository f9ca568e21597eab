//! The samples in contracts/samples on the real runtime: wallets, tokens, payments, names.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use blocs_contract_kit::{
    AccountId, BLOC, Contract, EXISTENTIAL_DEPOSIT, Failure, Sandbox, address, bundle,
    codec::Encode,
    json,
    sp_core::{Pair, ecdsa},
};
use serde_json::{Value, json};

fn read(sandbox: &mut Sandbox, contract: &Contract, message: &str, args: &[&str]) -> Value {
    json(&sandbox.read(contract, message, args).unwrap())
}

fn hex(bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{hex}")
}

/// The contract's own error.
fn own(failure: Failure) -> Value {
    match failure {
        Failure::Contract(error) => json(&error.value),
        other => panic!("not the contract's own error: {other}"),
    }
}

/// A wallet of Alice, Bob and Charlie with ten BLOC, two of whom must agree.
fn wallet() -> (Sandbox, Contract, [AccountId; 3]) {
    let mut sandbox = Sandbox::new();
    let owners = ["alice", "bob", "charlie"].map(|name| sandbox.account(name));
    let list = format!("[{}]", owners.each_ref().map(address).join(", "));
    let wallet = sandbox
        .deploy(&bundle("multisig"), &owners[0], "new", &[&list, "2"], 10 * BLOC)
        .unwrap();
    (sandbox, wallet, owners)
}

/// What the wallet is to call: a message of a contract with its arguments.
fn proposed(contract: &Contract, message: &str, args: &[&str], fallible: bool) -> String {
    let abi = contract.bundle.abi();
    let data = abi.encode(abi.message(message).unwrap(), args).unwrap();
    let (selector, arguments) = data.split_at(4);
    let [callee, selector, arguments] = [address(&contract.address), hex(selector), hex(arguments)];
    format!("{{callee: {callee}, selector: {selector}, arguments: {arguments}, value: 0, fallible: {fallible}}}")
}

/// Alice proposes, Bob confirms and executes.
fn agree(sandbox: &mut Sandbox, wallet: &Contract, owners: &[AccountId; 3], call: &str) -> Result<Value, Failure> {
    let proposal = json(&sandbox.call(wallet, &owners[0], "propose", &[call])?.value).to_string();
    sandbox.call(wallet, &owners[1], "confirm", &[&proposal])?;
    let executed = sandbox.call(wallet, &owners[1], "execute", &[&proposal])?;
    assert!(executed.event("Executed").is_some());
    Ok(json(&executed.value))
}

#[test]
fn a_wallet_pays_when_enough_owners_agree() {
    let (mut sandbox, wallet, [alice, bob, _]) = wallet();
    let eve = sandbox.account("eve");
    let before = sandbox.balance(&eve);
    let (to, value) = (address(&eve), 4 * BLOC);
    let payment = format!("{{callee: {to}, selector: None, arguments: 0x, value: {value}, fallible: false}}");

    sandbox.call(&wallet, &alice, "propose", &[&payment]).unwrap();
    let few = sandbox.call(&wallet, &alice, "execute", &["0"]).unwrap_err();
    assert_eq!(own(few), json!({ "TooFew": { "have": 1, "need": 2 } }));
    assert_eq!(
        own(sandbox.call(&wallet, &eve, "confirm", &["0"]).unwrap_err()),
        json!("NotOwner")
    );
    sandbox.call(&wallet, &bob, "confirm", &["0"]).unwrap();
    sandbox.call(&wallet, &alice, "execute", &["0"]).unwrap();

    assert_eq!(sandbox.balance(&eve), before + 4 * BLOC);
    assert_eq!(
        own(sandbox.call(&wallet, &alice, "execute", &["0"]).unwrap_err()),
        json!("UnknownProposal")
    );
}

#[test]
fn a_wallet_calls_contracts_and_itself() {
    let (mut sandbox, wallet, owners) = wallet();
    let counter = sandbox
        .deploy(&bundle("counter"), &owners[0], "new", &["10"], 0)
        .unwrap();

    let add = proposed(&counter, "add", &["7"], true);
    assert_eq!(
        agree(&mut sandbox, &wallet, &owners, &add).unwrap(),
        json!("0x0007000000"),
        "Ok(7)"
    );
    assert_eq!(
        own(agree(&mut sandbox, &wallet, &owners, &add).unwrap_err()),
        json!("CallFailed"),
        "beyond its limit"
    );
    assert_ne!(
        read(&mut sandbox, &wallet, "proposal", &["1"]),
        json!("None"),
        "and can be tried again"
    );

    let alone = format!("[{}]", address(&owners[2]));
    let change = proposed(&wallet, "change_owners", &[&alone, "1"], true);
    agree(&mut sandbox, &wallet, &owners, &change).unwrap();
    assert_eq!(read(&mut sandbox, &wallet, "owners", &[]), json!([address(&owners[2])]));
    assert_eq!(
        read(&mut sandbox, &wallet, "confirmations", &["1"]),
        json!(0),
        "of those who went, none counts"
    );
    let refused = sandbox
        .call(&wallet, &owners[2], "change_owners", &[&alone, "1"])
        .unwrap_err();
    assert_eq!(own(refused), json!("NotWallet"));
}

#[test]
fn tokens_of_many_kinds_move_together_or_not_at_all() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let (a, b) = (address(&alice), address(&bob));
    let tokens = sandbox.deploy(&bundle("multi-token"), &alice, "new", &[], 0).unwrap();
    for supply in ["100", "1"] {
        sandbox.call(&tokens, &alice, "create", &[supply]).unwrap();
    }

    let moved = sandbox
        .call(&tokens, &alice, "transfer_all", &[&a, &b, "[(0, 40), (1, 1)]"])
        .unwrap();
    assert_eq!(moved.event_names(), ["Transferred", "Transferred"]);
    let short = sandbox
        .call(&tokens, &alice, "transfer_all", &[&a, &b, "[(0, 10), (1, 1)]"])
        .unwrap_err();
    assert_eq!(own(short), json!({ "TooFew": { "kind": "1", "have": "0" } }));
    let all = format!("[({a}, 0), ({b}, 0), ({b}, 1)]");
    assert_eq!(
        read(&mut sandbox, &tokens, "balances", &[&all]),
        json!(["60", "40", "1"])
    );

    let stranger = sandbox.call(&tokens, &bob, "burn", &[&a, "0", "1"]).unwrap_err();
    assert_eq!(own(stranger), json!("NotAllowed"));
    sandbox.call(&tokens, &alice, "set_operator", &[&b, "true"]).unwrap();
    sandbox.call(&tokens, &bob, "burn", &[&a, "0", "1"]).unwrap();
    assert_eq!(read(&mut sandbox, &tokens, "supply", &["0"]), json!("99"));
}

#[test]
fn a_voucher_is_paid_once_and_only_the_difference() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let key = format!("Sr25519({})", hex(sandbox.key("alice").public().as_ref()));
    let channel = sandbox
        .deploy(
            &bundle("payment-channel"),
            &alice,
            "new",
            &[&address(&bob), &key, "60000"],
            10 * BLOC,
        )
        .unwrap();
    let voucher = |sandbox: &Sandbox, by: &str, total: u128| {
        let bytes = (b"blocs/sample/voucher/1".as_slice(), &channel.address, total).encode();
        format!("Sr25519({})", hex(sandbox.key(by).sign(&bytes).as_ref()))
    };
    let total = |blocs: u128| (blocs * BLOC).to_string();
    let before = sandbox.balance(&bob);

    let (three, five) = (
        voucher(&sandbox, "alice", 3 * BLOC),
        voucher(&sandbox, "alice", 5 * BLOC),
    );
    sandbox.call(&channel, &bob, "settle", &[&total(3), &three]).unwrap();
    let paid = sandbox.call(&channel, &bob, "settle", &[&total(5), &five]).unwrap();
    assert_eq!(json(&paid.value), json!(total(2)));
    assert_eq!(sandbox.balance(&bob), before + 5 * BLOC);
    let again = sandbox
        .call(&channel, &bob, "settle", &[&total(3), &three])
        .unwrap_err();
    assert!(matches!(own(again), Value::Object(error) if error.contains_key("AlreadyPaid")));

    let forged = voucher(&sandbox, "bob", 9 * BLOC);
    assert_eq!(
        own(sandbox
            .call(&channel, &bob, "settle", &[&total(9), &forged])
            .unwrap_err()),
        json!("BadSignature")
    );
    assert_eq!(
        own(sandbox.call(&channel, &bob, "settle", &[&total(9), &five]).unwrap_err()),
        json!("BadSignature")
    );
    let beyond = voucher(&sandbox, "alice", 11 * BLOC);
    let beyond = sandbox
        .call(&channel, &bob, "settle", &[&total(11), &beyond])
        .unwrap_err();
    assert!(matches!(own(beyond), Value::Object(error) if error.contains_key("TooLittle")));

    // closing pays the payer the rest, and the contract is gone
    let before = sandbox.balance(&alice);
    sandbox.call(&channel, &bob, "close", &[&total(5), &five]).unwrap();
    assert!(sandbox.balance(&alice) >= before + 5 * BLOC);
    assert_eq!(sandbox.code_hash(&channel.address), None);
}

#[test]
fn a_voucher_can_be_signed_with_an_ethereum_key() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let pair = ecdsa::Pair::from_seed(&[7; 32]);
    let key = format!("Ecdsa({})", hex(pair.public().as_ref()));
    let channel = sandbox
        .deploy(
            &bundle("payment-channel"),
            &alice,
            "new",
            &[&address(&bob), &key, "60000"],
            10 * BLOC,
        )
        .unwrap();
    let total = BLOC.to_string();

    let voucher = sandbox.read(&channel, "voucher", &[&total]).unwrap();
    let voucher = blocs_chain::value::as_bytes(&voucher).unwrap();
    let signature = format!("Ecdsa({})", hex(pair.sign(&voucher).as_ref()));
    assert_eq!(
        read(&mut sandbox, &channel, "is_good", &[&total, &signature]),
        json!(true)
    );
    assert_eq!(
        read(&mut sandbox, &channel, "is_good", &["5", &signature]),
        json!(false)
    );
    sandbox.call(&channel, &bob, "settle", &[&total, &signature]).unwrap();
    assert_eq!(read(&mut sandbox, &channel, "paid", &[]), json!(total));
}

#[test]
fn the_payer_gets_the_rest_back_after_the_agreed_time() {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let key = format!("Sr25519({})", hex(sandbox.key("alice").public().as_ref()));
    let channel = sandbox
        .deploy(
            &bundle("payment-channel"),
            &alice,
            "new",
            &[&address(&bob), &key, "60000"],
            10 * BLOC,
        )
        .unwrap();

    assert_eq!(
        own(sandbox.call(&channel, &bob, "start_closing", &[]).unwrap_err()),
        json!("NotYours")
    );
    let started = sandbox.call(&channel, &alice, "start_closing", &[]).unwrap();
    let at = json(&started.value);
    assert_eq!(at, json!((sandbox.now() + 60_000).to_string()));
    assert_eq!(
        own(sandbox.call(&channel, &alice, "reclaim", &[]).unwrap_err()),
        json!({ "TooEarly": { "Some": at } })
    );
    sandbox.advance_time(60_000);
    let before = sandbox.balance(&alice);
    sandbox.call(&channel, &alice, "reclaim", &[]).unwrap();
    assert!(sandbox.balance(&alice) >= before + 10 * BLOC);
}

#[test]
fn a_name_is_bought_pointed_and_found() {
    let mut sandbox = Sandbox::new();
    let (alice, bob, eve) = (sandbox.account("alice"), sandbox.account("bob"), sandbox.account("eve"));
    let price = BLOC.to_string();
    let names = sandbox.deploy(&bundle("names"), &alice, "new", &[&price], 0).unwrap();

    let cheap = sandbox
        .call_with_value(&names, &bob, "register", &["depot"], BLOC - 1)
        .unwrap_err();
    assert_eq!(own(cheap), json!({ "Price": price }));
    let sold = sandbox
        .call_with_value(&names, &bob, "register", &["depot"], BLOC)
        .unwrap();
    assert_eq!(sold.event_names(), ["Registered"]);
    let taken = sandbox
        .call_with_value(&names, &eve, "register", &["depot"], BLOC)
        .unwrap_err();
    assert_eq!(own(taken), json!("Taken"));

    sandbox.call(&names, &bob, "point", &["depot", &address(&eve)]).unwrap();
    sandbox
        .call(&names, &bob, "write", &["depot", "url", "\"https://example.org\""])
        .unwrap();
    assert_eq!(
        read(&mut sandbox, &names, "look_up", &["depot"]),
        json!({ "Some": address(&eve) })
    );
    let entry = read(&mut sandbox, &names, "entry", &["depot"]);
    assert_eq!(entry["Some"]["records"], json!([["url", "https://example.org"]]));
    assert_eq!(
        read(&mut sandbox, &names, "names_of", &[&address(&bob), "0", "10"]),
        json!(["depot"])
    );

    assert_eq!(
        own(sandbox.call(&names, &bob, "collect", &[]).unwrap_err()),
        json!("NotOwner")
    );
    let before = sandbox.balance(&alice);
    assert_eq!(
        json(&sandbox.call(&names, &alice, "collect", &[]).unwrap().value),
        json!(price)
    );
    assert_eq!(sandbox.balance(&alice), before + BLOC);
    assert_eq!(sandbox.balance(&names.address), EXISTENTIAL_DEPOSIT);

    let released = sandbox.call(&names, &bob, "release", &["depot"]).unwrap();
    assert!(released.deposit < 0);
    assert_eq!(read(&mut sandbox, &names, "look_up", &["depot"]), json!("None"));
}
