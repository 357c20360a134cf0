//! The words of the admin's page: the chat's wasm has none of them.

mod en;
mod ru;
mod zh;

use super::Lang;
use leptos::prelude::use_context;

pub struct AdminWords {
    pub title: &'static str,
    pub parts: &'static str,
    pub now: &'static str,
    pub people: &'static str,
    pub rooms: &'static str,
    pub log: &'static str,

    pub connections: &'static str,
    pub messages: &'static str,
    pub deliveries: &'static str,
    pub answers: &'static str,
    pub processor: &'static str,
    pub memory: &'static str,
    pub queue: &'static str,
    pub nodes: &'static str,

    pub per_second: &'static str,
    pub milliseconds: &'static str,
    pub megabytes: &'static str,
    /// Between the thousands, and before what is less than one.
    pub thousands: char,
    pub decimal: char,

    /// So many people, in so many rooms.
    pub here: fn(usize, usize) -> String,
    /// What counts as a message.
    pub changes: &'static str,
    pub delivered: &'static str,
    /// 99 of 100 answers are as quick as the figure says, half of them as this.
    pub half_within: fn(&str) -> String,
    pub not_asked: &'static str,
    pub of_one_core: &'static str,
    pub resident: &'static str,
    pub waiting: &'static str,
    pub connections_here: fn(usize) -> String,
    pub only_node: &'static str,

    /// What a chart shows, for whoever doesn't see it: its name, its value now, the least and the most.
    pub chart: fn(&str, &str, &str, &str) -> String,
    pub five_minutes_ago: &'static str,
    pub at_present: &'static str,
    pub in_figures: &'static str,
    pub figure: &'static str,
    pub least: &'static str,
    pub average: &'static str,
    pub most: &'static str,

    pub live: &'static str,
    pub connecting: &'static str,
    pub lost: &'static str,
    pub refused: &'static str,
    pub as_loaded: &'static str,
    /// Seconds since the start.
    pub up: fn(u64) -> String,
    pub node_only: &'static str,

    pub announce: &'static str,
    pub announce_hint: &'static str,
    pub announce_text: &'static str,
    pub tell_everyone: &'static str,

    pub find_person: &'static str,
    pub find_room: &'static str,
    pub find: &'static str,
    pub no_person: &'static str,
    pub no_room: &'static str,
    pub next: &'static str,
    pub manage: &'static str,
    pub muted: &'static str,
    pub banned: &'static str,
    pub disabled: &'static str,
    pub archived: &'static str,
    pub online: fn(usize) -> String,
    /// So many private rooms and direct ones.
    pub unseen_rooms: fn(usize, usize) -> String,

    pub recent: &'static str,
    pub whole_log: &'static str,
    pub log_hint: &'static str,
    pub nothing_done: &'static str,
    pub command_line: &'static str,
    /// What was done, as the log names it.
    pub deed: fn(&str) -> Option<&'static str>,
    pub minutes: fn(&str) -> String,

    pub sessions: &'static str,
    pub no_sessions: &'static str,
    pub end_all: &'static str,
}

impl Lang {
    pub fn admin_words(self) -> &'static AdminWords {
        match self {
            Self::En => &en::WORDS,
            Self::Ru => &ru::WORDS,
            Self::Zh => &zh::WORDS,
        }
    }
}

/// The words of this page.
pub fn admin_words() -> &'static AdminWords {
    use_context::<Lang>().unwrap_or_default().admin_words()
}

/// The two largest parts of a time that are not nothing: days and hours, hours and minutes, or minutes.
fn lasted(seconds: u64, [day, hour, minute]: [&str; 3]) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes}{minute}"),
        (0, _) => format!("{hours}{hour} {minutes}{minute}"),
        _ => format!("{days}{day} {hours}{hour}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_by_its_largest_parts() {
        let up = |lang: Lang, seconds| (lang.admin_words().up)(seconds);
        assert_eq!(up(Lang::En, 59), "up for 0 min");
        assert_eq!(up(Lang::En, 3_600 + 120), "up for 1 h 2 min");
        assert_eq!(up(Lang::Ru, 2 * 86_400 + 3_600), "работает 2 д 1 ч");
        assert_eq!(up(Lang::Zh, 180), "已运行 3 分钟");
    }

    #[test]
    fn people_and_rooms_have_the_right_plural() {
        let here = |lang: Lang, people, rooms| (lang.admin_words().here)(people, rooms);
        assert_eq!(here(Lang::En, 1, 1), "1 person in 1 room");
        assert_eq!(here(Lang::En, 2, 3), "2 people in 3 rooms");
        assert_eq!(here(Lang::Ru, 1, 1), "1 человек в 1 комнате");
        assert_eq!(here(Lang::Ru, 3, 21), "3 человека в 21 комнате");
        assert_eq!(here(Lang::Ru, 5, 2), "5 человек в 2 комнатах");
        assert_eq!(here(Lang::Zh, 5, 2), "5 人在 2 个房间里");
    }
}
