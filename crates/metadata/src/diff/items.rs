//! The differences, item by item.

use super::{
    Change, Kind, Section,
    compare::{Comparer, Comparison},
};
use crate::{
    names::{field_name, type_name},
    render::value_text,
};
use frame_decode::extrinsics::ExtrinsicTypeInfo;
use scale_info::{TypeDef, Variant, form::PortableForm};
use std::collections::BTreeMap;
use subxt_metadata::{
    Metadata, PalletMetadata, RuntimeApiMetadata, StorageEntryMetadata, TransactionExtensionMetadata,
};

/// Longest value of a constant that is shown.
const SHOWN_VALUE: usize = 160;

/// All differences, transactions first, then by pallet in the order of their places.
pub(super) fn changes(old: &Metadata, new: &Metadata) -> Vec<Change> {
    let mut finder = Finder {
        old,
        new,
        comparer: Comparer::new(old, new),
        changes: Vec::new(),
    };
    finder.transactions();
    finder.pallets();
    finder.runtime_apis();
    finder.changes
}

struct Finder<'a> {
    old: &'a Metadata,
    new: &'a Metadata,
    comparer: Comparer<'a>,
    changes: Vec<Change>,
}

impl<'a> Finder<'a> {
    fn add(&mut self, kind: Kind, section: Section, of: Option<&str>, name: &str, details: Vec<String>, breaks: bool) {
        self.changes.push(Change {
            kind,
            section,
            of: of.map(str::to_owned),
            name: name.to_owned(),
            details,
            breaks,
        });
    }

    /// A difference, when the comparison found one.
    fn add_changed(&mut self, section: Section, of: Option<&str>, name: &str, found: Comparison) {
        if !found.notes.is_empty() {
            self.add(Kind::Changed, section, of, name, found.notes, found.breaks);
        }
    }

    fn transactions(&mut self) {
        let (old, new) = (self.old, self.new);
        let versions = |metadata: &Metadata| {
            let mut versions = metadata.extrinsic().supported_versions().to_vec();
            versions.sort_unstable();
            versions
        };
        let (before, after) = (versions(old), versions(new));
        if before != after {
            let gone = before.iter().any(|version| !after.contains(version));
            let detail = format!("{before:?} -> {after:?}");
            self.add(
                Kind::Changed,
                Section::Transaction,
                None,
                "format versions",
                vec![detail],
                gone,
            );
        }
        if let (Ok(before), Ok(after)) = (old.extrinsic_signature_info(), new.extrinsic_signature_info()) {
            let address = self.comparer.types(before.address_id, after.address_id);
            self.add_changed(Section::Transaction, None, "address", address);
            let signature = self.comparer.types(before.signature_id, after.signature_id);
            self.add_changed(Section::Transaction, None, "signature", signature);
        }
        self.extensions();
    }

    fn extensions(&mut self) {
        let list = |metadata: &'a Metadata| -> Vec<TransactionExtensionMetadata<'a>> {
            metadata
                .extrinsic()
                .transaction_extensions_to_use_for_encoding()
                .collect()
        };
        let (before, after) = (list(self.old), list(self.new));
        for extension in &before {
            let name = extension.identifier();
            match after.iter().find(|other| other.identifier() == name) {
                None => {
                    let carries = carries(self.old, extension);
                    self.add(Kind::Removed, Section::Transaction, None, name, vec![], carries);
                }
                Some(other) => {
                    let mut found = self.comparer.types(extension.extra_ty(), other.extra_ty());
                    let signed = self.comparer.types(extension.additional_ty(), other.additional_ty());
                    found.breaks |= signed.breaks;
                    found
                        .notes
                        .extend(signed.notes.into_iter().map(|note| format!("signed beside it: {note}")));
                    self.add_changed(Section::Transaction, None, name, found);
                }
            }
        }
        for extension in &after {
            let name = extension.identifier();
            if !before.iter().any(|other| other.identifier() == name) {
                let carries = carries(self.new, extension);
                self.add(Kind::Added, Section::Transaction, None, name, vec![], carries);
            }
        }
        let order = |list: &[TransactionExtensionMetadata<'_>],
                     metadata: &Metadata,
                     others: &[TransactionExtensionMetadata<'_>]| {
            let in_both = |extension: &&TransactionExtensionMetadata<'_>| {
                others.iter().any(|other| other.identifier() == extension.identifier()) && carries(metadata, extension)
            };
            let names = list
                .iter()
                .filter(in_both)
                .map(|extension| extension.identifier().to_owned());
            names.collect::<Vec<_>>()
        };
        let (was, is) = (order(&before, self.old, &after), order(&after, self.new, &before));
        if was != is && was.len() == is.len() {
            let detail = format!("{} -> {}", was.join(", "), is.join(", "));
            self.add(
                Kind::Changed,
                Section::Transaction,
                None,
                "order of the extensions",
                vec![detail],
                true,
            );
        }
    }

