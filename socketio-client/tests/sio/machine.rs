use serde_json::{Value, json};

use crate::support::{Sio, node};

#[test]
fn emits_acks_events_and_answers() {
    let server = node(&json!({}));
    let mut sio = Sio::machine(&server.url(), &[]);
    let open = sio.next();
    assert_eq!((&open["is"], &open["transport"]), (&json!("open"), &json!("websocket")));
    let connect = sio.next();
    assert_eq!((&connect["ns"], &connect["recovered"]), (&json!("/"), &json!(false)));
    assert!(connect["id"].is_string());

    let binary = json!({"a": [{"$binary": "AQID"}], "b": 1.5});
    sio.r#do(&json!({"do": "emit", "args": ["give back", binary], "ack": true, "tag": "t1"}));
    let ack = sio.until("ack");
    assert_eq!(
        (&ack["ns"], &ack["tag"], &ack["args"]),
        (&json!("/"), &json!("t1"), &json!([binary]))
    );

    sio.r#do(&json!({"do": "emit", "args": ["ask", "?"]}));
    let event = sio.until("event");
    assert_eq!(event["args"], json!(["question", "?"]));
    sio.r#do(&json!({"do": "reply", "ns": "/", "id": event["id"], "args": [{"$binary": "/w=="}]}));
    assert_eq!(sio.until("event")["args"], json!(["answered", {"$binary": "/w=="}]));

    sio.r#do(&json!({"do": "emit", "args": ["silent"], "ack": true, "tag": 7, "timeout": 20}));
    let error = sio.until("ack_error");
    assert_eq!((&error["tag"], &error["message"]), (&json!(7), &json!("timeout")));
    sio.r#do(&json!({"do": "exit"}));
    let rest = sio.end();
    assert_eq!(rest[0]["reason"], "io client disconnect");
    assert_eq!(rest[1]["is"], "close");
}

