//! `blocs dev`: a chain and providers with one command.

use super::{Stage, Verdict};
use crate::{
    free_port,
    process::{Launch, run},
    program::binary,
    random_file, sha256,
};
use anyhow::{Context, Result, ensure};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

pub(super) async fn chain_of_one_command_takes_a_file_and_goes_without_a_trace(stage: &Stage) -> Result<Verdict> {
    // Given a machine with nothing but the programs
    let home = stage.workspace().folder("dev")?;
    let folder = home.join("chain");
    let dir = folder.display().to_string();
    let _guard = Guard(home.clone());

    // When the chain is brought up
    let port = free_port()?.to_string();
    let up = [
        "--json",
        "dev",
        "up",
        "--providers",
        "3",
        "--rpc-port",
        &port,
        "--dir",
        &dir,
    ];
    let told = run_plain(&home, None, &up).await?;
    let config = told
        .get("config")
        .and_then(|config| config.as_str())
        .context("dev up names no configuration")?
        .to_owned();

    // Then it takes a file, and gives it back
    let (source, copy) = (home.join("source.bin"), home.join("copy.bin"));
    random_file(&source, 3 << 20, 23)?;
    let (source_text, copy_text) = (source.display().to_string(), copy.display().to_string());
    run_plain(
        &home,
        Some(&config),
        &["--json", "put", &source_text, "--name", "file", "--ec", "2+1"],
    )
    .await?;
    run_plain(&home, Some(&config), &["--json", "get", "file", "-o", &copy_text]).await?;
    ensure!(sha256(&source)? == sha256(&copy)?, "the copy differs from the source");

    // And when it is taken down, no process and no file is left
    let status = run_plain(&home, Some(&config), &["--json", "dev", "status", "--dir", &dir]).await?;
    let pids = pids(&status);
    ensure!(
        pids.len() == 4,
        "dev status names {} processes in place of a node and three providers",
        pids.len()
    );
    run_plain(&home, Some(&config), &["--json", "dev", "down", "--dir", &dir]).await?;
    for pid in pids {
        ensure!(!runs(pid), "process {pid} still runs after dev down");
    }
    ensure!(!folder.exists(), "{dir} is still there after dev down");
    Ok(Verdict::Passed)
}

/// Runs `blocs` with nothing but a home folder, and perhaps a configuration.
async fn run_plain(home: &Path, config: Option<&str>, args: &[&str]) -> Result<serde_json::Value> {
    let (log, out) = (home.join("blocs.log"), home.join("blocs.out"));
    let mut launch = Launch::new(&binary("blocs")?, args, log.clone())
        .env("HOME", home)
        .env("XDG_DATA_HOME", home.join("data"));
    if let Some(config) = config {
        launch = launch.env("BLOCS_CONFIG", config);
    }
    launch.stdout = Some(out.clone());
    let status = run(launch, Duration::from_secs(300)).await?;
    let (stdout, stderr) = (fs::read_to_string(out)?, crate::process::tail(&log));
    ensure!(
        status.success(),
        "blocs {} ended with {status}: {stderr}",
        args.join(" ")
    );
    let line = stdout
        .lines()
        .last()
        .with_context(|| format!("blocs {} printed nothing", args.join(" ")))?;
    serde_json::from_str(line).with_context(|| format!("blocs {} printed {line}", args.join(" ")))
}

fn pids(status: &serde_json::Value) -> Vec<u64> {
    let providers = status
        .get("providers")
        .and_then(|list| list.as_array())
        .into_iter()
        .flatten();
    let all = providers
        .chain(status.get("node"))
        .filter_map(|one| one.get("pid")?.as_u64());
    all.collect()
}

/// Whether a process runs: one that has ended and that nobody has asked for its status does not.
fn runs(pid: u64) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(") ").map(|(_, rest)| rest.starts_with('Z'));
    state == Some(false)
}

/// Takes the chains below a folder down when a scenario fails: `dev up` means its processes to outlive their parent.
struct Guard(PathBuf);

impl Drop for Guard {
    fn drop(&mut self) {
        stop_dev_chains(&self.0);
    }
}

/// Takes down every chain that `blocs dev up` has started below `folder`.
pub fn stop_dev_chains(folder: &Path) {
    let Ok(blocs) = binary("blocs") else { return };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.join("dev.json").is_file() {
            Command::new(&blocs)
                .args(["--quiet", "dev", "down", "--dir"])
                .arg(&path)
                .env("HOME", folder)
                .stdout(Stdio::null())
                .status()
                .ok();
        } else if path.is_dir() {
            stop_dev_chains(&path);
        }
    }
}
