//! What stands between people and the server must change nothing that matters. The server tells how a request
//! arrived (`http/mirror.rs`), and doctor compares that with how it was sent.

use crate::command::client::Place;
use crate::command::doctor::finding::{About, Finding};
use crate::http::mirror::{self, Reflection};
use chat::Secret;
use http::StatusCode;
use http::header::{AUTHORIZATION, HeaderName};
use jiff::Timestamp;
use std::net::{IpAddr, SocketAddr};

const ABOUT: About = About::Proxy;
/// A pass is good for so many seconds.
const PASS_LASTS: i64 = 60;
/// An address that belongs to no one, as a client might claim to have it.
const CLAIMED: &str = "192.0.2.66";
const FORWARDED_FOR: HeaderName = HeaderName::from_static(crate::http::address::FORWARDED_FOR);

/// How a request arrived.
pub(super) struct Seen {
    pub(super) server: Reflection,
    /// Where it was sent from.
    from: SocketAddr,
}

/// `time` is the server's: a pass is good by its clock.
pub(super) async fn ask(
    place: &Place,
    secret: Option<&Secret>,
    time: Timestamp,
) -> Result<Seen, Finding> {
    let untold = |told: &str| {
        let remedy = "run doctor with the settings of the server (its --data-dir or --secret) to look at the proxy, too";
        ABOUT.note(format!("the server doesn't say how requests arrive there: {told}"), remedy)
    };
    let pass = secret.and_then(|secret| secret.pass(time.as_second() + PASS_LASTS));
    let Some(pass) = pass else { return Err(untold("its secret isn't here")) };
    let headers =
        [(AUTHORIZATION, format!("{}{pass}", mirror::SCHEME)), (FORWARDED_FOR, CLAIMED.to_owned())];
    let answer =
        place.get(mirror::PATH, &headers).await.map_err(|error| untold(&error.to_string()))?;
    if answer.status == StatusCode::NOT_FOUND {
        return Err(untold("it has another secret, or is older than this program"));
    }
    let server =
        serde_json::from_slice(&answer.body).map_err(|_| untold(answer.status.as_str()))?;
    Ok(Seen { server, from: answer.from })
}

pub(super) fn judge(place: &Place, seen: &Seen) -> Vec<Finding> {
    let looks =
        [Some(version(seen)), Some(addresses(seen)), host(place, seen), encryption(place, seen)];
    looks.into_iter().flatten().collect()
}

fn version(seen: &Seen) -> Finding {
    let (theirs, ours) = (&seen.server.version, crate::server_info().version);
    if *theirs == ours {
        About::Server.ok(format!("it is Beseda {theirs}, as this program"))
    } else {
        let told = format!("it is Beseda {theirs}, and this program {ours}");
        About::Server.note(told, "restart the server, so that it is the program that was installed")
    }
}

/// Does the server know where people come from, and can no one claim another address?
fn addresses(seen: &Seen) -> Finding {
    let Reflection { peer, address, forwarded_for, .. } = &seen.server;
    let peer_is = peer.ip().to_canonical();
    if peer_is == seen.from.ip().to_canonical() && peer.port() == seen.from.port() {
        return ABOUT.ok("nothing stands between here and the server");
    }
    let trusted = *address != peer_is.to_string();
    let added = forwarded_for.iter().any(|one| one != CLAIMED);
    // Whoever asks from the proxy's own machine is as trusted as the proxy.
    let beside_it = forwarded_for.last() == Some(&peer_is.to_string());
    match (added, trusted) {
        (true, true) if address == CLAIMED && !beside_it => ABOUT.problem(
            format!("the server believes what a client says of its address, so anyone who comes by {peer_is} can claim any"),
            "name with --trusted-proxies the proxies alone, and no network that people are in",
        ),
        (true, true) => ABOUT.ok(format!("the server sees us at {address}, through a proxy at {peer_is}")),
        (true, false) => ABOUT.problem(
            format!("the server doesn't believe the proxy at {peer_is}, so all people count as one"),
            format!("start the server with --trusted-proxies {peer_is}"),
        ),
        (false, true) => ABOUT.problem(
            format!("the proxy at {peer_is} hands on X-Forwarded-For as the client wrote it, so anyone can claim any address"),
            ADD_ADDRESS,
        ),
        (false, false) => ABOUT.note(
            format!("the server sees all who come this way at {peer_is}, as one"),
            format!("if that is a proxy: {ADD_ADDRESS}, and start the server with --trusted-proxies {peer_is}"),
        ),
    }
}

