//! Types that many answers share.

use serde::{Serialize, Serializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::SchemaType},
};

/// A whole number that may be too large for a JSON number, as a string of decimal digits. Amounts are in planck: a million millions of
/// them are one token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, pattern = "^[0-9]+$", examples("1000000000000"))]
pub(crate) struct Amount(pub(crate) u128);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Data of the chain, decoded; also null, for what is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Data(pub(crate) serde_json::Value);

impl Data {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self(serde_json::Value::String(text.into()))
    }

    pub(crate) fn empty_list() -> Self {
        Self(serde_json::Value::Array(Vec::new()))
    }
}

impl PartialSchema for Data {
    fn schema() -> RefOr<Schema> {
        let any = ObjectBuilder::new().schema_type(SchemaType::AnyValue).description(Some(
            "Data of the chain, decoded: a struct is an object, a variant its name or an object with its name as the only key, an \
             account an address, other bytes hexadecimal digits with `0x`, an integer of 64 bits or more a string of decimal \
             digits, a call an object with `pallet`, `call` and `args`. Null for what is not there.",
        ));
        any.into()
    }
}

impl ToSchema for Data {}
