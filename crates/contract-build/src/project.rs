//! The packages that are contracts, as cargo describes them.

use crate::{BuildError, BuildOptions, cargo::cargo, toolchain::output};
use semver::{Comparator, Op, Version, VersionReq};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The major version of ink! that the chain's contracts are written in.
const INK_MAJOR: u64 = 5;

/// A workspace, or a package that stands alone.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Project {
    packages: Vec<Package>,
    /// The folder with the lock file.
    pub(crate) workspace_root: PathBuf,
    /// Where cargo puts what it builds.
    pub(crate) target_directory: PathBuf,
}

/// A package, as far as a build needs it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: Version,
    pub(crate) manifest_path: PathBuf,
    pub(crate) authors: Vec<String>,
    pub(crate) description: Option<String>,
    pub(crate) documentation: Option<String>,
    pub(crate) repository: Option<String>,
    pub(crate) homepage: Option<String>,
    pub(crate) license: Option<String>,
    features: BTreeMap<String, Vec<String>>,
    dependencies: Vec<Dependency>,
    targets: Vec<Target>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Dependency {
    name: String,
    req: VersionReq,
    kind: Option<String>,
    path: Option<PathBuf>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Project {
    /// Reads the project of a Cargo.toml, or of the folder that it is in. Dependencies are not looked at: those that only tests need may
    /// be out of reach.
    pub(crate) fn read(manifest: &Path, options: &BuildOptions) -> Result<(Self, PathBuf), BuildError> {
        let manifest = manifest_of(manifest)?;
        let folder = manifest.parent().unwrap_or(Path::new("/"));
        let mut command = cargo(folder);
        command
            .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
            .arg(&manifest)
            .args(options.network());
        if let Some(target) = &options.target {
            command.env("CARGO_TARGET_DIR", target);
        }
        let said = output("cargo", &mut command)?;
        let failed = |output| BuildError::Project {
            manifest: manifest.clone(),
            output,
        };
        if !said.status.success() {
            return Err(failed(String::from_utf8_lossy(&said.stderr).trim().to_owned()));
        }
        let project = serde_json::from_slice(&said.stdout).map_err(|e| failed(e.to_string()))?;
        Ok((project, manifest))
    }

    /// The packages that the options name; each can be built, as far as its Cargo.toml shows.
    pub(crate) fn chosen(&self, manifest: &Path, options: &BuildOptions) -> Result<Vec<Package>, BuildError> {
        let chosen: Vec<&Package> = if options.all {
            self.contracts().collect()
        } else if options.packages.is_empty() {
            let own = self.packages.iter().find(|package| package.manifest_path == manifest);
            match (own, self.contracts().collect::<Vec<_>>().as_slice()) {
                (Some(own), _) => vec![own],
                (None, [only]) => vec![only],
                (None, _) => Vec::new(),
            }
        } else {
            let find = |name: &String| {
                let found = self.packages.iter().find(|package| package.name == *name);
                found.ok_or_else(|| BuildError::NoPackage {
                    name: name.clone(),
                    known: self.known(),
                })
            };
            options.packages.iter().map(find).collect::<Result<_, _>>()?
        };
        if chosen.is_empty() {
            return Err(BuildError::Workspace {
                manifest: manifest.to_owned(),
                known: self.known(),
            });
        }
        chosen.into_iter().map(|package| package.buildable().cloned()).collect()
    }

    /// The same workspace in another folder.
    pub(crate) fn moved(&self, workspace_root: PathBuf) -> Self {
        Self {
            workspace_root,
            ..self.clone()
        }
    }

    /// The packages that are contracts and not what contracts share: with the feature by which one contract uses another.
    fn contracts(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| package.ink().is_some() && package.features.contains_key("ink-as-dependency"))
    }

    fn known(&self) -> String {
        let names: Vec<&str> = self.contracts().map(|package| package.name.as_str()).collect();
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    }
}

impl Package {
    /// The folder of its Cargo.toml.
    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(Path::new("/"))
    }

    /// The same package with its Cargo.toml elsewhere.
    pub(crate) fn moved(&self, manifest_path: PathBuf) -> Self {
        Self {
            manifest_path,
            ..self.clone()
        }
    }

    /// Whether only its tests need a crate that is not where Cargo.toml says.
    pub(crate) fn lacks_crates_for_tests(&self) -> bool {
        self.dependencies.iter().any(|dependency| {
            dependency.kind.as_deref() == Some("dev") && dependency.path.as_ref().is_some_and(|path| !path.exists())
        })
    }

    /// The name of its library, as the compiler knows it.
    pub(crate) fn library(&self) -> Option<String> {
        let library = self
            .targets
            .iter()
            .find(|target| target.kind.iter().any(|kind| kind.contains("lib")))?;
        Some(library.name.replace('-', "_"))
    }

    /// The version of ink! that it asks for.
    fn ink(&self) -> Option<&VersionReq> {
        let ink = self
            .dependencies
            .iter()
            .find(|dependency| dependency.name == "ink" && dependency.kind.is_none())?;
        Some(&ink.req)
    }

    fn buildable(&self) -> Result<&Self, BuildError> {
        let package = || self.name.clone();
        let Some(wanted) = self.ink() else {
            return Err(
                match self
                    .dependencies
                    .iter()
                    .find(|dependency| dependency.name == "ink_lang")
                {
                    Some(old) => other_ink(self, &old.req.to_string()),
                    None => BuildError::NotInk { package: package() },
                },
            );
        };
        if !may_be_ours(wanted) {
            return Err(other_ink(self, &wanted.to_string()));
        }
        if self.library().is_none() {
            return Err(BuildError::NoLibrary { package: package() });
        }
        if !self.features.contains_key("std") {
            return Err(BuildError::NoStd { package: package() });
        }
        Ok(self)
    }

    /// Checks the version of ink! that cargo took.
    pub(crate) fn check_ink(&self, taken: &Version) -> Result<(), BuildError> {
        if taken.major == INK_MAJOR {
            return Ok(());
        }
        Err(other_ink(self, &taken.to_string()))
    }
}

