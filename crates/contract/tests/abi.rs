//! Metadata of a real contract (contracts/samples/failures, by ink! 5.1.1): arguments, answers, events.
#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use blocs_chain::value::{as_account, as_u128, field, items, to_json, to_text};
use blocs_contract::{Abi, AbiError, CallableKind, Returned, properties};
use blocs_primitives::AccountId;
use codec::Encode;
use serde_json::json;

const METADATA: &str = include_str!("data/failures.json");
const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

fn abi() -> Abi {
    Abi::from_json(serde_json::from_str(METADATA).unwrap()).unwrap()
}

fn encoded(message: &str, args: &[&str]) -> Vec<u8> {
    let abi = abi();
    abi.encode(abi.message(message).unwrap(), args).unwrap()
}

fn refused(message: &str, args: &[&str]) -> String {
    let abi = abi();
    abi.encode(abi.message(message).unwrap(), args).unwrap_err().to_string()
}

fn returned(message: &str, revert: bool, data: &[u8]) -> Returned {
    let abi = abi();
    abi.decode_return(abi.message(message).unwrap(), revert, data).unwrap()
}

#[test]
fn a_contract_says_what_it_can_be_asked() {
    let abi = abi();
    let set = abi.message("set").unwrap();
    assert_eq!(set.selector, [0xe8, 0xc4, 0x5e, 0xb6]);
    assert_eq!(set.signature(), "set(count: u32)");
    assert_eq!(
        abi.message("echo").unwrap().signature(),
        "echo(parcel: Parcel, amount: Balance)"
    );
    assert!(set.mutates && !set.payable && set.kind == CallableKind::Message);
    assert_eq!(set.docs, "Sets the count, up to the limit.");
    assert!(abi.message("pay").unwrap().payable && !abi.message("count").unwrap().mutates);
    // In any case, with or without underscores.
    assert_eq!(abi.message("setCode").unwrap().label, "set_code");
    assert_eq!(abi.default_constructor().unwrap().label, "new");
    assert_eq!(abi.constructors().len(), 3);
    assert_eq!(abi.events()[0].name, "Noted");
}

#[test]
fn what_was_meant_is_suggested() {
    let abi = abi();
    let said = abi.message("counts").unwrap_err().to_string();
    assert!(
        said.contains("no message \"counts\"") && said.contains("did you mean count?"),
        "{said}"
    );
    assert_eq!(abi.event("noted").unwrap().name, "Noted");
    assert!(
        abi.event("Note")
            .unwrap_err()
            .to_string()
            .contains("did you mean Noted?")
    );
    assert!(abi.constructor("set").unwrap_err().to_string().contains("new"));
    assert!(refused("set", &[]).contains("cannot call set: count: it is missing"));
    assert!(refused("set", &["1", "2"]).contains("too many arguments"));
    assert!(refused("set", &["counts=1"]).contains("did you mean count?"));
    assert!(refused("set", &["-1"]).contains("is no number"));
    assert!(refused("set", &["5_000_000_000"]).contains("4294967295 at most"));
    assert!(refused("set_code", &["0x11"]).contains("32 bytes are needed, 1 given"));
    assert!(refused("echo", &["{to: 5Fx, parts: [], hash: 0x00}", "1"]).contains("is not an address"));
}

#[test]
fn arguments_are_encoded_by_position_and_by_name() {
    assert_eq!(encoded("set", &["7"])[4..], 7u32.encode());
    assert_eq!(encoded("set", &["count=7"]), encoded("set", &["7"]));
    assert_eq!(
        encoded("set_code", &[&format!("0x{}", "11".repeat(32))])[4..],
        [0x11; 32]
    );
    assert_eq!(encoded("note", &["\"hello world\""])[4..], "hello world".encode());
    // Text needs no quotes.
    for text in ["hello world", "a: [b], {c}", "0x00", "x=y", ""] {
        assert_eq!(encoded("note", &[text])[4..], text.encode(), "{text}");
        assert_eq!(
            encoded("note", &[&format!("text={text}")])[4..],
            text.encode(),
            "{text}"
        );
    }
    let alice: AccountId = ALICE.parse().unwrap();
    let parcel = format!(
        "{{to: {ALICE}, hash: 0x{}, parts: [(1, true), (2, None)]}}",
        "22".repeat(32)
    );
    let parts = vec![(1u32, Some(true)), (2, None)];
    let wanted = (&alice, &parts, [0x22u8; 32], 1_500_000_000_000u128).encode();
    assert_eq!(encoded("echo", &[&parcel, "1.5BLOC"])[4..], wanted);
    assert_eq!(
        encoded("echo", &["amount=1.5BLOC", &format!("parcel={parcel}")])[4..],
        wanted
    );
    // And are read again.
    let abi = abi();
    let fields = abi
        .decode_arguments(abi.message("echo").unwrap(), &encoded("echo", &[&parcel, "9"]))
        .unwrap();
    assert_eq!(fields[1].0, "amount");
    assert_eq!(as_u128(&fields[1].1), Some(9));
    assert_eq!(as_account(field(&fields[0].1, "to").unwrap()), Some(alice));
}

