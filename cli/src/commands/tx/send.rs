//! `blocs tx send`

use super::{Wait, hex_bytes, sent};
use crate::commands::{Context, desk::usage};
use clap::Args;

/// Arguments of `tx send`.
#[derive(Debug, Args)]
pub(crate) struct SendArgs {
    /// The signed transaction: 0x and hexadecimal digits
    hex: String,
    /// For how long to wait
    #[arg(long, value_enum, default_value_t)]
    wait: Wait,
}

impl SendArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let bytes = hex_bytes(&self.hex)?;
        let chain = context.chain().await?;
        let extrinsic = chain.decode_extrinsic(&bytes).await.map_err(usage)?;
        context.output.note(extrinsic.call.to_string());
        let report = chain.send_signed(bytes, self.wait.into()).await?;
        sent(context, &chain, &report, extrinsic.call.to_json()).await
    }
}
