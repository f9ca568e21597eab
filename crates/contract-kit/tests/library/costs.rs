//! What the library costs: the table in `contracts/README.md`. `BLOCS_BLESS=1` writes it anew.

use crate::{at, deploy, input, token};
use blocs_contract_kit::{AccountId, BLOC, Contract, Sandbox, address, bundle};
use std::{collections::BTreeMap, fs, path::Path};

const START: &str = "<!-- costs: written by BLOCS_BLESS=1, checked by the kit's tests -->\n";
const END: &str = "<!-- end of costs -->";
const NONE: &str = "0x0000000000000000000000000000000000000000000000000000000000000000";

/// Gas is metered, not measured: it differs only when code, weights or the compiler do. This much is let pass, in percent.
const TOLERANCE: u64 = 25;

struct Measured {
    bytes: u64,
    micros: u64,
    deposit: i128,
}

/// Calls, and notes what they cost.
struct Bench {
    sandbox: Sandbox,
    rows: BTreeMap<(String, String), Measured>,
}

impl Bench {
    fn call(&mut self, contract: &Contract, by: &AccountId, message: &str, args: &[&str]) {
        self.pay(contract, by, message, args, 0);
    }

    fn pay(&mut self, contract: &Contract, by: &AccountId, message: &str, args: &[&str], value: u128) {
        let outcome = self
            .sandbox
            .call_with_value(contract, by, message, args, value)
            .unwrap();
        let row = Measured {
            bytes: contract.bundle.wasm().unwrap().len() as u64,
            micros: outcome.gas.ref_time() / 1_000_000,
            deposit: outcome.deposit / 1_000_000_000,
        };
        self.rows
            .insert((contract.bundle.name().to_owned(), message.to_owned()), row);
    }

    fn table(&self) -> String {
        let mut text =
            "| contract | code, bytes | message | computing, µs | deposit, mBLOC |\n|---|--:|---|--:|--:|\n".to_owned();
        for ((contract, message), Measured { bytes, micros, deposit }) in &self.rows {
            text += &format!("| {contract} | {bytes} | {message} | {micros} | {deposit} |\n");
        }
        text
    }
}

/// Typical calls of each contract.
fn measure() -> Bench {
    let mut sandbox = Sandbox::new();
    let (alice, bob) = (sandbox.account("alice"), sandbox.account("bob"));
    let (alice_at, bob_at) = (address(&alice), address(&bob));
    let gold = token(&mut sandbox, &alice, "1000", "None");
    let stones = deploy(&mut sandbox, "nft", &alice, "new", &["Stones", "STN"]);
    let roles = deploy(&mut sandbox, "roles", &alice, "new", &[]);
    let purse = deploy(&mut sandbox, "pausable", &alice, "new", &[]);
    let counter = deploy(&mut sandbox, "upgradeable", &alice, "new", &[&alice_at, "0"]);
    let second = bundle("upgradeable-v2");
    let hash = second
        .code_hash()
        .iter()
        .fold("0x".to_owned(), |text, byte| format!("{text}{byte:02x}"));
    sandbox.upload(&second, &alice).unwrap();
    let rewards = sandbox
        .deploy(&bundle("rewards"), &alice, "new", &[&bob_at], 10 * BLOC)
        .unwrap();
    let rules = "{voting_period: 5, execution_window: 50, quorum: 1, proposal_threshold: 1}";
    let dao = deploy(
        &mut sandbox,
        "dao",
        &alice,
        "with_members",
        &[&format!("[({alice_at}, 1)]"), rules],
    );
    let timelock = deploy(
        &mut sandbox,
        "timelock",
        &alice,
        "new",
        &["0", "50", &format!("[{alice_at}]"), "[]", "None"],
    );

    let mut bench = Bench {
        sandbox,
        rows: BTreeMap::new(),
    };
    bench.call(&gold, &alice, "transfer", &[&bob_at, "10"]);
    bench.call(&gold, &alice, "approve", &[&bob_at, "10"]);
    bench.call(&gold, &bob, "transfer_from", &[&alice_at, &bob_at, "5"]);
    bench.call(&gold, &alice, "mint", &[&bob_at, "5"]);
    bench.call(&gold, &alice, "burn", &["5"]);
    bench.call(&stones, &alice, "mint", &[&alice_at, "blocs://stone/0"]);
    bench.call(&stones, &alice, "transfer", &[&bob_at, "0"]);
    bench.call(&roles, &alice, "grant_role", &["1", &bob_at]);
    bench.pay(&purse, &bob, "deposit", &[], BLOC);
    bench.call(&purse, &bob, "withdraw", &["0.5BLOC"]);
    bench.call(&purse, &alice, "pause", &[]);
    bench.call(&counter, &alice, "increment", &[]);
    bench.call(&counter, &alice, "propose_upgrade", &[&hash]);
    bench.call(&counter, &alice, "apply_upgrade", &[]);
    let upgraded = bench.sandbox.register(&second, &counter.address);
    bench.call(&upgraded, &alice, "migrate", &["5"]);
    bench.call(&rewards, &bob, "reward", &[&bob_at, "1BLOC", "0"]);
    bench.call(&rewards, &bob, "penalise", &[&bob_at, "0.5BLOC", "1"]);
    bench.call(&rewards, &bob, "claim", &[]);
    let send = input(&gold, "transfer", &[&bob_at, "0"]);
    bench.call(&timelock, &alice, "queue", &[&at(&gold), "0", &send, NONE]);
    bench.call(&timelock, &bob, "execute", &[&at(&gold), "0", &send, NONE]);
    bench.call(&dao, &alice, "propose", &[&at(&gold), "0", &send, NONE]);
    bench.call(&dao, &alice, "vote", &["0", "true"]);
    bench.sandbox.advance_blocks(6);
    bench.call(&dao, &bob, "execute", &["0"]);
    bench
}

#[test]
fn sizes_and_gas_are_what_the_readme_says() {
    let bench = measure();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts/README.md");
    let mut readme = fs::read_to_string(&file).unwrap();
    if std::env::var_os("BLOCS_BLESS").is_some() {
        let from = readme.find(START).unwrap() + START.len();
        let to = readme.find(END).unwrap();
        readme.replace_range(from..to, &bench.table());
        fs::write(&file, &readme).unwrap();
    }
    let mut seen = 0;
    for line in readme
        .split_once(START)
        .unwrap()
        .1
        .split_once(END)
        .unwrap()
        .0
        .lines()
        .skip(2)
    {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [contract, bytes, message, micros, _] = cells.as_slice() else {
            panic!("{line}")
        };
        let found = &bench.rows[&((*contract).to_owned(), (*message).to_owned())];
        for (said, is) in [(bytes, found.bytes), (micros, found.micros)] {
            let said: u64 = said.parse().unwrap();
            assert!(
                is.abs_diff(said) * 100 <= said * TOLERANCE,
                "{contract} {message}: {said} in the README, now {is}"
            );
        }
        seen += 1;
    }
    assert_eq!(
        seen,
        bench.rows.len(),
        "the README misses a message: run again with BLOCS_BLESS=1"
    );
}
