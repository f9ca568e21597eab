//! New projects.

use crate::NewError;
use std::path::{Path, PathBuf};

/// What to make.
#[derive(Clone, Debug)]
pub struct NewOptions {
    /// The contract's name, which is its crate's, too.
    pub name: String,
    /// The folder that the project's folder is made in.
    pub parent: PathBuf,
    /// What it begins with.
    pub template: Template,
}

/// What a project begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Template {
    /// A contract with storage, an event, an error and tests.
    Plain,
    /// A contract that reads the storage market.
    Storage {
        /// A checkout of BLOCS, which has the crate for it.
        blocs: PathBuf,
    },
}

/// The versions of all that a new contract depends on: those that everything here is tested with.
const LOCK: &str = include_str!("../template/Cargo.lock.in");

/// Names that are taken in every contract, or in Rust.
const RESERVED: [&str; 60] = [
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "ink",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "tests",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "union",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
    "build",
];

/// Makes a project and returns its folder.
pub fn new_project(options: &NewOptions) -> Result<PathBuf, NewError> {
    check_name(&options.name)?;
    let folder = options.parent.join(&options.name);
    if folder.symlink_metadata().is_ok() {
        return Err(NewError::Exists { path: folder });
    }
    let files = contents(options)?;
    create(&folder)?;
    for (name, content) in files {
        let path = folder.join(name);
        std::fs::write(&path, content).map_err(|source| NewError::File { path, source })?;
    }
    Ok(folder)
}

/// The files of a project.
fn contents(options: &NewOptions) -> Result<[(&'static str, String); 5], NewError> {
    let name = &options.name;
    let bundle = format!("target/ink/{name}/{name}.contract");
    let (manifest, source, packages, calls) = match &options.template {
        Template::Plain => (
            include_str!("../template/plain/Cargo.toml.in").to_owned(),
            include_str!("../template/plain/lib.rs.in"),
            vec![locked(name, &["ink"])],
            ["new value=false", "call ADDRESS turn", "read ADDRESS get"],
        ),
        Template::Storage { blocs } => (
            include_str!("../template/storage/Cargo.toml.in").replace("{{blocs}}", &market_crate(blocs)?),
            include_str!("../template/storage/lib.rs.in"),
            vec![
                locked(name, &["blocs-ink", "ink"]),
                locked("blocs-ink", &["ink", "parity-scale-codec", "scale-info"]),
            ],
            ["new deal=DEAL", "read ADDRESS is_whole", "read ADDRESS periods_left"],
        ),
    };
    let [new, first, second] = calls;
    let calls = format!(
        "    blocs contract instantiate {bundle} {new}\n    blocs contract {first}\n    blocs contract {second}\n"
    );
    let readme = include_str!("../template/README.md.in").replace("{{calls}}", &calls);
    Ok([
        ("Cargo.toml", fill(&manifest, name)),
        ("Cargo.lock", lock(&packages)),
        ("lib.rs", fill(source, name)),
        ("README.md", fill(&readme, name)),
        (".gitignore", "/target\n".to_owned()),
    ])
}

/// The path of the crate for the market, quoted for a manifest.
fn market_crate(blocs: &Path) -> Result<String, NewError> {
    let folder = blocs.join("contracts/blocs-ink");
    let found = folder.join("Cargo.toml").is_file();
    let whole = std::fs::canonicalize(&folder).ok().filter(|_| found);
    let whole = whole.ok_or_else(|| NewError::NoBlocs { path: blocs.to_owned() })?;
    Ok(toml::Value::from(whole.display().to_string()).to_string())
}

fn create(folder: &Path) -> Result<(), NewError> {
    std::fs::create_dir_all(folder).map_err(|source| NewError::File {
        path: folder.to_owned(),
        source,
    })
}

/// A crate's name that is a module's name, too.
fn check_name(name: &str) -> Result<(), NewError> {
    let reason = if name.is_empty() {
        "it is empty"
    } else if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        "it does not begin with a small letter"
    } else if name
        .chars()
        .any(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'))
    {
        "it has other characters than small letters, digits and _"
    } else if name.len() > 64 {
        "it is longer than 64 characters"
    } else if RESERVED.contains(&name) {
        "it is a word of Rust or ink!"
    } else {
        return Ok(());
    };
    Err(NewError::Name {
        name: name.to_owned(),
        reason: reason.to_owned(),
    })
}

fn fill(text: &str, name: &str) -> String {
    text.replace("{{name}}", name).replace("{{Name}}", &type_name(name))
}

/// `token_sale` as `TokenSale`.
fn type_name(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
    };
    name.split('_').filter_map(word).collect()
}

