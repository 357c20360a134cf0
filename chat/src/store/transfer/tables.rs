//! Every table, each after those that it refers to. A test compares this list with both engines' schemas.

use Kind::{Bytes, Flag, Id, Integer, Text};

pub struct Table {
    pub name: &'static str,
    pub columns: &'static [(&'static str, Kind)],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A UUID; sixteen bytes in SQLite.
    Id,
    Bytes,
    Text,
    Integer,
    /// 0 or 1 in SQLite.
    Flag,
}

/// Their texts are indexed.
pub(super) const MESSAGES: &str = "messages";

/// What an engine makes for itself: the search index, and what it knows of its schema.
pub const OWN: &[&str] = &["found", "indexed", "schema_version"];

pub const ALL: &[Table] = &[
    Table {
        name: "users",
        columns: &[
            ("id", Id),
            ("name", Text),
            ("name_key", Text),
            ("role", Text),
            ("password", Text),
            ("muted_until", Integer),
            ("banned_until", Integer),
            ("disabled_at", Integer),
            ("created_at", Integer),
        ],
    },
    Table {
        name: "sessions",
        columns: &[
            ("id", Id),
            ("user_id", Id),
            ("token_hash", Bytes),
            ("kind", Text),
            ("label", Text),
            ("address", Text),
            ("created_at", Integer),
            ("seen_at", Integer),
            ("expires_at", Integer),
            ("ended_at", Integer),
        ],
    },
    Table {
        name: "banned_addresses",
        columns: &[("address", Text), ("user_id", Id), ("until", Integer)],
    },
    Table {
        name: "rooms",
        columns: &[
            ("id", Id),
            ("slug", Text),
            ("name", Text),
            ("topic", Text),
            ("kind", Text),
            ("max_users", Integer),
            ("made_by", Id),
            ("members", Integer),
            ("rev", Integer),
            ("last_seq", Integer),
            ("created_at", Integer),
            ("archived_at", Integer),
            ("deleted_at", Integer),
            ("todo_rev", Integer),
        ],
    },
    Table {
        name: "invites",
        columns: &[
            ("id", Id),
            ("code_hash", Bytes),
            ("room_id", Id),
            ("made_by", Id),
            ("uses_left", Integer),
            ("created_at", Integer),
            ("expires_at", Integer),
        ],
    },
    Table {
        name: "audit",
        columns: &[
            ("num", Integer),
            ("at", Integer),
            ("by_user", Id),
            ("action", Text),
            ("user_id", Id),
            ("room_id", Id),
            ("details", Text),
        ],
    },
    Table {
        name: "members",
        columns: &[
            ("room_id", Id),
            ("user_id", Id),
            ("state", Text),
            ("joined_at", Integer),
            ("read_seq", Integer),
        ],
    },
    Table {
        name: MESSAGES,
        columns: &[
            ("num", Integer),
            ("room_id", Id),
            ("seq", Integer),
            ("rev", Integer),
            ("id", Id),
            ("author_id", Id),
            ("client_id", Id),
            ("kind", Text),
            ("text", Text),
            ("at", Integer),
            ("edited_at", Integer),
            ("deleted_at", Integer),
            ("reply_to", Id),
        ],
    },
    Table { name: "mentions", columns: &[("user_id", Id), ("room_id", Id), ("seq", Integer)] },
    Table {
        name: "notifications",
        columns: &[
            ("id", Id),
            ("user_id", Id),
            ("kind", Text),
            ("room_id", Id),
            ("message_id", Id),
            ("seq", Integer),
            ("text", Text),
            ("at", Integer),
        ],
    },
    Table {
        name: "todos",
        columns: &[("id", Id), ("room_id", Id), ("title", Text), ("done", Flag)],
    },
];

impl Table {
    /// For both engines.
    pub(super) fn select(&self) -> String {
        format!("SELECT {} FROM {}", self.names(), self.name)
    }

    /// Takes an array for each column.
    pub(super) fn insert(&self) -> String {
        let arrays: Vec<String> = (1..)
            .zip(self.columns)
            .map(|(number, (_, kind))| format!("${number}::{}[]", kind.in_postgres()))
            .collect();
        let (name, names, arrays) = (self.name, self.names(), arrays.join(", "));
        // The numbers are those that the rows have already.
        format!(
            "INSERT INTO {name} ({names}) OVERRIDING SYSTEM VALUE SELECT * FROM UNNEST({arrays})"
        )
    }

    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }
}

impl Kind {
    pub fn in_postgres(self) -> &'static str {
        match self {
            Id => "uuid",
            Bytes => "bytea",
            Text => "text",
            Integer => "bigint",
            Flag => "boolean",
        }
    }

    pub fn in_sqlite(self) -> &'static str {
        match self {
            Id | Bytes => "BLOB",
            Text => "TEXT",
            Integer | Flag => "INTEGER",
        }
    }
}

pub(super) fn has_column(table: &Table, name: &str) -> bool {
    table.columns.iter().any(|(column, _)| *column == name)
}
