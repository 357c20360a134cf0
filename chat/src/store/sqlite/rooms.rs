use super::row;
use crate::store::{RoomRef, RoomRow, StoreError};
use crate::time::now;
use protocol::room::GENERAL;
use protocol::{RoomId, User, UserId};
use sqlx::{Row, SqlitePool};
use uuid::Uuid;

/// `general` always exists.
pub(super) async fn add_general(pool: &SqlitePool) -> Result<(), sqlx::Error> {
    let insert = "INSERT INTO rooms (id, slug, name, kind, created_at) VALUES ($1, $2, $2, 'public', $3) \
                  ON CONFLICT (slug) DO NOTHING";
    sqlx::query(insert).bind(Uuid::now_v7()).bind(GENERAL).bind(now()).execute(pool).await?;
    Ok(())
}

pub(super) async fn find(
    pool: &SqlitePool,
    room: &RoomRef<'_>,
) -> Result<Option<RoomRow>, StoreError> {
    let found = match room {
        RoomRef::Id(id) => {
            let select =
                "SELECT id, slug, name, topic, kind, rev, last_seq FROM rooms WHERE id = $1";
            sqlx::query(select).bind(id.0).fetch_optional(pool).await?
        }
        RoomRef::Slug(slug) => {
            let select =
                "SELECT id, slug, name, topic, kind, rev, last_seq FROM rooms WHERE slug = $1";
            sqlx::query(select).bind(*slug).fetch_optional(pool).await?
        }
    };
    let Some(found) = found else { return Ok(None) };
    Ok(Some(RoomRow {
        id: RoomId(found.try_get("id")?),
        slug: found.try_get("slug")?,
        name: found.try_get("name")?,
        topic: found.try_get("topic")?,
        kind: row::room_kind(found.try_get("kind")?)?,
        rev: row::counter(&found, "rev")?,
        last_seq: row::counter(&found, "last_seq")?,
    }))
}

pub(super) async fn of(pool: &SqlitePool, user: UserId) -> Result<Vec<RoomId>, StoreError> {
    let select = sqlx::query_scalar("SELECT room FROM members WHERE user = $1");
    let rooms: Vec<Uuid> = select.bind(user.0).fetch_all(pool).await?;
    Ok(rooms.into_iter().map(RoomId).collect())
}

pub(super) async fn add_member(
    pool: &SqlitePool,
    room: RoomId,
    user: UserId,
    at: i64,
) -> Result<bool, StoreError> {
    // Entering a room that one is in is what every reload does: it takes no place among the writers.
    if is_member(pool, room, user).await? {
        return Ok(false);
    }
    let insert = "INSERT INTO members (room, user, joined_at) VALUES ($1, $2, $3) \
                  ON CONFLICT (room, user) DO NOTHING";
    let added = sqlx::query(insert).bind(room.0).bind(user.0).bind(at).execute(pool).await?;
    Ok(added.rows_affected() > 0)
}

pub(super) async fn is_member(
    pool: &SqlitePool,
    room: RoomId,
    user: UserId,
) -> Result<bool, StoreError> {
    let select =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM members WHERE room = $1 AND user = $2)");
    Ok(select.bind(room.0).bind(user.0).fetch_one(pool).await?)
}

pub(super) async fn member_count(pool: &SqlitePool, room: RoomId) -> Result<usize, StoreError> {
    let select = sqlx::query_scalar("SELECT COUNT(*) FROM members WHERE room = $1");
    let count: i64 = select.bind(room.0).fetch_one(pool).await?;
    Ok(usize::try_from(count).unwrap_or_default())
}

pub(super) async fn members(
    pool: &SqlitePool,
    room: RoomId,
    limit: usize,
) -> Result<Vec<User>, StoreError> {
    let select = "SELECT u.id AS user_id, u.name AS user_name, u.role AS user_role \
                  FROM members m JOIN users u ON u.id = m.user \
                  WHERE m.room = $1 ORDER BY m.joined_at DESC LIMIT $2";
    let rows =
        sqlx::query(select).bind(room.0).bind(row::integer(limit as u64)).fetch_all(pool).await?;
    rows.iter().map(row::user).collect()
}
