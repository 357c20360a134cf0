use super::grams::Needle;
use super::reading::page_size;
use crate::chat::Chat;
use crate::error::Error;
use crate::people::Identity;
use crate::permissions::Action;
use crate::store::Candidates;
use protocol::event::{self, Page};
use protocol::limits::Limit;
use protocol::{ApiError, Message, Query};

/// Candidates of one step.
const STEP: usize = 200;
/// After so many steps an answer is given as it is: grams are rarely wrong, so this many of them hold
/// what hardly anyone looks for.
const STEPS: usize = 50;

impl Chat {
    /// Messages that hold every word of the query, from new to old.
    pub async fn search(&self, who: &Identity, ask: &event::Search) -> Result<Page, Error> {
        let needle = Needle::new(Query::parse(&ask.query)?.as_str());
        let limit = page_size(ask.limit)?;
        self.person(who).await?;
        let rooms = match &ask.room {
            Some(room) => vec![self.allowed(who, room, Action::Look).await?.room.id],
            None => self.house.store.rooms_of(who.user.id).await?,
        };
        self.house.limits.check(Limit::Search, who).await?;
        if rooms.is_empty() {
            return Ok(Page { messages: Vec::new(), more: false });
        }
        let mut before = match ask.before {
            Some(message) => self.house.store.number_of(message).await?.ok_or_else(no_page)?,
            None => u64::MAX,
        };
        let grams = needle.grams();
        let mut messages: Vec<Message> = Vec::new();
        for _ in 0..STEPS {
            let search = Candidates { grams: &grams, rooms: &rooms, before, limit: STEP };
            let found = self.house.store.candidates(&search).await?;
            messages
                .extend(found.messages.into_iter().filter(|message| needle.is_in(&message.text)));
            match found.next {
                Some(next) if messages.len() <= limit => before = next,
                _ => break,
            }
        }
        let more = messages.len() > limit;
        messages.truncate(limit);
        Ok(Page { messages, more })
    }
}

fn no_page() -> ApiError {
    ApiError::not_found("message")
}
