//! The command line.

use crate::{
    compiled::Place,
    doctor::Doctor,
    key_rotate::RotateKeys,
    limits,
    logging::{LogFormat, LogOptions},
};
use clap::Parser;
use sc_cli::{
    ChainInfoCmd, ChainSpec, CheckBlockCmd, ExportBlocksCmd, ExportChainSpecCmd, ImportBlocksCmd, KeySubcommand,
    PurgeChainCmd, RevertCmd, RunCmd, SubstrateCli,
};

/// Arguments of `blocs-node`.
#[derive(Debug, Parser)]
pub(crate) struct Cli {
    /// What to do instead of running the node.
    #[command(subcommand)]
    pub(crate) subcommand: Option<Subcommand>,

    /// How to run the node.
    #[command(flatten)]
    pub(crate) run: RunCmd,

    /// How the log is written.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = LogFormat::Text)]
    log_format: LogFormat,

    /// Send spans to this OpenTelemetry collector, by OTLP over HTTP, such as `http://127.0.0.1:4318`.
    #[arg(long, value_name = "URL")]
    otlp_endpoint: Option<String>,

    /// Which spans are sent, in the syntax of `--log`: `info,txpool=trace` adds those of the transaction pool.
    #[arg(long, value_name = "FILTER", default_value = "info", requires = "otlp_endpoint")]
    otlp_filter: String,

    /// Where the runtime's compiled code is kept, so that the next start takes it from there; `none` keeps none.
    ///
    /// By default a folder `compiled-code` beside the database, and none where the database is temporary. Nobody but the node's user may
    /// have access to the folder: the node runs what lies there.
    #[arg(long, value_name = "PATH|none")]
    compiled_code: Option<Place>,
}

impl Cli {
    /// Where compiled code is kept.
    pub(crate) fn compiled_code(&self) -> Place {
        let shared = &self.run.shared_params;
        let is_temporary = self.run.tmp || (shared.is_dev() && shared.base_path.is_none());
        let default = if is_temporary { Place::Nowhere } else { Place::Beside };
        self.compiled_code.clone().unwrap_or(default)
    }

    /// How to log.
    pub(crate) fn log_options(&self) -> LogOptions<'_> {
        LogOptions {
            format: self.log_format,
            otlp_endpoint: self.otlp_endpoint.as_deref(),
            otlp_filter: &self.otlp_filter,
        }
    }
}

/// What the program does besides running a node.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subcommand {
    /// Make, look at, insert and rotate keys.
    #[command(subcommand)]
    Key(Key),

    /// Look for what keeps a node from working: clock, disk, ports, keys, peers, sync.
    Doctor(Doctor),

    /// Write a chain specification as JSON, plain or raw.
    #[command(alias = "build-spec")]
    ExportChainSpec(ExportChainSpecCmd),

    /// Check blocks of the database once more.
    CheckBlock(CheckBlockCmd),

    /// Write blocks of the database to a file.
    ExportBlocks(ExportBlocksCmd),

    /// Read blocks from a file into the database.
    ImportBlocks(ImportBlocksCmd),

    /// Remove the database of a chain.
    PurgeChain(PurgeChainCmd),

    /// Take the chain back by some blocks.
    Revert(RevertCmd),

    /// Show what the database holds.
    ChainInfo(ChainInfoCmd),
}

/// What can be done with keys.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Key {
    /// What every node of this kind can do.
    #[command(flatten)]
    Standard(KeySubcommand),

    /// Make new session keys in a running node, with the proof that the chain asks for, and print or send `set_keys`.
    Rotate(RotateKeys),
}

impl SubstrateCli for Cli {
    fn impl_name() -> String {
        "BLOCS Node".into()
    }

    fn impl_version() -> String {
        env!("SUBSTRATE_CLI_IMPL_VERSION").into()
    }

    // The folder of the database is named for it: the same wherever the binary was copied to.
    fn executable_name() -> String {
        "blocs-node".into()
    }

    fn description() -> String {
        "The node of the BLOCS storage chain.\n\nWithout `--dev` or `--chain` it runs the chain `local` (there is no public network yet)."
            .into()
    }

    fn author() -> String {
        "BLOCS".into()
    }

    fn support_url() -> String {
        "the issues of the BLOCS repository".into()
    }

    fn copyright_start_year() -> i32 {
        2026
    }

    fn load_spec(&self, id: &str) -> Result<Box<dyn ChainSpec>, String> {
        Ok(Box::new(blocs_chain_spec::load(id).map_err(|error| error.to_string())?))
    }

    // As the trait has it, and with our own defaults of its flags.
    fn setup_command(command: clap::Command) -> clap::Command {
        limits::defaults(command)
            .name(Self::executable_name())
            .version(Self::impl_version() + "\n")
            .author(Self::author())
            .about(Self::description())
            .long_about(Self::description())
            .after_help(format!("Support: {}", Self::support_url()))
            .propagate_version(true)
            .args_conflicts_with_subcommands(true)
            .subcommand_negates_reqs(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::setup_command(Cli::command()).debug_assert();
    }

    #[test]
    fn compiled_code_is_kept_beside_a_database_that_stays() {
        let place = |flags: &[&str]| {
            let words = std::iter::once(&"blocs-node").chain(flags);
            Cli::try_from_iter(words).map(|cli| cli.compiled_code()).ok()
        };

        assert_eq!(place(&[]), Some(Place::Beside));
        assert_eq!(place(&["--dev", "--base-path", "/data"]), Some(Place::Beside));
        assert_eq!(place(&["--dev"]), Some(Place::Nowhere));
        assert_eq!(place(&["--chain", "local", "--tmp"]), Some(Place::Nowhere));
        assert_eq!(
            place(&["--dev", "--compiled-code", "/code"]),
            Some(Place::In("/code".into()))
        );
        assert_eq!(place(&["--compiled-code", "none"]), Some(Place::Nowhere));
    }
}
