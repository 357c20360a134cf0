use super::{Connection, Engine, LENGTHS, Statements, row, tuples};
use crate::store::rooms::{
    Admitted, Counted, Listed, Membership, NewRoom, Read, RoomChange, RoomRef, RoomRow, Rooms,
};
use crate::store::{Names, StoreError};
use crate::time::now;
use async_trait::async_trait;
use protocol::limits::{MAX_USERS, UNREAD};
use protocol::room::GENERAL;
use protocol::{RoomId, RoomKind, User, UserId};
use sqlx::{AssertSqlSafe, Row as _};
use std::sync::LazyLock;
use uuid::Uuid;

/// Messages that one step of a purge deletes, so that the writer is never kept long.
const PURGED_AT_ONCE: i64 = 1_000;

macro_rules! select_room {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.slug, r.name, r.topic, r.kind, r.max_users, r.made_by, ",
            "r.archived_at IS NOT NULL AS archived, r.members, r.rev, r.last_seq ",
            $rest
        )
    };
}

// What is unread is counted for members, and no further than to `$2`.
macro_rules! select_listed {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.slug, r.name, r.topic, r.kind, r.max_users, r.made_by, ",
            "r.archived_at IS NOT NULL AS archived, r.members, r.rev, r.last_seq, ",
            "m.state, COALESCE(m.read_seq, 0) AS read_seq, ",
            "(SELECT COUNT(*) FROM (SELECT 1 FROM messages x ",
            "WHERE m.state = 'member' AND x.room_id = m.room_id ",
            "AND x.seq > m.read_seq AND x.author_id <> $1 AND x.deleted_at IS NULL LIMIT $2) AS heard) AS unread, ",
            "(SELECT COUNT(*) FROM mentions c WHERE c.user_id = $1 AND c.room_id = m.room_id ",
            "AND c.seq > m.read_seq) AS mentions ",
            $rest
        )
    };
}

static COUNTED: LazyLock<Statements> = LazyLock::new(|| {
    Statements::new(|length| {
        let rooms = tuples(1, length);
        format!("SELECT id, rev, members FROM rooms WHERE id IN {rooms} AND deleted_at IS NULL")
    })
});

static MEMBERSHIPS: LazyLock<Statements> = LazyLock::new(|| {
    Statements::new(|length| {
        let users = tuples(1, length);
        format!(
            "SELECT m.user_id, r.id, r.rev, r.members \
             FROM members m JOIN rooms r ON r.id = m.room_id \
             WHERE m.user_id IN {users} AND m.state = 'member' AND r.deleted_at IS NULL"
        )
    })
});

impl Engine {
    /// `general` always exists.
    pub(in super::super) async fn add_general(&self) -> Result<(), sqlx::Error> {
        let insert = "INSERT INTO rooms (id, slug, name, kind, max_users, created_at) \
                      VALUES ($1, $2, $2, 'public', $3, $4) ON CONFLICT (slug) DO NOTHING";
        sqlx::query(insert)
            .bind(Uuid::now_v7())
            .bind(GENERAL)
            .bind(i64::from(*MAX_USERS.end()))
            .bind(now())
            .execute(self.writer())
            .await?;
        Ok(())
    }
}

#[async_trait]
impl Rooms for Engine {
    async fn room(&self, room: &RoomRef<'_>) -> Result<Option<RoomRow>, StoreError> {
        let query = match room {
            RoomRef::Id(id) => {
                let select = select_room!("FROM rooms r WHERE r.id = $1 AND r.deleted_at IS NULL");
                sqlx::query(select).bind(id.0)
            }
            RoomRef::Slug(slug) => {
                let select =
                    select_room!("FROM rooms r WHERE r.slug = $1 AND r.deleted_at IS NULL");
                sqlx::query(select).bind(*slug)
            }
        };
        let found = query.fetch_optional(self.readers()).await?;
        found.as_ref().map(row::room).transpose()
    }

