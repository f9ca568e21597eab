//! A contract author's way: a new project, its tests, its bundle, and what is said when something is wrong. No chain is needed.

use super::{Stage, Verdict};
use crate::{
    process::{Launch, run},
    program::{binary, checkout, target_dir},
};
use anyhow::{Context, Result, ensure};
use blocs_contract::Bundle;
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

/// How long a build may take: the first one on a machine compiles ink!.
const BUILD: Duration = Duration::from_secs(600);

/// Somebody who writes contracts, in a folder. Their home stays the machine's own, where cargo has its things.
struct Author {
    folder: PathBuf,
    commands: AtomicU32,
}

/// How a command ended.
struct Said {
    command: String,
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Author {
    fn new(stage: &Stage) -> Result<Self> {
        Ok(Self {
            folder: stage.workspace().folder("author")?,
            commands: AtomicU32::new(0),
        })
    }

    /// Runs `blocs contract`, building beside the contracts of this repository: they have compiled what all contracts depend on.
    async fn run(&self, words: &[&str]) -> Result<Said> {
        let number = self.commands.fetch_add(1, Ordering::Relaxed);
        let out = |ending: &str| self.folder.join(format!("blocs-{number:02}.{ending}"));
        let words = [&["contract"][..], words].concat();
        let mut launch = Launch::new(&binary("blocs")?, &words, out("log")).env("CARGO_TARGET_DIR", shared_target()?);
        launch.stdout = Some(out("out"));
        let status = run(launch, BUILD).await?;
        Ok(Said {
            command: format!("blocs {}", words.join(" ")),
            code: status.code(),
            stdout: fs::read_to_string(out("out"))?,
            stderr: fs::read_to_string(out("log"))?,
        })
    }

    /// Runs a command that must succeed, and reads the JSON that it prints.
    async fn done(&self, words: &[&str]) -> Result<Value> {
        self.run(&[words, &["--json"]].concat()).await?.ends(0, &[])?.json()
    }

    /// A package with this manifest and source.
    fn package(&self, name: &str, manifest: &str, source: &str) -> Result<String> {
        let folder = self.folder.join(name);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("lib.rs"), source)?;
        Ok(folder.display().to_string())
    }
}

impl Said {
    /// Fails unless it ended with this code and said all these words.
    fn ends(self, code: i32, words: &[&str]) -> Result<Self> {
        let all = format!("{}{}", self.stdout, self.stderr);
        ensure!(
            self.code == Some(code) && !all.contains("panicked at"),
            "{} ended with {:?} in place of {code}: {all}",
            self.command,
            self.code
        );
        for word in words {
            ensure!(all.contains(word), "{} does not say {word:?}: {all}", self.command);
        }
        Ok(self)
    }

    fn json(&self) -> Result<Value> {
        let line = self.stdout.lines().rfind(|line| line.starts_with('{'));
        serde_json::from_str(line.with_context(|| format!("{} printed no JSON: {}", self.command, self.stdout))?)
            .with_context(|| format!("{} printed broken JSON", self.command))
    }
}

fn shared_target() -> Result<PathBuf> {
    let programs = target_dir()?;
    Ok(programs.parent().unwrap_or(&programs).join("contracts"))
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value[key].as_str().with_context(|| format!("no {key} in {value}"))
}

