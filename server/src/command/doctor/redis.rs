//! What joins several nodes.

use super::clock;
use super::finding::{About, Finding, counted};
use crate::cluster::checkup::{Checkup, Instance, Trouble, check_up};
use chat::Secret;
use std::time::Duration;

const ABOUT: About = About::Redis;
/// The oldest that the tests know.
const OLDEST: u32 = 7;
/// Limits are counted there, and whoever does something waits for that.
const FAR: Duration = Duration::from_millis(20);

pub(super) async fn look(urls: &str, secret: Option<&Secret>) -> Vec<Finding> {
    match check_up(urls).await {
        Ok(checkup) => judge(&checkup, secret),
        Err(trouble) => vec![ABOUT.problem(trouble.to_string(), remedy(&trouble))],
    }
}

fn remedy(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Url(_) => {
            "write redis://HOST:PORT after --redis-url, or several with commas between them for a cluster"
        }
        Trouble::Away(..) => {
            "start it, or correct --redis-url; until then each node serves its own people"
        }
        Trouble::NotLetIn(..) => "give user and password: redis://USER:PASSWORD@HOST:PORT",
        Trouble::Refused(..) => "correct --redis-url",
    }
}

fn judge(checkup: &Checkup, secret: Option<&Secret>) -> Vec<Finding> {
    let several = checkup.servers.len() > 1;
    let mut found = Vec::new();
    for server in &checkup.servers {
        let (theirs, ours) = server.clock;
        let looks = [
            Some(speed(server)),
            age(server),
            eviction(server),
            shape(server, several),
            Some(clock::compare(&format!("Redis at {}", server.address), theirs, ours)),
        ];
        found.extend(looks.into_iter().flatten());
    }
    found.extend(company(checkup, secret));
    found
}

fn speed(server: &Instance) -> Finding {
    let Instance { address, version, round_trip, .. } = server;
    let told = format!("Redis {version} at {address} answers within {round_trip:.1?}");
    if *round_trip > FAR {
        ABOUT.note(told, "bring it nearer: beyond 50 ms each node counts limits for itself")
    } else {
        ABOUT.ok(told)
    }
}

fn age(server: &Instance) -> Option<Finding> {
    let version = &server.version;
    let major: u32 = version.split('.').next().and_then(|major| major.parse().ok())?;
    (major < OLDEST).then(|| {
        let told = format!("Redis {version} is older than what Beseda is tested with");
        ABOUT.problem(told, "upgrade it to 7 or later")
    })
}

/// Everything of ours there ends by itself, so each policy but one may end it early.
fn eviction(server: &Instance) -> Option<Finding> {
    let Instance { memory, eviction, .. } = server;
    (*memory > 0 && eviction != "noeviction").then(|| {
        let told =
            format!("when its memory is full it forgets who is here (maxmemory-policy {eviction})");
        ABOUT.note(
            told,
            "CONFIG SET maxmemory-policy noeviction, and let it have some MB more than it uses",
        )
    })
}

fn shape(server: &Instance, several: bool) -> Option<Finding> {
    match (server.clustered, several) {
        (true, false) => Some(ABOUT.problem(
            "it is part of a Redis Cluster, and only one of its addresses is given",
            "name several of its servers in --redis-url, with commas between them",
        )),
        (false, true) => Some(ABOUT.problem(
            format!(
                "Redis at {} is part of no cluster, and several addresses are given",
                server.address
            ),
            "name one in --redis-url, or join them to a Redis Cluster",
        )),
        _ => None,
    }
}

fn company(checkup: &Checkup, secret: Option<&Secret>) -> Option<Finding> {
    let nodes = counted(checkup.nodes, "node");
    let theirs = checkup.fingerprint.as_ref().filter(|_| checkup.nodes > 0)?;
    let ours = secret?.fingerprint();
    Some(if *theirs == ours {
        ABOUT.ok(format!("{nodes} here, with our secret"))
    } else {
        ABOUT.problem(
            format!("{nodes} here, with another secret"),
            "give every node the same --secret; another house takes another database: redis://HOST:PORT/1",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;
    use std::time::SystemTime;

    fn instance(change: impl FnOnce(&mut Instance)) -> Instance {
        let now = SystemTime::now();
        let mut instance = Instance {
            address: "redis://127.0.0.1".to_owned(),
            version: "7.2.4".to_owned(),
            clustered: false,
            memory: 0,
            eviction: "noeviction".to_owned(),
            round_trip: Duration::from_millis(1),
            clock: (now, now),
        };
        change(&mut instance);
        instance
    }

    #[track_caller]
    fn worst(change: impl FnOnce(&mut Instance)) -> Verdict {
        let checkup = Checkup { servers: vec![instance(change)], nodes: 0, fingerprint: None };
        let found = judge(&checkup, None);
        found.iter().map(|found| found.verdict).max_by_key(|verdict| *verdict as u8).unwrap()
    }

    #[test]
    fn a_server_is_new_near_and_forgets_nothing() {
        assert_eq!(worst(|_| {}), Verdict::Ok);
        assert_eq!(worst(|it| it.version = "6.2.1".to_owned()), Verdict::Problem);
        assert_eq!(worst(|it| it.round_trip = Duration::from_millis(80)), Verdict::Note);
        let full = |it: &mut Instance| (it.memory, it.eviction) = (1, "allkeys-lru".to_owned());
        assert_eq!(worst(full), Verdict::Note);
        assert_eq!(worst(|it| it.clustered = true), Verdict::Problem);
        assert_eq!(
            shape(&instance(|_| {}), true).map(|found| found.verdict),
            Some(Verdict::Problem)
        );
    }

    #[test]
    fn nodes_share_a_secret() {
        let secret = Secret::new("a secret that is long enough to be one").unwrap();
        let of = |fingerprint: String, nodes| {
            let checkup = Checkup { servers: Vec::new(), nodes, fingerprint: Some(fingerprint) };
            company(&checkup, Some(&secret)).map(|found| found.verdict)
        };
        assert_eq!(of(secret.fingerprint(), 2), Some(Verdict::Ok));
        assert_eq!(of("another".to_owned(), 2), Some(Verdict::Problem));
        assert_eq!(of("another".to_owned(), 0), None);
    }
}