    async fn place(
        &self,
        room: RoomId,
        user: UserId,
    ) -> Result<Option<(RoomRow, Option<Membership>)>, StoreError> {
        let select = "SELECT r.id, r.slug, r.name, r.topic, r.kind, r.max_users, r.made_by, \
                      r.archived_at IS NOT NULL AS archived, r.members, r.rev, r.last_seq, m.state \
                      FROM rooms r LEFT JOIN members m ON m.room_id = r.id AND m.user_id = $2 \
                      WHERE r.id = $1 AND r.deleted_at IS NULL";
        let query = sqlx::query(select).bind(room.0).bind(user.0);
        let found = query.fetch_optional(self.readers()).await?;
        found.map(|found| Ok((row::room(&found)?, row::membership(&found)?))).transpose()
    }

    async fn rooms_of(&self, user: UserId) -> Result<Vec<RoomId>, StoreError> {
        let select = "SELECT m.room_id FROM members m JOIN rooms r ON r.id = m.room_id \
                      WHERE m.user_id = $1 AND m.state = 'member' AND r.deleted_at IS NULL";
        let rooms = sqlx::query_scalar(select).bind(user.0).fetch_all(self.readers()).await?;
        Ok(rooms.into_iter().map(RoomId).collect())
    }

    async fn rooms_for(&self, user: UserId, limit: usize) -> Result<Vec<Listed>, StoreError> {
        let mine = select_listed!(
            "FROM members m JOIN rooms r ON r.id = m.room_id \
             WHERE m.user_id = $1 AND m.state IN ('member', 'invited') AND r.deleted_at IS NULL \
             LIMIT $3"
        );
        let others = select_listed!(
            "FROM rooms r LEFT JOIN members m ON m.room_id = r.id AND m.user_id = $1 \
             WHERE r.kind = 'public' AND r.deleted_at IS NULL AND r.archived_at IS NULL \
             AND COALESCE(m.state, 'left') NOT IN ('member', 'invited') ORDER BY r.slug LIMIT $3"
        );
        let mut listed = Vec::new();
        for select in [mine, others] {
            let rest = limit.saturating_sub(listed.len());
            let query = sqlx::query(select)
                .bind(user.0)
                .bind(row::integer(UNREAD))
                .bind(row::integer(rest));
            for found in query.fetch_all(self.readers()).await? {
                listed.push(row::listed(&found)?);
            }
        }
        Ok(listed)
    }

    async fn listed(&self, room: RoomId, user: UserId) -> Result<Option<Listed>, StoreError> {
        let select = select_listed!(
            "FROM rooms r LEFT JOIN members m ON m.room_id = r.id AND m.user_id = $1 \
             WHERE r.id = $3 AND r.deleted_at IS NULL"
        );
        let query = sqlx::query(select).bind(user.0).bind(row::integer(UNREAD)).bind(room.0);
        query.fetch_optional(self.readers()).await?.as_ref().map(row::listed).transpose()
    }

    async fn rooms_made_by(&self, user: UserId) -> Result<usize, StoreError> {
        let select = "SELECT COUNT(*) AS made FROM rooms \
                      WHERE made_by = $1 AND kind <> 'direct' AND deleted_at IS NULL";
        let found = sqlx::query(select).bind(user.0).fetch_one(self.readers()).await?;
        row::count(&found, "made")
    }

    async fn rooms(&self, after: Option<RoomId>, limit: usize) -> Result<Vec<RoomRow>, StoreError> {
        let select = select_room!(
            "FROM rooms r WHERE r.id > $1 AND r.deleted_at IS NULL ORDER BY r.id LIMIT $2"
        );
        let after = after.map_or(Uuid::nil(), |room| room.0);
        let query = sqlx::query(select).bind(after).bind(row::integer(limit));
        query.fetch_all(self.readers()).await?.iter().map(row::room).collect()
    }

