//! `blocs contract check`

use super::build::{ProjectArgs, blocking, size};
use crate::{
    commands::Context,
    exit::{Status, error},
};
use blocs_contract::{MAX_CODE_BYTES, MAX_MEMORY_PAGES};
use blocs_contract_build::{Checked, check};
use clap::Args;
use serde_json::{Value, json};

/// Arguments of `contract check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    project: ProjectArgs,
}

impl CheckArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let options = self.project.options(context);
        let checked = blocking(move || check(&options)).await?;
        for one in &checked {
            context.output.record(value(one), || text(one))?;
        }
        let refused: Vec<&str> = checked
            .iter()
            .filter(|one| one.verdict.is_err())
            .map(|one| one.name.as_str())
            .collect();
        if refused.is_empty() {
            return Ok(());
        }
        let message = format!("the chain would refuse {}: see above", refused.join(", "));
        Err(error(Status::Integrity, message))
    }
}

fn value(checked: &Checked) -> Value {
    let mut value = json!({
        "name": checked.name,
        "linked_bytes": checked.linked_bytes,
        "bytes": checked.bytes,
        "bytes_limit": MAX_CODE_BYTES,
        "memory_pages_limit": MAX_MEMORY_PAGES,
        "accepted": checked.verdict.is_ok(),
    });
    match &checked.verdict {
        Ok(code) => {
            value["code_hash"] = json!(format!("0x{}", hex::encode(code.hash)));
            value["memory_pages"] = json!(code.memory_pages);
            value["imports"] = json!(code.imports);
        }
        Err((refusal, functions)) => {
            value["refusal"] = json!(refusal.to_string());
            value["functions"] = json!(functions);
        }
    }
    value
}

fn text(checked: &Checked) -> String {
    let sizes = format!(
        "{} of {}, {} before optimising",
        size(checked.bytes),
        size(MAX_CODE_BYTES),
        size(checked.linked_bytes)
    );
    match &checked.verdict {
        Ok(code) => format!(
            "{}: the chain takes it\n  code {sizes}\n  memory {} of {MAX_MEMORY_PAGES} pages\n  uses {}",
            checked.name,
            code.memory_pages,
            code.imports.join(", ")
        ),
        Err((refusal, functions)) => {
            let places = if functions.is_empty() {
                String::new()
            } else {
                format!("\n  in {}", functions.join(", "))
            };
            format!("{}: {refusal}{places}\n  code {sizes}", checked.name)
        }
    }
}
