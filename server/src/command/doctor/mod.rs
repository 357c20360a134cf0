//! `beseda doctor`: looks at everything that Beseda needs and says what to change. It changes nothing itself, and
//! a server may be running.
//!
//! | file | looks at |
//! |---|---|
//! | `configuration` | settings that don't go together |
//! | `directory` | the data directory, its disk, the secret |
//! | `sqlite`, `postgres` | the database |
//! | `redis` | what joins several nodes |
//! | `clock` | whether clocks agree |
//! | `limits` | what the machine allows |
//! | `server/` | a server that runs, and what stands before it |
//! | `finding` | how it is said |

mod clock;
mod configuration;
mod directory;
mod finding;
mod limits;
mod postgres;
mod redis;
mod server;
mod sqlite;

use super::CommandError;
use crate::config::Doctor;
use crate::terminal::say;
use finding::{Finding, Verdict, counted};

pub(super) async fn run(doctor: &Doctor) -> Result<(), CommandError> {
    let mut report = Report { json: doctor.json, notes: 0, problems: 0 };
    let settings = &doctor.settings;
    let storage = &settings.storage;
    report.add(configuration::look(settings));
    report.add(directory::look(storage));
    let house = match (&storage.database_url, storage.database()) {
        (Some(url), _) => postgres::look(url, settings).await,
        (None, Some(path)) => sqlite::look(&path).await,
        (None, None) => House::default(),
    };
    report.add(house.findings);
    report.add(configuration::look_who_may_enter(&settings.people, house.has_accounts));
    if let Some(urls) = &settings.nodes.redis_url {
        report.add(redis::look(urls, storage.known_secret().ok().flatten().as_ref()).await);
    }
    report.add([clock::look()]);
    let seen = server::look(settings, doctor.url.as_ref()).await;
    report.add(limits::look(settings, seen.open_files));
    report.add(seen.findings);
    report.end()
}

/// What the database tells.
#[derive(Default)]
struct House {
    findings: Vec<Finding>,
    /// `None` when that can't be said.
    has_accounts: Option<bool>,
}

/// Says findings as they come.
struct Report {
    json: bool,
    notes: usize,
    problems: usize,
}

impl Report {
    fn add(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            match finding.verdict {
                Verdict::Ok => {}
                Verdict::Note => self.notes += 1,
                Verdict::Problem => self.problems += 1,
            }
            say(&self.in_words(&finding));
        }
    }

    fn in_words(&self, finding: &Finding) -> String {
        if self.json {
            return serde_json::to_string(finding).unwrap_or_default();
        }
        finding.to_string()
    }

    fn end(self) -> Result<(), CommandError> {
        if self.problems > 0 {
            return Err(CommandError::Problems(counted(self.problems, "problem")));
        }
        if !self.json {
            let notes = counted(self.notes, "note");
            say(&format!("nothing keeps Beseda from working; {notes}"));
        }
        Ok(())
    }
}
