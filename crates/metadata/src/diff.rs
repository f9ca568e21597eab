//! What one runtime has otherwise than another, and what that means for those who vote on it.

mod compare;
mod items;
mod text;
mod verdict;

use crate::Versions;
use serde::Serialize;
use subxt_metadata::Metadata;

/// Whether something came, went or is otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It is only in the new runtime.
    Added,
    /// It is only in the old runtime.
    Removed,
    /// It is in both, and not the same.
    Changed,
}

/// What kind of thing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each is what its name says")]
pub enum Section {
    Transaction,
    Pallet,
    Call,
    Storage,
    Constant,
    Event,
    Error,
    ViewFunction,
    RuntimeApi,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Whether it came, went or is otherwise.
    pub kind: Kind,
    /// What it is.
    pub section: Section,
    /// The pallet or runtime API that it is of; none for transactions.
    pub of: Option<String>,
    /// Its name.
    pub name: String,
    /// What exactly differs, one thing a line.
    pub details: Vec<String>,
    /// Transactions, or state, that fit the old runtime mean something else to the new one.
    pub breaks: bool,
}

/// A version that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VersionChange {
    /// Which.
    pub name: String,
    /// Before.
    pub old: String,
    /// After.
    pub new: String,
}

/// How much a finding should weigh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// All is well.
    Fine,
    /// Worth a look.
    Notice,
    /// Something is wrong with the upgrade as it is.
    Wrong,
}

/// A sentence of the verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it should weigh.
    pub severity: Severity,
    /// The sentence.
    pub text: String,
}

/// Everything that differs between two runtimes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// Versions.
    pub versions: Vec<VersionChange>,
    /// Differences, transactions first, then by pallet in the order of their places.
    pub changes: Vec<Change>,
    /// What that means.
    pub verdict: Vec<Finding>,
}

/// Why the chain would refuse the new runtime.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is for another chain.
    #[error(
        "the new runtime is {new:?} and the old one {old:?}: the chain takes only upgrades of the same spec_name (System.InvalidSpecName)"
    )]
    OtherName {
        /// The name that the chain has.
        old: String,
        /// The name of the new runtime.
        new: String,
    },
    /// Its version is not higher.
    #[error(
        "the new runtime has spec_version {new}, the old one {old}: the chain takes only a higher one \
         (System.SpecVersionNeedsToIncrease); raise it in the runtime's source and build again"
    )]
    NotHigher {
        /// The version that the chain has.
        old: u32,
        /// The version of the new runtime.
        new: u32,
    },
}

impl Refusal {
    /// What the chain checks when an upgrade is applied.
    pub fn check(old: &Versions, new: &Versions) -> Result<(), Self> {
        if old.spec_name != new.spec_name {
            return Err(Self::OtherName {
                old: old.spec_name.clone(),
                new: new.spec_name.clone(),
            });
        }
        if new.spec_version <= old.spec_version {
            return Err(Self::NotHigher {
                old: old.spec_version,
                new: new.spec_version,
            });
        }
        Ok(())
    }
}

/// Compares two runtimes by versions and metadata. The metadata should have the same version, or what only one of them can say looks
/// added or removed.
///
/// What hooks and migrations do is in no metadata: the code itself says that.
pub fn diff(old: (&Versions, &Metadata), new: (&Versions, &Metadata)) -> Diff {
    let changes = items::changes(old.1, new.1);
    let versions = verdict::version_changes(old, new);
    let verdict = verdict::verdict(old.0, new.0, &changes);
    Diff {
        versions,
        changes,
        verdict,
    }
}

#[cfg(test)]
mod tests;