pub(super) async fn a_new_contract_is_tested_built_and_checked_as_the_readme_says(stage: &Stage) -> Result<Verdict> {
    // Given a new project
    let author = Author::new(stage)?;
    let parent = author.folder.display().to_string();
    let made = author.done(&["new", "first_steps", "--folder", &parent]).await?;
    let folder = text(&made, "folder")?.to_owned();
    let readme = fs::read_to_string(Path::new(&folder).join("README.md"))?;
    for step in ["blocs contract test", "blocs contract check", "blocs contract build"] {
        ensure!(readme.contains(step), "the README does not say {step:?}");
    }
    let at = ["--manifest-path", &folder];

    // Its tests pass, and its lock file is whole
    let tested = author.run(&[&["test", "--locked"][..], &at].concat()).await?;
    tested.ends(0, &["2 passed"])?;

    // What is built is a bundle: code that the chain takes, metadata that fits to it
    let built = author.done(&[&["build"][..], &at].concat()).await?;
    let path = PathBuf::from(text(&built, "contract")?);
    let bundle = Bundle::read(&path)?;
    ensure!(bundle.name() == "first_steps", "another name: {}", bundle.name());
    ensure!(
        text(&built, "code_hash")? == format!("0x{}", hex::encode(bundle.code_hash())),
        "another hash: {built}"
    );
    ensure!(
        fs::read(path.with_extension("wasm"))? == bundle.wasm()?,
        "another .wasm"
    );
    bundle.abi().message("turn")?;
    bundle.abi().constructor("new")?;
    let metadata: Value = serde_json::from_slice(&fs::read(path.with_extension("json"))?)?;
    ensure!(metadata["source"]["wasm"].is_null(), "the .json has the code in it");
    ensure!(metadata["source"]["language"] == "ink! 5.1.1", "{}", metadata["source"]);
    ensure!(
        metadata["spec"]["events"][0]["label"] == "Turned",
        "no event: {}",
        metadata["spec"]
    );

    // Nothing is built twice
    ensure!(built["fresh"] == true, "the test had built it: {built}");

    // The chain would take it
    let checked = author.done(&[&["check"][..], &at].concat()).await?;
    ensure!(
        checked["accepted"] == true && checked["code_hash"] == built["code_hash"] && checked["bytes"] == built["bytes"],
        "{checked}"
    );
    let shown = author.run(&[&["check"][..], &at].concat()).await?;
    shown.ends(0, &["first_steps: the chain takes it", "seal2.set_storage"])?;
    Ok(Verdict::Passed)
}

pub(super) async fn a_new_contract_reads_the_storage_market_with_the_crate_of_a_checkout(
    stage: &Stage,
) -> Result<Verdict> {
    let author = Author::new(stage)?;
    let (parent, blocs) = (author.folder.display().to_string(), checkout().display().to_string());
    let new = ["new", "watcher", "--folder", &parent, "--storage", "--blocs"];
    let refused = author.run(&[&new[..], &[&parent]].concat()).await?;
    refused.ends(4, &["no contracts/blocs-ink", "--blocs"])?;
    let made = author.done(&[&new[..], &[&blocs]].concat()).await?;
    let tested = author
        .run(&["test", "--locked", "--manifest-path", text(&made, "folder")?])
        .await?;
    tested.ends(0, &["2 passed"])?;
    Ok(Verdict::Passed)
}

pub(super) async fn the_same_source_in_two_folders_gives_the_same_bytes(stage: &Stage) -> Result<Verdict> {
    let author = Author::new(stage)?;
    let mut bundles = Vec::new();
    for place in ["here", "some where/else", "without"] {
        let parent = author.folder.join(place).display().to_string();
        let made = author.done(&["new", "same_bytes", "--folder", &parent]).await?;
        // The last lacks a crate that only its tests need, as contracts often do that were taken out of their repository.
        if place == "without" {
            let manifest = Path::new(text(&made, "folder")?).join("Cargo.toml");
            let lacking = "\n[dev-dependencies]\nlacking = { path = \"../../lacking\" }\n";
            fs::write(&manifest, fs::read_to_string(&manifest)? + lacking)?;
        }
        let built = author
            .done(&["build", "--manifest-path", text(&made, "folder")?])
            .await?;
        ensure!(built["fresh"] == false, "the other folder's build was taken: {built}");
        let path = PathBuf::from(text(&built, "contract")?);
        bundles.push((fs::read(path.with_extension("wasm"))?, fs::read(path)?));
    }
    for other in &bundles[1..] {
        ensure!(bundles[0].0 == other.0, "the code depends on the folder");
        ensure!(bundles[0].1 == other.1, "the bundle depends on the folder");
    }
    Ok(Verdict::Passed)
}