    fn pallets(&mut self) {
        let mut new_pallets: Vec<PalletMetadata<'a>> = self.new.pallets().collect();
        new_pallets.sort_by_key(PalletMetadata::call_index);
        let mut gone: Vec<PalletMetadata<'a>> = self.old.pallets().collect();
        gone.retain(|pallet| self.new.pallet_by_name(pallet.name()).is_none());
        gone.sort_by_key(PalletMetadata::call_index);
        for pallet in gone {
            let breaks = pallet.call_variants().is_some_and(|calls| !calls.is_empty());
            let details = summary(&pallet);
            self.add(Kind::Removed, Section::Pallet, None, pallet.name(), details, breaks);
        }
        for pallet in new_pallets {
            match self.old.pallet_by_name(pallet.name()) {
                None => {
                    let details = summary(&pallet);
                    self.add(Kind::Added, Section::Pallet, None, pallet.name(), details, false);
                }
                Some(old) => self.pallet(&old, &pallet),
            }
        }
    }

    fn pallet(&mut self, old: &PalletMetadata<'a>, new: &PalletMetadata<'a>) {
        if old.call_index() != new.call_index() {
            let detail = format!("index {} -> {}", old.call_index(), new.call_index());
            self.add(Kind::Changed, Section::Pallet, None, new.name(), vec![detail], true);
        }
        let name = new.name();
        self.variants(Section::Call, name, old.call_variants(), new.call_variants());
        self.storage(name, old, new);
        self.constants(name, old, new);
        self.variants(Section::Event, name, old.event_variants(), new.event_variants());
        self.variants(Section::Error, name, old.error_variants(), new.error_variants());
        self.view_functions(name, old, new);
    }

    fn variants(
        &mut self,
        section: Section,
        pallet: &str,
        old: Option<&'a [Variant<PortableForm>]>,
        new: Option<&'a [Variant<PortableForm>]>,
    ) {
        let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
        for before in old {
            match new.iter().find(|after| after.name == before.name) {
                None => self.add(Kind::Removed, section, Some(pallet), &before.name, vec![], true),
                Some(after) => {
                    let mut found = self.comparer.fields(&before.fields, &after.fields);
                    if before.index != after.index {
                        found.breaks = true;
                        found
                            .notes
                            .insert(0, format!("index {} -> {}", before.index, after.index));
                    }
                    self.add_changed(section, Some(pallet), &before.name, found);
                }
            }
        }
        for after in new {
            if !old.iter().any(|before| before.name == after.name) {
                let details = vec![format!("index {}{}", after.index, arguments(self.new, after))];
                self.add(Kind::Added, section, Some(pallet), &after.name, details, false);
            }
        }
    }

    fn storage(&mut self, pallet: &str, old: &PalletMetadata<'a>, new: &PalletMetadata<'a>) {
        let entries =
            |pallet: &PalletMetadata<'a>| pallet.storage().map(|storage| storage.entries()).unwrap_or_default();
        let prefix = |pallet: &PalletMetadata<'a>| pallet.storage().map(|storage| storage.prefix().to_owned());
        let (before, after) = (prefix(old), prefix(new));
        if let (Some(before), Some(after)) = (&before, &after)
            && before != after
        {
            let detail = format!("prefix {before} -> {after}");
            self.add(
                Kind::Changed,
                Section::Storage,
                Some(pallet),
                "all entries",
                vec![detail],
                true,
            );
        }
        let (old, new) = (entries(old), entries(new));
        for entry in old {
            match new.iter().find(|other| other.name() == entry.name()) {
                None => self.add(
                    Kind::Removed,
                    Section::Storage,
                    Some(pallet),
                    entry.name(),
                    vec![],
                    true,
                ),
                Some(other) => {
                    let found = self.entry(entry, other);
                    self.add_changed(Section::Storage, Some(pallet), entry.name(), found);
                }
            }
        }
        for entry in new {
            if !old.iter().any(|other| other.name() == entry.name()) {
                let ty = type_name(self.new.types(), entry.value_ty());
                self.add(
                    Kind::Added,
                    Section::Storage,
                    Some(pallet),
                    entry.name(),
                    vec![ty],
                    false,
                );
            }
        }
    }

