use super::super::Pool;
use super::{Connection, row};
use crate::store::StoreError;
use protocol::UserId;
use protocol::event::Notification;

/// `seq` is that of the message it is about, which settles it when it is read.
pub(super) async fn add(
    tx: &mut Connection,
    user: UserId,
    seq: Option<u64>,
    notification: &Notification,
) -> Result<(), StoreError> {
    let insert = "INSERT INTO notifications (id, user_id, kind, room_id, message_id, seq, text, at) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING";
    sqlx::query(insert)
        .bind(notification.id.0)
        .bind(user.0)
        .bind(row::notification_kind_name(notification.kind))
        .bind(notification.room.map(|room| room.0))
        .bind(notification.message.map(|message| message.0))
        .bind(seq.map(row::integer))
        .bind(&notification.text)
        .bind(notification.at)
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn list(
    pool: &Pool,
    user: UserId,
    limit: usize,
) -> Result<Vec<Notification>, StoreError> {
    let select = "SELECT id, kind, room_id, message_id, text, at FROM notifications \
                  WHERE user_id = $1 ORDER BY at DESC, id DESC LIMIT $2";
    let query = sqlx::query(select).bind(user.0).bind(row::integer(limit));
    query.fetch_all(pool).await?.iter().map(row::notification).collect()
}
