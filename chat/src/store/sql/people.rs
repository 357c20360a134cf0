use super::{Engine, LENGTHS, Row, Statements, parameter, row, tuples};
use crate::people::names::NameKey;
use crate::people::token::TokenHash;
use crate::store::people::{
    Account, Invite, NewAudit, NewInvite, NewPerson, NewSession, People, Person, Session,
    SessionKey,
};
use crate::store::{Names, StoreError};
use async_trait::async_trait;
use protocol::event::AuditEntry;
use protocol::room::GENERAL;
use protocol::{Role, RoomId, SessionId, User, UserId};
use sqlx::{AssertSqlSafe, Row as _};
use std::sync::LazyLock;
use uuid::Uuid;

static TOUCH: LazyLock<Statements> = LazyLock::new(|| {
    Statements::new(|length| {
        let (sessions, now) = (tuples(1, length), parameter(length + 1));
        format!("UPDATE sessions SET seen_at = {now} WHERE id IN {sessions}")
    })
});

macro_rules! select_person {
    ($rest:literal) => {
        concat!(
            "SELECT u.id AS user_id, u.name AS user_name, u.role AS user_role, u.password, ",
            "u.muted_until, u.banned_until, u.disabled_at IS NOT NULL AS disabled ",
            $rest
        )
    };
}

macro_rules! select_session {
    () => {
        concat!(
            "SELECT u.id AS user_id, u.name AS user_name, u.role AS user_role, u.password, ",
            "u.muted_until, u.banned_until, u.disabled_at IS NOT NULL AS disabled, ",
            "s.id AS session_id, s.kind AS session_kind, s.label, s.address, s.created_at, s.seen_at, ",
            "s.expires_at, s.token_hash ",
            "FROM sessions s JOIN users u ON u.id = s.user_id ",
            "WHERE s.ended_at IS NULL AND "
        )
    };
    ($where:literal) => {
        concat!(select_session!(), "s.expires_at > $2 AND ", $where)
    };
}

static SESSIONS: LazyLock<Statements> = LazyLock::new(|| {
    const SELECT: &str = select_session!();
    Statements::new(|length| {
        let (tokens, now) = (tuples(1, length), parameter(length + 1));
        format!("{SELECT} s.token_hash IN {tokens} AND s.expires_at > {now}")
    })
});

pub(crate) const HAS_ACCOUNTS: &str =
    "SELECT EXISTS (SELECT 1 FROM users WHERE password IS NOT NULL)";

#[async_trait]
impl People for Engine {
    async fn add_person(&self, person: &NewPerson) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        // The room first, as the write queue does: so no one waits in a circle, and newcomers of two nodes
        // come one after the other.
        let enter = "UPDATE rooms SET members = members + 1 WHERE slug = $1 RETURNING id, last_seq";
        let general = sqlx::query(enter).bind(GENERAL).fetch_one(&mut *tx).await?;
        if person.first && sqlx::query_scalar(HAS_ACCOUNTS).fetch_one(&mut *tx).await? {
            return Ok(false);
        }
        if let Some(displaced) = &person.displaced {
            let rename = "UPDATE users SET name = $1, name_key = $2 WHERE id = $3";
            sqlx::query(rename)
                .bind(&displaced.name)
                .bind(&displaced.key.0)
                .bind(displaced.id.0)
                .execute(&mut *tx)
                .await?;
        }
        let user = &person.user;
        let insert = "INSERT INTO users (id, name, name_key, role, password, created_at) \
                      VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name_key) DO NOTHING";
        let added = sqlx::query(insert)
            .bind(user.id.0)
            .bind(&user.name)
            .bind(&person.key.0)
            .bind(user.role.name())
            .bind(&person.password)
            .bind(person.at)
            .execute(&mut *tx)
            .await?;
        if added.rows_affected() == 0 {
            return Ok(false);
        }
        let join = "INSERT INTO members (room_id, user_id, state, joined_at, read_seq) \
                    VALUES ($1, $2, 'member', $3, $4)";
        sqlx::query(join)
            .bind(general.try_get::<Uuid, _>("id")?)
            .bind(user.id.0)
            .bind(person.at)
            .bind(general.try_get::<i64, _>("last_seq")?)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn holder(&self, key: &NameKey) -> Result<Option<Person>, StoreError> {
        let select = select_person!("FROM users u WHERE u.name_key = $1");
        let found = sqlx::query(select).bind(&key.0).fetch_optional(self.readers()).await?;
        found.as_ref().map(row::person).transpose()
    }

