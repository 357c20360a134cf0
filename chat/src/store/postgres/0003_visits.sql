-- Open visits that no node has seen for long.
CREATE INDEX visits_by_sight ON sessions (seen_at) WHERE kind = 'visit' AND ended_at IS NULL;
