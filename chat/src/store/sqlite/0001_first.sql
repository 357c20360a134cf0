CREATE TABLE users (
    id         BLOB    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    name_key   TEXT    NOT NULL UNIQUE,
    role       TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    id         BLOB    NOT NULL PRIMARY KEY,
    user       BLOB    NOT NULL REFERENCES users (id),
    token_hash BLOB    NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE rooms (
    id         BLOB    NOT NULL PRIMARY KEY,
    slug       TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    topic      TEXT    NOT NULL DEFAULT '',
    kind       TEXT    NOT NULL,
    rev        INTEGER NOT NULL DEFAULT 0,
    last_seq   INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
    room      BLOB    NOT NULL REFERENCES rooms (id),
    user      BLOB    NOT NULL REFERENCES users (id),
    joined_at INTEGER NOT NULL,
    PRIMARY KEY (room, user)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_by_user ON members (user, room);
CREATE INDEX members_by_age ON members (room, joined_at);

CREATE TABLE messages (
    room      BLOB    NOT NULL REFERENCES rooms (id),
    seq       INTEGER NOT NULL,
    rev       INTEGER NOT NULL,
    id        BLOB    NOT NULL UNIQUE,
    author    BLOB    NOT NULL REFERENCES users (id),
    client_id BLOB    NOT NULL,
    kind      TEXT    NOT NULL,
    text      TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (room, seq),
    UNIQUE (author, client_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX messages_by_rev ON messages (room, rev);
