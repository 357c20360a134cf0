use crate::cluster::{Cluster, ClusterError, abreast};
use crate::config::{Http, RegistrationChoice, Settings, Switch};
use crate::doors::{Doors, Neighbours};
use crate::fanout::Fanout;
use crate::http::address;
use crate::http::assets::Assets;
use crate::http::connections::{Connections, Peer};
use crate::http::engine::{self, Gate};
use crate::http::entry;
use crate::http::mirror::Mirror;
use crate::http::origin::{self, Allowed};
use crate::http::request;
use crate::namespaces::CHAT;
use crate::open_door::{self, Teller, Visitors};
use crate::socket::Hall;
use crate::stats::Gauge;
use crate::storage::{Lock, StorageError, in_words};
use crate::telemetry::door::{self, Admits};
use crate::telemetry::metrics::Metrics;
use crate::telemetry::scrape::{self, Scrape};
use crate::{namespaces, router};
use ::http::StatusCode;
use app::ssr::Record;
use axum::{Router, middleware};
use chat::limits::Rates;
use chat::{Chat, Registration, nodes};
use ipnet::IpNet;
use prometheus_client::registry::Registry;
use protocol::event::{self, Restarting};
use socketioxide::SocketIo;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;
use tower::Layer;
use tower_http::timeout::TimeoutLayer;

/// A body that hasn't come by then has a slow sender, or one who means harm.
const REQUEST_WITHIN: Duration = Duration::from_secs(30);
/// Together, what a stop may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
const WRITE_WITHIN: Duration = Duration::from_secs(5);

/// A restart takes about this long; people come back over the time that follows.
const BACK_AFTER_MS: u64 = 500;
const BACK_WITHIN_MS: u64 = 4_500;

/// Why Beseda could not start, in one sentence for the person who started it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("can't listen on {address}: {}; choose another place with {option}", in_words(source))]
    Listen { address: SocketAddr, option: &'static str, source: io::Error },
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    #[error(
        "--redis-url joins several nodes on one PostgreSQL database; give its address with --database-url"
    )]
    NoDatabase,
    #[error(
        "--redis-url joins several nodes, and each must take the others' tokens; give all of them the same --secret"
    )]
    NoSecret,
}

/// A running server. A test starts one on port 0 as the program does on its own.
pub struct Server {
    address: SocketAddr,
    metrics_address: Option<SocketAddr>,
    chat: Chat,
    io: SocketIo,
    cluster: Option<Arc<Cluster>>,
    /// No one new is sent here any more.
    leaving: CancellationToken,
    stopping: CancellationToken,
    serving: JoinHandle<()>,
    /// What runs beside.
    tasks: JoinSet<()>,
    _lock: Lock,
}