    async fn holders(&self, keys: &[NameKey]) -> Result<Vec<User>, StoreError> {
        let mut holders = Vec::new();
        for keys in keys.chunks(LENGTHS[0]) {
            let select = format!(
                "SELECT u.id AS user_id, u.name AS user_name, u.role AS user_role \
                 FROM users u WHERE u.name_key IN {}",
                tuples(1, LENGTHS[0])
            );
            let mut query = sqlx::query(AssertSqlSafe(select));
            // The last one again and again: a list of one length is one prepared statement.
            for place in 0..LENGTHS[0] {
                query = query.bind(keys.get(place).or(keys.last()).map(|key| &key.0));
            }
            for found in query.fetch_all(self.readers()).await? {
                holders.push(row::user(&found)?);
            }
        }
        Ok(holders)
    }

    async fn person(&self, user: UserId) -> Result<Option<Person>, StoreError> {
        let select = select_person!("FROM users u WHERE u.id = $1");
        let found = sqlx::query(select).bind(user.0).fetch_optional(self.readers()).await?;
        found.as_ref().map(row::person).transpose()
    }

    async fn people(&self, names: Names<'_>) -> Result<Vec<Person>, StoreError> {
        let select = select_person!(
            "FROM users u WHERE u.name_key > $1 AND u.name_key >= $2 AND u.name_key < $3 \
             ORDER BY u.name_key LIMIT $4"
        );
        let query = sqlx::query(select).bind(names.after).bind(names.begin).bind(names.end());
        let found = query.bind(row::integer(names.limit)).fetch_all(self.readers()).await?;
        found.iter().map(row::person).collect()
    }

    async fn accounts(&self, after: &str, limit: usize) -> Result<Vec<Account>, StoreError> {
        let select = "SELECT id AS user_id, name AS user_name, role AS user_role, name_key, \
                      disabled_at IS NOT NULL AS disabled, created_at FROM users \
                      WHERE password IS NOT NULL AND name_key > $1 ORDER BY name_key LIMIT $2";
        let limit = row::integer(limit);
        let found = sqlx::query(select).bind(after).bind(limit).fetch_all(self.readers()).await?;
        found.iter().map(row::account).collect()
    }

