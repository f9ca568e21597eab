//! Text into values whose types are not known yet.

use super::decode::MAX_DEPTH;
use scale_value::{Composite, Primitive, ValueDef, Variant};

/// How a text was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Written {
    /// As a word: a number, an address, the name of a variant.
    #[default]
    Bare,
    /// In quotes: nothing but text.
    Quoted,
}

/// A value as it was written: words and texts are strings.
pub(super) type Text = scale_value::Value<Written>;

/// Reads one value from all of `text`.
pub(super) fn parse(text: &str) -> Result<Text, String> {
    let mut parser = Parser { text, at: 0 };
    let value = parser.value(0)?;
    parser.blanks();
    match parser.peek() {
        None => Ok(value),
        Some(_) => Err(parser.unexpected("the end")),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip(&mut self, c: char) {
        self.at += c.len_utf8();
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn unexpected(&self, wanted: &str) -> String {
        let place = self.text.get(..self.at).unwrap_or_default().chars().count() + 1;
        match self.peek() {
            Some(c) => {
                format!("{c:?} at character {place} where {wanted} should be; text with such signs needs quotes")
            }
            None => format!("it ends where {wanted} should be"),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Text, String> {
        if depth >= MAX_DEPTH {
            return Err(format!("it is nested more than {MAX_DEPTH} levels deep"));
        }
        self.blanks();
        match self.peek() {
            Some('"') => Ok(text(self.quoted()?, Written::Quoted)),
            Some('[') => Ok(bare(ValueDef::Composite(self.list('[', ']', depth)?))),
            Some('(') => Ok(bare(ValueDef::Composite(self.list('(', ')', depth)?))),
            Some('{') => Ok(bare(ValueDef::Composite(self.list('{', '}', depth)?))),
            _ => {
                let word = self.word()?;
                let values = match self.peek() {
                    Some('(') => self.list('(', ')', depth)?,
                    Some('{') => self.list('{', '}', depth)?,
                    _ => return Ok(text(word, Written::Bare)),
                };
                Ok(bare(ValueDef::Variant(Variant { name: word, values })))
            }
        }
    }

    fn word(&mut self) -> Result<String, String> {
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || ",:=()[]{}\"".contains(c));
        let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        if word.is_empty() {
            return Err(self.unexpected("a value"));
        }
        self.at += word.len();
        Ok(word.to_owned())
    }

    fn quoted(&mut self) -> Result<String, String> {
        self.skip('"');
        let mut out = String::new();
        while let Some(c) = self.peek() {
            self.skip(c);
            match c {
                '"' => return Ok(out),
                '\\' => {
                    let escaped = self.peek().ok_or("it ends within quotes")?;
                    self.skip(escaped);
                    out.push(match escaped {
                        'n' => '\n',
                        't' => '\t',
                        other => other,
                    });
                }
                other => out.push(other),
            }
        }
        Err("it ends within quotes".to_owned())
    }

    /// Values with commas between; those with names have a `:` or `=` after the name.
    fn list(&mut self, open: char, close: char, depth: usize) -> Result<Composite<Written>, String> {
        self.skip(open);
        let mut names = Vec::new();
        let mut values = Vec::new();
        loop {
            self.blanks();
            if self.peek() == Some(close) {
                self.skip(close);
                break;
            }
            let mut value = self.value(depth + 1)?;
            self.blanks();
            if let Some(sign @ (':' | '=')) = self.peek() {
                let ValueDef::Primitive(Primitive::String(name)) = &value.value else {
                    return Err(self.unexpected("a comma"));
                };
                names.push(name.clone());
                self.skip(sign);
                value = self.value(depth + 1)?;
            }
            values.push(value);
            self.blanks();
            match self.peek() {
                Some(',') => self.skip(','),
                Some(c) if c == close => {}
                _ => return Err(self.unexpected(&format!("a comma or '{close}'"))),
            }
        }
        if names.is_empty() && open == '{' && !values.is_empty() {
            return Err("between { and } every value needs its name: {name: value}".to_owned());
        }
        if names.is_empty() {
            return Ok(Composite::Unnamed(values));
        }
        if names.len() != values.len() {
            return Err("either all values of a list have names, or none".to_owned());
        }
        Ok(Composite::Named(names.into_iter().zip(values).collect()))
    }
}

fn bare(value: ValueDef<Written>) -> Text {
    Text {
        value,
        context: Written::Bare,
    }
}

/// A text as a value.
pub(super) fn text(text: String, written: Written) -> Text {
    Text {
        value: ValueDef::Primitive(Primitive::String(text)),
        context: written,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    #[test]
    fn values_of_every_shape_are_read() {
        for written in [
            "5",
            "10.5BLOC",
            "\"with, \\\"signs\\\"\"",
            "[1, 2,3,]",
            "(1, [a])",
            "{a: 1, b = {c: [Name{d: 1}, Other(1, 2)]}}",
            "system.remark(0x00)",
            "utility.batch([system.remark(remark: 0x00), a.b()])",
        ] {
            parse(written).unwrap_or_else(|e| panic!("{written}: {e}"));
        }
    }

    #[test]
    fn mistakes_are_placed() {
        for (written, said) in [
            ("", "it ends where a value should be"),
            ("[1, 2", "it ends where a comma or ']' should be"),
            ("[1 2]", "'2' at character 4"),
            ("\"open", "within quotes"),
            ("{1, 2}", "every value needs its name"),
            ("(a: 1, 2)", "either all"),
            ("a b", "'b' at character 3"),
        ] {
            let error = parse(written).unwrap_err();
            assert!(error.contains(said), "{written}: {error}");
        }
        let deep = "[".repeat(100_000);
        assert!(parse(&deep).unwrap_err().contains("levels deep"));
    }
}
