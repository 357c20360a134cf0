//! Is it alive, and should it get new people?

use crate::cluster::Cluster;
use axum::Json;
use axum::extract::State;
use chat::Chat;
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

#[derive(Clone)]
pub(crate) struct Readiness {
    pub(crate) chat: Chat,
    pub(crate) cluster: Option<Arc<Cluster>>,
    pub(crate) stopping: CancellationToken,
}

/// For load balancers: no while the server is going away, or its database is. Without Redis it serves on, but
/// what is said on other nodes comes late.
pub(crate) async fn ready(State(readiness): State<Readiness>) -> (StatusCode, Json<Value>) {
    let stopping = readiness.stopping.is_cancelled();
    let database = readiness.chat.is_working().await;
    let status =
        if database && !stopping { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = |well: bool| if well { "ok" } else { "unavailable" };
    let mut body = json!({
        "ready": status == StatusCode::OK,
        "stopping": stopping,
        "database": word(database),
    });
    if let Some(cluster) = &readiness.cluster {
        body["redis"] = word(cluster.is_up()).into();
        body["degraded"] = (!cluster.is_up()).into();
    }
    (status, Json(body))
}
