//! Signing in: a token for each connection.

use super::server::Server;
use crate::crowd::all;
use crate::failure::Failure;
use crate::wire::http::Http;
use serde_json::Value;
use std::net::SocketAddr;
use std::ops::Range;

/// Each of them on a connection of its own.
const CLERKS: usize = 16;

/// A guest for each number, so that no two have one name.
pub(crate) async fn sign_in(
    server: &Server<'_>,
    numbers: Range<usize>,
) -> Result<Vec<String>, Failure> {
    let Some(path) = server.peer.dialect().sign_in else {
        return Ok(vec![String::new(); numbers.len()]);
    };
    let address = server.address;
    let part = numbers.len().div_ceil(CLERKS).max(1);
    let parts: Vec<Range<usize>> =
        numbers.clone().step_by(part).map(|first| first..(first + part).min(numbers.end)).collect();
    let tokens = all(parts.len(), |clerk| some(address, path, parts[clerk].clone())).await?;
    Ok(tokens.into_iter().flatten().collect())
}

async fn some(
    address: SocketAddr,
    path: &'static str,
    numbers: Range<usize>,
) -> Result<Vec<String>, Failure> {
    let mut http = Http::open(address).await?;
    let mut tokens = Vec::with_capacity(numbers.len());
    for number in numbers {
        let answer = http.post(path, &format!(r#"{{"name":"Guest {number}"}}"#)).await?;
        let answer: Value = serde_json::from_slice(&answer)
            .map_err(|_| Failure::Answer(String::from_utf8_lossy(&answer).into_owned()))?;
        let token = answer["token"].as_str().ok_or_else(|| Failure::Refused {
            asked: "signing in".into(),
            answer: answer.to_string(),
        })?;
        tokens.push(token.to_owned());
    }
    Ok(tokens)
}
