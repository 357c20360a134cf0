use socketio_client::codec::Attachments;
use socketio_client::core::{Action, Config, EmitOptions, Notice, State};

use crate::bench::{Bench, OPEN};

#[cfg(feature = "recovery")]
#[test]
fn recovery_shows_what_it_has() {
    let mut bench = Bench::new(Config::default());
    bench.core.set_auth(bench.ns, socketio_client::core::Auth::Value(r#"{"token":"t"}"#.into()));
    bench.input(socketio_client::core::Input::Opened);
    bench.hear(OPEN);
    assert_eq!(bench.sent(), [r#"40{"token":"t"}"#]);
    bench.hear(r#"40{"sid":"n","pid":"p"}"#);
    bench.hear(r#"42["a","offset-1"]"#);
    bench.hear(r#"42["b",7]"#);
    bench.lose();
    bench.core.try_now(0);
    bench.expect_connect();
    bench.hear(OPEN);
    assert_eq!(bench.sent(), [r#"40{"pid":"p","offset":"offset-1","token":"t"}"#]);
    bench.notices();
    bench.hear(r#"40{"sid":"n","pid":"p"}"#);
    let notices = bench.notices();
    assert!(format!("{notices:?}").contains("recovered: true"));
}

#[cfg(feature = "auth")]
#[test]
fn auth_is_asked_anew() {
    let mut bench = Bench::new(Config::default());
    bench.core.set_auth(bench.ns, socketio_client::core::Auth::Ask);
    bench.hear(OPEN);
    assert_eq!(bench.told(), ["Open", "auth?"]);
    assert!(bench.sent().is_empty());
    bench.core.provide_auth(0, bench.ns, "{}");
    bench.core.provide_auth(0, bench.ns, "{}");
    assert_eq!(bench.sent(), ["40{}"]);
}

/// A DISCONNECT before the server's answer to CONNECT would cost the whole connection.
#[test]
fn leaving_on_the_way_in() {
    let mut bench = Bench::new(Config::default());
    let other = bench.core.namespace("/other");
    bench.core.connect(0, other);
    bench.hear(OPEN);
    bench.notices();
    assert_eq!(bench.sent(), ["40", "40/other,"]);
    bench.core.disconnect(0, other);
    assert!(bench.sent().is_empty());
    bench.hear(r#"40/other,{"sid":"n"}"#);
    assert_eq!(bench.sent(), ["41/other,"]);
    assert!(bench.told().is_empty());

    bench.core.connect(0, other);
    bench.core.disconnect(0, other);
    bench.core.connect(0, other);
    assert_eq!(bench.sent(), ["40/other,"]);
    bench.hear(r#"40/other,{"sid":"n"}"#);
    assert_eq!(bench.sent(), ["41/other,", "40/other,"]);
    bench.hear(r#"40/other,{"sid":"n"}"#);
    assert_eq!(bench.told(), ["connect"]);
}

/// A Node server drops events that a DISCONNECT follows too closely.
#[cfg(feature = "linger")]
#[test]
fn a_close_lets_events_through_first() {
    let mut bench = Bench::connected(Config::default());
    bench.emit("last", EmitOptions::default());
    bench.core.close(0);
    assert_eq!(bench.core.state(), State::Idle);
    let actions = bench.actions();
    assert!(
        matches!(actions[0], Action::Send(..)) && matches!(actions[1], Action::Settle(_)),
        "{actions:?}"
    );
    bench.input(socketio_client::core::Input::Settled);
    let actions = bench.actions();
    assert!(matches!(&actions[0], Action::Send(_, frames) if frames.len() == 1));
    assert!(matches!(actions[1], Action::Close(_)));
    assert!(bench.core.is_quiet());
}

#[cfg(feature = "patience")]
#[test]
fn a_refusal_is_final_unless_it_says_when() {
    let mut bench = Bench::new(Config::default());
    let other = bench.core.namespace("/other");
    bench.core.connect(0, other);
    bench.hear(OPEN);
    bench.sent();
    bench.notices();
    bench.hear(r#"44{"message":"full","data":{"retryAfter":200}}"#);
    bench.hear(r#"44/other,"no""#);
    assert_eq!(bench.told(), ["error: full", "error: no"]);
    bench.hear("2");
    bench.pass(200);
    assert_eq!(bench.sent(), ["3", "40"]);
    bench.hear(r#"44{"message":"no"}"#);
    assert_eq!(bench.told(), ["error: no", "close"]);
    assert_eq!(bench.core.next_wake().is_some(), !bench.core.is_quiet());
}

#[cfg(feature = "replies")]
#[test]
fn an_answer_stays_with_its_connection() {
    let mut bench = Bench::connected(Config::default());
    bench.notices();
    bench.hear("421[\"ask\"]");
    let Some(Notice::Event { reply: Some(reply), .. }) = bench.notices().pop() else {
        panic!("no question");
    };
    bench.lose();
    bench.core.try_now(0);
    bench.expect_connect();
    bench.welcome();
    bench.core.reply(0, reply, "[]", Attachments::default());
    assert!(bench.sent().is_empty());
}
