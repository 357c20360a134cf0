//! What goes wrong, and in which order: the seed tells the whole story.

use crate::cluster::Cluster;
use crate::dice::Dice;
use crate::process::Signal;
use crate::proxy::Way;
use std::fmt::{self, Display, Formatter};
use std::time::{Duration, Instant};
use tokio::time::sleep;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    Kill,
    Pause,
    RedisAway,
    PostgresCut,
    PostgresSilent,
    Rolling,
}

impl Fault {
    pub(crate) const ALL: [Self; 6] = [
        Self::Kill,
        Self::Pause,
        Self::RedisAway,
        Self::PostgresCut,
        Self::PostgresSilent,
        Self::Rolling,
    ];
}

/// Longer than a load balancer leaves a node alone that it couldn't reach (`deploy/nginx/nodes.conf`): with less between
/// two nodes, it would believe in the end that all are gone.
const BETWEEN_NODES: Duration = Duration::from_millis(2_500);
/// Until everyone who was cut off is back.
const REST: Duration = Duration::from_millis(1_500);

impl Fault {
    /// About so long, with its mending and the rest after it.
    pub(crate) fn takes(self, lasting: Duration) -> Duration {
        match self {
            Self::Rolling => 3 * (BETWEEN_NODES + Duration::from_secs(1)) + REST,
            _ => lasting + REST,
        }
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Kill => "a node killed",
            Self::Pause => "a node paused",
            Self::RedisAway => "Redis away",
            Self::PostgresCut => "PostgreSQL cut",
            Self::PostgresSilent => "PostgreSQL silent",
            Self::Rolling => "rolling restart",
        })
    }
}

/// When it began, and when everyone had had time to find out and come back.
pub(crate) struct Happened {
    pub(crate) fault: Fault,
    pub(crate) from: Instant,
    pub(crate) to: Instant,
}

/// All of them in the order of the dice.
pub(crate) fn shuffled(dice: &mut Dice) -> Vec<Fault> {
    let mut faults = Fault::ALL.to_vec();
    for place in (1..faults.len()).rev() {
        faults.swap(place, dice.roll(place + 1));
    }
    faults
}

/// Lets it happen, for so long, and mends it.
#[allow(clippy::print_stdout, reason = "a failure shows what had happened")]
pub(crate) async fn happen(
    cluster: &mut Cluster,
    fault: Fault,
    lasting: Duration,
    dice: &mut Dice,
) -> Happened {
    let from = Instant::now();
    let node = dice.roll(cluster.nodes.len());
    println!("{fault}: node{}, {lasting:?}", node + 1);
    match fault {
        Fault::Kill => {
            cluster.nodes[node].kill().await;
            sleep(lasting).await;
            cluster.nodes[node].start().await;
        }
        Fault::Pause => {
            cluster.nodes[node].signal(Signal::Stop).await;
            sleep(lasting).await;
            cluster.nodes[node].signal(Signal::Continue).await;
        }
        Fault::RedisAway => {
            cluster.redis.stop().await;
            sleep(lasting).await;
            cluster.redis.start_again().await;
        }
        Fault::PostgresCut => away(cluster, Way::Cut, lasting).await,
        Fault::PostgresSilent => away(cluster, Way::Silent, lasting).await,
        Fault::Rolling => {
            for node in &mut cluster.nodes {
                node.stop().await;
                node.start().await;
                sleep(BETWEEN_NODES).await;
            }
        }
    }
    sleep(REST).await;
    Happened { fault, from, to: Instant::now() }
}

async fn away(cluster: &Cluster, way: Way, lasting: Duration) {
    cluster.proxy.set(way);
    sleep(lasting).await;
    cluster.proxy.set(Way::Open);
}
