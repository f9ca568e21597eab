//! The command line. Each command has its file; this one has what they share.

mod account;
mod init;
mod query;
mod register;
mod run;

use crate::{
    config::{Config, Override},
    keys,
    run_file::RunFile,
};
use anyhow::Context as _;
use blocs_chain::{ConnectError, ConnectOptions, QueryError, SubmitError, SubxtChain};
use clap::{Args, Parser, Subcommand};
use serde::Serialize;
use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

/// The provider daemon of BLOCS: keeps slots, proves them, earns.
#[derive(Debug, Parser)]
#[command(name = "blocs-provider", version, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the data folder: configuration and keys.
    Init(init::Init),
    /// Run the daemon.
    Run(run::Run),
    /// Register on the chain, or bring the registered terms up to date.
    Register(register::Register),
    /// Show how the daemon and its registration are.
    Status,
    /// List the slots held.
    Slots(query::Limit),
    /// List the last proving periods.
    Proofs(query::Limit),
    /// Show what was earned.
    Earnings,
    /// Pay out what was earned.
    Claim,
    /// Take no new slots from now on; open deals go on.
    Drain,
    /// Take new slots again.
    Resume,
    /// Stop the running daemon.
    Stop,
}

/// Options of all commands. Settings given here beat the environment, which beats the configuration file.
#[derive(Clone, Debug, Args)]
pub(crate) struct Options {
    /// Data folder.
    #[arg(long, global = true, env = "BLOCS_PROVIDER_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// Configuration file [default: provider.toml in the data folder].
    #[arg(long, global = true, env = "BLOCS_PROVIDER_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// File with the account's secret: a mnemonic or a secret URI.
    #[arg(long, global = true, env = "BLOCS_PROVIDER_SURI_FILE", value_name = "FILE")]
    suri_file: Option<PathBuf>,
    /// JSON-RPC of the node.
    #[arg(long, global = true, value_name = "URL")]
    url: Option<String>,
    /// Bytes of slots to keep, such as "500 GiB".
    #[arg(long, global = true, value_name = "SIZE")]
    capacity: Option<String>,
    /// Least price in planck per GiB and proving period.
    #[arg(long, global = true, value_name = "PLANCK")]
    price: Option<String>,
    /// Bond in planck; 0: what the chain requires.
    #[arg(long, global = true, value_name = "PLANCK")]
    bond: Option<String>,
    /// Zone.
    #[arg(long, global = true)]
    zone: Option<String>,
    /// Address to listen on for data.
    #[arg(long, global = true, value_name = "IP")]
    listen: Option<String>,
    /// Port for data, TCP and UDP; 0 for a free one.
    #[arg(long, global = true)]
    port: Option<String>,
    /// Address and port of the administration RPC.
    #[arg(long, global = true, value_name = "IP:PORT")]
    admin: Option<String>,
    /// Address and port of metrics and health.
    #[arg(long, global = true, value_name = "IP:PORT")]
    http: Option<String>,
    /// Multiaddress to publish; may be repeated.
    #[arg(long, global = true, value_name = "MULTIADDR")]
    external: Vec<String>,
    /// Any other setting, such as `offer.max_slot=1GiB`; may be repeated.
    #[arg(long, global = true, value_name = "SECTION.KEY=VALUE")]
    set: Vec<String>,
    /// Print JSON lines.
    #[arg(long, global = true)]
    json: bool,
    /// Answer questions with yes.
    #[arg(long, short, global = true)]
    yes: bool,
    /// More log lines; repeat for more.
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// Only warnings and errors.
    #[arg(long, short, global = true)]
    quiet: bool,
}

/// A failure with the exit code that scripts rely on.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Failure {
    code: u8,
    message: String,
}

/// Not found.
pub(crate) const NOT_FOUND: u8 = 4;
/// Worth another try.
pub(crate) const RETRYABLE: u8 = 5;
/// Not allowed.
pub(crate) const DENIED: u8 = 6;
/// No configuration or chain.
pub(crate) const NO_CHAIN: u8 = 10;
/// Insufficient funds.
pub(crate) const NO_FUNDS: u8 = 20;
/// The extrinsic failed.
pub(crate) const EXTRINSIC_FAILED: u8 = 23;

impl Failure {
    pub(crate) fn new(code: u8, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// The exit code for an error, by its kind.
fn exit_code(error: &anyhow::Error) -> u8 {
    for cause in error.chain() {
        if let Some(failure) = cause.downcast_ref::<Failure>() {
            return failure.code;
        }
        if let Some(error) = cause.downcast_ref::<SubmitError>() {
            return match error {
                SubmitError::InsufficientFunds { .. } => NO_FUNDS,
                SubmitError::Dispatch { .. } => EXTRINSIC_FAILED,
                SubmitError::Invalid { .. } => 1,
                _ => RETRYABLE,
            };
        }
        if cause.is::<ConnectError>() || cause.is::<crate::config::ConfigError>() {
            return NO_CHAIN;
        }
        if cause.is::<QueryError>() {
            return RETRYABLE;
        }
        if let Some(crate::keys::KeyError::NotPrivate { .. }) = cause.downcast_ref() {
            return DENIED;
        }
    }
    1
}

/// Runs the program.
pub fn main(cli: Cli) -> ExitCode {
    start_logging(&cli.options);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: cannot start threads: {error}");
            return ExitCode::from(1);
        }
    };
    let json = cli.options.json;
    let outcome = runtime.block_on(dispatch(cli));
    // A read of the disk that hangs must not keep the process alive.
    runtime.shutdown_timeout(std::time::Duration::from_secs(10));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let (code, message) = (exit_code(&error), describe(&error));
            if json {
                eprintln!("{}", serde_json::json!({ "error": message, "code": code }));
            } else {
                eprintln!("error: {message}");
            }
            ExitCode::from(code)
        }
    }
}

