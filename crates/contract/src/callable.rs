//! Constructors, messages and events, as the metadata describes them.

use crate::spec::{Arg, CallableSpec, Event, TypeRef};
use scale_info::{Field, PortableRegistry, TypeDef, form::PortableForm};

/// Levels to which a type is spelled out.
const SPELLED: usize = 4;
/// Parts of a type that are spelled out at most.
const SPELLED_PARTS: usize = 8;

/// Whether something makes a contract or asks one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallableKind {
    /// Makes a contract.
    Constructor,
    /// Asks a contract.
    Message,
}

/// A constructor or a message.
#[derive(Clone, Debug)]
pub struct Callable {
    /// Its name; of a message of a trait, `Trait::name`.
    pub label: String,
    /// Which of both it is.
    pub kind: CallableKind,
    /// The four bytes that name it in a call.
    pub selector: [u8; 4],
    /// Its arguments.
    pub args: Vec<Argument>,
    /// Whether it takes tokens.
    pub payable: bool,
    /// Whether it may change the contract; constructors always do.
    pub mutates: bool,
    /// Whether the author marked it as the one to take when none is named.
    pub default: bool,
    /// What it is for.
    pub docs: String,
    pub(crate) returns: Option<u32>,
    pub(crate) fields: Vec<Field<PortableForm>>,
}

/// An argument, or a field of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// Its type as the source names it.
    pub type_name: String,
    /// Of an event's field, whether it is a topic.
    pub indexed: bool,
    pub(crate) ty: u32,
}

/// An event that a contract can emit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventSpec {
    /// Its name.
    pub name: String,
    /// Its first topic; anonymous events have none.
    pub signature_topic: Option<[u8; 32]>,
    /// Its fields.
    pub fields: Vec<Argument>,
    /// What it is for.
    pub docs: String,
}

impl Callable {
    /// `name(argument: Type, …)`, with `-> payable` and the like left to the caller.
    pub fn signature(&self) -> String {
        let args: Vec<String> = self
            .args
            .iter()
            .map(|arg| format!("{}: {}", arg.name, arg.type_name))
            .collect();
        format!("{}({})", self.label, args.join(", "))
    }
}

impl Argument {
    fn new(arg: Arg, types: &PortableRegistry) -> Self {
        Self {
            type_name: type_name(&arg.ty, types),
            name: arg.label,
            indexed: arg.indexed,
            ty: arg.ty.ty,
        }
    }
}

impl EventSpec {
    pub(crate) fn new(event: Event, types: &PortableRegistry) -> Self {
        Self {
            name: event.label,
            signature_topic: event.signature_topic,
            fields: event.args.into_iter().map(|arg| Argument::new(arg, types)).collect(),
            docs: prose(&event.docs),
        }
    }
}

/// The source's name of a type; what it is made of, when that alone says nothing.
fn type_name(ty: &TypeRef, types: &PortableRegistry) -> String {
    match ty.display_name.last().map(String::as_str) {
        None | Some("Option" | "Vec" | "Result") => spelled(ty.ty, types, 0),
        Some(name) => name.to_owned(),
    }
}

/// A type spelled out as in the source, down to a few levels.
fn spelled(ty: u32, types: &PortableRegistry, depth: usize) -> String {
    let shape = types.resolve(ty).filter(|_| depth < SPELLED);
    let Some(shape) = shape else { return "…".to_owned() };
    let inner = |ty: u32| spelled(ty, types, depth + 1);
    match &shape.type_def {
        TypeDef::Primitive(primitive) => format!("{primitive:?}").to_lowercase(),
        TypeDef::Sequence(sequence) => format!("Vec<{}>", inner(sequence.type_param.id)),
        TypeDef::Array(array) => format!("[{}; {}]", inner(array.type_param.id), array.len),
        TypeDef::Tuple(tuple) => {
            let parts: Vec<String> = tuple
                .fields
                .iter()
                .take(SPELLED_PARTS)
                .map(|field| inner(field.id))
                .collect();
            format!("({})", parts.join(", "))
        }
        _ => {
            let name = shape.path.segments.last().map_or("…", String::as_str);
            let params: Vec<String> = shape
                .type_params
                .iter()
                .take(SPELLED_PARTS)
                .filter_map(|param| param.ty.map(|ty| inner(ty.id)))
                .collect();
            match params.as_slice() {
                [] => name.to_owned(),
                params => format!("{name}<{}>", params.join(", ")),
            }
        }
    }
}

fn prose(docs: &[String]) -> String {
    let lines: Vec<&str> = docs.iter().map(|line| line.trim()).collect();
    lines.join("\n").trim().to_owned()
}

pub(crate) fn callables(specs: Vec<CallableSpec>, kind: CallableKind, types: &PortableRegistry) -> Vec<Callable> {
    specs.into_iter().map(|spec| callable(spec, kind, types)).collect()
}

fn callable(spec: CallableSpec, kind: CallableKind, types: &PortableRegistry) -> Callable {
    let args: Vec<Argument> = spec.args.into_iter().map(|arg| Argument::new(arg, types)).collect();
    let fields = args
        .iter()
        .map(|arg| Field {
            name: Some(arg.name.clone()),
            ty: arg.ty.into(),
            type_name: Some(arg.type_name.clone()),
            docs: Vec::new(),
        })
        .collect();
    Callable {
        label: spec.label,
        kind,
        selector: spec.selector,
        args,
        payable: spec.payable,
        mutates: spec.mutates || kind == CallableKind::Constructor,
        default: spec.default,
        docs: prose(&spec.docs),
        returns: spec.return_type.map(|ty| ty.ty),
        fields,
    }
}