    async fn public_rooms(&self, slugs: Names<'_>) -> Result<Vec<RoomRow>, StoreError> {
        let select = select_room!(
            "FROM rooms r WHERE r.kind = 'public' AND r.deleted_at IS NULL \
             AND r.slug > $1 AND r.slug >= $2 AND r.slug < $3 ORDER BY r.slug LIMIT $4"
        );
        let query = sqlx::query(select).bind(slugs.after).bind(slugs.begin).bind(slugs.end());
        let found = query.bind(row::integer(slugs.limit)).fetch_all(self.readers()).await?;
        found.iter().map(row::room).collect()
    }

    async fn count_rooms(&self, kind: RoomKind) -> Result<usize, StoreError> {
        let select = "SELECT COUNT(*) AS kept FROM rooms WHERE kind = $1 AND deleted_at IS NULL";
        let query = sqlx::query(select).bind(row::room_kind_name(kind));
        row::count(&query.fetch_one(self.readers()).await?, "kept")
    }

    async fn add_room(&self, room: &NewRoom) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let insert = "INSERT INTO rooms \
                      (id, slug, name, topic, kind, max_users, made_by, members, created_at) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (slug) DO NOTHING";
        let added = sqlx::query(insert)
            .bind(room.id.0)
            .bind(&room.slug)
            .bind(&room.name)
            .bind(&room.topic)
            .bind(row::room_kind_name(room.kind))
            .bind(i64::from(room.max_users))
            .bind(room.made_by.0)
            .bind(row::integer(room.members.len()))
            .bind(room.at)
            .execute(&mut *tx)
            .await?;
        if added.rows_affected() == 0 {
            return Ok(false);
        }
        for member in &room.members {
            let insert = "INSERT INTO members (room_id, user_id, state, joined_at) \
                          VALUES ($1, $2, 'member', $3)";
            let insert = sqlx::query(insert).bind(room.id.0).bind(member.0).bind(room.at);
            insert.execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    async fn update_room(&self, room: RoomId, change: &RoomChange) -> Result<(), StoreError> {
        let update = "UPDATE rooms SET name = COALESCE($2, name), topic = COALESCE($3, topic), \
                      max_users = COALESCE($4, max_users) WHERE id = $1";
        sqlx::query(update)
            .bind(room.0)
            .bind(&change.name)
            .bind(&change.topic)
            .bind(change.max_users.map(i64::from))
            .execute(self.writer())
            .await?;
        Ok(())
    }

    async fn archive_room(&self, room: RoomId, at: i64) -> Result<(), StoreError> {
        let update = "UPDATE rooms SET archived_at = $2 WHERE id = $1 AND archived_at IS NULL";
        sqlx::query(update).bind(room.0).bind(at).execute(self.writer()).await?;
        Ok(())
    }

    async fn delete_room(&self, room: RoomId, at: i64) -> Result<(), StoreError> {
        // Its slug is free again.
        let update =
            "UPDATE rooms SET deleted_at = $2, slug = $3 WHERE id = $1 AND deleted_at IS NULL";
        let slug = format!("deleted:{room}");
        sqlx::query(update).bind(room.0).bind(at).bind(slug).execute(self.writer()).await?;
        Ok(())
    }

    async fn admit(&self, room: RoomId, user: UserId, at: i64) -> Result<Admitted, StoreError> {
        let mut tx = self.begin().await?;
        let insert = "INSERT INTO members (room_id, user_id, state, joined_at, read_seq) \
                      SELECT id, $2, 'member', $3, last_seq FROM rooms WHERE id = $1 \
                      ON CONFLICT (room_id, user_id) DO UPDATE SET state = 'member', \
                      joined_at = excluded.joined_at, read_seq = excluded.read_seq \
                      WHERE members.state <> 'member'";
        let query = sqlx::query(insert).bind(room.0).bind(user.0).bind(at);
        if query.execute(&mut *tx).await?.rows_affected() == 0 {
            return Ok(Admitted::Already);
        }
        let count = "UPDATE rooms SET members = members + 1 \
                     WHERE id = $1 AND members < max_users RETURNING members";
        let Some(counted) = sqlx::query(count).bind(room.0).fetch_optional(&mut *tx).await? else {
            return Ok(Admitted::Full);
        };
        let settle = "DELETE FROM notifications WHERE room_id = $1 AND user_id = $2";
        sqlx::query(settle).bind(room.0).bind(user.0).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(Admitted::New(row::count(&counted, "members")?))
    }

    async fn invite_member(&self, room: RoomId, user: UserId, at: i64) -> Result<bool, StoreError> {
        let insert = "INSERT INTO members (room_id, user_id, state, joined_at) \
                      VALUES ($1, $2, 'invited', $3) \
                      ON CONFLICT (room_id, user_id) DO UPDATE SET state = 'invited', \
                      joined_at = excluded.joined_at WHERE members.state <> 'member'";
        let query = sqlx::query(insert).bind(room.0).bind(user.0).bind(at);
        Ok(query.execute(self.writer()).await?.rows_affected() > 0)
    }

    async fn dismiss_member(
        &self,
        room: RoomId,
        user: UserId,
        state: Membership,
        at: i64,
    ) -> Result<Option<usize>, StoreError> {
        let mut tx = self.begin().await?;
        let update = "UPDATE members SET state = $3, joined_at = $4 \
                      WHERE room_id = $1 AND user_id = $2 AND state = $5";
        let mut was = [false; 2];
        for (was, earlier) in was.iter_mut().zip(["member", "invited"]) {
            let query = sqlx::query(update)
                .bind(room.0)
                .bind(user.0)
                .bind(row::membership_name(state))
                .bind(at)
                .bind(earlier);
            *was = query.execute(&mut *tx).await?.rows_affected() > 0;
        }
        for forget in [
            "DELETE FROM notifications WHERE user_id = $1 AND room_id = $2",
            "DELETE FROM mentions WHERE user_id = $1 AND room_id = $2",
        ] {
            sqlx::query(forget).bind(user.0).bind(room.0).execute(&mut *tx).await?;
        }
        let left = if was[0] { Some(one_less(&mut tx, room).await?) } else { None };
        tx.commit().await?;
        Ok(left)
    }

    async fn members(&self, room: RoomId, limit: usize) -> Result<Vec<User>, StoreError> {
        let select = "SELECT u.id AS user_id, u.name AS user_name, u.role AS user_role \
                      FROM members m JOIN users u ON u.id = m.user_id \
                      WHERE m.room_id = $1 AND m.state = 'member' \
                      ORDER BY m.joined_at DESC LIMIT $2";
        let query = sqlx::query(select).bind(room.0).bind(row::integer(limit));
        query.fetch_all(self.readers()).await?.iter().map(row::user).collect()
    }

    async fn members_among(
        &self,
        room: RoomId,
        users: &[UserId],
    ) -> Result<Vec<UserId>, StoreError> {
        let mut members = Vec::new();
        for users in users.chunks(LENGTHS[0]) {
            let select = format!(
                "SELECT user_id FROM members WHERE user_id IN {} AND room_id = ${} AND state = 'member'",
                tuples(1, LENGTHS[0]),
                LENGTHS[0] + 1
            );
            let mut query = sqlx::query_scalar(AssertSqlSafe(select));
            for place in 0..LENGTHS[0] {
                query = query.bind(users.get(place).or(users.last()).map(|user| user.0));
            }
            let found = query.bind(room.0).fetch_all(self.readers()).await?;
            members.extend(found.into_iter().map(UserId));
        }
        Ok(members)
    }

    async fn counted(&self, rooms: &[RoomId]) -> Result<Vec<Counted>, StoreError> {
        let mut counted = Vec::with_capacity(rooms.len());
        for rooms in rooms.chunks(LENGTHS[0]) {
            let (length, select) = COUNTED.for_rows(rooms.len());
            let mut query = sqlx::query(select);
            for place in 0..length {
                query = query.bind(rooms.get(place).map(|room| room.0));
            }
            for found in query.fetch_all(self.readers()).await? {
                counted.push(row::counted(&found)?);
            }
        }
        Ok(counted)
    }

    async fn memberships(&self, users: &[UserId]) -> Result<Vec<(UserId, Counted)>, StoreError> {
        let mut memberships = Vec::new();
        for users in users.chunks(LENGTHS[0]) {
            let (length, select) = MEMBERSHIPS.for_rows(users.len());
            let mut query = sqlx::query(select);
            for place in 0..length {
                query = query.bind(users.get(place).map(|user| user.0));
            }
            for found in query.fetch_all(self.readers()).await? {
                memberships.push((UserId(found.try_get("user_id")?), row::counted(&found)?));
            }
        }
        Ok(memberships)
    }

    async fn partner(&self, room: RoomId, user: UserId) -> Result<Option<User>, StoreError> {
        let select = "SELECT u.id AS user_id, u.name AS user_name, u.role AS user_role \
                      FROM members m JOIN users u ON u.id = m.user_id \
                      WHERE m.room_id = $1 AND m.user_id <> $2 LIMIT 1";
        let query = sqlx::query(select).bind(room.0).bind(user.0);
        query.fetch_optional(self.readers()).await?.as_ref().map(row::user).transpose()
    }

    async fn mark_read(&self, room: RoomId, user: UserId, seq: u64) -> Result<Read, StoreError> {
        let mut tx = self.begin().await?;
        let update = "UPDATE members SET read_seq = $3 \
                      WHERE room_id = $1 AND user_id = $2 AND state = 'member' AND read_seq < $3";
        let settle = [
            "DELETE FROM mentions WHERE room_id = $1 AND user_id = $2 AND seq <= $3",
            // An invitation has no place in the room: whoever reads there has followed it.
            "DELETE FROM notifications WHERE room_id = $1 AND user_id = $2 AND COALESCE(seq, 0) <= $3",
        ];
        for statement in std::iter::once(update).chain(settle) {
            let query = sqlx::query(statement).bind(room.0).bind(user.0).bind(row::integer(seq));
            query.execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(self.listed(room, user).await?.map(|listed| listed.read).unwrap_or_default())
    }

    async fn purge_rooms(&self) -> Result<bool, StoreError> {
        let select = "SELECT id FROM rooms WHERE deleted_at IS NOT NULL LIMIT 1";
        let Some(room) =
            sqlx::query_scalar::<_, Uuid>(select).fetch_optional(self.readers()).await?
        else {
            return Ok(false);
        };
        let mut tx = self.begin().await?;
        let select = "SELECT num FROM messages WHERE room_id = $1 LIMIT $2";
        let query = sqlx::query_scalar(select).bind(room).bind(PURGED_AT_ONCE);
        let nums: Vec<i64> = query.fetch_all(&mut *tx).await?;
        super::messages::remove(&mut tx, &nums).await?;
        if nums.is_empty() {
            for statement in [
                "DELETE FROM mentions WHERE user_id IN (SELECT user_id FROM members WHERE room_id = $1) AND room_id = $1",
                "DELETE FROM notifications WHERE room_id = $1",
                "DELETE FROM members WHERE room_id = $1",
                "DELETE FROM todos WHERE room_id = $1",
                "UPDATE invites SET room_id = NULL, uses_left = 0 WHERE room_id = $1",
                "DELETE FROM rooms WHERE id = $1",
            ] {
                sqlx::query(statement).bind(room).execute(&mut *tx).await?;
            }
        }
        tx.commit().await?;
        Ok(true)
    }
}

async fn one_less(tx: &mut Connection, room: RoomId) -> Result<usize, StoreError> {
    let count = "UPDATE rooms SET members = members - 1 WHERE id = $1 RETURNING members";
    row::count(&sqlx::query(count).bind(room.0).fetch_one(tx).await?, "members")
}
