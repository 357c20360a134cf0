use crate::ids::TodoId;
use serde::{Deserialize, Serialize};

/// Something that a room wants done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Todo {
    pub id: TodoId,
    pub title: String,
    pub done: bool,
}
