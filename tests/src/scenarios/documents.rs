//! The documents tell the truth.

use super::{Stage, Verdict};
use crate::{
    process::{Launch, run},
    program::{binary, checkout},
};
use anyhow::{Result, ensure};
use std::{collections::BTreeSet, fs, time::Duration};

const DOCUMENTS: [&str; 19] = [
    "docs/guides/transactions.md",
    "docs/guides/multisig-and-proxies.md",
    "docs/guides/voting.md",
    "docs/guides/proposing.md",
    "docs/guides/treasury.md",
    "docs/guides/wallets-and-dapps.md",
    "docs/guides/proofs.md",
    "docs/guides/monitoring.md",
    "docs/guides/networks.md",
    "docs/guides/security.md",
    "docs/guides/upgrades.md",
    "README.md",
    "CONTRIBUTING.md",
    "ARCHITECTURE.md",
    "docs/guides/providers.md",
    "docs/guides/validators.md",
    "docs/guides/nominators.md",
    "docs/guides/contracts.md",
    "docs/guides/contracts-and-storage.md",
];
const PROGRAMS: [&str; 3] = ["blocs", "blocs-provider", "blocs-node"];

/// A command line of a document: program, subcommands, flags.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    program: String,
    subcommands: Vec<String>,
    flags: Vec<String>,
}

/// Those lines of code blocks that call one of our programs.
fn lines(text: &str) -> Vec<Line> {
    let mut found = Vec::new();
    let mut code = false;
    for line in text.lines() {
        if line.starts_with("```") {
            code = !code;
            continue;
        }
        let mut words = line.split_whitespace();
        let Some(program) = words.next().filter(|word| code && PROGRAMS.contains(word)) else {
            continue;
        };
        let words: Vec<_> = words.take_while(|word| !["#", "&&", "|", ">"].contains(word)).collect();
        let plain = |word: &&&str| {
            word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-') && !word.starts_with('-')
        };
        let subcommands = words.iter().take_while(plain).map(|word| (*word).to_owned()).collect();
        let flags = words
            .iter()
            .filter(|word| word.starts_with("--"))
            .map(|word| (*word).to_owned())
            .collect();
        found.push(Line {
            program: program.to_owned(),
            subcommands,
            flags,
        });
    }
    found
}

pub(super) async fn commands_in_the_documents_exist(stage: &Stage) -> Result<Verdict> {
    let folder = stage.workspace().folder("documents")?;
    let mut all = BTreeSet::new();
    for document in DOCUMENTS {
        all.extend(lines(&fs::read_to_string(checkout().join(document))?));
    }
    ensure!(
        all.len() > 10,
        "only {} command lines were found in the documents",
        all.len()
    );
    for (number, line) in all.iter().enumerate() {
        let mut args = line.subcommands.clone();
        args.push("--help".into());
        let out = folder.join(format!("help-{number}.out"));
        let mut launch = Launch::new(&binary(&line.program)?, args, folder.join(format!("help-{number}.log")));
        launch.stdout = Some(out.clone());
        let status = run(launch, Duration::from_secs(120)).await?;
        ensure!(
            status.success(),
            "a document names a command that is not there: {line:?}"
        );
        let help = fs::read_to_string(out)?;
        for flag in &line.flags {
            ensure!(
                help.contains(flag.as_str()),
                "a document names a flag that is not there: {flag} in {line:?}"
            );
        }
    }
    Ok(Verdict::Passed)
}
