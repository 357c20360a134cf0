//! A server for one test, and people who use it.

use protocol::event::Joined;
use protocol::{ApiError, ClientId, Message, reply};
use reqwest::header::{ACCEPT, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use server::Server;
use server::config::Settings;
use socketio_client::{Client, Event, Namespace, Stream};
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

/// Longer than anything takes on a busy machine; only a failing test waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct House {
    pub(crate) url: String,
    server: Server,
    _dir: TempDir,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::with(&[]).await
    }

    pub(crate) async fn with(flags: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().to_str().unwrap();
        let args = [&["beseda", "--address", "127.0.0.1:0", "--data-dir", data], flags].concat();
        let server = Server::start(Settings::from_args(args).unwrap()).await.unwrap();
        Self { url: server.url(), server, _dir: dir }
    }

    pub(crate) async fn close(self) {
        self.server.stop().await;
    }

    pub(crate) async fn person(&self, name: &str) -> Person {
        let token = sign_in(&self.url, name).await;
        Person::connect(&self.url, &token)
    }
}

fn browser() -> reqwest::Client {
    reqwest::Client::builder().redirect(Policy::none()).build().unwrap()
}

pub(crate) fn get(url: &str, path: &str) -> RequestBuilder {
    browser().get(format!("{url}{path}"))
}

/// As a browser without JavaScript sends a form.
pub(crate) async fn submit(
    url: &str,
    form: &str,
    fields: &[(&str, &str)],
    cookie: &str,
) -> Response {
    let request = browser().post(format!("{url}/forms/{form}")).form(fields);
    request.header(ACCEPT, "text/html").header("cookie", cookie).send().await.unwrap()
}

pub(crate) fn location(response: &Response) -> &str {
    response.headers()[LOCATION].to_str().unwrap()
}

/// Returns the session's token.
pub(crate) async fn sign_in(url: &str, name: &str) -> String {
    let response = submit(url, "sign-in", &[("name", name)], "").await;
    assert_eq!(response.status(), StatusCode::FOUND);
    assert_eq!(location(&response), "/room/general");
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
    let token = cookie.strip_prefix("beseda_session=").unwrap();
    token.split(';').next().unwrap().to_owned()
}

/// Someone on `/chat`.
pub(crate) struct Person {
    pub(crate) chat: Namespace,
    pub(crate) client: Client,
}

impl Person {
    pub(crate) fn connect(url: &str, token: &str) -> Self {
        let auth = json!({ "token": token });
        let (client, chat) = Client::builder(url).connect_to("/chat", &auth).unwrap();
        Self { chat, client }
    }

    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        event: &str,
        payload: &impl Serialize,
    ) -> Result<T, ApiError> {
        let answer = self.chat.event(event).timeout(PATIENCE).emit_with_ack::<Value>(payload).await;
        reply::read(&answer.unwrap().to_string())
    }

    pub(crate) async fn join(&self) -> Joined {
        self.ask("join-room", &json!({ "room": "general" })).await.unwrap()
    }

    pub(crate) async fn say(&self, text: &str) -> Result<Message, ApiError> {
        self.send(&to_general(text)).await
    }

    pub(crate) async fn send(&self, message: &Value) -> Result<Message, ApiError> {
        let sent: Result<protocol::event::Sent, ApiError> = self.ask("message", message).await;
        sent.map(|sent| sent.message)
    }
}

pub(crate) fn to_general(text: &str) -> Value {
    json!({ "room": "general", "id": ClientId(Uuid::now_v7()), "text": text })
}

/// The next event of a stream, read.
pub(crate) async fn next<T: DeserializeOwned>(events: &mut Stream<Event>) -> T {
    let event = tokio::time::timeout(PATIENCE, events.next()).await.expect("an event");
    event.get(0).unwrap()
}
