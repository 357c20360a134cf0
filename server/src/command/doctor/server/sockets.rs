//! Polling and WebSockets, spoken as any Socket.IO client speaks them. Doctor asks to be let in to `/chat`, and
//! being no one, is refused: that goes all the way and leaves nothing behind.

use crate::command::client::{ANSWER_WITHIN, Answer, AskError, Place, WebSocket, in_time};
use crate::command::doctor::finding::{About, Finding};
use crate::config::{Engine, Transport};
use crate::http::engine::PATH;
use futures_util::{SinkExt, StreamExt};
use http::header::{COOKIE, HeaderName, SET_COOKIE};
use http::{Method, StatusCode};
use serde::Deserialize;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::{Error as WebSocketError, Message};

const ABOUT: About = About::Sockets;
/// Long enough for a proxy that is in a hurry, short enough for a person.
const HELD: Duration = Duration::from_secs(3);
/// A node that doesn't know a session says so sooner.
const AT_ONCE: Duration = Duration::from_millis(500);
/// Of this many requests not all go to one node by chance.
const REQUESTS: usize = 6;
const ASK_IN: &str = "40/chat,";
const REFUSED: &str = "44/chat,";
const PING: &str = "2";
const PONG: &str = "3";
const CLOSE: &str = "1";
const UNKNOWN_SESSION: &str = "Session ID unknown";

const STICK: &str = "have all requests of one client go to one node; deploy/README.md says how";
const UPGRADE: &str = "have the proxy hand on the upgrade (nginx: proxy_http_version 1.1; proxy_set_header Upgrade \
                       $http_upgrade; proxy_set_header Connection upgrade)";

pub(super) async fn look(place: &Place, engine: &Engine) -> Vec<Finding> {
    let by = |transport| engine.transports.contains(&transport);
    let mut found = Vec::new();
    if by(Transport::Polling) {
        found.push(polls(place).await);
        found.extend(without_cookies(place).await);
    }
    if by(Transport::Websocket) {
        found.push(websocket(place, by(Transport::Polling)).await);
    }
    found
}

/// As browsers do it.
async fn polls(place: &Place) -> Finding {
    match poll(place, Cookies::Kept).await {
        Ok(()) => ABOUT.ok("a poll is held, answered at once, and stays with its node"),
        Err(trouble) => trouble.told("polling"),
    }
}

/// As many programs do it. Where no cookie is given, that was looked at.
async fn without_cookies(place: &Place) -> Option<Finding> {
    let session = Session::open(place, Cookies::Kept).await.ok()?;
    session.close(place).await;
    if session.cookies.is_empty() {
        return None;
    }
    match poll(place, Cookies::Dropped).await {
        Err(Trouble::Strays) => Some(ABOUT.note(
            "a program that polls and keeps no cookies doesn't stay with its node",
            "let such programs open a WebSocket from the start, or go by the address, too; deploy/README.md says how",
        )),
        _ => None,
    }
}

async fn websocket(place: &Place, after_polling: bool) -> Finding {
    let opened = if after_polling { upgrade(place).await } else { straight(place).await };
    match opened {
        Ok(()) if after_polling => ABOUT.ok("polling changes to a WebSocket"),
        Ok(()) => ABOUT.ok("a WebSocket opens"),
        Err(trouble) => trouble.told("a WebSocket"),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cookies {
    Kept,
    Dropped,
}

/// What went wrong.
#[derive(Debug)]
enum Trouble {
    /// Requests of one session come to several nodes.
    Strays,
    /// A poll ends before there is something to say.
    Cut(String),
    /// What is said comes late or never.
    Late,
    /// The proxy makes a plain request of it.
    NoUpgrade(StatusCode),
    Other(String),
}

impl Trouble {
    fn told(self, what: &str) -> Finding {
        match self {
            Self::Strays => ABOUT.problem(format!("{what}: requests of one client come to several nodes"), STICK),
            Self::Cut(told) => ABOUT.problem(
                format!("{what}: a request that waits is cut off ({told})"),
                "have the proxy wait longer than --ping-interval and --ping-timeout together (nginx: proxy_read_timeout 75s)",
            ),
            Self::Late => ABOUT.problem(
                format!("{what}: what the server says doesn't arrive"),
                "have the proxy pass everything on at once (nginx: proxy_buffering off)",
            ),
            Self::NoUpgrade(status) => {
                ABOUT.problem(format!("{what} doesn't open: {status}"), UPGRADE)
            }
            Self::Other(told) => ABOUT.problem(format!("{what}: {told}"), "let the proxy hand on /socket.io/ as it is"),
        }
    }
}

impl From<AskError> for Trouble {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Refused(status) => Self::NoUpgrade(status),
            AskError::Late => Self::Late,
            error => Self::Other(error.to_string()),
        }
    }
}

/// An Engine.IO session that began by polling.
struct Session {
    sid: String,
    cookies: String,
    ping_interval: Duration,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Handshake {
    sid: String,
    ping_interval: u64,
}

impl Session {
    async fn open(place: &Place, cookies: Cookies) -> Result<Self, Trouble> {
        let answer = place.get(&path("polling", None), &[]).await?;
        let handshake =
            answer.text().strip_prefix('0').and_then(|text| serde_json::from_str(text).ok());
        let Some(Handshake { sid, ping_interval }) = handshake else {
            return Err(Trouble::Other(format!("no handshake, but {}", answer.status)));
        };
        let given = if cookies == Cookies::Kept { cookies_of(&answer) } else { String::new() };
        Ok(Self { sid, cookies: given, ping_interval: Duration::from_millis(ping_interval) })
    }

