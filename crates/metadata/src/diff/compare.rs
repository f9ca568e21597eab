//! Whether two types of two registries are the same to who writes and who reads them.

use crate::names::{field_name, type_name};
use scale_info::{Field, TypeDef, Variant, form::PortableForm};
use std::collections::HashSet;
use subxt_metadata::Metadata;

/// What came of comparing types.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    /// What differs, a line each.
    pub(super) notes: Vec<String>,
    /// What was written as the old type reads otherwise, or not at all, as the new one.
    pub(super) breaks: bool,
}

impl Comparison {
    fn note(&mut self, path: &str, note: impl AsRef<str>) {
        let note = note.as_ref();
        self.notes.push(if path.is_empty() {
            note.to_owned()
        } else {
            format!("{path}: {note}")
        });
    }

    fn broken(&mut self, path: &str, note: impl AsRef<str>) {
        self.breaks = true;
        self.note(path, note);
    }
}

/// Compares types of two runtimes.
pub(super) struct Comparer<'a> {
    old: &'a Metadata,
    new: &'a Metadata,
}

/// Pairs that were compared already, or are being compared further up.
type Seen = HashSet<(u32, u32)>;

impl<'a> Comparer<'a> {
    pub(super) fn new(old: &'a Metadata, new: &'a Metadata) -> Self {
        Self { old, new }
    }

    /// Compares two types.
    pub(super) fn types(&self, old: u32, new: u32) -> Comparison {
        let mut result = Comparison::default();
        self.walk(old, new, "", &mut Seen::new(), &mut result);
        result
    }

    /// Compares lists of fields: the arguments of a call, the parts of an event.
    pub(super) fn fields(&self, old: &[Field<PortableForm>], new: &[Field<PortableForm>]) -> Comparison {
        let mut result = Comparison::default();
        self.walk_fields(old, new, "", &mut Seen::new(), &mut result);
        result
    }

    fn walk(&self, old: u32, new: u32, path: &str, seen: &mut Seen, result: &mut Comparison) {
        if !seen.insert((old, new)) || self.is_outer(old, new) {
            return;
        }
        let (inner_old, inner_new) = (unwrapped(self.old, old), unwrapped(self.new, new));
        if (inner_old, inner_new) != (old, new) && !seen.insert((inner_old, inner_new)) {
            return;
        }
        let types = (self.old.types().resolve(inner_old), self.new.types().resolve(inner_new));
        let (Some(old_type), Some(new_type)) = types else {
            return result.broken(path, "a type is missing in the metadata");
        };
        match (&old_type.type_def, &new_type.type_def) {
            (TypeDef::Variant(a), TypeDef::Variant(b)) => {
                self.walk_variants(&a.variants, &b.variants, path, seen, result)
            }
            (TypeDef::Sequence(a), TypeDef::Sequence(b)) => {
                self.walk(a.type_param.id, b.type_param.id, &join(path, "[]"), seen, result);
            }
            (TypeDef::Array(a), TypeDef::Array(b)) if a.len == b.len => {
                self.walk(a.type_param.id, b.type_param.id, &join(path, "[]"), seen, result);
            }
            (TypeDef::Compact(a), TypeDef::Compact(b)) => {
                self.walk(a.type_param.id, b.type_param.id, path, seen, result);
            }
            (TypeDef::Primitive(a), TypeDef::Primitive(b)) if a == b => {}
            (TypeDef::BitSequence(_), TypeDef::BitSequence(_)) => {}
            (a, b) => match (parts(a), parts(b)) {
                (Some(a), Some(b)) => self.walk_parts(&a, &b, path, seen, result),
                _ => {
                    let (old, new) = (type_name(self.old.types(), old), type_name(self.new.types(), new));
                    result.broken(path, format!("type {old} -> {new}"));
                }
            },
        }
    }

    /// The enums over all pallets: their parts are compared pallet by pallet.
    fn is_outer(&self, old: u32, new: u32) -> bool {
        let (a, b) = (self.old.outer_enums(), self.new.outer_enums());
        [
            (a.call_enum_ty(), b.call_enum_ty()),
            (a.event_enum_ty(), b.event_enum_ty()),
            (a.error_enum_ty(), b.error_enum_ty()),
        ]
        .contains(&(old, new))
    }

