-- Names and slugs have the order of their bytes, as in SQLite: what begins alike stands together.
ALTER TABLE users ALTER COLUMN name_key TYPE TEXT COLLATE "C";
ALTER TABLE rooms ALTER COLUMN slug TYPE TEXT COLLATE "C";
