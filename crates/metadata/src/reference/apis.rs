//! The pages of what stands beside the pallets: the format of transactions, and the runtime APIs.

use super::prose;
use crate::names::type_name;
use frame_decode::extrinsics::ExtrinsicTypeInfo;
use subxt_metadata::Metadata;

pub(super) fn transactions(metadata: &Metadata) -> String {
    let extrinsic = metadata.extrinsic();
    let mut versions = extrinsic.supported_versions().to_vec();
    versions.sort_unstable();
    let versions: Vec<String> = versions.iter().map(u8::to_string).collect();
    let mut text = format!("# Transactions\n\nFormats: {}.", versions.join(", "));
    if let Ok(types) = metadata.extrinsic_signature_info() {
        text.push_str(&format!(
            " A signer is a `{}`, a signature a `{}`.",
            type_name(metadata.types(), types.address_id),
            type_name(metadata.types(), types.signature_id)
        ));
    }
    text.push_str(
        "\n\nThe extensions, in the order in which they are encoded and checked:\n\n\
         | extension | in the transaction | signed beside it |\n|---|---|---|\n",
    );
    for extension in extrinsic.transaction_extensions_to_use_for_encoding() {
        let name = |ty: u32| prose::escape(&type_name(metadata.types(), ty));
        let (carried, signed) = (name(extension.extra_ty()), name(extension.additional_ty()));
        text.push_str(&format!(
            "| `{}` | `{carried}` | `{signed}` |\n",
            extension.identifier()
        ));
    }
    text
}

pub(super) fn runtime_apis(metadata: &Metadata) -> String {
    let mut apis: Vec<_> = metadata.runtime_api_traits().collect();
    apis.sort_by(|a, b| a.name().cmp(b.name()));
    let mut text = "# Runtime APIs\n\nWhat a node can ask the runtime, by `state_call` with the name `Api_method` and the arguments one \
                    after the other.\n\n"
        .to_owned();
    for api in apis {
        text.push_str(&format!("## {}\n\n", api.name()));
        let docs = prose::block(api.docs());
        if !docs.is_empty() {
            text.push_str(&docs);
            text.push_str("\n\n");
        }
        text.push_str("| method | what |\n|---|---|\n");
        let mut methods: Vec<_> = api.methods().collect();
        methods.sort_by(|a, b| a.name().cmp(b.name()));
        for method in methods {
            let input = |name: &str, id: u32| format!("{name}: {}", type_name(metadata.types(), id));
            let inputs: Vec<String> = method.inputs().map(|part| input(&part.name, part.id)).collect();
            let output = type_name(metadata.types(), method.output_ty());
            let signature = format!("{}({}) -> {output}", method.name(), inputs.join(", "));
            let (signature, what) = (prose::escape(&signature), prose::cell(method.docs()));
            text.push_str(&format!("| `{signature}` | {what} |\n"));
        }
        text.push('\n');
    }
    text
}