    fn walk_fields(
        &self,
        old: &[Field<PortableForm>],
        new: &[Field<PortableForm>],
        path: &str,
        seen: &mut Seen,
        result: &mut Comparison,
    ) {
        self.walk_parts(&named(old), &named(new), path, seen, result);
    }

    fn walk_parts(&self, old: &[Part], new: &[Part], path: &str, seen: &mut Seen, result: &mut Comparison) {
        if old.len() == new.len() {
            for (a, b) in old.iter().zip(new) {
                if a.name != b.name {
                    result.note(path, format!("`{}` is called `{}` now", a.name, b.name));
                }
                self.walk(a.ty, b.ty, &join(path, &b.name), seen, result);
            }
            return;
        }
        let is_in = |part: &Part, others: &[Part]| others.iter().any(|other| other.name == part.name);
        for part in old.iter().filter(|part| !is_in(part, new)) {
            result.broken(path, format!("`{}` removed", part.name));
        }
        for part in new.iter().filter(|part| !is_in(part, old)) {
            let ty = type_name(self.new.types(), part.ty);
            result.broken(path, format!("`{}: {ty}` added", part.name));
        }
        for part in old {
            if let Some(other) = new.iter().find(|other| other.name == part.name) {
                self.walk(part.ty, other.ty, &join(path, &part.name), seen, result);
            }
        }
    }

    fn walk_variants(
        &self,
        old: &[Variant<PortableForm>],
        new: &[Variant<PortableForm>],
        path: &str,
        seen: &mut Seen,
        result: &mut Comparison,
    ) {
        for a in old {
            let Some(b) = new.iter().find(|b| b.index == a.index) else {
                match new.iter().find(|b| b.name == a.name) {
                    Some(b) => result.broken(path, format!("`{}` moved from {} to {}", a.name, a.index, b.index)),
                    None => result.broken(path, format!("`{}` ({}) removed", a.name, a.index)),
                }
                continue;
            };
            if a.name != b.name {
                result.broken(path, format!("{} was `{}` and is `{}`", a.index, a.name, b.name));
            }
            self.walk_fields(&a.fields, &b.fields, &join(path, &b.name), seen, result);
        }
        for b in new {
            if !old.iter().any(|a| a.index == b.index || a.name == b.name) {
                result.note(path, format!("`{}` ({}) added", b.name, b.index));
            }
        }
    }
}

/// A field of a structure or a place of a tuple.
struct Part {
    name: String,
    ty: u32,
}

fn named(fields: &[Field<PortableForm>]) -> Vec<Part> {
    let part = |(place, field): (usize, &Field<PortableForm>)| Part {
        name: field_name(field, place),
        ty: field.ty.id,
    };
    fields.iter().enumerate().map(part).collect()
}

/// What a structure or a tuple consists of: both are written as their parts, one after the other.
fn parts(def: &TypeDef<PortableForm>) -> Option<Vec<Part>> {
    match def {
        TypeDef::Composite(composite) => Some(named(&composite.fields)),
        TypeDef::Tuple(tuple) => {
            let fields = tuple.fields.iter().enumerate().map(|(place, field)| Part {
                name: place.to_string(),
                ty: field.id,
            });
            Some(fields.collect())
        }
        _ => None,
    }
}

/// The type inside structures of one field: they add nothing to the encoding.
fn unwrapped(metadata: &Metadata, mut id: u32) -> u32 {
    for _ in 0..16 {
        match metadata.types().resolve(id).map(|ty| &ty.type_def) {
            Some(TypeDef::Composite(composite)) => match composite.fields.as_slice() {
                [one] => id = one.ty.id,
                _ => return id,
            },
            Some(TypeDef::Tuple(tuple)) => match tuple.fields.as_slice() {
                [one] => id = one.id,
                _ => return id,
            },
            _ => return id,
        }
    }
    id
}

fn join(path: &str, part: &str) -> String {
    match (path.is_empty(), part) {
        (true, part) => part.to_owned(),
        (false, "[]") => format!("{path}[]"),
        (false, part) => format!("{path}.{part}"),
    }
}