    fn entry(&self, old: &StorageEntryMetadata, new: &StorageEntryMetadata) -> Comparison {
        let mut found = Comparison::default();
        let hashers =
            |entry: &StorageEntryMetadata| entry.keys().map(|key| format!("{:?}", key.hasher)).collect::<Vec<_>>();
        let (before, after) = (hashers(old), hashers(new));
        if before == after {
            for (place, (a, b)) in old.keys().zip(new.keys()).enumerate() {
                let key = self.comparer.types(a.key_id, b.key_id);
                found.breaks |= key.breaks;
                found
                    .notes
                    .extend(key.notes.into_iter().map(|note| format!("key {place}: {note}")));
            }
        } else {
            found.breaks = true;
            found
                .notes
                .push(format!("keys [{}] -> [{}]", before.join(", "), after.join(", ")));
        }
        let value = self.comparer.types(old.value_ty(), new.value_ty());
        found.breaks |= value.breaks;
        found
            .notes
            .extend(value.notes.into_iter().map(|note| format!("value: {note}")));
        if found.notes.is_empty() && old.default_value() != new.default_value() {
            found.notes.push("another value when it is not set".to_owned());
        }
        found
    }

    fn constants(&mut self, pallet: &str, old: &PalletMetadata<'a>, new: &PalletMetadata<'a>) {
        let text = |metadata: &Metadata, ty: u32, value: &[u8]| value_text(metadata.types(), ty, value);
        // The versions, which are compared by themselves.
        let is_version = |name: &str| pallet == "System" && name == "Version";
        for before in old.constants().filter(|constant| !is_version(constant.name())) {
            let Some(after) = new.constant_by_name(before.name()) else {
                self.add(
                    Kind::Removed,
                    Section::Constant,
                    Some(pallet),
                    before.name(),
                    vec![],
                    false,
                );
                continue;
            };
            let mut details = self.comparer.types(before.ty(), after.ty()).notes;
            if before.value() != after.value() {
                let (was, is) = (
                    text(self.old, before.ty(), before.value()),
                    text(self.new, after.ty(), after.value()),
                );
                details.push(transition(&was, &is));
            }
            if !details.is_empty() {
                self.add(
                    Kind::Changed,
                    Section::Constant,
                    Some(pallet),
                    before.name(),
                    details,
                    false,
                );
            }
        }
        for after in new.constants() {
            if old.constant_by_name(after.name()).is_none() {
                let details = vec![shorten(&text(self.new, after.ty(), after.value()))];
                self.add(
                    Kind::Added,
                    Section::Constant,
                    Some(pallet),
                    after.name(),
                    details,
                    false,
                );
            }
        }
    }

    fn view_functions(&mut self, pallet: &str, old: &PalletMetadata<'a>, new: &PalletMetadata<'a>) {
        let signatures = |metadata: &Metadata, pallet: &PalletMetadata<'a>| -> Signatures {
            let signature = |function: subxt_metadata::ViewFunctionMetadata<'a>| {
                let inputs = function
                    .inputs()
                    .map(|input| (input.name.to_string(), input.id))
                    .collect();
                (
                    function.name().to_owned(),
                    Signature::new(metadata, inputs, function.output_ty()),
                )
            };
            pallet.view_functions().map(signature).collect()
        };
        let (before, after) = (signatures(self.old, old), signatures(self.new, new));
        self.signatures(Section::ViewFunction, pallet, &before, &after);
    }

    fn runtime_apis(&mut self) {
        let mut names: Vec<&str> = self.old.runtime_api_traits().map(|api| api.name()).collect();
        names.extend(self.new.runtime_api_traits().map(|api| api.name()));
        names.sort_unstable();
        names.dedup();
        let signatures = |metadata: &Metadata, api: Option<RuntimeApiMetadata<'a>>| -> Signatures {
            let methods = api.into_iter().flat_map(|api| api.methods().collect::<Vec<_>>());
            let signature = |method: subxt_metadata::RuntimeApiMethodMetadata<'a>| {
                let inputs = method
                    .inputs()
                    .map(|input| (input.name.to_string(), input.id))
                    .collect();
                (
                    method.name().to_owned(),
                    Signature::new(metadata, inputs, method.output_ty()),
                )
            };
            methods.map(signature).collect()
        };
        for name in names {
            let before = signatures(self.old, self.old.runtime_api_trait_by_name(name));
            let after = signatures(self.new, self.new.runtime_api_trait_by_name(name));
            self.signatures(Section::RuntimeApi, name, &before, &after);
        }
    }

    fn signatures(&mut self, section: Section, of: &str, old: &Signatures, new: &Signatures) {
        for (name, before) in old {
            let Some(after) = new.get(name) else {
                self.add(Kind::Removed, section, Some(of), name, vec![], true);
                continue;
            };
            if before.text != after.text {
                let detail = format!("{} -> {}", before.text, after.text);
                self.add(Kind::Changed, section, Some(of), name, vec![detail], true);
                continue;
            }
            let mut found = Comparison::default();
            for (a, b) in before.types.iter().zip(&after.types) {
                let part = self.comparer.types(*a, *b);
                found.breaks |= part.breaks;
                found.notes.extend(part.notes);
            }
            self.add_changed(section, Some(of), name, found);
        }
        for (name, after) in new {
            if !old.contains_key(name) {
                self.add(Kind::Added, section, Some(of), name, vec![after.text.clone()], false);
            }
        }
    }
}

