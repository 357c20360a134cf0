//! The embedded database.

use super::House;
use super::finding::{About, Finding, size};
use chat::store::checkup::Integrity;
use chat::store::sqlite::{self, Checkup};
use std::path::Path;
use std::time::Duration;

const ABOUT: About = About::Database;
/// A large file takes longer to look through.
const LOOK_WITHIN: Duration = Duration::from_secs(10);
const RESTORE: &str = "stop the server and put a backup in its place: beseda restore FILE";

pub(super) async fn look(path: &Path) -> House {
    if !path.exists() {
        let told = format!("{} will be made at the first start", path.display());
        return House { findings: vec![ABOUT.ok(told)], has_accounts: Some(false) };
    }
    match sqlite::check_up(path, LOOK_WITHIN).await {
        Ok(checkup) => {
            House { findings: judge(path, &checkup), has_accounts: Some(checkup.has_accounts) }
        }
        Err(error) => {
            House { findings: vec![ABOUT.problem(error.to_string(), RESTORE)], has_accounts: None }
        }
    }
}

fn judge(path: &Path, checkup: &Checkup) -> Vec<Finding> {
    let mut found = vec![match &checkup.integrity {
        Integrity::Damaged(told) => {
            ABOUT.problem(format!("{} is damaged: {told}", path.display()), RESTORE)
        }
        integrity => {
            let looked = match integrity {
                Integrity::Unknown => "too large to look for damage here",
                _ => "no damage",
            };
            let (bytes, free) = (size(checkup.bytes), size(checkup.free_bytes));
            ABOUT.ok(format!("{}: {bytes}, of which {free} are free, {looked}", path.display()))
        }
    }];
    found.extend(version(checkup.version, checkup.known));
    found
}

/// Of either engine's tables.
pub(super) fn version(found: i64, known: i64) -> Option<Finding> {
    if found > known {
        return Some(ABOUT.problem(
            format!(
                "a newer Beseda has written it (its version is {found}, this program knows {known})"
            ),
            "start that newer Beseda, or restore a backup made before the upgrade",
        ));
    }
    (found < known).then(|| {
        ABOUT.note(
            format!("its tables are of version {found}, and become {known} at the next start"),
            "make a backup before that, for there is no way back",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn only_the_version_that_this_program_writes_is_no_news() {
        assert_eq!(version(4, 4), None);
        assert_eq!(version(5, 4).map(|found| found.verdict), Some(Verdict::Problem));
        assert_eq!(version(3, 4).map(|found| found.verdict), Some(Verdict::Note));
    }
}