/// A crate of a path in a lock file.
fn locked(name: &str, dependencies: &[&str]) -> String {
    let dependencies: String = dependencies.iter().map(|name| format!(" \"{name}\",\n")).collect();
    format!("[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\ndependencies = [\n{dependencies}]")
}

/// The lock file with more crates at their places: cargo keeps them sorted, and takes no other order with `--locked`.
fn lock(more: &[String]) -> String {
    let mut packages: Vec<&str> = LOCK
        .trim_end()
        .split("\n\n")
        .chain(more.iter().map(String::as_str))
        .collect();
    // What comes before the packages has no name and stays first.
    packages.sort_by_key(|package| {
        let named = package.starts_with("[[package]]");
        named.then(|| package.split('"').nth(1).unwrap_or_default())
    });
    packages.join("\n\n") + "\n"
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use crate::INK_VERSION;

    fn options(name: &str, parent: &Path) -> NewOptions {
        NewOptions {
            name: name.to_owned(),
            parent: parent.to_owned(),
            template: Template::Plain,
        }
    }

    #[test]
    fn a_project_has_all_that_a_build_needs() {
        let parent = tempfile::tempdir().unwrap();
        let folder = new_project(&options("token_sale", parent.path())).unwrap();
        assert_eq!(folder, parent.path().join("token_sale"));
        let manifest: toml::Table = std::fs::read_to_string(folder.join("Cargo.toml"))
            .unwrap()
            .parse()
            .unwrap();
        assert_eq!(manifest["package"]["name"].as_str(), Some("token_sale"));
        assert_eq!(
            manifest["dependencies"]["ink"]["version"].as_str(),
            Some(format!("={INK_VERSION}").as_str())
        );
        let source = std::fs::read_to_string(folder.join("lib.rs")).unwrap();
        assert!(source.contains("pub struct TokenSale"));
        assert!(!source.contains("{{"));
        assert!(folder.join(".gitignore").is_file());
        assert!(
            std::fs::read_to_string(folder.join("README.md"))
                .unwrap()
                .contains("token_sale.contract")
        );
    }

    #[test]
    fn the_lock_file_is_sorted_and_pins_ink() {
        for name in ["aaa", "inn", "zzz"] {
            let lock: toml::Table = lock(&[locked(name, &["ink"])]).parse().unwrap();
            let packages = lock["package"].as_array().unwrap();
            let names: Vec<&str> = packages
                .iter()
                .map(|package| package["name"].as_str().unwrap())
                .collect();
            assert!(names.is_sorted(), "{name}");
            assert!(names.contains(&name));
            let ink = packages
                .iter()
                .find(|package| package["name"].as_str() == Some("ink"))
                .unwrap();
            assert_eq!(ink["version"].as_str(), Some(INK_VERSION));
        }
    }

    #[test]
    fn a_contract_for_the_market_names_the_checkouts_crate() {
        let parent = tempfile::tempdir().unwrap();
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut options = options("watcher", parent.path());
        options.template = Template::Storage {
            blocs: checkout.clone(),
        };
        let folder = new_project(&options).unwrap();
        let manifest: toml::Table = std::fs::read_to_string(folder.join("Cargo.toml"))
            .unwrap()
            .parse()
            .unwrap();
        let path = manifest["dependencies"]["blocs-ink"]["path"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_eq!(
            Path::new(&path),
            checkout.join("contracts/blocs-ink").canonicalize().unwrap()
        );

        options.name = "other".to_owned();
        options.template = Template::Storage {
            blocs: parent.path().to_owned(),
        };
        assert!(matches!(new_project(&options), Err(NewError::NoBlocs { .. })));
        assert!(!parent.path().join("other").exists());
    }

    #[test]
    fn an_existing_folder_is_left_alone() {
        let parent = tempfile::tempdir().unwrap();
        std::fs::create_dir(parent.path().join("mine")).unwrap();
        let refused = new_project(&options("mine", parent.path()));
        assert!(matches!(refused, Err(NewError::Exists { .. })));
        assert_eq!(std::fs::read_dir(parent.path().join("mine")).unwrap().count(), 0);
    }

    #[test]
    fn bad_names_are_refused_before_anything_is_written() {
        let parent = tempfile::tempdir().unwrap();
        let long = "a".repeat(65);
        for name in [
            "", "Token", "1st", "to-ken", "../x", "a b", "tökén", "ink", "std", "fn", "test", &long,
        ] {
            let refused = new_project(&options(name, parent.path()));
            assert!(matches!(refused, Err(NewError::Name { .. })), "{name}");
        }
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0);
    }
}
