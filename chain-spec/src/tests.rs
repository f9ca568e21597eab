//! The chains of this crate as a whole.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use super::*;
use blocs_runtime::{
    RuntimeGenesisConfig, genesis,
    units::{BLOC, EXISTENTIAL_DEPOSIT},
};
use serde_json::Value;
use sp_core::storage::{Storage, well_known_keys::CODE};
use sp_crypto_hashing::{blake2_128, twox_128};
use sp_runtime::BuildStorage as _;
use std::{collections::BTreeMap, sync::LazyLock};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testnet.example.toml");

/// What each chain's first block holds. Built once: it takes seconds.
static GENESES: LazyLock<BTreeMap<String, Storage>> = LazyLock::new(|| {
    let files = examples().into_iter().map(|path| path.display().to_string());
    let chains = ["dev".to_owned(), "local".to_owned()].into_iter().chain(files);
    chains
        .map(|id| (id.clone(), load(&id).unwrap().build_storage().unwrap()))
        .collect()
});

/// The specifications need the runtime's WASM, which quick checks leave out.
fn with_wasm() -> bool {
    let present = blocs_runtime::wasm_binary().is_some();
    if !present {
        eprintln!("skipped: compiled with SKIP_WASM_BUILD");
    }
    present
}

/// Every TOML file beside this crate's manifest but the manifest.
fn examples() -> Vec<PathBuf> {
    let files = std::fs::read_dir(env!("CARGO_MANIFEST_DIR")).unwrap();
    let mut examples: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    examples
        .retain(|path| path.extension().is_some_and(|extension| extension == "toml") && !path.ends_with("Cargo.toml"));
    assert!(examples.contains(&PathBuf::from(EXAMPLE)));
    examples
}

fn item(storage: &Storage, pallet: &str, name: &str) -> Vec<u8> {
    let key = [twox_128(pallet.as_bytes()), twox_128(name.as_bytes())].concat();
    storage.top.get(&key).cloned().unwrap_or_default()
}

/// What an account has free and on hold, in planck.
fn balance(storage: &Storage, account: [u8; 32]) -> (u128, u128) {
    let prefix = [twox_128(b"System"), twox_128(b"Account"), blake2_128(&account)].concat();
    let record = &storage.top[&[prefix, account.to_vec()].concat()];
    // After the nonce and three reference counters of four bytes each.
    let amount = |from: usize| u128::from_le_bytes(record[from..from + 16].try_into().unwrap());
    (amount(16), amount(32))
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The well-known keys among what a genesis writes. The code is left out: it carries the presets of `dev` and `local`.
fn well_known_in(storage: &Storage) -> Vec<&'static str> {
    let entries = storage.top.iter().filter(|(key, _)| key.as_slice() != CODE);
    let windows = entries.flat_map(|(key, value)| key.windows(32).chain(value.windows(32)));
    windows
        .filter_map(|window| well_known_key(window.try_into().unwrap()))
        .collect()
}

