//! A difference as text.

use super::{Change, Diff, Kind, Section, Severity};
use std::fmt;

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Transaction => "transactions",
            Self::Pallet => "pallet",
            Self::Call => "call",
            Self::Storage => "storage",
            Self::Constant => "constant",
            Self::Event => "event",
            Self::Error => "error",
            Self::ViewFunction => "view function",
            Self::RuntimeApi => "runtime API",
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_change(f, self, &[self])
    }
}

/// Writes changes that differ in nothing but the name.
fn write_change(f: &mut fmt::Formatter<'_>, first: &Change, all: &[&Change]) -> fmt::Result {
    let sign = match first.kind {
        Kind::Added => '+',
        Kind::Removed => '-',
        Kind::Changed => '~',
    };
    let mark = if first.breaks { '!' } else { ' ' };
    write!(f, "{sign}{mark} {:<13} ", first.section.to_string())?;
    if let Some(of) = &first.of {
        write!(f, "{of}.")?;
    }
    let names: Vec<&str> = all.iter().map(|change| change.name.as_str()).collect();
    write!(f, "{}", names.join(", "))?;
    match first.details.as_slice() {
        [] => Ok(()),
        [one] => write!(f, ": {one}"),
        several => several
            .iter()
            .try_for_each(|detail| write!(f, "\n                   {detail}")),
    }
}

/// Whether two changes can stand on one line.
fn are_alike(a: &Change, b: &Change) -> bool {
    a.kind == b.kind
        && a.section == b.section
        && a.section != Section::Pallet
        && a.of == b.of
        && a.breaks == b.breaks
        && a.details == b.details
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for version in &self.versions {
            writeln!(f, "{:<32} {} -> {}", version.name, version.old, version.new)?;
        }
        if !self.changes.is_empty() {
            writeln!(
                f,
                "\n+ added  - removed  ~ changed  ! old transactions, state or programs do not fit"
            )?;
        }
        for alike in self.changes.chunk_by(are_alike) {
            if let Some(first) = alike.first() {
                write_change(f, first, &alike.iter().collect::<Vec<_>>())?;
                writeln!(f)?;
            }
        }
        writeln!(f, "\nVerdict")?;
        let lines: Vec<String> = self
            .verdict
            .iter()
            .map(|finding| {
                let mark = match finding.severity {
                    Severity::Fine => "ok    ",
                    Severity::Notice => "look  ",
                    Severity::Wrong => "WRONG ",
                };
                format!("{mark}{}", finding.text)
            })
            .collect();
        f.write_str(&lines.join("\n"))
    }
}
