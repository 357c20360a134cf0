//! What server functions answer, and how they refuse.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use protocol::event::Joined;
use protocol::{ApiError, ClientId, ErrorCode, User};
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

/// What the sign-in page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lobby {
    pub online: usize,
}

/// What the room page shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RoomView {
    pub me: User,
    pub joined: Joined,
    /// What the form sent that was refused, once.
    pub returned: Option<Returned>,
    /// The id of the next message that the form sends: sending it twice says it once.
    pub next: ClientId,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Returned {
    pub text: String,
    pub error: ApiError,
}
