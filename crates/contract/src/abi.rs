//! What a contract can be asked, what it answers, what it emits.

use crate::{
    AbiError, Argument, ArgumentError, Callable, CallableKind, ContractEvent, DecodeError, EventSpec, Returned,
    callable::callables, properties, spec::Project,
};
use blocs_chain::{
    ChainProperties, Decoded,
    dynamic::{TypeCodec, name_hint, same_name},
    value,
};
use scale_info::{PortableRegistry, TypeDef};
use scale_value::{Composite, ValueDef};
use serde::Deserialize;

/// The version of the metadata that is known here.
const VERSION: &str = "5";
/// Longest chain of structs of one field around a type.
const MAX_WRAPPERS: usize = 64;

/// The metadata of a contract, as far as a caller needs it.
#[derive(Clone, Debug)]
pub struct Abi {
    types: PortableRegistry,
    constructors: Vec<Callable>,
    messages: Vec<Callable>,
    events: Vec<EventSpec>,
    properties: ChainProperties,
}

impl Abi {
    /// Reads ink!'s metadata of version 5, alone or within a bundle.
    pub fn from_json(json: serde_json::Value) -> Result<Self, AbiError> {
        let broken = |reason: String| AbiError::Broken { reason };
        match json.get("version") {
            Some(serde_json::Value::Number(number)) if number.to_string() == VERSION => {}
            Some(serde_json::Value::String(text)) if text == VERSION => {}
            Some(other) => {
                return Err(AbiError::Version {
                    found: other.to_string(),
                });
            }
            None => return Err(broken("it names no version".to_owned())),
        }
        let project = Project::deserialize(json).map_err(|e| broken(e.to_string()))?;
        let types = PortableRegistry::deserialize(serde_json::json!({ "types": project.types }))
            .map_err(|e| broken(format!("types: {e}")))?;
        check_types(&types).map_err(broken)?;
        let abi = Self {
            constructors: callables(project.spec.constructors, CallableKind::Constructor, &types),
            messages: callables(project.spec.messages, CallableKind::Message, &types),
            events: project
                .spec
                .events
                .into_iter()
                .map(|event| EventSpec::new(event, &types))
                .collect(),
            types,
            properties: properties(),
        };
        abi.check_references().map_err(broken)?;
        Ok(abi)
    }

    /// Writes amounts and addresses as this chain does.
    pub fn with_properties(mut self, properties: ChainProperties) -> Self {
        self.properties = properties;
        self
    }

    /// What amounts and addresses are written as.
    pub fn properties(&self) -> &ChainProperties {
        &self.properties
    }

    /// The types of arguments and values.
    pub fn types(&self) -> &PortableRegistry {
        &self.types
    }

    /// All constructors.
    pub fn constructors(&self) -> &[Callable] {
        &self.constructors
    }

    /// All messages.
    pub fn messages(&self) -> &[Callable] {
        &self.messages
    }

    /// All events.
    pub fn events(&self) -> &[EventSpec] {
        &self.events
    }

    /// The constructor of this name, in any case, with or without underscores.
    pub fn constructor(&self, name: &str) -> Result<&Callable, AbiError> {
        find(&self.constructors, "constructor", name)
    }

    /// The message of this name, in any case, with or without underscores. A message of a trait is found as `Trait::name`, and as `name` when
    /// only one has it.
    pub fn message(&self, name: &str) -> Result<&Callable, AbiError> {
        find(&self.messages, "message", name)
    }

    /// The event of this name, in any case, with or without underscores.
    pub fn event(&self, name: &str) -> Result<&EventSpec, AbiError> {
        let mut all = self.events.iter();
        all.find(|event| same_name(&event.name, name))
            .ok_or_else(|| AbiError::Unknown {
                what: "event",
                name: name.to_owned(),
                hint: name_hint(name, self.events.iter().map(|event| event.name.as_str())),
            })
    }

    /// The constructor to take when none is named: the only one, the one marked as default, or `new`.
    pub fn default_constructor(&self) -> Option<&Callable> {
        match self.constructors.as_slice() {
            [only] => Some(only),
            all => {
                let marked = all.iter().find(|constructor| constructor.default);
                marked.or_else(|| all.iter().find(|constructor| constructor.label == "new"))
            }
        }
    }

    /// The selector and the arguments, by position or as `name=value`, in the encoding that the contract reads.
    pub fn encode(&self, callable: &Callable, args: &[impl AsRef<str>]) -> Result<Vec<u8>, ArgumentError> {
        let args: Vec<String> = args.iter().map(|arg| arg.as_ref().to_owned()).collect();
        let mut data = callable.selector.to_vec();
        TypeCodec::new(&self.types, &self.properties)
            .arguments(&callable.fields, &args, &mut data)
            .map_err(|fault| ArgumentError {
                callable: callable.label.clone(),
                argument: fault.argument,
                reason: fault.reason,
            })?;
        Ok(data)
    }

