use axum::Json;
use serde_json::{Value, json};

pub(crate) async fn alive() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}
