//! Values into bytes, by the metadata's types.
//!
//! Takes what people write and what [`super::decode`] gives: words are numbers, addresses or variants as the type asks,
//! and wrappers around one value may be left out.

mod scalar;

use super::{
    decode::{Decoder, MAX_DEPTH, NO_CALLS, holds_call, is_account, is_byte, resolve, width, within},
    names,
    parse::Written,
    word,
};
use crate::{ChainProperties, value::Kind};
use codec::{Compact, Encode};
use scalar::shown;
use scale_info::{
    Field, PortableRegistry, Type, TypeDef, TypeDefPrimitive, Variant as VariantType, form::PortableForm,
};
use scale_value::{Composite, Primitive, Value, ValueDef, Variant};
use subxt::metadata::Metadata;

/// Longest call that fits into `Bounded::Inline`.
const INLINE: usize = 128;

type Result<T> = std::result::Result<T, String>;

/// What a value says about how it was written.
pub(super) trait Form: Copy {
    /// Whether a string can only be text.
    fn quoted(self) -> bool {
        false
    }
}

impl Form for () {}
impl Form for Kind {}
impl Form for Written {
    fn quoted(self) -> bool {
        self == Written::Quoted
    }
}

/// Writes values as the metadata asks.
#[derive(Clone, Copy)]
pub(super) struct Encoder<'a> {
    types: &'a PortableRegistry,
    /// Where the names of calls stand; types from elsewhere than the runtime know no calls.
    metadata: Option<&'a Metadata>,
    properties: &'a ChainProperties,
}

impl<'a> Encoder<'a> {
    pub(super) fn new(metadata: &'a Metadata, properties: &'a ChainProperties) -> Self {
        Self {
            types: metadata.types(),
            metadata: Some(metadata),
            properties,
        }
    }

    /// For types that are not the runtime's.
    pub(super) fn foreign(types: &'a PortableRegistry, properties: &'a ChainProperties) -> Self {
        Self {
            types,
            metadata: None,
            properties,
        }
    }

