//! Values whose types only the metadata knows: how to make them, look into them, and write them as JSON.
//!
//! Shapes of what the chain gives back: a struct is a named composite, a tuple or list an unnamed one, bytes (hashes, keys and accounts too)
//! are an unnamed composite of numbers, and a struct around one nameless value is that value.

use crate::{ChainProperties, RawCall};
use blocs_primitives::{AccountId, Balance};
use scale_value::{Composite, Primitive, ValueDef};
use serde_json::{Value as Json, json};
use sp_core::crypto::Ss58Codec;

/// A value to be encoded as the metadata asks.
pub type Value = scale_value::Value<()>;

/// A value that the chain gave, with what its type says beyond its shape. All functions of this module take both kinds.
pub type Decoded = scale_value::Value<Kind>;

/// What the type of a value says beyond its shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    #[default]
    Plain,
    /// An account.
    Account,
    /// Bytes: `Vec<u8>`, `[u8; N]`, a hash, a key.
    Bytes,
    /// An integer of 64 bits or more.
    Wide,
    /// An amount of the chain's token, in planck.
    Amount,
    /// A call: a variant named for the pallet, holding a variant named for the call.
    Call,
}

/// An account.
pub fn account(account: &AccountId) -> Value {
    Value::from_bytes(<AccountId as AsRef<[u8; 32]>>::as_ref(account))
}

/// An amount in planck, or any other number.
pub fn amount(amount: Balance) -> Value {
    Value::u128(amount)
}

/// Bytes, a hash, a key.
pub fn bytes(bytes: &[u8]) -> Value {
    Value::from_bytes(bytes)
}

/// A call inside another one.
pub fn call(call: &RawCall) -> Value {
    Value::string(hex(&call.bytes))
}

/// An account's address on this chain.
pub fn address(account: &AccountId, properties: &ChainProperties) -> String {
    account.to_ss58check_with_version(properties.ss58_prefix.into())
}

/// A decoded value as people read it: on one line, or as an indented tree.
pub fn to_text(value: &Decoded, properties: &ChainProperties) -> String {
    crate::dynamic::text(value, properties)
}

/// A value without what its type said, to be encoded again.
pub fn plain(value: Decoded) -> Value {
    value.remove_context()
}

/// A number, if it is one that is not negative.
pub fn as_u128<T>(value: &scale_value::Value<T>) -> Option<u128> {
    match &value.value {
        ValueDef::Primitive(Primitive::U128(number)) => Some(*number),
        ValueDef::Composite(Composite::Unnamed(values)) => match values.as_slice() {
            [inner] => as_u128(inner),
            _ => None,
        },
        _ => None,
    }
}

/// An account, also inside `MultiAddress::Id`.
pub fn as_account<T>(value: &scale_value::Value<T>) -> Option<AccountId> {
    if let Some(("Id", fields)) = variant(value) {
        return match fields {
            Composite::Unnamed(values) => values.first().and_then(as_account),
            Composite::Named(_) => None,
        };
    }
    let bytes: [u8; 32] = as_bytes(value)?.try_into().ok()?;
    Some(AccountId::new(bytes))
}

/// Bytes, if it is a list of numbers below 256.
pub fn as_bytes<T>(value: &scale_value::Value<T>) -> Option<Vec<u8>> {
    let ValueDef::Composite(Composite::Unnamed(values)) = &value.value else {
        return None;
    };
    let byte = |value: &scale_value::Value<T>| match &value.value {
        ValueDef::Primitive(Primitive::U128(number)) => u8::try_from(*number).ok(),
        _ => None,
    };
    if let [inner] = values.as_slice()
        && byte(inner).is_none()
    {
        return as_bytes(inner);
    }
    values.iter().map(byte).collect()
}

/// Text, if it is a string or bytes that are UTF-8.
pub fn as_text<T>(value: &scale_value::Value<T>) -> Option<String> {
    match &value.value {
        ValueDef::Primitive(Primitive::String(text)) => Some(text.clone()),
        _ => String::from_utf8(as_bytes(value)?).ok(),
    }
}

/// The field of this name, of a struct or of a variant.
pub fn field<'a, T>(value: &'a scale_value::Value<T>, name: &str) -> Option<&'a scale_value::Value<T>> {
    let fields = match &value.value {
        ValueDef::Composite(fields) => fields,
        ValueDef::Variant(variant) => &variant.values,
        _ => return None,
    };
    match fields {
        Composite::Named(fields) => fields.iter().find(|(key, _)| key == name).map(|(_, value)| value),
        Composite::Unnamed(_) => None,
    }
}

