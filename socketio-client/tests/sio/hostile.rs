//! A server that says what it likes.

use std::net::{TcpListener, TcpStream};

use serde_json::json;
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

use crate::support::Sio;

const OPEN: &str =
    r#"0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000}"#;
const CONNECT: &str = r#"40{"sid":"b"}"#;

struct Hostile(TcpListener);

impl Hostile {
    fn start() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("ws://{}", listener.local_addr().unwrap());
        (Self(listener), url)
    }

    fn accept(&self) -> WebSocket<TcpStream> {
        tungstenite::accept(self.0.accept().unwrap().0).unwrap()
    }

    /// Lets a client in as a good server would.
    fn welcome(&self) -> WebSocket<TcpStream> {
        let mut socket = self.accept();
        say(&mut socket, OPEN);
        assert_eq!(socket.read().unwrap().into_text().unwrap().as_str(), "40");
        say(&mut socket, CONNECT);
        socket
    }
}

fn say(socket: &mut WebSocket<TcpStream>, text: &str) {
    socket.send(Message::text(text)).unwrap();
}

fn machine(url: &str) -> Sio {
    Sio::machine(url, &["--transports", "websocket"])
}

#[test]
fn malformed_packets_end_the_connection() {
    let (server, url) = Hostile::start();
    let mut sio = machine(&url);
    let deep = format!("42[\"a\",{}", "[".repeat(100_000));
    for malformed in [
        "",
        "7",
        "4",
        "49",
        "42",
        "42[]",
        "42[null]",
        "42{}",
        "42[\"a\"",
        "42[\"connect\"]",
        "450-[\"a\"]",
        "45999999999999-[\"a\"]",
        "43x",
        "4299999999999999999999[\"a\"]",
        "0{}",
        "b!",
        &deep,
    ] {
        let mut socket = server.welcome();
        sio.until("connect");
        say(&mut socket, malformed);
        assert_eq!(sio.until("disconnect")["reason"], "parse error", "{malformed:.20}");
        assert_eq!(sio.until("close")["reason"], "parse error");
    }
}

#[test]
fn handshakes_that_are_none() {
    let (server, url) = Hostile::start();
    let mut sio = machine(&url);
    for nonsense in
        ["", "0", "0{}", "0[]", r#"0{"sid":7,"pingInterval":1,"pingTimeout":1}"#, "2", CONNECT]
    {
        let mut socket = server.accept();
        say(&mut socket, nonsense);
        assert!(sio.until("connect_error")["message"].is_string(), "{nonsense}");
    }
    // No timer overflows: this one waits for ever, and not for an instant.
    let mut socket = server.accept();
    say(&mut socket, r#"0{"sid":"a","pingInterval":1e999,"pingTimeout":99999999999999999999}"#);
    assert_eq!(socket.read().unwrap().into_text().unwrap().as_str(), "40");
    say(&mut socket, CONNECT);
    sio.until("connect");
    say(&mut socket, "2");
    assert_eq!(socket.read().unwrap().into_text().unwrap().as_str(), "3");
}

#[test]
fn packets_out_of_turn() {
    let (server, url) = Hostile::start();
    let mut sio = machine(&url);
    let mut socket = server.accept();
    say(&mut socket, OPEN);
    socket.read().unwrap();
    say(&mut socket, r#"42["early"]"#);
    say(&mut socket, r#"42/nowhere,["x"]"#);
    say(&mut socket, CONNECT);
    say(&mut socket, CONNECT);
    say(&mut socket, r#"44{"message":"too late"}"#);
    say(&mut socket, "4399[1]");
    say(&mut socket, r#"42["late"]"#);
    sio.until("open");
    assert_eq!(sio.next()["is"], "connect");
    assert_eq!(sio.next()["args"], json!(["early"]));
    assert_eq!(sio.next()["args"], json!(["late"]));
    say(&mut socket, "41");
    say(&mut socket, CONNECT);
    assert_eq!(sio.next()["reason"], "io server disconnect");
    assert_eq!(sio.next()["is"], "close");
    sio.r#do(&json!({"do": "state"}));
    assert_eq!(sio.next()["connected"], json!([]));
}

#[test]
fn an_answer_never_goes_to_another_connection() {
    let (server, url) = Hostile::start();
    let mut sio = machine(&url);
    let mut socket = server.welcome();
    say(&mut socket, r#"427["question"]"#);
    let id = sio.until("event")["id"].clone();
    drop(socket);
    let mut socket = server.welcome();
    sio.until("disconnect");
    sio.until("connect");
    sio.r#do(&json!({"do": "reply", "id": id, "args": ["stale"]}));
    sio.r#do(&json!({"do": "emit", "args": ["fresh"]}));
    assert_eq!(socket.read().unwrap().into_text().unwrap().as_str(), r#"42["fresh"]"#);
}

/// JSON that Rust's strings and numbers cannot hold is shown all the same.
#[test]
fn strange_json() {
    let (server, url) = Hostile::start();
    let mut sio = machine(&url);
    let mut socket = server.welcome();
    say(&mut socket, "42[\"a\",\n \"\\ud800\", 1e400]");
    let line = loop {
        let line = sio.line().unwrap();
        if line.contains("\"event\"") {
            break line;
        }
    };
    assert!(line.contains(r#""\ufffd", 1e400]"#), "{line}");
}
