//! Calls of a small runtime: what people write, what is encoded, what is shown.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
#![allow(dead_code, reason = "the types only give the metadata")]
#![allow(clippy::cast_possible_truncation, reason = "random numbers may lose bits")]

mod runtime;

use super::{call::Calls, decode::Decoder, *};
use crate::value::{account, amount, as_account, as_u128, bytes, field, plain, variant};
use blocs_primitives::AccountId;
use codec::{Compact, Encode};
use runtime::{Random, metadata, properties, random_value};
use std::str::FromStr;

const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
/// The same account on the network with the prefix 0.
const ALICE_OF_POLKADOT: &str = "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5";

fn text(path: &str, args: &[&str]) -> Result<RawCall, CallError> {
    let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    Calls::new(metadata(), &properties()).written(path, &args)
}

fn made(path: &str, args: &[&str]) -> Vec<u8> {
    text(path, args)
        .unwrap_or_else(|e| panic!("{path} {args:?}: {e}"))
        .bytes
}

fn refused(path: &str, args: &[&str]) -> String {
    text(path, args).expect_err("it cannot be made").to_string()
}

fn decoded(bytes: &[u8]) -> DecodedCall {
    Calls::new(metadata(), &properties()).decode(bytes).unwrap()
}

fn alice() -> AccountId {
    AccountId::from_str(ALICE).unwrap()
}

#[test]
fn a_call_is_found_however_its_name_is_written() {
    let wanted = [vec![0, 0], b"hi".to_vec().encode()].concat();
    for path in ["System.remark", "system.Remark", "SYSTEM::remark", "system remark"] {
        assert_eq!(made(path, &["hi"]), wanted, "{path}");
    }
    assert_eq!(made("demo.setAll", &["5", "7"]), made("Demo.set_all", &["b=7", "a=5"]));
}

#[test]
fn what_was_meant_is_suggested() {
    assert!(refused("sistem.remark", &[]).contains("did you mean System?"));
    assert!(refused("system.remarks", &[]).contains("did you mean remark?"));
    assert!(refused("demo.set_all", &["c=5"]).contains("there is no argument \"c\""));
    assert!(refused("demo.set_all", &["5"]).contains("b: it is missing"));
    assert!(refused("demo.set_all", &["5", "6", "7"]).contains("too many arguments"));
    assert!(refused("demo.set_all", &["5", "a=6"]).contains("given twice"));
    assert!(refused("demo.shape", &["Cirle(1)"]).contains("did you mean Circle?"));
    assert!(refused("system", &[]).contains("write pallet.call"));
}

#[test]
fn amounts_take_the_symbol_and_plain_numbers_are_planck() {
    let planck = |text: &str| {
        let call = made("balances.transferKeepAlive", &[ALICE, text]);
        let (_, value) = decoded(&call).fields.pop().unwrap();
        as_u128(&value).unwrap()
    };
    assert_eq!(planck("10BLOC"), 10_000_000_000_000);
    assert_eq!(planck("0.5bloc"), 500_000_000_000);
    assert_eq!(planck("1_000"), 1_000);
    let said = refused("balances.transferKeepAlive", &[ALICE, "ten"]);
    assert!(said.contains("write 1.5BLOC"), "{said}");
    assert!(refused("demo.set_all", &["5BLOC", "1"]).contains("is no number"));
    assert!(refused("demo.set_all", &["300", "1"]).contains("255 at most"));
}

#[test]
fn an_address_of_another_network_is_refused_with_both_prefixes() {
    let said = refused("balances.transferKeepAlive", &[ALICE_OF_POLKADOT, "1"]);
    assert!(
        said.contains("its prefix is 0 (polkadot)") && said.contains("42 (substrate)"),
        "{said}"
    );
    assert!(said.contains(ALICE), "{said}");
    let spoilt = ALICE.replace("Gr", "Gs");
    assert!(refused("balances.transferKeepAlive", &[&spoilt, "1"]).contains("is not an address"));
    assert!(refused("balances.transferKeepAlive", &["//Alice", "1"]).contains("the name of a secret"));
    let by_key = format!("0x{}", hex::encode(<AccountId as AsRef<[u8]>>::as_ref(&alice())));
    assert_eq!(
        made("balances.transferKeepAlive", &[&by_key, "1"]),
        made("balances.transferKeepAlive", &[&format!("Id({ALICE})"), "1"])
    );
}