    /// The arguments in data that [`Self::encode`] made, by name; the selector is not looked at.
    pub fn decode_arguments(&self, callable: &Callable, data: &[u8]) -> Result<Vec<(String, Decoded)>, DecodeError> {
        let what = format!("the arguments of {}", callable.label);
        self.fields(&what, &callable.args, data.get(4..).unwrap_or_default())
    }

    /// What a call returned. `flags_revert` says whether the contract undid what it had done.
    pub fn decode_return(&self, callable: &Callable, flags_revert: bool, data: &[u8]) -> Result<Returned, DecodeError> {
        let failed = |reason: String| DecodeError {
            what: format!(
                "what {} returned (0x{})",
                callable.label,
                hex::encode(data.get(..32).unwrap_or(data))
            ),
            reason,
        };
        let nothing = || Decoded {
            value: ValueDef::Composite(Composite::Unnamed(Vec::new())),
            context: value::Kind::Plain,
        };
        let unexplained = || Ok(Returned::Lang("the contract reverted without a reason".to_owned()));
        let Some(ty) = callable.returns else {
            return if flags_revert {
                unexplained()
            } else {
                Ok(Returned::Value(nothing()))
            };
        };
        if data.is_empty() {
            return match flags_revert {
                true => unexplained(),
                // A constructor that cannot fail need not say so, and a message that ends its contract cannot.
                false => Ok(Returned::Value(nothing())),
            };
        }
        // A constructor that cannot fail says twice that it did not, and its metadata once.
        let decoded = match callable.kind {
            CallableKind::Constructor if !flags_revert => self.codec().value(&mut &*data, ty),
            _ => self.codec().whole(data, ty),
        };
        let decoded = decoded.map_err(failed)?;
        let Some(outer) = self.result_of(ty) else {
            return Ok(Returned::Value(decoded));
        };
        let inner = match opened(decoded) {
            Ok(inner) => inner,
            Err(error) => {
                let name = value::variant(&error).map_or("an error without a name", |(name, _)| name);
                return Ok(Returned::Lang(lang_error(name, callable)));
            }
        };
        match outer.and_then(|ty| self.result_of(ty)) {
            None => Ok(Returned::Value(inner)),
            Some(_) => Ok(match opened(inner) {
                Ok(value) => Returned::Value(value),
                Err(error) => Returned::Error(error),
            }),
        }
    }

    /// An event of the contract, by the topics and the data that it was emitted with.
    pub fn decode_event(&self, topics: &[[u8; 32]], data: &[u8]) -> Result<ContractEvent, DecodeError> {
        let named = topics.first().and_then(|topic| {
            let mut events = self.events.iter();
            events.find(|event| event.signature_topic.as_ref() == Some(topic))
        });
        if let Some(event) = named {
            let what = format!("the event {}", event.name);
            return self.fields(&what, &event.fields, data).map(|fields| ContractEvent {
                name: event.name.clone(),
                fields,
            });
        }
        let anonymous = self.events.iter().filter(|event| event.signature_topic.is_none());
        let mut fitting = anonymous.filter_map(|event| {
            let fields = self.fields("the event", &event.fields, data).ok()?;
            Some(ContractEvent {
                name: event.name.clone(),
                fields,
            })
        });
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Ok(only),
            (Some(_), Some(_)) => Err(DecodeError {
                what: "an anonymous event".to_owned(),
                reason: "more than one event of the metadata fits".to_owned(),
            }),
            (None, _) => Err(DecodeError {
                what: "an event".to_owned(),
                reason: match topics.first() {
                    Some(topic) => format!("the metadata has none with the topic 0x{}", hex::encode(topic)),
                    None => "it has no topic, and the metadata no anonymous event that fits".to_owned(),
                },
            }),
        }
    }

    fn codec(&self) -> TypeCodec<'_> {
        TypeCodec::new(&self.types, &self.properties)
    }

    fn fields(&self, what: &str, fields: &[Argument], mut data: &[u8]) -> Result<Vec<(String, Decoded)>, DecodeError> {
        let failed = |reason| DecodeError {
            what: what.to_owned(),
            reason,
        };
        let codec = self.codec();
        let mut found = Vec::with_capacity(fields.len());
        for field in fields {
            let value = codec
                .value(&mut data, field.ty)
                .map_err(|reason| failed(format!("{}: {reason}", field.name)))?;
            found.push((field.name.clone(), value));
        }
        match data.len() {
            0 => Ok(found),
            left => Err(failed(format!("{left} bytes are left over at its end"))),
        }
    }

    /// Of a `Result`, the type in its `Ok`, `None` within when it holds nothing; `None` for any other type.
    fn result_of(&self, ty: u32) -> Option<Option<u32>> {
        let shape = self.types.resolve(ty)?;
        let TypeDef::Variant(variants) = &shape.type_def else {
            return None;
        };
        let names: Vec<&str> = variants.variants.iter().map(|variant| variant.name.as_str()).collect();
        if shape.path.segments.last().map(String::as_str) != Some("Result") || names != ["Ok", "Err"] {
            return None;
        }
        let ok = variants.variants.first()?;
        Some(ok.fields.first().map(|field| field.ty.id))
    }

    /// Every type that is named is there.
    fn check_references(&self) -> Result<(), String> {
        let known = |ty: u32, what: &str| match self.types.resolve(ty) {
            Some(_) => Ok(()),
            None => Err(format!("{what} has the type {ty}, and there is none")),
        };
        for callable in self.constructors.iter().chain(&self.messages) {
            for argument in &callable.args {
                known(argument.ty, &format!("{} of {}", argument.name, callable.label))?;
            }
            if let Some(ty) = callable.returns {
                known(ty, &format!("the value of {}", callable.label))?;
            }
        }
        for event in &self.events {
            for field in &event.fields {
                known(field.ty, &format!("{} of {}", field.name, event.name))?;
            }
        }
        Ok(())
    }
}

