ALTER TABLE users ADD COLUMN password TEXT;
ALTER TABLE users ADD COLUMN muted_until INTEGER;
ALTER TABLE users ADD COLUMN banned_until INTEGER;
ALTER TABLE users ADD COLUMN disabled_at INTEGER;
CREATE INDEX users_with_password ON users (name_key) WHERE password IS NOT NULL;

CREATE TABLE new_sessions (
    id         BLOB    NOT NULL PRIMARY KEY,
    user_id    BLOB    NOT NULL REFERENCES users (id),
    -- NULL for a program, whose token is signed and names this row.
    token_hash BLOB    UNIQUE,
    kind       TEXT    NOT NULL,
    label      TEXT    NOT NULL DEFAULT '',
    address    TEXT    NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO new_sessions (id, user_id, token_hash, kind, created_at, seen_at, expires_at, ended_at)
    SELECT id, user, token_hash, 'browser', created_at, created_at, created_at + 34560000000, ended_at FROM sessions;
DROP TABLE sessions;
ALTER TABLE new_sessions RENAME TO sessions;
CREATE INDEX sessions_by_user ON sessions (user_id, created_at);
CREATE INDEX sessions_by_end ON sessions (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE banned_addresses (
    address TEXT    NOT NULL PRIMARY KEY,
    user_id BLOB    NOT NULL REFERENCES users (id),
    until   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX banned_addresses_by_user ON banned_addresses (user_id);

CREATE TABLE invites (
    id         BLOB    NOT NULL PRIMARY KEY,
    code_hash  BLOB    NOT NULL UNIQUE,
    room_id    BLOB    REFERENCES rooms (id),
    made_by    BLOB    REFERENCES users (id),
    uses_left  INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX invites_by_age ON invites (created_at);
CREATE INDEX invites_by_room ON invites (room_id);

CREATE TABLE audit (
    num      INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    -- NULL: on the command line.
    by_user  BLOB    REFERENCES users (id),
    action   TEXT    NOT NULL,
    user_id  BLOB    REFERENCES users (id),
    room_id  BLOB,
    details  TEXT    NOT NULL
) STRICT;

ALTER TABLE rooms ADD COLUMN max_users INTEGER NOT NULL DEFAULT 100;
ALTER TABLE rooms ADD COLUMN made_by BLOB REFERENCES users (id);
ALTER TABLE rooms ADD COLUMN members INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN archived_at INTEGER;
ALTER TABLE rooms ADD COLUMN deleted_at INTEGER;
UPDATE rooms SET max_users = 10000 WHERE slug = 'general';
UPDATE rooms SET members = (SELECT COUNT(*) FROM members WHERE room = rooms.id);
CREATE INDEX rooms_by_kind ON rooms (kind, slug) WHERE deleted_at IS NULL;
CREATE INDEX rooms_by_maker ON rooms (made_by) WHERE deleted_at IS NULL;
CREATE INDEX rooms_deleted ON rooms (deleted_at) WHERE deleted_at IS NOT NULL;

ALTER TABLE members RENAME COLUMN room TO room_id;
ALTER TABLE members RENAME COLUMN user TO user_id;
ALTER TABLE members ADD COLUMN state TEXT NOT NULL DEFAULT 'member';
ALTER TABLE members ADD COLUMN read_seq INTEGER NOT NULL DEFAULT 0;
UPDATE members SET read_seq = (SELECT last_seq FROM rooms WHERE id = members.room_id);
DROP INDEX members_by_user;
DROP INDEX members_by_age;
CREATE INDEX members_by_user ON members (user_id, state, room_id);
CREATE INDEX members_by_age ON members (room_id, state, joined_at);

CREATE TABLE new_messages (
    -- The order of writing over all rooms; what the search index knows a message by, never used again.
    num        INTEGER PRIMARY KEY AUTOINCREMENT,
    room_id    BLOB    NOT NULL REFERENCES rooms (id),
    seq        INTEGER NOT NULL,
    rev        INTEGER NOT NULL,
    id         BLOB    NOT NULL UNIQUE,
    author_id  BLOB    NOT NULL REFERENCES users (id),
    client_id  BLOB    NOT NULL,
    kind       TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    edited_at  INTEGER,
    deleted_at INTEGER,
    reply_to   BLOB,
    UNIQUE (room_id, seq),
    UNIQUE (room_id, rev),
    -- In this order: clients' ids grow with time, so that all who write at once write to the same page.
    UNIQUE (client_id, author_id)
) STRICT;
INSERT INTO new_messages (room_id, seq, rev, id, author_id, client_id, kind, text, at)
    SELECT room, seq, rev, id, author, client_id, kind, text, at FROM messages ORDER BY at, id;
DROP TABLE messages;
ALTER TABLE new_messages RENAME TO messages;

CREATE TABLE mentions (
    user_id BLOB    NOT NULL REFERENCES users (id),
    room_id BLOB    NOT NULL REFERENCES rooms (id),
    seq     INTEGER NOT NULL,
    PRIMARY KEY (user_id, room_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_by_message ON mentions (room_id, seq);

CREATE TABLE notifications (
    id         BLOB    NOT NULL PRIMARY KEY,
    user_id    BLOB    NOT NULL REFERENCES users (id),
    kind       TEXT    NOT NULL,
    room_id    BLOB    REFERENCES rooms (id),
    message_id BLOB,
    seq        INTEGER,
    text       TEXT    NOT NULL,
    at         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX notifications_by_user ON notifications (user_id, at);
CREATE INDEX notifications_by_room ON notifications (room_id, seq);
CREATE INDEX notifications_by_reader ON notifications (user_id, room_id, seq);

-- Which messages hold which pairs of characters. Its text is made by `chat::grams`.
CREATE VIRTUAL TABLE found USING fts5 (grams, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');
-- Messages up to this `num` are in `found`.
CREATE TABLE indexed (num INTEGER NOT NULL) STRICT;
INSERT INTO indexed (num) VALUES (0);
