//! Data to stdout, all else to stderr.

use serde_json::Value;
use std::io::{self, IsTerminal, Write};

/// How this run talks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Output {
    /// JSON lines instead of text.
    pub(crate) json: bool,
    /// Nothing on stderr but errors.
    pub(crate) quiet: bool,
    /// Questions are answered with yes.
    pub(crate) yes: bool,
}

impl Output {
    /// One record: a JSON line, or text.
    pub(crate) fn record(&self, value: Value, text: impl FnOnce() -> String) -> io::Result<()> {
        let line = if self.json { value.to_string() } else { text() };
        let mut out = io::stdout().lock();
        if line.is_empty() {
            return Ok(());
        }
        writeln!(out, "{line}")?;
        out.flush()
    }

    /// Records as a table with headings, or as JSON lines.
    pub(crate) fn table(&self, headings: &[&str], rows: Vec<(Value, Vec<String>)>) -> io::Result<()> {
        if self.json {
            for (value, _) in rows {
                self.record(value, String::new)?;
            }
            return Ok(());
        }
        let cells: Vec<Vec<String>> = rows.into_iter().map(|(_, cells)| cells).collect();
        self.record(Value::Null, || layout(headings, &cells))
    }

    /// A remark for people, on stderr.
    pub(crate) fn note(&self, text: impl AsRef<str>) {
        if !self.quiet {
            // Nothing can be done when stderr is closed.
            let _ = writeln!(io::stderr(), "{}", text.as_ref());
        }
    }

    /// Asks on the terminal; yes with `--yes`, no without a terminal.
    pub(crate) fn confirm(&self, question: &str) -> io::Result<bool> {
        if self.yes {
            return Ok(true);
        }
        if !io::stdin().is_terminal() {
            return Ok(false);
        }
        write!(io::stderr(), "{question} [y/N] ")?;
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
    }

    /// Whether bars can be drawn.
    pub(crate) fn draws_bars(&self) -> bool {
        !self.quiet && !self.json && io::stderr().is_terminal()
    }
}

/// Columns as wide as their widest cell; no trailing blanks.
fn layout(headings: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count());
        cells
            .chain(headings.get(column).map(|heading| heading.chars().count()))
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> = cells
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(&mut headings.iter().copied())];
    lines.extend(rows.iter().map(|row| line(&mut row.iter().map(String::as_str))));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows = vec![
            vec!["a".to_owned(), "1".to_owned()],
            vec!["longer".to_owned(), String::new()],
        ];
        assert_eq!(layout(&["NAME", "N"], &rows), "NAME    N\na       1\nlonger");
    }
}
