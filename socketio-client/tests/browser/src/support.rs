use std::{future::Future, pin::pin, time::Duration};

use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use socketio_client::{Builder, Change, Client, Stream, Transport};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

pub type Order = &'static [Transport];

pub fn builder(order: Order) -> Builder {
    Client::builder("")
        .transports(order)
        .reconnection_delay(Duration::from_millis(20), Duration::from_millis(60))
}

pub async fn soon<T>(what: impl Future<Output = T>) -> T {
    match select(pin!(what), TimeoutFuture::new(10_000)).await {
        Either::Left((value, _)) => value,
        Either::Right(_) => panic!("nothing came"),
    }
}

pub async fn change<T>(changes: &mut Stream<Change>, fits: impl Fn(&Change) -> Option<T>) -> T {
    soon(async {
        loop {
            if let Some(found) = fits(&changes.next().await) {
                return found;
            }
        }
    })
    .await
}

pub async fn connected(changes: &mut Stream<Change>, wanted: &str) {
    change(changes, |change| match change {
        Change::Connect { namespace, .. } if **namespace == *wanted => Some(()),
        _ => None,
    })
    .await;
}

pub async fn disconnected(changes: &mut Stream<Change>, wanted: &str) -> &'static str {
    change(changes, |change| match change {
        Change::Disconnect { namespace, reason } if **namespace == *wanted => Some(reason.as_str()),
        _ => None,
    })
    .await
}

pub fn window() -> web_sys::Window {
    js_sys::global().unchecked_into()
}

/// Asks the test server for something.
pub async fn ask(path: &str) {
    JsFuture::from(window().fetch_with_str(path)).await.expect("the server answers");
}
