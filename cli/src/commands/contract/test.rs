//! `blocs contract test`

use super::build::{ProjectArgs, blocking, text, value};
use crate::commands::Context;
use blocs_contract_build::{TestOptions, test};
use clap::Args;

/// Arguments of `contract test`.
#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    #[command(flatten)]
    project: ProjectArgs,
    /// For the program that runs the tests: a part of their names, --nocapture and the like
    #[arg(last = true, value_name = "ARGUMENT")]
    arguments: Vec<String>,
}

impl TestArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let output = context.output;
        let options = TestOptions {
            build: self.project.options(context),
            arguments: self.arguments,
        };
        let tested = blocking(move || {
            let mut printed = Ok(());
            let tested = test(&options, |built| {
                if printed.is_ok() {
                    printed = output.record(value(built), || text(built));
                }
            });
            tested.map(|()| printed)
        });
        tested.await??;
        context.output.note("all tests passed");
        Ok(())
    }
}
