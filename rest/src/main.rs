//! `blocs-rest`: see `blocs-rest --help`.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    blocs_rest::cli::main(blocs_rest::cli::Cli::parse())
}
