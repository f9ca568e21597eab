//! `blocs batch`

use super::{
    Context,
    desk::{Desk, Sending, WrittenCall},
};
use crate::exit::{Status, error};
use anyhow::Context as _;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Arguments of `batch`.
#[derive(Debug, Args)]
pub(crate) struct BatchArgs {
    /// File with a call on each line, as `blocs tx call` takes it; empty lines and those that begin with # do not count
    file: PathBuf,
    #[command(flatten)]
    sending: Sending,
}

impl BatchArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let name = self.file.display();
        let text = tokio::fs::read_to_string(&self.file).await;
        let text = text.with_context(|| format!("cannot read {name}"))?;
        let desk = Desk::open(context).await?;
        let mut calls = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let mut words = words(line)
                .with_context(|| format!("{name}, line {number}"))
                .map_err(|wrong| error(Status::Usage, format!("{wrong:#}")))?
                .into_iter();
            if let Some(call) = words.next() {
                let written = WrittenCall::new(call, words.collect());
                let made = desk.written(&written).await;
                calls.push(made.with_context(|| format!("{name}, line {number}"))?);
            }
        }
        if calls.is_empty() {
            return Err(error(
                Status::Usage,
                format!("{name} has no calls: write one on each line"),
            ));
        }
        let count = calls.len();
        let call = desk.batch(calls).await?;
        let text = format!("{count} calls took effect together");
        desk.send_and_say(context, call, &self.sending, json!({ "calls": count }), &text)
            .await
    }
}

/// The words of a line: blanks separate them, except inside brackets and quotes.
fn words(line: &str) -> anyhow::Result<Vec<String>> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut depth = 0usize;
    let mut quoted = false;
    let mut escaped = false;
    if line.trim_start().starts_with('#') {
        return Ok(words);
    }
    for letter in line.chars() {
        let separates = letter.is_whitespace() && depth == 0 && !quoted;
        if separates {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            continue;
        }
        match letter {
            '"' if !escaped => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth = depth.saturating_add(1),
            ')' | ']' | '}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        escaped = quoted && letter == '\\' && !escaped;
        word.push(letter);
    }
    anyhow::ensure!(depth == 0 && !quoted, "a bracket or a quote is not closed");
    if !word.is_empty() {
        words.push(word);
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    #[test]
    fn a_line_is_split_as_arguments_are_written() {
        assert_eq!(words("  # a remark").unwrap(), Vec::<String>::new());
        assert_eq!(words("").unwrap(), Vec::<String>::new());
        assert_eq!(
            words("system.remark \"two words (\" {a: 1, b: [2, 3]}  10BLOC").unwrap(),
            ["system.remark", "\"two words (\"", "{a: 1, b: [2, 3]}", "10BLOC"]
        );
        assert!(words("system.remark (1").is_err());
        assert!(words("system.remark \"open").is_err());
    }
}