    fn types(&self) -> &'a PortableRegistry {
        self.types
    }

    fn calls(&self) -> u32 {
        self.metadata
            .map_or(NO_CALLS, |metadata| metadata.outer_enums().call_enum_ty())
    }

    /// Whether this is a call's name.
    pub(super) fn knows_call(&self, pallet: &str, call: &str) -> bool {
        self.metadata
            .is_some_and(|metadata| names::call(metadata, pallet, call).is_ok())
    }

    /// Whether the type is bytes of any number, also within structs around them.
    pub(super) fn takes_bytes(&self, ty: u32) -> bool {
        let mut ty = ty;
        for _ in 0..MAX_DEPTH {
            match self.types().resolve(ty).map(|ty| &ty.type_def) {
                Some(TypeDef::Sequence(sequence)) => return is_byte(self.types(), sequence.type_param.id),
                Some(TypeDef::Composite(composite)) => match composite.fields.as_slice() {
                    [only] => ty = only.ty.id,
                    _ => return false,
                },
                _ => return false,
            }
        }
        false
    }

    /// Whether the type is text.
    pub(super) fn takes_text(&self, ty: u32) -> bool {
        let shape = self.types().resolve(ty).map(|ty| &ty.type_def);
        matches!(shape, Some(TypeDef::Primitive(TypeDefPrimitive::Str)))
    }

    /// Appends the encoding of a value of this type.
    pub(super) fn value<T: Form>(&self, value: &Value<T>, ty: u32, out: &mut Vec<u8>) -> Result<()> {
        self.nested(value, ty, out, 0)
    }

    fn nested<T: Form>(&self, value: &Value<T>, ty: u32, out: &mut Vec<u8>, depth: usize) -> Result<()> {
        if depth >= MAX_DEPTH {
            return Err(format!("it is nested more than {MAX_DEPTH} levels deep"));
        }
        let depth = depth + 1;
        let shape = resolve(self.types(), ty)?;
        match &shape.type_def {
            TypeDef::Composite(_) if is_account(shape) => {
                let account = match &value.value {
                    ValueDef::Primitive(Primitive::String(text)) => word::account(text, self.properties)?,
                    _ => crate::value::as_account(value).ok_or_else(|| format!("{} is no account", shown(value)))?,
                };
                out.extend_from_slice(account.as_ref());
                Ok(())
            }
            TypeDef::Composite(composite) => {
                if let (Some(parts), Some(text)) = (word::share(shape), value.as_str())
                    && text.ends_with('%')
                {
                    let parts = word::percent(text, parts)?;
                    return self.nested(
                        &Value::u128(parts),
                        composite.fields.first().map_or(ty, |f| f.ty.id),
                        out,
                        depth,
                    );
                }
                match composite.fields.as_slice() {
                    [only] => self.wrapped(value, only, out, depth),
                    fields => match &value.value {
                        ValueDef::Composite(values) => self.fields(values, fields, out, depth),
                        _ => Err(format!("{} is no struct: write {}", shown(value), layout(fields))),
                    },
                }
            }
            TypeDef::Variant(variants) if ty == self.calls() => {
                let _ = variants;
                self.call(value, out, depth)
            }
            TypeDef::Variant(variants) => self.variant(value, ty, shape, &variants.variants, out, depth),
            TypeDef::Sequence(sequence) if is_byte(self.types(), sequence.type_param.id) => {
                let bytes = self.bytes(value, depth)?;
                Compact(count(bytes.len())?).encode_to(out);
                out.extend_from_slice(&bytes);
                Ok(())
            }
            TypeDef::Sequence(sequence) => {
                let values = list(value)?;
                Compact(count(values.len())?).encode_to(out);
                self.list(&values, sequence.type_param.id, out, depth)
            }
            TypeDef::Array(array) => {
                let wanted = usize::try_from(array.len).map_err(|e| e.to_string())?;
                if is_byte(self.types(), array.type_param.id) {
                    let bytes = self.bytes(value, depth)?;
                    if bytes.len() != wanted {
                        return Err(format!("{wanted} bytes are needed, {} given", bytes.len()));
                    }
                    out.extend_from_slice(&bytes);
                    return Ok(());
                }
                let values = list(value)?;
                if values.len() != wanted {
                    return Err(format!("{wanted} values are needed, {} given", values.len()));
                }
                self.list(&values, array.type_param.id, out, depth)
            }
            TypeDef::Tuple(tuple) => match tuple.fields.as_slice() {
                [only] => self.nested(value, only.id, out, depth),
                fields => {
                    let values = list(value)?;
                    if values.len() != fields.len() {
                        return Err(format!("{} values are needed, {} given", fields.len(), values.len()));
                    }
                    values
                        .iter()
                        .zip(fields)
                        .try_for_each(|(value, field)| self.nested(value, field.id, out, depth))
                }
            },
            TypeDef::Primitive(primitive) => self.primitive(value, primitive, out),
            TypeDef::Compact(compact) => {
                let width = width(self.types(), compact.type_param.id, depth)?;
                let inner = resolve(self.types(), compact.type_param.id)?;
                let number = match (word::share(inner), value.as_str()) {
                    (Some(parts), Some(text)) if text.ends_with('%') => word::percent(text, parts)?,
                    _ => self.unsigned(value, width)?,
                };
                Compact(number).encode_to(out);
                Ok(())
            }
            TypeDef::BitSequence(_) => {
                let value = value.clone().map_context(|_| ());
                scale_value::scale::encode_as_type(&value, ty, self.types(), out).map_err(|e| e.to_string())
            }
        }
    }

    /// A struct of one field: the value stands for the field itself, or for the struct around it.
    fn wrapped<T: Form>(
        &self,
        value: &Value<T>,
        only: &Field<PortableForm>,
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<()> {
        if let (Some(name), ValueDef::Composite(Composite::Named(values))) = (&only.name, &value.value)
            && let [(given, inner)] = values.as_slice()
            && names::same(given, name)
        {
            return self
                .nested(inner, only.ty.id, out, depth)
                .map_err(|reason| within(name, reason));
        }
        let start = out.len();
        let first = self.nested(value, only.ty.id, out, depth);
        if let (Err(_), ValueDef::Composite(Composite::Unnamed(values))) = (&first, &value.value)
            && let [inner] = values.as_slice()
        {
            out.truncate(start);
            return self.nested(inner, only.ty.id, out, depth);
        }
        first
    }

    /// Values for fields, by name or in order.
    pub(super) fn fields<T: Form>(
        &self,
        values: &Composite<T>,
        fields: &[Field<PortableForm>],
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<()> {
        match values {
            Composite::Unnamed(values) if values.len() != fields.len() => Err(format!(
                "{} values are needed, {} given: {}",
                fields.len(),
                values.len(),
                layout(fields)
            )),
            Composite::Unnamed(values) => {
                for (value, field) in values.iter().zip(fields) {
                    let name = field.name.as_deref().unwrap_or_default();
                    self.nested(value, field.ty.id, out, depth)
                        .map_err(|reason| within(name, reason))?;
                }
                Ok(())
            }
            Composite::Named(values) => {
                let known = || fields.iter().filter_map(|field| field.name.as_deref());
                if let Some((name, _)) = values
                    .iter()
                    .find(|(name, _)| !known().any(|known| names::same(known, name)))
                {
                    return Err(format!("there is no field {name:?}{}", names::hint(name, known())));
                }
                for field in fields {
                    let name = field.name.as_deref().unwrap_or_default();
                    let mut given = values.iter().filter(|(given, _)| names::same(given, name));
                    let (_, value) = given
                        .next()
                        .ok_or_else(|| format!("{name} is missing: {}", layout(fields)))?;
                    if given.next().is_some() {
                        return Err(format!("{name} is given twice"));
                    }
                    self.nested(value, field.ty.id, out, depth)
                        .map_err(|reason| within(name, reason))?;
                }
                Ok(())
            }
        }
    }

    fn list<T: Form>(&self, values: &[&Value<T>], item: u32, out: &mut Vec<u8>, depth: usize) -> Result<()> {
        for (index, value) in values.iter().enumerate() {
            self.nested(value, item, out, depth)
                .map_err(|reason| within(&format!("[{index}]"), reason))?;
        }
        Ok(())
    }

    fn variant<T: Form>(
        &self,
        value: &Value<T>,
        ty: u32,
        shape: &Type<PortableForm>,
        variants: &[VariantType<PortableForm>],
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<()> {
        let type_name = shape.path.segments.last().map(String::as_str).unwrap_or_default();
        let nothing = Composite::Unnamed(Vec::new());
        let inner;
        let (name, values) = match &value.value {
            ValueDef::Variant(Variant { name, values }) => (name.as_str(), values),
            ValueDef::Primitive(Primitive::String(text)) => (text.as_str(), &nothing),
            ValueDef::Composite(Composite::Named(fields)) if fields.len() == 1 => {
                let Some((name, value)) = fields.first() else {
                    return Err("it is empty".to_owned());
                };
                inner = match &value.value {
                    ValueDef::Composite(fields) => fields.clone(),
                    _ => Composite::Unnamed(vec![value.clone()]),
                };
                (name.as_str(), &inner)
            }
            _ => ("", &nothing),
        };
        let found = variants.iter().find(|variant| names::same(&variant.name, name));
        let fits = found.is_some_and(|variant| values.is_empty() == variant.fields.is_empty());
        match type_name {
            "Option" if !fits && names::same(name, "null") => {
                out.push(0);
                return Ok(());
            }
            "Option" if !fits => {
                let some = variants.iter().find(|variant| variant.name == "Some");
                let some = some.and_then(|some| some.fields.first().map(|field| (some.index, field.ty.id)));
                let (index, inner) = some.ok_or("the option holds nothing")?;
                out.push(index);
                return self.nested(value, inner, out, depth);
            }
            "MultiAddress" if !fits => {
                let id = variants.iter().find(|variant| variant.name == "Id");
                let id = id.and_then(|id| id.fields.first().map(|field| (id.index, field.ty.id)));
                let (index, inner) = id.ok_or("an address cannot be an account here")?;
                out.push(index);
                return self.nested(value, inner, out, depth);
            }
            "Bounded" if holds_call(shape, self.calls()) && found.is_none() => {
                return self.inline(value, variants, out, depth);
            }
            "Bounded" if name == "Inline" && holds_call(shape, self.calls()) => {
                let call = values.values().next().filter(|value| is_call(value));
                if let Some(call) = call {
                    return self.inline(call, variants, out, depth);
                }
            }
            _ => {}
        }
        let Some(variant) = found else {
            let known = variants.iter().map(|variant| variant.name.as_str());
            let what = if type_name.is_empty() {
                "variant".to_owned()
            } else {
                format!("{type_name} (type {ty})")
            };
            return Err(match name {
                "" => format!("{} is no {what}{}", shown(value), names::hint("", known)),
                name => format!("{name:?} is no {what}{}", names::hint(name, known)),
            });
        };
        out.push(variant.index);
        let single = match (variant.fields.as_slice(), values) {
            ([only], Composite::Unnamed(values)) if values.len() == 1 => values.first().map(|value| (only, value)),
            // A struct written right after the variant's name.
            ([only], Composite::Named(_)) if only.name.is_none() => {
                let value = Value::with_context(ValueDef::Composite(values.clone()), value.context);
                return self.nested(&value, only.ty.id, out, depth);
            }
            _ => None,
        };
        let done = match single {
            Some((only, value)) => self.nested(value, only.ty.id, out, depth),
            None => self.fields(values, &variant.fields, out, depth),
        };
        done.map_err(|reason| within(&variant.name, reason))
    }

    /// A call inside `Bounded`.
    fn inline<T: Form>(
        &self,
        value: &Value<T>,
        variants: &[VariantType<PortableForm>],
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<()> {
        let mut call = Vec::new();
        self.call(value, &mut call, depth)?;
        if call.len() > INLINE {
            return Err(format!(
                "the call takes {} bytes, {INLINE} at most fit in place; note it with preimage.note_preimage, and give \
                 Lookup{{hash: 0x{}, len: {}}}",
                call.len(),
                hex::encode(sp_crypto_hashing::blake2_256(&call)),
                call.len()
            ));
        }
        let index = variants.iter().find(|variant| variant.name == "Inline");
        out.push(index.ok_or("a call cannot be given in place here")?.index);
        call.encode_to(out);
        Ok(())
    }

    /// A call of any pallet.
    fn call<T: Form>(&self, value: &Value<T>, out: &mut Vec<u8>, depth: usize) -> Result<()> {
        let nothing = Composite::Unnamed(Vec::new());
        let (path, values) = match &value.value {
            ValueDef::Primitive(Primitive::String(text)) if text.starts_with("0x") => {
                let bytes = word::hex(text)?;
                Decoder::new(self.types(), self.calls(), bytes.len()).whole(&bytes, self.calls())?;
                out.extend_from_slice(&bytes);
                return Ok(());
            }
            ValueDef::Primitive(Primitive::String(path)) => (path.as_str(), &nothing),
            ValueDef::Variant(Variant { name, values }) => (name.as_str(), values),
            _ => return Err(format!("{} is no call: write pallet.call(…)", shown(value))),
        };
        if let Some((pallet, call)) = names::split_path(path) {
            return self.named_call(pallet, call, values, out, depth);
        }
        // As it is decoded: a variant for the pallet, in it one for the call.
        match values.values().next().map(|inner| &inner.value) {
            Some(ValueDef::Variant(call)) if values.len() == 1 => {
                self.named_call(path, &call.name, &call.values, out, depth)
            }
            _ => Err(format!("{path:?} is no call: write pallet.call(…)")),
        }
    }

    fn named_call<T: Form>(
        &self,
        pallet: &str,
        call: &str,
        values: &Composite<T>,
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<()> {
        let metadata = self.metadata.ok_or("a call of the chain's cannot stand here")?;
        let (pallet, call) = names::call(metadata, pallet, call).map_err(|e| e.to_string())?;
        out.extend_from_slice(&[pallet.call_index(), call.index]);
        self.fields(values, &call.fields, out, depth)
            .map_err(|reason| within(&format!("{}.{}", pallet.name(), call.name), reason))
    }
}

/// Whether a value can only be meant as a call: a variant named `pallet.call`, or one within another.
fn is_call<T>(value: &Value<T>) -> bool {
    match &value.value {
        ValueDef::Variant(Variant { name, values }) => {
            name.contains('.')
                || values.len() == 1 && values.values().all(|inner| matches!(inner.value, ValueDef::Variant(_)))
        }
        _ => false,
    }
}

fn list<T>(value: &Value<T>) -> Result<Vec<&Value<T>>> {
    match &value.value {
        ValueDef::Composite(values) => Ok(values.values().collect()),
        _ => Err(format!("{} is no list: write [value, …]", shown(value))),
    }
}

fn count(length: usize) -> Result<u32> {
    u32::try_from(length).map_err(|_| "a list is too long".to_owned())
}

/// `{name: type, …}`, to be imitated.
pub(super) fn layout(fields: &[Field<PortableForm>]) -> String {
    if fields.is_empty() {
        return "there are none".to_owned();
    }
    let parts: Vec<String> = fields
        .iter()
        .map(|field| {
            let kind = field.type_name.as_deref().unwrap_or("…");
            match &field.name {
                Some(name) => format!("{name}: {kind}"),
                None => kind.to_owned(),
            }
        })
        .collect();
    format!("{{{}}}", parts.join(", "))
}
