//! Finding what was said.

use super::answer::{Answer, Granted};
use super::ask::{Ask, Asker};
use axum::extract::State;
use chat::Chat;
use protocol::event::{Page, Search};

pub(super) async fn search(
    State(chat): State<Chat>,
    Asker(who): Asker,
    Ask(ask): Ask<Search>,
) -> Answer<Page> {
    Ok(Granted(chat.search(&who, &ask).await?))
}
