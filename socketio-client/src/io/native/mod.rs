//! Tokio's clock and sockets.

mod http;
mod link;
mod tls;
mod websocket;

use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use ::http::{HeaderMap, HeaderName, HeaderValue};
use link::Link;
use tokio::time::Sleep;

use crate::{
    client::{Hub, Io, drive},
    core::{Action, ConfigError, Endpoint, Input, LinkId, Millis, NEVER},
};

fn epoch() -> Instant {
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    *EPOCH.get_or_init(Instant::now)
}

pub(crate) fn now() -> Millis {
    crate::client::millis(epoch().elapsed())
}

pub(crate) fn seed() -> u64 {
    // Without randomness the waits are only less well spread.
    getrandom::u64().unwrap_or_else(|_| now())
}

pub(crate) fn own_server() -> Result<Endpoint, ConfigError> {
    Err(ConfigError::Scheme)
}

pub(crate) fn start(hub: &Arc<Hub>, headers: Headers) -> Result<(), ConfigError> {
    let runtime = tokio::runtime::Handle::try_current().map_err(|_| ConfigError::NoRuntime)?;
    let mut io =
        Native { links: Vec::new(), timer: None, headers: read_headers(headers)?, http: None };
    let hub = hub.clone();
    runtime.spawn(std::future::poll_fn(move |cx| drive(&hub, &mut io, cx)));
    Ok(())
}

/// What goes with every request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Headers(Vec<(String, String)>);

impl Headers {
    pub(crate) fn add(&mut self, name: &str, value: &str) {
        self.0.push((name.into(), value.into()));
    }
}

fn read_headers(Headers(headers): Headers) -> Result<HeaderMap, ConfigError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name =
            HeaderName::from_bytes(name.trim().as_bytes()).map_err(|_| ConfigError::Header)?;
        let value = HeaderValue::from_str(value.trim()).map_err(|_| ConfigError::Header)?;
        map.append(name, value);
    }
    Ok(map)
}

struct Native {
    links: Vec<(LinkId, Link)>,
    timer: Option<Pin<Box<Sleep>>>,
    headers: HeaderMap,
    http: Option<http::Http>,
}

impl Native {
    fn http(&mut self, url: &str) -> std::io::Result<http::Http> {
        if let Some(http) = &self.http {
            return Ok(http.clone());
        }
        let http = http::Http::new(url.starts_with("https:"))?;
        Ok(self.http.insert(http).clone())
    }

    fn link(&mut self, id: LinkId) -> Option<&mut Link> {
        self.links.iter_mut().find(|(other, _)| *other == id).map(|(_, link)| link)
    }

    fn polling(&mut self, id: LinkId) -> Option<&mut link::Polling> {
        if self.link(id).is_none() {
            self.links.push((id, Link::Polling(link::Polling::default())));
        }
        match self.link(id) {
            Some(Link::Polling(polling)) => Some(polling),
            _ => None,
        }
    }
}

impl Io for Native {
    fn perform(&mut self, action: Action) {
        match action {
            Action::Connect(id, url) => {
                let connecting = websocket::connect(url, self.headers.clone());
                self.links.push((id, Link::Connecting(Box::pin(connecting))));
            }
            Action::Send(id, frames) => {
                if let Some(Link::WebSocket(socket)) = self.link(id) {
                    socket.send(frames);
                }
            }
            Action::Settle(id) => {
                if let Some(Link::WebSocket(socket)) = self.link(id) {
                    socket.ping();
                }
            }
            Action::Get(id, url) => {
                let request = http::get(self.http(&url), url, self.headers.clone());
                if let Some(polling) = self.polling(id) {
                    polling.get = Some(Box::pin(request));
                }
            }
            Action::Post(id, url, body) => {
                let request = http::post(self.http(&url), url, self.headers.clone(), body);
                if let Some(polling) = self.polling(id) {
                    polling.post = Some(Box::pin(request));
                }
            }
            Action::Close(id) => {
                if let Some(at) = self.links.iter().position(|(other, _)| *other == id)
                    && let (_, Link::WebSocket(socket)) = self.links.swap_remove(at)
                {
                    self.links.push((id, Link::Closing(Box::pin(socket.close()))));
                }
            }
            Action::Abort(id) => self.links.retain(|(other, _)| *other != id),
        }
    }

    fn poll_input(&mut self, cx: &mut Context<'_>) -> Option<(LinkId, Input)> {
        let mut at = 0;
        while let Some((id, link)) = self.links.get_mut(at) {
            let id = *id;
            match link.poll(cx) {
                link::Progress::Input(input) => return Some((id, input)),
                link::Progress::Nothing => at += 1,
                link::Progress::Gone => drop(self.links.swap_remove(at)),
            }
        }
        None
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>, at: Millis) -> Poll<()> {
        if at == NEVER {
            self.timer = None;
            return Poll::Pending;
        }
        if at <= now() {
            return Poll::Ready(());
        }
        let until = tokio::time::Instant::from_std(epoch() + Duration::from_millis(at));
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
        if timer.deadline() != until {
            timer.as_mut().reset(until);
        }
        timer.as_mut().poll(cx)
    }

    fn is_idle(&self) -> bool {
        self.links.is_empty()
    }
}
