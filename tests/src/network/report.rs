//! What a run has found: figures, checks, and whether they hold, as text and as JSON.

use crate::network::processes::Used;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// What one part has found.
#[derive(Clone, Debug)]
pub struct Section {
    name: String,
    title: String,
    figures: Vec<Figure>,
    checks: Vec<Check>,
    text: Vec<String>,
    skipped: Option<String>,
    took: Duration,
}

#[derive(Clone, Debug)]
struct Figure {
    name: String,
    text: String,
    value: Value,
}

#[derive(Clone, Debug)]
struct Check {
    what: String,
    holds: bool,
    seen: String,
}

impl Section {
    /// An empty one.
    pub fn new(name: &str, title: &str) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            figures: Vec::new(),
            checks: Vec::new(),
            text: Vec::new(),
            skipped: None,
            took: Duration::ZERO,
        }
    }

    /// One that this machine cannot play.
    pub fn skipped(name: &str, title: &str, reason: impl Into<String>) -> Self {
        let mut section = Self::new(name, title);
        section.skip(reason);
        section
    }

    /// Says that this machine cannot play it, and why.
    pub fn skip(&mut self, reason: impl Into<String>) {
        self.skipped = Some(reason.into());
    }

    /// Why this machine cannot play it.
    pub fn reason(&self) -> Option<&str> {
        self.skipped.as_deref()
    }

    /// Takes over what another one has found.
    pub fn take(&mut self, other: Self) {
        self.figures.extend(other.figures);
        self.checks.extend(other.checks);
        self.text.extend(other.text);
        self.skipped = other.skipped.or(self.skipped.take());
    }

    /// Adds a figure: as people read it, and as programs do.
    pub fn figure(&mut self, name: &str, text: impl Into<String>, value: impl Into<Value>) {
        self.figures.push(Figure {
            name: name.into(),
            text: text.into(),
            value: value.into(),
        });
    }

    /// Adds a condition that must hold, and what was seen of it.
    pub fn check(&mut self, what: &str, holds: bool, seen: impl Into<String>) {
        self.checks.push(Check {
            what: what.into(),
            holds,
            seen: seen.into(),
        });
    }

    /// Adds text as it is.
    pub fn text(&mut self, text: impl Into<String>) {
        self.text.push(text.into());
    }

    /// Adds what the machine and the processes used meanwhile.
    pub fn used(&mut self, used: &Used) {
        self.figure("CPU of the machine", used.machine(), used.json());
        self.text(used.table());
    }

    /// Says how long it took.
    pub fn took(&mut self, took: Duration) {
        self.took = took;
    }

    /// Whether everything that must hold holds.
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|check| check.holds)
    }

    /// Fails with the first condition that does not hold.
    pub fn into_result(self) -> Result<()> {
        match self.checks.iter().find(|check| !check.holds) {
            Some(check) => anyhow::bail!("{}: {}", check.what, check.seen),
            None => Ok(()),
        }
    }

    /// One word.
    pub fn verdict(&self) -> &'static str {
        match (&self.skipped, self.holds()) {
            (Some(_), _) => "skipped",
            (None, true) => "passed",
            (None, false) => "FAILED",
        }
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        let mut out = format!(
            "## {}: {}\n\n`{}`, {:.0} s\n",
            self.title,
            self.verdict(),
            self.name,
            self.took.as_secs_f64()
        );
        if let Some(reason) = &self.skipped {
            write!(out, "\n{reason}.\n").ok();
        }
        if !self.checks.is_empty() {
            out += "\n| must hold | | seen |\n|---|---|---|\n";
            for Check { what, holds, seen } in &self.checks {
                let mark = if *holds { "yes" } else { "**NO**" };
                writeln!(out, "| {what} | {mark} | {} |", cell(seen)).ok();
            }
        }
        if !self.figures.is_empty() {
            out += "\n| figure | |\n|---|---|\n";
            for Figure { name, text, .. } in &self.figures {
                writeln!(out, "| {name} | {} |", cell(text)).ok();
            }
        }
        for text in &self.text {
            write!(out, "\n{}\n", text.trim_end()).ok();
        }
        out
    }

    fn json(&self) -> Value {
        let figures: serde_json::Map<_, _> = self
            .figures
            .iter()
            .map(|figure| (figure.name.clone(), figure.value.clone()))
            .collect();
        let checks: Vec<_> = self
            .checks
            .iter()
            .map(|Check { what, holds, seen }| json!({ "what": what, "holds": holds, "seen": seen }))
            .collect();
        json!({
            "name": self.name, "title": self.title, "verdict": self.verdict(), "skipped": self.skipped,
            "seconds": self.took.as_secs_f64(), "checks": checks, "figures": figures, "text": self.text,
        })
    }
}

/// Text for a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', "<br>")
}

/// All sections of a run, kept in a folder and written again after each.
#[derive(Debug)]
pub struct Report {
    folder: PathBuf,
    about: Vec<String>,
    sections: Vec<Section>,
}

impl Report {
    /// An empty one in a folder, which is made.
    pub fn new(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make the report's folder {}", folder.display()))?;
        Ok(Self {
            folder: folder.to_owned(),
            about: vec![machine()],
            sections: Vec::new(),
        })
    }

    /// Adds a line about the whole run.
    pub fn add_note(&mut self, line: String) {
        self.about.push(line);
    }

    /// Adds a section and writes the report.
    pub fn add(&mut self, section: Section) -> Result<()> {
        self.sections.push(section);
        let json =
            json!({ "about": self.about, "sections": self.sections.iter().map(Section::json).collect::<Vec<_>>() });
        for (name, text) in [
            ("network-test.md", self.markdown()),
            ("network-test.json", format!("{json:#}\n")),
        ] {
            let path = self.folder.join(name);
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }

    /// Whether no section failed.
    pub fn holds(&self) -> bool {
        self.sections.iter().all(Section::holds)
    }

    /// Folder in which it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        let mut out = format!(
            "# Network test\n\n{}\n\n| part | | seconds |\n|---|---|---:|\n",
            self.about.join("\n")
        );
        for section in &self.sections {
            let (verdict, seconds) = (section.verdict(), section.took.as_secs_f64());
            writeln!(out, "| {} | {verdict} | {seconds:.0} |", section.title).ok();
        }
        for section in &self.sections {
            write!(out, "\n{}", section.markdown()).ok();
        }
        out
    }
}

/// Processors and memory.
fn machine() -> String {
    let value = |path: &str, name: &str| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let model = value("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".into());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = value("/proc/meminfo", "MemTotal").unwrap_or_else(|| "unknown".into());
    format!("Machine: {cores} cores of {model}, memory {memory}, all processes on it.")
}
