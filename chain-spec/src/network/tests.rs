#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use super::*;

const EXAMPLE: &str = include_str!("../../testnet.example.toml");
const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
/// Alice in ed25519.
const ALICE_GRANDPA: &str = "0x88dc3417d5058ec4b4503e0c12ea1a0a89be200fe98922423d4334014fa6b0ee";

fn example() -> Network {
    Network::parse(EXAMPLE).unwrap()
}

/// What the example says with one piece of it replaced; the piece must be there.
fn refusal(from: &str, to: &str) -> String {
    assert!(EXAMPLE.contains(from), "the example lacks {from}");
    Network::parse(&EXAMPLE.replacen(from, to, 1)).unwrap_err().to_string()
}

/// Checks a network that was changed after it was read.
fn refusal_of(network: Network) -> String {
    network.check().unwrap_err().to_string()
}

fn assert_says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
}

#[test]
fn the_example_is_a_network_and_its_comments_give_the_defaults() {
    let network = example();

    assert_eq!(network.validators.len(), 4);
    assert_eq!(network.chain_type, Kind::Live);
    // Without its optional parts the example has the same timing, market and pools.
    let defaults = pallet_storage_market::Params::default();
    assert_eq!(network.market.min_bond.unwrap().0, defaults.min_bond);
    assert_eq!(network.market.bond_per_gib.unwrap().0, defaults.bond_per_gib);
    let timing = &network.timing;
    assert_eq!(timing.slot_millis, Some(blocs_runtime::timing::DEFAULT_SLOT_MILLIS));
    assert_eq!(timing.epoch_blocks, Some(blocs_runtime::timing::DEFAULT_EPOCH_BLOCKS));
    assert_eq!(
        timing.sessions_per_era,
        Some(blocs_runtime::timing::DEFAULT_SESSIONS_PER_ERA)
    );
    assert_eq!(timing.bonding_eras, Some(blocs_runtime::timing::DEFAULT_BONDING_ERAS));
    assert_eq!(
        timing.slash_defer_eras,
        Some(blocs_runtime::timing::DEFAULT_SLASH_DEFER_ERAS)
    );
    assert_eq!(timing.fast_governance, Some(false));
    assert_eq!(
        network.pools.min_join_bond.unwrap().0,
        blocs_runtime::genesis::MIN_POOL_JOIN
    );
    assert_eq!(
        network.pools.min_create_bond.unwrap().0,
        blocs_runtime::genesis::MIN_POOL_BOND
    );
}

#[test]
fn unknown_keys_are_refused_with_their_line_and_what_there_is() {
    for (line, known) in [
        ("telemetry = []", "boot_nodes"),
        ("[sudo]\nkey = \"5\"", "staking"),
        ("[timing]\nslot_milis = 3000", "slot_millis"),
    ] {
        let text = if line.starts_with("[timing]") {
            EXAMPLE.replace("[timing]", line)
        } else {
            EXAMPLE.replacen("boot_nodes = []", &format!("boot_nodes = []\n{line}"), 1)
        };
        let message = Network::parse(&text).unwrap_err().to_string();
        assert_says(&message, &["line ", "unknown field", known, "testnet.example.toml"]);
    }
    let message = refusal("grandpa = ", "grandp = ");
    assert_says(&message, &["unknown field `grandp`", "`grandpa`"]);
}

#[test]
fn amounts_and_keys_that_are_none_are_shown_in_their_line() {
    let message = refusal("balance = \"150000.5\"", "balance = \"150,000.5\"");
    assert_says(&message, &["line ", "balance = \"150,000.5\"", "write decimal BLOC"]);

    let message = refusal("balance = \"150000.5\"", "balance = 150000");
    assert_says(&message, &["balance = 150000", "in quotes"]);

    let message = refusal("grandpa = \"0x", "grandpa = \"0xz");
    assert_says(&message, &["grandpa = ", "64 hexadecimal digits"]);

    let message = refusal("chain_type = \"Live\"", "chain_type = \"Mainnet\"");
    assert_says(&message, &["chain_type", "`Development`, `Local`, `Live`"]);
}

#[test]
fn boot_nodes_need_an_address_with_a_peer_id() {
    let node = "/dns/boot.example.org/tcp/30333/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
    let text = EXAMPLE.replacen("boot_nodes = []", &format!("boot_nodes = [\"{node}\"]"), 1);
    assert_eq!(Network::parse(&text).unwrap().boot_nodes[0].0.to_string(), node);

    for wrong in ["/dns/boot.example.org/tcp/30333", "boot.example.org:30333"] {
        let message = refusal("boot_nodes = []", &format!("boot_nodes = [\"{wrong}\"]"));
        assert_says(&message, &["boot_nodes", wrong, "key inspect-node-key"]);
    }
}

