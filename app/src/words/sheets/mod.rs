//! The words of the pages that only the server renders; the browser doesn't load them.

mod en;
mod ru;
mod zh;

use super::Lang;
use leptos::prelude::use_context;
use protocol::{ApiError, ErrorCode, Reason};

/// Things that have a name in an address.
macro_rules! named {
    ($(#[$doc:meta])* $type:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $type {
            $($variant),+
        }

        impl $type {
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }

            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

named! {
    /// What a form has done.
    Told {
        Saved = "saved",
        PasswordSet = "password-set",
        PasswordChanged = "password-changed",
        SessionEnded = "session-ended",
        OthersEnded = "others-ended",
        Invited = "invited",
        Removed = "removed",
        Left = "left",
        Archived = "archived",
        Deleted = "deleted",
        Kicked = "kicked",
        Banned = "banned",
        Unbanned = "unbanned",
        Muted = "muted",
        Unmuted = "unmuted",
        RoleGiven = "role-given",
        Announced = "announced",
    }
}

named! {
    /// Why a form was refused.
    Trouble {
        Failed = "failed",
        TooOften = "too-often",
        Unavailable = "unavailable",
        MayNot = "may-not",
        Gone = "gone",
        Muted = "muted",
        ArchivedRoom = "archived",
        Characters = "characters",
        RoomNameEmpty = "room-name-empty",
        RoomNameLong = "room-name-long",
        TopicLong = "topic-long",
        Size = "size",
        TooSmall = "too-small",
        TooManyRooms = "too-many-rooms",
        NoPerson = "no-person",
        Oneself = "oneself",
        IsMember = "is-member",
        NotTicked = "not-ticked",
        PasswordShort = "password-short",
        PasswordLong = "password-long",
        PasswordWrong = "password-wrong",
        Invite = "invite",
        NoAccounts = "no-accounts",
        ReasonLong = "reason-long",
        Uses = "uses",
        Days = "days",
        QueryLong = "query-long",
        TextEmpty = "text-empty",
        TextLong = "text-long",
    }
}

impl From<&ApiError> for Trouble {
    fn from(error: &ApiError) -> Self {
        let field = error.details.as_ref().map_or("", |details| details.field.as_str());
        match (field, error.reason(), error.code) {
            ("name", Some(Reason::Empty), _) => Self::RoomNameEmpty,
            ("name", Some(Reason::TooLong), _) => Self::RoomNameLong,
            ("topic", Some(Reason::TooLong), _) => Self::TopicLong,
            ("maxUsers", ..) => Self::Size,
            ("password", Some(Reason::TooShort), _) => Self::PasswordShort,
            ("password", Some(Reason::TooLong), _) => Self::PasswordLong,
            ("reason", Some(Reason::TooLong), _) => Self::ReasonLong,
            ("query", Some(Reason::TooLong), _) => Self::QueryLong,
            ("text", Some(Reason::Empty), _) => Self::TextEmpty,
            ("text", Some(Reason::TooLong), _) => Self::TextLong,
            ("uses", ..) => Self::Uses,
            (_, Some(Reason::Characters), _) => Self::Characters,
            (_, Some(Reason::Wrong), _) => Self::PasswordWrong,
            (_, Some(Reason::Invite), _) => Self::Invite,
            (_, Some(Reason::Closed), _) => Self::NoAccounts,
            (_, Some(Reason::Muted), _) => Self::Muted,
            (_, Some(Reason::Archived), _) => Self::ArchivedRoom,
            (.., ErrorCode::Forbidden) => Self::MayNot,
            (.., ErrorCode::NotFound) => Self::Gone,
            (.., ErrorCode::RateLimited) => Self::TooOften,
            (.., ErrorCode::Unavailable) => Self::Unavailable,
            _ => Self::Failed,
        }
    }
}

pub struct SheetWords {
    pub back: &'static str,
    pub told: fn(Told) -> &'static str,
    pub may_not: &'static str,
    pub gone: &'static str,
    pub characters: &'static str,

    pub find: &'static str,
    pub find_in: &'static str,
    pub all_rooms: &'static str,
    pub find_hint: &'static str,
    pub found_nothing: &'static str,
    pub older_results: &'static str,
    pub query_long: &'static str,

    pub looks: &'static str,
    pub theme: &'static str,
    pub as_system: &'static str,
    pub light: &'static str,
    pub dark: &'static str,
    pub motion: &'static str,
    pub less_motion: &'static str,
    pub notices: &'static str,
    pub sounds: &'static str,
    pub notify: &'static str,
    pub account: &'static str,
    pub signed_in_as: &'static str,
    pub set_password: &'static str,
    pub set_password_hint: &'static str,
    pub password_hint: &'static str,
    pub invite_code: &'static str,
    pub change_password: &'static str,
    pub change_password_hint: &'static str,
    pub old_password: &'static str,
    pub new_password: &'static str,
    pub old_wrong: &'static str,
    pub sessions: &'static str,
    pub browser: &'static str,
    pub program: &'static str,
    pub this_session: &'static str,
    pub since: &'static str,
    pub last_active: &'static str,
    pub end_session: &'static str,
    pub end_others: &'static str,
    pub token: &'static str,
    pub token_hint: &'static str,
    pub token_label: &'static str,
    pub make_token: &'static str,
    pub token_made: &'static str,

    pub room_name: &'static str,
    pub topic: &'static str,
    pub topic_hint: &'static str,
    pub private: &'static str,
    pub private_hint: &'static str,
    pub size: &'static str,
    pub size_hint: &'static str,
    pub make_room: &'static str,
    pub other_rooms: &'static str,
    pub no_other_rooms: &'static str,
    pub members: fn(u64) -> String,
    pub room_name_empty: &'static str,
    pub room_name_long: &'static str,
    pub topic_long: &'static str,
    pub size_wrong: &'static str,
    pub too_small: &'static str,
    pub too_many_rooms: &'static str,

    /// Between things that are listed.
    pub comma: &'static str,
    pub members_here: &'static str,
    pub and_more: fn(u64) -> String,
    pub not_a_member: &'static str,
    pub enter: &'static str,
    pub change_room: &'static str,
    pub invite_someone: &'static str,
    pub invite: &'static str,
    pub remove: &'static str,
    pub leave: &'static str,
    pub leave_hint: &'static str,
    pub archive: &'static str,
    pub archive_hint: &'static str,
    pub archive_sure: &'static str,
    pub delete_room: &'static str,
    pub delete_hint: &'static str,
    pub delete_sure: &'static str,
    pub not_ticked: &'static str,
    pub is_member: &'static str,

    pub person_name: &'static str,
    pub no_person: &'static str,
    pub oneself: &'static str,
    pub write_to: &'static str,
    pub no_one_else: &'static str,
    pub moderation: &'static str,
    pub member: &'static str,
    pub role: &'static str,
    pub give_role: &'static str,
    pub kick: &'static str,
    pub kick_hint: &'static str,
    pub mute: &'static str,
    pub mute_hint: &'static str,
    pub muted_until: &'static str,
    pub unmute: &'static str,
    pub ban: &'static str,
    pub ban_hint: &'static str,
    pub banned_until: &'static str,
    pub banned_for_good: &'static str,
    pub unban: &'static str,
    pub lasts: &'static str,
    /// Minutes, as [`LASTS`] offers them.
    pub duration: fn(u32) -> &'static str,
    pub for_good: &'static str,
    pub reason: &'static str,
    pub reason_hint: &'static str,
    pub reason_long: &'static str,

    pub administration: &'static str,
    pub invites: &'static str,
    pub invites_hint: &'static str,
    pub uses: &'static str,
    pub uses_wrong: &'static str,
    pub days: &'static str,
    pub days_wrong: &'static str,
    pub opens_room: &'static str,
    pub opens_none: &'static str,
    pub make_link: &'static str,
    pub link_made: &'static str,
}

/// For how many minutes someone may be muted or banned: ten, an hour, a day, a week, thirty days.
pub const LASTS: [u32; 5] = [10, 60, 1_440, 10_080, 43_200];

impl Lang {
    pub fn sheet_words(self) -> &'static SheetWords {
        match self {
            Self::En => &en::WORDS,
            Self::Ru => &ru::WORDS,
            Self::Zh => &zh::WORDS,
        }
    }

    pub fn trouble(self, trouble: Trouble) -> &'static str {
        let (words, sheet) = (self.words(), self.sheet_words());
        match trouble {
            Trouble::Failed => words.failed,
            Trouble::TooOften => words.too_often,
            Trouble::Unavailable => words.unavailable,
            Trouble::MayNot => sheet.may_not,
            Trouble::Gone => sheet.gone,
            Trouble::Muted => words.muted,
            Trouble::ArchivedRoom => words.archived,
            Trouble::Characters => sheet.characters,
            Trouble::RoomNameEmpty => sheet.room_name_empty,
            Trouble::RoomNameLong => sheet.room_name_long,
            Trouble::TopicLong => sheet.topic_long,
            Trouble::Size => sheet.size_wrong,
            Trouble::TooSmall => sheet.too_small,
            Trouble::TooManyRooms => sheet.too_many_rooms,
            Trouble::NoPerson => sheet.no_person,
            Trouble::Oneself => sheet.oneself,
            Trouble::IsMember => sheet.is_member,
            Trouble::NotTicked => sheet.not_ticked,
            Trouble::PasswordShort => words.password_short,
            Trouble::PasswordLong => words.password_long,
            Trouble::PasswordWrong => sheet.old_wrong,
            Trouble::Invite => words.invite_needed,
            Trouble::NoAccounts => words.no_accounts,
            Trouble::ReasonLong => sheet.reason_long,
            Trouble::Uses => sheet.uses_wrong,
            Trouble::Days => sheet.days_wrong,
            Trouble::QueryLong => sheet.query_long,
            Trouble::TextEmpty => words.text_empty,
            Trouble::TextLong => words.text_too_long,
        }
    }
}

