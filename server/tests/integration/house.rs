//! A server for one test, and people who use it.

use protocol::event::Joined;
use protocol::{ApiError, ClientId, Message, Name, Password, Role, reply};
use reqwest::header::{ACCEPT, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use server::config::Action;
use server::{Server, StartError};
use socketio_client::{Change, Client, Event, Namespace, Stream};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

/// Longer than anything takes on a busy machine; only a failing test waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Tests are quicker than people; those of limits set their own.
pub(crate) const UNLIMITED: &str = "message=off,message-burst=off,typing=off,join=off,create-room=off,login=off,\
                         search=off,upload=off,connect=off,event=off";

pub(crate) struct House {
    pub(crate) url: String,
    server: Server,
    dir: TempDir,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::with(&[]).await
    }

    pub(crate) async fn with(flags: &[&str]) -> Self {
        let (dir, started) = Self::start(flags).await;
        let server = started.unwrap();
        Self { url: server.url(), server, dir }
    }

    /// Why it doesn't start with these flags.
    pub(crate) async fn refused(flags: &[&str]) -> String {
        match Self::start(flags).await.1 {
            Ok(_) => panic!("it starts"),
            Err(error) => error.to_string(),
        }
    }

    async fn start(flags: &[&str]) -> (TempDir, Result<Server, StartError>) {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().to_str().unwrap();
        let own = ["beseda", "--address", "127.0.0.1:0", "--data-dir", data, "--limit", UNLIMITED];
        let Action::Serve(settings) = Action::from_args([&own, flags].concat()).unwrap() else {
            panic!("these are flags of another command");
        };
        (dir, Server::start(*settings).await)
    }

    pub(crate) fn chat(&self) -> &chat::Chat {
        self.server.chat()
    }

    /// Where it shows its metrics, on an address of their own.
    pub(crate) fn metrics_url(&self) -> String {
        self.server.metrics_url().unwrap()
    }

    pub(crate) fn data_dir(&self) -> &Path {
        self.dir.path()
    }

    /// For what comes after the server.
    pub(crate) async fn close_and_keep(self) -> TempDir {
        self.server.stop().await;
        self.dir
    }

    pub(crate) async fn close(self) {
        self.server.stop().await;
    }

    pub(crate) async fn person(&self, name: &str) -> Person {
        let token = sign_in(&self.url, name).await;
        Person::connect(&self.url, &token)
    }

    /// Someone with an account, and their token.
    pub(crate) async fn account(&self, name: &str, role: Role) -> (Person, String) {
        let console = self.server.chat().console();
        let password = Password::parse("correct horse battery").unwrap();
        console.add_user(&Name::parse(name).unwrap(), &password, Some(role)).await.unwrap();
        let token = console.create_token(name, "").await.unwrap().0.as_str().to_owned();
        (Person::connect(&self.url, &token), token)
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
    request
        .header(ACCEPT, "text/html")
        .header("cookie", cookie)
        .header("origin", url)
        .send()
        .await
        .unwrap()
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
        Self::connect_to(url, "/chat", token)
    }

    pub(crate) fn connect_to(url: &str, namespace: &str, token: &str) -> Self {
        let auth = json!({ "token": token });
        // Tests cut connections often.
        let quickly = (Duration::from_millis(10), Duration::from_millis(100));
        let builder = Client::builder(url).reconnection_delay(quickly.0, quickly.1);
        let (client, chat) = builder.connect_to(namespace, &auth).unwrap();
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

/// Why the server refuses a CONNECT.
pub(crate) async fn refusal(person: &Person) -> String {
    let mut changes = person.client.changes();
    loop {
        match tokio::time::timeout(PATIENCE, changes.next()).await.expect("a refusal") {
            Change::ConnectError { message, refused: true, .. } => return message.to_string(),
            Change::Connect { .. } => panic!("let in"),
            _ => {}
        }
    }
}

/// Whoever has no business here any more is out by then.
const OUT_WITHIN: Duration = Duration::from_secs(5);

/// Waits until the server has sent this client away, which it promises to do soon.
pub(crate) async fn sent_away(mut changes: Stream<Change>) {
    let gone = async {
        while !matches!(changes.next().await, Change::Disconnect { .. } | Change::Close { .. }) {}
    };
    tokio::time::timeout(OUT_WITHIN, gone).await.expect("an end");
}

/// The next event of a stream, read.
pub(crate) async fn next<T: DeserializeOwned>(events: &mut Stream<Event>) -> T {
    let event = tokio::time::timeout(PATIENCE, events.next()).await.expect("an event");
    event.get(0).unwrap()
}
