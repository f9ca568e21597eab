//! `blocs contract …`

mod answer;
mod build;
mod call;
mod check;
mod events;
mod given;
mod info;
mod instantiate;
mod new;
mod read;
mod remove;
mod set_code;
mod test;
mod upload;

use super::Context;
use clap::Subcommand;

/// What to do with contracts.
#[derive(Debug, Subcommand)]
pub(crate) enum ContractCommand {
    /// Make a project for a contract
    New(new::NewArgs),
    /// Build a contract: a bundle of code and metadata
    Build(build::BuildArgs),
    /// Build a contract's code and say what the chain would refuse
    Check(check::CheckArgs),
    /// Build a contract and run its tests
    Test(test::TestArgs),
    /// Store a contract's code on the chain
    Upload(upload::UploadArgs),
    /// Make a contract of a code; stores the code when the chain does not have it
    #[command(after_long_help = ARGUMENTS)]
    Instantiate(instantiate::InstantiateArgs),
    /// Send a message to a contract
    #[command(after_long_help = ARGUMENTS)]
    Call(call::CallArgs),
    /// Ask a contract; sends nothing and costs nothing
    #[command(after_long_help = ARGUMENTS)]
    Read(read::ReadArgs),
    /// Show a contract, or a code
    Info(info::InfoArgs),
    /// Show what contracts emitted
    Events(events::EventsArgs),
    /// Put other code in the place of a contract's
    SetCode(set_code::SetCodeArgs),
    /// Remove a code that no contract uses; its deposit comes back
    Remove(remove::RemoveArgs),
}

impl ContractCommand {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::New(args) => args.run(context).await,
            Self::Build(args) => args.run(context).await,
            Self::Check(args) => args.run(context).await,
            Self::Test(args) => args.run(context).await,
            Self::Upload(args) => args.run(context).await,
            Self::Instantiate(args) => args.run(context).await,
            Self::Call(args) => args.run(context).await,
            Self::Read(args) => args.run(context).await,
            Self::Info(args) => args.run(context).await,
            Self::Events(args) => args.run(context).await,
            Self::SetCode(args) => args.run(context).await,
            Self::Remove(args) => args.run(context).await,
        }
    }
}

const ARGUMENTS: &str = "\
Arguments are written in order or as name=value, by the types of the contract's metadata:
  a number         5, 1_000, 0x1f
  an amount        10BLOC, 0.5BLOC, or planck (a token's smallest unit) as a number
  an account       its address, or 0x and 64 hex digits
  a text           words, or \"words\"
  bytes, a hash    0x…, or @FILE for a file's bytes
  a struct         {name: value, …}
  a list, a tuple  [value, …], (value, …)
  a variant        Name, Name(value, …), Name{name: value, …}
  an option        None, or the value itself

Examples:
  blocs contract instantiate target/ink/flipper true
  blocs contract call 5C… transfer to=5F… value=100 --bundle token.contract
  blocs contract read 5C… balance_of 5F… --bundle token.contract";
