//! What the differences mean to those who vote.

use super::{Change, Finding, Kind, Section, Severity, VersionChange};
use crate::Versions;
use std::collections::BTreeMap;
use subxt_metadata::Metadata;

/// How many names a sentence lists.
const LISTED: usize = 8;

/// The versions that differ, those of the runtime APIs with their names.
pub(super) fn version_changes(old: (&Versions, &Metadata), new: (&Versions, &Metadata)) -> Vec<VersionChange> {
    let (was, is) = (old.0, new.0);
    let pairs = [
        ("spec_name", was.spec_name.clone(), is.spec_name.clone()),
        ("impl_name", was.impl_name.clone(), is.impl_name.clone()),
        (
            "spec_version",
            was.spec_version.to_string(),
            is.spec_version.to_string(),
        ),
        (
            "impl_version",
            was.impl_version.to_string(),
            is.impl_version.to_string(),
        ),
        (
            "transaction_version",
            was.transaction_version.to_string(),
            is.transaction_version.to_string(),
        ),
        (
            "authoring_version",
            was.authoring_version.to_string(),
            is.authoring_version.to_string(),
        ),
        (
            "system_version",
            was.system_version.to_string(),
            is.system_version.to_string(),
        ),
    ];
    let mut changes: Vec<VersionChange> = pairs
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(name, old, new)| VersionChange {
            name: name.to_owned(),
            old,
            new,
        })
        .collect();
    let (before, after) = (apis(old), apis(new));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let shown = |versions: &BTreeMap<String, u32>| versions.get(name).map_or("none".to_owned(), u32::to_string);
        let (old, new) = (shown(&before), shown(&after));
        if old != new {
            changes.push(VersionChange {
                name: format!("runtime API {name}"),
                old,
                new,
            });
        }
    }
    changes
}

/// Versions of the runtime APIs by name; by the hash of the name where the metadata has no such API.
fn apis((versions, metadata): (&Versions, &Metadata)) -> BTreeMap<String, u32> {
    let known: BTreeMap<[u8; 8], String> = metadata
        .runtime_api_traits()
        .map(|api| {
            (
                sp_crypto_hashing::blake2_64(api.name().as_bytes()),
                api.name().to_owned(),
            )
        })
        .collect();
    let name = |id: &[u8; 8]| {
        known
            .get(id)
            .cloned()
            .unwrap_or_else(|| format!("0x{}", hex::encode(id)))
    };
    versions.apis.iter().map(|(id, version)| (name(id), *version)).collect()
}

/// The sentences of the verdict, the weightiest first.
pub(super) fn verdict(old: &Versions, new: &Versions, changes: &[Change]) -> Vec<Finding> {
    let mut findings = vec![transactions(old, new, changes)];
    findings.extend(names(changes));
    findings.extend(state(changes));
    if old.system_version != new.system_version {
        findings.push(finding(
            Severity::Notice,
            "system_version changes: the state is hashed otherwise from the next block on".to_owned(),
        ));
    }
    if changes.is_empty() {
        findings.push(finding(
            Severity::Fine,
            "the metadata is the same: only what calls and hooks do can differ".to_owned(),
        ));
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

fn finding(severity: Severity, text: String) -> Finding {
    Finding { severity, text }
}

/// Whether what wallets sign means the same as before, and whether the version says so.
fn transactions(old: &Versions, new: &Versions, changes: &[Change]) -> Finding {
    let broken: Vec<&Change> = changes.iter().filter(|change| breaks_transactions(change)).collect();
    let (was, is) = (old.transaction_version, new.transaction_version);
    match (broken.is_empty(), is > was) {
        (true, false) if is == was => finding(
            Severity::Fine,
            format!("every call of before is encoded as before, and transaction_version stays {was}, as it should"),
        ),
        (_, false) if is < was => finding(
            Severity::Wrong,
            format!("transaction_version falls from {was} to {is}: it may only stay or rise"),
        ),
        (true, _) => finding(
            Severity::Notice,
            format!(
                "transaction_version rises from {was} to {is} although every call of before is encoded as before: what wallets have prepared is refused without need"
            ),
        ),
        (false, true) => finding(
            Severity::Notice,
            format!(
                "the encoding of transactions changes ({}), and transaction_version rises from {was} to {is}, as it must: whatever was signed before is refused, and wallets need the new metadata",
                listed(&broken)
            ),
        ),
        (false, false) => finding(
            Severity::Wrong,
            format!(
                "the encoding of transactions changes ({}), but transaction_version stays {was}: a transaction made for the old runtime can be taken for another call by the new one; vote no, and ask for a raise",
                listed(&broken)
            ),
        ),
    }
}

fn breaks_transactions(change: &Change) -> bool {
    change.breaks && matches!(change.section, Section::Transaction | Section::Pallet | Section::Call)
}

/// Arguments under another name: bytes as before, but programs name them.
fn names(changes: &[Change]) -> Option<Finding> {
    let changed: Vec<&Change> = changes
        .iter()
        .filter(|change| change.kind == Kind::Changed && change.section == Section::Call && !change.breaks)
        .collect();
    if changed.is_empty() {
        return None;
    }
    let text = format!(
        "the arguments of calls change without harm to what is signed: {}",
        listed(&changed)
    );
    Some(finding(Severity::Notice, text))
}

/// Whether the state of before reads as the new runtime expects it.
fn state(changes: &[Change]) -> Option<Finding> {
    let broken: Vec<&Change> = changes
        .iter()
        .filter(|change| change.breaks && change.section == Section::Storage)
        .collect();
    if broken.is_empty() {
        return None;
    }
    let text = format!(
        "the layout of the state changes: {}; a migration must carry it over, and metadata cannot show whether one does: look for it in the source",
        listed(&broken)
    );
    Some(finding(Severity::Notice, text))
}

fn listed(changes: &[&Change]) -> String {
    let name = |change: &&Change| match &change.of {
        Some(of) => format!("{of}.{}", change.name),
        None => change.name.clone(),
    };
    let mut names: Vec<String> = changes.iter().take(LISTED).map(name).collect();
    if changes.len() > LISTED {
        names.push(format!("and {} more", changes.len().saturating_sub(LISTED)));
    }
    names.join(", ")
}
