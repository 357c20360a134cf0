use super::CommandError;
use crate::config::Health;
use crate::storage::in_words;
use crate::terminal::say;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const ANSWER_WITHIN: Duration = Duration::from_secs(5);

pub(super) async fn run(health: &Health) -> Result<(), CommandError> {
    let address = within_reach(health.address);
    let unwell = |told: String| CommandError::Unwell { address, told };
    let asked = timeout(ANSWER_WITHIN, ask(address)).await;
    let answer = asked
        .map_err(|_| unwell(format!("no answer within {} s", ANSWER_WITHIN.as_secs())))?
        .map_err(|error| unwell(in_words(&error)))?;
    // "HTTP/1.0 200 OK"
    let status = answer.lines().next().unwrap_or_default();
    if status.split(' ').nth(1) != Some("200") {
        return Err(unwell(status.to_owned()));
    }
    say("ok");
    Ok(())
}

/// Where the server listens for everyone it listens for this machine, too.
fn within_reach(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        });
    }
    address
}

/// One question, for which an HTTP client would be much to carry.
async fn ask(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let question = format!("GET /health HTTP/1.0\r\nHost: {address}\r\n\r\n");
    stream.write_all(question.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}
