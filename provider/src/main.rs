//! `blocs-provider`: see `blocs-provider --help`.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    blocs_provider::cli::main(blocs_provider::cli::Cli::parse())
}
