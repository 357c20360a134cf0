//! Whether it lives, is ready, and knows what time it is.

use crate::command::client::{Answer, Place};
use crate::command::doctor::clock;
use crate::command::doctor::finding::{About, Finding};
use http::StatusCode;
use http::header::DATE;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use serde_json::Value;
use std::time::SystemTime;

const ABOUT: About = About::Server;

pub(super) enum Answers {
    /// With the time that it has.
    Yes(Vec<Finding>, Timestamp),
    /// Nothing answers.
    No(String),
    /// Something else does.
    Wrong(Finding),
}

pub(super) async fn look(place: &Place, locked: bool) -> Answers {
    let answer = match place.get("/health", &[]).await {
        Ok(answer) => answer,
        Err(error) if locked => {
            let told =
                format!("a server uses the data directory, and none answers at {place}: {error}");
            let remedy =
                "give doctor the --address that the server was given, or look into its log";
            return Answers::Wrong(ABOUT.problem(told, remedy));
        }
        Err(error) => return Answers::No(format!("none answers at {place}: {error}")),
    };
    let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if answer.status != StatusCode::OK || said["alive"] != true {
        let told = format!("what answers at {place} is no Beseda: {} to /health", answer.status);
        return Answers::Wrong(ABOUT.problem(told, "let the proxy hand on every path to Beseda"));
    }
    let mut findings = vec![ready(place).await];
    let time = time_of(&answer);
    if let Some(time) = time {
        let theirs = SystemTime::from(time);
        findings.push(clock::compare("the server", theirs, SystemTime::now()));
    }
    Answers::Yes(findings, time.unwrap_or_else(Timestamp::now))
}

/// To the second.
fn time_of(answer: &Answer) -> Option<Timestamp> {
    // `GMT` is one of its obsolete names of zones.
    DateTimeParser::new().parse_timestamp(answer.header(DATE)).ok()
}

async fn ready(place: &Place) -> Finding {
    let answer = match place.get("/health/ready", &[]).await {
        Ok(answer) => answer,
        Err(error) => {
            return ABOUT.problem(
                format!("{place} lives, and doesn't say whether it is ready: {error}"),
                "look into its log",
            );
        }
    };
    judge(place, &serde_json::from_slice(&answer.body).unwrap_or_default())
}

/// By `http/health.rs`.
fn judge(place: &Place, said: &Value) -> Finding {
    let away = |part: &str| said[part] == "unavailable";
    if said["stopping"] == true {
        ABOUT.note(format!("{place} is about to stop"), "ask doctor again when it is back")
    } else if away("database") {
        ABOUT.problem(
            format!("{place}: its database doesn't answer"),
            "see what is said of the database above",
        )
    } else if said["ready"] != true {
        ABOUT.problem(format!("{place} isn't ready: {said}"), "look into its log")
    } else if away("redis") {
        ABOUT.problem(
            format!("{place}: it doesn't hear the other nodes"),
            "see what is said of Redis above",
        )
    } else {
        ABOUT.ok(format!("{place} is ready"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::Verdict;
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_server_says_of_itself_is_judged() {
        let place: Place = "http://127.0.0.1:3000".parse().unwrap();
        let verdict = |said: &Value| judge(&place, said).verdict;
        assert_eq!(verdict(&json!({ "ready": true, "database": "ok" })), Verdict::Ok);
        assert_eq!(
            verdict(&json!({ "ready": false, "database": "unavailable" })),
            Verdict::Problem
        );
        assert_eq!(verdict(&json!({ "ready": true, "redis": "unavailable" })), Verdict::Problem);
        assert_eq!(verdict(&json!({ "ready": false, "stopping": true })), Verdict::Note);
        assert_eq!(verdict(&Value::Null), Verdict::Problem);
    }
}
