//! Fresh PostgreSQL databases, on the server that `BESEDA_TEST_POSTGRES` names or else on one that
//! `scripts/postgres` starts for this process. That script watches over its input: however this process
//! ends, the input ends with it, and the server with that.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use uuid::Uuid;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/postgres");

/// A database that is dropped with this.
pub(crate) struct Database {
    name: String,
}

impl Database {
    pub(crate) async fn new() -> Self {
        let name = format!("beseda_{}", Uuid::now_v7().simple());
        on_server(&format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")).await;
        Self { name }
    }

    pub(crate) fn url(&self) -> String {
        with_database(server(), &self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // A runtime can't wait for another one on its own thread.
        let dropping = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(on_server(&drop));
        });
        let _ = dropping.join();
    }
}

pub(crate) async fn execute(url: &str, statement: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn on_server(statement: &str) {
    execute(server(), statement).await;
}

fn with_database(server: &str, name: &str) -> String {
    let (address, options) = server.split_once('?').map_or((server, None), |(a, o)| (a, Some(o)));
    let scheme_ends = address.find("://").expect("BESEDA_TEST_POSTGRES is a URL: postgres://…") + 3;
    let host_ends = address[scheme_ends..].find('/').map_or(address.len(), |at| scheme_ends + at);
    let options = options.map(|options| format!("?{options}")).unwrap_or_default();
    format!("{}/{name}{options}", &address[..host_ends])
}

fn server() -> &'static str {
    static GIVEN: OnceLock<Option<String>> = OnceLock::new();
    static STARTED: OnceLock<Started> = OnceLock::new();
    let read = || std::env::var("BESEDA_TEST_POSTGRES").ok().filter(|url| !url.is_empty());
    let given = GIVEN.get_or_init(read);
    match given {
        Some(url) => url,
        None => &STARTED.get_or_init(start).url,
    }
}

struct Started {
    url: String,
    /// It ends when its input does: with this process.
    _script: Child,
}

fn start() -> Started {
    let mut script = Command::new(SCRIPT)
        .arg("serve")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{SCRIPT} can't be run: {error}"));
    let (mut url, mut why) = (String::new(), String::new());
    BufReader::new(script.stdout.as_mut().unwrap()).read_line(&mut url).unwrap();
    if url.is_empty() {
        script.stderr.as_mut().unwrap().read_to_string(&mut why).unwrap();
    }
    assert!(!url.is_empty(), "{why}");
    Started { url: url.trim().to_owned(), _script: script }
}
