//! A full disk, and one that can't be written to at all: what is sent is refused with `unavailable`,
//! what was said can be read, and when there is room again everything goes on by itself.
//!
//! Each test starts itself again as a child, which has a small disk of its own (a tmpfs in a mount
//! namespace that only it sees) or, where such can't be had, may write no further than so far into a file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod proof;

use chat::store::OpenError;
use chat::store::sqlite::{Durability, Sqlite};
use chat::{Chat, Identity};
use proof::{Reader, eventually, guest, open_sqlite, say, say_aloud, text_to, whole_history};
use protocol::event::CreateRoom;
use protocol::{ApiError, ClientId, ErrorCode, Message, RoomId};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use uuid::Uuid;

const MEGABYTE: usize = 1 << 20;
const WITHIN: Duration = Duration::from_secs(15);

#[test]
fn a_full_disk_is_survived() {
    let dir = tempfile::tempdir().unwrap();
    if let Some(namespace) = private_mounts() {
        run_child(
            "child_on_a_full_disk",
            namespace,
            dir.path(),
            "mount -t tmpfs -o size=8m tmpfs \"$DISK\"",
        );
    } else {
        say_aloud("no private mounts here: the child may write no more than so much into a file");
        run_child("child_on_a_full_disk", &[], dir.path(), "ulimit -S -f 4096");
    }
}

/// SQLite has its files open; whoever makes them read-only later is noticed at the next write.
#[test]
fn files_that_can_not_be_written_are_survived() {
    let dir = tempfile::tempdir().unwrap();
    run_child("child_that_can_not_write", &[], dir.path(), "true");
}

#[test]
fn a_file_that_can_not_be_written_is_told_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    run_child("child_that_opens_a_read_only_file", &[], dir.path(), "true");
}

/// How to get mounts that no one else sees, as root or as anyone.
fn private_mounts() -> Option<&'static [&'static str]> {
    let ways: [&[&str]; 2] = [&["unshare", "-m"], &["unshare", "-Urm"]];
    ways.into_iter().find(|way| {
        let mount = "mount -t tmpfs -o size=1m tmpfs /tmp";
        let mut trial = Command::new(way[0]);
        trial.args(&way[1..]).args(["sh", "-c", mount]).stderr(Stdio::null());
        trial.status().is_ok_and(|status| status.success())
    })
}

fn run_child(name: &str, namespace: &[&str], disk: &Path, prepare: &str) {
    // Writing too far into a file would end the child by a signal instead of an error.
    let script = format!("trap '' XFSZ && {prepare} && exec \"$@\"");
    let mut words: Vec<&str> = namespace.to_vec();
    words.extend(["sh", "-c", &script, "sh"]);
    let done = Command::new(words[0])
        .args(&words[1..])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", name, "--ignored", "--nocapture"])
        .env("DISK", disk)
        .env("MOUNTED", if namespace.is_empty() { "" } else { "yes" })
        .output()
        .unwrap();
    let told =
        String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    say_aloud(&told);
    assert!(done.status.success(), "{name}: {}", done.status);
    assert!(told.contains("1 passed"), "the child has run");
}

fn disk() -> Option<PathBuf> {
    std::env::var_os("DISK").map(PathBuf::from)
}

