//! PostgreSQL is away, and comes back.

use super::{SECRET, Town, until};
use crate::house::{House, PATIENCE, to_general};
use protocol::ErrorCode;
use protocol::event::{Page, Sent};
use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

/// Whatever is asked is answered by then, if only by saying that it can't be done.
const REFUSED_WITHIN: Duration = Duration::from_secs(12);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Open,
    /// Every connection ends.
    Cut,
    /// Nothing ends, and nothing comes through.
    Dead,
}

/// Between a node and its database.
struct Proxy {
    url: String,
    line: watch::Sender<Line>,
}

impl Proxy {
    async fn before(database: &str) -> Self {
        let options = PgConnectOptions::from_str(database).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (user, name) = (options.get_username(), options.get_database().unwrap());
        let url = format!("postgres://{user}@{}/{name}", listener.local_addr().unwrap());
        let line = watch::Sender::new(Line::Open);
        tokio::spawn(serve(listener, options, line.subscribe()));
        Self { url, line }
    }

    fn is(&self, line: Line) {
        self.line.send_replace(line);
    }
}

async fn serve(listener: TcpListener, to: PgConnectOptions, line: watch::Receiver<Line>) {
    loop {
        let (client, _) = listener.accept().await.unwrap();
        let (to, line) = (to.clone(), line.clone());
        tokio::spawn(async move {
            if to.get_host().starts_with('/') || to.get_socket().is_some() {
                let dir = to.get_socket().cloned().unwrap_or_else(|| PathBuf::from(to.get_host()));
                let socket = dir.join(format!(".s.PGSQL.{}", to.get_port()));
                pass(client, UnixStream::connect(socket).await.unwrap(), line).await;
            } else {
                let server = TcpStream::connect((to.get_host(), to.get_port())).await.unwrap();
                pass(client, server, line).await;
            }
        });
    }
}

async fn pass(
    mut client: TcpStream,
    mut server: impl AsyncRead + AsyncWrite + Unpin,
    mut line: watch::Receiver<Line>,
) {
    loop {
        let now = *line.borrow_and_update();
        tokio::select! {
            _ = line.changed() => {}
            _ = copy_bidirectional(&mut client, &mut server), if now == Line::Open => return,
            () = std::future::ready(()), if now == Line::Cut => return,
        }
    }
}

async fn behind_a_broken(line: Line) {
    let town = Town::of(0).await;
    let proxy = Proxy::before(&town.database.url()).await;
    let flags = ["--database-url", &proxy.url, "--redis-url", &town.redis.url, "--secret", SECRET];
    let node = House::with(&flags).await;
    let anna = node.person("Anna").await;
    anna.join().await;
    anna.say("before").await.unwrap();
    let ready = async || {
        let answer = crate::house::get(&node.url, "/health/ready").send().await.unwrap();
        answer.status().as_u16()
    };
    assert_eq!(ready().await, 200);

    proxy.is(line);
    let asked = Instant::now();
    let lost = to_general("meanwhile");
    let error = anna.send(&lost).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Unavailable);
    assert!(error.retry_after.is_some(), "{error:?}");
    assert!(asked.elapsed() < REFUSED_WITHIN, "after {:?}", asked.elapsed());
    assert_eq!(ready().await, 503);

    proxy.is(Line::Open);
    let back = Instant::now();
    // Under the same id, so that it is said once whether it came through or not.
    let said = loop {
        match anna.send(&lost).await {
            Ok(said) => break said,
            Err(error) => assert_eq!(error.code, ErrorCode::Unavailable),
        }
        assert!(back.elapsed() < PATIENCE, "it doesn't recover");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    until("it is ready", async || ready().await == 200).await;
    let page: Page = anna.ask("history", &json!({ "room": "general" })).await.unwrap();
    let texts: Vec<&str> = page.messages.iter().map(|message| message.text.as_str()).collect();
    assert_eq!(texts, ["before", "meanwhile"]);
    let again: Sent = anna.ask("message", &lost).await.unwrap();
    assert_eq!(again.message, said);
    let _: Value = anna.ask("whoami", &()).await.unwrap();
    node.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_connection_acks_nothing_and_recovers() {
    behind_a_broken(Line::Cut).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_connection_acks_nothing_and_recovers() {
    behind_a_broken(Line::Dead).await;
}
