//! A way to PostgreSQL that can be cut: connections break and no new one comes about, or nothing comes through.

use sqlx::postgres::PgConnectOptions;
use std::path::PathBuf;
use std::str::FromStr;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Open,
    Cut,
    /// As behind a firewall that forgot the connection: no one hears that it is over.
    Silent,
}

pub(crate) struct Proxy {
    /// The database's address by this way.
    pub(crate) url: String,
    way: watch::Sender<Way>,
}

#[derive(Clone)]
enum Upstream {
    Socket(PathBuf),
    Address(String),
}

impl Proxy {
    pub(crate) async fn to(url: &str) -> Self {
        let options = PgConnectOptions::from_str(url).unwrap();
        let upstream = match options.get_socket() {
            Some(dir) => Upstream::Socket(dir.join(format!(".s.PGSQL.{}", options.get_port()))),
            None => Upstream::Address(format!("{}:{}", options.get_host(), options.get_port())),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (way, state) = watch::channel(Way::Open);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, upstream.clone(), state.clone()));
            }
        });
        Self { url: with_host(url, &address), way }
    }

    pub(crate) fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

async fn serve(client: TcpStream, upstream: Upstream, mut way: watch::Receiver<Way>) {
    if *way.borrow_and_update() == Way::Cut {
        return;
    }
    match upstream {
        Upstream::Socket(path) => both(client, UnixStream::connect(path).await.unwrap(), way).await,
        Upstream::Address(to) => both(client, TcpStream::connect(to).await.unwrap(), way).await,
    }
}

async fn both<A, B>(one: A, other: B, way: watch::Receiver<Way>)
where
    A: AsyncRead + AsyncWrite,
    B: AsyncRead + AsyncWrite,
{
    let ((from_one, to_one), (from_other, to_other)) = (split(one), split(other));
    let mut cut = way.clone();
    tokio::select! {
        () = pump(from_one, to_other, way.clone()) => {}
        () = pump(from_other, to_one, way) => {}
        _ = cut.wait_for(|way| *way == Way::Cut) => {}
    }
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut way: watch::Receiver<Way>,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let Ok(length @ 1..) = from.read(&mut buffer).await else { return };
        if way.wait_for(|way| *way != Way::Silent).await.is_err() {
            return;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}

/// `postgres://user@HOST/database?options`
fn with_host(url: &str, host: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap();
    let (place, database) = rest.split_once('/').unwrap();
    let user = place.rsplit_once('@').map_or(String::new(), |(user, _)| format!("{user}@"));
    format!("{scheme}://{user}{host}/{database}")
}