#[test]
fn every_shape_of_value_is_encoded() {
    assert_eq!(made("demo.shape", &["Circle(5)"])[2..], [0, 5]);
    assert_eq!(made("demo.shape", &["rect{w: 1, h: 2}"])[2..], [1, 1, 2]);
    assert_eq!(made("demo.shape", &["Nothing"])[2..], [2]);
    assert_eq!(made("demo.maybe", &["None"])[2..], [0]);
    assert_eq!(made("demo.maybe", &["7"])[2..], made("demo.maybe", &["Some(7)"])[2..]);
    assert_eq!(made("demo.share", &["12.5%"])[2..], 125_000_000u32.encode());
    assert_eq!(made("demo.hash", &[&format!("0x{}", "11".repeat(32))])[2..], [0x11; 32]);
    assert!(refused("demo.hash", &["0x11"]).contains("32 bytes are needed, 1 given"));
    assert_eq!(
        made("demo.list", &["[(1, a), (2, 0x00)]"])[2..],
        vec![(1u32, b"a".to_vec()), (2, vec![0])].encode()
    );
    assert_eq!(made("demo.compact", &["70000"])[2..], Compact(70_000u32).encode());
    assert_eq!(made("demo.signed", &["-5"])[2..], (-5i64).encode());
    assert_eq!(made("system.remark", &["0x0102"])[2..], vec![1u8, 2].encode());
    assert_eq!(made("system.remark", &["\"0x0102\""])[2..], b"0x0102".to_vec().encode());
    assert_eq!(
        made("system.remark", &["two words (and more)"])[2..],
        b"two words (and more)".to_vec().encode()
    );
}

#[test]
fn calls_hold_calls() {
    let one = made("system.remark", &["a"]);
    let batch = made(
        "utility.batch",
        &["[system.remark(\"a\"), system.remark{remark: 0x61}]"],
    );
    assert_eq!(batch[2..], [&[2 << 2][..], &one, &one].concat());
    assert_eq!(
        made("utility.batch", &[&format!("[0x{0}, 0x{0}]", hex::encode(&one))]),
        batch
    );
    assert_eq!(made("utility.boxed", &["system.remark(a)"])[2..], one);
    // In place of its bytes, and where a preimage may stand.
    assert_eq!(made("system.remark", &["system.remark(a)"])[2..], one.encode());
    assert_eq!(
        made("utility.later", &["system.remark(a)"])[2..],
        [&[1][..], &one.encode()].concat()
    );
    let long = format!("system.remark(0x{})", "00".repeat(200));
    assert!(refused("utility.later", &[&long]).contains("Lookup{hash: 0x"));
    assert!(refused("utility.batch", &["[system.remrk(a)]"]).contains("did you mean remark?"));
    assert!(refused("utility.batch", &["[0x0000]"]).contains("end too early"));
}

#[test]
fn a_call_is_shown_with_the_calls_inside_it() {
    let transfer = format!("balances.transferKeepAlive({ALICE}, 1.5BLOC)");
    let calls = format!("[{transfer}, utility.later(system.remark(\"hello\"))]");
    let shown = decoded(&made("utility.batch", &[&calls])).to_string();
    let wanted = format!(
        "Utility.batch\n  calls:\n    - Balances.transfer_keep_alive\n      dest: {ALICE}\n      value: 1.5 BLOC\n    - \
         Utility.later\n      call: System.remark\n        remark: 0x68656c6c6f (\"hello\")"
    );
    assert_eq!(shown, wanted);
}

#[test]
fn the_json_of_a_call_is_canonical() {
    let calls = format!("[balances.transferKeepAlive({ALICE}, 1.5BLOC), demo.shape(Nothing), demo.maybe(7)]");
    let json = decoded(&made("utility.batch", &[&calls])).to_json();
    let wanted = serde_json::json!({ "pallet": "Utility", "call": "batch", "args": { "calls": [
        { "pallet": "Balances", "call": "transfer_keep_alive", "args": { "dest": { "Id": ALICE }, "value": "1500000000000" } },
        { "pallet": "Demo", "call": "shape", "args": { "shape": "Nothing" } },
        { "pallet": "Demo", "call": "maybe", "args": { "maybe": { "Some": 7 } } },
    ] } });
    assert_eq!(json, wanted);
}

