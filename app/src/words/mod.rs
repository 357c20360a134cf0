//! Every word that a person reads. A language is one file with one value of [`Words`]: a missing word
//! does not compile.

pub mod admin;
mod en;
mod ru;
#[cfg(feature = "ssr")]
pub mod sheets;
mod zh;

use crate::zone::Date;
use leptos::prelude::*;
use protocol::{ApiError, ErrorCode, Reason};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    En,
    Ru,
    Zh,
}

pub struct Words {
    pub welcome: &'static str,
    /// How many people are here, and that a name is enough.
    pub invitation: fn(usize) -> String,
    pub your_name: &'static str,
    pub join: &'static str,
    pub language: &'static str,
    pub rooms: &'static str,
    pub people: &'static str,
    pub online: &'static str,
    pub away: &'static str,
    pub you: &'static str,
    pub guest: &'static str,
    pub sign_out: &'static str,
    pub messages: &'static str,
    pub message: &'static str,
    pub write: &'static str,
    pub send: &'static str,
    pub nothing_yet: &'static str,
    pub not_sent: fn(&str) -> String,
    pub retry: &'static str,
    pub delete: &'static str,
    pub sending: &'static str,
    pub waiting: &'static str,
    pub connection_lost: fn(u64) -> String,
    pub connecting: &'static str,
    pub try_now: &'static str,
    pub signed_out: &'static str,
    pub not_found: &'static str,
    pub not_found_hint: &'static str,
    pub way_back: &'static str,
    pub name_empty: &'static str,
    pub name_too_long: &'static str,
    pub name_characters: &'static str,
    pub name_taken: &'static str,
    pub text_empty: &'static str,
    pub text_too_long: &'static str,
    pub unavailable: &'static str,
    pub too_often: &'static str,
    pub deleted: &'static str,
    pub edited: &'static str,
    pub muted: &'static str,
    pub archived: &'static str,
    pub banned: &'static str,
    pub no_guests: &'static str,
    pub no_accounts: &'static str,
    pub password: &'static str,
    pub sign_in: &'static str,
    pub make_account: &'static str,
    pub invited: &'static str,
    pub no_password: &'static str,
    pub have_password: &'static str,
    pub new_account: &'static str,
    pub today: &'static str,
    pub yesterday: &'static str,
    pub date: fn(Date) -> String,
    pub go_to: &'static str,
    pub search: &'static str,
    pub details: &'static str,
    pub close: &'static str,
    pub allow: &'static str,
    pub ask_notifications: &'static str,
    pub unreachable: fn(u64) -> String,
    pub new_room: &'static str,
    pub directs: &'static str,
    pub new_direct: &'static str,
    pub settings: &'static str,
    pub unread: fn(u64) -> String,
    pub moderator: &'static str,
    pub admin: &'static str,
    pub owner: &'static str,
    pub older: &'static str,
    pub typing: fn(&[String]) -> String,
    pub new_below: fn(u64) -> String,
    pub to_the_end: &'static str,
    pub new: &'static str,
    pub joined: fn(&[String]) -> String,
    pub left: fn(&[String]) -> String,
    pub reply: &'static str,
    pub copy_link: &'static str,
    pub edit: &'static str,
    pub save: &'static str,
    pub cancel: &'static str,
    pub replying: fn(&str) -> String,
    pub editing: &'static str,
    pub delete_question: &'static str,
    pub room_or_person: &'static str,
    pub nothing_found: &'static str,
    pub names: &'static str,
    pub todos: &'static str,
    pub add_todo: &'static str,
    pub remove_todo: &'static str,
    pub room_full: &'static str,
    pub password_short: &'static str,
    pub password_long: &'static str,
    pub password_wrong: &'static str,
    pub invite_needed: &'static str,
    pub failed: &'static str,
}