/// All causes in one line, none of them twice.
fn describe(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&cause);
        }
    }
    text
}

async fn dispatch(cli: Cli) -> anyhow::Result<()> {
    let options = cli.options;
    match cli.command {
        Command::Init(command) => command.run(&options),
        Command::Run(command) => command.run(&options).await,
        Command::Register(command) => command.run(&options).await,
        Command::Status => query::status(&options).await,
        Command::Slots(limit) => query::slots(&options, &limit).await,
        Command::Proofs(limit) => query::proofs(&options, &limit).await,
        Command::Earnings => query::earnings(&options).await,
        Command::Claim => account::claim(&options).await,
        Command::Drain => account::drain(&options).await,
        Command::Resume => account::resume(&options).await,
        Command::Stop => query::stop(&options).await,
    }
}

impl Options {
    /// The data folder.
    pub(crate) fn data(&self) -> anyhow::Result<PathBuf> {
        if let Some(data) = &self.data {
            return Ok(data.clone());
        }
        let home = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
        let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/share")));
        let home =
            home.ok_or_else(|| Failure::new(2, "cannot find a data folder: set --data or BLOCS_PROVIDER_DATA"))?;
        Ok(home.join("blocs/provider"))
    }

    /// Settings given as flags.
    pub(crate) fn overrides(&self) -> anyhow::Result<Vec<Override>> {
        let given = [
            ("chain", "url", &self.url),
            ("storage", "capacity", &self.capacity),
            ("offer", "price", &self.price),
            ("offer", "bond", &self.bond),
            ("offer", "zone", &self.zone),
            ("network", "listen", &self.listen),
            ("network", "port", &self.port),
            ("network", "admin", &self.admin),
            ("network", "http", &self.http),
        ];
        let mut overrides: Vec<Override> = Vec::new();
        for (section, key, value) in given {
            if let Some(value) = value {
                overrides.push((section.into(), key.into(), value.clone()));
            }
        }
        if let Some(file) = &self.suri_file {
            let file = std::path::absolute(file).context("cannot find the folder of --suri-file")?;
            overrides.push(("chain".into(), "suri_file".into(), file.display().to_string()));
        }
        if !self.external.is_empty() {
            overrides.push(("network".into(), "external".into(), self.external.join(",")));
        }
        for text in &self.set {
            let parts = text
                .split_once('=')
                .and_then(|(name, value)| Some((name.split_once('.')?, value)));
            let Some(((section, key), value)) = parts else {
                return Err(Failure::new(2, format!("--set {text:?} is not of the form SECTION.KEY=VALUE")).into());
            };
            overrides.push((section.into(), key.into(), value.into()));
        }
        Ok(overrides)
    }

    /// The configuration's file.
    pub(crate) fn config_file(&self) -> anyhow::Result<PathBuf> {
        Ok(match &self.config {
            Some(file) => file.clone(),
            None => self.data()?.join("provider.toml"),
        })
    }

    /// Data folder and settings. The file must be there: `init` makes it.
    pub(crate) fn load(&self) -> anyhow::Result<(PathBuf, Config)> {
        let data = self.data()?;
        let config = Config::load(Some(&self.config_file()?), std::env::vars(), &self.overrides()?)?;
        Ok((data, config))
    }

    /// Prints a result: as JSON, or as the text.
    pub(crate) fn print(&self, value: &impl Serialize, text: &str) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        if self.json {
            serde_json::to_writer(&mut out, value)?;
            writeln!(out)?;
        } else {
            write!(out, "{text}")?;
        }
        Ok(())
    }
}

/// Connects to the configured node.
pub(crate) async fn connect(config: &Config) -> anyhow::Result<SubxtChain> {
    let chain = blocs_chain::connect(&config.chain.url, ConnectOptions::default()).await?;
    Ok(chain)
}

/// The account's key.
pub(crate) fn account(data: &std::path::Path, config: &Config) -> anyhow::Result<blocs_chain::Signer> {
    Ok(keys::load_account(&config.suri_file(data))?)
}

/// Where the running daemon is.
pub(crate) fn running(data: &std::path::Path) -> anyhow::Result<Option<RunFile>> {
    RunFile::read(data).with_context(|| format!("cannot read run.json in {}", data.display()))
}

fn start_logging(options: &Options) {
    use tracing_subscriber::EnvFilter;
    let level = match (options.quiet, options.verbose) {
        (true, _) => "warn",
        (false, 0) => "info,libp2p=warn,subxt=warn,jsonrpsee=warn",
        (false, 1) => "debug,libp2p=info,subxt=info,jsonrpsee=info,hyper=info,soketto=info",
        (false, _) => "trace",
    };
    let filter = EnvFilter::try_from_env("BLOCS_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let started = if options.json {
        builder.json().try_init()
    } else {
        builder.with_ansi(colour).try_init()
    };
    if let Err(error) = started {
        eprintln!("warning: no log: {error}");
    }
}
