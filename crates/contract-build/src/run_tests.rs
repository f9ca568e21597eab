//! A contract's own tests.

use crate::{BuildError, BuildOptions, Built, builder::Workshop, cargo::cargo, toolchain::no_program};

/// The variable in which tests find the path of the contract's bundle.
pub const BUNDLE_VARIABLE: &str = "BLOCS_CONTRACT";

/// What to test, and how.
#[derive(Clone, Debug, Default)]
pub struct TestOptions {
    /// What is built first.
    pub build: BuildOptions,
    /// For the program that runs the tests: which of them, and how.
    pub arguments: Vec<String>,
}

/// Builds the contracts that the options name, and runs the tests of each with the path of its bundle in [`BUNDLE_VARIABLE`].
pub fn test(options: &TestOptions, done: impl FnMut(&Built) + Send) -> Result<(), BuildError> {
    let workshop = Workshop::open(&options.build)?;
    let built = workshop.build_all(done)?;
    // Tests may build, too.
    let (packages, target) = workshop.close();
    for (package, built) in packages.iter().zip(&built) {
        let mut command = cargo(package.folder());
        command
            .args(["test", "--manifest-path"])
            .arg(&package.manifest_path)
            .arg("--target-dir")
            .arg(&target)
            .args(options.build.network())
            .env(BUNDLE_VARIABLE, &built.contract)
            // stdout is for data.
            .stdout(std::io::stderr());
        if !options.build.features.is_empty() {
            command.args(["--features", &options.build.features.join(",")]);
        }
        if options.build.quiet {
            command.arg("--quiet");
        }
        command.arg("--").args(&options.arguments);
        if !command.status().map_err(no_program("cargo"))?.success() {
            return Err(BuildError::Tests {
                package: package.name.clone(),
            });
        }
    }
    Ok(())
}
