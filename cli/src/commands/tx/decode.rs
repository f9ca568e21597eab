//! `blocs tx decode`

use super::hex_bytes;
use crate::commands::{Context, desk::usage};
use blocs_chain::{
    CallError, ChainClient, DecodedExtrinsic, SubxtChain,
    value::{to_json, to_text},
};
use clap::Args;
use serde_json::{Map, Value as Json, json};

/// Arguments of `tx decode`.
#[derive(Debug, Args)]
pub(crate) struct DecodeArgs {
    /// The encoded call or extrinsic: 0x and hexadecimal digits
    hex: String,
}

impl DecodeArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let bytes = hex_bytes(&self.hex)?;
        let chain = context.chain().await?;
        // An extrinsic begins with its own length, so that hardly any call is taken for one.
        match chain.decode_extrinsic(&bytes).await {
            Ok(extrinsic) => return show(context, &chain, &extrinsic),
            Err(CallError::Undecodable { .. }) => {}
            Err(failure) => return Err(usage(failure)),
        }
        let call = chain.decode_call(&bytes).await.map_err(usage)?;
        let mut value = call.to_json();
        if let Some(members) = value.as_object_mut() {
            members.insert("hash".to_owned(), json!(format!("{:?}", call.hash)));
        }
        context
            .output
            .record(value, || format!("{call}\nhash {:?}", call.hash))?;
        Ok(())
    }
}

fn show(context: &Context, chain: &SubxtChain, extrinsic: &DecodedExtrinsic) -> anyhow::Result<()> {
    let properties = chain.properties();
    let extensions: Map<String, Json> = extrinsic
        .extensions
        .iter()
        .map(|(name, value)| (name.clone(), to_json(value, properties)))
        .collect();
    let part = |value: &Option<_>| value.as_ref().map(|value| to_json(value, properties));
    let value = json!({
        "hash": format!("{:?}", extrinsic.hash),
        "signer": part(&extrinsic.signer),
        "signature": part(&extrinsic.signature),
        "extensions": extensions,
        "call": extrinsic.call.to_json(),
    });
    context.output.record(value, || {
        let mut text = format!("{}\ntransaction {:?}", extrinsic.call, extrinsic.hash);
        match &extrinsic.signer {
            Some(signer) => text.push_str(&format!("\nsigned by {}", to_text(signer, properties))),
            None => text.push_str("\nunsigned"),
        }
        for (name, value) in &extrinsic.extensions {
            let value = to_text(value, properties);
            if value != "[]" {
                text.push_str(&format!("\n  {name}: {value}"));
            }
        }
        text
    })?;
    Ok(())
}
