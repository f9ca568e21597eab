//! Processes that outlive this program, and are stopped only when they are really ours.

use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::{
    env, fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How long a process may take to end after it was asked to.
const STOP_PATIENCE: Duration = Duration::from_secs(20);
/// How often a condition is looked at.
const POLL: Duration = Duration::from_millis(100);
/// How much of a log is shown when its process fails.
const LOG_TAIL_LINES: usize = 12;

/// A process started by `dev up`. The time of its start tells it from a later process with the same number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Started {
    pub(super) pid: u32,
    /// Start in clock ticks since boot.
    start_ticks: u64,
    /// The boot that the ticks count from.
    boot: String,
}

impl Started {
    /// Whether this very process still runs.
    pub(super) fn is_alive(&self) -> bool {
        boot_id() == self.boot && stat(self.pid).is_some_and(|(state, ticks)| ticks == self.start_ticks && state != 'Z')
    }

    fn signal(&self, name: &str) {
        if self.is_alive() {
            // Should it have ended meanwhile, there is nothing to stop.
            let _ = Command::new("sh")
                .args(["-c", "kill -s \"$1\" \"$2\"", "sh", name, &self.pid.to_string()])
                .status();
        }
    }
}

/// Asks all to end, waits, and kills those that do not. Says whether all have ended.
pub(super) async fn stop(processes: &[Started]) -> bool {
    for process in processes {
        process.signal("TERM");
    }
    if all_ended(processes, STOP_PATIENCE).await {
        return true;
    }
    for process in processes {
        process.signal("KILL");
    }
    all_ended(processes, STOP_PATIENCE).await
}

async fn all_ended(processes: &[Started], patience: Duration) -> bool {
    let deadline = Instant::now() + patience;
    while processes.iter().any(Started::is_alive) {
        if Instant::now() >= deadline {
            return false;
        }
        tokio::time::sleep(POLL).await;
    }
    true
}

/// State letter and start time of a process.
fn stat(pid: u32) -> Option<(char, u64)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after_name) = text.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace();
    let state = fields.next()?.chars().next()?;
    // Field 22 of the whole line: the state is field 3.
    let ticks = fields.nth(18)?.parse().ok()?;
    Some((state, ticks))
}

fn boot_id() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map(|id| id.trim().to_owned())
        .unwrap_or_default()
}

/// The program `name`: beside this one, or on the PATH.
pub(super) fn find(name: &str) -> anyhow::Result<PathBuf> {
    let beside = env::current_exe()
        .ok()
        .and_then(|exe| exe.parent().map(|folder| folder.join(name)));
    let on_path = env::var_os("PATH")
        .into_iter()
        .flat_map(|path| env::split_paths(&path).collect::<Vec<_>>());
    beside
        .into_iter()
        .chain(on_path.map(|folder| folder.join(name)))
        .find(|path| path.is_file())
        .with_context(|| {
            format!("cannot find {name} beside this program or on the PATH: build it with `cargo build --release`")
        })
}

/// A running child of this program, with its log.
pub(super) struct Daemon {
    child: Child,
    log: PathBuf,
    pub(super) started: Started,
}

/// Starts a program in its own process group, with both outputs in `log`.
pub(super) fn start(command: &mut Command, log: &Path) -> anyhow::Result<Daemon> {
    let program = command.get_program().to_string_lossy().into_owned();
    let context = || format!("cannot start {program}");
    let file = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .with_context(context)?;
    let child = command
        .stdin(Stdio::null())
        .stdout(file.try_clone().with_context(context)?)
        .stderr(file)
        .process_group(0)
        .spawn()
        .with_context(context)?;
    let pid = child.id();
    let (_, start_ticks) = stat(pid).with_context(|| format!("{program} ended at once: see {}", log.display()))?;
    Ok(Daemon {
        child,
        log: log.to_owned(),
        started: Started {
            pid,
            start_ticks,
            boot: boot_id(),
        },
    })
}

impl Daemon {
    /// An error with the end of the log when the process has ended.
    pub(super) fn check(&mut self) -> anyhow::Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => Err(anyhow::anyhow!("it ended with {status}:\n{}", tail(&self.log))),
        }
    }

    /// The end of its log.
    pub(super) fn tail(&self) -> String {
        tail(&self.log)
    }
}

/// Runs a program to its end; an error holds what it said.
pub(super) async fn run(mut command: tokio::process::Command, doing: &str) -> anyhow::Result<()> {
    let output = command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .with_context(|| format!("cannot {doing}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(anyhow::anyhow!("cannot {doing}: {}: {}", output.status, said.trim()))
}

fn tail(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(LOG_TAIL_LINES);
    format!("{}\n(the whole log is {})", lines[from..].join("\n"), log.display())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    #[tokio::test]
    async fn only_the_very_process_is_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let daemon = start(Command::new("sleep").arg("600"), &folder.path().join("log")).unwrap();
        let mut other = daemon.started.clone();
        other.start_ticks += 1;
        assert!(daemon.started.is_alive());
        assert!(!other.is_alive());
        assert!(stop(&[other]).await);
        assert!(daemon.started.is_alive());
        assert!(stop(std::slice::from_ref(&daemon.started)).await);
        assert!(!daemon.started.is_alive());
    }

    #[tokio::test]
    async fn a_failed_program_is_quoted() {
        let mut command = tokio::process::Command::new("sh");
        command.args(["-c", "echo broken >&2; exit 3"]);
        let error = run(command, "try").await.unwrap_err().to_string();
        assert!(error.contains("cannot try") && error.contains("broken"), "{error}");
    }
}
