//! What a room is called in an address.

use protocol::limits::SLUG_CHARS;
use protocol::{ApiError, Reason, RoomId, UserId};
use unicode_normalization::UnicodeNormalization;

/// Letters and digits of any script, folded; the rest becomes dashes.
pub(super) fn of(name: &str) -> String {
    match begin(name).trim_end_matches('-') {
        "" => "room".to_owned(),
        // It would be taken for the id of another room.
        slug if slug.parse::<RoomId>().is_ok() => format!("room-{slug}"),
        slug => slug.to_owned(),
    }
}

/// How the slug of a name begins that begins so.
pub(crate) fn begin(name: &str) -> String {
    let folded = name.nfkc().collect::<String>().to_lowercase();
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").chars().take(SLUG_CHARS).collect()
}

/// What a program calls a room, folded: letters, digits, `-` and `_`, the first a letter or digit.
pub(super) fn called(name: &str) -> Result<String, ApiError> {
    let slug: String = name.trim().nfkc().collect::<String>().to_lowercase().nfkc().collect();
    let fits = (1..=SLUG_CHARS).contains(&slug.chars().count());
    let spelt = slug.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    if fits && spelt && slug.starts_with(char::is_alphanumeric) {
        return Ok(slug);
    }
    let told = format!(
        "a room is called by 1 to {SLUG_CHARS} letters, digits, `-` and `_`, the first a letter or digit"
    );
    Err(ApiError::invalid("room", Reason::Malformed, told))
}

/// `slug`, `slug-2`, `slug-3`, …, never longer than a slug may be.
pub(super) fn variants(slug: &str) -> impl Iterator<Item = String> + '_ {
    let more = (2..).map(move |number: u32| with_end(slug, &number.to_string()));
    std::iter::once(slug.to_owned()).chain(more)
}

pub(super) fn with_end(slug: &str, end: &str) -> String {
    let room = SLUG_CHARS.saturating_sub(end.chars().count() + 1);
    format!("{}-{end}", slug.chars().take(room).collect::<String>())
}

/// One for each two people, whoever asks. A colon is in no slug that people make.
pub(super) fn direct(one: UserId, other: UserId) -> String {
    let (first, second) = if one < other { (one, other) } else { (other, one) };
    format!("dm:{first}:{second}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_any_script_makes_an_address() {
        assert_eq!(of("Release Planning!"), "release-planning");
        assert_eq!(of("Чай и кофе"), "чай-и-кофе");
        assert_eq!(of("前端 讨论"), "前端-讨论");
        assert_eq!(of("???"), "room");
        assert_eq!(of("00000000-0000-0000-0000-000000000000").len(), "room-".len() + 36);
        assert_eq!(of(&"я".repeat(200)).chars().count(), SLUG_CHARS);
    }

    #[test]
    fn a_room_is_called_by_letters_of_any_script() {
        for (name, slug) in
            [("Tea", "tea"), ("чай_2", "чай_2"), ("前端", "前端"), ("ＡＢ-c", "ab-c")]
        {
            assert_eq!(called(name).unwrap(), slug);
        }
        for wrong in ["", " ", "-tea", "_", "a b", "dm:1:2", "a/b", "a\u{0}", &"я".repeat(65)] {
            assert_eq!(called(wrong).unwrap_err().reason(), Some(Reason::Malformed), "{wrong:?}");
        }
        assert!(called(&"я".repeat(64)).is_ok());
    }

    #[test]
    fn a_variant_is_never_too_long() {
        let long = "я".repeat(SLUG_CHARS);
        assert_eq!(variants("a").take(3).collect::<Vec<_>>(), ["a", "a-2", "a-3"]);
        assert!(variants(&long).take(200).all(|slug| slug.chars().count() <= SLUG_CHARS));
    }
}
