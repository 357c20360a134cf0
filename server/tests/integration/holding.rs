//! What the server bears: floods, strangers, stalled readers, people who were sent away.

use crate::house::{House, PATIENCE, Person, get, next, refusal, sent_away, sign_in, to_general};
use crate::telemetry::{Metrics, with_token};
use futures_util::{SinkExt, StreamExt};
use protocol::event::{Done, Joined, PresenceAction, Restarting, RoomPresence};
use protocol::{ApiError, ErrorCode, Role};
use reqwest::StatusCode;
use serde_json::{Value, json};
use socketio_client::{Change, Client};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

#[tokio::test]
async fn whoever_says_too_much_is_told_when_to_go_on() {
    let house = House::with(&["--limit", "message-burst=3/60"]).await;
    let (anna, boris) = (house.person("Anna").await, house.person("Boris").await);
    anna.join().await;
    boris.join().await;
    for number in 0..3 {
        anna.say(&number.to_string()).await.unwrap();
    }
    let error = anna.say("more").await.unwrap_err();
    assert_eq!(error.code, ErrorCode::RateLimited);
    assert!((1..=20_000).contains(&error.retry_after.unwrap()), "{error:?}");
    boris.say("not me").await.unwrap();
    house.close().await;
}

#[tokio::test]
async fn nothing_but_nonsense_costs_the_connection() {
    let house = House::open().await;
    let (anna, boris) = (house.person("Anna").await, house.person("Boris").await);
    boris.join().await;
    let changes = anna.client.changes();
    for _ in 0..60 {
        anna.chat.emit("nonsense", &json!({})).unwrap();
    }
    sent_away(changes).await;
    boris.say("still here").await.unwrap();
    house.close().await;
}

