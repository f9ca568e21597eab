//! Bytes into values, by the metadata's types.
//!
//! The bytes may come from anyone: nesting is limited, and memory grows with the bytes and not with what they claim.

use crate::value::{Decoded, Kind};
use codec::{Compact, Decode};
use scale_info::{Field, PortableRegistry, Type, TypeDef, TypeDefPrimitive, form::PortableForm};
use scale_value::{Composite, Primitive, ValueDef, Variant};

/// Deepest nesting of values; forty calls in each other.
pub(super) const MAX_DEPTH: usize = 128;
/// Values beyond those that the bytes can fill: for structs and empty values.
const SPARE_VALUES: usize = 65_536;
/// Values for each byte at most.
const VALUES_PER_BYTE: usize = 16;
/// In place of the type of all calls, where there are none.
pub(super) const NO_CALLS: u32 = u32::MAX;
/// Crate of the pallet whose balances are not the chain's token.
const FOREIGN: &str = "pallet_assets";

/// Reads values from bytes.
pub(super) struct Decoder<'a> {
    types: &'a PortableRegistry,
    calls: u32,
    left: usize,
    foreign: bool,
}

type Result<T> = std::result::Result<T, String>;

impl<'a> Decoder<'a> {
    /// For `bytes` bytes; `calls` is the type of all calls.
    pub(super) fn new(types: &'a PortableRegistry, calls: u32, bytes: usize) -> Self {
        Self {
            types,
            calls,
            left: bytes.saturating_mul(VALUES_PER_BYTE).saturating_add(SPARE_VALUES),
            foreign: false,
        }
    }

    /// For types that are not the runtime's: they hold no calls, and their balances need not be the chain's token.
    pub(super) fn foreign(types: &'a PortableRegistry, bytes: usize) -> Self {
        Self {
            foreign: true,
            ..Self::new(types, NO_CALLS, bytes)
        }
    }

    /// The value of this type that takes all of `bytes`.
    pub(super) fn whole(&mut self, mut bytes: &[u8], ty: u32) -> Result<Decoded> {
        let value = self.value(&mut bytes, ty)?;
        match bytes.len() {
            0 => Ok(value),
            left => Err(format!("{left} bytes are left over at its end")),
        }
    }

    /// The value of this type at the start of `input`.
    pub(super) fn value(&mut self, input: &mut &[u8], ty: u32) -> Result<Decoded> {
        self.nested(input, ty, None, 0)
    }

    /// `hint` is how the source names the type.
    fn nested(&mut self, input: &mut &[u8], ty: u32, hint: Option<&str>, depth: usize) -> Result<Decoded> {
        if depth >= MAX_DEPTH {
            return Err(format!("it is nested more than {MAX_DEPTH} levels deep"));
        }
        self.left = self
            .left
            .checked_sub(1)
            .ok_or("it holds more values than its length allows")?;
        let types = self.types;
        let shape = resolve(types, ty)?;
        let outer = self.foreign;
        if ty == self.calls {
            self.foreign = false;
        } else if shape.path.segments.first().is_some_and(|name| name == FOREIGN) {
            self.foreign = true;
        }
        let value = self.shaped(input, ty, shape, hint, depth + 1);
        self.foreign = outer;
        value
    }

