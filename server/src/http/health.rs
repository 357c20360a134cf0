//! Is it alive, and should it get new people?

use crate::cluster::Cluster;
use axum::Json;
use axum::extract::State;
use chat::Chat;
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

const STOPPING: &str = "it is about to stop";
const NO_DATABASE: &str = "the database doesn't answer";
const NO_REDIS: &str = "Redis doesn't answer; what is said on other nodes comes late";

pub(crate) async fn alive() -> Json<Value> {
    Json(json!({ "alive": true, "version": env!("CARGO_PKG_VERSION") }))
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
    let redis = readiness.cluster.as_ref().map(|cluster| cluster.is_up());
    let reasons =
        [(stopping, STOPPING), (!database, NO_DATABASE), (redis == Some(false), NO_REDIS)];
    let reasons: Vec<_> =
        reasons.into_iter().filter_map(|(is_so, told)| is_so.then_some(told)).collect();
    let word = |well: bool| if well { "ok" } else { "unavailable" };
    let mut body = json!({
        "ready": status == StatusCode::OK,
        "reasons": reasons,
        "stopping": stopping,
        "database": word(database),
    });
    if let Some(redis) = redis {
        body["redis"] = word(redis).into();
        body["degraded"] = (!redis).into();
    }
    (status, Json(body))
}
