use socketio_client::core::{Action, Config, EmitOptions, Input, State, Transport};

use crate::bench::{Bench, OPEN, story};

#[test]
fn silence_is_noticed_by_the_timer() {
    let mut bench = Bench::connected(Config::default());
    bench.notices();
    bench.pass(299);
    bench.hear("2");
    assert_eq!(bench.sent(), ["3"]);
    bench.pass(499);
    assert!(bench.told().is_empty());
    assert_eq!(bench.core.next_wake(), Some(bench.now + 1));
    bench.pass(1);
    assert_eq!(bench.told()[0], "ping timeout");
}

/// The timers of a page in the background sleep: an emit is the first to know how late it is.
#[test]
fn silence_is_noticed_by_an_emit() {
    let mut bench = Bench::connected(Config::default());
    bench.notices();
    bench.now += 3_600_000;
    bench.emit("a", EmitOptions::default());
    assert_eq!(bench.told(), story(&["ping timeout", "close", "waiting 1"]));
    assert_eq!((bench.sent().len(), bench.core.buffered()), (0, 1));
}

#[test]
fn waking_up_tries_at_once() {
    let mut bench = Bench::connected(Config::default());
    bench.now += 3_600_000;
    bench.core.try_now(bench.now);
    assert_eq!(bench.core.state(), State::Opening { attempt: 1 });
    bench.expect_connect();
}

#[cfg(feature = "upgrade")]
#[test]
fn the_next_transport_is_tried_and_remembered() {
    let mut bench = Bench::new(Config::default());
    bench.fail();
    assert_eq!(bench.expect_connect(), Transport::Polling);
    bench.input(Input::Polled(OPEN.into()));
    assert_eq!(bench.core.state(), State::Open { transport: Transport::Polling });
    assert!(
        !bench.actions().iter().any(|action| matches!(action, Action::Connect(..))),
        "no upgrade"
    );
    bench.fail();
    bench.core.try_now(bench.now);
    assert_eq!(bench.expect_connect(), Transport::Polling, "remembered");
    bench.input(Input::Polled(OPEN.into()));
    assert_eq!(bench.expect_connect(), Transport::WebSocket, "it may have come back: an upgrade");
}

#[test]
fn a_transport_that_hangs_leaves_time_for_the_next() {
    let mut bench = Bench::new(Config { timeout: 1000, ..Config::default() });
    bench.pass(500);
    assert_eq!(bench.expect_connect(), Transport::Polling);
    bench.pass(500);
    assert_eq!(bench.told(), story(&["error: timeout", "waiting 1"]));
}

#[cfg(feature = "patience")]
#[test]
fn attempts_end_and_begin_anew() {
    let config =
        Config { attempts: Some(1), transports: vec![Transport::WebSocket], ..Config::default() };
    let mut bench = Bench::new(config);
    bench.fail();
    assert_eq!(bench.told(), ["error: no", "waiting 1"]);
    bench.pass(1500);
    bench.expect_connect();
    bench.fail();
    assert_eq!(
        bench.told(),
        ["ReconnectAttempt", "error: no", "ReconnectError", "ReconnectFailed"]
    );
    assert_eq!((bench.core.state(), bench.core.next_wake()), (State::GaveUp, None));
    bench.core.try_now(bench.now);
    bench.expect_connect();
}

#[cfg(feature = "patience")]
#[test]
fn a_server_that_wants_time_gets_it() {
    let mut bench = Bench::new(Config::default());
    bench.input(Input::Failed { message: "503".into(), retry_after: Some(60_000) });
    assert!(bench.actions().iter().all(|action| matches!(action, Action::Abort(_))), "nor polling");
    let State::Waiting { delay, .. } = bench.core.state() else { panic!("not waiting") };
    assert!((60_000..62_000).contains(&delay), "{delay}");
}

/// A message that cannot be read, with more behind it in the same poll, must not leave the client between
/// open and closed.
#[cfg(feature = "strict")]
#[test]
fn a_poll_that_is_wrong_twice() {
    let mut bench =
        Bench::new(Config { transports: vec![Transport::Polling], ..Config::default() });
    bench.input(Input::Polled(OPEN.into()));
    bench.notices();
    bench.input(Input::Polled("42[\x1e0{}".into()));
    assert_eq!(bench.told(), ["close", "waiting 1"]);
}

#[cfg(feature = "upgrade")]
#[test]
fn an_upgrade_holds_what_is_written_meanwhile() {
    let transports = vec![Transport::Polling, Transport::WebSocket];
    let mut bench = Bench::new(Config { transports, ..Config::default() });
    bench.input(Input::Polled(OPEN.into()));
    let polling = bench.link;
    bench.input(Input::Posted);
    bench.input(Input::Polled(r#"40{"sid":"n"}"#.into()));
    let actions = bench.actions();
    let probe = actions.iter().find_map(|action| match action {
        Action::Connect(link, url) if url.contains("sid=a") => Some(*link),
        _ => None,
    });
    bench.link = probe.expect("a probe");
    bench.input(Input::Opened);
    assert_eq!(bench.sent(), ["2probe"]);
    bench.hear("3probe");
    bench.emit("a", EmitOptions::default());
    assert!(bench.actions().is_empty(), "the last poll is under way");
    let probe = std::mem::replace(&mut bench.link, polling);
    bench.input(Input::Polled("42[\"last\"]".into()));
    bench.link = probe;
    assert_eq!(bench.sent(), ["5", "42[\"a\"]"]);
    assert!(bench.told().ends_with(&["[\"last\"]".into(), "Upgrade".into()]));
}