#[test]
fn names_and_identifiers_must_be_usable() {
    assert_says(
        &refusal("name = \"BLOCS Testnet\"", "name = \" \""),
        &["name: it is empty"],
    );
    for id in ["", "Blocs", "blocs testnet", "../x", "-x", "1x"] {
        let message = refusal("id = \"blocs-testnet\"", &format!("id = \"{id}\""));
        assert_says(&message, &["id: ", "folder"]);
    }
    assert_says(&refusal("id = \"blocs-testnet\"", "id = \"dev\""), &["built-in"]);
}

#[test]
fn timing_must_be_one_that_the_runtime_can_keep() {
    for (from, to, key) in [
        ("slot_millis = 3000", "slot_millis = 3001", "slot_millis in [timing]"),
        ("slot_millis = 3000", "slot_millis = 100", "slot_millis in [timing]"),
        ("epoch_blocks = 1200", "epoch_blocks = 1", "epoch_blocks in [timing]"),
        (
            "sessions_per_era = 24",
            "sessions_per_era = 0",
            "sessions_per_era in [timing]",
        ),
        ("bonding_eras = 28", "bonding_eras = 29", "bonding_eras in [timing]"),
        // The default deferral of 27 eras does not fit.
        ("bonding_eras = 28", "bonding_eras = 27", "slash_defer_eras in [timing]"),
        ("period = 600", "period = 1", "period in [market]"),
        ("min_bond = \"100\"", "min_bond = \"0\"", "[market]: min_bond"),
    ] {
        let message = refusal(from, to);
        assert!(message.starts_with(key), "{message}");
        assert_says(&message, &["; "]);
    }
}

#[test]
fn counts_of_validators_must_go_together() {
    for (from, to, key) in [
        ("validator_count = 10", "validator_count = 101", "validator_count in"),
        (
            "minimum_validator_count = 4",
            "minimum_validator_count = 11",
            "minimum_validator_count in",
        ),
        (
            "minimum_validator_count = 4",
            "minimum_validator_count = 0",
            "minimum_validator_count in",
        ),
        (
            "minimum_validator_count = 4",
            "minimum_validator_count = 5",
            "[[validators]]: there are 4",
        ),
    ] {
        let message = refusal(from, to);
        assert!(message.starts_with(key), "{message}");
    }
}

#[test]
fn accounts_are_there_once_and_hold_enough() {
    let mut network = example();
    network.accounts.push(network.accounts[1].clone());
    assert_says(
        &refusal_of(network.clone()),
        &["address of account", &network.accounts[1].address.to_string(), "twice"],
    );

    assert_says(
        &refusal("balance = \"20000\"", "balance = \"0.009999999999\""),
        &["balance of account", "0.009999999999 BLOC", "at least 0.01 BLOC"],
    );

    let mut network = example();
    network
        .accounts
        .iter_mut()
        .for_each(|account| account.balance = Amount(u128::MAX / 4));
    assert_says(&refusal_of(network), &["all balances together", "smaller"]);
}

#[test]
fn bonds_are_covered_by_an_account_and_at_least_the_minimum() {
    let mut network = example();
    let stash = network.accounts.remove(0).address;
    assert_says(
        &refusal_of(network),
        &[&format!("stash of validator {stash}"), "add the account"],
    );

    assert_says(
        &refusal("bond = \"100000\"", "bond = \"150000.5\""),
        &["bond of validator", "150000.5 BLOC", "0.01 BLOC must stay free"],
    );
    assert_says(
        &refusal("bond = \"100000\"", "bond = \"9999.999999999999\""),
        &["bond of validator", "less than the least bond", "10000 BLOC"],
    );
    assert_says(
        &refusal("bond = \"10000\"\n# Stashes", "bond = \"9.9\"\n# Stashes"),
        &["bond of nominator", "10 BLOC"],
    );
}

#[test]
fn validators_and_their_keys_are_there_once() {
    let mut network = example();
    network.validators[1].stash = network.validators[0].stash;
    assert_says(&refusal_of(network), &["stash of validator", "twice"]);

    let mut network = example();
    network.validators[3].grandpa = network.validators[0].grandpa;
    assert_says(
        &refusal_of(network.clone()),
        &[
            &format!("grandpa of validator {}", network.validators[3].stash),
            &format!("validator {} has the same key", network.validators[0].stash),
        ],
    );

    // The keys of one validator in the wrong places: one of the two is no sr25519 key, with all but certainty over a few validators.
    let mut network = example();
    for validator in &mut network.validators {
        std::mem::swap(&mut validator.babe, &mut validator.grandpa);
    }
    assert_says(&refusal_of(network), &["babe of validator", "no sr25519 key"]);
}

