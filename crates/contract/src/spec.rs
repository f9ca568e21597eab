//! The JSON of ink!'s metadata, as far as a caller needs it. Fields that are not known are left alone.

use serde::{Deserialize, Deserializer, de::Error};

#[derive(Deserialize)]
pub(crate) struct Project {
    pub(crate) types: serde_json::Value,
    pub(crate) spec: Spec,
}

#[derive(Deserialize)]
pub(crate) struct Spec {
    pub(crate) constructors: Vec<CallableSpec>,
    pub(crate) messages: Vec<CallableSpec>,
    #[serde(default)]
    pub(crate) events: Vec<Event>,
}

/// A constructor or a message.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallableSpec {
    pub(crate) label: String,
    #[serde(deserialize_with = "bytes")]
    pub(crate) selector: [u8; 4],
    #[serde(default)]
    pub(crate) args: Vec<Arg>,
    #[serde(default)]
    pub(crate) payable: bool,
    /// Constructors have none.
    #[serde(default)]
    pub(crate) mutates: bool,
    #[serde(default)]
    pub(crate) default: bool,
    #[serde(default)]
    pub(crate) docs: Vec<String>,
    #[serde(default)]
    pub(crate) return_type: Option<TypeRef>,
}

/// An argument, or a field of an event.
#[derive(Deserialize)]
pub(crate) struct Arg {
    pub(crate) label: String,
    #[serde(rename = "type")]
    pub(crate) ty: TypeRef,
    #[serde(default)]
    pub(crate) indexed: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TypeRef {
    #[serde(rename = "type")]
    pub(crate) ty: u32,
    #[serde(default)]
    pub(crate) display_name: Vec<String>,
}

/// An event.
#[derive(Deserialize)]
pub(crate) struct Event {
    pub(crate) label: String,
    #[serde(default, deserialize_with = "maybe_bytes")]
    pub(crate) signature_topic: Option<[u8; 32]>,
    #[serde(default)]
    pub(crate) args: Vec<Arg>,
    #[serde(default)]
    pub(crate) docs: Vec<String>,
}

fn bytes<'de, const N: usize, D: Deserializer<'de>>(input: D) -> Result<[u8; N], D::Error> {
    fixed(&String::deserialize(input)?).map_err(D::Error::custom)
}

fn maybe_bytes<'de, const N: usize, D: Deserializer<'de>>(input: D) -> Result<Option<[u8; N]>, D::Error> {
    let text = Option::<String>::deserialize(input)?;
    text.map(|text| fixed(&text)).transpose().map_err(D::Error::custom)
}

fn fixed<const N: usize>(text: &str) -> Result<[u8; N], String> {
    let bytes =
        hex::decode(text.strip_prefix("0x").unwrap_or(text)).map_err(|e| format!("{text:.20?} is not hex: {e}"))?;
    let length = bytes.len();
    bytes
        .try_into()
        .map_err(|_| format!("{N} bytes are needed, {length} found"))
}
