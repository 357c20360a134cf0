//! What doctor says: a line for each thing that it looked at.

use serde::Serialize;
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum About {
    Configuration,
    DataDirectory,
    Database,
    Redis,
    Clock,
    Limits,
    Server,
    Proxy,
    Sockets,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Verdict {
    Ok,
    /// It works, and could be better.
    Note,
    /// Something doesn't work, or won't.
    Problem,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) verdict: Verdict,
    about: About,
    says: String,
    /// What to do next; there is nothing to do about what is well.
    #[serde(rename = "do", skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

impl About {
    pub(super) fn ok(self, says: impl Into<String>) -> Finding {
        Finding { verdict: Verdict::Ok, about: self, says: says.into(), remedy: None }
    }

    pub(super) fn note(self, says: impl Into<String>, remedy: impl Into<String>) -> Finding {
        self.with_remedy(Verdict::Note, says.into(), remedy.into())
    }

    pub(super) fn problem(self, says: impl Into<String>, remedy: impl Into<String>) -> Finding {
        self.with_remedy(Verdict::Problem, says.into(), remedy.into())
    }

    fn with_remedy(self, verdict: Verdict, says: String, remedy: String) -> Finding {
        Finding { verdict, about: self, says, remedy: Some(remedy) }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::DataDirectory => "data directory",
            Self::Database => "database",
            Self::Redis => "redis",
            Self::Clock => "clock",
            Self::Limits => "limits",
            Self::Server => "server",
            Self::Proxy => "proxy",
            Self::Sockets => "sockets",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Ok => "ok",
            Verdict::Note => "note",
            Verdict::Problem => "problem",
        };
        write!(f, "{verdict:<8} {:<15} {}", self.about.name(), self.says)?;
        match &self.remedy {
            Some(remedy) => write!(f, " → {remedy}"),
            None => Ok(()),
        }
    }
}

/// `1 problem`, `2 problems`
pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// As people read it: `12.3 GB`.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if bytes < 1_000 {
        return format!("{bytes} bytes");
    }
    let (mut tenths, mut unit) = (bytes / 100, 0);
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1_000;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_to_do() {
        let finding = About::Limits.note("it is little", "raise it");
        assert_eq!(finding.to_string(), "note     limits          it is little → raise it");
        let json = serde_json::to_string(&finding).unwrap();
        let told = r#"{"verdict":"note","about":"limits","says":"it is little","do":"raise it"}"#;
        assert_eq!(json, told);
        assert_eq!(About::Clock.ok("right").to_string(), "ok       clock           right");
    }

    #[test]
    fn sizes_are_for_people() {
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(4_096), "4.0 KB");
        assert_eq!(size(12_345_678), "12.3 MB");
        assert_eq!(size(5_000_000_000_000_000), "5000.0 TB");
    }
}
