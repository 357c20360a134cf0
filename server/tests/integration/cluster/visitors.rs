//! The open door on several nodes.

use super::{Town, see};
use crate::house::{PATIENCE, next};
use crate::program;
use protocol::event::MessageChanged;
use serde_json::{Value, json};
use socketio_client::{Client, Event, Namespace, Stream};

/// A tutorial's client.
struct Visitor {
    door: Namespace,
    _client: Client,
}

impl Visitor {
    fn knock(url: &str) -> Self {
        let client = Client::builder(url).reconnection(false).build().unwrap();
        let door = client.namespace("/").unwrap();
        door.connect();
        Self { door, _client: client }
    }

    /// Is in, and says so.
    async fn join(&self, name: &str) {
        let mut said = self.door.stream("message");
        self.door.emit("join", &json!({ "username": name })).unwrap();
        self.door.emit("sendMessage", &json!({ "text": "I am here" })).unwrap();
        hears(&mut said, |message| message["text"] == "I am here").await;
    }
}

async fn hears(stream: &mut Stream<Event>, is_it: impl Fn(&Value) -> bool) {
    let heard = async { while !is_it(&next::<Value>(stream).await) {} };
    tokio::time::timeout(PATIENCE, heard).await.expect("to hear it");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_nodes_visitors_hear_in_their_own_words() {
    let town = Town::of(2).await;
    let anna = town.person(0, "Anna").await;
    anna.join().await;
    let guest = Visitor::knock(&town.nodes[1].url);
    let mut said = guest.door.stream("message");
    let mut lists = guest.door.stream("userList");
    guest.join("Gus").await;
    see(std::slice::from_ref(&anna), 2).await;
    hears(&mut lists, |names| *names == json!(["Anna", "Gus"])).await;
    anna.say("hello").await.unwrap();
    hears(&mut said, |message| message["user"] == "Anna" && message["text"] == "hello").await;
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_whose_node_dies_is_the_same_on_another() {
    let town = Town::of(1).await;
    let dir = tempfile::tempdir().unwrap();
    let (mut program, url) = program::start_with(dir.path(), &town.flags()).await;
    let anna = town.person(0, "Anna").await;
    anna.join().await;
    let mut heard = anna.chat.stream("message");
    let mut joins = async |url: &str| {
        let guest = Visitor::knock(url);
        guest.join("Gus").await;
        (guest, next::<MessageChanged>(&mut heard).await.message.user)
    };
    let (_there, gus) = joins(&url).await;
    see(std::slice::from_ref(&anna), 2).await;
    // While the other node lives, there are two of that name.
    let (_second, second) = joins(&town.nodes[0].url).await;
    assert_eq!(second.name, "Gus 2");
    program.kill().await.unwrap();
    let (_here, same) = joins(&town.nodes[0].url).await;
    assert_eq!(same, gus);
    town.close().await;
}
