ALTER TABLE rooms ADD COLUMN todo_rev BIGINT NOT NULL DEFAULT 0;

CREATE TABLE todos (
    -- UUIDs of version 7: in the order of adding.
    id      UUID    NOT NULL PRIMARY KEY,
    room_id UUID    NOT NULL REFERENCES rooms (id),
    title   TEXT    NOT NULL,
    done    BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX todos_by_room ON todos (room_id, id);
