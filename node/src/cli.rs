//! The command line.

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
}

/// What the program does besides running a node.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subcommand {
    /// Make, look at and insert keys.
    #[command(subcommand)]
    Key(KeySubcommand),

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
}
