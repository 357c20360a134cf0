//! What `/metrics` says: what was counted, and what is looked up when it is asked.

use super::metrics::shown;
use super::process::Process;
use crate::cluster::Cluster;
use crate::doors::Doors;
use crate::namespaces::NAMESPACES;
use chat::Chat;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use socketioxide::{SocketIo, TransportType};
use std::sync::Arc;

pub(crate) struct Scrape {
    registry: Registry,
    looked_up: LookedUp,
    house: House,
}

/// Where it is looked up.
pub(crate) struct House {
    pub(crate) chat: Chat,
    pub(crate) io: SocketIo,
    pub(crate) doors: Arc<Doors>,
    pub(crate) cluster: Option<Arc<Cluster>>,
}

struct LookedUp {
    clients: Gauge,
    connections: Family<Way, Gauge>,
    rooms: Gauge,
    people: Gauge,
    nodes: Gauge,
    queue: Gauge,
    database: Gauge,
    redis: Option<Gauge>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Way {
    transport: &'static str,
    namespace: &'static str,
}

impl Scrape {
    /// The registry has what [`super::metrics`] counts.
    pub(crate) fn new(mut registry: Registry, house: House) -> Self {
        house.chat.meters().register(&mut registry);
        registry.register_collector(Box::new(Process::new()));
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("beseda_build", "Which Beseda this is", version);
        let looked_up = LookedUp::new(&mut registry, house.cluster.is_some());
        Self { registry, looked_up, house }
    }

    pub(crate) async fn text(&self) -> String {
        self.looked_up.look(&self.house).await;
        let mut text = String::new();
        // Nothing is in the way of writing to a string.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

impl LookedUp {
    fn new(registry: &mut Registry, with_redis: bool) -> Self {
        let connections = Family::default();
        let help = "Sockets on this node, by the way they are connected and their namespace";
        let connections = shown(registry, "beseda_connections", help, connections);
        let mut gauge = |name, help| shown(registry, name, help, Gauge::default());
        Self {
            clients: gauge("websocket_connected_clients", "Clients connected to this node"),
            connections,
            rooms: gauge("websocket_rooms_total", "Rooms with someone in them"),
            people: gauge("beseda_people_online", "People who are here, on all nodes"),
            nodes: gauge("beseda_nodes", "Nodes that this one knows to live, with itself"),
            queue: gauge("beseda_queue_depth", "Changes that wait for their commit"),
            database: gauge("beseda_database_up", "Whether the database answers"),
            redis: with_redis.then(|| gauge("beseda_redis_up", "Whether Redis answers")),
        }
    }

    async fn look(&self, house: &House) {
        let House { chat, io, doors, cluster } = house;
        set(&self.clients, doors.count_here());
        set(&self.rooms, chat.live_rooms().await);
        set(&self.people, chat.online_count().await);
        set(&self.nodes, doors.nodes());
        set(&self.queue, chat.queued());
        set(&self.database, chat.is_working().await.into());
        if let (Some(redis), Some(cluster)) = (&self.redis, cluster) {
            set(redis, cluster.is_up().into());
        }
        for (way, count) in ways(io) {
            set(&self.connections.get_or_create(&way), count);
        }
    }
}

/// Counted anew each time: a connection may go over to another transport.
fn ways(io: &SocketIo) -> Vec<(Way, usize)> {
    let namespaces = NAMESPACES.iter().map(|namespace| namespace.path).chain(["/", EACH_ROOM]);
    let mut ways: Vec<_> = namespaces
        .flat_map(|namespace| TRANSPORTS.map(|(_, transport)| (Way { transport, namespace }, 0)))
        .collect();
    for socket in io.nsps().into_iter().flat_map(|namespace| namespace.local().sockets()) {
        let namespace = if socket.ns().starts_with("/room/") { EACH_ROOM } else { socket.ns() };
        let transport = socket.transport_type();
        let same = |way: &Way| {
            way.namespace == namespace && TRANSPORTS.contains(&(transport, way.transport))
        };
        if let Some((_, count)) = ways.iter_mut().find(|(way, _)| same(way)) {
            *count += 1;
        }
    }
    ways
}

const TRANSPORTS: [(TransportType, &str); 2] =
    [(TransportType::Polling, "polling"), (TransportType::Websocket, "websocket")];
/// However many rooms there are.
const EACH_ROOM: &str = "/room/*";

fn set(gauge: &Gauge, count: usize) {
    gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
}
