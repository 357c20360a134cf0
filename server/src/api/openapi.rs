//! The document of this API.

use super::route::Documentation;
use crate::schemas::reference;
use serde_json::{Value, json};

const ABOUT: &str = "\
What the events of the sockets do, over HTTP. Every answer is `{\"ok\": true, …}` or \
`{\"ok\": false, \"error\": {…}}`. Ids are UUIDs, times are Unix milliseconds.";

pub(super) fn document(documentation: Documentation) -> Value {
    let Documentation { families, paths, schemas } = documentation;
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Beseda",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/api/v1" }],
        "security": [{ "bearer": [] }, { "cookie": [] }],
        "tags": families,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": { "Refused": refused() },
            "securitySchemes": security(),
        },
    })
}

fn refused() -> Value {
    let wait = json!({
        "description": "Seconds until another try makes sense.",
        "schema": { "type": "integer" },
    });
    json!({
        "description": "It is refused: 401 `unauthorized`, 403 `forbidden` or `room-full`, \
            404 `not-found`, 409 `conflict`, 413 `too-large`, 422 `validation`, 429 `rate-limited`, \
            500 `internal`, 503 `unavailable`.",
        "headers": { "Retry-After": wait },
        "content": { "application/json": { "schema": reference("Refused") } },
    })
}

fn security() -> Value {
    json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "The token that `POST /session` answers.",
        },
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": "beseda_session",
            "description": "What changes something must come from our own page, or from one of \
                --allowed-origins.",
        },
    })
}