impl Server {
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let cluster = join_others(&settings).await?.map(Arc::new);
        let lock = settings.storage.lock(cluster.is_some()).await?;
        let (listener, address) = listen(settings.http.address, "--address").await?;
        let apart = match settings.telemetry.metrics_address {
            Some(address) => Some(listen(address, "--metrics-address").await?),
            None => None,
        };
        let store = settings.storage.open().await?;
        let (chat, announcements) = Chat::open(store, house(&settings, cluster.as_deref())?);
        let http = &settings.http;
        let neighbours = cluster.as_ref().map(|cluster| Neighbours {
            board: Arc::clone(&cluster.board),
            elsewhere: Arc::clone(&cluster.elsewhere),
        });
        let doors = Doors::new(http.max_connections, http.max_connections_per_address, neighbours);
        let mut registry = Registry::default();
        let metrics = Arc::new(Metrics::new(&mut registry));
        let hall = Hall {
            chat: chat.clone(),
            doors: Arc::new(doors),
            metrics: Arc::clone(&metrics),
            record: Record::default(),
        };
        let (sockets, io) = namespaces::build(&settings.engine, &hall);
        let visitors = Arc::<Visitors>::default();
        if settings.people.open_door == Switch::On {
            open_door::open(&io, &hall, &visitors);
        }
        let house = scrape::House {
            chat: chat.clone(),
            io: io.clone(),
            doors: Arc::clone(&hall.doors),
            cluster: cluster.clone(),
        };
        let scrape = Scrape::new(registry, house);
        let Hall { doors, record, .. } = hall;
        let gauge = Gauge::new(chat.clone(), doors, Arc::clone(&metrics), record.clone());
        let teller =
            Teller::new(io.clone(), chat.clone(), Arc::clone(&visitors), Arc::clone(&metrics));
        let fanout = Fanout::new(io.clone(), chat.clone(), Arc::clone(&metrics), teller);
        tokio::spawn(fanout.run(announcements, gauge));
        let mut tasks = JoinSet::new();
        if let Some(cluster) = &cluster {
            cluster.start(&chat);
        }
        if settings.storage.is_shared() {
            let heard = move || visitors.rooms();
            tasks.spawn(abreast::keep(chat.clone(), cluster.clone(), heard));
        }
        let (stopping, leaving) = (CancellationToken::new(), CancellationToken::new());
        let old_too = settings.engine.engine_v3 == Switch::On;
        let gate = Gate { old_too, metrics: Arc::clone(&metrics) };
        let (apart, metrics_address) = apart.unzip();
        let token = settings.telemetry.metrics_token.as_deref();
        let shown = show_metrics(scrape, token, apart, &mut tasks);
        // A poll lasts as long as nothing happens, which is until the next ping.
        let slowest = settings.engine.ping_interval + REQUEST_WITHIN;
        let allowed: Allowed = http.allowed_origins.clone().into();
        let mirror = Mirror::new(settings.storage.secret()?);
        let (assets, going) = (Assets::load(), leaving.clone());
        let inside =
            router::build(chat.clone(), cluster.clone(), assets, mirror, record, going, shown);
        // Around the sockets too.
        let router = Router::new()
            .fallback(entry::enter)
            .with_state(sockets.layer(inside))
            .layer(middleware::from_fn_with_state(allowed, origin::check))
            .layer(middleware::from_fn_with_state(gate, engine::check))
            .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, slowest));
        let router = router::with_client(router)
            .layer(middleware::from_fn_with_state(proxies(http), address::find_out))
            .layer(middleware::from_fn(request::identify));
        let service = router.into_make_service_with_connect_info::<Peer>();
        let listener = Connections::new(listener, http.max_connections, metrics);
        let stop = stopping.clone().cancelled_owned();
        let serving = tokio::spawn(async move {
            let serve = axum::serve(listener, service).with_graceful_shutdown(stop);
            if let Err(error) = serve.await {
                tracing::error!(%error, "the listener failed");
            }
        });
        Ok(Self {
            address,
            metrics_address,
            chat,
            io,
            cluster,
            leaving,
            stopping,
            serving,
            tasks,
            _lock: lock,
        })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it shows its metrics, where that is a place of their own.
    pub fn metrics_url(&self) -> Option<String> {
        self.metrics_address.map(|address| format!("http://{address}/metrics"))
    }

    /// What this server serves, for whoever embeds it.
    pub fn chat(&self) -> &Chat {
        &self.chat
    }

    /// Takes no more connections, closes the sockets, answers what was asked, and keeps what was acked.
    pub async fn stop(mut self) {
        self.leaving.cancel();
        self.tasks.abort_all();
        self.stopping.cancel();
        self.say_goodbye();
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
        if let Some(cluster) = self.cluster {
            cluster.leave().await;
        }
    }

    /// Tells everyone when to come back: not all of them at once.
    fn say_goodbye(&self) {
        let sockets = self.io.of(CHAT).map(|chat| chat.local().sockets()).unwrap_or_default();
        let count = sockets.len() as u64;
        for (place, socket) in (0..).zip(sockets) {
            let spread = place * BACK_WITHIN_MS / count.max(1);
            let restarting = Restarting { retry_after: BACK_AFTER_MS + spread };
            // Whoever doesn't hear it comes back all the same.
            let _ = socket.emit(event::RESTARTING, &restarting);
        }
    }
}

/// What `chat` wants to know of the settings.
fn house(settings: &Settings, cluster: Option<&Cluster>) -> Result<chat::Settings, StorageError> {
    let people = &settings.people;
    let mut rates = Rates::default();
    for limit in &people.limit {
        // Checked when the settings were read.
        let _ = rates.set(limit);
    }
    Ok(chat::Settings {
        guests: people.guests == Switch::On,
        registration: match people.registration {
            RegistrationChoice::Open => Registration::Open,
            RegistrationChoice::Invite => Registration::Invite,
            RegistrationChoice::Closed => Registration::Closed,
        },
        edit_within: people.edit_within,
        keep_days: settings.storage.keep_days,
        rates,
        others: cluster.map_or_else(nodes::alone, Cluster::others),
        tally: cluster.map(Cluster::tally),
        ..chat::Settings::new(settings.storage.secret()?)
    })
}

/// `None` for a node that is to be alone.
async fn join_others(settings: &Settings) -> Result<Option<Cluster>, StartError> {
    let Some(urls) = &settings.nodes.redis_url else { return Ok(None) };
    if !settings.storage.is_shared() {
        return Err(StartError::NoDatabase);
    }
    if settings.storage.secret.is_none() {
        return Err(StartError::NoSecret);
    }
    let secret = settings.storage.secret()?.fingerprint();
    Ok(Some(Cluster::join(urls, secret).await?))
}

fn proxies(http: &Http) -> Arc<[IpNet]> {
    http.trusted_proxies.clone().into()
}

/// On a listener of their own, where there is one; what is left is for the main address.
fn show_metrics<S: Clone + Send + Sync + 'static>(
    scrape: Scrape,
    token: Option<&str>,
    apart: Option<TcpListener>,
    tasks: &mut JoinSet<()>,
) -> Router<S> {
    let scrape = Arc::new(scrape);
    let Some(listener) = apart else {
        return door::router(scrape, Admits::bearer_of(token, Admits::NoOne));
    };
    let metrics: Router = door::router(scrape, Admits::bearer_of(token, Admits::Everyone));
    tasks.spawn(async move {
        if let Err(error) = axum::serve(listener, metrics).await {
            tracing::error!(%error, "the listener for metrics failed");
        }
    });
    Router::new()
}

async fn listen(
    address: SocketAddr,
    option: &'static str,
) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, option, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}
