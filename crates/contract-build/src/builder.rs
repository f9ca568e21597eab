//! A build from beginning to end.

use crate::{
    BuildError,
    bundle::Origin,
    cargo::{self, Code, Native},
    error::file,
    floats, generate,
    project::{Package, Project},
    shrink, staging,
    stamp::{Inputs, Stamp},
    toolchain::Toolchain,
};
use blocs_contract::{CodeError, CodeSummary, check_code};
use std::{
    fs::File,
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
};

/// What to build, and how.
#[derive(Clone, Debug, Default)]
pub struct BuildOptions {
    /// The contract's Cargo.toml, or the folder that it is in.
    pub manifest: PathBuf,
    /// Cargo's target folder; when none is given, the one that cargo takes by itself.
    pub target: Option<PathBuf>,
    /// Every contract of the workspace.
    pub all: bool,
    /// Packages of the workspace, by name.
    pub packages: Vec<String>,
    /// Features of the package to switch on.
    pub features: Vec<String>,
    /// Take no dependencies from the network.
    pub offline: bool,
    /// Fail when the lock file would have to change.
    pub locked: bool,
    /// Show nothing but errors.
    pub quiet: bool,
}

impl BuildOptions {
    /// Cargo's flags about the network and the lock file.
    pub(crate) fn network(&self) -> impl Iterator<Item = &'static str> {
        let flag = |set: bool, flag| set.then_some(flag);
        [flag(self.offline, "--offline"), flag(self.locked, "--locked")]
            .into_iter()
            .flatten()
    }
}

/// A bundle.
#[derive(Clone, Debug)]
pub struct Built {
    /// The package's name.
    pub name: String,
    /// The bundle: metadata and code.
    pub contract: PathBuf,
    /// The metadata alone.
    pub metadata: PathBuf,
    /// The code alone.
    pub wasm: PathBuf,
    /// BLAKE2-256 of the code.
    pub code_hash: [u8; 32],
    /// The length of the code as it was linked, in bytes.
    pub linked_bytes: usize,
    /// What the code is and uses.
    pub code: CodeSummary,
    /// Nothing had changed since the last build.
    pub fresh: bool,
}

/// What the chain would say of a contract.
#[derive(Debug)]
pub struct Checked {
    /// The package's name.
    pub name: String,
    /// The length of the code as it was linked, in bytes.
    pub linked_bytes: usize,
    /// The length of the code as it would be deployed, in bytes.
    pub bytes: usize,
    /// What the code is and uses, or what the chain would refuse it for and in which functions.
    pub verdict: Result<CodeSummary, (CodeError, Vec<String>)>,
}

/// Builds the one contract that the options name.
pub fn build(options: &BuildOptions) -> Result<Built, BuildError> {
    let workshop = Workshop::open(options)?;
    match workshop.packages.as_slice() {
        [package] => workshop.finish(workshop.compile(package)?),
        _ => Err(BuildError::Workspace {
            manifest: options.manifest.clone(),
            known: workshop.names(),
        }),
    }
}

/// Builds every contract that the options name, and tells `done` of each.
pub fn build_all(options: &BuildOptions, done: impl FnMut(&Built) + Send) -> Result<Vec<Built>, BuildError> {
    Workshop::open(options)?.build_all(done)
}

/// Builds the code of every contract that the options name, and says what the chain would refuse.
pub fn check(options: &BuildOptions) -> Result<Vec<Checked>, BuildError> {
    let workshop = Workshop::open(options)?;
    workshop
        .packages
        .iter()
        .map(|package| workshop.check(package))
        .collect()
}

/// A workspace with all that its contracts are built with.
pub(crate) struct Workshop<'a> {
    options: &'a BuildOptions,
    project: Project,
    toolchain: Toolchain,
    pub(crate) packages: Vec<Package>,
    /// One build at a time in a target folder; released when it is dropped.
    _lock: File,
}

