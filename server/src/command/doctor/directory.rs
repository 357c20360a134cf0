//! The data directory: may one write there, how quickly is it on the disk, who else can read the secret.

use super::finding::{About, Finding, size};
use crate::config::Storage;
use crate::machine;
use crate::storage::in_words;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const ABOUT: About = About::DataDirectory;
const LITTLE_SPACE: u64 = 1_000_000_000;
const NO_SPACE: u64 = 50_000_000;
/// Each message of one who writes alone waits for one of these.
const SLOW_SYNC: Duration = Duration::from_millis(20);
const SYNCS: usize = 20;
const SYNCS_WITHIN: Duration = Duration::from_secs(2);
/// What a commit writes, at least.
const BLOCK: [u8; 4096] = [0; 4096];

pub(super) fn look(storage: &Storage) -> Vec<Finding> {
    let secret = secret(storage);
    if storage.is_shared() {
        return secret.into_iter().collect();
    }
    let place = &storage.data_dir;
    let mut found = vec![if place.exists() { writes(storage) } else { can_be_made(place) }];
    if let Some(there) = existing(place) {
        found.extend(space(&there));
        found.extend(file_system(&there));
    }
    found.extend(secret);
    found
}

/// The directory, or what it would be made in.
fn existing(place: &Path) -> Option<PathBuf> {
    let place = std::path::absolute(place).ok()?;
    place.ancestors().find(|above| above.exists()).map(Path::to_owned)
}

fn can_be_made(place: &Path) -> Finding {
    match existing(place) {
        Some(above) if above.is_dir() && machine::may_write(&above) => {
            ABOUT.ok(format!("{} will be made at the first start", place.display()))
        }
        above => {
            let above = above.unwrap_or_default();
            let told = format!("{} can't be made in {}", place.display(), above.display());
            ABOUT.problem(
                told,
                "choose another directory with --data-dir, or let this user write there",
            )
        }
    }
}

fn writes(storage: &Storage) -> Finding {
    let place = &storage.data_dir;
    let here = place.display();
    let used = if storage.is_locked() { ", a server is using it" } else { "" };
    match measure(place) {
        Ok(sync) if sync > SLOW_SYNC => ABOUT.note(
            format!("{here}: it takes {sync:.1?} until a message is on the disk{used}"),
            "use a disk that is quicker (a local SSD), or --durability normal",
        ),
        Ok(sync) => ABOUT.ok(format!("{here}: on the disk within {sync:.1?}{used}")),
        Err(error) => ABOUT.problem(
            format!("can't write in {here}: {}", in_words(&error)),
            "give it to the user that Beseda runs as, or choose another one with --data-dir",
        ),
    }
}

/// The middle one of some writes that wait for the disk, to a file that is gone afterwards.
fn measure(place: &Path) -> io::Result<Duration> {
    let probe = place.join(format!(".beseda-doctor-{}", std::process::id()));
    let file = OpenOptions::new().create_new(true).write(true).open(&probe)?;
    let times = sync_times(file);
    fs::remove_file(&probe)?;
    let mut times = times?;
    times.sort_unstable();
    Ok(times.get(times.len() / 2).copied().unwrap_or_default())
}

fn sync_times(mut file: File) -> io::Result<Vec<Duration>> {
    let begun = Instant::now();
    let mut times = Vec::new();
    while times.len() < SYNCS && begun.elapsed() < SYNCS_WITHIN {
        file.write_all(&BLOCK)?;
        let at = Instant::now();
        file.sync_data()?;
        times.push(at.elapsed());
    }
    Ok(times)
}

fn space(there: &Path) -> Option<Finding> {
    let free = machine::free_space(there)?;
    let told = format!("{} free", size(free));
    Some(match free {
        ..NO_SPACE => ABOUT.problem(
            told,
            "make room, or nothing more can be said; --keep-days deletes what is old",
        ),
        NO_SPACE..LITTLE_SPACE => {
            ABOUT.note(told, "make room, or let --keep-days delete what is old")
        }
        _ => ABOUT.ok(told),
    })
}

fn file_system(there: &Path) -> Option<Finding> {
    let kind = machine::file_system(there)?;
    match kind.as_str() {
        "nfs" | "nfs4" | "cifs" | "smb3" | "smbfs" | "afs" | "ceph" => Some(ABOUT.problem(
            format!("it is on a network ({kind}), where SQLite's locks don't hold"),
            "use a local disk, or PostgreSQL with --database-url",
        )),
        "9p" | "virtiofs" => Some(across(&kind)),
        fuse if fuse.starts_with("fuse") => Some(across(fuse)),
        "tmpfs" | "ramfs" => Some(ABOUT.note(
            format!("it is in memory ({kind}), and gone when the machine restarts"),
            "choose a directory on a disk with --data-dir",
        )),
        "overlay" => Some(ABOUT.note(
            "it is in the container itself, and gone with it",
            "mount a volume there: docker run -v beseda:/var/lib/beseda",
        )),
        _ => None,
    }
}

fn across(kind: &str) -> Finding {
    ABOUT.note(
        format!("it is on a file system of another machine or program ({kind})"),
        "make sure that it knows locks and fsync, or use a local disk",
    )
}

fn secret(storage: &Storage) -> Option<Finding> {
    let path = storage.secret_file()?;
    match storage.known_secret() {
        Ok(Some(_)) => others_can_read(&path).then(|| {
            ABOUT.problem(
                format!(
                    "others on this machine can read {}, and so come in as anyone",
                    path.display()
                ),
                format!("chmod 600 {}", path.display()),
            )
        }),
        Ok(None) => None,
        Err(error) => Some(ABOUT.problem(
            error.to_string(),
            "put a copy back; or remove it, and programs need new tokens",
        )),
    }
}

#[cfg(unix)]
fn others_can_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn others_can_read(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn a_directory_is_made_where_one_may() {
        let dir = tempfile::tempdir().unwrap();
        let made = can_be_made(&dir.path().join("a/b"));
        assert_eq!(made.verdict, Verdict::Ok, "{made}");
        assert!(!dir.path().join("a").exists(), "doctor changes nothing");
        fs::write(dir.path().join("file"), "").unwrap();
        let refused = can_be_made(&dir.path().join("file/data"));
        assert_eq!(refused.verdict, Verdict::Problem, "{refused}");
    }

    #[test]
    fn measuring_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        measure(dir.path()).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        assert!(measure(&dir.path().join("nowhere")).is_err());
    }
}