/// A proxy carries many people's requests through one connection.
#[tokio::test]
async fn whoever_polls_is_cut_off_and_the_connection_is_not() {
    let house = House::open().await;
    let token = sign_in(&house.url, "Anna").await;
    let mut line = Line::to(&house.url).await;
    let opened = line.ask("GET", "/socket.io/?EIO=4&transport=polling", "").await;
    let (_, sid) = opened.split_once("\"sid\":\"").unwrap();
    let sid = sid.split('"').next().unwrap();
    let path = format!("/socket.io/?EIO=4&transport=polling&sid={sid}");
    let auth = format!("40/chat,{}", json!({ "token": token }));
    line.ask("POST", &path, &auth).await;
    line.ask("GET", &path, "").await;
    let nonsense = vec![r#"42/chat,["nonsense",{}]"#; 60].join("\u{1e}");
    line.ask("POST", &path, &nonsense).await;
    while !line.ask("GET", &path, "").await.contains("41/chat") {}
    let health = line.ask("GET", "/health", "").await;
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
    house.close().await;
}

/// A connection that is kept.
struct Line(TcpStream);

impl Line {
    async fn to(url: &str) -> Self {
        Self(TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap())
    }

    /// The whole answer.
    async fn ask(&mut self, method: &str, path: &str, body: &str) -> String {
        let length = body.len();
        let head = format!("{method} {path} HTTP/1.1\r\nhost: here\r\ncontent-length: {length}");
        let request = format!("{head}\r\ncontent-type: text/plain;charset=UTF-8\r\n\r\n{body}");
        self.0.write_all(request.as_bytes()).await.unwrap();
        let (mut answer, mut part) = (String::new(), [0; 4_096]);
        loop {
            let read = tokio::time::timeout(PATIENCE, self.0.read(&mut part)).await.unwrap();
            let read = read.unwrap();
            assert!(read > 0, "the connection was cut after {answer}");
            answer.push_str(str::from_utf8(&part[..read]).unwrap());
            let Some((head, body)) = answer.split_once("\r\n\r\n") else { continue };
            let length = head.to_lowercase();
            let length =
                length.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
            if body.len() >= length.map_or(0, |length| length.trim().parse().unwrap()) {
                return answer;
            }
        }
    }
}

#[tokio::test]
async fn a_full_house_lets_no_one_in_and_a_free_place_does() {
    let house = House::with(&["--max-connections", "2"]).await;
    let (anna, boris) = (house.person("Anna").await, house.person("Boris").await);
    anna.join().await;
    boris.join().await;
    let token = sign_in(&house.url, "Chen").await;
    assert_eq!(refusal(&Person::connect(&house.url, &token)).await, "server-full");
    anna.client.close();
    // The place is free as soon as the server has seen it.
    let deadline = Instant::now() + PATIENCE;
    loop {
        let chen = Person::connect(&house.url, &token);
        let mut changes = chen.client.changes();
        let let_in = loop {
            match tokio::time::timeout(PATIENCE, changes.next()).await.unwrap() {
                Change::Connect { .. } => break true,
                Change::ConnectError { refused: true, .. } => break false,
                _ => {}
            }
        };
        if let_in {
            break;
        }
        assert!(Instant::now() < deadline, "the place never became free");
    }
    house.close().await;
}

#[tokio::test]
async fn one_address_has_its_share() {
    let house = House::with(&["--max-connections-per-address", "1"]).await;
    let anna = house.person("Anna").await;
    anna.join().await;
    let token = sign_in(&house.url, "Boris").await;
    assert_eq!(refusal(&Person::connect(&house.url, &token)).await, "server-full");
    house.close().await;
}

#[tokio::test]
async fn a_page_of_another_origin_opens_no_socket_and_posts_no_form() {
    let house = House::with(&["--allowed-origins", "https://friend.example"]).await;
    let token = sign_in(&house.url, "Anna").await;
    let cookie = format!("beseda_session={token}");
    for (origin, status) in [
        ("https://evil.example", StatusCode::FORBIDDEN),
        ("null", StatusCode::FORBIDDEN),
        ("https://friend.example", StatusCode::OK),
        (house.url.as_str(), StatusCode::OK),
    ] {
        let polling = get(&house.url, "/socket.io/?EIO=4&transport=polling");
        let answer = polling.header("origin", origin).send().await.unwrap();
        assert_eq!(answer.status(), status, "{origin}");
        let websocket = get(&house.url, "/socket.io/?EIO=4&transport=websocket")
            .header("origin", origin)
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
            .send()
            .await
            .unwrap();
        let open = websocket.status() == StatusCode::SWITCHING_PROTOCOLS;
        assert_eq!(open, status == StatusCode::OK, "{origin}: {}", websocket.status());
    }
    let post = |headers: &[(&str, &str)]| {
        let mut request = reqwest::Client::new().post(format!("{}/forms/sign-out", house.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.header("cookie", &cookie).send()
    };
    for headers in [
        &[("origin", "https://evil.example")][..],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        // Neither says that it is our own page.
        &[],
    ] {
        assert_eq!(post(headers).await.unwrap().status(), StatusCode::FORBIDDEN, "{headers:?}");
    }
    let anna = Person::connect(&house.url, &token);
    anna.join().await;
    house.close().await;
}

#[tokio::test]
async fn a_session_that_ends_ends_its_sockets() {
    let house = House::open().await;
    let token = sign_in(&house.url, "Anna").await;
    let (anna, tab) = (Person::connect(&house.url, &token), Person::connect(&house.url, &token));
    anna.join().await;
    tab.join().await;
    let changes = [anna.client.changes(), tab.client.changes()];
    let cookie = format!("beseda_session={token}");
    crate::house::submit(&house.url, "sign-out", &[], &cookie).await;
    for changes in changes {
        sent_away(changes).await;
    }
    assert_eq!(refusal(&Person::connect(&house.url, &token)).await, "unauthorized");
    house.close().await;
}

#[tokio::test]
async fn whoever_is_banned_hears_nothing_more_and_is_not_let_in_again() {
    let house = House::open().await;
    let (_, admin) = house.account("Olga", Role::Owner).await;
    let (boris, token) = house.account("Boris", Role::Member).await;
    let joined = boris.join().await;
    let me = joined.members.into_iter().find(|m| m.user.name == "Boris").unwrap().user;
    let olga = Person::connect_to(&house.url, "/admin", &admin);
    let changes = boris.client.changes();
    let ban = json!({ "user": me.id, "minutes": 5, "reason": "spam" });
    let _: Done = olga.ask("ban", &ban).await.unwrap();
    sent_away(changes).await;
    let again = refusal(&Person::connect(&house.url, &token)).await;
    assert!(again == "unauthorized" || again == "banned", "{again}");
    house.close().await;
}

#[tokio::test]
async fn whoever_is_removed_from_a_room_hears_it_no_more() {
    let house = House::open().await;
    let (olga, _) = house.account("Olga", Role::Owner).await;
    let (boris, chen) = (house.person("Boris").await, house.person("Chen").await);
    for person in [&olga, &boris, &chen] {
        person.join().await;
    }
    let mut heard = boris.chat.stream("message");
    let mut kicked = boris.chat.stream("kicked");
    let out = json!({ "room": "general", "user": "Boris" });
    let _: Done = olga.ask("remove-member", &out).await.unwrap();
    let told: Value = next(&mut kicked).await;
    assert!(told["room"].is_string());
    let said = chen.say("he is gone").await.unwrap();
    let again: Result<Joined, ApiError> =
        boris.ask("join-room", &json!({ "room": "general" })).await;
    assert_eq!(again.unwrap_err().code, ErrorCode::Forbidden);
    let _: Done = olga.ask("invite", &out).await.unwrap();
    boris.join().await;
    let back = chen.say("he is back").await.unwrap();
    let first: protocol::event::MessageChanged = next(&mut heard).await;
    assert_eq!(first.message.id, back.id, "and not {}", said.id);
    house.close().await;
}

#[tokio::test]
async fn only_moderators_come_into_admin() {
    let house = House::open().await;
    let (_, token) = house.account("Boris", Role::Member).await;
    assert_eq!(refusal(&Person::connect_to(&house.url, "/admin", &token)).await, "forbidden");
    house.close().await;
}

#[tokio::test]
async fn before_a_restart_everyone_is_told_when_to_come_back() {
    let house = House::open().await;
    let (anna, boris) = (house.person("Anna").await, house.person("Boris").await);
    anna.join().await;
    boris.join().await;
    let mut told = [anna.chat.stream("restarting"), boris.chat.stream("restarting")];
    house.close().await;
    let mut waits = Vec::new();
    for told in &mut told {
        waits.push(next::<Restarting>(told).await.retry_after);
    }
    assert_ne!(waits[0], waits[1], "not all at once");
}

/// A WebSocket by hand, whose owner can stop reading.
struct Stalled(TcpStream);

const UPGRADE: &str = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: x\r\n\
                       connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
                       sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

impl Stalled {
    async fn connect(url: &str, token: &str) -> Self {
        let address = url.strip_prefix("http://").unwrap().parse().unwrap();
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        let mut stream = socket.connect(address).await.unwrap();
        stream.write_all(UPGRADE.as_bytes()).await.unwrap();
        let mut stalled = Self(stream);
        stalled.read_until("0{").await;
        stalled.write(&format!("40/chat,{}", json!({ "token": token }))).await;
        stalled.read_until("40/chat,").await;
        stalled.write("42/chat,1[\"join-room\",{\"room\":\"general\"}]").await;
        stalled.read_until("43/chat,1").await;
        stalled
    }

    async fn read_until(&mut self, words: &str) {
        let mut heard = Vec::new();
        while !String::from_utf8_lossy(&heard).contains(words) {
            let mut buffer = [0; 1_024];
            let length = self.0.read(&mut buffer).await.unwrap();
            assert!(length > 0, "closed after {}", String::from_utf8_lossy(&heard));
            heard.extend(&buffer[..length]);
        }
    }

    async fn write(&mut self, text: &str) {
        self.0.write_all(&frame(text)).await.unwrap();
    }

    /// Finds out that the connection is cut without reading what is on its way: that would wake the
    /// task that writes.
    async fn find_cut(mut self) {
        let talk = async {
            while self.0.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let soon = Duration::from_secs(5);
        tokio::time::timeout(soon, talk).await.expect("the connection is still open");
    }
}

/// One masked text frame; a mask of zeros leaves the text as it is.
fn frame(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap();
    let mut frame = vec![0x81, 0x80 | 0x7e];
    frame.extend(length.to_be_bytes());
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    frame
}

#[tokio::test]
async fn what_comes_with_the_request_for_a_websocket_is_not_lost() {
    let house = House::open().await;
    let token = sign_in(&house.url, "Quick").await;
    let address: SocketAddr = house.url.strip_prefix("http://").unwrap().parse().unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let connect = format!("40/chat,{}", json!({ "token": token }));
    let whole = [UPGRADE.as_bytes(), &frame(&connect)].concat();
    stream.write_all(&whole).await.unwrap();
    Stalled(stream).read_until("40/chat,").await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_reader_is_dropped_and_no_one_else_notices() {
    // No ping finds it out.
    let house = with_token(&["--ping-interval", "5m"]).await;
    let token = sign_in(&house.url, "Stalled").await;
    let (anna, boris) = (house.person("Anna").await, house.person("Boris").await);
    anna.join().await;
    boris.join().await;
    let mut presence = boris.chat.stream("room-presence");
    let stalled = Stalled::connect(&house.url, &token).await;

    let text = "я".repeat(5_000);
    let mut waits = Vec::new();
    let gone = loop {
        let before = Instant::now();
        let mut acks = Vec::new();
        for _ in 0..100 {
            let emit = anna.chat.event("message").timeout(PATIENCE);
            acks.push(emit.emit_with_ack::<Value>(&to_general(&text)));
        }
        for ack in acks {
            assert_eq!(ack.await.unwrap()["ok"], true);
        }
        waits.push(before.elapsed());
        let soon = Duration::from_millis(1);
        if let Ok(event) = tokio::time::timeout(soon, presence.next()).await {
            break event.get::<RoomPresence>(0).unwrap();
        }
        assert!(waits.len() < 40, "4,000 messages of 10 kB later it is still here");
    };
    assert_eq!((gone.user.name.as_str(), gone.action), ("Stalled", PresenceAction::Offline));
    stalled.find_cut().await;
    let metrics = Metrics::of(&house.url).await;
    assert_eq!(metrics.count("beseda_slow_readers_dropped_total", &[]), 1);
    // The hundred during which it was dropped took no longer than others did.
    let last = waits.pop().unwrap();
    waits.sort_unstable();
    let slowest = waits.last().copied().unwrap_or_default().max(Duration::from_millis(200));
    assert!(last < slowest * 3, "{last:?} where the slowest before took {slowest:?}");
    house.close().await;
}

#[tokio::test]
async fn a_polling_client_that_goes_away_is_gone_within_the_ping_timeout() {
    let house = House::with(&["--ping-interval", "500ms", "--ping-timeout", "500ms"]).await;
    let boris = house.person("Boris").await;
    boris.join().await;
    let mut presence = boris.chat.stream("room-presence");
    let token = sign_in(&house.url, "Anna").await;
    let opened = get(&house.url, "/socket.io/?EIO=4&transport=polling").send().await.unwrap();
    let opened: Value = serde_json::from_str(&opened.text().await.unwrap()[1..]).unwrap();
    let path =
        format!("/socket.io/?EIO=4&transport=polling&sid={}", opened["sid"].as_str().unwrap());
    let connect = format!("40/chat,{}", json!({ "token": token }));
    let post = reqwest::Client::new().post(format!("{}{path}", house.url)).body(connect);
    assert_eq!(post.send().await.unwrap().status(), StatusCode::OK);
    while !get(&house.url, &path).send().await.unwrap().text().await.unwrap().contains("40/chat") {}
    let since = Instant::now();
    loop {
        let change: RoomPresence = next(&mut presence).await;
        if change.user.name == "Anna" && change.action == PresenceAction::Offline {
            break;
        }
    }
    // A ping, the wait for its answer, five seconds of grace, and a slow machine.
    assert!(since.elapsed() < Duration::from_secs(15), "{:?}", since.elapsed());
    house.close().await;
}

#[tokio::test]
async fn who_connects_and_asks_nothing_is_cut() {
    let house = House::open().await;
    let address = house.url.strip_prefix("http://").unwrap();
    let mut silent = TcpStream::connect(address).await.unwrap();
    silent.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ").await.unwrap();
    let mut end = Vec::new();
    let closed = tokio::time::timeout(PATIENCE, silent.read_to_end(&mut end)).await;
    assert!(closed.is_ok(), "still open after {PATIENCE:?}");
    house.close().await;
}

#[tokio::test]
async fn who_opens_a_socket_and_names_no_namespace_is_cut() {
    let house = House::open().await;
    let (mut socket, _) = connect_async(websocket(&house.url)).await.unwrap();
    let end = async { while matches!(socket.next().await, Some(Ok(_))) {} };
    assert!(tokio::time::timeout(PATIENCE, end).await.is_ok(), "still open after {PATIENCE:?}");
    house.close().await;
}

#[tokio::test]
async fn a_packet_may_be_as_large_as_the_limit_and_not_a_byte_larger() {
    const MAX: usize = 10_000;
    let house = House::with(&["--max-payload", "10KB"]).await;
    let packet = |length: usize| {
        let start = "42/chat,1[\"message\",{\"room\":\"general\",\"text\":\"";
        let end = "\"}]";
        format!("{start}{}{end}", "x".repeat(length - start.len() - end.len()))
    };
    for (length, taken) in [(MAX, true), (MAX + 1, false)] {
        let token = sign_in(&house.url, &format!("Web {length}")).await;
        let (mut socket, _) = connect_async(websocket(&house.url)).await.unwrap();
        let connect = format!("40/chat,{}", json!({ "token": token }));
        socket.send(Frame::Text(connect.into())).await.unwrap();
        assert!(answered(&mut socket, "40/chat").await);
        // It has no id, and is told so: it was read.
        let _ = socket.send(Frame::Text(packet(length).into())).await;
        assert_eq!(answered(&mut socket, "43/chat,1[").await, taken, "{length} by WebSocket");
    }
    for (length, status) in [(MAX, StatusCode::OK), (MAX + 1, StatusCode::PAYLOAD_TOO_LARGE)] {
        let opened = get(&house.url, "/socket.io/?EIO=4&transport=polling").send().await.unwrap();
        let opened: Value = serde_json::from_str(&opened.text().await.unwrap()[1..]).unwrap();
        let sid = opened["sid"].as_str().unwrap();
        let path = format!("{}/socket.io/?EIO=4&transport=polling&sid={sid}", house.url);
        let post = reqwest::Client::new().post(path).body(format!("4{}", "x".repeat(length - 1)));
        assert_eq!(post.send().await.unwrap().status(), status, "{length} by polling");
    }
    // Nesting without an end, and more attachments than anyone has.
    for bad in
        [format!("42/chat,[\"message\",{}", "[".repeat(9_000)), "459-/chat,[\"message\"]".into()]
    {
        let token = sign_in(&house.url, "Deep").await;
        let (mut socket, _) = connect_async(websocket(&house.url)).await.unwrap();
        let connect = format!("40/chat,{}", json!({ "token": token }));
        socket.send(Frame::Text(connect.into())).await.unwrap();
        assert!(answered(&mut socket, "40/chat").await);
        socket.send(Frame::Text(bad.into())).await.unwrap();
        let end = async { while matches!(socket.next().await, Some(Ok(_))) {} };
        let _ = tokio::time::timeout(Duration::from_millis(500), end).await;
        crate::house::submit(&house.url, "sign-out", &[], &format!("beseda_session={token}")).await;
    }
    let anna = house.person("Anna").await;
    anna.join().await;
    house.close().await;
}

fn websocket(url: &str) -> String {
    format!("ws{}/socket.io/?EIO=4&transport=websocket", &url["http".len()..])
}

/// Whether a packet that begins so comes before the end.
async fn answered(socket: &mut WebSocketStream<MaybeTlsStream<TcpStream>>, start: &str) -> bool {
    let search = async {
        while let Some(Ok(frame)) = socket.next().await {
            if matches!(&frame, Frame::Text(text) if text.starts_with(start)) {
                return true;
            }
        }
        false
    };
    tokio::time::timeout(PATIENCE, search).await.expect("an answer or an end")
}

#[tokio::test]
async fn the_engine_is_set_up_by_the_usual_names() {
    let house = House::with(&[
        "--ping-interval",
        "7s",
        "--ping-timeout",
        "3s",
        "--max-payload",
        "123KB",
        "--transports",
        "polling",
    ])
    .await;
    let opened = get(&house.url, "/socket.io/?EIO=4&transport=polling").send().await.unwrap();
    let opened: Value = serde_json::from_str(&opened.text().await.unwrap()[1..]).unwrap();
    let told = (&opened["pingInterval"], &opened["pingTimeout"], &opened["maxPayload"]);
    assert_eq!(told, (&json!(7_000), &json!(3_000), &json!(123_000)));
    let other = get(&house.url, "/socket.io/?EIO=4&transport=websocket").send().await.unwrap();
    assert_eq!(other.status(), StatusCode::BAD_REQUEST);
    house.close().await;
}

#[tokio::test]
async fn clients_of_socket_io_2_come_in_only_where_they_are_wanted() {
    const OLD: &str = "/socket.io/?EIO=3&transport=polling";
    let house = House::open().await;
    let refused = get(&house.url, OLD).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    assert!(refused.text().await.unwrap().contains("Unsupported protocol version"));
    house.close().await;
    let house = House::with(&["--engine-v3", "on"]).await;
    assert_eq!(get(&house.url, OLD).send().await.unwrap().status(), StatusCode::OK);
    house.close().await;
}

#[tokio::test]
async fn ready_says_no_when_the_server_leaves() {
    let house = House::open().await;
    let ready = get(&house.url, "/health/ready").send().await.unwrap();
    assert_eq!(ready.status(), StatusCode::OK);
    let told: Value = serde_json::from_str(&ready.text().await.unwrap()).unwrap();
    assert_eq!((&told["ready"], &told["database"]), (&json!(true), &json!("ok")));
    house.close().await;
}

#[tokio::test]
async fn a_client_that_was_sent_away_does_not_come_back_by_itself() {
    let house = House::open().await;
    let token = sign_in(&house.url, "Anna").await;
    let client = Client::builder(&house.url).build().unwrap();
    let chat = client.namespace("/chat").unwrap();
    chat.set_auth(&json!({ "token": token })).unwrap();
    chat.connect();
    let anna = Person { chat, client };
    anna.join().await;
    let changes = anna.client.changes();
    crate::house::submit(&house.url, "sign-out", &[], &format!("beseda_session={token}")).await;
    sent_away(changes).await;
    assert!(!anna.chat.is_connected());
    house.close().await;
}