impl<'a> Workshop<'a> {
    pub(crate) fn open(options: &'a BuildOptions) -> Result<Self, BuildError> {
        let (project, manifest) = Project::read(&options.manifest, options)?;
        let packages = project.chosen(&manifest, options)?;
        let toolchain = Toolchain::of(manifest.parent().unwrap_or(Path::new("/")))?;
        let folder = project.target_directory.join("ink");
        std::fs::create_dir_all(&folder).map_err(file("create", &folder))?;
        let path = folder.join(".lock");
        let lock = File::create(&path).map_err(file("create", &path))?;
        lock.lock().map_err(file("lock", &path))?;
        Ok(Self {
            options,
            project,
            toolchain,
            packages,
            _lock: lock,
        })
    }

    /// Lets others build; what was built stays: the packages, and the folder where cargo built them.
    pub(crate) fn close(self) -> (Vec<Package>, PathBuf) {
        (self.packages, self.project.target_directory)
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.packages.iter().map(|package| package.name.as_str()).collect();
        names.join(", ")
    }

    /// Where bundles are.
    fn root(&self) -> PathBuf {
        self.project.target_directory.join("ink")
    }

    /// A file of a package's bundle.
    fn path(&self, package: &Package, ending: &str) -> PathBuf {
        self.root()
            .join(&package.name)
            .join(format!("{}.{ending}", package.name))
    }

    /// The linker's module. A stamp of another contract with the same name shows that cargo's file may be that one's.
    fn code(
        &self,
        source: (&Project, &Package),
        package: &Package,
        stamp: Option<&Stamp>,
    ) -> Result<(Code, Vec<u8>), BuildError> {
        let manifest = package.manifest_path.display().to_string();
        let anew = stamp.is_none_or(|stamp| stamp.manifest != manifest);
        let code = cargo::code(source.0, source.1, &self.toolchain, self.options, anew)?;
        let module = std::fs::read(&code.module).map_err(file("read", &code.module))?;
        Ok((code, module))
    }

    /// Builds all. cargo compiles the next contract while the code of the one before is shrunk.
    pub(crate) fn build_all(&self, mut done: impl FnMut(&Built) + Send) -> Result<Vec<Built>, BuildError> {
        thread::scope(|scope| {
            let (compiled, waiting) = mpsc::channel();
            let finisher = scope.spawn(move || {
                let finished = waiting
                    .into_iter()
                    .map(|compiled| self.finish(compiled).inspect(&mut done));
                finished.collect::<Result<Vec<_>, _>>()
            });
            let failure = self.packages.iter().find_map(|package| match self.compile(package) {
                // Nobody waits any more: the finisher has an error to tell.
                Ok(done) => compiled.send(done).err().map(|_| None),
                Err(failure) => Some(Some(failure)),
            });
            drop(compiled);
            let finished = finisher.join().unwrap_or_else(|panic| resume_unwind(panic))?;
            match failure.flatten() {
                Some(failure) => Err(failure),
                None => Ok(finished),
            }
        })
    }

    /// What cargo is given: the project, or a copy that it can read.
    fn source(&self, package: &Package) -> Result<(Project, Package), BuildError> {
        if package.lacks_crates_for_tests() {
            return staging::stage(&self.project, package, &self.root().join(".copies").join(&package.name));
        }
        Ok((self.project.clone(), package.clone()))
    }