/// The words of this page.
pub fn sheet_words() -> &'static SheetWords {
    use_context::<Lang>().unwrap_or_default().sheet_words()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_have_the_right_plural() {
        let members = |lang: Lang, count| (lang.sheet_words().members)(count);
        assert_eq!(members(Lang::En, 1), "1 member");
        assert_eq!(members(Lang::En, 2), "2 members");
        for (count, told) in [
            (1, "1 участник"),
            (2, "2 участника"),
            (5, "5 участников"),
            (11, "11 участников"),
            (21, "21 участник"),
            (112, "112 участников"),
            (1_003, "1003 участника"),
        ] {
            assert_eq!(members(Lang::Ru, count), told);
        }
        assert_eq!(members(Lang::Zh, 3), "3 名成员");
        let more = |count| (Lang::Ru.sheet_words().and_more)(count);
        assert_eq!(
            [more(1), more(3), more(7)],
            ["и ещё 1 человек", "и ещё 3 человека", "и ещё 7 человек"]
        );
    }

    #[test]
    fn a_name_in_an_address_is_read_back() {
        assert_eq!(Told::named(Told::RoleGiven.name()), Some(Told::RoleGiven));
        assert_eq!(Trouble::named(Trouble::TooSmall.name()), Some(Trouble::TooSmall));
        assert_eq!(Trouble::named("<script>"), None);
    }
}
