//! socketioxide, in this process but on a runtime of its own, so that it can be killed whole.

use std::{net::SocketAddr, time::Duration};

use futures_util::FutureExt;
use rmpv::Value;
use socketioxide::{
    SocketIo,
    extract::{AckSender, Data, SocketRef},
    handler::ConnectHandler,
};
use tokio::runtime::Runtime;

use crate::support::Server;

pub(crate) struct Oxide {
    ping_interval: Duration,
    runtime: Option<Runtime>,
    address: SocketAddr,
}

impl Oxide {
    pub(crate) async fn start() -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), Duration::from_secs(25)).await
    }

    pub(crate) async fn with_quick_heartbeat() -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), Duration::from_millis(300)).await
    }

    async fn at(address: SocketAddr, ping_interval: Duration) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let started = runtime.spawn(async move {
            let listener = tokio::net::TcpListener::bind(address).await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(async move { axum::serve(listener, router(ping_interval)).await });
            address
        });
        Self { ping_interval, address: started.await.unwrap(), runtime: Some(runtime) }
    }
}

impl Drop for Oxide {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Server for Oxide {
    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    async fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            tokio::task::spawn_blocking(move || runtime.shutdown_timeout(Duration::from_secs(5)))
                .await
                .unwrap();
        }
    }

    async fn restart(&mut self) {
        *self = Self::at(self.address, self.ping_interval).await;
    }
}

fn router(ping_interval: Duration) -> axum::Router {
    let (layer, io) = SocketIo::builder()
        .max_payload(1_000_000)
        .max_buffer_size(4096)
        .ping_interval(ping_interval)
        .ping_timeout(Duration::from_secs(1))
        .build_layer();
    io.ns("/", (async |_: SocketRef| ()).with(serve));
    io.ns("/other", (async |_: SocketRef| ()).with(serve));
    io.ns("/refused", (async |_: SocketRef| ()).with(async |_: SocketRef| Err::<(), _>("not you")));
    axum::Router::new().layer(layer)
}

/// The closures run in order; what they spawned would not. So they do all at once.
fn at_once() -> std::future::Ready<()> {
    std::future::ready(())
}

/// A middleware, because it runs before CONNECT is answered: a connect handler runs after, and what a
/// quick client sends before it has registered its listeners is dropped without a word.
async fn serve(
    socket: SocketRef,
    Data(auth): Data<serde_json::Value>,
) -> Result<(), std::convert::Infallible> {
    socket.on("echo", |socket: SocketRef, Data(value): Data<Value>| {
        socket.emit("echo", &value).unwrap();
        at_once()
    });
    socket.on("give back", |Data(value): Data<Value>, ack: AckSender| {
        ack.send(&value).unwrap();
        at_once()
    });
    socket.on("auth", move |ack: AckSender| {
        ack.send(&auth).unwrap();
        at_once()
    });
    socket.on("ask", |socket: SocketRef, Data(value): Data<Value>| async move {
        let asked =
            socket.timeout(Duration::from_secs(5)).emit_with_ack::<_, Value>("question", &value);
        let answer = asked.unwrap().await.unwrap();
        socket.emit("answered", &answer).unwrap();
    });
    socket.on("flood", |socket: SocketRef, Data(count): Data<u64>| async move {
        for number in 0..count {
            while socket.emit("number", &number).is_err() {
                tokio::task::yield_now().await;
            }
        }
    });
    socket.on("kick", |socket: SocketRef| {
        let _ = socket.disconnect();
        at_once()
    });
    socket.on("shout", |socket: SocketRef, Data(value): Data<Value>| {
        // With one node it is done when it has been asked once.
        socket.broadcast().emit("shouted", &value).now_or_never().unwrap().unwrap();
        at_once()
    });
    socket.on("silent", at_once);
    Ok(())
}
