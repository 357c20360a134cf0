//! Everything that several nodes are made of, as programs of their own: PostgreSQL behind a way that can be cut,
//! Redis, the nodes, and a load balancer with the configuration in `deploy/`.

use crate::postgres::Database;
use crate::process::{Process, Signal};
use crate::proxy::Proxy;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than anything takes on a busy machine; only a failing test waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

const DEPLOY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy");
pub(crate) const SECRET: &str = "the secret of all the nodes of this test";
const UNLIMITED: &str = "message=off,message-burst=off,typing=off,join=off,create-room=off,login=off,\
                         search=off,upload=off,connect=off,event=off";

pub(crate) struct Cluster {
    pub(crate) nodes: Vec<Node>,
    pub(crate) redis: Redis,
    pub(crate) proxy: Proxy,
    pub(crate) database: Database,
    pub(crate) dir: TempDir,
}

impl Cluster {
    /// With these flags for every node beside those that join them.
    pub(crate) async fn start(nodes: usize, flags: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let database = Database::new().await;
        let proxy = Proxy::to(&database.url()).await;
        let redis = Redis::start(dir.path()).await;
        let mut cluster = Self { nodes: Vec::new(), redis, proxy, database, dir };
        for number in 0..nodes {
            let mut node = cluster.node(number, flags);
            node.start().await;
            cluster.nodes.push(node);
        }
        cluster
    }

    /// A node that isn't running yet.
    pub(crate) fn node(&self, number: usize, flags: &[&str]) -> Node {
        let port = free_port();
        let name = format!("node{}", number + 1);
        let (data, address) = (self.dir.path().join(&name), format!("127.0.0.1:{port}"));
        let own = [
            "--address",
            &address,
            "--data-dir",
            data.to_str().unwrap(),
            "--database-url",
            &self.proxy.url,
            "--redis-url",
            &self.redis.url,
            "--secret",
            SECRET,
            "--trusted-proxies",
            "127.0.0.1",
            "--max-connections-per-address",
            "1000",
            "--limit",
            UNLIMITED,
        ];
        let flags = own.iter().chain(flags).map(|flag| (*flag).to_owned()).collect();
        let log = self.dir.path().join(format!("{name}.log"));
        Node { port, flags, log, clock: None, process: None }
    }

    /// nginx, as in `deploy/nginx`; `adapt` changes the configuration's text.
    pub(crate) async fn nginx(&self, adapt: impl Fn(String) -> String) -> Balancer {
        let (port, dir) = (free_port(), self.dir.path().join("nginx"));
        fs::create_dir_all(&dir).unwrap();
        let place = dir.display();
        let text = fs::read_to_string(format!("{DEPLOY}/nginx/nginx.conf")).unwrap();
        fs::write(dir.join("nginx.conf"), adapt(text)).unwrap();
        let node =
            |node: &Node| format!("server 127.0.0.1:{} max_fails=1 fail_timeout=2s;\n", node.port);
        fs::write(dir.join("nodes.conf"), self.nodes.iter().map(node).collect::<String>()).unwrap();
        let listen = format!(
            "listen 127.0.0.1:{port};\nclient_body_temp_path {place}/body;\nproxy_temp_path {place}/proxy;\n"
        );
        fs::write(dir.join("listen.conf"), listen).unwrap();
        // One process, which leaves no other behind when it is killed.
        let more =
            format!("daemon off; master_process off; pid {place}/pid; error_log {place}/log;");
        let file = format!("{place}/nginx.conf");
        let args = ["-p", dir.to_str().unwrap(), "-c", &file, "-g", &more];
        Balancer::start(Process::spawn("nginx", &args, &[], &dir.join("out")), port).await
    }

    /// HAProxy, as in `deploy/haproxy.cfg`, which wants three nodes.
    pub(crate) async fn haproxy(&self, adapt: impl Fn(String) -> String) -> Balancer {
        let (port, file) = (free_port(), self.dir.path().join("haproxy.cfg"));
        let text = fs::read_to_string(format!("{DEPLOY}/haproxy.cfg")).unwrap();
        // It would want more open files than a test may have.
        let text = text.replace("maxconn 60000", "maxconn 2000");
        fs::write(&file, adapt(text)).unwrap();
        let bind = format!("127.0.0.1:{port}");
        let nodes: Vec<String> =
            self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
        let places = [
            ("BESEDA_BIND", bind.as_str()),
            ("BESEDA_NODE1", &nodes[0]),
            ("BESEDA_NODE2", &nodes[1]),
            ("BESEDA_NODE3", &nodes[2]),
        ];
        let args = ["-db", "-f", file.to_str().unwrap()];
        let log = self.dir.path().join("haproxy.log");
        Balancer::start(Process::spawn("haproxy", &args, &places, &log), port).await
    }
}