    async fn has_accounts(&self) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar(HAS_ACCOUNTS).fetch_one(self.readers()).await?)
    }

    async fn set_password(
        &self,
        user: UserId,
        password: &str,
        role: Role,
    ) -> Result<(), StoreError> {
        let update = "UPDATE users SET password = $2, role = $3 WHERE id = $1";
        let query = sqlx::query(update).bind(user.0).bind(password).bind(role.name());
        query.execute(self.writer()).await?;
        Ok(())
    }

    async fn set_role(&self, user: UserId, role: Role) -> Result<(), StoreError> {
        let update = "UPDATE users SET role = $2 WHERE id = $1";
        sqlx::query(update).bind(user.0).bind(role.name()).execute(self.writer()).await?;
        Ok(())
    }

    async fn set_muted(&self, user: UserId, until: Option<i64>) -> Result<(), StoreError> {
        let update = "UPDATE users SET muted_until = $2 WHERE id = $1";
        sqlx::query(update).bind(user.0).bind(until).execute(self.writer()).await?;
        Ok(())
    }

    async fn set_disabled(&self, user: UserId, at: Option<i64>) -> Result<(), StoreError> {
        let update = "UPDATE users SET disabled_at = $2 WHERE id = $1";
        sqlx::query(update).bind(user.0).bind(at).execute(self.writer()).await?;
        Ok(())
    }

    async fn set_banned(
        &self,
        user: UserId,
        until: Option<i64>,
        addresses: bool,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let update = "UPDATE users SET banned_until = $2 WHERE id = $1";
        sqlx::query(update).bind(user.0).bind(until).execute(&mut *tx).await?;
        let lift = "DELETE FROM banned_addresses WHERE user_id = $1";
        sqlx::query(lift).bind(user.0).execute(&mut *tx).await?;
        if addresses {
            let insert = "INSERT INTO banned_addresses (address, user_id, until) \
                          SELECT DISTINCT address, user_id, $2 FROM sessions \
                          WHERE user_id = $1 AND address <> '' \
                          ON CONFLICT (address) DO UPDATE \
                          SET user_id = excluded.user_id, until = excluded.until";
            sqlx::query(insert).bind(user.0).bind(until).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn is_address_banned(&self, address: &str, now: i64) -> Result<bool, StoreError> {
        let select =
            "SELECT EXISTS (SELECT 1 FROM banned_addresses WHERE address = $1 AND until > $2)";
        Ok(sqlx::query_scalar(select).bind(address).bind(now).fetch_one(self.readers()).await?)
    }

    async fn add_session(&self, session: &NewSession) -> Result<(), StoreError> {
        let insert = "INSERT INTO sessions \
                      (id, user_id, token_hash, kind, label, created_at, seen_at, expires_at, address) \
                      VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8)";
        sqlx::query(insert)
            .bind(session.id.0)
            .bind(session.user.0)
            .bind(session.token.map(|token| token.0.to_vec()))
            .bind(row::session_kind_name(session.kind))
            .bind(&session.label)
            .bind(session.at)
            .bind(session.expires_at)
            .bind(&session.address)
            .execute(self.writer())
            .await?;
        Ok(())
    }

    async fn session(
        &self,
        key: SessionKey,
        now: i64,
    ) -> Result<Option<(Session, Person)>, StoreError> {
        let query = match key {
            SessionKey::Token(token) => {
                sqlx::query(select_session!("s.token_hash = $1")).bind(token.0.to_vec())
            }
            SessionKey::Id(id) => sqlx::query(select_session!("s.id = $1")).bind(id.0),
        };
        let found = query.bind(now).fetch_optional(self.readers()).await?;
        found.map(|found| Ok((row::session(&found)?, row::person(&found)?))).transpose()
    }

    async fn sessions(
        &self,
        tokens: &[TokenHash],
        now: i64,
    ) -> Result<Vec<(TokenHash, Session, Person)>, StoreError> {
        let mut sessions = Vec::new();
        for tokens in tokens.chunks(LENGTHS[0]) {
            let (length, select) = SESSIONS.for_rows(tokens.len());
            let mut query = sqlx::query(select);
            for place in 0..length {
                query = query.bind(tokens.get(place).map(|token| token.0.to_vec()));
            }
            for found in query.bind(now).fetch_all(self.readers()).await? {
                let token = row::token_hash(&found)?;
                sessions.push((token, row::session(&found)?, row::person(&found)?));
            }
        }
        Ok(sessions)
    }

    async fn sessions_of(&self, user: UserId, now: i64) -> Result<Vec<Session>, StoreError> {
        let select = select_session!("s.user_id = $1 ORDER BY s.created_at DESC LIMIT 100");
        let found = sqlx::query(select).bind(user.0).bind(now).fetch_all(self.readers()).await?;
        found.iter().map(row::session).collect()
    }

    async fn label_session(&self, session: SessionId, label: &str) -> Result<(), StoreError> {
        let update = "UPDATE sessions SET label = $2 WHERE id = $1";
        sqlx::query(update).bind(session.0).bind(label).execute(self.writer()).await?;
        Ok(())
    }

    async fn touch_session(&self, session: SessionId, now: i64) -> Result<(), StoreError> {
        let update = "UPDATE sessions SET seen_at = $2 WHERE id = $1";
        sqlx::query(update).bind(session.0).bind(now).execute(self.writer()).await?;
        Ok(())
    }

    async fn touch_sessions(&self, sessions: &[SessionId], now: i64) -> Result<(), StoreError> {
        for sessions in sessions.chunks(LENGTHS[0]) {
            let (length, update) = TOUCH.for_rows(sessions.len());
            let mut query = sqlx::query(update);
            for place in 0..length {
                query = query.bind(sessions.get(place).map(|session| session.0));
            }
            query.bind(now).execute(self.writer()).await?;
        }
        Ok(())
    }

    async fn lost_visits(
        &self,
        before: i64,
        limit: usize,
    ) -> Result<Vec<(SessionId, User)>, StoreError> {
        let select = "SELECT s.id, u.id AS user_id, u.name AS user_name, u.role AS user_role \
                      FROM sessions s JOIN users u ON u.id = s.user_id \
                      WHERE s.kind = 'visit' AND s.ended_at IS NULL AND s.seen_at < $1 \
                      ORDER BY s.seen_at LIMIT $2";
        let query = sqlx::query(select).bind(before).bind(row::integer(limit));
        let found = query.fetch_all(self.readers()).await?;
        let visit = |found: &Row| Ok((SessionId(found.try_get("id")?), row::user(found)?));
        found.iter().map(visit).collect()
    }

    async fn end_session(
        &self,
        user: UserId,
        session: SessionId,
        at: i64,
    ) -> Result<bool, StoreError> {
        let update = "UPDATE sessions SET ended_at = $3 \
                      WHERE id = $1 AND user_id = $2 AND ended_at IS NULL";
        let query = sqlx::query(update).bind(session.0).bind(user.0).bind(at);
        Ok(query.execute(self.writer()).await?.rows_affected() > 0)
    }

    async fn end_sessions(
        &self,
        user: UserId,
        except: Option<SessionId>,
        at: i64,
    ) -> Result<(), StoreError> {
        let update = "UPDATE sessions SET ended_at = $3 \
                      WHERE user_id = $1 AND id <> $2 AND ended_at IS NULL";
        let except = except.map_or(Uuid::nil(), |session| session.0);
        sqlx::query(update).bind(user.0).bind(except).bind(at).execute(self.writer()).await?;
        Ok(())
    }

    async fn ended_since(&self, since: i64) -> Result<Vec<(SessionId, i64)>, StoreError> {
        let select =
            "SELECT id, ended_at FROM sessions WHERE ended_at IS NOT NULL AND ended_at >= $1";
        let found = sqlx::query(select).bind(since).fetch_all(self.readers()).await?;
        let ended =
            |row: &super::Row| Ok((SessionId(row.try_get("id")?), row.try_get("ended_at")?));
        found.iter().map(ended).collect()
    }

    async fn add_invite(&self, invite: &NewInvite) -> Result<(), StoreError> {
        let insert = "INSERT INTO invites \
                      (id, code_hash, room_id, made_by, uses_left, created_at, expires_at) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7)";
        sqlx::query(insert)
            .bind(invite.id)
            .bind(invite.code.0.to_vec())
            .bind(invite.room.map(|room| room.0))
            .bind(invite.made_by.map(|user| user.0))
            .bind(i64::from(invite.uses))
            .bind(invite.at)
            .bind(invite.expires_at)
            .execute(self.writer())
            .await?;
        Ok(())
    }

    async fn invite(&self, code: TokenHash, now: i64) -> Result<Option<Invite>, StoreError> {
        let select = "SELECT id, room_id FROM invites \
                      WHERE code_hash = $1 AND uses_left > 0 AND expires_at > $2";
        let query = sqlx::query(select).bind(code.0.to_vec()).bind(now);
        let Some(found) = query.fetch_optional(self.readers()).await? else { return Ok(None) };
        let room = found.try_get::<Option<Uuid>, _>("room_id")?.map(RoomId);
        Ok(Some(Invite { id: found.try_get("id")?, room }))
    }

    async fn use_invite(&self, invite: Uuid, now: i64) -> Result<bool, StoreError> {
        let update = "UPDATE invites SET uses_left = uses_left - 1 \
                      WHERE id = $1 AND uses_left > 0 AND expires_at > $2";
        let done = sqlx::query(update).bind(invite).bind(now).execute(self.writer()).await?;
        Ok(done.rows_affected() > 0)
    }

    async fn add_audit(&self, entry: &NewAudit) -> Result<(), StoreError> {
        let insert = "INSERT INTO audit (at, by_user, action, user_id, room_id, details) \
                      VALUES ($1, $2, $3, $4, $5, $6)";
        sqlx::query(insert)
            .bind(entry.at)
            .bind(entry.by.map(|user| user.0))
            .bind(entry.action)
            .bind(entry.user.map(|user| user.0))
            .bind(entry.room.map(|room| room.0))
            .bind(&entry.details)
            .execute(self.writer())
            .await?;
        Ok(())
    }

    async fn audit(&self, before: u64, limit: usize) -> Result<Vec<AuditEntry>, StoreError> {
        let select = "SELECT a.num, a.at, a.action, a.room_id, a.details, \
                      b.id AS by_id, b.name AS by_name, b.role AS by_role, \
                      u.id AS user_id, u.name AS user_name, u.role AS user_role \
                      FROM audit a LEFT JOIN users b ON b.id = a.by_user \
                      LEFT JOIN users u ON u.id = a.user_id \
                      WHERE a.num < $1 ORDER BY a.num DESC LIMIT $2";
        let query = sqlx::query(select).bind(row::integer(before)).bind(row::integer(limit));
        query.fetch_all(self.readers()).await?.iter().map(row::audit).collect()
    }
}
