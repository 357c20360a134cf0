//! What a request looks like from here. Doctor asks it, from the other side of whatever stands between; it is told
//! only to whoever has the secret.

use super::address::{Encrypted, FORWARDED_FOR};
use super::connections::Peer;
use crate::machine;
use axum::Json;
use axum::extract::{ConnectInfo, Extension, State};
use chat::{Address, Secret};
use http::header::{AUTHORIZATION, HOST};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::sync::Arc;
use uuid::Uuid;

pub(crate) const PATH: &str = "/health/mirror";
/// Before the pass, in `Authorization`.
pub(crate) const SCHEME: &str = "Beseda-Doctor ";

/// The server that looks.
#[derive(Clone)]
pub(crate) struct Mirror {
    secret: Arc<Secret>,
    node: Uuid,
}

impl Mirror {
    pub(crate) fn new(secret: Secret) -> Self {
        Self { secret: Arc::new(secret), node: Uuid::new_v4() }
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reflection {
    /// Another one after each start.
    pub(crate) node: Uuid,
    pub(crate) version: String,
    /// Where the connection comes from.
    pub(crate) peer: SocketAddr,
    /// Where the request comes from, by all that is believed.
    pub(crate) address: String,
    /// It has come by HTTPS, by all that is believed.
    pub(crate) encrypted: bool,
    pub(crate) host: String,
    pub(crate) forwarded_for: Vec<String>,
    /// How many files the server may have open.
    pub(crate) open_files: Option<u64>,
}

/// To everyone else there is nothing here.
pub(crate) async fn show(
    State(mirror): State<Mirror>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    Extension(address): Extension<Address>,
    Extension(encrypted): Extension<Encrypted>,
    headers: HeaderMap,
) -> Result<Json<Reflection>, StatusCode> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let pass = text(AUTHORIZATION).strip_prefix(SCHEME);
    if !pass.is_some_and(|pass| mirror.secret.admits(pass)) {
        return Err(StatusCode::NOT_FOUND);
    }
    let lines = headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok());
    Ok(Json(Reflection {
        node: mirror.node,
        version: crate::server_info().version,
        peer: peer.address,
        address: address.to_string(),
        encrypted: encrypted.0,
        host: text(HOST).to_owned(),
        forwarded_for: lines
            .flat_map(|line| line.split(','))
            .map(|one| one.trim().to_owned())
            .collect(),
        open_files: machine::open_files(),
    }))
}