fn find<'a>(all: &'a [Callable], what: &'static str, name: &str) -> Result<&'a Callable, AbiError> {
    let exact = all.iter().find(|callable| callable.label == name);
    if let Some(found) = exact.or_else(|| all.iter().find(|callable| same_name(&callable.label, name))) {
        return Ok(found);
    }
    let short = |callable: &&Callable| {
        let (_, last) = callable.label.rsplit_once("::").unwrap_or_default();
        !last.is_empty() && same_name(last, name)
    };
    let mut by_last = all.iter().filter(short);
    match (by_last.next(), by_last.next()) {
        (Some(only), None) => Ok(only),
        (Some(one), Some(other)) => Err(AbiError::Unknown {
            what,
            name: name.to_owned(),
            hint: format!(" alone: name its trait, as in {} or {}", one.label, other.label),
        }),
        _ => Err(AbiError::Unknown {
            what,
            name: name.to_owned(),
            hint: name_hint(name, all.iter().map(|callable| callable.label.as_str())),
        }),
    }
}

/// What is in the `Ok` or the `Err` of a `Result`; nothing is an empty list.
fn opened(result: Decoded) -> Result<Decoded, Decoded> {
    let context = result.context;
    let ValueDef::Variant(variant) = result.value else {
        return Ok(result);
    };
    let error = variant.name == "Err";
    let inner = variant.values.into_values().next().unwrap_or(Decoded {
        value: ValueDef::Composite(Composite::Unnamed(Vec::new())),
        context,
    });
    if error { Err(inner) } else { Ok(inner) }
}

fn lang_error(name: &str, callable: &Callable) -> String {
    match name {
        "CouldNotReadInput" => format!(
            "the contract has no {} with this selector and these arguments (CouldNotReadInput): is this the metadata of that contract?",
            match callable.kind {
                CallableKind::Constructor => "constructor",
                CallableKind::Message => "message",
            }
        ),
        other => format!("ink! gave the error {other}"),
    }
}

/// Types are numbered in order, and no value is wrapped into itself.
fn check_types(types: &PortableRegistry) -> Result<(), String> {
    for (place, ty) in types.types.iter().enumerate() {
        if usize::try_from(ty.id) != Ok(place) {
            return Err(format!("the type at place {place} has the number {}", ty.id));
        }
        let mut id = ty.id;
        let mut wrappers = 0;
        while let Some(inner) = wrapped(types, id) {
            id = inner;
            wrappers += 1;
            if wrappers > MAX_WRAPPERS {
                return Err(format!("the type {} is wrapped into itself", ty.id));
            }
        }
    }
    Ok(())
}

/// The type in a struct or a tuple of one field.
fn wrapped(types: &PortableRegistry, ty: u32) -> Option<u32> {
    match &types.resolve(ty)?.type_def {
        TypeDef::Composite(composite) => match composite.fields.as_slice() {
            [only] => Some(only.ty.id),
            _ => None,
        },
        TypeDef::Tuple(tuple) => match tuple.fields.as_slice() {
            [only] => Some(only.id),
            _ => None,
        },
        TypeDef::Compact(compact) => Some(compact.type_param.id),
        _ => None,
    }
}