/// Whether cargo may take a version of ink! 5 for a requirement. Which one it takes is looked at later.
fn may_be_ours(wanted: &VersionReq) -> bool {
    let released = [(0, 0), (1, 0), (1, 1)].map(|(minor, patch)| Version::new(INK_MAJOR, minor, patch));
    // A requirement can also name a version that came before the first release.
    let named = |version: &Comparator| version.major == INK_MAJOR && version.op != Op::Less;
    released.iter().any(|version| wanted.matches(version)) || wanted.comparators.iter().any(named)
}

fn other_ink(package: &Package, found: &str) -> BuildError {
    BuildError::OtherInk {
        package: package.name.clone(),
        found: found.trim_start_matches(['^', '=']).to_owned(),
    }
}

/// The Cargo.toml that is meant, as cargo writes its path.
fn manifest_of(path: &Path) -> Result<PathBuf, BuildError> {
    let manifest = if path.is_dir() {
        path.join("Cargo.toml")
    } else {
        path.to_owned()
    };
    std::fs::canonicalize(&manifest).map_err(|_| BuildError::NoManifest { path: manifest })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use serde_json::{Value, json};

    /// A package as cargo describes it, with a dependency on a crate.
    fn package(name: &str, dependency: &str, version: &str, features: &Value) -> Value {
        json!({
            "name": name,
            "version": "0.1.0",
            "manifest_path": format!("/src/{name}/Cargo.toml"),
            "authors": [],
            "features": features,
            "dependencies": [{ "name": dependency, "req": version, "kind": null }],
            "targets": [{ "name": name, "kind": ["lib"] }],
        })
    }

    fn project(packages: Value) -> Project {
        let project = json!({ "packages": packages, "workspace_root": "/src", "target_directory": "/src/target" });
        serde_json::from_value(project).unwrap()
    }

    fn contract() -> Value {
        json!({ "std": [], "ink-as-dependency": [] })
    }

    fn chosen(project: &Project, manifest: &str, options: &BuildOptions) -> Result<Vec<String>, BuildError> {
        let chosen = project.chosen(Path::new(manifest), options)?;
        Ok(chosen.into_iter().map(|package| package.name).collect())
    }

    #[test]
    fn what_contracts_share_is_not_taken_for_a_contract() {
        let project = project(json!([
            package("token", "ink", "=5.1.1", &contract()),
            package("shared", "ink", "=5.1.1", &json!({ "std": [] })),
            package("tool", "serde", "^1", &json!({})),
        ]));
        let all = BuildOptions {
            all: true,
            ..BuildOptions::default()
        };
        assert_eq!(chosen(&project, "/src/Cargo.toml", &all).unwrap(), ["token"]);
        // The only one of a workspace need not be named.
        let one = BuildOptions::default();
        assert_eq!(chosen(&project, "/src/Cargo.toml", &one).unwrap(), ["token"]);
        // A contract without that feature builds when it is meant.
        assert_eq!(chosen(&project, "/src/shared/Cargo.toml", &one).unwrap(), ["shared"]);
    }

    #[test]
    fn several_contracts_must_be_named() {
        let project = project(json!([
            package("token", "ink", "^5.0", &contract()),
            package("nft", "ink", "^5.0", &contract()),
        ]));
        let refused = chosen(&project, "/src/Cargo.toml", &BuildOptions::default()).unwrap_err();
        assert!(refused.to_string().contains("token, nft"), "{refused}");
        let named = |name: &str| BuildOptions {
            packages: vec![name.to_owned()],
            ..BuildOptions::default()
        };
        assert_eq!(chosen(&project, "/src/Cargo.toml", &named("nft")).unwrap(), ["nft"]);
        let unknown = chosen(&project, "/src/Cargo.toml", &named("dao"));
        assert!(matches!(unknown, Err(BuildError::NoPackage { .. })));
    }

    #[test]
    fn each_reason_not_to_be_a_contract_has_its_own_error() {
        let why = |package: Value| {
            let project = project(json!([package]));
            chosen(&project, "/src/odd/Cargo.toml", &BuildOptions::default()).unwrap_err()
        };
        let std = json!({ "std": [] });
        assert!(matches!(
            why(package("odd", "serde", "^1", &std)),
            BuildError::NotInk { .. }
        ));
        for version in ["^4.3.0", "=6.0.0-beta.1", ">=3, <5"] {
            assert!(
                matches!(why(package("odd", "ink", version, &std)), BuildError::OtherInk { .. }),
                "{version}"
            );
        }
        assert!(matches!(
            why(package("odd", "ink_lang", "^3", &std)),
            BuildError::OtherInk { .. }
        ));
        assert!(matches!(
            why(package("odd", "ink", "^5", &json!({}))),
            BuildError::NoStd { .. }
        ));
        let mut program = package("odd", "ink", "^5", &std);
        program["targets"][0]["kind"] = json!(["bin"]);
        assert!(matches!(why(program), BuildError::NoLibrary { .. }));
    }
}