const ADD_ADDRESS: &str = "have the proxy add the address (nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for)";

fn host(place: &Place, seen: &Seen) -> Option<Finding> {
    let host = &seen.server.host;
    (!host.eq_ignore_ascii_case(&place.authority)).then(|| {
        ABOUT.problem(
            format!("the server hears of {host} where people ask for {}, and takes its own page for a strange one", place.authority),
            "have the proxy leave Host as it is (nginx: proxy_set_header Host $http_host)",
        )
    })
}

fn encryption(place: &Place, seen: &Seen) -> Option<Finding> {
    if place.encrypted {
        return Some(if seen.server.encrypted {
            ABOUT.ok("the server knows that people come by HTTPS, and its cookies go no other way")
        } else {
            ABOUT.problem(
                "the server doesn't know that people come by HTTPS, so its cookies would go another way, too",
                "have the proxy say so (nginx: proxy_set_header X-Forwarded-Proto $scheme), and name it with --trusted-proxies",
            )
        });
    }
    let local =
        place.host == "localhost" || place.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    (!local).then(|| {
        let told = "without HTTPS everyone on the way can read along, and notifications don't work";
        ABOUT.note(told, "put a proxy that speaks HTTPS before it")
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::Verdict;
    use super::*;
    use uuid::Uuid;

    const US: &str = "203.0.113.7";

    fn seen(peer: &str, address: &str, forwarded_for: &[&str]) -> Seen {
        let server = Reflection {
            node: Uuid::nil(),
            version: crate::server_info().version,
            peer: peer.parse().unwrap(),
            address: address.to_owned(),
            encrypted: false,
            host: "chat.example.com".to_owned(),
            forwarded_for: forwarded_for.iter().map(|one| (*one).to_owned()).collect(),
            open_files: None,
        };
        Seen { server, from: format!("{US}:5000").parse().unwrap() }
    }

    #[test]
    fn the_server_knows_where_people_come_from() {
        let verdict =
            |peer, address, forwarded: &[&str]| addresses(&seen(peer, address, forwarded)).verdict;
        assert_eq!(verdict("203.0.113.7:5000", US, &[CLAIMED]), Verdict::Ok, "no proxy");
        assert_eq!(
            verdict("10.0.0.1:80", US, &[CLAIMED, US]),
            Verdict::Ok,
            "it adds, and is believed"
        );
        assert_eq!(
            verdict("10.0.0.1:80", "10.0.0.1", &[CLAIMED, US]),
            Verdict::Problem,
            "not believed"
        );
        assert_eq!(
            verdict("10.0.0.1:80", CLAIMED, &[CLAIMED, "10.9.9.9"]),
            Verdict::Problem,
            "it adds, and who comes is believed, too"
        );
        assert_eq!(
            verdict("10.0.0.1:80", CLAIMED, &[CLAIMED]),
            Verdict::Problem,
            "it adds nothing"
        );
        assert_eq!(
            verdict("10.0.0.1:80", "10.0.0.1", &[CLAIMED]),
            Verdict::Note,
            "perhaps no proxy"
        );
        assert_eq!(verdict("10.0.0.1:80", US, &[US]), Verdict::Ok, "it replaces");
    }

    #[test]
    fn the_name_and_the_encryption_arrive() {
        let place = |url: &str| url.parse::<Place>().unwrap();
        let mut seen = seen("10.0.0.1:80", US, &[US]);
        let verdicts = |url: &str, seen: &Seen| {
            let (host, encryption) = (host(&place(url), seen), encryption(&place(url), seen));
            (host.map(|found| found.verdict), encryption.map(|found| found.verdict))
        };
        assert_eq!(verdicts("https://chat.example.com", &seen), (None, Some(Verdict::Problem)));
        assert_eq!(verdicts("http://chat.example.com", &seen), (None, Some(Verdict::Note)));
        assert_eq!(verdicts("http://127.0.0.1:80", &seen), (Some(Verdict::Problem), None));
        assert_eq!(verdicts("http://[::1]", &seen), (Some(Verdict::Problem), None));
        assert_eq!(verdicts("http://[::1]:80", &seen).1, None);
        seen.server.encrypted = true;
        assert_eq!(verdicts("https://chat.example.com", &seen), (None, Some(Verdict::Ok)));
    }
}
