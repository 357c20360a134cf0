//! What the machine allows. `None` where the system doesn't tell: most of it is read from Linux's own files.

use std::fs;
use std::path::Path;

/// How many files this process may have open.
pub(crate) fn open_files() -> Option<u64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        most => most.parse().ok(),
    }
}

/// The numbers in a file below `/proc/sys`.
pub(crate) fn setting(name: &str) -> Option<Vec<u64>> {
    let text = fs::read_to_string(Path::new("/proc/sys").join(name)).ok()?;
    text.split_whitespace().map(|number| number.parse().ok()).collect()
}

/// Bytes that one may still write there.
pub(crate) fn free_space(place: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let system = rustix::fs::statvfs(place).ok()?;
        Some(system.f_bavail.saturating_mul(system.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = place;
        None
    }
}

/// Whether one may make files there, without making one.
pub(crate) fn may_write(place: &Path) -> bool {
    #[cfg(unix)]
    {
        use rustix::fs::Access;
        rustix::fs::access(place, Access::WRITE_OK | Access::EXEC_OK).is_ok()
    }
    #[cfg(not(unix))]
    {
        fs::metadata(place).is_ok_and(|there| !there.permissions().readonly())
    }
}

/// The kind of file system there, as `ext4` or `nfs4`.
pub(crate) fn file_system(place: &Path) -> Option<String> {
    let place = place.canonicalize().ok()?;
    kind_of(&fs::read_to_string("/proc/self/mountinfo").ok()?, &place)
}

/// Of all that are mounted above it, the nearest; of two at one place, the later.
fn kind_of(mounts: &str, place: &Path) -> Option<String> {
    let mounts = mounts.lines().filter_map(|line| {
        let (mount, source) = line.split_once(" - ")?;
        Some((Path::new(mount.split(' ').nth(4)?), source.split(' ').next()?))
    });
    let above = mounts.filter(|(point, _)| place.starts_with(point));
    above.max_by_key(|(point, _)| point.components().count()).map(|(_, kind)| kind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mount_tells_the_kind_of_file_system() {
        let mounts = "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n\
                      30 22 0:41 / /srv rw - nfs4 files:/srv rw\n\
                      31 22 0:42 / /srv rw,noatime shared:7 master:2 - tmpfs tmpfs rw\n";
        let kind = |place: &str| kind_of(mounts, Path::new(place));
        assert_eq!(kind("/var/lib/beseda").as_deref(), Some("ext4"));
        assert_eq!(kind("/srv/beseda").as_deref(), Some("tmpfs"));
        assert_eq!(kind("/srvs").as_deref(), Some("ext4"));
        assert_eq!(kind_of("nonsense", Path::new("/")), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_machine_tells() {
        let here = std::env::temp_dir();
        assert!(open_files().is_some_and(|most| most > 0));
        assert!(free_space(&here).is_some() && file_system(&here).is_some());
        assert!(may_write(&here) && !may_write(&here.join("nowhere/at/all")));
        assert_eq!(setting("net/no/such/setting"), None);
    }
}
