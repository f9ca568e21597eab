//! Calls and values as people read them.

use super::{DecodedCall, DecodedEvent};
use crate::{
    ChainProperties,
    value::{Decoded, Kind, address, as_account, as_bytes, items},
};
use blocs_primitives::Balance;
use scale_value::{Composite, Primitive, ValueDef, Variant};
use std::fmt::{self, Write};

/// Bytes that are shown whole; of longer ones the start and the length.
const SHOWN_BYTES: usize = 64;

/// `1.5 BLOC`.
pub(crate) fn amount(planck: Balance, properties: &ChainProperties) -> String {
    let places = usize::from(properties.token_decimals);
    let digits = format!("{planck:0>width$}", width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    match fraction.trim_end_matches('0') {
        "" => format!("{whole} {}", properties.token_symbol),
        fraction => format!("{whole}.{fraction} {}", properties.token_symbol),
    }
}

fn bytes(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes)
        .ok()
        .filter(|text| text.len() >= 2 && text.chars().all(|c| !c.is_control()));
    match (bytes.get(..SHOWN_BYTES), text) {
        (Some(start), _) if bytes.len() > SHOWN_BYTES => {
            format!("0x{}… ({} bytes)", hex::encode(start), bytes.len())
        }
        (_, Some(text)) => format!("0x{} ({text:?})", hex::encode(bytes)),
        (_, None) => format!("0x{}", hex::encode(bytes)),
    }
}

/// A value on one line, if it fits there.
fn line(value: &Decoded, properties: &ChainProperties) -> Option<String> {
    match (value.context, &value.value) {
        (Kind::Account, _) => as_account(value).map(|account| address(&account, properties)),
        (Kind::Bytes, _) => as_bytes(value).map(|raw| bytes(&raw)),
        (Kind::Amount, ValueDef::Primitive(Primitive::U128(planck))) => Some(amount(*planck, properties)),
        (Kind::Call, _) => None,
        (_, ValueDef::Primitive(primitive)) => Some(match primitive {
            Primitive::Bool(flag) => flag.to_string(),
            Primitive::Char(char) => format!("{char:?}"),
            Primitive::String(text) => format!("{text:?}"),
            Primitive::U128(number) => number.to_string(),
            Primitive::I128(number) => number.to_string(),
            Primitive::U256(raw) | Primitive::I256(raw) => format!("0x{}", hex::encode(raw)),
        }),
        (_, ValueDef::BitSequence(bits)) => {
            let digits: String = bits.iter().map(|bit| if bit { '1' } else { '0' }).collect();
            Some(format!("0b{digits}"))
        }
        (_, ValueDef::Variant(Variant { name, values })) => {
            let mut inner = values.values();
            match (inner.next(), inner.next(), values) {
                (None, ..) => Some(name.clone()),
                (Some(only), None, Composite::Unnamed(_)) => {
                    let only = line(only, properties)?;
                    match name.as_str() {
                        "Some" | "Id" => Some(only),
                        _ => Some(format!("{name}({only})")),
                    }
                }
                _ => None,
            }
        }
        (_, ValueDef::Composite(values)) if values.is_empty() => Some("[]".to_owned()),
        (_, ValueDef::Composite(Composite::Unnamed(values))) => {
            let parts: Option<Vec<String>> = values.iter().map(|value| line(value, properties)).collect();
            let joined = parts?.join(", ");
            (joined.len() <= 60).then(|| format!("[{joined}]"))
        }
        (_, ValueDef::Composite(Composite::Named(fields))) => {
            let parts: Option<Vec<String>> = fields
                .iter()
                .map(|(name, value)| line(value, properties).map(|value| format!("{name}: {value}")))
                .collect();
            let joined = parts?.join(", ");
            (joined.len() <= 60).then(|| format!("{{{joined}}}"))
        }
    }
}

/// `label: value`, over as many lines as it needs.
fn tree(out: &mut dyn Write, indent: usize, label: &str, value: &Decoded, properties: &ChainProperties) -> fmt::Result {
    let margin = "  ".repeat(indent);
    if let Some(line) = line(value, properties) {
        return writeln!(out, "{margin}{label}{line}");
    }
    match &value.value {
        ValueDef::Variant(variant) if value.context == Kind::Call => {
            let inner = items(value).into_iter().next().map(|inner| &inner.value);
            let Some(ValueDef::Variant(call)) = inner else {
                return writeln!(out, "{margin}{label}{}", variant.name);
            };
            writeln!(out, "{margin}{label}{}.{}", variant.name, call.name)?;
            fields(out, indent + 1, &call.values, properties)
        }
        ValueDef::Variant(variant) => match (variant.name.as_str(), &variant.values) {
            ("Some" | "Inline" | "Id", Composite::Unnamed(values)) if values.len() == 1 => values
                .iter()
                .try_for_each(|inner| tree(out, indent, label, inner, properties)),
            (name, values) => {
                writeln!(out, "{margin}{label}{name}")?;
                fields(out, indent + 1, values, properties)
            }
        },
        ValueDef::Composite(values) => {
            writeln!(out, "{margin}{}", label.trim_end())?;
            fields(out, indent + 1, values, properties)
        }
        ValueDef::BitSequence(_) | ValueDef::Primitive(_) => writeln!(out, "{margin}{label}"),
    }
}

fn fields(out: &mut dyn Write, indent: usize, values: &Composite<Kind>, properties: &ChainProperties) -> fmt::Result {
    match values {
        Composite::Named(values) => values
            .iter()
            .try_for_each(|(name, value)| tree(out, indent, &format!("{name}: "), value, properties)),
        Composite::Unnamed(values) => values
            .iter()
            .try_for_each(|value| tree(out, indent, "- ", value, properties)),
    }
}

/// A value as an indented tree, or on one line where it fits.
pub(crate) fn text(value: &Decoded, properties: &ChainProperties) -> String {
    let mut out = String::new();
    // Writing into a string does not fail.
    let _ = tree(&mut out, 0, "", value, properties);
    out.trim_end().to_owned()
}

/// `Pallet.Event` and its fields.
pub(super) fn event(event: &DecodedEvent, properties: &ChainProperties) -> String {
    let mut out = format!("{}.{}\n", event.pallet, event.event);
    if let ValueDef::Composite(values) = &event.fields.value {
        // Writing into a string does not fail.
        let _ = fields(&mut out, 1, values, properties);
    }
    out.trim_end().to_owned()
}

impl fmt::Display for DecodedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = format!("{}.{}\n", self.pallet, self.call);
        for (name, value) in &self.fields {
            tree(&mut out, 1, &format!("{name}: "), value, &self.properties)?;
        }
        f.write_str(out.trim_end())
    }
}