#[test]
fn an_answer_is_a_value_an_error_of_the_contract_or_of_ink() {
    // Result<u32, LangError>
    assert_eq!(
        returned("count", false, &[0, 7, 0, 0, 0]),
        returned("note", false, &[0, 7, 0, 0, 0])
    );
    let Returned::Value(value) = returned("count", false, &[0, 7, 0, 0, 0]) else {
        panic!("no value")
    };
    assert_eq!(as_u128(&value), Some(7));
    // Result<Result<u32, Refusal>, LangError>
    let Returned::Value(value) = returned("set", false, &[0, 0, 3, 0, 0, 0]) else {
        panic!("no value")
    };
    assert_eq!(to_text(&value, &properties()), "3");
    let data = [&[0, 1, 0][..], &(11u32, 10u32).encode()].concat();
    let Returned::Error(error) = returned("set", true, &data) else {
        panic!("no error")
    };
    assert_eq!(
        to_json(&error, &properties()),
        json!({ "TooLarge": { "given": 11, "most": 10 } })
    );
    let Returned::Error(error) = returned("set", true, &[0, 1, 1]) else {
        panic!("no error")
    };
    assert_eq!(to_text(&error, &properties()), "Unwilling");
    // Result<(), LangError>
    let Returned::Value(nothing) = returned("trap", false, &[0]) else {
        panic!("no value")
    };
    assert!(items(&nothing).is_empty());
    let Returned::Lang(said) = returned("count", true, &[1, 1]) else {
        panic!("no error of ink!'s")
    };
    assert!(
        said.contains("no message with this selector") && said.contains("CouldNotReadInput"),
        "{said}"
    );
    assert_eq!(
        returned("count", true, &[]),
        Returned::Lang("the contract reverted without a reason".to_owned())
    );
    let abi = abi();
    let unwilling = abi.constructor("unwilling").unwrap();
    let Returned::Error(error) = abi.decode_return(unwilling, true, &[0, 1, 1]).unwrap() else {
        panic!("no error")
    };
    assert_eq!(to_text(&error, &properties()), "Unwilling");
    // As ink! 5.1.1 answers for a constructor that cannot fail.
    let new = abi.constructor("new").unwrap();
    assert!(matches!(
        abi.decode_return(new, false, &[0, 0]).unwrap(),
        Returned::Value(_)
    ));
    let failure = abi
        .decode_return(abi.message("count").unwrap(), false, &[0, 7])
        .unwrap_err()
        .to_string();
    assert!(
        failure.contains("what count returned (0x0007)") && failure.contains("end too early"),
        "{failure}"
    );
}

#[test]
fn amounts_of_a_contract_are_not_taken_for_the_chains_token() {
    let abi = abi();
    let Returned::Value(value) = abi
        .decode_return(
            abi.message("pay").unwrap(),
            false,
            &[&[0][..], &5_000_000_000_000u128.encode()].concat(),
        )
        .unwrap()
    else {
        panic!("no value")
    };
    assert_eq!(to_text(&value, &properties()), "5000000000000");
    assert_eq!(to_json(&value, &properties()), json!("5000000000000"));
}

#[test]
fn an_event_is_found_by_its_topic() {
    let abi = abi();
    let topic = abi.events()[0].signature_topic.unwrap();
    let alice: AccountId = ALICE.parse().unwrap();
    let data = (&alice, 4u32, "hi").encode();
    let event = abi.decode_event(&[topic, *alice.as_ref()], &data).unwrap();
    assert_eq!(event.name, "Noted");
    assert_eq!(
        event.to_json(&properties()),
        json!({ "event": "Noted", "fields": { "by": ALICE, "number": 4, "text": "hi" } })
    );
    assert_eq!(
        event.text(&properties()),
        format!("Noted\n  by: {ALICE}\n  number: 4\n  text: \"hi\"")
    );
    assert_eq!(event.field("number").and_then(as_u128), Some(4));
    for (topics, data) in [
        (vec![], data.clone()),
        (vec![[0; 32]], data.clone()),
        (vec![topic], data[..data.len() - 1].to_vec()),
        (vec![topic], [&data[..], &[0]].concat()),
    ] {
        let failure = abi.decode_event(&topics, &data).unwrap_err().to_string();
        assert!(failure.contains("is this the metadata of that contract?"), "{failure}");
    }
}

#[test]
fn metadata_that_is_not_of_ink_5_is_refused() {
    let changed = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut json: serde_json::Value = serde_json::from_str(METADATA).unwrap();
        change(&mut json);
        Abi::from_json(json)
    };
    assert!(changed(&|json| json["version"] = json!("5")).is_ok());
    let other = changed(&|json| json["version"] = json!(6)).unwrap_err();
    assert_eq!(other, AbiError::Version { found: "6".to_owned() });
    assert!(other.to_string().contains("ink! 5.1.1"));
    for change in [
        &(|json: &mut serde_json::Value| json["types"] = json!(5)) as &dyn Fn(&mut serde_json::Value),
        &|json| json["spec"] = json!({}),
        &|json| json["version"] = json!(null),
        &|json| json["spec"]["messages"][0]["selector"] = json!("0x00"),
        &|json| json["spec"]["messages"][0]["selector"] = json!("green"),
        &|json| json["spec"]["messages"][0]["returnType"]["type"] = json!(4_000),
        &|json| json["types"][0]["id"] = json!(1),
        // A struct that holds nothing but itself.
        &|json| json["types"][0]["type"] = json!({ "def": { "composite": { "fields": [{ "type": 0 }] } } }),
    ] {
        assert!(changed(change).is_err());
    }
    // What is not known is left alone.
    assert!(changed(&|json| json["spec"]["messages"][0]["colour"] = json!("green")).is_ok());
}
