//! What the tests speak: a house on either engine, people in it, and what it announces.

mod heard;
mod house;
mod people;
pub(crate) mod postgres;
pub(crate) mod tokens;

pub(crate) use heard::Heard;
pub(crate) use house::{Engine, House, Place, SECRET, history, in_room, reply, settings, to};
pub(crate) use people::{PASSWORD, address, name, password};

use chat::Error;
use protocol::{ApiError, ErrorCode, Message};
use std::future::Future;
use std::time::{Duration, Instant};

/// However slow the machine is, what hasn't come by then won't come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Makes each of these tests two: `sqlite::…` and `postgres::…`.
macro_rules! on_both_engines {
    ($($test:ident)*) => {
        mod sqlite {
            $(#[tokio::test] async fn $test() { super::$test(crate::support::Engine::Sqlite).await; })*
        }
        mod postgres {
            $(#[tokio::test] async fn $test() { super::$test(crate::support::Engine::Postgres).await; })*
        }
    };
}
pub(crate) use on_both_engines;

pub(crate) fn refused<T>(result: Result<T, Error>) -> ApiError {
    match result {
        Ok(_) => panic!("it was allowed"),
        Err(error) => error.into(),
    }
}

/// The code of a refusal, `None` for a grant.
pub(crate) fn code<T>(result: &Result<T, Error>) -> Option<ErrorCode> {
    match result {
        Ok(_) => None,
        Err(Error::Refused(error)) => Some(error.code),
        Err(Error::Store(error)) => panic!("the store failed: {error}"),
    }
}

pub(crate) fn texts(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.text.as_str()).collect()
}

/// Asks until it is so.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, is_so: impl Fn() -> F) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
