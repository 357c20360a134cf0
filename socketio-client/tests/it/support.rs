use std::{future::Future, time::Duration};

use socketio_client::{Builder, Change, Client, Stream, Transport};

pub(crate) type Order = &'static [Transport];
pub(crate) const WEBSOCKET: Order = &[Transport::WebSocket];
pub(crate) const POLLING: Order = &[Transport::Polling];
pub(crate) const POLLING_UPGRADED: Order = &[Transport::Polling, Transport::WebSocket];

/// Longer than anything here takes; a test that waits so long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A server with the events of `tests/node/server.mjs`.
pub(crate) trait Server {
    fn url(&self) -> String;
    /// Ends without a word.
    async fn kill(&mut self);
    /// Comes back at the same address.
    async fn restart(&mut self);
}

pub(crate) fn builder(url: &str, order: Order) -> Builder {
    Client::builder(url)
        .transports(order)
        .reconnection_delay(Duration::from_millis(20), Duration::from_millis(60))
}

/// What is expected to come soon.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("nothing came")
}

/// Waits for a change that fits.
pub(crate) async fn change<T>(
    changes: &mut Stream<Change>,
    fits: impl Fn(&Change) -> Option<T>,
) -> T {
    soon(async {
        loop {
            if let Some(found) = fits(&changes.next().await) {
                return found;
            }
        }
    })
    .await
}

pub(crate) async fn connected(changes: &mut Stream<Change>, wanted: &str) -> bool {
    change(changes, |change| match change {
        Change::Connect { namespace, recovered, .. } if **namespace == *wanted => Some(*recovered),
        _ => None,
    })
    .await
}

pub(crate) async fn disconnected(changes: &mut Stream<Change>, wanted: &str) -> &'static str {
    change(changes, |change| match change {
        Change::Disconnect { namespace, reason } if **namespace == *wanted => Some(reason.as_str()),
        _ => None,
    })
    .await
}
