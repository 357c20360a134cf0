//! `beseda doctor`: what is well it leaves as it is, and what isn't it names, with what to do.

use crate::house::House;
use protocol::Role;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) struct Said {
    output: Output,
    pub(crate) text: String,
}

impl Said {
    pub(crate) fn by_doctor(flags: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_beseda"));
        let output = command.arg("doctor").args(flags).env_clear().output().unwrap();
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        Self { output, text }
    }

    /// The line with these words begins with this verdict.
    #[track_caller]
    fn says(&self, verdict: &str, words: &str) -> &Self {
        let line = self.text.lines().find(|line| line.contains(words));
        let line = line.unwrap_or_else(|| panic!("nothing of `{words}` in:\n{}", self.text));
        assert!(line.starts_with(verdict), "{verdict}: {line}");
        assert_eq!(line.contains(" → "), verdict != "ok", "what to do: {line}");
        self
    }

    #[track_caller]
    pub(crate) fn problem(&self, words: &str) -> &Self {
        assert_eq!(self.output.status.code(), Some(1), "{}", self.text);
        let complaint = String::from_utf8_lossy(&self.output.stderr);
        assert!(complaint.contains("doctor found"), "{complaint}");
        self.says("problem", words)
    }

    #[track_caller]
    pub(crate) fn note(&self, words: &str) -> &Self {
        self.says("note", words)
    }

    #[track_caller]
    pub(crate) fn ok(&self, words: &str) -> &Self {
        self.says("ok", words)
    }

    #[track_caller]
    pub(crate) fn is_well(&self) -> &Self {
        assert!(self.output.status.success() && !self.text.contains("problem "), "{}", self.text);
        self
    }
}

/// Doctor and the server have the same settings.
fn look_at(house: &House, more: &[&str]) -> Said {
    look_in(
        house.data_dir(),
        &[&["--address", house.url.strip_prefix("http://").unwrap()], more].concat(),
    )
}

fn look_in(data_dir: &Path, more: &[&str]) -> Said {
    Said::by_doctor(&[&["--data-dir", data_dir.to_str().unwrap()], more].concat())
}

/// Where nothing listens.
pub(crate) fn nowhere() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_server_is_found_well_in_every_part() {
    let house = House::open().await;
    let owner = house.account("Olga", Role::Owner).await;
    look_at(&house, &[])
        .is_well()
        .ok("its settings go together")
        .ok("a server is using it")
        .ok("no damage")
        .ok("the clock of the server agrees")
        .ok("is ready")
        .ok("as this program")
        .ok("the first page comes, compressed")
        .ok("nothing stands between here and the server")
        .ok("a poll is held, answered at once")
        .ok("polling changes to a WebSocket");
    let by_url = look_in(house.data_dir(), &["--url", &house.url, "--transports", "websocket"]);
    by_url.is_well().ok("a WebSocket opens");
    for line in look_at(&house, &["--json"]).is_well().text.lines() {
        let finding: Value = serde_json::from_str(line).unwrap();
        assert_eq!(finding["do"].is_string(), finding["verdict"] != "ok", "{line}");
    }
    drop(owner);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_is_told_of_only_to_whoever_has_the_secret() {
    let house = House::open().await;
    let secret = ["--secret", "another secret, as long as it must be"];
    look_at(&house, &secret).is_well().note("it has another secret");
    let elsewhere = tempfile::tempdir().unwrap();
    look_in(elsewhere.path(), &["--url", &house.url]).is_well().note("its secret isn't here");
    house.close().await;
}

#[test]
fn before_the_first_start_nothing_is_wrong_and_nothing_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let (data, address) = (data.as_path(), nowhere());
    look_in(data, &["--address", &address])
        .is_well()
        .ok("beseda.sqlite will be made")
        .note("there is no account yet")
        .note("none answers at");
    assert!(!data.exists());
    let url = format!("http://{address}");
    look_in(data, &["--url", &url]).problem("none answers at");
    let shut = ["--address", &address, "--guests", "off", "--registration", "closed"];
    look_in(data, &shut).problem("no one can come in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_servers_files_stay_as_they_are() {
    let house = House::open().await;
    house.person("Anna").await.join().await;
    let dir = house.close_and_keep().await;
    let files = |dir: &Path| -> BTreeMap<PathBuf, Vec<u8>> {
        let paths = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
        paths.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    };
    let before = files(dir.path());
    look_in(dir.path(), &["--address", &nowhere()]).is_well().ok("no damage");
    assert!(before == files(dir.path()), "{:?}", files(dir.path()).keys());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_data_is_told() {
    let house = House::open().await;
    house.person("Anna").await.join().await;
    let dir = house.close_and_keep().await;
    let look = || look_in(dir.path(), &["--address", &nowhere()]);
    let secret = dir.path().join("secret");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    look().problem("others on this machine can read");
    fs::write(&secret, "short").unwrap();
    look().problem("at least 32 characters");
    fs::remove_file(&secret).unwrap();
    let database = dir.path().join("beseda.sqlite");
    let mut bytes = fs::read(&database).unwrap();
    let last = bytes.len() - 4_096;
    bytes[last..].fill(0xff);
    fs::write(&database, bytes).unwrap();
    look().problem("is damaged");
    fs::write(&database, "no database at all, ".repeat(1_000)).unwrap();
    look().problem("can't open the database");
    let file = dir.path().join("lock");
    let below = file.join("data");
    look_in(&below, &["--address", &nowhere()]).problem("can't be made in");
}

#[test]
fn a_file_that_is_no_configuration_is_told_as_always() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("beseda.toml");
    fs::write(&file, "adress = \"127.0.0.1:1\"").unwrap();
    let said = Said::by_doctor(&["--config", file.to_str().unwrap()]);
    assert_eq!(said.output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&said.output.stderr).contains("no setting called `adress`"));
}

#[test]
fn a_database_that_is_not_there_is_told_without_its_password() {
    let dir = tempfile::tempdir().unwrap();
    let address = nowhere();
    let look = |url: &str| {
        let said = look_in(dir.path(), &["--address", &address, "--database-url", url]);
        assert!(!said.text.contains("geheim"), "{}", said.text);
        said
    };
    look("mysql://a:geheim@b/c").problem("no database that Beseda knows");
    look("postgres//a:geheim@b/c").problem("no database that Beseda knows");
    look("postgres://a:geheim@127.0.0.1:1/c").problem("can't be reached");
}

#[test]
fn what_answers_there_must_be_beseda() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = other.accept().unwrap();
        let _ = stream.read(&mut [0; 1_024]);
        stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").unwrap();
    });
    let dir = tempfile::tempdir().unwrap();
    look_in(dir.path(), &["--address", &address]).problem("is no Beseda");
}
