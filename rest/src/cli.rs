//! The command line.

use crate::{Limits, openapi, serve};
use anyhow::Context;
use blocs_chain::{ConnectError, ConnectOptions, connect};
use clap::{ArgAction, Parser};
use std::{io::IsTerminal, io::Write as _, net::SocketAddr, process::ExitCode, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tracing::info;

/// Exit codes, as `blocs` uses them.
const RETRYABLE: u8 = 5;
const NO_CHAIN: u8 = 10;

/// How long a request waits for a node that is away.
const PATIENCE: Duration = Duration::from_secs(3);

/// Serves the chain as JSON over HTTP, read only. Each flag can also be given as an environment variable.
#[derive(Clone, Debug, Parser)]
#[command(name = "blocs-rest", version)]
pub struct Cli {
    /// The node's WebSocket.
    #[arg(long, env = "BLOCS_REST_URL", default_value = "ws://127.0.0.1:9944")]
    pub url: String,
    /// Where to listen.
    #[arg(long, env = "BLOCS_REST_LISTEN", default_value = "127.0.0.1:9710")]
    pub listen: SocketAddr,
    /// Web pages that may read the answers: `*`, or origins such as `https://example.org` with commas between, or `none`.
    #[arg(long, env = "BLOCS_REST_CORS", default_value = "*", value_delimiter = ',')]
    pub cors: Vec<String>,
    /// Requests that run at the same time; those beyond are refused with status 503.
    #[arg(long, env = "BLOCS_REST_MAX_REQUESTS", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    pub max_requests: u16,
    /// Connections that are open at the same time; those beyond wait.
    #[arg(long, env = "BLOCS_REST_MAX_CONNECTIONS", default_value_t = 512, value_parser = clap::value_parser!(u16).range(1..))]
    pub max_connections: u16,
    /// Longest time for a request, in seconds.
    #[arg(long, env = "BLOCS_REST_TIMEOUT", default_value_t = 15, value_parser = clap::value_parser!(u16).range(1..))]
    pub timeout: u16,
    /// Print the OpenAPI document and end.
    #[arg(long)]
    pub openapi: bool,
    /// Log as JSON, an object on each line.
    #[arg(long, env = "BLOCS_REST_JSON")]
    pub json: bool,
    /// Log more; twice for all.
    #[arg(short, long, action = ArgAction::Count)]
    pub verbose: u8,
    /// Log warnings and errors only.
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
}

impl Cli {
    fn limits(&self) -> Limits {
        Limits {
            requests: self.max_requests.into(),
            connections: self.max_connections.into(),
            timeout: Duration::from_secs(self.timeout.into()),
            cors: self.cors.iter().filter(|origin| *origin != "none").cloned().collect(),
        }
    }
}

/// Runs until it is told to stop.
pub fn main(cli: Cli) -> ExitCode {
    if cli.openapi {
        let printed = std::io::stdout().write_all(openapi::document().as_bytes());
        return ExitCode::from(u8::from(printed.is_err()));
    }
    start_log(&cli);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = runtime
        .context("cannot start the runtime for asynchronous work")
        .and_then(|runtime| runtime.block_on(run(&cli)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            match error.downcast_ref::<ConnectError>() {
                Some(ConnectError::Unreachable(_)) => ExitCode::from(RETRYABLE),
                Some(_) => ExitCode::from(NO_CHAIN),
                None => ExitCode::FAILURE,
            }
        }
    }
}

async fn run(cli: &Cli) -> anyhow::Result<()> {
    let mut terminated = signal(SignalKind::terminate()).context("cannot wait for signals")?;
    let options = ConnectOptions {
        expected_genesis: None,
        patience: PATIENCE,
    };
    let chain = connect(&cli.url, options).await?;
    let listener = TcpListener::bind(cli.listen).await.with_context(|| {
        format!(
            "cannot listen on {}: is another program there? Choose another place with --listen",
            cli.listen
        )
    })?;
    let address = listener.local_addr().context("cannot tell where it listens")?;
    info!(%address, node = cli.url, "serving; the description is at /openapi.json");
    let stop = async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => {}
        }
        info!("stopping");
    };
    serve(listener, Arc::new(chain), cli.limits(), stop)
        .await
        .context("the server ended")?;
    info!("stopped");
    Ok(())
}

fn start_log(cli: &Cli) {
    use tracing_subscriber::EnvFilter;
    let level = match (cli.quiet, cli.verbose) {
        (true, _) => "warn",
        (false, 0) => "info,subxt=warn,jsonrpsee=warn",
        (false, 1) => "blocs_rest=debug,info,subxt=warn,jsonrpsee=warn",
        (false, _) => "debug",
    };
    let filter = EnvFilter::try_from_env("BLOCS_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let started = if cli.json {
        builder.json().try_init()
    } else {
        builder.with_ansi(colour).try_init()
    };
    if let Err(error) = started {
        eprintln!("warning: no log: {error}");
    }
}
