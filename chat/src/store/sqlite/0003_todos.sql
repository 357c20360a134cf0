ALTER TABLE rooms ADD COLUMN todo_rev INTEGER NOT NULL DEFAULT 0;

CREATE TABLE todos (
    -- UUIDs of version 7: in the order of adding.
    id      BLOB    NOT NULL PRIMARY KEY,
    room_id BLOB    NOT NULL REFERENCES rooms (id),
    title   TEXT    NOT NULL,
    done    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX todos_by_room ON todos (room_id, id);
