//! Whom a message calls: the other one in a direct room, or whoever it names with an `@`.

use crate::chat::Chat;
use crate::error::Error;
use crate::people::names::NameKey;
use crate::standing::Place;
use crate::store::messages::Call;
use protocol::event::{Notification, NotificationKind};
use protocol::limits::{MENTIONS, NAME_CHARS};
use protocol::{Message, MessageId, MessageText, NotificationId, RoomKind, UserId};
use uuid::Uuid;

/// What a notification shows of a message.
const SNIPPET_CHARS: usize = 140;

impl Chat {
    pub(super) async fn calls(
        &self,
        place: &Place,
        message: MessageId,
        text: &MessageText,
        at: i64,
    ) -> Result<Vec<Call>, Error> {
        let room = place.room.id;
        let author = &place.person.user;
        let (kind, users) = self.called(place, text.as_str()).await?;
        let snippet: String = text.as_str().chars().take(SNIPPET_CHARS).collect();
        let call = |user| Call {
            user,
            notification: Notification {
                id: NotificationId(Uuid::now_v7()),
                kind,
                room: Some(room),
                message: Some(message),
                text: format!("{}: {snippet}", author.name),
                at,
            },
        };
        Ok(users.into_iter().map(call).collect())
    }

    /// Whom an edit calls that the message didn't call, and the other way round.
    pub(super) async fn new_calls(
        &self,
        place: &Place,
        message: &Message,
        text: &MessageText,
        at: i64,
    ) -> Result<(Vec<Call>, Vec<UserId>), Error> {
        let (_, before) = self.called(place, &message.text).await?;
        let mut calls = self.calls(place, message.id, text, at).await?;
        let still = |user: &UserId| calls.iter().any(|call| call.user == *user);
        let uncalled = before.iter().copied().filter(|user| !still(user)).collect();
        calls.retain(|call| !before.contains(&call.user));
        Ok((calls, uncalled))
    }

    async fn called(
        &self,
        place: &Place,
        text: &str,
    ) -> Result<(NotificationKind, Vec<UserId>), Error> {
        if place.room.kind == RoomKind::Direct {
            let partner = self.house.store.partner(place.room.id, place.person.user.id).await?;
            return Ok((NotificationKind::Direct, partner.iter().map(|user| user.id).collect()));
        }
        Ok((NotificationKind::Mention, self.named(place, text).await?))
    }

    async fn named(&self, place: &Place, text: &str) -> Result<Vec<UserId>, Error> {
        let called: Vec<Vec<NameKey>> = after_ats(text).map(possible_names).collect();
        let keys: Vec<NameKey> = called.iter().flatten().cloned().collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let holders = self.house.store.holders(&keys).await?;
        let ids: Vec<UserId> = holders.iter().map(|user| user.id).collect();
        let members = self.house.store.members_among(place.room.id, &ids).await?;
        let mut users = Vec::new();
        for names in called {
            // `@Anna 2` calls Anna 2 and not Anna: the longest name that someone bears.
            let bearer = names.iter().find_map(|name| {
                let bears = |user: &&protocol::User| NameKey::of(&user.name) == *name;
                holders.iter().filter(|user| members.contains(&user.id)).find(bears)
            });
            match bearer {
                Some(user) if user.id != place.person.user.id && !users.contains(&user.id) => {
                    users.push(user.id);
                }
                _ => {}
            }
        }
        Ok(users)
    }
}

/// What stands after each `@` that begins a word.
fn after_ats(text: &str) -> impl Iterator<Item = &str> {
    let begins = |at: usize| !text[..at].ends_with(char::is_alphanumeric);
    text.match_indices('@')
        .filter(move |(at, _)| begins(*at))
        .map(|(at, _)| &text[at + 1..])
        .take(MENTIONS)
}

/// The names that a text may begin with, the longest first: each ends where a word does.
fn possible_names(text: &str) -> Vec<NameKey> {
    let chars: Vec<(usize, char)> = text.char_indices().take(NAME_CHARS + 1).collect();
    let ends = |place: usize| {
        let (_, last) = chars[place - 1];
        let next = chars.get(place).map(|(_, c)| *c);
        !last.is_whitespace() && !next.is_some_and(char::is_alphanumeric) || is_ideograph(last)
    };
    let longest = chars.len().min(NAME_CHARS);
    (1..=longest)
        .rev()
        .filter(|place| ends(*place))
        .map(|place| NameKey::of(&chars[..place].iter().map(|(_, c)| *c).collect::<String>()))
        .collect()
}

/// Chinese has no spaces: a name may end anywhere.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<NameKey> {
        after_ats(text).flat_map(possible_names).collect()
    }

    #[test]
    fn a_name_may_have_spaces_and_stand_before_punctuation() {
        assert!(names("hi @Anna 2, look").contains(&NameKey::of("Anna 2")));
        assert!(names("(@anna)").contains(&NameKey::of("Anna")));
        assert!(names("@李雷你好").contains(&NameKey::of("李雷")));
        assert!(names("@Анна!").contains(&NameKey::of("анна")));
    }

    #[test]
    fn a_part_of_a_name_is_no_name() {
        assert!(!names("@Annabel").contains(&NameKey::of("Anna")));
        assert!(names("mail@example.com").is_empty());
    }
}
