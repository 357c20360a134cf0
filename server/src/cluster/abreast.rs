//! Now and then a node looks in the database for what it was not told: because Redis was away, because a word
//! was lost, or because a commit's outcome was not known to whoever made it.

use super::Cluster;
use chat::Chat;
use protocol::ApiError;
use protocol::RoomId;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

const EVERY: Duration = Duration::from_secs(10);
/// While the nodes don't hear each other.
const EVERY_WHILE_AWAY: Duration = Duration::from_secs(4);
/// Once more after they hear each other again: one may have been quicker than the other.
const AFTER_RETURN: Duration = Duration::from_secs(2);
/// Memberships, as long as all is well.
const MEMBERSHIPS_EVERY: Duration = Duration::from_mins(1);

/// For ever. `more` are rooms that someone hears who isn't known to be here.
pub(crate) async fn keep(
    chat: Chat,
    cluster: Option<Arc<Cluster>>,
    more: impl Fn() -> Vec<RoomId> + Send,
) {
    let is_up = || cluster.as_ref().is_none_or(|cluster| cluster.is_up());
    let mut watches = cluster.as_ref().map(|cluster| cluster.watch());
    let (mut was_up, mut pause) = (is_up(), EVERY);
    let mut memberships = Instant::now();
    loop {
        let changed = timeout(pause, change(&mut watches)).await.is_ok();
        let up = is_up();
        let returned = up && !was_up;
        was_up = up;
        pause = match (up, changed) {
            (false, _) => EVERY_WHILE_AWAY,
            (true, true) => AFTER_RETURN,
            (true, false) => EVERY,
        };
        // Turned into what would be told, a failure of the store is logged.
        let _ = chat.catch_up(&more()).await.map_err(ApiError::from);
        if !up || returned || memberships.elapsed() >= MEMBERSHIPS_EVERY {
            memberships = Instant::now();
            let _ = chat.catch_up_memberships().await.map_err(ApiError::from);
        }
    }
}

async fn change(watches: &mut Option<[watch::Receiver<bool>; 2]>) {
    let Some([one, other]) = watches else { return std::future::pending().await };
    tokio::select! {
        Ok(()) = one.changed() => {}
        Ok(()) = other.changed() => {}
        else => std::future::pending().await,
    }
}
