//! What cargo says while it builds, a JSON object a line.

use serde::Deserialize;
use serde_json::Value;
use std::{
    io::{BufRead, Write},
    path::{Path, PathBuf},
};

#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Line {
    CompilerArtifact(Artifact),
    CompilerMessage {
        message: Diagnostic,
    },
    BuildScriptExecuted {
        linked_paths: Vec<String>,
    },
    #[serde(other)]
    Other,
}

/// A file that cargo built, or found fresh.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Artifact {
    package_id: String,
    target: Target,
    profile: Value,
    filenames: Vec<PathBuf>,
}

#[derive(Clone, Debug, Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    message: String,
    rendered: Option<String>,
}

impl Target {
    /// Whether it is the library of this name, as the compiler knows it.
    fn is_library(&self, name: &str) -> bool {
        self.name.replace('-', "_") == name && self.kind.iter().any(|kind| kind.contains("lib"))
    }
}

impl Artifact {
    /// The file with this ending.
    pub(crate) fn file(&self, ending: &str) -> Option<&Path> {
        self.filenames
            .iter()
            .find(|file| file.extension().is_some_and(|found| found == ending))
            .map(PathBuf::as_path)
    }

    /// The version of its package. An id ends in `#version` or `#name@version`.
    pub(crate) fn version(&self) -> Option<semver::Version> {
        let (_, end) = self.package_id.rsplit_once('#')?;
        end.rsplit_once('@').map_or(end, |(_, version)| version).parse().ok()
    }

    /// Whether it was compiled like the other: for the program, not for the compiler's plugins.
    pub(crate) fn same_profile(&self, other: &Self) -> bool {
        self.profile == other.profile
    }
}

/// What a build gave.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    artifacts: Vec<Artifact>,
    /// Where build scripts put native libraries, as the linker is told.
    pub(crate) linked_paths: Vec<String>,
    /// A crate was compiled for the chain that needs an operating system.
    pub(crate) needs_std: bool,
}

impl Messages {
    /// Reads all, and shows what the compiler says: all of it, or errors only.
    pub(crate) fn read(input: impl BufRead, warnings: bool) -> Self {
        let mut messages = Self::default();
        for line in input.lines().map_while(Result::ok) {
            // What is not JSON comes from a build script or a plugin.
            let Ok(message) = serde_json::from_str(&line) else {
                continue;
            };
            match message {
                Line::CompilerArtifact(artifact) => messages.artifacts.push(artifact),
                Line::BuildScriptExecuted { linked_paths } => messages.linked_paths.extend(linked_paths),
                Line::CompilerMessage { message } => {
                    messages.needs_std |= message.message.contains("can't find crate for `std`");
                    if warnings || message.level.starts_with("error") {
                        show(message.rendered.as_deref().unwrap_or(&message.message));
                    }
                }
                Line::Other => {}
            }
        }
        messages
    }

    /// The libraries of this name, in the order in which they were ready.
    pub(crate) fn libraries(&self, name: &str) -> impl Iterator<Item = &Artifact> {
        self.artifacts
            .iter()
            .filter(move |artifact| artifact.target.is_library(name))
    }
}

fn show(text: &str) {
    // Nothing can be done when stderr is closed.
    let _ = write!(std::io::stderr().lock(), "{text}");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    #[test]
    fn files_and_versions_are_found() {
        let lines = concat!(
            r#"{"reason":"compiler-artifact","package_id":"registry+https://example.org/index#ink@5.1.1","target":{"kind":["lib"],"name":"ink"},"profile":{"opt_level":"0"},"filenames":["/t/libink-1.rlib","/t/libink-1.rmeta"],"fresh":true}"#,
            "\n",
            "a build script's own words\n",
            r#"{"reason":"compiler-artifact","package_id":"path+file:///flipper#0.1.0","target":{"kind":["cdylib"],"name":"flipper"},"profile":{},"filenames":["/t/flipper.wasm"],"fresh":false}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        let messages = Messages::read(lines.as_bytes(), false);
        let ink = messages.libraries("ink").next().unwrap();
        assert_eq!(ink.file("rlib"), Some(Path::new("/t/libink-1.rlib")));
        assert_eq!(ink.version(), Some(semver::Version::new(5, 1, 1)));
        let flipper = messages.libraries("flipper").next().unwrap();
        assert_eq!(flipper.file("wasm"), Some(Path::new("/t/flipper.wasm")));
        assert_eq!(flipper.version(), Some(semver::Version::new(0, 1, 0)));
        assert!(!ink.same_profile(flipper));
    }
}
