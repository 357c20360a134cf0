use super::row;
use crate::identity::Identity;
use crate::names::NameKey;
use crate::store::{NewGuest, StoreError};
use crate::token::TokenHash;
use protocol::room::GENERAL;
use protocol::{SessionId, User};
use sqlx::{Row, SqlitePool};

pub(super) async fn add_guest(pool: &SqlitePool, guest: &NewGuest) -> Result<bool, StoreError> {
    let mut tx = pool.begin().await?;
    if let Some(displaced) = &guest.displaced {
        let rename = "UPDATE OR IGNORE users SET name = $1, name_key = $2 WHERE id = $3";
        sqlx::query(rename)
            .bind(&displaced.name)
            .bind(&displaced.key.0)
            .bind(displaced.id.0)
            .execute(&mut *tx)
            .await?;
    }
    let user = &guest.user;
    let insert = "INSERT INTO users (id, name, name_key, role, created_at) VALUES ($1, $2, $3, $4, $5) \
                  ON CONFLICT (name_key) DO NOTHING";
    let added = sqlx::query(insert)
        .bind(user.id.0)
        .bind(&user.name)
        .bind(&guest.key.0)
        .bind(row::role_name(user.role))
        .bind(guest.at)
        .execute(&mut *tx)
        .await?;
    if added.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("INSERT INTO sessions (id, user, token_hash, created_at) VALUES ($1, $2, $3, $4)")
        .bind(guest.session.0)
        .bind(user.id.0)
        .bind(&guest.token.0[..])
        .bind(guest.at)
        .execute(&mut *tx)
        .await?;
    let join =
        "INSERT INTO members (room, user, joined_at) SELECT id, $1, $2 FROM rooms WHERE slug = $3";
    sqlx::query(join).bind(user.id.0).bind(guest.at).bind(GENERAL).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(true)
}

pub(super) async fn holder(pool: &SqlitePool, key: &NameKey) -> Result<Option<User>, StoreError> {
    let select =
        "SELECT id AS user_id, name AS user_name, role AS user_role FROM users WHERE name_key = $1";
    let found = sqlx::query(select).bind(&key.0).fetch_optional(pool).await?;
    found.as_ref().map(row::user).transpose()
}

pub(super) async fn session(
    pool: &SqlitePool,
    token: TokenHash,
) -> Result<Option<Identity>, StoreError> {
    let select = "SELECT s.id AS session_id, u.id AS user_id, u.name AS user_name, u.role AS user_role \
                  FROM sessions s JOIN users u ON u.id = s.user \
                  WHERE s.token_hash = $1 AND s.ended_at IS NULL";
    let found = sqlx::query(select).bind(&token.0[..]).fetch_optional(pool).await?;
    let Some(found) = found else { return Ok(None) };
    let session = SessionId(found.try_get("session_id")?);
    Ok(Some(Identity { user: row::user(&found)?, session }))
}

pub(super) async fn end_session(
    pool: &SqlitePool,
    session: SessionId,
    at: i64,
) -> Result<(), StoreError> {
    let update = "UPDATE sessions SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL";
    sqlx::query(update).bind(at).bind(session.0).execute(pool).await?;
    Ok(())
}
