//! Whatever is given in place of a bundle, of code or of a contract's answer, an error comes of it and no panic.
#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use blocs_contract::{Abi, Bundle, check_code};
use proptest::prelude::*;
use serde_json::Value as Json;

const METADATA: &str = include_str!("data/failures.json");

fn abi() -> Abi {
    Abi::from_json(serde_json::from_str(METADATA).unwrap()).unwrap()
}

/// Any JSON of some depth.
fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<u32>().prop_map(Json::from),
        "[a-z0-9]{0,12}".prop_map(Json::from),
        Just(Json::from("0x00")),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::btree_map("[a-z]{1,8}", inner, 0..6)
                .prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

/// All places of a JSON.
fn places(json: &Json, at: String, all: &mut Vec<String>) {
    all.push(at.clone());
    match json {
        Json::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                places(value, format!("{at}/{index}"), all);
            }
        }
        Json::Object(fields) => {
            for (name, value) in fields {
                places(value, format!("{at}/{name}"), all);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes_are_no_bundle(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Bundle::from_json(&bytes).is_err());
    }

    #[test]
    fn any_json_is_no_metadata(json in json()) {
        prop_assert!(Abi::from_json(json.clone()).is_err());
        prop_assert!(Bundle::from_json(json.to_string().as_bytes()).is_err());
    }

    /// One place of good metadata is replaced by anything. When it is still taken for metadata, it can be used.
    #[test]
    fn metadata_with_a_lie_in_it_is_refused_or_works(
        place in any::<prop::sample::Index>(),
        lie in json(),
        data in prop::collection::vec(any::<u8>(), 0..80),
        words in prop::collection::vec("[ -~]{0,24}", 0..3),
    ) {
        let mut metadata: Json = serde_json::from_str(METADATA).unwrap();
        let mut all = Vec::new();
        places(&metadata, String::new(), &mut all);
        *metadata.pointer_mut(place.get(all.as_slice()).as_str()).unwrap() = lie;
        if let Ok(abi) = Abi::from_json(metadata) {
            for callable in abi.messages().iter().chain(abi.constructors()) {
                let _ = abi.encode(callable, &words);
                let _ = abi.decode_return(callable, data.len() % 2 == 0, &data);
                let _ = abi.decode_arguments(callable, &data);
            }
            let topics: Vec<[u8; 32]> = abi.events().iter().filter_map(|event| event.signature_topic).collect();
            let _ = abi.decode_event(&topics, &data);
        }
    }

    #[test]
    fn any_answer_is_decoded_or_refused(revert in any::<bool>(), data in prop::collection::vec(any::<u8>(), 0..300)) {
        let abi = abi();
        for message in abi.messages() {
            let _ = abi.decode_return(message, revert, &data);
        }
        let topic = abi.events()[0].signature_topic.unwrap();
        let _ = abi.decode_event(&[topic], &data);
        let _ = abi.decode_event(&[], &data);
    }

    #[test]
    fn any_words_are_encoded_or_refused(words in prop::collection::vec("[ -~]{0,40}", 0..4)) {
        let abi = abi();
        for message in abi.messages() {
            let _ = abi.encode(message, &words);
        }
    }

    #[test]
    fn any_bytes_are_no_code(mut bytes in prop::collection::vec(any::<u8>(), 0..400), magic in any::<bool>()) {
        if magic {
            bytes.splice(..0, *b"\0asm\x01\0\0\0");
        }
        prop_assert!(check_code(&bytes).is_err());
    }
}
