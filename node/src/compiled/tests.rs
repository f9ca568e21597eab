#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use super::*;
use tempfile::TempDir;

/// A folder that a node has started with, and what it compiled then.
struct Used {
    _parent: TempDir,
    folder: PathBuf,
}

impl Used {
    fn new(runtimes: &[&str]) -> Self {
        let parent = tempfile::tempdir().unwrap();
        let used = Self {
            folder: parent.path().join("cache"),
            _parent: parent,
        };
        let opened = used.open().unwrap();
        for name in runtimes {
            used.compile(name);
        }
        opened.finish();
        used
    }

    fn open(&self) -> Result<Opened, CompiledError> {
        prepare(&self.folder, Duration::ZERO)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join("code/modules/wasmtime-1").join(name)
    }

    /// As wasmtime does.
    fn compile(&self, name: &str) {
        let path = self.file(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("code of {name}")).unwrap();
        fs::write(path.with_extension("stats"), "usages = 1").unwrap();
    }

    /// The runtimes that a start finds.
    fn found(&self) -> Vec<String> {
        let opened = self.open().unwrap();
        let names = opened.compiled.files().unwrap().into_iter().map(|(_, path)| path);
        let mut names: Vec<_> = names
            .map(|path| path.file_name().unwrap().display().to_string())
            .collect();
        names.sort();
        names
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_start_finds_what_the_last_one_compiled_in_a_folder_of_the_owners_alone() {
    let used = Used::new(&["a", "b"]);

    assert_eq!(used.found(), ["a", "b"]);
    assert_eq!(fs::metadata(&used.folder).unwrap().permissions().mode() & 0o777, 0o700);
    let seals = fs::read_to_string(used.folder.join("seals")).unwrap();
    let line = format!("{}  code/modules/wasmtime-1/a\n", hex::encode(blake2_256(b"code of a")));
    assert!(seals.contains(&line), "{seals}");
}

#[test]
fn code_that_the_disk_spoiled_is_not_run() {
    let used = Used::new(&["changed", "good", "short"]);
    fs::write(used.file("changed"), "code of changeD").unwrap();
    fs::write(used.file("short"), "code").unwrap();

    assert_eq!(used.found(), ["good"]);

    // And what is compiled in its place is good again
    let opened = used.open().unwrap();
    used.compile("changed");
    opened.finish();
    assert_eq!(used.found(), ["changed", "good"]);
}

#[test]
fn code_of_a_node_that_was_killed_while_it_started_is_not_run() {
    let used = Used::new(&["good"]);
    let opened = used.open().unwrap();
    used.compile("late");
    fs::write(used.file("half.wip-atomic-write-mod"), "co").unwrap();
    drop(opened);

    assert_eq!(used.found(), ["good"]);
}

#[test]
fn code_of_a_runtime_that_came_after_the_start_is_there_at_the_next() {
    let used = Used::new(&["old"]);
    let compiled = used.open().unwrap().finish();
    used.compile("upgraded");
    compiled.close();

    assert_eq!(used.found(), ["old", "upgraded"]);
}

#[test]
fn a_folder_that_others_can_use_is_not_used() {
    let used = Used::new(&["a"]);
    for mode in [0o777, 0o770, 0o755, 0o702] {
        set_mode(&used.folder, mode);

        let refused = used.open().unwrap_err().to_string();

        assert!(
            refused.contains("chmod 700") && refused.contains(&format!("{mode:03o}")),
            "{refused}"
        );
        assert!(open(Some(&used.folder)).is_none());
    }
    set_mode(&used.folder, 0o700);
    assert_eq!(used.found(), ["a"]);
}

#[test]
fn a_folder_with_other_things_in_it_is_left_alone() {
    let parent = tempfile::tempdir().unwrap();
    set_mode(parent.path(), 0o700);
    let precious = parent.path().join("code/modules/mine");
    fs::create_dir_all(&precious).unwrap();

    let refused = prepare(parent.path(), Duration::ZERO).unwrap_err().to_string();

    assert!(
        refused.contains("something else") && refused.contains("--compiled-code"),
        "{refused}"
    );
    assert!(precious.exists());
    assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
}

#[test]
fn a_path_that_cannot_be_a_folder_is_named_with_what_to_do() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    fs::write(&file, "").unwrap();
    set_mode(&file, 0o600);
    for path in [&file, &file.join("below")] {
        let refused = prepare(path, Duration::ZERO).unwrap_err().to_string();

        assert!(
            refused.contains(&path.display().to_string()) && refused.contains("--compiled-code none"),
            "{refused}"
        );
    }
}

#[test]
fn code_behind_a_link_is_neither_run_nor_removed() {
    let used = Used::new(&["a"]);
    let elsewhere = tempfile::tempdir().unwrap();
    let theirs = elsewhere.path().join("code");
    fs::rename(used.folder.join("code"), &theirs).unwrap();
    std::os::unix::fs::symlink(&theirs, used.folder.join("code")).unwrap();

    assert_eq!(used.found(), Vec::<String>::new());
    assert!(theirs.join("modules/wasmtime-1/a").exists());
}

#[test]
fn the_oldest_code_goes_when_there_is_much() {
    let names: Vec<_> = (0..KEPT + 2).map(|number| format!("runtime{number:02}")).collect();
    let used = Used::new(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for (age, name) in (0u64..).zip(names.iter().rev()) {
        let file = File::options().write(true).open(used.file(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(60 * age))
            .unwrap();
    }

    assert_eq!(used.found(), names[2..]);
}

#[test]
fn of_two_nodes_that_share_a_folder_one_starts_after_the_other() {
    let used = Used::new(&[]);
    let first = used.open().unwrap();

    assert!(matches!(used.open(), Err(CompiledError::Busy { .. })));

    // A patient one takes what the first has compiled
    std::thread::scope(|scope| {
        let second = scope.spawn(|| prepare(&used.folder, PATIENCE).unwrap().compiled.files().unwrap().len());
        used.compile("a");
        first.finish();
        assert_eq!(second.join().unwrap(), 1);
    });
}

#[test]
fn purging_takes_the_folder_beside_the_database_and_nothing_else() {
    let chain = tempfile::tempdir().unwrap();
    let folder = beside(chain.path());
    fs::create_dir(&folder).unwrap();
    assert_eq!(purge(chain.path()).unwrap(), None);

    set_mode(&folder, 0o700);
    prepare(&folder, Duration::ZERO).unwrap().finish();

    assert_eq!(purge(chain.path()).unwrap(), Some(folder.clone()));
    assert!(!folder.exists());
}
