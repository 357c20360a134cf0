//! Settings that can be read, and yet don't go together or won't do what they seem to.

use super::finding::{About, Finding};
use crate::config::{
    DurabilityChoice, Engine, Http, People, RegistrationChoice, Settings, Storage, Switch,
    Transport,
};
use crate::server::StartError;
use http::Uri;
use std::time::Duration;

const ABOUT: About = About::Configuration;
/// Most proxies hang up on whoever says nothing for a minute.
const SILENCE: Duration = Duration::from_secs(55);
/// A phone that changes its network needs some seconds to answer.
const HURRY: Duration = Duration::from_secs(5);
const LARGE_PAYLOAD: usize = 10_000_000;

pub(super) fn look(settings: &Settings) -> Vec<Finding> {
    let (http, engine) = (&settings.http, &settings.engine);
    let looks = [
        nodes(settings),
        secret(&settings.storage),
        unprotected(http),
        believed(http),
        origins(http),
        limits(&settings.people),
        pings(engine),
        hurry(engine),
        payload(engine),
        transports(engine),
        durability(&settings.storage),
    ];
    let found: Vec<Finding> = looks.into_iter().flatten().collect();
    if found.is_empty() { vec![ABOUT.ok("its settings go together")] } else { found }
}

/// Whether anyone can come in at all; an owner must be among them.
pub(super) fn look_who_may_enter(people: &People, has_accounts: Option<bool>) -> Option<Finding> {
    const ADD: &str = "make the first account: beseda user add NAME";
    if has_accounts != Some(false) {
        return None;
    }
    let open = people.registration == RegistrationChoice::Open;
    if !open && people.guests == Switch::Off {
        let told = "no one can come in: there is no account, guests are off, and not everyone may register";
        return Some(ABOUT.problem(told, ADD));
    }
    let told = if open {
        "there is no account yet, and the first one who registers owns the house"
    } else {
        "there is no account yet, so no one can moderate or invite"
    };
    Some(ABOUT.note(told, ADD))
}

/// An error that says behind a semicolon what to do.
fn refused(error: &impl ToString) -> Finding {
    let told = error.to_string();
    match told.split_once("; ") {
        Some((told, remedy)) => ABOUT.problem(told, remedy),
        None => ABOUT.problem(told, "correct it; `beseda serve --help` says how it is written"),
    }
}

fn nodes(settings: &Settings) -> Option<Finding> {
    settings.nodes.redis_url.as_ref()?;
    if !settings.storage.is_shared() {
        return Some(refused(&StartError::NoDatabase));
    }
    settings.storage.secret.is_none().then(|| refused(&StartError::NoSecret))
}

fn secret(storage: &Storage) -> Option<Finding> {
    storage.secret.as_ref()?;
    let error = storage.known_secret().err()?;
    Some(ABOUT.problem(error.to_string(), "take a long one: openssl rand -hex 32"))
}

fn unprotected(http: &Http) -> Option<Finding> {
    if !http.address.ip().is_unspecified() || !http.trusted_proxies.is_empty() {
        return None;
    }
    Some(ABOUT.note(
        format!("{} is open to the whole network, without HTTPS", http.address),
        "put a proxy that speaks HTTPS before it and name it with --trusted-proxies; or listen on 127.0.0.1",
    ))
}

fn believed(http: &Http) -> Option<Finding> {
    let all = http.trusted_proxies.iter().find(|net| net.prefix_len() == 0)?;
    Some(ABOUT.problem(
        format!("--trusted-proxies {all} believes everyone about where they come from"),
        "name only the addresses of your proxies",
    ))
}

fn origins(http: &Http) -> Option<Finding> {
    let any = http.allowed_origins.iter().any(|origin| origin == "*");
    if any {
        return Some(ABOUT.problem(
            "--allowed-origins * lets every page on the Internet act in the name of whoever looks at it",
            "name the origins of your own pages",
        ));
    }
    let wrong = http.allowed_origins.iter().find(|origin| !is_origin(origin))?;
    Some(ABOUT.problem(
        format!("`{wrong}` in --allowed-origins is no origin, so it allows nothing"),
        "write it as https://example.com, with nothing behind the host and the port",
    ))
}

/// As a browser writes it: no path, no slash at the end.
fn is_origin(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else { return false };
    let scheme = matches!(uri.scheme_str(), Some("http" | "https"));
    scheme && uri.path_and_query().is_none_or(|path| path == "/") && !text.ends_with('/')
}

fn limits(people: &People) -> Option<Finding> {
    let off =
        people.limit.iter().filter_map(|limit| limit.strip_suffix("=off")).collect::<Vec<_>>();
    if off.is_empty() {
        return None;
    }
    Some(ABOUT.note(
        format!("without a limit: {}", off.join(", ")),
        "leave that away, unless only programs of your own can reach the server",
    ))
}

