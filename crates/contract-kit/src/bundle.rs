//! Where built contracts lie.

use blocs_contract::Bundle;
use std::path::{Path, PathBuf};

/// Names the bundle under test: `blocs contract test` sets it to the `.contract` file that it has built.
pub const BUNDLE_VARIABLE: &str = "BLOCS_CONTRACT";

/// The bundle of the contract `name`.
///
/// It is looked for in the file of the environment variable [`BUNDLE_VARIABLE`], when that is the contract's; then as
/// `contracts/ink/NAME/NAME.contract` and `ink/NAME/NAME.contract` in the target folder, which is `CARGO_TARGET_DIR`, or the one in which
/// the running test lies.
///
/// # Panics
///
/// When there is none: contracts must be built before they are tested.
pub fn bundle(name: &str) -> Bundle {
    Bundle::read(&bundle_path(name)).unwrap_or_else(|error| panic!("{error}"))
}

/// Where the bundle of the contract `name` lies: see [`bundle`].
///
/// # Panics
///
/// When there is none.
pub fn bundle_path(name: &str) -> PathBuf {
    let targets = std::env::var_os("CARGO_TARGET_DIR")
        .map(PathBuf::from)
        .into_iter()
        .chain(own_target());
    let places = places(name, std::env::var_os(BUNDLE_VARIABLE).map(PathBuf::from), targets);
    match places.iter().find(|path| path.is_file()) {
        Some(path) => path.clone(),
        None => {
            let places: String = places.iter().map(|path| format!("\n  {}", path.display())).collect();
            panic!(
                "the contract {name} is not built: run `make contracts` first (`blocs contract build` for a contract of your own). Looked for:{places}"
            )
        }
    }
}

/// The bundle that [`BUNDLE_VARIABLE`] names: for the tests of a contract that `blocs contract test` has built.
///
/// # Panics
///
/// When the variable is not set, or names no bundle.
pub fn bundle_under_test() -> Bundle {
    let path = std::env::var_os(BUNDLE_VARIABLE)
        .unwrap_or_else(|| panic!("{BUNDLE_VARIABLE} is not set: run the tests with `blocs contract test`"));
    Bundle::read(Path::new(&path)).unwrap_or_else(|error| panic!("{error}"))
}

/// Where the bundle may lie, in the order in which it is looked for: the file that the variable names, then the target folders.
fn places(name: &str, under_test: Option<PathBuf>, targets: impl Iterator<Item = PathBuf>) -> Vec<PathBuf> {
    let file = format!("{name}.contract");
    let under_test = under_test.filter(|path| path.file_name().is_some_and(|found| found == file.as_str()));
    let built =
        targets.flat_map(|target| ["contracts/ink", "ink"].map(|folder| target.join(folder).join(name).join(&file)));
    under_test.into_iter().chain(built).collect()
}

/// The target folder in which the running program lies: `TARGET/PROFILE/deps/PROGRAM`.
fn own_target() -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    let folder = own.parent()?;
    let profile = if folder.ends_with("deps") {
        folder.parent()?
    } else {
        folder
    };
    profile.parent().map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str) -> Vec<PathBuf> {
        let under_test = Some(PathBuf::from("/mine/flipper.contract"));
        places(name, under_test, [PathBuf::from("/target")].into_iter())
    }

    #[test]
    fn the_bundle_under_test_comes_first() {
        assert_eq!(
            found("flipper"),
            [
                "/mine/flipper.contract",
                "/target/contracts/ink/flipper/flipper.contract",
                "/target/ink/flipper/flipper.contract"
            ]
            .map(PathBuf::from)
        );
    }

    #[test]
    fn the_bundle_under_test_is_no_other_contract() {
        assert_eq!(found("token").len(), 2);
    }

    #[test]
    #[should_panic(expected = "run `make contracts` first")]
    fn a_contract_that_is_not_built_is_asked_for() {
        bundle("there-is-no-such-contract");
    }
}
