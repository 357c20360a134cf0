//! The shared database.

use super::finding::{About, Finding, size};
use super::{House, clock, sqlite};
use crate::config::Settings;
use crate::storage;
use chat::store::postgres::{self, Checkup, Claims, Connections, Trouble};
use std::time::Duration;

const ABOUT: About = About::Database;
/// The oldest that is still looked after.
const OLDEST: i32 = 140_000;
/// Each command asks it several times.
const FAR: Duration = Duration::from_millis(20);

pub(super) async fn look(url: &str, settings: &Settings) -> House {
    if let Err(error) = storage::check(url) {
        let remedy = "write postgres://USER:PASSWORD@HOST/DATABASE after --database-url";
        return nothing(ABOUT.problem(error.to_string(), remedy));
    }
    match postgres::check_up(url).await {
        Ok(checkup) => {
            let joined = settings.nodes.redis_url.is_some();
            House { findings: judge(&checkup, joined), has_accounts: Some(checkup.has_accounts) }
        }
        Err(trouble) => {
            let remedy = remedy(&trouble);
            nothing(ABOUT.problem(trouble.to_string(), remedy))
        }
    }
}

fn nothing(finding: Finding) -> House {
    House { findings: vec![finding], has_accounts: None }
}

fn remedy(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Url(_) => {
            "write it as postgres://USER:PASSWORD@HOST/DATABASE, with %40 for an @ in the password"
        }
        Trouble::Away(_) => {
            "start it, or correct host and port in --database-url; a firewall may stand between"
        }
        Trouble::Silent => "look whether it is overloaded, or a firewall swallows what is sent",
        Trouble::NotLetIn(_) => {
            "correct user and password in --database-url, or let them in with pg_hba.conf"
        }
        Trouble::NoDatabase(_) => "make it (createdb), or correct the name in --database-url",
        Trouble::Full(_) => "raise max_connections, or stop what else is connected",
        Trouble::Refused(_) => "PostgreSQL's own log says more",
    }
}

fn judge(checkup: &Checkup, joined: bool) -> Vec<Finding> {
    let (server, trip) = (&checkup.server, checkup.round_trip);
    let told = format!("PostgreSQL {server}, {}, answers within {trip:.1?}", size(checkup.bytes));
    let mut found = vec![if trip > FAR {
        ABOUT.note(told, "bring it nearer: each command asks it several times")
    } else {
        ABOUT.ok(told)
    }];
    let (theirs, ours) = checkup.clock;
    found.extend(
        [
            age(checkup),
            tables(checkup),
            encoding(checkup),
            durable(checkup),
            claims(checkup.nodes, joined),
            connections(checkup.connections, checkup.nodes),
            Some(clock::compare("PostgreSQL", theirs, ours)),
        ]
        .into_iter()
        .flatten(),
    );
    found
}

fn age(checkup: &Checkup) -> Option<Finding> {
    (checkup.server_number < OLDEST).then(|| {
        let told = format!("PostgreSQL {} gets no more repairs", checkup.server);
        ABOUT.note(told, "upgrade it to 14 or later")
    })
}

fn tables(checkup: &Checkup) -> Option<Finding> {
    let found = checkup.version.unwrap_or_default();
    if found < checkup.known && !checkup.may_make_tables {
        let told = "this user may not make tables, which is needed at the next start";
        return Some(ABOUT.problem(told, "GRANT CREATE ON SCHEMA public TO USER"));
    }
    match checkup.version {
        Some(version) => sqlite::version(version, checkup.known),
        None => Some(ABOUT.ok("it is empty; its tables will be made at the first start")),
    }
}

fn encoding(checkup: &Checkup) -> Option<Finding> {
    (checkup.encoding != "UTF8").then(|| {
        let told = format!("it keeps text as {}, which hasn't every character", checkup.encoding);
        ABOUT.problem(told, "make a database with ENCODING 'UTF8' TEMPLATE template0")
    })
}

fn durable(checkup: &Checkup) -> Option<Finding> {
    (!checkup.durable).then(|| {
        let told =
            "a commit doesn't wait for the disk: what was acknowledged may be lost with the power";
        ABOUT.note(told, "set fsync and synchronous_commit to on")
    })
}

fn claims(nodes: Claims, joined: bool) -> Option<Finding> {
    match nodes {
        Claims::Alone if joined => Some(ABOUT.problem(
            "a server without --redis-url is using it",
            "stop that one, or start it with the same --redis-url",
        )),
        Claims::Joined(1..) if !joined => Some(ABOUT.problem(
            "servers with a --redis-url are using it",
            "stop those, or give this one the same --redis-url and --secret",
        )),
        Claims::Alone => Some(ABOUT.ok("a server is using it")),
        Claims::Joined(0) => None,
        Claims::Joined(1) => Some(ABOUT.ok("one node is using it")),
        Claims::Joined(nodes) => Some(ABOUT.ok(format!("{nodes} nodes are using it"))),
    }
}

/// A node opens its connections as it needs them, so what is used now isn't what may be.
fn connections(connections: Connections, nodes: Claims) -> Option<Finding> {
    let Connections { most, used, a_node } = connections;
    let running = match nodes {
        Claims::Alone => 1,
        Claims::Joined(nodes) => nodes,
    };
    let wanted = a_node * (running.max(1) + 1);
    if most < a_node {
        let told = format!("it takes {most} connections, and a node opens up to {a_node}");
        return Some(ABOUT.problem(told, "raise max_connections"));
    }
    (most < wanted).then(|| {
        let told = format!(
            "it takes {most} connections ({used} are open); the nodes and one that relieves another need {wanted}"
        );
        ABOUT.note(told, "raise max_connections")
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    fn verdict(finding: Option<Finding>) -> Option<Verdict> {
        finding.map(|finding| finding.verdict)
    }

    #[test]
    fn nodes_and_a_lone_server_do_not_go_together() {
        assert_eq!(verdict(claims(Claims::Alone, true)), Some(Verdict::Problem));
        assert_eq!(verdict(claims(Claims::Joined(2), false)), Some(Verdict::Problem));
        assert_eq!(verdict(claims(Claims::Alone, false)), Some(Verdict::Ok));
        assert_eq!(verdict(claims(Claims::Joined(2), true)), Some(Verdict::Ok));
        assert_eq!(verdict(claims(Claims::Joined(0), false)), None);
    }

    #[test]
    fn there_is_room_for_all_nodes_and_one_more() {
        let room = |most| Connections { most, used: 5, a_node: 17 };
        assert_eq!(verdict(connections(room(97), Claims::Joined(3))), None);
        assert_eq!(verdict(connections(room(97), Claims::Joined(5))), Some(Verdict::Note));
        assert_eq!(verdict(connections(room(10), Claims::Alone)), Some(Verdict::Problem));
    }
}
