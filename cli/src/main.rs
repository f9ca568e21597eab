//! `blocs`: the command line of BLOCS.

mod accounts;
mod args;
mod commands;
mod exit;
mod output;
mod progress;
mod settings;
mod units;

use args::{Cli, Command};
use clap::Parser;
use commands::Context;
use exit::{Status, error};
use output::Output;
use settings::Settings;
use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(wrong) => {
            // Help and version are answers, not errors. Nothing can be done when the terminal is gone.
            let _ = wrong.print();
            return if wrong.use_stderr() {
                Status::Usage.into()
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let output = cli.global.output();
    start_log(cli.global.verbose, cli.global.quiet);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            return report(
                &output,
                &anyhow::Error::from(e).context("cannot start the program's threads"),
            );
        }
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => report(&output, &failure),
    }
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    let output = cli.global.output();
    // Starting a development chain stops what it had started when it is interrupted.
    if let Command::Dev(command) = cli.command {
        let settings = Settings::load_for_dev(&cli.global)?;
        return command.run(&Context { settings, output }).await;
    }
    let settings = Settings::load(&cli.global)?;
    let context = Context { settings, output };
    tokio::select! {
        outcome = dispatch(cli.command, &context) => {
            if let Err(failure) = &outcome {
                commands::gov::explain_locks(&context, failure).await;
            }
            outcome
        }
        _ = tokio::signal::ctrl_c() => Err(error(Status::Interrupted, "interrupted")),
    }
}

async fn dispatch(command: Command, context: &Context) -> anyhow::Result<()> {
    match command {
        Command::Put(args) => args.run(context).await,
        Command::Get(args) => args.run(context).await,
        Command::Ls(args) => args.run(context).await,
        Command::Stat(args) => args.run(context).await,
        Command::Renew(args) => args.run(context).await,
        Command::Rm(args) => args.run(context).await,
        Command::Restore(args) => args.run(context).await,
        Command::Quote(args) => args.run(context).await,
        Command::Account(command) => command.run(context).await,
        Command::Transfer(args) => args.run(context).await,
        Command::Tx(command) => command.run(context).await,
        Command::Stake(command) => command.run(context).await,
        Command::Gov(command) => command.run(context).await,
        Command::Validators(args) => args.run(context).await,
        Command::Multisig(command) => command.run(context).await,
        Command::Proxy(command) => command.run(context).await,
        Command::Identity(command) => command.run(context).await,
        Command::Asset(command) => command.run(context).await,
        Command::Vesting(command) => command.run(context).await,
        Command::Batch(args) => args.run(context).await,
        Command::Contract(command) => command.run(context).await,
        Command::Runtime(command) => command.run(context).await,
        Command::Provider(command) => command.run(context).await,
        Command::Deal(command) => command.run(context).await,
        Command::Proof(command) => command.run(context).await,
        Command::Dev(command) => command.run(context).await,
        Command::Completions(args) => args.run(),
    }
}

/// Says what went wrong, with all causes; gives the exit code.
fn report(output: &Output, failure: &anyhow::Error) -> ExitCode {
    let status = Status::of(failure);
    let closed = |cause: &(dyn std::error::Error + 'static)| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    };
    if failure.chain().any(closed) {
        // Whoever read the output has seen enough.
        return status.into();
    }
    let mut message = String::new();
    for cause in failure.chain().map(ToString::to_string) {
        // Many errors tell their cause themselves.
        if !message.contains(&cause) {
            message = if message.is_empty() {
                cause
            } else {
                format!("{message}: {cause}")
            };
        }
    }
    if let Some((needed, held)) = failure.chain().find_map(exit::funds) {
        message = format!("{message} ({} needed, {} held)", units::bloc(needed), units::bloc(held));
    }
    if output.json {
        eprintln!("{}", serde_json::json!({ "error": message, "code": status.code() }));
    } else {
        eprintln!("error: {message}");
    }
    status.into()
}

/// Logs go to stderr, errors only unless asked for more; `BLOCS_LOG` overrides.
fn start_log(verbose: u8, quiet: bool) {
    let default = match (quiet, verbose) {
        (true, _) => "error",
        // What went wrong on the way and matters is part of each command's result.
        (false, 0) => "error",
        (false, 1) => "blocs=info,warn",
        (false, 2) => "blocs=debug,info",
        (false, _) => "trace",
    };
    let filter = EnvFilter::try_from_env("BLOCS_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let colour = std::env::var_os("NO_COLOR").is_none() && io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(colour)
        .init();
}