pub(crate) struct Node {
    pub(crate) port: u16,
    flags: Vec<String>,
    log: PathBuf,
    /// How far its clock is from everyone else's.
    clock: Option<(PathBuf, &'static str)>,
    process: Option<Process>,
}

impl Node {
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From the next start on; false where there is no libfaketime.
    pub(crate) fn set_clock(&mut self, skew: &'static str) -> bool {
        self.clock = faketime().map(|library| (library, skew));
        self.clock.is_some()
    }

    pub(crate) async fn start(&mut self) {
        let args: Vec<&str> = self.flags.iter().map(String::as_str).collect();
        let mut variables = vec![("RUST_BACKTRACE", "1")];
        if let Some((library, skew)) = &self.clock {
            variables.push(("LD_PRELOAD", library.to_str().unwrap()));
            variables.push(("FAKETIME", skew));
            // A timer measures; it doesn't ask what time it is.
            variables.push(("FAKETIME_DONT_FAKE_MONOTONIC", "1"));
        }
        let mut process =
            Process::spawn(env!("CARGO_BIN_EXE_beseda"), &args, &variables, &self.log);
        answers(&mut process, self.port).await;
        self.process = Some(process);
    }

    pub(crate) async fn kill(&mut self) {
        self.process.take().expect("it runs").kill().await;
    }

    /// Asks it to go, and waits until it has.
    pub(crate) async fn stop(&mut self) {
        let mut process = self.process.take().expect("it runs");
        process.signal(Signal::Terminate).await;
        let status = process.ended(PATIENCE).await;
        assert!(status.success(), "{status}: {}", process.said());
    }

    pub(crate) async fn signal(&self, signal: Signal) {
        self.process.as_ref().expect("it runs").signal(signal).await;
    }

    pub(crate) fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

pub(crate) struct Redis {
    pub(crate) url: String,
    port: u16,
    log: PathBuf,
    process: Option<Process>,
}

impl Redis {
    async fn start(dir: &Path) -> Self {
        let port = free_port();
        let url = format!("redis://127.0.0.1:{port}");
        let mut redis = Self { url, port, log: dir.join("redis.log"), process: None };
        redis.start_again().await;
        redis
    }

    /// Empty: it keeps nothing.
    pub(crate) async fn start_again(&mut self) {
        let port = self.port.to_string();
        let args = ["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
        let mut process = Process::spawn("redis-server", &args, &[], &self.log);
        listens(&mut process, self.port).await;
        self.process = Some(process);
    }

    pub(crate) async fn stop(&mut self) {
        self.process.take().expect("it runs").kill().await;
    }
}

pub(crate) struct Balancer {
    pub(crate) url: String,
    _process: Process,
}

impl Balancer {
    async fn start(mut process: Process, port: u16) -> Self {
        listens(&mut process, port).await;
        Self { url: format!("http://127.0.0.1:{port}"), _process: process }
    }
}

/// For several programs that must know of each other before they listen.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

async fn listens(process: &mut Process, port: u16) {
    let there = async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok();
    until(process, there).await;
}

async fn answers(process: &mut Process, port: u16) {
    let url = format!("http://127.0.0.1:{port}/health");
    let there = async || reqwest::get(&url).await.is_ok_and(|answer| answer.status().is_success());
    until(process, there).await;
}

async fn until(process: &mut Process, there: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !there().await {
        process.must_run();
        assert!(begun.elapsed() < PATIENCE, "it doesn't come up: {}", process.said());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn faketime() -> Option<PathBuf> {
    let dirs = fs::read_dir("/usr/lib").ok()?.flatten();
    dirs.map(|dir| dir.path().join("faketime/libfaketimeMT.so.1")).find(|library| library.exists())
}
