//! A stretch of network that can swallow everything, or tear.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

pub(crate) struct Network {
    address: SocketAddr,
    swallowing: Arc<AtomicBool>,
}

impl Network {
    /// To the server at this URL.
    pub(crate) async fn to(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = url.strip_prefix("http://").unwrap().to_owned();
        let swallowing = Arc::new(AtomicBool::new(false));
        let flag = swallowing.clone();
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let Ok(server) = TcpStream::connect(&server).await else {
                    continue;
                };
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                tokio::spawn(carry(from_client, to_server, flag.clone()));
                tokio::spawn(carry(from_server, to_client, flag.clone()));
            }
        });
        Self { address, swallowing }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on nothing comes through on the connections that there are, and nothing tells.
    pub(crate) fn swallow(&self, everything: bool) {
        self.swallowing.store(everything, Ordering::SeqCst);
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, swallowing: Arc<AtomicBool>) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        if !swallowing.load(Ordering::SeqCst) && to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
    if swallowing.load(Ordering::SeqCst) {
        // Not even the end is heard of.
        std::future::pending::<()>().await;
    }
}