    fn path(&self, transport: &str) -> String {
        path(transport, Some(&self.sid))
    }

    fn headers(&self) -> Vec<(HeaderName, String)> {
        if self.cookies.is_empty() { Vec::new() } else { vec![(COOKIE, self.cookies.clone())] }
    }

    async fn send(&self, place: &Place, packet: &str) -> Result<(), Trouble> {
        let (path, headers) = (self.path("polling"), self.headers());
        understood(&place.ask(Method::POST, &path, &headers, packet.to_owned()).await?)
    }

    /// So that the server need not wait for it.
    async fn close(&self, place: &Place) {
        let _ = self.send(place, CLOSE).await;
    }
}

fn path(transport: &str, sid: Option<&str>) -> String {
    let sid = sid.map(|sid| format!("&sid={sid}")).unwrap_or_default();
    format!("{PATH}?EIO=4&transport={transport}{sid}")
}

/// As a browser sends them back.
fn cookies_of(answer: &Answer) -> String {
    let set = answer.headers.get_all(SET_COOKIE).iter().filter_map(|set| set.to_str().ok());
    set.filter_map(|set| set.split(';').next()).collect::<Vec<_>>().join("; ")
}

fn understood(answer: &Answer) -> Result<(), Trouble> {
    match answer.status {
        StatusCode::OK => Ok(()),
        _ if answer.text().contains(UNKNOWN_SESSION) => Err(Trouble::Strays),
        status => Err(Trouble::Other(status.to_string())),
    }
}

async fn poll(place: &Place, cookies: Cookies) -> Result<(), Trouble> {
    let session = Session::open(place, cookies).await?;
    let polled = polled(place, &session).await;
    session.close(place).await;
    polled
}

async fn polled(place: &Place, session: &Session) -> Result<(), Trouble> {
    if hold(place, session).await? == Held::Pinged {
        // As socketioxide begins.
        session.send(place, PONG).await?;
        hold(place, session).await?;
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Pinged,
    Heard,
}

/// One poll, held open for a while, hears what is then said by requests of their own.
async fn hold(place: &Place, session: &Session) -> Result<Held, Trouble> {
    let (path, headers) = (session.path("polling"), session.headers());
    let poll = place.ask_patiently(Method::GET, &path, &headers, String::new());
    tokio::pin!(poll);
    // Soon after that a ping ends it.
    let held = HELD.min(session.ping_interval / 2);
    let began = Instant::now();
    tokio::select! {
        ended = &mut poll => return ended_early(ended, began.elapsed()),
        () = sleep(held) => {}
    }
    for _ in 0..REQUESTS {
        session.send(place, ASK_IN).await?;
    }
    let answer = timeout(ANSWER_WITHIN, poll).await.map_err(|_| Trouble::Late)??;
    understood(&answer)?;
    // A ping may have come first; then the next poll has it.
    if answer.text().contains(REFUSED) || answer.text() == PING {
        Ok(Held::Heard)
    } else {
        Err(Trouble::Late)
    }
}

fn ended_early(ended: Result<Answer, AskError>, after: Duration) -> Result<Held, Trouble> {
    match ended {
        Ok(answer) if answer.text() == PING => Ok(Held::Pinged),
        // A proxy that has cut it off may have asked the next node.
        Ok(answer) if after > AT_ONCE => Err(Trouble::Cut(answer.status.to_string())),
        Ok(answer) => {
            understood(&answer)?;
            Err(Trouble::Cut(answer.status.to_string()))
        }
        Err(error) => Err(Trouble::Cut(error.to_string())),
    }
}

async fn upgrade(place: &Place) -> Result<(), Trouble> {
    let session = Session::open(place, Cookies::Kept).await?;
    let upgraded = async {
        let mut socket = place.websocket(&session.path("websocket"), &session.headers()).await?;
        say(&mut socket, "2probe").await?;
        hear(&mut socket, "3probe").await?;
        say(&mut socket, "5").await?;
        let refused = is_refused(&mut socket).await;
        let _ = socket.close(None).await;
        refused
    }
    .await;
    if upgraded.is_err() {
        session.close(place).await;
    }
    upgraded
}

async fn straight(place: &Place) -> Result<(), Trouble> {
    let mut socket = place.websocket(&path("websocket", None), &[]).await?;
    hear(&mut socket, "0{").await?;
    let refused = is_refused(&mut socket).await;
    let _ = socket.close(None).await;
    refused
}

async fn is_refused(socket: &mut WebSocket) -> Result<(), Trouble> {
    say(socket, ASK_IN).await?;
    hear(socket, REFUSED).await
}

async fn say(socket: &mut WebSocket, packet: &'static str) -> Result<(), Trouble> {
    socket.send(Message::text(packet)).await.map_err(|error| AskError::from(error).into())
}

/// Passes over what else comes, as a ping.
async fn hear(socket: &mut WebSocket, beginning: &str) -> Result<(), Trouble> {
    let hearing = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) if text.starts_with(beginning) => return Ok(()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => return Err(WebSocketError::ConnectionClosed.into()),
            }
        }
    };
    Ok(in_time(hearing).await?)
}
