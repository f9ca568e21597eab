//! `blocs multisig propose`

use super::{Desk, Group, GroupArgs, Sending, count, waiting, whole};
use crate::{
    commands::{Context, desk::WrittenCall},
    exit::{Status, error},
};
use blocs_chain::ChainClient;
use clap::Args;
use serde_json::json;

/// Arguments of `multisig propose`.
#[derive(Debug, Args)]
pub(crate) struct ProposeArgs {
    #[command(flatten)]
    group: GroupArgs,
    #[command(flatten)]
    call: WrittenCall,
    #[command(flatten)]
    sending: Sending,
}

impl ProposeArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let group = Group::read(context, &self.group)?;
        let call = desk.written(&self.call).await?;
        let hash = call.hash();
        if let Some(waiting) = waiting(&desk.chain, &group.account, hash).await? {
            let message = format!(
                "{} with the hash {hash:?} is proposed already, with {}: use `blocs multisig approve`",
                call.name(),
                count(&group, waiting.approvals.len())
            );
            return Err(error(Status::ExtrinsicFailed, message));
        }
        let is_last = group.threshold == 1;
        let wrapped = whole(&desk, &group, None, &call, is_last).await?;
        let encoded = format!("0x{}", hex::encode(&call.bytes));
        let account = blocs_chain::value::address(&group.account, desk.chain.properties());
        let more = json!({
            "multisig": account,
            "call": call.name(),
            "hash": format!("{hash:?}"),
            "encoded": encoded,
            "approvals": 1,
            "threshold": group.threshold,
            "executed": is_last,
        });
        let text = match is_last {
            true => format!("{} sent for {account}", call.name()),
            false => format!(
                "{} proposed for {account}, {}\nthe others approve it as\n  {encoded}\nits hash is {hash:?}",
                call.name(),
                count(&group, 1)
            ),
        };
        desk.send_and_say(context, wrapped, &self.sending, more, &text).await
    }
}
