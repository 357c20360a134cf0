//! A node that stops in the middle of writing, as when its machine is paused or its cable is pulled: PostgreSQL hears
//! nothing of that, and goes on keeping the room for it.

use crate::client::{By, Person};
use crate::cluster::{Cluster, PATIENCE};
use crate::postgres::execute;
use crate::process::Signal;
use sqlx::{Connection, PgConnection};
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};

/// So that the pause comes in the middle of writing.
const SLOWLY: &str = "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS \
     $$ BEGIN PERFORM pg_sleep(0.05); RETURN NEW; END $$; \
     CREATE TRIGGER slowly BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION slowly()";
/// PostgreSQL waits three seconds for a node that has begun to write.
const SOON: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_stops_while_it_writes_holds_no_one_up_for_long() {
    let cluster = Cluster::start(2, &[]).await;
    execute(&cluster.database.url(), SLOWLY).await;
    let anna = Person::come(&cluster.nodes[0].url(), "Anna", By::WebSocket).await;
    let boris = Person::come(&cluster.nodes[1].url(), "Boris", By::WebSocket).await;
    let room = anna.join("general").await;
    boris.join("general").await;
    let talking = tokio::spawn(async move {
        loop {
            anna.say(room, "on and on").await;
        }
    });
    pause_while_it_writes(&cluster).await;
    let said = timeout(SOON, boris.say(room, "and I?")).await;
    said.expect("the paused node keeps the room");
    talking.abort();
}

async fn pause_while_it_writes(cluster: &Cluster) {
    let mut database = PgConnection::connect(&cluster.database.url()).await.unwrap();
    let writing = "SELECT COUNT(*) FROM pg_stat_activity \
                   WHERE datname = current_database() AND state = 'idle in transaction'";
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        cluster.nodes[0].signal(Signal::Stop).await;
        // What it had asked for is done by then.
        sleep(Duration::from_millis(200)).await;
        let writing: i64 = sqlx::query_scalar(writing).fetch_one(&mut database).await.unwrap();
        if writing > 0 {
            return;
        }
        cluster.nodes[0].signal(Signal::Continue).await;
        sleep(Duration::from_millis(30)).await;
    }
    panic!("it never wrote when it was paused");
}