#[test]
fn bytes_that_are_no_call_are_refused() {
    let properties = properties();
    let calls = Calls::new(metadata(), &properties);
    let good = made("system.remark", &["hi"]);
    for (bytes, said) in [
        (vec![], "too few"),
        (vec![0], "too few"),
        (vec![99, 0], "no variant 99"),
        (vec![0, 99], "no variant 99"),
        (good[..good.len() - 1].to_vec(), "end too early"),
        ([&good[..], &[0]].concat(), "1 bytes are left over"),
    ] {
        let error = calls.encoded(&bytes).expect_err("no call").to_string();
        assert!(error.contains(said), "{bytes:?}: {error}");
    }
    assert_eq!(calls.encoded(&good).unwrap().name(), "System.remark");
}

#[test]
fn calls_are_built_from_values() {
    let properties = properties();
    let calls = Calls::new(metadata(), &properties);
    let fields = vec![("dest", account(&alice())), ("value", amount(5))];
    let built = calls.built("balances", "transferKeepAlive", fields).unwrap();
    assert_eq!(built.bytes, made("balances.transferKeepAlive", &[ALICE, "5"]));
    let inner = vec![("calls", Value::unnamed_composite([crate::value::call(&built)]))];
    let batch = calls.built("Utility", "batch", inner).unwrap();
    assert_eq!(batch.bytes[3..], built.bytes);
    let remark = calls.built("System", "remark", vec![("remark", bytes(b"x"))]).unwrap();
    assert_eq!(remark.bytes, made("system.remark", &["x"]));
    let error = calls
        .built("System", "remark", vec![("text", bytes(b"x"))])
        .expect_err("no such field");
    assert!(error.to_string().contains("there is no field \"text\""), "{error}");
}

#[test]
fn what_was_decoded_is_encoded_again() {
    let properties = properties();
    let calls = Calls::new(metadata(), &properties);
    for seed in 0..2_000 {
        let mut random = Random::new(seed);
        let bytes = random_value(
            metadata().types(),
            metadata().outer_enums().call_enum_ty(),
            &mut random,
            0,
        );
        let call = calls.decode(&bytes).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        let fields = call
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), plain(value.clone())))
            .collect();
        let again = calls
            .built(&call.pallet, &call.call, fields)
            .unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        assert_eq!(again.bytes, bytes, "seed {seed}: {call}");
        assert!(
            !call.to_string().is_empty() && call.to_json().is_object(),
            "seed {seed}"
        );
    }
}

#[test]
fn random_bytes_never_break_the_decoder() {
    let calls = metadata().outer_enums().call_enum_ty();
    for seed in 0..20_000 {
        let mut random = Random::new(seed);
        let mut bytes: Vec<u8> = (0..random.below(200)).map(|_| random.byte()).collect();
        // Most begin like a call.
        if seed % 4 != 0 && bytes.len() > 2 {
            bytes[0] = [0, 6, 8, 9][seed as usize % 4];
            bytes[1] = random.byte() % 8;
        }
        // Whatever comes of it, it comes.
        let _ = Decoder::new(metadata().types(), calls, bytes.len()).whole(&bytes, calls);
        let _ = Calls::new(metadata(), &properties()).extrinsic(&bytes);
    }
}

#[test]
fn lies_about_lengths_and_depth_cost_nothing() {
    let decode = |bytes: &[u8]| Calls::new(metadata(), &properties()).decode(bytes).map(drop);
    // A list of four thousand million calls that are not there, and one of as many values without size.
    let huge = Compact(u32::MAX).encode();
    assert!(decode(&[&[8, 0][..], &huge].concat()).is_err());
    let error = decode(&[&[9, 9][..], &huge].concat()).expect_err("nothing of nothing");
    assert!(
        error.to_string().contains("more values than its length allows"),
        "{error}"
    );
    // A hundred thousand batches in each other.
    let deep = [8, 0, 4].repeat(100_000);
    assert!(decode(&deep).expect_err("too deep").to_string().contains("levels deep"));
}

#[test]
fn helpers_look_into_values() {
    let call = decoded(&made(
        "demo.nested",
        &["{name: x, inner: {id: 5, who: 0x0101010101010101010101010101010101010101010101010101010101010101}}"],
    ));
    let (_, value) = &call.fields[0];
    let inner = field(value, "inner").unwrap();
    assert_eq!(field(inner, "id").and_then(as_u128), Some(5));
    assert_eq!(field(inner, "who").and_then(as_account), Some(AccountId::new([1; 32])));
    assert_eq!(
        crate::value::as_text(field(value, "name").unwrap()).as_deref(),
        Some("x")
    );
    assert_eq!(variant(value), None);
}