pub(super) async fn what_is_no_contract_is_told_apart_before_anything_is_compiled(stage: &Stage) -> Result<Verdict> {
    let author = Author::new(stage)?;
    let parent = author.folder.display().to_string();
    // Names and folders
    for name in ["1st", "To-Ken", "ink", "../up"] {
        let refused = author.run(&["new", name, "--folder", &parent]).await?;
        refused.ends(2, &["is no name for a contract", "small letters"])?;
    }
    author.done(&["new", "taken", "--folder", &parent]).await?;
    let refused = author.run(&["new", "taken", "--folder", &parent]).await?;
    refused.ends(2, &["exists already"])?;
    let refused = author.run(&["build", "--manifest-path", "/nowhere"]).await?;
    refused.ends(4, &["no Cargo.toml", "blocs contract new"])?;

    // Crates that are no contract, or one of another ink!
    let manifest = |more: &str| {
        format!("[package]\nname = \"odd\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[lib]\npath = \"lib.rs\"\n{more}")
    };
    for (more, words) in [
        ("", &["not an ink! contract", "blocs contract new"][..]),
        ("[dependencies]\nink = \"4.3\"", &["needs ink! 4.3", "=5.1.1"]),
        (
            "[dependencies]\nink = { version = \"=6.0.0-beta.1\" }",
            &["needs ink! 6.0.0-beta.1"],
        ),
        (
            "[dependencies]\nink = { version = \"5\", default-features = false }",
            &["no feature `std`", "ink/std"],
        ),
    ] {
        let folder = author.package("odd", &manifest(more), "")?;
        let refused = author.run(&["build", "--manifest-path", &folder]).await?;
        refused.ends(1, words)?;
    }
    fs::write(author.folder.join("odd/Cargo.toml"), "this is = = no manifest")?;
    let folder = author.folder.join("odd").display().to_string();
    let refused = author.run(&["build", "--manifest-path", &folder]).await?;
    refused.ends(1, &["cargo cannot read"])?;

    // A workspace is no contract
    fs::write(author.folder.join("odd/Cargo.toml"), "[workspace]\nmembers = []")?;
    let refused = author.run(&["build", "--manifest-path", &folder]).await?;
    refused.ends(2, &["--package", "--all"])?;
    let refused = author.run(&["build", "-p", "none", "--manifest-path", &folder]).await?;
    refused.ends(4, &["no package \"none\""])?;
    Ok(Verdict::Passed)
}

pub(super) async fn a_contract_that_computes_with_floats_is_refused_with_the_functions_name(
    stage: &Stage,
) -> Result<Verdict> {
    let author = Author::new(stage)?;
    let parent = author.folder.display().to_string();
    let made = author.done(&["new", "floating", "--folder", &parent]).await?;
    let folder = text(&made, "folder")?;
    let source = Path::new(folder).join("lib.rs");
    let whole = fs::read_to_string(&source)?;

    // A mistake of the language is shown as the compiler says it
    fs::write(&source, whole.replace("self.value = !self.value;", "self.value = 7;"))?;
    let refused = author.run(&["build", "--manifest-path", folder]).await?;
    refused.ends(1, &["mismatched types", "cannot compile floating"])?;

    // Floats compile, and are refused with where they are
    let float = "#[inline(never)]\nfn share_of(part: u32) -> u32 {\n    (f64::from(part) * 1.5) as u32\n}\n";
    let used = "self.value = crate::share_of(self.env().block_number()) > 7;";
    let changed = whole.replace("/// The contract.", &format!("{float}\n/// The contract."));
    fs::write(&source, changed.replace("self.value = !self.value;", used))?;
    let refused = author.run(&["build", "--manifest-path", folder]).await?;
    refused.ends(24, &["floating-point", "share_of", "integers"])?;
    let checked = author.run(&["check", "--json", "--manifest-path", folder]).await?;
    let checked = checked.ends(24, &["the chain would refuse floating"])?.json()?;
    ensure!(checked["accepted"] == false, "{checked}");
    ensure!(checked["functions"].to_string().contains("share_of"), "{checked}");
    Ok(Verdict::Passed)
}
