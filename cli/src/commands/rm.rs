//! `blocs rm`

use super::{Context, show_deal, target};
use crate::{
    exit::{Status, error},
    units::bloc,
};
use blocs_client::Target;
use clap::Args;
use serde_json::json;

/// Arguments of `rm`.
#[derive(Debug, Args)]
pub(crate) struct RmArgs {
    /// Name or deal
    #[arg(value_name = "NAME|DEAL", value_parser = target)]
    target: Target,
}

impl RmArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let session = context.client().await?;
        // A name that is not there needs no question.
        let object = session.client.stat(&self.target).await?.object;
        if !context
            .output
            .confirm(&format!("Remove {} ({})?", object.name, show_deal(object.deal)))?
        {
            let message = format!("did not remove {}: say yes, or call with --yes", object.name);
            return Err(error(Status::Denied, message));
        }
        let removal = session.client.remove(&Target::Deal(object.deal)).await?;
        let value = json!({
            "name": removal.name,
            "deal": show_deal(removal.deal),
            "end": removal.end,
            "fee": removal.fee.to_string(),
        });
        context.output.record(value, || {
            format!(
                "removed {}: its deal ends in period {}, fee {}",
                removal.name,
                removal.end,
                bloc(removal.fee)
            )
        })?;
        Ok(())
    }
}
