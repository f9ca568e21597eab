//! `blocs contract new`

use crate::{
    commands::Context,
    exit::{Status, error},
};
use blocs_contract_build::{NewError, NewOptions, Template, new_project};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Arguments of `contract new`.
#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// The contract's name: small letters, digits and _
    name: String,
    /// The folder to make its folder in
    #[arg(long, value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Begin with a contract that uses the storage market
    #[arg(long, requires = "blocs")]
    storage: bool,
    /// A checkout of BLOCS, which has the crate for the market
    #[arg(long, value_name = "DIR", requires = "storage")]
    blocs: Option<PathBuf>,
}

impl NewArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let options = NewOptions {
            name: self.name,
            parent: self.folder,
            template: self.blocs.map_or(Template::Plain, |blocs| Template::Storage { blocs }),
        };
        let folder = new_project(&options).map_err(failed)?;
        context
            .output
            .record(json!({ "name": options.name, "folder": folder }), || {
                let shown = folder.display();
                format!("{shown}: a contract with its tests\nnext: cd {shown} && blocs contract test")
            })?;
        Ok(())
    }
}

fn failed(failure: NewError) -> anyhow::Error {
    let status = match &failure {
        NewError::Name { .. } | NewError::Exists { .. } => Status::Usage,
        NewError::NoBlocs { .. } => Status::NotFound,
        NewError::File { .. } => Status::Error,
    };
    error(status, failure.to_string())
}