/// The well-known keys among the texts of a genesis configuration.
fn well_known_texts(value: &Value) -> Vec<&'static str> {
    match value {
        Value::String(text) => key::parse(text)
            .ok()
            .and_then(|key| key.well_known())
            .into_iter()
            .collect(),
        Value::Array(values) => values.iter().flat_map(well_known_texts).collect(),
        Value::Object(entries) => entries.values().flat_map(well_known_texts).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_chain_has_a_genesis_with_code_and_names_the_token() {
    if !with_wasm() {
        return;
    }
    assert_eq!(load("").unwrap().id(), "local");
    for (id, storage) in GENESES.iter() {
        let spec = load(id).unwrap();

        assert!(storage.top.contains_key(CODE), "chain `{id}` has no code");
        assert_eq!(spec.properties()["tokenSymbol"], "BLOC");
        assert_eq!(spec.properties()["tokenDecimals"], 12);
        assert_eq!(spec.properties()["ss58Format"], 42);
        assert_eq!(spec.protocol_id(), Some(PROTOCOL_ID));
        assert!(spec.telemetry_endpoints().is_none());
    }
}

#[test]
fn a_chain_starts_from_the_presets_that_its_wasm_has() {
    let Some(code) = blocs_runtime::wasm_binary() else {
        return;
    };
    let wasm = sc_chain_spec::GenesisConfigBuilderRuntimeCaller::<()>::new(code);
    for name in genesis::preset_names() {
        assert_eq!(
            preset(&name),
            wasm.get_named_preset(Some(&name)).unwrap(),
            "preset {name}"
        );
    }
}

#[test]
fn an_exported_specification_is_always_the_same_bytes_and_builds_the_same_genesis() {
    if !with_wasm() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for raw in [false, true] {
        let first = load(EXAMPLE).unwrap().as_json(raw).unwrap();
        let second = load(EXAMPLE).unwrap().as_json(raw).unwrap();
        assert!(first == second, "raw: {raw}");

        let file = folder.path().join(format!("testnet-{raw}.json"));
        std::fs::write(&file, first).unwrap();
        let loaded = load(file.to_str().unwrap()).unwrap();

        assert!(
            loaded.build_storage().unwrap().top == GENESES[EXAMPLE].top,
            "raw: {raw}"
        );
        assert_eq!((loaded.name(), loaded.id()), ("BLOCS Testnet", "blocs-testnet"));
    }
}

#[test]
fn nothing_but_dev_and_local_has_a_key_that_everybody_knows() {
    let names = genesis::preset_names();
    for name in &names {
        let preset: Value = serde_json::from_slice(&genesis::preset(name).unwrap()).unwrap();
        let found = well_known_texts(&preset);
        let may = ["development", "local_testnet"].contains(&name.as_str());
        // The presets that have them also show that the search finds them.
        assert_eq!(found.is_empty(), !may, "preset {name}: {found:?}");
    }
    assert!(names.iter().any(|name| name == network::PRESET));
    if !with_wasm() {
        return;
    }
    for (id, storage) in GENESES.iter() {
        let found = well_known_in(storage);
        let may = ["dev", "local"].contains(&id.as_str());
        assert_eq!(found.is_empty(), !may, "chain `{id}`: {found:?}");
    }
}

#[test]
fn there_is_no_sudo_anywhere() {
    let config = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
    let pallets = config.as_object().unwrap();
    assert!(pallets.contains_key("staking") && !pallets.contains_key("sudo"));
    for name in genesis::preset_names() {
        let preset: Value = serde_json::from_slice(&genesis::preset(&name).unwrap()).unwrap();
        assert!(preset.get("sudo").is_none(), "preset {name}");
    }
    if !with_wasm() {
        return;
    }
    let sudo = twox_128(b"Sudo");
    for (id, storage) in GENESES.iter() {
        let found = storage.top.keys().any(|key| key.starts_with(&sudo));
        assert!(!found, "chain `{id}` has sudo");
    }
}

#[test]
fn the_genesis_of_a_file_holds_what_the_file_says() {
    if !with_wasm() {
        return;
    }
    // Given the example with a balance and a market of its own
    let text = std::fs::read_to_string(EXAMPLE)
        .unwrap()
        .replace("balance = \"1000000\"", "balance = \"123456789.000000000001\"")
        .replace("period = 600", "period = 20")
        .replace("min_bond = \"100\"", "min_bond = \"7\"")
        .replace("slot_millis = 3000", "slot_millis = 2000");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("testnet.toml");
    std::fs::write(&file, &text).unwrap();
    let toml: toml::Table = text.parse().unwrap();
    let entries = |table: &str| toml[table].as_array().unwrap().clone();
    let key_of = |entry: &toml::Value, name: &str| key::parse(entry[name].as_str().unwrap()).unwrap().0;

    // When its genesis is built
    let spec = load(file.to_str().unwrap()).unwrap();
    let storage = spec.build_storage().unwrap();

    // Then accounts hold their balances, validators' and nominators' bonds apart
    let stashes: Vec<_> = entries("validators")
        .iter()
        .map(|entry| key_of(entry, "stash"))
        .collect();
    for stash in &stashes {
        assert_eq!(balance(&storage, *stash), (50_000 * BLOC + BLOC / 2, 100_000 * BLOC));
    }
    let nominator = key_of(&entries("nominators")[0], "stash");
    assert_eq!(balance(&storage, nominator), (10_000 * BLOC, 10_000 * BLOC));
    // More than 64 bits of planck.
    let rich = key_of(&entries("accounts")[5], "address");
    assert_eq!(balance(&storage, rich), (123_456_789 * BLOC + 1, 0));
    // And nobody else: beside the file's accounts, the market's pool and the treasury keep an existential deposit each.
    let issued = item(&storage, "Balances", "TotalIssuance");
    let issued = u128::from_le_bytes(issued.try_into().unwrap());
    assert_eq!(
        issued,
        4 * (150_000 * BLOC + BLOC / 2) + 20_000 * BLOC + 123_456_789 * BLOC + 1 + 2 * EXISTENTIAL_DEPOSIT
    );

    // And the validators of the file author, vote, and are found
    for (pallet, name, role) in [
        ("Session", "Validators", "stash"),
        ("Babe", "Authorities", "babe"),
        ("Grandpa", "Authorities", "grandpa"),
        ("AuthorityDiscovery", "Keys", "authority_discovery"),
    ] {
        let keys = item(&storage, pallet, name);
        for validator in entries("validators") {
            assert!(holds(&keys, &key_of(&validator, role)), "{pallet}.{name} lacks {role}");
        }
    }

    // And the lengths are the file's
    assert_eq!(item(&storage, "Timing", "SlotMillis"), 2_000_u64.to_le_bytes());
    assert_eq!(item(&storage, "Timing", "BondingEras"), 28_u32.to_le_bytes());
    assert_eq!(item(&storage, "Timing", "FastGovernance"), [0]);
    let members = item(&storage, "TechnicalCollective", "Members");
    for member in toml["technical_collective"].as_array().unwrap() {
        assert!(holds(&members, &key::parse(member.as_str().unwrap()).unwrap().0));
    }
    assert_eq!(item(&storage, "StorageMarket", "Period"), 20_u32.to_le_bytes());
    assert!(holds(
        &item(&storage, "StorageMarket", "Params"),
        &(7 * BLOC).to_le_bytes()
    ));
    assert_eq!(item(&storage, "Staking", "MinimumValidatorCount"), 4_u32.to_le_bytes());
    assert_eq!(
        item(&storage, "NominationPools", "MinCreateBond"),
        (100 * BLOC).to_le_bytes()
    );
}

#[test]
fn unknown_names_and_broken_files_say_what_to_do() {
    for missing in ["no-such-chain", "no-such-chain.toml"] {
        let error = load(missing).err().unwrap().to_string();
        assert!(error.contains(missing) && error.contains("`dev`, `local`"), "{error}");
    }

    let folder = tempfile::tempdir().unwrap();
    for (name, text, says) in [
        ("broken.json", "{", "export-chain-spec"),
        ("broken.toml", "name = ", "testnet.example.toml"),
        ("empty.toml", "", "missing field `name`"),
    ] {
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        let error = load(file.to_str().unwrap()).err().unwrap().to_string();
        assert!(error.contains(name) && error.contains(says), "{error}");
    }
}

#[test]
fn testnet_says_that_there_is_none_and_how_to_start_one() {
    let error = load("testnet").err().unwrap().to_string();

    for part in [
        "no public test network has been started",
        "testnet.example.toml",
        "docs/guides/networks.md",
        "export-chain-spec",
    ] {
        assert!(error.contains(part), "{error}");
    }
}
