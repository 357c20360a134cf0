//! Ids are UUIDs, one type for each kind of thing, so that a room can't be passed for a user.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id!(
    /// The public id of a person; never a transport's `socket.id`, which is a credential.
    UserId
);
id!(RoomId);
id!(MessageId);
id!(
    /// The id that the sender gave a message, so that sending it again is harmless.
    ClientId
);
id!(SessionId);
id!(TodoId);
id!(NotificationId);

impl ClientId {
    /// A UUID v7 from a clock and randomness that the caller has: the browser's are not std's.
    pub fn new(unix_millis: u64, random: [u8; 10]) -> Self {
        Self(uuid::Builder::from_unix_timestamp_millis(unix_millis, &random).into_uuid())
    }
}