/// Functions by name.
type Signatures = BTreeMap<String, Signature>;

/// What a function takes and gives.
struct Signature {
    text: String,
    types: Vec<u32>,
}

impl Signature {
    fn new(metadata: &Metadata, inputs: Vec<(String, u32)>, output: u32) -> Self {
        let input = |(name, id): &(String, u32)| format!("{name}: {}", type_name(metadata.types(), *id));
        let shown: Vec<String> = inputs.iter().map(input).collect();
        let text = format!("({}) -> {}", shown.join(", "), type_name(metadata.types(), output));
        let types = inputs.into_iter().map(|(_, id)| id).chain([output]).collect();
        Self { text, types }
    }
}

/// Whether the extension puts anything into the transaction or under its signature.
fn carries(metadata: &Metadata, extension: &TransactionExtensionMetadata<'_>) -> bool {
    [extension.extra_ty(), extension.additional_ty()]
        .into_iter()
        .any(|ty| !is_empty(metadata, ty, 0))
}

fn is_empty(metadata: &Metadata, ty: u32, depth: u8) -> bool {
    if depth > 16 {
        return false;
    }
    let deeper = depth.saturating_add(1);
    match metadata.types().resolve(ty).map(|ty| &ty.type_def) {
        Some(TypeDef::Tuple(tuple)) => tuple.fields.iter().all(|field| is_empty(metadata, field.id, deeper)),
        Some(TypeDef::Composite(composite)) => {
            let mut fields = composite.fields.iter();
            fields.all(|field| is_empty(metadata, field.ty.id, deeper))
        }
        _ => false,
    }
}

/// `(dest: MultiAddress, value: Compact<u128>)`, or nothing.
fn arguments(metadata: &Metadata, variant: &Variant<PortableForm>) -> String {
    if variant.fields.is_empty() {
        return String::new();
    }
    let fields = variant.fields.iter().enumerate().map(|(place, field)| {
        let ty = type_name(metadata.types(), field.ty.id);
        format!("{}: {ty}", field_name(field, place))
    });
    format!(", ({})", fields.collect::<Vec<_>>().join(", "))
}

fn summary(pallet: &PalletMetadata<'_>) -> Vec<String> {
    let calls = pallet.call_variants().unwrap_or_default();
    let count = |variants: Option<&[Variant<PortableForm>]>| variants.map_or(0, <[_]>::len);
    let entries = pallet.storage().map_or(0, |storage| storage.entries().len());
    let mut lines = vec![
        format!("index {}", pallet.call_index()),
        format!(
            "{} calls, {entries} storage entries, {} events, {} errors",
            calls.len(),
            count(pallet.event_variants()),
            count(pallet.error_variants())
        ),
    ];
    if !calls.is_empty() {
        let names: Vec<&str> = calls.iter().map(|call| call.name.as_str()).collect();
        lines.push(format!("calls: {}", names.join(", ")));
    }
    lines
}

/// `old -> new`, of long values only the part that differs.
fn transition(old: &str, new: &str) -> String {
    if old.len().max(new.len()) <= SHOWN_VALUE {
        return format!("{old} -> {new}");
    }
    let same = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).count();
    let head: String = old.chars().take(same).collect();
    // Back to where a part begins, with its name.
    let start = head.rfind(['{', '[', ',']).map_or(0, |at| at.saturating_add(1));
    let part = |text: &str| format!("…{}", shorten(text.get(start..).unwrap_or(text).trim_start()));
    format!("{} -> {}", part(old), part(new))
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= SHOWN_VALUE {
        return text.to_owned();
    }
    let head: String = text.chars().take(SHOWN_VALUE).collect();
    format!("{head}…")
}