    fn shaped(
        &mut self,
        input: &mut &[u8],
        ty: u32,
        shape: &Type<PortableForm>,
        hint: Option<&str>,
        depth: usize,
    ) -> Result<Decoded> {
        let types = self.types;
        match &shape.type_def {
            TypeDef::Composite(composite) => match composite.fields.as_slice() {
                [only] if only.name.is_none() => {
                    let hint = only.type_name.as_deref().or(hint);
                    let mut inner = self.nested(input, only.ty.id, hint, depth)?;
                    if is_account(shape) {
                        inner.context = Kind::Account;
                    }
                    Ok(inner)
                }
                fields => Ok(plain(ValueDef::Composite(self.fields(input, fields, depth)?))),
            },
            TypeDef::Variant(variants) => {
                let index = byte(input)?;
                let variant = variants.variants.iter().find(|variant| variant.index == index);
                let variant = variant.ok_or_else(|| match shape.path.segments.last() {
                    Some(name) => format!("{name} has no variant {index}"),
                    None => format!("there is no variant {index}"),
                })?;
                let mut values = match variant.fields.as_slice() {
                    [only] if only.name.is_none() => {
                        let hint = only.type_name.as_deref().filter(|name| *name != "T").or(hint);
                        Composite::Unnamed(vec![self.nested(input, only.ty.id, hint, depth)?])
                    }
                    fields => self.fields(input, fields, depth)?,
                };
                if variant.name == "Inline" && holds_call(shape, self.calls) {
                    self.open_inline(&mut values, depth);
                }
                Ok(Decoded {
                    value: ValueDef::Variant(Variant {
                        name: variant.name.clone(),
                        values,
                    }),
                    context: if ty == self.calls { Kind::Call } else { Kind::Plain },
                })
            }
            TypeDef::Sequence(sequence) => {
                let length = compact(input)?;
                let length = usize::try_from(length).map_err(|_| too_long())?;
                self.list(input, sequence.type_param.id, length, hint, depth)
            }
            TypeDef::Array(array) => {
                let length = usize::try_from(array.len).map_err(|_| too_long())?;
                self.list(input, array.type_param.id, length, hint, depth)
            }
            TypeDef::Tuple(tuple) => {
                let values: Result<Vec<Decoded>> = tuple
                    .fields
                    .iter()
                    .map(|field| self.nested(input, field.id, hint, depth))
                    .collect();
                Ok(plain(ValueDef::Composite(Composite::Unnamed(values?))))
            }
            TypeDef::Primitive(primitive) => self.primitive(input, primitive, hint),
            TypeDef::Compact(compact_type) => {
                let number = compact(input)?;
                let width = width(types, compact_type.type_param.id, depth)?;
                if width < 16 && number >> (width * 8) != 0 {
                    return Err("a number is larger than its type".to_owned());
                }
                Ok(Decoded {
                    value: ValueDef::Primitive(Primitive::U128(number)),
                    context: self.kind(width, hint),
                })
            }
            TypeDef::BitSequence(_) => {
                // A bit takes less than a byte: the length that is claimed must be there.
                let bits = usize::try_from(compact(&mut &**input)?).map_err(|_| too_long())?;
                if bits / 8 > input.len() {
                    return Err(too_short());
                }
                scale_value::scale::decode_as_type(input, ty, types)
                    .map(|value| value.map_context(|_| Kind::Plain))
                    .map_err(|e| e.to_string())
            }
        }
    }

    fn fields(&mut self, input: &mut &[u8], fields: &[Field<PortableForm>], depth: usize) -> Result<Composite<Kind>> {
        let named = !fields.is_empty() && fields.iter().all(|field| field.name.is_some());
        let mut names = Vec::with_capacity(fields.len());
        let mut values = Vec::with_capacity(fields.len());
        for field in fields {
            let name = field.name.clone().unwrap_or_default();
            let value = self
                .nested(input, field.ty.id, field.type_name.as_deref(), depth)
                .map_err(|reason| within(&name, reason))?;
            values.push(value);
            names.push(name);
        }
        Ok(if named {
            Composite::Named(names.into_iter().zip(values).collect())
        } else {
            Composite::Unnamed(values)
        })
    }

    fn list(
        &mut self,
        input: &mut &[u8],
        item: u32,
        length: usize,
        hint: Option<&str>,
        depth: usize,
    ) -> Result<Decoded> {
        if is_byte(self.types, item) {
            let bytes = take(input, length)?;
            self.left = self.left.saturating_sub(length);
            return Ok(bytes_value(bytes));
        }
        let mut values = Vec::with_capacity(length.min(input.len()));
        for _ in 0..length {
            values.push(self.nested(input, item, hint, depth)?);
        }
        Ok(plain(ValueDef::Composite(Composite::Unnamed(values))))
    }

