//! As much of HTTP as signing in takes: one request after the other on one connection.

use crate::failure::Failure;
use memchr::memmem;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) struct Http {
    stream: TcpStream,
    address: SocketAddr,
}

impl Http {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await.map_err(Failure::io("connecting"))?;
        stream.set_nodelay(true).map_err(Failure::io("connecting"))?;
        Ok(Self { stream, address })
    }

    /// The body of the answer, whatever its status.
    pub(crate) async fn post(&mut self, path: &str, json: &str) -> Result<Vec<u8>, Failure> {
        let (host, length) = (self.address, json.len());
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{json}"
        );
        let failed = Failure::io("asking over HTTP");
        self.stream.write_all(request.as_bytes()).await.map_err(&failed)?;
        let mut answer = Vec::new();
        loop {
            if self.stream.read_buf(&mut answer).await.map_err(&failed)? == 0 {
                return Err(Failure::Gone);
            }
            if let Some(body) = body(&answer)? {
                return Ok(body.to_vec());
            }
        }
    }
}

/// `None` while some of it is missing.
fn body(answer: &[u8]) -> Result<Option<&[u8]>, Failure> {
    let Some(end) = memmem::find(answer, b"\r\n\r\n") else { return Ok(None) };
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.and_then(|text| text.trim().parse().ok()).ok_or_else(|| {
        Failure::Answer(format!("no length: {}", head.lines().next().unwrap_or_default()))
    })?;
    Ok(answer[end + 4..].get(..length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_as_long_as_the_head_says() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        assert_eq!(body(answer).unwrap(), Some(&b"hello"[..]));
        assert_eq!(body(&answer[..answer.len() - 1]).unwrap(), None);
        assert_eq!(body(&answer[..20]).unwrap(), None);
        assert!(body(b"HTTP/1.1 200 OK\r\n\r\nhello").is_err());
    }
}
