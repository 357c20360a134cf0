//! How server functions refuse.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use protocol::{ApiError, ErrorCode};
use serde::{Deserialize, Serialize};

/// An [`ApiError`] as a server function returns it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Refusal(pub ApiError);

impl FromServerFnError for Refusal {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        use ServerFnErrorErr as E;
        Self(match error {
            E::Args(_) | E::MissingArg(_) => {
                ApiError::new(ErrorCode::Validation, "the form is incomplete")
            }
            E::Request(_) | E::Response(_) => ApiError::unavailable(1_000),
            _ => ApiError::internal(),
        })
    }
}