    fn primitive(&self, input: &mut &[u8], primitive: &TypeDefPrimitive, hint: Option<&str>) -> Result<Decoded> {
        use TypeDefPrimitive as P;
        let (value, width) = match primitive {
            P::Bool => match byte(input)? {
                0 => (Primitive::Bool(false), 1),
                1 => (Primitive::Bool(true), 1),
                other => return Err(format!("{other} is neither true nor false")),
            },
            P::Char => {
                let code = u32::from_le_bytes(array(input)?);
                let char = char::from_u32(code).ok_or_else(|| format!("{code} is no character"))?;
                (Primitive::Char(char), 4)
            }
            P::Str => {
                let length = usize::try_from(compact(input)?).map_err(|_| too_long())?;
                let text = std::str::from_utf8(take(input, length)?).map_err(|_| "a text is not UTF-8")?;
                (Primitive::String(text.to_owned()), 1)
            }
            P::U8 => (Primitive::U128(byte(input)?.into()), 1),
            P::U16 => (Primitive::U128(u16::from_le_bytes(array(input)?).into()), 2),
            P::U32 => (Primitive::U128(u32::from_le_bytes(array(input)?).into()), 4),
            P::U64 => (Primitive::U128(u64::from_le_bytes(array(input)?).into()), 8),
            P::U128 => (Primitive::U128(u128::from_le_bytes(array(input)?)), 16),
            P::I8 => (Primitive::I128(i8::from_le_bytes(array(input)?).into()), 1),
            P::I16 => (Primitive::I128(i16::from_le_bytes(array(input)?).into()), 2),
            P::I32 => (Primitive::I128(i32::from_le_bytes(array(input)?).into()), 4),
            P::I64 => (Primitive::I128(i64::from_le_bytes(array(input)?).into()), 8),
            P::I128 => (Primitive::I128(i128::from_le_bytes(array(input)?)), 16),
            P::U256 => (Primitive::U256(array(input)?), 32),
            P::I256 => (Primitive::I256(array(input)?), 32),
        };
        let context = match primitive {
            P::Bool | P::Char | P::Str => Kind::Plain,
            P::U128 => self.kind(width, hint),
            _ => self.kind(width, None),
        };
        Ok(Decoded {
            value: ValueDef::Primitive(value),
            context,
        })
    }

    /// What the width of an integer and the name of its type say.
    fn kind(&self, width: u32, hint: Option<&str>) -> Kind {
        let token = width == 16 && !self.foreign && hint.is_some_and(|name| name.contains("Balance"));
        match width {
            _ if token => Kind::Amount,
            8.. => Kind::Wide,
            _ => Kind::Plain,
        }
    }

    /// Shows the call instead of its bytes, when they are one.
    fn open_inline(&mut self, values: &mut Composite<Kind>, depth: usize) {
        let Composite::Unnamed(values) = values else { return };
        let [inner] = values.as_mut_slice() else { return };
        let Some(bytes) = crate::value::as_bytes(inner) else {
            return;
        };
        let mut rest = bytes.as_slice();
        if let Ok(call) = self.nested(&mut rest, self.calls, None, depth)
            && rest.is_empty()
        {
            *inner = call;
        }
    }
}

fn plain(value: ValueDef<Kind>) -> Decoded {
    Decoded {
        value,
        context: Kind::Plain,
    }
}

/// Bytes as a value.
pub(super) fn bytes_value(bytes: &[u8]) -> Decoded {
    let values = bytes
        .iter()
        .map(|byte| Decoded {
            value: ValueDef::Primitive(Primitive::U128((*byte).into())),
            context: Kind::Plain,
        })
        .collect();
    Decoded {
        value: ValueDef::Composite(Composite::Unnamed(values)),
        context: Kind::Bytes,
    }
}

