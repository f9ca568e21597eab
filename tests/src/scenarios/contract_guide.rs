//! The guide for contract authors: its commands, in their order, up to a page that uses the contract.

use super::{Stage, Verdict, clients::missing};
use crate::{
    process::{run, tail},
    program::{checkout, target_dir},
};
use anyhow::{Context, Result, ensure};
use std::{
    env, fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// Compiling a contract and its tests, on a machine that does other things beside it.
const LIMIT: Duration = Duration::from_secs(480);
/// Commands of the guide that prepare the machine, which is prepared.
const PREPARED: [&str; 3] = ["rustup target add", "blocs dev up", "npm ci"];

/// The guide's commands as a script. What people copy from one command's output into the next is a variable in it.
fn script(guide: &str) -> String {
    let mut script = String::from("set -euxo pipefail\ncd \"$HOME\"\n");
    let mut code = false;
    for line in guide.lines() {
        match line {
            "```sh" => code = true,
            "```" => code = false,
            _ if !code || PREPARED.iter().any(|prepared| line.starts_with(prepared)) => {}
            _ => {
                let line = line
                    .replace("target/ink", "$CARGO_TARGET_DIR/ink")
                    .replace("cd examples", &format!("cd '{}'/examples", checkout().display()))
                    .replace("ws://127.0.0.1:9944", "$BLOCS_URL")
                    .replace("ADDRESS", "$ADDRESS")
                    .replace(" BUNDLE", " $CARGO_TARGET_DIR/ink/turner/turner.contract");
                if line.starts_with("blocs contract instantiate") && !line.ends_with("--dry-run") {
                    let address = r#"grep -o '"contract":"[^"]*"' | cut -d '"' -f 4"#;
                    script.push_str(&format!("ADDRESS=$({line} --json | {address})\n"));
                } else {
                    script.push_str(&line);
                    script.push('\n');
                }
            }
        }
    }
    script
}

/// A folder of cargo or rustup, which lies in the home of whoever runs the tests.
fn of_home(variable: &str, folder: &str) -> PathBuf {
    let home = || env::var_os("HOME").map(PathBuf::from).unwrap_or_default().join(folder);
    env::var_os(variable).map_or_else(home, PathBuf::from)
}

pub(super) async fn a_contract_comes_from_nothing_to_a_page_as_the_guide_says(stage: &Stage) -> Result<Verdict> {
    if let Some(verdict) = missing("contract-page")? {
        return Ok(verdict);
    }
    // Given the guide's commands
    let guide = fs::read_to_string(checkout().join("docs/guides/contracts.md"))?;
    let script = script(&guide);
    ensure!(
        script.matches("blocs contract").count() > 10 && script.contains("node check.mjs"),
        "the guide has hardly any commands: {script}"
    );

    // When somebody types them
    let cluster = stage.shared().await?;
    let user = cluster.user("contract-guide").await?;
    let (mut launch, _) = user.launch(cluster.url(), ["-c", &script])?;
    let (log, out) = (user.home().join("guide.log"), user.home().join("guide.out"));
    launch.program = "bash".into();
    launch.stdout = Some(out.clone());
    launch.log = log.clone();
    let programs = target_dir()?;
    let target = programs.parent().unwrap_or(&programs).join("contracts");
    let path = format!("{}:{}", programs.display(), env::var("PATH").unwrap_or_default());
    let launch = launch
        .env("PATH", path)
        .env("CARGO_HOME", of_home("CARGO_HOME", ".cargo"))
        .env("RUSTUP_HOME", of_home("RUSTUP_HOME", ".rustup"))
        .env("CARGO_TARGET_DIR", target);
    let status = run(launch, LIMIT).await?;

    // Then each does what the guide says
    let (said, noted) = (read(&out)?, read(&log)?);
    ensure!(
        status.success(),
        "a command of the guide failed: {}\n{}",
        tail(&log),
        tail(&out)
    );
    let page = said.lines().rfind(|line| line.starts_with('{')).context("no page")?;
    ensure!(
        page.contains(r#""before":true,"after":false,"signed":1"#),
        "the page did not turn the bit that the guide had turned: {page}"
    );
    ensure!(
        noted.contains("2 passed"),
        "the contract's tests did not run: {}",
        tail(&log)
    );
    ensure!(said.contains("Turned"), "no event is shown: {said}");
    Ok(Verdict::Passed)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