fn is_mounted() -> bool {
    std::env::var("MOUNTED").is_ok_and(|mounted| !mounted.is_empty())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the other tests start it as a process of its own"]
async fn child_on_a_full_disk() {
    let Some(disk) = disk() else { return };
    let ballast = disk.join("ballast");
    if is_mounted() {
        std::fs::write(&ballast, vec![7; 4 * MEGABYTE]).unwrap();
    }
    let mut scene = Scene::new(&disk).await;
    let refused = scene.fill().await;
    scene.stays_readable().await;
    scene.refuses(&refused).await;
    if is_mounted() {
        std::fs::remove_file(&ballast).unwrap();
    } else {
        limit_files("unlimited");
    }
    scene.goes_on(refused).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the other tests start it as a process of its own"]
async fn child_that_can_not_write() {
    let Some(disk) = disk() else { return };
    let mut scene = Scene::new(&disk).await;
    for number in 0..20 {
        scene.say(&format!("before {number}")).await.unwrap();
    }
    let lock = Lock::put_on(&disk);
    let refused = scene.message("in between");
    scene.refuses(&refused).await;
    scene.stays_readable().await;
    scene.refuses(&refused).await;
    drop(lock);
    scene.goes_on(refused).await;
}

#[tokio::test]
#[ignore = "the other tests start it as a process of its own"]
async fn child_that_opens_a_read_only_file() {
    let Some(disk) = disk() else { return };
    let scene = Scene::new(&disk).await;
    scene.chat.close().await;
    let lock = Lock::put_on(&disk);
    match Sqlite::open(&disk.join("chat.sqlite"), Durability::Full).await {
        Err(error @ OpenError::Database { .. }) => {
            assert!(error.to_string().contains("chat.sqlite"));
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("what can't be written to was opened"),
    }
    drop(lock);
}

/// The database's files can't be written any more until this is dropped, open or not.
struct Lock {
    files: Vec<String>,
    immutable: bool,
}

impl Lock {
    fn put_on(disk: &Path) -> Self {
        // Not the index of the log: it is mapped into memory, where what can't be written is a signal.
        let files = ["chat.sqlite", "chat.sqlite-wal"].map(|name| disk.join(name));
        let files = files.into_iter().filter(|file| file.exists());
        let files: Vec<String> = files.map(|file| file.to_str().unwrap().to_owned()).collect();
        // If that may be done here; else this process may write nothing to any file.
        let immutable = change(&files, "+i");
        if !immutable {
            limit_files("0");
        }
        Self { files, immutable }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.immutable {
            change(&self.files, "-i");
        } else {
            limit_files("unlimited");
        }
    }
}

fn change(files: &[String], how: &str) -> bool {
    files.iter().all(|file| run("chattr", &[how, file]))
}

fn limit_files(bytes: &str) {
    let (process, limit) = (std::process::id().to_string(), format!("--fsize={bytes}:"));
    assert!(run("prlimit", &["--pid", &process, &limit]), "prlimit {limit}");
}

fn run(program: &str, words: &[&str]) -> bool {
    let done = Command::new(program).args(words).stderr(Stdio::null()).status();
    done.is_ok_and(|status| status.success())
}

struct Scene {
    chat: Chat,
    database: PathBuf,
    anna: Identity,
    general: RoomId,
    acked: Vec<Message>,
    /// Everything that was ever sent: each is there once or not at all.
    tried: Vec<ClientId>,
    reader: Reader,
}

type Sending = protocol::event::Send;

impl Scene {
    async fn new(disk: &Path) -> Self {
        let database = disk.join("chat.sqlite");
        let chat = open_sqlite(&database).await;
        let anna = guest(&chat, "Anna").await.identity;
        let general = chat.join(&anna, "general").await.unwrap();
        let reader = Reader::of([general]);
        Self { chat, database, anna, general, acked: Vec::new(), tried: Vec::new(), reader }
    }

    fn message(&mut self, text: &str) -> Sending {
        let id = ClientId(Uuid::now_v7());
        self.tried.push(id);
        text_to(self.general, id, text)
    }

    async fn say(&mut self, text: &str) -> Result<Message, ApiError> {
        let message = self.message(text);
        self.send(message).await
    }

    async fn send(&mut self, message: Sending) -> Result<Message, ApiError> {
        let said = say(&self.chat, &self.anna, message).await?;
        self.acked.push(said.clone());
        Ok(said)
    }

    /// Says long things until one is refused.
    async fn fill(&mut self) -> Sending {
        for number in 0..10_000 {
            let message = self.message(&format!("{number} {}", "long ".repeat(800)));
            if let Err(error) = self.send(message.clone()).await {
                is_unavailable(&error);
                say_aloud(&format!("full after {number} messages"));
                return message;
            }
        }
        panic!("this disk is never full");
    }

    async fn refuses(&mut self, message: &Sending) {
        for _ in 0..20 {
            is_unavailable(&self.send(message.clone()).await.unwrap_err());
        }
        let ask = CreateRoom { name: "No room for it".repeat(4), ..CreateRoom::default() };
        if let Err(error) = self.chat.create_room(&self.anna, &ask).await {
            is_unavailable(&ApiError::from(error));
        }
    }

    async fn stays_readable(&mut self) {
        let messages = self.check().await;
        self.reader.catch_up(&self.chat, &self.anna).await;
        let synced: Vec<Message> =
            self.reader.rooms[&self.general].messages.values().cloned().collect();
        assert!(messages == synced);
        let rooms = self.chat.rooms(&self.anna).await.unwrap().rooms;
        assert_eq!(rooms[0].last_seq, messages.len() as u64);
    }

    async fn check(&self) -> Vec<Message> {
        let messages = whole_history(&self.chat, &self.anna, self.general).await;
        let acked: Vec<&Message> = messages.iter().filter(|m| self.acked.contains(m)).collect();
        assert!(acked.into_iter().eq(&self.acked), "what was acked is there, once and in order");
        for id in &self.tried {
            assert!(messages.iter().filter(|message| message.client_id == *id).count() <= 1);
        }
        let revs: Vec<u64> = messages.iter().map(|message| message.rev).collect();
        assert!(revs.iter().copied().eq(1..=revs.len() as u64), "the revs have no gap");
        messages
    }

    async fn goes_on(mut self, refused: Sending) {
        let again = async || self.send(refused.clone()).await.ok();
        let sent = eventually("it goes on by itself", WITHIN, again).await;
        assert_eq!(sent.text, refused.text.trim());
        for number in 0..50 {
            self.say(&format!("afterwards {number}")).await.unwrap();
        }
        let other = guest(&self.chat, "Boris").await.identity;
        self.chat.join(&other, "general").await.unwrap();
        self.stays_readable().await;
        self.chat.close().await;
        self.chat = open_sqlite(&self.database).await;
        self.check().await;
        self.chat.close().await;
    }
}

fn is_unavailable(error: &ApiError) {
    assert_eq!(error.code, ErrorCode::Unavailable);
    assert!(error.retry_after.is_some_and(|wait| wait > 0), "{error:?}");
}
