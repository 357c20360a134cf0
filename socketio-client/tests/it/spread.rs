//! A server that restarts must not be met by everybody at once.

use std::time::{Duration, Instant};

use socketio_client::Change;

use crate::{
    node::Node,
    oxide::Oxide,
    support::{Server, WEBSOCKET, builder, change, connected},
};

#[tokio::test]
async fn a_hundred_clients_come_back_to_socketioxide_spread() {
    come_back_spread(Oxide::start().await).await;
}

#[tokio::test]
async fn a_hundred_clients_come_back_to_node_spread() {
    come_back_spread(Node::start().await).await;
}

async fn come_back_spread(mut server: impl Server) {
    const DELAY: Duration = Duration::from_millis(400);
    let url = server.url();
    let mut clients = Vec::new();
    for _ in 0..100 {
        let client = builder(&url, WEBSOCKET).reconnection_delay(DELAY, DELAY).build().unwrap();
        let changes = client.changes();
        client.namespace("/").unwrap().connect();
        clients.push((client, changes));
    }
    for (_, changes) in &mut clients {
        connected(changes, "/").await;
    }
    server.kill().await;
    server.restart().await;
    let start = Instant::now();
    let mut tasks = Vec::new();
    for (client, mut changes) in clients {
        tasks.push(tokio::spawn(async move {
            let wait = |change: &Change| match change {
                Change::Waiting { delay, .. } => Some(*delay),
                _ => None,
            };
            let delay = change(&mut changes, wait).await;
            connected(&mut changes, "/").await;
            drop(client);
            (delay, start.elapsed())
        }));
    }
    let mut delays = Vec::new();
    let mut returns = Vec::new();
    for task in tasks {
        let (delay, returned) = task.await.unwrap();
        delays.push(delay);
        returns.push(returned);
    }
    // Jitter of a half, so from 200 to 600 ms; in each quarter of that some, in none a crowd.
    for slot in 0..4 {
        let from = DELAY / 2 + DELAY / 4 * slot;
        let count =
            delays.iter().filter(|&&delay| delay >= from && delay < from + DELAY / 4).count();
        assert!(
            (5..=60).contains(&count),
            "{count} of 100 wait {from:?} to {:?}",
            from + DELAY / 4
        );
    }
    returns.sort();
    println!(
        "returned after {:?} (first), {:?} (median), {:?} (last)",
        returns[0], returns[50], returns[99]
    );
}
