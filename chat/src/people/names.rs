//! When are two names the same to a reader? They are compared by a key: case, width, composition and
//! look-alike letters (UTS 39) folded, so that `ANNA` and `Аnna` with a Cyrillic А are `anna`.

use protocol::limits::NAME_CHARS;
use unicode_normalization::UnicodeNormalization;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NameKey(pub(crate) String);

impl NameKey {
    pub(crate) fn of(name: &str) -> Self {
        // No name holds a NUL, and PostgreSQL can't even look for one.
        let name = name.replace('\0', "");
        let folded: String = name.nfkc().collect::<String>().to_lowercase().nfkc().collect();
        let words: Vec<&str> = folded.split_whitespace().collect();
        let skeleton: String = unicode_security::skeleton(&words.join(" ")).collect();
        Self(skeleton.to_lowercase())
    }
}

/// `Anna 2`, `Anna 3`, …, never longer than a name may be. The first is the one to try first.
pub(crate) fn variants(name: &str) -> impl Iterator<Item = String> + '_ {
    (2..).map(move |number: u32| {
        let suffix = format!(" {number}");
        let base: String = name.chars().take(NAME_CHARS - suffix.chars().count()).collect();
        format!("{}{suffix}", base.trim_end())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_have_one_key() {
        for same in ["anna", "ANNA", "Аnna", "ａｎｎａ", "anna", "Anna"] {
            assert_eq!(NameKey::of(same), NameKey::of("Anna"), "{same}");
        }
        assert_eq!(NameKey::of("Zoë"), NameKey::of("Zoe\u{308}"));
        assert_eq!(NameKey::of("a  b"), NameKey::of("A B"));
    }

    #[test]
    fn different_names_have_different_keys() {
        assert_ne!(NameKey::of("Anna"), NameKey::of("Anne"));
        assert_ne!(NameKey::of("李雷"), NameKey::of("韩梅梅"));
        assert_ne!(NameKey::of("Анна"), NameKey::of("Инна"));
    }

    #[test]
    fn a_variant_is_never_too_long() {
        let long = "я".repeat(NAME_CHARS);
        assert_eq!(variants("Anna").next().unwrap(), "Anna 2");
        assert!(variants(&long).take(200).all(|name| name.chars().count() <= NAME_CHARS));
    }
}