    /// Cargo's part.
    fn compile<'p>(&self, package: &'p Package) -> Result<Compiled<'p>, BuildError> {
        let stamp = Stamp::read(&self.path(package, "stamp"));
        let (project, source) = self.source(package)?;
        let (code, module) = self.code((&project, &source), package, stamp.as_ref())?;
        let native = cargo::native(&project, &source, self.options)?;
        let library = std::fs::read(&native.library).map_err(file("read", &native.library))?;
        Ok(Compiled {
            package,
            stamp,
            code,
            module,
            native,
            library,
        })
    }

    /// From what cargo made to the bundle.
    fn finish(&self, compiled: Compiled<'_>) -> Result<Built, BuildError> {
        let Compiled {
            package,
            stamp,
            code,
            module,
            native,
            library,
        } = compiled;
        let inputs = Inputs {
            manifest: &package.manifest_path,
            origin: format!("{package:?} {:?} {}", self.toolchain, code.ink),
            module: &module,
            native: &library,
        };
        let paths = ["contract", "json", "wasm"].map(|ending| self.path(package, ending));
        let built = |code: CodeSummary, fresh: bool| {
            let [contract, metadata, wasm] = paths.clone();
            Built {
                name: package.name.clone(),
                contract,
                metadata,
                wasm,
                code_hash: code.hash,
                linked_bytes: module.len(),
                code,
                fresh,
            }
        };

        let old: Option<Vec<Vec<u8>>> = paths.iter().map(|path| std::fs::read(path).ok()).collect();
        if let (Some(stamp), Some([bundle, metadata, wasm])) = (&stamp, old.as_deref())
            && *stamp == Stamp::new(&inputs, &[bundle, metadata, wasm])
            && let Ok(summary) = check_code(wasm)
        {
            return Ok(built(summary, true));
        }

        // A build that fails leaves no bundle of an older source.
        let stamp_path = self.path(package, "stamp");
        for path in paths.iter().chain([&stamp_path]).filter(|path| path.exists()) {
            std::fs::remove_file(path).map_err(file("remove", path))?;
        }
        let wasm = small(package, &module)?;
        let summary = check_code(&wasm).map_err(|source| refused(package, &module, source))?;
        let root = self.root();
        let scratch = tempfile::tempdir_in(&root).map_err(file("create a folder in", &root))?;
        let abi = generate::metadata(package, &native, scratch.path())?;
        let origin = Origin {
            package,
            toolchain: &self.toolchain,
            ink: &code.ink,
        };
        let files = origin.files(&wasm, summary.hash, abi)?;
        let folder = root.join(&package.name);
        std::fs::create_dir_all(&folder).map_err(file("create", &folder))?;
        let contents = [files.bundle.as_bytes(), files.metadata.as_bytes(), &wasm];
        for (path, content) in paths.iter().zip(contents) {
            std::fs::write(path, content).map_err(file("write", path))?;
        }
        let stamp = serde_json::to_vec(&Stamp::new(&inputs, &contents)).unwrap_or_default();
        std::fs::write(&stamp_path, stamp).map_err(file("write", &stamp_path))?;
        Ok(built(summary, false))
    }

    fn check(&self, package: &Package) -> Result<Checked, BuildError> {
        let stamp = Stamp::read(&self.path(package, "stamp"));
        let (project, source) = self.source(package)?;
        let (_, module) = self.code((&project, &source), package, stamp.as_ref())?;
        let wasm = small(package, &module)?;
        Ok(Checked {
            name: package.name.clone(),
            linked_bytes: module.len(),
            bytes: wasm.len(),
            verdict: check_code(&wasm).map_err(|refusal| {
                let functions = places(&module, &refusal);
                (refusal, functions)
            }),
        })
    }
}

/// What cargo made of a contract.
struct Compiled<'a> {
    package: &'a Package,
    /// Of the bundle that is there already.
    stamp: Option<Stamp>,
    code: Code,
    module: Vec<u8>,
    native: Native,
    library: Vec<u8>,
}

fn small(package: &Package, module: &[u8]) -> Result<Vec<u8>, BuildError> {
    shrink(module).map_err(|source| BuildError::Shrink {
        package: package.name.clone(),
        source,
    })
}

fn refused(package: &Package, module: &[u8], source: CodeError) -> BuildError {
    let functions = places(module, &source);
    BuildError::Refused {
        package: package.name.clone(),
        source,
        places: if functions.is_empty() {
            String::new()
        } else {
            format!("; it is in {}", functions.join(", "))
        },
    }
}

/// The functions that a refusal is about, where that can be known.
fn places(module: &[u8], refusal: &CodeError) -> Vec<String> {
    match refusal {
        CodeError::FloatingPoint { .. } => floats::functions(module),
        _ => Vec::new(),
    }
}