/// Name and fields of a variant.
pub fn variant<T>(value: &scale_value::Value<T>) -> Option<(&str, &Composite<T>)> {
    match &value.value {
        ValueDef::Variant(variant) => Some((&variant.name, &variant.values)),
        _ => None,
    }
}

/// The values of a list, a tuple or the fields of a struct, in order.
pub fn items<T>(value: &scale_value::Value<T>) -> Vec<&scale_value::Value<T>> {
    match &value.value {
        ValueDef::Composite(fields) => fields.values().collect(),
        ValueDef::Variant(variant) => variant.values.values().collect(),
        _ => Vec::new(),
    }
}

/// What is in an `Option`: `None` for `None` and for what is no option.
pub fn some<T>(value: &scale_value::Value<T>) -> Option<&scale_value::Value<T>> {
    match variant(value)? {
        ("Some", fields) => fields.values().next(),
        _ => None,
    }
}

/// The canonical JSON of what the chain gives: accounts as addresses, other bytes as `0x` and hex, integers of 64 bits and more as
/// strings, a variant as its name or as `{"Name": fields}`, one nameless field as itself, a call as `{"pallet", "call", "args"}`.
pub fn to_json(value: &Decoded, properties: &ChainProperties) -> Json {
    match (value.context, &value.value) {
        (Kind::Account, _) => match as_account(value) {
            Some(account) => Json::String(address(&account, properties)),
            None => Json::Null,
        },
        (Kind::Bytes, _) => Json::String(hex(&as_bytes(value).unwrap_or_default())),
        (kind, ValueDef::Primitive(primitive)) => primitive_json(primitive, matches!(kind, Kind::Wide | Kind::Amount)),
        (_, ValueDef::BitSequence(bits)) => Json::Array(bits.iter().map(Json::Bool).collect()),
        (_, ValueDef::Composite(values)) => fields_json(values, properties),
        (Kind::Call, ValueDef::Variant(pallet)) => match pallet.values.values().next().map(|inner| &inner.value) {
            Some(ValueDef::Variant(call)) => {
                json!({ "pallet": pallet.name, "call": call.name, "args": args_json(&call.values, properties) })
            }
            _ => Json::String(pallet.name.clone()),
        },
        (_, ValueDef::Variant(variant)) => {
            let inner = match &variant.values {
                Composite::Unnamed(values) => match values.as_slice() {
                    [] => return Json::String(variant.name.clone()),
                    [only] => to_json(only, properties),
                    _ => fields_json(&variant.values, properties),
                },
                Composite::Named(_) => fields_json(&variant.values, properties),
            };
            Json::Object([(variant.name.clone(), inner)].into_iter().collect())
        }
    }
}

/// The JSON of a call.
pub(crate) fn call_json(pallet: &str, call: &str, fields: &[(String, Decoded)], properties: &ChainProperties) -> Json {
    let args: serde_json::Map<String, Json> = fields
        .iter()
        .map(|(name, value)| (name.clone(), to_json(value, properties)))
        .collect();
    json!({ "pallet": pallet, "call": call, "args": args })
}

fn primitive_json(primitive: &Primitive, wide: bool) -> Json {
    match primitive {
        Primitive::Bool(flag) => Json::Bool(*flag),
        Primitive::Char(char) => Json::String(char.to_string()),
        Primitive::String(text) => Json::String(text.clone()),
        Primitive::U128(number) => match u32::try_from(*number) {
            Ok(number) if !wide => Json::from(number),
            _ => Json::String(number.to_string()),
        },
        Primitive::I128(number) => match i32::try_from(*number) {
            Ok(number) if !wide => Json::from(number),
            _ => Json::String(number.to_string()),
        },
        Primitive::U256(bytes) | Primitive::I256(bytes) => Json::String(hex(bytes)),
    }
}

/// Arguments are always an object, also when there are none.
fn args_json(values: &Composite<Kind>, properties: &ChainProperties) -> Json {
    if values.is_empty() {
        return Json::Object(serde_json::Map::new());
    }
    fields_json(values, properties)
}

fn fields_json(values: &Composite<Kind>, properties: &ChainProperties) -> Json {
    match values {
        Composite::Named(fields) => Json::Object(
            fields
                .iter()
                .map(|(name, value)| (name.clone(), to_json(value, properties)))
                .collect(),
        ),
        Composite::Unnamed(values) => Json::Array(values.iter().map(|value| to_json(value, properties)).collect()),
    }
}

fn hex(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}
