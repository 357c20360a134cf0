//! nginx and HAProxy with the very files in `deploy/`, before real nodes.

use crate::checker::until;
use crate::client::{By, Person, sign_in_by};
use crate::cluster::{Balancer, Cluster};
use protocol::RoomId;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use socketio_client::{Change, ClientState, Stream, Transport};
use sqlx::{Connection, PgConnection};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};

const NODES: usize = 3;
/// What both configurations wait for at most, when nothing is said, and what the tests have it be.
const LONGEST: (&str, &str) = ("75s", "2s");
const PINGS: [&str; 4] = ["--ping-interval", "500ms", "--ping-timeout", "5s"];

async fn by_nginx(cluster: &Cluster) -> Balancer {
    cluster.nginx(|text| shortened(&text)).await
}

async fn by_haproxy(cluster: &Cluster) -> Balancer {
    cluster.haproxy(|text| shortened(&text)).await
}

fn shortened(text: &str) -> String {
    assert!(text.contains(LONGEST.0));
    text.replace(LONGEST.0, LONGEST.1)
}

/// Makes each of these tests two: `nginx::…` and `haproxy::…`.
macro_rules! by_both {
    ($($test:ident)*) => {
        mod nginx {
            $(#[tokio::test(flavor = "multi_thread")] async fn $test() {
                let cluster = super::Cluster::start(super::NODES, &super::PINGS).await;
                let balancer = super::by_nginx(&cluster).await;
                super::$test(cluster, balancer).await;
            })*
        }
        mod haproxy {
            $(#[tokio::test(flavor = "multi_thread")] async fn $test() {
                let cluster = super::Cluster::start(super::NODES, &super::PINGS).await;
                let balancer = super::by_haproxy(&cluster).await;
                super::$test(cluster, balancer).await;
            })*
        }
    };
}

by_both! {
    every_way_to_connect_works_and_is_not_cut_while_nothing_is_said
    people_are_spread_and_a_cookie_keeps_them_where_they_are
    the_nodes_know_where_people_come_from
    when_a_node_goes_its_people_come_back_elsewhere
}

async fn every_way_to_connect_works_and_is_not_cut_while_nothing_is_said(
    _cluster: Cluster,
    balancer: Balancer,
) {
    let mut people = Vec::new();
    for (name, by) in [("Ws", By::WebSocket), ("Poll", By::Polling), ("Both", By::Both)] {
        let person = Person::come(&balancer.url, name, by).await;
        let room = person.join("general").await;
        people.push((person, room, by));
    }
    for (person, _, by) in &people {
        let transport = if *by == By::Polling { Transport::Polling } else { Transport::WebSocket };
        let upgraded = async || person.client.state() == ClientState::Open { transport };
        until("the transport that was wanted", upgraded).await;
    }
    let mut changes: Vec<Stream<Change>> =
        people.iter().map(|(person, _, _)| person.client.changes()).collect();
    // Longer than the balancer waits for anything: each connection lives on the pings.
    let longest = Duration::from_secs(5);
    sleep(longest).await;
    for (person, room, _) in &people {
        person.say(*room, &format!("{} is still here", person.name)).await;
    }
    heard_by_all(&people).await;
    for changes in &mut changes {
        assert_eq!(changes.try_next(), None, "a connection was cut");
    }
}

async fn heard_by_all(people: &[(Person, RoomId, By)]) {
    for (person, room, _) in people {
        let heard = async || person.story.told().rooms[room].messages.len() == people.len();
        until(&format!("{} hears everyone", person.name), heard).await;
    }
}

/// The balancer's cookie in an answer.
fn cookie(response: &reqwest::Response) -> Option<String> {
    let cookies = response.headers().get_all(SET_COOKIE).iter();
    let ours = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
    ours.map(str::to_owned).find(|cookie| cookie.starts_with("beseda_node="))
}

/// Every node has people although all come from one address; and whoever shows the cookie gets no other.
async fn people_are_spread_and_a_cookie_keeps_them_where_they_are(
    cluster: Cluster,
    balancer: Balancer,
) {
    let mut connected = Vec::new();
    for number in 0..30 {
        let person = Person::come(&balancer.url, &format!("Guest {number}"), By::WebSocket).await;
        person.join("general").await;
        connected.push(person);
    }
    let busy: BTreeSet<u16> = cluster.nodes.iter().map(|node| node.port).collect();
    let mut spread = BTreeSet::new();
    for port in busy {
        if connections_to(port).await > 5 {
            spread.insert(port);
        }
    }
    assert_eq!(spread.len(), NODES, "each node has people of its own");

    let http = reqwest::Client::new();
    let first = http.get(&balancer.url).send().await.unwrap();
    let given = cookie(&first).expect("a cookie");
    let again = http.get(&balancer.url).header("cookie", &given).send().await.unwrap();
    assert_eq!(cookie(&again), None, "there is no need for another");
    let other = http.get(&balancer.url).send().await.unwrap();
    assert!(cookie(&other).is_some());
}

/// How many sockets are connected to a port of this machine, by the kernel's account.
async fn connections_to(port: u16) -> usize {
    const ESTABLISHED: &str = "01";
    let table = tokio::fs::read_to_string("/proc/net/tcp").await.unwrap();
    let there = format!(":{port:04X}");
    let fields = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    fields.filter(|row| row[1].ends_with(&there) && row[3] == ESTABLISHED).count()
}

/// The nodes trust 127.0.0.1 alone.
async fn the_nodes_know_where_people_come_from(cluster: Cluster, balancer: Balancer) {
    let says = |address: &'static str| {
        let header = HeaderValue::from_static(address);
        let headers = HeaderMap::from_iter([(HeaderName::from_static("x-forwarded-for"), header)]);
        reqwest::Client::builder().default_headers(headers)
    };
    // As another proxy before this one.
    sign_in_by(says("192.0.2.1"), &balancer.url, "Behind a proxy").await;
    // What a client says of itself counts nothing, for the balancer says where it comes from.
    let stranger = says("192.0.2.2").local_address(Some("127.0.0.7".parse().unwrap()));
    sign_in_by(stranger, &balancer.url, "Liar").await;
    let mut database = PgConnection::connect(&cluster.database.url()).await.unwrap();
    let select =
        "SELECT s.address FROM sessions s JOIN users u ON u.id = s.user_id ORDER BY u.name";
    let addresses = sqlx::query_scalar::<_, String>(select).fetch_all(&mut database).await;
    // Of this machine itself nothing is kept.
    assert_eq!(addresses.unwrap(), ["192.0.2.1", ""]);
}

async fn when_a_node_goes_its_people_come_back_elsewhere(mut cluster: Cluster, balancer: Balancer) {
    let mut people = Vec::new();
    for number in 0..9 {
        let by = [By::Both, By::WebSocket, By::Polling][number % 3];
        let person = Person::come(&balancer.url, &format!("Guest {number}"), by).await;
        let room = person.join("general").await;
        people.push((person, room, by));
    }
    for number in 0..NODES {
        cluster.nodes[number].stop().await;
        let begun = Instant::now();
        for (person, room, _) in &people {
            let text = format!("without node{}", number + 1);
            let said = person.say(*room, &text);
            timeout(Duration::from_secs(20), said).await.expect("an answer from another node");
        }
        let longest = Duration::from_secs(20);
        assert!(begun.elapsed() < longest, "it took {:?}", begun.elapsed());
        cluster.nodes[number].start().await;
    }
    let all = NODES * people.len();
    for (person, room, _) in &people {
        let heard = async || person.story.told().rooms[room].messages.len() == all;
        until(&format!("{} has heard everything", person.name), heard).await;
    }
}
