use crate::config::{Settings, Storage};
use crate::http::assets::Assets;
use crate::{fanout, namespaces, router};
use chat::Chat;
use chat::store::OpenError;
use chat::store::sqlite::Sqlite;
use socketioxide::SocketIo;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const DATABASE: &str = "beseda.sqlite";
/// Together, what a stop may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
const WRITE_WITHIN: Duration = Duration::from_secs(5);

/// Why Beseda could not start, in one sentence for the person who started it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("can't listen on {address}: {}; choose another place with --address", in_words(source))]
    Listen { address: SocketAddr, source: io::Error },
    #[error("can't keep data in {}: {}; choose another directory with --data-dir", path.display(), in_words(source))]
    DataDir { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Database(#[from] OpenError),
}

/// The system's words without its error number.
fn in_words(error: &io::Error) -> String {
    let words = error.to_string();
    let end = words.find(" (os error").unwrap_or(words.len());
    words[..end].to_lowercase()
}

/// A running server. A test starts one on port 0 as the program does on its own.
pub struct Server {
    address: SocketAddr,
    chat: Chat,
    io: SocketIo,
    stopping: CancellationToken,
    serving: JoinHandle<()>,
}

impl Server {
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let database = prepare(&settings.storage)?;
        let (listener, address) = listen(settings.http.address).await?;
        let (chat, announcements) = Chat::open(Arc::new(Sqlite::open(&database).await?));
        let (sockets, io) = namespaces::build(&settings.engine, &chat);
        tokio::spawn(fanout::run(io.clone(), announcements));
        let router = router::build(chat.clone(), Assets::load()).layer(sockets);
        let stopping = CancellationToken::new();
        let stop = stopping.clone().cancelled_owned();
        let serving = tokio::spawn(async move {
            let serve = axum::serve(listener, router).with_graceful_shutdown(stop);
            if let Err(error) = serve.await {
                tracing::error!(%error, "the listener failed");
            }
        });
        Ok(Self { address, chat, io, stopping, serving })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes no more connections, closes the sockets, answers what was asked, and keeps what was acked.
    pub async fn stop(self) {
        self.stopping.cancel();
        let answered = async {
            self.io.close().await;
            let _ = self.serving.await;
        };
        if tokio::time::timeout(ANSWER_WITHIN, answered).await.is_err() {
            tracing::warn!("not everyone left in time");
        }
        if tokio::time::timeout(WRITE_WITHIN, self.chat.close()).await.is_err() {
            tracing::error!("the last messages could not be written in time");
        }
    }
}

/// Makes the data directory, and finds out now rather than at the first message whether one can write.
fn prepare(storage: &Storage) -> Result<PathBuf, StartError> {
    let path = &storage.data_dir;
    let probe = path.join(".beseda-can-write");
    std::fs::create_dir_all(path)
        .and_then(|()| std::fs::write(&probe, b""))
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|source| StartError::DataDir { path: path.clone(), source })?;
    Ok(path.join(DATABASE))
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}
