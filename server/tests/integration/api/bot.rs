//! The bot of the documentation, as it stands there, with the official client from npm.

use super::PASSWORD;
use crate::house::{House, PATIENCE, Person, UNLIMITED, next};
use protocol::event::{MessageChanged, RoomPresence};
use protocol::{Message, Role};
use socketio_client::{Event, Stream};
use std::path::Path;
use tempfile::TempDir;
use tokio::process::{Child, Command};

const SHOWN: &str = "docs/bot.mjs";

/// Node finds packages only beside the program, so a copy of it goes where they are.
fn workshop() -> TempDir {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
    let packages = top.join("socketio-client/tests/node/node_modules");
    assert!(
        packages.join("socket.io-client").exists(),
        "run `npm ci` in socketio-client/tests/node first: the client from npm is not there"
    );
    let dir = tempfile::tempdir().unwrap();
    std::fs::copy(top.join(SHOWN), dir.path().join("bot.mjs")).unwrap();
    std::os::unix::fs::symlink(packages, dir.path().join("node_modules")).unwrap();
    dir
}

fn start_bot(workshop: &TempDir, url: &str) -> Child {
    let mut bot = Command::new("node");
    bot.arg("bot.mjs").current_dir(workshop.path()).kill_on_drop(true);
    bot.env("BESEDA", url).env("NAME", "Echo").env("PASSWORD", PASSWORD).spawn().unwrap()
}

async fn answer(heard: &mut Stream<Event>) -> Message {
    loop {
        let said = next::<MessageChanged>(heard).await.message;
        if said.user.name == "Echo" {
            return said;
        }
    }
}

#[tokio::test]
async fn it_answers_whoever_calls_it_also_when_it_was_away_and_never_twice() {
    let (house, workshop) = (House::open().await, workshop());
    let (echo, _) = house.account("Echo", Role::Member).await;
    echo.client.close();
    let anna = house.person("Anna").await;
    anna.join().await;
    let mut heard = anna.chat.stream("message");
    let mut came = anna.chat.stream("room-presence");

    let mut bot = start_bot(&workshop, &house.url);
    while next::<RoomPresence>(&mut came).await.user.name != "Echo" {}
    let called = anna.say("@Echo, are you there?").await.unwrap();
    assert_eq!(answer(&mut heard).await.reply_to, Some(called.id));

    bot.kill().await.unwrap();
    anna.say("no one is called").await.unwrap();
    let called = anna.say("@Echo, and now?").await.unwrap();
    let _bot = start_bot(&workshop, &house.url);
    let answered = answer(&mut heard).await;
    assert_eq!((answered.reply_to, answered.seq), (Some(called.id), 5), "{answered:?}");
    assert_eq!(answered.quote.map(|quote| (quote.seq, quote.text)), Some((4, called.text)));
    house.close().await;
}

#[tokio::test]
async fn it_comes_back_when_the_server_was_away() {
    let workshop = workshop();
    let data = tempfile::tempdir().unwrap();
    let server = serve(data.path(), "127.0.0.1:0").await;
    let url = server.url();
    let console = server.chat().console();
    let (name, password) = (protocol::Name::parse("Echo"), protocol::Password::parse(PASSWORD));
    console.add_user(&name.unwrap(), &password.unwrap(), None).await.unwrap();
    let anna = Person::connect(&url, &crate::house::sign_in(&url, "Anna").await);
    anna.join().await;
    let mut came = anna.chat.stream("room-presence");
    let _bot = start_bot(&workshop, &url);
    while next::<RoomPresence>(&mut came).await.user.name != "Echo" {}
    server.stop().await;

    let server = serve(data.path(), url.trim_start_matches("http://")).await;
    anna.join().await;
    let mut heard = anna.chat.stream("message");
    let called = anna.say("@Echo, are you back?").await.unwrap();
    let answered = tokio::time::timeout(PATIENCE, answer(&mut heard)).await.unwrap();
    assert_eq!(answered.reply_to, Some(called.id));
    server.stop().await;
}

async fn serve(data: &Path, address: &str) -> server::Server {
    let data = data.to_str().unwrap();
    let flags = ["beseda", "--address", address, "--data-dir", data, "--limit", UNLIMITED];
    let server::config::Action::Serve(settings) = server::config::Action::from_args(flags).unwrap()
    else {
        panic!("these are flags of another command");
    };
    server::Server::start(*settings).await.unwrap()
}

#[test]
fn it_is_no_longer_than_promised() {
    let text = include_str!("../../../../docs/bot.mjs");
    let code =
        text.lines().filter(|line| !line.trim().is_empty() && !line.trim().starts_with("//"));
    assert!(code.count() <= 20);
}
