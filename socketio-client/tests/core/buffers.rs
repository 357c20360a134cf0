use socketio_client::{
    EmitError,
    codec::Attachments,
    core::{AckToken, Config, EmitOptions, Input, Retries},
};

use crate::bench::Bench;

fn plain() -> EmitOptions {
    EmitOptions::default()
}

fn with_ack(token: u64) -> EmitOptions {
    EmitOptions { ack: Some(AckToken(token)), ..plain() }
}

#[test]
fn what_waits_is_bounded_and_says_so() {
    let mut bench =
        Bench::new(Config { max_buffered: 2, max_buffered_bytes: 100, ..Config::default() });
    bench.emit("a", plain());
    let large = format!("[\"{}\"]", "x".repeat(100));
    let refused = bench.core.emit(0, bench.ns, large, Attachments::default(), plain());
    assert!(matches!(refused, Err(EmitError::BufferFull { count: 1, .. })));
    bench.emit("b", plain());
    let refused = bench.core.emit(0, bench.ns, "[\"c\"]".into(), Attachments::default(), plain());
    assert!(matches!(refused, Err(EmitError::BufferFull { count: 2, .. })));
    bench.welcome();
    assert_eq!(bench.core.buffered(), 0, "room again");
    bench.emit("c", plain());
}

#[cfg(feature = "delivery")]
#[test]
fn volatile_is_now_or_never() {
    let volatile = EmitOptions { volatile: true, ..plain() };
    let mut bench = Bench::new(Config::default());
    bench.emit("never", volatile);
    assert_eq!(bench.core.buffered(), 0);
    bench.welcome();
    assert!(bench.sent().is_empty());
    bench.emit("now", volatile);
    assert_eq!(bench.sent(), ["42[\"now\"]"]);
    bench.emit(&"x".repeat(70_000), plain());
    bench.emit("never", volatile);
    assert_eq!(bench.sent().len(), 1, "a stalled connection takes no more");
    bench.drain();
    bench.emit("again", volatile);
    assert_eq!(bench.sent(), ["42[\"again\"]"]);
}

#[cfg(feature = "delivery")]
#[test]
fn what_expires_is_not_sent() {
    let mut bench = Bench::new(Config::default());
    bench.emit("stale", EmitOptions { expires: Some(100), ..with_ack(1) });
    bench.emit("fresh", EmitOptions { expires: Some(100_000), ..with_ack(2) });
    bench.pass(100);
    assert_eq!(bench.told(), ["ack 1 timeout"]);
    bench.input(Input::Opened);
    bench.hear(crate::bench::OPEN);
    bench.hear(r#"40{"sid":"n"}"#);
    assert_eq!(bench.sent(), ["40", "421[\"fresh\"]"]);
}

#[cfg(feature = "delivery")]
#[test]
fn an_ack_that_times_out_takes_its_event_along() {
    let mut bench = Bench::new(Config { ack_timeout: Some(50), ..Config::default() });
    bench.emit("a", with_ack(1));
    bench.emit("b", EmitOptions { timeout: Some(5000), ..with_ack(2) });
    bench.pass(50);
    assert_eq!(bench.told(), ["ack 1 timeout"]);
    assert_eq!(bench.core.buffered(), 1);
}

#[cfg(feature = "linger")]
#[test]
fn a_disconnect_fails_what_was_sent_and_keeps_what_was_not() {
    let mut bench = Bench::connected(Config::default());
    bench.emit(&"x".repeat(70_000), with_ack(1));
    bench.emit("b", with_ack(2));
    bench.emit("c", plain());
    assert_eq!(bench.core.buffered(), 2);
    bench.notices();
    bench.input(Input::Closed);
    assert_eq!(bench.told(), ["transport close", "ack 1 disconnected", "close", "waiting 1"]);
    bench.core.try_now(bench.now);
    bench.expect_connect();
    bench.welcome();
    bench.emit("d", plain());
    assert_eq!(bench.sent(), ["421[\"b\"]", "42[\"c\"]", "42[\"d\"]"], "in order");
    bench.notices();
    bench.hear("431[7]");
    bench.hear("431[7]");
    bench.hear("430[7]");
    assert_eq!(bench.told(), ["ack 2 [7]"]);
}

#[cfg(feature = "delivery")]
#[test]
fn retries_are_at_least_once_and_in_order() {
    let retries = Some(Retries { times: 1 });
    let mut bench =
        Bench::connected(Config { retries, ack_timeout: Some(50), ..Config::default() });
    bench.notices();
    bench.emit("a", with_ack(1));
    bench.emit("b", with_ack(2));
    assert_eq!(bench.sent(), ["420[\"a\"]"]);
    bench.pass(50);
    assert_eq!(bench.sent(), ["421[\"a\"]"], "again");
    bench.hear("430[]");
    assert!(bench.told().is_empty(), "an answer to the first time is too late");
    bench.pass(50);
    assert_eq!(bench.told(), ["ack 1 timeout"]);
    assert_eq!(bench.sent(), ["422[\"b\"]"]);
    bench.lose();
    assert_eq!(bench.core.buffered(), 1, "it waits for its second time");
    bench.core.try_now(bench.now);
    bench.expect_connect();
    bench.welcome();
    assert_eq!(bench.core.buffered(), 1, "until it is answered");
    bench.hear("433[]");
    assert_eq!(bench.told().last().unwrap(), "ack 2 []");
    assert_eq!(bench.core.buffered(), 0);
}

#[cfg(feature = "linger")]
#[test]
fn posts_stay_below_what_the_server_takes() {
    use socketio_client::core::{Action, Transport};
    let mut bench =
        Bench::new(Config { transports: vec![Transport::Polling], ..Config::default() });
    bench.input(Input::Polled(crate::bench::OPEN.into()));
    bench.actions();
    bench.input(Input::Posted);
    bench.input(Input::Polled(r#"40{"sid":"n"}"#.into()));
    for _ in 0..30 {
        bench.emit(&"x".repeat(92), plain());
    }
    let mut sizes = Vec::new();
    loop {
        let posts: Vec<_> = bench.actions();
        let post = posts.iter().find_map(|action| match action {
            Action::Post(_, _, body) => Some(body.len()),
            _ => None,
        });
        let Some(size) = post else { break };
        sizes.push(size);
        bench.input(Input::Posted);
    }
    assert!(sizes.iter().all(|&size| size <= 1000), "{sizes:?}");
    assert!(sizes.len() <= 5, "many in one: {sizes:?}");
}