#[test]
fn namespaces_and_auth() {
    let server = node(&json!({}));
    let mut sio = Sio::machine(&server.url(), &["--ns", "none", "--auth", r#"{"who":"all"}"#]);
    sio.r#do(&json!({"do": "emit", "ns": "/other", "args": ["auth"], "ack": true, "tag": "a"}));
    sio.r#do(&json!({"do": "state"}));
    let state = sio.next();
    assert_eq!(
        (&state["transport"], &state["connected"], &state["buffered"]),
        (&Value::Null, &json!([]), &json!(1))
    );
    sio.r#do(&json!({"do": "connect", "ns": "/other"}));
    assert_eq!(sio.until("ack")["args"], json!([{"who": "all"}]));
    sio.r#do(&json!({"do": "connect", "ns": "/", "auth": {"who": "me"}}));
    sio.r#do(&json!({"do": "emit", "args": ["auth"], "ack": true, "tag": "b"}));
    assert_eq!(sio.until("ack")["args"], json!([{"who": "me"}]));

    sio.r#do(&json!({"do": "connect", "ns": "/refused"}));
    let refused = sio.until("connect_error");
    assert_eq!((&refused["message"], &refused["data"]), (&json!("not you"), &json!({"code": 7})));
    sio.r#do(&json!({"do": "connect", "ns": "/nowhere"}));
    assert_eq!(sio.until("connect_error")["message"], "Invalid namespace");

    sio.r#do(&json!({"do": "state"}));
    assert_eq!(sio.until("state")["connected"], json!(["/other", "/"]));
    sio.r#do(&json!({"do": "disconnect", "ns": "/"}));
    assert_eq!(sio.until("disconnect")["reason"], "io client disconnect");
    sio.r#do(&json!({"do": "disconnect", "ns": "/other"}));
    assert_eq!(sio.until("close")["reason"], "forced close");
    sio.r#do(&json!({"do": "connect", "ns": "/other"}));
    assert_eq!(sio.until("connect")["ns"], "/other");
}

#[test]
fn drop_and_return() {
    let mut server = node(&json!({"recovery": true}));
    let mut sio = Sio::machine(&server.url(), &["--transports", "polling,websocket"]);
    assert_eq!(sio.until("open")["transport"], "polling");
    assert_eq!(sio.until("upgrade")["transport"], "websocket");
    server.tell("broadcast", &json!("here"));
    assert_eq!(sio.until("event")["args"][1], "here");
    sio.r#do(&json!({"do": "emit", "args": ["silent"], "ack": true, "tag": "lost"}));
    sio.r#do(&json!({"do": "drop"}));
    sio.r#do(&json!({"do": "emit", "args": ["give back", 1], "ack": true, "tag": "kept"}));
    assert_eq!(sio.until("disconnect")["reason"], "transport close");
    let lost = sio.until("ack_error");
    assert_eq!((&lost["tag"], &lost["message"]), (&json!("lost"), &json!("disconnected")));
    let attempt = sio.until("reconnect_attempt");
    let delay = attempt["delay"].as_u64().unwrap();
    assert!(attempt["attempt"] == 1 && (20..=60).contains(&delay), "{attempt}");
    assert_eq!(sio.until("reconnect")["attempt"], 1);
    assert_eq!(sio.until("connect")["recovered"], true);
    assert_eq!(sio.until("ack")["tag"], "kept");
}

#[test]
fn attempts_end() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("ws://127.0.0.1:{port}");
    let mut sio = Sio::machine(&url, &["--reconnection-attempts", "2"]);
    assert_eq!(sio.next()["is"], "connect_error");
    for attempt in 1..=2 {
        assert_eq!(sio.next()["attempt"], attempt);
        assert_eq!(sio.next()["ns"], "/");
        assert_eq!(sio.next()["is"], "reconnect_error");
    }
    assert_eq!(sio.next()["is"], "reconnect_failed");
    assert!(sio.end().is_empty());

    let mut sio = Sio::machine(&url, &["--no-reconnection"]);
    assert_eq!(sio.next()["is"], "connect_error");
    assert!(sio.end().is_empty());
}

#[test]
fn what_was_emitted_before_the_end_arrives() {
    let server = node(&json!({}));
    let mut listener = Sio::machine(&server.url(), &[]);
    listener.until("connect");
    for last in [r#"{"do":"close"}"#, r#"{"do":"exit"}"#, ""] {
        let mut sio = Sio::machine(&server.url(), &[]);
        for number in 0..100 {
            sio.r#do(&json!({"do": "emit", "args": ["shout", number]}));
        }
        sio.say(last);
        sio.end();
        for number in 0..100 {
            assert_eq!(listener.until("event")["args"], json!(["shouted", number]));
        }
    }
}

#[test]
fn retries() {
    let server = node(&json!({}));
    let mut sio = Sio::machine(&server.url(), &["--retries", "1", "--ack-timeout", "500"]);
    sio.r#do(&json!({"do": "emit", "args": ["silent"], "ack": true, "tag": "never"}));
    sio.r#do(&json!({"do": "emit", "args": ["give back", 1], "ack": true, "tag": "then"}));
    assert_eq!(sio.until("ack_error")["message"], "timeout");
    assert_eq!(sio.until("ack")["tag"], "then");
}

#[test]
fn bad_input_is_said_and_the_command_goes_on() {
    let server = node(&json!({}));
    let mut sio = Sio::machine(&server.url(), &[]);
    sio.until("connect");
    for line in [
        "nonsense",
        "[]",
        r#"{"do":"emit","args":["disconnect"]}"#,
        r#"{"do":"emit"}"#,
        r#"{"do":"emit","args":["a",{"$binary":"A"}]}"#,
        r#"{"do":"emit","args":["a",{"$binary":1}]}"#,
        r#"{"do":"emit","ns":"a,b","args":["a"]}"#,
        r#"{"do":"connect","ns":"no-slash"}"#,
        r#"{"do":"reply","id":99,"args":[]}"#,
    ] {
        sio.say(line);
        let bad = sio.next();
        assert!(bad["is"] == "bad_input" && bad["message"].is_string(), "{line}: {bad}");
    }
    sio.r#do(&json!({"do": "emit", "args": ["give back", 1], "ack": true, "tag": "t"}));
    assert_eq!(sio.until("ack")["args"], json!([1]));
}

#[test]
fn query_headers_and_path() {
    let server = node(&json!({"path": "/x"}));
    let url = server.url() + "/?a=1";
    let flags = ["--query", "b=2 3", "--header", "X-Test: yes", "--path", "/x"];
    let mut sio = Sio::machine(&url, &flags);
    sio.r#do(&json!({"do": "emit", "args": ["handshake"], "ack": true, "tag": "t"}));
    let ack = sio.until("ack");
    let handshake = &ack["args"][0];
    assert_eq!((&handshake["query"]["a"], &handshake["query"]["b"]), (&json!("1"), &json!("2 3")));
    assert_eq!(handshake["headers"]["x-test"], "yes");
}
