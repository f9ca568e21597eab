//! `doctor`: looks for what keeps a node from working, and says what to do about it.
//!
//! It looks at the machine and the node's folder, and asks the node when one runs. It changes nothing, except that it writes and removes
//! a small file beside the database.

mod chain;
mod disk;
mod keys;
mod ports;
mod running;

use crate::{
    cli::Cli,
    remote::{DEFAULT_URL, Remote},
};
use blocs_primitives::AccountId;
use clap::Args;
use sc_cli::{CliConfiguration, SharedParams, SubstrateCli};
use sc_service::{BasePath, ChainSpec};
use std::{
    fmt,
    io::{self, Write},
    path::PathBuf,
};

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    shared: SharedParams,

    /// JSON-RPC address of the node.
    #[arg(long, value_name = "URL", default_value = DEFAULT_URL)]
    url: String,

    /// Account of the validator whose session keys the node should have. Without it, those of all active validators are looked for.
    #[arg(long, value_name = "ACCOUNT")]
    owner: Option<AccountId>,

    /// The network port that the node is to use.
    #[arg(long, value_name = "PORT", default_value_t = 30333)]
    port: u16,

    /// The Prometheus port that the node is to use.
    #[arg(long, value_name = "PORT", default_value_t = 9615)]
    prometheus_port: u16,

    /// Print a JSON object for each check.
    #[arg(long)]
    json: bool,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Ok,
    Warn,
    Fail,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        })
    }
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    check: &'static str,
    status: Status,
    message: String,
    next: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self {
            check,
            status: Status::Ok,
            message: message.into(),
            next: None,
        }
    }

    fn warn(check: &'static str, message: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            status: Status::Warn,
            next: Some(next.into()),
            ..Self::ok(check, message)
        }
    }

    fn fail(check: &'static str, message: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            status: Status::Fail,
            ..Self::warn(check, message, next)
        }
    }
}

/// Where a node of a chain keeps things.
struct Folders {
    base: PathBuf,
    chain: PathBuf,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
enum DoctorError {
    #[error("cannot print the report: {0}")]
    Print(#[from] io::Error),
    #[error("{0} of the checks failed: do what their lines say, and run `blocs-node doctor` again")]
    Failed(usize),
}

impl Doctor {
    /// Runs the command. It fails when a check fails.
    pub(crate) fn run(&self, cli: &Cli) -> sc_cli::Result<()> {
        let spec = cli.load_spec(&self.shared.chain_id(self.shared.is_dev()))?;
        let base = self
            .shared
            .base_path()?
            .unwrap_or_else(|| BasePath::from_project("", "", &Cli::executable_name()));
        let folders = Folders {
            base: base.path().to_owned(),
            chain: base.config_dir(spec.id()),
        };
        let runtime = sc_cli::build_runtime()?;
        let findings = runtime.block_on(self.examine(&*spec, &folders));
        self.print(&mut io::stdout(), &findings)
            .map_err(|error| sc_cli::Error::Application(Box::new(DoctorError::Print(error))))?;
        match findings.iter().filter(|finding| finding.status == Status::Fail).count() {
            0 => Ok(()),
            failed => Err(sc_cli::Error::Application(Box::new(DoctorError::Failed(failed)))),
        }
    }

    async fn examine(&self, spec: &dyn ChainSpec, folders: &Folders) -> Vec<Finding> {
        let node = Remote::connect(&self.url).await;
        let mut findings = disk::check(folders);
        findings.push(keys::network_key(folders));
        findings.push(running::synchronized());
        let wanted = chain::genesis_of(spec);
        match &node {
            Ok(node) => {
                findings.push(Finding::ok("node", format!("answers at {}", node.url())));
                findings.push(chain::of_node(node, &wanted).await);
                findings.extend(running::check(node).await);
                findings.extend(keys::session_keys(node, self.owner.as_ref()).await);
            }
            Err(error) => {
                findings.push(Finding::warn(
                    "node",
                    error.to_string(),
                    "start the node, and run `blocs-node doctor` again: it then looks at keys, peers and sync as well",
                ));
                findings.extend(ports::check(&self.url, self.port, self.prometheus_port));
                findings.push(chain::of_database(folders, &wanted));
            }
        }
        findings
    }

    fn print(&self, out: &mut impl Write, findings: &[Finding]) -> io::Result<()> {
        for finding in findings {
            let Finding {
                check,
                status,
                message,
                next,
            } = finding;
            if self.json {
                let line = serde_json::json!({
                    "check": check,
                    "status": status.to_string(),
                    "message": message,
                    "next": next,
                });
                writeln!(out, "{line}")?;
                continue;
            }
            writeln!(out, "{status:<5} {check:<14} {message}")?;
            if let Some(next) = next {
                writeln!(out, "{:<20} → {next}", "")?;
            }
        }
        Ok(())
    }
}

impl CliConfiguration for Doctor {
    fn shared_params(&self) -> &SharedParams {
        &self.shared
    }
}