#[test]
fn nominators_name_validators_of_the_file() {
    let mut network = example();
    network.nominators[0].targets = Vec::new();
    assert_says(&refusal_of(network), &["targets of nominator", "name 1 to 16"]);

    let mut network = example();
    let stranger = network.accounts[5].address;
    network.nominators[0].targets.push(stranger);
    assert_says(&refusal_of(network), &["targets of nominator", &stranger.to_string()]);

    let mut network = example();
    network.nominators[0].targets[1] = network.nominators[0].targets[0];
    assert_says(&refusal_of(network), &["targets of nominator", "twice"]);

    let mut network = example();
    network.nominators[0].stash = network.validators[0].stash;
    assert_says(
        &refusal_of(network),
        &["stash of nominator", "either a validator or a nominator"],
    );
}

#[test]
fn well_known_keys_are_refused_on_a_live_network_and_taken_elsewhere() {
    let account = example().accounts[5].address.to_string();
    let session = example().validators[2].grandpa.to_string();
    let hex = format!("0x{}", hex::encode(example().validators[2].grandpa.0));
    assert!(EXAMPLE.contains(&hex), "{session}");

    for (from, to, name) in [(&account, ALICE, "Alice"), (&hex, ALICE_GRANDPA, "Alice (ed25519)")] {
        let message = refusal(from, to);
        assert_says(&message, &["everybody has the secret", name, "key generate"]);

        let local = EXAMPLE.replace(from, to).replace("\"Live\"", "\"Local\"");
        Network::parse(&local).unwrap();
    }
}

#[test]
fn a_session_key_is_no_account() {
    let mut network = example();
    network.validators[0].babe = network.accounts[4].address;
    assert_says(&refusal_of(network), &["session key", "session keys of their own"]);
}

#[test]
fn the_patch_names_only_what_the_file_gives() {
    let text = EXAMPLE
        .replace("period = 600\n", "")
        .replace("slot_millis = 3000\n", "");
    let patch = Network::parse(&text).unwrap().patch();

    assert_eq!(patch["timing"]["epochBlocks"], 1_200);
    assert!(patch["timing"].get("slotMillis").is_none());
    assert!(patch["storageMarket"].get("period").is_none());
    assert_eq!(patch["balances"]["balances"].as_array().unwrap().len(), 6);
    assert_eq!(patch["balances"]["balances"][0][1], 150_000_500_000_000_000_u64);
    assert_eq!(patch["staking"]["stakers"].as_array().unwrap().len(), 5);
}

#[test]
fn votes_take_blocks_only_where_nothing_is_at_stake() {
    let fast = EXAMPLE.replacen("fast_governance = false", "fast_governance = true", 1);
    let message = Network::parse(&fast).unwrap_err().to_string();
    assert_says(&message, &["fast_governance in [timing]", "Development", "Local"]);

    for chain_type in ["Local", "Development"] {
        let text = fast.replacen("chain_type = \"Live\"", &format!("chain_type = \"{chain_type}\""), 1);
        let patch = Network::parse(&text).unwrap().patch();
        assert_eq!(patch["timing"]["fastGovernance"], true, "{chain_type}");
    }
}

#[test]
fn the_technical_collective_is_who_the_file_says_each_once() {
    let members = example().technical_collective;
    let patch = example().patch();
    let in_genesis: Vec<_> = members.iter().map(|member| member.to_string()).collect();
    assert_eq!(patch["technicalCollective"]["members"], serde_json::json!(in_genesis));

    let mut network = example();
    network.technical_collective.push(members[0]);
    assert_says(
        &refusal_of(network),
        &["technical_collective", &members[0].to_string(), "twice"],
    );

    let mut network = example();
    network.technical_collective = vec![members[0]; 21];
    assert_says(&refusal_of(network), &["technical_collective", "21", "at most 20"]);

    let known = EXAMPLE.replacen(
        "technical_collective = [",
        &format!("technical_collective = [\n    \"{ALICE}\","),
        1,
    );
    let message = Network::parse(&known).unwrap_err().to_string();
    assert_says(&message, &["member of technical_collective", ALICE, "Alice"]);

    let none = Network {
        technical_collective: Vec::new(),
        ..example()
    };
    assert!(none.check().is_ok());
}
