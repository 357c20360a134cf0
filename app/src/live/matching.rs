//! Completing names, and finding rooms and people by typing.
//!
//! A cursor is counted as a text field counts it, in UTF-16 units.

use super::letters::small;
use protocol::limits::NAME_CHARS;

/// The `@` that begins the word before the cursor, and what of a name follows it. A name may have a
/// space in it.
pub fn at_word(text: &str, cursor: usize) -> Option<(usize, &str)> {
    let before = &text[..bytes(text, cursor)];
    let at = before.rfind('@')?;
    let prefix = &before[at + 1..];
    let begins = !before[..at].ends_with(char::is_alphanumeric);
    let spaces = prefix.chars().filter(|c| c.is_whitespace()).count();
    let name = !prefix.starts_with(char::is_whitespace)
        && spaces <= 1
        && !prefix.contains('\n')
        && prefix.chars().count() <= NAME_CHARS;
    (begins && name).then(|| (units(&before[..at]), prefix))
}

/// The names that what was typed may become; none when it is one already.
pub fn complete(names: &[String], prefix: &str, limit: usize) -> Vec<String> {
    let typed = small(prefix.trim_end());
    let done = names.iter().any(|name| small(name) == typed);
    if done && (prefix.ends_with(' ') || !goes_on(names, &typed)) {
        return Vec::new();
    }
    let found = ranked(&small(prefix), names, limit, WORD);
    found.into_iter().filter_map(|place| names.get(place).cloned()).collect()
}

/// Puts a name in the place of what stands between the `@` at `start` and the cursor, and the cursor
/// behind it.
pub fn insert(text: &str, start: usize, cursor: usize, name: &str) -> (String, usize) {
    let (start, end) = (bytes(text, start), bytes(text, cursor));
    let after = &text[end.max(start)..];
    let mut whole = [&text[..start], "@", name].concat();
    if after.is_empty() || after.starts_with(char::is_alphanumeric) {
        whole.push(' ');
    }
    let cursor = units(&whole) + usize::from(after.starts_with(' '));
    whole.push_str(after);
    (whole, cursor)
}

/// The places of those that match: first what is so, then what begins so, then where a word does, then the rest.
pub fn find<T: AsRef<str>>(query: &str, items: &[T], limit: usize) -> Vec<usize> {
    ranked(&small(query.trim()), items, limit, INSIDE)
}

/// How well something matches; the least is the best.
type Rank = u8;
const SAME: Rank = 0;
const BEGIN: Rank = 1;
const WORD: Rank = 2;
const INSIDE: Rank = 3;

fn ranked<T: AsRef<str>>(query: &str, items: &[T], limit: usize, worst: Rank) -> Vec<usize> {
    let ranks: Vec<Option<Rank>> =
        items.iter().map(|item| rank(&small(item.as_ref()), query)).collect();
    let mut found = Vec::new();
    for wanted in SAME..=worst {
        let places = ranks.iter().enumerate().filter(|(_, rank)| **rank == Some(wanted));
        found.extend(places.map(|(place, _)| place));
    }
    found.truncate(limit);
    found
}

fn rank(text: &str, query: &str) -> Option<Rank> {
    if text == query {
        return Some(SAME);
    }
    if text.starts_with(query) {
        return Some(BEGIN);
    }
    let mut places = text.match_indices(query).map(|(place, _)| place).peekable();
    places.peek()?;
    let begins = |place: usize| !text[..place].ends_with(char::is_alphanumeric);
    Some(if places.any(begins) { WORD } else { INSIDE })
}

/// Whether what is a name is also the beginning of a longer one.
fn goes_on(names: &[String], typed: &str) -> bool {
    names.iter().any(|name| {
        let name = small(name);
        name.starts_with(typed) && name != typed
    })
}

/// Where a cursor is in Rust's text; one inside a character is before it.
pub fn bytes(text: &str, cursor: usize) -> usize {
    let mut left = cursor;
    for (place, c) in text.char_indices() {
        if left < c.len_utf16() {
            return place;
        }
        left -= c.len_utf16();
    }
    text.len()
}

/// How long a text is to a field.
pub fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        ["Anna", "Anna 2", "Boris", "Joanna", "Mary Ann", "李雷"].map(str::to_owned).into()
    }

    /// `|` is the cursor.
    fn word(text: &str) -> Option<(usize, String)> {
        let (before, after) = text.split_once('|').unwrap();
        let text = format!("{before}{after}");
        at_word(&text, units(before)).map(|(start, prefix)| (start, prefix.to_owned()))
    }

    #[test]
    fn a_name_is_completed_after_an_at_that_begins_a_word() {
        assert_eq!(word("hi @an|"), Some((3, "an".into())));
        assert_eq!(word("@|"), Some((0, String::new())));
        assert_eq!(word("😀 @李|雷"), Some((3, "李".into())), "a field counts two for an emoji");
        assert_eq!(word("(@mary a|"), Some((1, "mary a".into())));
        for none in ["mail@an|", "an|", "@an\n|", "@ an|", "@one two three|", "|@an"] {
            assert_eq!(word(none), None, "{none}");
        }
        assert_eq!(word(&format!("@{}|", "x".repeat(21))), None);
    }

    #[test]
    fn names_that_begin_so_come_first() {
        assert_eq!(complete(&names(), "AN", 9), ["Anna", "Anna 2", "Mary Ann"]);
        assert_eq!(complete(&names(), "", 2), ["Anna", "Anna 2"]);
        assert_eq!(complete(&names(), "李", 9), ["李雷"]);
        assert!(complete(&names(), "nna", 9).is_empty());
    }

    #[test]
    fn a_name_that_is_there_is_left_alone() {
        assert!(complete(&names(), "boris", 9).is_empty());
        assert_eq!(complete(&names(), "anna", 9), ["Anna", "Anna 2"]);
        let turned = ["Anna 2".to_owned(), "Anna".to_owned()];
        assert_eq!(complete(&turned, "anna", 9), ["Anna", "Anna 2"], "Enter takes the first");
        assert!(complete(&names(), "anna ", 9).is_empty(), "it was chosen");
        assert!(complete(&names(), "anna 2", 9).is_empty());
        assert_eq!(complete(&names(), "mary ", 9), ["Mary Ann"]);
    }

    #[test]
    fn the_name_takes_the_place_of_what_was_typed() {
        assert_eq!(insert("hi @an", 3, 6, "Anna"), ("hi @Anna ".into(), 9));
        assert_eq!(insert("😀 @an, you", 3, 6, "李雷"), ("😀 @李雷, you".into(), 6));
        assert_eq!(insert("@an you", 0, 3, "Anna"), ("@Anna you".into(), 6));
    }

    #[test]
    fn what_is_looked_for_is_found_best_first() {
        let rooms = ["random", "general", "dev-general", "Generation", "degenerate"];
        let found = |query| find(query, &rooms, 3);
        assert_eq!(found("GEN"), [1, 3, 2]);
        assert_eq!(find("gen", &rooms, 9), [1, 3, 2, 4]);
        assert_eq!(found(" "), [0, 1, 2]);
        assert!(found("nothing").is_empty());
    }

    #[test]
    fn a_cursor_is_found_in_any_text() {
        let text = "a😀é字";
        for (cursor, place) in [(0, 0), (1, 1), (2, 1), (3, 5), (4, 7), (5, 10), (99, 10)] {
            assert_eq!(bytes(text, cursor), place, "{cursor}");
        }
        assert_eq!(units(text), 5);
    }
}
