//! The disk: room, the right to write, and how long a synced write takes.

use super::{Finding, Folders};
use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

const GIB: u64 = 1 << 30;

/// Below this a node stops soon: RocksDB needs room to rewrite its files.
const LEAST_ROOM: u64 = GIB;

/// Below this it is time to act.
const ROOM: u64 = 20 * GIB;

/// A synced write above this is a sign of a disk that will make a validator late.
const SLOW: Duration = Duration::from_millis(50);

/// Writes of which the middle one counts.
const WRITES: usize = 9;

pub(super) fn check(folders: &Folders) -> Vec<Finding> {
    let folder = nearest(&folders.base);
    let mut findings = Vec::new();
    findings.push(match fs2::available_space(&folder) {
        Ok(free) => room(free, &folder),
        Err(error) => Finding::fail(
            "disk space",
            format!("cannot ask for the free space of {}: {error}", folder.display()),
            "name the node's folder with `--base-path`",
        ),
    });
    findings.push(match latency(&folder) {
        Ok(latency) if latency > SLOW => Finding::warn(
            "disk writes",
            format!("a synced write to {} takes {latency:.1?}", folder.display()),
            "use an SSD, or find what else uses this disk",
        ),
        Ok(latency) => Finding::ok(
            "disk writes",
            format!("a synced write to {} takes {latency:.1?}", folder.display()),
        ),
        Err(error) => Finding::fail(
            "disk writes",
            format!("cannot write to {}: {error}", folder.display()),
            "give the node's user the right to write there, or choose another folder with `--base-path`",
        ),
    });
    findings
}

fn room(free: u64, folder: &Path) -> Finding {
    let message = format!("{} GiB free at {}", free / GIB, folder.display());
    let next = "make room, or move the node's folder to a larger disk";
    match free {
        free if free < LEAST_ROOM => Finding::fail("disk space", message, next),
        free if free < ROOM => Finding::warn("disk space", message, next),
        _ => Finding::ok("disk space", message),
    }
}

/// The folder, or what there is of the way to it: a node that never ran has none.
fn nearest(folder: &Path) -> PathBuf {
    let existing = folder.ancestors().find(|folder| folder.is_dir());
    existing.unwrap_or(Path::new("/")).to_owned()
}

fn latency(folder: &Path) -> io::Result<Duration> {
    let path = folder.join(format!(".blocs-doctor-{}", std::process::id()));
    let measured = measure(&path);
    fs::remove_file(&path).ok();
    measured
}

fn measure(path: &Path) -> io::Result<Duration> {
    let mut file = File::create_new(path)?;
    let mut times = [Duration::ZERO; WRITES];
    for time in &mut times {
        let started = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_all()?;
        *time = started.elapsed();
    }
    times.sort();
    Ok(times[WRITES / 2])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::{super::Status, *};

    #[test]
    fn little_room_is_a_warning_and_none_a_failure() {
        let status = |free| room(free, Path::new("/data")).status;
        assert_eq!(status(GIB - 1), Status::Fail);
        assert_eq!(status(GIB), Status::Warn);
        assert_eq!(status(20 * GIB), Status::Ok);
    }

    #[test]
    fn a_folder_that_is_not_there_yet_is_judged_by_its_parent_and_left_alone() {
        let parent = tempfile::tempdir().unwrap();
        let base = parent.path().join("not/yet");

        let findings = check(&Folders {
            base: base.clone(),
            chain: base.join("chains/dev"),
        });

        assert_eq!(findings.len(), 2);
        assert_eq!(findings[1].check, "disk writes");
        assert_ne!(findings[1].status, Status::Fail);
        assert_eq!(
            fs::read_dir(parent.path()).unwrap().count(),
            0,
            "something was left behind"
        );
    }

    #[test]
    fn a_disk_that_cannot_be_written_fails() {
        let findings = check(&Folders {
            base: "/proc/self".into(),
            chain: "/proc/self/chains/dev".into(),
        });

        assert_eq!(findings[1].status, Status::Fail);
        assert!(findings[1].next.as_ref().unwrap().contains("--base-path"));
    }
}
