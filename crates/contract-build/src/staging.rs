//! Projects whose tests need crates that are not here.
//!
//! Cargo reads the manifests of all dependencies, also of those that only tests need. Contracts that were taken out of their repository
//! often name such crates by a path that is gone. They are built from a copy without them; nothing in the project itself changes.

use crate::{
    BuildError,
    error::file,
    project::{Package, Project},
};
use std::{
    ffi::OsStr,
    path::{Component, Path, PathBuf},
};
use toml::{Table, Value};

/// Folders that are no source.
const SKIPPED: [&str; 2] = ["target", ".git"];
/// Tables that name crates, in a manifest, a target's table or a workspace's.
const DEPENDENCIES: [&str; 2] = ["dependencies", "build-dependencies"];

/// Copies a workspace into a folder, without what only its tests need. Returns the workspace and the package in the copy. Files that have
/// not changed since the last copy are left alone, so that cargo finds what it has built fresh.
pub(crate) fn stage(project: &Project, package: &Package, folder: &Path) -> Result<(Project, Package), BuildError> {
    let root = &project.workspace_root;
    let copy = Copy {
        root,
        skipped: &project.target_directory,
    };
    copy.folder(root, folder)?;
    let manifest = package
        .manifest_path
        .strip_prefix(root)
        .unwrap_or(Path::new("Cargo.toml"));
    Ok((project.moved(folder.to_owned()), package.moved(folder.join(manifest))))
}

struct Copy<'a> {
    root: &'a Path,
    skipped: &'a Path,
}

impl Copy<'_> {
    fn folder(&self, from: &Path, to: &Path) -> Result<(), BuildError> {
        std::fs::create_dir_all(to).map_err(file("create", to))?;
        for entry in std::fs::read_dir(from).map_err(file("read", from))? {
            let path = entry.map_err(file("read", from))?.path();
            let name = path.file_name().unwrap_or_default();
            let target = to.join(name);
            if path == self.skipped || SKIPPED.iter().any(|skipped| name == *skipped) {
                continue;
            }
            if path.is_dir() {
                self.folder(&path, &target)?;
            } else if path.is_file() && !(name == OsStr::new("Cargo.lock") && target.exists()) {
                self.file(&path, &target)?;
            }
        }
        Ok(())
    }

    fn file(&self, from: &Path, to: &Path) -> Result<(), BuildError> {
        let mut content = std::fs::read(from).map_err(file("read", from))?;
        if from.file_name() == Some(OsStr::new("Cargo.toml"))
            && let Some(manifest) = std::str::from_utf8(&content).ok().and_then(|text| text.parse().ok())
        {
            let here = from.parent().unwrap_or(self.root);
            content = self.without_tests(manifest, here).to_string().into_bytes();
        }
        if std::fs::read(to).is_ok_and(|old| old == content) {
            return Ok(());
        }
        std::fs::write(to, content).map_err(file("write", to))
    }

    /// A manifest without crates for tests; paths that leave the workspace lead to where they led.
    fn without_tests(&self, mut manifest: Table, here: &Path) -> Table {
        self.clean(&mut manifest, here);
        for targets in tables(manifest.get_mut("target")) {
            self.clean(targets, here);
        }
        if let Some(workspace) = manifest.get_mut("workspace").and_then(Value::as_table_mut) {
            self.clean(workspace, here);
        }
        for registry in tables(manifest.get_mut("patch")) {
            self.lead_out(registry, here);
        }
        manifest
    }

    fn clean(&self, table: &mut Table, here: &Path) {
        table.remove("dev-dependencies");
        for name in DEPENDENCIES {
            if let Some(dependencies) = table.get_mut(name).and_then(Value::as_table_mut) {
                self.lead_out(dependencies, here);
            }
        }
    }

    fn lead_out(&self, dependencies: &mut Table, here: &Path) {
        for dependency in dependencies.iter_mut().filter_map(|(_, value)| value.as_table_mut()) {
            let Some(path) = dependency
                .get("path")
                .and_then(Value::as_str)
                .map(|path| flat(&here.join(path)))
            else {
                continue;
            };
            if !path.starts_with(self.root) {
                dependency.insert("path".to_owned(), path.display().to_string().into());
            }
        }
    }
}

/// The tables in a table.
fn tables(value: Option<&mut Value>) -> impl Iterator<Item = &mut Table> {
    value
        .and_then(Value::as_table_mut)
        .into_iter()
        .flat_map(|table| table.iter_mut().filter_map(|(_, value)| value.as_table_mut()))
}

/// A path without `..`, which need not be there.
fn flat(path: &Path) -> PathBuf {
    let mut flat = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                flat.pop();
            }
            Component::CurDir => {}
            other => flat.push(other),
        }
    }
    flat
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    #[test]
    fn crates_for_tests_go_and_paths_that_leave_are_whole() {
        let copy = Copy {
            root: Path::new("/src/token"),
            skipped: Path::new("/target"),
        };
        let manifest = r#"
            [package]
            name = "token"
            [dependencies]
            ink = "5"
            near = { path = "../near" }
            far = { path = "../../../far" }
            [dev-dependencies]
            gone = { path = "../../gone" }
            [target.'cfg(unix)'.dev-dependencies]
            gone-too = { path = "../../gone" }
            [patch.crates-io]
            patched = { path = "../../../patched" }
        "#;
        let cleaned = copy.without_tests(manifest.parse().unwrap(), Path::new("/src/token/main"));
        let text = cleaned.to_string();
        assert!(!text.contains("gone"), "{text}");
        assert_eq!(cleaned["dependencies"]["near"]["path"].as_str(), Some("../near"));
        assert_eq!(cleaned["dependencies"]["far"]["path"].as_str(), Some("/far"));
        assert_eq!(
            cleaned["patch"]["crates-io"]["patched"]["path"].as_str(),
            Some("/patched")
        );
    }

    #[test]
    fn a_copy_is_made_once_and_follows_the_source() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::create_dir_all(from.path().join("src")).unwrap();
        std::fs::create_dir_all(from.path().join("target")).unwrap();
        std::fs::write(from.path().join("target/old"), "").unwrap();
        let (source, copied) = (from.path().join("src/lib.rs"), to.path().join("src/lib.rs"));
        std::fs::write(&source, "one").unwrap();
        let copy = Copy {
            root: from.path(),
            skipped: Path::new("/target"),
        };
        copy.folder(from.path(), to.path()).unwrap();
        let changed = copied.metadata().unwrap().modified().unwrap();
        copy.folder(from.path(), to.path()).unwrap();
        assert_eq!(copied.metadata().unwrap().modified().unwrap(), changed);
        std::fs::write(&source, "two").unwrap();
        copy.folder(from.path(), to.path()).unwrap();
        assert_eq!(std::fs::read_to_string(&copied).unwrap(), "two");
        assert!(!to.path().join("target").exists());
    }
}
