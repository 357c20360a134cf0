//! `beseda doctor` before nginx with the configuration in `deploy/`, and with what people leave out of it.

use crate::cluster::{Cluster, SECRET};
use std::process::Output;
use tokio::process::Command;

/// A line of the configuration, what stands there instead, and what doctor then says.
const MISTAKES: [(&str, &str, &str); 5] = [
    ("proxy_set_header Upgrade $http_upgrade;", "", "a WebSocket doesn't open"),
    ("$proxy_add_x_forwarded_for", "$http_x_forwarded_for", "as the client wrote it"),
    ("proxy_set_header Host $http_host;", "", "takes its own page for a strange one"),
    ("hash $key consistent;", "", "requests of one client come to several nodes"),
    ("proxy_read_timeout 75s;", "proxy_read_timeout 1s;", "a request that waits is cut off"),
];

#[tokio::test(flavor = "multi_thread")]
async fn doctor_says_what_a_proxy_does_wrong() {
    let cluster = Cluster::start(2, &[]).await;
    let (told, status) = look_through(&cluster, ("", "")).await;
    assert!(status, "{told}");
    assert!(told.contains("through a proxy at 127.0.0.1"), "{told}");
    assert!(told.contains("a poll is held, answered at once, and stays with its node"), "{told}");
    for (line, instead, words) in MISTAKES {
        let (told, status) = look_through(&cluster, (line, instead)).await;
        let said = told.lines().any(|line| line.starts_with("problem") && line.contains(words));
        assert!(said && !status, "{words}: {told}");
    }
}

/// What doctor says, and whether it is content.
async fn look_through(cluster: &Cluster, (line, instead): (&str, &str)) -> (String, bool) {
    let change = |text: String| {
        assert!(text.contains(line), "{line}");
        text.replace(line, instead)
    };
    let balancer = cluster.nginx(change).await;
    let mut doctor = Command::new(env!("CARGO_BIN_EXE_beseda"));
    doctor.args(["doctor", "--secret", SECRET, "--url", &balancer.url, "--data-dir"]);
    let Output { stdout, status, .. } =
        doctor.arg(cluster.dir.path()).env_clear().output().await.unwrap();
    (String::from_utf8(stdout).unwrap(), status.success())
}
