//! 200-byte events over loopback: how many a second, and what one costs the client's processor. The server is a
//! process of its own, so that its work is not counted.

use std::{
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::{net::TcpListener, sync::Notify};
use tokio_tungstenite::tungstenite::Message;

const EVENTS: usize = 300_000;
const OPEN: &str =
    r#"0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;

fn event() -> String {
    format!(r#"42["message",{{"text":"{}"}}]"#, "x".repeat(173))
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Ok(port) = std::env::var("SERVE") {
        return runtime.block_on(serve(port.parse().unwrap()));
    }
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut server = Command::new(std::env::current_exe().unwrap())
        .env("SERVE", port.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    use std::io::Read;
    server.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    let url = format!("http://127.0.0.1:{port}");
    for _ in 0..3 {
        runtime.block_on(measure("socketio-client", ours(url.clone())));
        runtime.block_on(measure("rust_socketio", theirs(url.clone())));
    }
    server.kill().unwrap();
    server.wait().unwrap();
}

async fn measure(name: &str, receive: impl Future<Output = Duration>) {
    let before = cpu();
    let took = receive.await;
    let cpu = cpu() - before;
    println!(
        "{name:>16}: {:>9.0} events/s, {:>5.2} µs of processor an event",
        EVENTS as f64 / took.as_secs_f64(),
        cpu.as_secs_f64() * 1e6 / EVENTS as f64,
    );
}

/// What this process has used, in user and system mode.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

#[derive(Default)]
struct Count {
    events: AtomicUsize,
    all: Notify,
}

impl Count {
    fn one(&self) {
        if self.events.fetch_add(1, Ordering::Relaxed) + 1 == EVENTS {
            self.all.notify_one();
        }
    }
}

async fn ours(url: String) -> Duration {
    let count = Arc::new(Count::default());
    let (client, chat) = socketio_client::Client::builder(&url).connect().unwrap();
    let counting = count.clone();
    let _messages = chat.on("message", move |event| {
        let _: serde_json::Value = event.get(0).unwrap();
        counting.one();
    });
    let start = Instant::now();
    chat.emit("go", ()).unwrap();
    count.all.notified().await;
    let took = start.elapsed();
    client.close();
    took
}

async fn theirs(url: String) -> Duration {
    let count = Arc::new(Count::default());
    let counting = count.clone();
    let connected = Arc::new(Notify::new());
    let opened = connected.clone();
    let client = rust_socketio::asynchronous::ClientBuilder::new(url)
        .transport_type(rust_socketio::TransportType::Websocket)
        .on("open", move |_, _| {
            opened.notify_one();
            async {}.boxed()
        })
        .on("message", move |_, _| {
            counting.one();
            async {}.boxed()
        })
        .connect()
        .await
        .unwrap();
    connected.notified().await;
    let start = Instant::now();
    client.emit("go", "").await.unwrap();
    count.all.notified().await;
    let took = start.elapsed();
    let _ = client.disconnect().await;
    took
}

async fn serve(port: u16) {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    println!();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        tokio::spawn(async move {
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            socket.send(Message::text(OPEN)).await.unwrap();
            while let Some(Ok(message)) = socket.next().await {
                let Ok(text) = message.to_text() else { continue };
                if text.starts_with("40") {
                    socket.send(Message::text(r#"40{"sid":"b"}"#)).await.unwrap();
                } else if text.starts_with("42[\"go\"") {
                    let event = Message::text(event());
                    for _ in 0..EVENTS {
                        socket.feed(event.clone()).await.unwrap();
                    }
                    socket.flush().await.unwrap();
                }
            }
        });
    }
}
