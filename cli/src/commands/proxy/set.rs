//! `blocs proxy add|remove`

use super::ProxyType;
use crate::{
    commands::{
        Context,
        desk::{Desk, Sending},
    },
    exit::{Status, error},
};
use blocs_chain::{Value, value};
use clap::Args;
use serde_json::json;

/// Arguments of `proxy add`.
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// Who may act: an address or an account of this machine
    delegate: String,
    /// What it may do
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    kind: ProxyType,
    /// Blocks between its announcement of a call and the call; 0 for no announcement
    #[arg(long, value_name = "BLOCKS", default_value_t = 0)]
    delay: u32,
    #[command(flatten)]
    sending: Sending,
}

impl AddArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let delegate = context.resolve(&self.delegate)?;
        if self.kind == ProxyType::Any && !self.sending.dry_run {
            let question = format!(
                "a proxy of type any can take everything from {}: go on?",
                desk.address(&desk.account)
            );
            if !context.output.confirm(&question)? {
                let message = "nothing was sent: answer with y, or give --yes where nobody can be asked";
                return Err(error(Status::Usage, message));
            }
        }
        let fields = vec![
            ("delegate", value::account(&delegate)),
            ("proxy_type", self.kind.value()),
            ("delay", Value::u128(self.delay.into())),
        ];
        let call = desk.call("Proxy", "add_proxy", fields).await?;
        let delegate = desk.address(&delegate);
        let more = json!({ "delegate": delegate, "type": self.kind.name(), "delay": self.delay });
        let text = format!("{delegate} is a proxy of type {} now", self.kind.name());
        desk.send_and_say(context, call, &self.sending, more, &text).await
    }
}

/// Arguments of `proxy remove`.
#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// Who may no longer act
    #[arg(required_unless_present = "all")]
    delegate: Option<String>,
    /// The type that it was added with
    #[arg(long = "type", value_enum, value_name = "TYPE", required_unless_present = "all")]
    kind: Option<ProxyType>,
    /// The delay that it was added with
    #[arg(long, value_name = "BLOCKS", default_value_t = 0)]
    delay: u32,
    /// Remove all proxies of the account
    #[arg(long, conflicts_with_all = ["delegate", "kind"])]
    all: bool,
    #[command(flatten)]
    sending: Sending,
}

impl RemoveArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let (Some(delegate), Some(kind)) = (&self.delegate, self.kind) else {
            let call = desk.call("Proxy", "remove_proxies", vec![]).await?;
            let more = json!({ "all": true });
            return desk
                .send_and_say(context, call, &self.sending, more, "all proxies removed")
                .await;
        };
        let delegate = context.resolve(delegate)?;
        let fields = vec![
            ("delegate", value::account(&delegate)),
            ("proxy_type", kind.value()),
            ("delay", Value::u128(self.delay.into())),
        ];
        let call = desk.call("Proxy", "remove_proxy", fields).await?;
        let delegate = desk.address(&delegate);
        let more = json!({ "delegate": delegate, "type": kind.name(), "delay": self.delay });
        let text = format!("{delegate} is no longer a proxy of type {}", kind.name());
        desk.send_and_say(context, call, &self.sending, more, &text).await
    }
}
