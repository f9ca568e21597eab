//! Arguments as people write them, for a list of fields.

use super::{
    decode::Decoder,
    encode::{Encoder, layout},
    names,
    parse::{Text, Written, parse, text},
};
use crate::{ChainProperties, value::Decoded};
use scale_info::{Field, PortableRegistry, form::PortableForm};
use scale_value::ValueDef;

/// An argument that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgumentFault {
    /// The argument.
    pub argument: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Values by types that are not the runtime's: those of a contract. Written and shown as the values of the runtime are; the amounts of a
/// contract need not be the chain's token and are shown as numbers.
#[derive(Clone, Copy, Debug)]
pub struct TypeCodec<'a> {
    types: &'a PortableRegistry,
    properties: &'a ChainProperties,
}

impl<'a> TypeCodec<'a> {
    /// For the types of `types`.
    pub fn new(types: &'a PortableRegistry, properties: &'a ChainProperties) -> Self {
        Self { types, properties }
    }

    /// Appends the encoding of all `fields`, given in order or as `name=value`: see the module's documentation.
    pub fn arguments(
        &self,
        fields: &[Field<PortableForm>],
        args: &[String],
        out: &mut Vec<u8>,
    ) -> Result<(), ArgumentFault> {
        arguments(&Encoder::foreign(self.types, self.properties), fields, args, out)
    }

    /// The value of this type at the start of `input`.
    pub fn value(&self, input: &mut &[u8], ty: u32) -> Result<Decoded, String> {
        Decoder::foreign(self.types, input.len()).value(input, ty)
    }

    /// The value of this type that takes all of `bytes`.
    pub fn whole(&self, bytes: &[u8], ty: u32) -> Result<Decoded, String> {
        Decoder::foreign(self.types, bytes.len()).whole(bytes, ty)
    }
}

/// Appends the encoding of all fields of a call.
pub(super) fn arguments(
    encoder: &Encoder<'_>,
    fields: &[Field<PortableForm>],
    args: &[String],
    out: &mut Vec<u8>,
) -> Result<(), ArgumentFault> {
    let wrong = |argument: &str, reason: String| ArgumentFault {
        argument: argument.to_owned(),
        reason,
    };
    let mut given: Vec<Option<Text>> = fields.iter().map(|_| None).collect();
    let mut next = 0;
    for arg in args {
        let by_name = named(arg).and_then(|(name, value)| {
            let at = fields
                .iter()
                .position(|field| field.name.as_deref().is_some_and(|known| names::same(known, name)))?;
            Some((at, value))
        });
        let (at, written) = by_name.unwrap_or((next, arg.as_str()));
        let field = fields.get(at);
        // Only text may hold a `=` after a word that is no name.
        let stray = by_name.is_none() && named(arg).is_some();
        let Some(field) =
            field.filter(|field| !stray || encoder.takes_bytes(field.ty.id) || encoder.takes_text(field.ty.id))
        else {
            let known = fields.iter().filter_map(|field| field.name.as_deref());
            let reason = match named(arg) {
                Some((name, _)) => format!("there is no argument {name:?}{}", names::hint(name, known)),
                None => format!("there are too many arguments: it takes {}", layout(fields)),
            };
            return Err(wrong(arg, reason));
        };
        let argument = field.name.as_deref().unwrap_or_default();
        let value = whole(encoder, written, field.ty.id);
        let value = value.map_err(|reason| wrong(argument, reason))?;
        match given.get_mut(at) {
            Some(place @ None) => *place = Some(value),
            _ => return Err(wrong(argument, "it is given twice".to_owned())),
        }
        while given.get(next).is_some_and(Option::is_some) {
            next += 1;
        }
    }
    for (field, value) in fields.iter().zip(&given) {
        let argument = field.name.as_deref().unwrap_or_default();
        let missing = || format!("it is missing; all arguments are {}", layout(fields));
        let value = value.as_ref().ok_or_else(|| wrong(argument, missing()))?;
        encoder
            .value(value, field.ty.id, out)
            .map_err(|reason| wrong(argument, reason))?;
    }
    Ok(())
}

/// A whole argument. Where bytes or text are asked for, text needs no quotes.
fn whole(encoder: &Encoder<'_>, written: &str, ty: u32) -> Result<Text, String> {
    let trimmed = written.trim_start();
    if encoder.takes_text(ty) && !trimmed.starts_with('"') {
        return Ok(text(written.to_owned(), Written::Quoted));
    }
    if !encoder.takes_bytes(ty) || trimmed.starts_with("0x") || trimmed.starts_with(['"', '[']) {
        return parse(written);
    }
    if let Ok(value) = parse(written)
        && let ValueDef::Variant(variant) = &value.value
        && names::split_path(&variant.name).is_some_and(|(pallet, call)| encoder.knows_call(pallet, call))
    {
        return Ok(value);
    }
    Ok(text(written.to_owned(), Written::Quoted))
}

/// `name=value`, when the part before `=` can be a name.
fn named(arg: &str) -> Option<(&str, &str)> {
    let (name, value) = arg.split_once('=')?;
    let name = name.trim();
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    (starts && name.chars().all(letters)).then_some((name, value))
}
