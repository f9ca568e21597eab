//! Bytes and single words into bytes.

use super::{Encoder, Form, is_call, word};
use codec::Encode;
use scale_info::TypeDefPrimitive;
use scale_value::{Composite, Primitive, Value, ValueDef};

type Result<T> = std::result::Result<T, String>;

impl Encoder<'_> {
    pub(super) fn bytes<T: Form>(&self, value: &Value<T>, depth: usize) -> Result<Vec<u8>> {
        match &value.value {
            ValueDef::Primitive(Primitive::String(text)) if !value.context.quoted() && text.starts_with("0x") => {
                word::hex(text)
            }
            ValueDef::Primitive(Primitive::String(text)) => Ok(text.as_bytes().to_vec()),
            // The encoding of a call, where bytes are asked for: a preimage.
            ValueDef::Variant(_) if is_call(value) => {
                let mut call = Vec::new();
                self.call(value, &mut call, depth)?;
                Ok(call)
            }
            _ => crate::value::as_bytes(value)
                .ok_or_else(|| format!("{} is not bytes: write 0x… or \"text\"", shown(value))),
        }
    }

    pub(super) fn unsigned<T: Form>(&self, value: &Value<T>, width: u32) -> Result<u128> {
        let number = match &value.value {
            ValueDef::Primitive(Primitive::U128(number)) => *number,
            ValueDef::Primitive(Primitive::I128(number)) => {
                u128::try_from(*number).map_err(|_| format!("{number} is negative"))?
            }
            ValueDef::Primitive(Primitive::String(text)) if width == 16 => word::amount(text, self.properties)?,
            ValueDef::Primitive(Primitive::String(text)) => word::number(text)?,
            ValueDef::Composite(fields) if fields.len() == 1 => {
                let inner = fields.values().next().ok_or("it is empty")?;
                return self.unsigned(inner, width);
            }
            _ => return Err(format!("{} is no number", shown(value))),
        };
        if width < 16 && number >> (width * 8) != 0 {
            let most = (1u128 << (width * 8)) - 1;
            return Err(format!("{number} is too large: {most} at most"));
        }
        Ok(number)
    }

    pub(super) fn primitive<T: Form>(
        &self,
        value: &Value<T>,
        primitive: &TypeDefPrimitive,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        use TypeDefPrimitive as P;
        let little = |number: u128, width: usize, out: &mut Vec<u8>| {
            out.extend_from_slice(number.to_le_bytes().get(..width).unwrap_or_default());
        };
        match primitive {
            P::Bool => {
                let flag = match (value.as_bool(), value.as_str()) {
                    (Some(flag), _) => flag,
                    (None, Some("true")) => true,
                    (None, Some("false")) => false,
                    _ => return Err(format!("{} is neither true nor false", shown(value))),
                };
                out.push(flag.into());
            }
            P::Char => {
                let char = value
                    .as_char()
                    .or_else(|| value.as_str().and_then(|text| text.parse().ok()));
                let char = char.ok_or_else(|| format!("{} is not one character", shown(value)))?;
                u32::from(char).encode_to(out);
            }
            P::Str => {
                let text = value.as_str().ok_or_else(|| format!("{} is no text", shown(value)))?;
                text.encode_to(out);
            }
            P::U8 => little(self.unsigned(value, 1)?, 1, out),
            P::U16 => little(self.unsigned(value, 2)?, 2, out),
            P::U32 => little(self.unsigned(value, 4)?, 4, out),
            P::U64 => little(self.unsigned(value, 8)?, 8, out),
            P::U128 => little(self.unsigned(value, 16)?, 16, out),
            P::I8 | P::I16 | P::I32 | P::I64 | P::I128 => {
                let width: u32 = match primitive {
                    P::I8 => 1,
                    P::I16 => 2,
                    P::I32 => 4,
                    P::I64 => 8,
                    _ => 16,
                };
                let number = match (value.as_i128(), value.as_u128(), value.as_str()) {
                    (Some(number), ..) => number,
                    (_, Some(number), _) => i128::try_from(number).map_err(|e| e.to_string())?,
                    (.., Some(text)) => word::signed(text)?,
                    _ => return Err(format!("{} is no number", shown(value))),
                };
                let spare = 128 - width * 8;
                if (number << spare) >> spare != number {
                    return Err(format!("{number} does not fit into {} bits", width * 8));
                }
                let bytes = number.to_le_bytes();
                out.extend_from_slice(bytes.get(..usize::try_from(width).unwrap_or(16)).unwrap_or_default());
            }
            P::U256 | P::I256 => match &value.value {
                ValueDef::Primitive(Primitive::U256(bytes) | Primitive::I256(bytes)) => out.extend_from_slice(bytes),
                _ => {
                    little(self.unsigned(value, 16)?, 16, out);
                    out.extend_from_slice(&[0; 16]);
                }
            },
        }
        Ok(())
    }
}

/// The start of a value, for messages.
pub(super) fn shown<T>(value: &Value<T>) -> String {
    match &value.value {
        ValueDef::Primitive(Primitive::String(text)) => format!("{text:?}"),
        ValueDef::Primitive(Primitive::U128(number)) => number.to_string(),
        ValueDef::Primitive(Primitive::I128(number)) => number.to_string(),
        ValueDef::Primitive(Primitive::Bool(flag)) => flag.to_string(),
        ValueDef::Primitive(_) => "this value".to_owned(),
        ValueDef::Composite(Composite::Named(_)) => "a struct".to_owned(),
        ValueDef::Composite(Composite::Unnamed(_)) => "a list".to_owned(),
        ValueDef::Variant(variant) => format!("{}(…)", variant.name),
        ValueDef::BitSequence(_) => "a row of bits".to_owned(),
    }
}