/// The type with this number.
pub(super) fn resolve(types: &PortableRegistry, ty: u32) -> Result<&Type<PortableForm>> {
    types
        .resolve(ty)
        .ok_or_else(|| format!("the metadata has no type {ty}"))
}

/// Whether it is the type of accounts: the runtime's, or that of ink! contracts.
pub(super) fn is_account(ty: &Type<PortableForm>) -> bool {
    let segments = ty.path.segments.as_slice();
    match segments.last().map(String::as_str) {
        Some("AccountId32") => true,
        Some("AccountId") => segments.first().is_some_and(|name| name == "ink_primitives"),
        _ => false,
    }
}

/// Whether it is the byte.
pub(super) fn is_byte(types: &PortableRegistry, ty: u32) -> bool {
    matches!(
        types.resolve(ty).map(|ty| &ty.type_def),
        Some(TypeDef::Primitive(TypeDefPrimitive::U8))
    )
}

/// Whether it is a `Bounded` call: within, or by its preimage.
pub(super) fn holds_call(ty: &Type<PortableForm>, calls: u32) -> bool {
    ty.path.segments.last().is_some_and(|name| name == "Bounded")
        && ty
            .type_params
            .first()
            .and_then(|param| param.ty)
            .is_some_and(|param| param.id == calls)
}

/// Bytes of the integer in a compact one, through structs around it.
pub(super) fn width(types: &PortableRegistry, ty: u32, depth: usize) -> Result<u32> {
    use TypeDefPrimitive as P;
    if depth >= MAX_DEPTH {
        return Err("a type contains itself".to_owned());
    }
    match &resolve(types, ty)?.type_def {
        TypeDef::Primitive(P::U8) => Ok(1),
        TypeDef::Primitive(P::U16) => Ok(2),
        TypeDef::Primitive(P::U32) => Ok(4),
        TypeDef::Primitive(P::U64) => Ok(8),
        TypeDef::Primitive(P::U128) => Ok(16),
        TypeDef::Composite(composite) => match composite.fields.as_slice() {
            [] => Ok(0),
            [only] => width(types, only.ty.id, depth + 1),
            _ => Err("a compact type is no number".to_owned()),
        },
        TypeDef::Tuple(tuple) => match tuple.fields.as_slice() {
            [] => Ok(0),
            [only] => width(types, only.id, depth + 1),
            _ => Err("a compact type is no number".to_owned()),
        },
        _ => Err("a compact type is no number".to_owned()),
    }
}

/// Puts the name of the field in front of what is wrong in it.
pub(super) fn within(name: &str, reason: String) -> String {
    match reason.split_once(": ") {
        Some((path, rest)) if !path.contains(' ') => format!("{name}.{path}: {rest}"),
        _ => format!("{name}: {reason}"),
    }
}

fn too_short() -> String {
    "the bytes end too early".to_owned()
}

fn too_long() -> String {
    "a list is longer than the machine can address".to_owned()
}

fn take<'a>(input: &mut &'a [u8], length: usize) -> Result<&'a [u8]> {
    let (taken, rest) = input.split_at_checked(length).ok_or_else(too_short)?;
    *input = rest;
    Ok(taken)
}

fn array<const N: usize>(input: &mut &[u8]) -> Result<[u8; N]> {
    let (taken, rest) = input.split_first_chunk::<N>().ok_or_else(too_short)?;
    *input = rest;
    Ok(*taken)
}

fn byte(input: &mut &[u8]) -> Result<u8> {
    array::<1>(input).map(|[byte]| byte)
}

fn compact(input: &mut &[u8]) -> Result<u128> {
    if input.is_empty() {
        return Err(too_short());
    }
    let number = Compact::<u128>::decode(input).map_err(|_| "a number or a length does not decode".to_owned())?;
    Ok(number.0)
}