impl Lang {
    pub const ALL: [Self; 3] = [Self::En, Self::Ru, Self::Zh];

    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
            Self::Zh => "zh",
        }
    }

    /// What the language calls itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Ru => "Русский",
            Self::Zh => "中文",
        }
    }

    /// From a tag such as `zh-Hans-CN`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let language = tag.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|lang| lang.code().eq_ignore_ascii_case(language))
    }

    /// The best of an `Accept-Language` header. Browsers list languages best first, but a program may
    /// not: the weights decide.
    pub fn from_header(header: &str) -> Option<Self> {
        let weighed = header.split(',').filter_map(|item| {
            let (tag, weight) = item.split_once(";q=").unwrap_or((item, "1"));
            Some((Self::from_tag(tag)?, weight.trim().parse::<f32>().unwrap_or(0.0)))
        });
        let best = weighed.fold(None, |best: Option<(Self, f32)>, next| match best {
            Some(best) if best.1 >= next.1 => Some(best),
            _ => Some(next),
        });
        best.map(|(lang, _)| lang)
    }

    pub fn words(self) -> &'static Words {
        match self {
            Self::En => &en::WORDS,
            Self::Ru => &ru::WORDS,
            Self::Zh => &zh::WORDS,
        }
    }
}

impl Words {
    /// What a refusal means, to the person who was refused.
    pub fn problem(&self, error: &ApiError) -> &'static str {
        let field = error.details.as_ref().map(|details| details.field.as_str());
        match (error.code, field, error.reason()) {
            (_, Some("name"), Some(reason)) => self.name_problem(reason),
            (_, Some("text"), Some(Reason::Empty)) => self.text_empty,
            (_, Some("text"), Some(Reason::TooLong)) => self.text_too_long,
            (_, Some("password"), Some(Reason::TooShort)) => self.password_short,
            (_, Some("password"), Some(Reason::TooLong)) => self.password_long,
            (_, _, Some(Reason::Wrong)) => self.password_wrong,
            (_, _, Some(Reason::Invite)) => self.invite_needed,
            (_, _, Some(Reason::Closed)) => self.no_accounts,
            (_, _, Some(Reason::Muted)) => self.muted,
            (_, _, Some(Reason::Archived)) => self.archived,
            (_, _, Some(Reason::Banned)) => self.banned,
            (ErrorCode::RoomFull, _, _) => self.room_full,
            (ErrorCode::NotFound, _, _) => self.not_found,
            (ErrorCode::RateLimited, _, _) => self.too_often,
            (ErrorCode::Unavailable, _, _) => self.unavailable,
            (ErrorCode::Unauthorized, _, _) => self.signed_out,
            _ => self.failed,
        }
    }

    pub fn name_problem(&self, reason: Reason) -> &'static str {
        match reason {
            Reason::Empty => self.name_empty,
            Reason::TooLong => self.name_too_long,
            Reason::Taken => self.name_taken,
            Reason::Characters => self.name_characters,
            Reason::Closed => self.no_guests,
            Reason::Wrong => self.password_wrong,
            Reason::Invite => self.invite_needed,
            Reason::Banned => self.banned,
            _ => self.failed,
        }
    }
}

/// The name of a day or a month.
fn name(names: &[&'static str], number: u32) -> &'static str {
    names.get(number as usize).copied().unwrap_or_default()
}

/// The words of this page.
pub fn words() -> &'static Words {
    use_context::<Lang>().unwrap_or_default().words()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_follows_the_header() {
        assert_eq!(Lang::from_header("ru-RU,ru;q=0.9,en;q=0.8"), Some(Lang::Ru));
        assert_eq!(Lang::from_header("de, fr;q=0.9, zh-CN;q=0.5"), Some(Lang::Zh));
        assert_eq!(Lang::from_header("en;q=0.1, zh;q=0.7"), Some(Lang::Zh));
        assert_eq!(Lang::from_header("de"), None);
        assert_eq!(Lang::from_header("*;q=x,,;"), None);
    }

    #[test]
    fn numbers_have_the_right_plural() {
        let invitation = |count| (Lang::Ru.words().invitation)(count);
        assert!(invitation(1).starts_with("Сейчас здесь 1 человек."));
        assert!(invitation(2).starts_with("Сейчас здесь 2 человека."));
        assert!(invitation(5).starts_with("Сейчас здесь 5 человек."));
        assert!(invitation(12).starts_with("Сейчас здесь 12 человек."));
        assert!(invitation(22).starts_with("Сейчас здесь 22 человека."));
        assert!((Lang::En.words().invitation)(1).starts_with("1 person is here now."));
    }
}
