//! Types as people write them.

use scale_info::{Field, PortableRegistry, Type, TypeDef, TypeDefPrimitive, form::PortableForm};

/// Names that say little without the crate that they are of.
const COMMON: [&str; 12] = [
    "Call",
    "Config",
    "Error",
    "Event",
    "FreezeReason",
    "HoldReason",
    "Origin",
    "RawEvent",
    "RawOrigin",
    "Reason",
    "Releases",
    "SlashReason",
];

/// The type with this id; ids of a registry always lead somewhere, but the metadata is somebody else's.
pub(crate) fn resolve(types: &PortableRegistry, id: u32) -> Option<&Type<PortableForm>> {
    types.resolve(id)
}

/// `BoundedVec<u8>`, `[u8; 32]`, `(u32, AccountId32)`.
pub(crate) fn type_name(types: &PortableRegistry, id: u32) -> String {
    name_at(types, id, 0)
}

fn name_at(types: &PortableRegistry, id: u32, depth: u8) -> String {
    let Some(ty) = resolve(types, id).filter(|_| depth < 12) else {
        return "…".to_owned();
    };
    let inner = |id: u32| name_at(types, id, depth.saturating_add(1));
    if let Some(last) = ty.path.segments.last() {
        let base = match ty.path.segments.first() {
            Some(first) if COMMON.contains(&last.as_str()) && first != last => format!("{first}::{last}"),
            _ => last.clone(),
        };
        let parameters: Vec<String> = ty
            .type_params
            .iter()
            .filter_map(|parameter| parameter.ty.as_ref())
            .map(|parameter| inner(parameter.id))
            .collect();
        // The parameters of the outer enums and of the pallets' own types are the runtime and its parts: noise.
        if parameters.is_empty() || base.contains("::") || parameters.iter().any(|name| name.len() > 80) {
            return base;
        }
        return format!("{base}<{}>", parameters.join(", "));
    }
    match &ty.type_def {
        TypeDef::Sequence(sequence) => format!("Vec<{}>", inner(sequence.type_param.id)),
        TypeDef::Array(array) => format!("[{}; {}]", inner(array.type_param.id), array.len),
        TypeDef::Tuple(tuple) => {
            let fields: Vec<String> = tuple.fields.iter().map(|field| inner(field.id)).collect();
            match fields.as_slice() {
                [one] => format!("({one},)"),
                several => format!("({})", several.join(", ")),
            }
        }
        TypeDef::Compact(compact) => format!("Compact<{}>", inner(compact.type_param.id)),
        TypeDef::Primitive(primitive) => primitive_name(primitive).to_owned(),
        TypeDef::BitSequence(_) => "BitVec".to_owned(),
        TypeDef::Composite(_) | TypeDef::Variant(_) => "(unnamed)".to_owned(),
    }
}

fn primitive_name(primitive: &TypeDefPrimitive) -> &'static str {
    match primitive {
        TypeDefPrimitive::Bool => "bool",
        TypeDefPrimitive::Char => "char",
        TypeDefPrimitive::Str => "String",
        TypeDefPrimitive::U8 => "u8",
        TypeDefPrimitive::U16 => "u16",
        TypeDefPrimitive::U32 => "u32",
        TypeDefPrimitive::U64 => "u64",
        TypeDefPrimitive::U128 => "u128",
        TypeDefPrimitive::U256 => "U256",
        TypeDefPrimitive::I8 => "i8",
        TypeDefPrimitive::I16 => "i16",
        TypeDefPrimitive::I32 => "i32",
        TypeDefPrimitive::I64 => "i64",
        TypeDefPrimitive::I128 => "i128",
        TypeDefPrimitive::I256 => "I256",
    }
}

/// The name of a field, or its place.
pub(crate) fn field_name(field: &Field<PortableForm>, place: usize) -> String {
    field.name.clone().unwrap_or_else(|| place.to_string())
}

/// A field's type, with the name that the source gives a bare number: `u128 (Balance)`.
pub(crate) fn field_type(types: &PortableRegistry, field: &Field<PortableForm>) -> (String, Option<String>) {
    let name = type_name(types, field.ty.id);
    let bare = name.trim_start_matches("Compact<").trim_end_matches('>');
    let is_number = matches!(bare, "u8" | "u16" | "u32" | "u64" | "u128");
    let said = field.type_name.as_deref().filter(|_| is_number).map(short);
    (
        name.clone(),
        said.filter(|said| !said.is_empty() && *said != name && said != bare && said.len() <= 40),
    )
}

/// `BalanceOf` of `BalanceOf<T, I>`, `Balance` of `T::Balance`.
fn short(written: &str) -> String {
    let base = written.split('<').next().unwrap_or(written);
    base.rsplit("::").next().unwrap_or(base).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use scale_info::{MetaType, Registry, TypeInfo};

    #[derive(TypeInfo)]
    struct Pair<A, B> {
        #[allow(dead_code, reason = "only its type is looked at")]
        first: A,
        #[allow(dead_code, reason = "only its type is looked at")]
        second: B,
    }

    fn name_of<T: TypeInfo + 'static>() -> String {
        let mut registry = Registry::new();
        let id = registry.register_type(&MetaType::new::<T>()).id;
        type_name(&PortableRegistry::from(registry), id)
    }

    #[test]
    fn types_read_as_in_the_source() {
        assert_eq!(name_of::<[u8; 32]>(), "[u8; 32]");
        assert_eq!(name_of::<Vec<(u32, bool)>>(), "Vec<(u32, bool)>");
        assert_eq!(
            name_of::<Pair<Option<u16>, codec::Compact<u64>>>(),
            "Pair<Option<u16>, Compact<u64>>"
        );
        assert_eq!(short("BalanceOf<T, I>"), "BalanceOf");
        assert_eq!(short("T::Balance"), "Balance");
    }
}
