//! The file with providers' quotes for a deal of somebody else's, such as a contract: `put` and `renew` write it.

use super::Context;
use crate::exit::{Status, error};
use anyhow::Context as _;
use serde_json::{Value, json};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Where quotes are to be written.
#[derive(Debug)]
pub(crate) struct QuotesFile(PathBuf);

impl QuotesFile {
    /// Finds out whether the file can be written, before providers are asked for anything. One that is there already is replaced when
    /// that is wanted only.
    pub(crate) fn prepare(context: &Context, path: &Path) -> anyhow::Result<Self> {
        Self::checked(path, |question| context.output.confirm(question))
    }

    fn checked(path: &Path, confirm: impl FnOnce(&str) -> io::Result<bool>) -> anyhow::Result<Self> {
        let shown = path.display();
        if path.is_dir() {
            let message = format!("cannot write the quotes to {shown}: it is a folder; name a file");
            return Err(error(Status::Usage, message));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            let message = format!(
                "cannot write the quotes to {shown}: there is no folder {}; make it first",
                folder.display()
            );
            return Err(error(Status::NotFound, message));
        }
        if path.exists() && !confirm(&format!("Replace {shown}?"))? {
            let message = format!("{shown} is there already: name another file, or call with --yes to replace it");
            return Err(error(Status::Denied, message));
        }
        Ok(Self(path.to_owned()))
    }

    /// The file as it is printed.
    pub(crate) fn shown(&self) -> String {
        self.0.display().to_string()
    }

    /// Writes the quotes.
    pub(crate) fn write(&self, quotes: &Quotes) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(&quotes.document()).context("cannot write the quotes as JSON")?;
        fs::write(&self.0, text + "\n").map_err(|reason| {
            let message = format!("cannot write the quotes to {}: {reason}", self.shown());
            error(Status::Error, message)
        })
    }
}

/// Quotes, and what a reader of the file is to know of them.
pub(crate) struct Quotes {
    /// What it is all about: deal, owner, price, until when.
    pub(crate) summary: Value,
    /// Name of the argument: `offer` or `extension`.
    pub(crate) name: &'static str,
    /// The argument of the market's call and of a contract's message.
    pub(crate) argument: Part,
    /// The same in SCALE.
    pub(crate) scale: Vec<u8>,
}

impl Quotes {
    /// The quotes three times over: as members, as an argument for `blocs tx` and for contracts, and in SCALE.
    pub(crate) fn document(&self) -> Value {
        let mut document = self.summary.clone();
        extend(
            &mut document,
            json!({
                (self.name): self.argument.json(),
                "argument": self.argument.text(),
                "scale": hex_text(&self.scale),
            }),
        );
        document
    }
}

/// An argument, or a part of one.
pub(crate) enum Part {
    /// A number that JSON can hold.
    Number(u64),
    /// Bytes in hexadecimal, an address, a number that is too large for JSON.
    Text(String),
    /// Members, in the order of their type.
    Fields(Vec<(&'static str, Part)>),
    /// A list.
    List(Vec<Part>),
}

impl Part {
    /// Bytes.
    pub(crate) fn bytes(bytes: &[u8]) -> Self {
        Self::Text(hex_text(bytes))
    }

    /// A small number.
    pub(crate) fn number(number: impl Into<u64>) -> Self {
        Self::Number(number.into())
    }

    fn json(&self) -> Value {
        match self {
            Self::Number(number) => json!(number),
            Self::Text(text) => json!(text),
            Self::Fields(fields) => fields
                .iter()
                .map(|(name, part)| ((*name).to_owned(), part.json()))
                .collect(),
            Self::List(parts) => parts.iter().map(Self::json).collect(),
        }
    }

    /// As `blocs tx` and `blocs contract` take it.
    fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Fields(fields) => {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|(name, part)| format!("{name}: {}", part.text()))
                    .collect();
                format!("{{{}}}", fields.join(", "))
            }
            Self::List(parts) => format!("[{}]", parts.iter().map(Self::text).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// Adds the members of `more`.
pub(crate) fn extend(value: &mut Value, more: Value) {
    if let (Value::Object(all), Value::Object(more)) = (value, more) {
        all.extend(more);
    }
}

fn hex_text(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    #[test]
    fn a_file_that_is_there_is_replaced_only_when_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("quotes.json");
        let prepare = |answer| QuotesFile::checked(&path, |_| Ok(answer));
        assert!(prepare(false).is_ok(), "there is nothing to replace");
        fs::write(&path, "kept").unwrap();
        let failure = prepare(false).unwrap_err();
        assert_eq!(Status::of(&failure), Status::Denied);
        assert!(failure.to_string().contains("--yes"), "{failure}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "kept");

        let quotes = Quotes {
            summary: json!({ "deal": "0x01" }),
            name: "offer",
            argument: Part::List(Vec::new()),
            scale: vec![0],
        };
        prepare(true).unwrap().write(&quotes).unwrap();
        let written: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(
            written,
            json!({ "deal": "0x01", "offer": [], "argument": "[]", "scale": "0x00" })
        );
    }

    #[test]
    fn a_folder_and_a_missing_one_are_named_before_anything_is_asked() {
        let folder = tempfile::tempdir().unwrap();
        let status = |path: &Path| Status::of(&QuotesFile::checked(path, |_| Ok(true)).unwrap_err());
        assert_eq!(status(folder.path()), Status::Usage);
        assert_eq!(status(&folder.path().join("missing/quotes.json")), Status::NotFound);
    }
}
