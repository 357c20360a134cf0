//! A server that runs, asked from outside, as people reach it.
//!
//! | file | looks at |
//! |---|---|
//! | `alive` | whether it lives, is ready, and its clock |
//! | `page` | the first page and its files |
//! | `proxy` | what stands between changes nothing that matters, and what is behind is this version |
//! | `sockets` | polling and WebSockets |

mod alive;
mod page;
mod proxy;
mod sockets;

use super::finding::{About, Finding};
use crate::command::client::Place;
use crate::config::Settings;
use alive::Answers;

#[derive(Default)]
pub(super) struct Seen {
    pub(super) findings: Vec<Finding>,
    /// How many files the server may have open, as it says itself.
    pub(super) open_files: Option<u64>,
}

/// Without a `url`, the server that these settings would start.
pub(super) async fn look(settings: &Settings, url: Option<&Place>) -> Seen {
    let place = url.cloned().unwrap_or_else(|| Place::of(settings.http.address));
    let (mut findings, time) = match alive::look(&place, settings.storage.is_locked()).await {
        Answers::Yes(findings, time) => (findings, time),
        Answers::No(told) if url.is_some() => {
            let remedy = "start it, or look at the proxy and the name before it";
            return only(About::Server.problem(told, remedy));
        }
        Answers::No(told) => {
            return only(About::Server.note(told, "start it and ask doctor again"));
        }
        Answers::Wrong(finding) => return only(finding),
    };
    findings.extend(page::look(&place).await);
    let secret = settings.storage.known_secret().ok().flatten();
    let open_files = match proxy::ask(&place, secret.as_ref(), time).await {
        Ok(seen) => {
            findings.extend(proxy::judge(&place, &seen));
            seen.server.open_files
        }
        Err(untold) => {
            findings.push(untold);
            None
        }
    };
    findings.extend(sockets::look(&place, &settings.engine).await);
    Seen { findings, open_files }
}

fn only(finding: Finding) -> Seen {
    Seen { findings: vec![finding], open_files: None }
}
