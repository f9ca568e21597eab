//! `blocs rm`

use super::{Context, show_deal, target};
use crate::{
    exit::{Status, error},
    units::bloc,
};
use blocs_client::{LookupError, Target};
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
        let target = match session.client.stat(&self.target).await {
            Ok(report) => {
                let object = report.object;
                // Nothing to ask when it is not ours to remove: the client says why.
                if object.owner == session.client.identity().account()
                    && !context
                        .output
                        .confirm(&format!("Remove {} ({})?", object.name, show_deal(object.deal)))?
                {
                    let message = format!("did not remove {}: say yes, or call with --yes", object.name);
                    return Err(error(Status::Denied, message));
                }
                Target::Deal(object.deal)
            }
            // Without a deal there may still be a put that was broken off: forgetting it needs no question.
            Err(LookupError::NotFound { .. }) => self.target,
            Err(failure) => return Err(failure.into()),
        };
        let removal = session.client.remove(&target).await?;
        let value = json!({
            "name": removal.name,
            "deal": show_deal(removal.deal),
            "end": removal.end,
            "fee": removal.fee.to_string(),
        });
        context.output.record(value, || match removal.end {
            0 => format!("forgot {}, which had no deal", removal.name),
            end => format!(
                "removed {}: its deal ends in period {end}, fee {}",
                removal.name,
                bloc(removal.fee)
            ),
        })?;
        Ok(())
    }
}
