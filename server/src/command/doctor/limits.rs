//! What the machine allows, against what the settings promise.

use super::finding::{About, Finding};
use crate::config::Settings;
use crate::http::connections::SPARE;
use crate::machine;

const ABOUT: About = About::Limits;
/// For the database, the program's own files, and logs.
const OWN_FILES: u64 = 100;
/// So many may come back at once, and wait for a moment.
const CROWD: u64 = 1_024;
/// Fewer don't serve even a page.
const FEWEST_FILES: u64 = 256;

/// `of_server` is what a server that runs says of itself; without one it is that of whoever asks.
pub(super) fn look(settings: &Settings, of_server: Option<u64>) -> Vec<Finding> {
    let most = settings.http.max_connections as u64;
    let (whose, files) = match of_server {
        Some(files) => ("the server", Some(files)),
        None => ("a program started from here", machine::open_files()),
    };
    let files = files.map(|files| judge_files(whose, files, most));
    let local = settings.http.trusted_proxies.iter().any(|net| net.addr().is_loopback());
    let ports = machine::setting("net/ipv4/ip_local_port_range").filter(|_| local);
    let backlog = machine::setting("net/core/somaxconn");
    [
        files,
        ports.and_then(|range| judge_ports(&range, most)),
        backlog.and_then(|most| judge_backlog(&most)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn judge_files(whose: &str, files: u64, connections: u64) -> Finding {
    let wanted = connections.saturating_add(SPARE as u64 + OWN_FILES);
    if files >= wanted {
        return ABOUT.ok(format!("{whose} may open {} files", number(files)));
    }
    let told = format!(
        "{whose} may open {files} files, and --max-connections {connections} wants {wanted}"
    );
    let remedy = format!(
        "raise it (LimitNOFILE={wanted} for systemd, ulimit -n {wanted} in a shell), or lower --max-connections"
    );
    if files < FEWEST_FILES { ABOUT.problem(told, remedy) } else { ABOUT.note(told, remedy) }
}

fn number(files: u64) -> String {
    if files == u64::MAX { "any number of".to_owned() } else { files.to_string() }
}

/// A proxy on the same machine takes a port for each connection to the server.
fn judge_ports(range: &[u64], connections: u64) -> Option<Finding> {
    let [first, last] = range else { return None };
    let ports = (last + 1).saturating_sub(*first);
    (ports < connections).then(|| {
        let told = format!(
            "a proxy on this machine can open {ports} connections to the server, not {connections}"
        );
        ABOUT.note(told, "sysctl -w net.ipv4.ip_local_port_range=\"1024 65535\"")
    })
}

fn judge_backlog(most: &[u64]) -> Option<Finding> {
    let most = *most.first()?;
    (most < CROWD).then(|| {
        let told = format!("the system lets only {most} new connections wait; a crowd that comes back is turned away");
        ABOUT.note(told, format!("sysctl -w net.core.somaxconn={CROWD}"))
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn files_are_for_connections_and_some_more() {
        let verdict = |files| judge_files("it", files, 10_000).verdict;
        assert_eq!(verdict(u64::MAX), Verdict::Ok);
        assert_eq!(verdict(11_100), Verdict::Ok);
        assert_eq!(verdict(11_099), Verdict::Note);
        assert_eq!(verdict(100), Verdict::Problem);
        let told = judge_files("it", 1_024, 10_000).to_string();
        assert!(told.contains("LimitNOFILE=11100"), "{told}");
    }

    #[test]
    fn a_proxy_needs_ports_and_a_crowd_a_queue() {
        assert!(judge_ports(&[32_768, 60_999], 10_000).is_none());
        assert!(judge_ports(&[60_000, 60_999], 1_001).is_some());
        assert!(judge_ports(&[60_000, 60_999], 1_000).is_none());
        assert!(judge_backlog(&[4_096]).is_none() && judge_backlog(&[128]).is_some());
    }
}