fn pings(engine: &Engine) -> Option<Finding> {
    let interval = engine.ping_interval;
    (interval > SILENCE).then(|| {
        let told = format!(
            "with --ping-interval {interval:?} nothing is said for so long that proxies hang up"
        );
        ABOUT.note(told, "keep it below 55s, or have each proxy wait longer than that")
    })
}

fn hurry(engine: &Engine) -> Option<Finding> {
    let timeout = engine.ping_timeout;
    (timeout < HURRY).then(|| {
        let told = format!("--ping-timeout {timeout:?} cuts off phones that change their network");
        ABOUT.note(told, "give them 5s or more")
    })
}

fn payload(engine: &Engine) -> Option<Finding> {
    (engine.max_payload > LARGE_PAYLOAD).then(|| {
        let told = "--max-payload lets each client make the server hold more than 10 MB for it";
        ABOUT.note(told, "the largest message needs less than 100KB; 1MB is plenty")
    })
}

fn transports(engine: &Engine) -> Option<Finding> {
    (!engine.transports.contains(&Transport::Websocket)).then(|| {
        let told = "without WebSockets each message costs a request";
        ABOUT.note(
            told,
            "leave --transports away, unless a proxy that you can't change forbids them",
        )
    })
}

fn durability(storage: &Storage) -> Option<Finding> {
    (storage.durability == DurabilityChoice::Normal && !storage.is_shared()).then(|| {
        let told = "with --durability normal the last moments before the power fails are lost";
        ABOUT.note(told, "leave it away, if what was acknowledged must stay")
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;
    use crate::config::Action;

    fn settings(flags: &[&str]) -> Settings {
        let args = std::iter::once("beseda").chain(flags.iter().copied());
        match Action::from_args(args).unwrap() {
            Action::Serve(settings) => *settings,
            Action::Other(other) => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn says(flags: &[&str], verdict: Verdict, words: &str) {
        let found = look(&settings(flags));
        let it = found.iter().find(|finding| finding.to_string().contains(words));
        assert_eq!(it.map(|finding| finding.verdict), Some(verdict), "{words}: {found:?}");
    }

    #[test]
    fn what_one_gets_without_settings_is_well() {
        says(&[], Verdict::Ok, "go together");
    }

    #[test]
    fn what_will_not_start_is_a_problem() {
        let redis = ["--redis-url", "redis://127.0.0.1"];
        says(&redis, Verdict::Problem, "give its address with --database-url");
        let with_database = [&redis[..], &["--database-url", "postgres://a/b"]].concat();
        says(&with_database, Verdict::Problem, "give all of them the same --secret");
        says(&["--secret", "short"], Verdict::Problem, "at least 32");
    }

    #[test]
    fn what_lets_too_many_too_much_is_told() {
        says(&["--address", "0.0.0.0:3000"], Verdict::Note, "without HTTPS");
        let proxied = ["--address", "0.0.0.0:3000", "--trusted-proxies", "10.0.0.1"];
        says(&proxied, Verdict::Ok, "go together");
        says(&["--trusted-proxies", "0.0.0.0/0"], Verdict::Problem, "believes everyone");
        says(&["--allowed-origins", "*"], Verdict::Problem, "every page on the Internet");
        says(&["--limit", "login=off"], Verdict::Note, "without a limit: login");
        says(&["--max-payload", "50MB"], Verdict::Note, "10 MB");
    }

    #[test]
    fn an_origin_has_no_path() {
        for wrong in ["example.com", "https://example.com/", "https://example.com/chat", "ws://a"] {
            says(&["--allowed-origins", wrong], Verdict::Problem, "is no origin");
        }
        says(
            &["--allowed-origins", "https://example.com:8443,http://a"],
            Verdict::Ok,
            "go together",
        );
    }

    #[test]
    fn what_makes_connections_break_is_told() {
        says(&["--ping-interval", "60s"], Verdict::Note, "proxies hang up");
        says(&["--ping-timeout", "1s"], Verdict::Note, "phones");
        says(&["--transports", "polling"], Verdict::Note, "costs a request");
        says(&["--durability", "normal"], Verdict::Note, "power fails");
    }

    #[test]
    fn someone_must_be_able_to_come_in() {
        let look = |flags: &[&str], has_accounts| {
            look_who_may_enter(&settings(flags).people, has_accounts).map(|found| found.verdict)
        };
        let shut = ["--guests", "off", "--registration", "closed"];
        assert_eq!(look(&shut, Some(false)), Some(Verdict::Problem));
        assert_eq!(
            look(&["--guests", "off", "--registration", "invite"], Some(false)),
            Some(Verdict::Problem)
        );
        assert_eq!(look(&[], Some(false)), Some(Verdict::Note));
        assert_eq!(look(&["--registration", "invite"], Some(false)), Some(Verdict::Note));
        assert_eq!(look(&shut, Some(true)), None);
        assert_eq!(look(&shut, None), None);
    }
}
