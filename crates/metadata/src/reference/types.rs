//! The page of types: what arguments and values consist of.

use super::prose;
use crate::names::{field_name, type_name};
use scale_info::{Field, Type, TypeDef, form::PortableForm};
use std::collections::BTreeMap;
use subxt_metadata::Metadata;

/// Types that everybody knows, or that say nothing beyond their name.
const KNOWN: [&str; 12] = [
    "BTreeMap",
    "BTreeSet",
    "BitFlags",
    "BoundedBTreeMap",
    "BoundedVec",
    "Cow",
    "Duration",
    "NonZero",
    "Option",
    "RangeInclusive",
    "Result",
    "WeakBoundedVec",
];

pub(super) fn page(metadata: &Metadata) -> String {
    let outer = metadata.outer_enums();
    let outer = [outer.call_enum_ty(), outer.event_enum_ty(), outer.error_enum_ty()];
    let of_pallets: Vec<u32> = metadata
        .pallets()
        .flat_map(|pallet| [pallet.call_ty_id(), pallet.event_ty_id(), pallet.error_ty_id()])
        .flatten()
        .collect();
    let mut shown: BTreeMap<(String, String), ()> = BTreeMap::new();
    for entry in &metadata.types().types {
        let is_listed_elsewhere = outer.contains(&entry.id) || of_pallets.contains(&entry.id);
        let known = entry
            .ty
            .path
            .segments
            .last()
            .is_none_or(|last| KNOWN.contains(&last.as_str()));
        if !known && !is_listed_elsewhere {
            let name = type_name(metadata.types(), entry.id);
            shown.insert((name, definition(metadata, &entry.ty)), ());
        }
    }
    let mut text = "# Types\n\nWhat arguments and values consist of. Enums are written as their index, then their fields; structures as their \
                    fields, one after the other; `Vec` and `BoundedVec` as a compact length, then their elements.\n\n"
        .to_owned();
    for (name, definition) in shown.into_keys() {
        text.push_str(&format!("## `{name}`\n\n{definition}\n"));
    }
    text
}

fn definition(metadata: &Metadata, ty: &Type<PortableForm>) -> String {
    let mut text = prose::block(&ty.docs);
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    let field = |(place, field): (usize, &Field<PortableForm>)| {
        let name = type_name(metadata.types(), field.ty.id);
        match field.name {
            Some(_) => format!("{}: {name}", field_name(field, place)),
            None => name,
        }
    };
    let list = |fields: &[Field<PortableForm>]| -> Vec<String> { fields.iter().enumerate().map(field).collect() };
    let lines: Vec<String> = match &ty.type_def {
        TypeDef::Composite(composite) => list(&composite.fields),
        TypeDef::Variant(variants) => {
            let mut variants: Vec<_> = variants.variants.iter().collect();
            variants.sort_by_key(|variant| variant.index);
            let line = |variant: &&scale_info::Variant<PortableForm>| {
                let fields = list(&variant.fields);
                let inside = match (
                    variant.fields.first().map(|field| field.name.is_some()),
                    fields.join(", "),
                ) {
                    (None, _) => String::new(),
                    (Some(true), fields) => format!(" {{ {fields} }}"),
                    (Some(false), fields) => format!("({fields})"),
                };
                format!("{} {}{inside}", variant.index, variant.name)
            };
            variants.iter().map(line).collect()
        }
        _ => Vec::new(),
    };
    if lines.is_empty() {
        text.push_str("Nothing: it takes no bytes.\n");
    } else {
        text.push_str(&format!("```text\n{}\n```\n", lines.join("\n")));
    }
    text
}
