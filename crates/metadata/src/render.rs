//! Values of constants as text.

use scale_info::{PortableRegistry, TypeDef, TypeDefPrimitive};
use scale_value::{Composite, Primitive, Value, ValueDef};

/// The value that these bytes are, as text; as hexadecimal digits when they do not decode.
pub(crate) fn value_text(types: &PortableRegistry, ty: u32, bytes: &[u8]) -> String {
    let mut rest = bytes;
    match scale_value::scale::decode_as_type(&mut rest, ty, types) {
        Ok(value) if rest.is_empty() => text(types, &value, false),
        _ => format!("0x{}", hex::encode(bytes)),
    }
}

fn text(types: &PortableRegistry, value: &Value<u32>, inside: bool) -> String {
    match &value.value {
        ValueDef::Primitive(primitive) => primitive_text(primitive),
        ValueDef::BitSequence(bits) => bits.iter().map(|bit| if bit { '1' } else { '0' }).collect(),
        ValueDef::Variant(variant) => {
            let fields = fields_text(types, &variant.values);
            match (&variant.values, fields.len()) {
                (_, 0) => variant.name.clone(),
                (Composite::Named(_), _) => format!("{} {{ {} }}", variant.name, fields.join(", ")),
                (Composite::Unnamed(_), _) => format!("{}({})", variant.name, fields.join(", ")),
            }
        }
        ValueDef::Composite(composite) => {
            if let Some(bytes) = bytes_of(types, composite) {
                return bytes_text(&bytes);
            }
            let fields = fields_text(types, composite);
            match composite {
                Composite::Named(_) => format!("{{ {} }}", fields.join(", ")),
                Composite::Unnamed(values) if values.len() == 1 && !inside => {
                    values.first().map(|one| text(types, one, false)).unwrap_or_default()
                }
                Composite::Unnamed(values) if values.len() == 1 => fields.concat(),
                Composite::Unnamed(_) => format!("[{}]", fields.join(", ")),
            }
        }
    }
}

fn fields_text(types: &PortableRegistry, composite: &Composite<u32>) -> Vec<String> {
    match composite {
        Composite::Named(fields) => fields
            .iter()
            .map(|(name, value)| format!("{name}: {}", text(types, value, true)))
            .collect(),
        Composite::Unnamed(values) => values.iter().map(|value| text(types, value, true)).collect(),
    }
}

/// The bytes that a list is made of; lists shorter than four are numbers.
fn bytes_of(types: &PortableRegistry, composite: &Composite<u32>) -> Option<Vec<u8>> {
    let Composite::Unnamed(values) = composite else {
        return None;
    };
    if let [one] = values.as_slice()
        && let ValueDef::Composite(inner) = &one.value
    {
        return bytes_of(types, inner);
    }
    if values.len() < 4 {
        return None;
    }
    let element = types.resolve(values.first()?.context)?;
    if !matches!(element.type_def, TypeDef::Primitive(TypeDefPrimitive::U8)) {
        return None;
    }
    let byte = |value: &Value<u32>| match value.value {
        ValueDef::Primitive(Primitive::U128(number)) => u8::try_from(number).ok(),
        _ => None,
    };
    values.iter().map(byte).collect()
}

fn bytes_text(bytes: &[u8]) -> String {
    let end = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last.saturating_add(1));
    let (head, _) = bytes.split_at(end);
    let readable = head.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    match std::str::from_utf8(head) {
        Ok(letters) if readable && !letters.is_empty() => format!("\"{letters}\""),
        _ => format!("0x{}", hex::encode(bytes)),
    }
}

fn primitive_text(primitive: &Primitive) -> String {
    match primitive {
        Primitive::Bool(truth) => truth.to_string(),
        Primitive::Char(letter) => format!("'{letter}'"),
        // Names of fixed length are filled up.
        Primitive::String(text) => format!("\"{}\"", text.trim_end_matches(['\0', ' ']).escape_debug()),
        Primitive::U128(number) => grouped(&number.to_string()),
        Primitive::I128(number) => number.to_string(),
        Primitive::U256(bytes) | Primitive::I256(bytes) => format!("0x{}", hex::encode(bytes)),
    }
}

/// `1_234_567`.
pub(crate) fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len().saturating_mul(2));
    let mut left = digits.len();
    for digit in digits.chars() {
        out.push(digit);
        left = left.saturating_sub(1);
        if left > 0 && left.is_multiple_of(3) {
            out.push('_');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Encode;
    use scale_info::{MetaType, Registry, TypeInfo};

    fn shown<T: TypeInfo + Encode + 'static>(value: T) -> String {
        let mut registry = Registry::new();
        let id = registry.register_type(&MetaType::new::<T>()).id;
        value_text(&PortableRegistry::from(registry), id, &value.encode())
    }

    #[derive(Encode, TypeInfo)]
    struct Track {
        name: [u8; 25],
        period: u32,
        curve: Option<(u64, u64)>,
    }

    #[test]
    fn constants_read_as_people_write_them() {
        assert_eq!(shown(1_000_000_000_000u128), "1_000_000_000_000");
        assert_eq!(shown(999u16), "999");
        assert_eq!(shown(*b"py/trsry"), "\"py/trsry\"");
        assert_eq!(shown([1u8, 2, 3, 255]), "0x010203ff");
        assert_eq!(shown([1u64, 2, 3, 255]), "[1, 2, 3, 255]");
        let mut name = [0; 25];
        name[..4].copy_from_slice(b"root");
        let track = Track {
            name,
            period: 1_200,
            curve: Some((1, 20_000)),
        };
        assert_eq!(
            shown(track),
            "{ name: \"root\", period: 1_200, curve: Some([1, 20_000]) }"
        );
        assert_eq!(shown(Vec::<u32>::new()), "[]");
        assert_eq!(shown("root\0\0".to_owned()), "\"root\"");
    }
}
