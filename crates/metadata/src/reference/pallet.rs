//! The page of a pallet.

use super::prose;
use crate::{
    names::{field_name, field_type, type_name},
    render::value_text,
};
use scale_info::{Field, Variant, form::PortableForm};
use subxt_metadata::{Metadata, PalletMetadata, StorageEntryMetadata};

/// Longest value that stands in a table.
const IN_TABLE: usize = 90;

pub(super) fn page(metadata: &Metadata, pallet: &PalletMetadata<'_>) -> String {
    let index = pallet.call_index();
    let mut text = format!("# {}\n\nPallet {index}.\n\n", pallet.name());
    let docs = prose::block(pallet.docs());
    if !docs.is_empty() {
        text.push_str(&docs);
        text.push_str("\n\n");
    }
    calls(&mut text, metadata, pallet);
    storage(&mut text, metadata, pallet);
    constants(&mut text, metadata, pallet);
    events(&mut text, metadata, pallet);
    errors(&mut text, pallet);
    view_functions(&mut text, metadata, pallet);
    text
}

fn by_index(variants: Option<&[Variant<PortableForm>]>) -> Vec<&Variant<PortableForm>> {
    let mut sorted: Vec<_> = variants.unwrap_or_default().iter().collect();
    sorted.sort_by_key(|variant| variant.index);
    sorted
}

fn calls(text: &mut String, metadata: &Metadata, pallet: &PalletMetadata<'_>) {
    let calls = by_index(pallet.call_variants());
    if calls.is_empty() {
        return;
    }
    text.push_str("## Calls\n\n");
    for call in calls {
        text.push_str(&format!("### {} `{}`\n\n", call.index, call.name));
        if !call.fields.is_empty() {
            text.push_str("| argument | type |\n|---|---|\n");
            for (place, field) in call.fields.iter().enumerate() {
                let name = field_name(field, place);
                text.push_str(&format!("| `{name}` | {} |\n", shown_type(metadata, field)));
            }
            text.push('\n');
        }
        let docs = prose::block(&call.docs);
        if !docs.is_empty() {
            text.push_str(&docs);
            text.push_str("\n\n");
        }
    }
}

/// `` `Compact<u128>` Balance ``
fn shown_type(metadata: &Metadata, field: &Field<PortableForm>) -> String {
    let (name, said) = field_type(metadata.types(), field);
    let said = said.map(|said| format!(" {said}")).unwrap_or_default();
    format!("`{}`{said}", prose::escape(&name))
}

fn storage(text: &mut String, metadata: &Metadata, pallet: &PalletMetadata<'_>) {
    let Some(storage) = pallet.storage().filter(|storage| !storage.entries().is_empty()) else {
        return;
    };
    text.push_str(&format!("## Storage\n\nPrefix `{}`.\n\n", storage.prefix()));
    text.push_str("| entry | keys | value | what |\n|---|---|---|---|\n");
    for entry in storage.entries() {
        let what = prose::cell(entry.docs());
        let value = prose::escape(&type_name(metadata.types(), entry.value_ty()));
        let optional = if entry.default_value().is_some() { "" } else { "?" };
        text.push_str(&format!(
            "| `{}` | {} | `{value}`{optional} | {what} |\n",
            entry.name(),
            keys(metadata, entry)
        ));
    }
    text.push_str("\n`?`: there may be none. Others have a default.\n\n");
}

fn keys(metadata: &Metadata, entry: &StorageEntryMetadata) -> String {
    let key = |key: &frame_decode::storage::StorageKeyInfo<u32>| {
        let name = prose::escape(&type_name(metadata.types(), key.key_id));
        format!("`{name}` {:?}", key.hasher)
    };
    entry.keys().map(key).collect::<Vec<_>>().join(", ")
}

fn constants(text: &mut String, metadata: &Metadata, pallet: &PalletMetadata<'_>) {
    let constants: Vec<_> = pallet.constants().collect();
    if constants.is_empty() {
        return;
    }
    text.push_str("## Constants\n\n| constant | type | value | what |\n|---|---|---|---|\n");
    let mut long = Vec::new();
    for constant in constants {
        let ty = prose::escape(&type_name(metadata.types(), constant.ty()));
        let value = value_text(metadata.types(), constant.ty(), constant.value());
        let shown = if value.chars().count() > IN_TABLE {
            long.push((constant.name(), value));
            "below".to_owned()
        } else {
            format!("`{}`", prose::escape(&value))
        };
        let what = prose::cell(constant.docs());
        text.push_str(&format!("| `{}` | `{ty}` | {shown} | {what} |\n", constant.name()));
    }
    text.push('\n');
    for (name, value) in long {
        text.push_str(&format!("`{name}`:\n\n```text\n{}\n```\n\n", folded(&value)));
    }
}

/// A long value on lines of about a hundred letters, cut after commas.
fn folded(value: &str) -> String {
    let mut lines = vec![String::new()];
    for part in value.split_inclusive(", ") {
        match lines.last_mut() {
            Some(last) if last.is_empty() || last.len().saturating_add(part.len()) <= 100 => last.push_str(part),
            _ => lines.push(part.to_owned()),
        }
    }
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    lines.join("\n")
}

fn events(text: &mut String, metadata: &Metadata, pallet: &PalletMetadata<'_>) {
    let events = by_index(pallet.event_variants());
    if events.is_empty() {
        return;
    }
    text.push_str("## Events\n\n| index | event | fields | what |\n|---:|---|---|---|\n");
    for event in events {
        let field = |(place, field): (usize, &Field<PortableForm>)| {
            let ty = prose::escape(&type_name(metadata.types(), field.ty.id));
            format!("`{}: {ty}`", field_name(field, place))
        };
        let fields: Vec<String> = event.fields.iter().enumerate().map(field).collect();
        text.push_str(&format!(
            "| {} | `{}` | {} | {} |\n",
            event.index,
            event.name,
            fields.join(", "),
            prose::cell(&event.docs)
        ));
    }
    text.push('\n');
}

fn errors(text: &mut String, pallet: &PalletMetadata<'_>) {
    let errors = by_index(pallet.error_variants());
    if errors.is_empty() {
        return;
    }
    text.push_str("## Errors\n\n| index | error | what |\n|---:|---|---|\n");
    for error in errors {
        text.push_str(&format!(
            "| {} | `{}` | {} |\n",
            error.index,
            error.name,
            prose::cell(&error.docs)
        ));
    }
    text.push('\n');
}

fn view_functions(text: &mut String, metadata: &Metadata, pallet: &PalletMetadata<'_>) {
    let mut functions: Vec<_> = pallet.view_functions().collect();
    if functions.is_empty() {
        return;
    }
    functions.sort_by(|a, b| a.name().cmp(b.name()));
    text.push_str("## View functions\n\n| function | what |\n|---|---|\n");
    for function in functions {
        let inputs = function
            .inputs()
            .map(|input| format!("{}: {}", input.name, type_name(metadata.types(), input.id)));
        let signature = format!(
            "{}({}) -> {}",
            function.name(),
            inputs.collect::<Vec<_>>().join(", "),
            type_name(metadata.types(), function.output_ty())
        );
        text.push_str(&format!(
            "| `{}` | {} |\n",
            prose::escape(&signature),
            prose::cell(function.docs())
        ));
    }
    text.push('\n');
}
